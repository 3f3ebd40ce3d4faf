"""`lamplight corpus status` and `diff`: what is due, unsigned or changed, and what changed."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from chatbot.errors import CorpusError
from chatbot.library import Library, document_files
from chatbot.library.documents import SIGNED, Document, read_document
from chatbot.library.history import Entry, kept_text, read_history

SOON = timedelta(days=60)


@dataclass(frozen=True)
class Standing:
    """One document's standing: its state, and what somebody has to do about it."""

    document: Document
    folder: Path
    notes: tuple[str, ...]

    def __str__(self) -> str:
        d = self.document
        return (
            f"{d.id:38} v{d.version:<3} {d.status:20} due {d.review_due}  {'; '.join(self.notes)}"
        )


def status(folders: Sequence[Path], today: date) -> list[Standing]:
    """Every document in force, those that want something first, the most pressing on top."""
    library = Library.load(*folders)
    logs = {folder: read_history(folder) for folder in folders}
    found = []
    for document in library.documents.values():
        folder = document.file.parent.parent
        notes = (
            *_notes(document, today),
            *_changed(document, logs.get(folder, ())),
            *_shadows(document, folder, folders),
        )
        found.append(Standing(document, folder, notes))
    return sorted(found, key=_pressing)


def _pressing(standing: Standing) -> tuple[int, date, str]:
    ranks = ("changed since", "overdue", "due soon", "unsigned")
    text = "; ".join(standing.notes)
    rank = next((n for n, word in enumerate(ranks) if word in text), len(ranks))
    return rank, standing.document.review_due, standing.document.id


def _notes(document: Document, today: date) -> Iterator[str]:
    if document.status == "withdrawn":
        return
    if document.front.status in SIGNED and not document.signature_holds:
        yield "changed since it was signed" if document.front.signed else "signed by hand"
    elif document.status == "draft":
        yield "unsigned"
    late = today - document.review_due
    if late > timedelta(0):
        yield f"overdue by {late.days} days"
    elif -late <= SOON:
        yield f"due soon, in {-late.days} days"
    if document.front.origin:
        yield f"from {document.front.origin.publisher}, {document.front.origin.retrieved_on}"


def _changed(document: Document, log: Sequence[Entry]) -> Iterator[str]:
    last = next((e for e in reversed(log) if e.document == document.id), None)
    if last and last.text != document.fingerprint and not document.front.signed:
        yield f"changed since it was {last.event} on {last.at:%Y-%m-%d}"


def _shadows(document: Document, folder: Path, folders: Sequence[Path]) -> Iterator[str]:
    later = list(folders)[list(folders).index(folder) + 1 :] if folder in folders else []
    for other in later:
        if (other / "documents" / document.file.name).is_file():
            yield f"takes the place of {other.name}/{document.file.name}"


def diff(folders: Sequence[Path], id: str) -> str:
    """What changed in a document since the text that was signed, or else the last one recorded.

    Where nothing was ever recorded, it is compared with the document of a later folder whose place
    it takes. Empty when nothing changed.

    Raises
    ------
    CorpusError : no such document, or no earlier text is kept.
    """
    document = Library.load(*folders).document(id)
    folder = document.file.parent.parent
    before = _before(document, folder, folders)
    if before is None:
        raise CorpusError(
            f"No earlier text of {id!r} is kept: it was never signed, updated or withdrawn by "
            "command. Your version control may have one."
        )
    name, old = before
    now = f"# {document.title}\n\n{document.body}"
    lines = difflib.unified_diff(
        old.splitlines(), now.splitlines(), name, f"{id} as it stands", lineterm=""
    )
    return "\n".join(lines)


def _before(document: Document, folder: Path, folders: Sequence[Path]) -> tuple[str, str] | None:
    log = [e for e in read_history(folder) if e.document == document.id]
    signed = [e for e in log if e.status in SIGNED]
    others = [e for e in log if e.text != document.fingerprint]
    for entry in (*reversed(signed), *reversed(others), *reversed(log)):
        text = kept_text(folder, entry.text)
        if text is not None:
            return (
                f"{document.id} {entry.event} {entry.at:%Y-%m-%d} (version {entry.version})",
                text,
            )
    for other in list(folders)[list(folders).index(folder) + 1 :]:
        for file in document_files(other):
            if file.name == document.file.name:
                shadowed = read_document(file)
                return str(file), f"# {shadowed.title}\n\n{shadowed.body}"
    return None
