"""containerd's own client, ctr, and a daemon of the tests' own for it."""

import json
import os
from pathlib import Path

from .process import Result, Server, run, tool
from .sources import TAG

# Of containerd's plugins those that a push or a pull needs none of: they would
# touch the machine's network, /opt, or a file system that is not there.
_UNUSED = [
    "io.containerd.grpc.v1.cri",
    "io.containerd.internal.v1.opt",
    *[
        f"io.containerd.snapshotter.v1.{name}"
        for name in ("aufs", "btrfs", "devmapper", "overlayfs", "zfs")
    ],
]


class Containerd:
    """containerd with a private socket, root and state. Raises StartFailed."""

    def __init__(self, directory):
        self._directory = Path(directory)
        self._directory.mkdir(parents=True, exist_ok=True)
        config = self._directory / "config.toml"
        config.write_text(self._config())
        self._server = Server(
            ["containerd", "--config", config], self._directory / "containerd.log"
        )
        self._server.launch(lambda: self.ctr("version", timeout=10).ok, seconds=45)

    def ctr(self, *args, timeout=180):
        socket = self._directory / "c.sock"
        return run(["ctr", "--address", socket, *args], timeout=timeout)

    def stop(self):
        self._server.stop(grace=30)

    def _config(self):
        """JSON's strings and lists are TOML's too."""
        place = {
            name: json.dumps(str(self._directory / name))
            for name in ("root", "state", "c.sock", "t.sock")
        }
        return (
            "version = 2\n"
            f"root = {place['root']}\nstate = {place['state']}\n"
            f"disabled_plugins = {json.dumps(_UNUSED)}\n"
            f"[grpc]\naddress = {place['c.sock']}\n"
            f"[ttrpc]\naddress = {place['t.sock']}\n"
        )


class Ctr:
    """ctr as a client of a Source. It keeps no login: passwords go with each
    command."""

    name = "ctr"

    def __init__(self, directory):
        self._directory = Path(directory)
        self._daemon = Containerd(self._directory)
        self._hosts = self._directory / "hosts"
        self._authority = None
        self._logins = {}

    def stop(self):
        self._daemon.stop()

    @staticmethod
    def why_not():
        """Why it cannot run here, or ""."""
        if os.geteuid() != 0:
            return "containerd needs root"
        missing = [name for name in ("containerd", "ctr") if tool(name) is None]
        return f"{missing[0]} is not installed" if missing else ""

    def trust(self, authority):
        """`authority` is the file of a certificate."""
        self._authority = authority

    def login(self, host, user, password):
        self._logins[host] = f"{user}:{password}"
        # Else it speaks plain HTTP to a loopback address, whatever its flags say.
        settings = self._hosts / host / "hosts.toml"
        settings.parent.mkdir(parents=True)
        authority = json.dumps(str(self._authority))
        settings.write_text(f'[host."https://{host}"]\nca = {authority}\n')
        return Result(["ctr"], 0, "")

    def push(self, source, reference):
        name = f"localhost/{source.directory.name}"
        self._import(source.directory, name)
        return self._images("push", reference, f"{name}:{TAG}")

    def pull(self, reference):
        """Into a store without images, so that every byte is asked for."""
        known = self._daemon.ctr("images", "list", "--quiet").check().output.split()
        self._daemon.ctr("images", "remove", "--sync", *known).check()
        return self._images("pull", reference, options=["--snapshotter", "native"])

    def _import(self, layout, name):
        packed = self._directory / "layout.tar"
        run(["tar", "-C", layout, "-cf", packed, "."]).check()
        self._daemon.ctr(
            *["images", "import", "--all-platforms", "--no-unpack"],
            *["--base-name", name, packed],
        ).check()

    def _images(self, verb, reference, *names, options=()):
        host = reference.partition("/")[0]
        return self._daemon.ctr(
            *["images", verb, "--hosts-dir", self._hosts],
            *["--user", self._logins[host], *options, reference, *names],
        )
