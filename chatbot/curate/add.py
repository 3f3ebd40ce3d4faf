"""`lamplight corpus add` and `update`: pages of authorities become documents, as drafts.

What cannot be read is reported and passed over; the rest goes in. The text stays its publisher's,
so only pages whose licence lets their text be carried over are taken.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from chatbot.curate.compose import Composed, LeftOut, compose, one_line, plain_line
from chatbot.curate.extracted import Extracted
from chatbot.curate.fetch import fetch, is_address
from chatbot.curate.formats import reader_for
from chatbot.curate.record import keep_text, record
from chatbot.curate.shelf import add_source, document_file, rendered, write_document
from chatbot.curate.sourcing import Sources, free_name, slug
from chatbot.errors import CorpusError, LamplightError, UnreadableSource
from chatbot.library import Document, Library, Source
from chatbot.library.asked_as import read_asked_as
from chatbot.library.documents import (
    FrontMatter,
    Origin,
    Review,
    parse_document,
    read_document,
)
from chatbot.library.rules.sources import page
from chatbot.library.rules.wording import breaches
from chatbot.library.sources import Licence

FEWEST_WORDS = 40
REVIEW_AFTER = timedelta(days=365)


@dataclass(frozen=True)
class Wanted:
    """What `corpus add` is told about the pages it reads, where they do not say it themselves."""

    url: str | None = None
    publisher: str | None = None
    licence: Licence | None = None
    title: str | None = None
    topics: tuple[str, ...] = ()
    only: str | None = None
    """Take pages only whose title or subject holds this regular expression."""


@dataclass(frozen=True)
class Outcome:
    """What became of one page: the document, or why there is none."""

    name: str
    document: Document | None = None
    unchanged: bool = False
    problem: str | None = None
    left_out: tuple[LeftOut, ...] = ()


class Curator:
    """Adds to one corpus folder, in sight of the others that are in force.

    Parameters
    ----------
    folder : where documents are written.
    folders : every folder in force, with precedence; `folder` need not exist yet.
    hosts : hosts that may be read and cited beside the closed list.
    """

    def __init__(self, folder: Path, folders: Sequence[Path], hosts: Sequence[str], today: date):
        self.folder, self.hosts, self.today = folder, tuple(hosts), today
        self.folders = tuple(folders)
        present = [f for f in self.folders if f.is_dir()]
        library = Library.load(*present)
        self._sources = Sources(library.sources.values(), hosts)
        self._documents = dict(library.documents)

    def add(self, places: Iterable[str], wanted: Wanted) -> Iterator[Outcome]:
        """Read each file or address; one outcome for each page in it."""
        for place in places:
            try:
                yield from self._add_all(place, wanted)
            except CorpusError as error:
                yield Outcome(place, problem=error.problem)

    def _add_all(self, place: str, wanted: Wanted) -> Iterator[Outcome]:
        found = False
        for extracted in _read(place, self.hosts):
            if wanted.only and not _matches(extracted, wanted.only):
                continue
            found = True
            name = extracted.title or place
            try:
                yield self._add_one(place, _completed(extracted, wanted, place), wanted.licence)
            except CorpusError as error:
                yield Outcome(f"{place}: {name}", problem=error.problem)
        if not found:
            raise UnreadableSource("no page was found in it", place)

    def _add_one(self, place: str, extracted: Extracted, licence: Licence | None) -> Outcome:
        for document in self._documents.values():
            origin = document.front.origin
            if origin and page(origin.url) == page(extracted.url or ""):
                raise UnreadableSource(
                    f"it is document {document.id!r} already: `lamplight corpus update "
                    f"{document.id}` reads it again"
                )
        source = self._sources.record(extracted, licence)
        composed = _composed(extracted, source)
        front = FrontMatter(
            id=self._id(extracted, source),
            title=extracted.title,
            topics=extracted.topics or (slug(extracted.title).replace("-", " "),),
            version=1,
            status="draft",
            written_on=self.today,
            review=Review(),
            review_due=self.today + REVIEW_AFTER,
            origin=_origin(place, extracted, source, self.today),
        )
        if self._sources.is_new(source):
            add_source(self.folder, source)
            self._sources.keep(source)
        document = write_document(document_file(self.folder, front.id), front, composed.body)
        record(self.folder, "added", document, comment=f"from {extracted.url}")
        self._documents[document.id] = document
        return Outcome(document.id, document, left_out=composed.left_out)

    def update(self, id: str, given: Path | None = None) -> Outcome:
        """Read an imported document's page again; or take a document's text from a file.

        Raises
        ------
        CorpusError : there is no such document here, its page cannot be read, or the file is not
            a document of that id.
        """
        file = document_file(self.folder, id)
        old = read_document(file)
        if old.front.status == "withdrawn":
            raise CorpusError(
                f"Document {id!r} is withdrawn: `lamplight corpus review {id} --as draft` first."
            )
        if given is not None:
            return self._replaced(file, old, read_document(given))
        origin = old.front.origin
        if origin is None:
            raise CorpusError(
                f"Document {id!r} was written here, not read from a page: give its new text with "
                "--from FILE, or edit it."
            )
        extracted = self._again(origin)
        if extracted.sha256 == origin.sha256:
            return Outcome(id, old, unchanged=True)
        extracted = replace(
            extracted,
            url=origin.url,
            publisher=origin.publisher,
            title=old.title,
            topics=old.topics,
        )
        source = self._sources.record(extracted, origin.licence)
        composed = _composed(extracted, source)
        update = self._redrafted(old) | {
            "origin": _origin(origin.read_from, extracted, source, self.today)
        }
        document = self._rewritten(file, old, update, composed.body)
        record(self.folder, "updated", document, comment=f"from {origin.url}")
        return Outcome(id, document, left_out=composed.left_out)

    def _again(self, origin: Origin) -> Extracted:
        """The page of a document, read again; of a file that holds several, the same one."""
        pages = list(_read(origin.read_from, self.hosts))
        same = [p for p in pages if p.url and page(p.url) == page(origin.url)]
        if same or len(pages) == 1:
            return (same or pages)[0]
        raise UnreadableSource(f"the page {origin.url} is no longer in it", origin.read_from)

    def _replaced(self, file: Path, old: Document, new: Document) -> Outcome:
        if new.id != old.id:
            raise CorpusError(f"The file is document {new.id!r}, not {old.id!r}.", new.file, 2)
        if new.fingerprint == old.fingerprint:
            return Outcome(old.id, old, unchanged=True)
        cited = {s for p in new.paragraphs.values() for s in p.sources}
        if unknown := sorted(cited - self._sources.ids):
            raise CorpusError(f"Unknown sources: {', '.join(unknown)}.", new.file)
        update = self._redrafted(old) | {"title": new.title, "topics": new.topics}
        document = self._rewritten(file, old, update, new.body)
        record(self.folder, "updated", document, comment="new text")
        return Outcome(old.id, document)

    def _rewritten(
        self, file: Path, old: Document, update: dict[str, object], body: str
    ) -> Document:
        """The document with another text. The old one is kept, also where a hand had changed it."""
        front = old.front.model_copy(update=update)
        read_asked_as(self.folder, parse_document(rendered(front, body), file))
        keep_text(self.folder, old)
        return write_document(file, front, body)

    def _redrafted(self, old: Document) -> dict[str, object]:
        """What a change of the text does to the front matter: unsigned, and one version on."""
        return {
            "version": old.version + 1,
            "status": "draft",
            "written_on": self.today,
            "review": Review(),
            "review_due": self.today + REVIEW_AFTER,
            "signed": None,
        }

    def _id(self, extracted: Extracted, source: Source) -> str:
        """A name no document in force has: the title, then with the publisher, then numbered."""
        here = {f.stem for f in (self.folder / "documents").glob("*.md")}
        taken = here | set(self._documents)
        name = slug(extracted.title)
        return name if name not in taken else free_name(source.id, taken)


def _origin(place: str, extracted: Extracted, source: Source, today: date) -> Origin:
    return Origin(
        url=extracted.url or source.url,
        read_from=place if is_address(place) else str(Path(place).resolve()),
        publisher=source.publisher,
        licence=source.licence,
        retrieved_on=today,
        sha256=extracted.sha256,
    )


def _read(place: str, hosts: Sequence[str]) -> Iterator[Extracted]:
    got = fetch(place, hosts)
    try:
        for extracted in reader_for(got.data, got.name)(got.data):
            public = got.url if got.url and got.url.startswith("https://") else None
            yield extracted if extracted.url else replace(extracted, url=public)
    except LamplightError:
        raise
    except Exception as error:
        raise UnreadableSource(f"it is damaged ({type(error).__name__})", place) from error


def _completed(extracted: Extracted, wanted: Wanted, place: str) -> Extracted:
    title = one_line(wanted.title or extracted.title)
    if not title.isprintable():
        raise UnreadableSource("its title is not text", place)
    if not title:
        raise UnreadableSource("it has no title: give --title", place)
    if broken := next(breaches(title), None):
        raise UnreadableSource(f"its title may not stand ({broken[1]}): give --title", place)
    return replace(
        extracted,
        title=title,
        url=wanted.url or extracted.url,
        publisher=wanted.publisher or extracted.publisher,
        topics=tuple(
            topic
            for topic in map(plain_line, wanted.topics or extracted.topics)
            if topic and next(breaches(topic), None) is None
        ),
    )


def _composed(extracted: Extracted, source: Source) -> Composed:
    composed = compose(extracted, source.id)
    if composed.words < FEWEST_WORDS:
        raise UnreadableSource(f"only {composed.words} words of it could be used")
    return composed


def _matches(extracted: Extracted, only: str) -> bool:
    return any(
        re.search(only, text, re.IGNORECASE) for text in (extracted.title, *extracted.topics)
    )
