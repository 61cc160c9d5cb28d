"""Shows: clients push and pull over TLS, with certificates of their own where
they are asked for; certificates are renewed under a running gateway; a port
that is spoken to in the wrong protocol says so."""

import http.client
import json
import shutil
import ssl
import unittest
from pathlib import Path

from .harness.case import (
    CLIENTS,
    EndToEndTest,
    needs_gateway,
    shared_docker,
    shared_outcomes,
)
from .harness.certificates import Authority, MountedSecret
from .harness.clients import Docker
from .harness.gateway import policy
from .harness.oci_layout import MANIFEST, to_json
from .harness.process import on_a_free_port, output_of, run, wait_until
from .harness.raw_client import RawClient
from .harness.webhook import WebhookClient, review

SMALL = {"name": "small", "check": "image.size", "with": {"maxLayers": 50}}
SPIFFE = "spiffe://corp.example/ci/build"


class TlsTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.path("authority"))
        self.pair = self.authority.issue("gateway")

    def tls(self, pair=None, **more):
        pair = pair or self.pair
        return {"certificate": str(pair.certificate), "key": str(pair.key), **more}

    def start(self, upstream=None, *, tls=None, **options):
        return self.start_gateway(
            upstream or self.start_registry(),
            policies=[policy("small", [SMALL])],
            spec={"tls": tls or self.tls(), **options.pop("spec", {})},
            **options,
        )

    def manifest(self, client):
        """A manifest whose blobs `client` has uploaded."""
        return to_json(self.upload_outcome(client, "admitted"))

    def assertSecret(self, gateway, *pairs):
        """No key of those is in what the gateway wrote."""
        for pair in pairs:
            for line in pair.secrets():
                self.assertNotIn(line, gateway.log())


@needs_gateway
class TlsClientsTest(TlsTest):
    def push_and_pull(self, client, host):
        reference = f"{host}/team/{client.name}:v1"
        image = shared_outcomes()["admitted"].image
        self.assertSucceeds(client.push(image, reference))
        self.assertSucceeds(client.pull(reference))

    def each_client(self, gateway, client_pair=None):
        for name in CLIENTS:
            if name == "docker":
                continue
            with self.subTest(client=name):
                client = self.client(name)
                client.trust(self.authority.cert_dir(f"for-{name}", client_pair))
                self.push_and_pull(client, gateway.host)

    def test_push_and_pull_over_tls(self):
        gateway = self.start()
        self.each_client(gateway)
        self.assertEqual({d["client"]["proof"] for d in gateway.decisions()}, {"none"})
        handshakes = 'plimsoll_tls_handshakes_total{listener="registry",result="%s"}'
        self.assertGreater(gateway.metrics()[handshakes % "ok"], 0)
        self.assertSecret(gateway, self.pair)

    def test_decisions_name_clients_by_their_certificates(self):
        builder = self.authority.issue("builder", names=f"DNS:ci.example,URI:{SPIFFE}")
        ca = {"clientCa": str(self.authority.certificate)}
        gateway = self.start(tls=self.tls(**ca))
        self.each_client(gateway, builder)
        clients = [decision["client"] for decision in gateway.decisions()]
        self.assertGreaterEqual(len(clients), 3)
        for client in clients:
            self.assertEqual((client["name"], client["proof"]), (SPIFFE, "mtls"))
        self.assertSecret(gateway, self.pair, builder)

    def test_a_client_without_its_certificate_is_told_so(self):
        ca = {"clientCa": str(self.authority.certificate)}
        gateway = self.start(tls=self.tls(**ca))
        client = self.client("skopeo")
        client.trust(self.authority.cert_dir("without"))
        image = shared_outcomes()["admitted"].image
        refused = self.assertFails(client.push(image, f"{gateway.host}/team/app:v1"))
        self.assertRegex(refused.output, "certificate required|bad certificate")
        wait_until(lambda: "shows no certificate" in gateway.log(), 10, "line")
        self.assertEqual(gateway.decisions(), [])

    def test_curl_pushes_a_manifest_with_its_certificate(self):
        builder = self.authority.issue("builder")
        ca = {"clientCa": str(self.authority.certificate), "clientAuth": "optional"}
        gateway = self.start(tls=self.tls(**ca))
        client = RawClient(gateway.host, tls=self.authority.context())
        body = self.path("manifest.json")
        body.write_bytes(self.manifest(client))
        curl = ["curl", "--silent", "--show-error", "--fail-with-body"]
        curl += ["--cacert", self.authority.certificate, "--cert", builder.certificate]
        curl += ["--key", builder.key, "--upload-file", body]
        curl += ["--header", f"Content-Type: {MANIFEST}"]
        url = f"{gateway.url}/v2/team/app/manifests/v1"
        self.assertSucceeds(run([*curl, url]))
        [decision] = gateway.decisions()
        self.assertEqual(decision["client"]["name"], "localhost")

    def test_locations_lead_back_over_tls(self):
        gateway = self.start()
        client = RawClient(gateway.host, tls=self.authority.context())
        begun = client.request(
            "POST", "/v2/team/app/blobs/uploads/", b"", {"Content-Length": "0"}
        )
        self.assertEqual(begun.status, 202, begun.body)
        prefix = f"{gateway.url}/v2/team/app/blobs/uploads/"
        self.assertTrue(begun.headers["Location"].startswith(prefix), begun.headers)
        self.assertTrue(gateway.url.startswith("https://"))
        put = client.put_manifest("team/app", "v1", self.manifest(client), MANIFEST)
        self.assertEqual(put.status, 201, put.body)
        self.assertTrue(put.headers["Location"].startswith(gateway.url), put.headers)


@needs_gateway
class DockerTlsTest(TlsTest):
    """Docker takes loopback for insecure: it gets an address of this machine."""

    def setUp(self):
        super().setUp()
        daemon, reason = shared_docker()
        if daemon is None:
            self.skipTest(f"no Docker daemon: {reason.splitlines()[0]}")
        self.docker = Docker(daemon)
        addresses = output_of(["hostname", "-I"]).decode().split()
        self.address = next((one for one in addresses if "." in one), None)
        if self.address is None:
            self.skipTest("no address beside loopback")

    def certs_d(self, host, client=None):
        """What the daemon reads for that registry, removed with the test."""
        everybodys = Path("/etc/docker/certs.d")
        made = not everybodys.exists()
        shutil.copytree(self.authority.cert_dir("docker", client), everybodys / host)
        self.addCleanup(shutil.rmtree, everybodys if made else everybodys / host)

    def test_docker_pushes_and_pulls_with_its_certificate(self):
        self.pair = self.authority.issue("docker", names=f"IP:{self.address}")
        builder = self.authority.issue("builder", names=f"URI:{SPIFFE}")
        gateway = self.start(
            tls=self.tls(clientCa=str(self.authority.certificate)),
            address=self.address,
        )
        reference = f"{gateway.host}/team/docker:v1"
        image = shared_outcomes()["admitted"].image
        refused = self.assertFails(self.docker.push(image, reference))
        self.assertRegex(refused.output, "x509: certificate signed by unknown")
        self.certs_d(gateway.host, builder)
        self.assertSucceeds(self.docker.push(image, reference))
        self.assertSucceeds(self.docker.pull(reference))
        [decision] = gateway.decisions()
        self.assertEqual(decision["client"]["name"], SPIFFE)


@needs_gateway
class WrongProtocolTest(TlsTest):
    def test_plain_http_on_the_tls_port_is_told_so(self):
        gateway = self.start()
        got = run(["curl", "--silent", "--include", f"http://{gateway.host}/v2/"])
        self.assertIn("HTTP/1.1 400", got.output)
        self.assertIn("this port speaks TLS: write https://", got.output)
        error = json.loads(got.output.split("\r\n\r\n")[1])["errors"][0]
        self.assertIn("https://", error["message"])

    def test_tls_on_the_plain_port_is_answered_in_plain_http(self):
        gateway = self.start_gateway(self.start_registry())
        client = self.client("skopeo")
        client.trust(self.authority.cert_dir("trusting"))
        refused = self.assertFails(client.inspect(f"{gateway.host}/team/app:v1"))
        self.assertIn("server gave HTTP response to HTTPS client", refused.output)


@needs_gateway
class RenewalTest(TlsTest):
    def shown(self, gateway):
        """The certificate that a new connection is shown, in PEM."""
        return ssl.get_server_certificate(("127.0.0.1", gateway.port))

    def asked(self, connection):
        connection.request("GET", "/v2/")
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def assertShown(self, gateway, pair):
        self.assertEqual(
            self.shown(gateway).split(), pair.certificate.read_text().split()
        )

    def test_a_renewed_secret_is_shown_without_a_restart(self):
        secret = MountedSecret(self.path("secret"), self.pair)
        gateway = self.start(tls=self.tls(secret.pair))
        self.assertShown(gateway, self.pair)
        expiry = 'plimsoll_tls_certificate_expiry_timestamp_seconds{listener="registry"}'
        before = gateway.metrics()[expiry]
        context = self.authority.context()
        kept = http.client.HTTPSConnection(gateway.host, context=context, timeout=60)
        self.addCleanup(kept.close)
        self.assertEqual(self.asked(kept), 200)
        socket = kept.sock
        renewed = self.authority.issue("renewed", days=20)
        secret.swap(renewed)
        wait_until(lambda: gateway.metrics()[expiry] > before, 60, "renewal")
        self.assertShown(gateway, renewed)
        self.assertEqual(self.asked(kept), 200)
        self.assertIs(kept.sock, socket, "the connection went on")
        self.assertSecret(gateway, self.pair, renewed)

    def test_a_broken_renewal_leaves_the_old_and_says_so_once(self):
        secret = MountedSecret(self.path("secret"), self.pair)
        gateway = self.start(tls=self.tls(secret.pair))
        other = self.authority.issue("other")
        secret.swap(type(other)(other.certificate, self.pair.key))
        stays = "what was read before stays in use"
        wait_until(lambda: stays in gateway.log(), 60, "line")
        self.assertIn("key values mismatch", gateway.log())
        self.assertShown(gateway, self.pair)
        secret.swap(other)
        gateway.reload()
        wait_until(lambda: "new connections use" in gateway.log(), 60, "renewal")
        self.assertShown(gateway, other)
        self.assertEqual(gateway.log().count(stays), 1)

    def test_a_gateway_without_a_good_certificate_does_not_start(self):
        other = self.authority.issue("other")
        with self.assertRaises(RuntimeError) as refused:
            self.start(tls=self.tls(type(other)(other.certificate, self.pair.key)))
        self.assertIn(str(self.pair.key), str(refused.exception))
        self.assertIn("key values mismatch", str(refused.exception))


@needs_gateway
class WebhookTlsTest(TlsTest):
    def test_only_whom_its_authority_has_signed_may_call_the_webhook(self):
        api_server = self.authority.issue("api-server")
        port = on_a_free_port(lambda free: free)
        webhook = {
            "listen": f"127.0.0.1:{port}",
            "tls": self.tls(clientCa=str(self.authority.certificate)),
            "registries": ["r.example.com"],
        }
        self.start(
            spec={"webhook": webhook}, upstream_settings={"anonymousReads": True}
        )
        asked = review("u", "r.example.com/team/app:v1")
        certificate = self.authority.certificate
        with self.assertRaises(OSError):
            WebhookClient(port, certificate).validate(asked)
        status, _ = WebhookClient(port, certificate, api_server).validate(asked)
        self.assertEqual(status, 200)


if __name__ == "__main__":
    unittest.main()
