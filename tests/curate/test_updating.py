"""Pages that are read again: unchanged ones change nothing, changed ones are unsigned drafts."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from chatbot.curate import Wanted
from chatbot.errors import CorpusError
from chatbot.library.documents import Origin

from . import samples
from .conftest import Site
from .desk import HERE, Desk

ID = "seasonal-low-mood"
PAGE = "/xml/topics.xml"


@pytest.fixture
def imported(desk: Desk, site: Site) -> Desk:
    """A desk with one signed document, read from a page of this machine."""
    assert desk.says("add", site.put(PAGE, samples.winter())).status == 0
    assert desk.says("review", ID, "--as", "source-checked", "--role", "nurse").status == 0
    return desk


def changed() -> bytes:
    return samples.winter(samples.WINTER_SUMMARY.replace("in spring", "in April"))


def origin(desk: Desk, id: str = ID) -> Origin:
    found = desk.document(id).front.origin
    assert found is not None
    return found


def test_an_unchanged_page_changes_nothing(imported: Desk) -> None:
    before = {f: f.read_bytes() for f in imported.own.rglob("*") if f.is_file()}
    ran = imported.says("update", ID)
    assert ran.status == 0
    assert f"{ID}: unchanged." in ran.out
    assert ran.out.splitlines()[-1] == "0 updated, 1 unchanged, 0 skipped."
    assert {f: f.read_bytes() for f in imported.own.rglob("*") if f.is_file()} == before


def test_a_changed_page_raises_the_version_and_clears_the_signature(
    imported: Desk, site: Site
) -> None:
    old = imported.document(ID)
    site.put(PAGE, changed())
    ran = imported.says("update", ID)
    assert ran.status == 0, ran.out
    new = imported.document(ID)
    assert "in April" in new.body
    assert "in spring" not in new.body
    assert (new.version, new.status, new.front.signed) == (2, "draft", None)
    assert (new.id, new.title, new.topics) == (old.id, old.title, old.topics)
    assert imported.says("check").status == 0


def test_a_changed_page_brings_a_new_hash_and_day(imported: Desk, site: Site) -> None:
    site.put(PAGE, changed())
    old, tomorrow = origin(imported), date.today() + timedelta(days=1)
    outcome = imported.curator(tomorrow).update(ID)
    assert outcome.document is not None
    new = origin(imported)
    assert new.sha256 != old.sha256
    assert new.retrieved_on == outcome.document.written_on == tomorrow
    assert (new.url, new.read_from, new.licence) == (old.url, old.read_from, old.licence)


def test_an_update_is_written_into_the_history_and_diff_shows_it(
    imported: Desk, site: Site
) -> None:
    site.put(PAGE, changed())
    imported.says("update")
    assert [e.event for e in imported.history] == ["added", "reviewed", "updated"]
    assert imported.history[-1].version == 2
    told = imported.says("diff", ID).out
    assert any(line.startswith("-") and "in spring" in line for line in told.splitlines())
    assert any(line.startswith("+") and "in April" in line for line in told.splitlines())


def test_without_names_every_imported_document_is_read_again(desk: Desk, site: Site) -> None:
    desk.says("add", site.put(PAGE, samples.winter()), site.put("/exam", samples.nhs()))
    own = desk.document_file("grief")
    own.write_bytes((desk.base / "documents" / "grief.md").read_bytes())
    site.put(PAGE, changed())
    ran = desk.says("update")
    assert ran.status == 0
    assert ran.out.splitlines()[-1] == "1 updated, 1 unchanged, 0 skipped."


def test_a_page_that_is_gone_is_told_and_the_others_are_still_read(desk: Desk, site: Site) -> None:
    desk.says("add", site.put(PAGE, samples.winter()), site.put("/exam", samples.nhs()))
    del site.pages["/exam"]
    site.put(PAGE, changed())
    before = desk.document_file("exam-nerves").read_bytes()
    ran = desk.says("update")
    assert ran.status == 1
    assert "exam-nerves: skipped: the server answered 404" in ran.out
    assert ran.out.splitlines()[-1] == "1 updated, 0 unchanged, 1 skipped."
    assert desk.document_file("exam-nerves").read_bytes() == before


def test_a_topic_that_left_its_file_is_told(imported: Desk, site: Site) -> None:
    other = samples.topic("A", "https://medlineplus.gov/a.html", samples.WINTER_SUMMARY)
    more = samples.topic("B", "https://medlineplus.gov/b.html", samples.WINTER_SUMMARY)
    site.put(PAGE, samples.medlineplus(other, more))
    ran = imported.says("update", ID)
    assert ran.status == 1
    assert f"the page {samples.WINTER_URL} is no longer in it" in ran.out
    assert imported.document(ID).version == 1


def test_of_a_file_of_many_topics_the_same_one_is_read(imported: Desk, site: Site) -> None:
    other = samples.topic("A", "https://medlineplus.gov/a.html", "<p>Something else.</p>")
    both = samples.topic(
        samples.WINTER, samples.WINTER_URL, samples.WINTER_SUMMARY.replace("in spring", "in April")
    )
    site.put(PAGE, samples.medlineplus(other, both))
    assert imported.says("update", ID).status == 0
    assert "in April" in imported.document(ID).body


def test_a_page_of_which_nothing_may_be_said_any_more_leaves_the_old_text(
    imported: Desk, site: Site
) -> None:
    before = imported.document_file(ID).read_bytes()
    site.put(PAGE, samples.winter("<p>Call 988.</p>"))
    ran = imported.says("update", ID)
    assert (ran.status, "words of it could be used" in ran.out) == (1, True)
    assert imported.document_file(ID).read_bytes() == before


def test_a_page_off_the_list_by_now_is_not_read_again(imported: Desk, site: Site) -> None:
    imported.settings_file.write_text(
        imported.settings_file.read_text().replace(f'hosts = ["{HERE}"]', "hosts = []")
    )
    asked = len(site.asked)
    ran = imported.says("update", ID)
    assert (ran.status, "list of authorities" in ran.out) == (1, True)
    assert len(site.asked) == asked


def test_a_file_that_was_added_is_read_again_from_its_place(desk: Desk) -> None:
    desk.added(samples.winter(), "topics.xml")
    desk.file("topics.xml", changed())
    assert desk.says("update").status == 0
    assert "in April" in desk.document(ID).body


def test_what_is_left_out_of_a_changed_page_is_told(imported: Desk, site: Site) -> None:
    site.put(
        PAGE, samples.winter(samples.WINTER_SUMMARY.replace("in spring.", "in summer. Dial 988."))
    )
    assert "    left out, phone number: Dial 988." in imported.says("update", ID).out.splitlines()


# --- a text of our own ----------------------------------------------------------------------------


def given(desk: Desk, old: str, new: str) -> Path:
    text = desk.document_file(ID).read_text(encoding="utf-8")
    assert old in text
    return desk.file("new.md", text.replace(old, new, 1).encode())


def test_a_text_from_a_file_raises_the_version_and_clears_the_signature(imported: Desk) -> None:
    file = given(imported, "dark months", "dim months")
    assert imported.says("update", ID, "--from", str(file)).status == 0
    document = imported.document(ID)
    assert "dim months" in document.body
    assert (document.version, document.status, document.front.signed) == (2, "draft", None)
    assert imported.history[-1].event == "updated"


def test_the_same_text_from_a_file_changes_nothing(imported: Desk) -> None:
    file = given(imported, "version: 1", "version: 7")
    ran = imported.says("update", ID, "--from", str(file))
    assert (ran.status, "unchanged" in ran.out) == (0, True)
    assert imported.document(ID).version == 1
    assert imported.document(ID).status == "source-checked"


def test_a_file_cannot_sign_for_itself(imported: Desk) -> None:
    file = given(imported, "dark months", "dim months")
    assert "signed:" in file.read_text()
    imported.says("update", ID, "--from", str(file))
    assert imported.document(ID).front.signed is None


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (f"id: {ID}", "id: another", "The file is document 'another'"),
        ("version: 1", "version: one", "version"),
        ("## What is", "# What is", "Text before the first"),
    ],
)
def test_a_broken_file_or_another_document_is_refused(
    imported: Desk, old: str, new: str, why: str
) -> None:
    before = imported.document_file(ID).read_bytes()
    ran = imported.says("update", ID, "--from", str(given(imported, old, new)))
    assert (ran.status, why in ran.out) == (1, True), ran.out
    assert imported.document_file(ID).read_bytes() == before


def test_a_text_from_a_file_is_for_one_document(imported: Desk) -> None:
    file = given(imported, "dark months", "dim months")
    ran = imported.says("update", "--from", str(file))
    assert (ran.status, "--from" in ran.err) == (1, True)


def test_a_document_written_here_has_no_page_to_read_again(desk: Desk) -> None:
    own = desk.document_file("grief")
    own.parent.mkdir()
    own.write_bytes((desk.base / "documents" / "grief.md").read_bytes())
    with pytest.raises(CorpusError, match="--from FILE"):
        desk.curator().update("grief")


# --- what must not be lost ------------------------------------------------------------------------


def test_a_chosen_title_stays_when_the_page_changes(desk: Desk) -> None:
    desk.added(samples.nhs(), "exam.json", Wanted(title="Worry before exams"))
    more: dict[str, object] = {"text": "<p>Exam nerves often pass.</p>"}
    desk.file("exam.json", samples.nhs(parts=[*samples.EXAMS_PARTS, more]))
    assert desk.says("update").status == 0
    assert desk.document("worry-before-exams").title == "Worry before exams"


def test_an_edit_by_hand_can_be_found_again_after_an_update(imported: Desk, site: Site) -> None:
    imported.change(ID, "dark months", "dim months")
    site.put(PAGE, changed())
    ran = imported.says("update", ID)
    kept = [f.read_text() for f in (imported.own / "history" / "texts").iterdir()]
    assert ran.status == 1 or any("dim months" in text for text in kept)


def test_a_text_that_would_stop_the_whole_corpus_is_refused(imported: Desk) -> None:
    file = given(imported, "[@medlineplus", "[@no-such-medlineplus")
    ran = imported.says("update", ID, "--from", str(file))
    assert imported.library.documents[ID]
    assert ran.status == 1
