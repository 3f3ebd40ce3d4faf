"""Sources: one record for each outside authority's page that the corpus rests on."""

from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, field_validator

from chatbot.errors import CorpusError
from chatbot.library.yaml_file import read_records

Licence = Literal[
    "us-public-domain",  # a work of the US federal government
    "ogl-uk-3",  # Open Government Licence v3.0 (NHS website and other UK bodies)
    "cc-by-4.0",
    "cc-by-nc-sa-3.0-igo",  # WHO: facts only, no text carried over
    "link-only",  # all rights reserved: facts and a link, no text
    "deployer",  # the text of whoever runs this Lamplight, in a folder of theirs
]
COPYABLE: tuple[Licence, ...] = ("us-public-domain", "ogl-uk-3", "cc-by-4.0", "deployer")
"""Licences under which a page's own sentences may stand in a corpus."""


class Source(BaseModel):
    """An authority's page. `accessed` is the day somebody opened it; null says nobody yet has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    publisher: str
    title: str
    url: str
    licence: Licence
    accessed: date | None = None
    publisher_reviewed: date | None = None
    note: str | None = None

    @field_validator("url")
    @classmethod
    def _is_a_page(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise ValueError("must be an https:// address")
        return url


def read_sources(file: Path) -> dict[str, Source]:
    """`sources.yaml` by id. Raises CorpusError."""
    sources: dict[str, Source] = {}
    for line, source in read_records(file, Source):
        if source.id in sources:
            raise CorpusError(f"Source id {source.id!r} is used twice.", file, line)
        sources[source.id] = source
    return sources
