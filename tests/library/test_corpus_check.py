"""The corpus check: what passes, what fails, where it points, and that it never stops early."""

from datetime import date, timedelta

import pytest

from chatbot.library import Library
from chatbot.library.check import check
from chatbot.library.documents import read_document

from .breaches import BREACHES, EVENINGS, FIRST, WALKS, Breach
from .small_corpus import TODAY, SmallCorpus, signature


def test_the_shipped_corpus_keeps_every_rule(shipped: Library) -> None:
    """On the day of its latest text: `make` runs the check on the day itself, where dates count."""
    report = check(shipped.folders[-1], max(d.written_on for d in shipped.documents.values()))
    assert report.passed, "\n".join(map(str, report.errors))


def test_a_corpus_that_keeps_every_rule_passes_without_a_word(corpus: SmallCorpus) -> None:
    report = corpus.check()
    assert report.problems == ()
    assert report.passed
    assert report.summary.startswith("2 documents, 56 paragraphs, ")
    assert report.summary.endswith("2 sources, 3 crisis lines: no problems, no warnings.")


@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_each_broken_rule_is_told_with_its_file_and_line_and_nothing_else_is(
    corpus: SmallCorpus, breach: Breach
) -> None:
    corpus.change(breach.file, breach.old, breach.new)
    nth = 2 if breach.rule == "line twice" else breach.nth
    at = corpus.line(breach.file, breach.at, nth) if breach.at else None
    assert corpus.problems() == [(f"corpus/{breach.file}", at, breach.rule, breach.severity)]
    assert corpus.check().passed == (breach.severity == "warning")


@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_each_problem_is_one_line_that_says_how_to_mend_it(
    corpus: SmallCorpus, breach: Breach
) -> None:
    corpus.change(breach.file, breach.old, breach.new)
    (problem,) = corpus.check().problems
    told = str(problem)
    assert "\n" not in told
    assert told.startswith(f"corpus/{breach.file}:")
    assert f": {breach.severity}: " in told
    assert told.count(". ") + told.count("; ") + told.count(": ") >= 2
    assert told.endswith(".")


def test_a_source_id_used_twice_is_told_at_its_second_place(corpus: SmallCorpus) -> None:
    corpus.change("sources.yaml", "id: nhs-walks", "id: who-calm")
    at = corpus.line("sources.yaml", "id: who-calm", 2)
    assert ("corpus/sources.yaml", at, "source twice", "error") in corpus.problems()


def test_no_number_at_all_to_call_or_text_is_an_error(corpus: SmallCorpus) -> None:
    corpus.change("crisis_lines.yaml", '  call: "116 123"\n', "")
    corpus.change("crisis_lines.yaml", 'text: "HOME to 741741"', "note: by post")
    assert corpus.problems() == [("corpus/crisis_lines.yaml", None, "no number", "error")]


def test_a_number_is_warned_of_after_180_days_and_refused_after_365(corpus: SmallCorpus) -> None:
    checked = date(2026, 2, 20)

    def severities(days: int) -> set[str]:
        lines = "corpus/crisis_lines.yaml"
        found = corpus.problems(checked + timedelta(days=days))
        return {severity for file, _, _, severity in found if file == lines}

    assert severities(180) == set()
    assert severities(181) == {"warning"}
    assert severities(365) == {"warning"}
    assert severities(366) == {"error"}


def test_a_late_review_is_warned_of_for_60_days_and_then_refused(corpus: SmallCorpus) -> None:
    due = date(2026, 2, 25)
    corpus.change(EVENINGS, "review_due: 2027-01-10", f"review_due: {due}")
    at = ("corpus/" + EVENINGS, corpus.line(EVENINGS, "review_due"), "review due")
    assert corpus.problems(due) == []
    assert corpus.problems(due + timedelta(days=1)) == [(*at, "warning")]
    assert corpus.problems(due + timedelta(days=60)) == [(*at, "warning")]
    assert corpus.problems(due + timedelta(days=61)) == [(*at, "error")]


def test_a_withdrawn_document_is_never_overdue(corpus: SmallCorpus) -> None:
    corpus.change(EVENINGS, "status: draft", "status: withdrawn")
    corpus.change(EVENINGS, "review_due: 2027-01-10", "review_due: 2026-01-11")
    assert corpus.problems() == []


def test_source_checked_is_earned_when_every_page_was_opened(corpus: SmallCorpus) -> None:
    corpus.change(EVENINGS, "status: draft", f"status: source-checked\n{signature('evenings')}")
    assert corpus.problems() == []


def test_a_document_that_a_clinician_signed_passes(corpus: SmallCorpus) -> None:
    corpus.change(
        EVENINGS, "status: draft", f"status: clinically-reviewed\n{signature('evenings')}"
    )
    corpus.change(EVENINGS, "by_role: null, on: null", "by_role: psychiatrist, on: 2026-02-01")
    assert corpus.problems() == []


def test_a_text_that_was_changed_after_it_was_signed_is_a_draft_and_the_check_says_so(
    corpus: SmallCorpus,
) -> None:
    test_a_document_that_a_clinician_signed_passes(corpus)
    corpus.change(EVENINGS, "a gentle way to end", "a kind way to end")
    (problem,) = corpus.check().problems
    assert (problem.rule, problem.severity) == ("signature", "error")
    assert "changed after it was signed" in problem.what
    document = read_document(corpus.folder / EVENINGS)
    assert (document.status, document.reviewed) == ("draft", False)


@pytest.mark.parametrize(("keep", "advice"), [(14, "say more"), (60, "split it")])
def test_a_document_has_500_to_1200_words(corpus: SmallCorpus, keep: int, advice: str) -> None:
    head, _, rest = corpus.read(EVENINGS).partition("look like?\n")
    paragraphs = rest.strip().split("\n\n")
    more = [p.replace(" the ", f" the {n}th ") for n, p in enumerate(paragraphs, 40)]
    corpus.write(EVENINGS, head + "look like?\n" + "\n\n".join((paragraphs + more * 2)[:keep]))
    (problem,) = (p for p in corpus.check().problems if p.rule == "length")
    assert problem.line == corpus.line(EVENINGS, "## What are evenings?")
    assert advice in str(problem)


def test_the_same_paragraph_twice_is_told_at_the_second(corpus: SmallCorpus) -> None:
    corpus.change(WALKS, "## What do", "walks: [@nhs-walks]\n\nWalks: [@nhs-walks]\n\n## What do")
    at = corpus.line(WALKS, "Walks: [@nhs-walks]")
    assert corpus.problems() == [(f"corpus/{WALKS}", at, "repeat", "error")]


def test_twelve_words_shared_by_two_documents_are_told_once(corpus: SmallCorpus) -> None:
    shared = "a warm and slow hour with no clock in the room, and then sleep"
    corpus.change(EVENINGS, FIRST, f"Evenings are {shared}. [@who-calm]")
    corpus.change(WALKS, "Walks are a gentle way to end the day.", f"Walks lead to {shared}.")
    at = corpus.line(WALKS, "Walks lead to")
    assert corpus.problems() == [(f"corpus/{WALKS}", at, "repeat", "error")]


def test_eleven_words_may_be_shared(corpus: SmallCorpus) -> None:
    shared = "call your local emergency number if you are in danger now"
    assert len(shared.split()) == 11
    corpus.change(EVENINGS, FIRST, f"Please {shared}. [@who-calm]")
    corpus.change(WALKS, "Walks are a gentle way to end the day.", f"Then please do {shared}.")
    assert not [p for p in corpus.check().problems if p.rule == "repeat"]


def test_a_file_that_will_never_be_read_is_warned_of(corpus: SmallCorpus) -> None:
    corpus.write("documents/notes.txt", "Remember the milk.")
    assert corpus.problems() == [("corpus/documents/notes.txt", None, "strays", "warning")]


def test_phrasings_for_a_document_or_a_question_that_is_not_there_are_told(
    corpus: SmallCorpus,
) -> None:
    (corpus.folder / "asked_as").mkdir()
    corpus.write("asked_as/nights.yaml", "")
    corpus.write(
        "asked_as/walks.yaml", '"What are walks?": ["walks"]\n"What are runs?": ["runs"]\n'
    )
    assert corpus.problems() == [
        ("corpus/asked_as/nights.yaml", 1, "strays", "error"),
        ("corpus/asked_as/walks.yaml", 2, "readable", "error"),
    ]


def test_every_broken_file_is_told_in_one_run(corpus: SmallCorpus) -> None:
    corpus.change(EVENINGS, "version: 1", "version: [")
    corpus.change(WALKS, "status: draft", "status: perfect")
    corpus.change("sources.yaml", "licence: ogl-uk-3", "licence: mine")
    corpus.change("crisis_lines.yaml", "checked_on: 2026-02-20", "checked_on: soon")
    (corpus.folder / "documents/old.md").write_bytes(b"---\nid: old\n\xff\xfe\n---\n")
    told = [(file, rule) for file, _, rule, _ in corpus.problems()]
    assert told == [
        ("corpus/crisis_lines.yaml", "readable"),
        ("corpus/documents/evenings.md", "readable"),
        ("corpus/documents/old.md", "readable"),
        ("corpus/documents/walks.md", "readable"),
        ("corpus/sources.yaml", "readable"),
    ]


def test_a_broken_document_does_not_make_its_sources_look_unused(corpus: SmallCorpus) -> None:
    corpus.change(EVENINGS, "version: 1", "version: none")
    assert [rule for _, _, rule, _ in corpus.problems()] == ["readable"]


def test_a_broken_list_of_sources_does_not_make_every_source_unknown(corpus: SmallCorpus) -> None:
    corpus.write("sources.yaml", "- id: [\n")
    assert corpus.problems() == [("corpus/sources.yaml", 2, "readable", "error")]


@pytest.mark.parametrize("day", ["2026-13-45", "soon"])
def test_a_date_that_cannot_be_is_told_and_not_raised(corpus: SmallCorpus, day: str) -> None:
    corpus.change(EVENINGS, "written_on: 2026-01-10", f"written_on: {day}")
    assert corpus.problems() == [(f"corpus/{EVENINGS}", 2, "readable", "error")]


def test_a_key_that_stands_twice_in_the_front_matter_is_told(corpus: SmallCorpus) -> None:
    corpus.change(EVENINGS, "status: draft", "status: withdrawn\nstatus: draft")
    at = corpus.line(EVENINGS, "status: draft")
    assert corpus.problems() == [(f"corpus/{EVENINGS}", at, "readable", "error")]


@pytest.mark.parametrize("file", ["sources.yaml", "crisis_lines.yaml"])
def test_a_missing_file_is_told(corpus: SmallCorpus, file: str) -> None:
    (corpus.folder / file).unlink()
    assert (f"corpus/{file}", None, "readable", "error") in corpus.problems()
    assert not corpus.check().passed


def test_an_empty_folder_and_a_missing_one_fail(corpus: SmallCorpus) -> None:
    for file in (corpus.folder / "documents").glob("*.md"):
        file.unlink()
    assert ("corpus/documents", None, "readable", "error") in corpus.problems()
    assert not check(corpus.folder / "nowhere", TODAY).passed


def test_problems_are_told_in_the_order_of_files_and_lines(corpus: SmallCorpus) -> None:
    corpus.change(WALKS, "## What do walks look like?", "## Looks")
    corpus.change(WALKS, "## What are walks?", "## Walks")
    corpus.change("crisis_lines.yaml", 'call: "116 123"', 'call: "HOPE"')
    places = [(file, line) for file, line, _, _ in corpus.problems()]
    assert places == sorted(places, key=lambda p: (p[0], p[1] or 0))
    assert len(places) == 3
