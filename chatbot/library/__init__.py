"""The corpus as values: documents, sources, crisis lines. Reads `corpus/`, never writes it.

    library = Library.load(Path("corpus"))
    library.documents["panic-attacks"].body[start:end]
    library.lines.for_country("GB")

The only room that knows how corpus files look. `check.py` says what is wrong with them.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from chatbot.errors import CorpusError, UnknownDocument
from chatbot.library.asked_as import read_asked_as
from chatbot.library.documents import Document, Paragraph, Section, read_document
from chatbot.library.lines import CrisisLines, LineRecord, read_lines
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


@dataclass(frozen=True)
class Library:
    """Everything under one corpus folder, as it was when it was read.

    `version` is a hash of every file's bytes: it changes when any word does.
    """

    folder: Path
    documents: Mapping[str, Document]
    sources: Mapping[str, Source]
    lines: CrisisLines
    version: str
    asked_as: Mapping[tuple[str, str], tuple[str, ...]]
    """(document id, heading) → other ways of asking what that section answers."""

    @classmethod
    def load(cls, folder: Path) -> "Library":
        """Read a corpus folder whole.

        Raises
        ------
        CorpusError : a file is missing or broken; names the file and the line.
        """
        if not folder.is_dir():
            raise CorpusError("No such corpus folder. Set corpus.folder in the settings.", folder)
        sources = read_sources(folder / "sources.yaml")
        documents: dict[str, Document] = {}
        asked_as: dict[tuple[str, str], tuple[str, ...]] = {}
        for file in document_files(folder):
            document = read_document(file)
            if document.id in documents:
                raise CorpusError(f"Document id {document.id!r} is used twice.", file, 2)
            for section in document.sections:
                for paragraph in section.paragraphs:
                    for source in paragraph.sources:
                        if source not in sources:
                            raise CorpusError(
                                f"Unknown source {source!r}: add it to sources.yaml.",
                                file,
                                paragraph.line,
                            )
            documents[document.id] = document
            for heading, texts in read_asked_as(folder, document).items():
                asked_as[document.id, heading] = texts
        return cls(
            folder=folder,
            documents=MappingProxyType(documents),
            sources=MappingProxyType(sources),
            lines=read_lines(folder / "crisis_lines.yaml"),
            version=_version(folder),
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


def document_files(folder: Path) -> list[Path]:
    """The Markdown files of a corpus folder, in a stable order."""
    return sorted((folder / "documents").glob("*.md"))


def _files(folder: Path) -> list[Path]:
    fixed = [folder / "sources.yaml", folder / "crisis_lines.yaml"]
    return [*fixed, *document_files(folder), *sorted((folder / "asked_as").glob("*.yaml"))]


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in _files(folder):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """A cheap mark that changes when a corpus file does: names, times and sizes."""
    marks = []
    for file in _files(folder):
        try:
            found = file.stat()
        except FileNotFoundError:  # being edited just now
            continue
        marks.append((f"{file.parent.name}/{file.name}", found.st_mtime_ns, found.st_size))
    return tuple(marks)
