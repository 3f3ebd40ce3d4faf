"""Two runs, sample by sample: what broke, what was mended, and whether that is more than chance.

Only samples that gave an outcome in both runs are compared, so that a quick run can be held
against a whole one of the same dataset. The test is McNemar's, exact and one-sided: if nothing had
changed, a sample that differs would be as likely to be mended as broken (McNemar 1947,
doi:10.1007/BF02295996).

Promise: nothing that the older run measured goes missing unsaid (`figures_lost`).
"""

import itertools
import math
import shlex
from collections import Counter
from dataclasses import dataclass

from evals.record import Better, Figure, Run, TaskRun

PART = "#"
"""What parts a sample's id from its part, as in `q-012#sentence 2` (evals/collect.py)."""

COMMAND = "lamplight evals run"


@dataclass(frozen=True)
class Change:
    """A figure in two runs. `old` and `new` are whole; the rest is over the pairs.

    Attributes
    ----------
    pairs : how many outcomes are in both runs, by id.
    broke, mended : ids of outcomes that became bad, or good, by what is good for this figure.
    p : how likely it is that as many samples or more broke by chance; 1 where none did.
    """

    task: str
    figure: str
    name: str
    better: Better
    old: Figure
    new: Figure
    pairs: int
    broke: tuple[str, ...]
    mended: tuple[str, ...]
    p: float

    @property
    def worse(self) -> int:
        """How many more samples became worse than became better; less than 0 where it gained."""
        worsened, improved = samples_moved(self.broke, self.mended)
        return worsened - improved


@dataclass(frozen=True)
class Lost:
    """What a run lacks although it was asked for; `figure` is empty where it is all of a task."""

    task: str
    figure: str = ""


def compare(new: Run, old: Run) -> tuple[Change, ...]:
    """Every figure that both runs have, in the order of the new one."""
    changes = []
    for task in new.tasks:
        before = old.task(task.name)
        for figure in task.figures if before else ():
            then = before.figure(figure.key) if before else None
            if before and then and then.better == figure.better:
                changes.append(_change(task, before, figure, then))
    return tuple(changes)


def _change(task: TaskRun, before: TaskRun, figure: Figure, then: Figure) -> Change:
    now, was = task.outcomes.get(figure.key, {}), before.outcomes.get(figure.key, {})
    both = sorted(now.keys() & was.keys())
    flipped = [id for id in both if now[id] != was[id]]
    good = figure.better == "higher"
    broke = tuple(id for id in flipped if now[id] != good)
    mended = tuple(id for id in flipped if now[id] == good)
    return Change(
        task=task.name,
        figure=figure.key,
        name=figure.name,
        better=figure.better,
        old=then,
        new=figure,
        pairs=len(both),
        broke=broke,
        mended=mended,
        p=mcnemar(*samples_moved(broke, mended)),
    )


def samples_moved(broke: tuple[str, ...], mended: tuple[str, ...]) -> tuple[int, int]:
    """How many samples got worse, and how many better.

    The parts of one sample, such as the sentences of one reply, are not independent: they count as
    one sample, which went the way that most of them went.

    >>> samples_moved(("q1#sentence 1", "q1#sentence 2", "q2"), ("q1#sentence 3", "q3"))
    (2, 1)
    """
    moved = Counter(id.split(PART)[0] for id in broke)
    moved.subtract(id.split(PART)[0] for id in mended)
    return sum(by > 0 for by in moved.values()), sum(by < 0 for by in moved.values())


def mcnemar(broke: int, mended: int) -> float:
    """The chance of `broke` or more among so many changed samples, each as likely either way.

    >>> mcnemar(broke=7, mended=0)
    0.0078125
    """
    changed = broke + mended
    ways = sum(math.comb(changed, worse) for worse in range(broke, changed + 1))
    return float(ways / 2**changed)


def figures_lost(new: Run, old: Run) -> tuple[Lost, ...]:
    """What the old run measured and the new one does not, of what the new one was asked for.

    A figure without any eligible sample is as good as gone, unless the new run asked for a part of
    the samples only.
    """
    lost: list[Lost] = []
    for before in old.tasks:
        task = new.task(before.name)
        if task is None:
            lost += [Lost(before.name)] if _asked_for(before.name, new.command) else []
            continue
        for figure in before.figures:
            now = task.figure(figure.key)
            emptied = now is not None and not now.n and bool(figure.n) and new.whole
            if now is None or emptied:
                lost.append(Lost(before.name, figure.key))
    return tuple(lost)


def _asked_for(task: str, command: str) -> bool:
    """Whether a command runs a task: it names it, or it names none.

    >>> _asked_for("crisis", "lamplight evals run --quick")
    True
    """
    if not command.startswith(COMMAND):
        return False
    named = list(itertools.takewhile(lambda w: w[:2] != "--", shlex.split(command)[3:]))
    return task in named or not named


def datasets_changed(new: Run, old: Run) -> tuple[str, ...]:
    """Datasets of both runs that hold something else now: their figures are of other samples."""
    now, was = new.versions.datasets, old.versions.datasets
    return tuple(name for name in sorted(now.keys() & was.keys()) if now[name] != was[name])
