"""Shows: the comparison sees what differs, at a door and between doors. A
comparison that passes everything would pass every scenario."""

import copy
import unittest

from .runner.build import Builder
from .runner.compare import ALIKE, contrasts, differences, wrong_answers
from .runner.front import Answer
from .runner.scenario import parse_scenario
from .test_reader import SOUND

STAGED = {"push by digest", "grpc by digest, staged"}


def decision(digest):
    """What every door should say of the sound scenario."""
    finding = {"policy": "it", "rule": "known", "check": "base.identified"}
    finding |= {"digest": "", "platform": "linux/amd64", "result": "pass"}
    finding |= {"action": "Deny", "message": "as it must be"}
    base = {"name": "registry.example.com/it/debian:12", "digest": digest}
    base |= {"proof": "verified", "result": "ordinary", "contradictions": []}
    base |= {"pinned": {"value": "unknown"}, "ancestors": []}
    made = {"door": "grpc", "stage": "judged", "outcome": "admit", "reference": "v1"}
    made |= {"mode": "enforce", "enforced": True, "upstream": "", "gaps": []}
    made |= {"images": [{"platform": "linux/amd64", "base": base}], "id": "1"}
    return made | {"findings": [finding], "evidence": "sha256:1"}


class CompareTest(unittest.TestCase):
    def setUp(self):
        self.scenario = parse_scenario("it", SOUND)
        base = self.scenario.catalog["debian"]
        built = Builder("it").build(base.recipe)
        self.catalog = {"debian": (base.names, built)}
        self.answers = {}
        for door in {door for doors in ALIKE for door in doors}:
            said = decision(built.digest)
            said["door"] = door.split()[0]
            if "digest" in door:
                said["reference"] = built.digest
            if door in STAGED:
                said |= {"stage": "staged", "outcome": "staged"}
            self.answers[door] = Answer(door, said, True)

    def differences(self, door="push by tag", **changes):
        said = copy.deepcopy(self.answers[door].decision)
        for path, value in changes.items():
            *way, last = path.split("__")
            place = said
            for step in way:
                place = place[int(step) if step.isdigit() else step]
            place[last] = value
        return differences(self.scenario, self.catalog, Answer(door, said, True))

    def test_what_is_expected_differs_nowhere(self):
        for door in self.answers:
            self.assertEqual(self.differences(door), [], door)
        self.assertEqual(contrasts(self.answers.values()), [])

    def test_anything_else_is_told(self):
        gap = {"kind": "blob", "message": "a layer is missing"}
        for name, value in (
            ("outcome", "deny"),
            ("artifact", "helm-chart"),
            ("findings", []),
            ("findings__0__result", "fail"),
            ("findings__0__rule", "unknown"),
            ("findings__0__policy", "another"),
            ("images", []),
            ("images__0__base__proof", "claimed"),
            ("images__0__base__digest", "sha256:2"),
            ("images__0__base__name", "registry.example.com/it/debian:11"),
            ("images__0__base__result", "is-base"),
            ("images__0__base__contradictions", ["it does"]),
            ("gaps", [gap]),
        ):
            with self.subTest(name):
                self.assertNotEqual(self.differences(**{name: value}), [])

    def test_a_finding_too_many_is_told(self):
        findings = self.answers["push by tag"].decision["findings"]
        self.assertNotEqual(self.differences(findings=findings * 2), [])

    def test_an_answer_that_is_not_the_decision_is_told(self):
        for outcome, enforced, let_through, is_right in (
            ("admit", True, True, True),
            ("admit", True, False, False),
            ("deny", True, False, True),
            ("deny", True, True, False),
            ("deny", False, True, False),
        ):
            answer = copy.deepcopy(self.answers["push by tag"])
            answer.decision |= {"outcome": outcome, "enforced": enforced}
            answer.let_through = let_through
            found = wrong_answers(self.scenario, answer, False)
            self.assertEqual(found == [], is_right, (outcome, enforced, let_through))

    def test_a_door_that_differs_is_told(self):
        for doors in ALIKE:
            for door in doors:
                with self.subTest(door):
                    answers = copy.deepcopy(self.answers)
                    answers[door].decision["evidence"] = "sha256:2"
                    found = contrasts(answers.values())
                    self.assertTrue(any("evidence" in line for line in found), found)

    def test_the_webhook_may_differ_in_what_flips_alone(self):
        for check, may in (("base.age", True), ("base.identified", False)):
            answers = copy.deepcopy(self.answers)
            for answer in answers.values():
                answer.decision["findings"][0]["check"] = check
            answers["webhook by tag"].decision["findings"][0]["action"] = "Warn"
            self.assertEqual(contrasts(answers.values()) == [], may, check)


if __name__ == "__main__":
    unittest.main()
