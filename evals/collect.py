"""From an Inspect log to a TaskRun: marks are counted, by figure and by slice."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from inspect_ai.log import EvalLog, EvalSample

from evals.evaluation import text_of
from evals.observed import Observed
from evals.record import Failure, Figure, SampleError, Slice, TaskRun, counted
from evals.scoring import MARKS, SCORER, Mark

_FRAME = re.compile(r'\s+File ".*", line \d+')
_RAISED = re.compile(r"([A-Za-z_][\w.]*)(:|$)")
SMALLEST_SLICE = 10
"""Slices of fewer outcomes are left out: their intervals say nothing."""
Counts = dict[tuple[str, str, str], list[bool]]


def task_run(log: EvalLog) -> TaskRun:
    """What one task found. Samples come in the order of their ids, whoever ran them first."""
    about = log.eval.metadata or {}
    samples = sorted(log.samples or [], key=lambda s: str(s.id))
    better = {key: which for key, _, which in about["figures"]}
    outcomes: dict[str, dict[str, bool]] = {key: {} for key in better}
    by_slice: Counts = defaultdict(list)
    failures: list[Failure] = []
    for sample in samples:
        for mark in _marks(sample):
            id = f"{sample.id}#{mark.part}" if mark.part else str(sample.id)
            outcomes[mark.figure][id] = mark.hit
            for by, value in _slices(sample, mark):
                by_slice[mark.figure, by, value].append(mark.hit)
            if mark.hit != (better[mark.figure] == "higher"):
                failures.append(_failure(id, sample, mark))
    return TaskRun(
        name=log.eval.task,
        about=about["about"],
        seconds=_seconds(log),
        samples=len(samples),
        errors=_errors(log, samples),
        figures=tuple(
            Figure(key=key, name=name, better=which, **_rate(list(outcomes[key].values())))
            for key, name, which in about["figures"]
        ),
        slices=_counted_slices(by_slice),
        outcomes={key: found for key, found in outcomes.items() if found},
        failures=tuple(failures),
        scores=_numbers(samples, "score"),
        truth={id: bool(v) for id, v in _numbers(samples, "truth").items()},
        milliseconds={
            str(s.id): round(spent[-1], 2) for s in samples if (spent := _milliseconds(s))
        },
    )


def _rate(hits: list[bool]) -> dict[str, Any]:
    n_hits, n, low, high = counted(hits)
    return {"hits": n_hits, "n": n, "low": low, "high": high}


def _marks(sample: EvalSample) -> list[Mark]:
    score = (sample.scores or {}).get(SCORER)
    kept = (score.metadata or {}).get(MARKS, []) if score and not sample.error else []
    return [Mark.model_validate(mark) for mark in kept]


def _slices(sample: EvalSample, mark: Mark) -> Iterator[tuple[str, str]]:
    for by, values in (sample.metadata.get("slices") or {}).items():
        for value in dict.fromkeys(values):
            yield by, value
    yield from mark.slices.items()


def _counted_slices(by_slice: Counts) -> tuple[Slice, ...]:
    return tuple(
        Slice(figure=figure, by=by, value=value, **_rate(hits))
        for (figure, by, value), hits in sorted(by_slice.items())
        if len(hits) >= SMALLEST_SLICE
    )


def _failure(id: str, sample: EvalSample, mark: Mark) -> Failure:
    record = sample.metadata["record"]
    return Failure(
        id=id,
        figure=mark.figure,
        text=text_of(record),
        expected=mark.expected,
        got=mark.got,
        rationale=str(record.get("rationale", "")),
    )


def _errors(log: EvalLog, samples: list[EvalSample]) -> tuple[SampleError, ...]:
    """Samples that raised; a task that ended early is one more error, with the task's name."""
    found = [SampleError(id=str(s.id), error=_type(s.error.traceback)) for s in samples if s.error]
    if log.status != "success":
        raised = _type(log.error.traceback) if log.error else log.status
        found.append(SampleError(id=log.eval.task, error=raised))
    return tuple(found)


def _type(traceback: str) -> str:
    """The type on the line that follows a traceback's last frame.

    What follows it is the message, which may have lines of its own and quote somebody.
    """
    lines = traceback.strip().splitlines()
    frames = [n for n, line in enumerate(lines) if _FRAME.match(line)]
    for line in lines[frames[-1] + 1 if frames else 0 :]:
        found = _RAISED.match(line)
        if found:
            return found[1].rsplit(".", 1)[-1]
    return "Error"


def _numbers(samples: list[EvalSample], name: str) -> dict[str, float]:
    found = {}
    for sample in samples:
        score = (sample.scores or {}).get(SCORER)
        value = (score.metadata or {}).get(name) if score and not sample.error else None
        if value is not None:
            found[str(sample.id)] = float(value)
    return found


def _milliseconds(sample: EvalSample) -> tuple[float, ...]:
    kept = sample.metadata.get("observed")
    return Observed.model_validate(kept).milliseconds if kept else ()


def _seconds(log: EvalLog) -> float:
    if not (log.stats.started_at and log.stats.completed_at):
        return 0.0
    begun, ended = map(datetime.fromisoformat, (log.stats.started_at, log.stats.completed_at))
    return round((ended - begun).total_seconds(), 2)
