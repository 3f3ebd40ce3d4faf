"""Which language a message is in, where that can be told."""

import unicodedata
from functools import lru_cache
from typing import Any

SURE = 0.55
"""Confidence at which a language is believed, given that English is improbable."""
ENGLISH_AT_MOST = 0.15
CODES = ("en", "es", "fr", "de", "pt", "it", "nl", "pl", "tr", "ru", "ar", "hi", "zh", "ja", "ko")
SERVED = ("en",)
"""The languages of the corpus: what is asked in another is answered by a script and the lines."""
UNKNOWN = "und"
"""ISO 639 for a language that is none of these."""


class Lingua:
    """The lingua detector over the languages that the floor and the scripts know."""

    def __init__(self) -> None:
        self._detector = _detector()

    def detect(self, text: str) -> str | None:
        """ISO 639-1 code of a text of any length, `und` for another script; None when unsure."""
        values = self._detector.compute_language_confidence_values(text[:300])
        scores = {v.language.iso_code_639_1.name.lower(): v.value for v in values}
        best: str | None = max(scores, key=lambda code: scores[code], default=None)
        if best is None or scores[best] == 0:
            return UNKNOWN if _foreign_letters(text) else None
        if scores[best] < SURE or (best != "en" and scores["en"] > ENGLISH_AT_MOST):
            return None
        return best


def _foreign_letters(text: str) -> bool:
    letters = [ch for ch in text[:300] if ch.isalpha()]
    foreign = sum(not unicodedata.name(ch, "").startswith("LATIN") for ch in letters)
    return foreign > len(letters) / 2


@lru_cache(maxsize=1)
def _detector() -> Any:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in CODES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()
