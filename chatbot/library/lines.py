"""Crisis lines: the only copy of any phone number, as national dial strings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from chatbot.errors import CorpusError
from chatbot.library.yaml_file import read_records
from chatbot.schema import CrisisLine

LineKind = Literal[
    "suicide", "violence", "sexual_violence", "child", "elder", "poison", "eating_disorder"
]
"""What a line is for."""

ANYWHERE = "XX"
"""The pseudo-country whose lines serve everybody who has none of their own."""


class LineRecord(BaseModel):
    """One crisis line as it stands in crisis_lines.yaml.

    `checked_on` is null until somebody has compared the number with its provider; until then no
    person is shown it. `call` and `text` are dialled as written in the country itself, never
    rewritten to the international form: short codes do not survive it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=False)

    country: str
    country_name: str
    name: str
    call: str | None = None
    also_call: tuple[str, ...] = ()
    text: str | None = None
    url: str | None = None
    hours: str | None = None
    note: str | None = None
    emergency: str
    kinds: tuple[LineKind, ...] = ("suicide",)
    source: str
    checked_on: date | None


@dataclass(frozen=True)
class CrisisLines:
    """All lines, in file order: the first of a country is the one to show first."""

    records: tuple[LineRecord, ...]

    @property
    def countries(self) -> tuple[tuple[str, str], ...]:
        """(code, name) of every country with an entry, by name, the fallback last."""
        names = dict(
            sorted(((r.country, r.country_name) for r in self.records), key=lambda c: c[1])
        )
        names[ANYWHERE] = names.pop(ANYWHERE)
        return tuple(names.items())

    def for_country(self, code: str | None, kind: LineKind = "suicide") -> tuple[CrisisLine, ...]:
        """Lines of a country for a kind of danger, then those for any crisis, then the directory.

        Lines of another kind are left out; where a country has none, the directory stands alone.
        """
        wanted = (code or ANYWHERE).upper()
        own = [r for r in self.records if r.country == wanted and wanted != ANYWHERE]
        fitting = [r for r in own if kind in r.kinds]
        general = [r for r in own if "suicide" in r.kinds and r not in fitting]
        anywhere = [r for r in self.records if r.country == ANYWHERE]
        return tuple(_shown([*fitting, *general, *anywhere]))

    def emergency(self, code: str | None) -> str:
        """The emergency number of a country as it is written, or the general advice."""
        wanted = (code or ANYWHERE).upper()
        by_country = {r.country: r.emergency for r in reversed(self.records)}
        return by_country.get(wanted, by_country[ANYWHERE])


def _shown(records: Iterable[LineRecord]) -> Iterable[CrisisLine]:
    for r in records:
        if r.checked_on and (r.call or r.text or r.url):
            yield CrisisLine(
                country=r.country,
                name=r.name,
                call=r.call,
                also_call=r.also_call,
                text=r.text,
                url=r.url,
                hours=r.hours,
                note=r.note,
                emergency=r.emergency,
            )


def read_lines(file: Path, *, complete: bool = True) -> CrisisLines:
    """`crisis_lines.yaml`. Raises CorpusError, also where a complete file lacks the fallback."""
    records = tuple(record for _, record in read_records(file, LineRecord))
    if complete and not any(r.country == ANYWHERE for r in records):
        raise CorpusError(f"No fallback entry: one line must have country {ANYWHERE}.", file)
    return CrisisLines(records)


def shadowed(lines: CrisisLines, others: CrisisLines) -> CrisisLines:
    """`lines`, then those of `others` that have no namesake in the same country among them."""
    named = {(r.country, r.name.casefold()) for r in lines.records}
    rest = (r for r in others.records if (r.country, r.name.casefold()) not in named)
    return CrisisLines((*lines.records, *rest))
