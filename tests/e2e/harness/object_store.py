"""An object store beside a registry, to which it redirects for blobs."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


class ObjectStore:
    """Serves the files below `directory` (settable later) on a loopback port.
    Like S3 it refuses a request with an Authorization that it does not know.
    `requests` lists the headers of each."""

    def __init__(self, directory=None):
        self.directory = directory
        self.requests = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def stop(self):
        self._http.shutdown()
        self._http.server_close()

    def _handler(store):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                store.requests.append(dict(self.headers))
                if "Authorization" in self.headers:
                    return self._answer(400, b"only one auth mechanism allowed")
                path = unquote(urlsplit(self.path).path).lstrip("/")
                file = Path(store.directory, path)
                if not file.is_file():
                    return self._answer(404, b"NoSuchKey")
                return self._answer(200, file.read_bytes())

            def _answer(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
