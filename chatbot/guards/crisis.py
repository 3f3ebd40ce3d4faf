"""The crisis guards: a phrase floor, and a check of meaning by the sentence encoder.

The floor catches what is said outright, in any disguise, and can be read and audited line by
line. The meaning check catches what is said another way: the encoder, changed a little and with a
linear head, trained on this project's own messages (`train.py`), reads the message in overlapping
windows, so that one sentence in a long message is not drowned. The worst window counts.
"""

import unicodedata
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from guardrails.validator_base import register_validator

from chatbot.encoder import Encoder, Vectors
from chatbot.guards.decode import decoded
from chatbot.guards.head import Head
from chatbot.guards.normalise import APOSTROPHES, views
from chatbot.guards.phrases import phrase_rules, phrases_version
from chatbot.guards.undisguise import Segmenter, undisguised
from chatbot.guards.validator import ScreeningValidator
from chatbot.schema import RISKS, Finding, RefusalReason, Risk
from chatbot.settings import EncoderSettings

WINDOW_WORDS = 60
STEP_WORDS = 30
WHOLE_WORDS = 75
"""A message of more words is read whole, and in windows of 60 words that start 30 apart."""
FEWEST_ASKED = 4
"""Words; fewer ("tell me more") are refused by a rule or not at all."""


@register_validator(name="lamplight/crisis_phrases", data_type="string")
class CrisisPhrases(ScreeningValidator):
    """Explicit phrases in fifteen languages, over undisguised text: precise and auditable."""

    guard: ClassVar[str] = "crisis_phrases"

    @property
    def version(self) -> str:
        return phrases_version()

    def check(self, texts: Sequence[str]) -> list[Finding]:
        return [self._check_one(text) for text in texts]

    def _check_one(self, text: str) -> Finding:
        risk: Risk = "none"
        language: str | None = None
        labels: dict[str, None] = {}
        readings = views(text)
        for rule in phrase_rules():
            found = max((rule.find(view) for view in readings), key=RISKS.index)
            if found != "none":
                labels.update(dict.fromkeys(rule.rule.labels))
                risk = max(risk, found, key=RISKS.index)
                language = language or rule.language
        return Finding(guard=self.guard, risk=risk, labels=tuple(labels), language=language)


@register_validator(name="lamplight/crisis_meaning", data_type="string")
class CrisisMeaning(ScreeningValidator):
    """What a message means, however it is put: one encoder forward for a short message.

    The same forward tells danger, and requests that must be refused.

    Parameters
    ----------
    head : read from the package when left out. It brings its own change to the encoder, so the
        guard loads an encoder of its own and leaves the one of retrieval as it is.
    elevated, crisis : thresholds, 0-1, that override the head's own.

    Raises
    ------
    GuardError : the model file cannot be read, or was trained for another encoder.
    """

    guard: ClassVar[str] = "crisis_meaning"
    reads_together: ClassVar[bool] = True

    def __init__(
        self,
        head: Head | None = None,
        elevated: float | None = None,
        crisis: float | None = None,
        device: str = "cpu",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self._head = head or Head.load()
        self._encoder = Encoder.load(EncoderSettings(device=device))
        self._head.adapt(self._encoder)
        self._segment = Segmenter(self._encoder.vocabulary)
        self._elevated = self._head.elevated if elevated is None else elevated
        self._crisis = self._head.crisis if crisis is None else crisis

    @property
    def version(self) -> str:
        return self._head.version

    def check(self, texts: Sequence[str]) -> list[Finding]:
        parts = [self._readings(text) for text in texts]
        flat = [w for part in parts for reading in part for w in reading]
        if not flat:
            return []
        vectors = self._encoder.encode(flat)
        ends = np.cumsum([sum(map(len, part)) for part in parts])
        found = []
        for end, part, text in zip(ends, parts, texts, strict=True):
            rows = vectors[end - sum(map(len, part)) : end]
            many = max(map(len, part))
            plain = rows[len(part[0]) :] if len(part) > 1 else rows
            asks = len(" ".join(part[-1]).split()) >= FEWEST_ASKED
            found.append(self._finding(rows, plain if asks else plain[:0], many, _in_latin(text)))
        return found

    def _readings(self, text: str) -> list[list[str]]:
        """The windows of a message, and of what it says without its disguise or code if any."""
        bare = undisguised(text, self._segment)
        plain = decoded(text) or ((bare,) if bare else ())
        return [windows(read) for read in (text, *plain)]

    def _finding(self, vectors: Vectors, plain: Vectors, many: int, readable: bool) -> Finding:
        """The verdict; a script that the encoder never learned can bring care, and no stop.

        `many` is how many windows the message has: undoing a disguise gives no further chance to
        be wrong, so that its reading calms nothing. What is asked is read in the `plain` words
        alone, and in no fewer than FEWEST_ASKED: a disguise is not itself a request.
        """
        probabilities = self._head.probabilities(vectors, readings=many)
        any_risk = probabilities[:, 1] + probabilities[:, 2]
        worst = int(any_risk.argmax())
        risk: Risk = "none"
        if any_risk[worst] >= self._elevated:
            risk = "elevated"
        if readable and probabilities[:, 2].max() >= self._crisis:
            risk, worst = "crisis", int(probabilities[:, 2].argmax())
        kinds = () if risk == "none" else ("meaning", *self._head.kinds_of(vectors[worst]))
        reason = self._reason(plain) if readable and len(plain) else None
        if reason == "harm_method" and risk == "none":
            risk = "elevated"  # whoever asks may be in danger
        score = round(float(any_risk.max()), 4)
        labels = (*kinds, *([reason] if reason else []))
        return Finding(
            guard=self.guard, risk=risk, labels=labels, score=score, refusal_reason=reason
        )

    def _reason(self, vectors: Vectors) -> RefusalReason | None:
        """Why the message must be refused: read whole, and in its last words if it is long."""
        found = (self._head.reason_of(vectors[n]) for n in dict.fromkeys((0, len(vectors) - 1)))
        return next((reason for reason in found if reason), None)


def _in_latin(text: str) -> bool:
    """Whether at least half of a text's letters are Latin: the encoder can read no others."""
    letters = [ch for ch in unicodedata.normalize("NFKC", text) if ch.isalpha()]
    return 2 * sum(unicodedata.name(ch, "").startswith("LATIN") for ch in letters) >= len(letters)


def windows(text: str) -> list[str]:
    """The message as the encoder reads it: whole, and where it is long, in overlapping windows.

    >>> len(windows("word " * 100))
    4
    """
    text = _plain(text)
    words = text.split()
    if len(words) <= WHOLE_WORDS:
        return [text]
    starts = range(0, max(1, len(words) - STEP_WORDS), STEP_WORDS)
    return [text, *(" ".join(words[a : a + WINDOW_WORDS]) for a in starts)]


def _plain(text: str) -> str:
    """Compatibility forms and invisible characters undone, plain apostrophes, single spaces."""
    text = APOSTROPHES.sub("'", unicodedata.normalize("NFKC", text))
    return " ".join("".join(ch for ch in text if unicodedata.category(ch) != "Cf").split())
