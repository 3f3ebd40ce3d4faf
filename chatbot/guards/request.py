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
    """One rule of requests.yaml: `unless` takes a match back that it overlaps."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: RefusalReason
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()


class RequestFile(BaseModel):
    """requests.yaml: `drugs` stands for `{drug}` in the phrases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    drugs: str
    rules: tuple[RequestRule, ...]


@dataclass(frozen=True)
class _Compiled:
    reason: RefusalReason
    phrases: re.Pattern[str]
    unless: re.Pattern[str] | None

    def finds(self, view: str) -> bool:
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
    drugs = "(?:" + re.sub(r"\s*\|\s*", "|", parsed.drugs.strip()) + ")"
    compiled = []
    for rule in parsed.rules:
        phrases = any_of(tuple(p.replace("{drug}", drugs) for p in rule.phrases))
        assert phrases is not None
        compiled.append(_Compiled(rule.reason, phrases, any_of(rule.unless)))
    return tuple(compiled)


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
