"""Passages that say the same thing twice: an answer would repeat itself, an edit miss one."""

import re
from collections.abc import Iterator, Sequence

from chatbot.library.documents import Document, Paragraph
from chatbot.library.problems import Problem

SHINGLE = 12
"""Words in a row that two documents may not share: longer than any stock phrase of safety."""

_WORD = re.compile(r"\w+")


def problems(documents: Sequence[Document]) -> Iterator[Problem]:
    """One problem for each pair of passages that repeat one another, at the later of the two."""
    whole: dict[tuple[str, ...], tuple[Document, Paragraph]] = {}
    shingles: dict[tuple[str, ...], tuple[Document, Paragraph]] = {}
    for document in documents:
        for section in document.sections:
            for paragraph in section.paragraphs:
                words = tuple(_WORD.findall(paragraph.text.casefold()))
                first = whole.setdefault(words, (document, paragraph))
                if first[1] is not paragraph:
                    yield _problem(document, paragraph, *first, "The paragraph repeats")
                    continue
                yield from _shared(document, paragraph, words, shingles)


def _shared(
    document: Document,
    paragraph: Paragraph,
    words: tuple[str, ...],
    shingles: dict[tuple[str, ...], tuple[Document, Paragraph]],
) -> Iterator[Problem]:
    named = set[str]()
    for at in range(len(words) - SHINGLE + 1):
        run = words[at : at + SHINGLE]
        other, passage = shingles.setdefault(run, (document, paragraph))
        if other.id != document.id and passage.id not in named:
            named.add(passage.id)
            what = f"{SHINGLE} words in a row ({' '.join(run[:6])} ...) stand also in"
            yield _problem(document, paragraph, other, passage, what)


def _problem(
    document: Document, paragraph: Paragraph, other: Document, passage: Paragraph, what: str
) -> Problem:
    return Problem(
        document.file,
        paragraph.line,
        "repeat",
        f"{what} {other.file.name}:{passage.line}.",
        "Say it in one place, or in other words.",
    )
