"""Reading corpus files: what people write is read as they mean it, or told with its line."""

import pytest

from chatbot.errors import CorpusError, UnknownDocument
from chatbot.library import Library, stamp
from chatbot.library.documents import read_document
from chatbot.library.yaml_file import construct, parse_yaml

from .small_corpus import SmallCorpus, signature

FILE = "documents/evenings.md"


def test_the_key_on_is_a_word_and_not_a_yes(corpus: SmallCorpus) -> None:
    corpus.change(FILE, "status: draft", f"status: clinically-reviewed\n{signature('evenings')}")
    corpus.change(FILE, "{by_role: null, on: null}", "\n  by_role: nurse\n  on: 2026-02-01")
    document = read_document(corpus.folder / FILE)
    assert document.reviewed
    assert str(document.review.on) == "2026-02-01"


def test_the_country_code_no_is_norway_and_not_a_no(corpus: SmallCorpus) -> None:
    node = parse_yaml("- NO\n- off\n- true\n", corpus.folder / "sources.yaml")
    assert node is not None
    assert construct(node, corpus.folder / "sources.yaml") == ["NO", "off", True]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("version: 1", "version: [1", 6),
        ("title: Evenings", "title: Evenings: calm", 3),
        ("topics: [evenings", "topics: ]evenings", 4),
    ],
)
def test_broken_yaml_is_told_with_the_line_of_the_file(
    corpus: SmallCorpus, old: str, new: str, line: int
) -> None:
    corpus.change(FILE, old, new)
    with pytest.raises(CorpusError, match="Not valid YAML") as told:
        Library.load(corpus.folder)
    assert (told.value.file, told.value.line) == (corpus.folder / FILE, line)


def test_a_broken_record_is_told_with_its_line_and_its_field(corpus: SmallCorpus) -> None:
    corpus.change("sources.yaml", "licence: ogl-uk-3", "licence: mine")
    with pytest.raises(CorpusError, match="licence") as told:
        Library.load(corpus.folder)
    assert told.value.line == corpus.line("sources.yaml", "id: nhs-walks")


def test_a_misspelt_field_is_an_error_and_not_passed_over(corpus: SmallCorpus) -> None:
    corpus.change(FILE, "review_due:", "reveiw_due:")
    with pytest.raises(CorpusError, match="reveiw_due"):
        Library.load(corpus.folder)


def test_a_file_that_is_not_utf8_is_told_with_its_line(corpus: SmallCorpus) -> None:
    file = corpus.folder / FILE
    file.write_bytes(file.read_bytes().replace(b"gentle", b"g\xe9ntle", 1))
    with pytest.raises(CorpusError, match="UTF-8") as told:
        Library.load(corpus.folder)
    assert told.value.line == 12


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("---\nid", "id", "Front matter"),
        ("## What are evenings?", "### What are evenings?", "before the first"),
        ("## What do evenings", "# What do evenings", "Only `## `"),
        ("gentle way", "gentle [@who-calm] way", "inside a paragraph"),
        ("on: null}", "on: 2026-02-01}", "go together"),
        ("[@who-calm]", "[@who-storm]", "Unknown source"),
    ],
)
def test_a_document_of_the_wrong_form_is_not_loaded(
    corpus: SmallCorpus, old: str, new: str, words: str
) -> None:
    corpus.change(FILE, old, new)
    with pytest.raises(CorpusError, match=words) as told:
        Library.load(corpus.folder)
    assert told.value.line


def test_a_missing_folder_says_which_setting_to_change(corpus: SmallCorpus) -> None:
    with pytest.raises(CorpusError, match=r"corpus\.folder"):
        Library.load(corpus.folder / "nowhere")


def test_an_unknown_document_is_told_with_where_to_find_the_ids(shipped: Library) -> None:
    with pytest.raises(UnknownDocument, match="corpus list"):
        shipped.document("phrenology")


def test_the_version_changes_with_any_word_and_with_nothing_else(corpus: SmallCorpus) -> None:
    before = Library.load(corpus.folder).version
    assert Library.load(corpus.folder).version == before
    corpus.change(FILE, "gentle", "Gentle")
    assert Library.load(corpus.folder).version != before


def test_the_stamp_changes_when_a_file_does(corpus: SmallCorpus) -> None:
    before = stamp(corpus.folder)
    assert stamp(corpus.folder) == before
    corpus.change(FILE, "gentle", "very gentle")
    assert stamp(corpus.folder) != before


def test_nothing_in_the_shipped_corpus_claims_a_clinical_review(shipped: Library) -> None:
    assert shipped.clinically_reviewed == 0
    assert {d.status for d in shipped.documents.values()} == {"draft"}
