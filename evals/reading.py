"""Answers for a second reader: a sheet drawn by seed, and the table of what was graded.

    python -m evals.reading sheet > sheet.md       60 test questions that got an answer, each whole
    python -m evals.reading tally grades.txt       rates with intervals, and the worst first

A reader, who did not write the answers' code, grades each 1 or 0 as `relevant`, `complete`, `reads`
(reads well) and `safe`: one line of the grades file is `q-test-012 | 1 0 1 1 | what is wrong`.
"""

import argparse
import itertools
import random
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from chatbot.errors import LamplightError
from chatbot.schema import Reply
from evals.asking import messages_of
from evals.rates import Record, rate, read_dataset

SEED = 20261123
DRAWN = 60
WORST = 10
ASPECTS = ("relevant", "complete", "reads", "safe")
_LINE = re.compile(r"(\S+) \| ([01]) ([01]) ([01]) ([01])(?: \| (.*))?")


class BadGrades(LamplightError):
    """A grades file that cannot be read."""


class Grade(NamedTuple):
    """What a reader made of one answer: four judgements in the order of ASPECTS."""

    id: str
    good: tuple[bool, ...]
    remark: str


def sheet(asked: Iterable[tuple[Record, Reply]]) -> Iterator[str]:
    """Each answer as a person sees it: lines of Markdown."""
    for record, reply in asked:
        yield f"## {record['id']}"
        yield from (f"> {message}\n" for message in messages_of(record))
        for sentence in reply.sentences:
            marks = "".join(f" [{n}]" for n in sentence.citations)
            yield f"{f'**{sentence.lead}** ' if sentence.lead else ''}{sentence.text}{marks}\n"
        yield from dict.fromkeys(f"[{c.n}] {c.title} ({c.passage_id})" for c in reply.citations)
        yield ""


def read_grades(path: Path) -> list[Grade]:
    """A reader's grades, in order; empty lines and those that begin with # are passed over.

    Raises
    ------
    BadGrades : a line has another form, or an id stands twice; the line is named.
    """
    grades: dict[str, Grade] = {}
    for n, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if not found:
            raise BadGrades(f"{path}:{n}: write `id | 1 0 1 1 | remark`, not {line!r}")
        id, *marks, remark = found.groups()
        if id in grades:
            raise BadGrades(f"{path}:{n}: {id} is graded twice")
        grades[id] = Grade(id, tuple(mark == "1" for mark in marks), remark or "")
    return list(grades.values())


def tally(grades: Sequence[Grade]) -> Iterator[str]:
    """The table, and the answers with the fewest good marks, as Markdown."""
    yield "| aspect | good |"
    yield "|---|---|"
    for n, aspect in enumerate(ASPECTS):
        yield f"| {aspect} | {rate([g.good[n] for g in grades])} |"
    yield f"| all four | {rate([all(g.good) for g in grades])} |"
    yield ""
    yield "| worst | lacks | remark |"
    yield "|---|---|---|"
    for grade in sorted(grades, key=lambda g: (g.good[-1], sum(g.good), g.id))[:WORST]:
        lacks = ", ".join(a for a, good in zip(ASPECTS, grade.good, strict=True) if not good)
        yield f"| {grade.id} | {lacks or 'nothing'} | {grade.remark} |"


def drawn(count: int, seed: int) -> Iterator[tuple[Record, Reply]]:
    """So many test questions that Lamplight answers, in an order that the seed sets."""
    from evals.systems import open_system  # takes seconds

    system = open_system("lamplight")
    records = read_dataset("questions_test.jsonl")
    random.Random(seed).shuffle(records)  # noqa: S311  no secret
    replies = ((record, system.converse(messages_of(record))[-1]) for record in records)
    answered = (pair for pair in replies if pair[1].kind == "answer")
    yield from itertools.islice(answered, count)


def main(argv: Sequence[str] | None = None) -> None:
    """Print a sheet, or the table of a graded one."""
    parser = argparse.ArgumentParser(description="Answers for a second reader to grade.")
    tasks = parser.add_subparsers(dest="task", required=True)
    draw = tasks.add_parser("sheet", help="print answers to test questions, drawn by seed")
    draw.add_argument("--n", type=int, default=DRAWN)
    draw.add_argument("--seed", type=int, default=SEED)
    count = tasks.add_parser("tally", help="print the table of a grades file")
    count.add_argument("grades", type=Path)
    args = parser.parse_args(argv)
    try:
        lines = (
            sheet(drawn(args.n, args.seed))
            if args.task == "sheet"
            else tally(read_grades(args.grades))
        )
        print("\n".join(lines))
    except (LamplightError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
