"""The gRPC API's other side, in a process of the system's own Python."""

import json
import subprocess
from pathlib import Path

CALL = Path(__file__).with_name("grpc_call.py")


class GrpcClient:
    """Calls AdmissionService.Evaluate at `address`, as often as is wanted, over
    one channel."""

    def __init__(self, address):
        self._process = subprocess.Popen(
            ["/usr/bin/python3", str(CALL), address, "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def evaluate(self, **request):
        """The decision, or raises with the call's status."""
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError("the gRPC client ended")
        reply = json.loads(line)
        if "error" in reply:
            raise AssertionError(reply["error"])
        return reply["decision"]

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
