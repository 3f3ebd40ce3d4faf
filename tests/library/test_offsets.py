"""Offsets: what is cited is always exactly what stands in the document."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.library import Library
from chatbot.library.documents import Document, Paragraph, parse_document, read_document

FRONT = """\
---
id: made-up
title: Made up
topics: [x]
version: 1
status: draft
written_on: 2026-01-10
review: {by_role: null, on: null}
review_due: 2027-01-10
---
"""


def _holds(document: Document, paragraph: Paragraph) -> None:
    """The promise: text and units are slices of the body, in order, and nothing is left out."""
    body = document.body
    assert body[paragraph.start : paragraph.end] == paragraph.text
    cursor = paragraph.start
    for start, end in paragraph.units:
        assert cursor <= start < end <= paragraph.end
        assert body[cursor:start].strip() == ""
        assert body[start:end].strip() == body[start:end]
        cursor = end
    assert body[cursor : paragraph.end].strip() == ""


def test_every_paragraph_and_sentence_of_the_shipped_corpus_is_a_slice_of_its_body(
    shipped: Library,
) -> None:
    for document in shipped.documents.values():
        for paragraph in document.paragraphs.values():
            assert paragraph.units
            _holds(document, paragraph)


def test_every_paragraph_of_the_shipped_corpus_is_told_by_its_own_line(shipped: Library) -> None:
    for document in shipped.documents.values():
        lines = document.file.read_text(encoding="utf-8").split("\n")
        for paragraph in document.paragraphs.values():
            first = paragraph.text.split("\n")[0]
            assert lines[paragraph.line - 1].startswith(first)


def test_a_list_is_quoted_whole_with_its_lead_in(shipped: Library) -> None:
    lists = [
        p for d in shipped.documents.values() for p in d.paragraphs.values() if "\n- " in p.text
    ]
    assert len(lists) > 10
    for paragraph in lists:
        start, end = paragraph.units[-1]
        assert end == paragraph.end
        assert ":\n- " in paragraph.text[start - paragraph.start :]


EMOJI = ["🙂", "👩‍👩‍👧", "🏳️‍🌈", "👍🏽", "🇮🇹"]
MARKS = ["e\u0301", "Z\u0351\u0343a\u0334\u0310", "न\u093fक\u0947", "ש\u05c1", "\u1112\u1161\u11ab"]
WORDS = st.one_of(
    st.sampled_from([*EMOJI, *MARKS, "Calm.", "Dr.", "e.g.", "Rest?", "No!", "“Quiet.”", "5.6%"]),
    st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="[]@#-"),
        min_size=1,
        max_size=8,
    ).filter(str.strip),
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(lambda words: "x " + " ".join(words))
LISTS = st.tuples(SENTENCES, st.lists(SENTENCES, min_size=1, max_size=4)).map(
    lambda parts: parts[0] + ":" + "".join(f"\n- {item}" for item in parts[1])
)
BLOCKS = st.lists(st.one_of(SENTENCES, LISTS), min_size=1, max_size=5)
BREAKS = st.sampled_from(["\n", "\r\n"])


@settings(deadline=None)
@given(BLOCKS, BREAKS)
def test_offsets_hold_for_any_script_emoji_and_line_ending(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[str], newline: str
) -> None:
    body = "## What is this?\n" + "\n\n".join(f"{block} [@a] [@b.c]" for block in blocks) + "\n"
    file = tmp_path_factory.getbasetemp() / "made-up.md"
    file.write_bytes((FRONT + body).replace("\n", newline).encode("utf-8"))
    document = read_document(file)
    (section,) = document.sections
    assert [p.text for p in section.paragraphs] == [block.rstrip() for block in blocks]
    for paragraph in section.paragraphs:
        assert paragraph.sources == ("a", "b.c")
        _holds(document, paragraph)


def test_a_windows_file_and_a_unix_file_have_the_same_offsets(tmp_path: Path) -> None:
    text = FRONT + "## Why?\nOne. Two. [@a]\n\nThree:\n- four\n- five [@a]\n"
    unix, windows = tmp_path / "unix.md", tmp_path / "windows.md"
    unix.write_bytes(text.encode())
    windows.write_bytes(text.replace("\n", "\r\n").encode())
    a, b = read_document(unix), read_document(windows)
    assert a.body == b.body
    assert [p.units for p in a.paragraphs.values()] == [p.units for p in b.paragraphs.values()]


def test_offsets_count_code_points_and_not_bytes_or_letters() -> None:
    cafe = unicodedata.normalize("NFD", "café")
    document = parse_document(FRONT + f"## Why?\n🙂 {cafe} is calm. Rest. [@a]\n", Path("x.md"))
    (paragraph,) = document.paragraphs.values()
    (first, second) = paragraph.units
    assert document.body[slice(*first)] == f"🙂 {cafe} is calm."
    assert document.body[slice(*second)] == "Rest."
    assert first == (8, 8 + 2 + 5 + 9)
