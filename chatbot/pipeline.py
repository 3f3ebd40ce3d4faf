"""The way a message goes: message → screen → interpret → retrieve → answer → verify → reply.

The only file that knows the order. Read `Chatbot.converse` from top to bottom.

    chatbot = Chatbot.open(Settings.load())
    reply = chatbot.reply("Does social media make depression worse?")
    reply, conversation = chatbot.converse("hello", Conversation(), country="GB")
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from chatbot import __version__
from chatbot.answer import answer
from chatbot.audit import Tally
from chatbot.encoder import Encoder
from chatbot.errors import CorpusError, SearchIndexError
from chatbot.guards import CrisisMeaning, CrisisPhrases, RequestScope
from chatbot.index import Index, open_index
from chatbot.interpret import interpret
from chatbot.language import SERVED, Lingua
from chatbot.library import Library, stamp
from chatbot.message import read_message
from chatbot.reply import Setting, reply
from chatbot.retrieve import retrieve
from chatbot.schema import (
    Conversation,
    Draft,
    Question,
    Reply,
    Retrieval,
    Screening,
    Timings,
    Topic,
    Verification,
    Versions,
)
from chatbot.screen import Guard, screen
from chatbot.scripts import Scripts, read_scripts
from chatbot.settings import Settings
from chatbot.small_talk import small_talk
from chatbot.verify import verify

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Shelf:
    """A library and the index of exactly that library: swapped together, never one alone."""

    library: Library
    index: Index
    stamp: tuple[tuple[str, int, int], ...]


class BrokenGuard:
    """Stands in for a guard that could not be loaded: raises, so the screen counts a failure."""

    def __init__(self, guard: str, error: Exception):
        self.guard, self._error = guard, type(error).__name__

    def check(self, texts: Sequence[str]) -> list[object]:
        raise RuntimeError(f"could not be loaded ({self._error})")


class Chatbot:
    """Answers messages. Safe to use from several threads; keeps nothing that a person writes."""

    def __init__(self, settings: Settings, encoder: Encoder, shelf: Shelf, guards: Sequence[Guard]):
        self.settings, self.encoder, self.guards = settings, encoder, tuple(guards)
        self._shelf, self._lock, self._detector = shelf, threading.Lock(), Lingua()
        self.tally = Tally()

    @classmethod
    def open(
        cls, settings: Settings, *, progress: bool = False, guards: Sequence[Guard] | None = None
    ) -> "Chatbot":
        """Load the encoder, the corpus, the index (building it where missing) and the guards.

        Raises
        ------
        CorpusError, ModelError, SearchIndexError : without these there is nothing to answer from. A
            guard that cannot be loaded does not raise: every reply then carries care.
        """
        encoder = Encoder.for_search(settings.encoder)
        shelf = _open_shelf(settings, encoder, progress=progress)
        return cls(settings, encoder, shelf, load_guards(settings) if guards is None else guards)

    @property
    def library(self) -> Library:
        """The corpus as it stands now."""
        return self._shelf.library

    @property
    def index(self) -> Index:
        return self._shelf.index

    def reply(
        self,
        text: str,
        conversation: Conversation = Conversation(),
        country: str | None = None,
    ) -> Reply:
        """The reply to one message. Raises MessageError where it cannot be read."""
        return self.converse(text, conversation, country)[0]

    def converse(
        self, text: str, conversation: Conversation, country: str | None = None
    ) -> tuple[Reply, Conversation]:
        """The reply to a message, and the conversation with this turn in it.

        Raises
        ------
        MessageError : the message cannot be read; nothing has happened to the conversation.
        """
        clock = _Clock()
        message = read_message(text, self.settings.limits.message_characters)
        screening = clock(
            "screen",
            lambda: screen(
                message.text,
                self.guards,
                self._detector,
                conversation=conversation,
                timeout_s=self.settings.screen.timeout_s,
            ),
        )
        scripts = read_scripts(screening.language)
        # A crisis is never kept waiting while an edited corpus is indexed.
        shelf = self._shelf if screening.risk == "crisis" else self._refreshed()
        talk = small_talk(message.text)
        questions = () if talk else _questions(message.text, screening, scripts, conversation)
        draft, verification = self._answered(questions, screening, scripts, shelf, clock)
        country = country or self.settings.ui.default_country
        setting = Setting(shelf.library, scripts, country, self.versions)
        made = reply(
            screening,
            conversation,
            setting,
            verification=verification,
            topics=draft.topics,
            unanswered=draft.unanswered,
            talk=talk,
        )
        made = made.model_copy(update={"timings_ms": clock.timings()})
        failed = tuple(f.guard for f in screening.findings if f.failed)
        self.tally.count(made, country, failed)
        topic = _so_far(draft.topic, conversation) if made.sentences else None
        return made, conversation.plus(message.text, screening, made.kind, topic)

    def warm_up(self) -> None:
        """Make the first message as fast as the next: one of everything that loads when used."""
        self.converse("What is anxiety?", Conversation())
        self.tally = Tally()  # nobody asked that

    @property
    def versions(self) -> Versions:
        """Of the corpus, the guards and the program: on every reply, so it can be traced."""
        guard = "+".join(str(getattr(g, "version", g.guard)) for g in self.guards)
        return Versions(corpus=self.library.version, guard=guard, app=__version__)

    def _answered(
        self,
        questions: Sequence[Question],
        screening: Screening,
        scripts: Scripts,
        shelf: Shelf,
        clock: "_Clock",
    ) -> tuple[Draft, Verification]:
        """retrieve → answer → verify, or nothing where nothing may be answered."""
        if not questions:
            return Draft(), Verification()
        knobs = self.settings.answer
        found = clock("retrieve", lambda: self._retrieved(questions, shelf.index))
        reason = screening.refusal_reason
        if (
            reason
            and found[0].confidence < knobs.confidence
            and reason in scripts.neighbour_fallback
        ):
            fallback = Question(text=scripts.neighbour_fallback[reason])
            found = self._retrieved([fallback], shelf.index)
        draft = clock(
            "answer",
            lambda: answer(found, confidence=knobs.confidence, most=knobs.most_sentences),
        )
        verification = clock(
            "verify", lambda: verify(draft, shelf.library, self.settings.corpus.quotable)
        )
        return draft, verification

    def _retrieved(self, questions: Sequence[Question], index: Index) -> list[Retrieval]:
        """What is found for each question."""
        knobs = self.settings.answer
        return [
            retrieve(question, index, self.encoder, k=knobs.passages, enough=knobs.confidence)
            for question in questions
        ]

    def _refreshed(self) -> Shelf:
        """The shelf, swapped first if the corpus was edited; kept if the edit is broken."""
        settings = self.settings
        if stamp(*settings.corpus.folders) == self._shelf.stamp:
            return self._shelf
        with self._lock:
            if stamp(*settings.corpus.folders) != self._shelf.stamp:
                try:
                    self._shelf = _open_shelf(settings, self.encoder)
                except (CorpusError, SearchIndexError, OSError) as error:
                    log.error(
                        "the corpus was edited and cannot be read, so the last one stays: %s", error
                    )
        return self._shelf


def load_guards(settings: Settings) -> tuple[Guard, ...]:
    """The guards in force. One that cannot be loaded is replaced by one that always fails."""
    makers: dict[str, Callable[[], Guard]] = {
        CrisisPhrases.guard: CrisisPhrases,
        CrisisMeaning.guard: lambda: CrisisMeaning(
            elevated=settings.screen.elevated,
            crisis=settings.screen.crisis,
            device=settings.encoder.device,
        ),
        RequestScope.guard: RequestScope,
    }
    guards: list[Guard] = []
    for name, make in makers.items():
        try:
            guards.append(make())
        except Exception as error:  # noqa: BLE001  a guard that cannot load must end as care
            log.error("guard %s cannot be loaded: %s", name, type(error).__name__)
            guards.append(BrokenGuard(name, error))  # type: ignore[arg-type]
    return tuple(guards)


def _open_shelf(settings: Settings, encoder: Encoder, *, progress: bool = False) -> Shelf:
    marked = stamp(*settings.corpus.folders)
    library = Library.load(*settings.corpus.folders)
    index = open_index(
        library, encoder, settings.index, settings.corpus.quotable, progress=progress
    )
    return Shelf(library, index, marked)


def _questions(
    text: str, screening: Screening, scripts: Scripts, conversation: Conversation
) -> tuple[Question, ...]:
    """What to look up: the message's questions, or the safe neighbour of what is refused."""
    if screening.risk == "crisis" or screening.failed or screening.answered:
        return ()
    if screening.language not in SERVED:
        return ()
    if screening.refusal_reason:
        neighbour = scripts.neighbours[screening.refusal_reason]
        if neighbour != "message":
            return (Question(text=neighbour),) if neighbour else ()
        return (Question(text=text),)
    return interpret(text, conversation)


def _so_far(topic: Topic | None, conversation: Conversation) -> Topic | None:
    """The topic of this turn, with what earlier turns quoted of the same document."""
    before = [t.topic for t in conversation.turns if t.topic]
    if topic is None or not before or before[-1].document_id != topic.document_id:
        return topic
    return topic.model_copy(update={"said": (*before[-1].said, *topic.said)})


class _Clock:
    """Runs a stage and remembers how long it took, in milliseconds."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._spent: dict[str, float] = {}

    def __call__(self, stage: str, run: Callable[[], T]) -> T:
        begun = time.perf_counter()
        try:
            return run()
        finally:
            self._spent[stage] = self._spent.get(stage, 0.0) + 1000 * (time.perf_counter() - begun)

    def timings(self) -> Timings:
        total = 1000 * (time.perf_counter() - self._start)
        return Timings(total=round(total, 3), **{k: round(v, 3) for k, v in self._spent.items()})
