"""Reads the phrase files and compiles them against undisguised text."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from chatbot.guards.normalise import fold, solid, squeeze

SOON = re.compile(r"\b(?:tonight|right now|today|tomorow|this evening|goodbye|god?bye|now)\b")
"""Squeezed words of imminence: where one stands, no story and no essay softens a phrase."""

GAP = r"(?: \S+){0,4}"


class PhraseRule(BaseModel):
    """One rule of a phrase file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    risk: Literal["elevated", "crisis"]
    labels: tuple[str, ...]
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()
    softened_by: tuple[str, ...] = ()
    solid: bool = False


class PhraseFile(BaseModel):
    """The rules of one language, in order. `spaced: false` where words are not parted by spaces."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: str
    spaced: bool = True
    rules: tuple[PhraseRule, ...]


@dataclass(frozen=True)
class CompiledRule:
    """A rule ready to match: `find` gives the risk that it sees in one view of a message.

    `foreign` are its phrases that are written in another script than Latin: they are not looked for
    in a view that is all ASCII, which saves most messages most of the work.
    """

    rule: PhraseRule
    language: str
    phrases: re.Pattern[str] | None
    foreign: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    softened_by: re.Pattern[str] | None
    solids: re.Pattern[str] | None

    def find(self, view: str) -> Literal["none", "elevated", "crisis"]:
        """A phrase counts where no `unless` overlaps it; `softened_by` lowers crisis."""
        matches = list(self.phrases.finditer(view)) if self.phrases else []
        if self.foreign and not view.isascii():
            matches += self.foreign.finditer(view)
        if matches:
            excused = [m.span() for m in self.unless.finditer(view)] if self.unless else []
            for match in matches:
                if not any(a < match.end() and match.start() < b for a, b in excused):
                    return self._risk(view)
        if self.solids and any(self.solids.search(word) for word in solid(view)):
            return self._risk(view)
        return "none"

    def _risk(self, view: str) -> Literal["elevated", "crisis"]:
        softened = self.softened_by is not None and self.softened_by.search(view)
        return "elevated" if softened and not SOON.search(view) else self.rule.risk


def compile_pattern(phrase: str) -> str:
    """A phrase as written by a person → a pattern over squeezed, folded text.

    >>> compile_pattern("kill ~me")
    'kil(?: \\\\S+){0,4} me'
    """
    pattern = squeeze(fold(phrase))
    pattern = re.sub(r" ?~ ?", "~", pattern)
    pattern = pattern.replace(r"\w+", r"[^\W]+").replace(r"\d", "[0-9]")
    if r"\W" in pattern.replace(r"[^\W]", ""):
        raise ValueError(f"phrases are folded to lower case, so \\W cannot be used: {phrase}")
    return pattern.replace("~", GAP + " ")


def any_of(phrases: tuple[str, ...], *, spaced: bool = True) -> re.Pattern[str] | None:
    """One pattern for any of some phrases; None for no phrases.

    It stands between word boundaries, but for languages that do not part words by spaces.
    """
    if not phrases:
        return None
    any_phrase = "(?:" + "|".join(map(compile_pattern, phrases)) + ")"
    return re.compile(rf"(?<!\w){any_phrase}(?!\w)" if spaced else any_phrase)


_SOLID = (
    "iwanttodie", "wanttodie", "wannadie", "iwannadie", "killmyself", "killingmyself",
    "killmeself", "endmylife", "endingmylife", "takemylife", "takemyownlife", "commitsuicide",
    "iamsuicidal", "imsuicidal", "endital", "unalivemyself", "dontwanttolive",
    "dontwanttobealive", "dontwannalive", "hurtmyself", "cutmyself", "harmmyself",
    "cuttingmyself", "wishiwasdead", "wishiweredead", "tookallmypills", "tooktoomanypills",
    "ioverdosed", "betteroffdead", "goingtodietonight",
)  # fmt: skip
"""The explicit phrases as they look when nobody pressed the space bar."""


def _foreign(phrase: str) -> bool:
    """Whether a phrase has letters of another script and no Latin word that could match alone."""
    letters = re.sub(r"\\.", "", phrase)
    return bool(re.search(r"[^\x00-\u024f]", letters)) and not re.search("[a-z]{2}", letters)


def _compile(rule: PhraseRule, language: str, *, spaced: bool) -> CompiledRule:
    foreign = tuple(p for p in rule.phrases if _foreign(p))
    latin = tuple(p for p in rule.phrases if p not in foreign)
    return CompiledRule(
        rule=rule,
        language=language,
        phrases=any_of(latin, spaced=spaced),
        foreign=any_of(foreign, spaced=spaced),
        unless=any_of(rule.unless, spaced=spaced),
        softened_by=any_of(rule.softened_by, spaced=spaced),
        solids=re.compile("|".join(map(squeeze, _SOLID))) if rule.solid else None,
    )


def _files() -> list[Traversable]:
    folder = resources.files("chatbot.guards").joinpath("phrases")
    return sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)


@lru_cache(maxsize=1)
def phrases_version() -> str:
    """A hash of every phrase file."""
    return hashlib.sha256(b"".join(f.read_bytes() for f in _files())).hexdigest()[:12]


@lru_cache(maxsize=1)
def phrase_rules() -> tuple[CompiledRule, ...]:
    """Every rule of every language, compiled once."""
    found = []
    for file in _files():
        parsed = PhraseFile.model_validate(yaml.safe_load(file.read_text("utf-8")))
        found += [_compile(rule, parsed.language, spaced=parsed.spaced) for rule in parsed.rules]
    return tuple(found)
