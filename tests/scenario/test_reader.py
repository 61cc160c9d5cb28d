"""Shows: a scenario that says anything which its reader does not know is
refused, with file and line, rather than passed over."""

import unittest

from .runner.build import Builder
from .runner.scenario import all_scenarios, parse_scenario
from .runner.strict_yaml import Mistake

SOUND = """\
title: A sentence
about: why
catalog:
  debian:
    name: registry.example.com/it/debian:12
    approval: approved
    image:
      steps:
        - {by: ADD, files: {bin/sh: a shell}}
image:
  from: debian
  steps:
    - {by: COPY, files: {srv/app: an application}}
policies:
  - metadata: {name: it}
    spec:
      match: {repositories: ["it/**"]}
expect:
  outcome: admit
  staged: staged
  findings:
    it: {known: pass}
  base: {record: debian, proof: verified}
"""
# (what is there, what is put instead, what the mistake says)
MISTAKES = [
    ("about: why", "abuot: why", "it.yaml:1: scenario: `about` is missing"),
    ("about: why", "about: why\nnote: x", "scenario: `note` is not known; known"),
    ("title: A sentence", "title: [a]", "`title` must be of type text, is ['a']"),
    ("about: why", "about: why\nabout: not", "it.yaml:3: `about` is there already"),
    ("    approval: approved", "    aproval: approved", "`approval` is missing"),
    ("approval: approved", "approval: perhaps", "`perhaps` is none of approved"),
    ("{by: ADD, files:", "{by: ADD, flies:", "it.yaml:9: step: `flies` is not known"),
    ("srv/app: an application", "srv/app: [1]", "a file is a text, or a number"),
    ("  from: debian", "  form: debian", "it.yaml:11: image: `form` is not known"),
    ("policies:", "index: {children: []}\npolicies:", "exactly one of image, index"),
    ("image:\n  from: debian\n  steps:\n    -", "facts:\n    -", "exactly one of"),
    ("  outcome: admit", "  outcome: admitted", "`admitted` is none of admit, warn"),
    ("  staged: staged", "", "`staged` is missing"),
    ("  staged: staged", "  staged: {outcome: deny, why: x}", "`why` is not known"),
    ("known: pass", "known: passed", "rule `known`: `passed` is no result"),
    ("known: pass", "known: {fail: Refuse}", "`Refuse` is none of Deny, Warn, Audit"),
    ("known: pass", "known: {fail: Deny, error: Deny}", "one of `fail` and `error`"),
    ("it: {known: pass}", "it: pass", "`it` must map rules to results"),
    ("proof: verified", "prove: verified", "base of the image: `proof` is missing"),
    ("proof: verified", "proof: verified, prove: x", "`prove` is not known"),
    ("base: {record", "gaps: [{kind: blob}]\n  base: {record", "`says` is missing"),
    ("proof: verified", "proof: verified, exact: 1", "`exact` must be of type bool"),
    ("proof: verified", "proof: verified, layers: true", "must be of type number"),
]
# One gateway runs them all.
TOO_FAR = [
    ("{name: it}", "{name: other}", "the policy's name must begin with `it`"),
    ('["it/**"]', '["**"]', "a policy may match `it/` alone"),
    ("/it/debian", "/debian", "its names must hold `/it/`"),
]


class ReaderTest(unittest.TestCase):
    def refused(self, text):
        with self.assertRaises(Mistake) as raised:
            scenario = parse_scenario("it", text)
            builder = Builder("it")
            for entry, base in scenario.catalog.items():
                builder.catalog[entry] = builder.build(base.recipe)
            builder.build(scenario.subject)
        return str(raised.exception)

    def assert_refused(self, old, new, says):
        with self.subTest(new):
            self.assertEqual(SOUND.count(old), 1, old)
            self.assertIn(says, self.refused(SOUND.replace(old, new)))

    def test_a_sound_scenario_is_read(self):
        scenario = parse_scenario("it", SOUND)
        self.assertEqual(scenario.method, "test_a_sentence")
        self.assertEqual(scenario.repository, "it/app")
        self.assertEqual(scenario.expected.staged, "staged")

    def test_what_is_not_known_is_refused(self):
        for mistake in MISTAKES:
            self.assert_refused(*mistake)

    def test_what_would_touch_another_scenario_is_refused(self):
        for mistake in TOO_FAR:
            self.assert_refused(*mistake)

    def test_a_base_that_is_not_in_the_catalog_is_refused(self):
        self.assert_refused("  from: debian", "  from: alpine", "`alpine` is no base")

    def test_what_cannot_be_forged_is_refused(self):
        forged = "  forged: {config: {replace: nowhere, with: x}}\npolicies:"
        self.assert_refused("policies:", forged, "nothing to replace")

    def test_yes_is_a_text_and_true_is_not(self):
        said = SOUND.replace("proof: verified", "proof: verified, pinned: yes")
        base = parse_scenario("it", said).expected.bases[0]
        self.assertEqual(base.fields["pinned"], "yes")
        self.refused(SOUND.replace("title: A sentence", "title: true"))

    def test_two_documents_are_refused(self):
        self.assertIn("document", self.refused(SOUND + "---\na: 1\n"))

    def test_every_test_case_that_the_research_demands_is_there(self):
        demanded = {1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 37, 46, 47, 48, 57, 58, 62}
        shown = {fact for scenario in all_scenarios() for fact in scenario.facts}
        self.assertEqual(demanded - shown, set())


if __name__ == "__main__":
    unittest.main()
