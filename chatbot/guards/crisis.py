"""The crisis guards: a phrase floor, and a check of meaning by the sentence encoder.

The floor catches what is said outright, in any disguise, and can be read and audited line by
line. The meaning check catches what is said another way: the encoder, changed a little and with a
linear head, trained on this project's own messages (`train.py`), reads the message in overlapping
windows, so that one sentence in a long message is not drowned. The worst window counts.
"""

import unicodedata
from collections.abc import Sequence
from itertools import chain
from typing import Any, ClassVar, NamedTuple

import numpy as np
from guardrails.validator_base import register_validator
from numpy.typing import NDArray

from chatbot.encoder import Encoder
from chatbot.guards.asking import FEWEST_ASKED, asking
from chatbot.guards.decode import decoded
from chatbot.guards.head import Head
from chatbot.guards.normalise import APOSTROPHES, views
from chatbot.guards.phrases import phrase_rules, phrases_version
from chatbot.guards.undisguise import Segmenter, undisguised
from chatbot.guards.validator import ScreeningValidator
from chatbot.schema import RISKS, Finding, Risk
from chatbot.settings import EncoderSettings

WINDOW_WORDS = 60
STEP_WORDS = 30
WHOLE_WORDS = 75
"""A message of more words is read whole, and in windows of 60 words that start 30 apart."""


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


class _Read(NamedTuple):
    """One text as it was read: its vector, and logits of its risk and of what it asks."""

    vector: NDArray[np.float32]
    risk: NDArray[np.float32]
    asked: NDArray[np.float32]


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
        readings = [self._readings(text) for text in texts]
        asked = [
            asks(read) if _in_latin(text) else []
            for text, read in zip(texts, readings, strict=True)
        ]
        parts = [[windows(one) for one in read] for read in readings]
        flat = list(dict.fromkeys([*chain.from_iterable(chain(*parts)), *chain(*asked)]))
        read = self._read(flat)
        return [
            self._finding(
                [read[w] for windowed in part for w in windowed],
                [read[one] for one in asks_of],
                max(map(len, part)),
                readable=_in_latin(text),
            )
            for text, part, asks_of in zip(texts, parts, asked, strict=True)
        ]

    def _read(self, texts: Sequence[str]) -> dict[str, _Read]:
        """What the encoder and the words say of each text, in one batch."""
        if not texts:
            return {}
        vectors = self._encoder.encode(texts)
        return dict(
            zip(texts, map(_Read, vectors, *self._head.logits(texts, vectors)), strict=True)
        )

    def _readings(self, text: str) -> list[str]:
        """The message, and what it says without its disguise or code if it has any."""
        plain = [undisguised(read, self._segment) or read for read in decoded(text) or (text,)]
        return list(dict.fromkeys((text, *plain)))

    def _finding(
        self, read: Sequence[_Read], asked: Sequence[_Read], many: int, *, readable: bool
    ) -> Finding:
        """The verdict; a script that the encoder never learned can bring care, and no stop.

        `many` is how many windows the message has: undoing a disguise gives no further chance to
        be wrong, so that its reading calms nothing. `asked` are the readings that tell what is
        asked.
        """
        probabilities = self._head.probabilities(np.stack([r.risk for r in read]), readings=many)
        any_risk = probabilities[:, 1] + probabilities[:, 2]
        worst = int(any_risk.argmax())
        risk: Risk = "none"
        if any_risk[worst] >= self._elevated:
            risk = "elevated"
        if readable and probabilities[:, 2].max() >= self._crisis:
            risk, worst = "crisis", int(probabilities[:, 2].argmax())
        kinds = () if risk == "none" else ("meaning", *self._head.kinds_of(read[worst].vector))
        reasons = (self._head.reason_of(one.asked) for one in asked)
        reason = next((one for one in reasons if one), None)
        if reason == "harm_method" and risk == "none":
            risk = "elevated"  # whoever asks may be in danger
        score = round(float(any_risk.max()), 4)
        labels = (*kinds, *([reason] if reason else []))
        return Finding(
            guard=self.guard, risk=risk, labels=labels, score=score, refusal_reason=reason
        )


def asks(readings: Sequence[str]) -> list[str]:
    """The texts that tell what is asked: a message whole, its last words, its asking sentences.

    A disguise or a code is not itself a request: where there is a plain reading, that one asks.
    """
    texts: list[str] = []
    for plain in readings[1:] or readings:
        whole = windows(plain)
        if len(whole[0].split()) >= FEWEST_ASKED:
            texts += [whole[0], whole[-1], *(windows(one)[0] for one in asking(plain))]
    return texts


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
