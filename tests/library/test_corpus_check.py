"""The corpus check: what passes, what fails, where it points, and that it never stops early."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from chatbot.library.check import check
from chatbot.settings import ROOT

from .small_corpus import TODAY, SmallCorpus

EVENINGS, WALKS = "documents/evenings.md", "documents/walks.md"
FIRST = "Evenings are a gentle way to end the day. [@who-calm]"
ASKED, ASKED_NEXT = "## What are evenings?", "## What do evenings look like?"
LIST = "Evenings can help with:\n- tired legs\n- a busy mind [@who-calm]"


def test_the_shipped_corpus_keeps_every_rule() -> None:
    report = check(ROOT / "corpus")
    assert report.passed, "\n".join(map(str, report.errors))


def test_a_corpus_that_keeps_every_rule_passes_without_a_word(corpus: SmallCorpus) -> None:
    report = corpus.check()
    assert report.problems == ()
    assert report.passed
    assert report.summary.startswith("2 documents, 56 paragraphs, ")
    assert report.summary.endswith("2 sources, 3 crisis lines: no problems, no warnings.")


@dataclass(frozen=True)
class Breach:
    """One change to one file, and the one problem it has to lead to, at the line with `at`."""

    rule: str
    file: str
    old: str
    new: str
    at: str | None
    nth: int = 1
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.rule}: {self.new[:40]!r}"


def front(rule: str, old: str, new: str, at: str, severity: str = "error") -> Breach:
    return Breach(rule, EVENINGS, old, new, at, severity=severity)


def body(rule: str, new: str, at: str, nth: int = 1, old: str = FIRST) -> Breach:
    return Breach(rule, EVENINGS, old, new, at, nth)


def source(rule: str, old: str, new: str, at: str, nth: int = 1) -> Breach:
    return Breach(rule, "sources.yaml", old, new, at, nth)


def line(rule: str, old: str, new: str, at: str | None, severity: str = "error") -> Breach:
    return Breach(rule, "crisis_lines.yaml", old, new, at, severity=severity)


FORM = [
    body("sources", "Evenings are a gentle way to end the day.", "gentle way"),
    body("marker", "Evenings are a gentle way. [@who calm]", "gentle way"),
    body("marker", "Evenings are a gentle way. [ @who-calm]", "gentle way"),
    body("unknown source", FIRST + " [@who-storm]", "[@who-storm]"),
    body("question", "## Calm", "## Calm", old=ASKED),
    body("question twice", ASKED, "## What are", 2, old=ASKED_NEXT),
    body("empty section", f"## Is it late?\n\n{ASKED}", "Is it late?", old=ASKED),
    body("alone", "They are a gentle way to end the day. [@who-calm]", "They are"),
    body("alone", "However, evenings are short. [@who-calm]", "However"),
    body("one line", FIRST.replace(" to end", "\nto end"), "gentle way"),
    body("list", LIST.replace("- ", "* "), "* tired legs", old=LIST),
    body("list", LIST.replace("- ", "1. "), "1. tired legs", old=LIST),
    body("list", LIST.replace("- ", "-"), "-tired legs", old=LIST),
    body("list", LIST.replace("- a", "  - a"), "  - a busy", old=LIST),
    body("list", LIST.replace("with:", "with"), "can help with", old=LIST),
    body("list", LIST.replace("legs", "legs\nand feet"), "and feet", old=LIST),
    body("list", LIST.replace("- tired legs\n", ""), "can help with", old=LIST),
    body("list", LIST.replace("with:\n", "with: [@who-calm]\n\n"), "- tired legs", old=LIST),
    front("name", "id: evenings", "id: nights", "id: nights"),
]  # fmt: skip

DATES = "written_on: 2026-01-10\nreview: {by_role: null, on: null}\nreview_due: 2027-01-10"
SAME_DAY = f"written_on: {TODAY}\nreview: {{by_role: null, on: null}}\nreview_due: {TODAY}"


def signed(review: str) -> Breach:
    """A document that claims a clinician's review, with this in `review`."""
    state = "status: {}\nwritten_on: 2026-01-10\nreview: {{{}}}"
    return front(
        "signature",
        state.format("draft", "by_role: null, on: null"),
        state.format("clinically-reviewed", review),
        "review:",
    )


REVIEW = [
    front("written on", "written_on: 2026-01-10", "written_on: 2026-03-02", "written_on"),
    front("review due", "due: 2027-01-10", "due: 2026-02-27", "review_due", "warning"),
    front("review due", DATES, SAME_DAY, "review_due"),
    front("signature", "by_role: null", "by_role: psychiatrist", "review:"),
    signed("by_role: null, on: 2026-02-01"),
    signed("by_role: nurse, on: 2025-12-31"),
    signed("by_role: nurse, on: 2026-03-02"),
    front("readable", "status: draft", "status: clinically-reviewed", "id: evenings"),
    front("readable", "on: null}", "on: 2026-02-01}", "id: evenings"),
    Breach("source-checked", WALKS, "status: draft", "status: source-checked", "status:"),
]  # fmt: skip

SOURCES = [
    source("unused source", "id: nhs-walks", "id: nhs-runs\n  publisher: NHS\n  title: Runs\n"
           "  url: https://www.nhs.uk/runs/\n  licence: ogl-uk-3\n\n- id: nhs-walks", "nhs-runs"),
    source("page twice", "https://www.nhs.uk/walks/", "https://www.who.int/calm/#top", "nhs-walks"),
    source("authority", "https://www.nhs.uk/walks/", "https://www.example.com/walks", "nhs-walks"),
    source("authority", "https://www.nhs.uk/walks/", "https://notnhs.uk/walks", "nhs-walks"),
    source("authority", "https://www.nhs.uk/walks/", "https://nhs.uk.example.org/", "nhs-walks"),
    source("authority", "https://www.nhs.uk/walks/", "https://who.int@example.org/", "nhs-walks"),
    source("source date", "accessed: 2026-01-05", "accessed: 2026-03-02", "who-calm"),
    source("readable", "https://www.nhs.uk/walks/", "http://www.nhs.uk/walks/", "nhs-walks"),
    source("readable", "licence: ogl-uk-3", "licence: mine", "nhs-walks"),
    source("readable", "title: Walks", "title: Walks\n  title: Runs", "title: Runs"),
]  # fmt: skip

LINES = [
    line("dial string", 'call: "116 123"', 'call: "+44 116 123"', '"GB"'),
    line("dial string", 'call: "116 123"', 'call: "0800 HOPE"', '"GB"'),
    line("dial string", 'call: "116 123"', 'also_call: ["116 123", "116-one"]', '"GB"'),
    line("dial string", "HOME to 741741", "741741 with HOME", '"US"'),
    line("dial string", "HOME to 741741", "+1 741741", '"US"'),
    line("readable", 'call: "116 123"', "call: 116123", '"GB"'),
    line("checked on", "checked_on: 2026-02-20", "checked_on: 2026-03-02", '"GB"'),
    line("checked on", "checked_on: 2026-02-20", "checked_on: 2025-09-01", '"GB"', "warning"),
    line("checked on", "checked_on: 2026-02-20", "checked_on: 2025-02-28", '"GB"'),
    line("country", 'country: "US"', "country: usa", "usa"),
    line("country", "country_name: United States", "country_name: Utopia\n  kinds: [x]\n"
         "  source: https://a.org/\n  emergency: '911'\n  name: A\n  text: '988'\n"
         "  checked_on: 2026-02-20\n\n- country: US\n  country_name: United States", "country: US"),
    line("emergency", 'emergency: "911"', 'emergency: "the police"', '"US"'),
    line("no way", '  text: "HOME to 741741"\n', "", '"US"'),
    line("fallback", "  url: https://findahelpline.com/\n", "", '"XX"'),
    line("fallback", 'country: "XX"', 'country: "FR"', None),
    line("address", "url: https://www.samaritans.org/", "url: samaritans.org", '"GB"'),
    line("line twice", "US\"\n  country_name: United States\n  name: Crisis Text Line",
         "GB\"\n  country_name: United Kingdom\n  name: SAMARITANS", '"GB"'),
]  # fmt: skip


@pytest.mark.parametrize("breach", [*FORM, *REVIEW, *SOURCES, *LINES], ids=str)
def test_each_broken_rule_is_told_with_its_file_and_line_and_nothing_else_is(
    corpus: SmallCorpus, breach: Breach
) -> None:
    corpus.change(breach.file, breach.old, breach.new)
    nth = 2 if breach.rule == "line twice" else breach.nth
    at = corpus.line(breach.file, breach.at, nth) if breach.at else None
    assert corpus.problems() == [(f"corpus/{breach.file}", at, breach.rule, breach.severity)]
    assert corpus.check().passed == (breach.severity == "warning")


@pytest.mark.parametrize("breach", [*FORM, *REVIEW, *SOURCES, *LINES], ids=str)
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
    corpus.change(EVENINGS, "status: draft", "status: source-checked")
    assert corpus.problems() == []


def test_a_document_that_a_clinician_signed_passes(corpus: SmallCorpus) -> None:
    corpus.change(EVENINGS, "status: draft", "status: clinically-reviewed")
    corpus.change(EVENINGS, "by_role: null, on: null", "by_role: psychiatrist, on: 2026-02-01")
    assert corpus.problems() == []


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
