"""Asks for /readyz ten times a second until its input ends; a process of its
own, so that it waits for nobody but the gateway. Prints a JSON array of
[status, milliseconds], status 0 where there was no answer.

usage: python3 -m tests.bench.health PORT
"""

import http.client
import json
import select
import subprocess
import sys
import time

EVERY_SECONDS = 0.1
TIMEOUT_SECONDS = 20


class Health:
    """That process, asking from here on."""

    def __init__(self, port):
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def answers(self):
        """Ends it: [(status, milliseconds)]."""
        output, _ = self._process.communicate(timeout=2 * TIMEOUT_SECONDS)
        return [tuple(answer) for answer in json.loads(output)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()


def ask(port):
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/readyz")
        status = connection.getresponse().status
    except OSError:
        status = 0
    finally:
        connection.close()
    return status, (time.monotonic() - begun) * 1e3


def main(port):
    answers = []
    while not select.select([sys.stdin], [], [], EVERY_SECONDS)[0]:
        answers.append(ask(port))
    print(json.dumps(answers))


if __name__ == "__main__":
    main(int(sys.argv[1]))
