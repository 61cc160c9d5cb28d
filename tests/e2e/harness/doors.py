"""The doors that read for themselves: the gRPC API and the webhook."""

import json

from .gateway import ROOT
from .process import on_a_free_port, run
from .webhook import WebhookClient, make_certificate

GRPC_CALL = ROOT / "tests/e2e/harness/grpc_call.py"
# Under which clusters pull what the gateway judges.
REGISTRY = "registry.example.com"


class Doors:
    """A socket and a port, with a certificate in `directory`. `spec` is what
    the gateway's configuration says of them."""

    def __init__(self, directory):
        self.socket = directory / "grpc.sock"
        self.certificate, key = make_certificate(directory)
        port = on_a_free_port(lambda free: free)
        self.validate = WebhookClient(port, self.certificate).validate
        self.spec = {
            "grpc": f"unix:{self.socket}",
            "webhook": {
                "listen": f"127.0.0.1:{port}",
                "tls": {"certificate": str(self.certificate), "key": str(key)},
                "registries": [REGISTRY],
            },
        }

    def evaluate(self, **request):
        """The gRPC call of that request, finished."""
        return run(
            ["/usr/bin/python3", GRPC_CALL]
            + [f"unix:{self.socket}", json.dumps(request)]
        )
