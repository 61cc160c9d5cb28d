"""A network for the suite in which nothing but the gateway can be reached.

The tests run in a network namespace of their own, made by `enter()`: there the
registries listen on its loopback. The suite runs in a second one, which has a
loopback of its own and one cable to where the gateway listens. An address of
the upstream that leaks to the client leads nowhere.
"""

import os
import subprocess

from tests.e2e.harness.process import run, wait_until

# Of a block that is for documentation: nobody's.
GATEWAY_ADDRESS = "192.0.2.1"
_SUITE_ADDRESS = "192.0.2.2"

_MAKE = ["unshare", "--net"]
_MARK = "PLIMSOLL_CONFORMANCE_NETWORK"


def why_not():
    """Why no namespace can be made here, or ""."""
    done = run([*_as_whoever_we_are(), "ip", "link", "set", "lo", "up"])
    return "" if done.ok else done.output.strip()


def entered():
    return _MARK in os.environ


def enter(command):
    """Starts `command` in place of this process, in a namespace of its own."""
    os.environ[_MARK] = "1"
    made = _as_whoever_we_are()
    os.execvp(made[0], [*made, *map(str, command)])


def _as_whoever_we_are():
    return _MAKE if os.geteuid() == 0 else [*_MAKE, "--map-root-user"]


class Network:
    """The suite's side. `stop()` ends it, and so does this process's end."""

    def __init__(self):
        _ip("link", "set", "lo", "up")
        # Whoever lives in it keeps it: until nobody writes to it any more.
        self._holder = subprocess.Popen([*_MAKE, "cat"], stdin=subprocess.PIPE)
        pid = str(self._holder.pid)
        wait_until(lambda: _namespace(pid) != _namespace("self"), 10, "namespace")
        _ip("link", "add", "gateway", "type", "veth", "peer", "suite", "netns", pid)
        _ip("address", "add", f"{GATEWAY_ADDRESS}/30", "dev", "gateway")
        _ip("link", "set", "gateway", "up")
        for args in (
            ("address", "add", f"{_SUITE_ADDRESS}/30", "dev", "suite"),
            ("link", "set", "suite", "up"),
            ("link", "set", "lo", "up"),
        ):
            run(self.inside(["ip", *args])).check()
        wait_until(_is_plugged_in, 10, "cable")

    def inside(self, command):
        """The same command, run where the suite is."""
        target = str(self._holder.pid)
        return ["nsenter", "--target", target, "--net", *command]

    def stop(self):
        self._holder.stdin.close()
        self._holder.wait(10)


def _ip(*args):
    run(["ip", *args]).check()


def _is_plugged_in():
    return "state UP" in run(["ip", "link", "show", "gateway"]).check().output


def _namespace(pid):
    return os.readlink(f"/proc/{pid}/ns/net")
