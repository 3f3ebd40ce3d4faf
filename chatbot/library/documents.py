"""Documents: front matter, sections, paragraphs, and the units that may be quoted.

Every offset counts Unicode code points in `Document.body`, the text after the front matter, so
that `body[start:end]` is always exactly what is quoted.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import sentencex
from pydantic import BaseModel, ConfigDict, Field

from chatbot.errors import CorpusError
from chatbot.library.sources import Licence
from chatbot.library.yaml_file import construct, parse_yaml, read_text, validate
from chatbot.schema import Status

FENCE = "---\n"
HEADING = "## "
ITEM = "- "
SIGNED: tuple[Status, ...] = ("source-checked", "clinically-reviewed")
"""States that somebody has to sign for."""
_MARKERS = re.compile(r"\s*((?:\[@[\w.-]+\]\s*)+)$")
_MARKER = re.compile(r"\[@([\w.-]+)\]")
_SLUG = re.compile(r"[^a-z0-9]+")


class Review(BaseModel):
    """Who reviewed a document, by role, and when. Filled only by a real clinical reviewer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by_role: str | None = None
    on: date | None = None


class Signature(BaseModel):
    """Who stands behind a document's state: by role, on a day, for exactly one text.

    Written by `lamplight corpus review`. `text` is the document's fingerprint on that day: a
    signature holds only while the text has the same one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    by_role: str = Field(min_length=1)
    on: date
    text: str
    comment: str = ""


class Origin(BaseModel):
    """The page that a document was read from by `lamplight corpus add`, as it was that day.

    `url` is the page's public address, `read_from` the file or address whose bytes were read, and
    `sha256` is of the page's own text or bytes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    read_from: str
    publisher: str
    licence: Licence
    retrieved_on: date
    sha256: str


class FrontMatter(BaseModel):
    """The block between the two `---` lines."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(min_length=1)
    topics: tuple[str, ...] = Field(min_length=1)
    version: int = Field(ge=1)
    status: Status
    written_on: date
    review: Review
    review_due: date
    signed: Signature | None = None
    origin: Origin | None = None


@dataclass(frozen=True)
class Paragraph:
    """One paragraph, or a lead-in with its list: `text == body[start:end]`, markers left out."""

    id: str
    start: int
    end: int
    text: str
    sources: tuple[str, ...]
    line: int

    @cached_property
    def units(self) -> tuple[tuple[int, int], ...]:
        """Offsets in the body of what may be quoted: sentences; a lead-in with its whole list."""
        return tuple((self.start + a, self.start + b) for a, b in _units(self.text))


@dataclass(frozen=True)
class Section:
    """A question people ask, and the paragraphs that answer it."""

    heading: str
    start: int
    end: int
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Document:
    """One file of corpus/documents. `first_line` is the file's line on which the body begins."""

    file: Path
    front: FrontMatter
    body: str
    first_line: int
    sections: tuple[Section, ...]

    @property
    def id(self) -> str:
        return self.front.id

    @property
    def title(self) -> str:
        return self.front.title

    @property
    def topics(self) -> tuple[str, ...]:
        return self.front.topics

    @property
    def version(self) -> int:
        return self.front.version

    @property
    def written_on(self) -> date:
        return self.front.written_on

    @property
    def review(self) -> Review:
        return self.front.review

    @property
    def review_due(self) -> date:
        return self.front.review_due

    @property
    def status(self) -> Status:
        """The state that holds: a state that is signed for no text, or another, is a draft."""
        if self.front.status in SIGNED and not self.signature_holds:
            return "draft"
        return self.front.status

    @cached_property
    def fingerprint(self) -> str:
        """What a signature is for: a hash of the title and the body."""
        return hashlib.sha256(f"{self.title}\0{self.body}".encode()).hexdigest()[:16]

    @property
    def signature_holds(self) -> bool:
        """Whether somebody signed exactly this text."""
        return self.front.signed is not None and self.front.signed.text == self.fingerprint

    @property
    def reviewed(self) -> bool:
        """Whether a clinical reviewer has signed this document, as it stands."""
        filled = self.review.by_role is not None and self.review.on is not None
        return filled and self.status == "clinically-reviewed"

    @property
    def words(self) -> int:
        return sum(len(p.text.split()) for s in self.sections for p in s.paragraphs)

    @cached_property
    def paragraphs(self) -> dict[str, Paragraph]:
        return {p.id: p for s in self.sections for p in s.paragraphs}


def read_document(file: Path) -> Document:
    """Read one document. Raises CorpusError with the line of the first thing that is wrong."""
    return parse_document(read_text(file), file)


def parse_document(text: str, file: Path) -> Document:
    """Parse a document's text; `file` is only named in errors. Raises CorpusError."""
    if not text.startswith(FENCE) or "\n---\n" not in text[len(FENCE) - 1 :]:
        raise CorpusError("Front matter must stand between two lines `---` at the top.", file, 1)
    head, _, body = text[len(FENCE) :].partition("\n" + FENCE)
    node = parse_yaml(head, file, first_line=2)
    front = validate(FrontMatter, construct(node, file, 2) if node else None, file, 2)
    claims, review = front.status == "clinically-reviewed", front.review
    unbacked = claims and not (review.by_role and review.on)
    if unbacked or (review.on and not claims and front.status != "withdrawn"):
        raise CorpusError(
            "Status clinically-reviewed and a filled `review` go together: neither without the "
            "other.",
            file,
            2,
        )
    first_line = head.count("\n") + 4
    sections = tuple(_sections(front.id, body, file, first_line))
    if not sections:
        raise CorpusError("No section: start one with `## A question people ask?`.", file)
    return Document(file, front, body, first_line, sections)


def slug_of(heading: str) -> str:
    """A heading as it stands in the ids of its passages."""
    return _SLUG.sub("-", heading.lower()).strip("-")


def _blocks(body: str) -> Iterator[tuple[int, str]]:
    """(start offset, text) of each run of lines without a blank line between."""
    for match in re.finditer(r"(?:[^\n]*\S[^\n]*(?:\n|$))+", body):
        yield match.start(), match.group().rstrip("\n")


def _sections(document: str, body: str, file: Path, first_line: int) -> Iterator[Section]:
    heading, opened, paragraphs = "", 0, list[Paragraph]()
    slug, slugs = "", set[str]()

    def line_of(offset: int) -> int:
        return first_line + body.count("\n", 0, offset)

    for start, block in _blocks(body):
        if block.startswith(HEADING):
            if heading:
                yield Section(heading, opened, start, tuple(paragraphs))
            line, _, rest = block.partition("\n")
            heading, opened, paragraphs = line.removeprefix(HEADING).strip(), start, []
            slug = slug_of(heading)
            while slug in slugs:  # two headings alike but for a mark: each passage has its own id
                slug += "-again"
            slugs.add(slug)
            if not rest.strip():
                continue
            start, block = start + len(line) + 1, rest
        if not heading:
            raise CorpusError("Text before the first `## ` heading.", file, line_of(start))
        if block.startswith("#"):
            raise CorpusError("Only `## ` headings are read.", file, line_of(start))
        id = f"{document}/{slug}/{len(paragraphs) + 1}"
        paragraphs.append(_paragraph(id, start, block, file, line_of(start)))
    if heading:
        yield Section(heading, opened, len(body), tuple(paragraphs))


def _paragraph(id: str, start: int, block: str, file: Path, line: int) -> Paragraph:
    markers = _MARKERS.search(block)
    text = block[: markers.start()] if markers else block.rstrip()
    if _MARKER.search(text):
        raise CorpusError(
            "A [@source] marker stands inside a paragraph: put it at the end.", file, line
        )
    sources = tuple(_MARKER.findall(markers.group(1))) if markers else ()
    return Paragraph(id, start, start + len(text), text, sources, line)


def _units(text: str) -> Iterator[tuple[int, int]]:
    lead, _, items = text.partition("\n" + ITEM)
    cursor = 0
    spans = []
    for sentence in sentencex.segment("en", lead.replace("\n", " ")):
        stripped = sentence.strip()
        if stripped:
            begin = cursor + sentence.index(stripped)
            spans.append((begin, begin + len(stripped)))
        cursor += len(sentence)
    if items and spans:  # the list belongs to its lead-in
        spans[-1] = (spans[-1][0], len(text))
    yield from spans
