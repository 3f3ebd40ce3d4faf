"""The README and the pages it leads to: what they promise is there, and is true."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from chatbot.library import Library
from chatbot.settings import ROOT
from evals.readme import table, with_table
from evals.record import BASELINE, read_run

README = (ROOT / "README.md").read_text()
PAGES = [
    ROOT / name
    for name in (
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "THREAT_MODEL.md",
        "CHANGELOG.md",
        "corpus/README.md",
    )
] + sorted((ROOT / "docs").rglob("*.md"))
SECTIONS = [
    "If you need help now",
    "Run it",
    "How a message travels",
    "What it knows",
    "What it gets wrong",
]
"""In this order, after an opening that says what it is and is not."""

LINES = Library.load(ROOT / "corpus").lines
NUMBER = re.compile(r"\*\*(\d[\d ]*)\*\*")


def section(heading: str) -> str:
    """The text between a heading and the next."""
    return README.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_it_says_what_it_is_and_what_it_is_not_before_anything_else() -> None:
    opening = README.split("\n## ")[0]
    for said in ("**not** a therapist", "computer program", "medical device", "never diagnoses"):
        assert said in opening
    assert "reviewed by a clinician" in opening


def test_its_sections_stand_in_the_order_that_people_need_them() -> None:
    headings = re.findall(r"^## (.+)$", README, re.MULTILINE)
    assert headings[: len(SECTIONS)] == SECTIONS


def test_every_number_to_call_stands_in_the_crisis_lines() -> None:
    known = {
        number
        for record in LINES.records
        for text in (record.call, record.text, *record.also_call, record.emergency)
        for number in re.findall(r"\d[\d ]*\d", text or "")
    }
    told = NUMBER.findall(section("If you need help now"))
    assert len(told) >= 8
    assert set(told) <= known
    others = re.sub(NUMBER, "", section("If you need help now"))
    assert not re.search(r"\d", others), "every number is printed in bold, and checked"


@pytest.mark.parametrize(
    ("place", "code"),
    [("the US", "US"), ("Canada", "CA"), ("the UK", "GB"), ("Ireland", "IE"),
     ("Australia", "AU"), ("New Zealand", "NZ")],
)  # fmt: skip
def test_the_numbers_of_a_country_that_is_named_are_those_of_that_country(
    place: str, code: str
) -> None:
    emergencies, lines = section("If you need help now").split("\n\n")[:2]
    for text, numbers in (
        (emergencies, re.findall(r"\d+", LINES.emergency(code))),
        (lines, [LINES.for_country(code)[0].call]),
    ):
        (clause,) = [c for c in re.split(r"[,;.:]\s(?=\*\*)|\. ", text) if place in c]
        told = NUMBER.findall(_until(text, clause))
        assert set(told) & set(numbers), (place, told, numbers)


def _until(text: str, clause: str) -> str:
    """A clause with the one before it, where both numbers of `999 or 112` may stand."""
    return clause if NUMBER.search(clause) else text[: text.index(clause) + len(clause)]


def test_the_directory_for_everywhere_else_is_named() -> None:
    (directory,) = [line.url for line in LINES.for_country("XX")]
    assert directory
    assert directory.rstrip("/") in section("If you need help now")


def test_the_two_commands_are_tasks_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    commands = re.findall(r"^    make ([\w-]+)", section("Run it"), re.MULTILINE)
    assert commands == ["chat", "test"]
    for task in {*commands, *re.findall(r"`make ([\w-]+)", README)}:
        assert re.search(rf"^{task}:", makefile, re.MULTILINE), task


def test_every_command_it_shows_is_one_that_lamplight_has() -> None:
    from chatbot.cli import _parser

    shown = re.findall(r"^ +\.venv/bin/lamplight (.+)$", README, re.MULTILINE)
    assert len(shown) >= 3
    for line in shown:
        words = re.findall(r'"[^"]*"|\S+', line.split(" < ")[0])
        _parser().parse_args([word.strip('"') for word in words])


def test_it_shows_a_screenshot_and_one_picture_of_the_way_of_a_message() -> None:
    assert len(re.findall(r"!\[[^\]]+\]\([^)]+\.png\)", section("Run it"))) >= 1
    assert section("How a message travels").count("```mermaid") == 1


def test_the_documents_it_lists_are_those_of_the_corpus() -> None:
    documents = Library.load(ROOT / "corpus").documents
    assert f"{len(documents)} documents" in section("What it knows")


def test_its_figures_are_those_of_the_kept_baseline() -> None:
    baseline = read_run(BASELINE)
    assert with_table(README, baseline) == README
    assert table(baseline).count("\n") > 40
    other = README.replace("95% CI 100%-100%", "95% CI 0%-1%")
    assert with_table(other, baseline) == README != other


def test_a_page_without_a_table_is_told() -> None:
    with pytest.raises(ValueError, match="no table"):
        with_table("# A page", read_run(BASELINE))


def test_nothing_is_left_to_be_filled_in() -> None:
    for page in PAGES:
        assert not re.search(r"\b(?:TODO|TBD|FIXME|XXX|FIGURES)\b", page.read_text()), page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_picture_leads_to_something_that_is_there(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    missing = []
    for target in targets:
        path, _, anchor = unquote(target).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / path) if path else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            missing.append(target)
    assert not missing, f"{page.name} leads to what is not there: {missing}"


def _anchors(file: Path) -> set[str]:
    """The anchors of a page's headings, as a forge makes them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
