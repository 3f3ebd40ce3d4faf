"""Rates as they are always printed: with n and a 95% Wilson interval."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

DATASETS = Path(__file__).parent / "datasets"
Z = 1.959964

Record = dict[str, Any]


def read_dataset(name: str) -> list[Record]:
    """The records of a JSONL file in evals/datasets, in order."""
    return [
        json.loads(line) for line in (DATASETS / name).read_text("utf-8").rstrip("\n").split("\n")
    ]


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95% interval of a rate (Wilson 1927), each end 0-1."""
    if n == 0:
        return 0.0, 1.0
    p, z2 = hits / n, Z * Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def rate(hits: Sequence[bool]) -> str:
    """A rate as it is always printed.

    >>> rate([True] * 39 + [False])
    '97.5% (39/40, 95% CI 87%-100%)'
    """
    if not hits:
        return "no eligible samples"
    low, high = wilson(sum(hits), len(hits))
    share = sum(hits) / len(hits)
    return f"{share:.1%} ({sum(hits)}/{len(hits)}, 95% CI {low:.0%}-{high:.0%})"
