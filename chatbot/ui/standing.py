"""Says in words how far a document has been checked. Derived each time, never stored.

The words "clinically reviewed" come only from a filled `review`, never from a status alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from chatbot.library import Document, Library
from chatbot.schema import Citation
from chatbot.ui.render import day

NOT_REVIEWED = "Not clinically reviewed."
DRAFT = "draft, sources named but not yet checked"
CHECKED = "source-checked"
REVIEWED = "clinically reviewed"
WITHDRAWN = "withdrawn"
GONE = "no longer in the library"


@dataclass(frozen=True)
class Standing:
    """A document's review state: `mark` styles the badge, `words` is the badge."""

    mark: str
    words: str
    note: str


def standing(document: Document, today: date | None = None) -> Standing:
    """The badge of one document and the line under it."""
    due = document.review_due
    late = due < (today or date.today())
    note = f"Review {'was due' if late else 'due'} {day(due)}."
    if document.status == "withdrawn":
        return Standing("withdrawn", "Withdrawn", "No longer used in answers.")
    if document.reviewed:
        by, on = document.review.by_role, day(document.review.on)
        return Standing("reviewed", "Clinically reviewed", f"By {by}, {on}. {note}")
    words = "Source-checked" if document.status == "source-checked" else "Draft"
    mark = "checked" if document.status == "source-checked" else "draft"
    means = {
        "checked": "Compared with the sources it names.",
        "draft": "Sources named but not yet checked.",
    }[mark]
    return Standing(mark, words, f"{means} {NOT_REVIEWED} {note}")


def standing_of_all(citations: Iterable[Citation], documents: Mapping[str, Document]) -> str:
    """One line about everything that a reply cites.

    >>> standing_of_all([], {})
    ''
    """
    cited = list(dict.fromkeys(c.document_id for c in citations))
    if not cited:
        return ""
    states = Counter(_state(documents.get(id)) for id in cited)
    from_ = f"From {len(cited)} document{'s' if len(cited) > 1 else ''}"
    if len(states) == 1:
        state = next(iter(states))
        return f"{from_}: {state}." + ("" if state == REVIEWED else f" {NOT_REVIEWED}")
    some = REVIEWED in states
    said = "; ".join(
        f"{n} {state}" + (", not clinically reviewed" if some and state != REVIEWED else "")
        for state, n in states.items()
    )
    return f"{from_}: {said}." + ("" if some else f" {NOT_REVIEWED}")


def library_standing(library: Library) -> str:
    """What the notice before the first message says about review."""
    kept = [d for d in library.documents.values() if d.status != "withdrawn"]
    reviewed = sum(d.reviewed for d in kept)
    if not reviewed:
        return "No clinician has reviewed these texts yet."
    if reviewed == len(kept):
        return f"All {len(kept)} documents have been reviewed by a clinician."
    return f"A clinician has reviewed {reviewed} of {len(kept)} documents so far."


def _state(document: Document | None) -> str:
    if document is None:
        return GONE
    if document.status == "withdrawn":
        return WITHDRAWN
    if document.reviewed:
        return REVIEWED
    return CHECKED if document.status == "source-checked" else DRAFT
