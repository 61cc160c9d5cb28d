"""Shows: the soak's small shape is answered or shed as documented, its pulls are
whole and its pushes recorded; so the large one (scripts/bench soak) can be
trusted."""

import unittest
from contextlib import ExitStack

from tests.bench import soak
from tests.bench.crowd import allow_descriptors
from tests.bench.programs import program
from tests.bench.rows import Samples
from tests.bench.setting import scratch

from .harness.case import EndToEndTest, needs_gateway


@needs_gateway
@unittest.skipUnless(program("bench_sink").exists(), "bench_sink is not built")
class SoakTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        stack = ExitStack()
        self.addCleanup(stack.close)
        self.place = scratch(stack)
        self.samples = Samples("soak")
        allow_descriptors()

    def figures(self):
        return {(row.case, row.metric): row.value for row in self.samples.rows()}

    def test_a_crowd_is_answered_or_shed(self):
        soak.crowd(self.place, soak.QUICK, self.samples)
        shown = self.figures()
        pushes = sum(shown["crowd", f"pushes {status}"] for status in soak.ANSWERS)
        self.assertEqual(pushes, soak.QUICK.puts)
        self.assertGreater(shown["crowd", "pushes 201"], 0)
        self.assertGreater(shown["crowd", "pulls"], 0)

    def test_uploads_wait_for_an_upstream_that_stands_still(self):
        soak.uploads(self.place, soak.QUICK, self.samples, "uploads", {})
        shown = self.figures()
        self.assertGreater(shown["uploads-stalled", "kernel memory"], 0)


if __name__ == "__main__":
    unittest.main()
