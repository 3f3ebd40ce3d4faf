"""`lamplight corpus review` and `withdraw`: who stands behind a text, or that nobody does.

Promise: a state is moved by a role, on a day, for exactly the text that stands there then. A
change of the text afterwards makes it a draft again without anybody's doing (see Document.status).
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from chatbot.curate.add import REVIEW_AFTER
from chatbot.curate.record import record
from chatbot.curate.shelf import document_file, set_accessed, write_document
from chatbot.errors import CorpusError
from chatbot.library.documents import SIGNED, Document, Review, Signature, read_document
from chatbot.library.history import read_history
from chatbot.schema import Status


def review(
    folder: Path,
    id: str,
    status: Status,
    *,
    by_role: str,
    on: date,
    comment: str = "",
    folders: Sequence[Path] = (),
) -> Document:
    """Sign a document, or make it a draft again.

    `source-checked` also writes the day into `accessed` of every page that the document cites, in
    whichever of `folders` holds its record: that is what the state says.

    Raises
    ------
    CorpusError : no such document in `folder`, or no role.
    """
    if status == "withdrawn":
        raise CorpusError("Use `lamplight corpus withdraw`, which asks for a reason.")
    role = by_role.strip()
    if not role:
        raise CorpusError("Say in which role this is done: --role.")
    file = document_file(folder, id)
    old = read_document(file)
    if on < old.written_on:
        raise CorpusError(f"The text was written on {old.written_on}, after {on}.", file)
    clinical = status == "clinically-reviewed"
    signature = Signature(by_role=role, on=on, text=old.fingerprint, comment=comment.strip())
    front = old.front.model_copy(
        update={
            "status": status,
            "review": Review(by_role=role, on=on) if clinical else Review(),
            "signed": signature if status in SIGNED else None,
            "review_due": on + REVIEW_AFTER if status in SIGNED else old.review_due,
        }
    )
    read_history(folder)  # nothing is signed into a history that was changed
    document = write_document(file, front, old.body)
    if status == "source-checked":
        cited = {s for p in old.paragraphs.values() for s in p.sources}
        for each in dict.fromkeys((folder, *folders)):
            cited -= set_accessed(each, dict.fromkeys(cited, on))
    record(folder, "reviewed", document, role, comment.strip())
    return document


def withdraw(folder: Path, id: str, *, by_role: str, reason: str) -> Document:
    """Take a document out of every answer, from the next message on; its text stays in the file.

    Raises
    ------
    CorpusError : no such document in `folder`, no role or no reason.
    """
    if not by_role.strip() or not reason.strip():
        raise CorpusError("Say in which role and for what reason: --role and --reason.")
    file = document_file(folder, id)
    old = read_document(file)
    front = old.front.model_copy(update={"status": "withdrawn", "review": Review(), "signed": None})
    document = write_document(file, front, old.body)
    record(folder, "withdrawn", document, by_role.strip(), reason.strip())
    return document
