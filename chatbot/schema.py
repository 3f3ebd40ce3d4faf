"""The values that cross from one stage to the next, and the public reply.

Everything here is frozen. Status is derived, never stored: `Screening.risk` is computed from its
findings, so it cannot contradict them. `Reply` is a public contract (docs/reply.md): fields are
added, never renamed.
"""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, computed_field, model_validator

Risk = Literal["none", "elevated", "crisis"]
Request = Literal["allowed", "refused"]
Kind = Literal["answer", "no_answer", "refusal", "crisis"]
RefusalReason = Literal[
    "diagnosis", "dosing", "harm_method", "therapy_role", "injection", "out_of_scope"
]
Status = Literal["draft", "source-checked", "clinically-reviewed", "withdrawn"]

Answered = Literal["yes", "no", "unsure", "joking"]

RISKS: tuple[Risk, ...] = ("none", "elevated", "crisis")


def worst(risks: Iterable[Risk]) -> Risk:
    """The most severe of some risks; `none` of none.

    >>> worst(["none", "crisis", "elevated"])
    'crisis'
    """
    return max(risks, key=RISKS.index, default="none")


class Value(BaseModel):
    """A frozen record; unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(Value):
    """One thing a person typed: readable text of 1 to `limits.message_characters` code points."""

    text: str


class Finding(Value):
    """What one guard says about one message. Holds labels and scores, never the words.

    `language` is that of the phrase that was found, where one was.
    """

    guard: str
    risk: Risk = "none"
    labels: tuple[str, ...] = ()
    refusal_reason: RefusalReason | None = None
    score: float | None = None
    language: str | None = None
    failed: bool = False


class Screening(Value):
    """The verdict on one message in its conversation: the most severe of its findings.

    `latched` says that the conversation is in crisis mode because of this message or an earlier
    one. `settled` says that, though latched, this turn may be given safe information again.
    `answered` is how this message answers the question that the reply before it asked.
    """

    findings: tuple[Finding, ...] = ()
    latched: bool = False
    settled: bool = False
    answered: Answered | None = None
    language: str = "en"

    @property
    def message_risk(self) -> Risk:
        """The risk in this message alone; a guard that failed counts as `elevated`."""
        return worst("elevated" if f.failed and f.risk == "none" else f.risk for f in self.findings)

    @property
    def risk(self) -> Risk:
        """The risk in this conversation, as the person is answered."""
        if not self.latched or self.message_risk == "crisis":
            return self.message_risk
        return "elevated" if self.settled else "crisis"

    @property
    def failed(self) -> bool:
        """Whether any guard could not give a verdict."""
        return any(f.failed for f in self.findings)

    @property
    def refusal_reason(self) -> RefusalReason | None:
        """Of several reasons harm first, then that of the later guard: the rules are surer."""
        found = [f.refusal_reason for f in reversed(self.findings) if f.refusal_reason]
        return "harm_method" if "harm_method" in found else next(iter(found), None)

    @property
    def request(self) -> Request:
        return "refused" if self.refusal_reason else "allowed"

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the findings, most severe finding first, without repeats."""
        ordered = sorted(self.findings, key=lambda f: -RISKS.index(f.risk))
        return tuple(dict.fromkeys(label for f in ordered for label in f.labels))

    @property
    def score(self) -> float | None:
        """The highest score that a scoring guard gave, 0 to 1; None where none gave one."""
        return max((f.score for f in self.findings if f.score is not None), default=None)


class Topic(Value):
    """What an answer was about: a section of a document, and the passages that were quoted."""

    document_id: str
    title: str
    heading: str
    said: tuple[str, ...] = ()


class Question(Value):
    """One question of a message.

    `earlier` is what was asked before it, and `topic` what was last answered from. A question that
    `leans` on them is short, or leaves its subject out. `more` asks for what the topic still holds.
    `core` is the one sentence that asks, where a story stands around it.
    """

    text: str
    core: str | None = None
    earlier: str | None = None
    topic: Topic | None = None
    leans: bool = False
    more: bool = False


class Turn(Value):
    """An earlier exchange: what was typed, how it was screened, what kind of reply it got.

    `topic` is what was answered from, if anything was.
    """

    text: str
    screening: Screening
    kind: Kind | None = None
    topic: Topic | None = None


class Conversation(Value):
    """The turns so far, oldest first. Lives in memory only, and only while the chat is open."""

    turns: tuple[Turn, ...] = ()

    @property
    def latched(self) -> bool:
        return any(turn.screening.latched for turn in self.turns)

    @property
    def asked(self) -> bool:
        """Whether the last reply asked the person something: a check-in, or to reach out."""
        if not self.turns:
            return False
        last = self.turns[-1].screening
        return last.risk != "none" and not last.failed

    def plus(
        self,
        text: str,
        screening: Screening,
        kind: Kind | None = None,
        topic: Topic | None = None,
    ) -> "Conversation":
        """This conversation with one more turn."""
        turn = Turn(text=text, screening=screening, kind=kind, topic=topic)
        return Conversation(turns=(*self.turns, turn))


class Quote(Value):
    """A stretch of a document's body, in code points: `body[start:end] == text`."""

    document_id: str
    passage_id: str
    start: int
    end: int
    text: str


class Unit(Value):
    """The least that can be quoted: one sentence, or a lead-in with its whole list.

    `score` is the cosine with the question, -1 to 1.
    """

    quote: Quote
    score: float = 0.0


class Passage(Value):
    """One paragraph of a document, with its units. `score` is the fused retrieval score."""

    id: str
    document_id: str
    title: str
    heading: str
    start: int
    end: int
    units: tuple[Unit, ...]
    score: float = 0.0


class Retrieval(Value):
    """Passages, best first, and how sure we are that one of them answers, 0 to 1."""

    passages: tuple[Passage, ...] = ()
    confidence: float = 0.0


class Sentence(Value):
    """One sentence of a draft and what backs it.

    `lead` is the question of the corpus that this sentence begins to answer, where a message asked
    several things.
    """

    text: str
    quotes: tuple[Quote, ...]
    lead: str | None = None


class Draft(Value):
    """What the answer stage would say. Empty when it has nothing to say.

    `topics` are the nearest section headings, offered when there is no answer. `unanswered` says
    that a part of the message found none, though another did.
    """

    sentences: tuple[Sentence, ...] = ()
    topics: tuple[str, ...] = ()
    topic: Topic | None = None
    unanswered: bool = False


class Verification(Value):
    """The draft's sentences that stood, and how many were dropped, by reason."""

    sentences: tuple[Sentence, ...] = ()
    dropped: tuple[str, ...] = ()


class SourceCited(Value):
    """An authority's page behind a citation."""

    id: str
    publisher: str
    title: str
    url: str


class Citation(Value):
    """Where a sentence comes from: the document, the exact quotation, the authorities behind it."""

    n: int
    document_id: str
    passage_id: str
    title: str
    quote: str
    start: int
    end: int
    status: Status
    review_due: str
    sources: tuple[SourceCited, ...]


class ReplySentence(Value):
    """One sentence as it is said, with the numbers of its citations.

    `lead` stands before it where it begins to answer one of several questions.
    """

    text: str
    citations: tuple[int, ...] = ()
    lead: str | None = None


class CrisisLine(Value):
    """A crisis line as a person uses it: national dial strings, shown as written."""

    country: str
    name: str
    call: str | None = None
    also_call: tuple[str, ...] = ()
    text: str | None = None
    url: str | None = None
    hours: str | None = None
    note: str | None = None
    emergency: str | None = None


class Versions(Value):
    """Of the corpus, the guards and the program that made a reply."""

    corpus: str
    guard: str
    app: str


class Timings(Value):
    """Milliseconds spent in each stage."""

    screen: float = 0.0
    retrieve: float = 0.0
    answer: float = 0.0
    verify: float = 0.0
    total: float = 0.0


class Reply(Value):
    """What the person sees, as JSON. `text` is the whole reply in plain text."""

    kind: Kind
    risk: Risk
    latched: bool
    labels: tuple[str, ...]
    refusal_reason: RefusalReason | None
    language: str
    text: str
    sentences: tuple[ReplySentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    crisis_lines: tuple[CrisisLine, ...] = ()
    topics: tuple[str, ...] = ()
    card: str | None = None
    emergency: str | None = None
    versions: Versions
    timings_ms: Timings = Timings()

    @model_validator(mode="before")
    @classmethod
    def _care_is_derived(cls, value: object) -> object:
        """A reply read back from JSON: `care` follows from risk and kind."""
        if isinstance(value, dict):
            return {k: v for k, v in value.items() if k != "care"}
        return value

    @computed_field  # type: ignore[prop-decorator]
    @property
    def care(self) -> bool:
        """Whether the reply carries an acknowledgement, a plain question and the crisis lines."""
        return self.risk != "none" and self.kind != "crisis"
