"""Registry requests exactly as written, for what no real client would send."""

import base64
import hashlib
import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlsplit


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


@dataclass
class Response:
    status: int
    reason: str
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)

    @property
    def error_code(self):
        """The code of the first OCI error."""
        return self.json()["errors"][0]["code"]

    @property
    def error_message(self):
        return self.json()["errors"][0]["message"]


class RawClient:
    """Speaks to the registry at `host` ("127.0.0.1:5000"), one connection per
    request. `authorization` is the header's whole value; with `tls`, an
    ssl.SSLContext, it speaks TLS."""

    def __init__(self, host, authorization=None, timeout=60, tls=None):
        self.host = host
        self._tls = tls
        self.authorization = authorization
        self.timeout = timeout

    def request(self, method, target, body=None, headers=None):
        sent = dict(headers or {})
        if self.authorization:
            sent.setdefault("Authorization", self.authorization)
        connection = self._connection()
        try:
            connection.request(method, target, body, sent)
            answer = connection.getresponse()
            return Response(
                answer.status, answer.reason, answer.headers, answer.read()
            )
        finally:
            connection.close()

    def _connection(self):
        if self._tls is None:
            return http.client.HTTPConnection(self.host, timeout=self.timeout)
        return http.client.HTTPSConnection(
            self.host, timeout=self.timeout, context=self._tls
        )

    def upload_blob(self, repository, data):
        """One POST and one PUT, following Location as clients do."""
        digest = digest_of(data)
        begun = self.request(
            "POST", f"/v2/{repository}/blobs/uploads/", b"", {"Content-Length": "0"}
        )
        if begun.status != 202:
            raise AssertionError(f"upload refused: {begun.status} {begun.body!r}")
        location = urlsplit(begun.headers["Location"])
        query = f"{location.query}&digest={digest}".lstrip("&")
        done = self.request(
            "PUT",
            f"{location.path}?{query}",
            data,
            {"Content-Type": "application/octet-stream"},
        )
        if done.status != 201:
            raise AssertionError(f"blob refused: {done.status} {done.body!r}")
        return digest

    def put_manifest(self, repository, reference, data, media_type):
        return self.request(
            "PUT",
            f"/v2/{repository}/manifests/{reference}",
            data,
            {"Content-Type": media_type},
        )

    def get_manifest(self, repository, reference):
        accepted = ", ".join(
            f"application/vnd.{kind}+json"
            for kind in (
                "oci.image.manifest.v1",
                "oci.image.index.v1",
                "docker.distribution.manifest.v2",
                "docker.distribution.manifest.list.v2",
            )
        )
        return self.request(
            "GET",
            f"/v2/{repository}/manifests/{reference}",
            headers={"Accept": accepted},
        )

    def tags(self, repository):
        answer = self.request("GET", f"/v2/{repository}/tags/list")
        return (answer.json().get("tags") or []) if answer.status == 200 else []


def basic(user, password):
    """The value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def bearer(token):
    return f"Bearer {token}"
