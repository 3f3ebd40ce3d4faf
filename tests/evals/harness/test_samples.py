"""Datasets are read whole or not at all, and which samples are taken hangs on nothing but ids."""

import json
from collections import Counter
from pathlib import Path

import pytest

from evals.perturb import DISGUISES, disguised
from evals.samples import DatasetError, Plan, chosen, length_of, read_records

from .fakes import write_records

RECORDS = [{"id": f"s{n}", "risk": "crisis" if n % 4 == 0 else "none"} for n in range(40)]


def ids(records: list[dict[str, object]]) -> list[object]:
    return [r["id"] for r in records]


def test_a_subset_is_seeded_and_keeps_each_stratum_in_its_share() -> None:
    plan = Plan(quick=True)
    taken = chosen(RECORDS, plan, 12, lambda r: r["risk"])
    assert Counter(r["risk"] for r in taken) == {"none": 9, "crisis": 3}
    assert taken == chosen(RECORDS, plan, 12, lambda r: r["risk"])
    assert taken != chosen(RECORDS, Plan(quick=True, seed=1), 12, lambda r: r["risk"])
    assert len(chosen(RECORDS, Plan(limit=2), 12, lambda r: r["risk"])) == 2
    assert chosen(RECORDS, Plan(), 12, lambda r: r["risk"]) == RECORDS


def test_neither_order_nor_a_new_sample_changes_which_others_are_taken() -> None:
    plan = Plan(limit=10)
    taken = set(ids(chosen(RECORDS, plan, 99, lambda r: "")))
    assert set(ids(chosen(RECORDS[::-1], plan, 99, lambda r: ""))) == taken
    grown = chosen([{"id": "new", "risk": "none"}, *RECORDS], plan, 99, lambda r: "")
    assert len(taken - set(ids(grown))) <= 1


def test_a_rare_stratum_is_taken_at_least_once() -> None:
    records = [{"id": "rare", "kind": "z"}, *({"id": str(n), "kind": "a"} for n in range(200))]
    assert "rare" in ids(chosen(records, Plan(limit=5), 99, lambda r: r["kind"]))


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "not JSON"),
        ("[]", "needs"),
        ('{"id": "a", "text": "t"}', "needs"),
        ('{"id": "a", "text": "", "risk": "none"}', "needs"),
        ('{"id": "a", "text": "t", "risk": "high"}', "risk is one of none, elevated, crisis"),
        ('{"id": "a", "text": "t", "risk": "none"}\n' * 2, "used twice"),
        ("", "no records"),
    ],
)
def test_a_record_that_would_be_judged_wrongly_is_refused_with_its_line(
    line: str, complaint: str, tmp_path: Path
) -> None:
    (tmp_path / "crisis_test.jsonl").write_text(line, "utf-8")
    with pytest.raises(DatasetError, match=complaint):
        read_records("crisis_test.jsonl", Plan(datasets=tmp_path), ("id", "text", "risk"))


def test_a_message_may_hold_any_line_end_and_a_file_a_byte_order_mark(tmp_path: Path) -> None:
    text = "one\u2028two\x85three"
    line = json.dumps({"id": "a", "text": text}, ensure_ascii=False)
    (tmp_path / "crisis_test.jsonl").write_text("\ufeff" + line + "\n", "utf-8")
    (record,) = read_records("crisis_test.jsonl", Plan(datasets=tmp_path))
    assert (record["text"], record["language"], record["length"]) == (text, "en", "short")


def test_a_folder_that_is_not_there_is_no_reason_to_judge_with_ours(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such folder"):
        read_records("crisis_test.jsonl", Plan(datasets=tmp_path / "typo"))


def test_ours_stand_in_for_what_a_maintainers_folder_lacks(tmp_path: Path) -> None:
    write_records(tmp_path, "facts_test.jsonl", [{"id": "mine"}])
    plan = Plan(datasets=tmp_path)
    assert ids(read_records("facts_test.jsonl", plan)) == ["mine"]
    assert len(read_records("protocol_test.jsonl", plan)) >= 24


def test_a_disguise_is_the_same_every_time_and_hides_something() -> None:
    texts = ["I don't want to be here, it's over, and I can't take it any more"]
    for made in DISGUISES:
        assert disguised(texts, made) == disguised(texts, made)
        assert disguised(texts, made) != texts
    assert len({disguised(texts, made)[0] for made in DISGUISES}) == len(DISGUISES) == 10


def test_a_length_has_a_name() -> None:
    assert [length_of("word " * n) for n in (8, 9, 61, 200)] == [
        "short", "medium", "long", "very_long",
    ]  # fmt: skip
