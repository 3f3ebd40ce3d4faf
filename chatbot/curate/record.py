"""Adds a line to a corpus folder's history, and keeps the text that it is about."""

import os
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from chatbot.curate.shelf import replace_file
from chatbot.library.documents import Document
from chatbot.library.history import (
    FIRST,
    Entry,
    Event,
    Head,
    hash_of,
    head_file,
    log_file,
    read_history,
    text_file,
    whole_lines,
)


def record(
    folder: Path, event: Event, document: Document, by_role: str | None = None, comment: str = ""
) -> Entry:
    """Write an event into a corpus folder's history; on disk when this returns."""
    keep_text(folder, document)
    with FileLock(folder / "history" / ".lock"):  # two commands at once follow one another
        return _append(folder, event, document, by_role, comment)


def keep_text(folder: Path, document: Document) -> None:
    """Keep a document's text under its fingerprint, whole or not at all."""
    kept = text_file(folder, document.fingerprint)
    if not kept.exists():
        replace_file(kept, f"# {document.title}\n\n{document.body}")


def _append(
    folder: Path, event: Event, document: Document, by_role: str | None, comment: str
) -> Entry:
    read_history(folder)  # nothing is added to a history that was changed
    log = log_file(folder)
    whole = whole_lines(log)
    lines = whole.splitlines()
    entry = Entry(
        at=datetime.now(UTC).replace(microsecond=0),
        event=event,
        document=document.id,
        version=document.version,
        status=document.front.status,
        text=document.fingerprint,
        by_role=by_role,
        comment=comment,
        before=hash_of(lines[-1]) if lines else FIRST,
    )
    line = entry.model_dump_json().encode()
    with log.open("ab") as stream:
        stream.truncate(len(whole))  # half a line that a kill left was never recorded
        stream.write(line + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    head = Head(lines=len(lines) + 1, last=hash_of(line))
    replace_file(head_file(folder), head.model_dump_json() + "\n")
    return entry
