"""Which sentences of a message ask for something: a story around a request must not hide it.

Read whole, a request behind a long story looks like the story. Its own sentence is read beside it.
"""

import re

FEWEST_ASKED = 4
"""Words; fewer ("tell me more") are refused by a rule or not at all."""

_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_LEAD = (
    r"(?:(?:and|so|but|or|also|please|pls|ok|okay|now|then|just|hey|hi|like|anyway|basically|"
    r"honestly|question)\W+)*"
)
_ORDER = (
    r"tell|give|show|list|explain|write|describe|teach|pretend|act|say|translate|ignore|make|help|"
    r"find|name|rank|rate|answer|play|imagine|compare|choose|pick|prescribe|diagnose|score|"
    r"interpret|recommend|suggest"
)
_FIRST = (
    r"(?:how|what|which|who|whose|when|where|why|can|could|should|is|are|am|do|does|did|will|would|"
    rf"may|be|read|{_ORDER})\b"
)
_INSIDE = (
    r"\b(?:tell|give|show|teach|help) (?:me|us)\b|\b(?:can|could|would|will) (?:you|u|ya|i)\b|"
    rf"[,;:-] ?(?:so |please |just |now )*(?:{_ORDER})\b|"
    r"\bhow (?:to|do|does|can|could|much|many|long|often|would|should)\b|"
    r"\bwhat (?:is|are|would|should|do|can)\b|"
    r"\b(?:want|need|like|love|wondering|wonder|asking|know) "
    r"(?:to know|you to|if|whether|how|what|which|for)\b"
)
_ASKS = re.compile(rf"\?\W*$|^\W*{_LEAD}{_FIRST}|{_INSIDE}", re.IGNORECASE)


def asking(text: str) -> list[str]:
    """The sentences of a message of several that ask for something, in order.

    >>> asking("My gran fell last week and it shook us. How do I help her feel safe?")
    ['How do I help her feel safe?']
    >>> asking("How do I help her feel safe?")
    []
    """
    sentences = [one.strip() for one in _SENTENCE.split(text) if one.strip()]
    if len(sentences) < 2:
        return []
    return [s for s in sentences if len(s.split()) >= FEWEST_ASKED and _ASKS.search(s)]
