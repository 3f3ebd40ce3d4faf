"""How a document is built: sections that ask, paragraphs that stand alone and name a source."""

import re
from collections import Counter
from collections.abc import Iterator

from chatbot.library.documents import ITEM, Document, Paragraph, Section
from chatbot.library.problems import Problem
from chatbot.library.sentences import leans
from chatbot.library.yaml_file import read_text

FEWEST_WORDS, MOST_WORDS = 500, 1200

_OTHER_LIST = re.compile(r"^\s*(?:[*+\u2022\u2013]\s|\d{1,2}[.)]\s|-(?! )|\s+- )", re.MULTILINE)
_HALF_MARKER = re.compile(r"\[\s*@|@[\w.-]+\s*\]")


def line_at(document: Document, offset: int) -> int:
    """The file's line, from 1, on which an offset of the body stands."""
    return document.first_line + document.body.count("\n", 0, offset)


def front_line(document: Document, key: str) -> int:
    """The file's line, from 1, of a front-matter key; the first line of it when it is not there."""
    head = read_text(document.file).split("\n")[: document.first_line - 1]
    return next((n for n, text in enumerate(head, 1) if text.startswith(f"{key}:")), 2)


def problems(document: Document, known: frozenset[str] | None) -> Iterator[Problem]:
    """Breaches of form. `known` holds every source id, or None where sources cannot be judged."""
    yield from _name(document)
    yield from _length(document)
    yield from _sections(document)
    for section in document.sections:
        for paragraph in section.paragraphs:
            for rule, offset, what, mend in (
                *_sourced(paragraph, known),
                *_alone(paragraph),
                *_list(paragraph),
            ):
                yield Problem(document.file, line_at(document, offset), rule, what, mend)


def _name(document: Document) -> Iterator[Problem]:
    if document.file.stem != document.id:
        yield Problem(
            document.file,
            front_line(document, "id"),
            "name",
            f"The id {document.id!r} is not the file's name {document.file.stem!r}.",
            "Give both the same name.",
        )


def _length(document: Document) -> Iterator[Problem]:
    if not FEWEST_WORDS <= document.words <= MOST_WORDS:
        yield Problem(
            document.file,
            document.first_line,
            "length",
            f"The body has {document.words:,} words.",
            f"A document has {FEWEST_WORDS} to {MOST_WORDS:,}: "
            + ("say more." if document.words < FEWEST_WORDS else "split it in two."),
        )


def _sections(document: Document) -> Iterator[Problem]:
    def problem(section: Section, rule: str, what: str, mend: str) -> Problem:
        return Problem(document.file, line_at(document, section.start), rule, what, mend)

    seen = Counter[str]()
    for section in document.sections:
        if not section.heading.endswith("?"):
            what = f"The heading {section.heading!r} is not a question."
            yield problem(section, "question", what, "Write it as people ask it, with a `?`.")
        if not section.paragraphs:
            what = "The section has no paragraph."
            yield problem(section, "empty section", what, "Answer the question, or take it out.")
        seen[section.heading.casefold()] += 1
        if seen[section.heading.casefold()] == 2:
            what = f"The question {section.heading!r} is asked twice in this document."
            yield problem(section, "question twice", what, "Join the two sections.")


Breach = tuple[str, int, str, str]
"""A rule's name, an offset in the body, what is wrong, how to mend it."""


def _sourced(paragraph: Paragraph, known: frozenset[str] | None) -> Iterator[Breach]:
    broken = _HALF_MARKER.search(paragraph.text)
    if broken:
        yield (
            "marker",
            paragraph.start + broken.start(),
            "A source marker is misspelt.",
            "Write it as `[@source-id]`, letters, digits, `.`, `_` and `-` only, at the end.",
        )
    elif not paragraph.sources:
        yield (
            "sources",
            paragraph.start,
            "The paragraph has no source.",
            "End it with at least one `[@source-id]` from sources.yaml, or take it out.",
        )
    for source in dict.fromkeys(paragraph.sources):
        if known is not None and source not in known:
            yield (
                "unknown source",
                paragraph.end,
                f"The source {source!r} is not in sources.yaml.",
                "Correct its name, or add a record for it.",
            )


def _alone(paragraph: Paragraph) -> Iterator[Breach]:
    if leans(paragraph.text):
        word = paragraph.text.split()[0]
        yield (
            "alone",
            paragraph.start,
            f"The paragraph opens with {word!r}, which leans on the one before.",
            "It may be quoted alone: name the thing again.",
        )


def _list(paragraph: Paragraph) -> Iterator[Breach]:
    lead, *items = paragraph.text.split("\n")
    other = _OTHER_LIST.search(paragraph.text, len(lead) if items else 0)
    if lead.startswith(ITEM) or other:
        yield (
            "list",
            paragraph.start + (other.start() if other and not lead.startswith(ITEM) else 0),
            "The list is not in the form that is read.",
            "Write one lead-in line that ends in `:`, then lines that begin with `- `, "
            "with no blank line between.",
        )
    elif items and not any(item.startswith(ITEM) for item in items):
        yield (
            "one line",
            paragraph.start,
            "The paragraph is broken over several lines.",
            "Put it on one line: only lists take more.",
        )
    elif items:
        wrong = next((n for n, item in enumerate(items) if not item.startswith(ITEM)), None)
        if wrong is not None:
            before = sum(len(part) + 1 for part in (lead, *items[:wrong]))
            what = "A line inside the list does not begin with `- `."
            yield "list", paragraph.start + before, what, "Put each item on one line."
        elif not lead.endswith(":"):
            mend = "End the lead-in with `:`, so that it reads well when quoted with its list."
            yield "list", paragraph.start, "The list's lead-in does not end in `:`.", mend
        elif len(items) < 2:
            what = "The list has a single item."
            yield "list", paragraph.start, what, "Write it as a sentence."
