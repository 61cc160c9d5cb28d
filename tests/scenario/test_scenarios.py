"""Shows: every scenario gets the verdict that it expects at every door. One
test a scenario, named by its title."""

import shutil
import tempfile
import unittest
from pathlib import Path

from .runner.compare import contrasts, differences, explain, wrong_answers
from .runner.scenario import all_scenarios
from .runner.world import World

SCENARIOS = all_scenarios()


class ScenarioTest(unittest.TestCase):
    world = None

    @classmethod
    def setUpClass(cls):
        # Sockets have short paths.
        cls.directory = Path(tempfile.mkdtemp(prefix="plimsoll-s-"))
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        cls.world = World(cls.directory, SCENARIOS)
        cls.addClassCleanup(cls.world.stop)

    def judge(self, scenario):
        answers = self.world.judge(scenario)
        catalog = self.world.catalog(scenario)
        doors_by_text = {}
        for answer in answers:
            found = differences(scenario, catalog, answer)
            found += wrong_answers(scenario, answer, self.world.lacks_parts(scenario))
            if found:
                text = "\n  ".join([*found, "", *explain(answer.decision)])
                doors_by_text.setdefault(text, []).append(answer.door)
        failures = [
            f"{', '.join(doors)}:\n  {text}" for text, doors in doors_by_text.items()
        ]
        failures += contrasts(answers)
        if failures:
            self.fail("\n\n".join([f"tests/scenario/{scenario.name}.yaml", *failures]))


def _add_tests():
    for scenario in SCENARIOS:
        if hasattr(ScenarioTest, scenario.method):
            raise ValueError(f"two scenarios are called {scenario.title!r}")

        def test(self, scenario=scenario):
            self.judge(scenario)

        setattr(ScenarioTest, scenario.method, test)


_add_tests()

if __name__ == "__main__":
    unittest.main()
