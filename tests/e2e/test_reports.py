"""Shows: a scan report that names an index serves the one child that it can be
about, and none where it could be several."""

import unittest

from .harness.case import EndToEndTest, needs_gateway, shared_images
from .harness.gateway import policy
from .harness.process import run, wait_until
from .harness.scan_report import critical, trivy_report

BASE = "bases.example.com/multi:1"
PLATFORMS = ("amd64", "arm64")
CLEAN = {
    "name": "base-scan-clean",
    "check": "vulnerabilities",
    "with": {
        "scope": "base",
        "maxReportAge": "24h",
        "deny": [{"severity": "Critical", "fixable": True}],
    },
}


@needs_gateway
class ReportsTest(EndToEndTest):
    """An index of two platforms as a base, and an application on the first."""

    def setUp(self):
        super().setUp()
        self.registry = self.start_registry()
        self.gateway = self.start_gateway(
            self.registry, policies=[policy("scan", [CLEAN])]
        )
        self.images = shared_images()
        bases = [
            self.images.build(
                f"base/scanned-{platform}:1",
                "FROM scratch\nCOPY file /base\n",
                *["--platform", f"linux/{platform}"],
                files={"file": platform.encode()},
            )
            for platform in PLATFORMS
        ]
        self.tags = [self.images.export(base) for base in bases]
        layout = self.images.layout
        self.index = layout.add_index(
            "scanned",
            [
                (layout.descriptor(tag), {"os": "linux", "architecture": platform})
                for tag, platform in zip(self.tags, PLATFORMS)
            ],
        )
        reference = f"{self.registry.host}/base/multi:1"
        run(
            ["skopeo", "copy", "--quiet", "--all", "--dest-tls-verify=false"]
            + [layout.reference("scanned"), f"docker://{reference}"]
        ).check()
        self.gateway.catalog_add(BASE, reference, "--approve").check()
        self.app = self.images.app(
            "shop/scanned:1",
            bases[0],
            options=["--platform", "linux/amd64"],
            step=False,
        )

    @property
    def digest(self):
        return self.images.layout.descriptor("scanned")["digest"]

    def report(self, platform, found=()):
        """Trivy's report about a child, by the name of the index alone."""
        tag = self.tags[PLATFORMS.index(platform)]
        layout = self.images.layout
        config_digest = layout.manifest(tag)["config"]["digest"]
        names = [f"{BASE.rpartition(':')[0]}@{self.digest}"]
        report = trivy_report(layout.config(tag), config_digest, names, list(found))
        del report["Metadata"]["ImageID"], report["Metadata"]["DiffIDs"]
        return report

    def push(self):
        target = f"{self.gateway.host}/shop/scanned:v1"
        pushed = self.client("skopeo").push(self.app, target)
        return pushed, self.gateway.decision_on("shop/scanned", pushed)

    def push_until(self, outcome):
        """The gateway looks for new bases every second."""
        return wait_until(lambda: self.decided(outcome), 30, outcome)

    def decided(self, outcome):
        pushed, decision = self.push()
        return pushed if decision["outcome"] == outcome else None

    def test_the_report_of_its_platform_clears_and_denies_a_child(self):
        added = self.gateway.report_add(self.digest, self.report("amd64"))
        self.assertSucceeds(added)
        self.assertIn("about linux/amd64 sha256:", added.output)
        self.push_until("admit")
        found = [critical("CVE-2099-0001", "libssl", "1.0", "1.1")]
        self.gateway.report_add(self.digest, self.report("amd64", found)).check()
        refused = self.push_until("deny")
        self.assertIn("CVE-2099-0001", refused.output)

    def test_the_report_of_another_platform_clears_nothing(self):
        added = self.gateway.report_add(self.digest, self.report("arm64"))
        self.assertSucceeds(added)
        self.assertIn("about linux/arm64 sha256:", added.output)
        pushed = self.push_until("deny")
        self.assertIn("base-scan-clean", pushed.output)

    def test_a_report_that_could_be_of_either_is_refused(self):
        unclear = self.report("amd64")
        del unclear["Metadata"]["ImageConfig"]
        refused = self.assertFails(self.gateway.report_add(self.digest, unclear))
        self.assertIn("2 of its 2 children", refused.output)
        for tag in self.tags:
            child = self.images.layout.descriptor(tag)["digest"]
            self.assertIn(child, refused.output)

    def test_one_that_came_before_its_base_is_a_gap_that_says_so(self):
        unclear = self.report("amd64")
        del unclear["Metadata"]["ImageConfig"]
        other = self.start_gateway(
            self.registry, name="other", policies=[policy("scan", [CLEAN])]
        )
        added = other.report_add(self.digest, unclear)
        self.assertSucceeds(added)
        self.assertIn("no catalogued base", added.output)
        reference = f"{self.registry.host}/base/multi:1"
        other.catalog_add(BASE, reference, "--approve").check()
        self.gateway = other
        wait_until(self.says_unclear, 30, "gap")

    def says_unclear(self):
        pushed, decision = self.push()
        gaps = [gap["message"] for gap in decision["gaps"]]
        found = any("2 of its 2 children" in message for message in gaps)
        if found:
            self.assertEqual(decision["outcome"], "deny")
            self.assertIn("2 of its 2 children", pushed.output)
        return found


if __name__ == "__main__":
    unittest.main()
