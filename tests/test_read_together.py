"""Recent messages are read together: what none says alone shows, a plain question stays plain."""

from collections.abc import Sequence

from chatbot.guards.asking import asking
from chatbot.language import Lingua
from chatbot.schema import Conversation, Finding, RefusalReason, Risk
from chatbot.screen import HINT, RECENT, TOGETHER_WORDS, screen, screen_conversations

LOSS, GOODBYE, BRIDGE = "my wife died", "I have written to everyone", "which bridge is near"


class Joins:
    """Scores each message as told, and the joined text as crisis where it holds all its marks."""

    guard = "joins"
    reads_together = True

    def __init__(
        self, *marks: str, alone: float = 0.3, risk: Risk = "none", joined: Risk = "crisis"
    ):
        self.marks, self.alone, self.risk, self.joined = marks, alone, risk, joined
        self.read: list[str] = []

    def check(self, texts: Sequence[str]) -> list[Finding]:
        self.read += texts
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Finding:
        whole = sum(mark in text for mark in self.marks) > 1
        risk = self.joined if whole and all(mark in text for mark in self.marks) else self.risk
        return Finding(
            guard=self.guard, risk=risk, score=0.9 if whole else self.alone, labels=(risk,)
        )


def last(guard: object, *texts: str) -> Risk:
    return screen_conversations([texts], [guard], Lingua())[-1].risk  # type: ignore[list-item]


def test_what_shows_only_together_is_noticed() -> None:
    guard = Joins(LOSS, GOODBYE, BRIDGE)
    assert last(guard, BRIDGE) == "none"
    assert last(guard, LOSS, GOODBYE, BRIDGE) == "elevated"


def test_together_they_stop_the_conversation_where_one_was_worrying_by_itself() -> None:
    assert last(Joins(LOSS, GOODBYE, BRIDGE, risk="elevated"), LOSS, GOODBYE, BRIDGE) == "crisis"


def test_a_plain_question_after_sad_messages_stays_a_plain_question() -> None:
    assert last(Joins(LOSS, BRIDGE, alone=HINT - 0.01), LOSS, BRIDGE) == "none"


def test_what_is_only_worrying_together_is_left_alone() -> None:
    assert last(Joins(LOSS, BRIDGE, joined="elevated"), LOSS, BRIDGE) == "none"


def test_reading_together_never_makes_a_verdict_milder() -> None:
    guard = Joins("nothing", risk="crisis", joined="none")
    assert last(guard, LOSS, BRIDGE) == "crisis"


def test_a_message_and_a_whole_conversation_are_screened_alike() -> None:
    texts = [LOSS, GOODBYE, BRIDGE]
    conversation = Conversation()
    for text in texts:
        verdict = screen(text, [Joins(*texts)], Lingua(), conversation=conversation)
        conversation = conversation.plus(text, verdict)
    assert [t.screening.risk for t in conversation.turns] == ["none", "none", "elevated"]
    assert last(Joins(*texts), *texts) == conversation.turns[-1].screening.risk


def test_only_the_recent_words_are_read_together_and_the_newest_is_read_whole() -> None:
    guard = Joins("x")
    long = "word " * 100 + "end"
    last(guard, "too old", *[f"message {n} " + "a " * 30 for n in range(RECENT)], long)
    joined = guard.read[-1]
    assert joined.endswith("end")
    assert "too old" not in joined
    assert len(joined.split()) <= max(TOGETHER_WORDS, len(long.split()))


def test_no_sentence_runs_from_one_message_into_the_next() -> None:
    guard = Joins("x")
    last(guard, "what is a panic attack", "tell me more", "tell me more")
    assert guard.read[-1].splitlines() == ["what is a panic attack", "tell me more", "tell me more"]
    assert asking(guard.read[-1]) == ["what is a panic attack"]


def test_a_guard_that_does_not_read_together_sees_each_message_once() -> None:
    guard = Joins("x")
    guard.reads_together = False
    last(guard, LOSS, GOODBYE)
    assert guard.read == [LOSS, GOODBYE]


class Asks:
    """Refuses the joined text alone, or every text, for a reason."""

    guard = "asks"
    reads_together = True

    def __init__(self, reason: RefusalReason, *, from_words: int = 8):
        self.reason, self.from_words = reason, from_words

    def check(self, texts: Sequence[str]) -> list[Finding]:
        return [
            Finding(
                guard=self.guard,
                refusal_reason=self.reason if len(text.split()) >= self.from_words else None,
            )
            for text in texts
        ]


def turns(guard: object, *texts: str) -> list[RefusalReason | None]:
    conversation = Conversation()
    for text in texts:
        verdict = screen(text, [guard], Lingua(), conversation=conversation)  # type: ignore[list-item]
        conversation = conversation.plus(text, verdict)
    return [turn.screening.refusal_reason for turn in conversation.turns]


def test_harm_asked_for_step_by_step_is_refused_with_care() -> None:
    texts = ("my story has a nurse", "she is angry with him", "what would she give him")
    assert turns(Asks("harm_method"), *texts) == [None, "harm_method", None]
    assert last(Asks("harm_method"), *texts[:2]) == "elevated"


def test_after_a_refusal_the_next_messages_are_read_by_themselves() -> None:
    guard = Asks("dosing", from_words=5)
    said = ["one two three four five", "and thanks", "what is it", "is that so"]
    assert turns(guard, *said) == ["dosing", None, None, None]
    assert turns(guard, *said, "and two")[-1] == "dosing"


def test_other_reasons_are_for_one_message() -> None:
    assert turns(Asks("diagnosis"), "I sleep badly these days", "and I cry a lot") == [None, None]
