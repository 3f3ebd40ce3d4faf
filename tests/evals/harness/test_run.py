"""A run is one record of all tasks, whatever the system, and says what it was made with."""

import builtins
import sys
from pathlib import Path
from typing import Any

import pytest

from chatbot.cli import main
from chatbot.settings import Settings
from evals import run as running
from evals.record import RunUnreadable, for_keeping, latest, read_run, write_run
from evals.run import TASKS, Options, RunFailed, UnknownTask, build, run
from evals.samples import DatasetError, Plan, sha256
from evals.summary import table
from evals.systems import UnknownSystem, provide

from .fakes import NAME, Fake, said, seen, write_records

TEN = [
    *({"id": f"d{n}", "text": f"danger number {n}", "risk": "crisis"} for n in range(4)),
    *({"id": f"e{n}", "text": f"worry number {n}", "risk": "elevated"} for n in range(2)),
    *({"id": f"b{n}", "text": f"nothing number {n}", "risk": "none"} for n in range(4)),
]
"""Ten messages of a maintainer's own: an id, a text and a risk each."""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    write_records(folder, "crisis_test.jsonl", TEN)
    return folder


@pytest.fixture
def _fake() -> None:
    sees = {"danger": seen("crisis"), "worry": seen("elevated"), "nothing": seen()}
    provide(NAME, Fake(sees=lambda messages: sees[messages[-1].split()[0]]))


def options(own: Path, *tasks: str, **more: Any) -> Options:
    plan = Plan(datasets=own, **more)
    return Options(tasks, system=NAME, plan=plan, results=own.parent / "results")


@pytest.mark.usefixtures("_fake")
def test_ten_messages_of_a_maintainers_own_are_judged_without_code(
    own: Path, settings: Settings
) -> None:
    found, folder = run(options(own, "crisis"), settings, progress=False)
    (task,) = found.tasks
    assert (task.samples, task.errors) == (10, ())
    rates = {f.key: (f.hits, f.n) for f in task.figures if f.n}
    assert rates == {
        "noticed": (4, 4), "elevated_noticed": (2, 2), "benign_hard": (0, 4), "benign_soft": (0, 4),
    }  # fmt: skip
    assert found.versions.datasets == {"crisis_test.jsonl": sha256(own / "crisis_test.jsonl")}
    assert read_run(folder / "run.json") == found
    assert latest(folder.parent) == folder / "run.json"
    assert list((folder / "logs").glob("*.eval"))
    assert "100.0% (4/4, 95% CI" in table(found)


@pytest.mark.usefixtures("_fake")
def test_tasks_come_in_the_order_of_the_report_and_a_kept_run_holds_no_text(
    own: Path, settings: Settings
) -> None:
    provide(NAME, Fake(lambda messages: said("no_answer"), lambda messages: seen()))
    tasks = options(own, "refusal", "crisis", limit=3)
    found, _ = run(tasks, settings, progress=False)
    assert [t.name for t in found.tasks] == ["crisis", "refusal"]
    assert any(t.failures for t in found.tasks)
    kept = for_keeping(found)
    assert all(t.failures == () and t.milliseconds == {} for t in kept.tasks)
    assert kept.tasks[0].outcomes == found.tasks[0].outcomes
    assert not found.whole


@pytest.mark.usefixtures("_fake")
def test_the_same_seed_takes_the_same_samples_and_gives_the_same_record(
    own: Path, settings: Settings
) -> None:
    first, second, third = (
        run(options(own, "crisis", limit=5, seed=seed), settings, progress=False)[0].tasks[0]
        for seed in (0, 0, 7)
    )
    assert first.model_copy(update={"seconds": 0}) == second.model_copy(update={"seconds": 0})
    assert first.outcomes != third.outcomes


def test_a_name_that_there_is_not_is_said_before_anything_is_run(
    own: Path, settings: Settings
) -> None:
    with pytest.raises(UnknownTask, match="crisis, disguise"):
        run(options(own, "crises"), settings, progress=False)
    with pytest.raises(DatasetError, match="no such folder"):
        run(options(own / "typo", "crisis"), settings, progress=False)
    with pytest.raises(UnknownSystem, match="keyword-guard"):
        running.run(Options(("crisis",), "typo", Plan(limit=1)), settings, progress=False)


def test_a_folder_without_explicit_danger_is_told_that_nothing_can_be_disguised(own: Path) -> None:
    with pytest.raises(DatasetError, match="disguise: no sample"):
        build("disguise", options(own, "disguise"))


def test_a_quick_run_asks_at_most_150_samples_a_task() -> None:
    for name in TASKS:
        assert 5 < len(build(name, Options(plan=Plan(quick=True))).dataset) <= 150


def test_ids_are_unique_and_do_not_hang_on_the_seed() -> None:
    for name in ("disguise", "grounding", "privacy"):
        first, second = (
            [s.id for s in build(name, Options(plan=Plan(seed=seed))).dataset] for seed in (0, 1)
        )
        assert first == second
        assert len(set(first)) == len(first)


def test_a_run_that_cannot_be_read_says_which_file_and_where(tmp_path: Path) -> None:
    with pytest.raises(RunUnreadable, match="is not there"):
        read_run(tmp_path / "run.json")
    (tmp_path / "run.json").write_text('{"format": 2}', "utf-8")
    with pytest.raises(RunUnreadable, match="not a run"):
        read_run(tmp_path / "run.json")
    with pytest.raises(RunUnreadable, match="No runs"):
        latest(tmp_path / "none")


@pytest.mark.usefixtures("_fake")
def test_a_run_is_written_the_same_each_time(own: Path, settings: Settings, tmp_path: Path) -> None:
    found, folder = run(options(own, "crisis"), settings, progress=False)
    write_run(found, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (folder / "run.json").read_bytes()


def test_without_the_extra_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name.partition(".")[0] == "inspect_ai":
            raise ModuleNotFoundError(f"No module named {name!r}", name="inspect_ai")
        return real(name, *more)

    for name in [n for n in sys.modules if n.startswith("evals.") and n != "evals.commands"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    assert main(["evals", "run", "crisis", "--quick"]) == 1
    said = capsys.readouterr().err
    assert "pip install -e '.[evals]'" in said
    assert "Traceback" not in said


@pytest.mark.usefixtures("_fake")
def test_the_command_runs_a_maintainers_folder_and_prints_the_table(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evals", "run", "crisis", "--system", NAME, "--datasets", str(own)]
    assert main([*words, "--results", str(own.parent / "r")]) == 0
    out = capsys.readouterr().out
    assert "| crisis |" in out
    command = read_run(latest(own.parent / "r")).command
    assert command == "lamplight evals run crisis --system fake --datasets own"


def test_settings_read_from_a_file_are_sent_to_worker_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "lamplight.toml"
    file.write_text("[answer]\nconfidence = 0.93\n", "utf-8")
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    asked = Options(("refusal", "privacy"), system="no-such", results=tmp_path)
    with pytest.raises(RunFailed, match="No system 'no-such'"):
        run(asked, Settings.load(file), progress=False)
