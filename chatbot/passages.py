"""Where passages and their vectors are kept: Chroma, embedded in a folder or on a server.

Each index is a collection of its own, named by the index's key. Embedded, a new one begins as a
copy of the last and takes over only what changed; on a server it is filled whole, since the old
one may be in use there.
"""

import logging
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import chromadb
from chromadb.config import Settings as ChromaSettings

from chatbot.encoder import Vectors
from chatbot.errors import SearchIndexError
from chatbot.settings import IndexSettings

log = logging.getLogger(__name__)
T = TypeVar("T")

COLLECTION = "passages"
BATCH = 2000


@dataclass(frozen=True)
class Row:
    """One passage as it is stored; `digest` changes when its text does."""

    id: str
    document_id: str
    text: str
    digest: str


@dataclass(frozen=True)
class Older:
    """An index that is whole: its folder, its key, and the digest of each passage by id."""

    folder: Path
    key: str
    held: Mapping[str, str]


def connect(settings: IndexSettings, folder: Path) -> Any:
    """A Chroma client. Raises SearchIndexError when a server does not answer."""
    quiet = ChromaSettings(anonymized_telemetry=False)
    try:
        if settings.host:
            return chromadb.HttpClient(
                host=settings.host, port=settings.port, ssl=settings.ssl, settings=quiet
            )
        return chromadb.PersistentClient(path=str(folder / "chroma"), settings=quiet)
    except ValueError as error:
        raise SearchIndexError(f"No Chroma at {settings.host}:{settings.port}: {error}") from error


def opened(client: Any, key: str) -> Any:
    """The passages of an index as a LangChain vector store."""
    from langchain_chroma import Chroma

    return Chroma(
        client=client,
        collection_name=_name(key),
        collection_metadata={"hnsw:space": "cosine"},
    )


def fill(
    rows: Sequence[Row],
    vectors: Vectors,
    settings: IndexSettings,
    aside: Path,
    key: str,
    older: Older | None,
) -> None:
    """Put the passages of an index into its collection; shapes (n,), (n, dimensions).

    Raises
    ------
    SearchIndexError : Chroma kept fewer passages than it was given.
    """
    if older and not settings.host and _grown(rows, vectors, settings, aside, key, older):
        return
    client = connect(settings, aside)
    try:
        if settings.host and any(c.name == _name(key) for c in client.list_collections()):
            if client.get_collection(_name(key)).count() == len(rows):
                return  # another program has filled it, and may be reading it
            client.delete_collection(_name(key))
        collection = client.create_collection(_name(key), metadata={"hnsw:space": "cosine"})
        _upsert(client, collection, rows, vectors, range(len(rows)))
        if collection.count() != len(rows):
            raise SearchIndexError(f"Chroma kept {collection.count()} of {len(rows)} passages.")
    finally:
        client.close()


def _grown(
    rows: Sequence[Row],
    vectors: Vectors,
    settings: IndexSettings,
    aside: Path,
    key: str,
    older: Older,
) -> bool:
    """Whether a copy of the older index could be brought up to date; nothing is left where not."""
    if not (older.folder / "chroma").is_dir():
        return False
    grown = aside / "grown"  # Chroma remembers a path that failed: the whole build takes another
    shutil.copytree(older.folder / "chroma", grown / "chroma")
    client = None
    try:
        client = connect(settings, grown)
        collection = client.get_collection(_name(older.key))
        if older.key != key:
            collection.modify(name=_name(key))
        wanted = {row.id for row in rows}
        for batch in _batches([id for id in older.held if id not in wanted], BATCH):
            collection.delete(ids=batch)
        changed = [n for n, row in enumerate(rows) if older.held.get(row.id) != row.digest]
        _upsert(client, collection, rows, vectors, changed)
        whole = bool(collection.count() == len(rows))
    except Exception as error:  # noqa: BLE001  a damaged store fails in many ways: build anew
        log.warning("the last index cannot be grown from: %s", type(error).__name__)
        whole = False
    finally:
        if client is not None:
            client.close()
    if whole:
        os.replace(grown / "chroma", aside / "chroma")
    shutil.rmtree(grown)
    return whole


def drop(settings: IndexSettings, keys: Sequence[str]) -> None:
    """Take the collections of indexes that are gone off a server."""
    if not settings.host or not keys:
        return
    client = connect(settings, Path())
    try:
        there = {c.name for c in client.list_collections()}
        for name in there & {_name(key) for key in keys}:
            client.delete_collection(name)
    finally:
        client.close()


def _upsert(
    client: Any, collection: Any, rows: Sequence[Row], vectors: Vectors, which: Sequence[int]
) -> None:
    for part in _batches(which, min(BATCH, client.get_max_batch_size())):
        collection.upsert(
            ids=[rows[n].id for n in part],
            embeddings=vectors[list(part)],
            documents=[rows[n].text for n in part],
            metadatas=[{"document_id": rows[n].document_id} for n in part],
        )


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[a : a + size] for a in range(0, len(items), size))


def _name(key: str) -> str:
    return f"{COLLECTION}-{key}"
