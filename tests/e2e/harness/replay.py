"""Clients that no package here has, as what they were seen to send: the order
is a file of tests/e2e/replays, the content a Source."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from .oci_layout import INDEX, MANIFEST, OciLayout, to_json
from .process import Result
from .raw_client import RawClient, basic, bearer, digest_of
from .sources import PLATFORMS, TAG

_REPLAYS = Path(__file__).resolve().parents[1] / "replays"
_IMAGE_CONFIG = "application/vnd.oci.image.config.v1+json"
IN_TOTO = "application/vnd.in-toto+json"
_ELSEWHERE = "elsewhere/app"
_AGENT = "docker/26.1.5+dfsg1 go/go1.24.4 containerd-client/1.7.24+unknown"


def read_replay(name):
    """{section: [[(verb, what)]]}: steps that go out together, in order."""
    sections = {}
    for line in (_REPLAYS / name).read_text().splitlines():
        if line.startswith("== "):
            steps = sections[line[3:]] = [[]]
        elif line == "--":
            steps.append([])
        elif line and not line.startswith("#"):
            steps[-1].append(tuple(line.split()))
    return sections


class Content:
    """The manifests of a push by the names that replays use, and their blobs,
    a provenance for each platform among them."""

    def __init__(self, source):
        self._layout = OciLayout(source.directory)
        self.manifests = {}  # name: (media type, bytes)
        top = self._layout.descriptor(TAG)
        if not source.is_index:
            self._add(PLATFORMS[0], top)
            return
        entries = []
        for platform, child in zip(PLATFORMS, self._layout.read(top)["manifests"]):
            self._add(platform, child)
            entries += [child, self._provenance(platform, child["digest"])]
        entries.sort(key=lambda entry: "annotations" in entry)
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}
        self.manifests["index"] = INDEX, to_json(index)

    def blobs(self, what):
        """The bytes of "amd64.config", of each of "amd64.layers"."""
        name, _, part = what.rpartition(".")
        manifest = self._layout.read({"digest": digest_of(self.manifests[name][1])})
        chosen = [manifest["config"]] if part == "config" else manifest["layers"]
        return [(entry["mediaType"], self._layout.blob(entry)) for entry in chosen]

    def _add(self, name, descriptor):
        self.manifests[name] = descriptor["mediaType"], self._layout.blob(descriptor)

    def _provenance(self, platform, subject):
        """BuildKit's old form: dressed as an image of an unknown platform."""
        layout = self._layout
        layer = layout.add_blob(to_json({"of": subject}), IN_TOTO)
        predicate = {"in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"}
        unknown = {"architecture": "unknown", "os": "unknown"}
        rootfs = {"type": "layers", "diff_ids": [layer["digest"]]}
        config = {**unknown, "config": {}, "rootfs": rootfs}
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": layout.add_blob(to_json(config), _IMAGE_CONFIG),
            "layers": [{**layer, "annotations": predicate}],
        }
        descriptor = layout.add_blob(to_json(manifest), MANIFEST)
        self._add(f"{platform}.provenance", descriptor)
        about = {
            "vnd.docker.reference.digest": subject,
            "vnd.docker.reference.type": "attestation-manifest",
        }
        return {**descriptor, "annotations": about, "platform": unknown}


class Docker26:
    """docker 26.1 with the containerd image store, replayed. `push` answers
    with the line that this docker prints of an answer: status and reason
    phrase, since it shows no body."""

    name = "docker with the containerd store, replayed"
    version = "26.1.5"

    def __init__(self, tls, user, password):
        self._tls = tls
        self._login = basic(user, password)
        self._scopes = []
        self._token = None

    def push(self, source, reference):
        host, _, rest = reference.partition("/")
        repository, _, tag = rest.rpartition(":")
        push = _Push(self, host, repository, tag, Content(source))
        section = "index" if source.is_index else "image"
        self._scopes = [f"repository:{repository}:{a}" for a in ("pull", "pull,push")]
        self._token = None
        return push.go(read_replay("docker26-containerd.txt")[section])

    def may_pull(self, repository):
        """Asks for a token that is good for another repository too."""
        if f"repository:{repository}:pull" not in self._scopes:
            self._scopes.append(f"repository:{repository}:pull")
            self._token = None

    def media_types(self, reference):
        """Of what the tag has now: its own, and those of its layers."""
        host, _, rest = reference.partition("/")
        repository, _, tag = rest.rpartition(":")
        accept = {"Accept": f"{MANIFEST}, {INDEX}"}
        target = f"/v2/{repository}/manifests/{tag}"
        answer = self.request(host, "GET", target, headers=accept)
        layers = answer.json().get("layers", [])
        return answer.headers["Content-Type"], {l["mediaType"] for l in layers}

    def request(self, host, method, target, body=None, headers=None):
        """One request, again with a token where it is asked for."""
        sent = {"User-Agent": _AGENT, "Accept-Encoding": "gzip", **(headers or {})}
        client = RawClient(host, self._token, tls=self._tls)
        answer = client.request(method, target, body, sent)
        if answer.status != 401:
            return answer
        self._token = self._ask(answer.headers["WWW-Authenticate"])
        client.authorization = self._token
        return client.request(method, target, body, sent)

    def _ask(self, challenge):
        said = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        realm = urlsplit(said["realm"])
        asked = {"scope": self._scopes, "service": said["service"]}
        query = urlencode(asked, doseq=True)
        server = RawClient(realm.netloc, self._login, tls=self._tls)
        return bearer(server.request("GET", f"{realm.path}?{query}").json()["token"])


class _Push:
    def __init__(self, client, host, repository, tag, content):
        self._client = client
        self._host = host
        self._repository = repository
        self._tag = f"/v2/{repository}/manifests/{tag}"
        self._content = content
        self._refused = None

    def go(self, steps):
        for together in steps:
            with ThreadPoolExecutor(len(together)) as pool:
                list(pool.map(lambda step: getattr(self, step[0])(step[1]), together))
            if self._refused:
                return Result(["replay"], 1, self._refused + "\n")
        return Result(["replay"], 0, "")

    def head(self, what):
        for media_type, data in self._content.blobs(what):
            target = f"/v2/{self._repository}/blobs/{digest_of(data)}"
            self._send("HEAD", target, headers={"Accept": f"{media_type}, */*"})

    def mount(self, what):
        self._client.may_pull(_ELSEWHERE)
        self.upload(what, f"?mount={{}}&from={_ELSEWHERE}")

    def upload(self, what, query=""):
        for _, data in self._content.blobs(what):
            digest = digest_of(data)
            target = f"/v2/{self._repository}/blobs/uploads/" + query.format(digest)
            begun = self._send("POST", target, b"", {"Content-Length": "0"})
            if begun.status != 202:  # mounted, or refused
                continue
            place = urlsplit(begun.headers["Location"])
            asked = "&".join(filter(None, [place.query, urlencode({"digest": digest})]))
            self._send(
                *("PUT", f"{place.path}?{asked}", data),
                {"Content-Type": "application/octet-stream"},
            )

    def probe(self, what):
        media_type, _ = self._content.manifests[what]
        self._send("HEAD", self._tag, headers={"Accept": f"{media_type}, */*"})

    def put(self, what):
        media_type, data = self._content.manifests[what]
        self._send("PUT", self._tag, data, {"Content-Type": media_type})

    def _send(self, method, target, body=None, headers=None):
        answer = self._client.request(
            self._host, method, target, body, headers
        )
        if answer.status >= 400 and not (method == "HEAD" and answer.status == 404):
            self._refused = (
                f"unexpected status from {method} request to "
                f"https://{self._host}{target}: {answer.status} {answer.reason}"
            )
        return answer
