"""Bodies and small requests through the gateway, through nginx, and straight to
the upstream. That is bench_sink, which costs so little that the proxy is what
is measured. One loop or worker each; plain HTTP."""

from dataclasses import dataclass

from tests.e2e.harness.gateway import Gateway

from .cpu import cpu_seconds
from .load import Load, drive, request
from .programs import ROOT, nginx, sink
from .setting import rotated

ABOUT = "blobs and small requests, against nginx and no proxy at all"
NOTES = """\
upstream: bench_sink, which serves filler and swallows bodies; no registry
cpu: of the proxy (all its threads, user and system), not of client or upstream
bare: straight to the upstream; nginx: one worker, tuned (docs/bench.md)
"""
RUNS = 9

DIGEST = "sha256:" + "0" * 64
UPLOAD = "/v2/bench/blobs/uploads/1"
# How Go's client, and so docker, cuts a body whose length it does not know.
DOCKER_CHUNK_BYTES = 32 << 10
CLIENTS = 64  # that send small requests


@dataclass(frozen=True)
class Case:
    name: str
    load: Load
    expected: int  # status
    body_bytes: int = 0  # moved by the whole load; 0 where requests count


@dataclass(frozen=True)
class Target:
    name: str
    port: int
    pid: int  # of the proxy; 0 where there is none


def measure(stack, setting, samples):
    size = (64 if setting.quick else 1024) << 20
    cases = bodies(size) + small_requests(2_000 if setting.quick else 40_000)
    targets = start(stack, setting.directory, size)
    for case in cases:
        for target in targets:  # to warm up
            run(case, target)
    for number in setting.rounds():
        for case in cases:
            for target in rotated(targets, number):
                note(samples, case, target, *run(case, target))


def bodies(size):
    """A blob out, in, and in as docker sends it."""
    get = request("GET", f"/v2/bench/blobs/{DIGEST}")
    put = request("PUT", f"{UPLOAD}?digest={DIGEST}", [("Content-Length", size)])
    patch = request("PATCH", UPLOAD, [("Transfer-Encoding", "chunked")])
    chunks = Load([patch], 1, body_bytes=size, chunk_bytes=DOCKER_CHUNK_BYTES)
    return [
        Case("get", Load([get], 1), 200, size),
        Case("put", Load([put], 1, body_bytes=size), 201, size),
        Case("patch-chunked", chunks, 202, size),
    ]


def small_requests(total):
    ping = request("GET", "/v2/")
    manifest = request("GET", "/v2/bench/manifests/v1")
    return [
        Case("ping", Load([ping], total, CLIENTS), 200),
        Case("get-manifest", Load([manifest], total, CLIENTS), 200),
    ]


def start(stack, directory, blob_bytes):
    upstream = stack.enter_context(sink(directory, blob_bytes))
    policies = [str(ROOT / "examples/production.yaml")]
    spec = {"policies": policies, "limits": {"threads": 1}}
    gateway = Gateway(directory / "gateway", upstream.url, spec=spec)
    stack.enter_context(gateway)
    peer = stack.enter_context(nginx(directory / "nginx", upstream.port))
    return [
        Target("plimsoll", gateway.port, gateway.pid),
        Target("bare", upstream.port, 0),
        Target("nginx", peer.port, peer.pid),
    ]


def run(case, target):
    """Seconds that it took, and CPU seconds of the proxy."""
    before = cpu_seconds(target.pid) if target.pid else 0
    outcome = drive(target.port, case.load, case.expected)
    after = cpu_seconds(target.pid) if target.pid else 0
    sent = case.load.body_bytes * case.load.total
    if case.body_bytes and case.body_bytes != sent + outcome.received_bytes:
        raise RuntimeError(f"{target.name} {case.name}: a body was cut short")
    return outcome.seconds, after - before


def note(samples, case, target, seconds, cpu):
    if case.body_bytes:
        count, speed, cost, scale = case.body_bytes / 1e9, "GB/s", "s/GB", 1
    else:
        count, speed, cost, scale = case.load.total, "1/s", "us/request", 1e6
    samples.add(case.name, target.name, "throughput", speed, count / seconds)
    if target.pid:
        samples.add(case.name, target.name, "cpu", cost, cpu * scale / count)
