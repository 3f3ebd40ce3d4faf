"""Who has seen a document and when: dates that are possible, states that are earned."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from chatbot.library.documents import SIGNED, Document
from chatbot.library.problems import Problem, Severity
from chatbot.library.rules.form import front_line
from chatbot.library.sources import Source

GRACE = timedelta(days=60)
"""How long after its date a review may be late with a warning only."""


def problems(document: Document, sources: Mapping[str, Source], today: date) -> Iterator[Problem]:
    """Breaches of dates and states; `sources` by id."""
    for key, rule, what, mend in (
        *_written(document, today),
        *_signed(document, today),
        *_opened(document, sources),
    ):
        yield Problem(document.file, front_line(document, key), rule, what, mend)
    yield from _due(document, today)


Breach = tuple[str, str, str, str]
"""A front-matter key, the rule's name, what is wrong, how to mend it."""


def _written(document: Document, today: date) -> Iterator[Breach]:
    if document.written_on > today:
        what = f"`written_on` is {document.written_on}, which is in the future."
        yield "written_on", "written on", what, "Write the day the text was last changed."
    if document.review_due <= document.written_on:
        what = "`review_due` is not after `written_on`."
        yield "review_due", "review due", what, "Set it to at most a year after the writing."


def _signed(document: Document, today: date) -> Iterator[Breach]:
    review = document.review
    if (review.by_role is None) != (review.on is None):
        what = "`review` is half filled."
        mend = "A real reviewer fills both `by_role` and `on`; nobody else fills either."
        yield "review", "signature", what, mend
    elif review.on and not document.written_on <= review.on <= today:
        what = f"The review of {review.on} is before the writing or in the future."
        mend = "Write the day of the review; a text changed since then is unsigned again."
        yield "review", "signature", what, mend
    elif document.front.status in SIGNED and not document.signature_holds:
        signed = document.front.signed
        what = (
            f"The text was changed after it was signed on {signed.on}: it counts as a draft."
            if signed
            else f"The status {document.front.status} is not signed for: it counts as a draft."
        )
        mend = "Have it reviewed with `lamplight corpus review`, or set `status: draft`."
        yield "status", "signature", what, mend


def _opened(document: Document, sources: Mapping[str, Source]) -> Iterator[Breach]:
    """`source-checked` says that somebody opened every page: the sources must say so too."""
    if document.front.status != "source-checked":
        return
    cited = {s for p in document.paragraphs.values() for s in p.sources}
    unopened = sorted(s for s in cited if s in sources and sources[s].accessed is None)
    if unopened:
        what = f"The status is source-checked, but nobody has opened {', '.join(unopened)}."
        mend = "Open each page and fill `accessed` in sources.yaml, or set the status to draft."
        yield "status", "source-checked", what, mend


def _due(document: Document, today: date) -> Iterator[Problem]:
    late = today - document.review_due
    if late <= timedelta(0) or document.status == "withdrawn":
        return
    severity: Severity = "warning" if late <= GRACE else "error"
    yield Problem(
        document.file,
        front_line(document, "review_due"),
        "review due",
        f"The review was due on {document.review_due}, {late.days} days ago.",
        "Read the document against its sources, then set a new date; or withdraw it.",
        severity,
    )
