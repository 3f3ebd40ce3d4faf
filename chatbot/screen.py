"""Screening: every guard reads every message, and the most severe verdict wins.

Promise: a guard that raises, times out or never loaded is counted as a failure and never reads as
"no risk". Once a conversation has been in crisis it stays latched.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from itertools import groupby
from operator import itemgetter
from typing import Protocol

from chatbot.errors import GuardTimeout
from chatbot.schema import RISKS, Answered, Conversation, Finding, Risk, Screening
from chatbot.scripts import read_scripts
from chatbot.small_talk import disclaims, short_answer

log = logging.getLogger(__name__)

SETTLES_AFTER = 2
"""Turns after the last crisis message before safe information may be given again: the first reply
after a disclosure always goes back to the person, never to the articles."""

RECENT = 3
"""Messages before the newest one that are read together with it."""
TOGETHER_WORDS = 60
HINT = 0.15
"""The least score of its own at which a message is judged by what came before it: a plain question
after a sad message stays a plain question."""

BUILT_UP = ("harm_method", "dosing")
"""Reasons for which a request is refused that only the messages together make."""

_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="guard")

Findings = tuple[Finding, ...]


class Guard(Protocol):
    """What the screen needs of a guard: Findings for texts, in order.

    One with a true attribute `reads_together` is also shown the recent messages as one text.
    """

    guard: str

    def check(self, texts: Sequence[str]) -> list[Finding]: ...


class LanguageDetector(Protocol):
    """Text in, ISO 639-1 code out; None when unsure."""

    def detect(self, text: str) -> str | None: ...


def screen(
    text: str,
    guards: Sequence[Guard],
    detector: LanguageDetector,
    *,
    conversation: Conversation = Conversation(),
    timeout_s: float = 5.0,
) -> Screening:
    """Screen a message, by itself and together with the messages before it.

    Parameters
    ----------
    guards : asked in turn; each gets all that it reads in one call.
    timeout_s : the longest that one guard may take, in seconds.
    """
    joined = _together([turn.text for turn in conversation.turns], text)
    own, of_joined = _findings([text], [joined] if joined else [], guards, timeout_s)
    return _place(text, own[0], of_joined[0] if joined else (), detector, conversation)


def screen_conversations(
    conversations: Sequence[Sequence[str]],
    guards: Sequence[Guard],
    detector: LanguageDetector,
    *,
    timeout_s: float = 5.0,
) -> list[Screening]:
    """The verdict on the last message of each conversation, each guard called once for all.

    Parameters
    ----------
    conversations : messages of each, oldest first, at least one.
    timeout_s : for each message: a large batch on a busy machine is no failure.
    """
    texts = [text for messages in conversations for text in messages]
    joined = [
        _together(messages[:n], text)
        for messages in conversations
        for n, text in enumerate(messages)
    ]
    own, of_joined = _findings(
        texts, [j for j in joined if j], guards, timeout_s * max(1, len(texts))
    )
    found, of_next = iter(own), iter(of_joined)
    pairs = iter([(next(found), next(of_next) if j else ()) for j in joined])
    verdicts = []
    for messages in conversations:
        conversation = Conversation()
        for text in messages:
            verdict = _place(text, *next(pairs), detector, conversation)
            conversation = conversation.plus(text, verdict)
        verdicts.append(conversation.turns[-1].screening)
    return verdicts


def screen_many(
    texts: Sequence[str], guards: Sequence[Guard], *, timeout_s: float = 5.0
) -> list[Findings]:
    """Findings for many unrelated texts, each guard called once for all of them.

    `timeout_s` is for each text: a large batch of long messages on a busy machine is no failure.
    """
    return _findings(texts, [], guards, timeout_s * max(1, len(texts)))[0]


def _together(earlier: Sequence[str], text: str) -> str | None:
    """The newest message behind the last words of those before it; None where it is the first.

    Each message stands on a line of its own, so that no sentence runs from one into the next.
    """
    if not earlier:
        return None
    room = max(0, TOGETHER_WORDS - len(text.split()))
    words = [(n, word) for n, turn in enumerate(earlier[-RECENT:]) for word in turn.split()]
    kept = words[len(words) - min(room, len(words)) :]
    turns = [" ".join(word for _, word in turn) for _, turn in groupby(kept, key=itemgetter(0))]
    return "\n".join([*turns, text])


def _place(
    text: str,
    own: Findings,
    joined: Findings,
    detector: LanguageDetector,
    conversation: Conversation,
) -> Screening:
    """What was found in a message, and in it with those before → the verdict on it."""
    language = _language(text, own, detector, conversation)
    if not conversation.latched:
        built_up = _built_up(Screening(findings=own), Screening(findings=joined), conversation)
        own = (*own, *_from_before(own, joined, conversation), *built_up)
    return _in_conversation(text, own, conversation, language)


def _from_before(own: Findings, joined: Findings, conversation: Conversation) -> Findings:
    """What shows only when messages are read together: a loss, then a goodbye, then a question.

    It counts where together they are a crisis and the newest message has a part in it, and stops
    the conversation only where some message of it was worrying by itself.
    """
    alone = Screening(findings=own)
    if not joined or (alone.score or 0.0) < HINT:
        return ()
    found = max(joined, key=lambda f: RISKS.index(f.risk))
    if found.risk != "crisis":
        return ()
    worried = [alone, *(turn.screening for turn in conversation.turns)]
    risk: Risk = "elevated" if all(s.message_risk == "none" for s in worried) else "crisis"
    if RISKS.index(risk) <= RISKS.index(alone.message_risk):
        return ()
    return (Finding(guard="conversation", risk=risk, labels=found.labels),)


def _built_up(alone: Screening, joined: Screening, conversation: Conversation) -> Findings:
    """A request for harm or a dose that no message makes alone: asked for step by step.

    After a refusal the next messages are read by themselves: nobody is refused twice for once.
    """
    asked = joined.refusal_reason
    refused = any(turn.screening.refusal_reason for turn in conversation.turns[-RECENT:])
    if asked not in BUILT_UP or alone.refusal_reason or refused:
        return ()
    risk: Risk = "elevated" if asked == "harm_method" else "none"
    return (Finding(guard="conversation", risk=risk, labels=(asked,), refusal_reason=asked),)


def _in_conversation(
    text: str, findings: Findings, conversation: Conversation, language: str
) -> Screening:
    latched = conversation.latched
    answered = None
    if conversation.asked:
        words = read_scripts(language).answers
        answered = short_answer(text, check_in=not latched, words=words)
    if answered and not latched:
        findings = (*findings, _check_in(answered))
    if not latched and _takes_back(text, conversation):
        findings = (*findings, Finding(guard="retraction", risk="elevated"))
    alone = Screening(findings=findings, language=language, answered=answered)
    if alone.message_risk == "crisis":
        return alone.model_copy(update={"latched": True})
    if not latched:
        return alone
    since = 0
    for turn in reversed(conversation.turns):
        if turn.screening.message_risk == "crisis":
            break
        since += 1
    settled = since + 1 >= SETTLES_AFTER and alone.message_risk == "none" and answered is None
    return alone.model_copy(update={"latched": True, "settled": settled})


def _takes_back(text: str, conversation: Conversation) -> bool:
    """Whether "asking for a friend" and the like follow a worrying message: it stays worrying."""
    before = conversation.turns[-1].screening if conversation.turns else Screening()
    return before.message_risk != "none" and disclaims(text)


def _check_in(answered: Answered) -> Finding:
    """What an answer to "are you having thoughts of suicide?" says of the person."""
    risk: Risk = "crisis" if answered == "yes" else "elevated"
    return Finding(guard="check_in", risk=risk, labels=("active",) if answered == "yes" else ())


def _findings(
    texts: Sequence[str], joined: Sequence[str], guards: Sequence[Guard], timeout_s: float
) -> tuple[list[Findings], list[Findings]]:
    """Per text, and per joined text, what each guard found: all of it in one call a guard."""
    own: list[list[Finding]] = []
    together: list[list[Finding]] = []
    for guard in guards:
        reads = list(joined) if getattr(guard, "reads_together", False) else []
        found = _ask(guard, [*texts, *reads], timeout_s)
        own.append(found[: len(texts)])
        if reads:
            together.append(found[len(texts) :])
    of_joined: list[Findings] = [()] * len(joined)
    if together:
        of_joined = list(zip(*together, strict=True))
    return list(zip(*own, strict=True)), of_joined


def _language(
    text: str,
    findings: Findings,
    detector: LanguageDetector,
    conversation: Conversation,
) -> str:
    """What the detector is sure of; else that of a phrase found, or of the turn before."""
    phrase = next((f.language for f in findings if f.language not in (None, "en")), None)
    try:
        detected = detector.detect(text)
    except Exception as raised:  # noqa: BLE001  no verdict may be lost over its language
        log.error("the language of a message was not found: %s", type(raised).__name__)
        detected = None
    if phrase and detected != "en":
        return phrase
    before = conversation.turns[-1].screening.language if conversation.turns else "en"
    return detected or before


def _ask(guard: Guard, texts: Sequence[str], timeout_s: float) -> list[Finding]:
    try:
        found = _pool.submit(guard.check, texts).result(timeout=timeout_s)
        if len(found) != len(texts):
            raise ValueError("wrong number of findings")
        return found
    except FutureTimeout:
        error: str = GuardTimeout.__name__
    except Exception as raised:  # noqa: BLE001  whatever a guard raises must end as care
        error = type(raised).__name__  # its message may quote the person
    log.error("guard %s failed: %s", guard.guard, error)
    failed = Finding(guard=guard.guard, labels=("guard_failed",), failed=True)
    return [failed] * len(texts)
