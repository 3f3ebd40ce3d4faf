"""Who stands behind a text, on which day, and a history that cannot be changed unseen."""

import contextlib
import hashlib
import json
import os
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from chatbot.curate import diff, review, status, withdraw
from chatbot.errors import CorpusError
from chatbot.library import stamp
from chatbot.library.check import check
from chatbot.library.documents import read_document
from chatbot.library.history import hash_of, log_file, read_history

from . import samples
from .desk import Desk

ID = "seasonal-low-mood"
TODAY = date.today()


@pytest.fixture
def signed(desk: Desk) -> Desk:
    """A desk whose one document was added and then source-checked."""
    desk.added(samples.winter(), "topics.xml")
    ran = desk.says("review", ID, "--as", "source-checked", "--role", "nurse", "--comment", "ok")
    assert ran.status == 0, ran.err
    return desk


def standing(desk: Desk, id: str = ID, today: date = TODAY) -> str:
    found = status(desk.settings.corpus.folders, today)
    return "; ".join(next(s.notes for s in found if s.document.id == id))


def told_by_check(desk: Desk) -> list[tuple[str, int | None]]:
    report = check(desk.own, beside=(desk.base,), hosts=desk.settings.corpus.hosts)
    return [(p.file.name, p.line) for p in report.errors]


# --- review ---------------------------------------------------------------------------------------


def test_a_signature_names_the_role_the_day_and_the_text(signed: Desk) -> None:
    document = signed.document(ID)
    signature = document.front.signed
    assert signature is not None
    assert (signature.by_role, signature.on, signature.comment) == ("nurse", TODAY, "ok")
    assert signature.text == document.fingerprint
    assert (document.status, document.version) == ("source-checked", 1)
    assert document.review_due == TODAY + timedelta(days=365)
    assert not document.reviewed


def test_a_signed_document_passes_the_check(signed: Desk) -> None:
    ran = signed.says("check")
    assert ran.status == 0, ran.out


def test_checking_the_sources_writes_the_day_they_were_opened(signed: Desk) -> None:
    sources = signed.library.sources
    cited = {s for p in signed.document(ID).paragraphs.values() for s in p.sources}
    assert {sources[s].accessed for s in cited} == {TODAY}


def test_only_the_sources_of_that_document_are_written(desk: Desk) -> None:
    desk.added(samples.winter(), "topics.xml")
    desk.added(samples.nhs(), "exam.json")
    desk.says("review", ID, "--as", "source-checked", "--role", "nurse")
    opened = {s.url: s.accessed for s in desk.library.sources.values()}
    assert opened[samples.WINTER_URL] == TODAY
    assert opened[samples.EXAMS_URL] is None


def test_a_source_of_another_folder_is_written_there(desk: Desk) -> None:
    own = desk.document_file("grief")
    own.parent.mkdir()
    own.write_bytes((desk.base / "documents" / "grief.md").read_bytes())
    untouched = [s for s in desk.library.sources.values() if s.id.startswith("nhs-ocd")]
    assert desk.says("review", "grief", "--as", "source-checked", "--role", "nurse").status == 0
    library = desk.library
    cited = {s for p in library.documents["grief"].paragraphs.values() for s in p.sources}
    assert {library.sources[s].accessed for s in cited} == {TODAY}
    assert all(library.sources[s.id] == s for s in untouched if s.id not in cited)


def test_writing_a_day_changes_no_other_word_of_the_sources(desk: Desk) -> None:
    desk.added(samples.winter(), "topics.xml")
    desk.added(samples.nhs(), "exam.json")
    file = desk.own / "sources.yaml"
    remarked = "# our notes\n\n" + file.read_text(encoding="utf-8")
    file.write_text(remarked, encoding="utf-8")
    desk.says("review", ID, "--as", "source-checked", "--role", "nurse")
    after = file.read_text(encoding="utf-8").splitlines()
    changed = [(a, b) for a, b in zip(remarked.splitlines(), after, strict=True) if a != b]
    assert changed == [("  accessed: null", f"  accessed: {TODAY}")]


def test_a_clinical_review_fills_the_review_and_gives_the_badge(desk: Desk) -> None:
    desk.added(samples.winter(), "topics.xml")
    ran = desk.says("review", ID, "--as", "clinically-reviewed", "--role", "psychiatrist")
    assert ran.status == 0, ran.err
    document = desk.document(ID)
    assert document.reviewed
    assert (document.review.by_role, document.review.on) == ("psychiatrist", TODAY)
    assert desk.library.clinically_reviewed == 1
    assert desk.says("check").status == 0


def test_a_document_can_be_made_a_draft_again(signed: Desk) -> None:
    assert signed.says("review", ID, "--as", "draft", "--role", "editor").status == 0
    document = signed.document(ID)
    assert (document.status, document.front.signed) == ("draft", None)


@pytest.mark.parametrize(
    "words", ['a: "b" # c', "it's {fine}", "[x], y", "é 日本", "null", "2026-01-01", "%", "- x"]
)
def test_any_role_and_comment_survive_being_written(desk: Desk, words: str) -> None:
    desk.added(samples.winter(), "topics.xml")
    document = review(desk.own, ID, "clinically-reviewed", by_role=words, on=TODAY, comment=words)
    assert desk.document(ID) == document
    assert document.front.signed is not None
    assert (document.front.signed.by_role, document.front.signed.comment) == (words, words)
    assert desk.history[-1].comment == words


@pytest.mark.parametrize(
    "words",
    ["one line\nand another", "one\n\ntwo\n", "x\ty", pytest.param("true")],
)
def test_a_comment_of_any_shape_survives(desk: Desk, words: str) -> None:
    desk.added(samples.winter(), "topics.xml")
    ran = desk.says("review", ID, "--as", "source-checked", "--role", "nurse", "--comment", words)
    assert ran.status == 0, ran.err
    signature = desk.document(ID).front.signed
    assert signature is not None
    assert signature.comment == words.strip()


def test_no_role_is_no_review(desk: Desk) -> None:
    desk.added(samples.winter(), "topics.xml")
    before = desk.document_file(ID).read_bytes()
    assert desk.says("review", ID, "--as", "source-checked").status == 2
    ran = desk.says("review", ID, "--as", "source-checked", "--role", "  ")
    assert (ran.status, "--role" in ran.err) == (1, True)
    assert desk.document_file(ID).read_bytes() == before
    assert len(desk.history) == 1


def test_a_review_from_before_the_text_is_refused(desk: Desk) -> None:
    desk.added(samples.winter(), "topics.xml")
    with pytest.raises(CorpusError, match="was written on"):
        review(desk.own, ID, "source-checked", by_role="nurse", on=TODAY - timedelta(days=1))


def test_a_review_cannot_withdraw(desk: Desk) -> None:
    desk.added(samples.winter(), "topics.xml")
    assert desk.says("review", ID, "--as", "withdrawn", "--role", "nurse").status == 2
    with pytest.raises(CorpusError, match="asks for a reason"):
        review(desk.own, ID, "withdrawn", by_role="nurse", on=TODAY)


@pytest.mark.parametrize("id", ["no-such-document", "../../etc/passwd", "Grief", ""])
def test_a_document_that_is_not_here_is_told_in_one_line(desk: Desk, id: str) -> None:
    for action in (
        ("review", id, "--as", "draft", "--role", "nurse"),
        ("withdraw", id, "--role", "nurse", "--reason", "x"),
        ("diff", id),
    ):
        ran = desk.says(*action)
        assert (ran.status, ran.out) == (1, "")
        assert ran.err.count("\n") == 1


# --- a change after signing -----------------------------------------------------------------------


def test_one_changed_word_makes_a_signed_document_a_draft(signed: Desk) -> None:
    signed.change(ID, "dark months", "dim months")
    assert signed.document(ID).status == "draft"
    assert signed.document(ID).front.status == "source-checked"


def test_a_changed_title_makes_a_signed_document_a_draft(signed: Desk) -> None:
    signed.change(ID, f"title: {samples.WINTER}", "title: Seasonal high mood")
    assert signed.document(ID).status == "draft"


def test_putting_the_word_back_makes_the_signature_hold_again(signed: Desk) -> None:
    signed.change(ID, "dark months", "dim months")
    signed.change(ID, "dim months", "dark months")
    assert signed.document(ID).status == "source-checked"


def test_status_says_what_changed_since_it_was_signed_and_puts_it_first(signed: Desk) -> None:
    assert "changed" not in standing(signed)
    signed.change(ID, "dark months", "dim months")
    assert "changed since it was signed" in standing(signed)
    ran = signed.says("status")
    assert ran.status == 0
    assert ran.out.startswith(ID)
    assert "1 changed since signed or recorded." in ran.out.splitlines()[-1]


def test_the_check_fails_a_text_that_was_changed_after_signing(signed: Desk) -> None:
    signed.change(ID, "dark months", "dim months")
    ran = signed.says("check")
    assert ran.status == 1
    assert "changed after it was signed" in ran.out


def test_diff_shows_the_change_and_nothing_else(signed: Desk) -> None:
    assert signed.says("diff", ID).out == "Nothing changed.\n"
    signed.change(ID, "dark months", "dim months")
    lines = signed.says("diff", ID).out.splitlines()
    (taken,) = (line for line in lines if line.startswith("-") and "---" not in line)
    (put,) = (line for line in lines if line.startswith("+") and "+++" not in line)
    assert "dark months" in taken
    assert put == "+" + taken[1:].replace("dark months", "dim months")


def test_diff_goes_back_to_the_signed_text_over_later_changes(signed: Desk) -> None:
    new = signed.place / "new.md"
    text = signed.document_file(ID).read_text(encoding="utf-8")
    for was, now in (("dark months", "dim months"), ("dim months", "cold months")):
        text = text.replace(was, now)
        new.write_text(text, encoding="utf-8")
        assert signed.says("update", ID, "--from", str(new)).status == 0
    told = signed.says("diff", ID).out
    assert "dark months" in told
    assert "cold months" in told
    assert "dim months" not in told


def test_diff_of_a_text_that_was_never_recorded_says_so(desk: Desk) -> None:
    ran = desk.says("diff", "grief")
    assert (ran.status, ran.out) == (1, "")
    assert "No earlier text" in ran.err


def test_diff_of_an_own_copy_is_against_the_shipped_one(desk: Desk) -> None:
    own = desk.document_file("grief")
    own.parent.mkdir()
    shipped = (desk.base / "documents" / "grief.md").read_text(encoding="utf-8")
    own.write_text(shipped.replace("natural response", "human response"), encoding="utf-8")
    told = diff(desk.settings.corpus.folders, "grief")
    assert "+Grief is a human response" in told
    assert "takes the place of base/grief.md" in standing(desk, "grief")


def test_a_signature_by_hand_signs_nothing(desk: Desk) -> None:
    desk.added(samples.winter(), "topics.xml")
    desk.change(ID, "status: draft", "status: source-checked")
    assert desk.document(ID).status == "draft"
    assert "signed by hand" in standing(desk)


def test_status_tells_what_is_due_and_what_is_late(desk: Desk) -> None:
    desk.added(samples.winter(), "topics.xml")
    assert "unsigned" in standing(desk)
    assert "due" not in standing(desk)
    assert "due soon, in 30 days" in standing(desk, today=TODAY + timedelta(days=335))
    assert "overdue by 10 days" in standing(desk, today=TODAY + timedelta(days=375))
    late = status(desk.settings.corpus.folders, TODAY + timedelta(days=375))
    assert late[0].document.review_due == min(s.document.review_due for s in late)


def test_an_edit_of_a_draft_since_it_was_added_is_told(desk: Desk) -> None:
    desk.added(samples.winter(), "topics.xml")
    desk.change(ID, "dark months", "dim months")
    assert "changed since it was added on" in standing(desk)


# --- withdrawal -----------------------------------------------------------------------------------


def test_a_withdrawn_document_keeps_its_text_and_loses_its_signature(signed: Desk) -> None:
    body = signed.document(ID).body
    ran = signed.says("withdraw", ID, "--role", "editor", "--reason", "being rewritten")
    assert ran.status == 0, ran.err
    document = signed.document(ID)
    assert (document.status, document.body, document.front.signed) == ("withdrawn", body, None)
    last = signed.history[-1]
    assert (last.event, last.by_role, last.comment) == ("withdrawn", "editor", "being rewritten")
    assert signed.says("check").status == 0


@pytest.mark.parametrize(("role", "reason"), [("", "why"), ("editor", ""), (" ", "\t")])
def test_no_role_or_no_reason_is_no_withdrawal(desk: Desk, role: str, reason: str) -> None:
    desk.added(samples.winter(), "topics.xml")
    ran = desk.says("withdraw", ID, "--role", role, "--reason", reason)
    assert (ran.status, "--reason" in ran.err) == (1, True)
    assert desk.document(ID).status == "draft"
    assert desk.says("withdraw", ID, "--role", "editor").status == 2


def test_a_reviewed_document_can_be_withdrawn_and_its_badge_goes(desk: Desk) -> None:
    desk.added(samples.winter(), "topics.xml")
    review(desk.own, ID, "clinically-reviewed", by_role="psychiatrist", on=TODAY)
    withdraw(desk.own, ID, by_role="editor", reason="new evidence")
    assert desk.document(ID).review.on is None
    assert desk.library.clinically_reviewed == 0


# --- the history ----------------------------------------------------------------------------------


@pytest.fixture
def long(signed: Desk) -> Desk:
    """A desk with a history of five lines."""
    for comment in ("second", "third"):
        signed.says("review", ID, "--as", "source-checked", "--role", "nurse", "--comment", comment)
    signed.says("withdraw", ID, "--role", "editor", "--reason", "old")
    assert [e.event for e in signed.history] == ["added", *["reviewed"] * 3, "withdrawn"]
    return signed


def test_the_history_is_only_ever_added_to(desk: Desk) -> None:
    seen = b""
    desk.added(samples.winter(), "topics.xml")
    for action in (
        ("review", ID, "--as", "source-checked", "--role", "nurse"),
        ("review", ID, "--as", "draft", "--role", "nurse"),
        ("withdraw", ID, "--role", "editor", "--reason", "x"),
    ):
        assert desk.says(*action).status == 0
        now = log_file(desk.own).read_bytes()
        assert now.startswith(seen)
        assert now.count(b"\n") == seen.count(b"\n") + (2 if not seen else 1)
        seen = now


def test_each_line_holds_the_hash_of_the_line_before(long: Desk) -> None:
    lines = log_file(long.own).read_bytes().splitlines()
    entries = [json.loads(line) for line in lines]
    assert entries[0]["before"] == "0" * 64
    for before, entry in zip(lines, entries[1:], strict=False):
        assert entry["before"] == hashlib.sha256(before).hexdigest()


def test_the_history_says_when(long: Desk) -> None:
    now = datetime.now(UTC)
    assert all(timedelta(0) <= now - e.at < timedelta(minutes=5) for e in long.history)
    assert "withdrawn" in long.says("status").out


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_changed_line_shows_at_the_line_that_no_longer_follows(long: Desk, number: int) -> None:
    log = log_file(long.own)
    lines = log.read_bytes().splitlines(keepends=True)
    lines[number - 1] = lines[number - 1].replace(b'"comment":"', b'"comment":"not ')
    log.write_bytes(b"".join(lines))
    assert ("log.jsonl", number + 1) in told_by_check(long)
    assert long.says("check").status == 1


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_line_that_was_taken_out_shows_where_it_stood(long: Desk, number: int) -> None:
    log = log_file(long.own)
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[: number - 1] + lines[number:]))
    assert ("log.jsonl", number) in told_by_check(long)


def test_lines_that_changed_places_show(long: Desk) -> None:
    log = log_file(long.own)
    a, b, c, *rest = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join([a, c, b, *rest]))
    assert ("log.jsonl", 2) in told_by_check(long)


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_line_that_cannot_be_read_is_told_with_its_number(long: Desk, number: int) -> None:
    log = log_file(long.own)
    lines = log.read_bytes().splitlines(keepends=True)
    lines[number - 1] = b'{"at": \n'
    log.write_bytes(b"".join(lines))
    assert ("log.jsonl", number) in told_by_check(long)
    ran = long.says("status")
    assert ran.status == 1
    assert f"log.jsonl:{number}: " in ran.err


def test_a_changed_last_line_shows(long: Desk) -> None:
    log = log_file(long.own)
    log.write_bytes(log.read_bytes().replace(b'"comment":"old"', b'"comment":"new"'))
    assert long.says("check").status == 1


@pytest.mark.parametrize("left", [0, 1, 4])
def test_last_lines_that_were_taken_out_show(long: Desk, left: int) -> None:
    log = log_file(long.own)
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:left]))
    assert long.says("check").status == 1


def test_a_half_line_left_by_a_kill_does_not_spoil_the_next(long: Desk) -> None:
    log = log_file(long.own)
    log.write_bytes(log.read_bytes() + b'{"at":"2026-01-01T00:00:00Z","eve')
    left = log.read_bytes()
    ran = long.says("review", ID, "--as", "draft", "--role", "editor")
    if ran.status == 0:  # mended: the half line is gone
        assert read_history(long.own)[-1].status == "draft"
    else:  # refused: nothing is changed
        assert log.read_bytes() == left
        assert long.document(ID).status == "withdrawn"


def test_two_reviews_at_the_same_moment_leave_a_history_that_reads(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each waits for the other, for a second, between reading the last line and adding its own."""
    both = threading.Barrier(2, timeout=1)

    def together(line: bytes) -> str:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait()
        return hash_of(line)

    desk.added(samples.winter(), "topics.xml")
    desk.added(samples.nhs(), "exam.json")
    monkeypatch.setattr("chatbot.curate.record.hash_of", together)
    threads = [
        threading.Thread(
            target=review, args=(desk.own, id, "draft"), kwargs={"by_role": "nurse", "on": TODAY}
        )
        for id in (ID, "exam-nerves")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_history(desk.own)) == 4


# --- a kill in between ----------------------------------------------------------------------------


class Killed(BaseException):
    """What stands for the end of the process."""


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next file that is put into its place is not: the process ends there."""

    def dies(*args: object) -> None:
        monkeypatch.undo()
        raise Killed

    monkeypatch.setattr(os, "replace", dies)


ACTIONS = [
    ("review", ID, "--as", "clinically-reviewed", "--role", "psychiatrist"),
    ("review", ID, "--as", "source-checked", "--role", "nurse"),
    ("withdraw", ID, "--role", "editor", "--reason", "x"),
]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda a: a[0] + a[3])
def test_a_killed_command_leaves_every_file_as_it_was(
    signed: Desk, action: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    before = {f: f.read_bytes() for f in signed.own.rglob("*") if f.is_file()}
    request.getfixturevalue("kill")
    with pytest.raises(Killed):
        signed.says(*action)
    assert {f: f.read_bytes() for f in signed.own.rglob("*") if f.is_file()} == before
    assert signed.says(*action).status == 0


def test_a_killed_addition_can_be_made_again(desk: Desk, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("kill")
    with pytest.raises(Killed):
        desk.add(samples.winter(), "topics.xml")
    assert list(desk.library.documents) == ["grief", "ocd"]
    assert desk.added(samples.winter(), "topics.xml").id == ID
    assert desk.says("check").status == 0


def test_a_kill_between_source_and_document_leaves_a_corpus_that_reads(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace

    def dies(source: Path, target: Path) -> None:
        if Path(target).suffix == ".md":
            monkeypatch.undo()
            raise Killed
        real(source, target)

    monkeypatch.setattr(os, "replace", dies)
    with pytest.raises(Killed):
        desk.add(samples.winter(), "topics.xml")
    assert list(desk.library.documents) == ["grief", "ocd"]
    assert desk.added(samples.winter(), "topics.xml").id == ID
    assert [s.url for s in desk.library.sources.values()].count(samples.WINTER_URL) == 1
    assert desk.says("check").status == 0


def test_a_half_written_file_is_never_read_as_a_document(signed: Desk) -> None:
    before = stamp(signed.own)
    left = signed.own / "documents" / ".half.md"
    left.write_text("---\nid: ha", encoding="utf-8")
    assert stamp(signed.own) == before
    assert ID in signed.library.documents
    assert signed.says("check").status == 0


def test_a_kill_while_a_text_is_kept_leaves_no_half_text(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing stops half way; the same command is given again, and the text is changed after."""
    real = Path.write_text

    def dies(self: Path, data: str, encoding: str | None = None) -> int:
        monkeypatch.undo()
        real(self, data[: len(data) // 2], encoding=encoding)
        raise Killed

    desk.added(samples.nhs(), "exam.json")
    desk.change("exam-nerves", "every age", "any age")
    monkeypatch.setattr(Path, "write_text", dies)
    action = ("review", "exam-nerves", "--as", "source-checked", "--role", "nurse")
    try:
        desk.says(*action)
    except Killed:
        desk.says(*action)
    assert desk.says("diff", "exam-nerves").out == "Nothing changed.\n"


def test_a_written_document_keeps_the_rights_of_its_file(signed: Desk) -> None:
    file = signed.document_file(ID)
    file.chmod(0o640)
    signed.says("withdraw", ID, "--role", "editor", "--reason", "x")
    assert file.stat().st_mode & 0o777 == 0o640


def test_the_fingerprint_in_the_history_is_the_texts(signed: Desk) -> None:
    document = read_document(signed.document_file(ID))
    assert {e.text for e in read_history(signed.own)} == {document.fingerprint}
