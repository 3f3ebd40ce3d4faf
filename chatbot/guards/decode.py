"""What is written in a code: base64, hexadecimal, binary, ROT13, backwards, letters spaced apart.

Nobody in need writes so by chance; whoever does is trying the guards, or hiding what they feel. The
plain words are screened like any other message. Only codes that a person can make in a minute, and
only where what comes out is language.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Callable

_BASE64 = re.compile(r"(?<![\w+/=])[A-Za-z0-9+/]{16,}={0,2}(?![\w+/=])")
_HEX = re.compile(r"(?<!\w)(?:0x)?(?:[0-9a-fA-F]{2}[\s:]?){8,}(?!\w)")
_BINARY = re.compile(r"(?<!\w)(?:[01]{8}\s?){4,}(?!\w)")
_GAP = re.compile(r"\s{2,}")
_WORD = re.compile(r"[a-z]+")
_COMMON = """
a about all am and any are as at be but by can could did do does dont for from get give go had has
have he her him his how i if im in into is it its just keep let like make me more most my myself
no not of off on one or our out say she should so some stop take tell that the their them then
they this to too up us want was way what when where which who why will with without would you your
"""
_FUNCTION_WORDS = frozenset(_COMMON.split())
LANGUAGE = 0.45
"""Share of a question's words that are among the commonest; one in code has hardly any."""
FEWEST_WORDS = 3
_CLAUSE = re.compile(r"[^:\n\"]+")


def decoded(text: str) -> tuple[str, ...]:
    """The message with what is written in a code put in plain words; none for most messages.

    Each reading keeps the rest of the message: a code beside it hides nothing.

    >>> decoded("do it: aG93IGRvIGkgdGFwZXIgb2ZmIG15IG1lZHM=")
    ('do it: how do i taper off my meds',)
    >>> decoded("ubj qb v gncre bss zl zrqf")
    ('how do i taper off my meds',)
    >>> decoded("how do i tell my mum")
    ()
    """
    read = (_in_bytes(text), _apart(text), *(_turned(text, turn) for turn in _TURNS))
    return tuple(dict.fromkeys(one for one in read if one != text))


def _each_backwards(text: str) -> str:
    return " ".join(word[::-1] for word in text.split())


_TURNS: tuple[Callable[[str], str], ...] = (
    lambda clause: codecs.decode(clause, "rot13"),
    lambda clause: clause[::-1],
    _each_backwards,
)


def _turned(text: str, turn: Callable[[str], str]) -> str:
    """The clauses that are language once they are turned, turned."""

    def plain(match: re.Match[str]) -> str:
        clause = match.group()
        turned = turn(clause.strip())
        better = _share(turned) > max(LANGUAGE, _share(clause))
        return clause.replace(clause.strip(), turned) if better else clause

    return _CLAUSE.sub(plain, text)


def _in_bytes(text: str) -> str:
    text = _BINARY.sub(lambda m: _plain(m.group(), _from_binary), text)
    text = _HEX.sub(lambda m: _plain(m.group(), _from_hex), text)
    return _BASE64.sub(lambda m: _plain(m.group(), _from_base64), text)


def _plain(code: str, read: Callable[[str], bytes | None]) -> str:
    return _printable(read(code) or b"") or code


def _from_binary(run: str) -> bytes:
    bits = re.sub(r"\s", "", run)
    return bytes(int(bits[n : n + 8], 2) for n in range(0, len(bits), 8))


def _from_base64(run: str) -> bytes | None:
    try:
        run = run.rstrip("=")
        return base64.b64decode(run + "=" * (-len(run) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _from_hex(run: str) -> bytes | None:
    try:
        return bytes.fromhex(re.sub(r"^0x|[\s:]", "", run))
    except ValueError:
        return None


def _printable(read: bytes) -> str | None:
    """The bytes as text, where they are: letters and spaces for the most part."""
    try:
        text = read.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not text.isprintable() and not text.replace("\n", " ").isprintable():
        return None
    return text if sum(ch.isalpha() or ch.isspace() for ch in text) >= 0.8 * len(text) else None


def _apart(text: str) -> str:
    """Letters spaced apart, with wider gaps between the words: "s t o p  i t"."""
    parts = [part.split() for part in _GAP.split(text.strip())]
    if len(parts) < 2 or any(len(mark) > 1 for part in parts for mark in part):
        return text
    return " ".join(map("".join, parts))


def _share(text: str) -> float:
    """The share of common words in a text, each once; 0 where there are too few to tell."""
    found = set(_WORD.findall(text.lower().replace("’", "").replace("'", "")))
    return len(found & _FUNCTION_WORDS) / len(found) if len(found) >= FEWEST_WORDS else 0.0
