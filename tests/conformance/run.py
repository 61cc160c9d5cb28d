#!/usr/bin/env python3
"""Runs the OCI distribution conformance suite through Plimsoll.

usage: run.py [--tally FILE] [NAME]...
       NAME: as in "test_conformance.NetworkTest"; without
       names: all
Builds with go what no Debian package has, once, into ~/.cache/plimsoll/tools.
Appends "passed failed skipped" to FILE. Exits with 77, a skip, where the suite
cannot be built or no network of its own be made for it.
"""

import argparse
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.conformance import network, tools  # noqa: E402
from tests.e2e.run import TimedResult  # noqa: E402

SKIPPED = 77


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--tally")
    arguments.add_argument("names", nargs="*")
    options = arguments.parse_args()
    if not network.entered():
        reason = prepare()
        if reason:
            print(f"skip  conformance: {reason}", flush=True)
            tell(options.tally, (0, 0, 1))
            return SKIPPED
        network.enter([sys.executable, *sys.argv])
    return run(options)


def prepare():
    """Builds the tools; why nothing can be run, or ""."""
    reasons = {name: tools.build(name) for name in tools.TOOLS}
    for reason in filter(None, reasons.values()):
        print(f"conformance: {reason}", flush=True)
    return reasons["conformance"] or network.why_not()


def run(options):
    loader = unittest.defaultTestLoader
    if options.names:
        names = [f"tests.conformance.{name}" for name in options.names]
        suite = loader.loadTestsFromNames(names)
    else:
        folder = str(ROOT / "tests" / "conformance")
        suite = loader.discover(folder, top_level_dir=str(ROOT))
    result = TimedResult()
    suite.run(result)
    counts = result.counts()
    print("conformance: {} passed, {} failed, {} skipped".format(*counts))
    tell(options.tally, counts)
    return 1 if counts[1] or not result.testsRun else 0


def tell(tally, counts):
    if tally:
        with open(tally, "a", encoding="utf-8") as file:
            file.write("{} {} {}\n".format(*counts))


if __name__ == "__main__":
    sys.exit(main())
