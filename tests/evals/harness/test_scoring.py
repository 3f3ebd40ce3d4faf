"""What is counted: eligible samples only, each mark once, and errors in their own column."""

from pathlib import Path

import pytest
from inspect_ai.scorer import SampleScore, Score
from pydantic import ValidationError

from chatbot.schema import Finding, Screening
from evals.collect import _type, task_run
from evals.evaluation import Batch, evaluation, sliced
from evals.observed import Observed, Seen
from evals.rates import Record
from evals.record import TaskRun
from evals.run import _one
from evals.samples import DatasetError, Plan
from evals.scoring import MARKS, Asked, Judged, Mark, Unparseable, rates

from .fakes import Fake, judge_with, said, seen, write_records

FIGURES = (Asked("good", "good"), Asked("bad", "bad", "lower"))


def marked(figure: str = "good", hit: bool = True, part: str = "", **slices: str) -> Mark:
    return Mark(figure=figure, hit=hit, part=part, expected="x", got="y", slices=slices)


def run_of(records: list[Record], marks: dict[str, list[Mark]], logs: Path) -> TaskRun:
    """A task whose samples get the marks that a test says; `raises` and `skipped` are ids."""

    def observe(record: Record) -> Observed:
        if record["id"] == "raises":
            raise TimeoutError("Zarquil said so\nZarquil\n  and more")
        return Observed(eligible=record["id"] != "skipped", seen=seen())

    def judge(record: Record, observed: Observed) -> Judged:
        if record["id"] == "unreadable":
            raise Unparseable("no verdict")
        return Judged(marks=tuple(marks.get(record["id"], ())))

    task = evaluation(
        "made", "a test", FIGURES, records, observe, judge, slices=sliced("labels", "kind")
    )
    return _one(task, logs, lambda: None)


def test_a_sample_that_raised_or_cannot_be_read_is_an_error_and_never_a_mark(
    tmp_path: Path,
) -> None:
    ids = ["a", "raises", "skipped", "unreadable"]
    everyone: dict[str, list[Mark]] = {id: [marked()] for id in ids}
    found = run_of([{"id": id, "text": "hello"} for id in ids], everyone, tmp_path)
    assert [(e.id, e.error) for e in found.errors] == [
        ("raises", "TimedOut"), ("unreadable", "Unparseable"),
    ]  # fmt: skip
    assert found.outcomes == {"good": {"a": True}}
    assert found.samples == 4
    assert (found.figures[0].n, found.figures[1].n) == (1, 0)
    assert found.figures[1].rate is None


def test_every_failed_mark_is_listed_with_its_rationale_whichever_way_is_better(
    tmp_path: Path,
) -> None:
    records: list[Record] = [
        {"id": id, "messages": ["one"], "question": "two?", "rationale": f"why {id}"}
        for id in ("a", "b")
    ]
    marks = {"a": [marked(hit=False), marked("bad", hit=False)], "b": [marked("bad", hit=True)]}
    found = run_of(records, marks, tmp_path)
    assert [(f.id, f.figure, f.rationale) for f in found.failures] == [
        ("a", "good", "why a"), ("b", "bad", "why b"),
    ]  # fmt: skip
    assert found.failures[0].text == "one\ntwo?"


def test_a_slice_counts_a_mark_once_for_each_of_its_values(tmp_path: Path) -> None:
    records: list[Record] = [
        {"id": f"{n:02}", "text": "t", "labels": ["x", "x", "y"] if n else ["x"], "kind": ""}
        for n in range(11)
    ]
    marks = {r["id"]: [marked(part="1", point="p")] for r in records}
    found = run_of(records, marks, tmp_path)
    assert [(s.by, s.value, s.n) for s in found.slices] == [
        ("labels", "x", 11), ("labels", "y", 10), ("point", "p", 11),
    ]  # fmt: skip
    assert set(found.outcomes["good"]) == {f"{r['id']}#1" for r in records}


def test_two_marks_of_one_figure_and_part_are_refused() -> None:
    with pytest.raises(ValidationError):
        Judged(marks=(marked(), marked(hit=False)))
    assert len(Judged(marks=(marked(part="1"), marked(part="2"))).marks) == 2


def test_the_metric_counts_marks_and_not_samples() -> None:
    scores = [
        SampleScore(
            score=Score(value={}, metadata={MARKS: [m.model_dump() for m in marks]}), sample_id=id
        )
        for id, marks in (("a", [marked(part="1"), marked(part="2", hit=False)]), ("b", []))
    ]
    told = rates()(scores)  # type: ignore[arg-type]
    assert isinstance(told, dict)
    assert (told["good"], told["good n"]) == (0.5, 2)


def test_ids_that_are_used_twice_and_tasks_without_samples_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="twice"):
        run_of([{"id": "a"}, {"id": "a"}], {}, tmp_path)
    with pytest.raises(DatasetError, match="no sample"):
        run_of([], {}, tmp_path)


def test_one_message_that_cannot_be_screened_does_not_cost_the_others_of_its_batch() -> None:
    asked: list[list[str]] = []

    def run(batch: "object") -> list[Observed]:
        ids = [r["id"] for r in batch]  # type: ignore[attr-defined]
        asked.append(ids)
        if "bad" in ids:
            raise Unparseable("nothing was said")
        return [Observed(seen=seen()) for _ in ids]

    records = [{"id": id} for id in ("a", "bad", "b", "c")]
    batch = Batch(records, run, size=3)
    assert batch(records[0]).seen == seen()
    with pytest.raises(Unparseable):
        batch(records[1])
    assert batch(records[2]).seen == seen()
    assert batch(records[3]).seen == seen()
    assert asked == [["a", "bad", "b"], ["a"], ["bad"], ["b"], ["c"]]


def test_care_that_came_of_a_broken_guard_is_an_error_and_not_recall(tmp_path: Path) -> None:
    write_records(tmp_path, "crisis_test.jsonl", [{"id": "a", "text": "t", "risk": "crisis"}])
    broken = Seen.of(Screening(findings=(Finding(guard="meaning", failed=True),)))
    assert (broken.risk, broken.failed) == ("elevated", True)
    system = Fake(
        lambda m: said("no_answer", "elevated", labels=("guard_failed",)), lambda m: broken
    )
    for task in ("crisis", "refusal"):
        found = judge_with(task, system, tmp_path / "logs", Plan(limit=2, datasets=tmp_path))
        assert {e.error for e in found.errors} == {"Unparseable"}
        assert all(figure.n == 0 for figure in found.figures)


def test_the_words_of_an_error_are_never_taken_for_its_type() -> None:
    frames = 'Traceback (most recent call last):\n  File "/a.py", line 3, in f\n    raise X\n'
    assert _type(f"{frames}ValueError: Zarquil\nZarquil\n") == "ValueError"
    pydantic = "pydantic_core._pydantic_core.ValidationError: 1 validation error for Reply\nkind\n"
    assert _type(frames + pydantic + "  Input should be ...") == "ValidationError"
    chained = f"{frames}KeyError: 'a'\n\nDuring handling of that:\n\n{frames}TimeoutError\n"
    assert _type(chained) == "TimeoutError"
    assert _type("") == "Error"


def test_a_task_that_ended_early_says_so_beside_the_errors_of_its_samples(tmp_path: Path) -> None:
    import inspect_ai

    records: list[Record] = [{"id": "raises", "text": "t"}]

    def observe(record: Record) -> Observed:
        raise TimeoutError

    task = evaluation("made", "a test", FIGURES, records, observe, lambda r, o: Judged())
    (log,) = inspect_ai.eval(
        task, model=None, display="none", log_dir=str(tmp_path), fail_on_error=True
    )
    assert log.status == "error"
    assert ("made", "TimedOut") in [(e.id, e.error) for e in task_run(log).errors]


def test_what_was_observed_survives_the_log() -> None:
    observed = Observed(seen=seen("crisis", labels=("plan",)), replies=(said(),), notes=("a",))
    assert Observed.model_validate(observed.model_dump(mode="json")) == observed
    assert Seen.in_reply(said("crisis", "crisis", latched=True)).latched
