"""The crisis guards: a phrase floor, and a check of meaning by the sentence encoder.

The floor catches what is said outright, in any disguise, and can be read and audited line by
line. The meaning check catches what is said another way: a linear head over the encoder's vector,
trained on this project's own messages (`train.py`), read in overlapping windows so that one
sentence in a long message is not drowned. The worst window counts.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from guardrails.validator_base import register_validator
from numpy.typing import NDArray

from chatbot.encoder import Encoder, Vectors
from chatbot.errors import GuardError
from chatbot.guards.normalise import views
from chatbot.guards.phrases import phrase_rules
from chatbot.guards.validator import ScreeningValidator
from chatbot.schema import RISKS, Finding, Risk

WINDOW_WORDS = 40
STEP_WORDS = 20
"""Long messages are read whole and in windows of so many words, each starting so many later."""


@register_validator(name="lamplight/crisis_phrases", data_type="string")
class CrisisPhrases(ScreeningValidator):
    """Explicit phrases in six languages over undisguised text. The floor: precise, auditable."""

    guard: ClassVar[str] = "crisis_phrases"

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


@dataclass(frozen=True)
class Head:
    """A calibrated linear head: vectors in, P(none), P(elevated), P(crisis) out.

    `elevated` is the threshold on P(elevated) + P(crisis); `crisis` the one on P(crisis). Both are
    chosen on a validation part of the training split, by stated costs (train.py).
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    elevated: float
    crisis: float
    encoder: str
    version: str

    @classmethod
    def load(cls, file: Path | None = None) -> "Head":
        """Read the committed head, or one that `make guard` has just trained."""
        path = file or Path(str(resources.files("chatbot.guards") / "crisis_head.npz"))
        with np.load(path, allow_pickle=False) as found:
            return cls(
                weights=found["weights"],
                bias=found["bias"],
                elevated=float(found["elevated"]),
                crisis=float(found["crisis"]),
                encoder=str(found["encoder"]),
                version=hashlib.sha256(path.read_bytes()).hexdigest()[:12],
            )

    def probabilities(self, vectors: Vectors) -> NDArray[np.float32]:
        """Shape (n, dimensions) → (n, 3), rows summing to 1."""
        logits = vectors @ self.weights + self.bias
        exp = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(exp / exp.sum(axis=1, keepdims=True), dtype=np.float32)


@register_validator(name="lamplight/crisis_meaning", data_type="string")
class CrisisMeaning(ScreeningValidator):
    """What a message means, however it is put: one encoder forward for a short message.

    Parameters
    ----------
    encoder, head : loaded from the package when left out; must belong together.
    elevated, crisis : thresholds, 0-1, that override the head's own.

    Raises
    ------
    GuardError : the head was trained for another encoder.
    """

    guard: ClassVar[str] = "crisis_meaning"

    def __init__(
        self,
        encoder: Encoder | None = None,
        head: Head | None = None,
        elevated: float | None = None,
        crisis: float | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self._encoder = encoder or _default_encoder()
        self._head = head or Head.load()
        if self._head.encoder != self._encoder.name:
            raise GuardError(
                f"The crisis head was trained for encoder {self._head.encoder}, not "
                f"{self._encoder.name}: run `make guard` for this encoder."
            )
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
    """The message whole, and where it is long, in overlapping windows of words.

    >>> len(windows("word " * 100))
    5
    """
    words = text.split()
    if len(words) <= WINDOW_WORDS + STEP_WORDS:
        return [text]
    starts = range(0, max(1, len(words) - STEP_WORDS), STEP_WORDS)
    return [text, *(" ".join(words[a : a + WINDOW_WORDS]) for a in starts)]


@lru_cache(maxsize=1)
def _default_encoder() -> Encoder:
    from chatbot.settings import EncoderSettings

    return Encoder.load(EncoderSettings())
