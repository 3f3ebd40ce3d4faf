"""A deployer's own folders: what stands in an earlier one takes the place of its namesake."""

from pathlib import Path

import pytest
import yaml

from chatbot.errors import CorpusError
from chatbot.index import entries
from chatbot.library import Library, stamp
from chatbot.schema import Status

from . import samples
from .desk import Desk, write_yaml

QUOTABLE: tuple[Status, ...] = ("draft", "source-checked", "clinically-reviewed")
LINE: dict[str, object] = {
    "country": "GB",
    "country_name": "United Kingdom",
    "name": "Samaritans",
    "call": "116 000",
    "emergency": "999 or 112",
    "source": "https://www.samaritans.org/",
    "checked_on": "2026-11-01",
}


@pytest.fixture
def two(desk: Desk) -> Desk:
    """A desk with two own folders: `first`, then `own`."""
    first(desk).mkdir()
    desk.settings_are(first(desk), desk.own)
    return desk


def first(desk: Desk) -> Path:
    return desk.place / "first"


def put_document(desk: Desk, folder: Path, id: str, old: str, new: str) -> None:
    """A copy of a shipped document in a folder, with one thing changed."""
    text = (desk.base / "documents" / f"{id}.md").read_text(encoding="utf-8")
    assert old in text
    (folder / "documents").mkdir(exist_ok=True)
    (folder / "documents" / f"{id}.md").write_text(text.replace(old, new), encoding="utf-8")


def shipped_source(desk: Desk) -> dict[str, object]:
    records: list[dict[str, object]] = yaml.safe_load((desk.base / "sources.yaml").read_text())
    return records[0]


def test_a_document_of_the_first_folder_takes_the_place_of_all_namesakes(two: Desk) -> None:
    put_document(two, two.own, "grief", "title: Grief and bereavement", "title: Ours")
    assert two.library.documents["grief"].title == "Ours"
    put_document(two, first(two), "grief", "title: Grief and bereavement", "title: First")
    assert two.library.documents["grief"].title == "First"
    assert sorted(two.library.documents) == ["grief", "ocd"]
    two.settings_are(two.own, first(two))
    assert two.library.documents["grief"].title == "Ours"


def test_taking_an_own_document_away_brings_the_shipped_one_back(two: Desk) -> None:
    put_document(two, two.own, "grief", "title: Grief and bereavement", "title: Ours")
    before = stamp(*two.settings.corpus.folders)
    (two.own / "documents" / "grief.md").unlink()
    assert two.library.documents["grief"].title == "Grief and bereavement"
    assert stamp(*two.settings.corpus.folders) != before


def test_a_source_of_the_first_folder_takes_the_place_of_all_namesakes(two: Desk) -> None:
    record = shipped_source(two)
    for folder, title in ((two.own, "Ours"), (first(two), "First")):
        write_yaml(folder / "sources.yaml", [record | {"title": title}])
    sources = two.library.sources
    assert sources[str(record["id"])].title == "First"
    assert len(sources) == len(Library.load(two.base).sources)


def test_a_crisis_line_of_the_first_folder_takes_the_place_of_its_namesake(two: Desk) -> None:
    before = two.library.lines.for_country("GB")
    assert any(line.name == "Samaritans" and line.call != "116 000" for line in before)
    write_yaml(two.own / "crisis_lines.yaml", [LINE | {"call": "116 999"}])
    write_yaml(first(two) / "crisis_lines.yaml", [LINE])
    after = two.library.lines.for_country("GB")
    assert [line.call for line in after if line.name == "Samaritans"] == ["116 000"]
    assert len(after) == len(before)


def test_an_own_crisis_line_stands_before_those_that_ship(two: Desk) -> None:
    own = LINE | {"name": "Our clinic's line", "call": "020 7946 0000"}
    write_yaml(two.own / "crisis_lines.yaml", [own])
    lines = two.library.lines.for_country("GB")
    assert lines[0].name == "Our clinic's line"
    assert any(line.name == "Samaritans" for line in lines)
    assert two.library.lines.for_country("US") == Library.load(two.base).lines.for_country("US")


def test_a_namesake_in_another_country_stays(two: Desk) -> None:
    irish = LINE | {"country": "IE", "country_name": "Ireland"}
    british = two.library.lines.for_country("GB")
    write_yaml(two.own / "crisis_lines.yaml", [irish])
    assert two.library.lines.for_country("GB") == british


def test_an_own_folder_needs_no_sources_and_no_lines(two: Desk) -> None:
    put_document(two, two.own, "grief", "natural response", "human response")
    assert [f.name for f in two.own.iterdir()] == ["documents"]
    assert "human response" in two.library.documents["grief"].body
    ran = two.says("check")
    assert "sources.yaml" not in ran.out
    assert f"{two.own}: 1 documents" in ran.out


def test_the_shipped_folder_must_be_complete(desk: Desk) -> None:
    (desk.base / "sources.yaml").unlink()
    with pytest.raises(CorpusError, match="missing"):
        _ = desk.library


def test_a_folder_that_is_not_there_is_told(desk: Desk) -> None:
    desk.settings_are(desk.place / "nowhere", desk.own)
    ran = desk.says("list")
    assert (ran.status, "corpus.own" in ran.err) == (1, True)


def test_a_withdrawn_own_copy_hides_the_shipped_document(two: Desk) -> None:
    put_document(two, two.own, "grief", "title: Grief", "title: Our grief")
    ran = two.says(
        "withdraw", "grief", "--folder", str(two.own), "--role", "editor", "--reason", "not for us"
    )
    assert ran.status == 0, ran.err
    assert two.library.documents["grief"].status == "withdrawn"
    assert {e.document.id for e in entries(two.library, QUOTABLE)} == {"ocd"}


def test_other_ways_to_ask_belong_to_the_document_that_is_in_force(desk: Desk) -> None:
    assert any(key[0] == "grief" for key in desk.library.asked_as)
    put_document(desk, desk.own, "grief", "## What is grief?", "## What does grief mean?")
    assert not any(key[0] == "grief" for key in desk.library.asked_as)
    (desk.own / "asked_as").mkdir()
    (desk.own / "asked_as" / "grief.yaml").write_text(
        '"What does grief mean?":\n- "what is mourning"\n', encoding="utf-8"
    )
    assert desk.library.asked_as == {
        **{key: v for key, v in desk.library.asked_as.items() if key[0] != "grief"},
        ("grief", "What does grief mean?"): ("what is mourning",),
    }


def test_an_own_document_may_cite_shipped_sources_and_a_shipped_one_none_of_ours(
    desk: Desk,
) -> None:
    desk.added(samples.winter(), "topics.xml")
    source = next(s for s in desk.library.sources if s.startswith("medlineplus-seasonal"))
    put_document(desk, desk.own, "grief", "[@nhs-grief]", f"[@nhs-grief] [@{source}]")
    assert desk.library.documents["grief"]
    assert desk.says("check").status == 0
    text = desk.document_file("grief").read_text(encoding="utf-8")
    (desk.base / "documents" / "grief.md").write_text(text, encoding="utf-8")
    ran = desk.says("check")
    assert (ran.status, f"The source '{source}' is not in sources.yaml" in ran.out) == (1, True)


def test_a_change_in_any_folder_changes_the_version(two: Desk) -> None:
    seen = {two.library.version}
    for folder in (two.own, first(two)):
        put_document(two, folder, "grief", "natural response", f"{folder.name} response")
        seen.add(two.library.version)
        write_yaml(folder / "crisis_lines.yaml", [LINE | {"hours": folder.name}])
        seen.add(two.library.version)
    assert len(seen) == 5


def test_the_command_writes_to_the_first_folder(two: Desk) -> None:
    file = two.file("topics.xml", samples.winter())
    assert two.says("add", str(file)).status == 0
    assert (first(two) / "documents" / "seasonal-low-mood.md").is_file()
    assert (first(two) / "history" / "log.jsonl").is_file()
    assert list(two.own.iterdir()) == []


def test_a_page_of_a_later_folder_is_not_added_twice(two: Desk) -> None:
    file = two.file("topics.xml", samples.winter())
    assert two.says("add", str(file), "--folder", str(two.own)).status == 0
    ran = two.says("add", str(file))
    assert (ran.status, "already" in ran.out) == (1, True)


def test_an_own_folder_of_crisis_lines_alone_passes_the_check(desk: Desk) -> None:
    write_yaml(desk.own / "crisis_lines.yaml", [LINE])
    ran = desk.says("check")
    assert ran.status == 0, ran.out


def test_an_own_record_of_a_shipped_source_passes_the_check(desk: Desk) -> None:
    desk.added(samples.winter(), "topics.xml")
    records = yaml.safe_load((desk.own / "sources.yaml").read_text(encoding="utf-8"))
    write_yaml(desk.own / "sources.yaml", [*records, shipped_source(desk) | {"title": "Ours"}])
    ran = desk.says("check")
    assert ran.status == 0, ran.out


def test_an_own_line_with_a_page_alone_passes_the_check(desk: Desk) -> None:
    desk.added(samples.winter(), "topics.xml")
    chat = {k: v for k, v in LINE.items() if k != "call"} | {"url": "https://www.samaritans.org/"}
    write_yaml(desk.own / "crisis_lines.yaml", [chat])
    ran = desk.says("check")
    assert ran.status == 0, ran.out
