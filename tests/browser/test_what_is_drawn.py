"""What the page is told to draw, without a browser: numbers, parts of a reply, review states."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chatbot.library import Library
from chatbot.library.documents import Document, Review, Signature
from chatbot.schema import (
    Citation,
    ReplySentence,
)
from chatbot.settings import Settings
from chatbot.ui.cited import cited
from chatbot.ui.dial import calls, texts
from chatbot.ui.places import place
from chatbot.ui.render import one_block, pieces, render, typed
from chatbot.ui.replies import parts, stages, view
from chatbot.ui.standing import standing, standing_of_all

from .pages import a_reply

SETTINGS = Settings.load()


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.load(SETTINGS.corpus.folder)


def a_citation(document: Document, n: int = 1, **given: Any) -> Citation:
    start, end = document.sections[0].paragraphs[0].units[0]
    usual: dict[str, Any] = {
        "n": n,
        "document_id": document.id,
        "passage_id": document.sections[0].paragraphs[0].id,
        "title": document.title,
        "quote": document.body[start:end],
        "start": start,
        "end": end,
        "status": document.status,
        "review_due": str(document.review_due),
        "sources": (),
    }
    return Citation(**(usual | given))


@pytest.mark.parametrize(
    ("written", "links"),
    [
        ("988", ["tel:988"]),
        ("116 123", ["tel:116123"]),
        ("0800 111 0 111", ["tel:08001110111"]),
        ("*4141", ["tel:*4141"]),
        ("#9", ["tel:%239"]),
        ("999 or 112", ["tel:999", "tel:112"]),
        ("119 (ambulance) / 110 (police)", ["tel:119", "tel:110"]),
        ("0120-279-338", ["tel:0120279338"]),
        ("+65 6669 1771", ["tel:+6566691771"]),
        ("your local emergency number (112 in the EU)", [None]),
        ("", []),
        (None, []),
    ],
)
def test_a_number_is_dialled_as_it_is_written_in_its_country(
    written: str | None, links: list[str | None]
) -> None:
    assert [dial.href for dial in calls(written)] == links


@pytest.mark.parametrize(
    ("written", "links"),
    [
        ("HOME to 741741", ["sms:741741?&body=HOME"]),
        ("0477 13 11 14", ["sms:0477131114"]),
        ("988 or HOME to 741741", ["sms:988", "sms:741741?&body=HOME"]),
    ],
)
def test_a_text_goes_to_its_number_with_its_keyword(
    written: str | None, links: list[str | None]
) -> None:
    assert [dial.href for dial in texts(written)] == links


def test_every_number_in_the_corpus_becomes_a_link(library: Library) -> None:
    for record in library.lines.records:
        for written in (record.call, *record.also_call):
            assert all(dial.href for dial in calls(written)), record.name
        assert all(dial.href for dial in texts(record.text)), record.name


def test_no_sentence_of_an_answer_is_lost_whatever_its_text_says() -> None:
    sentences = (
        ReplySentence(text="One.", citations=(1,)),
        ReplySentence(text="Two:\n- a\n- b", citations=(2,)),
        ReplySentence(text="Three.", citations=(1,)),
    )
    reply = a_reply(text="Before.\n\nOne. Two:\n- a\n- b\n\nAfter.", sentences=sentences)
    found = parts(reply)
    assert [p.kind for p in found] == ["text", "cited", "text", "cited"]
    assert [s for p in found for s in p.sentences] == list(sentences)


def test_care_comes_with_its_lines_before_what_the_corpus_says() -> None:
    reply = a_reply(
        risk="elevated",
        text="Are you having thoughts of suicide?\n\nOne.",
        sentences=(ReplySentence(text="One.", citations=(1,)),),
    )
    assert [p.kind for p in parts(reply)] == ["text", "lines", "cited"]


def test_a_crisis_reply_is_there_at_once_and_an_answer_grows(library: Library) -> None:
    here = place(library.lines, "US")
    crisis = view(a_reply(kind="crisis", risk="crisis", text="a\n\nb"), here, library.documents)
    assert list(stages(crisis)) == [crisis]
    sentences = tuple(ReplySentence(text=f"S{n}.", citations=(1,)) for n in range(4))
    answer = view(a_reply(text="S0. S1. S2. S3.", sentences=sentences), here, library.documents)
    grown = list(stages(answer))
    assert [sum(len(p.sentences) for p in g.parts) for g in grown] == [1, 2, 3, 4]
    assert [g.done for g in grown] == [False, False, False, True]


def test_another_countrys_numbers_replace_the_first_ones_in_our_words_only(
    library: Library,
) -> None:
    us, gb = place(library.lines, "US"), place(library.lines, "GB")
    reply = a_reply(
        kind="crisis",
        risk="crisis",
        text="Call 911 now, or 988 Suicide & Crisis Lifeline (call 988, text 988). 9110 stays.",
    )
    text = view(reply, gb, library.documents, chosen_for=us).parts[0].text
    assert "Call 999 or 112 now" in text
    assert "Samaritans" in text
    assert "988" not in text
    assert "9110 stays" in text


def test_the_badge_says_clinically_reviewed_only_where_a_review_is_filled(library: Library) -> None:
    document = next(iter(library.documents.values()))
    claimed = replace(document, front=document.front.model_copy(update={"status": "draft"}))
    assert standing(claimed).words == "Draft"
    boasting = claimed.front.model_copy(update={"status": "clinically-reviewed"})
    assert standing(replace(document, front=boasting)).mark != "reviewed"
    review = Review(by_role="clinical psychologist", on=date(2026, 12, 1))
    by_hand = replace(document, front=boasting.model_copy(update={"review": review}))
    assert standing(by_hand).words == "Draft"  # filled in, and signed by nobody for this text
    signature = Signature(by_role="psychologist", on=date(2026, 12, 1), text=document.fingerprint)
    both = {"review": review, "signed": signature}
    signed = replace(document, front=boasting.model_copy(update=both))
    assert standing(signed).words == "Clinically reviewed"
    assert "clinical psychologist, 1 December 2026" in standing(signed).note
    overdue = standing(claimed, document.review_due + timedelta(days=1))
    assert "Review was due" in overdue.note


def test_the_line_under_an_answer_is_derived_from_the_documents(library: Library) -> None:
    first, second = list(library.documents.values())[:2]
    draft = {"status": "draft", "review": Review()}
    documents = {d.id: replace(d, front=d.front.model_copy(update=draft)) for d in (first, second)}
    citations = [a_citation(first), a_citation(second, 2), a_citation(first, 3)]
    assert standing_of_all(citations, documents) == (
        "From 2 documents: draft, sources named but not yet checked. Not clinically reviewed."
    )
    documents[first.id] = replace(
        first,
        front=first.front.model_copy(
            update=draft
            | {
                "status": "source-checked",
                "signed": Signature(by_role="editor", on=first.written_on, text=first.fingerprint),
            }
        ),
    )
    assert standing_of_all(citations[:1], documents) == (
        "From 1 document: source-checked. Not clinically reviewed."
    )
    assert standing_of_all([], documents) == ""


def test_a_quotation_is_shown_in_its_paragraph_unless_the_document_has_changed(
    library: Library,
) -> None:
    document = next(iter(library.documents.values()))
    paragraph = document.sections[0].paragraphs[0]
    quotes = [
        a_citation(document, n, start=a, end=b, quote=document.body[a:b])
        for n, (a, b) in enumerate(paragraph.units, 1)
    ]
    (found,) = cited(quotes, library)
    (passage,) = found.passages
    assert "".join(text for text, _ in passage.stretches) == paragraph.text
    assert [text for text, n in passage.stretches if n] == [q.quote for q in quotes]
    assert [s.id for s in passage.sources] == list(paragraph.sources)
    assert not passage.changed
    for gone in (
        a_citation(document, quote="something else"),
        a_citation(document, document_id="gone"),
    ):
        (found,) = cited([gone], library)
        assert found.passages[0].changed
        assert "has changed since" in render("panel_cited.html", documents=[found])


def test_html_for_the_page_is_one_line_and_typed_text_is_escaped() -> None:
    text = typed("a\n\n<b>\r\nc")
    block = one_block(f"<p>\n\n{text}</p>\n")
    assert "\n" not in block
    assert "\r" not in block
    assert "&#10;&#10;&lt;b&gt;&#13;&#10;c" in block


def test_lists_are_told_from_paragraphs() -> None:
    assert list(pieces("Try:\n- a\n- b\nThen rest.")) == [
        ("p", ["Try:"]),
        ("ul", ["a", "b"]),
        ("p", ["Then rest."]),
    ]
