"""Systems under test: Lamplight, Lamplight with a part taken out, a running Lamplight, a model.

    system = open_system("lamplight")
    system.converse(["hello", "what is anxiety?"])      one Reply a turn
    system.screen([["i am tired"], ["hi", "bye"]])      one Seen a conversation, of its last message

A system is opened once a process and kept.
"""

import copy
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from chatbot.errors import LamplightError
from chatbot.guards import CrisisPhrases
from chatbot.interpret import interpret
from chatbot.language import Lingua
from chatbot.library import Library
from chatbot.pipeline import Chatbot
from chatbot.retrieve import retrieve
from chatbot.schema import Conversation, Finding, Reply, Versions
from chatbot.screen import Guard, screen_conversations
from chatbot.settings import Settings
from evals.observed import Found, Seen

OFF = 1.01
"""A confidence that no retrieval reaches."""


class UnknownSystem(LamplightError):
    """No system has this name."""


class Unsupported(LamplightError):
    """This system cannot be asked that: its samples give no score."""


class System(Protocol):
    """What a task needs of what it judges.

    Raises
    ------
    Unsupported : by `retrieve`, `with_documents` and `local` where a system has none of it.
    """

    name: str

    @property
    def versions(self) -> Versions: ...

    def converse(self, messages: Sequence[str], country: str | None = None) -> list[Reply]:
        """The replies to one person's messages, in order, in one conversation."""
        ...

    def screen(self, conversations: Sequence[Sequence[str]]) -> list[Seen]:
        """The verdict on the last message of each conversation."""
        ...

    def retrieve(self, messages: Sequence[str]) -> Found:
        """The sections found for the last message."""
        ...

    def with_documents(self, folder: Path, index: Path) -> "System":
        """The same system with a folder of documents that take precedence over the corpus."""
        ...

    @property
    def local(self) -> Chatbot:
        """The chatbot itself, where it runs in this process."""
        ...


class SilentGuard:
    """Finds nothing, ever: stands where guards were taken out."""

    guard = "none"

    def check(self, texts: Sequence[str]) -> list[Finding]:
        return [Finding(guard=self.guard) for _ in texts]


class Local:
    """A Chatbot in this process."""

    def __init__(self, name: str, chatbot: Chatbot):
        self.name, self._chatbot, self._detector = name, chatbot, Lingua()

    @property
    def local(self) -> Chatbot:
        return self._chatbot

    @property
    def versions(self) -> Versions:
        return self._chatbot.versions

    @property
    def library(self) -> Library:
        return self._chatbot.library

    def converse(self, messages: Sequence[str], country: str | None = None) -> list[Reply]:
        conversation, replies = Conversation(), []
        for message in messages:
            reply, conversation = self._chatbot.converse(message, conversation, country)
            replies.append(reply)
        return replies

    def screen(self, conversations: Sequence[Sequence[str]]) -> list[Seen]:
        verdicts = screen_conversations(conversations, self._chatbot.guards, self._detector)
        return [Seen.of(verdict) for verdict in verdicts]

    def retrieve(self, messages: Sequence[str]) -> Found:
        conversation = Conversation()
        for earlier in messages[:-1]:
            _, conversation = self._chatbot.converse(earlier, conversation)
        question = interpret(messages[-1], conversation)[0]
        knobs, bot = self._chatbot.settings.answer, self._chatbot
        found = retrieve(
            question, bot.index, bot.encoder, k=knobs.passages, enough=knobs.confidence
        )
        sections = tuple(dict.fromkeys((p.document_id, p.heading) for p in found.passages))
        return Found(sections=sections, confidence=found.confidence)

    def with_documents(self, folder: Path, index: Path) -> "Local":
        settings = self._chatbot.settings
        corpus = settings.corpus.model_copy(update={"own": (folder, *settings.corpus.own)})
        searched = settings.index.model_copy(update={"folder": index})
        changed = settings.model_copy(update={"corpus": corpus, "index": searched})
        return Local(self.name, Chatbot.open(changed, guards=self._chatbot.guards))


_opened: dict[str, System] = {}
_provided: dict[str, System] = {}
_settings: list[Settings] = []


def use_settings(settings: Settings) -> None:
    """Settings for systems that are opened from now on; those opened by others are let go."""
    if _settings != [settings]:
        _settings[:] = [settings]
        _opened.clear()


def the_settings() -> Settings:
    """The settings in use."""
    return _settings[0] if _settings else Settings.load()


def provide(name: str, system: System) -> None:
    """Put a system in place under a name: one made in code, or a mutant."""
    _provided[name] = system


def open_system(name: str) -> System:
    """The system of a name, opened at the first call.

    Names: lamplight, keyword-guard, no-guard, retrieval-off, model:NAME, http(s)://...

    Raises
    ------
    UnknownSystem : no such name.
    """
    if name in _provided:
        return _provided[name]
    if name not in _opened:
        _opened[name] = _made(name)
    return _opened[name]


def _made(name: str) -> System:
    if name.startswith(("http://", "https://")):
        from evals.remote import Remote

        return Remote(name)
    if name.startswith("model:"):
        from evals.language_model import LanguageModel

        return LanguageModel.by_name(name.removeprefix("model:"))
    if name == "lamplight":
        return Local(name, Chatbot.open(the_settings()))
    if name in VARIANTS:
        return variant(name, VARIANTS[name])
    known = ", ".join(["lamplight", *VARIANTS, "model:NAME"])
    raise UnknownSystem(f"No system {name!r}. There are {known}, and addresses (--against).")


def variant(name: str, guards: Callable[[Chatbot], Sequence[Guard]] | None) -> Local:
    """Lamplight with other guards, or with answers switched off: the rest is shared, not copied."""
    changed = copy.copy(open_system("lamplight").local)
    if guards is None:
        answering = changed.settings.answer.model_copy(update={"confidence": OFF})
        changed.settings = changed.settings.model_copy(update={"answer": answering})
    else:
        changed.guards = tuple(guards(changed))
    return Local(name, changed)


VARIANTS: dict[str, Callable[[Chatbot], Sequence[Guard]] | None] = {
    "keyword-guard": lambda chatbot: [g for g in chatbot.guards if g.guard == CrisisPhrases.guard],
    "no-guard": lambda chatbot: [SilentGuard()],
    "retrieval-off": None,
}
"""Lamplight for comparison: with which guards; None keeps them all and answers nothing."""
