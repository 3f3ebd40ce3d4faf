"""A chat that is running sees every change of the corpus at its next message."""

from collections.abc import Sequence

import pytest

from chatbot.pipeline import Chatbot
from chatbot.schema import Reply
from chatbot.screen import Guard

from . import samples
from .desk import Desk

QUESTION = samples.WINTER_QUESTION
ID = "seasonal-low-mood"


@pytest.fixture
def chat(desk: Desk, guards: Sequence[Guard]) -> Chatbot:
    return Chatbot.open(desk.settings, guards=guards)


def cited(reply: Reply) -> set[str]:
    return {c.document_id for c in reply.citations}


def added(desk: Desk) -> None:
    file = desk.file("topics.xml", samples.winter())
    assert desk.says("add", str(file)).status == 0


def test_a_page_that_was_added_answers_the_next_message(desk: Desk, chat: Chatbot) -> None:
    assert chat.reply(QUESTION).kind == "no_answer"
    added(desk)
    reply = chat.reply(QUESTION)
    assert reply.kind == "answer"
    assert cited(reply) == {ID}
    assert "drop in mood that comes with the dark months" in reply.text


def test_its_citation_leads_to_the_page_and_says_that_it_is_a_draft(
    desk: Desk, chat: Chatbot
) -> None:
    added(desk)
    reply = chat.reply(QUESTION)
    body = desk.document(ID).body
    for citation in reply.citations:
        assert citation.status == "draft"
        assert body[citation.start : citation.end] == citation.quote
        assert [s.url for s in citation.sources] == [samples.WINTER_URL]
        assert all("MedlinePlus" in s.publisher for s in citation.sources)


def test_an_edit_shows_in_the_next_answer(desk: Desk, chat: Chatbot) -> None:
    added(desk)
    assert "the dark months" in chat.reply(QUESTION).text
    desk.change(ID, "the dark months of the year", "short grey days")
    reply = chat.reply(QUESTION)
    assert "a drop in mood that comes with short grey days" in reply.text
    assert "the dark months" not in reply.text


def test_an_edit_that_is_undone_shows_in_the_next_answer(desk: Desk, chat: Chatbot) -> None:
    added(desk)
    first = chat.reply(QUESTION).text
    for season in ("short days", "late autumn", "long nights"):
        old = desk.document(ID).sections[0].paragraphs[0].text.split(".")[0]
        desk.change(ID, old, f"Seasonal low mood is a drop in mood that comes with {season}")
        assert season in chat.reply(QUESTION).text
    desk.change(ID, "long nights", "the dark months of the year")
    assert chat.reply(QUESTION).text == first


def test_a_withdrawn_document_answers_nothing_from_the_next_message_on(
    desk: Desk, chat: Chatbot
) -> None:
    added(desk)
    assert chat.reply(QUESTION).kind == "answer"
    ran = desk.says("withdraw", ID, "--role", "editor", "--reason", "being rewritten")
    assert ran.status == 0, ran.err
    reply = chat.reply(QUESTION)
    assert reply.kind == "no_answer"
    assert ID not in cited(reply)
    assert "dark months" not in reply.text


def test_a_review_shows_on_the_next_answer_and_an_edit_takes_it_away(
    desk: Desk, chat: Chatbot
) -> None:
    added(desk)
    assert desk.says("review", ID, "--as", "source-checked", "--role", "nurse").status == 0
    assert {c.status for c in chat.reply(QUESTION).citations} == {"source-checked"}
    desk.change(ID, "dark months", "dim months")
    assert {c.status for c in chat.reply(QUESTION).citations} == {"draft"}


def test_a_broken_edit_leaves_the_last_answer_standing(desk: Desk, chat: Chatbot) -> None:
    added(desk)
    whole = chat.reply(QUESTION)
    desk.change(ID, "status: draft", "status: drafty")
    assert chat.reply(QUESTION).text == whole.text
    desk.change(ID, "status: drafty", "status: draft")
    assert chat.reply(QUESTION).text == whole.text


def test_reading_all_pages_again_brings_no_withdrawn_document_back(
    desk: Desk, chat: Chatbot
) -> None:
    added(desk)
    desk.says("withdraw", ID, "--role", "editor", "--reason", "wrong")
    desk.file("topics.xml", samples.winter(samples.WINTER_SUMMARY.replace("spring", "April")))
    desk.says("update")
    assert desk.document(ID).status == "withdrawn"
    assert chat.reply(QUESTION).kind == "no_answer"


def test_two_headings_alike_but_for_a_mark_do_not_stop_the_chat(desk: Desk, chat: Chatbot) -> None:
    summary = samples.WINTER_SUMMARY + (
        "<h3>What helps with seasonal low mood</h3><p>A lamp as bright as day helps some people "
        "with seasonal low mood.</p>"
    )
    file = desk.file("topics.xml", samples.winter(summary))
    assert desk.says("add", str(file)).status == 0
    assert desk.says("check").status == 0
    assert chat.reply(QUESTION).kind == "answer"
