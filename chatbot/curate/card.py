"""`lamplight corpus card`: the counts in a corpus folder's README.md, written anew from the folder.

Only the rows that count are touched; every word around them stays.
"""

import re
from collections import Counter
from pathlib import Path
from typing import get_args

from chatbot.curate.shelf import replace_file
from chatbot.library import Library
from chatbot.library.sources import Licence
from chatbot.library.yaml_file import read_text
from chatbot.schema import Status

_TOTAL = re.compile(r"(?m)^\| \*\*[\d,]+ documents\*\* .*$")
_DOCUMENT = re.compile(r"(?m)^\| \[[^\]]*\]\(documents/[^)]*\) \|.*\n")


def write_card(folder: Path) -> bool:
    """Bring the counts of the data card up to date; whether anything changed.

    Raises
    ------
    CorpusError : the folder or its README.md cannot be read.
    """
    library = Library.load(folder)
    documents = library.documents.values()
    file = folder / "README.md"
    old = read_text(file)
    rows = "".join(
        f"| [{d.title}](documents/{d.file.name}) | {d.status} | {len(d.sections)} | {d.words:,} |\n"
        for d in documents
    )
    sections = sum(len(d.sections) for d in documents)
    words = sum(d.words for d in documents)
    total = f"| **{len(documents)} documents** | | **{sections:,}** | **{words:,}** |"
    text = _TOTAL.sub(lambda _: rows + total, _DOCUMENT.sub("", old), count=1)
    states = Counter(d.status for d in documents)
    for status in get_args(Status):
        text = re.sub(rf"(?m)^\| {status} \| \d+ \|$", f"| {status} | {states[status]} |", text)
    text = re.sub(
        r"All [\d,]+ documents are drafts", f"All {len(documents)} documents are drafts", text
    )
    return _pages(library, text, file) != old


def _pages(library: Library, text: str, file: Path) -> str:
    """The table of pages and the counts of crisis lines; writes the card."""
    records = library.sources.values()
    opened = sum(s.accessed is not None for s in records)
    text = re.sub(r"(?m)^\| all \| \d+ \|$", f"| all | {len(records)} |", text)
    text = re.sub(
        r"(?m)^(\| opened and compared with our text \|) \d+ \|$", rf"\1 {opened} |", text
    )
    licences = Counter(s.licence for s in records)
    rows = "".join(
        f"| licence `{name}` | {licences[name]} |\n" for name in get_args(Licence) if licences[name]
    )
    text = re.sub(r"(?m)(^\| licence `[^`]*` \| \d+ \|\n)+", lambda _: rows, text, count=1)
    replace_file(file, text)
    return text
