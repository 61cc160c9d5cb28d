"""A Debian root filesystem from debootstrap, with the mirror that apt is
configured with, kept as a tar file between runs; and a static busybox."""

import os
import shutil
import tempfile
from pathlib import Path

from .process import as_root, output_of, run


def cache_directory():
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    path = Path(home) / "plimsoll"
    path.mkdir(parents=True, exist_ok=True)
    return path


def debian_release():
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    raise RuntimeError("no VERSION_CODENAME in /etc/os-release")


def apt_mirror(release):
    """The address that apt fetches `release` from."""
    targets = output_of(
        ["apt-get", "indextargets", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)"]
        + ["Created-By: Packages"]
    ).decode()
    names = {release, "stable", "oldstable", "oldoldstable"}
    for line in targets.splitlines():
        suite, component, address = line.split(" ", 2)
        if suite in names and component == "main":
            return address
    raise RuntimeError(f"apt is configured with no mirror for {release} main")


def debian_root_tar(say=print):
    """The path of a tar of a minimal Debian root; made when there is none."""
    release = debian_release()
    architecture = output_of(["dpkg", "--print-architecture"]).decode().strip()
    kept = cache_directory() / f"debian-{release}-{architecture}.tar"
    if not kept.exists():
        mirror = apt_mirror(release)
        say(f"debootstrap of {release} (once; kept in {kept.parent})")
        _debootstrap(release, mirror, kept)
    return kept


# What a published base image would not hold either.
_LEFT_OUT = ["./var/cache/apt/archives/*.deb", "./var/lib/apt/lists/*", "./dev/*"]


def _debootstrap(release, mirror, kept):
    work = Path(tempfile.mkdtemp(prefix="plimsoll-debian-"))
    root = work / "root"
    packed = kept.with_suffix(f".{os.getpid()}")
    try:
        run(
            as_root(["debootstrap", "--variant=minbase", release, root, mirror]),
            timeout=1200,
        ).check()
        run(
            as_root(["tar", "-C", root, "--numeric-owner", "--sort=name"])
            + [f"--exclude={pattern}" for pattern in _LEFT_OUT]
            + ["-cf", packed, "."],
            timeout=300,
        ).check()
        # Whole or not at all: another run may look at the same moment.
        os.replace(packed, kept)
    finally:
        run(as_root(["rm", "-rf", str(work), str(packed)]))


def static_busybox():
    """The path of a busybox without a loader. Where the machine has the
    dynamic one installed, the static one is unpacked beside our cache."""
    installed = Path("/bin/busybox")
    if installed.exists() and not _has_loader(installed):
        return installed
    unpacked = cache_directory() / "busybox-static"
    if not (unpacked / "bin/busybox").exists():
        with tempfile.TemporaryDirectory() as work:
            run(["apt-get", "download", "busybox-static"], cwd=work).check()
            package = next(Path(work).glob("*.deb"))
            run(["dpkg-deb", "-x", package, Path(work) / "root"]).check()
            shutil.copytree(Path(work) / "root", unpacked, symlinks=True)
    return unpacked / "bin/busybox"


def _has_loader(program):
    """Whether an ELF file asks for a dynamic loader."""
    with open(program, "rb") as file:
        return b"/ld-" in file.read(4096)
