"""Registry clients that come as Go modules: crane, oras, helm and cosign. Each
has a home of its own and speaks TLS to whom `trust(file)` named.

`push(source, reference)` takes a Source (sources.py); helm takes a chart.
"""

import json
from pathlib import Path

from .go_tools import GoTool
from .process import run

CRANE = GoTool("crane", "github.com/google/go-containerregistry/cmd/crane", "v0.20.7")
ORAS = GoTool("oras", "oras.land/oras/cmd/oras", "v1.3.6")
# 400 modules: a quarter of an hour on two cores.
COSIGN = GoTool("cosign", "github.com/sigstore/cosign/v2/cmd/cosign", "v2.6.4", 2400)
_HELM_CHECK = Path(__file__).resolve().parents[3] / "scripts" / "helm-check"


class _GoClient:
    tool = None

    def __init__(self, directory):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._authority = None

    @classmethod
    def why_not(cls):
        """Builds it where it has to be; why it cannot be had, or ""."""
        return cls.tool.build()

    @classmethod
    def version(cls):
        return cls.tool.version.removeprefix("v")

    @property
    def program(self):
        return self.tool.path

    def trust(self, authority):
        """`authority` is the file of a certificate."""
        self._authority = authority

    def _run(self, *args, stdin=None, env=None):
        home = {
            "HOME": str(self.directory),
            "DOCKER_CONFIG": str(self.directory),
            "XDG_CONFIG_HOME": str(self.directory / "config"),
            "XDG_CACHE_HOME": str(self.directory / "cache"),
            "SSL_CERT_FILE": str(self._authority or ""),
            **(env or {}),
        }
        return run([self.program, *args], stdin=stdin, env=home, cwd=self.directory)


class Crane(_GoClient):
    name = "crane"
    tool = CRANE

    def login(self, host, user, password):
        return self._run(
            *["auth", "login", host, "--username", user, "--password-stdin"],
            stdin=password,
        )

    def push(self, source, reference):
        return self._run("push", source.directory, reference)

    def pull(self, reference):
        return self._run("pull", "--format=oci", reference, self.directory / "pulled")


class Oras(_GoClient):
    name = "oras"
    tool = ORAS

    def login(self, host, user, password):
        return self._run(
            *["login", host, "--username", user, "--password-stdin"], stdin=password
        )

    def push(self, source, reference):
        return self._run("cp", "--from-oci-layout", source.named, reference)

    def push_file(self, path, reference, *options):
        return self._run("push", *options, reference, f"{path.name}:text/plain")

    def pull(self, reference):
        layout = f"{self.directory / 'pulled'}:pulled"
        return self._run("cp", "--to-oci-layout", reference, layout)


class Cosign(_GoClient):
    """Its `push` copies from a registry, the one way in which it pushes images."""

    name = "cosign"
    tool = COSIGN

    def login(self, host, user, password):
        return self._run("login", host, "-u", user, "-p", password)

    def push(self, source, reference):
        return self._run("copy", source.published, reference)

    def pull(self, reference):
        return self._run("save", "--dir", self.directory / "pulled", reference)

    def sign(self, reference, *options):
        """With a key of its own, told to no log."""
        phrase = {"COSIGN_PASSWORD": "of the tests"}
        if not (self.directory / "cosign.key").exists():
            self._run("generate-key-pair", env=phrase).check()
        return self._run(
            *["sign", "--yes", "--key", "cosign.key", "--tlog-upload=false"],
            *[*options, reference],
            env=phrase,
        )

    def verify(self, reference):
        """That what was signed with its key is there."""
        key = ["--key", "cosign.pub", "--insecure-ignore-tlog=true"]
        return self._run("verify", *key, reference)


class Helm(_GoClient):
    """The helm that scripts/helm-check takes."""

    name = "helm"

    def __init__(self, directory):
        super().__init__(directory)
        self._program = self._path()

    @property
    def program(self):
        return self._program

    @classmethod
    def why_not(cls):
        found = run([_HELM_CHECK, "--path"], timeout=900)
        return "" if found.ok else found.output.strip().splitlines()[-1]

    @classmethod
    def version(cls):
        """"3.17", since one that go built knows no more."""
        shown = run([cls._path(), "version", "--template", "{{.Version}}"]).check()
        return ".".join(shown.output.strip().removeprefix("v").split(".")[:2])

    @classmethod
    def _path(cls):
        return run([_HELM_CHECK, "--path"], timeout=900).check().output.strip()

    def login(self, host, user, password):
        return self._run(
            *["registry", "login", host, "--username", user, "--password-stdin"],
            *["--ca-file", self._authority],
            stdin=password,
        )

    def package(self, name):
        """Makes a chart; returns its file."""
        chart = self.directory / name
        (chart / "templates").mkdir(parents=True)
        about = {"apiVersion": "v2", "name": name, "version": "1.0.0"}
        (chart / "Chart.yaml").write_text(json.dumps(about))
        (chart / "templates" / "map.yaml").write_text("apiVersion: v1\nkind: List\n")
        self._run("package", chart, "--destination", self.directory).check()
        return self.directory / f"{name}-1.0.0.tgz"

    def push(self, chart, repository):
        return self._run(
            *["push", chart, f"oci://{repository}", "--ca-file", self._authority]
        )

    def pull(self, repository):
        pulled = self.directory / "pulled"
        pulled.mkdir(exist_ok=True)
        return self._run(
            *["pull", f"oci://{repository}", "--version", "1.0.0"],
            *["--ca-file", self._authority, "--destination", pulled],
        )
