"""The corpus as values: documents, sources, crisis lines. Reads `corpus/`, never writes it.

    library = Library.load(Path("corpus"))
    library.documents["panic-attacks"].body[start:end]
    library.lines.for_country("GB")

The only room that knows how corpus files look. `check.py` says what is wrong with them.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from chatbot.errors import CorpusError, UnknownDocument
from chatbot.library.asked_as import read_asked_as
from chatbot.library.documents import Document, Paragraph, Section, read_document
from chatbot.library.lines import CrisisLines, LineRecord, read_lines, shadowed
from chatbot.library.sources import Source, read_sources

__all__ = [
    "CrisisLines",
    "Document",
    "Library",
    "LineRecord",
    "Paragraph",
    "Section",
    "Source",
    "stamp",
]

SOURCES, LINES = "sources.yaml", "crisis_lines.yaml"


@dataclass(frozen=True)
class Library:
    """Everything under one corpus folder or several, as it was when it was read.

    `folders` stand in order of precedence: a document, a source or a crisis line of an earlier
    folder takes the place of the one of the same name in a later one. `version` is a hash of every
    file's bytes: it changes when any word does.
    """

    folders: tuple[Path, ...]
    documents: Mapping[str, Document]
    sources: Mapping[str, Source]
    lines: CrisisLines
    version: str
    asked_as: Mapping[tuple[str, str], tuple[str, ...]]
    """(document id, heading) → other ways of asking what that section answers."""

    @classmethod
    def load(cls, *folders: Path) -> "Library":
        """Read corpus folders whole, the first with precedence; the last must be complete.

        Raises
        ------
        CorpusError : a file is missing or broken; names the file and the line.
        """
        sources: dict[str, Source] = {}
        documents: dict[str, Document] = {}
        asked_as: dict[tuple[str, str], tuple[str, ...]] = {}
        lines = CrisisLines(())
        for folder in reversed(folders):
            if not folder.is_dir():
                raise CorpusError(
                    "No such corpus folder. Mend corpus.folder or corpus.own.", folder
                )
            complete = folder == folders[-1]
            if complete or (folder / SOURCES).is_file():
                sources |= read_sources(folder / SOURCES)
            if complete or (folder / LINES).is_file():
                lines = shadowed(read_lines(folder / LINES, complete=complete), lines)
            for document in _read_documents(folder):
                documents[document.id] = document
                for key in [k for k in asked_as if k[0] == document.id]:
                    del asked_as[key]
                for heading, texts in read_asked_as(folder, document).items():
                    asked_as[document.id, heading] = texts
        _known_sources(documents.values(), sources)
        return cls(
            folders=tuple(folders),
            documents=MappingProxyType(dict(sorted(documents.items()))),
            sources=MappingProxyType(sources),
            lines=lines,
            version=_version(folders),
            asked_as=MappingProxyType(asked_as),
        )

    def document(self, id: str) -> Document:
        """One document by id. Raises UnknownDocument."""
        try:
            return self.documents[id]
        except KeyError:
            raise UnknownDocument(
                f"No document {id!r}. `lamplight corpus list` shows the ids."
            ) from None

    @cached_property
    def clinically_reviewed(self) -> int:
        """How many documents a real clinical reviewer has signed."""
        return sum(d.reviewed for d in self.documents.values())


def _read_documents(folder: Path) -> Iterator[Document]:
    seen = set[str]()
    for file in document_files(folder):
        document = read_document(file)
        if document.id in seen:
            raise CorpusError(f"Document id {document.id!r} is used twice.", file, 2)
        seen.add(document.id)
        yield document


def _known_sources(documents: Iterable[Document], sources: Mapping[str, Source]) -> None:
    for document in documents:
        for paragraph in document.paragraphs.values():
            for source in paragraph.sources:
                if source not in sources:
                    raise CorpusError(
                        f"Unknown source {source!r}: add it to sources.yaml.",
                        document.file,
                        paragraph.line,
                    )


def document_files(folder: Path) -> list[Path]:
    """The Markdown files of a corpus folder, in a stable order."""
    return sorted(f for f in (folder / "documents").glob("*.md") if not f.name.startswith("."))


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from (folder / SOURCES, folder / LINES)
        yield from document_files(folder)
        yield from sorted((folder / "asked_as").glob("*.yaml"))


def _version(folders: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in _files(folders):
        if file.is_file():
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def stamp(*folders: Path) -> tuple[tuple[str, int, int], ...]:
    """A cheap mark that changes when a corpus file does: names, times and sizes."""
    marks = []
    for file in _files(folders):
        try:
            found = file.stat()
        except FileNotFoundError:  # not there, or being edited just now
            continue
        marks.append((str(file), found.st_mtime_ns, found.st_size))
    return tuple(marks)
