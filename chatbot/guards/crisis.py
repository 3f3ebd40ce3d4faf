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
from numpy.typing import NDArray

from chatbot.encoder import Encoder
from chatbot.guards.head import Head
from chatbot.guards.normalise import APOSTROPHES, views
from chatbot.guards.phrases import phrase_rules, phrases_version
from chatbot.guards.validator import ScreeningValidator
from chatbot.schema import RISKS, Finding, Risk
from chatbot.settings import EncoderSettings

WINDOW_WORDS = 30
STEP_WORDS = 15
"""Long messages are read whole and in windows of so many words, each starting so many later."""


@register_validator(name="lamplight/crisis_phrases", data_type="string")
class CrisisPhrases(ScreeningValidator):
    """Explicit phrases in six languages over undisguised text. The floor: precise, auditable."""

    guard: ClassVar[str] = "crisis_phrases"

    @property
    def version(self) -> str:
        return phrases_version()

    def check(self, texts: Sequence[str]) -> list[Finding]:
        return [self._check_one(text) for text in texts]

    def _check_one(self, text: str) -> Finding:
        risk: Risk = "none"
        labels: dict[str, None] = {}
        readings = views(text)
        for rule in phrase_rules():
            found = max((rule.find(view) for view in readings), key=RISKS.index)
            if found != "none":
                labels.update(dict.fromkeys(rule.rule.labels))
                risk = max(risk, found, key=RISKS.index)
        return Finding(guard=self.guard, risk=risk, labels=tuple(labels))


@register_validator(name="lamplight/crisis_meaning", data_type="string")
class CrisisMeaning(ScreeningValidator):
    """What a message means, however it is put: one encoder forward for a short message.

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
        self._elevated = self._head.elevated if elevated is None else elevated
        self._crisis = self._head.crisis if crisis is None else crisis

    @property
    def version(self) -> str:
        return self._head.version

    def check(self, texts: Sequence[str]) -> list[Finding]:
        parts = [windows(text) for text in texts]
        flat = [w for part in parts for w in part]
        if not flat:
            return []
        probabilities = self._head.probabilities(self._encoder.encode(flat))
        findings, row = [], 0
        for part in parts:
            findings.append(self._finding(probabilities[row : row + len(part)]))
            row += len(part)
        return findings

    def _finding(self, probabilities: NDArray[np.float32]) -> Finding:
        any_risk = float((probabilities[:, 1] + probabilities[:, 2]).max())
        crisis = float(probabilities[:, 2].max())
        risk: Risk = "none"
        if any_risk >= self._elevated:
            risk = "elevated"
        if crisis >= self._crisis:
            risk = "crisis"
        labels = () if risk == "none" else ("meaning",)
        return Finding(guard=self.guard, risk=risk, labels=labels, score=round(any_risk, 4))


def windows(text: str) -> list[str]:
    """The message as the encoder reads it: whole, and where it is long, in overlapping windows.

    >>> len(windows("word " * 100))
    7
    """
    text = _plain(text)
    words = text.split()
    if len(words) <= WINDOW_WORDS + STEP_WORDS:
        return [text]
    starts = range(0, max(1, len(words) - STEP_WORDS), STEP_WORDS)
    return [text, *(" ".join(words[a : a + WINDOW_WORDS]) for a in starts)]


def _plain(text: str) -> str:
    """Compatibility forms and invisible characters undone, plain apostrophes, single spaces."""
    text = APOSTROPHES.sub("'", unicodedata.normalize("NFKC", text))
    return " ".join("".join(ch for ch in text if unicodedata.category(ch) != "Cf").split())
