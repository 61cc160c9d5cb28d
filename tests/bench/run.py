"""Runs one benchmark and tells what it measured; started by scripts/bench."""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.e2e.harness.process import CommandFailed

from . import proxy, push, soak
from .programs import ROOT
from .rows import Samples, table, to_json
from .setting import Setting, scratch

# A new benchmark is a module with ABOUT, NOTES, RUNS and measure(), and a line
# here. measure(stack, setting, samples) starts what it needs on the stack, and
# adds to the samples in each of setting.rounds().
BENCHES = {"proxy": proxy, "push": push, "soak": soak}
QUICK_RUNS = 3
MAX_RUNS = 50


def arguments():
    names = "\n".join(f"  {name:<8}{b.ABOUT}" for name, b in BENCHES.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Builds the release and measures it. NAME is one of:\n\n" + names,
        epilog="Targets take turns within each run; a figure is the median over "
        "the runs,\nwith the least and the most. How to read them: docs/bench.md.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", metavar="NAME", choices=BENCHES, help="see above")
    parser.add_argument(
        "--json", metavar="FILE", type=new_file, help="write the rows there as well"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="little of everything, to see that it works: no figures to keep",
    )
    parser.add_argument(
        "--runs", type=runs, metavar="N", help=f"how often, 1 to {MAX_RUNS}"
    )
    return parser


def new_file(text):
    """Refused now rather than after minutes of measuring."""
    path = Path(text)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"no file can be written as {text}")
    return path


def runs(text):
    number = int(text)
    if not 1 <= number <= MAX_RUNS:
        raise argparse.ArgumentTypeError(f"1 to {MAX_RUNS}, not {number}")
    return number


def build():
    targets = ["plimsoll", "bench_load", "bench_sink"]
    for command in (
        ["scripts/setup", "build", "bench"],
        ["cmake", "--preset", "release"],
        ["cmake", "--build", "--preset", "release", "--target", *targets],
    ):
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode != 0:
            sys.stderr.buffer.write(done.stdout)
            raise SystemExit(f"bench: {' '.join(command)} failed")


def measure(stack, options):
    """The rows of one benchmark; what it starts is the stack's to end."""
    bench = BENCHES[options.name]
    count = options.runs or (QUICK_RUNS if options.quick else bench.RUNS)
    setting = Setting(scratch(stack), options.quick, count, time.monotonic())
    samples = Samples(options.name)
    try:
        bench.measure(stack, setting, samples)
    except (CommandFailed, OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        raise SystemExit(f"bench: {options.name}: {error}") from error
    return samples.rows()


def describe(begun):
    """What else was going on tells how far the figures can be trusted."""
    loads = " ".join(f"{load:.1f}" for load in (begun[0], os.getloadavg()[0]))
    return f"machine: {os.cpu_count()} cores; load average before and after: {loads}"


def end_by_exception(*_):
    raise SystemExit("bench: ended")


def main():
    options = arguments().parse_args()
    # So that what was started is stopped then, too.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end_by_exception)
    build()
    load = os.getloadavg()
    with contextlib.ExitStack() as stack:
        rows = measure(stack, options)
        print(table(rows))
        print(f"\n{BENCHES[options.name].NOTES}{describe(load)}", flush=True)
        if options.json:
            options.json.write_text(json.dumps(to_json(rows), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
