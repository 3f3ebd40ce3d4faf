"""What is counted, and what never is: kinds, countries, languages, years; no text, no person.

A deployer must be able to publish how many crisis notices were given in a calendar year (California
SB 243), and a guard that fails must be counted, not only logged. Counts live in memory and are read
by `Tally.snapshot`; nothing here sees a message.
"""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from chatbot.schema import Kind, Reply, Risk


class Count(BaseModel):
    """How many replies of one sort were given in one year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: int
    kind: Kind
    risk: Risk
    card: str | None
    country: str
    language: str
    guard: str
    replies: int


class Tally:
    """Counts of replies and of guard failures since the program started. Safe from many threads."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._now, self._lock = now, threading.Lock()
        self._replies: Counter[tuple[int, Kind, Risk, str | None, str, str, str]] = Counter()
        self._failures: Counter[str] = Counter()

    def count(self, reply: Reply, country: str, failed_guards: tuple[str, ...]) -> None:
        """Count one reply, and each guard that could not give a verdict on its message."""
        row = (
            self._now().year,
            reply.kind,
            reply.risk,
            reply.card,
            country,
            reply.language,
            reply.versions.guard,
        )
        with self._lock:
            self._replies[row] += 1
            self._failures.update(failed_guards)

    @property
    def failures(self) -> dict[str, int]:
        """Guard → how often it failed."""
        with self._lock:
            return dict(self._failures)

    def snapshot(self) -> tuple[Count, ...]:
        """Every count so far."""
        with self._lock:
            rows = dict(self._replies)
        fields = ("year", "kind", "risk", "card", "country", "language", "guard")
        return tuple(
            Count(**dict(zip(fields, row, strict=True)), replies=n)  # type: ignore[arg-type]
            for row, n in rows.items()
        )
