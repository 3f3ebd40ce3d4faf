"""Which digits in a text look like something to dial, and which are figures."""

import re
from collections.abc import Iterator

_APART = r"(?:[^\S\n]|[().\u2010-\u2015-]){0,3}"
_RUN = re.compile(rf"(?<!\w)\+?\d(?:{_APART}\d)*")
_DIAL = re.compile(rf"(?<=\b(?:call|dial|ring|text)\s)\d(?:{_APART}\d){{2,}}", re.I)
_SPOKEN = re.compile(
    r"\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)(?:[\s-]+|\b)){3,}", re.I
)
_UNIT = (
    r"(?:million|billion|thousand|people|adults|children|teenagers|students|veterans|patients|"
    r"women|men|deaths|studies|trials|countries|minutes|hours|days|weeks|months|years)"
)
_FIGURE = re.compile(
    rf"(?<![\w.])\d{{1,3}}(?:,\d{{3}})+(?!\d)"  # 720,000
    rf"|\d+(?:\.\d+)?\s?(?:%|per\s?cent\b)"  # 5.6%
    rf"|(?<!\w)\d+(?:\.\d+)?(?=[^\S\n]+{_UNIT}\b)",  # 359 million
    re.I,
)
_RANGE = re.compile(r"\d{1,2}[^\S\n]?[\u2010-\u2015-][^\S\n]?\d{1,2}")
_DATE = re.compile(r"(?:19|20)\d\d-\d\d(?:-\d\d)?")
_DECIMAL = re.compile(r"\d+\.\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")


def dialled(text: str) -> Iterator[re.Match[str]]:
    """Runs of three digits or more that a person might dial.

    Years from 1900 to 2099, percentages, figures with commas or a unit, ranges such as 18-25,
    dates and decimals are none, unless a word such as `call` stands before them.

    >>> [m.group() for m in dialled("In 2023, 49,000 people. Call 988 or 1-800-273-8255.")]
    ['988', '1-800-273-8255']
    """
    figures = _FIGURE.sub(lambda m: "," * len(m.group()), text)
    found = [r for r in _RUN.finditer(figures) if not _is_figure(r.group())]
    dialled_at = {r.start() for r in found}
    found += [d for d in _DIAL.finditer(text) if d.start() not in dialled_at]
    yield from sorted((*found, *_SPOKEN.finditer(text)), key=lambda m: m.start())


def _is_figure(run: str) -> bool:
    groups = re.findall(r"\d+", run)
    return (
        sum(map(len, groups)) < 3
        or all(_YEAR.fullmatch(g) for g in groups)
        or any(shape.fullmatch(run) for shape in (_RANGE, _DATE, _DECIMAL))
    )
