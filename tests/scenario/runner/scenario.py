"""A scenario: one image, the policies that judge it and the verdict that every
door must give. tests/scenario/README.md tells the format."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from .expect import read_expectation
from .recipe import read_image, read_index, read_subject
from .strict_yaml import Keys, Mapping, Mistake, load

DIRECTORY = Path(__file__).resolve().parents[1]
SEVERITIES = ("Critical", "High", "Medium", "Low", "Negligible", "Unknown")


@dataclass
class Base:
    """An entry of the catalog."""

    names: list
    approval: str
    imported: bool
    recipe: object


@dataclass
class Report:
    of: str  # an entry of the catalog
    scanner: str
    age: str
    finds: list
    other_layers: bool


@dataclass
class Scenario:
    name: str  # of the file
    title: str  # a sentence
    tag: str
    mode: str
    policies: list
    catalog: dict
    reports: list
    subject: object  # a recipe
    expected: object
    facts: list = field(default_factory=list)

    @property
    def repository(self):
        return f"{self.name}/app"

    @property
    def method(self):
        """The name of its test."""
        return "test_" + re.sub(r"\W+", "_", self.title).strip("_").lower()


def read_scenario(path):
    return parse_scenario(path.stem, path.read_text(encoding="utf-8"))


def all_scenarios():
    return [read_scenario(path) for path in sorted(DIRECTORY.glob("*.yaml"))]


def parse_scenario(name, text):
    keys = Keys(load(f"{name}.yaml", text), "scenario")
    catalog = keys.take("catalog", Mapping, Mapping())
    scenario = Scenario(
        name=name,
        title=keys.take("title", str, required=True),
        tag=keys.take("tag", str, "v1"),
        mode=keys.choose("mode", ("enforce", "observe"), "enforce"),
        policies=keys.take("policies", list, []),
        catalog={entry: _base(catalog[entry], entry) for entry in catalog},
        reports=[_report(item) for item in keys.take("reports", list, [])],
        subject=read_subject(keys),
        expected=read_expectation(keys.take("expect", Mapping, required=True)),
        facts=keys.take("facts", list, []),
    )
    keys.take("about", str, required=True)
    keys.end()
    _stand_apart(scenario, keys)
    return scenario


def _base(value, entry):
    keys = Keys(value, f"base `{entry}`")
    if keys.has("index"):
        recipe = read_index(keys.take("index", Mapping))
    else:
        recipe = read_image(keys.take("image", Mapping, required=True))
    base = Base(
        [keys.take("name", str, required=True), *keys.texts("also named")],
        keys.choose(
            "approval", ("approved", "unapproved", "denied"), "", required=True
        ),
        keys.take("imported", bool, False),
        recipe,
    )
    keys.end()
    return base


def _report(value):
    keys = Keys(value, "report")
    report = Report(
        keys.take("of", str, required=True),
        keys.choose("scanner", ("trivy", "grype"), "trivy"),
        keys.take("age", str, required=True),
        [_vulnerability(item) for item in keys.take("finds", list, [])],
        keys.take("of other layers", bool, False),
    )
    keys.end()
    return report


def _vulnerability(value):
    keys = Keys(value, "vulnerability")
    found = {
        "id": keys.take("id", str, required=True),
        "severity": keys.choose("severity", SEVERITIES, "", required=True),
        "package": keys.take("package", str, required=True),
        "installed": keys.take("installed", str, required=True),
        "fixed": keys.take("fixed", str, ""),
    }
    keys.end()
    return found


def _stand_apart(scenario, keys):
    """One gateway judges all scenarios: nothing of one may touch another."""
    name = scenario.name
    for policy in scenario.policies:
        try:
            is_own = policy["metadata"]["name"].startswith(name)
            repositories = policy["spec"]["match"]["repositories"]
        except (KeyError, TypeError):
            keys.complain("a policy needs metadata.name and spec.match.repositories")
        if not is_own:
            keys.complain(f"the policy's name must begin with `{name}`")
        for glob in repositories:
            if not glob.startswith(f"{name}/"):
                keys.complain(f"`{glob}`: a policy may match `{name}/` alone")
    for entry, base in scenario.catalog.items():
        for base_name in base.names:
            if f"/{name}/" not in base_name:
                keys.complain(f"base `{entry}`: its names must hold `/{name}/`")
    for report in scenario.reports:
        if report.of not in scenario.catalog:
            raise Mistake(f"{keys.place}: report of `{report.of}`, which is no base")
