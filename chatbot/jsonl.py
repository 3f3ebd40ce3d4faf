"""One JSON object a line, in and out: for scripts, evals and other programs.

In: {"id", "messages": ["first user message", "second", ...]}. A line that cannot be read never
stops the rest: it gets {"id", "error"}, and the exit status is 1 at the end.
"""

import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO, TextIO

from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError
from tqdm import tqdm

from chatbot.errors import MessageError
from chatbot.language import Lingua
from chatbot.message import read_message
from chatbot.pipeline import Chatbot, load_guards
from chatbot.schema import Conversation, Screening
from chatbot.screen import screen_conversations
from chatbot.settings import Settings

BATCH = 256


class Asked(BaseModel):
    """One line of input. Other fields are let through unread, so datasets can be piped in."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: StrictStr | int
    messages: tuple[StrictStr, ...] = Field(min_length=1)


class _BadLine(Exception):
    """A line that cannot be read; holds its id, where it has one, and what is wrong."""

    def __init__(self, id: object, problem: str):
        self.id, self.problem = id, problem


def ask_lines(settings: Settings, source: BinaryIO, out: TextIO, country: str | None) -> int:
    """Reply to the last message of each line, in order. Returns the exit status."""
    chatbot = Chatbot.open(settings)
    bad = 0
    for raw in _lines(source):
        try:
            asked = _read(raw, settings)
            conversation = Conversation()
            for earlier in asked.messages[:-1]:
                _, conversation = chatbot.converse(earlier, conversation, country)
            reply, _ = chatbot.converse(asked.messages[-1], conversation, country)
            _write(out, {"id": asked.id, **reply.model_dump(mode="json")})
        except (_BadLine, MessageError) as error:
            bad += 1
            _write(out, _complaint(error, raw))
    return 1 if bad else 0


def screen_lines(settings: Settings, source: BinaryIO, out: TextIO) -> int:
    """Screen the last message of each line, in batches, in order. Returns the exit status."""
    guards = load_guards(settings)
    detector = Lingua()
    bad = 0
    for batch in _batches(_lines(source)):
        read: list[Asked | dict[str, object]] = []
        for raw in batch:
            try:
                read.append(_read(raw, settings))
            except _BadLine as error:
                bad += 1
                read.append(_complaint(error, raw))
        asked = [a for a in read if isinstance(a, Asked)]
        verdicts = iter(screen_conversations([a.messages for a in asked], guards, detector))
        for a in read:
            if isinstance(a, Asked):
                _write(out, {"id": a.id, **_verdict(next(verdicts))})
            else:
                _write(out, a)
    return 1 if bad else 0


def _verdict(screening: Screening) -> dict[str, object]:
    return {
        "risk": screening.risk,
        "labels": list(screening.labels),
        "request": screening.request,
        "refusal_reason": screening.refusal_reason,
        "score": screening.score,
        "language": screening.language,
        "latched": screening.latched,
        "failed": screening.failed,
    }


def _lines(source: BinaryIO) -> Iterator[bytes]:
    for raw in tqdm(source, unit=" lines", disable=None):
        if raw.strip():
            yield raw


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _read(raw: bytes, settings: Settings) -> Asked:
    try:
        value = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise _BadLine(None, "not UTF-8") from None
    except (ValueError, RecursionError):  # also numbers of absurd length
        raise _BadLine(None, "not JSON") from None
    id = value.get("id") if isinstance(value, dict) else None
    try:
        asked = Asked.model_validate(value)
        for text in asked.messages:
            read_message(text, settings.limits.message_characters)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, e["loc"])) or "line" for e in error.errors())
        raise _BadLine(id, f'expected {{"id", "messages": [text, ...]}}; wrong: {fields}') from None
    except MessageError as error:
        raise _BadLine(id, str(error)) from None
    return asked


def _complaint(error: Exception, raw: bytes) -> dict[str, object]:
    if isinstance(error, _BadLine):
        return {"id": error.id, "error": error.problem}
    return {"id": json.loads(raw)["id"], "error": str(error)}


def _write(out: TextIO, value: object) -> None:
    line = json.dumps(value, ensure_ascii=False)
    if any(
        "\ud800" <= ch <= "\udfff" for ch in line
    ):  # half a character cannot be written as it is
        line = json.dumps(value)
    out.write(line + "\n")
    out.flush()
