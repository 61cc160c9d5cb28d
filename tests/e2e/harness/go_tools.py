"""Programs written in Go that no Debian 12 package has: each is built once, at
a fixed version, into ~/.cache/plimsoll/tools."""

import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


@dataclass(frozen=True)
class GoTool:
    """The program of the package `module` at `version`, under `name`."""

    name: str
    module: str
    version: str
    seconds: int = 900

    @property
    def path(self):
        """Where it lies once it has been built."""
        return _CACHE / "plimsoll" / "tools" / f"{self.name}-{self.version}"

    def build(self):
        """Builds it unless it is there; returns why it cannot be had, or ""."""
        if self.path.exists():
            return ""
        if not shutil.which("go"):
            return f"no go to build {self.name} with"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Beside the cache, and moved into it whole.
        with tempfile.TemporaryDirectory(dir=self.path.parent) as work:
            said = self._install(work)
            if said is None:
                os.replace(Path(work) / self.name, self.path)
                return ""
        return f"go could not build {self.name}: {said}"

    def _install(self, directory):
        """In a module that needs nothing else: `go install` refuses a module
        with an exclude directive, as BuildKit's has. None, or what is wrong."""
        steps = (
            ["mod", "init", "tool"],
            ["get", f"{self.module}@{self.version}"],
            ["build", "-o", self.name, self.module],
        )
        deadline = time.monotonic() + self.seconds
        for step in steps:
            said = self._go(step, directory, deadline - time.monotonic())
            if said is not None:
                return said
        return None

    def _go(self, step, directory, seconds):
        try:
            done = subprocess.run(
                ["go", *step],
                env={**os.environ, "GOFLAGS": "", "GOWORK": "off"},
                cwd=directory,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=max(seconds, 0),
            )
        except subprocess.TimeoutExpired:
            return f"not done within {self.seconds} s"
        if done.returncode == 0:
            return None
        return (done.stderr.strip().splitlines() or ["no reason given"])[-1]
