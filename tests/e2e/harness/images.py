"""Real images, built by buildah in a store of their own."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from .debian_root import static_busybox
from .oci_layout import OciLayout
from .process import run

APPLETS = ["sh", "ls", "cat", "echo", "true", "sleep", "mkdir", "httpd"]


class Store:
    """A containers-storage of our own, shared by buildah and podman."""

    def __init__(self, directory):
        self.directory = Path(directory)
        self.options = [
            "--root",
            self.directory / "root",
            "--runroot",
            self.directory / "run",
            "--storage-driver",
            "vfs",
        ]

    def buildah(self, *args, timeout=300):
        return run(["buildah", *self.options, *args], timeout=timeout)

    def remove(self):
        """Layers may hold files that only their maker's user namespace can
        remove."""
        if self.directory.exists():
            run(["buildah", "unshare", "rm", "-rf", self.directory])


@dataclass(frozen=True)
class Image:
    """An image in a store."""

    name: str  # "localhost/app:1"
    store: Store

    @property
    def skopeo_name(self):
        where = f"vfs@{self.store.directory / 'root'}+{self.store.directory / 'run'}"
        return f"containers-storage:[{where}]{self.name}"


class Images:
    """Builds images named "localhost/NAME" and exports them as OCI layouts."""

    def __init__(self, directory):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.store = Store(self.directory / "store")
        self.layout = OciLayout(self.directory / "layout")
        self._stores = [self.store]
        self._context = self.directory / "context"

    def build(self, name, recipe, *options, files=None):
        """Builds `recipe` (a Dockerfile) with `files` ({path: bytes}) as its
        context. RUN works: it is done in a chroot."""
        shutil.rmtree(self._context, ignore_errors=True)
        self._context.mkdir()
        for path, content in (files or {}).items():
            (self._context / path).parent.mkdir(parents=True, exist_ok=True)
            (self._context / path).write_bytes(content)
        return self._build(name, recipe, self._context, *options)

    def _build(self, name, recipe, context, *options):
        recipe_path = self.directory / "Dockerfile"
        recipe_path.write_text(recipe)
        self.store.buildah(
            "build",
            *["--isolation", "chroot", "--pull-never", "--file", recipe_path],
            *options,
            *["--tag", f"localhost/{name}", context],
        ).check()
        return Image(f"localhost/{name}", self.store)

    def busybox_base(self, name, release):
        """A base of one layer: busybox and an os-release that says `release`,
        so that bases differ in their bytes."""
        root = self.directory / "busybox"
        shutil.rmtree(root, ignore_errors=True)
        (root / "bin").mkdir(parents=True)
        (root / "etc").mkdir()
        shutil.copy(static_busybox(), root / "bin/busybox")
        for applet in APPLETS:
            (root / "bin" / applet).symlink_to("busybox")
        (root / "etc/os-release").write_text(f'ID=busybox\nPRETTY_NAME="{release}"\n')
        return self._build(name, 'FROM scratch\nCOPY . /\nCMD ["/bin/sh"]\n', root)

    def tar_base(self, name, tar):
        """A base of one layer: the root filesystem in the file `tar`."""
        recipe = f'FROM scratch\nADD {tar.name} /\nCMD ["/bin/sh"]\n'
        return self._build(name, recipe, tar.parent)

    def fetch(self, name, public):
        """A copy of a public image ("docker.io/library/debian:12")."""
        image = Image(f"localhost/{name}", self.store)
        run(
            ["skopeo", "copy", "--quiet", f"docker://{public}", image.skopeo_name],
            timeout=900,
        ).check()
        return image

    def app(self, name, base, *, options=(), content=b"an application\n", step=True):
        """An application on `base`: a copied file, a step that ran, a user."""
        run_line = "RUN echo configured > /srv/config\n" if step else ""
        recipe = (
            f"FROM {base.name}\nCOPY app /srv/app\n{run_line}"
            'USER 1000\nCMD ["/bin/cat", "/srv/app"]\n'
        )
        return self.build(name, recipe, *options, files={"app": content})

    def export(self, image):
        """Copies an image into the OCI layout; returns its tag there."""
        tag = image.name.removeprefix("localhost/")
        tag = tag.replace("/", "-").replace(":", "-")
        run(
            ["skopeo", "copy", "--quiet", image.skopeo_name]
            + [self.layout.reference(tag)]
        ).check()
        return tag

    def forged(self, name, image, claimed):
        """`image` with a config which claims that its lowest layers are those of
        `claimed`. In a store of its own: one that knows the claimed layers would
        take them for granted and push honest bytes."""
        honest = self.export(image)
        theirs = self.layout.config(self.export(claimed))["rootfs"]["diff_ids"]

        def claim(config):
            config["rootfs"]["diff_ids"][: len(theirs)] = theirs

        tag = f"forged-{honest}"
        self.layout.with_config(honest, tag, claim)
        # podman takes no path of more than 50 characters.
        store = Store(self.directory / f"forged{len(self._stores)}")
        self._stores.append(store)
        forgery = Image(f"localhost/{name}", store)
        run(
            ["skopeo", "copy", "--quiet", self.layout.reference(tag)]
            + [forgery.skopeo_name]
        ).check()
        return forgery

    def remove(self):
        for store in self._stores:
            store.remove()
        shutil.rmtree(self.directory, ignore_errors=True)
