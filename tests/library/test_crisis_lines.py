"""Crisis lines: everybody in every country is shown a way to a person."""

import re
from datetime import date
from typing import get_args

import pytest

from chatbot.errors import CorpusError
from chatbot.library import Library
from chatbot.library.lines import CrisisLines, LineKind, LineRecord

from .small_corpus import SmallCorpus

DIRECTORY = "Find A Helpline (ThroughLine)"


def _names(shipped: Library, country: str | None) -> list[str]:
    return [line.name for line in shipped.lines.for_country(country)]


@pytest.mark.parametrize("country", [None, "", "XX", "ZZ", "xx", "Narnia"])
def test_a_country_that_is_not_known_gets_the_directory(
    shipped: Library, country: str | None
) -> None:
    assert _names(shipped, country) == [DIRECTORY]
    assert "112" in shipped.lines.emergency(country)


def test_great_britain_sees_samaritans_first(shipped: Library) -> None:
    lines = shipped.lines.for_country("GB")
    assert (lines[0].name, lines[0].call) == ("Samaritans", "116 123")
    assert lines[1].text == "SHOUT to 85258"
    assert lines[-1].name == DIRECTORY
    assert shipped.lines.emergency("GB") == "999 or 112"


def test_the_united_states_see_988_by_call_and_by_text(shipped: Library) -> None:
    first = shipped.lines.for_country("US")[0]
    assert (first.call, first.text) == ("988", "988")
    assert shipped.lines.emergency("US") == "911"


def test_the_country_may_be_written_in_small_letters(shipped: Library) -> None:
    assert _names(shipped, "gb") == _names(shipped, "GB")


def test_italy_sees_112_and_the_directory_and_no_empty_line(shipped: Library) -> None:
    assert shipped.lines.emergency("IT") == "112"
    assert _names(shipped, "IT") == [DIRECTORY]
    assert ("IT", "Italy") in shipped.lines.countries


def test_every_country_sees_a_number_or_a_page_and_an_emergency_number(shipped: Library) -> None:
    for code, _ in shipped.lines.countries:
        lines = shipped.lines.for_country(code)
        assert lines
        assert all(line.call or line.text or line.url for line in lines)
        assert re.search(r"\d", shipped.lines.emergency(code))


def test_numbers_are_dialled_as_in_the_country_itself(shipped: Library) -> None:
    for record in shipped.lines.records:
        for number in filter(None, (record.call, *record.also_call)):
            assert re.fullmatch(r"[0-9*#][0-9*# -]*", number), record.name


def test_every_line_says_where_it_comes_from_and_when_it_was_checked(shipped: Library) -> None:
    for record in shipped.lines.records:
        assert record.source.startswith("https://")


def test_a_number_that_was_never_checked_is_shown_to_nobody(shipped: Library) -> None:
    unchecked = [r for r in shipped.lines.records if r.checked_on is None]
    assert unchecked
    for record in unchecked:
        for kind in get_args(LineKind):
            shown = shipped.lines.for_country(record.country, kind)
            assert record.name not in {line.name for line in shown}


def _record(country: str, name: str, kind: LineKind) -> LineRecord:
    return LineRecord(
        country=country,
        country_name="C",
        name=name,
        call="1",
        emergency="112",
        kinds=(kind,),
        source="https://a.org",
        checked_on=date(2026, 1, 1),
    )


def test_lines_for_the_kind_of_danger_stand_first_and_general_ones_follow() -> None:
    records = (
        _record("GB", "any crisis", "suicide"),
        _record("GB", "children", "child"),
        _record("GB", "poison", "poison"),
        _record("XX", "directory", "suicide"),
    )
    lines = CrisisLines(records)

    def names(kind: LineKind) -> list[str]:
        return [line.name for line in lines.for_country("GB", kind)]

    assert names("child") == ["children", "any crisis", "directory"]
    assert names("suicide") == ["any crisis", "directory"]
    assert names("elder") == ["any crisis", "directory"]


def test_the_countries_are_told_by_name_and_the_directory_last(shipped: Library) -> None:
    names = [name for _, name in shipped.lines.countries]
    assert names[-1] == "Anywhere else"
    assert names[:-1] == sorted(names[:-1])
    assert len(set(names)) == len(names)


def test_lines_without_a_directory_for_everywhere_else_are_refused(corpus: SmallCorpus) -> None:
    corpus.change("crisis_lines.yaml", 'country: "XX"', 'country: "FR"')
    with pytest.raises(CorpusError, match="fallback"):
        Library.load(corpus.folder)


def test_a_number_without_quotes_is_refused_before_yaml_can_change_it(corpus: SmallCorpus) -> None:
    corpus.change("crisis_lines.yaml", 'call: "116 123"', "call: 024")
    with pytest.raises(CorpusError, match="call") as told:
        Library.load(corpus.folder)
    assert told.value.line == 1
