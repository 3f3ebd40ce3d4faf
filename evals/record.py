"""run.json: what one run of the evals found. The contract between run, report, gate and mutants.

Every rate is kept as hits and n, with its interval beside it; the outcome of each eligible sample
is kept too, so that two runs can be compared sample by sample. A failed sample names what was
expected and what came; an error names its type only.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from chatbot.errors import LamplightError
from evals.rates import wilson

RESULTS = Path(__file__).parent / "results"
BASELINE = Path(__file__).parent / "baseline.json"
RUN_FILE = "run.json"

Better = Literal["higher", "lower"]


class RunUnreadable(LamplightError):
    """A run.json is not there, or is none."""


class Recorded(BaseModel):
    """A frozen record; unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(Recorded):
    """One rate over the eligible samples. Where lower is better, hits are the bad events."""

    key: str
    name: str
    better: Better
    hits: int
    n: int
    low: float
    high: float

    @property
    def rate(self) -> float | None:
        """Hits over n; None where nothing was eligible."""
        return self.hits / self.n if self.n else None


class Slice(Recorded):
    """A figure over the samples that share a value, such as a register."""

    figure: str
    by: str
    value: str
    hits: int
    n: int
    low: float
    high: float


class Failure(Recorded):
    """A sample that a figure counts against the system."""

    id: str
    figure: str
    text: str
    expected: str
    got: str
    rationale: str


class SampleError(Recorded):
    """A sample that gave no verdict: the type of what was raised, never its message."""

    id: str
    error: str


class TaskRun(Recorded):
    """One task's findings. `outcomes` holds figure → sample → whether it was a hit."""

    name: str
    about: str
    seconds: float
    samples: int
    errors: tuple[SampleError, ...] = ()
    figures: tuple[Figure, ...] = ()
    slices: tuple[Slice, ...] = ()
    outcomes: dict[str, dict[str, bool]] = {}
    failures: tuple[Failure, ...] = ()
    scores: dict[str, float] = {}
    truth: dict[str, bool] = {}
    milliseconds: dict[str, float] = {}

    def figure(self, key: str) -> Figure | None:
        """The figure of that key, if the task has it."""
        return next((f for f in self.figures if f.key == key), None)


class RunVersions(Recorded):
    """What was under test and what judged it: enough to run it again."""

    corpus: str
    guard: str
    app: str
    encoder: str
    python: str
    packages: dict[str, str] = {}
    datasets: dict[str, str] = {}


class Run(Recorded):
    """One run of the evals, whole."""

    format: Literal[1] = 1
    system: str
    seed: int
    limit: int | None
    quick: bool
    date: str
    command: str
    seconds: float
    versions: RunVersions
    tasks: tuple[TaskRun, ...]

    def task(self, name: str) -> TaskRun | None:
        """The task of that name, if it was run."""
        return next((t for t in self.tasks if t.name == name), None)

    @property
    def whole(self) -> bool:
        """Whether every sample was asked for, so that a rate can be held to its floor."""
        return not self.quick and self.limit is None


def counted(hits: Iterable[bool]) -> tuple[int, int, float, float]:
    """Hits, n and the ends of the 95% Wilson interval.

    >>> counted([True, False])[:2]
    (1, 2)
    """
    every = list(hits)
    low, high = wilson(sum(every), len(every))
    return sum(every), len(every), round(low, 4), round(high, 4)


def read_run(file: Path) -> Run:
    """A run from its file. Raises RunUnreadable."""
    try:
        return Run.model_validate_json(file.read_text("utf-8"))
    except FileNotFoundError:
        raise RunUnreadable(f"{file} is not there. `lamplight evals run` makes one.") from None
    except ValidationError as error:
        at = ".".join(map(str, error.errors()[0]["loc"]))
        raise RunUnreadable(
            f"{file}: not a run.json of format 1 (at {at or 'its start'})."
        ) from None


def write_run(run: Run, file: Path) -> None:
    """Write a run, with sorted keys, so that two runs can be compared by eye."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(run.model_dump(mode="json"), ensure_ascii=False, indent=1, sort_keys=True)
    file.write_text(text + "\n", "utf-8")


def latest(results: Path = RESULTS) -> Path:
    """The run.json of the newest run, by the name of its folder. Raises RunUnreadable."""
    found = sorted(results.glob(f"*/{RUN_FILE}"))
    if not found:
        raise RunUnreadable(f"No runs in {results}. `lamplight evals run` makes one.")
    return found[-1]


def for_keeping(run: Run) -> Run:
    """A run as it is committed for a baseline: without the texts of what failed, and times."""
    tasks = [t.model_copy(update={"failures": (), "milliseconds": {}}) for t in run.tasks]
    return run.model_copy(update={"tasks": tuple(tasks)})
