"""A Docker daemon of the tests' own, with a private socket and data root."""

import os
from pathlib import Path

from .process import Server, StartFailed, run, tool


class CannotStart(RuntimeError):
    """No daemon here; says why, with the end of its log."""


class DockerDaemon:
    """dockerd without network set-up. Raises CannotStart where it cannot run.

    `command(...)` runs the docker client against it.
    """

    def __init__(self, directory):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._config = self.directory / "client"
        self._config.mkdir(exist_ok=True)
        self._server = self._start()

    @property
    def socket(self):
        return f"unix://{self.directory}/d.sock"

    def environment(self):
        return {
            "DOCKER_HOST": self.socket,
            "DOCKER_CONFIG": str(self._config),
            "DOCKER_BUILDKIT": "0",
        }

    def command(self, *args, timeout=300, stdin=None):
        return run(
            ["docker", *args], timeout=timeout, stdin=stdin, env=self.environment()
        )

    def version(self):
        shown = self.command("version", "--format", "{{.Server.Version}}", timeout=20)
        return shown.output.strip()

    def log(self):
        return self._server.log()

    def stop(self):
        self._server.stop(grace=30)

    def _start(self):
        if os.geteuid() != 0:
            raise CannotStart("dockerd needs root")
        for program in ("dockerd", "docker"):
            if tool(program) is None:
                raise CannotStart(f"{program} is not installed")
        failure = None
        # The daemon's own choice first, then the driver that works anywhere.
        for choice in ([], ["--storage-driver", "vfs"]):
            try:
                return self._launch(choice)
            except StartFailed as error:
                failure = error
        raise CannotStart(str(failure))

    def _launch(self, options):
        server = Server(
            ["dockerd", "--host", self.socket]
            + ["--data-root", self.directory / "data"]
            + ["--exec-root", self.directory / "exec"]
            + ["--pidfile", self.directory / "dockerd.pid"]
            + ["--iptables=false", "--ip6tables=false", "--bridge=none"]
            + ["--ip-forward=false", "--ip-masq=false", *options],
            self.directory / "dockerd.log",
        )
        ping = ["docker", "version", "--format", "{{.Server.Version}}"]
        return server.launch(
            lambda: run(ping, timeout=10, env=self.environment()).ok, seconds=45
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
