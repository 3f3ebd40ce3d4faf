"""A small corpus that keeps every rule, made in a folder of its own, to be broken by a test."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chatbot.library.check import Problem, Report, check
from chatbot.library.documents import parse_document

TODAY = date(2026, 3, 1)

SOURCES = """\
- id: who-calm
  publisher: World Health Organization
  title: Calm
  url: https://www.who.int/calm
  licence: link-only
  accessed: 2026-01-05

- id: nhs-walks
  publisher: NHS (England)
  title: Walks
  url: https://www.nhs.uk/walks/
  licence: ogl-uk-3
  accessed: null
"""

LINES = """\
- country: "GB"
  country_name: United Kingdom
  name: Samaritans
  call: "116 123"
  url: https://www.samaritans.org/
  emergency: "999 or 112"
  source: https://www.samaritans.org/
  checked_on: 2026-02-20

- country: "US"
  country_name: United States
  name: Crisis Text Line
  text: "HOME to 741741"
  emergency: "911"
  source: https://www.crisistextline.org/
  checked_on: 2026-02-20

- country: "XX"
  country_name: Anywhere else
  name: Find A Helpline
  url: https://findahelpline.com/
  emergency: "your local emergency number (112 in the EU)"
  source: https://findahelpline.com/
  checked_on: 2026-02-20
"""

_DOCUMENT = """\
---
id: {id}
title: {title}
topics: [{id}, rest]
version: 1
status: draft
written_on: 2026-01-10
review: {{by_role: null, on: null}}
review_due: 2027-01-10
---
## What are {id}?
{title} are a gentle way to end the day. [@{source}]

{title} can help with:
- tired legs
- a busy mind [@{source}]

## What do {id} look like?
{paragraphs}
"""

_THINGS = {
    "evenings": "lamp cat soup sofa book clock rug kettle song pillow candle radio letter stove "
    "cup blanket window piano puzzle garden bath pie fire chair mirror photo",
    "walks": "lane hill river gate boot dog field barn hedge bridge stone lake cloud coat path "
    "wood bench map hat stream farm fence bird leaf snow beach",
}


def _paragraphs(id: str, source: str) -> str:
    things = _THINGS[id].split()
    lines = []
    for n, thing in enumerate(things):
        after, last = things[(n + 7) % len(things)], things[(n + 11) % len(things)]
        lines.append(
            f"The {thing} has its own part in good {id}. A {after} near the {thing} can make the "
            f"mood light, and a {last} by the {after} keeps it so. [@{source}]"
        )
    return "\n\n".join(lines)


def document(id: str) -> str:
    """The text of one of the two documents."""
    source = {"evenings": "who-calm", "walks": "nhs-walks"}[id]
    return _DOCUMENT.format(
        id=id, title=id.capitalize(), source=source, paragraphs=_paragraphs(id, source)
    )


def signature(id: str, on: str = "2026-02-01") -> str:
    """A line of front matter that signs for a document's text as it stands."""
    text = parse_document(document(id), Path(f"{id}.md")).fingerprint
    return f"signed: {{by_role: nurse, on: {on}, text: {text}}}"


@dataclass(frozen=True)
class SmallCorpus:
    """Two documents, two sources, three crisis lines. Paths are told from the corpus folder."""

    folder: Path

    @classmethod
    def make(cls, parent: Path) -> "SmallCorpus":
        corpus = cls(parent / "corpus")
        (corpus.folder / "documents").mkdir(parents=True)
        corpus.write("sources.yaml", SOURCES)
        corpus.write("crisis_lines.yaml", LINES)
        for id in ("evenings", "walks"):
            corpus.write(f"documents/{id}.md", document(id))
        return corpus

    def read(self, file: str) -> str:
        return (self.folder / file).read_text(encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        (self.folder / file).write_text(text, encoding="utf-8")

    def change(self, file: str, old: str, new: str) -> None:
        """Replace the first `old`, which has to be there."""
        text = self.read(file)
        assert old in text, f"{old!r} is not in {file}"
        self.write(file, text.replace(old, new, 1))

    def line(self, file: str, text: str, nth: int = 1) -> int:
        """The number of the nth line that holds a text."""
        held = [n for n, line in enumerate(self.read(file).split("\n"), 1) if text in line]
        return held[nth - 1]

    def check(self, today: date = TODAY) -> Report:
        return check(self.folder, today)

    def problems(self, today: date = TODAY) -> list[tuple[str, int | None, str, str]]:
        """(file, line, rule, severity) of every problem, the file as it is told to people."""
        return [brief(p) for p in self.check(today).problems]


def brief(problem: Problem) -> tuple[str, int | None, str, str]:
    return problem.file.as_posix(), problem.line, problem.rule, problem.severity
