"""More than the gateway is to take at once: a crowd of connections and of large
manifests that arrive slowly, and uploads, also while the upstream stands still.
Fails where a request is neither answered nor shed as documented; how much memory
and time that takes is told, and judged by nobody."""

import os
import signal
import sqlite3
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from tests.e2e.harness.gateway import Gateway, policy
from tests.e2e.harness.raw_client import RawClient, digest_of
from tests.e2e.harness.registry import Registry

from .crowd import Addresses, Plan, allow_descriptors, idle_connections, run, still_open
from .cpu import forget_peak, peak_bytes
from .health import Health
from .image import Image, layer_of
from .load import Load, drive, request
from .memory import KernelPeak
from .programs import sink
from .push import MANIFEST
from .rows import percentile
from .setting import memory, scratch

ABOUT = "a crowd of slow clients, and uploads to an upstream that stands still"
NOTES = """\
memory: the gateway's peak resident, and what the kernel keeps for the sockets of
  both its legs (ss -tm), sampled each second
health: /readyz, ten times a second; pulls: of 1 MiB, four at a time, all the while
crowd: behind it docker-registry; uploads: bench_sink, stopped by SIGSTOP to stall
"""
RUNS = 1

MIB = 1 << 20
REPOSITORY = "soak/app"
MANIFEST_BYTES = 4 * MIB
# The body is sent for so long: the gateway waits 30 s for it.
BODY_SECONDS = 20
PULL_BYTES = MIB
SIPPED_BYTES = 128 << 10  # by slow pulls; the kernel keeps it all, for each
PULLS = 40  # in one batch
UPLOAD = "/v2/soak/blobs/uploads/1"
# Shed or late as docs/configuration.md says, or taken.
ANSWERS = {201, 408, 503}
# A connection buffer as systems have it by default (net.core.rmem_max).
DEFAULT_CLAMP = "208Ki"


@dataclass(frozen=True)
class Shape:
    idle: int
    slow: int
    puts: int
    body_seconds: float
    uploads: int
    upload_bytes: int
    stall_seconds: float


FULL = Shape(10_000, 2_000, 1_000, BODY_SECONDS, 32, 1024 * MIB, 8)
QUICK = Shape(200, 50, 20, 3, 4, 64 * MIB, 2)


def measure(stack, setting, samples):
    shape = QUICK if setting.quick else FULL
    descriptors = allow_descriptors()
    # Of the gateway: a slow pull has both its legs and, for half of the slow
    # ones, a pipe between them; a push has both.
    if descriptors < shape.idle + 3 * shape.slow + 2 * shape.puts + 200:
        raise RuntimeError(
            f"{descriptors} file descriptors are too few: raise the hard limit (ulimit -Hn)"
        )
    for _ in setting.rounds():
        crowd(setting.directory, shape, samples)
        uploads(setting.directory, shape, samples, "uploads", {})
        clamped = {"pushBuffer": DEFAULT_CLAMP}
        uploads(setting.directory, shape, samples, f"uploads-{DEFAULT_CLAMP}", clamped)


# The crowd.


@contextmanager
def behind_gateway(directory, upstream_url, limits):
    """A gateway that admits small images and has few limits in the way."""
    small = {"name": "small", "check": "image.size", "with": {"maxLayers": 50}}
    place = directory / f"gateway-{time.monotonic_ns()}"
    spec = {"limits": limits}
    with Gateway(place, upstream_url, policies=[policy("all", [small])], spec=spec) as one:
        yield one


def crowd(directory, shape, samples):
    # 4 MiB manifests would be the disk's measure otherwise.
    with closing_scratch() as kept, Registry(kept / "registry") as registry:
        limits = {"maxConnections": 2 * (shape.idle + shape.slow + shape.puts)}
        with behind_gateway(directory, registry.url, limits) as gateway:
            plan, fast = prepared(gateway, shape)
            addresses = Addresses()
            idle = idle_connections(shape.idle, addresses, gateway.port)
            try:
                forget_peak(gateway.pid)
                seen = under_way(gateway, registry, plan, addresses, fast, samples)
                check(seen, idle, gateway)
            finally:
                for client in idle:
                    client.close()
            tell(samples, seen, gateway, shape)


@contextmanager
def closing_scratch():
    with ExitStack() as stack:
        yield scratch(stack, memory())


def prepared(gateway, shape):
    """What is pushed and pulled, stored; one push has been admitted."""
    client = RawClient(gateway.host)
    layer = layer_of("soak", 1)
    image = Image([layer])
    config = image.config("soak")
    sipped = client.upload_blob(REPOSITORY, os.urandom(SIPPED_BYTES))
    pulled = client.upload_blob(REPOSITORY, os.urandom(PULL_BYTES))
    for blob in (*image.blobs, config):
        client.upload_blob(REPOSITORY, blob)
    body = image.manifest(config).ljust(MANIFEST_BYTES)
    stored = client.put_manifest(REPOSITORY, "first", body, MANIFEST)
    if stored.status != 201:
        raise RuntimeError(f"the manifest is refused: {stored.body!r}")
    plan = Plan(
        port=gateway.port,
        heads=shape.slow // 2,
        pulls=shape.slow - shape.slow // 2,
        pull=request("GET", f"/v2/{REPOSITORY}/blobs/{sipped}"),
        puts=shape.puts,
        put_path=f"/v2/{REPOSITORY}/manifests/{{}}",
        content_type=MANIFEST,
        body=body,
        body_seconds=shape.body_seconds,
    )
    return plan, Load([request("GET", f"/v2/{REPOSITORY}/blobs/{pulled}")], PULLS, 4)


class Pulls:
    """Batches of pulls, one after the other until it is left: each must be 200
    and whole."""

    def __init__(self, port, load):
        self.micros, self._error = [], None
        self._port, self._load = port, load
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._pull, daemon=True)

    def _pull(self):
        try:
            while not self._over.is_set():
                outcome = drive(self._port, self._load, 200)
                if outcome.received_bytes != PULLS * PULL_BYTES:
                    raise RuntimeError(f"pulls of {outcome.received_bytes} bytes in all")
                self.micros += outcome.micros
        except Exception as error:  # told by whom waits for it
            self._error = error

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def times(self):
        if self._error:
            raise RuntimeError(f"pulls: {self._error}") from self._error
        return self.micros


def under_way(gateway, registry, plan, addresses, fast, samples):
    with Health(gateway.admin_port) as health:
        with KernelPeak(gateway.port, registry.port) as kernel:
            with Pulls(gateway.port, fast) as pulls:
                seen = run(plan, addresses)
        asked = health.answers()
    if any(status != 200 for status, _ in asked):
        raise RuntimeError(f"/readyz: {sorted({status for status, _ in asked})}")
    add = adder(samples, "crowd")
    add("kernel memory", "MiB", kernel.bytes / MIB)
    add("health p50", "ms", percentile([ms for _, ms in asked], 50))
    add("health max", "ms", max(ms for _, ms in asked))
    add("pulls", "whole", len(pulls.times()))
    add("pull p50", "ms", percentile(pulls.times(), 50) / 1e3)
    add("pull max", "ms", max(pulls.times()) / 1e3)
    return seen


def check(seen, idle, gateway):
    """Everything is answered or shed, and what was admitted is recorded."""
    wrong = {status for status in seen.puts if status not in ANSWERS}
    if wrong or seen.no_retry_after:
        raise RuntimeError(
            f"pushes: {dict(seen.puts)}, without Retry-After: {seen.no_retry_after}"
        )
    if set(seen.heads) - {408} or set(seen.pulls) - {200}:
        raise RuntimeError(f"slow: heads {dict(seen.heads)}, pulls {dict(seen.pulls)}")
    lost = sum(not still_open(client) for client in idle)
    if lost:
        raise RuntimeError(f"{lost} of {len(idle)} idle connections were ended")
    recorded = forwarded(gateway)
    if recorded != seen.puts[201] + 1:  # and the first
        raise RuntimeError(f"{recorded} recorded, {seen.puts[201] + 1} taken")


def forwarded(gateway):
    asked = "SELECT count(*) FROM decisions WHERE state = 'forwarded'"
    with closing(sqlite3.connect(gateway.store)) as database:
        return database.execute(asked).fetchone()[0]


def tell(samples, seen, gateway, shape):
    add = adder(samples, "crowd")
    add("user memory", "MiB", peak_bytes(gateway.pid) / MIB)
    add("idle", "kept", shape.idle)
    for status in sorted(ANSWERS):
        add(f"pushes {status}", "count", seen.puts[status])
    if seen.seconds:
        add("push 201 max", "s", max(seen.seconds))
    add("slow heads", "408", seen.heads[408])


def adder(samples, case):
    return lambda metric, unit, value: samples.add(case, "plimsoll", metric, unit, value)


# The uploads.


def uploads(directory, shape, samples, case, limits):
    with sink(directory, PULL_BYTES) as upstream:
        with behind_gateway(directory, upstream.url, limits) as gateway:
            head = [("Content-Length", shape.upload_bytes)]
            put = request("PUT", f"{UPLOAD}?digest={digest_of(b'soak')}", head)
            load = Load([put], shape.uploads, shape.uploads, shape.upload_bytes)
            for name, stalled in ((case, False), (f"{case}-stalled", True)):
                forget_peak(gateway.pid)
                with KernelPeak(gateway.port, upstream.port) as kernel:
                    upload(upstream, gateway, load, shape.stall_seconds * stalled)
                add = adder(samples, name)
                add("user memory", "MiB", peak_bytes(gateway.pid) / MIB)
                add("kernel memory", "MiB", kernel.bytes / MIB)


def upload(upstream, gateway, load, stall_seconds):
    """All of them, 201; the upstream stands still at first for so long."""
    if not stall_seconds:
        return drive(gateway.port, load, 201)
    os.kill(upstream.pid, signal.SIGSTOP)
    goes_on = threading.Timer(stall_seconds, os.kill, (upstream.pid, signal.SIGCONT))
    goes_on.start()
    try:
        return drive(gateway.port, load, 201)
    finally:
        goes_on.cancel()
        os.kill(upstream.pid, signal.SIGCONT)
