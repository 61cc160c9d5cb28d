"""Shows: build caches pass a gateway whose policies ask for an approved base, in
the forms and repositories that are for them, and are admitted nowhere;
test_buildkit has BuildKit write them, docs/clients.md shows charts, signatures
and files."""

import json
import unittest

from .harness.case import EndToEndTest, needs_gateway
from .harness.oci_layout import INDEX, LAYER, MANIFEST, compress, to_json
from .harness.process import on_a_free_port
from .harness.raw_client import RawClient, digest_of
from .harness.sources import table_policies
from .harness.webhook import WebhookClient, make_certificate, review

CACHE = "application/vnd.buildkit.cacheconfig.v0"


class BuildCacheTest(EndToEndTest):
    """What BuildKit exports with type=registry: its own config, and the layers
    that a later build may take from there."""

    repository = "enforced/cache"

    def start(self, **spec):
        registry = self.start_registry()
        self.gateway = self.start_gateway(
            registry,
            policies=table_policies(),
            spec=spec,
            upstream_settings={"anonymousReads": True},
        )
        self.client = RawClient(self.gateway.host)
        layer, _ = compress(b"as good as a tar" * 64, "gzip")
        config = to_json({"layers": [{"blob": digest_of(layer)}], "records": []})
        self.config = self.upload(config, CACHE)
        self.layer = self.upload(layer, LAYER + "+gzip")

    def upload(self, data, media_type):
        digest = self.client.upload_blob(self.repository, data)
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    def put(self, manifest):
        return self.client.put_manifest(
            self.repository, "build", to_json(manifest), manifest["mediaType"]
        )

    def a_manifest(self):
        return {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self.config,
            "layers": [self.layer],
        }

    def an_index_of_blobs(self):
        """BuildKit's default before 0.21."""
        return {
            "schemaVersion": 2,
            "mediaType": INDEX,
            "manifests": [self.layer, self.config],
        }

    def an_image(self):
        """As kaniko writes them, on a base that nobody has approved."""
        image = self.upload_outcome(self.client, "unapproved", self.repository)
        return {"schemaVersion": 2, "mediaType": MANIFEST, **image}


@needs_gateway
class AnywhereTest(BuildCacheTest):
    def setUp(self):
        super().setUp()
        self.start()

    def test_a_cache_that_is_a_manifest_passes_as_an_artifact(self):
        answer = self.put(self.a_manifest())
        self.assertEqual(answer.status, 201, answer.body)
        [decision] = self.gateway.decisions()
        self.assertIn("buildkit-cache", str(decision["findings"]))

    # The registry's 500 to such a child came out as 502, which BuildKit tries
    # again.
    def test_a_cache_that_is_an_index_of_blobs_is_refused_with_what_helps(self):
        answer = self.put(self.an_index_of_blobs())
        self.assertEqual(answer.status, 403, answer.body)
        self.assertIn("image-manifest=true", answer.error_message)
        self.assertIn("buildCaches", answer.error_message)

    def test_a_cache_that_is_an_image_is_judged_as_one(self):
        self.assertEqual(self.put(self.an_image()).status, 403)


@needs_gateway
class ConfiguredTest(BuildCacheTest):
    def setUp(self):
        super().setUp()
        certificate, key = make_certificate(self.directory)
        port = on_a_free_port(lambda free: free)
        self.webhook = WebhookClient(port, certificate)
        self.start(
            buildCaches=["*/cache"],
            webhook={
                "listen": f"127.0.0.1:{port}",
                "tls": {"certificate": str(certificate), "key": str(key)},
                "registries": ["r.example.com"],
            },
        )

    def test_every_form_of_a_cache_is_stored(self):
        for form in (self.a_manifest, self.an_index_of_blobs, self.an_image):
            with self.subTest(form=form.__name__):
                manifest = form()
                answer = self.put(manifest)
                self.assertEqual(answer.status, 201, answer.body)
                stored = self.client.get_manifest(self.repository, "build")
                self.assertEqual(stored.body, to_json(manifest))
                self.assertEqual(self.gateway.decisions()[0]["outcome"], "staged")

    def test_what_is_stored_as_a_cache_does_not_run(self):
        self.assertEqual(self.put(self.an_image()).status, 201)
        asked = review("u", f"r.example.com/{self.repository}:build")
        status, body = self.webhook.validate(asked)
        self.assertEqual(status, 200, body)
        response = json.loads(body)["response"]
        self.assertFalse(response["allowed"])
        self.assertIn("is for build caches", response["status"]["message"])

    def test_other_repositories_are_judged_as_before(self):
        self.repository = "enforced/app"
        self.assertEqual(self.put(self.an_image()).status, 403)


if __name__ == "__main__":
    unittest.main()
