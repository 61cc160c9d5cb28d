"""Shows: one address cannot have all of a gateway, who is turned away is told so
in the registry's own form, and a trusted proxy speaks for its clients."""

import json
import socket
import unittest

from .harness.case import EndToEndTest, needs_gateway

READ = b"GET /v2/ HTTP/1.1\r\nHost: registry.example\r\n"


@needs_gateway
class LimitsTest(EndToEndTest):
    def ask(self, gateway, fields=b""):
        """The answer to a request on a connection of its own, which stays open
        until the test ends."""
        connection = socket.create_connection(("127.0.0.1", gateway.port), timeout=20)
        self.addCleanup(connection.close)
        connection.sendall(READ + fields + b"\r\n")
        return connection.recv(65536)

    def test_connections_of_one_address_past_its_limit_are_told_to_come_again(self):
        gateway = self.start_gateway(
            self.start_registry(), spec={"limits": {"connectionsPerAddress": 3}}
        )
        for _ in range(3):
            self.assertIn(b"HTTP/1.1 200 ", self.ask(gateway))
        refused = self.ask(gateway)
        self.assertTrue(refused.startswith(b"HTTP/1.1 503 "), refused)
        self.assertIn(b"Retry-After: 2\r\n", refused)
        [error] = json.loads(refused.partition(b"\r\n\r\n")[2])["errors"]
        self.assertEqual(error["code"], "UNAVAILABLE")
        self.assertIn("from this address", error["message"])
        # What tells of the gateway's health has a door of its own.
        self.assertEqual(gateway.admin("/readyz"), 200)
        reason = 'plimsoll_connections_refused_total{listener="registry",reason="address"}'
        self.assertEqual(gateway.metrics()[reason], 1)

    def test_a_trusted_proxy_speaks_for_its_clients(self):
        log = self.path("access.json")
        spec = {
            "accessLog": str(log),
            "trustedProxies": ["127.0.0.0/8"],
            "limits": {"connectionsPerAddress": 1},
        }
        gateway = self.start_gateway(self.start_registry(), spec=spec)
        for number in range(3):
            fields = b"X-Forwarded-For: 203.0.113.9, 192.0.2.%d\r\n" % number
            self.assertIn(b"HTTP/1.1 200 ", self.ask(gateway, fields))
        self.assertIn(b"HTTP/1.1 400 ", self.ask(gateway, b"X-Forwarded-Proto: a, b\r\n"))
        self.assertEqual(gateway.stop(), 0)
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        clients = [line["client"] for line in lines]
        self.assertEqual(clients, ["192.0.2.0", "192.0.2.1", "192.0.2.2", "127.0.0.1"])
        self.assertEqual({line.get("proxy") for line in lines[:3]}, {"127.0.0.1"})


if __name__ == "__main__":
    unittest.main()
