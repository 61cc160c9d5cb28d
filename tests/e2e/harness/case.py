"""What every end-to-end test starts from."""

import atexit
import os
import shutil
import tempfile
import unittest
from functools import cache
from pathlib import Path

from .clients import Buildah, Docker, Podman, Skopeo
from .docker_daemon import CannotStart, DockerDaemon
from .gateway import BINARY, Gateway
from .images import Images
from .outcomes import Bases, make_outcomes
from .process import StartFailed
from .registry import Registry

# "bare" puts the clients in front of the registry itself: that proves the
# tests' own side, without a gateway.
BARE = os.environ.get("PLIMSOLL_E2E_FRONT") == "bare"
# Long tests run only where they are asked for.
EXTENDED = os.environ.get("PLIMSOLL_E2E_EXTENDED") == "1"

extended = unittest.skipUnless(EXTENDED, "only with --extended")
needs_gateway = unittest.skipIf(BARE, "about the gateway, run in front of none")


@cache
def shared_images():
    """Images are built once a run, and removed at its end."""
    directory = Path(tempfile.mkdtemp(prefix="plimsoll-images-"))
    images = Images(directory)
    atexit.register(images.remove)
    return images


@cache
def shared_bases():
    return Bases(shared_images())


@cache
def shared_outcomes():
    return {outcome.name: outcome for outcome in make_outcomes(shared_bases())}


@cache
def shared_docker():
    """The run's Docker daemon, or the reason why there is none."""
    directory = Path(tempfile.mkdtemp(prefix="plimsoll-docker-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    try:
        daemon = DockerDaemon(directory)
    except CannotStart as reason:
        return None, str(reason)
    atexit.register(daemon.stop)
    return daemon, ""


CLIENTS = ("skopeo", "buildah", "podman", "docker")


class EndToEndTest(unittest.TestCase):
    """A temporary directory, and servers that stop when the test ends."""

    def setUp(self):
        self.directory = Path(tempfile.mkdtemp(prefix="plimsoll-e2e-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def path(self, name):
        return self.directory / name

    def start_registry(self, name="registry", **options):
        registry = Registry(self.path(name), **options)
        self.addCleanup(registry.stop)
        return registry

    def start_gateway(self, upstream, name="gateway", **options):
        """A gateway in front of `upstream` (a server with a `url`)."""
        if not BINARY.exists():
            raise RuntimeError(f"{BINARY} is not built")
        gateway = Gateway(self.path(name), upstream.url, **options)
        self.addCleanup(gateway.stop)
        return gateway

    def start_front(self, registry, **options):
        """What clients talk to: a gateway, or the registry in a bare run."""
        return registry if BARE else self.start_gateway(registry, **options)

    def client(self, name):
        """A client with an empty home; skips where docker has no daemon."""
        if name == "docker":
            daemon, reason = shared_docker()
            if daemon is None:
                self.skipTest(f"no Docker daemon: {reason.splitlines()[0]}")
            return Docker(daemon)
        kinds = {"skopeo": Skopeo, "buildah": Buildah, "podman": Podman}
        client = kinds[name](self.path(name))
        if name != "skopeo":
            self.addCleanup(client.remove)
        return client

    def start_or_skip(self, kind, *args):
        """A client with a daemon of its own; skips where that cannot run."""
        reason = kind.why_not()
        if reason:
            self.skipTest(reason)
        try:
            client = kind(*args)
        except StartFailed as failure:
            said = str(failure).splitlines()
            self.skipTest(f"{said[0]} {said[-1]}")
        self.addCleanup(client.stop)
        return client

    def upload_outcome(self, client, name, repository="team/app"):
        """The manifest of an outcome's image, whose blobs a raw client uploads."""
        layout = shared_images().layout
        image = shared_outcomes()[name].image
        manifest = layout.manifest(shared_images().export(image))
        for descriptor in [manifest["config"], *manifest["layers"]]:
            client.upload_blob(repository, layout.blob(descriptor))
        return manifest

    def assertSucceeds(self, result):
        self.assertEqual(result.code, 0, result.output)
        return result

    def assertFails(self, result):
        self.assertNotEqual(result.code, 0, result.output)
        return result
