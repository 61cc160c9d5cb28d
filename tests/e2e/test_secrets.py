"""Shows: no credential that passes through ever reaches a log, the database
or what a command prints."""

import unittest

from .harness.case import EndToEndTest, needs_gateway, shared_outcomes
from .harness.outcomes import demo_policy
from .harness.raw_client import RawClient, basic, bearer
from .harness.token_server import TokenServer

USER = "tester"
CANARY = "canary-5fd1c0ffee-passphrase"


@needs_gateway
class SecretsTest(EndToEndTest):
    def start_logging_gateway(self, registry):
        """One whose every log is looked at by written()."""
        logs = {"accessLog": "stderr", "decisionLog": "stderr"}
        return self.start_gateway(registry, policies=[demo_policy()], spec=logs)

    def written(self, gateway):
        """Everything that the gateway wrote or prints."""
        texts = {"log": gateway.log().encode()}
        for path in gateway.directory.iterdir():
            texts[path.name] = path.read_bytes()
        decisions = gateway.command("decisions", "-o", "json").output
        texts["decisions"] = decisions.encode()
        for decision in gateway.decisions():
            explained = gateway.explain(decision["id"]).output
            texts[f"explain {decision['id']}"] = explained.encode()
        return texts

    def assertNowhere(self, secrets, gateway):
        for place, text in self.written(gateway).items():
            for secret in secrets:
                self.assertNotIn(secret.encode(), text, f"in {place}")

    def push_all(self, gateway, client):
        for name in ("admitted", "unapproved"):
            outcome = shared_outcomes()[name]
            pushed = client.push(outcome.image, f"{gateway.host}/{outcome.repository}:v1")
            gateway.decision_on(outcome.repository, pushed)
        self.assertEqual(len(gateway.decisions()), 2)

    def test_basic_credentials_are_kept_nowhere(self):
        registry = self.start_registry(users={USER: CANARY})
        gateway = self.start_logging_gateway(registry)
        client = self.client("skopeo")
        client.login(gateway.host, USER, CANARY).check()
        self.push_all(gateway, client)
        header = basic(USER, CANARY)
        # Requests that are refused or fail are logged the most.
        raw = RawClient(gateway.host, header)
        raw.request("GET", f"/v2/x/manifests/{'y' * 200}")
        raw.request("PUT", "/v2/x/manifests/v1", b"not json")
        raw.request("GET", "/v2/%2e%2e/x")
        self.assertNowhere([CANARY, header.split()[1]], gateway)

    def test_bearer_tokens_are_kept_nowhere(self):
        tokens = TokenServer(self.path("tokens"), {USER: CANARY})
        self.addCleanup(tokens.stop)
        registry = self.start_registry(token_server=tokens)
        gateway = self.start_logging_gateway(registry)
        client = self.client("skopeo")
        client.login(gateway.host, USER, CANARY).check()
        self.push_all(gateway, client)
        token = tokens.token(USER, ["repository:x:pull,push"])
        RawClient(gateway.host, bearer(token)).request("GET", "/v2/x/manifests/y")
        issued = [token.rpartition(".")[2], *tokens.signatures]
        self.assertNowhere([CANARY, *issued], gateway)

    def test_passwords_in_the_address_of_the_upstream_are_not_shown(self):
        registry = self.start_registry()
        with_password = registry.url.replace("://", f"://{USER}:{CANARY}@")

        class Upstream:
            url = with_password

        try:
            gateway = self.start_gateway(Upstream)
        except RuntimeError as refused:
            self.assertNotIn(CANARY, str(refused))
            return
        RawClient(gateway.host).request("GET", "/v2/")
        self.assertNotIn(CANARY, gateway.log())


if __name__ == "__main__":
    unittest.main()
