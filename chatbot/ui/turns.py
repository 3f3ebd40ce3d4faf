"""One message's way through the page: shown, answered, drawn; or the words given back.

Knows nothing of Gradio: it yields frames, and `chat.py` hands them over. No exception leaves it,
and none is written anywhere with its message, which could hold what was typed.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot.errors import MessageError
from chatbot.library import Library
from chatbot.schema import Conversation, Reply
from chatbot.settings import Settings
from chatbot.ui.open_chats import OpenChat, OpenChats, Shown
from chatbot.ui.places import known_country, lines_now, place
from chatbot.ui.render import one_block, render
from chatbot.ui.replies import ReplyView, stages, view
from chatbot.ui.standing import library_standing

if TYPE_CHECKING:
    from chatbot.pipeline import Chatbot

log = logging.getLogger(__name__)

STARTERS = (
    "Does social media make depression worse?",
    "What is a panic attack?",
    "What helps when I can't sleep?",
    "How do I support a friend who may be suicidal?",
    "How do I find a therapist?",
)
CLOSED = "This conversation had been closed after a long pause. A new one has started."
BUSY = "This chat is still answering your last message. Try again in a moment."


@dataclass(frozen=True, repr=False)
class Frame:
    """What changes on the page. None leaves a part as it is."""

    strip: str | None = None
    transcript: str | None = None
    live: str | None = None
    problem: str | None = None
    box: str | None = None
    token: str | None = None
    busy: bool | None = None


class Turns:
    """Answers messages for the page.

    `chatbot` is None where it could not be opened. A reply's sentences appear one after another
    in `shown_within_s`, however many there are.
    """

    def __init__(
        self,
        chatbot: "Chatbot | None",
        settings: Settings,
        chats: OpenChats,
        shown_within_s: float = 0.25,
    ) -> None:
        self.chatbot, self.settings, self.chats = chatbot, settings, chats
        self.shown_within_s = shown_within_s

    def welcome(self) -> str:
        """What stands before the first message."""
        reviewed = library_standing(self.chatbot.library) if self.chatbot else ""
        return one_block(render("welcome.html", starters=STARTERS, reviewed=reviewed))

    def send(self, text: str, token: str, country: str) -> Iterator[Frame]:
        """Answer one message, in frames: it is taken, the reply grows, the reply is whole."""
        chat = self.chats.get(token)
        note = CLOSED if token and chat is None else ""
        chat = chat or self.chats.start()
        if not chat.lock.acquire(blocking=False):
            yield Frame(problem=_said("note.html", BUSY))
            return
        try:
            here = self._country(country)
            yield self._taken(chat, text, here, note)
            yield from self._answered(chat, text, here)
        finally:
            chat.lock.release()

    def restart(self, token: str) -> Frame:
        """Forget a conversation and show the page as it was before it."""
        self.chats.forget(token)
        return Frame(
            strip="",
            transcript=self.welcome(),
            live="",
            problem="",
            box="",
            token="",
            busy=False,
        )

    def redraw(self, token: str, country: str) -> Frame:
        """The same conversation with another country's lines."""
        chat = self.chats.get(token)
        if chat is None or not chat.turns:
            return Frame()
        code = self._country(country)
        return Frame(
            strip=self._strip(chat, code),
            transcript=self._transcript(chat, code, chat.turns[:-1]),
            live=self._live(chat, chat.turns[-1], code),
        )

    def _taken(self, chat: OpenChat, text: str, country: str, note: str) -> Frame:
        """The message stands in the conversation at once, and the box is free."""
        return Frame(
            transcript=self._transcript(chat, country, chat.turns),
            live=one_block(render("live.html", text=text, view=None, n=0, token=chat.token)),
            problem=_said("note.html", note) if note else "",
            box="",
            token=chat.token,
            busy=True,
        )

    def _answered(self, chat: OpenChat, text: str, country: str) -> Iterator[Frame]:
        try:
            reply, conversation = self._converse(chat, text, country)
            shown = chat.add(text, reply, conversation, country)
            whole = self._view(shown, country)
            strip = self._strip(chat, country)
            frames = [
                Frame(strip=strip, live=self._draw(chat, shown, stage)) for stage in stages(whole)
            ]
        except MessageError as error:
            yield Frame(live="", problem=_said("problem.html", str(error)), box=text, busy=False)
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the person gets the lines
            log.error("A message could not be answered: %s", type(error).__name__)
            yield Frame(live="", problem=self._trouble(country), box=text, busy=False)
            return
        for frame in frames[:-1]:
            yield frame
            time.sleep(self.shown_within_s / len(frames))
        yield Frame(strip=frames[-1].strip, live=frames[-1].live, busy=False)

    def _converse(self, chat: OpenChat, text: str, country: str) -> tuple[Reply, Conversation]:
        if self.chatbot is None:
            raise RuntimeError("no chatbot")
        return self.chatbot.converse(text, chat.conversation, country)

    def _country(self, code: str) -> str:
        lines = lines_now(self.chatbot, self.settings)
        return known_country(lines, code) or self.settings.ui.default_country

    def _view(self, shown: Shown, country: str) -> ReplyView:
        """The reply with its own lines, or another country's once that has been chosen."""
        lines = lines_now(self.chatbot, self.settings)
        reply, then = shown.reply, place(lines, shown.country)
        if reply.crisis_lines:
            then = then.with_lines(reply.crisis_lines, reply.emergency)
        return view(
            reply,
            then if country == shown.country else place(lines, country),
            self._library.documents,
            chosen_for=then,
            reminder=shown.reminder,
        )

    @property
    def _library(self) -> Library:
        if self.chatbot is None:
            raise RuntimeError("no chatbot")
        return self.chatbot.library

    def _transcript(self, chat: OpenChat, country: str, turns: tuple[Shown, ...]) -> str:
        drawn = [(t.text, self._view(t, country), n) for n, t in enumerate(turns, 1)]
        return one_block(render("transcript.html", turns=drawn, token=chat.token)) if drawn else ""

    def _live(self, chat: OpenChat, shown: Shown, country: str) -> str:
        return self._draw(chat, shown, self._view(shown, country))

    def _draw(self, chat: OpenChat, shown: Shown, stage: ReplyView) -> str:
        return one_block(
            render(
                "live.html",
                text=shown.text,
                view=stage,
                n=len(chat.turns),
                token=chat.token,
            )
        )

    def _strip(self, chat: OpenChat, country: str) -> str:
        if not chat.latched:
            return ""
        lines = lines_now(self.chatbot, self.settings)
        return one_block(render("strip.html", place=place(lines, country)))

    def _trouble(self, country: str) -> str:
        lines = lines_now(self.chatbot, self.settings)
        return one_block(render("trouble.html", place=place(lines, country)))


def _said(template: str, text: str) -> str:
    return one_block(render(template, text=text))
