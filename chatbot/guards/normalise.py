"""Undisguises text: the same words, however they were typed.

People in distress mistype, and people who hide misspell on purpose. Each disguise is undone in
one place, into a few *views* of the message; a phrase that matches any view counts. Views hold
only lower-case letters, digits and single spaces, with apostrophes gone and every run of a letter
squeezed to one ("kiiill" and "kill" are both "kil"), so patterns are squeezed the same way.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

from chatbot.guards.decode import decoded

LOOK_ALIKES = str.maketrans(
    # Cyrillic, Greek and other letters that are drawn like Latin ones
    "авсԁеғɡһіјкӏмпорԛгѕтцνѵшхуʏᴢзαβγδεζηικλμνορτυχωɑıłøđħŧßʀᴀᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘꜱᴛᴜᴠᴡ",
    "abcdefghijklmnopqrstuvvwxyyzeabydeznikluvoptuxwailodhtsracdeghijklmnopstuvw",
)
BOXED = str.maketrans(
    # squared, circled and flag letters, which compatibility forms leave alone
    {
        first + n: chr(ord("a") + n)
        for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
        for n in range(26)
    }
)
LEET = str.maketrans("01345789@$!|€+(£", "oieastbgasiiet" + "cl")
_LEET_SIGNS = "0134578@$!|€+"

APOSTROPHES = re.compile("['’‘‛ʼ＇`´ʹ′]")
_INDIC = "\u0900-\u0dff\u0e00-\u0e7f"
"""Devanagari to Sinhala, and Thai: their vowel signs are marks, and part of the word."""
_NOT_WORD = re.compile(rf"[^\w{_INDIC}]+")
_INDIC_MARK = re.compile(f"[{_INDIC}]")
_ARABIC_POINTS = re.compile("[\u0640\u064b-\u0655\u0670]")
_REPEATS = re.compile(r"([^\W\d_])\1+")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_](?:[\s._\-*·•,/\\|~+]{1,3})){2,}[^\W_](?![^\W_])")
_IN_WORD = re.compile(r"(?<=[^\W\d_])[._\-*·•~^=/\\|]{1,2}(?=[^\W\d_])")
_LEET_WORD = re.compile(r"(?=\S*[^\W\d_])[\w@$!|€+()£]+")

TYPOS = {
    # the words people mistype when it matters, to what they meant
    "kil": "kill", "kll": "kill", "klil": "kill", "kiil": "kill", "killl": "kill", "kille": "kill",
    "killin": "killing", "kiling": "killing", "killign": "killing", "kils": "kills",
    "dieing": "dying", "dyin": "dying", "dei": "die", "diee": "die",
    "wnat": "want", "watn": "want", "wan": "want", "wanr": "want", "wantt": "want", "wnt": "want",
    "wana": "wanna", "wanan": "wanna", "wannna": "wanna", "gona": "gonna", "gunna": "gonna",
    "ot": "to", "tto": "to", "too": "to", "2": "to",
    "mysef": "myself", "myslef": "myself", "mysel": "myself", "mself": "myself",
    "miself": "myself", "meself": "myself", "mysekf": "myself", "myselve": "myself",
    "lief": "life", "lfe": "life", "lif": "life", "liffe": "life",
    "sucide": "suicide", "suicde": "suicide", "suiside": "suicide", "sewerslide": "suicide",
    "sewercide": "suicide", "sooicide": "suicide", "sucidal": "suicidal",
    "unaliving": "unalive", "unalived": "unalive",
    "hert": "hurt", "hrut": "hurt", "hurtt": "hurt",
    "anymoer": "anymore", "nomore": "no more", "cant": "cant", "dont": "dont", "dnt": "dont",
    "ovrdose": "overdose", "overdoes": "overdose", "od": "overdose",
    "u": "you", "ur": "your", "im": "im", "iam": "i am", "i'm": "im", "rn": "right now",
    "tn": "tonight", "2nite": "tonight", "tonite": "tonight",
    "endin": "ending", "edn": "end",
}  # fmt: skip
LONG_WORDS = (
    "suicide", "suicidal", "overdose", "overdosing", "myself", "killing", "anymore",
    "goodbye", "tonight", "strangling", "hurting", "existing",
)  # fmt: skip
"""Words long and rare enough to be mended by edit distance."""
_NEAR = """
itself himself thyself oneself yourself bills hills kills tills wills milling killings filling
billing willing chilling drilling spilling tilling skilling exiting existing hunting hurling
hurtling burning turning goodbyes midnight tonights moonlight overdone overuse anyone amore tight
hitting hosting heating hiring harding hugging haunting humming herring hating hurrying kissing
kicking kidding killings struggling editing exciting existent overcome overcoming straggling
overdosed suicides bidding ridding heavens halting hooting hustling keeping kneeling killers
"""
KNOWN = frozenset(_NEAR.split())
"""Words that are close to a long word and are not it."""


def squeeze(text: str) -> str:
    """Runs of a letter become one letter: "kiiilll" → "kil"."""
    return _REPEATS.sub(r"\1", text)


def fold(text: str) -> str:
    """Compatibility forms, case, invisible and combining marks undone; scripts stay."""
    text = unicodedata.normalize("NFKC", text.translate(BOXED)).casefold()
    kept = []
    for ch in unicodedata.normalize("NFD", text):
        category = unicodedata.category(ch)
        if category == "Mn" and "\u0300" <= ch <= "\u036f":
            continue  # accents on Latin letters; marks of other scripts are letters there
        if _ARABIC_POINTS.match(ch):
            continue  # vowel points and stretched letters, which most people leave out
        if category == "Mc" and _INDIC_MARK.match(ch):
            kept.append(ch)
            continue
        if category in ("Cf", "Cc", "Co", "Cn", "Mc") and ch not in "\n\t":
            continue
        if "\ufe00" <= ch <= "\ufe0f" or "\U000e0000" <= ch <= "\U000e01ef":
            continue  # variation selectors and tag characters
        kept.append(ch)
    return APOSTROPHES.sub("", unicodedata.normalize("NFC", "".join(kept)))


def words(text: str) -> str:
    """Everything but letters and digits becomes one space."""
    return _NOT_WORD.sub(" ", text.replace("_", " ")).strip()


def no_pictures(text: str, instead: str) -> str:
    """Emoji and other pictures become `instead`."""
    return "".join(instead if unicodedata.category(ch) in ("So", "Sk") else ch for ch in text)


def unleet(text: str) -> str:
    """Digits and signs that stand for letters, in words that have a letter: "k1ll" → "kill"."""
    return _LEET_WORD.sub(_leet_word, text)


def _leet_word(match: re.Match[str]) -> str:
    word = match.group()
    if not any(sign in word for sign in _LEET_SIGNS):
        return word
    stripped = word.rstrip("!")  # an exclamation at the end is one
    return stripped.translate(LEET)


@lru_cache(maxsize=4096)
def _mend(word: str) -> str:
    if word in TYPOS:
        return TYPOS[word]
    if len(word) < 5 or word in KNOWN:
        return word
    near = []
    for known in LONG_WORDS:
        reach = 1 if len(known) < 7 else 2
        if abs(len(known) - len(word)) <= reach and word[0] == known[0]:
            away = OSA.distance(word, known, score_cutoff=reach)
            if away <= reach:
                near.append((away, known))
    return min(near)[1] if near else word


def mend(text: str) -> str:
    """Common typos of the words that matter, word by word."""
    return " ".join(_mend(w) for w in text.split())


def join_spaced(text: str) -> str:
    """Letters typed with spaces or signs between them become a word: "d i e" → "die"."""
    return _SPACED.sub(lambda m: " " + re.sub(r"[^\w]|_", "", m.group()) + " ", text)


def views(text: str) -> tuple[str, ...]:
    """The message as patterns read it: distinct readings, each lower-case and squeezed.

    >>> views("K1LL   my\u200bself")[-1]
    'kil myself'
    """
    return tuple(dict.fromkeys(v for read in (text, *decoded(text)) for v in _views_of(read)))


def _views_of(text: str) -> list[str]:
    folded = fold(text)
    plain = folded.translate(LOOK_ALIKES)
    unleeted = unleet(no_pictures(plain, ""))
    readings: Iterable[str] = (
        no_pictures(folded, " "),
        no_pictures(plain, " "),
        unleeted,
        _IN_WORD.sub("", unleeted),
        join_spaced(unleeted),
        join_spaced(unleet(no_pictures(plain, " "))),
    )
    found = []
    for reading in readings:
        base = words(reading)
        found += [squeeze(base), squeeze(mend(squeeze_runs(base)))]
    return found


def squeeze_runs(text: str) -> str:
    """Runs of three or more of a letter become one: what no spelling has ("kiiill")."""
    return re.sub(r"([^\W\d_])\1{2,}", r"\1", text)


def solid(view: str) -> tuple[str, ...]:
    """The long words of a view: where a phrase typed without spaces may hide."""
    return tuple(w for w in view.split() if len(w) >= 8)
