"""Words that Lamplight never says: the safe-messaging and scope rules of SAFETY, as patterns.

One list for the corpus check, for verification of every answer, and for the scripts. Each rule
says why and how to mend it, since a clinician will read it.

Sources: reportingonsuicide.org recommendations; WHO, Preventing suicide: a resource for media
professionals (2023); SAFETY page of this project.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A pattern that must not be said, and how to say it instead."""

    name: str
    pattern: re.Pattern[str]
    mend: str


def _rule(name: str, pattern: str, mend: str) -> Rule:
    return Rule(name, re.compile(pattern, re.IGNORECASE), mend)


RULES: tuple[Rule, ...] = (
    _rule(
        "committed suicide",
        r"\bcommit(?:s|ted|ting)?\s+suicide\b",
        "Write `died by suicide` or `took their own life`: suicide is not a crime.",
    ),
    _rule(
        "success or failure",
        r"\b(?:(?:un)?success(?:ful(?:ly)?)?|failed|failure|botched|completed?)\s+(?:suicide|attempt)"
        r"|\bsuicide\s+(?:was|is)\s+(?:un)?successful",
        "Write `suicide attempt` or `died by suicide`: an attempt neither fails nor succeeds.",
    ),
    _rule(
        "single cause",
        r"\b(?:suicide|depression)\s+(?:is|was)\s+(?:always\s+|only\s+|simply\s+)?caused\s+by\s+"
        r"(?!many|several|a mix|a combination|different)",
        "Say that many things play a part: neither has a single cause.",
    ),
    _rule(
        "chemical imbalance",
        r"\bchemical\s+imbalance|\bbalanc\w*\s+(?:brain\s+)?chemicals",
        "Leave this explanation out: the evidence does not support it.",
    ),
    _rule(
        "dose",
        r"\b\d+(?:[.,]\d+)?\s*(?:mg|milligrams?|mcg|micrograms?|ml|millilitres?|milliliters?)\b",
        "Never name a dose: point to the prescriber or pharmacist.",
    ),
    _rule(
        "weight or calories",
        r"\b\d[\d.,]*\s*(?:k?cal(?:orie)?s?|calories|bmi)\b|\bbmi\s+(?:of|below|under|over)\s+\d",
        "Leave figures of weight and food out: they can harm people with eating disorders.",
    ),
    _rule(
        "method",
        r"\b(?:by|from)\s+(?:hanging|overdosing\s+on|jumping\s+(?:off|from)|shooting|cutting\s+(?:the|their|your))"
        r"|\b(?:slit|slitting)\b|\blethal\s+(?:dose|amount|method)|\bmost\s+lethal\b",
        "Leave methods and lethality out altogether.",
    ),
    _rule(
        "diagnosis of the reader",
        r"\byou\s+(?:clearly|definitely|probably|certainly)\s+(?:have|suffer)\b|\byou\s+are\s+(?:bipolar|"
        r"depressed|schizophrenic|psychotic|autistic)\b",
        "Never tell the reader what they have: describe the condition instead.",
    ),
)


def unsafe_wording(text: str) -> tuple[Rule, ...]:
    """Every rule that a text breaks; empty when it may be said.

    >>> [r.name for r in unsafe_wording("He committed suicide.")]
    ['committed suicide']
    """
    return tuple(rule for rule in RULES if rule.pattern.search(text))
