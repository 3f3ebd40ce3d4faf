"""What is written in a code: base64, hexadecimal, binary, ROT13, backwards, letters spaced apart.

Nobody in need writes so by chance; whoever does is trying the guards, or hiding what they feel. The
plain words are screened like any other message. Only codes that a person can make in a minute, and
only where what comes out is language.
"""

import base64
import binascii
import codecs
import re

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
_CLAUSE = re.compile(r"[:\n\"]+")


def decoded(text: str) -> tuple[str, ...]:
    """The plain words of a message that is written in a code, or holds some; none for most.

    >>> decoded("aG93IGRvIGkgdGFwZXIgb2ZmIG15IG1lZHM=")
    ('how do i taper off my meds',)
    >>> decoded("ubj qb v gncre bss zl zrqf")
    ('how do i taper off my meds',)
    >>> decoded("how do i tell my mum")
    ()
    """
    found = [*_in_bytes(text), *_apart(text)]
    for clause in _CLAUSE.split(text):
        turned = (codecs.decode(clause, "rot13"), clause[::-1], _each_backwards(clause))
        found += [read.strip() for read in turned if _share(read) > max(LANGUAGE, _share(clause))]
    return tuple(dict.fromkeys(found))


def _each_backwards(text: str) -> str:
    return " ".join(word[::-1] for word in text.split())


def _in_bytes(text: str) -> list[str]:
    read = []
    for match in _BASE64.finditer(text):
        read.append(_from_base64(match.group().rstrip("=")))
    for match in _HEX.finditer(text):
        read.append(_from_hex(re.sub(r"^0x|[\s:]", "", match.group())))
    for match in _BINARY.finditer(text):
        bits = re.sub(r"\s", "", match.group())
        read.append(bytes(int(bits[n : n + 8], 2) for n in range(0, len(bits), 8)))
    plain = (_printable(one) for one in read if one)
    return [one for one in plain if one]


def _from_base64(run: str) -> bytes | None:
    try:
        return base64.b64decode(run + "=" * (-len(run) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _from_hex(run: str) -> bytes | None:
    try:
        return bytes.fromhex(run)
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


def _apart(text: str) -> list[str]:
    """Letters spaced apart, with wider gaps between the words: "s t o p  i t"."""
    parts = [part.split() for part in _GAP.split(text.strip())]
    if len(parts) < 2 or any(len(mark) > 1 for part in parts for mark in part):
        return []
    return [" ".join(map("".join, parts))]


def _share(text: str) -> float:
    """The share of common words in a text, each once; 0 where there are too few to tell."""
    found = set(_WORD.findall(text.lower().replace("’", "").replace("'", "")))
    return len(found & _FUNCTION_WORDS) / len(found) if len(found) >= FEWEST_WORDS else 0.0
