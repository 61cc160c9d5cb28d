"""The programs that a benchmark measures with, and its peers."""

import os
from pathlib import Path

from tests.e2e.harness.process import Server, accepts_connections, on_a_free_port

ROOT = Path(__file__).resolve().parents[2]


def program(name):
    """The path of one of our own, built."""
    build = os.environ.get("PLIMSOLL_BUILD_DIR", ROOT / "build/release")
    return Path(build) / name


class LoopbackServer:
    """A server on a free loopback port; `arguments(port)` starts it."""

    def __init__(self, arguments, log_path):
        self._arguments = arguments
        self._log_path = log_path
        self._server = None
        self.port = on_a_free_port(self._start_on)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self._server.pid

    def _start_on(self, port):
        self._server = Server(self._arguments(port), self._log_path)
        self._server.launch(lambda: accepts_connections(port))
        return port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.stop()


def sink(directory, blob_bytes):
    """bench_sink: an upstream that costs next to nothing."""
    return LoopbackServer(
        lambda port: [program("bench_sink"), port, blob_bytes],
        directory / "sink.log",
    )


NGINX = """
worker_processes 1;
daemon off;
pid {directory}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {directory}/client;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  client_body_buffer_size 256k;
  upstream registry {{
    server 127.0.0.1:{upstream};
    keepalive 128;
    keepalive_requests 1000000000;
  }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://registry;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_request_buffering off;
      proxy_buffering on;
      proxy_buffer_size 256k;
      proxy_buffers 8 256k;
      proxy_busy_buffers_size 512k;
      proxy_max_temp_file_size 0;
    }}
  }}
}}
"""


def nginx(directory, upstream_port):
    """nginx as a proxy, tuned: large buffers, nothing to disk, one worker."""
    directory.mkdir()

    def arguments(port):
        config = directory / "nginx.conf"
        config.write_text(
            NGINX.format(directory=directory, upstream=upstream_port, port=port)
        )
        return ["nginx", "-e", "stderr", "-p", directory, "-c", config]

    return LoopbackServer(arguments, directory / "nginx.log")
