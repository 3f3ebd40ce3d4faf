"""What the words say by themselves: fitted, kept, and added to what the encoder says."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from chatbot.guards import CrisisMeaning
from chatbot.guards.head import Head
from chatbot.guards.lexical import COLUMNS, by_words, fit_words

GARDEN = ["plant beans in spring", "the roses need water", "beans and roses", "dig the beds"]
HARBOUR = ["the boat left harbour", "a rope for the boat", "tides and harbours", "mend the sails"]
LABELS = [0] * len(GARDEN) + [1] * len(HARBOUR)


def test_words_that_were_learned_tell_new_texts_apart() -> None:
    weights, bias = fit_words([*GARDEN, *HARBOUR, "lunch"], [*LABELS, 2])
    logits = by_words(["water the beans", "the harbour at low tide"], weights) + bias
    assert logits.shape == (2, 3)
    assert list(logits.argmax(axis=1)) == [0, 1]


def test_a_slip_is_read_by_its_pieces() -> None:
    weights, bias = fit_words([*GARDEN, *HARBOUR, "lunch"], [*LABELS, 2])
    assert (by_words(["harbuors"], weights) + bias).argmax() == 1


def test_fitting_twice_gives_the_same_weights() -> None:
    first, again = (fit_words([*GARDEN, *HARBOUR, "lunch"], [*LABELS, 2])[0] for _ in range(2))
    assert np.array_equal(first, again)


def test_a_text_without_words_says_nothing() -> None:
    assert not by_words([" ", ""], np.ones((2 * COLUMNS, 3), np.float32)).any()


def test_the_committed_head_adds_what_the_words_say() -> None:
    head = Head.load()
    text = ["how many tablets should i take"]
    vectors = np.zeros((1, len(head.weights)), np.float32)
    risk, asked = head.logits(text, vectors)
    without = replace(head, word_weights=np.zeros((0, 0), np.float32))
    plain_risk, plain_asked = without.logits(text, vectors)
    added = by_words(text, head.word_weights)
    assert risk - plain_risk == pytest.approx(added[:, :3], abs=1e-4)
    assert asked - plain_asked == pytest.approx(added[:, 3:], abs=1e-4)
    dosing = 1 + head.reasons.index("dosing")
    assert asked[0, dosing] > plain_asked[0, dosing]


def test_a_guard_that_does_not_hear_the_words_scores_otherwise() -> None:
    deaf = CrisisMeaning(head=replace(Head.load(), word_weights=np.zeros((0, 0), np.float32)))
    said = ["i keep thinking everyone would be better off without me"]
    assert deaf.check(said)[0].score != CrisisMeaning().check(said)[0].score


def test_the_words_survive_the_file(tmp_path: Path) -> None:
    head = Head.load()
    head.save(tmp_path / "head.npz")
    again = Head.load(tmp_path / "head.npz")
    assert np.array_equal(again.word_weights, head.word_weights)
    assert again.word_weights.shape == (2 * COLUMNS, 3 + 1 + len(head.reasons))
