"""Turns a page that was read into a document's body, leaving out what no document may say.

A sentence that names a number to dial, a method, a dose, or anything else that the corpus check
refuses is left out whole, since half a sentence misleads, and each is reported. Nothing is
reworded: the text stays its publisher's.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import sentencex

from chatbot.curate.extracted import Block, Extracted, Items, tidy
from chatbot.library.documents import HEADING, ITEM, slug_of
from chatbot.library.rules.wording import HIDDEN_CHARACTERS, breaches
from chatbot.library.sentences import leans

_STARTS_LIKE_MARKUP = re.compile(r"^(?:[#>|*+-]+\s*|---+)+")
_LIKE_MARKER = re.compile(r"\[\s*@|@[\w.-]+\s*\]")
_LONGEST_EXCERPT = 60


@dataclass(frozen=True)
class LeftOut:
    """A sentence or list item that was left out, and the rule that it broke."""

    rule: str
    text: str

    def __str__(self) -> str:
        short = self.text[:_LONGEST_EXCERPT]
        return f"{self.rule}: {short}{'...' if short != self.text else ''}"


@dataclass(frozen=True)
class Composed:
    """A document's body, and what was left out of it."""

    body: str
    left_out: tuple[LeftOut, ...]

    @property
    def words(self) -> int:
        return len(re.sub(r"\[@[\w.-]+\]", "", self.body).split())


def compose(page: Extracted, source: str) -> Composed:
    """The body of a document from a page; every paragraph is tied to `source`, a source id."""
    left_out: list[LeftOut] = []
    sections: dict[str, list[str]] = defaultdict(list)
    alike: dict[str, str] = {}
    for part in page.parts:
        heading = plain_line(part.heading)
        if not heading or any(True for _ in breaches(heading)):
            heading = f"What should I know about {plain_line(page.title)}?"
        heading = alike.setdefault(slug_of(heading), heading)
        for text in _texts(part.blocks, heading, left_out):
            written = sections[heading]
            if written and leans(text) and "\n" not in written[-1]:
                written[-1] += " " + text  # it is no paragraph of its own
            else:
                written.append(text)
    blocks = []
    for heading, texts in sections.items():
        if texts:
            blocks.append(HEADING + heading + "\n" + "\n\n".join(f"{t} [@{source}]" for t in texts))
    return Composed("\n\n".join(blocks) + "\n", tuple(left_out))


def _texts(blocks: tuple[Block, ...], heading: str, left_out: list[LeftOut]) -> Iterator[str]:
    lead: str | None = None
    for block in blocks:
        if isinstance(block, Items):
            items = [item for item in map(plain_line, block.items) if _may_stand(item, left_out)]
            if len(items) >= 2:
                before = lead if lead and lead.endswith(":") else f"{heading.rstrip('?:.')}:"
                if lead and not lead.endswith(":"):
                    yield lead
                yield "\n".join([before, *(ITEM + item for item in items)])
            elif lead and not lead.endswith(":"):
                yield lead
            lead = None
            continue
        if lead:
            yield lead.rstrip(":") + "." if lead.endswith(":") else lead
        lead = _paragraph(plain_line(block), left_out) or None
    if lead and not lead.endswith(":"):
        yield lead


def _paragraph(text: str, left_out: list[LeftOut]) -> str:
    """A paragraph without the sentences that may not stand, alone or after those before."""
    kept = ""
    for sentence in _sentences(text):
        longer = f"{kept} {sentence}".strip()
        if _may_stand(sentence, left_out):
            if next(breaches(longer), None) is None:
                kept = longer
            else:
                _may_stand(longer, left_out)
    return kept


def _sentences(text: str) -> list[str]:
    return [s.strip() for s in sentencex.segment("en", text) if s.strip()]


def _may_stand(text: str, left_out: list[LeftOut]) -> bool:
    broken = next(breaches(text), None)
    if broken:
        left_out.append(LeftOut(broken[1], text))
    return bool(text) and broken is None


def one_line(text: str) -> str:
    """White space as single spaces, invisible characters gone."""
    return tidy(HIDDEN_CHARACTERS.pattern.sub("", text))


def plain_line(text: str) -> str:
    """One line, without invisible characters or anything that would be read as our markup."""
    text = one_line(text)
    text = _LIKE_MARKER.sub(lambda m: m.group().replace("[", "(").replace("]", ")"), text)
    return _STARTS_LIKE_MARKUP.sub("", text).strip()
