"""The gate closes on what may not pass, and says what to do."""

import argparse
from pathlib import Path

import pytest

from chatbot.settings import Settings
from evals import commands
from evals.bounds import CHANGELOG, GATES, Bound, Gates, GatesUnreadable, read_gates, unlogged
from evals.gate import Verdict, notes, verdicts
from evals.record import Run, SampleError, write_run

from .runs import a_run, a_task, noticed, rated


def held_to(at_least: float | None = None, at_most: float | None = None) -> Gates:
    """Gates with one bound, on the figure that `rated` and `noticed` give."""
    return Gates(Path("gates.toml"), (Bound("crisis", "noticed", at_least, at_most),), None)


NONE = Gates(Path("gates.toml"), (), None)


def failed(found: Run, gates: Gates = NONE, baseline: Run | None = None) -> list[Verdict]:
    return [v for v in verdicts(found, baseline, gates) if not v.passed]


def a_gates_file(folder: Path, text: str, pin: str | None = None) -> Path:
    file = folder / "gates.toml"
    file.write_text(text + (f'\n[fingerprint]\nof_bounds = "{pin}"\n' if pin else ""), "utf-8")
    return file


def test_a_rate_below_its_floor_fails_a_whole_run() -> None:
    (verdict,) = failed(a_run(a_task("crisis", rated(89, 100))), held_to(at_least=0.90))
    assert (verdict.task, verdict.figure, verdict.rule) == ("crisis", "noticed", "bound")
    assert "89.0% (89/100, 95% CI 81%-94%), wanted at least 0.90" in verdict.said
    assert "Mend what broke" in verdict.said
    assert "CHANGELOG.md" in verdict.said
    assert not failed(a_run(a_task("crisis", rated(90, 100))), held_to(at_least=0.90))


def test_a_rate_above_its_ceiling_fails_a_whole_run() -> None:
    task = a_task("crisis", rated(6, 100), better="lower")
    assert [v.rule for v in failed(a_run(task), held_to(at_most=0.05))] == ["bound"]
    assert not failed(a_run(task), held_to(at_most=0.06))


@pytest.mark.parametrize("part", [{"quick": True}, {"limit": 20}])
def test_a_part_of_the_samples_fails_only_where_its_whole_interval_is_beyond_the_floor(
    part: dict[str, int],
) -> None:
    unlucky, broken = a_task("crisis", rated(16, 20)), a_task("crisis", rated(9, 20))
    assert failed(a_run(unlucky), held_to(at_least=0.90))
    assert not failed(a_run(unlucky, **part), held_to(at_least=0.90))  # type: ignore[arg-type]
    (verdict,) = failed(a_run(broken, **part), held_to(at_least=0.90))  # type: ignore[arg-type]
    assert verdict.rule == "bound"


def test_a_part_of_the_samples_fails_a_ceiling_by_the_low_end() -> None:
    gates = held_to(at_most=0.05)
    few, many = (a_task("crisis", rated(n, 20), better="lower") for n in (2, 9))
    assert not failed(a_run(few, quick=True), gates)
    assert failed(a_run(many, quick=True), gates)


def test_what_may_never_happen_fails_at_its_first_sample_even_in_a_quick_run() -> None:
    leak = a_task("crisis", rated(1, 150), better="lower")
    altered = a_task("crisis", rated(149, 150))
    assert failed(a_run(leak, quick=True), held_to(at_most=0.0))
    assert failed(a_run(altered, quick=True), held_to(at_least=1.0))
    assert not failed(a_run(a_task("crisis", rated(150, 150)), quick=True), held_to(at_least=1.0))


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize(
    ("outcomes", "what"),
    [({"renamed": {"a": True}}, "no such figure"), ({"noticed": {}}, "no eligible sample")],
)
def test_a_bound_without_a_rate_is_not_passed_over(
    outcomes: dict[str, dict[str, bool]], what: str, quick: bool
) -> None:
    (verdict,) = failed(a_run(a_task("crisis", outcomes), quick=quick), held_to(at_least=0.9))
    assert verdict.rule == "missing"
    assert what in verdict.said
    assert "Mend the task or its dataset" in verdict.said


def test_a_bound_of_a_task_that_was_not_asked_for_is_not_held_and_is_named() -> None:
    found = a_run(a_task("refusal", noticed("r")))
    assert not failed(found, held_to(at_least=0.9))
    assert notes(found, None, held_to(at_least=0.9)) == ["Not asked, so not held: crisis."]


def test_a_bound_that_points_the_wrong_way_fails() -> None:
    (verdict,) = failed(a_run(a_task("crisis", rated(9, 9))), held_to(at_most=1.0))
    assert "give at_least" in verdict.said


def test_a_sample_that_raised_fails_its_task_by_type_and_not_by_message() -> None:
    errors = (SampleError(id="s7", error="TimeoutError"), SampleError(id="s8", error="KeyError"))
    (verdict,) = failed(a_run(a_task("crisis", rated(9, 9), errors=errors)))
    assert (verdict.task, verdict.rule) == ("crisis", "error")
    assert "2 of 9 samples raised (KeyError ×1, TimeoutError ×1)" in verdict.said
    assert "run again" in verdict.said


def test_seven_samples_lost_are_more_than_chance_and_six_are_not() -> None:
    old = a_run(a_task("crisis", rated(100, 100)))
    assert not failed(a_run(a_task("crisis", rated(94, 100))), baseline=old)
    (verdict,) = failed(a_run(a_task("crisis", rated(93, 100))), baseline=old)
    assert verdict.rule == "drop"
    assert "7 broke and 0 were mended (exact McNemar, one-sided: p = 0.0078)" in verdict.said
    assert "Look at s093, s094" in verdict.said
    assert "lamplight evals report --keep" in verdict.said


def test_losses_that_gains_outweigh_are_no_drop() -> None:
    ids = [f"s{n}" for n in range(20)]
    old = a_run(a_task("crisis", noticed(*ids[:10], missed=tuple(ids[10:]))))
    new = a_run(a_task("crisis", noticed(*ids[10:], missed=tuple(ids[:10]))))
    assert not failed(new, baseline=old)


def test_a_quick_run_is_held_against_a_whole_baseline_over_the_samples_of_both() -> None:
    old = a_run(a_task("crisis", rated(300, 300)))
    assert failed(a_run(a_task("crisis", rated(13, 20)), quick=True), baseline=old)
    assert not failed(a_run(a_task("crisis", rated(14, 20)), quick=True), baseline=old)


def test_a_figure_of_the_baseline_that_is_gone_fails() -> None:
    old = a_run(a_task("crisis", {"noticed": {"a": True}, "gone": {"a": True}}))
    (verdict,) = failed(a_run(a_task("crisis", noticed("a"))), baseline=old)
    assert (verdict.figure, verdict.rule) == ("gone", "missing")
    assert "Restore it" in verdict.said


def test_a_task_of_the_baseline_that_is_gone_fails() -> None:
    old = a_run(a_task("crisis", noticed("a")), a_task("refusal", noticed("r")))
    (verdict,) = failed(a_run(a_task("crisis", noticed("a"))), baseline=old)
    assert (verdict.task, verdict.figure) == ("refusal", "every figure")


def test_a_baseline_of_other_data_or_other_samples_is_said() -> None:
    old = a_run(a_task("crisis", noticed("a")), datasets={"crisis_test.jsonl": "1"})
    new = a_run(a_task("crisis", noticed("b")), datasets={"crisis_test.jsonl": "2"})
    said = " ".join(notes(new, old, NONE))
    assert "crisis_test.jsonl is not what the baseline was measured on" in said
    assert "No sample in common with the baseline: crisis." in said


def test_the_fingerprint_is_of_the_bounds_and_not_of_their_order(tmp_path: Path) -> None:
    one, two = "[crisis.a]\nat_least = 0.9\n", "[refusal.b]\nat_most = 0.1\n"

    def read(text: str) -> str:
        return read_gates(a_gates_file(tmp_path, text)).fingerprint

    assert read(one + two) == read(two + one)
    others = [one, one.replace("0.9", "0.89") + two, one + two.replace("at_most", "at_least")]
    assert len({read(text) for text in [one + two, *others]}) == 4


def test_a_bound_that_moved_without_its_fingerprint_fails(tmp_path: Path) -> None:
    gates = read_gates(a_gates_file(tmp_path, "[crisis.a]\nat_least = 0.9", pin="00000000"))
    said = unlogged(gates, tmp_path / "CHANGELOG.md")
    assert said is not None
    assert f'of_bounds = "{gates.fingerprint}"' in said
    assert f"- Gate {gates.fingerprint}: " in said


@pytest.mark.parametrize(
    ("line", "logged"),
    [
        ("- Gate {}: crisis.a at least 0.80 → 0.90, because the guard was trained again.", True),
        ("- Gate {}: crisis.a at least 0.80 → 0.90,\n  because the guard is better.", True),
        ("- Gate {}: crisis.a at least 0.80 → 0.90.", False),
        ("- Gate {}: crisis.a at least 0.80 → 0.90, because ...", False),
        ("- Gate {}: crisis.a at least 0.80.\n- Answers, because people ask.", False),
        ("- Gate 12345678: crisis.a at least 0.80 → 0.90, because it was time.", False),
        ("", False),
    ],
)
def test_a_bound_is_in_force_once_the_changelog_says_why(
    tmp_path: Path, line: str, logged: bool
) -> None:
    text = "[crisis.a]\nat_least = 0.9"
    pin = read_gates(a_gates_file(tmp_path, text)).fingerprint
    gates = read_gates(a_gates_file(tmp_path, text, pin))
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(f"# Changelog\n\n{line.format(pin)}\n", "utf-8")
    said = unlogged(gates, changelog)
    assert (said is None) == logged
    assert logged or "Add what was changed and why" in str(said)


def test_the_bounds_in_force_are_pinned_and_logged() -> None:
    gates = read_gates()
    assert gates.bounds
    assert unlogged(gates) is None
    assert CHANGELOG.is_file()


def test_a_deployers_own_bounds_need_no_line_in_our_changelog(tmp_path: Path) -> None:
    assert unlogged(read_gates(a_gates_file(tmp_path, "[crisis.a]\nat_least = 0.9"))) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[crysis.noticed]\nat_least = 0.9", "no task 'crysis'"),
        ("[crisis.noticed]\nat_last = 0.9", "needs one line"),
        ("[crisis.noticed]\nat_least = 0.9\nat_most = 1", "needs one line"),
        ("[crisis]\nnoticed = 0.9", "needs one line"),
        ("[crisis.noticed]\nat_least = 90", "a rate from 0 to 1"),
        ("[crisis.noticed]\nat_least = 0.905", "two decimals"),
        ("[crisis.noticed]\nat_least = true", "a rate from 0 to 1"),
        ("[crisis.noticed", "cannot be read as TOML"),
        ("[fingerprint]\nof_bounds = 'x'\nmore = 1", "[fingerprint]"),
        ("fingerprint = 3", "[fingerprint]"),
        ("crisis = 0.9", "needs a figure"),
    ],
)
def test_bounds_that_cannot_be_held_are_an_error(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(GatesUnreadable) as raised:
        read_gates(a_gates_file(tmp_path, text))
    assert said in str(raised.value)


def gate(tmp_path: Path, found: Run, baseline: Run, gates: Path = GATES) -> int:
    """`lamplight evals gate` on files."""
    write_run(found, tmp_path / "run.json")
    write_run(baseline, tmp_path / "baseline.json")
    return commands._gate(
        argparse.Namespace(
            run_file=tmp_path / "run.json", baseline=tmp_path / "baseline.json", gates=gates
        ),
        Settings(),
    )


def test_the_command_fails_on_a_failed_verdict_and_says_which(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gates = a_gates_file(tmp_path, "[crisis.noticed]\nat_least = 0.90")
    good, bad = (a_run(a_task("crisis", rated(n, 100))) for n in (90, 89))
    assert gate(tmp_path, good, good, gates) == 0
    assert "The gate is open: 1 of 1 bounds held" in capsys.readouterr().out
    assert gate(tmp_path, bad, good, gates) == 1
    assert capsys.readouterr().err.startswith("crisis.noticed: noticed: 89.0%")


def test_the_command_fails_on_a_bound_that_nobody_logged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gates = a_gates_file(tmp_path, "[crisis.noticed]\nat_least = 0.90", pin="00000000")
    monkeypatch.setattr("evals.bounds.GATES", gates)
    good = a_run(a_task("crisis", rated(90, 100)))
    assert gate(tmp_path, good, good, gates) == 1
    assert "the bounds were changed" in capsys.readouterr().err
