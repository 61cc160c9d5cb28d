"""Shows: Bearer tokens pass untouched, one that expires in the middle of a
push is renewed by the client, and the gateway reads with no other."""

import time
import unittest

from .harness.case import EndToEndTest, extended, shared_outcomes
from .harness.fault_proxy import FaultProxy
from .harness.oci_layout import MANIFEST, to_json
from .harness.raw_client import RawClient, bearer
from .harness.token_server import TokenServer

USER, PASSWORD = "tester", "a long pass phrase"
SCOPE = "repository:team/app:pull,push"


class TokensTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.tokens = TokenServer(self.path("tokens"), {USER: PASSWORD})
        self.addCleanup(self.tokens.stop)
        self.registry = self.start_registry(token_server=self.tokens)

    def small_manifest(self, client):
        return to_json(self.upload_outcome(client, "admitted"))

    def test_the_challenge_is_the_registrys_own(self):
        front = self.start_front(self.registry)
        for target in ("/v2/", "/v2/team/app/manifests/v1"):
            with self.subTest(target=target):
                expected = RawClient(self.registry.host).request("GET", target)
                answer = RawClient(front.host).request("GET", target)
                self.assertEqual(answer.status, 401)
                self.assertEqual(
                    answer.headers["WWW-Authenticate"],
                    expected.headers["WWW-Authenticate"],
                )

    def test_a_token_that_expired_before_the_manifest_is_challenged_again(self):
        front = self.start_front(self.registry)
        self.tokens.valid = 2
        client = RawClient(front.host, bearer(self.tokens.token(USER, [SCOPE])))
        manifest = self.small_manifest(client)
        self.wait_until_refused(client)
        refused = client.put_manifest("team/app", "v1", manifest, MANIFEST)
        self.assertEqual(refused.status, 401, refused.body)
        challenge = refused.headers["WWW-Authenticate"]
        self.assertIn(self.tokens.realm, challenge)
        self.assertIn("repository:team/app", challenge)
        renewed = RawClient(front.host, bearer(self.tokens.token(USER, [SCOPE])))
        answer = renewed.put_manifest("team/app", "v1", manifest, MANIFEST)
        self.assertEqual(answer.status, 201, answer.body)

    def wait_until_refused(self, client):
        deadline = time.monotonic() + 20
        while client.request("GET", "/v2/").status != 401:
            self.assertLess(time.monotonic(), deadline, "the token does not expire")
            time.sleep(0.1)

    def test_a_token_for_another_repository_is_refused(self):
        front = self.start_front(self.registry)
        good = RawClient(front.host, bearer(self.tokens.token(USER, [SCOPE])))
        manifest = self.small_manifest(good)
        other = self.tokens.token(USER, ["repository:team/other:pull,push"])
        answer = RawClient(front.host, bearer(other)).put_manifest(
            "team/app", "v1", manifest, MANIFEST
        )
        self.assertEqual(answer.status, 401, answer.body)
        self.assertEqual(good.tags("team/app"), [])

    def test_no_token_at_all_is_refused(self):
        front = self.start_front(self.registry)
        answer = RawClient(front.host).put_manifest("team/app", "v1", b"{}", MANIFEST)
        self.assertEqual(answer.status, 401, answer.body)

    @extended
    def test_skopeo_renews_a_token_that_expires_during_its_push(self):
        """Tokens live for 60 s, as long as clients believe at the least; the
        layer takes longer."""
        slow = FaultProxy(self.registry.port)
        self.addCleanup(slow.stop)
        front = self.start_front(slow)
        client = self.client("skopeo")
        client.login(front.host, USER, PASSWORD).check()
        image = shared_outcomes()["admitted"].image
        slow.bytes_per_second = 16_000  # 1.1 MB take 68 s
        begun = time.monotonic()
        self.assertSucceeds(client.push(image, f"{front.host}/team/app:v1"))
        self.assertGreater(time.monotonic() - begun, 60)
        pushes = [scopes for _, scopes in self.tokens.requests if scopes == [SCOPE]]
        self.assertGreater(len(pushes), 1)


if __name__ == "__main__":
    unittest.main()
