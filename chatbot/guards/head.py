"""The trained part of the meaning check: a low-rank change to the encoder and linear heads.

One .npz file of a few megabytes, read without pickle. `version` is its hash, and is on every
reply.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatbot.encoder import Encoder, Vectors
from chatbot.errors import GuardError
from chatbot.guards.lexical import by_words
from chatbot.low_rank import Adapter, merge
from chatbot.schema import RISKS, RefusalReason

FILE = Path(str(resources.files("chatbot.guards") / "crisis_model.npz"))
ADAPTER = "adapter:"
KIND_SURE = 0.5


def _nothing() -> NDArray[np.float32]:
    return np.zeros((0, 0), np.float32)


@dataclass(frozen=True)
class Head:
    """Texts and their vectors in; out come logits of none, elevated and crisis, and of what is
    asked; and the kinds of danger.

    `kinds` are labels, each with a column of `kind_weights`, found where its probability is at
    least KIND_SURE. `elevated` is the threshold on P(elevated) + P(crisis), `crisis` the one on
    P(crisis): chosen on a validation split by the costs stated in thresholds.py. `reasons` are why
    a request may be refused, with the columns of `request_weights` after that of `allowed`, and
    `refuse` the threshold on the sum of their probabilities. `word_weights`, (words, risks and
    requests), add what the words say by themselves (lexical.py).
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    elevated: float
    crisis: float
    encoder: str
    adapter: Adapter
    version: str
    kinds: tuple[str, ...] = ()
    kind_weights: NDArray[np.float32] = field(default_factory=_nothing)
    kind_bias: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    calm: float = 0.0
    reasons: tuple[RefusalReason, ...] = ()
    request_weights: NDArray[np.float32] = field(default_factory=_nothing)
    request_bias: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    refuse: float = 1.0
    word_weights: NDArray[np.float32] = field(default_factory=_nothing)

    @classmethod
    def load(cls, file: Path = FILE) -> "Head":
        """Read the committed model, or another that train.py wrote. Raises GuardError."""
        try:
            with np.load(file, allow_pickle=False) as found:
                adapter = {
                    name.removeprefix(ADAPTER): found[name]
                    for name in found.files
                    if name.startswith(ADAPTER)
                }
                return cls(
                    weights=found["weights"],
                    bias=found["bias"],
                    elevated=float(found["elevated"]),
                    crisis=float(found["crisis"]),
                    encoder=str(found["encoder"]),
                    adapter=adapter,
                    version=hashlib.sha256(file.read_bytes()).hexdigest()[:12],
                    kinds=tuple(map(str, found["kinds"])),
                    kind_weights=found["kind_weights"],
                    kind_bias=found["kind_bias"],
                    calm=float(found["calm"]),
                    reasons=tuple(found["reasons"].tolist()),
                    request_weights=found["request_weights"],
                    request_bias=found["request_bias"],
                    refuse=float(found["refuse"]),
                    word_weights=found["word_weights"].astype(np.float32),
                )
        except (OSError, KeyError, ValueError) as error:
            raise GuardError(f"{file.name} cannot be read: run `make guard`.") from error

    def save(self, file: Path) -> None:
        """Write what `load` reads."""
        np.savez_compressed(
            file,
            weights=self.weights,
            bias=self.bias,
            elevated=np.float64(self.elevated),
            crisis=np.float64(self.crisis),
            encoder=np.array(self.encoder),
            kinds=np.array(self.kinds, dtype=np.str_),
            kind_weights=self.kind_weights,
            kind_bias=self.kind_bias,
            calm=np.float64(self.calm),
            reasons=np.array(self.reasons, dtype=np.str_),
            request_weights=self.request_weights,
            request_bias=self.request_bias,
            refuse=np.float64(self.refuse),
            word_weights=self.word_weights.astype(np.float16),
            **{ADAPTER + name: part for name, part in self.adapter.items()},  # type: ignore[arg-type]
        )

    def adapt(self, encoder: Encoder) -> None:
        """Merge the low-rank change into a freshly loaded encoder. Raises GuardError."""
        if self.encoder != encoder.name:
            raise GuardError(
                f"The crisis model was trained for encoder {self.encoder}, not {encoder.name}."
            )
        if self.adapter:
            merge(encoder.module, self.adapter)

    def logits(
        self, texts: Sequence[str], vectors: Vectors
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Of n texts and their vectors: over RISKS, (n, 3), and over what is asked.

        The latter, (n, 1 + reasons), has no columns where the head knows no reasons.
        """
        risk = vectors @ self.weights + self.bias
        asked = np.zeros((len(texts), 0), np.float32)
        if self.reasons:
            asked = vectors @ self.request_weights + self.request_bias
        if self.word_weights.size:
            worded = by_words(texts, self.word_weights)
            risk = risk + worded[:, : len(RISKS)]
            asked = asked + worded[:, len(RISKS) :]
        return risk.astype(np.float32), asked.astype(np.float32)

    def probabilities(self, logits: NDArray[np.float32], readings: int = 1) -> NDArray[np.float32]:
        """Of risk: shape (n, 3) → (n, 3), rows summing to 1.

        `readings` is how many parts of one message are read and the worst believed: `calm` times
        its logarithm is added to the logit of none, as more readings find more by chance.
        """
        calmed = logits.copy()
        calmed[:, 0] += self.calm * np.log(readings)
        return _softmax(calmed)

    def reason_of(self, asked: NDArray[np.float32]) -> RefusalReason | None:
        """Why what is asked must be refused, by its logits; None where it may be answered."""
        if not self.reasons:
            return None
        probabilities = _softmax(asked[None])[0]
        if 1 - probabilities[0] < self.refuse:
            return None
        return self.reasons[int(probabilities[1:].argmax())]

    def kinds_of(self, vector: NDArray[np.float32]) -> tuple[str, ...]:
        """The kinds of danger that one vector speaks of, surest first."""
        if not self.kinds:
            return ()
        logits = vector @ self.kind_weights + self.kind_bias
        sure = np.log(KIND_SURE / (1 - KIND_SURE))
        return tuple(self.kinds[n] for n in np.argsort(-logits) if logits[n] >= sure)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    exp = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exp / exp.sum(axis=1, keepdims=True), dtype=np.float32)
