"""What happened to each document, in `history/log.jsonl` of its corpus folder: only ever added to.

Each line holds the sha256 of the line before, so a line that is changed, moved or taken out shows.
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
    if not log.is_file():
        return []
    entries, before = list[Entry](), FIRST
    for number, line in enumerate(log.read_bytes().splitlines(), 1):
        try:
            entry = Entry.model_validate_json(line)
        except ValidationError:
            raise CorpusError("This line of the history cannot be read.", log, number) from None
        if entry.before != before:
            what = "The history was changed: this line does not follow from the one before."
            raise CorpusError(f"{what} Put the file back from a copy.", log, number)
        entries.append(entry)
        before = hash_of(line)
    return entries


def kept_text(folder: Path, fingerprint: str) -> str | None:
    """The text of a recorded version: its title as a `#` heading, then the body."""
    file = text_file(folder, fingerprint)
    return file.read_text(encoding="utf-8") if file.is_file() else None


def hash_of(line: bytes) -> str:
    """What the next line holds of this one: a sha256, in hex."""
    return hashlib.sha256(line).hexdigest()
