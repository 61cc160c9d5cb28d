"""Shows: the gateway pushes to a registry that speaks TLS and asks for a client
certificate; where either certificate is not good, clients are told what is
wrong and the log says where to look."""

import unittest

from .harness.case import EndToEndTest, needs_gateway, shared_outcomes
from .harness.certificates import Authority
from .harness.gateway import policy
from .harness.process import wait_until
from .harness.raw_client import RawClient

SMALL = {"name": "small", "check": "image.size", "with": {"maxLayers": 50}}


@needs_gateway
class TlsUpstreamTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.path("authority"))
        self.own = self.authority.issue("gateway", names="DNS:gateway.example")

    def start(self, registry, **tls):
        trusted = {"ca": str(self.authority.certificate), **tls}
        return self.start_gateway(
            registry,
            policies=[policy("small", [SMALL])],
            upstream_settings={"tls": trusted},
        )

    def showing(self, pair):
        return {"certificate": str(pair.certificate), "key": str(pair.key)}

    def assertToldOf(self, gateway, message, setting):
        """Pulls and pushes are answered so, and the log names the setting."""
        client = RawClient(gateway.host)
        push = client.put_manifest("team/app", "v1", b"{}", "application/json")
        for answer in (client.request("GET", "/v2/"), push):
            self.assertEqual(answer.status, 502, answer.body)
            self.assertRegex(answer.error_message, message)
            self.assertIn("TLS", answer.reason)
            self.assertNotIn(str(self.directory), answer.error_message)
        wait_until(lambda: setting in gateway.log(), 10, f"{setting} in the log")

    def test_images_go_to_a_registry_that_asks_for_a_certificate(self):
        registry = self.start_registry(
            tls=self.authority.issue("registry"), clients=self.authority
        )
        gateway = self.start(registry, **self.showing(self.own))
        image = shared_outcomes()["admitted"].image
        for name in ("skopeo", "podman"):
            with self.subTest(client=name):
                client = self.client(name)
                reference = f"{gateway.host}/team/{name}:v1"
                self.assertSucceeds(client.push(image, reference))
                self.assertSucceeds(client.pull(reference))
        for line in self.own.secrets():
            self.assertNotIn(line, gateway.log())

    def test_a_registry_that_wants_a_certificate_that_it_does_not_get(self):
        registry = self.start_registry(
            tls=self.authority.issue("registry"), clients=self.authority
        )
        self.assertToldOf(
            self.start(registry),
            'TLS alert \\"(certificate required|bad certificate)\\"',
            "upstream.tls.certificate, which is not set",
        )

    def test_an_expired_certificate(self):
        registry = self.start_registry(tls=self.authority.issue("registry", days=-1))
        self.assertToldOf(
            self.start(registry),
            "certificate of 127.0.0.1: expired at 2",
            "renew the certificate of the server at upstream.url",
        )

    def test_a_certificate_of_another_name(self):
        pair = self.authority.issue("registry", names="DNS:registry.corp")
        registry = self.start_registry(tls=pair)
        self.assertToldOf(
            self.start(registry),
            "certificate of 127.0.0.1: name mismatch: it is for registry.corp",
            "upstream.tls.serverName",
        )
        gateway = self.start_gateway(
            registry,
            name="named",
            upstream_settings={
                "tls": {
                    "ca": str(self.authority.certificate),
                    "serverName": "registry.corp",
                }
            },
        )
        self.assertEqual(RawClient(gateway.host).request("GET", "/v2/").status, 200)

    def test_an_authority_that_is_not_trusted(self):
        other = Authority(self.path("other"), name="another authority")
        registry = self.start_registry(tls=other.issue("registry"))
        self.assertToldOf(
            self.start(registry),
            "its authority is not trusted here: CN=another authority",
            f"look at upstream.tls.ca: {self.authority.certificate}",
        )


if __name__ == "__main__":
    unittest.main()
