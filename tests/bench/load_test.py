"""The measuring programs against each other: what was sent arrived, and what
went wrong is told."""

import http.server
import os
import socket
import ssl
import tempfile
import threading
import unittest
from pathlib import Path

from .cpu import cpu_seconds, forget_peak, peak_bytes
from .load import Load, drive, parse, request
from .memory import summed
from .programs import certificate, sink

BLOB_BYTES = 3_000_001  # no multiple of any buffer
GET = request("GET", "/v2/a/blobs/sha256:00")
UPLOAD = "/v2/a/blobs/uploads/1"


class AgainstTheSink(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        server = sink(Path(directory.name), BLOB_BYTES)
        self.addCleanup(server.__exit__)
        self.port, self.pid = server.port, server.pid

    def test_blobs_arrive_whole(self):
        outcome = drive(self.port, Load([GET], total=5, clients=2), 200)
        self.assertEqual(outcome.received_bytes, 5 * BLOB_BYTES)
        self.assertEqual(len(outcome.micros), 5)
        self.assertGreater(min(outcome.micros), 0)

    def test_bodies_are_sent_whole(self):
        """Each connection serves again: had a byte been missing or left over,
        the next request would not have been understood."""
        put = request("PUT", UPLOAD, [("Content-Length", BLOB_BYTES)])
        patch = request("PATCH", UPLOAD, [("Transfer-Encoding", "chunked")])
        drive(self.port, Load([put], 3, body_bytes=BLOB_BYTES), 201)
        for chunk in (1000, 32 << 10):
            load = Load([patch], 3, body_bytes=BLOB_BYTES, chunk_bytes=chunk)
            drive(self.port, load, 202)

    def test_requests_take_turns_and_answers_keep_their_order(self):
        put = request("PUT", UPLOAD, [("Content-Length", 0)])
        mixed = Load([GET, put], total=4, clients=3)
        with self.assertRaisesRegex(RuntimeError, "201: 2"):
            drive(self.port, mixed, 200)

    def test_an_answers_header_is_kept(self):
        post = request("POST", UPLOAD, [("Content-Length", 0)])
        outcome = drive(self.port, Load([post], 2, header="location"), 202)
        self.assertEqual(outcome.headers, [UPLOAD.replace("/a/", "/bench/")] * 2)

    def test_cpu_of_the_sink_grows_with_what_it_does(self):
        before = cpu_seconds(self.pid)
        drive(self.port, Load([GET], total=20), 200)
        self.assertGreater(cpu_seconds(self.pid), before)


class OverTls(unittest.TestCase):
    """Against Python's own server: the same bytes as without."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.accepted = 0
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(Path(directory.name)))
        test = self

        class Server(http.server.ThreadingHTTPServer):
            def get_request(self):
                connection, peer = super().get_request()
                test.accepted += 1
                return context.wrap_socket(connection, server_side=True), peer

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.answer(bytes(BLOB_BYTES))

            def do_PUT(self):
                length = int(self.headers["Content-Length"])
                self.answer(b"%d" % len(self.rfile.read(length)))

            def answer(self, body):
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=self.server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.shutdown)
        self.addCleanup(self.server.server_close)
        self.port = self.server.server_address[1]

    def test_bodies_pass_whole_both_ways(self):
        outcome = drive(self.port, Load([GET], 3, 2, form="tls"), 200)
        self.assertEqual(outcome.received_bytes, 3 * BLOB_BYTES)
        put = request("PUT", UPLOAD, [("Content-Length", BLOB_BYTES)])
        load = Load([put], 2, body_bytes=BLOB_BYTES, form="tls")
        outcome = drive(self.port, load, 200)
        self.assertEqual(outcome.received_bytes, 2 * len(str(BLOB_BYTES)))

    def test_each_request_may_have_a_connection_of_its_own(self):
        drive(self.port, Load([GET], 3, form="tls"), 200)
        self.assertEqual(self.accepted, 1)
        drive(self.port, Load([GET], 3, form="tls-new"), 200)
        self.assertEqual(self.accepted, 4)


class WhatGoesWrong(unittest.TestCase):
    def answer(self, said):
        """A load's failure where each answer is `said`."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=self.serve, args=(server, said))
            thread.start()
            try:
                with self.assertRaises(RuntimeError) as failure:
                    drive(server.getsockname()[1], Load([GET], total=1), 200)
            finally:
                thread.join()
        return str(failure.exception)

    @staticmethod
    def serve(server, said):
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(said)

    def test_answers_that_end_early_or_have_no_length(self):
        for said in (
            b"",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
            b"HTTP/1.1 200 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ):
            with self.subTest(said):
                self.assertIn("no whole answer", self.answer(said))

    def test_another_status(self):
        said = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
        self.assertIn("{403: 1}", self.answer(said))

    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        with self.assertRaisesRegex(RuntimeError, "connect"):
            drive(port, Load([GET], total=1), 200)


class Texts(unittest.TestCase):
    def test_a_request_is_written_whole(self):
        self.assertEqual(
            request("PUT", "/a", [("X", "y")], b"body"),
            b"PUT /a HTTP/1.1\r\nHost: 127.0.0.1\r\nX: y\r\n"
            b"Content-Length: 4\r\n\r\nbody",
        )

    def test_output_is_read_line_by_line(self):
        outcome = parse("0.5 10\n201 7 /v2/x?a b\n404 8 \n")
        self.assertEqual((outcome.seconds, outcome.received_bytes), (0.5, 10))
        self.assertEqual(outcome.statuses, [201, 404])
        self.assertEqual(outcome.micros, [7, 8])
        self.assertEqual(outcome.headers, ["/v2/x?a b", ""])

    def test_cpu_seconds_are_counted(self):
        before = cpu_seconds(os.getpid())
        sum(range(1_000_000))
        self.assertGreater(cpu_seconds(os.getpid()), before)

    def test_a_peak_of_memory_is_forgotten(self):
        most = bytearray(64 << 20)
        self.assertGreater(peak_bytes(os.getpid()), len(most))
        del most
        forget_peak(os.getpid())
        self.assertLess(peak_bytes(os.getpid()), 64 << 20)


class KernelMemory(unittest.TestCase):
    def test_what_ss_shows_is_summed_over_sockets(self):
        shown = (
            "ESTAB 0 0 127.0.0.1:1 127.0.0.1:2\n"
            "\t skmem:(r2304,rb131072,t7,tb87040,f1792,w10,o0,bl0,d0)\n"
            "ESTAB 0 0 127.0.0.1:3 127.0.0.1:2\n"
            "\t skmem:(r0,rb131072,t0,tb87040,f0,w100,o0,bl0,d0)\n"
        )
        self.assertEqual(summed(shown), 2304 + 1792 + 10 + 100)
        self.assertEqual(summed(""), 0)


if __name__ == "__main__":
    unittest.main()
