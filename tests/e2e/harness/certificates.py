"""Certificate authorities of the tests' own, with what they sign."""

import os
import shutil
import ssl
from dataclasses import dataclass
from pathlib import Path

from .process import run


@dataclass
class Pair:
    certificate: Path
    key: Path

    def secrets(self):
        """Lines of the key that must be nowhere."""
        return self.key.read_text().splitlines()[1:-1]


class Authority:
    """Signs certificates; files are in `directory`."""

    def __init__(self, directory, name="authority"):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.certificate = self.directory / "ca.crt"
        self._key = self.directory / "ca.key"
        run(
            [*_NEW_KEY, "-x509", "-days", "2", "-subj", f"/CN={name}"]
            + ["-addext", "basicConstraints=critical,CA:TRUE"]
            + ["-keyout", self._key, "-out", self.certificate]
        ).check()

    def issue(self, name, *, names="DNS:localhost,IP:127.0.0.1", days=2):
        """A Pair for `names`, as OpenSSL's subjectAltName has them; it has
        expired already with `days=-1`."""
        pair = Pair(self.directory / f"{name}.crt", self.directory / f"{name}.key")
        request = self.directory / f"{name}.csr"
        extensions = self.directory / f"{name}.ext"
        extensions.write_text(f"subjectAltName={names}\n")
        run(
            [*_NEW_KEY, "-subj", f"/CN={name}", "-keyout", pair.key, "-out", request]
        ).check()
        run(
            ["openssl", "x509", "-req", "-days", days, "-in", request]
            + ["-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial"]
            + ["-extfile", extensions, "-out", pair.certificate]
        ).check()
        return pair

    def cert_dir(self, name, client=None):
        """A directory as clients' --cert-dir and certs.d are."""
        directory = self.directory / name
        directory.mkdir(exist_ok=True)
        shutil.copy(self.certificate, directory / "ca.crt")
        if client:
            shutil.copy(client.certificate, directory / "client.cert")
            shutil.copy(client.key, directory / "client.key")
        return directory

    def context(self, client=None):
        """For Python's own clients."""
        context = ssl.create_default_context(cafile=self.certificate)
        if client:
            context.load_cert_chain(client.certificate, client.key)
        return context


_NEW_KEY = ["openssl", "req", "-new", "-newkey", "ec", "-nodes"]
_NEW_KEY += ["-pkeyopt", "ec_paramgen_curve:prime256v1"]


class MountedSecret:
    """A directory whose files are swapped at once, as kubelet does it: they are
    links through "..data", which is a link to the version."""

    def __init__(self, directory, pair):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True)
        self._version = 0
        self.pair = Pair(self.directory / "tls.crt", self.directory / "tls.key")
        self.swap(pair)
        for link in (self.pair.certificate, self.pair.key):
            link.symlink_to(f"..data/{link.name}")

    def swap(self, pair):
        self._version += 1
        version = self.directory / f"..{self._version}"
        version.mkdir()
        shutil.copy(pair.certificate, version / "tls.crt")
        shutil.copy(pair.key, version / "tls.key")
        following = self.directory / "..data_tmp"
        following.symlink_to(version.name)
        os.rename(following, self.directory / "..data")
