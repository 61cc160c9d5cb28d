"""What a gateway's connections keep in the kernel."""

import re
import subprocess
import threading

SAMPLE_SECONDS = 1.0
_MEMORY = re.compile(r"skmem:\(r(\d+),.*?f(\d+),w(\d+),")


def kernel_bytes(port, upstream_port):
    """Of the sockets of both legs of who listens at `port` and connects to
    `upstream_port`: received and not read, to be sent, and set aside for them."""
    chosen = f"( sport = :{port} or dport = :{upstream_port} )"
    shown = subprocess.run(
        ["ss", "-tmnH", chosen], capture_output=True, check=True, timeout=60
    )
    return summed(shown.stdout.decode())


def summed(shown):
    """The sum over the sockets that `ss -tm` shows."""
    return sum(
        sum(map(int, found.groups())) for found in _MEMORY.finditer(shown)
    )


class KernelPeak:
    """Samples kernel_bytes() until it is left; the most is in `bytes`."""

    def __init__(self, port, upstream_port):
        self.bytes = 0
        self._ports = (port, upstream_port)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def _sample(self):
        while not self._over.wait(SAMPLE_SECONDS):
            self.bytes = max(self.bytes, kernel_bytes(*self._ports))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
