"""The request guard: may we answer what is asked? Rules that a clinician can read, in YAML.

A request is refused for what it asks, never for what it is about: "Can I just stop taking my
antidepressant?" is answered from the corpus; "how do I halve my dose" is not.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import ClassVar

import yaml
from guardrails.validator_base import register_validator
from pydantic import BaseModel, ConfigDict

from chatbot.guards.normalise import views
from chatbot.guards.phrases import any_of
from chatbot.guards.validator import ScreeningValidator
from chatbot.schema import Finding, RefusalReason, Risk


class RequestRule(BaseModel):
    """One rule of requests.yaml: `unless` takes a match back that it overlaps.

    With `within` the rule is a loose one, read only in messages of at most so many words; `unless`
    of the stricter rules for its reason counts for it as well.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: RefusalReason
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()
    within: int | None = None


class RequestFile(BaseModel):
    """requests.yaml: `drugs` stands for `{drug}` in the phrases, `conditions` for `{condition}`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    drugs: str
    conditions: str
    rules: tuple[RequestRule, ...]


@dataclass(frozen=True)
class _Compiled:
    reason: RefusalReason
    phrases: re.Pattern[str]
    unless: re.Pattern[str] | None
    within: int | None

    def finds(self, view: str) -> bool:
        if self.within and view.count(" ") >= self.within:
            return False
        excused = [m.span() for m in self.unless.finditer(view)] if self.unless else []
        return any(
            not any(a < m.end() and m.start() < b for a, b in excused)
            for m in self.phrases.finditer(view)
        )


@lru_cache(maxsize=1)
def _text() -> str:
    return resources.files("chatbot.guards").joinpath("requests.yaml").read_text("utf-8")


@lru_cache(maxsize=1)
def request_rules() -> tuple[_Compiled, ...]:
    """The rules of requests.yaml, in order: the first that matches gives the reason."""
    parsed = RequestFile.model_validate(yaml.safe_load(_text()))
    lists = {"{drug}": _listed(parsed.drugs), "{condition}": _listed(parsed.conditions)}
    compiled = []
    for rule in parsed.rules:
        phrases = any_of(tuple(_filled(p, lists) for p in rule.phrases))
        assert phrases is not None
        stricter = [r for r in parsed.rules if rule.within and not r.within]
        shared = [p for r in stricter if r.reason == rule.reason for p in r.unless]
        unless = any_of(tuple(_filled(p, lists) for p in (*shared, *rule.unless)))
        compiled.append(_Compiled(rule.reason, phrases, unless, rule.within))
    return tuple(compiled)


def _listed(words: str) -> str:
    return "(?:" + re.sub(r"\s*\|\s*", "|", words.strip()) + ")"


def _filled(phrase: str, lists: dict[str, str]) -> str:
    for name, words in lists.items():
        phrase = phrase.replace(name, words)
    return phrase


@register_validator(name="lamplight/request_scope", data_type="string")
class RequestScope(ScreeningValidator):
    """Refuses diagnosis, dosing, harm methods, a therapist's role, injection, other work.

    A request for a harm method also carries risk `elevated`: whoever asks may be in danger.
    """

    guard: ClassVar[str] = "request_scope"

    @property
    def version(self) -> str:
        return hashlib.sha256(_text().encode()).hexdigest()[:12]

    def check(self, texts: Sequence[str]) -> list[Finding]:
        return [self._check_one(text) for text in texts]

    def _check_one(self, text: str) -> Finding:
        readings = views(text)
        for rule in request_rules():
            if any(rule.finds(view) for view in readings):
                risk: Risk = "elevated" if rule.reason == "harm_method" else "none"
                return Finding(
                    guard=self.guard, risk=risk, labels=(rule.reason,), refusal_reason=rule.reason
                )
        return Finding(guard=self.guard)
