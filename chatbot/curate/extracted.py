"""What a reader of a format hands on: a page's parts, in order, with nothing of its markup."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Items:
    """A list, as it stands on the page."""

    items: tuple[str, ...]


Block = str | Items
"""A paragraph, or a list."""


@dataclass(frozen=True)
class Part:
    """A heading, empty before the first one, and the blocks under it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Extracted:
    """One page as it was read. `url` is the public address that people are sent to."""

    title: str
    url: str | None
    publisher: str | None
    parts: tuple[Part, ...]
    sha256: str
    topics: tuple[str, ...] = ()
    reviewed: date | None = None


@dataclass
class Outline:
    """Gathers blocks under headings, in the order in which a reader meets them."""

    _parts: list[tuple[str, list[Block]]] = field(default_factory=lambda: [("", [])])

    def heading(self, text: str) -> None:
        text = tidy(text)
        if text:
            self._parts.append((text, []))

    def paragraph(self, text: str) -> None:
        text = tidy(text)
        if text:
            self._parts[-1][1].append(text)

    def items(self, texts: Iterator[str] | list[str]) -> None:
        found = tuple(t for t in map(tidy, texts) if t)
        if found:
            self._parts[-1][1].append(Items(found))

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(Part(heading, tuple(blocks)) for heading, blocks in self._parts if blocks)


def tidy(text: str) -> str:
    """White space of any kind as one space: what is quoted stands on one line."""
    return " ".join(text.split())
