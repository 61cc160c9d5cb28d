"""Shows: requests that Debian's docker-registry takes for a manifest push, but
that a proxy may read otherwise, do not get past the gateway. Each is first sent
to the registry itself, which shows that the trick is real."""

import json
import socket
import unittest

from .harness.case import EndToEndTest, needs_gateway, shared_images, shared_outcomes
from .harness.gateway import policy
from .harness.oci_layout import INDEX, MANIFEST, to_json
from .harness.raw_client import RawClient, digest_of

REPOSITORY = "team/app"


def head(target, body, *extra, framing=None, method="PUT"):
    """A request's bytes; the host is filled in when it is sent."""
    framing = framing or [f"Content-Length: {len(body)}"]
    lines = [f"{method} {target} HTTP/1.1", "Host: @HOST@", "Connection: close"]
    lines += [f"Content-Type: {MANIFEST}", *framing, *extra]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(body):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def evasions(manifest):
    """(name, tag that it would make, request bytes)."""
    both = ["Content-Length: 5", "Transfer-Encoding: chunked"]
    twice = manifest.replace(b'{"schemaVersion":2', b'{"schemaVersion":2,"layers":[]', 1)
    other_case = manifest.replace(b'"layers":', b'"Layers":', 1)
    path = f"/v2/{REPOSITORY}/manifests"
    return [
        ("encoded slash", "a", head("/v2/team%2Fapp/manifests/a", manifest)),
        ("encoded word", "b", head(f"/v2/{REPOSITORY}/%6danifests/b", manifest)),
        ("encoded tag", "c", head(f"{path}/%63", manifest)),
        ("absolute form", "d", head(f"http://elsewhere{path}/d", manifest)),
        ("two framings", "e", head(f"{path}/e", chunked(manifest), framing=both)),
        ("duplicate keys", "f", head(f"{path}/f", twice)),
        ("keys in another case", "g", head(f"{path}/g", other_case)),
    ]


class EvasionTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.registry = self.start_registry()
        self.upstream = RawClient(self.registry.host)
        manifest = self.upload_outcome(self.upstream, "unapproved", REPOSITORY)
        # Known keys first, so that the tricks below find their place.
        self.manifest = to_json({"schemaVersion": 2, **manifest})

    def send(self, host, request):
        """The status line of the answer, empty where the connection closes."""
        name, _, port = host.partition(":")
        with socket.create_connection((name, int(port)), timeout=30) as connection:
            connection.sendall(request.replace(b"@HOST@", host.encode()))
            return connection.makefile("rb").readline().decode("latin-1").strip()

    def test_the_registry_itself_falls_for_them(self):
        for name, tag, request in evasions(self.manifest):
            with self.subTest(name):
                status = self.send(self.registry.host, request)
                self.assertIn(" 201 ", status)
                self.assertIn(tag, self.upstream.tags(REPOSITORY))

    @needs_gateway
    def test_none_of_them_gets_past_the_gateway(self):
        rules = [{"name": "approved", "check": "base.approved"}]
        gateway = self.start_gateway(self.registry, policies=[policy("all", rules)])
        for name, _, request in evasions(self.manifest):
            with self.subTest(name):
                status = self.send(gateway.host, request)
                self.assertRegex(status, r"^HTTP/1\.1 4\d\d |^$")
        self.assertEqual(self.upstream.tags(REPOSITORY), [])

    @needs_gateway
    def test_an_image_in_dockers_format_is_one_whatever_its_config_is_called(self):
        """podman's library unpacks such a manifest and keeps it as an image."""
        gateway = self.start_gateway(
            self.registry, policies=[policy("all", [{"name": "k", "check": "base.identified"}])]
        )
        docker = "application/vnd.docker.distribution.manifest.v2+json"
        config = to_json({"os": "linux", "architecture": "amd64", "config": {"Cmd": ["/x"]}})
        digest = self.upstream.upload_blob(REPOSITORY, config)
        manifest = json.loads(self.manifest)
        layers = [
            {**layer, "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip"}
            for layer in manifest["layers"]
        ]
        for kind, artifact_type in (
            ("application/vnd.cncf.helm.config.v1+json", None),
            ("application/vnd.buildkit.cacheconfig.v0", None),
            ("application/vnd.wasm.config.v0+json", None),
            ("application/vnd.oci.empty.v1+json", "application/x"),
            ("application/x", "application/spdx+json"),
        ):
            with self.subTest(kind):
                dressed = {
                    "schemaVersion": 2,
                    "mediaType": docker,
                    "config": {"mediaType": kind, "digest": digest, "size": len(config)},
                    "layers": layers,
                }
                if artifact_type:
                    dressed["artifactType"] = artifact_type
                answer = RawClient(gateway.host).put_manifest(
                    REPOSITORY, "dressed", to_json(dressed), docker
                )
                self.assertEqual(answer.status, 403, answer.body)

    @needs_gateway
    def test_a_config_of_another_repository_is_no_evidence(self):
        """The gateway keeps small blobs that streamed past by digest alone."""
        limit = {"maxLayers": 100}
        gateway = self.start_gateway(
            self.registry,
            policies=[policy("all", [{"name": "size", "check": "image.size", "with": limit}])],
        )
        layout = shared_images().layout
        image = shared_outcomes()["unapproved"].image
        manifest = layout.manifest(shared_images().export(image))
        client = RawClient(gateway.host)
        client.upload_blob("secret/app", layout.blob(manifest["config"]))
        for descriptor in manifest["layers"]:
            client.upload_blob("other/app", layout.blob(descriptor))
        answer = client.put_manifest("other/app", "v1", self.manifest, MANIFEST)
        self.assertEqual(answer.status, 403, answer.body)
        self.assertIn("config is not in the repository", answer.error_message)
        client.upload_blob("other/app", layout.blob(manifest["config"]))
        answer = client.put_manifest("other/app", "v1", self.manifest, MANIFEST)
        self.assertEqual(answer.status, 201, answer.body)

    @needs_gateway
    def test_what_is_unusual_in_an_index_is_found(self):
        rules = [{"name": "format", "check": "manifest.format"}]
        gateway = self.start_gateway(self.registry, policies=[policy("all", rules)])
        client = RawClient(gateway.host)
        child = digest_of(self.manifest)
        answer = client.put_manifest(REPOSITORY, child, self.manifest, MANIFEST)
        self.assertEqual(answer.status, 201, answer.body)
        entry = {"mediaType": MANIFEST, "digest": child, "size": len(self.manifest)}
        elsewhere = {"urls": ["https://elsewhere.example.com/manifest"]}
        for tag, more, status in (("plain", {}, 201), ("urls", elsewhere, 403)):
            index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry | more]}
            answer = client.put_manifest(REPOSITORY, tag, to_json(index), INDEX)
            self.assertEqual(answer.status, status, answer.body)
        self.assertIn("foreign-urls: manifests[0]", answer.error_message)

    @needs_gateway
    def test_the_platform_of_a_missing_child_cannot_speak_for_the_gateway(self):
        rules = [{"name": "format", "check": "manifest.format"}]
        gateway = self.start_gateway(self.registry, policies=[policy("all", rules)])
        child = digest_of(b"never pushed")
        entry = {"mediaType": MANIFEST, "digest": child, "size": 12}
        for os, shown in (("linux", True), ("linux: all is well. Push again (", False)):
            platform = {"platform": {"os": os, "architecture": "arm64"}}
            index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry | platform]}
            answer = RawClient(gateway.host).put_manifest(
                REPOSITORY, "v1", to_json(index), INDEX
            )
            self.assertEqual(answer.status, 403, answer.body)
            self.assertIn(f"{child[:19]}", answer.error_message)
            self.assertEqual(f"child {os}/arm64" in answer.error_message, shown)

    @needs_gateway
    def test_bytes_that_are_no_text_leave_every_record_readable(self):
        rules = [{"name": "approved", "check": "base.approved"}]
        gateway = self.start_gateway(
            self.registry, policies=[policy("all", rules)], mode="observe"
        )
        request = head(
            f"/v2/{REPOSITORY}/manifests/bytes", self.manifest, "User-Agent: a@@@b"
        ).replace(b"@@@", b"\xff\xc3\xa9")
        self.assertIn(" 201 ", self.send(gateway.host, request))
        [decision] = gateway.decisions()
        self.assertEqual(decision["client"]["userAgent"], "a?\u00e9b")

    @needs_gateway
    def test_tags_in_the_query_are_judged(self):
        rules = [{"name": "approved", "check": "base.approved"}]
        judged = policy("releases", rules, tags=["v*"])
        gateway = self.start_gateway(self.registry, policies=[judged])
        digest = digest_of(self.manifest)
        answer = RawClient(gateway.host).put_manifest(
            REPOSITORY, f"{digest}?tag=v1", self.manifest, MANIFEST
        )
        self.assertEqual(answer.status, 403, answer.body)

    @needs_gateway
    def test_a_tls_hello_on_the_plain_port_is_answered_in_plain_words(self):
        """Silence costs docker ten seconds, a bare close its fallback."""
        gateway = self.start_gateway(self.registry, mode="observe")
        hello = bytes.fromhex("16030100a5010000a10303") + bytes(160)
        self.assertIn(" 400 ", self.send(gateway.host, hello))


if __name__ == "__main__":
    unittest.main()
