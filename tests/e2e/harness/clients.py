"""Registry clients that people use, each with a home of its own.

All have the same calls, and each returns the client's own output:
  login(host, user, password)
  push(image, reference)      pull(reference)      inspect(reference)
where `image` is an Image and `reference` is like
"127.0.0.1:5000/team/app:v1". Loopback registries are spoken to in plain HTTP,
unless `trust(directory)` was called with what --cert-dir has.
"""

import itertools
import json
import tempfile
import uuid
from pathlib import Path

from .images import Store
from .process import run


_LIST_NUMBERS = itertools.count(1)


class _WithAuthFile:
    """skopeo, buildah and podman: the same flags, the same login file."""

    def __init__(self, directory):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._authfile = self.directory / "auth.json"
        self._authfile.write_text("{}")
        self._certificates = None

    def trust(self, directory):
        """Speaks TLS alone, to whom that directory trusts."""
        self._certificates = directory

    def _tls(self, side=""):
        """Flags; `side` is "src-" or "dest-" for a copy."""
        if self._certificates is None:
            return [f"--{side}tls-verify=false"]
        return [f"--{side}cert-dir", self._certificates, f"--{side}tls-verify=true"]

    @property
    def _options(self):
        return [*self._tls(), "--authfile", self._authfile]

    def login(self, host, user, password):
        return self._run(
            *["login", *self._options, "--username", user, "--password-stdin", host],
            stdin=password,
        )


class Skopeo(_WithAuthFile):
    name = "skopeo"

    def push(self, image, reference):
        return self.copy(image.skopeo_name, reference)

    def copy(self, source, reference, *options, timeout=180):
        """Pushes anything that skopeo can name ("oci:DIR:TAG")."""
        return self._run(
            *["copy", *self._tls("dest-"), "--dest-authfile", self._authfile],
            *[*options, source, f"docker://{reference}"],
            timeout=timeout,
        )

    def copy_local(self, source, destination):
        """Between two places on this machine."""
        return self._run("copy", source, destination)

    def pull(self, reference, *options, timeout=180):
        """Pulls into a layout of its own: `pulled`."""
        return self._run(
            *["copy", *self._tls("src-"), "--src-authfile", self._authfile],
            *[*options, f"docker://{reference}", f"oci:{self.pulled}:pulled"],
            timeout=timeout,
        )

    @property
    def pulled(self):
        return self.directory / "pulled"

    def inspect(self, reference, *options):
        return self._run("inspect", *self._options, *options, f"docker://{reference}")

    def list_tags(self, repository):
        return self._run("list-tags", *self._options, f"docker://{repository}")

    def delete(self, reference):
        return self._run("delete", *self._options, f"docker://{reference}")

    def _run(self, *args, stdin=None, timeout=180):
        return run(["skopeo", *args], stdin=stdin, timeout=timeout)


class Buildah(_WithAuthFile):
    name = "buildah"

    def __init__(self, directory):
        super().__init__(directory)
        self._own = Store(self.directory / "store")

    def remove(self):
        self._own.remove()

    def push(self, image, reference, *options):
        return self._run(
            *["push", *self._options, *options],
            *[image.name, f"docker://{reference}"],
            store=image.store,
        )

    def pull(self, reference):
        return self._run("pull", *self._options, f"docker://{reference}")

    def inspect(self, reference):
        """Of an image that was pulled before."""
        return self._run("inspect", "--type", "image", reference)

    def image_id(self, reference):
        shown = self.inspect(reference).check()
        return "sha256:" + json.loads(shown.output)["FromImageID"]

    def push_list(self, members, reference):
        """Makes a manifest list of built images and pushes it whole."""
        # Never removed: `rmi` of a list removes the member that fits this
        # machine's platform instead.
        name = f"localhost/list-{next(_LIST_NUMBERS)}:1"
        store = members[0].store
        stem, _, tag = name.rpartition(":")
        name = f"{stem}-{uuid.uuid4().hex[:8]}:{tag}"  # the store is shared
        self._run("manifest", "create", name, store=store).check()
        for member in members:
            self._run(
                *["manifest", "add", name, f"containers-storage:{member.name}"],
                store=store,
            ).check()
        return self._run(
            *["manifest", "push", "--all", *self._options],
            *[name, f"docker://{reference}"],
            store=store,
        )

    def _run(self, *args, stdin=None, timeout=180, store=None):
        options = (store or self._own).options
        return run([self.name, *options, *args], stdin=stdin, timeout=timeout)


class Podman(Buildah):
    name = "podman"

    def image_id(self, reference):
        shown = self._run("image", "inspect", "--format", "{{.Id}}", reference)
        return "sha256:" + shown.check().output.strip()

    def inspect(self, reference):
        return self._run("image", "inspect", reference)

    def _run(self, *args, stdin=None, timeout=180, store=None):
        # A store remembers podman's first directory for passing files: so
        # each has one of its own.
        passing = (store or self._own).directory / "podman"
        own = [
            *["--tmpdir", passing, "--events-backend", "none"],
            *["--cgroup-manager", "cgroupfs"],
        ]
        return super()._run(*own, *args, stdin=stdin, timeout=timeout, store=store)


class Docker:
    name = "docker"

    def __init__(self, daemon):
        self._daemon = daemon

    def login(self, host, user, password):
        return self._daemon.command(
            *["login", "--username", user, "--password-stdin", host], stdin=password
        )

    def load(self, image):
        """Hands a built image to the daemon, under the same name. The daemon
        may refuse it: it checks what other clients only pass on."""
        with tempfile.TemporaryDirectory() as directory:
            archive = Path(directory) / "image.tar"
            packed = f"docker-archive:{archive}:{image.name}"
            run(["skopeo", "copy", "--quiet", image.skopeo_name, packed]).check()
            return self._daemon.command("load", "--quiet", "--input", archive)

    def push(self, image, reference):
        loaded = self.load(image)
        if not loaded.ok:
            return loaded
        self._daemon.command("tag", image.name, reference).check()
        return self._daemon.command("push", reference)

    def pull(self, reference):
        """Pulls into an empty store, so that every byte is asked for."""
        self.forget_images()
        return self._daemon.command("pull", reference)

    def forget_images(self):
        """Empties the daemon's store. A daemon that knows the layers which a
        forged config claims uses its own, and so pushes honest bytes."""
        known = self._daemon.command("images", "--all", "--quiet").output.split()
        if known:
            self._daemon.command("rmi", "--force", *sorted(set(known)))

    def inspect(self, reference):
        return self._daemon.command("image", "inspect", reference)

    def image_id(self, reference):
        return json.loads(self.inspect(reference).check().output)[0]["Id"]
