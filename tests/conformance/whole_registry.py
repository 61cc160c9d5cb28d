"""A registry that does all that the suite asks for.

Those that can be had leave parts of the specification out, and what fails alone
shows little through the gateway. Here everything passes alone.
"""

import json
import re
import threading
import uuid
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from .whole_contents import INDEX, Manifest, Repository, digest_of, matches

_PATHS = {
    "ping": r"/v2/",
    "upload": r"/v2/(.+)/blobs/uploads/([0-9a-f-]+)",
    "uploads": r"/v2/(.+)/blobs/uploads/",
    "blob": r"/v2/(.+)/blobs/([^/]+)",
    "manifest": r"/v2/(.+)/manifests/([^/]+)",
    "tags": r"/v2/(.+)/tags/list",
    "referrers": r"/v2/(.+)/referrers/([^/]+)",
}


class WholeRegistry:
    """On a loopback port, until it is stopped."""

    def __init__(self):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.repositories = defaultdict(Repository)
        self._server.uploads = {}  # id: bytearray
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    @property
    def host(self):
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self):
        return f"http://{self.host}"

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class _Handler(BaseHTTPRequestHandler):
    """One connection. A method of the form `put_manifest` answers one route."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def _route(self):
        parts = urlsplit(self.path)
        self.query = parse_qs(parts.query, keep_blank_values=True)
        self.body = self._read_body()
        for name, pattern in _PATHS.items():
            found = re.fullmatch(pattern, parts.path)
            if not found:
                continue
            method = "get" if self.command == "HEAD" else self.command.lower()
            answer = getattr(self, f"{method}_{name}", None)
            if answer is None:
                return self._refuse(405, "UNSUPPORTED")
            name, *rest = found.groups() or [""]
            self.name, self.repository = name, self.server.repositories[name]
            return answer(*rest)
        return self._refuse(404, "NAME_UNKNOWN")

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = _route

    # Manifests.

    def get_manifest(self, reference):
        found = self.repository.find(reference)
        if not found:
            return self._refuse(404, "MANIFEST_UNKNOWN")
        digest, manifest = found
        headers = {"Content-Type": manifest.media_type, "Docker-Content-Digest": digest}
        return self._answer(200, manifest.data, headers)

    def put_manifest(self, reference):
        digest = reference if ":" in reference else digest_of(self.body)
        if not matches(digest, self.body):
            return self._refuse(400, "DIGEST_INVALID")
        tags = self.query.get("tag", [])
        manifest = Manifest(self.headers["Content-Type"], self.body)
        self.repository.manifests[digest] = manifest
        for tag in tags if ":" in reference else [reference]:
            self.repository.tags[tag] = digest
        headers = {"Docker-Content-Digest": digest}
        if manifest.subject:
            headers["OCI-Subject"] = manifest.subject
        if tags:
            headers["OCI-Tag"] = ", ".join(tags)
        return self._created(f"manifests/{digest}", headers)

    def delete_manifest(self, reference):
        if not self.repository.delete(reference):
            return self._refuse(404, "MANIFEST_UNKNOWN")
        return self._answer(202)

    def get_tags(self):
        tags = sorted(self.repository.tags)
        tags = [tag for tag in tags if tag > self.query.get("last", [""])[0]]
        count = int(self.query.get("n", [len(tags)])[0])
        headers = {"Content-Type": "application/json"}
        if count < len(tags):
            more = f"/v2/{self.name}/tags/list?n={count}&last={tags[count - 1]}"
            headers["Link"] = f'<{more}>; rel="next"'
        listed = {"name": self.name, "tags": tags[:count]}
        return self._answer(200, json.dumps(listed).encode(), headers)

    def get_referrers(self, subject):
        kind = self.query.get("artifactType", [None])[0]
        listed = self.repository.referrers(subject, kind)
        headers = {"Content-Type": INDEX}
        if kind:
            headers["OCI-Filters-Applied"] = "artifactType"
        return self._answer(200, json.dumps(listed).encode(), headers)

    # Blobs.

    def get_blob(self, digest):
        data = self.repository.blobs.get(digest)
        if data is None:
            return self._refuse(404, "BLOB_UNKNOWN")
        headers = {"Docker-Content-Digest": digest, "Accept-Ranges": "bytes"}
        headers["Content-Type"] = "application/octet-stream"
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers["Range"] or "")
        if not asked:
            return self._answer(200, data, headers)
        first, last = _span(asked, len(data))
        if first > last:
            headers["Content-Range"] = f"bytes */{len(data)}"
            return self._answer(416, b"", headers)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        return self._answer(206, data[first : last + 1], headers)

    def delete_blob(self, digest):
        if self.repository.blobs.pop(digest, None) is None:
            return self._refuse(404, "BLOB_UNKNOWN")
        return self._answer(202)

    def post_uploads(self):
        if "digest" in self.query:
            return self._store(self.body)
        mounted = self.query.get("mount", [""])[0]
        sources = [*self.query.get("from", self.server.repositories)]
        for source in sources:
            data = self.server.repositories[source].blobs.get(mounted)
            if data is not None:
                self.repository.blobs[mounted] = data
                headers = {"Docker-Content-Digest": mounted}
                return self._created(f"blobs/{mounted}", headers)
        upload = str(uuid.uuid4())
        self.server.uploads[upload] = bytearray()
        return self._go_on(202, upload)

    def get_upload(self, upload):
        return self._go_on(204, upload)

    def patch_upload(self, upload):
        return self._go_on(202 if self._append(upload) else 416, upload)

    def put_upload(self, upload):
        if not self._append(upload):
            return self._go_on(416, upload)
        return self._store(bytes(self.server.uploads.pop(upload)))

    def delete_upload(self, upload):
        known = self.server.uploads.pop(upload, None) is not None
        return self._answer(204) if known else self._refuse(404, "BLOB_UPLOAD_UNKNOWN")

    def get_ping(self):
        return self._answer(200, b"{}", {"Content-Type": "application/json"})

    def _append(self, upload):
        """Adds the body to what was sent; not where it does not begin there."""
        data = self.server.uploads[upload]
        span = self.headers["Content-Range"]
        if span and int(span.partition("-")[0]) != len(data):
            return False
        data += self.body
        return True

    def _store(self, data):
        digest = self.query.get("digest", [""])[0]
        if not matches(digest, data):
            return self._refuse(400, "DIGEST_INVALID")
        self.repository.blobs[digest] = data
        return self._created(f"blobs/{digest}", {"Docker-Content-Digest": digest})

    # Answers.

    def _go_on(self, status, upload):
        if upload not in self.server.uploads:
            return self._refuse(404, "BLOB_UPLOAD_UNKNOWN")
        # The query must come back as it is, byte for byte.
        path = f"/v2/{self.name}/blobs/uploads/{upload}?_state=a%2Bb%3D%3D"
        last = max(len(self.server.uploads[upload]) - 1, 0)
        headers = {"Location": path, "Range": f"0-{last}", "Docker-Upload-UUID": upload}
        return self._answer(status, b"", headers)

    def _created(self, path, headers):
        location = f"http://{self.headers['Host']}/v2/{self.name}/{path}"
        return self._answer(201, b"", {"Location": location, **headers})

    def _refuse(self, status, code):
        body = json.dumps({"errors": [{"code": code, "message": code.lower()}]})
        return self._answer(status, body.encode(), {"Content-Type": "application/json"})

    def _answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _read_body(self):
        if self.headers["Transfer-Encoding"] != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"] or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, *_):
        pass


def _span(asked, size):
    """First and last byte of a Range; the first is past the last where it can
    not be satisfied."""
    first, last = asked.groups()
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last or size), size - 1)
