"""A token service as the distribution project specifies it: a real challenge,
real RS256 tokens that Debian's docker-registry verifies itself."""

import base64
import json
import secrets
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from .process import output_of

# docker-registry accepts a token this long after its exp.
REGISTRY_LEEWAY_S = 60


def _encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class TokenServer:
    """Serves GET /token on a loopback port, for `users` ({name: password}).

    A token says that it lives `lifetime` seconds (clients take less than 60 for
    60). The registry takes it for `valid` seconds, which is `lifetime` unless
    told otherwise: a shorter one makes a client's token expire unexpectedly.
    With `anonymous` whoever names no user may pull. With `tls` (the files of a
    certificate for `host` and its key) it speaks https and calls itself so.
    `requests` lists the (user, scopes) of each token that was asked for,
    `signatures` the last part of each that was issued.
    """

    directory: Path
    users: dict
    lifetime: int = 60
    valid: int | None = None
    service: str = "plimsoll-tests"
    issuer: str = "plimsoll-tests-issuer"
    anonymous: bool = False
    tls: tuple | None = None
    host: str = "localhost"
    requests: list = field(default_factory=list)
    signatures: list = field(default_factory=list)

    def __post_init__(self):
        self.directory = Path(self.directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._key = self.directory / "key.pem"
        self._certificate = self.directory / "certificate.pem"
        self._make_key()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.tls)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def realm(self):
        if self.tls:
            return f"https://{self.host}:{self.port}/token"
        return f"http://127.0.0.1:{self.port}/token"

    def registry_settings(self):
        """The `auth.token` section of the registry's configuration."""
        return {
            "realm": self.realm,
            "service": self.service,
            "issuer": self.issuer,
            "rootcertbundle": str(self._certificate),
        }

    def token(self, user, scopes):
        """A signed token that grants `scopes` ("repository:x:pull,push")."""
        now = int(time.time())
        valid = self.lifetime if self.valid is None else self.valid
        claims = {
            "iss": self.issuer,
            "sub": user,
            "aud": self.service,
            "iat": now,
            "nbf": now - REGISTRY_LEEWAY_S,
            "exp": now + valid - REGISTRY_LEEWAY_S,
            "jti": secrets.token_hex(8),
            "access": [self._access(scope) for scope in scopes],
        }
        header = {"typ": "JWT", "alg": "RS256", "x5c": [self._der]}
        signed = ".".join(
            _encode(json.dumps(part).encode()) for part in (header, claims)
        )
        signature = output_of(
            ["openssl", "dgst", "-sha256", "-sign", self._key],
            input=signed.encode(),
        )
        self.signatures.append(_encode(signature))
        return f"{signed}.{self.signatures[-1]}"

    def stop(self):
        self._http.shutdown()
        self._http.server_close()

    @staticmethod
    def _access(scope):
        kind, rest = scope.split(":", 1)
        name, actions = rest.rsplit(":", 1)
        return {"type": kind, "name": name, "actions": actions.split(",")}

    def _make_key(self):
        output_of(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"]
            + ["-keyout", self._key, "-out", self._certificate]
            + ["-subj", "/CN=plimsoll-tests", "-days", "2"]
        )
        der = output_of(["openssl", "x509", "-in", self._certificate, "-outform", "DER"])
        self._der = base64.b64encode(der).decode()

    def _handler(server):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                url = urlsplit(self.path)
                user = self._user()
                if url.path != "/token":
                    self._answer(404, {"details": "no such page"})
                elif user is None:
                    self._answer(401, {"details": "incorrect credentials"})
                else:
                    self._grant(user, parse_qs(url.query))

            def do_POST(self):
                """OAuth 2 is not spoken: helm asks by GET once it is told so."""
                self.close_connection = True  # the form is not read
                self._answer(405, {"details": "ask by GET"})

            def _grant(self, user, query):
                asked = [s for value in query.get("scope", []) for s in value.split()]
                server.requests.append((user, asked))
                granted = asked if user else [s for s in asked if s.endswith(":pull")]
                token = server.token(user, granted)
                issued = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
                self._answer(
                    200,
                    {
                        "token": token,
                        "access_token": token,
                        "expires_in": server.lifetime,
                        "issued_at": issued,
                    },
                )

            def _user(self):
                sent = self.headers.get("Authorization")
                if sent is None and server.anonymous:
                    return ""
                scheme, _, value = (sent or "").partition(" ")
                if scheme.lower() != "basic":
                    return None
                name, _, password = base64.b64decode(value).decode().partition(":")
                return name if server.users.get(name) == password else None

            def _answer(self, status, value):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
