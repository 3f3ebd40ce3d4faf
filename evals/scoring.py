"""How samples become figures: a judge marks each sample, and marks are counted into rates.

Promise: a sample gives a mark only for the figures it is eligible for; one that raised, or whose
verdict cannot be read, gives none and is counted as an error.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, metric, scorer
from inspect_ai.solver import TaskState
from pydantic import BaseModel, ConfigDict, model_validator

from evals.observed import Observed
from evals.rates import Record
from evals.record import Better, counted

MARKS, SCORER = "marks", "judged"


class Unparseable(Exception):
    """What a system gave cannot be read as a verdict: an error, never a default."""


@dataclass(frozen=True)
class Asked:
    """A figure of a task: its key, its name for people, and which way is better."""

    key: str
    name: str
    better: Better = "higher"


class Mark(BaseModel):
    """One outcome of one sample for one figure.

    `part` tells apart several of one sample, such as its sentences. `slices` are values that only
    this mark has, beside those of its record.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    figure: str
    hit: bool
    expected: str = ""
    got: str = ""
    part: str = ""
    slices: dict[str, str] = {}


class Judged(BaseModel):
    """All that a judge says of one sample; `score` and `truth` draw the curves of the report.

    Two marks of one figure and one part are an error: the second would hide the first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    marks: tuple[Mark, ...] = ()
    score: float | None = None
    truth: bool | None = None

    @model_validator(mode="after")
    def _each_mark_once(self) -> "Judged":
        named = [(mark.figure, mark.part) for mark in self.marks]
        if len(set(named)) != len(named):
            raise ValueError("two marks of one figure and part")
        return self


Judge = Callable[[Record, Observed], Judged]


@metric
def rates() -> Metric:
    """Per figure: its rate, n, and the ends of its 95% Wilson interval."""

    def measure(scores: list[SampleScore]) -> dict[str, float]:
        every: dict[str, list[bool]] = {}
        for one in scores:
            for mark in (one.score.metadata or {}).get(MARKS, ()):
                every.setdefault(mark["figure"], []).append(mark["hit"])
        told: dict[str, float] = {}
        for figure, hits in sorted(every.items()):
            n_hits, n, low, high = counted(hits)
            told |= {figure: n_hits / n, f"{figure} n": n}
            told |= {f"{figure} low": low, f"{figure} high": high}
        return told

    return measure


@scorer(metrics=[rates()], name=SCORER)
def judged(judge: Judge, figures: Sequence[Asked]) -> Scorer:
    """A scorer from a judge. The value has one entry for each figure the sample is eligible for."""
    better = {f.key: f.better for f in figures}

    async def score(state: TaskState, target: Target) -> Score:
        observed = Observed.model_validate(state.metadata["observed"])
        said = judge(state.metadata["record"], observed) if observed.eligible else Judged()
        value: dict[str, Any] = {}
        for key in dict.fromkeys(m.figure for m in said.marks):
            hits = [m.hit for m in said.marks if m.figure == key]
            value[key] = sum(hits) / len(hits)
        wrong = [m for m in said.marks if m.hit != (better[m.figure] == "higher")]
        told = [f"{m.figure}: expected {m.expected}, got {m.got}" for m in wrong]
        return Score(
            value=value,
            explanation="\n".join(told) or "as it should be",
            metadata={
                MARKS: [m.model_dump() for m in said.marks],
                "score": said.score,
                "truth": said.truth,
            },
        )

    return score
