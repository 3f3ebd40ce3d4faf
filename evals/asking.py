"""Asking a system a record's messages, with the time that the last turn took."""

import time
from collections.abc import Callable, Sequence

from evals.evaluation import Observe
from evals.observed import Observed
from evals.rates import Record
from evals.scoring import Unparseable
from evals.systems import System, Unsupported, open_system

GUARD_FAILED = "guard_failed"
"""The label of a guard that raised or timed out (chatbot/screen.py)."""


def messages_of(record: Record) -> list[str]:
    """A record's turns: `messages`, then `question` or `text` where it has one."""
    last = record.get("question") or record.get("text")
    return [*(record.get("messages") or []), *([str(last)] if last else [])]


def conversed(system: str) -> Observe:
    """Observe by conversing: every turn's reply, and the time of a turn on average."""

    def observe(record: Record) -> Observed:
        return timed(system, messages_of(record), record.get("country"))

    return observe


def timed(system: str, messages: Sequence[str], country: str | None = None) -> Observed:
    """Converse with the system of a name."""
    return talked(open_system(system), messages, country)


def talked(opened: System, messages: Sequence[str], country: str | None = None) -> Observed:
    """Converse, and divide the time among the turns where the system does not say.

    Raises
    ------
    Unparseable : a reply is missing, or a guard failed: care that came of a failure is no verdict,
        and may not pass for one.
    """
    begun = time.perf_counter()
    replies = tuple(opened.converse(messages, country))
    if not messages or len(replies) != len(messages):
        raise Unparseable("not one reply for each message")
    if any(GUARD_FAILED in reply.labels for reply in replies):
        raise Unparseable("a guard failed")
    each = 1000 * (time.perf_counter() - begun) / len(replies)
    spent = tuple(round(r.timings_ms.total or each, 3) for r in replies)
    return Observed(replies=replies, milliseconds=spent)


def where_supported(observe: Callable[[Record], Observed]) -> Observe:
    """Observe, or say that a system cannot be asked this: its samples then give no score."""

    def asked(record: Record) -> Observed:
        try:
            return observe(record)
        except Unsupported:
            return Observed(eligible=False)

    return asked
