"""Passages on a Chroma server: one index for several programs, and a clear word where none is."""

import gc
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from chatbot.cli import main
from chatbot.encoder import Encoder
from chatbot.errors import SearchIndexError
from chatbot.index import Index, open_index
from chatbot.library import Library
from chatbot.passages import connect
from chatbot.pipeline import Chatbot
from chatbot.schema import Status
from chatbot.screen import Guard
from chatbot.settings import IndexSettings, Settings

from . import samples
from .conftest import Site
from .desk import HERE, Desk

QUOTABLE: tuple[Status, ...] = ("draft",)
NEW = "Grief is love with nowhere to go, as a lighthouse keeper once put it."
PASSAGE = f"Grief and bereavement. What is grief? {NEW}"


pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""Chroma's client for servers leaves its sockets to the garbage collector."""


@pytest.fixture(autouse=True)
def sockets_collected() -> Iterator[None]:
    """Here, and not in the middle of another module's test."""
    yield
    gc.collect()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a Chroma server, run for these tests alone and ended by its own id."""
    place, port = tmp_path_factory.mktemp("chroma"), free_port()
    chroma = Path(sys.executable).parent / "chroma"
    command = [str(chroma), "run", "--path", str(place), "--port", str(port), "--host", HERE]
    with (place / "said.txt").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=dict(os.environ))
        try:
            assert _answers(port, process), (place / "said.txt").read_text(errors="replace")
            yield port
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(port: int, process: "subprocess.Popen[bytes]") -> bool:
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{HERE}:{port}/api/v2/heartbeat", timeout=5) as got:
                return bool(got.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def served(folder: Path, port: int) -> IndexSettings:
    return IndexSettings(folder=folder, host=HERE, port=port)


def text_of(index: Index, vector: NDArray[np.float32]) -> tuple[str, float]:
    """The nearest passage's text, as the program reads it, and its cosine."""
    ((id, cosine),) = index.dense(vector, 1)
    return index.entries[id].text, round(cosine, 3)


def change(desk: Desk) -> str:
    """Change the first paragraph of a shipped document; the passage that stood there."""
    file = desk.base / "documents" / "grief.md"
    old = Library.load(desk.base).documents["grief"].sections[0].paragraphs[0].text
    file.write_text(file.read_text(encoding="utf-8").replace(old, NEW, 1), encoding="utf-8")
    return f"Grief and bereavement. What is grief? {old}"


def test_an_index_on_a_server_is_built_searched_and_follows_a_change(
    desk: Desk, server: int, encoder: Encoder
) -> None:
    where = served(desk.place / "index", server)
    first = open_index(Library.load(desk.base), encoder, where, QUOTABLE)
    old = change(desk)
    was, now = encoder.encode([old, PASSAGE])
    assert text_of(first, was) == (old, 1.0)
    second = open_index(Library.load(desk.base), encoder, where, QUOTABLE)
    assert second.key != first.key
    assert text_of(second, now) == (PASSAGE, 1.0)
    assert text_of(second, was) != (old, 1.0)
    assert text_of(first, was) == (old, 1.0)  # who still holds the last one is not disturbed
    first.close()
    second.close()


def test_the_server_holds_every_passage_once(desk: Desk, server: int, encoder: Encoder) -> None:
    where = served(desk.place / "index", server)
    index = open_index(Library.load(desk.base), encoder, where, QUOTABLE)
    again = open_index(Library.load(desk.base), encoder, where, QUOTABLE, rebuild=True)
    client = connect(where, index.folder)
    (collection,) = (c for c in client.list_collections() if c.name.endswith(index.key))
    assert collection.count() == len(index.entries) == len(again.entries)
    assert not (index.folder / "chroma").exists()
    for each in (index, again, client):
        each.close()


def test_two_programs_share_one_server(desk: Desk, server: int, encoder: Encoder) -> None:
    """Each has a folder of its own: the second fills the same collection once more."""
    one, two = (served(desk.place / name, server) for name in ("one", "two"))
    library = Library.load(desk.base)
    first = open_index(library, encoder, one, QUOTABLE)
    (vector,) = encoder.encode(["What is grief?"])
    before = first.dense(vector, 5)
    second = open_index(library, encoder, two, QUOTABLE)
    assert second.key == first.key
    assert second.dense(vector, 5) == before
    second.close()


def test_a_program_that_builds_does_not_disturb_one_that_reads(
    desk: Desk, server: int, encoder: Encoder
) -> None:
    one, two = (served(desk.place / name, server) for name in ("one", "two"))
    library = Library.load(desk.base)
    first = open_index(library, encoder, one, QUOTABLE)
    (vector,) = encoder.encode(["What is grief?"])
    before = first.dense(vector, 5)
    second = open_index(library, encoder, two, QUOTABLE)
    assert first.dense(vector, 5) == before
    first.close()
    second.close()


def chat_settings(desk: Desk, folder: str, port: int) -> Settings:
    corpus = desk.settings.corpus.model_dump()
    index = served(desk.place / folder, port).model_dump()
    return Settings.load(corpus=corpus, index=index)


def test_a_chat_on_a_server_answers_from_a_new_page_and_forgets_a_withdrawn_one(
    desk: Desk, server: int, guards: Sequence[Guard]
) -> None:
    chat = Chatbot.open(chat_settings(desk, "index", server), guards=guards)
    assert chat.reply(samples.WINTER_QUESTION).kind == "no_answer"
    document = desk.added(samples.winter(), "topics.xml")
    reply = chat.reply(samples.WINTER_QUESTION)
    assert (reply.kind, {c.document_id for c in reply.citations}) == ("answer", {document.id})
    desk.says("withdraw", document.id, "--role", "editor", "--reason", "x")
    assert chat.reply(samples.WINTER_QUESTION).kind == "no_answer"


def test_old_indexes_do_not_pile_up_on_a_server(desk: Desk, server: int, encoder: Encoder) -> None:
    where = served(desk.place / "index", server)
    client = connect(where, desk.place)
    before = {c.name for c in client.list_collections()}
    file = desk.base / "documents" / "grief.md"
    text = file.read_text(encoding="utf-8")
    for n in "abcde":
        file.write_text(text.replace("Grief is", f"Grief {n} is", 1), encoding="utf-8")
        open_index(Library.load(desk.base), encoder, where, QUOTABLE).close()
    after = {c.name for c in client.list_collections()} - before
    client.close()
    assert len(after) <= 3


def test_no_server_is_told_with_its_host_and_port(desk: Desk, encoder: Encoder) -> None:
    port = free_port()
    with pytest.raises(SearchIndexError, match=f"{HERE}:{port}"):
        open_index(Library.load(desk.base), encoder, served(desk.place / "index", port), QUOTABLE)
    assert not list((desk.place / "index").glob("*/whole.json"))


def test_a_server_that_is_no_chroma_is_told_in_one_line(
    desk: Desk, site: Site, encoder: Encoder
) -> None:
    with pytest.raises(SearchIndexError):
        open_index(
            Library.load(desk.base), encoder, served(desk.place / "index", site.port), QUOTABLE
        )


def test_the_command_tells_that_no_server_answers(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    text = desk.settings_file.read_text()
    desk.settings_file.write_text(f'{text}host = "{HERE}"\nport = {port}\n')
    assert main(["--settings", str(desk.settings_file), "index"]) == 1
    told = capsys.readouterr().err
    assert f"{HERE}:{port}" in told
    assert "Traceback" not in told
