"""What happened to each document, in `history/log.jsonl` of its corpus folder: only ever added to.

Each line holds the sha256 of the line before, and `history/head.json` that of the last and how
many there are: a line that is changed, moved or taken out shows.
The text of each recorded version is kept in `history/texts/`, by fingerprint.
"""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from chatbot.errors import CorpusError
from chatbot.schema import Status

FIRST = "0" * 64

Event = Literal["added", "updated", "reviewed", "withdrawn"]


class Entry(BaseModel):
    """One line of the log. `before` is the sha256 of the line before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: datetime
    event: Event
    document: str
    version: int
    status: Status
    text: str
    by_role: str | None = None
    comment: str = ""
    before: str


class Head(BaseModel):
    """How many lines the log has, and the sha256 of the last: so that none can be taken off."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: int = 0
    last: str = FIRST


def head_file(folder: Path) -> Path:
    """Where the end of a corpus folder's log is counted."""
    return folder / "history" / "head.json"


def log_file(folder: Path) -> Path:
    """The log of a corpus folder; it need not be there."""
    return folder / "history" / "log.jsonl"


def text_file(folder: Path, fingerprint: str) -> Path:
    """Where the text of a recorded version is kept."""
    return folder / "history" / "texts" / f"{fingerprint}.md"


def read_history(folder: Path) -> list[Entry]:
    """The whole log, oldest first.

    Raises
    ------
    CorpusError : a line cannot be read, or does not follow from the one before.
    """
    log = log_file(folder)
    entries, before = list[Entry](), FIRST
    head, hashes = _head(folder), [FIRST]
    for number, line in enumerate(whole_lines(log).splitlines(), 1):
        try:
            entry = Entry.model_validate_json(line)
        except ValidationError:
            raise CorpusError("This line of the history cannot be read.", log, number) from None
        if entry.before != before:
            what = "The history was changed: this line does not follow from the one before."
            raise CorpusError(f"{what} Put the file back from a copy.", log, number)
        entries.append(entry)
        before = hash_of(line)
        hashes.append(before)
    # A kill between the line and its head leaves the head one line behind, and no further.
    if head.lines not in (len(entries), len(entries) - 1) or hashes[head.lines] != head.last:
        what = "The end of the history was changed: its lines are not those that were counted."
        raise CorpusError(f"{what} Put the file back from a copy.", log, max(1, len(entries)))
    return entries


def whole_lines(log: Path) -> bytes:
    """The log's bytes up to its last whole line: half of one was never recorded."""
    data = log.read_bytes() if log.is_file() else b""
    return data[: data.rfind(b"\n") + 1]


def _head(folder: Path) -> Head:
    file = head_file(folder)
    try:
        return Head.model_validate_json(file.read_bytes()) if file.is_file() else Head()
    except ValidationError:
        raise CorpusError("This file of the history cannot be read.", file, 1) from None


def kept_text(folder: Path, fingerprint: str) -> str | None:
    """The text of a recorded version: its title as a `#` heading, then the body."""
    file = text_file(folder, fingerprint)
    return file.read_text(encoding="utf-8") if file.is_file() else None


def hash_of(line: bytes) -> str:
    """What the next line holds of this one: a sha256, in hex."""
    return hashlib.sha256(line).hexdigest()
