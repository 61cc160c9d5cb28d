"""Shows: what BuildKit itself exports as a build cache passes where caches are
expected, in both of its forms, and serves a later build; elsewhere one form does
and the other is refused with what helps. test_artifacts sends the same by hand;
docs/clients.md shows BuildKit's images."""

import unittest

from .harness.buildkit import BuildKit
from .harness.case import EndToEndTest, extended, needs_gateway
from .harness.oci_layout import INDEX, MANIFEST
from .harness.raw_client import RawClient
from .harness.sources import table_policies
from .harness.table_case import shared_sources

CACHE = "application/vnd.buildkit.cacheconfig.v0"
# By the option that chooses it; a manifest is the default from 0.21 on.
FORMS = {"true": MANIFEST, "false": INDEX}


@extended
@needs_gateway
class CacheExportTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.gateway = self.start_gateway(
            self.start_registry(),
            policies=table_policies(),
            spec={"buildCaches": ["**/cache"]},
            upstream_settings={"anonymousReads": True},
        )
        sources = shared_sources()
        # Its base is not approved: no cache of it is an image that would pass.
        self.source = sources["tag", "image"]
        self.buildkit = self.start_or_skip(
            BuildKit, self.path("buildkit"), sources.host
        )

    def export(self, repository, form):
        named = f"type=registry,ref={self.gateway.host}/{repository}:build"
        options = f"mode=max,oci-mediatypes=true,image-manifest={form}"
        return self.buildkit.build(self.source, "--export-cache", f"{named},{options}")

    def stored(self, repository):
        client = RawClient(self.gateway.host)
        return client.get_manifest(repository, "build").json()

    def test_both_forms_are_stored_where_caches_are_expected_and_used_again(self):
        for form, media_type in FORMS.items():
            with self.subTest(image_manifest=form):
                repository = f"enforced/{form}/cache"
                self.assertSucceeds(self.export(repository, form))
                self.assertEqual(self.stored(repository)["mediaType"], media_type)
                self.assertEqual(self.gateway.decisions()[0]["outcome"], "staged")
                self.buildkit.forget()
                cache = f"type=registry,ref={self.gateway.host}/{repository}:build"
                written = f"type=oci,dest={self.path('built.tar')}"
                options = ["--import-cache", cache, "--output", written]
                built = self.assertSucceeds(self.buildkit.build(self.source, *options))
                # A step that is done again is DONE, and fetches nothing.
                self.assertRegex(built.output, r"COPY app /srv/app\n#\d+ (CACHED|sha256:)")

    def test_elsewhere_a_manifest_passes_and_an_index_is_told_what_helps(self):
        self.assertSucceeds(self.export("enforced/app", "true"))
        self.assertEqual(self.stored("enforced/app")["config"]["mediaType"], CACHE)
        refused = self.assertFails(self.export("enforced/app", "false"))
        self.assertIn("image-manifest=true", refused.output)
        self.assertIn("buildCaches", refused.output)
        # The tag still has what was admitted.
        self.assertEqual(self.stored("enforced/app")["mediaType"], MANIFEST)


if __name__ == "__main__":
    unittest.main()
