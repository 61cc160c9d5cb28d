"""The doors that read for themselves: the gRPC API and the webhook."""

import http.client
import json
import ssl

from .gateway import ROOT
from .process import on_a_free_port, run

GRPC_CALL = ROOT / "tests/e2e/harness/grpc_call.py"
# Under which clusters pull what the gateway judges.
REGISTRY = "registry.example.com"


def review(uid, *images):
    """What a kube-apiserver sends for the creation of a pod."""
    containers = [{"name": f"c{i}", "image": image} for i, image in enumerate(images)]
    kind = {"group": "", "version": "v1", "kind": "Pod"}
    resource = {"group": "", "version": "v1", "resource": "pods"}
    return {
        "kind": "AdmissionReview",
        "apiVersion": "admission.k8s.io/v1",
        "request": {
            "uid": uid,
            "kind": kind,
            "resource": resource,
            "requestKind": kind,
            "requestResource": resource,
            "name": "web",
            "namespace": "default",
            "operation": "CREATE",
            "userInfo": {"username": "alice", "groups": ["system:authenticated"]},
            "object": {
                "kind": "Pod",
                "apiVersion": "v1",
                "metadata": {"name": "web", "namespace": "default"},
                "spec": {"containers": containers},
            },
            "oldObject": None,
            "dryRun": False,
            "options": {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"},
        },
    }


def make_certificate(directory):
    """The files of a certificate for localhost, its own authority, and its key."""
    certificate, key = directory / "tls.crt", directory / "tls.key"
    run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"]
        + ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=plimsoll"]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        + ["-keyout", key, "-out", certificate]
    ).check()
    return certificate, key


class Doors:
    """A socket and a port, with a certificate in `directory`. `spec` is what
    the gateway's configuration says of them."""

    def __init__(self, directory):
        self.socket = directory / "grpc.sock"
        self.certificate, key = make_certificate(directory)
        self._webhook_port = on_a_free_port(lambda free: free)
        self.spec = {
            "grpc": f"unix:{self.socket}",
            "webhook": {
                "listen": f"127.0.0.1:{self._webhook_port}",
                "certificate": str(self.certificate),
                "key": str(key),
                "registries": [REGISTRY],
            },
        }

    def validate(self, document, timeout="10s"):
        """Status and body of the webhook's answer."""
        context = ssl.create_default_context(cafile=self.certificate)
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self._webhook_port, context=context, timeout=30
        )
        body = document if isinstance(document, bytes) else json.dumps(document)
        connection.request(
            "POST",
            f"/kubernetes/validate?timeout={timeout}",
            body,
            {"Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text

    def evaluate(self, **request):
        """The gRPC call of that request, finished."""
        return run(
            ["/usr/bin/python3", GRPC_CALL]
            + [f"unix:{self.socket}", json.dumps(request)]
        )
