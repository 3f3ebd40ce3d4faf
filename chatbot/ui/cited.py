"""What stands behind a reply's citations, read from the library as it is now.

Nothing here trusts the reply: the passage, its document's review state and its sources are looked
up again each time, so that an edit or a withdrawal since then shows.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from chatbot.library import Document, Library, Paragraph
from chatbot.library.sources import Source
from chatbot.schema import Citation
from chatbot.ui.standing import Standing, standing

Stretch = tuple[str, int | None]
"""A piece of a paragraph and the number of the citation that quotes it, None where none does."""


@dataclass(frozen=True)
class CitedPassage:
    """A paragraph with what is quoted from it: its stretches, joined, are the paragraph's text.

    `changed` says that the document no longer holds the quotation at its place; then there is no
    paragraph to show, only the quotation as it was.
    """

    heading: str
    stretches: tuple[Stretch, ...]
    sources: tuple[Source, ...]
    changed: bool = False

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(n for _, n in self.stretches if n is not None)


@dataclass(frozen=True)
class CitedDocument:
    """A document with its cited passages; `document` is None when the library has it no more."""

    title: str
    document: Document | None
    standing: Standing | None
    passages: tuple[CitedPassage, ...]


def cited(citations: Iterable[Citation], library: Library) -> tuple[CitedDocument, ...]:
    """The documents behind some citations, in the order in which they are first cited."""
    by_document: dict[str, list[Citation]] = {}
    for citation in citations:
        by_document.setdefault(citation.document_id, []).append(citation)
    return tuple(
        _document(library.documents.get(id), cites, library) for id, cites in by_document.items()
    )


def sources(ids: Iterable[str], library: Library) -> tuple[Source, ...]:
    """The records of some source ids; one that the library no longer has is left out."""
    return tuple(library.sources[id] for id in ids if id in library.sources)


def _document(
    document: Document | None, citations: list[Citation], library: Library
) -> CitedDocument:
    standing_quotes: dict[str, list[Citation]] = {}
    changed: list[CitedPassage] = []
    for citation in citations:
        place = _around(document, citation)
        if place is None:
            changed.append(CitedPassage("", ((citation.quote, citation.n),), (), changed=True))
        else:
            standing_quotes.setdefault(place[1].id, []).append(citation)
    passages = [_passage(document, cites, library) for cites in standing_quotes.values()]
    return CitedDocument(
        title=document.title if document else citations[0].title,
        document=document,
        standing=standing(document) if document else None,
        passages=(*passages, *changed),
    )


def _passage(
    document: Document | None, citations: list[Citation], library: Library
) -> CitedPassage:
    place = _around(document, citations[0])
    assert document is not None
    assert place is not None
    heading, paragraph = place
    stretches: list[Stretch] = []
    at = paragraph.start
    for citation in sorted(citations, key=lambda c: c.start):
        if citation.start < at:  # overlaps the one before: its number stands there already
            continue
        stretches += [(document.body[at : citation.start], None), (citation.quote, citation.n)]
        at = citation.end
    stretches.append((document.body[at : max(at, paragraph.end)], None))
    return CitedPassage(
        heading, tuple(s for s in stretches if s[0]), sources(paragraph.sources, library)
    )


def _around(document: Document | None, citation: Citation) -> tuple[str, Paragraph] | None:
    """The heading and paragraph in which a quotation stands word for word."""
    if document is None or document.body[citation.start : citation.end] != citation.quote:
        return None
    for section in document.sections:
        for paragraph in section.paragraphs:
            if paragraph.start <= citation.start < paragraph.end:
                return section.heading, paragraph
    return None
