"""Slips of the finger, for training: the same message as a tired person types it."""

import random
import re

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {
    ch: row[max(0, n - 1) : n] + row[n + 1 : n + 2] for row in _ROWS for n, ch in enumerate(row)
}
_MARKS = re.compile(r"[^\w\s]")
SLIPS = 0.02
"""Share of the letters that go wrong; at least one does."""


def misspelt(text: str, chance: random.Random) -> str:
    """A message with a few letters wrong, and now and then without capitals and marks."""
    style = chance.random()
    if style < 0.3:
        text = _MARKS.sub("", text.lower())
    elif style < 0.4:
        text = text.replace("'", "")
    letters = list(text)
    for _ in range(max(1, round(SLIPS * len(letters)))):
        at = chance.randrange(len(letters)) if letters else 0
        if letters and letters[at].isalpha():
            _slip(letters, at, chance.random(), chance)
    return "".join(letters)


def _slip(letters: list[str], at: int, kind: float, chance: random.Random) -> None:
    ch = letters[at]
    if kind < 0.35:
        letters[at] = ""
    elif kind < 0.6 and at + 1 < len(letters):
        letters[at], letters[at + 1] = letters[at + 1], ch
    elif kind < 0.8:
        letters[at] = ch * 2
    else:
        letters[at] = chance.choice(_BESIDE.get(ch.lower(), ch))
