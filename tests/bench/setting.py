"""What every benchmark is given: a place, and how often to measure."""

import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

# No run begins that would end later than this after the benchmark did, were it
# to last as long as the longest so far.
BUDGET_SECONDS = 270


MEMORY = Path("/dev/shm")
MEMORY_BYTES = 2 << 30  # that must be free there


def scratch(stack, where=None):
    """A directory of the stack's, in TMPDIR unless told. rm takes many small
    files away in a fraction of the time that Python would."""
    directory = tempfile.mkdtemp(prefix="plimsoll-bench-", dir=where)
    stack.callback(subprocess.run, ["rm", "-rf", directory])
    return Path(directory)


def memory():
    """Where files are kept in memory; None where there is no such place."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES:
        return MEMORY
    return None


@dataclass(frozen=True)
class Setting:
    directory: Path
    quick: bool
    runs: int
    begun: float  # by time.monotonic()

    def rounds(self, budget=BUDGET_SECONDS, clock=time.monotonic):
        """0, 1, 2, ... as often as there are runs and time; once at least."""
        longest = 0.0
        for number in range(self.runs):
            now = clock()
            if number and now + longest > self.begun + budget:
                print(f"bench: time for {number} of {self.runs} runs only")
                return
            yield number
            longest = max(longest, clock() - now)


def rotated(targets, number):
    """Every target once, another one first in each round: what one leaves
    behind, such as a warm cache, must not always serve the same neighbour."""
    start = number % len(targets)
    return targets[start:] + targets[:start]
