#!/usr/bin/env python3
"""Runs the end-to-end tests, each with its time; counts skips with reasons.

usage: run.py [--tally FILE] [--scenarios] [NAME]...
       NAME: a module ("test_clients") or "test_clients.ClientsTest.test_x";
       without names: all of them. --scenarios: those of tests/scenario
Appends "passed failed skipped" to FILE.
"""

import argparse
import sys
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class TimedResult(unittest.TestResult):
    """Prints one line a test. A test fails once, however many of its subtests
    do; a skipped subtest counts as a skip beside its test."""

    def __init__(self):
        super().__init__()
        self.failed = set()
        self.passed = 0

    def startTest(self, test):
        super().startTest(test)
        self._begun = time.monotonic()

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error:
            self._fail(test, error, f" {subtest._subDescription()}")

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self._fail(test, error)

    def addError(self, test, error):
        super().addError(test, error)
        self._fail(test, error)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        part = getattr(test, "_subDescription", None)
        where = f" {part()}" if part else ""
        print(f"skip  {_name(test)}{where}: {reason}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1
        took = time.monotonic() - self._begun
        print(f"ok    {_name(test)} ({took:.1f} s)", flush=True)

    def _fail(self, test, error, where=""):
        self.failed.add(test.id())
        print(f"FAIL  {_name(test)}{where}", flush=True)
        print(self._exc_info_to_string(error, test), flush=True)

    def counts(self):
        return self.passed, len(self.failed), len(self.skipped)


def _name(test):
    test = getattr(test, "test_case", test)
    return test.id().removeprefix("tests.").removeprefix("e2e.")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--tally")
    arguments.add_argument("--scenarios", action="store_true")
    arguments.add_argument("names", nargs="*")
    options = arguments.parse_args()
    sys.path.insert(0, str(ROOT))
    loader = unittest.defaultTestLoader
    folder = "scenario" if options.scenarios else "e2e"
    if options.names:
        names = [f"tests.{folder}.{name}" for name in options.names]
        suite = loader.loadTestsFromNames(names)
    else:
        suite = loader.discover(str(ROOT / "tests" / folder), top_level_dir=str(ROOT))
    result = TimedResult()
    suite.run(result)
    counts = result.counts()
    kind = "scenarios" if options.scenarios else "end to end"
    print(f"{kind}: " + "{} passed, {} failed, {} skipped".format(*counts))
    if options.tally:
        with open(options.tally, "a", encoding="utf-8") as file:
            file.write("{} {} {}\n".format(*counts))
    return 1 if counts[1] or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
