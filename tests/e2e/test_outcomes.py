"""Shows: the five outcomes of the demonstration, each with each client, the
reason readable in the client's own output and the decision recorded."""

import unittest

from .harness.case import (
    CLIENTS,
    EndToEndTest,
    needs_gateway,
    shared_bases,
    shared_outcomes,
)
from .harness.outcomes import APPROVED, UNAPPROVED, demo_policy
from .harness.raw_client import RawClient


@needs_gateway
class OutcomesTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.registry = self.start_registry()
        self.gateway = self.start_gateway(self.registry, policies=[demo_policy()])
        shared_bases().publish(self.registry, self.gateway)
        self.upstream = RawClient(self.registry.host)

    def each_client(self, name):
        for client_name in CLIENTS:
            with self.subTest(client=client_name):
                self.judge(shared_outcomes()[name], client_name)

    def judge(self, outcome, client_name):
        client = self.client(client_name)
        if client_name == "docker" and outcome.forged:
            self.docker_refuses_itself(client, outcome)
            return
        reference = f"{self.gateway.host}/{outcome.repository}:{client_name}"
        pushed = client.push(outcome.image, reference)
        decision = self.gateway.decision_on(outcome.repository, pushed)
        self.assertEqual(decision["outcome"], outcome.outcome, pushed.output)
        self.assertEqual(decision["reference"], client_name)
        stored = self.upstream.get_manifest(outcome.repository, client_name)
        if outcome.outcome == "admit":
            self.assertSucceeds(pushed)
            self.assertEqual(stored.status, 200)
        else:
            self.assertFails(pushed)
            self.assertEqual(stored.status, 404)
            self.reason_is_shown(outcome, decision, pushed)

    def reason_is_shown(self, outcome, decision, pushed):
        self.assertIn("denied", pushed.output)
        failed = [f for f in decision["findings"] if f["result"] in ("fail", "error")]
        self.assertTrue(failed, decision)
        if outcome.rule:
            self.assertIn(outcome.rule, [finding["rule"] for finding in failed])
        self.assertIn(failed[0]["message"], pushed.output)

    def docker_refuses_itself(self, client, outcome):
        """Docker checks what it loads: it never holds a forged image."""
        client.forget_images()
        self.assertFails(client.push(outcome.image, self.gateway.host + "/x:1"))

    def test_an_image_on_an_approved_base_is_admitted(self):
        self.each_client("admitted")

    def test_an_image_on_an_unapproved_base_is_denied(self):
        self.each_client("unapproved")

    def test_a_squashed_image_is_denied_since_its_base_cannot_be_proven(self):
        self.each_client("squashed")

    def test_an_image_with_a_forged_config_is_denied(self):
        self.each_client("forged")

    def test_an_image_on_a_vulnerable_base_is_denied(self):
        self.each_client("vulnerable")

    def test_without_inspection_only_layers_that_are_known_are_proven(self):
        looking_up = self.start_gateway(
            self.registry,
            "looking-up",
            policies=[demo_policy()],
            spec={"layers": {"inspect": "never"}},
        )
        outcome = shared_outcomes()["admitted"]
        pushed = self.client("skopeo").push(
            outcome.image, f"{looking_up.host}/{outcome.repository}:v1"
        )
        self.assertFails(pushed)
        self.assertIn("layers.inspect is never", pushed.output)

    def test_explain_tells_the_base_and_the_rules(self):
        outcome = shared_outcomes()["unapproved"]
        self.judge(outcome, "skopeo")
        decision = self.gateway.decisions("--repository", outcome.repository)[0]
        told = self.assertSucceeds(self.gateway.explain(decision["id"])).output
        self.assertIn(UNAPPROVED, told)
        self.assertIn("approved", told)
        self.assertIn(decision["digest"], told)

    def test_a_metadata_only_child_stands_on_its_base(self):
        bases = shared_bases()
        image = bases.images.build(
            "shop/metadata:1", f"FROM {bases.approved.name}\nLABEL a=b\n"
        )
        reference = f"{self.gateway.host}/shop/metadata:1"
        self.assertSucceeds(self.client("skopeo").push(image, reference))
        decision = self.gateway.decisions("--repository", "shop/metadata")[0]
        self.assertEqual(decision["outcome"], "admit")

    def test_other_compressions_of_the_same_layers_stand_on_the_same_base(self):
        bases = shared_bases()
        layout = bases.images.layout
        tag = bases.images.export(shared_outcomes()["admitted"].image)
        client = self.client("skopeo")
        for form in ("gzip", "zstd", "plain"):
            with self.subTest(form=form):
                layout.recompressed(tag, f"again-{form}", form)
                self.assertSucceeds(
                    client.copy(
                        layout.reference(f"again-{form}"),
                        f"{self.gateway.host}/shop/forms:{form}",
                        "--preserve-digests",
                    )
                )
                decision = self.gateway.decisions("--repository", "shop/forms")[0]
                base = decision["images"][0]["base"]
                self.assertEqual(base["name"], APPROVED)
                self.assertEqual(base["proof"], "verified")


if __name__ == "__main__":
    unittest.main()
