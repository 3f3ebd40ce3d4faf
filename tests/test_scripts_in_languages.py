"""The scripts of every other language: whole, with lines and numbers where they belong."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
import yaml

from chatbot.guards.phrases import phrase_rules
from chatbot.language import CODES
from chatbot.reply import CARDS, UNKNOWN_CARD
from chatbot.schema import Answered, RefusalReason
from chatbot.scripts import FOLDER, languages, read_scripts
from chatbot.small_talk import short_answer

OTHERS = tuple(code for code in CODES if code != "en")
OWN = (
    "ways", "answers", "other_language", "guard_failed", "care", "refusals", "cards", "later",
    "care_answers", "reach_out_answers",
)  # fmt: skip
IMMINENT = (
    "overdose", "overdose_other", "withdrawal", "suicide_now", "child_abuse", "elder_abuse",
    "harm_to_others", "psychosis", "violence",
)  # fmt: skip
QUESTION = re.compile(r"[?？؟]")


def own(language: str) -> dict[str, Any]:
    """What a language's own file says."""
    read: dict[str, Any] = yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8"))
    return read


def said(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from said(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from said(inner)


def test_there_are_scripts_and_phrases_in_fourteen_other_languages() -> None:
    assert len(OTHERS) == 14
    assert set(languages()) == set(CODES)
    assert {rule.language for rule in phrase_rules()} == set(CODES)


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_by_itself_all_that_a_person_in_danger_needs(language: str) -> None:
    scripts = own(language)
    assert set(OWN) <= set(scripts)
    assert scripts["language"] == language
    assert set(scripts["cards"]) == {name for name, _ in CARDS} | {UNKNOWN_CARD}
    assert set(scripts["refusals"]) == set(get_args(RefusalReason))
    for answers in ("answers", "care_answers", "reach_out_answers"):
        assert set(scripts[answers]) == set(get_args(Answered))
    english = set(said(own("en")))
    assert not [text for text in said(scripts) if text in english and len(text) > 20]


@pytest.mark.parametrize("language", OTHERS)
def test_only_known_gaps_and_no_numbers_or_markup(language: str) -> None:
    scripts = own(language)
    ways = scripts.pop("ways")
    assert "{number}" in ways["call"]
    assert "{number}" in ways["text"]
    assert "{url}" in ways["chat"]
    assert "{url}" in ways["find"]
    scripts.pop("answers")
    for text in said(scripts):
        assert set(re.findall(r"\{[^}]*\}?", text)) <= {"{line}", "{emergency}"}, text
        assert not re.search(r"\d|[<>*_`#|]|https?:", text), text


@pytest.mark.parametrize("language", OTHERS)
def test_every_card_has_both_numbers_in_the_right_order_and_ends_by_asking(language: str) -> None:
    for name, card in own(language)["cards"].items():
        first = card["first"]
        assert {"{emergency}", "{line}"} <= set(re.findall(r"\{\w+\}", first)), name
        assert QUESTION.search(first.rstrip().split("\n")[-1]), name
        if name in IMMINENT:
            assert first.index("{emergency}") < first.index("{line}"), name


@pytest.mark.parametrize("language", OTHERS)
def test_care_asks_once_and_later_turns_differ_and_ask(language: str) -> None:
    scripts = own(language)
    assert len(scripts["care"]) == 3
    for text in scripts["care"]:
        assert len(QUESTION.findall(text)) == 1, text
        assert "{line}" in text
    assert len(set(scripts["later"])) == 5
    for text in scripts["later"]:
        assert "{line}" in text
        assert QUESTION.search(text.rstrip()[-3:]), text
    for text in scripts["reach_out_answers"].values():
        assert "{line}" in text
        assert "{emergency}" in text


@pytest.mark.parametrize("language", OTHERS)
def test_short_answers_are_understood_in_the_language(language: str) -> None:
    words = read_scripts(language).answers
    for meaning, wholes in words.items():
        assert len(wholes) >= 5
        for whole in wholes:
            assert short_answer(f" {whole}!", words=words) == meaning, whole


def test_a_language_that_has_no_scripts_is_answered_in_english() -> None:
    assert read_scripts("sv") == read_scripts("en")
    assert read_scripts("und").language == "en"


def test_what_is_not_needed_in_danger_may_stay_english() -> None:
    assert read_scripts("fr").greeting == read_scripts("en").greeting
