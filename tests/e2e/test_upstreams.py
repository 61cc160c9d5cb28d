"""Shows: one gateway in front of several registries sends each request to one
of them, by the host that the client named and by the repository, and says so
in its decisions."""

import unittest

from .harness.case import EndToEndTest, needs_gateway, shared_images, shared_outcomes
from .harness.gateway import policy
from .harness.oci_layout import MANIFEST, to_json
from .harness.raw_client import RawClient

SMALL = {"name": "small", "check": "image.size", "with": {"maxLayers": 50}}


@needs_gateway
class UpstreamsTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.registries = {
            name: self.start_registry(name) for name in ("main", "mirror", "lab")
        }

        def settings(port):
            rules = {
                "main": {},
                "mirror": {"prefixes": ["mirror"]},
                "lab": {"hosts": [f"localhost:{port}"]},
            }
            return [
                {"name": name, "url": self.registries[name].url, **rule}
                for name, rule in rules.items()
            ]

        self.gateway = self.start_gateway(
            self.registries["main"],
            upstreams=settings,
            policies=[policy("all", [SMALL])],
        )
        self.image = shared_outcomes()["admitted"].image

    def holders(self, repository):
        """The registries that have the repository's tag v1."""
        target = f"/v2/{repository}/manifests/v1"
        accept = {"Accept": MANIFEST}
        return [
            name
            for name, registry in self.registries.items()
            if RawClient(registry.host).request("HEAD", target, None, accept).status
            == 200
        ]

    def push(self, host, repository):
        pushed = self.client("skopeo").push(self.image, f"{host}/{repository}:v1")
        self.assertSucceeds(pushed)
        return self.gateway.decision_on(repository, pushed)

    def test_each_push_goes_to_one_registry_and_is_recorded_for_it(self):
        pushes = [
            (self.gateway.host, "team/app", "main"),
            (self.gateway.host, "mirror/app", "mirror"),
            (f"localhost:{self.gateway.port}", "mirror/lab", "lab"),
        ]
        for host, repository, upstream in pushes:
            with self.subTest(repository=repository):
                decision = self.push(host, repository)
                self.assertEqual(self.holders(repository), [upstream])
                self.assertEqual(decision["upstream"], upstream)
                pulled = self.client("skopeo").inspect(f"{host}/{repository}:v1")
                self.assertSucceeds(pulled)

    # Each registry is asked again: what one showed says nothing of another.
    def test_what_one_registry_has_is_not_taken_to_be_in_another(self):
        layout = shared_images().layout
        manifest = layout.manifest(shared_images().export(self.image))
        self.push(self.gateway.host, "team/app")
        lab = RawClient(f"localhost:{self.gateway.port}")
        for descriptor in [manifest["config"], *manifest["layers"]]:
            target = f"/v2/team/app/blobs/{descriptor['digest']}"
            self.assertEqual(lab.request("HEAD", target).status, 404)

    def test_a_pushed_manifest_whose_blobs_another_registry_has_is_refused(self):
        layout = shared_images().layout
        manifest = to_json(layout.manifest(shared_images().export(self.image)))
        self.push(self.gateway.host, "team/app")
        lab = RawClient(f"localhost:{self.gateway.port}")
        answer = lab.put_manifest("team/app", "v1", manifest, MANIFEST)
        self.assertEqual(answer.status, 403, answer.body)
        self.assertEqual(self.holders("team/app"), ["main"])


if __name__ == "__main__":
    unittest.main()
