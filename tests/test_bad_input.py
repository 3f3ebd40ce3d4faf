"""Bad input gets a clear error or a plain reply, never a traceback."""

import pytest

from chatbot.errors import EmptyMessage, MessageTooLong, NotText
from chatbot.message import read_message
from chatbot.pipeline import Chatbot
from chatbot.schema import Conversation


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\t", "\u200b\u200d", "\u2800\u200e".strip("\u2800")]
)
def test_an_empty_message_is_named_as_such(text: str) -> None:
    with pytest.raises(EmptyMessage, match="nothing in that message"):
        read_message(text, 4000)


def test_a_message_over_the_limit_is_refused_with_both_numbers() -> None:
    with pytest.raises(MessageTooLong, match=r"4,001 characters and I can read 4,000"):
        read_message("x" * 4001, 4000)


@pytest.mark.parametrize("text", ["\x00\x01\x02", "ab\x00cd", "\x1b\x07\x03\x02 a", "bad \ud800"])
def test_binary_is_not_text(text: str) -> None:
    with pytest.raises(NotText):
        read_message(text, 4000)


def test_a_message_that_cannot_be_read_leaves_the_conversation_as_it_was(
    lamplight: Chatbot,
) -> None:
    conversation = Conversation()
    with pytest.raises(EmptyMessage):
        lamplight.converse("  ", conversation)
    assert conversation.turns == ()


@pytest.mark.parametrize(
    "text",
    [
        "x" * 4000,
        "مرحبا كيف يمكنني النوم بشكل أفضل؟",
        "שלום מה זה דיכאון",
        "\u202ewhat is anxiety\u202c",
        "what\u200b is\u200d anx\u2060iety",
        "😀" * 4000,
        "<script>alert(1)</script> what is anxiety?",
        "**what** is [anxiety](javascript:alert(1))",
        "'; DROP TABLE passages; --",
        "{{7*7}} ${7*7} %s %n {line} {emergency}",
        "?",
        "a",
    ],
)
def test_strange_messages_get_a_plain_reply(lamplight: Chatbot, text: str) -> None:
    reply = lamplight.reply(text)
    assert reply.kind in ("answer", "no_answer", "refusal", "crisis")
    assert reply.text.strip()


def test_ten_thousand_emoji_are_too_long_and_said_so(lamplight: Chatbot) -> None:
    with pytest.raises(MessageTooLong, match="10,000"):
        lamplight.reply("😀" * 10_000)


def test_an_error_text_never_quotes_the_message() -> None:
    with pytest.raises(NotText) as raised:
        read_message("canary\x00", 4000)
    assert "canary" not in str(raised.value)
