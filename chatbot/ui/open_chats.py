"""The chats that are open now: in this process's memory, and nowhere else.

    chats = OpenChats()
    chat = chats.get(token) or chats.start()
    chats.forget(chat.token)

A chat is forgotten when its page is closed, on quick exit, on a new conversation, after
`idle_s` without a message, or when there are more than `most` (the longest idle goes first).
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from chatbot.schema import Conversation, Reply

Clock = Callable[[], float]
REMIND_AFTER_S = 3 * 60 * 60


@dataclass(frozen=True, repr=False)
class Shown:
    """One exchange as the page shows it. Has no repr, so that no log can hold its words.

    `country` is the one the reply's lines were chosen for. `reminder` says that this reply repeats
    that Lamplight is a computer program.
    """

    text: str
    reply: Reply
    country: str
    reminder: bool = False


@dataclass(repr=False)
class OpenChat:
    """One page's conversation. `lock` is held while a message is being answered."""

    token: str
    clock: Clock
    turns: tuple[Shown, ...] = ()
    conversation: Conversation = field(default_factory=Conversation)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.used_at = self.reminded_at = self.clock()

    @property
    def latched(self) -> bool:
        return self.conversation.latched or any(turn.reply.latched for turn in self.turns)

    def add(self, text: str, reply: Reply, conversation: Conversation, country: str) -> Shown:
        """Keep an exchange, and say whether three hours have gone by since the last reminder."""
        due = self.clock() - self.reminded_at >= REMIND_AFTER_S
        if due:
            self.reminded_at = self.clock()
        shown = Shown(text, reply, country, reminder=due)
        self.turns, self.conversation = (*self.turns, shown), conversation
        return shown


class OpenChats:
    """Every open chat, by an unguessable token. Safe to use from several threads."""

    def __init__(
        self, clock: Clock = time.time, idle_s: float = 12 * 60 * 60, most: int = 10_000
    ) -> None:
        self.clock, self.idle_s, self.most = clock, idle_s, most
        self._chats: dict[str, OpenChat] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._chats)

    def start(self) -> OpenChat:
        """A new, empty chat."""
        chat = OpenChat(secrets.token_urlsafe(24), self.clock)
        with self._lock:
            self._drop_idle()
            while len(self._chats) >= self.most:
                del self._chats[next(iter(self._chats))]
            self._chats[chat.token] = chat
        return chat

    def get(self, token: str) -> OpenChat | None:
        """The chat of a token, or None when it was forgotten or never was."""
        with self._lock:
            self._drop_idle()
            chat = self._chats.pop(token, None)
            if chat is not None:  # back in at the end: the dict stays in order of use
                chat.used_at = self.clock()
                self._chats[token] = chat
        return chat

    def forget(self, token: str) -> None:
        """Drop a chat and its words at once."""
        with self._lock:
            self._chats.pop(token, None)

    def _drop_idle(self) -> None:
        oldest = self.clock() - self.idle_s
        for token in [t for t, chat in self._chats.items() if chat.used_at < oldest]:
            del self._chats[token]
