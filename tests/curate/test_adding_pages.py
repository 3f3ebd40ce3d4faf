"""Pages go in as drafts: text, headings and lists as they stood, with where they came from."""

import hashlib
from datetime import date, timedelta
from pathlib import Path

import pytest

from chatbot.curate import Wanted
from chatbot.library import Document
from chatbot.library.check import check

from . import samples
from .conftest import Site
from .desk import Desk, lists_of

OURS = Wanted(url="https://127.0.0.1/leaflets/one", publisher="Our clinic", licence="deployer")
TITLED = Wanted(title=samples.HOARDING)


def headings(document: Document) -> list[str]:
    return [s.heading for s in document.sections]


def text(document: Document) -> str:
    return "\n".join(p.text for p in document.paragraphs.values())


def test_a_medlineplus_topic_becomes_a_draft_that_says_where_it_is_from(
    desk: Desk, site: Site
) -> None:
    address = site.put("/xml/topics.xml", samples.winter())
    ran = desk.says("add", address)
    assert ran.status == 0, ran.out
    assert ran.out.splitlines()[-1] == "1 added, 0 unchanged, 0 skipped."
    document = desk.document("seasonal-low-mood")
    assert (document.title, document.status, document.version) == (samples.WINTER, "draft", 1)
    assert document.topics == ("mental health and behavior",)
    assert (document.written_on, document.review.on) == (date.today(), None)
    assert document.review_due == date.today() + timedelta(days=365)
    origin = document.front.origin
    assert origin is not None
    assert (origin.url, origin.read_from) == (samples.WINTER_URL, address)
    assert (origin.licence, origin.retrieved_on) == ("us-public-domain", date.today())
    assert "MedlinePlus" in origin.publisher
    assert len(origin.sha256) == 64


def test_a_medlineplus_topic_keeps_its_headings_paragraphs_and_lists(desk: Desk) -> None:
    document = desk.added(samples.winter(), "topics.xml")
    assert headings(document) == [
        "What is seasonal low mood?",
        "What are the signs of seasonal low mood?",
        "What helps with seasonal low mood?",
    ]
    assert lists_of(document) == [
        [
            "Sleeping far longer than usual",
            "Craving bread and sweet food",
            "Losing interest in friends",
        ]
    ]
    assert (
        document.sections[1]
        .paragraphs[0]
        .text.startswith("The signs of seasonal low mood can include:\n- ")
    )
    assert "Attribution" not in document.body


def test_topics_in_other_languages_are_passed_over(desk: Desk) -> None:
    desk.added(samples.winter(), "topics.xml")
    assert list(desk.library.documents) == ["grief", "ocd", "seasonal-low-mood"]


def test_only_the_topics_asked_for_are_taken(desk: Desk) -> None:
    file = desk.file(
        "topics.xml",
        samples.medlineplus(
            *(
                samples.topic(
                    f"{kind} mood",
                    f"https://medlineplus.gov/{kind}.html",
                    samples.WINTER_SUMMARY.replace("seasonal low", kind),
                )
                for kind in ("morning", "evening")
            )
        ),
    )
    ran = desk.says("add", str(file), "--only", "^evening")
    assert ran.status == 0
    assert list(desk.library.documents) == ["evening-mood", "grief", "ocd"]


def test_an_nhs_page_becomes_a_draft_under_the_open_government_licence(
    desk: Desk, site: Site
) -> None:
    data = samples.nhs()
    ran = desk.says("add", site.put("/mental-health/exam-nerves", data))
    assert ran.status == 0, ran.out
    document = desk.document("exam-nerves")
    origin = document.front.origin
    assert origin is not None
    assert (origin.url, origin.licence) == (samples.EXAMS_URL, "ogl-uk-3")
    assert origin.sha256 == hashlib.sha256(data).hexdigest()
    assert headings(document)[1:] == [
        "How can I calm exam nerves?",
        "Who can help with exam nerves?",
    ]
    assert lists_of(document) == [
        [
            "planning short study blocks",
            "practising with old papers",
            "a slow walk on the day",
        ]
    ]
    assert "our page on stress" in text(document)
    assert "http" not in text(document)


def test_an_nhs_page_brings_the_day_its_publisher_reviewed_it(desk: Desk) -> None:
    desk.added(samples.nhs(), "exam-nerves.json")
    (source,) = (s for s in desk.library.sources.values() if s.url == samples.EXAMS_URL)
    assert source.publisher_reviewed == date(2024, 2, 1)


def test_an_html_page_loses_its_menu_and_footer_and_keeps_its_text(desk: Desk, site: Site) -> None:
    data = samples.html()
    ran = desk.says("add", site.put("/keeping", data), "--title", samples.HOARDING)
    assert ran.status == 0, ran.out
    document = desk.document("keeping-too-many-things")
    origin = document.front.origin
    assert origin is not None
    assert origin.url == samples.HOARDING_URL
    assert origin.sha256 == hashlib.sha256(data).hexdigest()
    for noise in ("Log in", "cookies", "Crown copyright", "menuscript", "Terms of use"):
        assert noise not in document.body
    assert "Clearing the home by force tends to make matters worse" in text(document)
    assert "What helps people who keep too many things?" in headings(document)
    assert lists_of(document) == [
        [
            "stacks of paper that block a door",
            "strong distress when anything is thrown away",
            "keeping visitors out of the home",
        ]
    ]


def test_a_pdf_keeps_its_headings_and_lists(desk: Desk, site: Site) -> None:
    address = site.put("/leaflets/dreams.pdf", samples.pdf())
    ran = desk.says(
        "add", address, "--url", "https://127.0.0.1/dreams", "--licence", "deployer",
        "--publisher", "Our clinic", "--topic", "sleep", "--topic", "dreams",
    )  # fmt: skip
    assert ran.status == 0, ran.out
    document = desk.document("bad-dreams-in-adults")
    assert document.topics == ("sleep", "dreams")
    assert headings(document) == ["What are bad dreams?", "What can help with bad dreams?"]
    assert "Nearly all adults have bad dreams now and then, and no treatment" in document.body
    assert lists_of(document) == [
        [
            "keeping the same bedtime each night",
            "writing the dream down with a better ending",
            "leaving alarming films for the daytime",
        ]
    ]


def test_a_word_file_keeps_its_headings_and_lists(desk: Desk, site: Site) -> None:
    address = site.put("/leaflets/pets.docx", samples.docx())
    ran = desk.says(
        "add", address, "--url", "https://127.0.0.1/pets", "--licence", "deployer"
    )  # fmt: skip
    assert ran.status == 0, ran.out
    document = desk.document("losing-a-pet")
    assert headings(document) == [
        "Why does losing a pet hurt so much?",
        "What can help after losing a pet?",
    ]
    assert lists_of(document) == [
        ["telling stories about the pet", "a small farewell", "a rest from decisions"]
    ]


def test_markdown_keeps_its_headings_and_lists_and_loses_its_marks(desk: Desk) -> None:
    document = desk.added(samples.GARDENS_MARKDOWN.encode(), "gardens.md", OURS)
    assert document.title == samples.GARDENS
    assert headings(document) == ["Does gardening lift mood?", "What does gardening need?"]
    assert "lift mood because it joins light exercise with time outdoors." in document.body
    assert lists_of(document) == [
        ["a pot and some soil", "a windowsill with light", "five minutes a day"]
    ]


EVERY_FORMAT: dict[str, tuple[bytes, Wanted]] = {
    "topics.xml": (samples.winter(), Wanted()),
    "exam.json": (samples.nhs(), Wanted()),
    "page.html": (samples.html(), TITLED),
    "dreams.pdf": (samples.pdf(), OURS),
    "pets.docx": (samples.docx(), OURS),
    "gardens.md": (samples.GARDENS_MARKDOWN.encode(), OURS),
}


@pytest.mark.parametrize("name", EVERY_FORMAT)
def test_what_was_added_passes_the_corpus_check(desk: Desk, name: str) -> None:
    data, wanted = EVERY_FORMAT[name]
    desk.added(data, name, wanted)
    ran = desk.says("check")
    assert ran.status == 0, ran.out
    report = check(desk.own, beside=(desk.base,), hosts=desk.settings.corpus.hosts)
    assert report.passed
    assert report.documents == 1


@pytest.mark.parametrize("name", EVERY_FORMAT)
def test_every_paragraph_that_was_added_cites_the_page_it_came_from(desk: Desk, name: str) -> None:
    data, wanted = EVERY_FORMAT[name]
    document = desk.added(data, name, wanted)
    assert document.front.origin is not None
    for paragraph in document.paragraphs.values():
        (source,) = (desk.library.sources[id] for id in paragraph.sources)
        assert source.url == document.front.origin.url
        assert source.licence == document.front.origin.licence
        assert source.accessed is None  # a program read it: nobody has opened it yet


def test_several_files_go_in_with_one_command(desk: Desk) -> None:
    files = [str(desk.file(n, EVERY_FORMAT[n][0])) for n in ("topics.xml", "exam.json")]
    ran = desk.says("add", *files)
    assert ran.status == 0
    assert ran.out.splitlines()[-1] == "2 added, 0 unchanged, 0 skipped."
    assert len(desk.library.documents) == 4


def test_adding_is_written_into_the_history_with_the_text(desk: Desk) -> None:
    document = desk.added(samples.winter(), "topics.xml")
    (entry,) = desk.history
    assert (entry.event, entry.document, entry.status) == ("added", document.id, "draft")
    kept = desk.own / "history" / "texts" / f"{entry.text}.md"
    assert document.body in kept.read_text(encoding="utf-8")


def test_the_shipped_folder_is_not_touched_by_adding(desk: Desk) -> None:
    before = {f: f.read_bytes() for f in desk.base.rglob("*") if f.is_file()}
    desk.added(samples.winter(), "topics.xml")
    assert {f: f.read_bytes() for f in desk.base.rglob("*") if f.is_file()} == before


def test_an_own_folder_that_is_not_there_yet_is_made(desk: Desk) -> None:
    desk.own.rmdir()
    desk.added(samples.winter(), "topics.xml")
    assert desk.document("seasonal-low-mood").title == samples.WINTER


def test_the_folder_to_write_to_can_be_chosen_among_those_in_force(desk: Desk) -> None:
    file = desk.file("topics.xml", samples.winter())
    assert desk.says("add", str(file), "--folder", str(desk.base)).status == 0
    assert (desk.base / "documents" / "seasonal-low-mood.md").is_file()
    assert not (desk.own / "documents").exists()


def test_a_folder_that_no_setting_names_is_refused(desk: Desk, tmp_path: Path) -> None:
    file = desk.file("topics.xml", samples.winter())
    ran = desk.says("add", str(file), "--folder", str(tmp_path / "elsewhere"))
    assert ran.status == 1
    assert "corpus.own" in ran.err
    assert not (tmp_path / "elsewhere").exists()


def test_a_page_with_the_title_of_another_document_gets_a_name_of_its_own(desk: Desk) -> None:
    document = desk.added(samples.html(title="Grief", url="https://www.nhs.uk/g"), "g.html",
                          Wanted(title="Grief"))  # fmt: skip
    assert document.id != "grief"
    assert "grief" in document.id
    assert desk.library.documents["grief"].file.is_relative_to(desk.base)


def test_a_page_that_is_cited_already_keeps_its_one_source_record(desk: Desk) -> None:
    known = next(s for s in desk.library.sources.values() if s.licence == "ogl-uk-3")
    document = desk.added(samples.html(url=known.url), "page.html", TITLED)
    assert {s for p in document.paragraphs.values() for s in p.sources} == {known.id}
    assert not (desk.own / "sources.yaml").exists()


@pytest.mark.parametrize(
    "title",
    ["Yes", "No: a reply", "2026", "2026-01-01", "null", "~", '"Quoted"', "It's - fine #1",
     "Ångst & œuvre", "a\n  b", "{braces}", "- dash", "@at", "%percent"],
)  # fmt: skip
def test_any_title_survives_being_written(desk: Desk, title: str) -> None:
    document = desk.added(samples.html(), "page.html", Wanted(title=title))
    assert document.title == " ".join(title.split())
    assert desk.document(document.id) == document


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        ("https://www.nhs.uk/x", "NHS (England)"),
        pytest.param(
            "https://medlineplus.gov/x.html",
            "MedlinePlus",
        ),
        ("https://www.nimh.nih.gov/x", "nimh.nih.gov"),
    ],
)
def test_a_page_that_names_no_publisher_gets_its_hosts_name(
    desk: Desk, url: str, publisher: str
) -> None:
    document = desk.added(samples.html(url=url), "page.html", TITLED)
    assert document.front.origin is not None
    assert document.front.origin.publisher == publisher


# --- what a page's own markup must not do to its words --------------------------------------------


def test_an_html_page_brings_its_own_title_and_publisher(desk: Desk) -> None:
    document = desk.added(samples.html(), "page.html")
    assert document.title == samples.HOARDING
    assert document.front.origin is not None
    assert document.front.origin.publisher == "NHS (England)"


def test_a_pdf_sentence_that_runs_over_a_line_end_is_no_heading(desk: Desk) -> None:
    lines = [*samples.DREAMS_LINES]
    lines[2:4] = [
        "Bad dreams are dreams that wake you in dread. Most",
        "adults have bad dreams now and then, and no treatment is needed.",
    ]
    document = desk.added(samples.pdf(lines), "dreams.pdf", OURS)
    assert "Most adults have bad dreams now and then" in document.body


def _with_exam_text(fragment: str) -> bytes:
    return samples.nhs(parts=[*samples.EXAMS_PARTS, {"headline": "More?", "text": fragment}])


def _last(desk: Desk, fragment: str) -> str:
    document = desk.added(_with_exam_text(fragment), "exam.json")
    return "\n".join(p.text for p in document.sections[-1].paragraphs)


def test_a_line_break_in_a_paragraph_keeps_words_apart(desk: Desk) -> None:
    assert _last(desk, "<p>Breathe in<br>and out again.</p>") == "Breathe in and out again."


def test_a_list_in_a_list_keeps_its_words_apart(desk: Desk) -> None:
    written = _last(
        desk,
        "<p>Exams can bring:</p><ul><li>body signs<ul><li>sweat</li><li>aches</li></ul></li>"
        "<li>racing thoughts</li></ul>",
    )
    assert "sweataches" not in written
    assert "signssweat" not in written
    assert "racing thoughts" in written


@pytest.mark.parametrize(
    "fragment",
    [
        "<p>Rest is part of study.<script>track('me')</script></p>",
        "<p>Rest is part of study.<button>track me</button></p>",
        "<p>Rest:</p><ul><li>at noon<script>track(1)</script></li><li>at night</li></ul>",
    ],
)
def test_scripts_and_buttons_inside_text_are_not_read(desk: Desk, fragment: str) -> None:
    written = _last(desk, fragment)
    assert "Rest" in written
    assert "track" not in written
