"""Shows: the gateway starts with one flag and observes; mistakes in its files
are told with their place; one database has one server."""

import json
import unittest

from .harness.case import (
    EndToEndTest,
    needs_gateway,
    shared_bases,
    shared_images,
    shared_outcomes,
)
from .harness.gateway import BINARY, Gateway, policy
from .harness.process import StartFailed, on_a_free_port, run
from .harness.raw_client import RawClient


@needs_gateway
class StartTest(EndToEndTest):
    def test_an_upstream_alone_is_enough_to_observe(self):
        registry = self.start_registry()
        gateway = self.start_gateway(registry, plain=True)
        client = self.client("skopeo")
        image = shared_outcomes()["unapproved"].image
        reference = f"{gateway.host}/team/app:v1"
        self.assertSucceeds(client.push(image, reference))
        self.assertSucceeds(client.pull(reference))
        decision = gateway.decisions()[0]
        self.assertEqual(decision["mode"], "observe")
        self.assertIn("catalog is empty", gateway.log())

    def test_an_empty_catalog_is_said_in_the_refusal_with_the_command(self):
        rules = [{"name": "known", "check": "base.identified"}]
        gateway = self.start_gateway(
            self.start_registry(), policies=[policy("all", rules)]
        )
        image = shared_outcomes()["admitted"].image
        pushed = self.client("skopeo").push(image, f"{gateway.host}/team/app:v1")
        self.assertFails(pushed)
        self.assertIn("plimsoll catalog add", pushed.output)

    def test_a_mistake_in_a_policy_stops_the_start_with_its_place(self):
        wrong = policy("wrong", [{"name": "x", "check": "base.identified"}])
        wrong["spec"]["rules"][0]["chekc"] = "base.identified"
        with self.assertRaises(StartFailed) as failed:
            self.start_gateway(self.start_registry(), policies=[wrong])
        self.assertRegex(str(failed.exception), r"policy-0\.yaml:\d+:\d+: .*chekc")

    def test_a_second_server_on_one_database_is_refused(self):
        registry = self.start_registry()
        first = self.start_gateway(registry)
        with self.assertRaises(StartFailed) as failed:
            Gateway(first.directory, registry.url)
        self.assertIn("plimsoll.db", str(failed.exception))
        self.assertEqual(first.admin("/readyz"), 200)

    def test_a_second_server_on_one_address_is_refused(self):
        registry = self.start_registry()
        first = self.start_gateway(registry)
        second = run(
            [BINARY, "serve", "--upstream", registry.url, "--listen", first.host]
            + ["--admin", f"127.0.0.1:{on_a_free_port(lambda port: port)}"]
            + ["--store", self.path("second.db")],
            timeout=30,
        )
        self.assertEqual(second.code, 1, second.output)
        self.assertIn(f"listen on {first.host} (registry): address", second.output)
        self.assertIn("already in use", second.output)
        self.assertEqual(first.admin("/readyz"), 200)

    def test_flags_that_take_a_port_of_the_file_are_refused(self):
        config = self.path("gateway.yaml")
        spec = {
            "upstream": {"url": "http://127.0.0.1:1", "anonymousReads": True},
            "grpc": "127.0.0.1:5002",
            "store": {"sqlite": str(self.path("flags.db"))},
        }
        head = {"apiVersion": "plimsoll.dev/v1alpha1", "kind": "GatewayConfig"}
        document = {**head, "metadata": {"name": "flags"}, "spec": spec}
        config.write_text(json.dumps(document))
        for flag, name in (("--listen", "listen"), ("--admin", "admin")):
            with self.subTest(flag=flag):
                told = run(
                    [BINARY, "serve", "--config", config, flag, "127.0.0.1:5002"],
                    timeout=30,
                )
                self.assertEqual(told.code, 1, told.output)
                self.assertIn(f"`grpc` takes the port of `{name}`", told.output)

    def test_a_limit_below_the_number_of_loops_lets_connections_in(self):
        gateway = self.start_gateway(
            self.start_registry(),
            spec={"limits": {"threads": 4, "maxConnections": 2}},
        )
        answer = RawClient(gateway.host).request("GET", "/v2/")
        self.assertEqual(answer.status, 200)

    def test_a_terminated_gateway_keeps_its_decisions(self):
        gateway = self.start_gateway(self.start_registry(), plain=True)
        image = shared_outcomes()["admitted"].image
        pushed = self.client("skopeo").push(image, f"{gateway.host}/team/app:v1")
        self.assertSucceeds(pushed)
        before = gateway.decisions()
        self.assertEqual(gateway.stop(), 0)
        gateway.start()
        self.assertEqual(gateway.decisions(), before)

    def test_every_command_explains_itself(self):
        shown = run([BINARY, "--help"])
        self.assertEqual(shown.code, 0, shown.output)
        for command in ("serve", "check", "catalog", "report", "decisions", "explain"):
            with self.subTest(command=command):
                self.assertIn(command, shown.output)
                told = run([BINARY, command, "--help"])
                self.assertEqual(told.code, 0, told.output)
                self.assertIn("plimsoll " + command, told.output)

    def test_wrong_usage_is_told_with_exit_code_1(self):
        for arguments in ([], ["nonsense"], ["serve"], ["serve", "--upstram", "x"]):
            with self.subTest(arguments=arguments):
                told = run([BINARY, *arguments])
                self.assertEqual(told.code, 1, told.output)
                self.assertTrue(told.output.strip())


@needs_gateway
class CheckTest(EndToEndTest):
    """`plimsoll check` on the same images, without a push."""

    def check(self, gateway, name, *options):
        path = self.path("policy.yaml")
        rules = [{"name": "approved", "check": "base.approved"}]
        path.write_text(json.dumps(policy("all", rules)))
        catalog = self.path("catalog.json")
        exported = gateway.command("catalog", "export")
        catalog.write_text(exported.check().output)
        return run(
            [BINARY, "check", "--policy", path, "--catalog", catalog, *options, name]
        )

    def gateway_with_bases(self):
        registry = self.start_registry()
        gateway = self.start_gateway(registry)
        shared_bases().publish(registry, gateway)
        return gateway

    def test_an_oci_layout_is_judged_like_a_push(self):
        gateway = self.gateway_with_bases()
        for name, code in (("admitted", 0), ("unapproved", 2), ("forged", 2)):
            with self.subTest(image=name):
                tag = shared_images().export(shared_outcomes()[name].image)
                layout = shared_images().layout.reference(tag)
                checked = self.check(gateway, layout)
                self.assertEqual(checked.code, code, checked.output)

    def test_a_docker_archive_is_judged_like_a_push(self):
        gateway = self.gateway_with_bases()
        for name, code in (("admitted", 0), ("unapproved", 2)):
            with self.subTest(image=name):
                archive = self.path(f"{name}.tar")
                image = shared_outcomes()[name].image
                run(
                    ["skopeo", "copy", image.skopeo_name]
                    + [f"docker-archive:{archive}:{image.name}"]
                ).check()
                checked = self.check(gateway, f"docker-archive:{archive}")
                self.assertEqual(checked.code, code, checked.output)

    def test_json_is_one_decision(self):
        gateway = self.gateway_with_bases()
        missing = self.check(gateway, "oci:/nowhere", "-o", "json")
        self.assertEqual(missing.code, 1, missing.output)


if __name__ == "__main__":
    unittest.main()
