"""A task: records, a way to observe what the system does with each, and a judge.

Every task file calls `evaluation`. What is slow one by one is observed in batches (`Batch`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.solver import Generate, Solver, TaskState, solver

from evals.observed import Observed
from evals.rates import Record
from evals.samples import DatasetError
from evals.scoring import Asked, Judge, judged

Observe = Callable[[Record], Observed]
Slices = dict[str, list[str]]

BATCH = 128
_listeners: list[Callable[[], object]] = []


class TimedOut(Exception):
    """A system took too long.

    Inspect would take a TimeoutError for a limit of its own, and score the sample all the same.
    """


@contextmanager
def listening(listener: Callable[[], object]) -> Iterator[None]:
    """Call a listener after each sample that is observed: a progress bar."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


@dataclass
class Batch:
    """Observes records in batches, each when the first record of it is asked for.

    A batch that raises is observed again one by one: whoever made it raise is an error, the others
    are judged.
    """

    records: Sequence[Record]
    run: Callable[[Sequence[Record]], Sequence[Observed]]
    size: int = BATCH
    _seen: dict[str, Observed] = field(default_factory=dict)
    _alone: set[str] = field(default_factory=set)

    def __call__(self, record: Record) -> Observed:
        if record["id"] not in self._seen and record["id"] not in self._alone:
            place = next(n for n, r in enumerate(self.records) if r["id"] == record["id"])
            start = place - place % self.size
            self._observe(self.records[start : start + self.size])
        if record["id"] in self._seen:
            return self._seen.pop(record["id"])
        (alone,) = self.run([record])
        return alone

    def _observe(self, batch: Sequence[Record]) -> None:
        try:
            observed = self.run(batch)
            if len(observed) != len(batch):
                raise ValueError("not one observation for each record")
        except Exception:  # noqa: BLE001  raised again for the record that it is about
            self._alone |= {one["id"] for one in batch}
        else:
            self._seen |= {one["id"]: o for one, o in zip(batch, observed, strict=True)}


@solver
def asks(observe: Observe) -> Solver:
    """Show the system one sample, and keep what it did."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        try:
            observed = observe(state.metadata["record"])
            state.metadata["observed"] = observed.model_dump(mode="json")
            state.output = ModelOutput.from_content("system", _shown(observed))
        except TimeoutError:
            raise TimedOut from None
        finally:
            for listener in _listeners:
                listener()
        return state

    return solve


def _shown(observed: Observed) -> str:
    if observed.replies:
        return "\n\n---\n\n".join(f"[{r.kind}, {r.risk}] {r.text}" for r in observed.replies)
    if observed.seen:
        return f"{observed.seen.risk} {' '.join(observed.seen.labels)}"
    if observed.found:
        first = observed.found.sections[:1]
        return f"{observed.found.confidence:.2f} {first[0] if first else 'nothing'}"
    return "; ".join(observed.notes) or "nothing to see"


def evaluation(
    name: str,
    about: str,
    figures: Sequence[Asked],
    records: Sequence[Record],
    observe: Observe,
    judge: Judge,
    *,
    slices: Callable[[Record], Slices] = lambda r: {},
    datasets: Sequence[str] = (),
) -> Task:
    """An Inspect task.

    Parameters
    ----------
    figures : in the order in which they are reported.
    slices : by what a record's marks are counted apart, with the record's values.
    datasets : the files that the records come from, for their hashes in the run.

    Raises
    ------
    DatasetError : no records, or two of one id: the second would hide the first.
    """
    return Task(
        name=name,
        dataset=MemoryDataset(_samples(name, records, slices, datasets), name=name),
        solver=asks(observe),
        scorer=judged(judge, figures),
        metadata={
            "about": about,
            "figures": [[f.key, f.name, f.better] for f in figures],
            "datasets": list(datasets),
        },
    )


def _samples(
    name: str,
    records: Sequence[Record],
    slices: Callable[[Record], Slices],
    datasets: Sequence[str],
) -> list[Sample]:
    if not records:
        raise DatasetError(f"{name}: no sample to ask in {', '.join(datasets) or 'its records'}.")
    twice = [id for id, n in Counter(r["id"] for r in records).items() if n > 1]
    if twice:
        raise DatasetError(f"{name}: id {twice[0]!r} is used twice.")
    return [
        Sample(
            id=r["id"],
            input=text_of(r) or " ",
            metadata={"record": r, "slices": slices(r)},
        )
        for r in records
    ]


def text_of(record: Record) -> str:
    """A record's words, as a failure shows them."""
    if record.get("messages"):
        last = record.get("question")
        return "\n".join([*record["messages"], *([last] if last else [])])
    return str(record.get("text") or record.get("question") or "")


def sliced(*names: str) -> Callable[[Record], Slices]:
    """Slices by fields of a record; a list counts for each of its values.

    >>> sliced("register", "labels")({"register": "plain", "labels": ["plan"]})
    {'register': ['plain'], 'labels': ['plan']}
    """

    def of(record: Record) -> Slices:
        found: Slices = {}
        for name in names:
            value = record.get(name)
            values = value if isinstance(value, list) else [value]
            found[name] = [str(v) for v in values if v not in (None, "")]
        return found

    return of
