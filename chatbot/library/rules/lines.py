"""Crisis lines: checked lately, dialled as written, no country without a way to a person."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from chatbot.library.lines import ANYWHERE, LineRecord
from chatbot.library.problems import Problem, Severity

STALE_DAYS, EXPIRED_DAYS = 180, 365
"""Past the first a number is doubtful, past the second it must not be shown (facts README)."""

_DIALLED = re.compile(r"[0-9*#][0-9*# ()-]*")
_TEXTED = re.compile(rf"(?:[^\W\d_]+ to )?{_DIALLED.pattern}")
_COUNTRY = re.compile(r"[A-Z]{2}")


def problems(
    file: Path, lines: Sequence[tuple[int, LineRecord]], today: date, *, complete: bool = True
) -> Iterator[Problem]:
    """Breaches among the crisis lines, each at the line where its record begins.

    A file that is not `complete` stands beside another, which has the fallback.
    """
    seen: dict[tuple[str, str], int] = {}
    names: dict[str, str] = {}
    for at, line in lines:
        yield from (
            Problem(file, at, rule, what, mend)
            for rule, what, mend in (*_dial_strings(line), *_ways(line), *_addresses(line))
        )
        yield from _age(file, at, line, today)
        key = (line.country, line.name.casefold())
        if seen.setdefault(key, at) != at:
            what = f"{line.name} ({line.country}) is listed twice, first on line {seen[key]}."
            yield Problem(file, at, "line twice", what, "Keep the record that was checked last.")
        if names.setdefault(line.country, line.country_name) != line.country_name:
            what = f"{line.country} is called {line.country_name!r} and {names[line.country]!r}."
            yield Problem(file, at, "country", what, "Use one name for one code.")
    if complete and lines and not any(line.country == ANYWHERE for _, line in lines):
        what = f"No record has country {ANYWHERE}, which serves every country without its own."
        yield Problem(file, None, "fallback", what, "Put the directory of lines back.")
    if complete and lines and not any(line.call or line.text for _, line in lines):
        what = "No crisis line has a number to call or text."
        yield Problem(file, None, "no number", what, "Add lines from their providers.")


Breach = tuple[str, str, str]
"""The rule's name, what is wrong, how to mend it."""


def _dial_strings(line: LineRecord) -> Iterator[Breach]:
    mend = (
        "Write it as people in the country dial it: digits, spaces and hyphens, no letters, no "
        "leading +; short codes do not survive the international form."
    )
    for number in filter(None, (line.call, *line.also_call)):
        if not _DIALLED.fullmatch(number):
            yield "dial string", f"{line.name}: {number!r} cannot be dialled as it is.", mend
    if line.text and not _TEXTED.fullmatch(line.text):
        what = f"{line.name}: {line.text!r} cannot be texted as it is."
        yield "dial string", what, f"{mend} A keyword goes before it, as in `WORD to 12345`."


def _ways(line: LineRecord) -> Iterator[Breach]:
    if not _COUNTRY.fullmatch(line.country):
        what = f"{line.country!r} is not a country code."
        yield "country", what, f"Use two capitals (ISO 3166), or {ANYWHERE} for everywhere else."
    if not re.search(r"\d{2}", line.emergency):
        what = f"{line.name}: `emergency` has no number."
        yield "emergency", what, "Write the emergency number of the country."
    if line.country == ANYWHERE and not line.url:
        what = f"{line.name} serves every other country and has no page."
        yield "fallback", what, "Give the address of a directory of lines."
    elif not (line.call or line.text or line.url or line.note):
        what = f"{line.name} gives no way to reach it, and no note says why."
        yield "no way", what, "Give a number or a page, or say in `note` what is known."


def _addresses(line: LineRecord) -> Iterator[Breach]:
    for key, url in (("url", line.url), ("source", line.source)):
        if url is not None and not re.fullmatch(r"https://[\w.-]+\.\w+(?:[/?#]\S*)?", url):
            what = f"{line.name}: `{key}` is not a page: {url!r}."
            yield "address", what, "Write an https:// address."


def _age(file: Path, at: int, line: LineRecord, today: date) -> Iterator[Problem]:
    if line.checked_on is None:
        what = f"{line.name} was never compared with its provider: nobody is shown it."
        mend = "Compare it with the provider's page, then set `checked_on`."
        yield Problem(file, at, "never checked", what, mend, "warning")
        return
    days = (today - line.checked_on).days
    if days < 0:
        what = f"{line.name}: `checked_on` is {line.checked_on}, which is in the future."
        yield Problem(file, at, "checked on", what, "Write the day of the check.")
    elif days > STALE_DAYS:
        severity: Severity = "error" if days > EXPIRED_DAYS else "warning"
        what = f"{line.name} was last checked {days} days ago, on {line.checked_on}."
        mend = "Compare it with the provider's page, then set `checked_on`."
        yield Problem(file, at, "checked on", what, mend, severity)
