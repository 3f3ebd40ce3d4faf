"""A tiny system under test, and a folder of tiny datasets: so that a test says what each gives."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from chatbot.pipeline import Chatbot
from chatbot.schema import Conversation, Kind, Reply, ReplySentence, Risk, Versions
from evals.observed import Found, Seen
from evals.record import TaskRun
from evals.run import Options, _one, build
from evals.samples import Plan
from evals.systems import System, provide

NAME = "fake"
VERSIONS = Versions(corpus="none", guard="none", app="fake")


def said(
    kind: Kind = "answer", risk: Risk = "none", text: str = "Rest helps.", **more: Any
) -> Reply:
    """A reply; one that answers says its text as one sentence without a citation."""
    given: dict[str, Any] = {
        "latched": False,
        "labels": (),
        "refusal_reason": None,
        "language": "en",
        "versions": VERSIONS,
        "sentences": (ReplySentence(text=text),) if kind == "answer" else (),
    }
    return Reply(kind=kind, risk=risk, text=text, **(given | more))


def seen(risk: Risk = "none", **more: Any) -> Seen:
    """A verdict."""
    return Seen(risk=risk, **more)


class FakeBot:
    """Stands where the chatbot itself is asked, message by message."""

    def __init__(self, answers: Callable[[Sequence[str]], Reply]):
        self._answers = answers

    def converse(
        self, text: str, conversation: Conversation, country: str | None = None
    ) -> tuple[Reply, Conversation]:
        return self._answers([text]), conversation


class Fake:
    """Replies, sees and finds what it is told to, for the messages up to each turn."""

    name = NAME
    versions = VERSIONS

    def __init__(
        self,
        answers: Callable[[Sequence[str]], Reply] = lambda messages: said(),
        sees: Callable[[Sequence[str]], Seen] = lambda messages: seen(),
        finds: Callable[[Sequence[str]], Found] = lambda messages: Found(),
        with_own: "Fake | None" = None,
    ):
        self._answers, self._sees, self._finds, self._own = answers, sees, finds, with_own

    def converse(self, messages: Sequence[str], country: str | None = None) -> list[Reply]:
        return [self._answers(messages[: n + 1]) for n in range(len(messages))]

    def screen(self, conversations: Sequence[Sequence[str]]) -> list[Seen]:
        return [self._sees(messages) for messages in conversations]

    def retrieve(self, messages: Sequence[str]) -> Found:
        return self._finds(messages)

    def with_documents(self, folder: Path, index: Path) -> System:
        return self._own or self

    @property
    def local(self) -> Chatbot:
        return cast(Chatbot, FakeBot(self._answers))


def judge_with(task: str, system: System, logs: Path, plan: Plan) -> TaskRun:
    """What a task finds of a system, by way of Inspect."""
    provide(NAME, system)
    return _one(build(task, Options(system=NAME, plan=plan)), logs, lambda: None)


def rates_of(found: TaskRun) -> dict[str, float | None]:
    """Figure → rate."""
    return {figure.key: figure.rate for figure in found.figures}


def write_records(folder: Path, name: str, records: Sequence[dict[str, Any]]) -> Path:
    """A dataset in a folder."""
    file = folder / name
    file.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    return file
