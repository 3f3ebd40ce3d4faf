"""Likeness: how like a question is, word for word, to what a section answers."""

import numpy as np
import pytest

from chatbot.likeness import Likeness
from chatbot.pipeline import Chatbot
from chatbot.retrieve import retrieve
from chatbot.schema import Question

ASKED = (
    ("how long does grief last", "when will i stop missing him"),
    ("what is a panic attack",),
    ("is it ok to laugh at a funeral", "can i be happy again"),
)


@pytest.fixture(scope="module")
def likeness() -> Likeness:
    return Likeness(ASKED)


def test_each_question_is_most_like_itself(likeness: Likeness) -> None:
    for row, questions in enumerate(ASKED):
        for question in questions:
            scores = likeness.scores(question)
            assert scores.shape == (3,)
            assert scores.argmax() == row
            assert scores[row] == pytest.approx(1.0, abs=1e-5)


def test_the_best_question_of_a_section_counts(likeness: Likeness) -> None:
    assert likeness.scores("will i be happy again?").argmax() == 2


def test_a_slip_of_the_finger_is_still_alike(likeness: Likeness) -> None:
    scores = likeness.scores("waht is a pannic atack")
    assert scores.argmax() == 1
    assert scores[1] > 2 * np.delete(scores, 1).max()


def test_how_a_question_begins_tells_too(likeness: Likeness) -> None:
    assert likeness.scores("is it ok to cry").argmax() == 2


@pytest.mark.parametrize("text", ["", "zzz qqq", "你好吗"])
def test_what_is_like_nothing_scores_nothing(likeness: Likeness, text: str) -> None:
    assert likeness.scores(text).tolist() == pytest.approx([0.0] * 3, abs=0.05)


def test_nothing_to_be_like() -> None:
    assert Likeness(()).scores("anything").shape == (0,)


def test_a_section_is_found_by_one_of_its_ways_of_asking(
    lamplight: Chatbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With likeness alone, the section that is asked so comes first."""
    only = dict.fromkeys(("passage", "sentence", "section", "words"), 0.0) | {"alike": 1.0}
    monkeypatch.setattr("chatbot.retrieve.WEIGHTS", only)
    entries = [e for e in lamplight.index.entries.values() if e.asked_as]
    sample = entries[:: len(entries) // 20]
    right = 0
    for entry in sample:
        found = retrieve(Question(text=entry.asked_as[0]), lamplight.index, lamplight.encoder)
        first = lamplight.index.entries[found.passages[0].id]
        right += first.section_id == entry.section_id
    assert right >= len(sample) - 2  # one way of asking may belong to two sections
