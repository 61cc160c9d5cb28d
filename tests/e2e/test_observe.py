"""Shows: a decision log that nobody reads holds nobody up, and the metrics
count what happened."""

import fcntl
import os
import unittest

from .harness.case import EndToEndTest, needs_gateway, shared_outcomes

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


if __name__ == "__main__":
    unittest.main()
