"""Where help is, for each country, as the page shows it: emergency number first, then lines.

Works without the rest of the program: the help panel must open when nothing else does.
"""

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chatbot.errors import CorpusError
from chatbot.library.lines import ANYWHERE, CrisisLines, read_lines
from chatbot.schema import CrisisLine
from chatbot.settings import Settings

if TYPE_CHECKING:
    from chatbot.pipeline import Chatbot

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """A country's help. `own` are its own lines, `elsewhere` the directory for all others."""

    code: str
    name: str
    emergency: str
    own: tuple[CrisisLine, ...]
    elsewhere: tuple[CrisisLine, ...]

    @property
    def lines(self) -> tuple[CrisisLine, ...]:
        return self.own + self.elsewhere

    def with_lines(self, lines: tuple[CrisisLine, ...], emergency: str | None) -> "Place":
        """This place with the lines that a reply chose, which may suit its kind of crisis."""
        return replace(
            self,
            own=tuple(line for line in lines if line.country != ANYWHERE),
            elsewhere=tuple(line for line in lines if line.country == ANYWHERE),
            emergency=emergency or self.emergency,
        )


NOWHERE = Place(ANYWHERE, "your country", "your local emergency number", (), ())


def lines_now(chatbot: "Chatbot | None", settings: Settings) -> CrisisLines | None:
    """The crisis lines in force; straight from their file when there is no chatbot.

    None when that file is broken too: then the page sends people to their emergency number.
    """
    if chatbot is not None:
        return chatbot.library.lines
    try:
        return read_lines(settings.corpus.folder / "crisis_lines.yaml")
    except CorpusError as error:
        log.error("No crisis lines can be shown: %s", error)
        return None


def places(lines: CrisisLines | None) -> tuple[Place, ...]:
    """Every country that has an entry, the fallback last."""
    return () if lines is None else tuple(place(lines, code) for code, _ in lines.countries)


def place(lines: CrisisLines | None, code: str | None) -> Place:
    """One country's help, or the fallback's where the country has no entry."""
    if lines is None:
        return NOWHERE
    names = dict(lines.countries)
    known = code.upper() if code and code.upper() in names else ANYWHERE
    found = lines.for_country(known)
    return Place(
        code=known,
        name=names[known],
        emergency=lines.emergency(known),
        own=tuple(line for line in found if line.country != ANYWHERE),
        elsewhere=tuple(line for line in found if line.country == ANYWHERE),
    )


def known_country(lines: CrisisLines | None, code: str | None) -> str | None:
    """The code when there is an entry for it: what the page sends is not to be trusted."""
    return place(lines, code).code if lines is not None and code else None
