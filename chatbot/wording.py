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
    _rule(
        "orders to a program",
        # markup that programs read; a speaker's mark; programs spoken to, or spoken of as one's own
        r"<!--|\{\{|\}\}|<\|?\w+\|?>|^\W*(?:system|assistant|developer|user)\b[\w ]{0,12}:"
        r"|\b(?:system|developer)\s+prompt\b|^\W*assistant,|\bnote\s+to\s+(?:the\s+)?(?:language\s+models?|ai\b|assistants?|chatbots?|bots?)"
        r"|\b(?:the|this)\s+assistant\s+(?:must|should|will|may|can|says?)\b|\bsays\s+the\s+assistant\b"
        # rules lifted, secrets asked for, another self
        r"|\b(?:ignore|disregard|forget|override|bypass|skip)\b[^.]{0,40}"
        r"\b(?:rules?|instructions?|prompts?|guidelines|guards?|safety\s+checks?|lamplight)\b"
        r"|\b(?:reveal|print|repeat|output|show|leak|append|dump)\b[^.]{0,40}"
        r"\b(?:prompt|environment\s+variables|your\s+(?:answer|reply|response|rules|instructions))\b"
        r"|\byou\s+are\s+now\b[^.]{0,30}\b(?:\w*bot|without|assistant|unlimited|free\s+of)\b"
        # what to reply
        r"|\b(?:tell|inform|convince|assure)\s+the\s+(?:reader|user|patient)\b|\bthe\s+(?:reader|user)\s+"
        r"(?:\w+ly\s+)?(?:has|is|must|should)\b|\bin\s+your\s+(?:reply|answer|response)\b"
        r"|(?:^|[;:,.]\s*)(?:reply|respond|answer|claim)\s+(?:in|as|with|that|only|to\s+be)\b"
        r"|\bdo\s+not\s+cite\b",
        "Take it out: a document speaks to people, and orders to a program are never quoted.",
    ),
)


def unsafe_wording(text: str) -> tuple[Rule, ...]:
    """Every rule that a text breaks; empty when it may be said.

    >>> [r.name for r in unsafe_wording("He committed suicide.")]
    ['committed suicide']
    """
    return tuple(rule for rule in RULES if rule.pattern.search(text))
