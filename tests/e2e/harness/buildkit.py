"""BuildKit: its daemon, started by the tests, and buildctl, as docker buildx
drives them: what they build they push themselves, with a provenance."""

import base64
import json
import os
from pathlib import Path

from .go_tools import GoTool
from .process import Result, Server, run, tool

_VERSION = "v0.34.2"
BUILDCTL = GoTool("buildctl", "github.com/moby/buildkit/cmd/buildctl", _VERSION)
BUILDKITD = GoTool(
    "buildkitd", "github.com/moby/buildkit/cmd/buildkitd", _VERSION, 2400
)


class BuildKit:
    """A client of a Source, of which it builds the like anew. It reads from
    `plain` (a host) in plain HTTP, and speaks TLS to `hosts`, trusting
    `authority`; to other loopback addresses it speaks plain HTTP too. Builds copy
    files and run nothing: no container starts, though the daemon wants to see a
    runc."""

    name = "buildkit"

    def __init__(self, directory, plain, hosts=(), authority=None):
        self._directory = Path(directory)
        self._context = self._directory / "context"
        self._context.mkdir(parents=True)
        (self._context / "app").write_text("an application")
        self._authority = authority
        self._logins = {}
        settings = self._directory / "buildkitd.toml"
        settings.write_text(_settings(plain, hosts, authority))
        self._server = Server(
            [BUILDKITD.path, "--config", settings, "--addr", self._socket]
            + ["--root", self._directory / "root"]
            + ["--otel-socket-path", self._directory / "otel.sock"]
            + ["--containerd-worker=false", "--oci-worker-snapshotter=native"]
            + ["--oci-worker-net=host", "--cdi-disabled"],
            self._directory / "buildkitd.log",
        )
        ping = ["debug", "workers"]
        self._server.launch(lambda: self._buildctl(*ping, timeout=10).ok, seconds=45)

    @staticmethod
    def why_not():
        """Builds it where it has to be; why it cannot be had, or ""."""
        if os.geteuid() != 0:
            return "buildkitd needs root"
        if tool("runc") is None:
            return "runc is not installed"
        return BUILDCTL.build() or BUILDKITD.build()

    @staticmethod
    def version():
        return _VERSION.removeprefix("v")

    def stop(self):
        self._server.stop(grace=30)

    def login(self, host, user, password):
        """It has no such command: it reads what `docker login` writes."""
        secret = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._logins[host] = {"auth": secret}
        config = self._directory / "config.json"
        config.write_text(json.dumps({"auths": self._logins}))
        return Result(["buildctl"], 0, "")

    def push(self, source, reference, *, provenance=True):
        image = f"type=image,name={reference},push=true,oci-mediatypes=true"
        attest = ["--opt", "attest:provenance=mode=max"] if provenance else []
        return self.build(source, "--output", image, *attest)

    def pull(self, reference):
        """As the base of a build, into a store without anything."""
        self.forget()
        written = self._directory / "pulled.tar"
        written.unlink(missing_ok=True)
        output = f"type=oci,dest={written}"
        return self._build(f"FROM {reference}\n", "--output", output)

    def forget(self):
        """Empties its store, so that every byte is asked for."""
        self._buildctl("prune", "--all").check()

    def build(self, source, *options):
        platforms = ",".join(f"linux/{name}" for name in source.platforms)
        return self._build(source.recipe, "--opt", f"platform={platforms}", *options)

    def _build(self, recipe, *options):
        (self._context / "Dockerfile").write_text(recipe)
        return self._buildctl(
            *["build", "--progress=plain", "--frontend", "dockerfile.v0"],
            *["--local", f"context={self._context}"],
            *["--local", f"dockerfile={self._context}", *options],
        )

    @property
    def _socket(self):
        return f"unix://{self._directory}/b.sock"

    def _buildctl(self, *args, timeout=180):
        """It asks the token service itself, for the daemon."""
        home = {
            "DOCKER_CONFIG": str(self._directory),
            "SSL_CERT_FILE": str(self._authority or ""),
        }
        program = [BUILDCTL.path, "--addr", self._socket]
        return run([*program, *args], timeout=timeout, env=home)


def _settings(plain, hosts, authority):
    """JSON's strings and lists are TOML's too. Loopback addresses mean plain HTTP
    unless something says otherwise."""
    trusted = f"http = false\nca = {json.dumps([str(authority)])}"
    tables = [(plain, "http = true"), *[(host, trusted) for host in hosts]]
    return "".join(
        f"[registry.{json.dumps(host)}]\n{setting}\n" for host, setting in tables
    )
