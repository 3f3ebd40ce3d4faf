"""Whether a sentence can stand alone when it is quoted without the one before it."""

import re

_LEANS = re.compile(
    r"(It|Its|They|Them|Their|This|That|These|Those|Such|He|She|Both|Others?|Another|However|But|"
    r"And|So|Or|Also|Then|Instead|Even so|For this reason|As a result|In addition|For example|"
    r"Some of (?:these|them)|Most of (?:these|them)|One of (?:these|them))\b"
)


def leans(text: str) -> bool:
    """Whether a sentence leans on the one before it.

    >>> leans("It usually passes."), leans("A panic attack usually passes.")
    (True, False)
    """
    return bool(_LEANS.match(text))
