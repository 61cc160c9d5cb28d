"""Shows: what the gateway reads for itself (webhook, gRPC, reconciliation,
commands) it reads through a token service with the read credential or with
none, renews what expired, and follows redirects without a credential."""

import json
import threading
import unittest

from .harness.case import (
    EndToEndTest,
    needs_gateway,
    shared_bases,
    shared_images,
    shared_outcomes,
)
from .harness.doors import REGISTRY, Doors
from .harness.fault_proxy import FaultProxy
from .harness.gateway import policy
from .harness.object_store import ObjectStore
from .harness.oci_layout import MANIFEST, to_json
from .harness.outcomes import APPROVED
from .harness.process import run, wait_until
from .harness.raw_client import RawClient, basic, bearer
from .harness.token_server import TokenServer
from .harness.webhook import review

READER, PUSHER, PASSWORD = "reader", "pusher", "canary-7d1e-passphrase"
KNOWN = {"name": "known", "check": "base.identified", "with": {"minProof": "verified"}}
SMALL = {"name": "small", "check": "image.size", "with": {"maxLayers": 50}}


@needs_gateway
class OwnReadsTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.tokens = TokenServer(
            self.path("tokens"), {READER: PASSWORD, PUSHER: PASSWORD}
        )
        self.addCleanup(self.tokens.stop)
        self.credential = self.path("credential")
        self.credential.write_text(f"{READER}:{PASSWORD}\n")
        self.doors = Doors(self.directory)

    def start(self, upstream, settings=None, rules=(KNOWN,)):
        settings = settings or {"readCredential": {"file": str(self.credential)}}
        return self.start_gateway(
            upstream,
            policies=[policy("own-reads", list(rules))],
            upstream_settings=settings,
            spec=self.doors.spec,
        )

    def put(self, registry, image, name, token_server=True):
        """Puts an image into the registry, around the gateway."""
        user = ["--dest-creds", f"{PUSHER}:{PASSWORD}"] if token_server else []
        layout = shared_images().layout.reference(shared_images().export(image))
        run(
            ["skopeo", "copy", "--quiet", "--dest-tls-verify=false", *user]
            + [layout, f"docker://{registry.host}/{name}"]
        ).check()
        self.tokens.requests.clear()

    def put_both(self, registry, **options):
        self.put(registry, shared_bases().approved, "base/debian:12", **options)
        image = shared_outcomes()["admitted"].image
        self.put(registry, image, "team/app:v1", **options)

    def add_base(self, gateway, registry, *options):
        return gateway.catalog_add(
            APPROVED, f"{registry.host}/base/debian:12", "--approve", *options
        )

    def outcome(self):
        """What gRPC says of the application."""
        called = self.doors.evaluate(repository="team/app", reference="v1")
        self.assertSucceeds(called)
        return json.loads(called.output)["decision"]["outcome"]

    def wait_for_the_catalog(self):
        """The gateway looks for new bases every second."""
        wait_until(lambda: self.outcome() == "admit", 30, "admission")

    def assertPulledBy(self, user, repository):
        pulls = [(user, [f"repository:{repository}:pull"])]
        self.assertEqual(self.tokens.requests, pulls)
        self.tokens.requests.clear()

    def test_commands_and_doors_read_with_the_read_credential(self):
        registry = self.start_registry(token_server=self.tokens)
        gateway = self.start(registry)
        self.put_both(registry)
        flags = ["--credential", str(self.credential)]
        self.assertSucceeds(self.add_base(gateway, registry, *flags))
        self.assertPulledBy(READER, "base/debian")
        image = f"{registry.host}/team/app:v1"
        checked = gateway.command("check", image, "--plain-http", *flags)
        self.assertSucceeds(checked)
        self.assertPulledBy(READER, "team/app")
        self.wait_for_the_catalog()
        status, text = self.doors.validate(review("u", f"{REGISTRY}/team/app:v1"))
        self.assertEqual(status, 200, text)
        self.assertTrue(json.loads(text)["response"]["allowed"], text)
        # One token served both doors, for as long as it lives.
        self.assertPulledBy(READER, "team/app")
        for secret in (PASSWORD, basic(READER, PASSWORD), *self.tokens.signatures):
            self.assertNotIn(secret, gateway.log())
            self.assertNotIn(secret.encode(), gateway.store.read_bytes())

    def test_without_a_credential_the_command_says_that_one_is_wanted(self):
        registry = self.start_registry(token_server=self.tokens)
        gateway = self.start(registry)
        self.put_both(registry)
        refused = self.assertFails(self.add_base(gateway, registry))
        self.assertIn("token service", refused.output)
        self.assertIn("wants a credential", refused.output)
        self.credential.write_text(f"{READER}:wrong-canary\n")
        flags = ["--credential", str(self.credential)]
        refused = self.assertFails(self.add_base(gateway, registry, *flags))
        self.assertIn("refuses the read credential", refused.output)
        self.assertNotIn("canary", refused.output)

    def test_anonymous_reads_buy_anonymous_tokens(self):
        self.tokens.anonymous = True
        registry = self.start_registry(token_server=self.tokens)
        gateway = self.start(registry, {"anonymousReads": True})
        self.put_both(registry)
        self.assertSucceeds(self.add_base(gateway, registry))
        self.assertPulledBy("", "base/debian")
        self.wait_for_the_catalog()
        self.assertPulledBy("", "team/app")

    def test_a_token_that_expires_early_is_renewed(self):
        registry = self.start_registry(token_server=self.tokens)
        gateway = self.start(registry, rules=[SMALL])
        self.put_both(registry)
        self.tokens.valid = 2  # it says 60
        self.assertEqual(self.outcome(), "admit")
        self.assertPulledBy(READER, "team/app")
        own = RawClient(registry.host, bearer(self.tokens.token(READER, [])))
        wait_until(lambda: own.request("GET", "/v2/").status == 401, 20, "expiry")
        self.tokens.valid = None
        self.assertEqual(self.outcome(), "admit")
        self.assertPulledBy(READER, "team/app")
        self.assertTrue(gateway.alive())

    def test_an_https_token_service_is_asked_where_its_certificate_is_good(self):
        files = (self.doors.certificate, self.path("tls.key"))
        self.tokens = TokenServer(
            self.path("https"), {READER: PASSWORD, PUSHER: PASSWORD}, tls=files
        )
        self.addCleanup(self.tokens.stop)
        registry = self.start_registry(token_server=self.tokens)
        token = self.tokens.token(PUSHER, ["repository:team/app:pull,push"])
        pusher = RawClient(registry.host, bearer(token))
        layout = shared_images().layout
        tag = shared_images().export(shared_outcomes()["admitted"].image)
        manifest = layout.manifest(tag)
        for descriptor in [manifest["config"], *manifest["layers"]]:
            pusher.upload_blob("team/app", layout.blob(descriptor))
        put = pusher.put_manifest("team/app", "v1", to_json(manifest), MANIFEST)
        self.assertEqual(put.status, 201, put.body)
        # The command trusts the system's authorities alone.
        flags = ["--credential", str(self.credential), "--plain-http"]
        gateway = self.start(
            registry,
            {
                "readCredential": {"file": str(self.credential)},
                "tls": {"ca": str(self.doors.certificate)},
            },
            rules=[SMALL],
        )
        checked = gateway.command("check", f"{registry.host}/team/app:v1", *flags)
        self.assertFails(checked)
        self.assertIn("certificate of localhost", checked.output)
        self.assertEqual(self.tokens.requests, [])
        self.assertEqual(self.outcome(), "admit")
        self.assertPulledBy(READER, "team/app")

    def test_a_client_never_gets_a_token_of_the_gateways(self):
        registry = self.start_registry(token_server=self.tokens)
        gateway = self.start(registry)
        self.put_both(registry)
        for authorization in (None, basic("stranger", "x"), bearer("x.y.z")):
            client = RawClient(gateway.host, authorization)
            for answer in (
                client.get_manifest("team/app", "v1"),
                client.put_manifest("team/app", "v2", b"{}", MANIFEST),
            ):
                self.assertEqual(answer.status, 401, answer.body)
                self.assertIn(self.tokens.realm, answer.headers["WWW-Authenticate"])
        self.assertEqual(self.tokens.requests, [])

    def test_reconciliation_finds_out_through_the_token_service(self):
        registry = self.start_registry(token_server=self.tokens)
        proxy = FaultProxy(registry.port)
        self.addCleanup(proxy.stop)
        gateway = self.start(proxy, rules=[SMALL])
        self.put_both(registry)
        scope = ["repository:team/app:pull,push"]
        token = bearer(self.tokens.token(PUSHER, scope))
        # As it is there: skopeo may have pushed other compressions of its layers.
        manifest = RawClient(registry.host, token).get_manifest("team/app", "v1")
        proxy.hold_on = b"PUT "
        self.push_into_the_void(gateway, proxy, token, "arrived", manifest)
        direct = RawClient(registry.host, token)
        answer = direct.put_manifest(
            "team/app", "arrived", manifest.body, manifest.headers["Content-Type"]
        )
        self.assertEqual(answer.status, 201, answer.body)
        gateway.start()
        self.assertEqual(self.settled(gateway, "arrived"), "forwarded")
        self.assertPulledBy(READER, "team/app")
        self.push_into_the_void(gateway, proxy, token, "lost", manifest)
        gateway.start()
        self.assertEqual(self.settled(gateway, "lost"), "absent")
        self.assertPulledBy(READER, "team/app")

    def push_into_the_void(self, gateway, proxy, token, tag, manifest):
        """A push whose gateway dies while it forwards."""
        proxy.held.clear()
        answers = []
        media_type = manifest.headers["Content-Type"]

        def push():
            try:
                client = RawClient(gateway.host, token)
                answers.append(
                    client.put_manifest("team/app", tag, manifest.body, media_type)
                )
            except OSError:
                pass  # killed: nothing was heard

        pushing = threading.Thread(target=push, daemon=True)
        pushing.start()
        self.assertTrue(proxy.held.wait(30), f"not forwarded: {answers}")
        gateway.kill()
        pushing.join(30)

    @staticmethod
    def settled(gateway, tag):
        def state():
            for decision in gateway.decisions("--repository", "team/app"):
                if decision["reference"] == tag:
                    found = decision["forward"]["state"]
                    return None if found == "intent" else found
            return None

        return wait_until(state, 120, f"outcome of {tag}")

    def test_redirects_to_an_object_store_are_followed_without_a_credential(self):
        store = ObjectStore()
        self.addCleanup(store.stop)
        registry = self.start_registry(token_server=self.tokens, blobs_at=store.url)
        store.directory = registry.data
        gateway = self.start(registry)
        self.put_both(registry)
        store.requests.clear()
        flags = ["--credential", str(self.credential)]
        self.assertSucceeds(self.add_base(gateway, registry, *flags))
        self.assertGreaterEqual(len(store.requests), 2)  # config and layers
        store.requests.clear()
        self.wait_for_the_catalog()
        self.assertGreaterEqual(len(store.requests), 2)
        for headers in store.requests:
            self.assertNotIn("Authorization", headers)

    def test_a_client_gets_the_redirect_itself(self):
        store = ObjectStore()
        self.addCleanup(store.stop)
        registry = self.start_registry(blobs_at=store.url)
        store.directory = registry.data
        gateway = self.start(registry, {"anonymousReads": True})
        self.put_both(registry, token_server=False)
        store.requests.clear()
        layout = shared_images().layout
        tag = shared_images().export(shared_outcomes()["admitted"].image)
        digest = layout.manifest(tag)["config"]["digest"]
        answer = RawClient(gateway.host).request(
            "GET", f"/v2/team/app/blobs/{digest}"
        )
        self.assertEqual(answer.status, 307, answer.body)
        self.assertTrue(answer.headers["Location"].startswith(store.url))
        self.assertEqual(store.requests, [])


if __name__ == "__main__":
    unittest.main()
