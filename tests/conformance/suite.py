"""Runs the conformance suite and reads what it prints."""

import os
import re
from collections import Counter
from dataclasses import dataclass

from tests.e2e.harness.process import run

from . import tools

_STATUS = "Pass|FAIL|Skip|Disabled|Error|Unknown"
_RESULT = re.compile(rf"^ *OCI Conformance Test/(.+): ({_STATUS})$")
_END = re.compile(r"^OCI Conformance Result: ")
_CODE = re.compile(r"unexpected status code, .*received (\d{3})$")
_COUNT = re.compile(rf"^  ({_STATUS}|Total)\.+: +(\d+)$", re.MULTILINE)


@dataclass
class Results:
    """`tests` has for each name how often each result came, since many tests
    share a name; "FAIL 404" tells of an answer that was not expected. `counts`
    is the suite's own, of more than it names."""

    tests: dict
    counts: dict

    def __str__(self):
        order = ("Total", "Pass", "FAIL", "Skip", "Disabled", "Error")
        return ", ".join(f"{self.counts[name]} {name.lower()}" for name in order)


def parse_results(text):
    """Results from the suite's standard output; ValueError where there are none."""
    found = []  # name, result
    for line in text.splitlines():
        if _END.match(line):
            break
        if result := _RESULT.match(line):
            found.append(list(result.groups()))
        elif found and (code := _CODE.search(line)):
            found[-1][1] += f" {code[1]}"
    tests = {}
    for name, result in found:
        tests.setdefault(name, Counter())[result] += 1
    counts = {name: int(count) for name, count in _COUNT.findall(text)}
    if not tests or "Total" not in counts:
        raise ValueError(f"the suite gave no results; it said:\n{text[-2000:]}")
    return Results(tests, counts)


def run_suite(front, api, directory, *, inside=lambda command: command, trusted=None):
    """The suite's results on `front`, a "host:port".

    It speaks plain HTTP, or TLS with a certificate that the authority `trusted`
    has signed. `api` is "stable" or "dev". Its reports, with all requests and
    answers, go to `directory`, which is made. `inside` puts the command elsewhere.
    """
    directory.mkdir()
    settings = {
        "OCI_REGISTRY": front,
        "OCI_TLS": "enabled" if trusted else "disabled",
        "OCI_VERSION": api,
        "OCI_DATA_SPARSE": "true",
        "OCI_RESULTS_DIR": str(directory),
        "OCI_LOG": "error",
    }
    if trusted:
        settings["SSL_CERT_FILE"] = str(trusted)  # as Go's clients read it
    command = inside([tools.path_of("conformance")])
    done = run(command, env=settings, cwd=directory, timeout=300)
    return parse_results(done.output)


def forget_settings():
    """No setting of the caller's own changes what the suite tests."""
    for name in [name for name in os.environ if name.startswith("OCI_")]:
        del os.environ[name]
