"""Shows: multi-platform images pass with skopeo and podman or buildah
manifest, byte for byte, and an index is as good as its worst child."""

import unittest

from .harness.case import (
    EndToEndTest,
    needs_gateway,
    shared_images,
    shared_outcomes,
)
from .harness.gateway import policy
from .harness.raw_client import RawClient, digest_of

ARM = {"architecture": "arm64", "os": "linux"}
AMD = {"architecture": "amd64", "os": "linux"}


class IndexTest(EndToEndTest):
    """Two platforms that copy one file each, on a base with two platforms."""

    @classmethod
    def setUpClass(cls):
        cls.images = shared_images()
        recipe = 'FROM scratch\nCOPY file /base\nCMD ["/base"]\n'
        cls.bases = [
            cls.images.build(
                f"base/multi-{platform}:1",
                recipe,
                *["--platform", f"linux/{platform}"],
                files={"file": platform.encode()},
            )
            for platform in ("amd64", "arm64")
        ]
        cls.apps = [
            cls.images.app(
                f"shop/multi-{base.name[21:26]}:1",
                base,
                options=["--platform", f"linux/{base.name[21:26]}"],
                step=False,
            )
            for base in cls.bases
        ]

    def layout_index(self, tag, images):
        layout = self.images.layout
        children = [
            (layout.descriptor(self.images.export(image)), platform)
            for image, platform in zip(images, (AMD, ARM))
        ]
        layout.add_index(tag, children)
        return layout.reference(tag)

    def test_skopeo_copies_all_platforms_byte_for_byte(self):
        front = self.start_front(self.start_registry())
        client = self.client("skopeo")
        source = self.layout_index("multi", self.apps)
        reference = f"{front.host}/team/multi:v1"
        self.assertSucceeds(client.copy(source, reference, "--all"))
        self.assertSucceeds(client.pull(reference, "--all"))
        stored = RawClient(front.host).get_manifest("team/multi", "v1")
        layout = self.images.layout
        self.assertEqual(digest_of(stored.body), layout.descriptor("multi")["digest"])

    def test_podman_and_buildah_push_manifest_lists(self):
        front = self.start_front(self.start_registry())
        for name in ("podman", "buildah"):
            with self.subTest(client=name):
                client = self.client(name)
                pushed = client.push_list(self.apps, f"{front.host}/team/list:{name}")
                self.assertSucceeds(pushed)
                index = RawClient(front.host).get_manifest("team/list", name).json()
                platforms = [m["platform"]["architecture"] for m in index["manifests"]]
                self.assertEqual(sorted(platforms), ["amd64", "arm64"])


@needs_gateway
class JudgedIndexTest(IndexTest):
    """The same pushes again in front of a policy that asks for an approved
    base, and one that has a bad child."""

    def start_front(self, registry, **_):
        rules = [{"name": "approved", "check": "base.approved"}]
        gateway = self.start_gateway(registry, policies=[policy("bases", rules)])
        base = f"{registry.host}/base/multi:1"
        pushed = self.client("skopeo").copy(
            self.layout_index("base-multi", self.bases), base, "--all"
        )
        self.assertSucceeds(pushed)
        gateway.catalog_add("bases.example.com/multi:1", base, "--approve").check()
        return gateway

    def test_one_bad_child_denies_the_index(self):
        registry = self.start_registry()
        gateway = self.start_front(registry)
        bad = shared_outcomes()["unapproved"].image
        source = self.layout_index("mixed", [bad, self.apps[1]])
        pushed = self.client("skopeo").copy(
            source, f"{gateway.host}/team/mixed:v1", "--all"
        )
        self.assertFails(pushed)
        self.assertIn("denied", pushed.output)
        self.assertEqual(RawClient(registry.host).tags("team/mixed"), [])
        decision = gateway.decision_on("team/mixed", pushed)
        self.assertEqual(decision["outcome"], "deny")
        self.assertIn("linux/amd64", str(decision["findings"]))

    def test_a_missing_child_denies_the_index(self):
        registry = self.start_registry()
        gateway = self.start_front(registry)
        layout = self.images.layout
        self.layout_index("sparse", self.apps)
        answer = RawClient(gateway.host).put_manifest(
            "team/sparse",
            "v1",
            layout.blob(layout.descriptor("sparse")),
            layout.descriptor("sparse")["mediaType"],
        )
        self.assertEqual(answer.status, 403, answer.body)
        self.assertEqual(answer.error_code, "DENIED")


if __name__ == "__main__":
    unittest.main()
