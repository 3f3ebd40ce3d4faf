"""The gate: which figures of a run may not pass, and what to do about each.

Four things close it. A sample that raised: it gave no verdict, and none may be assumed. A figure
that the gates name, or that the baseline had, and that is not there. A figure beyond its bound in
gates.toml. And a figure that more samples lost against the baseline than chance explains, by the
exact McNemar test of evals/compare.py.

Promise: no bound is passed over in silence. What was not asked of a run is not held against it;
what was asked and gave no rate fails.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from evals.bounds import Bound, Gates
from evals.compare import Change, compare, datasets_changed, figures_lost
from evals.record import Figure, Run, TaskRun
from evals.summary import told

CHANCE = 0.01
"""Below this, a drop is no chance. Some fifty figures are tested, so 0.05 would stop two or three
good changes in a hundred. It takes seven samples lost and none won, so a least number of samples
would add nothing; what may not happen even once has a bound of 0 or 1."""
SHOWN = 8
"""How many ids of lost samples a verdict names; the report has them all."""

Rule = Literal["error", "missing", "bound", "drop"]


@dataclass(frozen=True)
class Verdict:
    """One thing that was held against a run. `said` tells what to do where it did not pass."""

    task: str
    figure: str
    rule: Rule
    passed: bool
    said: str


def verdicts(found: Run, baseline: Run | None, gates: Gates) -> list[Verdict]:
    """Every verdict on a run, in the order error, missing, bound, drop.

    Parameters
    ----------
    baseline : a run of any seed or size: the samples that both have are compared. None where none
        is kept; then drops and lost figures are not judged.
    """
    judged = [_errors(task) for task in found.tasks]
    judged += _lost(found, baseline) if baseline else []
    for bound in gates.bounds:
        task = found.task(bound.task)
        if task is not None:
            judged.append(_bound(bound, task.figure(bound.figure), whole=found.whole))
    judged += [_drop(change) for change in compare(found, baseline)] if baseline else []
    return judged


def notes(found: Run, baseline: Run | None, gates: Gates) -> list[str]:
    """What a reader of the verdicts should know, and what fails nothing."""
    asked = {task.name for task in found.tasks}
    left = sorted({b.task for b in gates.bounds} - asked)
    said = [f"Not asked, so not held: {', '.join(left)}."] if left else []
    if baseline is None:
        return said
    said += [
        f"{name} is not what the baseline was measured on: only samples of the same id are "
        "compared. `lamplight evals report --keep` makes a new baseline."
        for name in datasets_changed(found, baseline)
    ]
    if found.system != baseline.system:
        said.append(f"The run is of {found.system}, the baseline of {baseline.system}.")
    apart = [t.name for t in found.tasks if _nothing_shared(t, baseline.task(t.name))]
    if apart:
        said.append(f"No sample in common with the baseline: {', '.join(apart)}.")
    return said


def _nothing_shared(task: TaskRun, before: TaskRun | None) -> bool:
    now = {id for found in task.outcomes.values() for id in found}
    was = {id for found in before.outcomes.values() for id in found} if before else set()
    return bool(now) and bool(was) and not now & was


def _errors(task: TaskRun) -> Verdict:
    """Any error fails: the rates leave its sample out, and would look better for it."""
    kinds = Counter(e.error for e in task.errors)
    told_kinds = ", ".join(f"{kind} ×{n}" for kind, n in sorted(kinds.items()))
    said = (
        f"{len(task.errors)} of {task.samples} samples raised ({told_kinds}) and gave no verdict, "
        f"the first {task.errors[0].id}. Read the log (`inspect view`), mend it, run again."
        if task.errors
        else "no errors"
    )
    return Verdict(task.name, "errors", "error", not task.errors, said)


def _lost(found: Run, baseline: Run) -> Iterator[Verdict]:
    for lost in figures_lost(found, baseline):
        said = (
            "The baseline measured it and this run did not. Restore it, or, where it is meant to "
            "go, make a new baseline (`lamplight evals report --keep`) and say so in CHANGELOG.md."
        )
        yield Verdict(lost.task, lost.figure or "every figure", "missing", False, said)


def _bound(bound: Bound, figure: Figure | None, *, whole: bool) -> Verdict:
    """Hold a figure to its bound.

    Of a whole run the rate itself is held. Of a part of the samples the far end of the interval is:
    among twenty samples a rate falls below its floor by luck alone, while an interval that lies
    wholly beyond it says that all samples would, too. So a bound of 1 or 0 fails at the first
    sample, whole or not.
    """
    if figure is None or figure.rate is None:
        what = "no such figure" if figure is None else "no eligible sample"
        said = (
            f"{what}, so {bound} cannot be held. Mend the task or its dataset, ask more samples, "
            "or change evals/gates.toml with a line in CHANGELOG.md."
        )
        return Verdict(bound.task, bound.figure, "missing", False, said)
    if (bound.at_least is not None) != (figure.better == "higher"):
        said = f"{figure.better} is better here: give at_{_direction(figure)} in evals/gates.toml."
        return Verdict(bound.task, bound.figure, "bound", False, said)
    if bound.at_least is not None:
        passed = (figure.rate if whole else figure.high) >= bound.at_least
    else:
        passed = (figure.rate if whole else figure.low) <= (bound.at_most or 0.0)
    said = f"{figure.name}: {told(figure)}, wanted {bound}."
    if not passed:
        said += (
            " Mend what broke (the report lists every failed sample), or move the bound in "
            "evals/gates.toml with a line in CHANGELOG.md that says why."
        )
    return Verdict(bound.task, bound.figure, "bound", passed, said)


def _direction(figure: Figure) -> str:
    return "least" if figure.better == "higher" else "most"


def _drop(change: Change) -> Verdict:
    passed = change.p >= CHANCE
    said = (
        f"{change.name}: {told(change.old)} before, {told(change.new)} now; of {change.pairs} in "
        f"both, {len(change.broke)} broke and {len(change.mended)} were mended "
        f"(exact McNemar, one-sided: p = {change.p:.2g})."
    )
    if not passed:
        said += (
            f" Look at {_first(change.broke)}. If the loss is meant, say so in CHANGELOG.md and "
            "make a new baseline (`lamplight evals report --keep`)."
        )
    return Verdict(change.task, change.figure, "drop", passed, said)


def _first(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return ", ".join(ids[:SHOWN]) + more
