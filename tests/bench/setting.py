"""What every benchmark is given: a place, and how often to measure."""

import time
from dataclasses import dataclass
from pathlib import Path

# No run begins later than this after the benchmark did.
BUDGET_SECONDS = 300


@dataclass(frozen=True)
class Setting:
    directory: Path
    quick: bool
    runs: int
    deadline: float  # of time.monotonic()

    def rounds(self):
        """0, 1, 2, ... as often as there are runs and time; once at least."""
        for number in range(self.runs):
            if number and time.monotonic() > self.deadline:
                print(f"bench: out of time after {number} of {self.runs} runs")
                return
            yield number


def rotated(targets, number):
    """Every target once, another one first in each round: what one leaves
    behind, such as a warm cache, must not always serve the same neighbour."""
    start = number % len(targets)
    return targets[start:] + targets[:start]
