"""The search index: Chroma for passages, BM25 for words, unit vectors for choosing sentences.

An index is a folder named by a key: a hash of the text it holds and the encoder that read it.
It is built aside under another name and renamed into place when whole, so a killed build leaves
either no new index or a whole one. Vectors of text that an older index has read are reused.
"""

import contextlib
import hashlib
import json
import logging
import math
import os
import shutil
import time
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from chromadb.errors import ChromaError
from numpy.typing import NDArray

from chatbot.encoder import Encoder, Vectors
from chatbot.errors import SearchIndexError
from chatbot.library import Document, Library, Paragraph, Section
from chatbot.likeness import Likeness
from chatbot.passages import Older, Row, connect, drop, fill, opened
from chatbot.schema import Status
from chatbot.settings import IndexSettings

log = logging.getLogger(__name__)

FORMAT = 3
UNREADABLE = (OSError, ValueError, KeyError, IndexError, ChromaError)
AN_HOUR = 3600.0
# Of a search, only what went wrong: bm25s sets its own level when it is imported, a filter stays.
logging.getLogger("bm25s").addFilter(lambda record: record.levelno >= logging.WARNING)
KEPT = 2
"""How many indexes stay on disk: the one in use, and the one a running chat may still hold."""


@dataclass(frozen=True)
class Entry:
    """One passage as it is indexed: where it stands, and the texts that are embedded."""

    document: Document
    section: Section
    paragraph: Paragraph
    units: tuple[str, ...]
    asked_as: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.paragraph.id

    @property
    def text(self) -> str:
        """The passage with its title and heading, since a paragraph alone may not name them."""
        return f"{self.document.title}. {self.section.heading} {self.paragraph.text}"

    @property
    def section_id(self) -> tuple[str, str]:
        return self.document.id, self.section.heading

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions that the section answers: its heading, and other ways to ask it."""
        return (self.section.heading, *self.asked_as)

    @property
    def words(self) -> str:
        """What the lexical search reads."""
        return f"{self.text} {' '.join(self.asked_as)}"


def entries(library: Library, quotable: Sequence[Status]) -> tuple[Entry, ...]:
    """Every passage that may be quoted. Withdrawn documents are never among them."""
    return tuple(
        Entry(
            document=d,
            section=s,
            paragraph=p,
            units=tuple(d.body[a:b] for a, b in p.units),
            asked_as=library.asked_as.get((d.id, s.heading), ()),
        )
        for d in library.documents.values()
        if d.status in quotable and d.status != "withdrawn"
        for s in d.sections
        for p in s.paragraphs
    )


class Index:
    """An opened index. Reading is safe from several threads."""

    def __init__(self, key: str, found: Sequence[Entry], folder: Path, store: Any, client: Any):
        import bm25s
        from Stemmer import Stemmer

        self.key, self.folder = key, folder
        self.entries = {e.id: e for e in found}
        self._store, self._client = store, client
        self._ids = [e.id for e in found]
        self._stemmer = Stemmer("english")
        self._bm25 = bm25s.BM25.load(str(folder / "bm25")) if found else None
        self._holders = np.diff(self._bm25.scores["indptr"] if self._bm25 else [0])
        starts = np.cumsum([0, *(len(e.units) for e in found)])
        self._spans = {e.id: slice(starts[n], starts[n + 1]) for n, e in enumerate(found)}
        vectors: Vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        first_question = len(found) + int(starts[-1])
        self._units = vectors[len(found) : first_question]
        self._questions = np.array(vectors[first_question:])
        sections = _sections(found)
        self._first_questions = np.cumsum([0, *map(len, sections.values())])[:-1]
        self._likeness = Likeness(tuple(sections.values()))
        rows = {section: row for row, section in enumerate(sections)}
        self._section_row = {e.id: rows[e.section_id] for e in found}
        self._in_document: dict[str, list[Entry]] = {}
        for e in found:
            self._in_document.setdefault(e.document.id, []).append(e)
        self._in_section: list[list[str]] = [[] for _ in rows]
        for id, row in self._section_row.items():
            self._in_section[row].append(id)

    def dense(self, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """The k passages nearest in meaning: (passage id, cosine), best first."""
        if not self._ids:
            return []
        found = self._store.similarity_search_by_vector_with_relevance_scores(
            vector.tolist(), k=min(k, len(self._ids))
        )
        return [(document.id, 1.0 - distance) for document, distance in found]

    def lexical(self, text: str, k: int) -> list[tuple[str, float]]:
        """The k passages that share the rarest words: (passage id, BM25 score), best first."""
        if self._bm25 is None:
            return []
        tokens = _tokens([text], self._stemmer)
        found, scores = self._bm25.retrieve(
            tokens, corpus=self._ids, k=min(k, len(self._ids)), show_progress=False
        )
        return [(id, float(s)) for id, s in zip(found[0], scores[0], strict=True) if s > 0]

    def coverage(self, text: str, passage_id: str) -> tuple[float, int]:
        """What share of a question's words a passage holds, rare words counting more, and how many.

        A word's weight is the logarithm of how few passages hold it; one that none holds has most.
        """
        asked = set(_words(text, self._stemmer))
        held = set(_words(self.entries[passage_id].words, self._stemmer))
        weights = {w: math.log((len(self._ids) + 1) / (self._held_by(w) + 0.5)) for w in asked}
        whole = sum(weights.values())
        return (sum(weights[w] for w in asked & held) / whole if whole else 0.0), len(asked)

    def _held_by(self, word: str) -> int:
        """How many passages hold a stemmed word."""
        row = self._bm25.vocab_dict.get(word) if self._bm25 else None
        return 0 if row is None or row >= len(self._holders) else int(self._holders[row])

    def unit_scores(self, passage_id: str, vector: NDArray[np.float32]) -> list[float]:
        """Cosine of a question with each unit of a passage, in order."""
        return [float(x) for x in self._units[self._spans[passage_id]] @ vector]

    def section_scores(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Per section, the best cosine with any question that it answers; see `section_row`."""
        if not len(self._questions):
            return np.zeros(0, dtype=np.float32)
        scores = self._questions @ vector
        return np.asarray(np.maximum.reduceat(scores, self._first_questions), dtype=np.float32)

    def likeness(self, text: str) -> NDArray[np.float32]:
        """Per section, how like a text is word for word to any question that it answers."""
        return self._likeness.scores(text)

    def section_row(self, passage_id: str) -> int:
        """Which row of `section_scores` belongs to a passage."""
        return self._section_row[passage_id]

    def sections(self, rows: Collection[int]) -> list[str]:
        """The passages of some sections, by row."""
        return [id for row in sorted(rows) for id in self._in_section[row]]

    def of_document(self, id: str) -> list[Entry]:
        """A document's passages, in the order in which it was written."""
        return self._in_document.get(id, [])

    @property
    def dimensions(self) -> int:
        return int(self._units.shape[1])

    def close(self) -> None:
        self._client.close()


def open_index(
    library: Library,
    encoder: Encoder,
    settings: IndexSettings,
    quotable: Sequence[Status],
    *,
    rebuild: bool = False,
    progress: bool = False,
) -> Index:
    """Open the index of this library and encoder, building it first where it is missing.

    Raises
    ------
    SearchIndexError : it cannot be built, or the Chroma server does not answer.
    """
    found = entries(library, quotable)
    key = _key(found, encoder)
    folder = settings.folder / key
    try:
        if rebuild or not (folder / "whole.json").is_file():
            _build(found, encoder, settings, folder, reuse=not rebuild, progress=progress)
        try:
            return _opened(key, found, settings, folder)
        except UNREADABLE:  # damaged on disk: nothing in it that cannot be built again
            log.warning("index %s cannot be read and is built again", key)
            _build(found, encoder, settings, folder, reuse=False, progress=progress)
            return _opened(key, found, settings, folder)
    except UNREADABLE as error:
        raise SearchIndexError(
            f"The index cannot be written or read under {settings.folder}: {error}."
        ) from error


def _opened(key: str, found: Sequence[Entry], settings: IndexSettings, folder: Path) -> Index:
    client = connect(settings, folder)
    store = opened(client, key)
    index = Index(key, found, folder, store, client)
    if found:
        index.dense(np.zeros(index.dimensions, dtype=np.float32) + 1, 1)  # damage shows at once
    return index


def _key(found: Sequence[Entry], encoder: Encoder) -> str:
    digest = hashlib.sha256(f"{FORMAT}\0{encoder.name}".encode())
    for entry in found:
        digest.update(f"\0{entry.id}\0{entry.text}\0{entry.asked_as}".encode())
    return digest.hexdigest()[:16]


def _sections(found: Sequence[Entry]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The questions of each section, in the order of the corpus."""
    return {e.section_id: e.questions for e in found}


def _tokens(texts: list[str], stemmer: Any) -> Any:
    import bm25s

    return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)


def _build(
    found: Sequence[Entry],
    encoder: Encoder,
    settings: IndexSettings,
    folder: Path,
    *,
    reuse: bool,
    progress: bool,
) -> None:
    passages = [e.text for e in found]
    units = [u for e in found for u in e.units]
    questions = [q for asked in _sections(found).values() for q in asked]
    texts = [*passages, *units, *questions]
    known = _known_vectors(settings.folder, encoder) if reuse else {}
    vectors = _vectors(texts, encoder, known, progress=progress)

    rows = [
        Row(e.id, e.document.id, text, _digest(text))
        for e, text in zip(found, passages, strict=True)
    ]
    aside = settings.folder / f"building-{uuid.uuid4().hex[:8]}"
    aside.mkdir(parents=True)
    try:
        older = _newest(settings.folder, encoder) if reuse else None
        fill(rows, vectors[: len(rows)], settings, aside, folder.name, older)
        _write_words(found, aside)
        np.save(aside / "vectors.npy", vectors)
        whole = {
            "encoder": encoder.name,
            "format": FORMAT,
            "ids": [row.id for row in rows],
            "digests": [_digest(t) for t in texts],
        }
        (aside / "whole.json").write_text(json.dumps(whole))
        _swap_in(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    drop(settings, _drop_old(settings.folder, folder))


def _words(text: str, stemmer: Any) -> list[str]:
    """The stemmed words of a text that the lexical search would look up."""
    import bm25s

    found: list[list[str]] = bm25s.tokenize(
        [text], stopwords="en", stemmer=stemmer, show_progress=False, return_ids=False
    )
    return found[0]


def _write_words(found: Sequence[Entry], aside: Path) -> None:
    """What the lexical search reads."""
    import bm25s
    from Stemmer import Stemmer

    if found:
        bm25 = bm25s.BM25()
        bm25.index(_tokens([e.words for e in found], Stemmer("english")), show_progress=False)
        bm25.save(str(aside / "bm25"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _vectors(
    texts: list[str], encoder: Encoder, known: dict[str, Vectors], *, progress: bool
) -> Vectors:
    """One vector a text, embedding only the texts that no older index has read."""
    digests = [_digest(t) for t in texts]
    missing = {d: t for d, t in zip(digests, texts, strict=True) if d not in known}
    fresh: Iterable[Vectors] = (
        encoder.encode(list(missing.values()), progress=progress) if missing else []
    )
    known = {**known, **dict(zip(missing, fresh, strict=True))}
    return np.array([known[d] for d in digests], dtype=np.float32)


def _whole_indexes(root: Path) -> Iterator[tuple[float, Path]]:
    for file in root.glob("*/whole.json"):
        yield file.stat().st_mtime, file.parent


def _known_vectors(root: Path, encoder: Encoder) -> dict[str, Vectors]:
    known: dict[str, Vectors] = {}
    for _, folder in sorted(_whole_indexes(root)):
        try:
            whole = _read_whole(folder, encoder)
            rows = np.load(folder / "vectors.npy", mmap_mode="r") if whole else ()
            known.update(zip(whole["digests"], rows, strict=True) if whole else ())
        except UNREADABLE:
            log.warning("index %s is damaged, and is not built on", folder.name)
    return known


def _newest(root: Path, encoder: Encoder) -> Older | None:
    """What the newest whole index of this encoder holds, for the next one to begin from."""
    for _, folder in sorted(_whole_indexes(root), reverse=True):
        with contextlib.suppress(*UNREADABLE):
            whole = _read_whole(folder, encoder)
            if whole:
                held = dict(zip(whole["ids"], whole["digests"], strict=False))
                return Older(folder, folder.name, held)
    return None


def _read_whole(folder: Path, encoder: Encoder) -> dict[str, Any] | None:
    """What an index says of itself; None for one of another encoder or format."""
    whole: dict[str, Any] = json.loads((folder / "whole.json").read_text())
    ours = (whole["encoder"], whole["format"]) == (encoder.name, FORMAT)
    return whole if ours else None


def _swap_in(aside: Path, folder: Path) -> None:
    """Rename into place. A folder of the same name gives way first, and is then removed."""
    gone = folder.with_name(f"{folder.name}.gone-{uuid.uuid4().hex[:8]}")
    if folder.exists():
        os.replace(folder, gone)
    try:
        os.replace(aside, folder)
    except OSError:
        if not (folder / "whole.json").is_file():  # another process was first: its index serves
            raise
    shutil.rmtree(gone, ignore_errors=True)


def _drop_old(root: Path, current: Path) -> list[str]:
    """Remove indexes that nobody can hold any more; their keys."""
    newest_first = [f for _, f in sorted(_whole_indexes(root), reverse=True) if f != current]
    killed = [f for f in root.glob("building-*") if time.time() - f.stat().st_mtime > AN_HOUR]
    gone = newest_first[KEPT - 1 :]
    for folder in [*gone, *killed]:
        shutil.rmtree(folder, ignore_errors=True)
    return [folder.name for folder in gone]
