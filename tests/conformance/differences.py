"""Compares the suite's results on a registry alone and through the gateway.

What passes alone must pass through the gateway. Anything else that differs must
be in differences.yaml, and what is there must still differ.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.scenario.runner.strict_yaml import Keys, Mapping, load

from .registries import REGISTRIES

LIST = Path(__file__).with_name("differences.yaml")


@dataclass
class Difference:
    """One test that may come out differently, on these registries."""

    registries: list
    test: str
    alone: Counter
    through: Counter


def read_list(text=None):
    """The differences of the list; Mistake where something in it is wrong."""
    keys = Keys(load(LIST.name, text or LIST.read_text()), "list")
    entries = keys.take("differences", list, required=True)
    keys.end()
    return [difference for entry in entries for difference in _read_entry(entry)]


def _read_entry(value):
    keys = Keys(value, "difference")
    tests, registries = keys.texts("tests"), keys.texts("registries")
    alone, through = (
        Counter(keys.take(side, Mapping, required=True))
        for side in ("alone", "through")
    )
    keys.take("reason", str, required=True)
    keys.end()
    if not tests or not registries or not {*registries} <= {*REGISTRIES}:
        keys.complain(f"needs `tests`, and `registries` of {', '.join(REGISTRIES)}")
    if alone["Pass"] > through["Pass"]:
        keys.complain("no reason excuses a test that passes alone and not through")
    return [Difference(registries, test, alone, through) for test in tests]


def complaints(registry, alone, through, listed):
    """What is wrong between two runs on `registry`, a sentence each."""
    found = changes(alone, through)
    expected = {
        difference.test: (difference.alone, difference.through)
        for difference in listed
        if registry in difference.registries
    }
    said = []
    for name, (before, after) in found.items():
        if before["Pass"] > after["Pass"]:
            said.append(f"{name}: passes alone: {_shown(before, after)}")
        elif expected.get(name) != (before, after):
            said.append(f"{name}: not listed: {_shown(before, after)}")
    for name, sides in expected.items():
        if name not in found:
            said.append(f"{name}: listed, and the same now: {_shown(*sides)}")
    return said


def changes(alone, through):
    """{name: (results alone, results through)} of the tests that differ."""
    none = Counter()
    names = sorted({*alone.tests, *through.tests})
    both = {
        name: (alone.tests.get(name, none), through.tests.get(name, none))
        for name in names
    }
    return {name: sides for name, sides in both.items() if sides[0] != sides[1]}


def _shown(before, after):
    return f"{dict(before)} alone, {dict(after)} through"
