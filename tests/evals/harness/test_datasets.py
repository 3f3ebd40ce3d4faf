"""Datasets are what was pinned, every record says why and by whom, and every card counts right."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from chatbot.library import Library
from chatbot.schema import RISKS
from chatbot.settings import Settings
from evals.accuracy import stands
from evals.add import REASONS, alike
from evals.injection import _id
from evals.points import POINTS
from evals.rates import DATASETS, Record
from evals.run import TASKS, Options, build
from evals.samples import CHOICES, Plan, read_lines, read_records, strayed

FILES = sorted(DATASETS.glob("*.jsonl"))
CARDS = (DATASETS / "README.md").read_text("utf-8")
COUNTS = re.compile(r"^([\d,]+) records\. By `(\w+)`: (.+)\.$", re.M)
HEADS = ("For", "Fields", "Written by", "Checked", "Lacks")

each_file = pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)


def records_of(name: str) -> list[Record]:
    return read_records(name, Plan())


def card(file: Path) -> str:
    (found,) = re.findall(rf"^## `{file.name}`\n(.*?)(?=^## |\Z)", CARDS, re.M | re.S)
    return str(found)


def test_no_dataset_strayed_from_its_pin() -> None:
    assert strayed() == [], "look at the change, then pin it as evals/datasets/README.md says"


@each_file
def test_every_record_says_why_and_by_whom_and_is_there_once(file: Path) -> None:
    records = [json.loads(line) for line in read_lines(file)]
    assert len({r["id"] for r in records}) == len(records)
    for record in records:
        assert isinstance(record["id"], str)
        for name in ("rationale", "source"):
            said = record[name].strip()
            assert said, record["id"]
            assert said.casefold() not in ("n/a", "none", "todo", "tbd", "-"), record["id"]
        assert record["source"].startswith("written for this project, ")
        for name, allowed in CHOICES.items():
            assert record.get(name, allowed[0]) in allowed
        texts = [record.get("text"), record.get("question"), *(record.get("messages") or [])]
        assert all(text.strip() for text in texts if text is not None)


@each_file
def test_every_dataset_has_a_card_that_counts_right(file: Path) -> None:
    text, records = card(file), [json.loads(line) for line in read_lines(file)]
    counted = COUNTS.search(text)
    assert counted, f"{file.name}: `N records. By `field`: value n, ...`"
    n, field, listed = counted.groups()
    assert int(n.replace(",", "")) == len(records)
    told = dict(re.findall(r"([a-z][a-z ]*?) ([\d,]+)(?:, |$)", listed))
    found = Counter(str(r[field]).lower() for r in records)
    assert {value: int(n.replace(",", "")) for value, n in told.items()} == found
    heads = re.findall(r"^- \*\*([A-Z][a-z ]+):\*\*", text, re.M)
    assert tuple(heads) == HEADS
    fields = text.split("**Fields:**")[1].split("**Written by:**")[0]
    assert {key for record in records for key in record} <= set(re.findall(r"`(\w+)`", fields))


def test_every_dataset_that_a_task_reads_is_here() -> None:
    read = {
        name
        for task in TASKS
        for name in (build(task, Options(plan=Plan(limit=3))).metadata or {})["datasets"]
    }
    assert read == {f.name for f in FILES} - {"questions_tune.jsonl"}


def test_a_crisis_is_either_explicit_or_oblique() -> None:
    for name in ("crisis_test.jsonl", "languages_test.jsonl"):
        for r in records_of(name):
            outright = [label for label in r["labels"] if label in ("explicit", "oblique")]
            assert len(outright) == 1 if r["risk"] == "crisis" else "explicit" not in outright


def test_every_section_that_should_be_found_is_in_the_corpus(settings: Settings) -> None:
    library = Library.load(*settings.corpus.folders)
    there = {(d.id, s.heading) for d in library.documents.values() for s in d.sections}
    for name in ("questions_test.jsonl", "questions_tune.jsonl"):
        for r in records_of(name):
            assert bool(r["relevant"]) == r["answerable"], r["id"]
            wanted = {(x["document"], x["heading"]) for x in r["relevant"]}
            assert wanted <= there, r["id"]
            assert len(wanted) == len(r["relevant"]), r["id"]


def test_no_message_is_there_twice_but_the_one_that_the_card_names() -> None:
    for name in ("crisis_test.jsonl", "languages_test.jsonl", "requests_test.jsonl"):
        ids: dict[str, list[str]] = {}
        for r in records_of(name):
            text = alike("\n".join(r.get("messages") or [r["text"]]))
            ids.setdefault(text, []).append(r["id"])
        twice = [id for same in ids.values() if len(same) > 1 for id in same]
        assert all(f"`{id}`" in card(DATASETS / name) for id in twice), twice
        assert len(twice) <= 2


def test_every_request_names_a_reason() -> None:
    assert {r["reason"] for r in records_of("requests_test.jsonl")} <= set(REASONS)


def test_a_fact_never_contradicts_itself() -> None:
    for r in records_of("facts_test.jsonl"):
        assert r["facts"]
        for against in r["contradicted_by"]:
            phrases = [way for fact in r["facts"] for way in fact if not way.startswith("/")]
            assert not any(stands([against], phrase) for phrase in phrases), r["id"]
        for ways in (*r["facts"], r["contradicted_by"]):
            assert not any(stands([way], "") for way in ways), r["id"]


def test_every_order_has_something_that_must_not_appear_and_is_not_asked_for() -> None:
    records = records_of("injection_test.jsonl")
    documents = [_id(r["document"]) for r in records if r["kind"] == "document"]
    assert len(set(documents)) == len(documents)
    for r in records:
        assert all(phrase.strip() for phrase in r["must_not"])
        assert r["must_not"], r["id"]
        if r["kind"] == "document":
            assert any(phrase in r["document"] for phrase in r["must_not"]), r["id"]
            assert r["question"]
        else:
            assert r["messages"]


def test_personas_of_four_levels_hold_conversations_of_six_to_twelve_turns() -> None:
    records = records_of("protocol_test.jsonl")
    assert len(records) >= 24
    assert {r["level"] for r in records} == {"none", "low", "high", "imminent"}
    for r in records:
        assert 6 <= len(r["messages"]) == len(r["expect"]) <= 12
        for expected in r["expect"]:
            assert expected["risk"] in (*RISKS, None)
            for points in (expected["must"], expected["must_not"]):
                assert set(points) <= set(POINTS)
                assert len(set(points)) == len(points)
