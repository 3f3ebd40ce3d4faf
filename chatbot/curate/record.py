"""Adds a line to a corpus folder's history, and keeps the text that it is about."""

import os
from datetime import UTC, datetime
from pathlib import Path

from chatbot.library.documents import Document
from chatbot.library.history import FIRST, Entry, Event, hash_of, log_file, text_file


def record(
    folder: Path, event: Event, document: Document, by_role: str | None = None, comment: str = ""
) -> Entry:
    """Write an event into a corpus folder's history; on disk when this returns."""
    kept = text_file(folder, document.fingerprint)
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        kept.write_text(f"# {document.title}\n\n{document.body}", encoding="utf-8")
    log = log_file(folder)
    lines = log.read_bytes().splitlines() if log.is_file() else []
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
    with log.open("ab") as stream:
        stream.write(entry.model_dump_json().encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    return entry
