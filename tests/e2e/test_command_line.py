"""Shows: the commands of one folder share its `plimsoll.db`, `check` without
writing to it; and a command line that is wrong never passes in silence."""

import json

from .harness.case import (
    EndToEndTest,
    needs_gateway,
    shared_images,
    shared_outcomes,
)
from .harness.gateway import BINARY, policy
from .harness.process import run

CATALOG_ADD = "plimsoll catalog add --approve NAME IMAGE"
NAME = "registry.example.com/base/debian:12"


@needs_gateway
class FolderTest(EndToEndTest):
    """Commands one after another in one folder, without a gateway."""

    def setUp(self):
        super().setUp()
        self.folder = self.path("folder")
        self.folder.mkdir()
        rules = [
            {"name": "known", "check": "base.identified"},
            {"name": "approved", "check": "base.approved"},
        ]
        (self.folder / "policy.json").write_text(json.dumps(policy("all", rules)))
        tag = shared_images().export(shared_outcomes()["admitted"].image)
        self.image = shared_images().layout.reference(tag)

    def command(self, *args):
        return run([BINARY, *args], cwd=self.folder)

    def check(self, *options):
        return self.command("check", "--policy", "policy.json", *options, self.image)

    def test_what_check_says_to_do_is_what_helps(self):
        told = self.check()
        self.assertEqual(told.code, 2, told.output)
        self.assertIn(CATALOG_ADD, told.output)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["policy.json"])
        self.assertSucceeds(self.command("catalog", "add", "--approve", NAME, self.image))
        checked = self.check()
        self.assertEqual(checked.code, 0, checked.output)
        self.assertIn(NAME, checked.output)

    def test_check_records_nothing_where_no_store_is_named(self):
        self.assertSucceeds(self.command("catalog", "add", NAME, self.image))
        self.assertEqual(self.check().code, 2)
        self.assertEqual(self.assertSucceeds(self.command("decisions")).output, "")
        self.assertEqual(self.check("--store", "plimsoll.db").code, 2)
        self.assertIn("deny", self.assertSucceeds(self.command("decisions")).output)

    def test_a_catalog_that_is_named_stands_alone(self):
        self.assertSucceeds(self.command("catalog", "add", "--approve", NAME, self.image))
        (self.folder / "empty.json").write_text("")
        told = self.check("--catalog", "empty.json")
        self.assertEqual(told.code, 2, told.output)

    def test_catalog_add_says_what_is_approved_now(self):
        def add(*options):
            added = self.command("catalog", "add", *options, NAME, self.image)
            return self.assertSucceeds(added).output

        self.assertIn("hashed, unapproved: add it with --approve", add())
        self.assertIn("hashed, approved", add("--approve"))
        self.assertIn("hashed, approved", add())
        self.assertIn("hashed, denied", add("--deny"))

    def test_a_report_beside_a_store_is_refused_rather_than_left_out(self):
        told = self.check("--store", "x.db", "--report", "report.json")
        self.assertEqual(told.code, 1, told.output)
        self.assertIn("plimsoll report add", told.output)


@needs_gateway
class WrongUsageTest(EndToEndTest):
    def told(self, *args):
        told = run([BINARY, *args], cwd=self.path(""))
        self.assertEqual(told.code, 1, told.output)
        return told.output

    def test_a_word_that_is_no_choice_is_told_with_the_choices(self):
        for flag, choices in (
            ("--outcome", "admit, warn, deny, staged"),
            ("--door", "push, grpc, webhook, check"),
            ("--state", "none, intent, forwarded, superseded, absent, unknown"),
            ("-o", "text, json"),
        ):
            with self.subTest(flag=flag):
                told = self.told("decisions", flag, "jsn")
                self.assertIn("`jsn` is none of " + choices, told)
                self.assertIn(choices, run([BINARY, "decisions", "--help"]).output)
        self.assertIn("text, json", self.told("check", "-o", "jsn", "oci:x"))
        self.assertIn("text, json", self.told("explain", "-o", "jsn", "x"))

    def test_an_unknown_command_is_told_also_where_help_is_asked_for(self):
        for args in (["doctr"], ["doctr", "--help"], ["help", "doctr"]):
            with self.subTest(args=args):
                self.assertIn("unknown command `doctr`", self.told(*args))
        told = self.told("catalog", "ad", "--help")
        self.assertIn("unknown command `catalog ad`", told)
        self.assertIn("plimsoll catalog add", told)

    def test_check_says_in_its_help_which_store_it_reads(self):
        self.assertIn("plimsoll.db", run([BINARY, "check", "--help"]).output)
