"""Asking a system a record's messages, with the time that the last turn took."""

import time
from collections.abc import Callable, Sequence

from evals.evaluation import Observe
from evals.observed import Observed
from evals.rates import Record
from evals.systems import Unsupported, open_system


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
    """Converse, and divide the time among the turns where the system does not say."""
    opened = open_system(system)
    begun = time.perf_counter()
    replies = tuple(opened.converse(messages, country))
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
