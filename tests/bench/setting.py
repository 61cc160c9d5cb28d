"""What every benchmark is given: a place, and how often to measure."""

import time
from dataclasses import dataclass
from pathlib import Path

# No run begins that would end later than this after the benchmark did, were it
# to last as long as the longest so far.
BUDGET_SECONDS = 270


@dataclass(frozen=True)
class Setting:
    directory: Path
    quick: bool
    runs: int
    begun: float  # by time.monotonic()

    def rounds(self, clock=time.monotonic):
        """0, 1, 2, ... as often as there are runs and time; once at least."""
        longest = 0.0
        for number in range(self.runs):
            now = clock()
            if number and now + longest > self.begun + BUDGET_SECONDS:
                print(f"bench: time for {number} of {self.runs} runs only")
                return
            yield number
            longest = max(longest, clock() - now)


def rotated(targets, number):
    """Every target once, another one first in each round: what one leaves
    behind, such as a warm cache, must not always serve the same neighbour."""
    start = number % len(targets)
    return targets[start:] + targets[:start]
