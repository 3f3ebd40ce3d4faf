"""What a disguised message says, as the meaning check can read it: whole words with spaces.

The floor reads views that are folded and squeezed for patterns. A sentence encoder needs words as
they are spelt. So here the same disguises are undone the other way: look-alikes, digits for
letters, pictures and signs inside words, letters spaced apart, and words run together.
"""

import math
import re
from collections.abc import Iterable

from chatbot.guards.normalise import (
    LOOK_ALIKES,
    fold,
    join_spaced,
    mend,
    no_pictures,
    squeeze_runs,
    unleet,
    words,
)

COMMON = (
    "i", "im", "a", "to", "the", "dont", "cant", "wont", "ive", "ill", "didnt", "isnt", "wasnt",
    "doesnt", "couldnt", "wouldnt", "shouldnt", "havent", "hasnt", "arent", "youre", "theyre",
    "hes", "shes", "thats", "whats", "wanna", "gonna", "gotta", "anymore", "kms",
)  # fmt: skip
"""Words as people type them, which a tokenizer's vocabulary lacks or ranks low."""
LONGEST_WORD = 15
"""Letters; a longer run that no vocabulary holds is taken for words without spaces. A shorter one
is where a word that matters comes out."""
_MIXED = re.compile(r"[a-z]")
_SIGN_IN_WORD = re.compile(r"(?<=[^\W\d_])[*•·~^=|¦]{1,2}(?=[^\W\d_])")
_RUN = re.compile(r"[a-z]{8,}")
_NUMBERED = re.compile(r"[0-9]+(?:am|pm|st|nd|rd|th|s|k|m|h|hrs?|mg|x|v[0-9]*|[+%])?")
MATTER = frozenset(
    ("kill", "killing", "die", "dying", "suicide", "suicidal", "overdose", "myself", "life", "hurt",
     "cut", "dead", "tonight", "goodbye")
)  # fmt: skip
"""Mended words that make a message worth a second reading."""


class Segmenter:
    """Parts words that were run together, by the most probable way to spell them.

    Parameters
    ----------
    vocabulary : whole words, the commonest first. By Zipf's law the rank stands for the frequency.

    >>> Segmenter("i want to die die want a".split())("iwanttodie")
    'i want to die'
    """

    def __init__(self, vocabulary: Iterable[str]):
        known = dict.fromkeys((*COMMON, *vocabulary))
        ranked = [w for w in known if w.isascii() and w.isalpha() and (len(w) > 1 or w in "ai")]
        spread = math.log(len(ranked) + 1)
        self._cost = {w: math.log((n + 1) * spread) for n, w in reversed(list(enumerate(ranked)))}
        self._unknown = 2 * math.log((len(ranked) + 1) * spread)
        self._most = max(map(len, self._cost), default=1)

    def knows(self, word: str) -> bool:
        """Whether the vocabulary has a word."""
        return word in self._cost

    def __call__(self, run: str) -> str:
        if run in self._cost:
            return run
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(run) + 1):
            starts = range(max(0, end - self._most), end)
            best.append(min((best[a][0] + self._cost_of(run[a:end]), a) for a in starts))
        parts, end = [], len(run)
        while end:
            start = best[end][1]
            parts.append(run[start:end])
            end = start
        return " ".join(reversed(parts))

    def _cost_of(self, word: str) -> float:
        return self._cost.get(word, self._unknown * len(word))


def undisguised(text: str, segment: Segmenter) -> str | None:
    """The message without its disguise, lower-case and unpunctuated; None where it wears none.

    >>> undisguised("I w4nt to d*i*e", Segmenter(["to"]))
    'i want to die'
    >>> undisguised("I want to sleep well-rested at 10!", Segmenter(["to"])) is None
    True
    """
    plain = squeeze_runs(words(no_pictures(fold(text), " ")))
    read = no_pictures(fold(text), "")
    if _MIXED.search(read):
        read = read.translate(LOOK_ALIKES)
    read = _unleeted(_SIGN_IN_WORD.sub("", read), segment)
    read = squeeze_runs(words(join_spaced(read)))
    read = _RUN.sub(lambda m: _parted(m.group(), segment), read)
    mended = mend(read)
    if read != plain or MATTER & set(mended.split()) - set(plain.split()):
        return mended
    return None


def _parted(run: str, segment: Segmenter) -> str:
    """Words run together, parted; a long word that is merely unknown stays."""
    parted = segment(run)
    return parted if len(run) > LONGEST_WORD or MATTER & set(parted.split()) else run


def _unleeted(text: str, segment: Segmenter) -> str:
    """Digits and signs for letters undone where that makes words: "k1ll", but not "3am".

    Short ones ("t0", "m3") only in a text that has a longer one: alone they may be anything.
    """
    pairs = [(word, _unleet(word, segment)) for word in text.split(" ")]
    bold = any(words(word) != words(read) and len(read) > 3 for word, read in pairs)
    return " ".join(read if bold or len(read) > 3 else word for word, read in pairs)


def _unleet(word: str, segment: Segmenter) -> str:
    if _NUMBERED.fullmatch(words(word)):
        return word
    for one in ("1", "l"):
        read = words(unleet(word.replace("1", one)))
        if segment.knows(read) or len(read) > LONGEST_WORD or read in MATTER:
            return read
    return word
