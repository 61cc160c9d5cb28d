"""A byte relay in front of a server, with the faults that networks have."""

import select
import socket
import threading
import time


class FaultProxy:
    """Relays connections to `port`. `fault` may be changed at any time:

    None          relays
    "refuse"      closes each new connection at once
    "hang"        accepts, reads, and never answers
    "cut"         relays `cut_after` bytes of each answer, then closes
    `bytes_per_second` throttles the way up where it is set; `relayed_up` counts
    what went that way. What comes up with a request that starts with `hold_on`
    (bytes) goes no further, its connection stays open, and `held` is set.
    """

    def __init__(self, port):
        self._upstream = port
        self.fault = None
        self.cut_after = 0
        self.bytes_per_second = None
        self.relayed_up = 0
        self.hold_on = None
        self.held = threading.Event()
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"http://{self.host}"

    def stop(self):
        self._stopped.set()

    def _accept(self):
        with self._listener:
            while not self._stopped.is_set():
                try:
                    client, _ = self._listener.accept()
                except TimeoutError:
                    continue
                threading.Thread(
                    target=self._serve, args=(client,), daemon=True
                ).start()

    def _serve(self, client):
        with client:
            if self.fault == "refuse":
                return
            if self.fault == "hang":
                self._swallow(client)
                return
            try:
                with socket.create_connection(("127.0.0.1", self._upstream)) as up:
                    self._relay(client, up)
            except OSError:
                return  # either side went away: so does the connection

    def _swallow(self, client):
        client.settimeout(0.2)
        while not self._stopped.is_set():
            try:
                if not client.recv(65536):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def _relay(self, client, up):
        answered = 0
        while not self._stopped.is_set():
            readable, _, _ = select.select([client, up], [], [], 0.2)
            for side in readable:
                data = side.recv(65536)
                if not data:
                    return
                if side is client and self.hold_on and data.startswith(self.hold_on):
                    self.held.set()
                    self._swallow(client)
                    return
                if side is client:
                    self._throttle(len(data))
                    up.sendall(data)
                    self.relayed_up += len(data)
                    continue
                if self.fault == "cut":
                    data = data[: max(0, self.cut_after - answered)]
                client.sendall(data)
                answered += len(data)
                if self.fault == "cut" and answered >= self.cut_after:
                    return

    def _throttle(self, size):
        if self.bytes_per_second:
            time.sleep(size / self.bytes_per_second)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
