#!/usr/bin/env python3
"""Counts what a ctest run executed, single GoogleTest cases included.

usage: tally.py CTEST_JUNIT GTEST_DIRECTORY TALLY
Reads ctest's JUnit file and the XML files that the test programs wrote under
their own names; appends "passed failed skipped" to TALLY and prints skips.
"""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def gtest_counts(path):
    passed = failed = skipped = 0
    for case in ET.parse(path).iter("testcase"):
        if case.find("failure") is not None:
            failed += 1
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            skipped += 1
            name = f"{case.get('classname')}.{case.get('name')}"
            reason = case.find("skipped")
            told = reason.get("message", "") if reason is not None else "disabled"
            print(f"skip  {name}: {' '.join(told.split())}")
        else:
            passed += 1
    return passed, failed, skipped


def program_counts(case, directory):
    """(passed, failed, skipped) of one ctest entry."""
    status = case.get("status")
    report = directory / f"{case.get('name')}.xml"
    if report.exists():
        passed, failed, skipped = gtest_counts(report)
        # A program can fail without a failing case: a leak, a crash at exit.
        if status == "fail" and not failed:
            failed = 1
        return passed, failed, skipped
    if status == "run":
        return 1, 0, 0
    if status in ("notrun", "disabled"):
        missing = case.find("skipped")
        why = missing.get("message", "") if missing is not None else status
        # A test program that was not built is no skip.
        if "Unable to find executable" in why:
            return 0, 1, 0
        print(f"skip  {case.get('name')}: {why}")
        return 0, 0, 1
    return 0, 1, 0


def main():
    junit, directory, tally = map(Path, sys.argv[1:4])
    counts = [0, 0, 0]
    for case in ET.parse(junit).iter("testcase"):
        for place, count in enumerate(program_counts(case, directory)):
            counts[place] += count
    with open(tally, "a", encoding="utf-8") as file:
        file.write("{} {} {}\n".format(*counts))


if __name__ == "__main__":
    main()
