"""Verification: a sentence is said only if its quotation stands in the document, to the letter.

Promise: no sentence leaves here without at least one quotation with `body[start:end] == text`,
from a document that may be quoted now, and that breaks none of the wording rules of SAFETY.
"""

from collections.abc import Sequence

from chatbot.library import Library
from chatbot.schema import Draft, Quote, Sentence, Status, Verification
from chatbot.wording import unsafe_wording


def verify(draft: Draft, library: Library, quotable: Sequence[Status]) -> Verification:
    """Drop each sentence that cannot be backed, with the reason why."""
    kept: list[Sentence] = []
    dropped: list[str] = []
    for sentence in draft.sentences:
        reason = _fault(sentence, library, quotable)
        if reason:
            dropped.append(reason)
        else:
            kept.append(sentence)
    return Verification(sentences=tuple(kept), dropped=tuple(dropped))


def _fault(sentence: Sentence, library: Library, quotable: Sequence[Status]) -> str | None:
    if not sentence.quotes:
        return "uncited"
    for quote in sentence.quotes:
        if reason := _quote_fault(quote, library, quotable):
            return reason
    if sentence.text not in {q.text for q in sentence.quotes}:
        return "not verbatim"
    return "unsafe wording" if unsafe_wording(sentence.text) else None


def _quote_fault(quote: Quote, library: Library, quotable: Sequence[Status]) -> str | None:
    document = library.documents.get(quote.document_id)
    if document is None:
        return "no such document"
    if document.status == "withdrawn" or document.status not in quotable:
        return "not quotable"
    if document.body[quote.start : quote.end] != quote.text:
        return "not verbatim"
    paragraph = document.paragraphs.get(quote.passage_id)
    inside = paragraph and paragraph.start <= quote.start and quote.end <= paragraph.end
    return None if inside and paragraph and paragraph.sources else "unsourced"
