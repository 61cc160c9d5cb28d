"""The measuring programs against each other: what was sent arrived, and what
went wrong is told."""

import os
import socket
import tempfile
import threading
import unittest
from pathlib import Path

from .cpu import cpu_seconds
from .load import Load, drive, parse, request
from .programs import sink

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


if __name__ == "__main__":
    unittest.main()
