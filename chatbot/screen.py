"""Screening: every guard reads every message, and the most severe verdict wins.

Promise: a guard that raises, times out or never loaded is counted as a failure and never reads as
"no risk". Once a conversation has been in crisis it stays latched.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Protocol

from chatbot.errors import GuardTimeout
from chatbot.schema import Answered, Conversation, Finding, Risk, Screening
from chatbot.small_talk import short_answer

log = logging.getLogger(__name__)

SETTLES_AFTER = 2
"""Turns after the last crisis message before safe information may be given again: the first reply
after a disclosure always goes back to the person, never to the articles."""

_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="guard")


class Guard(Protocol):
    """What the screen needs of a guard: Findings for texts, in order."""

    guard: str

    def check(self, texts: Sequence[str]) -> list[Finding]: ...


class LanguageDetector(Protocol):
    """Text in, ISO 639-1 code out; `en` when unsure."""

    def detect(self, text: str) -> str: ...


def screen(
    texts: Sequence[str],
    guards: Sequence[Guard],
    detector: LanguageDetector,
    *,
    conversation: Conversation = Conversation(),
    timeout_s: float = 5.0,
) -> Screening:
    """Screen the last of `texts`, in the light of `conversation` and of the texts before it.

    Parameters
    ----------
    texts : the newest message, or several of one conversation, oldest first, not yet screened.
    guards : asked in turn; each gets all texts in one call.
    timeout_s : the longest that one guard may take, in seconds.
    """
    found = _findings(texts, guards, timeout_s)
    return place(texts, found, detector, conversation).turns[-1].screening


def screen_many(
    texts: Sequence[str], guards: Sequence[Guard], *, timeout_s: float = 5.0
) -> list[tuple[Finding, ...]]:
    """Findings for many unrelated texts, each guard called once for all of them.

    `timeout_s` is for each text: a large batch of long messages on a busy machine is no failure.
    """
    return _findings(texts, guards, timeout_s * max(1, len(texts)))


def place(
    texts: Sequence[str],
    findings: Sequence[tuple[Finding, ...]],
    detector: LanguageDetector,
    conversation: Conversation = Conversation(),
) -> Conversation:
    """Texts that continue a conversation, and their findings → it with a verdict on each."""
    for text, found in zip(texts, findings, strict=True):
        verdict = _in_conversation(text, found, conversation, _language(text, detector))
        conversation = conversation.plus(text, verdict)
    return conversation


def _in_conversation(
    text: str, findings: tuple[Finding, ...], conversation: Conversation, language: str
) -> Screening:
    latched = conversation.latched
    answered = short_answer(text, check_in=not latched) if conversation.asked else None
    if answered and not latched:
        findings = (*findings, _check_in(answered))
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


def _check_in(answered: Answered) -> Finding:
    """What an answer to "are you having thoughts of suicide?" says of the person."""
    risk: Risk = "crisis" if answered == "yes" else "elevated"
    return Finding(guard="check_in", risk=risk, labels=("active",) if answered == "yes" else ())


def _findings(
    texts: Sequence[str], guards: Sequence[Guard], timeout_s: float
) -> list[tuple[Finding, ...]]:
    columns = [_ask(guard, texts, timeout_s) for guard in guards]
    return [tuple(row) for row in zip(*columns, strict=True)]


def _language(text: str, detector: LanguageDetector) -> str:
    try:
        return detector.detect(text)
    except Exception as raised:  # noqa: BLE001  no verdict may be lost over its language
        log.error("the language of a message was not found: %s", type(raised).__name__)
        return "en"


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
