"""The verdict that a scenario expects: a part of the decision, in its words.

Compared are the outcome, all findings and all gaps, and of each image's base
what the scenario names.
"""

from dataclasses import dataclass, field

from .strict_yaml import Keys, Mapping, Mistake

OUTCOMES = ("admit", "warn", "deny", "staged")
ACTIONS = ("Deny", "Warn", "Audit")
BUILT_IN = "built-in"


@dataclass(frozen=True)
class ExpectedFinding:
    policy: str  # "" for the built-in rules
    rule: str
    platform: str  # "" where the scenario does not name one
    result: str
    action: str = ""  # of a failure or an error
    says: tuple = ()  # parts of its message


@dataclass
class ExpectedBase:
    platform: str  # "" for the only image
    record: str = ""  # the catalog's entry that is shown
    fields: dict = field(default_factory=dict)  # as the decision has them


@dataclass
class ExpectedGap:
    kind: str
    says: str


@dataclass
class Expectation:
    outcome: str
    findings: list
    bases: list
    gaps: list
    artifact: str = ""
    # Where a door differs by design.
    staged: str = ""  # the outcome of a push by digest
    staged_findings: list = None
    by_digest: str = ""  # where it is judged by digest, if it is not `outcome`
    by_digest_findings: list = None
    at_webhook: str = ""
    webhook_actions: dict = field(default_factory=dict)  # {rule: action}


def read_expectation(value):
    keys = Keys(value, "expect")
    expected = Expectation(
        outcome=keys.choose("outcome", OUTCOMES, "", required=True),
        findings=_findings(keys.take("findings", Mapping, required=True)),
        bases=_bases(keys),
        gaps=[_gap(item) for item in keys.take("gaps", list, [])],
        artifact=keys.take("artifact", str, ""),
    )
    expected.staged, expected.staged_findings, _ = _variant(keys, "staged", True)
    expected.by_digest, expected.by_digest_findings, _ = _variant(keys, "by digest")
    expected.at_webhook, _, expected.webhook_actions = _variant(keys, "at webhook")
    keys.end()
    return expected


def _variant(keys, key, required=False):
    """(outcome, findings or None, actions) of a word or a mapping."""
    value = keys.take(key, (str, Mapping), required=required)
    if value is None:
        return "", None, {}
    if isinstance(value, str):
        if value not in OUTCOMES:
            keys.complain(f"`{key}`: `{value}` is none of {', '.join(OUTCOMES)}")
        return value, None, {}
    inner = Keys(value, key)
    outcome = inner.choose("outcome", OUTCOMES, "", required=True)
    findings = inner.take("findings", Mapping)
    actions = inner.text_map("actions")
    inner.end()
    return outcome, None if findings is None else _findings(findings), actions


def _findings(policies):
    found = []
    for policy, rules in policies.items():
        if not isinstance(rules, Mapping):
            raise Mistake(f"{policies.place}: `{policy}` must map rules to results")
        for rule, results in rules.items():
            name = "" if policy == BUILT_IN else policy
            found += _results(rules.place, name, rule, results)
    return found


def _results(place, policy, rule, value):
    """A result, a list of them, or results by platform."""
    if isinstance(value, list):
        return [one for item in value for one in _results(place, policy, rule, item)]
    if isinstance(value, Mapping) and not {"fail", "error"} & set(value):
        return [
            _finding(place, policy, rule, platform, result)
            for platform, result in value.items()
        ]
    return [_finding(place, policy, rule, "", value)]


def _finding(place, policy, rule, platform, value):
    if isinstance(value, str):
        if value not in ("pass", "skip"):
            raise Mistake(f"{place}: rule `{rule}`: `{value}` is no result")
        return ExpectedFinding(policy, rule, platform, value)
    keys = Keys(value, f"rule `{rule}`")
    fail = keys.choose("fail", ACTIONS)
    error = keys.choose("error", ACTIONS)
    says = keys.take("says", (str, list), [])
    keys.end()
    says = (says,) if isinstance(says, str) else tuple(says)
    if (fail is None) == (error is None):
        keys.complain("write one of `fail` and `error`")
    result = "error" if fail is None else "fail"
    return ExpectedFinding(policy, rule, platform, result, fail or error, says)


def _bases(keys):
    """`base` of the only image, or `images` by platform."""
    bases = []
    if keys.has("base"):
        bases.append(_base("", keys.take("base", Mapping)))
    images = keys.take("images", Mapping, Mapping())
    bases += [_base(platform, base) for platform, base in images.items()]
    return bases


def _base(platform, value):
    keys = Keys(value, f"base of {platform or 'the image'}")
    base = ExpectedBase(platform, keys.take("record", str, ""))
    shown = {
        "result": keys.take("result", str, "ordinary"),
        "proof": keys.take("proof", str, required=True),
        "name": keys.take("name", str),
        "via": keys.take("via", str),
        "exact": keys.take("exact", bool),
        "layers": keys.take("layers", int),
        "candidates": keys.take("candidates", int),
        "approved": keys.take("approved", bool),
        "pinned": keys.take("pinned", str),
        "ancestors": keys.take("ancestors", list),
        "contradictions": keys.take("contradictions", list, []),
    }
    keys.end()
    base.fields = {name: said for name, said in shown.items() if said is not None}
    return base


def _gap(value):
    keys = Keys(value, "gap")
    gap = ExpectedGap(
        keys.take("kind", str, required=True), keys.take("says", str, required=True)
    )
    keys.end()
    return gap
