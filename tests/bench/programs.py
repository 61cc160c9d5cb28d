"""The programs that a benchmark measures with, and its peers."""

import os
import subprocess
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
    listen 127.0.0.1:{port}{tls};
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


NGINX_TLS = """ ssl;
    ssl_certificate {pem};
    ssl_certificate_key {pem};
    ssl_protocols TLSv1.3;
    ssl_buffer_size 16k"""


def nginx(directory, upstream_port, pem=None):
    """nginx as a proxy, tuned: large buffers, nothing to disk, one worker;
    with TLS where there is a certificate."""
    directory.mkdir()
    tls = NGINX_TLS.format(pem=pem) if pem else ""

    def arguments(port):
        config = directory / "nginx.conf"
        config.write_text(
            NGINX.format(
                directory=directory, upstream=upstream_port, port=port, tls=tls
            )
        )
        return ["nginx", "-e", "stderr", "-p", directory, "-c", config]

    return LoopbackServer(arguments, directory / "nginx.log")


HAPROXY = """
global
  nbthread 1
  tune.bufsize 262144
  tune.ssl.default-dh-param 2048
  ssl-default-bind-options ssl-min-ver TLSv1.3
defaults
  mode http
  timeout connect 5s
  timeout client 900s
  timeout server 900s
  http-reuse always
frontend registry
  bind 127.0.0.1:{port}{tls}
  default_backend registry
backend registry
  server registry 127.0.0.1:{upstream}
"""


def haproxy(directory, upstream_port, pem=None):
    """HAProxy, tuned: buffers of 256 KiB, one thread."""
    directory.mkdir()
    tls = f" ssl crt {pem} alpn http/1.1" if pem else ""

    def arguments(port):
        config = directory / "haproxy.cfg"
        config.write_text(HAPROXY.format(port=port, upstream=upstream_port, tls=tls))
        return ["haproxy", "-db", "-f", config]

    return LoopbackServer(arguments, directory / "haproxy.log")


def certificate(directory):
    """A certificate and its key (ECDSA P-256), in one file."""
    pem = directory / "tls.pem"
    key = directory / "tls.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"]
        + ["-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=localhost"]
        + ["-keyout", key, "-out", pem],
        check=True,
        capture_output=True,
    )
    pem.write_text(pem.read_text() + key.read_text())
    return pem
