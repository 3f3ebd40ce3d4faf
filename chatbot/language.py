"""Which language a message is in. Unsure means English: the floor reads every language anyway."""

from functools import lru_cache
from typing import Any

SURE = 0.55
"""Confidence at which another language is believed, given that English is improbable."""
ENGLISH_AT_MOST = 0.15
CODES = ("en", "es", "fr", "de", "pt", "it", "nl", "pl", "tr", "ru", "ar", "hi", "zh", "ja", "ko")


class Lingua:
    """The lingua detector over the languages that the floor or the scripts know."""

    def __init__(self) -> None:
        self._detector = _detector()

    def detect(self, text: str) -> str:
        """ISO 639-1 code of a text of any length; `en` when unsure."""
        sample = text[:300]
        values = self._detector.compute_language_confidence_values(sample)
        if not values:
            return "en"
        scores = {v.language.iso_code_639_1.name.lower(): v.value for v in values}
        best = max(scores, key=lambda code: scores[code])
        return best if scores[best] >= SURE and scores["en"] <= ENGLISH_AT_MOST else "en"


@lru_cache(maxsize=1)
def _detector() -> Any:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in CODES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()
