"""The numbers behind the report's pictures: pure functions of scores, truths and outcomes.

Every curve is empirical, over the samples of one run: nothing is fitted or smoothed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evals.rates import wilson

BINS = 10


@dataclass(frozen=True)
class Cut:
    """What a threshold would do: score >= `threshold` is flagged."""

    threshold: float
    flagged_true: int
    flagged_false: int
    n_true: int
    n_false: int

    @property
    def recall(self) -> float:
        """Flagged of those that should be."""
        return self.flagged_true / self.n_true

    @property
    def false_alarms(self) -> float:
        """Flagged of those that should not be."""
        return self.flagged_false / self.n_false

    @property
    def precision(self) -> float:
        """Those that should be, of the flagged."""
        return self.flagged_true / (self.flagged_true + self.flagged_false)


@dataclass(frozen=True)
class Bin:
    """Samples whose scores lie together: the mean score, and how often it was true."""

    mean_score: float
    hits: int
    n: int
    low: float
    high: float


def cuts(scores: dict[str, float], truth: dict[str, bool]) -> list[Cut]:
    """One cut at every score that occurs, lowest first; [] unless both truths occur."""
    both = sorted((scores[id], truth[id]) for id in scores.keys() & truth.keys())
    n_true = sum(true for _, true in both)
    n_false = len(both) - n_true
    if not n_true or not n_false:
        return []
    found, above_true, above_false = [], n_true, n_false
    for n, (score, true) in enumerate(both):
        if n == 0 or score != both[n - 1][0]:
            found.append(Cut(score, above_true, above_false, n_true, n_false))
        above_true -= true
        above_false -= not true
    return found


def calibration(scores: dict[str, float], truth: dict[str, bool], bins: int = BINS) -> list[Bin]:
    """Bins of equal width over 0-1; empty ones left out; what lies outside is in the end bins."""
    held: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for id in sorted(scores.keys() & truth.keys()):
        held[max(0, min(bins - 1, int(scores[id] * bins)))].append((scores[id], truth[id]))
    found = []
    for members in held:
        if members:
            hits, n = sum(true for _, true in members), len(members)
            low, high = wilson(hits, n)
            found.append(Bin(sum(s for s, _ in members) / n, hits, n, low, high))
    return found


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed (nearest rank).

    >>> quantile([3.0, 1.0, 2.0], 0.5)
    2.0
    """
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1)]
