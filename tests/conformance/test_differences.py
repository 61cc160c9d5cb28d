"""Shows: a change for the worse, one that nobody listed and a list that is out
of date are each seen. A comparison that passes everything would pass every run."""

import unittest
from collections import Counter

from tests.scenario.runner.strict_yaml import Mistake

from .differences import complaints, read_list
from .suite import Results, parse_results

ENTRY = """
differences:
  - registries: [distribution-2]
    tests: [image/push, image/pull]
    alone: {FAIL 500: 1}
    through: {Pass: 1}
    reason: It is better.
"""
PRINTED = """Test results
OCI Conformance Test: FAIL
  OCI Conformance Test/ping: Pass
  OCI Conformance Test/image: FAIL
    OCI Conformance Test/image/push: Pass
    OCI Conformance Test/image/push: FAIL
     - manifest put failed: unexpected status code, expected one of [201], received 403
header value mismatch for "Content-Type", expected "x", received ["OCI: Pass"]
    OCI Conformance Test/image/delete: Skip

OCI Conformance Result: FAIL
  Pass..........................:          2
  Total.........................:          5
Data conformance:
  OCI Conformance Test/other: Pass
"""


def results(**tests):
    return Results({name: Counter(found) for name, found in tests.items()}, {})


class ComplaintsTest(unittest.TestCase):
    def complaints(self, alone, through, registry="distribution-2"):
        alone = {"image/push": {"FAIL 500": 1}, "image/pull": {"FAIL 500": 1}} | alone
        through = {"image/push": {"Pass": 1}, "image/pull": {"Pass": 1}} | through
        return complaints(
            registry, results(**alone), results(**through), read_list(ENTRY)
        )

    def test_what_is_listed_is_let_be(self):
        self.assertEqual(self.complaints({"a": {"Pass": 2}}, {"a": {"Pass": 2}}), [])

    def test_what_passes_alone_must_pass_through(self):
        for after in ({"FAIL 403": 1}, {"Skip": 1}, {}):
            with self.subTest(after=after):
                [said] = self.complaints({"a": {"Pass": 1}}, {"a": after})
                self.assertIn("a: passes alone", said)

    def test_one_of_many_tests_of_a_name_is_enough(self):
        [said] = self.complaints({"a": {"Pass": 9}}, {"a": {"Pass": 8, "FAIL": 1}})
        self.assertIn("a: passes alone", said)

    def test_every_other_change_must_be_listed(self):
        for before, after in (
            ({"FAIL": 1}, {"Pass": 1}),
            ({"Skip": 1}, {}),
            ({}, {"Skip": 1}),
            ({"FAIL 404": 1}, {"FAIL 403": 1}),
        ):
            with self.subTest(before=before, after=after):
                [said] = self.complaints({"a": before}, {"a": after})
                self.assertIn("a: not listed", said)

    def test_a_listed_change_must_be_the_one_that_happened(self):
        [said] = self.complaints({"image/push": {"FAIL 404": 1}}, {})
        self.assertIn("image/push: not listed", said)

    def test_what_is_listed_must_happen(self):
        same = {"image/pull": {"Pass": 1}}
        [said] = self.complaints(same, same)
        self.assertIn("image/pull: listed, and the same now", said)

    def test_the_list_is_of_one_registry(self):
        self.assertEqual(len(self.complaints({}, {}, "distribution-3")), 2)


class ListTest(unittest.TestCase):
    def test_the_list_in_use_is_sound(self):
        self.assertTrue(read_list())

    def test_nothing_excuses_a_test_that_passes_alone(self):
        text = ENTRY.replace("{FAIL 500: 1}", "{Pass: 2}")
        with self.assertRaisesRegex(Mistake, "no reason excuses"):
            read_list(text)

    def test_an_entry_needs_a_reason_tests_and_registries(self):
        for old, new in (
            ("    reason: It is better.\n", ""),
            ("[image/push, image/pull]", "[]"),
            ("[distribution-2]", "[harbour]"),
        ):
            with self.subTest(old=old), self.assertRaises(Mistake):
                read_list(ENTRY.replace(old, new))


class ParseResultsTest(unittest.TestCase):
    def test_reads_each_result_with_the_status_that_surprised(self):
        self.assertEqual(
            parse_results(PRINTED).tests,
            {
                "ping": {"Pass": 1},
                "image": {"FAIL": 1},
                "image/push": {"Pass": 1, "FAIL 403": 1},
                "image/delete": {"Skip": 1},
            },
        )
        self.assertEqual(parse_results(PRINTED).counts["Total"], 5)

    def test_no_results_are_an_error(self):
        with self.assertRaises(ValueError):
            parse_results("failed to load config: it is gone\n")


if __name__ == "__main__":
    unittest.main()
