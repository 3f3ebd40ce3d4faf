"""Disguised copies of messages: the same words as people hide them or mistype them. Seeded.

Every disguise takes a text and a random generator and gives back the text disguised. They are made
from test messages only (`disguised`), never used in training, and know nothing of how
chatbot/guards undoes disguises.
"""

import random
from collections.abc import Callable, Sequence

SEED = 20261122

Disguise = Callable[[str, random.Random], str]

_LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7"}
_LOOK_ALIKES = {
    "a": "аα", "c": "сϲ", "e": "еε", "i": "іι", "k": "κ", "o": "оο", "p": "рρ", "x": "х", "y": "у",
}  # fmt: skip
_INVISIBLE = "\u200b\u200c\u200d\u2060\u00ad"
_EMOJI = "😭💀🥀😂💔🔥🙃✨"
_APOSTROPHES = "'’‘ʼ"
_NEIGHBOURS = {
    key: row[max(0, n - 1) : n] + row[n + 1 : n + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for n, key in enumerate(row)
}


def typos(text: str, rng: random.Random) -> str:
    """About one letter in twenty dropped, doubled, swapped or hit beside its key; one at least."""
    letters = list(text)
    places = [n for n, ch in enumerate(letters) if ch.isalpha()]
    for n in rng.sample(places, min(len(places), max(1, len(places) // 20))):
        kind = rng.randrange(4)
        ch = letters[n]
        if kind == 0:
            letters[n] = ""
        elif kind == 1:
            letters[n] = ch * 2
        elif kind == 2 and n + 1 < len(letters):
            letters[n], letters[n + 1] = letters[n + 1], letters[n]
        else:
            letters[n] = rng.choice(_NEIGHBOURS.get(ch.lower(), ch))
    return "".join(letters)


def leetspeak(text: str, rng: random.Random) -> str:
    """About half of the letters that have a digit or sign drawn like them."""
    return "".join(
        rng.choice(_LEET[ch.lower()]) if ch.lower() in _LEET and rng.random() < 0.5 else ch
        for ch in text
    )


def spacing(text: str, rng: random.Random) -> str:
    """About half of the words with their letters spaced or dotted apart; words two spaces apart."""
    return "  ".join(
        rng.choice(" .-").join(word) if len(word) > 2 and rng.random() < 0.5 else word
        for word in text.split()
    )


def zero_width(text: str, rng: random.Random) -> str:
    """An invisible character after about one letter in four."""
    return "".join(
        ch + (rng.choice(_INVISIBLE) if ch.isalpha() and rng.random() < 0.25 else "") for ch in text
    )


def look_alikes(text: str, rng: random.Random) -> str:
    """About half of the letters that Cyrillic or Greek has too."""
    return "".join(
        rng.choice(_LOOK_ALIKES[ch]) if ch in _LOOK_ALIKES and rng.random() < 0.5 else ch
        for ch in text
    )


def emoji_inside(text: str, rng: random.Random) -> str:
    """A picture inside about one word in three."""

    def word(plain: str) -> str:
        if len(plain) < 3 or rng.random() > 1 / 3:
            return plain
        n = rng.randrange(1, len(plain))
        return plain[:n] + rng.choice(_EMOJI) + plain[n:]

    return " ".join(map(word, text.split()))


def casing(text: str, rng: random.Random) -> str:
    """Each letter large or small by chance."""
    return "".join(ch.upper() if rng.random() < 0.5 else ch.lower() for ch in text)


def no_apostrophes(text: str, rng: random.Random) -> str:
    """Every apostrophe left out."""
    return "".join(ch for ch in text if ch not in _APOSTROPHES)


def curly_apostrophes(text: str, rng: random.Random) -> str:
    """Every apostrophe as one of its other characters."""
    return "".join(rng.choice("’‘ʼ`´") if ch in _APOSTROPHES else ch for ch in text)


def no_spaces(text: str, rng: random.Random) -> str:
    """Every space left out."""
    return "".join(text.split())


DISGUISES: tuple[Disguise, ...] = (
    typos, leetspeak, spacing, zero_width, look_alikes, emoji_inside, casing, no_apostrophes,
    curly_apostrophes, no_spaces,
)  # fmt: skip


def disguised(texts: Sequence[str], disguise: Disguise, seed: int = SEED) -> list[str]:
    """Every text in one disguise. The same seed gives the same disguise."""
    rng = random.Random(f"{seed} {disguise.__name__}")  # noqa: S311  no secret
    return [disguise(text, rng) for text in texts]
