"""The Kubernetes webhook's other side: reviews as a kube-apiserver sends them."""

import http.client
import json
import ssl

from .process import run


def make_certificate(directory):
    """(certificate, key): files for a server on loopback."""
    certificate, key = directory / "tls.crt", directory / "tls.key"
    run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"]
        + ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=plimsoll"]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        + ["-keyout", key, "-out", certificate]
    ).check()
    return certificate, key


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


class WebhookClient:
    """Calls a webhook on a loopback port that has this certificate; shows
    `client`, a Pair, where it is given."""

    def __init__(self, port, certificate, client=None):
        self._port = port
        self._context = ssl.create_default_context(cafile=certificate)
        if client:
            self._context.load_cert_chain(client.certificate, client.key)

    def validate(self, document, timeout="10s"):
        """(status, body) of a review, as a value or as bytes."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self._port, context=self._context, timeout=30
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
