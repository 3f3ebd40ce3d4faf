"""The `lamplight corpus` commands, each a few lines around the room that does the work."""

import argparse
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from chatbot.errors import CorpusError
from chatbot.library.sources import COPYABLE
from chatbot.settings import Settings

if TYPE_CHECKING:
    from chatbot.curate import Outcome

Command = Callable[[argparse.Namespace, Settings], int]


def add_corpus_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the actions under `lamplight corpus`."""
    check = actions.add_parser("check", help="say what is wrong, with file and line")
    check.set_defaults(run=_check)
    actions.add_parser("list", help="one line a document").set_defaults(run=_list)
    show = actions.add_parser("show", help="a document with its sources")
    show.add_argument("id")
    show.set_defaults(run=_show)
    status = actions.add_parser("status", help="what is due, unsigned, or changed since signed")
    status.set_defaults(run=_status)
    _writing(actions, "card", "write the counts of the folder's README.md anew", _card)
    diff = actions.add_parser("diff", help="what changed since the text that was signed")
    diff.add_argument("id")
    diff.set_defaults(run=_diff)

    _add_parser(actions)
    update = _writing(actions, "update", "read imported pages again, or take a new text", _update)
    update.add_argument("id", nargs="*", help="default: every document that was read from a page")
    update.add_argument("--from", dest="given", type=Path, metavar="FILE", help="a whole document")
    withdraw = _writing(actions, "withdraw", "take a document out of every answer", _withdraw)
    withdraw.add_argument("id")
    withdraw.add_argument("--role", required=True, help="who does this: a role, never a name")
    withdraw.add_argument("--reason", required=True)
    review = _writing(actions, "review", "sign a document, or make it a draft again", _review)
    review.add_argument("id")
    review.add_argument(
        "--as",
        dest="status",
        required=True,
        choices=("draft", "source-checked", "clinically-reviewed"),
    )
    review.add_argument("--role", required=True, help="who does this: a role, never a name")
    review.add_argument("--comment", default="")


def _add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    add = _writing(actions, "add", "read pages in as drafts", _add)
    add.add_argument(
        "place",
        nargs="+",
        help="a file or an https:// address: MedlinePlus XML, NHS content JSON, HTML, PDF, DOCX, "
        "Markdown",
    )
    add.add_argument("--url", help="the page's public address, where it does not say it itself")
    add.add_argument("--publisher")
    add.add_argument("--licence", choices=COPYABLE)
    add.add_argument("--title")
    add.add_argument("--topic", action="append", default=[], help="may be given several times")
    add.add_argument(
        "--only",
        metavar="REGEX",
        type=_expression,
        help="take pages of this title or subject alone",
    )


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"no regular expression: {error}") from None
    return text


def _writing(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    help: str,
    run: Command,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=help)
    parser.add_argument(
        "--folder",
        type=Path,
        help="the corpus folder to change: default the first of corpus.own, else corpus.folder",
    )
    parser.set_defaults(run=run)
    return parser


def _folder(arguments: argparse.Namespace, settings: Settings) -> Path:
    """The folder to change. Raises CorpusError for one that no setting names: nobody reads it."""
    folders = settings.corpus.folders
    chosen: Path = arguments.folder or folders[0]
    if chosen.resolve() not in [f.resolve() for f in folders]:
        raise CorpusError("No setting names this folder: add it to corpus.own first.", chosen)
    return next(f for f in folders if f.resolve() == chosen.resolve())


def _check(arguments: argparse.Namespace, settings: Settings) -> int:
    from chatbot.library.check import check

    passed, folders = True, settings.corpus.folders
    for n, folder in enumerate(folders):
        report = check(folder, beside=folders[n + 1 :], hosts=settings.corpus.hosts)
        for problem in report.problems:
            print(problem)
        print(report.summary if len(folders) == 1 else f"{folder}: {report.summary}")
        passed = passed and report.passed
    return 0 if passed else 1


def _list(arguments: argparse.Namespace, settings: Settings) -> int:
    from chatbot.library import Library

    for d in Library.load(*settings.corpus.folders).documents.values():
        print(
            f"{d.id:38} v{d.version}  {d.status:20} due {d.review_due}  "
            f"{d.words:5} words  {d.title}"
        )
    return 0


def _show(arguments: argparse.Namespace, settings: Settings) -> int:
    from chatbot.library import Library

    library = Library.load(*settings.corpus.folders)
    d = library.document(arguments.id)
    reviewed = f"reviewed by {d.review.by_role} on {d.review.on}" if d.reviewed else "not reviewed"
    print(f"{d.title}\n{d.id}, version {d.version}, {d.status}, clinically {reviewed}")
    print(f"written {d.written_on}, review due {d.review_due}\n\n{d.body.strip()}\n\nSources:")
    for id in dict.fromkeys(s for p in d.paragraphs.values() for s in p.sources):
        source = library.sources[id]
        print(f"  [@{id}] {source.publisher}: {source.title}\n      {source.url}")
    return 0


def _status(arguments: argparse.Namespace, settings: Settings) -> int:
    from chatbot.curate import status

    found = status(settings.corpus.folders, date.today())
    for standing in found:
        print(standing)
    states = [s.document.status for s in found]
    from chatbot.schema import Status

    counts = ", ".join(f"{states.count(s)} {s}" for s in get_args(Status))
    changed = sum("changed since" in " ".join(s.notes) for s in found)
    overdue = sum("overdue" in " ".join(s.notes) for s in found)
    print(
        f"{len(found)} documents: {counts}; {overdue} overdue, {changed} changed since signed or "
        "recorded."
    )
    return 0


def _diff(arguments: argparse.Namespace, settings: Settings) -> int:
    from chatbot.curate import diff

    print(diff(settings.corpus.folders, arguments.id) or "Nothing changed.")
    return 0


def _card(arguments: argparse.Namespace, settings: Settings) -> int:
    from chatbot.curate.card import write_card

    folder = _folder(arguments, settings)
    print(f"{folder / 'README.md'}: {'written' if write_card(folder) else 'as it should be'}.")
    return 0


def _add(arguments: argparse.Namespace, settings: Settings) -> int:
    from tqdm import tqdm

    from chatbot.curate import Curator, Wanted

    if arguments.url and len(arguments.place) > 1:
        raise CorpusError("--url is the address of one page: give one file with it.")
    folder = _folder(arguments, settings)
    wanted = Wanted(
        url=arguments.url,
        publisher=arguments.publisher,
        licence=arguments.licence,
        title=arguments.title,
        topics=tuple(arguments.topic),
        only=arguments.only,
    )
    curator = Curator(folder, settings.corpus.folders, settings.corpus.hosts, date.today())
    outcomes = curator.add(arguments.place, wanted)
    return _told(tqdm(outcomes, desc="Adding", unit=" pages", delay=1), "added")


def _update(arguments: argparse.Namespace, settings: Settings) -> int:
    from tqdm import tqdm

    from chatbot.curate import Curator, Outcome
    from chatbot.library import document_files
    from chatbot.library.documents import read_document

    folder = _folder(arguments, settings)
    curator = Curator(folder, settings.corpus.folders, settings.corpus.hosts, date.today())
    if arguments.given and len(arguments.id) != 1:
        raise CorpusError("--from is the text of one document: name that one.")
    ids: Sequence[str] = arguments.id or [
        d.id
        for d in map(read_document, document_files(folder))
        if d.front.origin and d.front.status != "withdrawn"
    ]

    def updated() -> "Iterator[Outcome]":
        for id in tqdm(ids, desc="Updating", unit=" documents", delay=1):
            try:
                yield curator.update(id, arguments.given)
            except CorpusError as error:
                yield Outcome(id, problem=error.problem)

    return _told(updated(), "updated")


def _told(outcomes: "Iterable[Outcome]", done: str) -> int:
    from tqdm import tqdm

    count = {"done": 0, "unchanged": 0, "skipped": 0}
    for outcome in outcomes:
        if outcome.problem or outcome.document is None:
            why = (outcome.problem or "").rstrip(".")
            tqdm.write(f"{outcome.name}: skipped: {why}.")
            count["skipped"] += 1
        elif outcome.unchanged:
            tqdm.write(f"{outcome.name}: unchanged.")
            count["unchanged"] += 1
        else:
            d = outcome.document
            tqdm.write(f"{d.id}: {done}, version {d.version}, {d.words:,} words, {d.status}.")
            for left_out in outcome.left_out:
                tqdm.write(f"    left out, {left_out}")
            count["done"] += 1
    print(f"{count['done']} {done}, {count['unchanged']} unchanged, {count['skipped']} skipped.")
    return 1 if count["skipped"] else 0


def _withdraw(arguments: argparse.Namespace, settings: Settings) -> int:
    from chatbot.curate import withdraw

    folder = _folder(arguments, settings)
    document = withdraw(folder, arguments.id, by_role=arguments.role, reason=arguments.reason)
    print(f"{document.id}: withdrawn. A running chat leaves it out from the next message on.")
    return 0


def _review(arguments: argparse.Namespace, settings: Settings) -> int:
    from chatbot.curate import review

    document = review(
        _folder(arguments, settings),
        arguments.id,
        arguments.status,
        by_role=arguments.role,
        on=date.today(),
        comment=arguments.comment,
        folders=settings.corpus.folders,
    )
    print(f"{document.id}: {document.status}, review due {document.review_due}.")
    return 0
