"""Programs that tests run: bounded in time, ended by their own pid."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

# Debian keeps daemons where a user's PATH may not look.
os.environ["PATH"] += ":/usr/sbin:/sbin"


@dataclass
class Result:
    """What a finished command said. `output` holds stdout and stderr, mixed
    as a person would have seen them."""

    args: list
    code: int
    output: str

    @property
    def ok(self):
        return self.code == 0

    def check(self):
        """Returns itself, or raises with the whole output."""
        if not self.ok:
            raise CommandFailed(self)
        return self


class CommandFailed(AssertionError):
    def __init__(self, result):
        super().__init__(
            f"exit {result.code} from {' '.join(map(str, result.args))}\n"
            f"{result.output}"
        )


def run(args, *, timeout=180, stdin=None, env=None, cwd=None):
    """Runs a command to its end. One that outlives `timeout` seconds is killed
    with its children and answers with code 124."""
    process = subprocess.Popen(
        list(map(str, args)),
        stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(env or {})},
        cwd=cwd,
        start_new_session=True,
    )
    data = stdin.encode() if isinstance(stdin, str) else stdin
    try:
        output, _ = process.communicate(data, timeout=timeout)
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        output += f"\n[killed after {timeout} s]".encode()
        code = 124
    return Result(list(args), code, output.decode(errors="replace"))


def output_of(args, **options):
    """Stdout alone of a command that must succeed, as bytes."""
    done = subprocess.run(
        list(map(str, args)), capture_output=True, timeout=180, **options
    )
    if done.returncode != 0:
        text = (done.stdout + done.stderr).decode(errors="replace")
        raise CommandFailed(Result(list(args), done.returncode, text))
    return done.stdout


def tool(name):
    """The path of a program, or None."""
    return shutil.which(name)


def as_root(args):
    """The same command with sudo in front where we are not root."""
    return list(args) if os.geteuid() == 0 else ["sudo", *args]


def free_port():
    """A loopback port that is free now. Another process may still take it
    before it is used: servers retry with another one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds, what):
    """Polls until `condition()` is true and returns its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {what} within {seconds} s")
        time.sleep(0.02)


def accepts_connections(port):
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class StartFailed(RuntimeError):
    """A server ended, or was not ready in time. Carries its log's tail."""


class Server:
    """A program that runs until it is stopped; its output goes to `log_path`.

    Usable as a context manager. `stop()` may be called more than once.
    """

    def __init__(self, args, log_path, env=None):
        self.args = list(map(str, args))
        self.log_path = Path(log_path)
        self._env = {**os.environ, **(env or {})}
        self._process = None

    def launch(self, ready, seconds=60):
        """Starts the program and waits until `ready()` is true."""
        with open(self.log_path, "ab") as log:
            self._process = subprocess.Popen(
                self.args,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._env,
            )
        deadline = time.monotonic() + seconds
        while not ready():
            if self._process.poll() is not None:
                raise self._failure(f"ended with {self._process.returncode}")
            if time.monotonic() > deadline:
                self.stop()
                raise self._failure(f"not ready within {seconds} s")
            time.sleep(0.02)
        return self

    def _failure(self, why):
        tail = "\n".join(self.log().splitlines()[-15:])
        return StartFailed(f"{self.args[0]} {why}; its log ends:\n{tail}")

    @property
    def pid(self):
        return self._process.pid

    def alive(self):
        return self._process is not None and self._process.poll() is None

    def log(self):
        return self.log_path.read_text(errors="replace")

    def stop(self, grace=15):
        """SIGTERM, then SIGKILL after `grace` seconds. Returns the exit code."""
        if self._process is None:
            return None
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(grace)
            except subprocess.TimeoutExpired:
                self._process.kill()
        return self._process.wait()

    def signal(self, number):
        self._process.send_signal(number)

    def kill(self):
        """SIGKILL, as a crash would."""
        self._process.kill()
        self._process.wait()

    def peak_resident_bytes(self):
        """The most memory that it ever had resident (VmHWM)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def on_a_free_port(start, attempts=5):
    """Calls `start(port)` with a free port, again with another where it fails:
    the port may have been taken meanwhile."""
    for attempt in range(attempts):
        try:
            return start(free_port())
        except StartFailed as failure:
            taken = "address already in use" in str(failure).lower()
            if not taken or attempt == attempts - 1:
                raise
    raise AssertionError("unreachable")
