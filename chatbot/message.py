"""Reads what was typed as a message, or says kindly why it cannot."""

import re
import unicodedata

from chatbot.errors import EmptyMessage, MessageTooLong, NotText
from chatbot.schema import Message

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROLS_AT_MOST = 0.1


def read_message(text: str, most: int) -> Message:
    """A typed text as a Message.

    Raises
    ------
    EmptyMessage, MessageTooLong, NotText : with a text that is fit to show to the person.
    """
    if len(text) > most:
        raise MessageTooLong(
            f"That message has {len(text):,} characters and I can read {most:,} at most. Please "
            "shorten it, or send it in parts. If you are in danger, use Get help now."
        )
    if _SURROGATE.search(text) or "\x00" in text or _control_share(text) > _CONTROLS_AT_MOST:
        raise NotText("That does not look like text that I can read. Please type it in words.")
    if not any(_visible(ch) for ch in text):
        raise EmptyMessage("There is nothing in that message yet. Please type a question.")
    return Message(text=text.strip())


def _visible(ch: str) -> bool:
    return not ch.isspace() and unicodedata.category(ch) not in ("Cf", "Cc", "Mn", "Zs")


def _control_share(text: str) -> float:
    bad = sum(unicodedata.category(ch) in ("Cc", "Cn", "Co") and ch not in "\n\r\t" for ch in text)
    return bad / max(1, len(text))
