"""The index: keyed by corpus and model, built aside, whole or not at all."""

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chatbot.encoder import Encoder, Vectors
from chatbot.index import entries, open_index
from chatbot.library import Library
from chatbot.pipeline import Chatbot
from chatbot.schema import Status
from chatbot.settings import IndexSettings

QUOTABLE: tuple[Status, ...] = ("draft",)


class CountingEncoder(Encoder):
    """The real encoder, counting what it is asked to embed."""

    def __init__(self, encoder: Encoder):
        self.__dict__.update(encoder.__dict__)
        self.seen = 0

    def encode(self, texts, *, progress: bool = False) -> Vectors:  # type: ignore[no-untyped-def]
        self.seen += len(texts)
        return super().encode(texts, progress=progress)


@pytest.fixture
def small(tmp_path: Path, lamplight: Chatbot) -> Path:
    """A corpus folder of two documents."""
    source = lamplight.library.folders[-1]
    folder = tmp_path / "corpus"
    (folder / "documents").mkdir(parents=True)
    for name in ("sources.yaml", "crisis_lines.yaml"):
        shutil.copy(source / name, folder / name)
    for name in ("grief.md", "ocd.md"):
        shutil.copy(source / "documents" / name, folder / "documents" / name)
    return folder


def test_a_second_open_embeds_nothing(small: Path, tmp_path: Path, lamplight: Chatbot) -> None:
    encoder, where = CountingEncoder(lamplight.encoder), IndexSettings(folder=tmp_path / "index")
    library = Library.load(small)
    open_index(library, encoder, where, QUOTABLE).close()
    first = encoder.seen
    open_index(library, encoder, where, QUOTABLE).close()
    assert first > 100
    assert encoder.seen == first


def test_editing_one_sentence_embeds_only_what_changed(
    small: Path, tmp_path: Path, lamplight: Chatbot
) -> None:
    encoder, where = CountingEncoder(lamplight.encoder), IndexSettings(folder=tmp_path / "index")
    open_index(Library.load(small), encoder, where, QUOTABLE).close()
    file = small / "documents" / "grief.md"
    sentence = Library.load(small).documents["grief"].sections[0].paragraphs[0].text
    file.write_text(file.read_text().replace(sentence, "Grief is love with nowhere to go."))
    encoder.seen = 0
    index = open_index(Library.load(small), encoder, where, QUOTABLE)
    assert encoder.seen <= 3
    vector = lamplight.encoder.encode(["Grief is love with nowhere to go."])[0]
    assert index.dense(vector, 1)[0][0].startswith("grief/")
    index.close()


def test_another_model_gets_another_index(small: Path, tmp_path: Path, lamplight: Chatbot) -> None:
    where = IndexSettings(folder=tmp_path / "index")
    other = CountingEncoder(lamplight.encoder)
    other.name = "another-model"
    library = Library.load(small)
    first = open_index(library, lamplight.encoder, where, QUOTABLE)
    second = open_index(library, other, where, QUOTABLE)
    assert first.key != second.key
    assert other.seen > 100  # vectors of one model are never taken for another's
    first.close()
    second.close()


def test_withdrawn_documents_are_never_indexed(small: Path) -> None:
    file = small / "documents" / "grief.md"
    file.write_text(file.read_text().replace("status: draft", "status: withdrawn"))
    found = entries(Library.load(small), ("draft", "withdrawn"))
    assert {e.document.id for e in found} == {"ocd"}


def test_a_killed_build_leaves_no_broken_index(small: Path, tmp_path: Path) -> None:
    where = tmp_path / "index"
    code = (
        "import sys; from pathlib import Path; from chatbot.encoder import Encoder;"
        "from chatbot.index import open_index; from chatbot.library import Library;"
        "from chatbot.settings import EncoderSettings, IndexSettings;"
        "open_index(Library.load(Path(sys.argv[1])), Encoder.load(EncoderSettings()),"
        " IndexSettings(folder=Path(sys.argv[2])), ('draft',))"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, str(small), str(where)]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    build = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not list(where.glob("building-*")) and time.monotonic() < deadline:
        time.sleep(0.001)
    build.send_signal(signal.SIGKILL)
    build.wait()
    assert all((folder / "whole.json").is_file() for folder in where.iterdir() if _named(folder))
    subprocess.run(command, env=env, check=True, stderr=subprocess.DEVNULL)
    assert [folder for folder in where.iterdir() if (folder / "whole.json").is_file()]


def _named(folder: Path) -> bool:
    return not folder.name.startswith("building-")


def test_an_index_folder_without_its_mark_is_built_again(
    small: Path, tmp_path: Path, lamplight: Chatbot
) -> None:
    where, library = IndexSettings(folder=tmp_path / "index"), Library.load(small)
    index = open_index(library, lamplight.encoder, where, QUOTABLE)
    index.close()
    (index.folder / "whole.json").unlink()
    again = open_index(library, lamplight.encoder, where, QUOTABLE)
    assert (again.folder / "whole.json").is_file()
    again.close()


def test_old_indexes_do_not_pile_up(small: Path, tmp_path: Path, lamplight: Chatbot) -> None:
    where = IndexSettings(folder=tmp_path / "index")
    file = small / "documents" / "grief.md"
    for version in range(2, 6):
        file.write_text(file.read_text().replace("Grief is", f"Grief {version} is", 1))
        open_index(Library.load(small), lamplight.encoder, where, QUOTABLE).close()
    assert len(list(where.folder.iterdir())) <= 2


def test_an_empty_corpus_finds_nothing(small: Path, tmp_path: Path, lamplight: Chatbot) -> None:
    library = dataclasses.replace(Library.load(small), documents={})
    where = IndexSettings(folder=tmp_path / "index")
    index = open_index(library, lamplight.encoder, where, QUOTABLE)
    vector = lamplight.encoder.encode(["grief"])[0]
    assert index.dense(vector, 3) == []
    assert index.lexical("grief", 3) == []
    index.close()


def test_a_question_of_no_known_word_is_no_error(lamplight: Chatbot) -> None:
    assert lamplight.index.lexical("zzxxqq", 3) == []
    assert lamplight.index.lexical("", 3) == []


def test_a_folder_that_cannot_be_written_gives_a_clear_error(
    small: Path, tmp_path: Path, lamplight: Chatbot
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(Exception, match="cannot be written"):
        open_index(
            Library.load(small),
            lamplight.encoder,
            IndexSettings(folder=blocked / "index"),
            QUOTABLE,
        )
