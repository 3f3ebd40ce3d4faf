"""What stands behind a page that is read in: its record in sources.yaml, where it may have one."""

import re
from collections.abc import Collection, Iterable, Sequence

from pydantic import ValidationError

from chatbot.curate.extracted import Extracted
from chatbot.errors import UnreadableSource
from chatbot.library.rules.sources import host_of, is_authority, page
from chatbot.library.sources import COPYABLE, Licence, Source

LICENCES: tuple[tuple[str, Licence], ...] = (
    (".gov", "us-public-domain"),
    ("nhs.uk", "ogl-uk-3"),
    ("gov.uk", "ogl-uk-3"),
    ("who.int", "cc-by-nc-sa-3.0-igo"),
)
"""Endings of hosts and the licence of what they publish; for any other host it has to be said."""
PRIVATE = ("medlineplus.gov/ency/", "medlineplus.gov/druginfo/")
"""Pages that a government shows and somebody else owns: facts and a link, no text."""
PUBLISHERS = {
    "nhs.uk": "NHS (England)",
    "medlineplus.gov": "MedlinePlus",
}
_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST = 60


class Sources:
    """The records in force, and those that are made for new pages.

    Parameters
    ----------
    records : every record that a document may cite already.
    hosts : hosts that may be cited beside the closed list.
    """

    def __init__(self, records: Iterable[Source], hosts: Sequence[str]):
        self._by_page = {page(s.url): s for s in records}
        self.hosts = tuple(hosts)

    def record(self, extracted: Extracted, licence: Licence | None) -> Source:
        """The record of a page, known or new.

        Raises
        ------
        UnreadableSource : the page has no address, is no authority's, or may not be carried over.
        """
        url = extracted.url
        if not url:
            raise UnreadableSource("it does not say where it is published: give --url")
        if not host_of(url):
            raise UnreadableSource(f"its address {url} is no address: give --url")
        if not is_authority(url, self.hosts):
            raise UnreadableSource(
                f"{host_of(url)} is not on the list of authorities nor in corpus.hosts"
            )
        known = self._by_page.get(page(url))
        licence = known.licence if known else licence or _licence_of(url)
        if licence is None:
            raise UnreadableSource("its licence is not known: give --licence")
        if licence not in COPYABLE:
            raise UnreadableSource(
                f"its licence ({licence}) does not let its text be carried over: write the facts "
                "in your own words, and cite it"
            )
        return known or self._made(extracted, url, licence)

    def _made(self, extracted: Extracted, url: str, licence: Licence) -> Source:
        host = host_of(url).removeprefix("www.")
        try:
            return Source(
                id=free_name(f"{host.split('.')[0]}-{extracted.title}", self.ids),
                publisher=PUBLISHERS.get(host) or extracted.publisher or host,
                title=extracted.title,
                url=url,
                licence=licence,
                accessed=None,
                publisher_reviewed=extracted.reviewed,
            )
        except ValidationError as error:
            why = error.errors()[0]["msg"].lower()
            raise UnreadableSource(f"its address {url} cannot be cited: {why}") from None

    @property
    def ids(self) -> frozenset[str]:
        """Every id that a document may cite."""
        return frozenset(s.id for s in self._by_page.values())

    def is_new(self, source: Source) -> bool:
        """Whether a record is in no file yet."""
        return page(source.url) not in self._by_page

    def keep(self, source: Source) -> None:
        """Count a record among those in force."""
        self._by_page[page(source.url)] = source


def _licence_of(url: str) -> Licence | None:
    host = host_of(url)
    if any(place in url for place in PRIVATE):
        return "link-only"
    return next((licence for ending, licence in LICENCES if host.endswith(ending)), None)


def slug(text: str) -> str:
    """A text as an id: small letters, digits and hyphens.

    >>> slug("Depression in adults (NHS)")
    'depression-in-adults-nhs'
    """
    return _SLUG.sub("-", text.lower()).strip("-")[:_LONGEST].strip("-") or "page"


def free_name(name: str, taken: Collection[str]) -> str:
    """A text as an id that is not taken, numbered where it has to be.

    >>> free_name("Sleep", {"sleep"})
    'sleep-2'
    """
    wanted, n = slug(name), 2
    found = wanted
    while found in taken:
        found, n = f"{wanted}-{n}", n + 1
    return found
