"""Compares decisions with what a scenario expects, and doors with each other.

Where doors differ by design, it is written here and nowhere else.
"""

import json

from .expect import BUILT_IN

# Of a decision: what names this one asking, rather than the judgement.
OF_THE_ASKING = {"id", "time", "door", "client", "phases", "traceId", "forward"}
# Rules that can flip without a change of bytes warn at the webhook where the
# policy denies, so that a rollback is no outage. They name ages, too, which go
# on while the doors are asked.
FLIPPING = {"base.age", "vulnerabilities"}


def explain(decision):
    """A decision in short, line by line, for whom a test failed."""
    lines = [f"outcome {decision['outcome']}, stage {decision['stage']}"]
    for image in decision["images"]:
        base = {k: v for k, v in image["base"].items() if v not in ("", [], 0, False)}
        lines.append(f"image {image['platform']}: {base}")
    for found in decision["findings"]:
        place = f"{found['policy'] or BUILT_IN}/{found['rule']} {found['platform']}"
        lines.append(
            f"{place}: {found['result']} {found['action']}: {found['message']}"
        )
    lines += [f"gap {gap['kind']}: {gap['message']}" for gap in decision["gaps"]]
    return lines


def _is_staged(answer):
    return answer.decision["stage"] == "staged"


def _is_by_digest(answer):
    return answer.decision["reference"].startswith("sha256:")


def _at_webhook(answer):
    return answer.decision["door"] == "webhook"


# What is expected at one door.


def expected_outcome(expected, answer):
    if _is_staged(answer):
        return expected.staged
    outcome = expected.outcome
    if _is_by_digest(answer):
        outcome = expected.by_digest or outcome
    return (_at_webhook(answer) and expected.at_webhook) or outcome


def expected_findings(expected, answer):
    findings = None
    if _is_staged(answer):
        findings = expected.staged_findings
    elif _is_by_digest(answer):
        findings = expected.by_digest_findings
    return expected.findings if findings is None else findings


def expected_action(expected, finding, answer):
    """The action of a finding that is `expected`, at this door."""
    at_webhook = expected.webhook_actions if _at_webhook(answer) else {}
    return at_webhook.get(finding.rule, finding.action)


def differences(scenario, built, answer):
    """What is other than expected, one line each."""
    expected, decision = scenario.expected, answer.decision
    outcome = expected_outcome(expected, answer)
    found = []
    if decision["outcome"] != outcome:
        found.append(f"outcome {decision['outcome']}, expected {outcome}")
    if decision.get("artifact", "") != expected.artifact:
        found.append(f"artifact {decision['artifact']!r}")
    found += _finding_differences(expected, answer)
    found += _base_differences(expected, built, decision)
    found += _gap_differences(expected.gaps, decision["gaps"])
    return found


def _finding_differences(expected, answer):
    left = list(answer.decision["findings"])
    found = []
    for wanted in expected_findings(expected, answer):
        action = expected_action(expected, wanted, answer)
        matches = [one for one in left if _meets(wanted, action, one)]
        if matches:
            left.remove(matches[0])
        else:
            found.append(f"no finding is as expected: {wanted}, action {action!r}")
    return found + [
        f"not expected: {one['policy'] or BUILT_IN}/{one['rule']} {one['platform']} "
        f"{one['result']} {one['action']}: {one['message']}"
        for one in left
    ]


def _meets(wanted, action, found):
    return (
        found["policy"] == wanted.policy
        and found["rule"] == wanted.rule
        and found["result"] == wanted.result
        and (not wanted.platform or found["platform"] == wanted.platform)
        and (not action or found["action"] == action)
        and all(part in found["message"] for part in wanted.says)
    )


def _base_differences(expected, built, decision):
    found = []
    images = decision["images"]
    if len(images) != len(expected.bases):
        found.append(f"{len(images)} images, expected {len(expected.bases)}")
    for wanted in expected.bases:
        meant = [i for i in images if wanted.platform in ("", i["platform"])]
        if not meant:
            found.append(f"no image for {wanted.platform}")
            continue
        image = meant[0]
        shown = dict(image["base"], pinned=image["base"]["pinned"]["value"])
        shown["ancestors"] = [one["name"] for one in image["base"]["ancestors"]]
        fields = {**wanted.fields, **_record(wanted, built, image["platform"])}
        for name, said in fields.items():
            if name == "contradictions":
                found += _contradictions(said, shown[name])
            elif shown[name] != said:
                found.append(f"base.{name} {shown[name]!r}, expected {said!r}")
    return found


def _record(wanted, built, platform):
    """Name and digest of the record that is to be shown; no digest where none
    is: then nothing of the catalog may be shown for it."""
    if not wanted.record:
        return {"digest": ""}
    names, base = built[wanted.record]
    name = wanted.fields.get("name", names[0])
    return {"name": name, "digest": base.on(platform).digest}


def _contradictions(wanted, said):
    if len(wanted) == len(said) and all(w in s for w, s in zip(wanted, said)):
        return []
    return [f"contradictions {said}, expected {wanted}"]


def _gap_differences(wanted, gaps):
    left = list(gaps)
    found = []
    for one in wanted:
        matches = [
            gap
            for gap in left
            if gap["kind"] == one.kind and one.says in gap["message"]
        ]
        if matches:
            left.remove(matches[0])
        else:
            found.append(f"no gap is as expected: {one}")
    return found + [f"gap that is not expected: {gap}" for gap in left]


def wrong_answers(scenario, answer, lacks_parts):
    """Where the client was told other than what was decided."""
    decision = answer.decision
    denied = decision["outcome"] == "deny"
    # `plimsoll check` has no mode: it tells how the image would be enforced.
    observed = scenario.mode == "observe" and decision["door"] != "check"
    found = []
    if decision["enforced"] == (denied and observed):
        found.append(f"enforced: {decision['enforced']}")
    refused = denied and not observed
    # The registry has a word in it too: it refuses what is admitted or staged
    # and lacks parts.
    refuses_itself = decision["door"] == "push" and lacks_parts
    if answer.let_through == refused and not refuses_itself:
        found.append(f"let through: {answer.let_through}")
    return found


# One door beside another.

# The doors that judge one reference at one stage, and so must not differ.
ALIKE = (
    ("push by tag", "grpc by tag", "webhook by tag", "check by tag"),
    ("grpc by digest", "webhook by digest", "check by digest"),
    ("push by digest", "grpc by digest, staged"),
)


def essence(answer, *, beside_webhook=False):
    """All of a decision that must be equal at doors which are alike: evidence,
    revisions, messages and hints too."""
    same = {k: v for k, v in answer.decision.items() if k not in OF_THE_ASKING}
    # `plimsoll check` stands in front of no upstream, either.
    for name in ("upstream", "mode", "enforced"):
        same.pop(name)
    same["findings"] = sorted(
        json.dumps(_blank(one, beside_webhook), sort_keys=True)
        for one in same["findings"]
    )
    if beside_webhook:
        same.pop("outcome")  # was compared with the scenario's own
    return same


def _blank(finding, beside_webhook):
    same = dict(finding)
    if finding["check"] in FLIPPING:
        same["message"] = ""
        if beside_webhook:
            same["action"] = ""
    return same


def contrasts(answers):
    """Where doors that are alike differ, one line each."""
    by_door = {answer.door: answer for answer in answers}
    found = []
    for doors in ALIKE:
        first, *others = (by_door[door] for door in doors)
        for other in others:
            found += _contrast(first, other)
    return found


def _contrast(first, other):
    webhook = _at_webhook(first) or _at_webhook(other)
    a, b = (essence(one, beside_webhook=webhook) for one in (first, other))
    return [
        f"{name}: {a.get(name)!r} at {first.door}, {b.get(name)!r} at {other.door}"
        for name in sorted(set(a) | set(b))
        if a.get(name) != b.get(name)
    ]
