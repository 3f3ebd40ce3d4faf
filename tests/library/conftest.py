"""Corpora for the library's tests: the shipped one, read once, and a small one to break."""

from pathlib import Path

import pytest

from chatbot.library import Library
from chatbot.settings import ROOT

from .small_corpus import SmallCorpus


@pytest.fixture(scope="session")
def shipped() -> Library:
    return Library.load(ROOT / "corpus")


@pytest.fixture
def corpus(tmp_path: Path) -> SmallCorpus:
    return SmallCorpus.make(tmp_path)
