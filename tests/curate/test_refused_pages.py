"""What cannot go in is told by name, and everything else of the same command still goes in."""

import io
import zipfile
from pathlib import Path

import pytest

from chatbot.curate import Wanted, fetch
from chatbot.library.sources import COPYABLE

from . import samples
from .conftest import Site
from .desk import HERE, Desk

OURS = Wanted(url=f"https://{HERE}/leaflet", licence="deployer")
ENTITY_BOMB = (
    b'<?xml version="1.0"?>\n<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % (n, *[n - 1] * 4) for n in range(98, 112))
    + b']>\n<health-topics><health-topic title="T" url="https://medlineplus.gov/t.html" '
    b'language="English"><full-summary>&o;</full-summary></health-topic></health-topics>'
)
OUTSIDE_FILE = (
    b'<?xml version="1.0"?>\n<!DOCTYPE t [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b'<health-topics><health-topic title="T" url="https://medlineplus.gov/t.html" '
    b'language="English"><full-summary>&a;</full-summary></health-topic></health-topics>'
)
MOTLEY = bytes(range(256)) * 40


def empty_word_file() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("note.txt", "no Word file")
    return out.getvalue()


def html_without_text() -> bytes:
    return samples.html(body="<div></div>")


BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty.xml": (b"", "empty"),
    "blank.html": (b" \n\t\n", "empty"),
    "rubbish.bin": (MOTLEY, "none of MedlinePlus XML"),
    "rubbish.md": (MOTLEY, "not UTF-8"),
    "cut.pdf": (samples.pdf()[:200], "damaged PDF"),
    "header.pdf": (b"%PDF-1.7\n", "damaged PDF"),
    "locked.pdf": (samples.locked_pdf(), "locked with a password"),
    "pictures.pdf": (samples.pdf(lines=(), title=None), "no text, only pictures"),
    "bomb.xml": (ENTITY_BOMB, "not well-formed XML"),
    "outside.xml": (OUTSIDE_FILE, "not well-formed XML"),
    "cut.xml": (samples.winter()[:400], "not well-formed XML"),
    "topicless.xml": (samples.medlineplus(), "no page was found in it"),
    "nameless.json": (samples.nhs(name=None), "no `name`"),
    "cut.json": (samples.nhs()[:100], "not JSON"),
    "deep.json": (b'{"name": "x", "a": ' + b"[" * 100_000, "not JSON"),
    "textless.json": (samples.nhs(parts=()), "words of it could be used"),
    "textless.html": (html_without_text(), ""),
    "note.docx": (empty_word_file(), "no Word file"),
    "cut.docx": (samples.docx()[:2000], "no Word file"),
    "picture.png": (b"\x89PNG\r\n\x1a\n" + MOTLEY, "none of MedlinePlus XML"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_told_by_name_and_the_next_one_still_goes_in(desk: Desk, name: str) -> None:
    data, why = BAD_FILES[name]
    bad, good = desk.file(name, data), desk.file("topics.xml", samples.winter())
    ran = desk.says("add", str(bad), str(good))
    assert ran.status == 1
    assert "Traceback" not in ran.out + ran.err
    told = next(line for line in ran.out.splitlines() if "skipped:" in line)
    assert told.startswith(str(bad))
    assert why in told
    assert ran.out.splitlines()[-1] == "1 added, 0 unchanged, 1 skipped."
    assert list(desk.library.documents) == ["grief", "ocd", "seasonal-low-mood"]


@pytest.mark.parametrize("name", ["locked.pdf", "bomb.xml", "rubbish.bin", "textless.json"])
def test_a_bad_file_leaves_nothing_behind(desk: Desk, name: str) -> None:
    desk.refused(BAD_FILES[name][0], name, OURS)
    assert list(desk.own.iterdir()) == []


def test_a_file_that_is_not_there_is_told(desk: Desk) -> None:
    ran = desk.says("add", str(desk.place / "nowhere.xml"), str(desk.place))
    assert ran.status == 1
    assert "No such file" in ran.out
    assert "Is a directory" in ran.out


# --- addresses ------------------------------------------------------------------------------------


def refused_address(desk: Desk, address: str) -> str:
    good = desk.file("topics.xml", samples.winter())
    ran = desk.says("add", address, str(good))
    assert ran.status == 1
    assert ran.out.splitlines()[-1] == "1 added, 0 unchanged, 1 skipped."
    told = next(line for line in ran.out.splitlines() if "skipped:" in line)
    assert told.startswith(address)
    return told


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/page",
        "https://notnhs.uk/page",
        "https://www.nhs.uk.example.com/page",
        "https://nhs.uk@example.com/page",
        "https://user:word@www.nhs.uk/page",
        "http://www.nhs.uk/page",
        "http://localhost/page",
    ],
)
def test_an_address_off_the_list_is_never_asked(desk: Desk, address: str) -> None:
    """The test's sockets reach this machine only: asking one of these would fail the test."""
    told = refused_address(desk, address)
    assert "list of authorities" in told or "not an https" in told or "name or password" in told


def test_a_redirect_off_the_list_is_not_followed(desk: Desk, site: Site) -> None:
    told = refused_address(desk, site.redirect("/go", "https://example.com/page"))
    assert "'example.com' is not on the list" in told


def test_a_redirect_to_plain_http_is_not_followed(desk: Desk, site: Site) -> None:
    told = refused_address(desk, site.redirect("/go", "http://www.nhs.uk/page"))
    assert "not an https:// address" in told


def test_a_redirect_within_the_list_is_followed(desk: Desk, site: Site) -> None:
    site.put("/new", samples.winter())
    assert desk.says("add", site.redirect("/old", "/new")).status == 0
    assert site.asked == ["/old", "/new"]
    assert desk.document("seasonal-low-mood")


def test_redirects_in_a_ring_come_to_an_end(desk: Desk, site: Site) -> None:
    site.redirect("/b", "/a")
    assert "redirects over 5 times" in refused_address(desk, site.redirect("/a", "/b"))
    assert len(site.asked) == 6


def test_a_page_that_is_not_there_is_told_with_the_servers_answer(desk: Desk, site: Site) -> None:
    assert "the server answered 404" in refused_address(desk, site.at("/nothing"))


def test_a_server_that_is_not_there_is_told(desk: Desk, site: Site) -> None:
    told = refused_address(desk, f"http://{HERE}:1/page")
    assert "cannot be fetched (ConnectError)" in told


def test_a_page_over_the_size_limit_is_left_alone(
    desk: Desk, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "MOST_BYTES", 2_000_000)
    told = refused_address(desk, site.put("/large", samples.winter() + b" " * 2_000_000))
    assert "it is over 2 MB" in told


def test_a_file_over_the_size_limit_is_left_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = samples.winter() + b" " * 2_000_000
    monkeypatch.setattr(fetch, "MOST_BYTES", 2_000_000)
    assert "it is over 2 MB" in desk.refused(data, "large.xml")


def test_a_word_file_that_unpacks_to_too_much_is_left_alone(desk: Desk) -> None:
    out = io.BytesIO(samples.docx())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("large.bin", bytes(101_000_000))
    assert "unpacks to too many bytes" in desk.refused(out.getvalue(), "bomb.docx", OURS)


def test_a_port_that_is_none_is_told_by_name(desk: Desk, site: Site) -> None:
    nowhere = f"http://{HERE}:99999/page"
    assert "no address" in refused_address(desk, nowhere)


NOT_ADDRESSES = ["http://[bad", "https://[::1/page"]


@pytest.mark.parametrize("address", NOT_ADDRESSES)
def test_a_misspelt_address_is_told_by_name(desk: Desk, address: str) -> None:
    refused_address(desk, address)


def test_a_redirect_to_a_misspelt_address_is_told_by_name(desk: Desk, site: Site) -> None:
    refused_address(desk, site.redirect("/go", "http://[bad"))


def test_a_page_that_misspells_its_own_address_is_told_by_name(desk: Desk) -> None:
    data = samples.html(url="https://[www.nhs.uk/page")
    assert "address" in desk.refused(data, "page.html", Wanted(title="T"))


def test_a_broken_expression_is_told_in_one_line(desk: Desk) -> None:
    ran = desk.says("add", str(desk.file("topics.xml", samples.winter())), "--only", "(")
    assert ran.status in (1, 2)
    assert "--only" in ran.out + ran.err


# --- damage of other kinds ------------------------------------------------------------------------


def scrambled_word_file() -> bytes:
    """The packed bytes of the text overwritten: the archive's list of files is still sound."""
    data = bytearray(samples.docx())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        at = archive.getinfo("word/document.xml").header_offset + 30 + len("word/document.xml")
    data[at : at + 40] = b"\xff" * 40
    return bytes(data)


def locked_word_file() -> bytes:
    """Every file of the archive marked as encrypted."""
    data = bytearray(samples.docx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


DAMAGE: dict[str, bytes] = {
    "scrambled.docx": scrambled_word_file(),
    "locked.docx": locked_word_file(),
    "surrogate.json": samples.nhs(name="Exam \ud800 nerves"),
    "encoding.xml": samples.winter().replace(b'"UTF-8"', b'"EUC-JP"'),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file_is_told_by_name_and_the_next_one_still_goes_in(
    desk: Desk, name: str
) -> None:
    refused_address(desk, str(desk.file(name, DAMAGE[name])))


def test_a_zero_byte_in_a_text_is_taken_out(desk: Desk) -> None:
    data = samples.nhs(parts=[*samples.EXAMS_PARTS, {"text": "<p>Rest\0 is part of study.</p>"}])
    assert "\0" not in desk.added(data, "exam.json").body
    assert desk.says("check").status == 0


@pytest.mark.parametrize("seed", range(40))
def test_a_pdf_with_changed_bytes_never_ends_the_command(desk: Desk, seed: int) -> None:
    data = bytearray(samples.pdf())
    for n in range(12):
        data[(seed * 7919 + n * 104_729) % len(data)] = (seed * 31 + n * 17) % 256
    for outcome in desk.add(bytes(data), "changed.pdf", OURS):
        assert outcome.document or outcome.problem


# --- pages that may not go in ---------------------------------------------------------------------


def test_a_page_that_does_not_say_where_it_is_published_is_left_out(desk: Desk) -> None:
    assert "give --url" in desk.refused(samples.pdf(), "dreams.pdf")


def test_a_page_of_another_host_is_left_out(desk: Desk) -> None:
    wanted = Wanted(title="T", licence="deployer")
    problem = desk.refused(samples.html(url="https://example.com/x"), "page.html", wanted)
    assert "example.com is not on the list" in problem


def test_a_page_whose_licence_is_not_known_is_left_out(desk: Desk) -> None:
    problem = desk.refused(samples.html(url=f"https://{HERE}/x"), "p.html", Wanted(title="T"))
    assert problem == "its licence is not known: give --licence"


@pytest.mark.parametrize("host", ["www.who.int", "iris.who.int"])
def test_a_page_of_facts_only_is_left_out(desk: Desk, host: str) -> None:
    problem = desk.refused(samples.html(url=f"https://{host}/x"), "p.html", Wanted(title="T"))
    assert "does not let its text be carried over" in problem


def linked_only(desk: Desk) -> str:
    return next(s.url for s in desk.library.sources.values() if s.licence == "link-only")


def test_a_page_recorded_as_link_only_is_left_out(desk: Desk) -> None:
    problem = desk.refused(samples.html(url=linked_only(desk)), "p.html", Wanted(title="T"))
    assert "(link-only)" in problem
    assert "in your own words" in problem


@pytest.mark.parametrize("licence", ["link-only", "cc-by-nc-sa-3.0-igo", "whatever"])
def test_the_command_takes_no_licence_that_forbids_copies(desk: Desk, licence: str) -> None:
    file = desk.file("topics.xml", samples.winter())
    assert desk.says("add", str(file), "--licence", licence).status == 2


def test_no_option_carries_the_text_of_a_link_only_page_over(desk: Desk) -> None:
    wanted = Wanted(title="T", licence="ogl-uk-3")
    for outcome in desk.add(samples.html(url=linked_only(desk)), "p.html", wanted):
        origin = outcome.document.front.origin if outcome.document else None
        assert origin is None or origin.licence in COPYABLE


def test_encyclopedia_pages_of_a_private_publisher_are_left_out(desk: Desk) -> None:
    """MedlinePlus carries A.D.A.M.'s encyclopedia under A.D.A.M.'s own copyright."""
    url = "https://medlineplus.gov/ency/article/000999.htm"
    assert "licence" in desk.refused(samples.html(url=url), "p.html", Wanted(title="T"))


def test_a_page_that_is_in_already_is_named_with_what_to_do(desk: Desk) -> None:
    file = desk.file("topics.xml", samples.winter())
    assert desk.says("add", str(file)).status == 0
    before = desk.document_file("seasonal-low-mood").read_bytes()
    ran = desk.says("add", str(file))
    assert ran.status == 1
    assert "it is document 'seasonal-low-mood' already" in ran.out
    assert "lamplight corpus update seasonal-low-mood" in ran.out
    assert desk.document_file("seasonal-low-mood").read_bytes() == before


def test_the_same_page_twice_in_one_command_goes_in_once(desk: Desk) -> None:
    one, two = (str(desk.file(n, samples.winter())) for n in ("a.xml", "b.xml"))
    ran = desk.says("add", one, two)
    assert (ran.status, ran.out.splitlines()[-1]) == (1, "1 added, 0 unchanged, 1 skipped.")


@pytest.mark.parametrize("slash", ["", "/", "#top"])
def test_a_last_slash_or_a_fragment_makes_no_other_page(desk: Desk, slash: str) -> None:
    desk.added(samples.html(url="https://www.nhs.uk/x"), "a.html", Wanted(title="T"))
    url = f"https://WWW.nhs.uk/x{slash}"
    assert "already" in desk.refused(samples.html(url=url), "b.html", Wanted(title="T"))


def test_one_address_for_several_files_is_refused(desk: Desk) -> None:
    files = [str(desk.file(n, samples.pdf())) for n in ("a.pdf", "b.pdf")]
    ran = desk.says("add", *files, "--url", f"https://{HERE}/x")
    assert ran.status == 1
    assert "--url" in ran.err
    assert not (desk.own / "documents").exists()


def test_no_match_among_the_topics_is_told(desk: Desk) -> None:
    file = desk.file("topics.xml", samples.winter())
    ran = desk.says("add", str(file), "--only", "^nothing")
    assert (ran.status, "no page was found in it" in ran.out) == (1, True)


def test_a_document_under_another_file_name_is_not_written_over(desk: Desk) -> None:
    (desk.own / "documents").mkdir()
    grief = (desk.base / "documents" / "grief.md").read_text(encoding="utf-8")
    kept = Path(desk.own / "documents" / "seasonal-low-mood.md")
    kept.write_text(grief, encoding="utf-8")
    desk.add(samples.winter(), "topics.xml")
    assert kept.read_text(encoding="utf-8") == grief
