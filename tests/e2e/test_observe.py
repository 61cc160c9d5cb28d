"""Shows: a decision log that nobody reads holds nobody up, the access log tells
of each request, and the metrics count what happened."""

import fcntl
import json
import os
import unittest

from .harness.case import EndToEndTest, needs_gateway, shared_outcomes
from .harness.doors import REGISTRY, Doors
from .harness.raw_client import RawClient
from .harness.webhook import review

PIPE_BYTES = 4096  # the least: two or three decisions fill it


@needs_gateway
class ObserveTest(EndToEndTest):
    def unread_pipe(self):
        """The path of a named pipe that is open for reading and never read."""
        path = self.path("decisions.pipe")
        os.mkfifo(path)
        reader = os.open(path, os.O_RDWR)
        self.addCleanup(os.close, reader)
        fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        return str(path)

    # It stopped every push after the tenth, and /readyz with them.
    def test_a_decision_log_that_nobody_reads_holds_nobody_up(self):
        gateway = self.start_gateway(
            self.start_registry(),
            plain=False,
            mode="observe",
            spec={"decisionLog": self.unread_pipe()},
        )
        client = self.client("skopeo")
        image = shared_outcomes()["admitted"].image
        for number in range(6):
            pushed = client.push(image, f"{gateway.host}/team/app:v{number}")
            self.assertSucceeds(pushed)
        self.assertEqual(gateway.admin("/readyz"), 200)
        self.assertEqual(len(gateway.decisions()), 6)
        self.assertEqual(gateway.stop(), 0)

    def test_the_access_log_tells_of_each_request_of_a_push(self):
        log = self.path("access.json")
        registry = self.start_registry()
        gateway = self.start_gateway(registry, mode="observe", spec={"accessLog": str(log)})
        image = shared_outcomes()["admitted"].image
        pushed = self.client("skopeo").push(image, f"{gateway.host}/team/app:v1")
        self.assertSucceeds(pushed)
        decision = gateway.decisions()[0]
        self.assertEqual(gateway.stop(), 0)
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        [put] = [l for l in lines if l["route"] == "manifest" and l["method"] == "PUT"]
        self.assertEqual(put["repository"], "team/app")
        self.assertEqual(put["reference"], "v1")
        self.assertEqual(put["digest"], decision["digest"])
        self.assertEqual(put["decision"], decision["id"])
        self.assertEqual((put["status"], put["upstreamStatus"]), (201, 201))
        self.assertIn("skopeo", put["userAgent"])
        uploaded = {l["digest"] for l in lines if l["route"] == "upload" and "digest" in l}
        manifest = json.loads(RawClient(registry.host).get_manifest("team/app", "v1").body)
        blobs = [manifest["config"], *manifest["layers"]]
        self.assertEqual(uploaded, {blob["digest"] for blob in blobs})

    def test_the_access_log_tells_who_asked_the_webhook_over_which_tls(self):
        log = self.path("access.json")
        doors = Doors(self.directory)
        gateway = self.start_gateway(
            self.start_registry(),
            upstream_settings={"anonymousReads": True},
            spec={**doors.spec, "accessLog": str(log)},
        )
        doors.validate(review("u-1", f"{REGISTRY}/team/app:absent"))
        self.assertEqual(gateway.stop(), 0)
        [line] = [json.loads(line) for line in log.read_text().splitlines()]
        self.assertEqual((line["listener"], line["route"]), ("webhook", "webhook"))
        self.assertEqual((line["clientName"], line["tls"]), ("alice", "TLSv1.3"))
        self.assertEqual((line["path"], line["status"]), ("/kubernetes/validate", 200))

    def test_metrics_count_what_happened(self):
        gateway = self.start_gateway(self.start_registry(), plain=True)
        image = shared_outcomes()["admitted"].image
        pushed = self.client("skopeo").push(image, f"{gateway.host}/team/app:v1")
        self.assertSucceeds(pushed)
        outcome = gateway.decisions()[0]["outcome"]
        metrics = gateway.metrics()
        labels = f'door="push",outcome="{outcome}",enforced="true"'
        self.assertEqual(metrics[f"plimsoll_decisions_total{{{labels}}}"], 1)
        self.assertEqual(metrics["plimsoll_hold_seconds_count"], 1)
        self.assertEqual(metrics["plimsoll_holds"], 0)
        self.assertEqual(metrics["plimsoll_held_bytes"], 0)
        self.assertEqual(metrics["plimsoll_catalog_bases"], 0)
        self.assertGreater(metrics["plimsoll_start_time_seconds"], 1.7e9)
        put = 'route="manifest",method="write",code="2xx"'
        self.assertEqual(metrics[f"plimsoll_requests_total{{{put}}}"], 1)
        self.assertEqual(metrics["plimsoll_requests_under_way"], 0)
        self.assertGreater(metrics['plimsoll_body_bytes_total{direction="in"}'], 1000)
        self.assertGreater(metrics['plimsoll_upstream_connects_total{result="connected"}'], 0)


if __name__ == "__main__":
    unittest.main()
