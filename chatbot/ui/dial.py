"""Turns the numbers people read into links their phone can use: `tel:` and `sms:`.

National dial strings stay as they are written: digits, `*`, `#` and a leading `+` are kept, and
nothing is ever rewritten to the international form, because short codes do not survive it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

_OR = re.compile(r"\s+(?:or|/)\s+", re.IGNORECASE)
_NUMBER = re.compile(r"(\+?[\d*#][\d\s.*#-]*?)\s*(?:\([^()]*\))?")
_KEYWORD = re.compile(r"(.+?)\s+to\s+(\+?[\d*#][\d\s.*#-]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Dial:
    """A number as it is shown, and the link that uses it; no link where it is prose."""

    shown: str
    href: str | None = None


def calls(written: str | None) -> tuple[Dial, ...]:
    """Each number in a written one, with its `tel:` link; prose stays prose.

    >>> [d.href for d in calls("112 (mobile) or 10177")]
    ['tel:112', 'tel:10177']
    >>> calls("your local emergency number (112 in the EU)")
    (Dial(shown='your local emergency number (112 in the EU)', href=None),)
    """
    return _dials(written, lambda part: _number("tel", part))


def texts(written: str | None) -> tuple[Dial, ...]:
    """Each number to text, with its `sms:` link and the keyword to send, where there is one.

    >>> texts("HOME to 741741")
    (Dial(shown='HOME to 741741', href='sms:741741?&body=HOME'),)
    """
    return _dials(written, lambda part: _keyword(part) or _number("sms", part))


def _dials(written: str | None, link: Callable[[str], str | None]) -> tuple[Dial, ...]:
    if not written or not written.strip():
        return ()
    parts = [part.strip() for part in _OR.split(written.strip())]
    links = [link(part) for part in parts]
    if not all(links):  # half a sentence with half a link would mislead
        return (Dial(written.strip()),)
    return tuple(Dial(part, href) for part, href in zip(parts, links, strict=True))


def _number(scheme: str, part: str) -> str | None:
    found = _NUMBER.fullmatch(part)
    return f"{scheme}:{_keys(found[1])}" if found else None


def _keyword(part: str) -> str | None:
    found = _KEYWORD.fullmatch(part)
    return f"sms:{_keys(found[2])}?&body={quote(found[1].strip())}" if found else None


def _keys(number: str) -> str:
    """What a keypad can send; `#` is escaped, since in a link it would start a fragment."""
    return re.sub(r"[^\d*#+]", "", number).replace("#", "%23")
