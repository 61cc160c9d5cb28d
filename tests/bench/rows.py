"""The arithmetic of a benchmark: samples become rows, rows a table or JSON."""

import math
import statistics
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """One figure about one target: the median over `n` runs."""

    bench: str
    case: str
    target: str  # "plimsoll", "bare" or a peer's name
    metric: str
    unit: str
    value: float
    min: float
    max: float
    n: int


def percentile(values, percent):
    """The smallest of `values` that `percent` of them do not exceed."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no percentile of nothing")
    rank = math.ceil(len(ordered) * percent / 100)
    return ordered[max(rank, 1) - 1]


class Samples:
    """What each run measured, in the order in which it is first told of."""

    def __init__(self, bench):
        self._bench = bench
        self._values = {}

    def add(self, case, target, metric, unit, value):
        key = (case, target, metric, unit)
        self._values.setdefault(key, []).append(value)

    def rows(self):
        return [
            Row(
                self._bench,
                *key,
                value=_rounded(statistics.median(values)),
                min=_rounded(min(values)),
                max=_rounded(max(values)),
                n=len(values),
            )
            for key, values in self._values.items()
        ]


def _rounded(value):
    """Four significant digits: more would be noise."""
    return float(f"{value:.4g}")


def to_json(rows):
    """Rows as values that JSON knows."""
    return [asdict(row) for row in rows]


def table(rows):
    """The rows for people: a line for each case and metric, a column for each
    target, each cell a median with its minimum and maximum."""
    targets = list(dict.fromkeys(row.target for row in rows))
    cells = {}
    for row in rows:
        line = (row.case, f"{row.metric}, {row.unit}", str(row.n))
        cells.setdefault(line, {})[row.target] = (
            f"{_short(row.value)} [{_short(row.min)}-{_short(row.max)}]"
        )
    lines = [("case", "metric", "n", *targets)]
    lines += [
        (*line, *(found.get(target, "") for target in targets))
        for line, found in cells.items()
    ]
    return "\n".join(_aligned(lines))


def _short(value):
    """Three significant digits, without an exponent."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}"


def _aligned(lines):
    widths = [max(map(len, column)) for column in zip(*lines)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
        for line in lines
    ]
