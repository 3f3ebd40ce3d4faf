"""Two runs are compared sample by sample, and chance is told from loss."""

import pytest

from evals.compare import Lost, compare, datasets_changed, figures_lost, mcnemar, samples_moved

from .runs import a_run, a_task, noticed


@pytest.mark.parametrize(
    ("broke", "mended", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 0.5),
        (0, 3, 1.0),  # nothing broke
        (5, 0, 1 / 32),
        (7, 0, 1 / 128),
        (6, 1, 8 / 128),  # 7 choose 6, and 7 choose 7
        (8, 2, 56 / 1024),  # 45 + 10 + 1
        (10, 2, 79 / 4096),  # 66 + 12 + 1
    ],
)
def test_the_exact_test_agrees_with_sums_done_by_hand(broke: int, mended: int, p: float) -> None:
    assert mcnemar(broke, mended) == pytest.approx(p, abs=1e-12)


def test_what_broke_and_what_was_mended_are_named() -> None:
    old = a_run(a_task("crisis", noticed("a", "b", missed=("c",))))
    new = a_run(a_task("crisis", noticed("a", "c", missed=("b",))))
    (change,) = compare(new, old)
    assert (change.pairs, change.broke, change.mended) == (3, ("b",), ("c",))
    assert change.p == 0.75
    assert (change.old.hits, change.new.hits) == (2, 2)


def test_a_new_false_alarm_is_a_loss_though_its_hits_go_up() -> None:
    old = a_run(a_task("crisis", noticed(missed=("a", "b")), better="lower"))
    new = a_run(a_task("crisis", noticed("a", missed=("b",)), better="lower"))
    (change,) = compare(new, old)
    assert (change.broke, change.mended) == (("a",), ())


def test_only_samples_of_both_runs_are_compared() -> None:
    old = a_run(a_task("crisis", noticed("a", "b", "c")))
    new = a_run(a_task("crisis", noticed("a", missed=("z",))), quick=True)
    (change,) = compare(new, old)
    assert (change.pairs, change.broke) == (1, ())


def test_tasks_and_figures_of_one_run_alone_are_not_compared() -> None:
    old = a_run(a_task("crisis", {"noticed": {"a": True}, "gone": {"a": True}}))
    new = a_run(
        a_task("crisis", {"noticed": {"a": True}, "fresh": {"a": True}}),
        a_task("refusal", {"refused": {"r": True}}),
    )
    assert [c.figure for c in compare(new, old)] == ["noticed"]


def test_many_sentences_of_one_reply_are_one_sample() -> None:
    ids = tuple(f"q1#sentence {n}" for n in range(1, 11))
    old = a_run(a_task("grounding", noticed(*ids)))
    new = a_run(a_task("grounding", noticed(missed=ids)))
    (change,) = compare(new, old)
    assert (len(change.broke), change.worse, change.p) == (10, 1, 0.5)
    assert samples_moved(("q1#1", "q2#1"), ("q1#2",)) == (1, 0)


def test_a_figure_that_is_gone_is_named() -> None:
    old = a_run(a_task("crisis", {"noticed": {"a": True}, "gone": {"a": True}}))
    new = a_run(a_task("crisis", noticed("a")), quick=True)
    assert figures_lost(new, old) == (Lost("crisis", "gone"),)


def test_a_figure_that_no_sample_of_a_whole_run_is_eligible_for_is_lost() -> None:
    old = a_run(a_task("crisis", noticed("a")))
    emptied = a_task("crisis", {"noticed": {}})
    assert figures_lost(a_run(emptied), old) == (Lost("crisis", "noticed"),)
    assert figures_lost(a_run(emptied, quick=True), old) == ()


@pytest.mark.parametrize(
    ("command", "lost"),
    [
        ("lamplight evals run", True),
        ("lamplight evals run --quick --seed 1", True),
        ("lamplight evals run crisis refusal", True),
        ("lamplight evals run crisis --quick", False),
        ("python -m evals.mutants", False),
    ],
)
def test_a_task_that_was_asked_for_and_is_gone_is_named(command: str, lost: bool) -> None:
    old = a_run(a_task("crisis", noticed("a")), a_task("refusal", noticed("r")))
    new = a_run(a_task("crisis", noticed("a")), command=command)
    assert figures_lost(new, old) == ((Lost("refusal"),) if lost else ())


def test_datasets_that_hold_something_else_are_named() -> None:
    old = a_run(datasets={"crisis_test.jsonl": "1", "facts_test.jsonl": "1"})
    new = a_run(datasets={"crisis_test.jsonl": "2", "facts_test.jsonl": "1", "new.jsonl": "1"})
    assert datasets_changed(new, old) == ("crisis_test.jsonl",)
