"""A message's way through the page, without a browser: reminders, errors, what is forgotten."""

from typing import cast

import pytest

from chatbot.errors import MessageTooLong
from chatbot.library import Library
from chatbot.pipeline import Chatbot
from chatbot.schema import Conversation, Finding, Reply, Screening
from chatbot.settings import Settings
from chatbot.ui.open_chats import OpenChat, OpenChats
from chatbot.ui.turns import Frame, Turns

from .pages import a_reply

SETTINGS = Settings.load()


class Echo:
    """A chatbot that says one thing; too long and broken messages raise as the real one does."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def converse(
        self, text: str, conversation: Conversation, country: str | None
    ) -> tuple[Reply, Conversation]:
        if text == "long":
            raise MessageTooLong("That message is too long.")
        if text == "break":
            raise ValueError(text)
        reply = a_reply(kind="no_answer", text="Nothing found.")
        screening = Screening(findings=(Finding(guard="g"),))
        return reply, conversation.plus(text, screening, "no_answer")


class Hands:
    """A clock that is set by hand."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def turns(clock: Hands) -> Turns:
    library = Library.load(SETTINGS.corpus.folder)
    return Turns(cast(Chatbot, Echo(library)), SETTINGS, OpenChats(clock), shown_within_s=0)


def sent(turns: Turns, text: str, token: str = "", country: str = "US") -> list[Frame]:
    return list(turns.send(text, token, country))


def opened(turns: Turns, text: str) -> OpenChat:
    """A chat with one message in it."""
    chat = turns.chats.get(sent(turns, text)[0].token or "")
    assert chat is not None
    return chat


def test_after_three_hours_a_reply_says_again_that_this_is_a_computer_program(
    turns: Turns, clock: Hands
) -> None:
    token = opened(turns, "hello").token

    def reminded() -> bool:
        return "computer program, not a person" in (sent(turns, "hello", token)[-1].live or "")

    assert not reminded()
    clock.seconds = 3 * 3600.0
    assert reminded()
    assert not reminded()
    clock.seconds = 6 * 3600.0
    assert reminded()


@pytest.mark.parametrize("text", ["long", "break"])
def test_a_message_that_fails_is_given_back_and_leaves_the_conversation_as_it_was(
    turns: Turns, text: str
) -> None:
    chat = opened(turns, "hello")
    before = chat.conversation
    last = sent(turns, text, chat.token, "GB")[-1]
    assert last.box == text
    assert last.busy is False
    assert last.problem is not None
    assert "alert" in last.problem
    assert ("too long" in last.problem) is (text == "long")
    assert ("tel:116123" in last.problem) is (text == "break")
    assert chat.conversation == before


def test_a_forgotten_chat_is_said_to_be_new(turns: Turns) -> None:
    first = sent(turns, "hello", "a token of long ago")[0]
    assert "new one has started" in (first.problem or "")
    assert first.token not in ("", "a token of long ago")


def test_chats_are_forgotten_when_idle_and_when_there_are_too_many(clock: Hands) -> None:
    chats = OpenChats(clock, idle_s=10, most=2)
    first, second = chats.start(), chats.start()
    chats.get(first.token)
    third = chats.start()
    assert chats.get(second.token) is None, "the longest idle goes first"
    assert chats.get(first.token) is first
    clock.seconds = 11.0
    assert chats.get(third.token) is None
    assert len(chats) == 0


def test_no_repr_holds_what_somebody_typed(turns: Turns) -> None:
    chat = opened(turns, "a secret")
    assert chat.conversation != Conversation()
    frames = sent(turns, "secret", chat.token)
    assert "secret" not in f"{chat!r} {chat.turns!r} {frames!r}"
