"""The manifest's PUT: to the registry, and through the gateway to it, where it
is held, authorised, judged by a policy as for production, recorded, forwarded.

Every manifest has a config and a tag of its own, so that nothing is known of
it; its layers are known, as a base's and those that change seldom are.
"""

import os
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.e2e.harness.gateway import Gateway
from tests.e2e.harness.process import wait_until
from tests.e2e.harness.raw_client import RawClient, digest_of
from tests.e2e.harness.registry import Registry
from tests.e2e.harness.scan_report import trivy_report

from .cpu import cpu_seconds
from .image import Image, layer_of
from .load import Load, drive, request
from .programs import ROOT
from .rows import percentile
from .setting import memory, rotated, scratch

ABOUT = "PUT of manifests, through the gateway and to the registry itself"
NOTES = """\
upstream: docker-registry, behind both targets, its files in memory where
  /dev/shm has room; the gateway's database in TMPDIR, synced
policy: examples/production.yaml, enforced; the base is catalogued and scanned
cpu: of the gateway; registry-cpu: of docker-registry
added-p50, added-p99: plimsoll's less bare's of the same run
fsync: of 4 KiB appended to a file beside the database, which a push waits for
"""
RUNS = 5

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
BASE = "docker.io/library/debian:12"
REPOSITORY = "shop/app"
# How many push at once, and how many pushes a run has then.
PUSHES = {1: 80, 16: 240, 64: 480}
QUICK_PUSHES = {1: 10, 16: 32, 64: 64}
UPLOADERS = 8  # of configs, before a run
SYNCS = 200  # of which a run's figures of the disk are


@dataclass(frozen=True)
class Target:
    name: str
    port: int
    repository: str
    pids: dict  # {metric: pid} of whose CPU is measured

    @property
    def client(self):
        return RawClient(f"127.0.0.1:{self.port}")


def measure(stack, setting, samples):
    image, targets = start(stack, setting.directory)
    pushes = QUICK_PUSHES if setting.quick else PUSHES
    for number in setting.rounds():
        note_fsync(samples, setting.directory)
        for clients, count in pushes.items():
            micros = {}
            for target in rotated(targets, number):
                made = configs(image, f"{number}-{clients}-{target.name}", count)
                upload_configs(target, made)
                requests = puts(target, image, made)
                micros[target.name] = run(samples, target, clients, requests)
            note_added(samples, clients, micros)


# What stands there before the first run.


def start(stack, directory):
    base, added = layer_of("base", 24), layer_of("app", 4)
    # A registry's many files take longer to remove from a disk than to write.
    kept = scratch(stack, memory())
    registry = stack.enter_context(Registry(kept / "registry"))
    spec = {"policies": [str(ROOT / "examples/production.yaml")]}
    gateway = Gateway(directory / "gateway", registry.url, spec=spec)
    stack.enter_context(gateway)
    publish_base(Image([base]), registry, gateway)
    image = Image([base, added])
    # Two repositories: neither target finds what the other has stored.
    pids = {"registry-cpu": registry.pid}
    targets = [
        Target("plimsoll", gateway.port, REPOSITORY, {"cpu": gateway.pid, **pids}),
        Target("bare", registry.port, "bare/app", pids),
    ]
    for target in targets:
        warm_up(target, image)
    proven(gateway)
    return image, targets


def publish_base(image, registry, gateway):
    client, repository = RawClient(registry.host), "base/debian"
    for blob in (*image.blobs, image.config("base")):
        client.upload_blob(repository, blob)
    manifest = image.manifest(image.config("base"))
    stored = client.put_manifest(repository, "12", manifest, MANIFEST)
    if stored.status != 201:
        raise RuntimeError(f"the base is refused: {stored.body!r}")
    name = f"{registry.host}/{repository}"
    gateway.catalog_add(BASE, f"{name}:12", "--approve").check()
    digest = digest_of(manifest)
    config = image.config("base")
    report = trivy_report(
        image.config_value("base"), digest_of(config), [f"{name}@{digest}"], []
    )
    gateway.report_add(digest, report).check()


def warm_up(target, image):
    """The first push, again and again until it is admitted: the gateway must
    hear of the base, and inspect the layers."""
    config = image.config("first")
    for blob in (*image.blobs, config):
        target.client.upload_blob(target.repository, blob)

    def admitted():
        answer = target.client.put_manifest(
            target.repository, "first", image.manifest(config), MANIFEST
        )
        return answer.status == 201

    wait_until(admitted, 60, f"admission of the first push to {target.name}")


def proven(gateway):
    """The pushes are of the kind that is meant: judged, on a proven base."""
    decision = gateway.decisions("--repository", REPOSITORY)[0]
    base = decision["images"][0]["base"]
    if (decision["outcome"], base["proof"]) != ("admit", "verified"):
        raise RuntimeError(f"not admitted on a verified base: {decision}")


# A run.


def configs(image, label, count):
    return [image.config(f"{label}-{number}") for number in range(count)]


def upload_configs(target, made):
    """As a client does before it pushes the manifest: through the target."""
    uploads = f"/v2/{target.repository}/blobs/uploads/"
    post = request("POST", uploads, [("Content-Length", 0)])
    begun = drive(
        target.port, Load([post], len(made), UPLOADERS, header="Location"), 202
    )
    sent = []
    for location, config in zip(begun.headers, made):
        where = urlsplit(location)
        query = f"{where.query}&digest={digest_of(config)}".lstrip("&")
        sent.append(request("PUT", f"{where.path}?{query}", body=config))
    drive(target.port, Load(sent, len(sent), UPLOADERS), 201)


def puts(target, image, made):
    return [
        request(
            "PUT",
            f"/v2/{target.repository}/manifests/{digest_of(config)[7:23]}",
            [("Content-Type", MANIFEST)],
            image.manifest(config),
        )
        for config in made
    ]


def case_of(clients):
    return f"{clients}-client" + ("s" if clients > 1 else "")


def run(samples, target, clients, requests):
    """How long each took, in microseconds."""
    before = {metric: cpu_seconds(pid) for metric, pid in target.pids.items()}
    outcome = drive(target.port, Load(requests, len(requests), clients), 201)
    case = case_of(clients)

    def add(metric, unit, value):
        samples.add(case, target.name, metric, unit, value)

    add("p50", "ms", percentile(outcome.micros, 50) / 1e3)
    add("p99", "ms", percentile(outcome.micros, 99) / 1e3)
    add("throughput", "1/s", len(requests) / outcome.seconds)
    for metric, pid in target.pids.items():
        used = cpu_seconds(pid) - before[metric]
        add(metric, "ms/push", used * 1e3 / len(requests))
    return outcome.micros


def note_added(samples, clients, micros):
    for percent in (50, 99):
        through, bare = (
            percentile(micros[name], percent) for name in ("plimsoll", "bare")
        )
        added = (through - bare) / 1e3
        samples.add(case_of(clients), "plimsoll", f"added-p{percent}", "ms", added)


def note_fsync(samples, directory):
    """What the disk under the gateway's database takes to keep a record."""
    micros = []
    file = os.open(directory / "fsync", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        for _ in range(SYNCS):
            begun = time.perf_counter()
            os.write(file, bytes(4096))
            os.fsync(file)
            micros.append((time.perf_counter() - begun) * 1e6)
    finally:
        os.close(file)
    for percent in (50, 99):
        value = percentile(micros, percent) / 1e3
        samples.add("fsync", "disk", f"p{percent}", "ms", value)
