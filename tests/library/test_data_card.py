"""The data card, corpus/README.md, counts what is in the folder and nothing else."""

import re
from collections import Counter

import pytest

from chatbot.library import Library

HINT = "corpus/README.md: correct the counts"


@pytest.fixture(scope="module")
def card(shipped: Library) -> str:
    return (shipped.folders[-1] / "README.md").read_text(encoding="utf-8")


def _table(card: str, first: str) -> dict[str, str]:
    """The second column by the first, of the table whose heading row begins so."""
    rows = card.split(f"| {first} |", 1)[1].split("\n\n")[0].split("\n")[2:]
    cells = ([c.strip() for c in row.strip("| ").split("|")] for row in rows)
    return {name: value for name, value, *_ in cells}


def test_the_card_lists_every_document_with_its_state_sections_and_words(
    shipped: Library, card: str
) -> None:
    rows = re.findall(r"^\| \[(.+)\]\(documents/(.+)\.md\) \| (.+) \| (.+) \| (.+) \|$", card, re.M)
    expected = [
        (d.title, d.id, d.status, str(len(d.sections)), f"{d.words:,}")
        for d in shipped.documents.values()
    ]
    assert rows == expected, HINT


def test_the_card_counts_documents_sections_and_words(shipped: Library, card: str) -> None:
    documents = shipped.documents.values()
    total = (
        f"| **{len(documents)} documents** | | **{sum(len(d.sections) for d in documents)}** | "
        f"**{sum(d.words for d in documents):,}** |"
    )
    assert total in card, HINT
    assert f"All {len(documents)} documents are drafts." in card, HINT


def test_the_card_counts_the_states(shipped: Library, card: str) -> None:
    counted = Counter(d.status for d in shipped.documents.values())
    states = _table(card, "state")
    assert {s: int(n) for s, n in states.items() if int(n)} == dict(counted), HINT
    assert list(states) == ["draft", "source-checked", "clinically-reviewed", "withdrawn"]


def test_the_card_counts_the_pages_and_how_many_were_opened(shipped: Library, card: str) -> None:
    sources = shipped.sources.values()
    pages = _table(card, "pages in `sources.yaml`")
    assert int(pages.pop("all")) == len(sources), HINT
    opened = int(pages.pop("opened and compared with our text"))
    assert opened == sum(s.accessed is not None for s in sources), HINT
    licences = {name.removeprefix("licence ").strip("`"): int(n) for name, n in pages.items()}
    assert licences == Counter(s.licence for s in sources), HINT


def test_the_card_counts_the_crisis_lines_and_their_countries(shipped: Library, card: str) -> None:
    lines = shipped.lines
    told = f"has {len(lines.records)} records for {len(lines.countries) - 1} countries"
    assert told in card, HINT


def test_every_source_that_the_card_doubts_is_in_the_corpus(shipped: Library, card: str) -> None:
    doubts = card.split("## Known gaps and doubts", 1)[1]
    named = {n for n in re.findall(r"`([a-z0-9-]+)`", doubts) if n not in shipped.documents}
    assert named
    assert named <= set(shipped.sources)
