"""Runs tasks: `lamplight evals run`. Progress, workers, Inspect logs, and run.json.

Several tasks are run by two worker processes where the machine has two cores; a quick run stays
in one, since loading the models twice would take longer than it saves.
"""

import multiprocessing
import os
import platform
import queue
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from chatbot.errors import LamplightError
from chatbot.schema import Versions
from chatbot.settings import Settings
from evals.record import RESULTS, RUN_FILE, Run, RunVersions, TaskRun, write_run
from evals.samples import Plan, find, sha256

if TYPE_CHECKING:
    from inspect_ai import Task

TASKS = (
    "crisis", "disguise", "conversation", "refusal", "over_refusal", "grounding", "accuracy",
    "abstention", "retrieval", "injection", "privacy", "safe_messaging", "protocol",
)  # fmt: skip
"""In the order in which they are reported."""
LONGEST_FIRST = ("disguise", "crisis", "protocol", "refusal", "over_refusal", "grounding")
WORKERS = 2
PACKAGES = (
    "inspect-ai", "torch", "sentence-transformers", "chromadb", "guardrails-ai", "langchain",
    "bm25s",
)  # fmt: skip

Tick = Callable[[], object]


class UnknownTask(LamplightError):
    """No task has this name."""


class RunFailed(LamplightError):
    """A worker process ended before its tasks did."""


@dataclass(frozen=True)
class Options:
    """What to run, on what. Everything here is written into the run."""

    tasks: tuple[str, ...] = TASKS
    system: str = "lamplight"
    plan: Plan = field(default_factory=Plan)
    workers: int = WORKERS
    results: Path = RESULTS
    command: str = "lamplight evals run"

    @property
    def jobs(self) -> int:
        """How many processes: one for few tasks, a quick run, or a system made in this process."""
        small = self.plan.quick or self.plan.limit is not None or len(self.tasks) < 2
        return 1 if small else min(self.workers, os.cpu_count() or 1)


def build(name: str, options: Options) -> "Task":
    """The Inspect task of a name. Raises UnknownTask."""
    if name not in TASKS:
        raise UnknownTask(f"No task {name!r}. There are {', '.join(TASKS)}.")
    plan = options.plan
    task: Task = getattr(import_module(f"evals.{name}"), name)(
        system=options.system,
        limit=plan.limit or 0,
        seed=plan.seed,
        quick=plan.quick,
        datasets=str(plan.datasets) if plan.datasets else "",
    )
    return task


def run(options: Options, settings: Settings, *, progress: bool = True) -> tuple[Run, Path]:
    """Run the tasks; returns the run and the folder it was written to.

    Raises
    ------
    UnknownTask, DatasetError : before anything is run. UnknownSystem : when it is to be opened.
    """
    begun, date = time.monotonic(), datetime.now(UTC)
    folder = options.results / date.strftime("%Y-%m-%dT%H-%M-%S-%f")
    sizes, datasets = {}, set[str]()
    for name in options.tasks:
        task = build(name, options)
        sizes[name] = len(task.dataset)
        datasets |= set((task.metadata or {})["datasets"])
    with tqdm(total=sum(sizes.values()), unit=" samples", disable=_quiet(progress)) as bar:
        run_all = _in_workers if options.jobs > 1 else _here
        done, under_test = run_all(options, settings, folder / "logs", bar.update)
    found = Run(
        system=options.system,
        seed=options.plan.seed,
        limit=options.plan.limit,
        quick=options.plan.quick,
        date=date.isoformat(timespec="seconds").replace("+00:00", "Z"),
        command=options.command,
        seconds=round(time.monotonic() - begun, 1),
        versions=_versions(under_test, sorted(datasets), options.plan, settings),
        tasks=tuple(sorted(done, key=lambda t: TASKS.index(t.name))),
    )
    write_run(found, folder / RUN_FILE)
    return found, folder


def _quiet(progress: bool) -> bool | None:
    return None if progress else True  # None: a bar where there is a terminal


def _here(
    options: Options, settings: Settings, logs: Path, tick: Tick
) -> tuple[list[TaskRun], Versions]:
    """Every task in this process."""
    from evals.systems import open_system, use_settings

    use_settings(settings)
    open_system(options.system)  # one that is not there must not fail sample by sample
    done = [_one(build(name, options), logs, tick) for name in options.tasks]
    return done, open_system(options.system).versions


def _one(task: "Task", logs: Path, tick: Tick) -> TaskRun:
    """One task through Inspect; a sample that raises is an error of its own, and stops nothing."""
    import inspect_ai

    from evals.collect import task_run
    from evals.evaluation import listening

    with listening(tick):
        (log,) = inspect_ai.eval(
            task,
            model=None,
            display="none",
            log_dir=str(logs),
            log_level="warning",
            log_realtime=False,
            fail_on_error=False,
            score_display=False,
            acp_server=False,
            ctl_server=False,
        )
    return task_run(log)


def _in_workers(
    options: Options, settings: Settings, logs: Path, tick: Tick
) -> tuple[list[TaskRun], Versions]:
    """Tasks shared out among processes, the longest first: whoever is free takes the next."""
    context = multiprocessing.get_context("spawn")
    plain = settings.model_dump_json()  # the class that reads a file cannot be sent
    waiting, told = context.Queue(), context.Queue()
    names = sorted(options.tasks, key=_longest_first)
    for name in [*names, *[None] * options.jobs]:
        waiting.put(name)
    threads = str(max(1, (os.cpu_count() or 1) // options.jobs))
    with _environment(OMP_NUM_THREADS=threads, MKL_NUM_THREADS=threads):
        workers = [
            context.Process(target=_work, args=(options, plain, logs, waiting, told))
            for _ in range(options.jobs)
        ]
        for worker in workers:
            worker.start()
    try:
        return _gather(told, workers, len(names), tick)
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()


def _longest_first(name: str) -> int:
    return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)


def _work(options: Options, settings: str, logs: Path, waiting: Any, told: Any) -> None:
    """A worker process: takes names until there is none, and tells of each sample and task.

    `settings` are JSON.
    """
    from evals.systems import open_system, use_settings

    use_settings(Settings.model_validate_json(settings))
    try:
        open_system(options.system)
        while (name := waiting.get()) is not None:
            done = _one(build(name, options), logs, lambda: told.put(None))
            told.put((done, open_system(options.system).versions))
    except LamplightError as error:
        told.put(f"{type(error).__name__}: {error}")
    except Exception as error:  # noqa: BLE001  the parent must hear of it; a message may quote text
        told.put(type(error).__name__)


def _gather(
    told: Any, workers: Sequence[Any], expected: int, tick: Tick
) -> tuple[list[TaskRun], Versions]:
    done: list[TaskRun] = []
    while True:
        try:
            news = told.get(timeout=1)
        except queue.Empty:
            if not any(worker.is_alive() for worker in workers):
                raise RunFailed("The workers ended before their tasks did.") from None
            continue
        if news is None:
            tick()
        elif isinstance(news, str):
            raise RunFailed(f"A worker stopped: {news}")
        else:
            done.append(news[0])
            if len(done) == expected:
                return done, news[1]


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Variables that processes started here get."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _versions(
    under_test: Versions, datasets: Sequence[str], plan: Plan, settings: Settings
) -> RunVersions:
    from chatbot.encoder import BUNDLED_SHA256, SEARCH_MODEL

    bundled = settings.encoder.model == "bundled"
    encoder = f"all-MiniLM-L6-v2@{BUNDLED_SHA256[:12]}" if bundled else settings.encoder.model
    if bundled and settings.encoder.adapted and SEARCH_MODEL.is_file():
        encoder += f"+search@{sha256(SEARCH_MODEL)[:8]}"
    files = {name: find(name, plan) for name in datasets}
    return RunVersions(
        corpus=under_test.corpus,
        guard=under_test.guard,
        app=under_test.app,
        encoder=encoder,
        python=platform.python_version(),
        packages={name: found for name in PACKAGES if (found := _package(name))},
        datasets={name: sha256(file) for name, file in files.items() if file.is_file()},
    )


def _package(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
