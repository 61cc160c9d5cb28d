"""Shows: an upstream that is down, silent, or gone in the middle gives clear
registry errors in bounded time, and the gateway recovers by itself."""

import threading
import time
import unittest

from .harness.case import EndToEndTest, needs_gateway, shared_images, shared_outcomes
from .harness.fault_proxy import FaultProxy
from .harness.oci_layout import MANIFEST, to_json
from .harness.process import wait_until
from .harness.raw_client import RawClient, digest_of


@needs_gateway
class UpstreamTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.registry = self.start_registry()
        self.link = FaultProxy(self.registry.port)
        self.addCleanup(self.link.stop)
        self.gateway = self.start_gateway(self.link, mode="observe")
        self.client = RawClient(self.gateway.host, timeout=90)

    def manifest_with_its_blobs_upstream(self):
        layout = shared_images().layout
        tag = shared_images().export(shared_outcomes()["admitted"].image)
        manifest = layout.manifest(tag)
        direct = RawClient(self.registry.host)
        for descriptor in [manifest["config"], *manifest["layers"]]:
            direct.upload_blob("team/app", layout.blob(descriptor))
        return to_json(manifest)

    def put(self, manifest):
        return self.client.put_manifest("team/app", "v1", manifest, MANIFEST)

    def assertRegistryError(self, answer, *statuses):
        self.assertIn(answer.status, statuses, answer.body)
        self.assertTrue(answer.error_message)

    def test_an_upstream_that_is_down_is_a_bad_gateway(self):
        manifest = self.manifest_with_its_blobs_upstream()
        self.link.fault = "refuse"
        self.assertRegistryError(self.client.request("GET", "/v2/"), 502)
        answer = self.put(manifest)
        self.assertRegistryError(answer, 502)
        self.assertNotIn(answer.reason, ("Bad Gateway", ""))
        self.link.fault = None
        self.assertEqual(self.put(manifest).status, 201)

    def test_a_registry_that_stops_and_returns_is_used_again(self):
        manifest = self.manifest_with_its_blobs_upstream()
        self.assertEqual(self.put(manifest).status, 201)
        self.registry.stop()
        self.assertRegistryError(self.put(manifest), 502)
        self.registry.start()
        self.assertEqual(self.put(manifest).status, 201)

    def test_a_silent_upstream_is_given_up_before_clients_give_up(self):
        manifest = self.manifest_with_its_blobs_upstream()
        self.link.fault = "hang"
        begun = time.monotonic()
        self.assertRegistryError(self.put(manifest), 502, 503, 504)
        self.assertLess(time.monotonic() - begun, 30)

    def test_a_blob_cut_in_the_middle_never_looks_whole(self):
        data = bytes(range(256)) * 4096
        digest = RawClient(self.registry.host).upload_blob("team/app", data)
        target = f"/v2/team/app/blobs/{digest}"
        self.link.fault, self.link.cut_after = "cut", 300_000
        with self.assertRaises(Exception):
            answer = self.client.request("GET", target)
            self.assertNotEqual(answer.status, 200)
        self.link.fault = None
        answer = self.client.request("GET", target)
        self.assertEqual(digest_of(answer.body), digest)

    def test_a_manifest_whose_answer_is_lost_is_found_out(self):
        manifest = self.manifest_with_its_blobs_upstream()
        self.link.fault, self.link.cut_after = "cut", 0
        self.assertRegistryError(self.put(manifest), 502)
        self.link.fault = None
        self.assertEqual(self.put(manifest).status, 201)

    def test_it_is_alive_and_ready_while_the_upstream_is_down(self):
        self.link.fault = "refuse"
        self.assertEqual(self.gateway.admin("/livez"), 200)
        self.assertEqual(self.gateway.admin("/readyz"), 200)

    def test_a_termination_lets_a_running_upload_end(self):
        data = b"x" * 3_000_000
        self.link.bytes_per_second = 1_500_000
        outcome = []

        def upload():
            outcome.append(self.client.upload_blob("team/app", data))

        worker = threading.Thread(target=upload)
        worker.start()
        wait_until(lambda: self.link.relayed_up > 500_000, 20, "upload begun")
        code = self.gateway.stop()
        worker.join(60)
        self.assertEqual(outcome, [digest_of(data)])
        self.assertEqual(code, 0)


if __name__ == "__main__":
    unittest.main()
