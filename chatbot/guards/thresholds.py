"""How scores are calibrated and thresholds chosen: on validation messages, by stated costs.

Costs (per message, relative): a crisis message left at none 30, left at elevated 8; an elevated
message left at none 5, called crisis 1; a benign message given care 1, stopped as crisis 6. Crisis
messages are far commoner in the data than in life, so costs are weighed by an assumed share of
each risk (`SHARES`), not by the data's own. The cost is flat around its least on a few hundred
messages, so that of the thresholds of crisis that cost nearly the same the lowest is taken.

Of requests: one answered that should be refused costs 3 (the corpus holds nothing that harms), one
refused that may be answered 2, whatever it is; in a hundred messages 10 are to be refused and 20
lie near those.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COSTS = np.array(  # rows: truth none, elevated, crisis; columns: verdict none, elevated, crisis
    [[0, 1, 6], [5, 0, 1], [30, 8, 0]], dtype=float
)
SHARES = np.array([0.85, 0.08, 0.07])
REFUSAL_COSTS = (3 * 0.10, 2 * 0.20, 2 * 0.70)
"""Cost times share: of a refusal missed, of a neighbour refused, of an ordinary message refused."""
GRID = np.round(np.arange(0.02, 0.99, 0.01), 2)
NEAR = 0.05
"""Costs that differ by less than this share are the same, on so few messages."""
CALM_GRID = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Chosen:
    """What was chosen, at what cost, and the verdicts that follow on the validation messages."""

    temperature: float
    calm: float
    elevated: float
    crisis: float
    cost: float
    found: Labels


def calibrate(parts: Sequence[Array], risks: Labels) -> Chosen:
    """From the logits of each message's readings, (readings, 3), and its risk as a row of RISKS."""
    temperature = choose_temperature(parts, risks)
    parts = [p / temperature for p in parts]
    calm = choose_calm(parts, risks)
    scores = worst_window(parts, calm)
    elevated, crisis, _ = choose_thresholds(scores, risks)
    crisis = more_careful(scores, risks, elevated, crisis)
    cost = cost_of(scores, risks, elevated, crisis)
    found = verdicts(scores, elevated, crisis)
    return Chosen(temperature, calm, elevated, crisis, cost, found)


def softmax(logits: Array) -> Array:
    """Shape (n, k) → (n, k), rows summing to 1."""
    exp = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exp / exp.sum(axis=1, keepdims=True))


def choose_temperature(parts: Sequence[Array], risks: Labels) -> float:
    """The temperature of least negative log-likelihood over whole messages (Guo et al. 2017)."""
    whole = np.array([p[0] for p in parts])
    grid = np.round(np.arange(0.5, 4.01, 0.05), 2)
    loss = [-np.log(softmax(whole / t)[np.arange(len(risks)), risks]).mean() for t in grid]
    return float(grid[int(np.argmin(loss))])


def worst_window(parts: Sequence[Array], calm: float) -> Array:
    """Per message P(elevated or crisis) and P(crisis), each the worst of its windows: (n, 2)."""
    none = np.array([1.0, 0.0, 0.0])
    probabilities = [softmax(p + calm * np.log(len(p)) * none) for p in parts]
    return np.array([[p[:, 1:].sum(axis=1).max(), p[:, 2].max()] for p in probabilities])


def verdicts(scores: Array, elevated: float, crisis: float) -> Labels:
    """0 none, 1 elevated, 2 crisis."""
    return np.where(scores[:, 1] >= crisis, 2, np.where(scores[:, 0] >= elevated, 1, 0))


def choose_calm(parts: Sequence[Array], risks: Labels) -> float:
    """How much calmer many readings are believed, at the least cost of the best thresholds."""
    cost = {calm: choose_thresholds(worst_window(parts, calm), risks)[2] for calm in CALM_GRID}
    return min(cost, key=lambda calm: (cost[calm], calm))


def cost_of(scores: Array, risks: Labels, elevated: float, crisis: float) -> float:
    """What the verdicts cost, a message, at the assumed shares of each risk."""
    weights = (SHARES / np.maximum(np.bincount(risks, minlength=3), 1))[risks]
    return float(COSTS[risks, verdicts(scores, elevated, crisis)] @ weights)


def choose_thresholds(scores: Array, risks: Labels) -> tuple[float, float, float]:
    """The two thresholds of least cost, and that cost."""
    best = (np.inf, 0.5, 0.5)
    for elevated in GRID:
        for crisis in GRID:
            cost = cost_of(scores, risks, elevated, crisis)
            best = min(best, (cost, float(elevated), float(crisis)))
    return best[1], best[2], best[0]


def more_careful(scores: Array, risks: Labels, elevated: float, crisis: float) -> float:
    """The lowest threshold of crisis that costs nearly as little as the one given."""
    enough = (1 + NEAR) * cost_of(scores, risks, elevated, crisis)
    lower = (float(t) for t in GRID if t <= crisis)
    return next(t for t in lower if cost_of(scores, risks, elevated, t) <= enough)


def choose_refusal(refused: Array, neighbours: Array, ordinary: Array) -> float:
    """The threshold of least cost on P(to be refused); each argument holds scores, shape (n,)."""

    def cost(threshold: float) -> float:
        missed, *wrong = ((s >= threshold).mean() for s in (refused, neighbours, ordinary))
        return float(np.dot(REFUSAL_COSTS, (1 - missed, *wrong)))

    return min((float(t) for t in GRID), key=lambda t: (cost(t), t))
