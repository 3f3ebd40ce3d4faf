"""An index grows from the last one: only what changed is read again, and nothing old is found."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatbot import passages
from chatbot.encoder import Vectors
from chatbot.index import Index, open_index
from chatbot.library import Library
from chatbot.passages import connect, opened
from chatbot.schema import Status
from chatbot.settings import IndexSettings

from .desk import Desk, RememberingEncoder

QUOTABLE: tuple[Status, ...] = ("draft",)
NEW = "Grief is love with nowhere to go, as a lighthouse keeper once put it."


class CountingEncoder(RememberingEncoder):
    """Keeps what it is asked to embed."""

    def __init__(self, encoder: RememberingEncoder):
        super().__init__(encoder, encoder.known)
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str], *, progress: bool = False) -> Vectors:
        self.texts += texts
        return super().encode(texts, progress=progress)


class Bench:
    """A small corpus, its index as it stands, and what was embedded for it."""

    def __init__(self, corpus: Path, where: IndexSettings, encoder: RememberingEncoder):
        self.corpus, self.where, self.encoder = corpus, where, CountingEncoder(encoder)
        self._open: list[Index] = []

    def index(self) -> Index:
        """The index of the corpus as it stands; `texts` then holds what was embedded for it."""
        self.encoder.texts.clear()
        index = open_index(Library.load(self.corpus), self.encoder, self.where, QUOTABLE)
        self._open.append(index)
        return index

    def close(self) -> None:
        for index in self._open:
            index.close()
        self._open.clear()

    @property
    def file(self) -> Path:
        return self.corpus / "documents" / "grief.md"

    def change(self, old: str, new: str) -> None:
        text = self.file.read_text(encoding="utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def first_paragraph(self) -> str:
        return Library.load(self.corpus).documents["grief"].sections[0].paragraphs[0].text

    def held(self, index: Index) -> dict[str, str]:
        """Passage id → text, as Chroma holds them."""
        client = connect(self.where, index.folder)
        try:
            rows = opened(client, index.key).get()
            return dict(zip(rows["ids"], rows["documents"], strict=True))
        finally:
            client.close()

    def nearest(self, index: Index, text: str) -> tuple[str, float]:
        return index.dense(self.encoder.encode([text])[0], 1)[0]


@pytest.fixture
def bench(desk: Desk, encoder: RememberingEncoder) -> Iterator[Bench]:
    made = Bench(desk.base, IndexSettings(folder=desk.place / "index"), encoder)
    yield made
    made.close()


def assert_whole(bench: Bench, index: Index) -> None:
    """Chroma holds exactly the passages of the corpus, each with its text, and its own vector."""
    assert bench.held(index) == {e.id: e.text for e in index.entries.values()}
    for entry in list(index.entries.values())[:5]:
        found, cosine = bench.nearest(index, entry.text)
        assert (found, round(cosine, 3)) == (entry.id, 1.0)


def test_a_changed_paragraph_is_found_and_the_old_one_is_not(bench: Bench) -> None:
    before = bench.index()
    old = bench.first_paragraph()
    count = len(before.entries)
    bench.change(old, NEW)
    after = bench.index()
    assert after.key != before.key
    id, cosine = bench.nearest(after, f"Grief and bereavement. What is grief? {NEW}")
    assert (id, round(cosine, 3)) == ("grief/what-is-grief/1", 1.0)
    assert old not in " ".join(bench.held(after).values())
    assert len(bench.held(after)) == len(after.entries) == count
    assert after.lexical("lighthouse", 3)[0][0] == id
    assert_whole(bench, after)


def test_nothing_but_what_changed_is_embedded_again(bench: Bench) -> None:
    bench.index()
    assert len(bench.encoder.texts) > 50
    bench.change(bench.first_paragraph(), NEW)
    bench.index()
    assert sorted(bench.encoder.texts) == sorted(
        [f"Grief and bereavement. What is grief? {NEW}", NEW]
    )


def test_nothing_but_what_changed_is_written_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    real = passages._upsert

    def noted(client: Any, collection: Any, rows: Any, vectors: Any, which: Sequence[int]) -> None:
        written.append(len(which))
        real(client, collection, rows, vectors, which)

    monkeypatch.setattr(passages, "_upsert", noted)
    count = len(bench.index().entries)
    paragraph = bench.first_paragraph()
    bench.change(paragraph, NEW)
    bench.index()
    bench.change("status: draft", "status: withdrawn")
    bench.index()
    assert written == [count, 1, 0]


def test_the_index_in_use_goes_on_answering_while_the_next_is_made(bench: Bench) -> None:
    before, old = bench.index(), bench.first_paragraph()
    bench.change(old, NEW)
    bench.index()
    id, cosine = bench.nearest(before, f"Grief and bereavement. What is grief? {old}")
    assert (id, round(cosine, 3)) == ("grief/what-is-grief/1", 1.0)
    assert old in bench.held(before)[id]


def test_a_new_paragraph_is_found_beside_the_others(bench: Bench) -> None:
    count = len(bench.index().entries)
    first = bench.first_paragraph()
    bench.change(first, f"{NEW} [@nhs-grief]\n\n{first}")
    after = bench.index()
    assert len(bench.held(after)) == count + 1
    assert_whole(bench, after)


def test_a_paragraph_taken_out_is_gone(bench: Bench) -> None:
    count = len(bench.index().entries)
    paragraph = bench.first_paragraph()
    lines = bench.file.read_text(encoding="utf-8").splitlines(keepends=True)
    bench.file.write_text("".join(x for x in lines if paragraph not in x), encoding="utf-8")
    after = bench.index()
    assert len(bench.held(after)) == count - 1
    assert paragraph not in " ".join(bench.held(after).values())
    assert bench.encoder.texts == []
    assert_whole(bench, after)


def test_a_withdrawn_document_leaves_the_index(bench: Bench) -> None:
    bench.index()
    bench.change("status: draft", "status: withdrawn")
    after = bench.index()
    assert {id.partition("/")[0] for id in bench.held(after)} == {"ocd"}
    assert bench.encoder.texts == []
    assert bench.nearest(after, "What is grief?")[0].startswith("ocd/")
    bench.change("status: withdrawn", "status: draft")
    assert_whole(bench, bench.index())


def test_paragraphs_that_change_places_keep_their_own_vectors(bench: Bench) -> None:
    bench.index()
    one, two, *_ = Library.load(bench.corpus).documents["grief"].sections[0].paragraphs
    bench.change(one.text, "(one)")
    bench.change(two.text, one.text)
    bench.change("(one)", two.text)
    after = bench.index()
    assert bench.encoder.texts == []
    assert after.entries["grief/what-is-grief/1"].paragraph.text == two.text
    assert_whole(bench, after)


def test_many_changes_one_after_another_leave_nothing_behind(bench: Bench) -> None:
    bench.index()
    last = bench.first_paragraph()
    for n in range(4):
        new = f"Grief comes in tide number {'abcd'[n]}."
        bench.change(last, new)
        last = new
        index = bench.index()
        assert [t for t in bench.held(index).values() if "tide number" in t] == [
            f"Grief and bereavement. What is grief? {new}"
        ]
    assert_whole(bench, index)
    assert len(list(bench.where.folder.iterdir())) <= 2


def test_a_grown_index_finds_what_a_fresh_one_finds(bench: Bench, desk: Desk) -> None:
    bench.index()
    bench.change(bench.first_paragraph(), NEW)
    grown = bench.index()
    fresh_bench = Bench(bench.corpus, IndexSettings(folder=desk.place / "fresh"), bench.encoder)
    fresh = fresh_bench.index()
    try:
        for question in ("What is grief?", "how long does it last", "intrusive thoughts", NEW):
            vector = bench.encoder.encode([question])[0]
            a, b = grown.dense(vector, 8), fresh.dense(vector, 8)
            assert [id for id, _ in a] == [id for id, _ in b]
            assert np.allclose([s for _, s in a], [s for _, s in b], atol=1e-5)
    finally:
        fresh_bench.close()


# --- a damaged older index ------------------------------------------------------------------------


def rubbish_everywhere(chroma: Path) -> None:
    for file in chroma.rglob("*"):
        if file.is_file():
            file.write_bytes(b"\xff" * 5000)


def empty_database(chroma: Path) -> None:
    (chroma / "chroma.sqlite3").write_bytes(b"")


def no_database(chroma: Path) -> None:
    (chroma / "chroma.sqlite3").unlink()


def no_folder(chroma: Path) -> None:
    shutil.rmtree(chroma)


def half_a_database(chroma: Path) -> None:
    database = chroma / "chroma.sqlite3"
    database.write_bytes(database.read_bytes()[:20_000])


def no_vectors(chroma: Path) -> None:
    vectors = chroma.parent / "vectors.npy"
    vectors.write_bytes(vectors.read_bytes()[:100])


def unread_mark(chroma: Path) -> None:
    (chroma.parent / "whole.json").write_text("{")


def mark_of_another_shape(chroma: Path) -> None:
    (chroma.parent / "whole.json").write_text("{}")


FALLS_BACK = (empty_database, no_database, no_folder)
STOPS = (rubbish_everywhere, half_a_database, no_vectors, unread_mark, mark_of_another_shape)


@pytest.mark.parametrize(
    "damage",
    [
        *FALLS_BACK,
        *(
            pytest.param(
                damage,
            )
            for damage in STOPS
        ),
    ],
    ids=lambda damage: damage.__name__,
)
def test_from_a_damaged_index_the_next_is_built_whole(bench: Bench, damage) -> None:  # type: ignore[no-untyped-def]
    folder = bench.index().folder
    bench.close()
    damage(folder / "chroma")
    bench.change(bench.first_paragraph(), NEW)
    assert_whole(bench, bench.index())


def test_an_index_that_holds_less_than_it_says_is_built_whole(bench: Bench) -> None:
    """The mark of the older index names passages that its store does not have."""
    index = bench.index()
    client = connect(bench.where, index.folder)
    store = opened(client, index.key)
    store.delete(ids=list(index.entries)[:3])
    client.close()
    bench.close()
    bench.change(bench.first_paragraph(), NEW)
    assert_whole(bench, bench.index())


def test_an_index_of_another_format_is_not_grown_from(bench: Bench) -> None:
    folder = bench.index().folder
    bench.close()
    mark = folder / "whole.json"
    mark.write_text(json.dumps(json.loads(mark.read_text()) | {"format": 1}))
    bench.change(bench.first_paragraph(), NEW)
    assert_whole(bench, bench.index())
    assert len(bench.encoder.texts) > 50
