"""Shows: the gRPC API and the Kubernetes webhook judge as the registry door
does, with the same verdict for the same image."""

import json
import os
import stat
import unittest

from .harness.case import (
    EndToEndTest,
    needs_gateway,
    shared_bases,
    shared_images,
    shared_outcomes,
)
from .harness.doors import REGISTRY, Doors
from .harness.outcomes import demo_policy
from .harness.process import run
from .harness.webhook import review

CASES = (("admitted", True), ("unapproved", False), ("forged", False))


@needs_gateway
class DoorsTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.registry = self.start_registry()
        self.doors = Doors(self.directory)
        self.gateway = self.start_gateway(
            self.registry,
            policies=[demo_policy()],
            upstream_settings={"anonymousReads": True},
            spec=self.doors.spec,
        )
        shared_bases().publish(self.registry, self.gateway)
        # Around the gateway, so that the other doors have something to refuse.
        for name, _ in CASES:
            tag = shared_images().export(shared_outcomes()[name].image)
            layout = shared_images().layout.reference(tag)
            target = f"docker://{self.registry.host}/team/{name}:v1"
            run(["skopeo", "copy", "--dest-tls-verify=false", layout, target]).check()

    def test_grpc_gives_the_verdict_of_a_push(self):
        for name, admitted in CASES:
            with self.subTest(image=name):
                called = self.doors.evaluate(repository=f"team/{name}", reference="v1")
                self.assertSucceeds(called)
                decision = json.loads(called.output)["decision"]
                self.assertEqual(decision["door"], "grpc")
                self.assertEqual(decision["outcome"] != "deny", admitted)
                kept = self.gateway.decisions("--door", "grpc", "--limit", "1")
                self.assertEqual(kept[0]["id"], decision["id"])

    def test_grpc_tells_what_is_not_there_and_what_is_wrong(self):
        missing = self.doors.evaluate(repository="team/none", reference="v1")
        self.assertIn("NOT_FOUND", missing.output)
        wrong = self.doors.evaluate(repository="Team", reference="v1")
        self.assertIn("INVALID_ARGUMENT", wrong.output)

    def test_the_socket_is_for_its_user_alone(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.doors.socket).st_mode) & 0o077, 0)

    def test_the_webhook_gives_the_verdict_of_a_push(self):
        for name, admitted in CASES:
            with self.subTest(image=name):
                image = f"{REGISTRY}/team/{name}:v1"
                status, text = self.doors.validate(review(f"uid-{name}", image))
                self.assertEqual(status, 200, text)
                response = json.loads(text)["response"]
                self.assertEqual(response["uid"], f"uid-{name}")
                self.assertEqual(response["allowed"], admitted, text)
                if not admitted:
                    self.assertEqual(response["status"]["code"], 403)
                    self.assertIn(image, response["status"]["message"])

    def test_one_bad_image_denies_the_pod(self):
        images = [f"{REGISTRY}/team/{name}:v1" for name, _ in CASES]
        _, text = self.doors.validate(review("u", *images))
        self.assertFalse(json.loads(text)["response"]["allowed"])

    def test_the_webhook_fails_closed(self):
        self.registry.stop()
        _, text = self.doors.validate(review("u", f"{REGISTRY}/team/admitted:v1"))
        response = json.loads(text)["response"]
        self.assertFalse(response["allowed"])
        self.assertIn("cannot be judged", response["status"]["message"])

    def test_what_is_no_review_is_a_bad_request(self):
        status, _ = self.doors.validate(b"{}")
        self.assertEqual(status, 400)


if __name__ == "__main__":
    unittest.main()
