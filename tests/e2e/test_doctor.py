"""Shows: `plimsoll doctor` says what a real registry can do, with and without
a credential, prints no secret, and leaves nothing behind that it does not tell."""

import json
import signal
import subprocess
import unittest

from .harness.case import EndToEndTest, needs_gateway
from .harness.certificates import Pair
from .harness.fault_proxy import FaultProxy
from .harness.gateway import BINARY
from .harness.object_store import ObjectStore
from .harness.process import run, wait_until
from .harness.raw_client import RawClient, basic
from .harness.token_server import TokenServer
from .harness.webhook import make_certificate

USER, PASSWORD = "pusher", "canary-61c2-passphrase"
SCRATCH = "plimsoll-doctor/scratch"


@needs_gateway
class DoctorTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.credential = self.path("credential")
        self.credential.write_text(f"{USER}:{PASSWORD}\n")

    def doctor(self, upstream, *flags):
        return run([BINARY, "doctor", upstream.url, *flags], timeout=120)

    def with_credential(self, upstream, *flags):
        return self.doctor(upstream, "--credential", self.credential, *flags)

    @staticmethod
    def report(told):
        """The JSON report, and {probe: answer}."""
        report = json.loads(told.output)
        return report, {probe["name"]: probe["answer"] for probe in report["probes"]}

    def assertNothingIsLeft(self, registry):
        repository = registry.data / "docker/registry/v2/repositories" / SCRATCH
        # Of a cancelled upload, distribution keeps the state of its hash.
        left = [
            str(path)
            for path in repository.rglob("*")
            if path.is_file() and "hashstates" not in path.parts
        ]
        self.assertEqual(left, [])

    def test_an_open_registry_is_usable_and_left_as_it_was(self):
        registry = self.start_registry()
        told = self.assertSucceeds(self.doctor(registry))
        self.assertTrue(told.output.startswith("usable: yes\n"), told.output)
        self.assertIn("upstream.anonymousReads: true", told.output)
        self.assertNothingIsLeft(registry)
        report, answers = self.report(self.doctor(registry, "-o", "json"))
        self.assertEqual(report["schema"], 1)
        self.assertEqual(report["usable"], "yes")
        self.assertEqual(report["left"], [])
        # What CNCF distribution 2.8.2 cannot do.
        lacks = [name for name, answer in answers.items() if answer != "yes"]
        self.assertEqual(lacks, ["manifest.tag", "referrers"])
        self.assertNothingIsLeft(registry)

    def test_behind_htpasswd_it_wants_a_good_credential(self):
        registry = self.start_registry(users={USER: PASSWORD})
        told = self.doctor(registry)
        self.assertEqual(told.code, 1, told.output)
        self.assertIn("give --credential FILE", told.output)
        told = self.assertSucceeds(self.with_credential(registry))
        self.assertIn("upstream.readCredential", told.output)
        self.assertNotIn(PASSWORD, told.output)
        self.assertNothingIsLeft(registry)
        self.credential.write_text(f"{USER}:wrong-canary\n")
        told = self.with_credential(registry)
        self.assertEqual(told.code, 1, told.output)
        self.assertIn("the credential is refused", told.output)
        self.assertNotIn("canary", told.output)

    def test_behind_a_token_service_it_asks_for_pull_and_push(self):
        tokens = TokenServer(self.path("tokens"), {USER: PASSWORD})
        self.addCleanup(tokens.stop)
        registry = self.start_registry(token_server=tokens)
        told = self.doctor(registry)
        self.assertEqual(told.code, 1, told.output)
        self.assertIn("it wants a credential", told.output)
        told = self.assertSucceeds(self.with_credential(registry, "-o", "json"))
        report, answers = self.report(told)
        self.assertEqual(report["usable"], "yes")
        self.assertEqual(answers["delete.blob"], "yes")
        auth = {probe["name"]: probe["seen"] for probe in report["probes"]}
        self.assertIn(f"realm {tokens.realm}", auth["auth"])
        self.assertEqual(auth["auth.token"], "sold for pull,push, lives 1m")
        self.assertIn((USER, [f"repository:{SCRATCH}:pull,push"]), tokens.requests)
        secrets = (PASSWORD, basic(USER, PASSWORD).split()[1], *tokens.signatures)
        for secret in secrets:
            self.assertNotIn(secret, told.output)
        self.assertNothingIsLeft(registry)

    def test_what_cannot_be_removed_is_told(self):
        registry = self.start_registry(deletes=False)
        told = self.assertSucceeds(
            self.doctor(registry, "-o", "json", "--repository", "team/scratch")
        )
        report, answers = self.report(told)
        self.assertEqual(answers["delete.manifest"], "no")
        kinds = sorted(left["kind"] for left in report["left"])
        self.assertEqual(kinds, ["blob", "blob", "manifest", "manifest"])
        client = RawClient(registry.host)
        for left in report["left"]:
            target = f"/v2/team/scratch/{left['kind']}s/{left['name']}"
            accept = {"Accept": "application/vnd.oci.image.manifest.v1+json"}
            answer = client.request("HEAD", target, headers=accept)
            self.assertEqual(answer.status, 200, left)
        told = self.doctor(registry, "--repository", "team/scratch")
        self.assertIn("left behind in team/scratch", told.output)

    def test_redirects_of_blobs_are_followed_and_told(self):
        store = ObjectStore()
        self.addCleanup(store.stop)
        registry = self.start_registry(blobs_at=store.url)
        store.directory = registry.data
        told = self.assertSucceeds(self.doctor(registry, "-o", "json"))
        _, answers = self.report(told)
        self.assertEqual(answers["blob.direct"], "no")
        self.assertEqual(answers["blob.get"], "yes")

    def test_over_tls_it_trusts_the_authority_that_it_is_given(self):
        files = make_certificate(self.directory)
        registry = self.start_registry(tls=Pair(*files))
        told = self.doctor(registry)
        self.assertEqual(told.code, 1, told.output)
        self.assertIn("certificate", told.output)
        told = self.assertSucceeds(self.doctor(registry, "--ca", files[0]))
        self.assertTrue(told.output.startswith("usable: yes\n"), told.output)
        self.assertIn(f"upstream.tls.ca: {files[0]}", told.output)
        self.assertNothingIsLeft(registry)

    def test_a_registry_that_calls_itself_otherwise_is_told(self):
        def seen(**options):
            told = self.doctor(registry, *options.get("flags", ()), "-o", "json")
            report, _ = self.report(told)
            return told.code, {probe["name"]: probe for probe in report["probes"]}

        registry = self.start_registry(named="http://registry.example.com:5000")
        code, probes = seen()
        self.assertEqual(code, 1)  # nothing is uploaded there
        self.assertIn("registry.example.com", probes["upload.location"]["means"])
        self.assertEqual(probes["upload.host"]["answer"], "no")
        files = make_certificate(self.directory)
        registry = self.start_registry("https", tls=Pair(*files), named="http://localhost")
        code, probes = seen(flags=["--ca", files[0]])
        self.assertEqual(code, 2)
        self.assertIn("X-Forwarded-Proto", probes["upload.start"]["configure"])

    def test_the_gateway_itself_is_as_usable_as_its_upstream(self):
        registry = self.start_registry()
        gateway = self.start_gateway(registry, plain=True)
        told = self.assertSucceeds(self.doctor(gateway, "-o", "json"))
        _, behind = self.report(told)
        _, direct = self.report(self.doctor(registry, "-o", "json"))
        self.assertEqual(behind, direct)
        self.assertNothingIsLeft(registry)

    def test_an_interrupt_cleans_up(self):
        registry = self.start_registry()
        slow = FaultProxy(registry.port)
        self.addCleanup(slow.stop)
        slow.bytes_per_second = 1_000
        process = subprocess.Popen(
            [BINARY, "doctor", slow.url, "-o", "json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.addCleanup(process.kill)
        layers = registry.data / "docker/registry/v2/repositories" / SCRATCH / "_layers"
        wait_until(layers.exists, 60, "blob")
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1, output + errors)
        self.assertIn(b"interrupted, removing what was pushed", errors)
        report = json.loads(output)
        self.assertEqual(report["usable"], "unknown")
        self.assertEqual(report["left"], [])
        self.assertNothingIsLeft(registry)

    def test_what_cannot_be_asked_is_told_in_bounded_time(self):
        registry = self.start_registry()
        registry.stop()
        told = self.doctor(registry)
        self.assertEqual(told.code, 1, told.output)
        self.assertIn("Connection refused", told.output)
        registry.start()
        link = FaultProxy(registry.port)
        self.addCleanup(link.stop)
        link.fault = "hang"
        told = self.doctor(link, "--timeout", "1s")
        self.assertEqual(told.code, 1, told.output)
        self.assertIn("usable: unknown", told.output)

    def test_what_is_no_registry_is_not_usable(self):
        other = ObjectStore(self.directory)
        self.addCleanup(other.stop)
        told = self.with_credential(other)
        self.assertEqual(told.code, 2, told.output)
        self.assertTrue(told.output.startswith("usable: no, for want of api\n"))
        for headers in other.requests:
            self.assertNotIn("Authorization", headers)

    def test_a_wrong_command_line_is_told(self):
        for args, words in (
            ([], "give one UPSTREAM"),
            (["registry.example.com"], "write http://HOST[:PORT]"),
            (["http://h", "http://i"], "give one UPSTREAM"),
            (["http://h", "--timeout", "1y"], "--timeout"),
            (["http://h", "--timeout", "11m"], "10m at most"),
            (["http://h", "--repository", "A"], "--repository"),
            (["http://h", "--credential", "absent"], "credential file absent"),
            (["https://h", "--ca", "absent"], "absent"),
        ):
            with self.subTest(args=args):
                told = run([BINARY, "doctor", *args])
                self.assertEqual(told.code, 1, told.output)
                self.assertIn(words, told.output)


if __name__ == "__main__":
    unittest.main()
