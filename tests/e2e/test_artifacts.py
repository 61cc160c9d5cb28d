"""Shows: BuildKit's caches pass a policy that asks for an approved base where
they are manifests; docs/clients.md shows charts, signatures and files."""

import unittest

from .harness.case import EndToEndTest, needs_gateway
from .harness.oci_layout import INDEX, LAYER, MANIFEST, compress, to_json
from .harness.raw_client import RawClient, digest_of
from .harness.sources import table_policies

CACHE = "application/vnd.buildkit.cacheconfig.v0"


@needs_gateway
class BuildCacheTest(EndToEndTest):
    """What BuildKit exports with type=registry: its own config, and the layers
    that a later build may take from there."""

    def setUp(self):
        super().setUp()
        registry = self.start_registry()
        self.gateway = self.start_gateway(registry, policies=table_policies())
        self.client = RawClient(self.gateway.host)
        layer, _ = compress(b"as good as a tar" * 64, "gzip")
        config = to_json({"layers": [{"blob": digest_of(layer)}], "records": []})
        self.config = self.upload(config, CACHE)
        self.layer = self.upload(layer, LAYER + "+gzip")

    def upload(self, data, media_type):
        digest = self.client.upload_blob("enforced/cache", data)
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    def put(self, manifest):
        media_type = manifest["mediaType"]
        return self.client.put_manifest(
            "enforced/cache", "build", to_json(manifest), media_type
        )

    def test_a_cache_that_is_a_manifest_passes_as_an_artifact(self):
        answer = self.put(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": self.config,
                "layers": [self.layer],
            }
        )
        self.assertEqual(answer.status, 201, answer.body)
        [decision] = self.gateway.decisions()
        self.assertIn("buildkit-cache", str(decision["findings"]))

    # BuildKit's default before 0.21: an index whose "children" are blobs. The
    # registry's 500 to such a child came out as 502, which BuildKit tries again.
    def test_a_cache_that_is_an_index_of_blobs_is_refused_with_what_helps(self):
        answer = self.put(
            {
                "schemaVersion": 2,
                "mediaType": INDEX,
                "manifests": [self.layer, self.config],
            }
        )
        self.assertEqual(answer.status, 403, answer.body)
        self.assertIn("image-manifest=true", answer.error_message)


if __name__ == "__main__":
    unittest.main()
