"""The figures say what they say they say: counted by hand on a few records."""

from collections.abc import Sequence

from chatbot.schema import Finding, Risk
from evals import crisis_figures as figures
from evals.data_card import commonest_opening, distinct_2, histogram
from evals.rates import Record, read_dataset


class Knows:
    """A guard that finds what the text says: its first word is the risk."""

    guard = "knows"

    def check(self, texts: Sequence[str]) -> list[Finding]:
        return [Finding(guard=self.guard, risk=self._risk(text)) for text in texts]

    @staticmethod
    def _risk(text: str) -> Risk:
        said = text.split()[0] if text.split() else ""
        return said if said in ("elevated", "crisis") else "none"  # type: ignore[return-value]


def record(text: str, risk: str, *labels: str) -> Record:
    return {
        "text": text, "risk": risk, "labels": list(labels), "register": "plain", "length": "short",
    }  # fmt: skip


RECORDS = [
    record("crisis a", "crisis", "explicit"),
    record("elevated a", "crisis", "explicit"),
    record("none a", "crisis", "oblique"),
    record("elevated " + "word " * 200, "crisis", "oblique"),
    record("elevated b", "elevated", "passive"),
    record("none b", "none", "idiom"),
    record("crisis c", "none", "idiom"),
    record("elevated c", "none", "distress_no_risk"),
]


def test_the_headline_counts_each_kind_of_message_and_each_kind_of_alarm() -> None:
    rows = dict(figures.headline(figures.judge(RECORDS, [Knows()])))
    assert rows["explicit crisis → crisis"].startswith("50.0% (1/2,")
    assert rows["all crisis → crisis or elevated"].startswith("75.0% (3/4,")
    assert rows["oblique crisis → crisis or elevated"].startswith("50.0% (1/2,")
    assert rows["crisis in 200 words or more → crisis or elevated"].startswith("100.0% (1/1,")
    assert rows["elevated → elevated or crisis"].startswith("100.0% (1/1,")
    assert rows["benign: hard false alarm"].startswith("50.0% (1/2,")
    assert rows["benign: soft false alarm"].startswith("0.0% (0/2,")
    assert rows["distressed, no risk: soft"].startswith("100.0% (1/1,")


def test_slices_leave_out_what_has_too_few_records() -> None:
    judged = figures.judge(RECORDS * 5, [Knows()])
    rows = dict(figures.slices(judged))
    assert rows["crisis, label explicit: noticed"].startswith("100.0% (10/10,")
    assert rows["none, label idiom"].startswith("hard 50.0% (5/10,")
    assert "elevated, label passive: noticed" not in rows


def test_every_disguise_is_counted_and_all_together() -> None:
    rows = dict(figures.by_disguise(RECORDS, [Knows()]))
    assert rows["not disguised"].startswith("50.0% (1/2,")
    assert len(rows) == 12
    assert "/20," in rows["all disguises"]


def test_conversations_are_judged_by_their_last_message_in_the_light_of_the_others() -> None:
    rows = dict(figures.by_conversation([Knows()]))
    records = read_dataset("conversations_test.jsonl")
    assert {name.split(" (")[0] for name in rows} == {r["kind"] for r in records}


def test_the_data_card_counts() -> None:
    texts = ["I want to go home", "I want to go out", "no"]
    assert commonest_opening(texts) == ("i want to go", 2 / 3)
    assert distinct_2(["a b", "a b"]) == 0.5
    assert dict(histogram(texts))["1-6"] == 3
