"""What of training can be checked by hand: thresholds, the low-rank difference, windows."""

import random

import numpy as np
import pytest
import torch
from torch import nn

from chatbot.guards.examples import (
    REQUESTS,
    UNKNOWN,
    asked_text,
    examples,
    held_out,
    read_messages,
    requests,
)
from chatbot.guards.misspell import misspelt
from chatbot.guards.nudge import SHARE, Nudge
from chatbot.guards.thresholds import (
    calibrate,
    choose_refusal,
    choose_thresholds,
    cost_of,
    more_careful,
    verdicts,
    worst_window,
)
from chatbot.guards.train import _smoothed
from chatbot.low_rank import difference, merge, open_blocks, state_of

NONE, ELEVATED, CRISIS = 0, 1, 2


def logits(risk: int, sure: float = 6.0) -> np.ndarray:
    row = np.zeros((1, 3))
    row[0, risk] = sure
    return row


def test_thresholds_part_what_can_be_parted() -> None:
    risks = np.array([NONE, ELEVATED, CRISIS] * 5)
    chosen = calibrate([logits(r) for r in risks], risks)
    assert list(chosen.found) == list(risks)
    assert chosen.cost == 0


def test_a_missed_crisis_weighs_more_than_a_needless_word_of_care() -> None:
    scores = np.array([[0.3, 0.1]] * 2)
    elevated, crisis, _ = choose_thresholds(scores, np.array([NONE, CRISIS]))
    assert verdicts(scores, elevated, crisis)[1] != NONE


def test_of_thresholds_that_cost_nearly_the_same_the_most_careful_is_taken() -> None:
    risks = np.array([NONE] * 40 + [CRISIS] * 40)
    sure = [[0.1, 0.05]] * 39 + [[0.9, 0.62]] + [[0.95, 0.9]] * 39 + [[0.9, 0.5]]
    scores = np.array(sure)  # one harmless message that looks worse than one crisis
    elevated, crisis, least = choose_thresholds(scores, risks)
    careful = more_careful(scores, risks, elevated, crisis)
    assert careful <= crisis
    assert cost_of(scores, risks, elevated, careful) <= 1.05 * least
    lower = np.round(careful - 0.01, 2)
    assert lower < 0.02 or cost_of(scores, risks, elevated, lower) > 1.05 * least


def test_the_worst_reading_counts_and_many_readings_are_calmed() -> None:
    parts = [np.concatenate([logits(NONE), logits(CRISIS, 2.0)])]
    plain, calmed = worst_window(parts, 0.0), worst_window(parts, 1.0)
    assert plain[0, 1] > 0.7
    assert calmed[0, 1] < plain[0, 1]
    assert worst_window([logits(CRISIS)], 1.0) == pytest.approx(worst_window([logits(CRISIS)], 0.0))


def test_a_nudge_moves_each_text_by_its_share_and_up_the_loss() -> None:
    torch.manual_seed(0)
    embeddings, reading = nn.Embedding(9, 4), nn.Linear(4, 1)
    nudge = Nudge(embeddings)
    words = torch.tensor([[1, 2, 3], [4, 5, 6]])

    def loss() -> torch.Tensor:
        total: torch.Tensor = reading(embeddings(words)).square().sum()
        return total

    before = embeddings(words)
    plain = loss()
    torch.autograd.backward(plain)
    with nudge:
        moved = embeddings(words) - before
        assert loss() > plain
    for text, by in zip(before, moved, strict=True):
        assert by.norm().item() == pytest.approx(SHARE * text.norm().item(), rel=1e-3)
    embeddings.eval()
    with nudge:
        assert torch.equal(embeddings(words), before), "only while it learns"
    embeddings.train()
    assert torch.equal(embeddings(words), before), "at rest again"


class Blocks(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.ModuleDict({"0": nn.Sequential(nn.Linear(8, 6), nn.LayerNorm(6))})
        self.before = nn.Linear(8, 8)


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.encoder = Blocks()


def test_a_low_rank_change_of_the_blocks_is_carried_over_and_nothing_else_is_touched() -> None:
    model, fresh = Model(), Model()
    before = state_of(model)
    for parameter in open_blocks(model):
        with torch.no_grad():
            change = torch.ones_like(parameter) if parameter.ndim == 1 else torch.ones(6, 8)
            parameter.add_(0.5 * change)
    merge(fresh, difference(before, state_of(model), rank=1))
    for (name, trained), (_, merged) in zip(
        model.named_parameters(), fresh.named_parameters(), strict=True
    ):
        assert torch.allclose(trained, merged, atol=1e-2), name
        assert trained.requires_grad == (".layer." in name)


def test_misspelling_changes_a_little_and_is_seeded() -> None:
    text = "I can't do this anymore, I want to sleep."
    slips = [misspelt(text, random.Random(n)) for n in range(20)]
    assert slips == [misspelt(text, random.Random(n)) for n in range(20)]
    assert len(set(slips)) > 10
    assert all(abs(len(s) - len(text)) <= 6 for s in slips)
    assert misspelt("", random.Random(1)) == ""
    assert isinstance(misspelt("?!", random.Random(3)), str)


def test_a_marked_sentence_is_learned_and_an_unmarked_message_goes_into_a_bag() -> None:
    calm, danger = "the garden was green and quiet " * 12, "tonight I will do it for good"
    text = f"{calm} {danger} {calm}"
    marked = {"text": text, "risk": "crisis", "labels": ["plan"], "signal": danger}
    sure, bags = examples([marked])
    assert not bags
    assert all(danger in e.text for e in sure)
    assert len(sure) > 1
    unmarked = {k: v for k, v in marked.items() if k != "signal"}
    sure, bags = examples([unmarked])
    assert len(sure) == len(bags) == 1
    assert any(danger in e.text for e in bags[0])
    benign, none = examples([{**unmarked, "risk": "none"}])
    assert {e.risk for e in benign} == {NONE}
    assert not none
    assert len(benign) == len(bags[0]) + 1


def test_validation_is_kept_apart_from_training() -> None:
    training, validation = read_messages("messages.jsonl"), read_messages("validation.jsonl")
    assert not {r["text"] for r in training} & {r["text"] for r in validation}
    share = sum(held_out(r["id"]) for r in training) / len(training)
    assert 0.08 < share < 0.12


def request(reason: str, *messages: str, refused: bool = True) -> dict[str, object]:
    kind = "refused" if refused else "allowed"
    return {"messages": list(messages), "request": kind, "reason": reason}


def test_a_request_is_learned_behind_the_turn_before_it_and_teaches_no_danger() -> None:
    asked = request("dosing", "hello", "on sertraline since May", "so how much can I take")
    neighbour = request("dosing", "why do tablets take weeks", refused=False)
    learned = requests([asked, neighbour])
    assert [e.text for e in learned] == [
        "on sertraline since May so how much can I take",
        "why do tablets take weeks",
    ]
    assert [REQUESTS[e.request] for e in learned] == ["dosing", "allowed"]
    assert {e.risk for e in learned} == {UNKNOWN}


def test_messages_written_for_danger_teach_requests_only_where_that_is_known() -> None:
    base = {"text": "it was a long day", "register": "plain", "labels": []}
    sad = {**base, "risk": "none", "labels": ["distress_no_risk"]}
    question = {**base, "risk": "none", "register": "search query"}
    homework = {**base, "risk": "none"}
    danger = {**base, "risk": "crisis", "labels": ["plan"]}
    learned, _ = examples([sad, question, homework, danger])
    assert [e.request for e in learned] == [0, 0, UNKNOWN, UNKNOWN]


def test_the_refusal_threshold_parts_what_can_be_parted_and_spares_ordinary_messages() -> None:
    parted = choose_refusal(np.array([0.9, 0.8]), np.array([0.3, 0.2]), np.array([0.1]))
    assert 0.3 < parted <= 0.8
    spared = choose_refusal(np.array([0.5] * 10), np.array([0.1]), np.array([0.6, 0.1, 0.1]))
    assert spared > 0.6, "an ordinary message refused costs more than a refusal missed"


def test_what_nobody_knows_of_a_text_adds_nothing_to_the_loss() -> None:
    logits = torch.tensor([[2.0, 0.0], [0.0, 3.0]])
    known, both = _smoothed(logits[:1], [0]), _smoothed(logits, [0, UNKNOWN])
    assert both == pytest.approx(known / 2)
    assert _smoothed(logits, [UNKNOWN, UNKNOWN]) == 0


def test_no_message_that_chooses_the_refusal_threshold_was_learned() -> None:
    learned = {asked_text(r) for r in read_messages("requests.jsonl")}
    chosen_on = {asked_text(r) for r in read_messages("request_validation.jsonl")}
    assert len(learned) > 800
    assert len(chosen_on) > 400
    assert not learned & chosen_on
