"""What no document says: unsafe wording, methods, diagnoses, doses, numbers to dial, markup."""

import re
from collections.abc import Iterator

from chatbot.library.documents import Document
from chatbot.library.problems import Problem
from chatbot.library.rules.dialled import dialled
from chatbot.library.rules.form import front_line, line_at
from chatbot.wording import Rule, unsafe_wording

_CONDITION = (
    r"(?!to\b)(?:an?\s+|the\s+)?(?:\w+\s+){0,2}?(?:depression|anxiety|panic|bipolar|ocd|obsessive|"
    r"ptsd|schizophreni\w+|psychosis|insomnia|adhd|autis\w+|anorexia|bulimia|dementia|"
    r"\w+\s+disorder)\b"
)
_MEDICINE = r"(?:medicines?|medications?|tablets?|pills?|capsules?|doses?|anti\w+s?)\b"
_COUNT = r"(?:one|two|three|four|five|six|half|a\s+quarter|double|another|an\s+extra|\d+)"
_HOURS = r"(?:one|two|three|four|six|eight|twelve|twenty-four|\d+)"
_STEP = r"(?:stop|start|skip|double|halve|reduce|increase|lower|raise|taper|switch|change)"
_YOURS = rf"(?:taking\s+)?(?:your|the)\s+(?:\w+\s+)?{_MEDICINE}"
_OFTEN = (
    rf"(?:(?:every|each)\s+{_HOURS}\s+hours|(?:once|twice|three\s+times)\s+(?:a\s+day|daily))\b"
)


def _rule(name: str, pattern: str, mend: str) -> Rule:
    return Rule(name, re.compile(pattern, re.IGNORECASE | re.MULTILINE), mend)


# Small on purpose: a document has reasons to say "poison centre" or "harm", none to say these.
_METHODS = _rule(
    "method words",
    r"\b(?:nooses?|ligatures?|razors?(?:\s+blades?)?|carbon\s+monoxide|exit\s+bags?|suffocat\w+"
    r"|asphyxia\w*|handguns?|firearms?)\b"
    r"|\b(?:hang(?:ed|ing)?|drown(?:ed|ing)?|shoot(?:ing)?|shot|stab(?:bed|bing)?|cut(?:ting)?"
    r"|burn(?:ed|ing|t)?|hit(?:ting)?|scratch(?:ed|ing)?|strangl(?:e|ed|ing)|starv(?:e|ed|ing))\s+"
    r"(?:your|them|him|her|one|my|our)(?:self|selves|\s+(?:wrists?|arms?|legs?|skin|body))\b"
    r"|\bjump(?:ed|ing)?\s+(?:off|in\s+front|from\s+(?:a|the)\s+(?:bridge|roof|building))\b",
    "Leave methods out: write `harm`, `hurt` or `act on the thoughts`.",
)
_DIAGNOSIS = _rule(
    "diagnosis",
    rf"\b(?:means|shows|proves)\s+(?:that\s+)?you\s+have\s+{_CONDITION}"
    rf"|\byou\s+(?:must|likely|surely|almost\s+certainly|do\s+not|don't|cannot)\s+"
    rf"(?:have|suffer\s+from)\s+{_CONDITION}"
    rf"|(?:^|[.!?:;,]\s+)(?:then\s+)?you\s+have\s+{_CONDITION}",
    "Never tell the reader what they have or do not have: describe the condition, and say that "
    "only a professional can tell.",
)
_DOSING = _rule(
    "dosing",
    rf"(?<!not )\btake\s+{_COUNT}\s+(?:more\s+)?(?:of\s+(?:your|the)\s+)?{_MEDICINE}"
    rf"|\b(?:tak(?:e|en|ing)|{_MEDICINE})\s[^.!?\n]{{0,60}}\b{_OFTEN}"
    rf"|\byou\s+(?:can|may|should|could|must)\s+(?:just\s+|safely\s+|simply\s+|now\s+)?{_STEP}\s+"
    rf"{_YOURS}"
    rf"|(?:^|[.!?:]\s+|^- )(?:then\s+)?{_STEP}\s+{_YOURS}"
    r"|\bby\s+(?:half|a\s+(?:half|third|quarter)|\d+\s*(?:%|per\s?cent))\s+(?:every|each|a|per)\s+"
    r"(?:day|week|month)\b",
    "Never say how much, how often, or to start, stop or switch: point to the prescriber or "
    "pharmacist.",
)
_MARKUP = _rule(
    "markup",
    r"<[/!a-z]|\]\(|\*\*|__|`|https?://|\bwww\.|&(?:#\d+|\w{2,8});|^\|",
    "Write plain text: it is quoted as it stands. Addresses belong in sources.yaml.",
)
HIDDEN_CHARACTERS = _rule(
    "hidden characters",
    r"[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069"
    r"\ufeff\ufffc\ufffd]",
    "Type the passage again, or paste it as plain text.",
)

_NUMBERS = (
    "Numbers live in crisis_lines.yaml only: write `a crisis line` or `your local emergency "
    "number`. Write a figure with a comma (1,000), a % or its unit."
)

RULES: tuple[Rule, ...] = (_METHODS, _DIAGNOSIS, _DOSING, _MARKUP, HIDDEN_CHARACTERS)


def problems(document: Document) -> Iterator[Problem]:
    """Breaches in the title, topics, headings and paragraphs, each on its own line."""
    for line, text in _texts(document):
        for found, rule, mend in breaches(text):
            at = line + text.count("\n", 0, found.start())
            yield Problem(document.file, at, rule, f"{rule}: {found.group().strip()!r}.", mend)


def _texts(document: Document) -> Iterator[tuple[int, str]]:
    """Every text of a document that people may see, with the file's line where it begins."""
    yield front_line(document, "title"), document.title
    yield front_line(document, "topics"), "; ".join(document.topics)
    for section in document.sections:
        yield line_at(document, section.start), section.heading
        for paragraph in section.paragraphs:
            yield paragraph.line, paragraph.text


def breaches(text: str) -> Iterator[tuple[re.Match[str], str, str]]:
    """(first breach, rule, how to mend it) of every rule that a text breaks."""
    for rule in (*unsafe_wording(text), *RULES):
        found = rule.pattern.search(text)
        if found:
            yield found, rule.name, rule.mend
    for found in dialled(text):
        yield found, "phone number", _NUMBERS
