"""Checks a corpus folder: every rule that the corpus promises, each breach with its place and cure.

    report = check(Path("corpus"))
    for problem in report.problems:
        print(problem)          # corpus/documents/ocd.md:12: error: what is wrong. How to mend it.
    print(report.summary)

The promise: it never stops at the first fault. A file that cannot be read is one problem, and
everything else is still read and judged. `Library.load` is strict instead, and stops.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel

from chatbot.errors import CorpusError
from chatbot.library import LINES, SOURCES, document_files
from chatbot.library.asked_as import read_asked_as
from chatbot.library.documents import FENCE, Document, read_document
from chatbot.library.history import read_history
from chatbot.library.lines import LineRecord
from chatbot.library.problems import Problem, Report
from chatbot.library.rules import form, lines, reading, repeats, review, sources, wording
from chatbot.library.sources import Source
from chatbot.library.yaml_file import construct, parse_yaml, read_text, validate

__all__ = ["Problem", "Report", "check"]

Record = TypeVar("Record", bound=BaseModel)
_CITED = re.compile(r"\[@([\w.-]+)\]")


@dataclass
class _Reading:
    """A corpus folder as far as it could be read. `known` is None when no source could be."""

    problems: list[Problem] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    sources: list[tuple[int, Source]] = field(default_factory=list)
    lines: list[tuple[int, LineRecord]] = field(default_factory=list)
    known: frozenset[str] | None = None
    cited: frozenset[str] = frozenset()


def check(
    folder: Path,
    today: date | None = None,
    *,
    beside: Sequence[Path] = (),
    hosts: Sequence[str] = (),
) -> Report:
    """Check a corpus folder against every rule.

    Parameters
    ----------
    today : the day that dates are judged by; the computer's own date when it is None.
    beside : folders over which this one takes precedence: it may cite their sources, and need
        have neither sources nor crisis lines of its own.
    hosts : hosts that may be cited beside the closed list of authorities.
    """
    today = today or date.today()
    read = _read(folder, beside)
    problems = [*read.problems, *_strays(folder)]
    for document in read.documents:
        problems += form.problems(document, read.known)
        problems += wording.problems(document)
        problems += review.problems(document, {s.id: s for _, s in read.sources}, today)
    problems += repeats.problems(read.documents)
    problems += reading.problems(read.documents, folder / "documents")
    imported = {document.file for document in read.documents if document.front.origin}
    problems = [_softened(p) if p.file in imported else p for p in problems]
    problems += sources.problems(folder / SOURCES, read.sources, read.cited, today, hosts)
    problems += lines.problems(folder / LINES, read.lines, today, complete=not beside)
    return Report(
        problems=tuple(sorted((_shown(p, folder) for p in problems), key=_place)),
        documents=len(read.documents),
        paragraphs=sum(len(s.paragraphs) for d in read.documents for s in d.sections),
        words=sum(d.words for d in read.documents),
        sources=len(read.sources),
        lines=len(read.lines),
    )


OF_STYLE = frozenset(
    {"length", "question", "alone", "list", "reading grade", "repeat", "question twice"}
)
"""Rules of our own style, which a page that was read in may break: its words are another's."""


def _softened(problem: Problem) -> Problem:
    return replace(problem, severity="warning") if problem.rule in OF_STYLE else problem


def _shown(problem: Problem, folder: Path) -> Problem:
    """The problem with its path told from the folder's parent, where that can be done."""
    root = folder.resolve().parent
    file = problem.file.resolve()
    return replace(problem, file=file.relative_to(root)) if file.is_relative_to(root) else problem


def _place(problem: Problem) -> tuple[str, int, str, str]:
    return problem.file.as_posix(), problem.line or 0, problem.severity, problem.what


def _read(folder: Path, beside: Sequence[Path]) -> _Reading:
    read = _Reading()
    if not folder.is_dir():
        read.problems.append(_broken(folder, None, "No such corpus folder."))
        return read
    if not beside or (folder / SOURCES).is_file():
        read.sources, read.known = _records(folder / SOURCES, Source, read.problems)
    if not beside or (folder / LINES).is_file():
        read.lines, _ = _records(folder / LINES, LineRecord, read.problems)
    cited = set[str]()
    for other in beside:
        _, known = _records(other / SOURCES, Source, [])
        read.known = (read.known or frozenset()) | (known or frozenset())
        for file in document_files(other):
            cited.update(_CITED.findall(file.read_bytes().decode("utf-8", "replace")))
    with _Told(folder, None, read.problems):
        read_history(folder)
    files = document_files(folder)
    if not files and not beside:
        read.problems.append(_broken(folder / "documents", None, "No document: add one `.md`."))
    for file in files:
        with _Told(file, 2, read.problems):
            # Also of a document that is broken elsewhere: its sources are not unused for that.
            cited.update(_CITED.findall(file.read_bytes().decode("utf-8", "replace")))
            text = read_text(file)
            read.problems += _repeated_keys(file, _front(text, file), "front matter", shift=2)
            document = read_document(file)
            read.documents.append(document)
            read_asked_as(folder, document)
    read.cited = frozenset(cited)
    return read


@dataclass(frozen=True)
class _Told:
    """Turns what stops the reading of a file into a problem of that file, and goes on."""

    file: Path
    line: int | None
    problems: list[Problem]

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, CorpusError):
            file = Path(error.file or self.file)
            self.problems.append(_broken(file, error.line, error.problem))
        elif isinstance(error, OSError):
            what = f"This file cannot be opened: {error.strerror}."
            self.problems.append(_broken(self.file, None, what, "Put it back as a plain file."))
        elif isinstance(error, TypeError | ValueError | RecursionError | yaml.YAMLError):
            what = f"A value cannot be read: {getattr(error, 'problem', None) or error}."
            mend = "Write dates as 2026-11-22, and texts in quotes."
            self.problems.append(_broken(self.file, self.line, what, mend))
        else:
            return False
        return True


def _front(text: str, file: Path) -> yaml.Node | None:
    head, fence, _ = text.removeprefix(FENCE).partition("\n" + FENCE)
    return parse_yaml(head, file, first_line=2) if fence else None


def _records(
    file: Path, kind: type[Record], problems: list[Problem]
) -> tuple[list[tuple[int, Record]], frozenset[str] | None]:
    """The records that are sound, each with its line, and the ids of all; the rest is a problem."""
    node = None
    with _Told(file, 1, problems):
        node = parse_yaml(read_text(file), file)
        if not isinstance(node, yaml.SequenceNode):
            raise CorpusError(f"Expected a list of {kind.__name__} records.", file, 1)
    if not isinstance(node, yaml.SequenceNode):
        return [], None
    records: list[tuple[int, Record]] = []
    ids = set[str]()
    for item in node.value:
        line = item.start_mark.line + 1
        problems += _repeated_keys(file, item, "record", shift=1)
        ids.update(_named(item, "id"))
        with _Told(file, line, problems):
            records.append((line, validate(kind, construct(item, file), file, line)))
    return records, frozenset(ids)


def _keys(node: yaml.Node | None) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((k, v) for k, v in node.value if isinstance(k, yaml.ScalarNode))


def _named(node: yaml.Node, key: str) -> Iterator[str]:
    for found, value in _keys(node):
        if found.value == key and isinstance(value, yaml.ScalarNode):
            yield value.value


def _repeated_keys(file: Path, node: yaml.Node | None, of: str, shift: int) -> Iterator[Problem]:
    """YAML keeps the last of two equal keys without a word: a number or a state would vanish."""
    seen = set[str]()
    for key, _ in _keys(node):
        if key.value in seen:
            what = f"`{key.value}` stands twice in one {of}."
            yield _broken(file, key.start_mark.line + shift, what, "Keep one of the two.")
        seen.add(key.value)


def _broken(file: Path, line: int | None, what: str, mend: str = "") -> Problem:
    return Problem(file, line, "readable", what, mend)


def _strays(folder: Path) -> Iterator[Problem]:
    """Files that nobody would ever be shown, or that speak of a document that is not there."""
    read = document_files(folder)
    names = {file.stem for file in read}
    for file in sorted((folder / "documents").rglob("*")):
        if file.is_file() and file not in read and not file.name.startswith("."):
            what = "This file is not read: only `documents/*.md` is."
            mend = "Rename it, or move it out."
            yield Problem(file, None, "strays", what, mend, "warning")
    for file in sorted((folder / "asked_as").glob("*.yaml")):
        if file.stem not in names:
            what = f"There is no document {file.stem!r} that this file belongs to."
            yield Problem(file, 1, "strays", what, "Give both the same name, or take it out.")
