"""Programs written in Go that no Debian 12 package has.

Each is built once, at a fixed version, into ~/.cache/plimsoll/tools.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

# name: module, version
TOOLS = {
    "conformance": (
        "github.com/opencontainers/distribution-spec/conformance",
        "v0.0.0-20260831232431-97274622c111",
    ),
    "registry": ("github.com/distribution/distribution/v3/cmd/registry", "v3.1.2"),
}

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def path_of(name):
    """Where a tool lies once it has been built."""
    version = TOOLS[name][1]
    return _CACHE / "plimsoll" / "tools" / f"{name}-{version}"


def build(name):
    """Builds a tool unless it is there; returns why it cannot be had, or ""."""
    path = path_of(name)
    if path.exists():
        return ""
    if not shutil.which("go"):
        return f"no go to build {name} with"
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside the cache, and moved into it whole.
    with tempfile.TemporaryDirectory(dir=path.parent) as work:
        said = _go_install(TOOLS[name], work)
        if said is None:
            os.replace(Path(work) / name, path)
            return ""
    return f"go could not build {name}: {said}"


def _go_install(tool, directory):
    module, version = tool
    try:
        done = subprocess.run(
            ["go", "install", f"{module}@{version}"],
            env={**os.environ, "GOBIN": directory, "GOFLAGS": ""},
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=900,
        )
    except subprocess.TimeoutExpired:
        return "not done within 900 s"
    if done.returncode == 0:
        return None
    return (done.stderr.strip().splitlines() or ["no reason given"])[-1]
