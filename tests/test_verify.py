"""Verification: to the letter, at its offsets, from a document that may be quoted now."""

import dataclasses
from types import MappingProxyType

import pytest

from chatbot.library import Library
from chatbot.library.documents import Signature
from chatbot.pipeline import Chatbot
from chatbot.schema import Draft, Quote, Sentence, Status
from chatbot.verify import verify

QUOTABLE: tuple[Status, ...] = ("draft", "source-checked", "clinically-reviewed")


@pytest.fixture
def library(lamplight: Chatbot) -> Library:
    return lamplight.library


@pytest.fixture
def quote(library: Library) -> Quote:
    document = library.documents["panic-attacks"]
    paragraph = document.sections[0].paragraphs[0]
    a, b = paragraph.units[0]
    return Quote(
        document_id=document.id,
        passage_id=paragraph.id,
        start=a,
        end=b,
        text=document.body[a:b],
    )


def dropped(library: Library, text: str, *quotes: Quote) -> tuple[str, ...]:
    sentence = Sentence(text=text, quotes=quotes)
    found = verify(Draft(sentences=(sentence,)), library, QUOTABLE)
    assert len(found.sentences) + len(found.dropped) == 1
    return found.dropped


def test_a_verbatim_quotation_stands(library: Library, quote: Quote) -> None:
    assert dropped(library, quote.text, quote) == ()


def test_a_sentence_without_a_quotation_is_dropped(library: Library) -> None:
    assert dropped(library, "Panic is good for you.") == ("uncited",)


def test_one_changed_letter_is_enough_to_drop_it(library: Library, quote: Quote) -> None:
    changed = quote.model_copy(update={"text": quote.text.replace("fear", "pear")})
    assert dropped(library, changed.text, changed) == ("not verbatim",)


def test_offsets_that_are_off_by_one_are_dropped(library: Library, quote: Quote) -> None:
    moved = quote.model_copy(update={"start": quote.start + 1, "end": quote.end + 1})
    assert dropped(library, moved.text, moved) == ("not verbatim",)


def test_words_that_are_not_the_quotation_are_dropped(library: Library, quote: Quote) -> None:
    assert dropped(library, "Panic attacks are caused by the moon.", quote) == ("not verbatim",)


def test_an_unknown_document_is_dropped(library: Library, quote: Quote) -> None:
    other = quote.model_copy(update={"document_id": "made-up"})
    assert dropped(library, other.text, other) == ("no such document",)


def test_a_quotation_outside_its_passage_is_dropped(library: Library, quote: Quote) -> None:
    second = library.documents["panic-attacks"].sections[1].paragraphs[0].id
    other = quote.model_copy(update={"passage_id": second})
    assert dropped(library, other.text, other) == ("unsourced",)


@pytest.mark.parametrize("status", ["withdrawn", "source-checked"])
def test_a_document_that_may_not_be_quoted_is_dropped(
    library: Library, quote: Quote, status: Status
) -> None:
    old = library.documents["panic-attacks"]
    signed = Signature(by_role="nurse", on=old.written_on, text=old.fingerprint)
    front = old.front.model_copy(update={"status": status, "signed": signed})
    new = dataclasses.replace(old, front=front)
    changed = dataclasses.replace(
        library, documents=MappingProxyType({**library.documents, old.id: new})
    )
    quotable: tuple[Status, ...] = ("draft", "withdrawn")  # withdrawn stays out even if asked for
    draft = Draft(sentences=(Sentence(text=quote.text, quotes=(quote,)),))
    assert verify(draft, changed, quotable).dropped == ("not quotable",)


def test_unsafe_words_are_dropped_even_when_they_stand_in_the_corpus(
    library: Library, quote: Quote
) -> None:
    old = library.documents["panic-attacks"]
    unsafe = "He committed suicide."
    body = unsafe + old.body[len(unsafe) :]
    paragraph = dataclasses.replace(old.sections[0].paragraphs[0], start=0)
    section = dataclasses.replace(
        old.sections[0], paragraphs=(paragraph, *old.sections[0].paragraphs[1:])
    )
    new = dataclasses.replace(old, body=body, sections=(section, *old.sections[1:]))
    changed = dataclasses.replace(
        library, documents=MappingProxyType({**library.documents, old.id: new})
    )
    bad = quote.model_copy(update={"start": 0, "end": len(unsafe), "text": unsafe})
    assert dropped(changed, unsafe, bad) == ("unsafe wording",)
