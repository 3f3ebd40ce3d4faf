"""What stands behind a reply's citations, read from the library as it is now.

Nothing here trusts the reply: the passage, its document's review state and its sources are looked
up again each time, so that an edit or a withdrawal since then shows.
"""

from dataclasses import dataclass

from chatbot.library import Document, Library, Paragraph
from chatbot.library.sources import Source
from chatbot.schema import Citation
from chatbot.ui.standing import Standing, standing


@dataclass(frozen=True)
class Cited:
    """One citation with the paragraph it stands in: `before + quote + after` is that paragraph.

    `changed` says that the document no longer holds the quotation at its place; then there is no
    paragraph to show, only the quotation as it was.
    """

    citation: Citation
    document: Document | None
    standing: Standing | None
    heading: str
    before: str
    quote: str
    after: str
    sources: tuple[Source, ...]
    changed: bool


def cited(citation: Citation, library: Library) -> Cited:
    """One citation against the library in force."""
    document = library.documents.get(citation.document_id)
    quote, start, end = citation.quote, citation.start, citation.end
    if document is None or document.body[start:end] != quote:
        state = standing(document) if document else None
        return Cited(citation, document, state, "", "", quote, "", (), changed=True)
    heading, paragraph = _around(document, start)
    before = after = ""
    if paragraph is not None:
        before = document.body[paragraph.start : start]
        after = document.body[end : max(end, paragraph.end)]
    ids = paragraph.sources if paragraph else tuple(s.id for s in citation.sources)
    return Cited(
        citation=citation,
        document=document,
        standing=standing(document),
        heading=heading,
        before=before,
        quote=quote,
        after=after,
        sources=sources(ids, library),
        changed=False,
    )


def sources(ids: tuple[str, ...], library: Library) -> tuple[Source, ...]:
    """The records of some source ids; one that the library no longer has is left out."""
    return tuple(library.sources[id] for id in ids if id in library.sources)


def _around(document: Document, start: int) -> tuple[str, Paragraph | None]:
    for section in document.sections:
        for paragraph in section.paragraphs:
            if paragraph.start <= start < paragraph.end:
                return section.heading, paragraph
    return "", None
