"""Screening: the most severe verdict wins, a failure is never silence, crisis stays latched."""

import threading
import time
from collections.abc import Sequence

import pytest

from chatbot.guards import CrisisPhrases, RequestScope
from chatbot.language import Lingua
from chatbot.schema import Conversation, Finding, Risk, Screening
from chatbot.screen import screen, screen_many


class Says:
    """A guard that gives one verdict to every message."""

    def __init__(self, risk: Risk):
        self.guard, self._risk = f"says_{risk}", risk

    def check(self, texts: Sequence[str]) -> list[Finding]:
        return [Finding(guard=self.guard, risk=self._risk, labels=(self._risk,))] * len(texts)


class BrokenGuard:
    guard = "broken"

    def check(self, texts: Sequence[str]) -> list[Finding]:
        raise ValueError(f"could not read {texts[0]}")


class StuckGuard:
    guard = "stuck"

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def check(self, texts: Sequence[str]) -> list[Finding]:
        self.let_go.wait(30)
        return []


class ForgetfulGuard:
    guard = "forgetful"

    def check(self, texts: Sequence[str]) -> list[Finding]:
        return []


def one(text: str, *guards: object, conversation: Conversation = Conversation()) -> Screening:
    return screen(text, guards, Lingua(), conversation=conversation)  # type: ignore[arg-type]


def test_the_most_severe_guard_wins() -> None:
    assert one("hello", Says("none"), Says("crisis"), Says("elevated")).risk == "crisis"


def test_a_guard_can_only_make_the_verdict_stricter() -> None:
    assert one("hello", Says("crisis"), Says("none")).risk == "crisis"
    assert one("hello", Says("none"), Says("none")).risk == "none"


@pytest.mark.parametrize("broken", [BrokenGuard(), ForgetfulGuard()])
def test_a_broken_guard_never_means_none(broken: object) -> None:
    found = one("what is anxiety", Says("none"), broken)
    assert found.failed
    assert found.risk == "elevated"


def test_a_broken_guard_does_not_hide_a_crisis() -> None:
    assert one("I want to die", BrokenGuard(), CrisisPhrases()).risk == "crisis"


def test_a_guard_that_takes_too_long_counts_as_failed() -> None:
    stuck = StuckGuard()
    try:
        found = screen("hello", [stuck], Lingua(), timeout_s=0.05)
    finally:
        stuck.let_go.set()
    assert found.failed
    assert found.risk == "elevated"


def test_a_failed_guard_logs_neither_the_message_nor_the_exceptions_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one("canary about my sister", BrokenGuard())
    assert "broken" in caplog.text
    assert "canary" not in caplog.text


def _talk(*texts: str) -> Conversation:
    conversation = Conversation()
    for text in texts:
        verdict = one(text, CrisisPhrases(), RequestScope(), conversation=conversation)
        conversation = conversation.plus(text, verdict)
    return conversation


@pytest.mark.parametrize(
    "later", ["just kidding", "no I'm fine", "what is the capital of Mongolia?", "haha jk lol"]
)
def test_one_denial_joke_or_change_of_subject_does_not_clear_a_crisis(later: str) -> None:
    verdict = _talk("I want to kill myself", later).turns[-1].screening
    assert verdict.latched
    assert verdict.risk == "crisis"


def test_the_latch_holds_for_the_whole_conversation() -> None:
    conversation = _talk("I want to die", *["What is insomnia?"] * 8)
    assert all(turn.screening.latched for turn in conversation.turns)
    assert all(turn.screening.risk != "none" for turn in conversation.turns)


def test_information_may_come_back_only_after_one_more_turn_with_the_person() -> None:
    turns = _talk("I want to die", "What is insomnia?", "What is insomnia?").turns
    assert [turn.screening.risk for turn in turns] == ["crisis", "crisis", "elevated"]


def test_a_second_crisis_starts_the_count_again() -> None:
    turns = _talk("I want to die", "ok", "I want to kill myself", "What is insomnia?").turns
    assert turns[-1].screening.risk == "crisis"


def test_a_new_conversation_is_not_latched() -> None:
    assert not _talk("What is insomnia?").latched


@pytest.mark.parametrize("after", ["asking for a friend lol", "it's not about me", "forget it"])
def test_what_was_worrying_stays_so_when_it_is_given_away_or_taken_back(after: str) -> None:
    turns = _talk("how many pills are too many", after).turns
    assert turns[0].screening.risk == "elevated"
    assert turns[1].screening.risk == "elevated"


def test_a_plain_question_after_a_worrying_message_is_a_plain_question() -> None:
    turns = _talk("how many pills are too many", "What is insomnia?").turns
    assert turns[1].screening.risk == "none"


def test_nothing_is_taken_back_where_nothing_was_worrying() -> None:
    assert _talk("What is insomnia?", "asking for a friend").turns[1].screening.risk == "none"


@pytest.mark.parametrize(
    ("answer", "risk"),
    [
        ("honestly yeah sometimes", "crisis"),
        ("well yes but not tonight", "crisis"),
        ("a little bit", "crisis"),
        ("no, nothing like that", "elevated"),
        ("i really dont know", "elevated"),
        ("no but i want to disappear", "elevated"),
    ],
)
def test_an_answer_to_the_check_in_is_understood_with_more_around_it(
    answer: str, risk: Risk
) -> None:
    turns = _talk("everyone would be better off without me", answer).turns
    assert turns[1].screening.risk == risk


class SlowGuard:
    """Takes a little time for each text, as a real guard does."""

    guard = "slow"

    def check(self, texts: Sequence[str]) -> list[Finding]:
        time.sleep(0.02 * len(texts))
        return [Finding(guard=self.guard)] * len(texts)


def test_a_large_batch_is_not_taken_for_a_failing_guard() -> None:
    found = screen_many(["hello"] * 20, [SlowGuard()], timeout_s=0.1)
    assert not any(finding.failed for findings in found for finding in findings)
