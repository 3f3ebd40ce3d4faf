"""What a system did with one sample, as it is kept in Inspect's log and judged from there."""

from pydantic import BaseModel, ConfigDict

from chatbot.schema import RefusalReason, Reply, Risk, Screening


class Seen(BaseModel):
    """The screening of a conversation's last message. `score` is the guard's, 0 to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    risk: Risk
    labels: tuple[str, ...] = ()
    refusal_reason: RefusalReason | None = None
    language: str = "en"
    score: float | None = None
    latched: bool = False
    failed: bool = False

    @classmethod
    def of(cls, screening: Screening) -> "Seen":
        """From the screen's own verdict."""
        return cls(
            risk=screening.risk,
            labels=screening.labels,
            refusal_reason=screening.refusal_reason,
            language=screening.language,
            score=screening.score,
            latched=screening.latched,
            failed=screening.failed,
        )

    @classmethod
    def in_reply(cls, reply: Reply) -> "Seen":
        """From a reply, where nothing else is to be had; it gives no score."""
        return cls(
            risk=reply.risk,
            labels=reply.labels,
            refusal_reason=reply.refusal_reason,
            language=reply.language,
            latched=reply.latched,
        )


class Found(BaseModel):
    """What retrieval found: sections, best first, and how sure it is that the first answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sections: tuple[tuple[str, str], ...] = ()
    confidence: float = 0.0


class Observed(BaseModel):
    """What came of one sample. `replies` and `milliseconds` have one entry a turn.

    `eligible` is false where a system cannot be asked this at all: such a sample gives no score.
    `notes` are what only one task looks for, such as rules broken and places of a leak.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    eligible: bool = True
    seen: Seen | None = None
    found: Found | None = None
    replies: tuple[Reply, ...] = ()
    milliseconds: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
