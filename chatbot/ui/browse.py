"""Searching the library by title, topic and text, for the Sources tab."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chatbot.library import Document, Library
from chatbot.ui.standing import Standing, standing

AROUND = 70
MOST_WORDS = 12


@dataclass(frozen=True)
class Found:
    """A document that matches; `snippet` is (before, match, after) in its text, if it is there."""

    document: Document
    standing: Standing
    snippet: tuple[str, str, str] | None
    sources: int


def search(library: Library, query: str) -> list[Found]:
    """Documents that hold every word of the query, by title; all of them for an empty query.

    A match in the title or topics ranks before one in the text.
    """
    words = [word.casefold() for word in re.findall(r"\w+", query)][:MOST_WORDS]
    found = [
        (not _in_name(document, words), document.title, document)
        for document in library.documents.values()
        if all(word in _text(document) for word in words)
    ]
    return [
        Found(
            document,
            standing(document),
            _snippet(document, words),
            len(_sources(document)),
        )
        for _, _, document in sorted(found, key=lambda entry: entry[:2])
    ]


def _name(document: Document) -> str:
    return " ".join((document.title, *document.topics)).casefold()


def _in_name(document: Document, words: list[str]) -> bool:
    return all(word in _name(document) for word in words)


def _text(document: Document) -> str:
    return " ".join((_name(document), *(text.casefold() for text in _texts(document))))


def _texts(document: Document) -> Iterator[str]:
    for section in document.sections:
        yield section.heading
        for paragraph in section.paragraphs:
            yield paragraph.text


def _sources(document: Document) -> set[str]:
    return {id for s in document.sections for p in s.paragraphs for id in p.sources}


def _snippet(document: Document, words: list[str]) -> tuple[str, str, str] | None:
    """The first place in the text where a word of the query stands, with what is around it."""
    for word in words:
        for text in _texts(document):
            match = re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE)
            if match:
                before, after = text[: match.start()], text[match.end() :]
                return _tail(before), match.group(), _head(after)
    return None


def _tail(text: str) -> str:
    return text if len(text) <= AROUND else "… " + text[-AROUND:].partition(" ")[2]


def _head(text: str) -> str:
    return text if len(text) <= AROUND else text[:AROUND].rpartition(" ")[0] + " …"
