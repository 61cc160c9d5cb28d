"""What the tests of docs/clients.md start from: two gateways over TLS, what is
pushed through them, and the rows that come of it."""

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

from .case import EndToEndTest, shared_images
from .certificates import Authority
from .client_table import WRITE, Document, Row, section
from .registry import Registry
from .sources import Sources, table_policies
from .table_notes import NOTES
from .token_server import TokenServer

USER, PASSWORD = "tester", "a long pass phrase"
# What is pushed for each situation.
_SOURCES = {
    "admitted": "admitted",
    "refused at the tag": "tag",
    "refused by digest": "child",
    "warned": "tag",
}

# Another name of this machine: helm 3.17 pulls from loopback addresses in plain
# HTTP, whatever it is told.
NOT_LOOPBACK = "0.0.0.0"
# They push children side by side or in any order: how many had been sent at a
# refusal is chance.
_PARALLEL = ("crane", "oras", "ctr", "buildkit")


@cache
def shared_sources():
    """In a registry that asks for no password, until the run's end."""
    directory = Path(tempfile.mkdtemp(prefix="plimsoll-table-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    registry = Registry(directory / "registry")
    atexit.register(registry.stop)
    return Sources(shared_images(), directory / "sources", registry)


class TableTest(EndToEndTest):
    """Two gateways over TLS, in front of Basic and of Bearer."""

    def setUp(self):
        super().setUp()
        authority = Authority(self.path("authority"))
        self.authority = authority
        pair = authority.issue("gateway", names=f"IP:127.0.0.1,IP:{NOT_LOOPBACK}")
        self.tls = {"certificate": str(pair.certificate), "key": str(pair.key)}
        # oras takes no token over http where the registry speaks TLS, nor from a
        # loopback address under another name than the registry's.
        tokens = TokenServer(
            self.path("tokens"),
            {USER: PASSWORD},
            tls=(pair.certificate, pair.key),
            host="127.0.0.1",
        )
        self.addCleanup(tokens.stop)
        self.sources = shared_sources()
        self.basic = self.start_table_gateway("basic", users={USER: PASSWORD})
        self.bearer = self.start_table_gateway("bearer", token_server=tokens)
        self.rows = []  # each with where its manifests went

    def start_table_gateway(self, name, **registry):
        gateway = self.start_gateway(
            self.start_registry(f"{name}-registry", **registry),
            name,
            policies=table_policies(),
            spec={"tls": self.tls, "accessLog": str(self.path(f"{name}.access"))},
        )
        self.sources.catalogue(gateway)
        return gateway

    def push(self, client, situation, kind, gateway=None):
        """A push by `client` of what that situation is about."""
        gateway = gateway or self.basic
        root = "warned" if situation == "warned" else "enforced"
        repository = f"{root}/{_SOURCES[situation]}-{kind}"
        source = self.sources[_SOURCES[situation], kind]
        reference = f"{gateway.host}/{repository}:v1"
        done = client.push(source, reference)
        name = f"{situation} (Bearer)" if gateway is self.bearer else situation
        row = Row(name, kind, done.code, done.output)
        row.parallel = client.name in _PARALLEL and "digest" in situation
        self.add(row, gateway, repository)
        return reference

    def add(self, row, gateway=None, repository="", tag=""):
        """A row, and where the manifests of a push went: those with a `tag` that
        has this end."""
        self.rows.append((row, gateway and gateway.directory.name, repository, tag))

    def pull(self, client, kind, reference):
        done = self.assertSucceeds(client.pull(reference))
        self.add(Row("pulled", kind, done.code, done.output))

    def log_in(self, client):
        for gateway in (self.basic, self.bearer):
            self.assertSucceeds(client.login(gateway.host, USER, PASSWORD))

    def all_situations(self, client, kinds=("image", "index")):
        """Pushes and pulls by a client that has to log in."""
        self.log_in(client)
        for kind in kinds:
            self.pull(client, kind, self.push(client, "admitted", kind))
        self.push(client, "admitted", "image", self.bearer)
        for kind in kinds:
            self.push(client, "refused at the tag", kind)
        self.push(client, "refused at the tag", "image", self.bearer)
        if "index" in kinds:
            self.push(client, "refused by digest", "index")
        for kind in kinds:
            self.push(client, "warned", kind)

    def judge(self, row):
        """What no text of docs/clients.md can make right."""
        refused = "refused" in row.situation
        self.assertEqual(row.code != 0, refused, row.output)
        self.assertEqual(row.puts[1], refused * self.refusals(row), row.output)
        if refused:
            self.assertRegex(row.output, r"policy `enforced`|rule `")
            self.assertRegex(row.output, r"\(decision [0-9a-f]{32}\)")

    def refusals(self, row):
        """How many PUTs are refused until the client gives up."""
        return 1

    def finish(self, client, version):
        """Compares the client's section, or writes it."""
        for gateway in (self.basic, self.bearer):
            self.assertEqual(gateway.stop(), 0)  # so that its log is whole
        for row, gateway, repository, tag in self.rows:
            if gateway:
                statuses = self.manifest_puts(gateway, repository, tag)
                row.puts = len(statuses), statuses.count(403)
                self.judge(row)
        text = section(client, version, NOTES[client], [row for row, *_ in self.rows])
        document = Document()
        if WRITE:
            document.write(text, list(NOTES))
            return
        if document.version(client) not in ("", version):
            self.skipTest(
                f"docs/clients.md tells of {client} {document.version(client)}, "
                f"here is {version}"
            )
        self.assertEqual(document.difference(text), "", "PLIMSOLL_WRITE_DOCS=1 writes it")

    def manifest_puts(self, gateway, repository, tag):
        """What they were answered, by the gateway's access log."""
        lines = self.path(f"{gateway}.access").read_text().splitlines()
        return [
            asked["status"]
            for asked in map(json.loads, lines)
            if (asked["route"], asked["method"]) == ("manifest", "PUT")
            and asked["repository"] == repository
            and asked["reference"].endswith(tag)
        ]
