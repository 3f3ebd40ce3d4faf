"""What a corpus check finds: a place, what is wrong there, and how to mend it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """One broken rule.

    >>> print(Problem(Path("corpus/documents/ocd.md"), 12, "sources", "No source.", "Add one."))
    corpus/documents/ocd.md:12: error: No source. Add one.
    """

    file: Path
    line: int | None
    rule: str
    what: str
    mend: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        where = self.file.as_posix() + (f":{self.line}" if self.line else "")
        return f"{where}: {self.severity}: {self.what} {self.mend}".rstrip()


@dataclass(frozen=True)
class Report:
    """Everything that a check found, by file and line, and how much it read.

    Only what could be read is counted: a broken file counts as a problem and nothing else.
    """

    problems: tuple[Problem, ...]
    documents: int
    paragraphs: int
    words: int
    sources: int
    lines: int

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.severity == "warning")

    @property
    def passed(self) -> bool:
        """Whether the corpus may be used: warnings pass, errors do not."""
        return not self.errors

    @property
    def summary(self) -> str:
        """One line for a terminal."""
        return (
            f"{self.documents} documents, {self.paragraphs} paragraphs, {self.words:,} words, "
            f"{self.sources} sources, {self.lines} crisis lines: "
            f"{_count(len(self.errors), 'problem')}, {_count(len(self.warnings), 'warning')}."
        )


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
