"""Runs made by hand: tasks with the outcomes that a test wants."""

from evals.record import Better, Figure, Run, RunVersions, SampleError, TaskRun, counted


def a_task(
    name: str,
    outcomes: dict[str, dict[str, bool]],
    better: Better = "higher",
    errors: tuple[SampleError, ...] = (),
) -> TaskRun:
    """A task with the outcomes of each of its figures."""
    figures = []
    for key, found in outcomes.items():
        hits, n, low, high = counted(found.values())
        figures.append(Figure(key=key, name=key, better=better, hits=hits, n=n, low=low, high=high))
    return TaskRun(
        name=name,
        about="",
        seconds=0,
        samples=len({id for found in outcomes.values() for id in found}),
        errors=errors,
        figures=tuple(figures),
        outcomes={key: found for key, found in outcomes.items() if found},
    )


def a_run(
    *tasks: TaskRun,
    quick: bool = False,
    limit: int | None = None,
    command: str = "lamplight evals run",
    datasets: dict[str, str] | None = None,
) -> Run:
    """A run of some tasks."""
    return Run(
        system="lamplight",
        seed=0,
        limit=limit,
        quick=quick,
        date="2026-11-23T01:00:00Z",
        command=command,
        seconds=1,
        versions=RunVersions(
            corpus="c", guard="g", app="a", encoder="e", python="3.11", datasets=datasets or {}
        ),
        tasks=tasks,
    )


def noticed(*ids: str, missed: tuple[str, ...] = ()) -> dict[str, dict[str, bool]]:
    """Outcomes of one figure: ids that were hits, and ids that were not."""
    return {"noticed": {**dict.fromkeys(ids, True), **dict.fromkeys(missed, False)}}


def rated(hits: int, n: int) -> dict[str, dict[str, bool]]:
    """Outcomes of one figure, of which the first are hits."""
    return {"noticed": {f"s{k:03}": k < hits for k in range(n)}}
