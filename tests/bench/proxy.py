"""Bodies and small requests through the gateway, through nginx and HAProxy, and
straight to the upstream. That is bench_sink, which costs so little that the
proxy is what is measured. One loop, worker or thread each."""

import hashlib
import subprocess
import time
from dataclasses import dataclass

from tests.e2e.harness.gateway import Gateway
from tests.e2e.harness.raw_client import digest_of

from .cpu import cpu_seconds, forget_peak, peak_bytes
from .image import layer_of, tar_of
from .load import Load, drive, request
from .programs import ROOT, certificate, haproxy, nginx, sink
from .setting import rotated

ABOUT = "blobs and small requests, against nginx, HAProxy and no proxy at all"
NOTES = """\
upstream: bench_sink, which serves filler and swallows bodies; no registry
cpu: of the proxy (all its threads, user and system), not of client or upstream
bare: straight to the upstream; nginx, haproxy: one thread, tuned (docs/bench.md)
"""
RUNS = 7
BUDGET_SECONDS = 840

DIGEST = "sha256:" + "0" * 64
UPLOAD = "/v2/bench/blobs/uploads/1"
# How Go's client, and so docker, cuts a body whose length it does not know.
DOCKER_CHUNK_BYTES = 32 << 10
MANY = 32  # bodies at once
CLIENTS = 64  # that send small requests
# A layer that is a plain tar: inspected too, but there is nothing to inflate. Its
# floor is what the same bytes cost uninspected, and one SHA-256 of them.
HASHED = "hashed/plain/1"


@dataclass(frozen=True)
class Case:
    name: str
    load: Load
    expected: int  # status
    body_bytes: int = 0  # moved by the whole load; 0 where requests count
    in_requests: bool = False  # the bodies are literal: bench_load sends all of it


@dataclass(frozen=True)
class Target:
    name: str
    port: int
    pid: int  # of the proxy; 0 where there is none


def measure(stack, setting, samples):
    size = (64 if setting.quick else 1024) << 20
    groups = []
    for form in ("plain", "tls"):
        for count in (1, MANY):
            directory = setting.directory / f"{form}-{count}"
            targets = start(stack, directory, form, size // count)
            groups.append((bodies(size, form, count), targets))
    small = small_requests(2_000 if setting.quick else 40_000)
    small["plain", 1].append(inspected(4 if setting.quick else 96))
    tar = tar_of("hashed", 4 if setting.quick else 60)  # bench_load takes 16 MiB
    small["plain", 1].append(uploads(HASHED, tar, 4 if setting.quick else 64))
    for cases, targets in groups:
        cases += small.pop((cases[0].load.form, cases[0].load.clients), [])
    for cases, targets in groups:
        for case in cases:
            for target in targets:  # to warm up
                run(case, target)
    for number in setting.rounds(BUDGET_SECONDS):
        costs = {}
        for cases, targets in groups:
            for case in cases:
                for target in rotated(targets, number):
                    cost = costs[case.name, target.name] = run(case, target)
                    note(samples, case, target, cost)
        floor = costs["put/plain/1", "plimsoll"].cpu * 1e9 / size + hashing(tar)
        samples.add(HASHED, "floor", "cpu_s_per_gb", "s/GB", floor)


def bodies(size, form, count):
    """Blobs out, in, and in as docker sends them: `size` bytes in all."""
    each = size // count
    get = request("GET", f"/v2/bench/blobs/{DIGEST}")
    put = request("PUT", f"{UPLOAD}?digest={DIGEST}", [("Content-Length", each)])
    patch = request("PATCH", UPLOAD, [("Transfer-Encoding", "chunked")])
    many = {"total": count, "clients": count, "form": form}
    chunks = {"body_bytes": each, "chunk_bytes": DOCKER_CHUNK_BYTES}
    name = f"{form}/{count}"
    return [
        Case(f"get/{name}", Load([get], **many), 200, size),
        Case(f"put/{name}", Load([put], body_bytes=each, **many), 201, size),
        Case(f"chunked/{name}", Load([patch], **chunks, **many), 202, size),
    ]


def inspected(files):
    layer, _ = layer_of("inspected", files, text=True)
    return uploads("inspected/plain/1", layer, 8)


def uploads(name, layer, total):
    """A layer, sent again and again: where a policy looks at bases the gateway
    inflates it as it passes, and hashes what comes out. The peers pass it on."""
    put = request("PUT", f"{UPLOAD}?digest={digest_of(layer)}", body=layer)
    moved = total * len(layer)
    return Case(name, Load([put], total), 201, moved, in_requests=True)


def hashing(content):
    """CPU seconds of SHA-256 for a gigabyte, in pieces of 64 KiB."""
    view = memoryview(content)
    digest = hashlib.sha256()
    before = time.process_time()
    for start in range(0, len(view), 64 << 10):
        digest.update(view[start : start + (64 << 10)])
    return (time.process_time() - before) * 1e9 / len(view)


def small_requests(total):
    """By the form and the number of bodies of the targets that they go to."""
    ping = request("GET", "/v2/")
    manifest = request("GET", "/v2/bench/manifests/v1")
    new = Load([ping], total // 20, form="tls-new")
    return {
        ("plain", 1): [
            Case(f"small/plain/{CLIENTS}", Load([ping], total, CLIENTS), 200),
            Case(f"manifest/plain/{CLIENTS}", Load([manifest], total, CLIENTS), 200),
        ],
        ("tls", 1): [Case("newconn/tls/1", new, 200)],
    }


def start(stack, directory, form, blob_bytes):
    directory.mkdir()
    upstream = stack.enter_context(sink(directory, blob_bytes))
    pem = certificate(directory) if form == "tls" else None
    # What it enforces looks at bases; filler is no layer, and not looked at.
    spec = {"policies": [str(ROOT / "examples/production.yaml")]}
    spec["limits"] = {"threads": 1}
    if pem:
        spec["tls"] = {"certificate": str(pem), "key": str(pem)}
    gateway = Gateway(directory / "gateway", upstream.url, spec=spec)
    stack.enter_context(gateway)
    targets = [Target("plimsoll", gateway.port, gateway.pid)]
    if not pem:
        targets.append(Target("bare", upstream.port, 0))
    for name, peer in (("nginx", nginx), ("haproxy", haproxy)):
        proxy = stack.enter_context(peer(directory / name, upstream.port, pem))
        targets.append(Target(name, proxy.port, proxy.pid))
    return targets


@dataclass(frozen=True)
class Cost:
    seconds: float
    cpu: float  # seconds of the proxy
    peak: int  # resident bytes of the proxy


def run(case, target):
    before = cpu_seconds(target.pid) if target.pid else 0
    if target.pid:
        forget_peak(target.pid)
    outcome = drive(target.port, case.load, case.expected)
    after = cpu_seconds(target.pid) if target.pid else 0
    peak = peak_bytes(target.pid) if target.pid else 0
    sent = case.load.body_bytes * case.load.total
    checked = case.body_bytes and not case.in_requests
    if checked and case.body_bytes != sent + outcome.received_bytes:
        raise RuntimeError(f"{target.name} {case.name}: a body was cut short")
    return Cost(outcome.seconds, after - before, peak)


def note(samples, case, target, cost):
    def add(metric, unit, value):
        samples.add(case.name, target.name, metric, unit, value)

    if case.body_bytes:
        gigabytes = case.body_bytes / 1e9
        add("gb_per_s", "GB/s", gigabytes / cost.seconds)
    else:
        add("throughput", "1/s", case.load.total / cost.seconds)
    if not target.pid:
        return
    if case.body_bytes:
        add("cpu_s_per_gb", "s/GB", cost.cpu / gigabytes)
    else:
        add("cpu_us_per_request", "us", cost.cpu * 1e6 / case.load.total)
    add("rss_mb", "MB", cost.peak / 1e6)
