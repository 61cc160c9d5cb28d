"""The arithmetic of rows, the order of runs, and what the command refuses."""

import contextlib
import io
import json
import unittest
from pathlib import Path

from . import run
from .rows import Samples, percentile, table, to_json
from .setting import BUDGET_SECONDS, Setting, rotated


def rows_of(*values):
    samples = Samples("push")
    for value in values:
        samples.add("1-client", "bare", "p50", "ms", value)
    return samples.rows()


class Percentiles(unittest.TestCase):
    def test_is_the_least_value_that_so_many_do_not_exceed(self):
        values = list(range(100, 0, -1))
        for percent, expected in ((1, 1), (50, 50), (99, 99), (100, 100)):
            self.assertEqual(percentile(values, percent), expected)

    def test_of_few_values_is_one_of_them(self):
        self.assertEqual(percentile([7], 99), 7)
        self.assertEqual(percentile([3, 1, 2], 50), 2)
        self.assertEqual(percentile([1, 2], 50), 1)
        self.assertEqual(percentile([1, 2, 3], 99), 3)

    def test_of_nothing_there_is_none(self):
        with self.assertRaises(ValueError):
            percentile([], 50)


class Rows(unittest.TestCase):
    def test_hold_median_extremes_and_count(self):
        (row,) = rows_of(9, 1, 2)
        self.assertEqual((row.value, row.min, row.max, row.n), (2, 1, 9, 3))
        (row,) = rows_of(1, 2, 4, 9)
        self.assertEqual((row.value, row.n), (3, 4))

    def test_are_kept_apart_by_case_target_and_metric_in_their_order(self):
        samples = Samples("push")
        keys = [("b", "bare", "p50"), ("a", "bare", "p50")]
        keys += [("b", "plimsoll", "p50"), ("b", "bare", "p99")]
        for key in (*keys, keys[0]):
            samples.add(*key, "ms", 1)
        rows = samples.rows()
        self.assertEqual([(r.case, r.target, r.metric) for r in rows], keys)
        self.assertEqual([r.n for r in rows], [2, 1, 1, 1])

    def test_keep_four_digits(self):
        (row,) = rows_of(0.000123456)
        self.assertEqual(row.value, 0.0001235)

    def test_have_the_promised_shape_in_json(self):
        (value,) = json.loads(json.dumps(to_json(rows_of(2))))
        expected = {"bench": "push", "case": "1-client", "target": "bare"}
        expected |= {"metric": "p50", "unit": "ms", "value": 2.0}
        self.assertEqual(value, {**expected, "min": 2.0, "max": 2.0, "n": 1})


class Tables(unittest.TestCase):
    def test_show_targets_side_by_side(self):
        samples = Samples("proxy")
        samples.add("get", "plimsoll", "cpu", "s/GB", 0.25)
        samples.add("get", "nginx", "cpu", "s/GB", 1234)
        samples.add("put", "nginx", "cpu", "s/GB", 0)
        lines = [line.split("  ") for line in table(samples.rows()).splitlines()]
        cells = [[cell.strip() for cell in line if cell.strip()] for line in lines]
        self.assertEqual(cells[0], ["case", "metric", "n", "plimsoll", "nginx"])
        self.assertEqual(cells[1][3:], ["0.250 [0.250-0.250]", "1234 [1234-1234]"])
        self.assertEqual(cells[2], ["put", "cpu, s/GB", "1", "0 [0-0]"])


class Runs(unittest.TestCase):
    def rounds(self, runs, seconds_each):
        now = [100.0]
        setting = Setting(Path(), quick=False, runs=runs, begun=now[0])
        done = []
        with contextlib.redirect_stdout(io.StringIO()) as said:
            for number in setting.rounds(clock=lambda: now[0]):
                done.append(number)
                now[0] += seconds_each
        return done, said.getvalue()

    def test_are_as_many_as_asked_for(self):
        self.assertEqual(self.rounds(3, 1), ([0, 1, 2], ""))

    def test_end_before_the_time_is_up(self):
        done, said = self.rounds(9, BUDGET_SECONDS / 4)
        self.assertEqual(done, [0, 1, 2, 3])
        self.assertIn("4 of 9", said)

    def test_are_one_at_least(self):
        self.assertEqual(self.rounds(2, 10 * BUDGET_SECONDS)[0], [0])

    def test_begin_with_another_target_each_time(self):
        self.assertEqual(rotated("abc", 0), "abc")
        self.assertEqual(rotated("abc", 1), "bca")
        self.assertEqual(rotated("abc", 5), "cab")


class TheCommand(unittest.TestCase):
    def refusal(self, *words):
        with contextlib.redirect_stderr(io.StringIO()) as said:
            with self.assertRaises(SystemExit) as ended:
                run.arguments().parse_args(words)
        self.assertEqual(ended.exception.code, 2)
        return said.getvalue()

    def test_refuses_names_that_it_does_not_know_and_tells_those_it_does(self):
        said = self.refusal("nonsense")
        for word in ("nonsense", *run.BENCHES):
            self.assertIn(word, said)

    def test_refuses_no_name_and_runs_without_bound(self):
        self.refusal()
        for runs in ("0", str(run.MAX_RUNS + 1), "many"):
            self.refusal("push", "--runs", runs)

    def test_refuses_a_file_that_cannot_be_written_before_it_measures(self):
        for path in ("/nowhere/rows.json", "/"):
            self.assertIn(path, self.refusal("push", "--json", path))

    def test_takes_every_name_and_all_options(self):
        for name in run.BENCHES:
            words = [name, "--quick", "--runs", str(run.MAX_RUNS), "--json", "f"]
            options = run.arguments().parse_args(words)
            self.assertEqual((options.name, options.runs), (name, run.MAX_RUNS))

    def test_help_tells_of_every_benchmark(self):
        text = run.arguments().format_help()
        for name, bench in run.BENCHES.items():
            self.assertIn(f"{name:<8}{bench.ABOUT}", text)


if __name__ == "__main__":
    unittest.main()
