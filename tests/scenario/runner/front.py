"""A registry and a gateway in front of it, with every scenario's bases and
policies; and what each of its doors says of one image."""

import contextlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ...e2e.harness.gateway import BINARY, Gateway
from ...e2e.harness.grpc_client import GrpcClient
from ...e2e.harness.process import on_a_free_port, run, wait_until
from ...e2e.harness.raw_client import RawClient
from ...e2e.harness.webhook import WebhookClient, make_certificate, review
from .place import place

REGISTRY = "registry.example.com"  # as pods name it
CHECKS_AT_ONCE = 3


@dataclass
class Answer:
    """What one door said."""

    door: str  # "push by tag"
    decision: dict
    let_through: bool  # what the client was answered


@dataclass
class Subject:
    """An image on its way through the doors."""

    repository: str
    tag: str
    built: object
    layout: str  # "oci:DIR:TAG"


class Front:
    """Started once for many scenarios; `stop` ends what it started.

    `directory` is short: a socket lies in it. `policies` is a directory of
    policy files, `store` the database that the bases are in.
    """

    def __init__(self, directory, registry, *, policies, store, observed=()):
        directory.mkdir()
        certificate, key = make_certificate(directory)
        webhook = on_a_free_port(lambda free: free)
        socket = f"unix:{directory / 'grpc.sock'}"
        self._log_path = directory / "decisions.jsonl"
        self._log_at = 0
        self.policies = policies
        self.store = store
        self.registry = registry
        observe = {"repositories": list(observed), "mode": "observe"}
        spec = {
            "policies": [str(policies)],
            "store": {"sqlite": str(store)},
            "decisionLog": str(self._log_path),
            "grpc": socket,
            "webhook": {
                "listen": f"127.0.0.1:{webhook}",
                "tls": {"certificate": str(certificate), "key": str(key)},
                "registries": [REGISTRY],
            },
            **({"modes": [observe]} if observed else {}),
        }
        settings = {"anonymousReads": True}
        self._webhook = WebhookClient(webhook, certificate)
        with contextlib.ExitStack() as started:
            self.gateway = started.enter_context(
                Gateway(directory, registry.url, upstream_settings=settings, spec=spec)
            )
            self._grpc = GrpcClient(socket)
            started.callback(self._grpc.close)
            self._started = started.pop_all()

    def stop(self):
        self._started.close()

    # Doors. Those after the push need the image in the registry.

    def push(self, subject):
        """By digest, which is staged, and then by tag."""
        client = RawClient(self.gateway.host)
        registry = RawClient(self.registry.host)
        place(client, subject.repository, subject.built, instead=registry)
        return [
            self._push(client, subject, "push by digest", subject.built.digest),
            self._push(client, subject, "push by tag", subject.tag),
        ]

    def _push(self, client, subject, door, reference):
        built = subject.built
        answer = client.put_manifest(
            subject.repository, reference, built.data, built.media_type
        )
        decision = self._logged("push", subject.repository, reference)
        return Answer(door, decision, answer.status == 201)

    def ask(self, subject, *more_checks):
        """All doors that judge what is in the registry; checks run beside the
        calls. `more_checks` are arguments of `check`."""
        digest = subject.built.digest
        references = (("tag", subject.tag), ("digest", digest))
        with ThreadPoolExecutor(CHECKS_AT_ONCE) as pool:
            checks = [
                pool.submit(self._check, f"check by {by}", subject, reference)
                for by, reference in references
            ]
            checks += [pool.submit(self.check, *more) for more in more_checks]
            answers = [
                self._ask_grpc("grpc by digest, staged", subject, digest, "staged")
            ]
            for by, reference in references:
                answers += [
                    self._ask_grpc(f"grpc by {by}", subject, reference),
                    self._ask_webhook(f"webhook by {by}", subject, reference),
                ]
        return answers + [check.result() for check in checks]

    def _ask_grpc(self, door, subject, reference, stage="judged"):
        decision = self._grpc.evaluate(
            repository=subject.repository, reference=reference, stage=stage
        )
        return Answer(door, decision, _lets_through(decision))

    def _ask_webhook(self, door, subject, reference):
        separator = "@" if ":" in reference else ":"
        image = f"{REGISTRY}/{subject.repository}{separator}{reference}"
        status, text = self._webhook.validate(review("uid", image))
        if status != 200:
            raise AssertionError(f"{door}: {status} {text!r}")
        decision = self._logged("webhook", subject.repository, reference)
        return Answer(door, decision, json.loads(text)["response"]["allowed"])

    def _check(self, door, subject, reference):
        separator = "@" if ":" in reference else ":"
        image = f"{self.registry.host}/{subject.repository}{separator}{reference}"
        return self.check(door, image, "--plain-http", "--store", self.store)

    def check(self, door, image, *options):
        """`plimsoll check`, whose exit tells the outcome too."""
        checked = run(
            [BINARY, "check", "-o", "json", "--policy", self.policies, *options, image]
        )
        if checked.code not in (0, 2):
            raise AssertionError(f"{door}: exit {checked.code}: {checked.output}")
        decision = json.loads(checked.output)
        return Answer(door, decision, checked.code == 0)

    # What the gateway decided, from its decision log, which is written soon
    # after the answer.

    def _logged(self, door, repository, reference):
        wanted = {"door": door, "repository": repository, "reference": reference}

        def found():
            matching = (d for d in self._new_decisions() if wanted.items() <= d.items())
            return next(matching, None)

        return wait_until(found, 20, f"decision of {door} on {repository} {reference}")

    def _new_decisions(self):
        with open(self._log_path, "rb") as log:
            log.seek(self._log_at)
            whole = log.read().rpartition(b"\n")[0]
        if not whole:
            return []
        self._log_at += len(whole) + 1
        return [json.loads(line) for line in whole.splitlines()]


def _lets_through(decision):
    return decision["outcome"] != "deny" or not decision["enforced"]
