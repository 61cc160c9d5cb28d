"""CNCF distribution, Debian's docker-registry or another, on a loopback port."""

import json
from pathlib import Path

from .process import Server, accepts_connections, on_a_free_port, output_of


class Registry:
    """A real registry with its storage in `directory`.

    `users` ({name: password}) puts it behind htpasswd, `token_server` behind
    Bearer tokens, neither leaves it open. `blobs_at` (a URL) serves no blob
    itself but redirects there. Without `deletes` nothing can be removed. With
    `names_itself` its Locations have its own address, whatever was asked for, or
    they have `named` (a URL). With `tls` (a Pair) it speaks https, and lets in
    whom `clients` (an Authority) has signed, where that is given. `program` is
    Debian's unless another is named. `stop()` and `start()` again keep port and
    storage.
    """

    def __init__(
        self,
        directory,
        *,
        users=None,
        token_server=None,
        blobs_at=None,
        names_itself=False,
        program="docker-registry",
        tls=None,
        clients=None,
        deletes=True,
        named=None,
    ):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._users = users
        self._token_server = token_server
        self._blobs_at = blobs_at
        self._names_itself = names_itself
        self._program = program
        self.tls = tls
        self._clients = clients
        self._deletes = deletes
        self._named = named
        self._server = None
        self.port = on_a_free_port(self._start_on)

    @property
    def data(self):
        """Where its blobs are, under paths as its redirects have them."""
        return self.directory / "data"

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://{self.host}"

    @property
    def pid(self):
        return self._server.pid

    def start(self):
        self._start_on(self.port)

    def stop(self):
        self._server.stop()

    def log(self):
        return self._server.log()

    def _start_on(self, port):
        config = self.directory / "config.yml"
        # JSON is YAML; nothing needs quoting by hand.
        config.write_text(json.dumps(self._config(port), indent=1))
        self._server = Server(
            [self._program, "serve", config],
            self.directory / "registry.log",
        )
        self._server.launch(lambda: accepts_connections(port))
        return port

    def _config(self, port):
        config = {
            "version": "0.1",
            "log": {"level": "info"},
            "storage": {
                "filesystem": {"rootdirectory": str(self.data)},
                "delete": {"enabled": self._deletes},
            },
            "http": {"addr": f"127.0.0.1:{port}"},
        }
        if self._names_itself:
            config["http"]["host"] = f"http://127.0.0.1:{port}"
        if self.tls:
            config["http"]["tls"] = {
                "certificate": str(self.tls.certificate),
                "key": str(self.tls.key),
            }
        if self._clients:
            config["http"]["tls"]["clientcas"] = [str(self._clients.certificate)]
        if self._named:
            config["http"]["host"] = self._named
        if self._blobs_at:
            redirect = {"name": "redirect", "options": {"baseurl": self._blobs_at}}
            config["middleware"] = {"storage": [redirect]}
        if self._users:
            config["auth"] = {"htpasswd": self._htpasswd()}
        elif self._token_server:
            config["auth"] = {"token": self._token_server.registry_settings()}
        return config

    def _htpasswd(self):
        lines = [
            # The password goes by stdin: no process list shows it.
            output_of(["htpasswd", "-niB", "-C", "4", name], input=password.encode())
            for name, password in self._users.items()
        ]
        path = self.directory / "htpasswd"
        path.write_bytes(b"".join(line.strip() + b"\n" for line in lines))
        return {"realm": "plimsoll tests", "path": str(path)}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
