"""Runs bench_load: requests in, what became of each of them out."""

import subprocess
from collections import Counter
from dataclasses import dataclass

from .programs import program

MAX_SECONDS = 120


@dataclass(frozen=True)
class Load:
    """What is sent: `requests` (bytes, from `request`), in turn until there are
    `total`, each followed by `body_bytes` of filler, chunked where
    `chunk_bytes` is not 0."""

    requests: list
    total: int
    clients: int = 1
    body_bytes: int = 0
    chunk_bytes: int = 0
    header: str = ""  # of the answers, to be kept
    form: str = "plain"  # "tls"; "tls-new": a connection for each request


@dataclass(frozen=True)
class Outcome:
    seconds: float
    received_bytes: int
    statuses: list
    micros: list
    headers: list


def request(method, target, headers=(), body=b""):
    """One request, as it goes over the wire."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def drive(port, load, expected):
    """Sends `load` to a loopback port. Raises where any answer's status is not
    `expected`: a benchmark of failures says nothing."""
    arguments = [load.clients, load.total, load.body_bytes, load.chunk_bytes]
    done = subprocess.run(
        [program("bench_load"), *map(str, [port, *arguments]), load.form, load.header],
        input=b"".join(b"%d\n%s" % (len(r), r) for r in load.requests),
        capture_output=True,
        timeout=MAX_SECONDS,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode(errors="replace").strip())
    outcome = parse(done.stdout.decode())
    statuses = Counter(outcome.statuses)
    if set(statuses) - {expected}:
        raise RuntimeError(f"answers other than {expected}: {dict(statuses)}")
    return outcome


def parse(output):
    """bench_load's output."""
    first, *lines = output.splitlines()
    seconds, received = first.split()
    fields = [line.split(" ", 2) for line in lines]
    return Outcome(
        seconds=float(seconds),
        received_bytes=int(received),
        statuses=[int(field[0]) for field in fields],
        micros=[int(field[1]) for field in fields],
        headers=[field[2] for field in fields],
    )
