"""Shows: what a registry answers is what its clients get through the gateway.

One script of requests runs against a registry alone and against another one
behind the gateway; both transcripts must be equal: status, reason, headers and
bodies, once host names and what the registry draws by chance are made equal.
"""

import http.client
import json
import re
import unittest

from .harness.case import EndToEndTest
from .harness.oci_layout import INDEX, MANIFEST, to_json
from .harness.raw_client import RawClient, digest_of

# Of one hop, or drawn by chance; not part of what a registry says.
_UNCOMPARED = {"date", "connection", "keep-alive", "transfer-encoding"}


class Transcript:
    """Sends requests and writes down what came back."""

    def __init__(self, host):
        self._host = host
        self._client = RawClient(host)
        self.lines = []

    def send(self, method, target, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._client.request(method, target, body, named)
        # The state of an upload differs from run to run, and so does its id.
        self.lines.append(f"{method} {self._same(target)}")
        self.lines.append(f"  {answer.status} {answer.reason}")
        for name, value in sorted(answer.headers.items()):
            if name.lower() not in _UNCOMPARED:
                self.lines.append(f"  {name}: {self._same(value)}")
        self.lines.append(f"  {self._same(answer.body.decode('latin-1'))}")
        return answer

    def follow(self, answer):
        """The Location of an answer, as a target on our host."""
        location = answer.headers["Location"]
        return re.sub(r"^https?://[^/]+", "", location)

    def _same(self, text):
        text = text.replace(self._host, "HOST")
        text = re.sub(r"_state=[^&\s\"]+", "_state=S", text)
        return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID", text)


def upload_in_every_form(transcript):
    begin = ("POST", "/v2/a/b/blobs/uploads/", b"")
    data = b"0123456789" * 1000
    digest = digest_of(data)
    # POST, then everything with PUT.
    where = transcript.follow(transcript.send(*begin))
    transcript.send("PUT", f"{where}&digest={digest}", data)
    # In pieces, asked about in the middle.
    other = data + b"more"
    where = transcript.follow(transcript.send(*begin))
    where = transcript.follow(
        transcript.send("PATCH", where, other[:4000], Content_Range="0-3999")
    )
    transcript.send("GET", where)
    where = transcript.follow(
        transcript.send("PATCH", where, other[4000:], Content_Range="4000-10003")
    )
    transcript.send("PUT", f"{where}&digest={digest_of(other)}", b"")
    # One chunked PATCH, as docker does.
    where = transcript.follow(transcript.send(*begin))
    pieces = iter([b"first ", b"second ", b"third"])
    where = transcript.follow(transcript.send("PATCH", where, pieces))
    whole = digest_of(b"first second third")
    transcript.send("PUT", f"{where}&digest={whole}", b"")
    # Wrong digest, no digest, cancelled, unknown.
    where = transcript.follow(transcript.send(*begin))
    transcript.send("PUT", f"{where}&digest={digest_of(b'wrong')}", data)
    transcript.send("PUT", where, data)
    where = transcript.follow(transcript.send(*begin))
    transcript.send("DELETE", where)
    transcript.send("PATCH", where, b"late")
    return digest


def read_blobs(transcript, digest):
    target = f"/v2/a/b/blobs/{digest}"
    transcript.send("GET", target)
    transcript.send("HEAD", target)
    for asked in ("bytes=0-9", "bytes=9990-", "bytes=-5"):
        transcript.send("GET", target, Range=asked)
    transcript.send("GET", target, If_None_Match=f'"{digest}"')
    transcript.send("HEAD", f"/v2/a/b/blobs/{digest_of(b'none')}")
    transcript.send("GET", f"/v2/a/b/blobs/{digest_of(b'none')}")


def mount(transcript, digest):
    target = "/v2/c/d/blobs/uploads/"
    transcript.send("POST", f"{target}?mount={digest}&from=a/b", b"")
    transcript.send("POST", f"{target}?mount={digest_of(b'none')}&from=a/b", b"")
    transcript.send("HEAD", f"/v2/c/d/blobs/{digest}")


def put_blob(transcript, data):
    begun = transcript.send("POST", "/v2/a/b/blobs/uploads/", b"")
    where = transcript.follow(begun)
    transcript.send("PUT", f"{where}&digest={digest_of(data)}", data)
    return {"digest": digest_of(data), "size": len(data)}


def artifact(transcript):
    """A manifest that no policy on images judges."""
    config = put_blob(transcript, b"{}")
    layer = put_blob(transcript, b"a signature\n")
    return {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": "application/vnd.example.sbom",
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", **config},
        "layers": [{"mediaType": "text/plain", **layer}],
    }


def manifests(transcript):
    body = to_json(artifact(transcript))
    target = "/v2/a/b/manifests"
    for reference in ("v1", "v2", digest_of(body)):
        transcript.send("PUT", f"{target}/{reference}", body, Content_Type=MANIFEST)
    for reference in ("v1", digest_of(body), "none", digest_of(b"none")):
        transcript.send("HEAD", f"{target}/{reference}", Accept=MANIFEST)
        transcript.send("GET", f"{target}/{reference}", Accept=MANIFEST)
    transcript.send("GET", f"{target}/v1", Accept=INDEX)
    transcript.send("GET", "/v2/a/b/tags/list")
    first = transcript.send("GET", "/v2/_catalog?n=1")
    transcript.send("GET", _next(first))
    transcript.send("GET", f"/v2/a/b/referrers/{digest_of(body)}")
    return digest_of(body)


def _next(answer):
    link = answer.headers["Link"]
    return re.sub(r"^https?://[^/]+", "", re.match(r"<([^>]+)>", link)[1])


def delete(transcript, manifest, blob):
    transcript.send("DELETE", f"/v2/a/b/manifests/{manifest}")
    transcript.send("GET", "/v2/a/b/tags/list")
    transcript.send("DELETE", f"/v2/a/b/blobs/{blob}")
    transcript.send("DELETE", f"/v2/a/b/blobs/{blob}")


def whole_script(host):
    transcript = Transcript(host)
    transcript.send("GET", "/v2/")
    transcript.send("GET", "/v2/a/b/tags/list")
    blob = upload_in_every_form(transcript)
    read_blobs(transcript, blob)
    mount(transcript, blob)
    manifest = manifests(transcript)
    delete(transcript, manifest, blob)
    transcript.send("GET", "/v2/none/tags/list")
    return transcript.lines


class TransparentTest(EndToEndTest):
    maxDiff = None

    def test_the_registry_is_heard_unchanged(self):
        alone = self.start_registry("alone")
        front = self.start_front(self.start_registry("behind"), mode="observe")
        self.assertEqual(whole_script(front.host), whole_script(alone.host))

    def test_locations_lead_through_the_gateway(self):
        front = self.start_front(self.start_registry(), mode="observe")
        begun = RawClient(front.host).request("POST", "/v2/a/blobs/uploads/", b"")
        location = begun.headers["Location"]
        if location.startswith("http"):
            self.assertTrue(location.startswith(front.url), location)

    def test_many_requests_share_a_connection(self):
        front = self.start_front(self.start_registry(), mode="observe")
        connection = http.client.HTTPConnection(front.host, timeout=20)
        self.addCleanup(connection.close)
        for _ in range(50):
            connection.request("GET", "/v2/")
            answer = connection.getresponse()
            self.assertEqual(json.loads(answer.read()), {})
            self.assertEqual(answer.status, 200)


if __name__ == "__main__":
    unittest.main()
