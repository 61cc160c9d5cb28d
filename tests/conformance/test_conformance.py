"""Shows: the conformance suite finds a registry behind the gateway as it finds
it alone, in a network where the gateway is all that it can reach.

The suite tests all that it knows. What a registry does not do must fail alike in
both runs; the one that does all of it passes all of it, both times.
"""

import socket
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from tests.e2e.harness.case import EndToEndTest
from tests.e2e.harness.certificates import Authority
from tests.e2e.harness.gateway import policy
from tests.e2e.harness.process import run

from . import registries
from .differences import complaints, read_list
from .network import GATEWAY_ADDRESS, Network
from .suite import forget_settings, run_suite

# All that manifest.format can allow.
UNUSUAL = [
    "sha512-digest",
    "nondistributable-layer",
    "foreign-urls",
    "unknown-layer-type",
    "unknown-config-type",
    "repeated-child",
    "sparse-index",
    "no-layers",
]
ALLOW_ALL = policy(
    "allow-all",
    [{"name": "format", "check": "manifest.format", "with": {"allow": UNUSUAL}}],
)
ALLOW_ALL["spec"]["onMissingEvidence"] = "Audit"
# The diff IDs in the suite's configs are not those of its layers. No policy can
# allow that, so a gateway that enforces must not look.
NO_LOOK = {"layers": {"inspect": "never"}}
GATEWAYS = {
    "enforce": {"mode": "enforce", "spec": NO_LOOK},
    "enforce, TLS": {"mode": "enforce", "spec": NO_LOOK, "tls": True},
    "observe": {"mode": "observe"},
}

_network = None
_authority = None  # of the gateways that speak TLS


def setUpModule():
    global _network, _authority
    forget_settings()
    _network = Network()
    unittest.addModuleCleanup(_network.stop)
    directory = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(directory.cleanup)
    _authority = Authority(directory.name)


class ConformanceTest(EndToEndTest):
    def compare(self, registry, api):
        """Runs the suite alone and through each gateway, and compares; the results
        alone."""
        if reason := registries.missing(registry):
            self.skipTest(reason)
        with ThreadPoolExecutor(max_workers=2) as runs:
            alone = runs.submit(self.run_alone, registry, api)
            behind = {
                name: runs.submit(self.run_through, registry, api, name)
                for name in GATEWAYS
            }
        print(f"      {registry}, {api}: alone {alone.result()}", flush=True)
        for name, through in behind.items():
            print(f"      {registry}, {api}: {name} {through.result()}", flush=True)
            with self.subTest(gateway=name):
                said = complaints(
                    registry, alone.result(), through.result(), read_list()
                )
                if said:
                    self.fail("\n".join(said))
        return alone.result()

    def run_alone(self, registry, api):
        with registries.start(registry, self.path("alone")) as alone:
            return run_suite(alone.host, api, self.path("alone-results"))

    def run_through(self, registry, api, name):
        options = {"address": GATEWAY_ADDRESS, "policies": [ALLOW_ALL]}
        options |= GATEWAYS[name]
        trusted = None
        if options.pop("tls", False):
            pair = _authority.issue(f"{registry}-{api}", names=f"IP:{GATEWAY_ADDRESS}")
            tls = {"certificate": str(pair.certificate), "key": str(pair.key)}
            options["spec"] = {**options["spec"], "tls": tls}
            trusted = _authority.certificate
        with registries.start(registry, self.path(name)) as upstream:
            gateway = self.start_gateway(upstream, f"{name}-gateway", **options)
            return run_suite(
                gateway.host,
                api,
                self.path(f"{name}-results"),
                inside=_network.inside,
                trusted=trusted,
            )

    def test_a_whole_registry_stable(self):
        counts = self.compare("whole", "stable").counts
        self.assertEqual(counts["Pass"] + counts["Disabled"], counts["Total"])

    def test_a_whole_registry_dev(self):
        counts = self.compare("whole", "dev").counts
        self.assertEqual(counts["Pass"], counts["Total"])

    def test_distribution_2_stable(self):
        self.compare("distribution-2", "stable")

    def test_distribution_2_dev(self):
        self.compare("distribution-2", "dev")

    def test_distribution_3_stable(self):
        self.compare("distribution-3", "stable")

    def test_distribution_3_dev(self):
        self.compare("distribution-3", "dev")


class NetworkTest(EndToEndTest):
    def reaches(self, address, port):
        """Whether a connection from where the suite runs is taken."""
        connect = f"import socket; socket.create_connection(('{address}', {port}), 2)"
        return run(_network.inside([sys.executable, "-c", connect])).ok

    def test_the_suite_reaches_the_gateway_and_not_its_upstream(self):
        upstream = self.start_registry()
        with socket.create_server((GATEWAY_ADDRESS, 0)) as gateway:
            self.assertTrue(self.reaches(*gateway.getsockname()))
        self.assertFalse(self.reaches("127.0.0.1", upstream.port))
        self.assertFalse(self.reaches(GATEWAY_ADDRESS, upstream.port))
