"""The product under test: `plimsoll serve`, and its command line."""

import http.client
import json
import os
import re
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from .process import Server, free_port, on_a_free_port, run, wait_until

ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("PLIMSOLL_BINARY", ROOT / "build/release/plimsoll"))


class Gateway:
    """`plimsoll serve --config` in front of `upstream`, or of the registries
    that `upstreams` gives: a function of the gateway's port to settings.

    `directory` holds its configuration, database and log; `policies` are
    policy documents (values, written as JSON, which is YAML). It listens at
    `address`. With `plain` it is started as `plimsoll serve --upstream` instead,
    without any file. One that was stopped or killed may be started again on the
    same port.
    """

    def __init__(
        self,
        directory,
        upstream,
        *,
        policies=(),
        mode="enforce",
        upstream_settings=(),
        upstreams=None,
        plain=False,
        spec=(),
        address="127.0.0.1",
    ):
        self._address = address
        self._plain = plain
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.upstream = upstream
        self._policies = list(policies)
        self._mode = mode
        self._upstream_settings = dict(upstream_settings)
        self._upstreams = upstreams
        self._spec = dict(spec)  # more of the configuration's spec
        self._address = address
        self._server = None
        self._admin_port = None
        self.port = on_a_free_port(self._start_on)

    @property
    def host(self):
        return f"{self._address}:{self.port}"

    @property
    def url(self):
        scheme = "https" if "tls" in self._spec else "http"
        return f"{scheme}://{self.host}"

    @property
    def admin_port(self):
        return self._admin_port

    @property
    def store(self):
        return self.directory / "plimsoll.db"

    @property
    def pid(self):
        return self._server.pid

    def start(self):
        self._start_on(self.port)

    def stop(self):
        return self._server.stop(grace=40)

    def reload(self):
        self._server.signal(signal.SIGHUP)

    def kill(self):
        self._server.kill()

    def alive(self):
        return self._server.alive()

    def log(self):
        return self._server.log()

    def peak_resident_bytes(self):
        return self._server.peak_resident_bytes()

    def admin(self, path):
        """The status of a page of the admin address; 0 where none answers."""
        return _ask(self._admin_port, path)[0]

    def metrics(self):
        """{series: value}, as a scrape of /metrics reads them."""
        _, text = _ask(self._admin_port, "/metrics")
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in (l.rsplit(" ", 1) for l in lines)}

    # The command line, on this gateway's database.

    def command(self, *args, timeout=120):
        return run([BINARY, *args, "--store", self.store], timeout=timeout)

    def catalog_add(self, name, reference, *options):
        """Adds a base; returns once the gateway judges by it."""
        added = self.command("catalog", "add", *options, name, reference, "--plain-http")
        if added.ok and self.alive():
            wait_until(self._follows_catalog, 30, "catalog in the gateway")
        return added

    def _follows_catalog(self):
        with closing(sqlite3.connect(self.store)) as database:
            [[written]] = database.execute("SELECT generation FROM catalog")
        read = re.findall(r'"event":"catalog","generation":"(\d+)"', self.log())
        return bool(read) and int(read[-1]) >= written

    def report_add(self, digest, report):
        path = self.directory / "report.json"
        path.write_text(json.dumps(report))
        return self.command("report", "add", digest, path)

    def decisions(self, *options):
        """The recorded decisions, newest first. A refusal is answered before it
        is recorded: for the decision behind an answer, see decision_on."""
        shown = self.command("decisions", *options, "-o", "json").check()
        return [json.loads(line) for line in shown.output.splitlines() if line]

    def decision_on(self, repository, pushed):
        """The decision behind a client's push: the one that its output names,
        waited for; else the newest of the repository."""
        named = re.search(r"\(decision ([0-9a-f]{32})\)", pushed.output)
        for _ in range(100):
            for decision in self.decisions("--repository", repository):
                if not named or decision["id"] == named.group(1):
                    return decision
        raise AssertionError(f"no decision on {repository}: {pushed.output}")

    def explain(self, decision_id):
        return self.command("explain", decision_id)

    def _start_on(self, port):
        # Both are free while neither is bound: it may be the same one twice.
        self._admin_port = next(free for free in iter(free_port, 0) if free != port)
        self._server = Server(
            [BINARY, "serve", *self._options(port)], self.directory / "gateway.log"
        )
        self._server.launch(lambda: self.admin("/readyz") == 200)
        return port

    def _options(self, port):
        if self._plain:
            return [
                *["--upstream", self.upstream, "--store", self.store],
                *["--listen", f"{self._address}:{port}"],
                *["--admin", f"127.0.0.1:{self._admin_port}"],
            ]
        config = self.directory / "gateway.yaml"
        config.write_text(json.dumps(self._config(port), indent=1))
        return ["--config", config]

    def _config(self, port):
        paths = []
        for number, policy in enumerate(self._policies):
            path = self.directory / f"policy-{number}.yaml"
            path.write_text(json.dumps(policy, indent=1))
            paths.append(str(path))
        return {
            "apiVersion": "plimsoll.dev/v1alpha1",
            "kind": "GatewayConfig",
            "metadata": {"name": "tests"},
            "spec": {
                "listen": f"{self._address}:{port}",
                "admin": f"127.0.0.1:{self._admin_port}",
                **self._behind(port),
                "mode": self._mode,
                "store": {"sqlite": str(self.store)},
                **({"policies": paths} if paths else {}),
                **self._spec,
            },
        }

    def _behind(self, port):
        if self._upstreams is not None:
            return {"upstreams": self._upstreams(port)}
        return {"upstream": {"url": self.upstream, **self._upstream_settings}}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def _ask(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


def policy(name, rules, *, repositories=("**",), tags=None):
    """A BaseImagePolicy document; `rules` as in a policy file."""
    match = {"repositories": list(repositories)}
    if tags is not None:
        match["tags"] = list(tags)
    return {
        "apiVersion": "plimsoll.dev/v1alpha1",
        "kind": "BaseImagePolicy",
        "metadata": {"name": name},
        "spec": {"match": match, "action": "Deny", "rules": rules},
    }
