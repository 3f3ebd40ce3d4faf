"""The scripts, held to SAFETY: what Lamplight says of its own accord, word for word."""

import re
from collections.abc import Iterator
from typing import get_args

import pytest

from chatbot.library import Library
from chatbot.reply import CARDS, UNKNOWN_CARD
from chatbot.schema import Answered, CrisisLine, RefusalReason
from chatbot.scripts import Scripts, fill, read_scripts, say_line
from chatbot.settings import ROOT

SCRIPTS = read_scripts()
LIBRARY = Library.load(ROOT / "corpus")
IMMINENT = ("overdose", "suicide_now", "child_abuse", "harm_to_others", "psychosis", "violence")
PLAIN_QUESTION = "are you having thoughts of suicide or of hurting yourself?"

NEVER: dict[str, str] = {
    "claims a human's feelings or life": (
        r"\bI (?:\w+ )?(?:understand|know|feel|imagine|love|hurt|cried|remember|worry|care about)\b"
        r"|\bI(?:'ve| have) (?:been|felt|gone|lived)\b|\bmy (?:heart|own (?:life|experience))\b"
        r"|\b(?:worries|saddens|hurts|breaks) me\b|\bI'm (?:\w+ )?(?:thinking|worried|sad|proud)\b"
        r"|\byour friend\b|\bas a (?:therapist|counsell?or|nurse|doctor|friend|human)\b"
    ),
    "promises secrecy": (
        r"(?<!promise to keep it )\bsecre(?:t|cy)\b|\bconfiden(?:ce|tial\w*)\b|\bbetween us\b"
        r"|\b(?:won't|will not|never) tell\b|\bno ?(?:body|one) (?:will|needs to) (?:ever )?know\b"
    ),
    "promises what others will do": (
        r"\byou (?:won't|will not) (?:be|get) in(?:to)? trouble\b|\bwill be (?:all right|okay)\b"
        r"|\bguarantee|\bnothing will happen\b|\bcertainly help\b"
    ),
    "asks for a contract": (
        r"\bpromise (?:me|that)\b|\b(?:will|can|could|do) you promise\b|\bswear\b|\bcontract\b"
        r"|\bagree (?:not|that you)\b|\bgive me your word\b"
    ),
    "names a method or how deadly it is": (
        r"\b(?:pills?|tablets?|ropes?|nooses?|guns?|firearms?|kni(?:fe|ves)|blades?|razors?|bridges?"
        r"|roof(?:top)?s?|jump\w*|hang(?:ing|ed)?|drown\w*|poison\w*|lethal\w*|fatal\w*|deadl\w*"
        r"|wrists?|veins?|bleed\w*|burn\w*|cutting|starv\w*|purg\w*|laxatives?)\b"
    ),
    "shames or lectures": (
        r"\bselfish\b|\bcoward|\battention[- ]seek|\bashamed\b|\byou should(?:n't)?\b|\bsin\b"
        r"|\bthink of (?:your|the people)\b|\bhow could you\b|\byou must\b"
    ),
    "flatters": r"\b(?:amazing|wonderful|incredible|inspiring|so strong|perfect|beautiful)\b",
    "forbids or ends the conversation": (
        r"\bcan(?:'t|not) talk about (?:this|that|suicide)\b|\bthis (?:chat|conversation) is over\b"
        r"|\bdon't (?:write|talk) (?:to me )?(?:again|about)\b"
    ),
    "plays a session or holds a licence": r"\bsessions?\b|\blicen[cs]ed?\b|\bmy patients?\b",
    "tells a number": r"\d",
    "holds markup or an address": r"[<>*_`#|]|https?:|www\.",
}
FOUND = {
    "claims a human's feelings or life": "I understand how you feel. I've been there too.",
    "promises secrecy": "This stays between us.",
    "promises what others will do": "You won't be in trouble.",
    "asks for a contract": "Will you promise me not to do it?",
    "names a method or how deadly it is": "Put the pills away.",
    "shames or lectures": "Think of your family.",
    "flatters": "You are so strong.",
    "forbids or ends the conversation": "I can't talk about suicide.",
    "plays a session or holds a licence": "In our next session we go on.",
    "tells a number": "Call 988.",
    "holds markup or an address": "See https://example.org.",
}


def said(scripts: Scripts) -> Iterator[tuple[str, str]]:
    """(where, text) of everything that a person may be told; not what is looked up for them."""
    for key, value in scripts.model_dump(
        exclude={"neighbours", "neighbour_fallback", "ways", "answers"}
    ).items():
        yield from _said(key, value)


def _said(where: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _said(f"{where}.{key}", inner)
    elif isinstance(value, list | tuple):
        for n, inner in enumerate(value):
            yield from _said(f"{where}[{n}]", inner)


SAID = dict(said(SCRIPTS))


@pytest.mark.parametrize("rule", NEVER)
def test_no_script_ever(rule: str) -> None:
    assert re.search(NEVER[rule], FOUND[rule], re.IGNORECASE), "the rule finds nothing"
    for where, text in SAID.items():
        found = re.search(NEVER[rule], text, re.IGNORECASE)
        assert not found, f"{where} {rule}: {found and found.group()!r}"


def test_only_known_gaps_are_left_to_fill() -> None:
    for where, text in SAID.items():
        assert set(re.findall(r"\{[^}]*\}?", text)) <= {"{line}", "{emergency}"}, where


@pytest.mark.parametrize("code", [code for code, _ in LIBRARY.lines.countries])
def test_every_script_is_whole_in_every_country(code: str) -> None:
    line = LIBRARY.lines.for_country(code)[0]
    emergency = LIBRARY.lines.emergency(code)
    for where, text in SAID.items():
        filled = fill(text, line, emergency)
        assert not re.search(r"[{}]|\bNone\b|\(\)|  ", filled.replace("\n", "")), where
        if "{line}" in text:
            assert say_line(line) in filled, where
        if "{emergency}" in text:
            assert emergency in filled, where


def test_a_line_is_said_with_every_way_to_reach_it_that_a_person_may_choose() -> None:
    us = CrisisLine(country="US", name="A line", call="1", text="WORD to 2", url="https://a.org")
    assert say_line(us) == "A line (call 1, text WORD to 2)"
    called = us.model_copy(update={"text": None})
    assert say_line(called) == "A line (call 1, chat or read more at https://a.org)"
    page = CrisisLine(country="XX", name="A directory", url="https://a.org")
    assert say_line(page) == "A directory (find a line at https://a.org)"


# --- the cards ------------------------------------------------------------------------------------


def test_there_is_a_card_for_each_kind_of_danger_and_no_other() -> None:
    assert set(SCRIPTS.cards) == {name for name, _ in CARDS} | {UNKNOWN_CARD}
    assert {
        "suicide", "self_harm", "violence", "child_abuse", "harm_to_others", "overdose",
        "psychosis", "eating_disorder", "third_party",
    } <= set(SCRIPTS.cards)  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS.cards)
def test_a_card_names_the_emergency_number_and_a_line(name: str) -> None:
    first = SCRIPTS.cards[name].first
    assert "{emergency}" in first
    assert "{line}" in first


@pytest.mark.parametrize("name", SCRIPTS.cards)
def test_a_card_is_short_and_ends_by_asking(name: str) -> None:
    first = SCRIPTS.cards[name].first
    assert len(first.split()) <= 120
    assert "?" in first.split("\n")[-1]


@pytest.mark.parametrize("name", SCRIPTS.cards)
@pytest.mark.parametrize("code", [code for code, _ in LIBRARY.lines.countries])
def test_a_card_offers_a_call_and_also_a_text_or_chat(name: str, code: str) -> None:
    line, emergency = LIBRARY.lines.for_country(code)[0], LIBRARY.lines.emergency(code)
    card = fill(SCRIPTS.cards[name].first, line, emergency)
    assert re.search(r"\bcall\b", card)
    assert re.search(r"\b(?:text|chat|message)\b", card)


@pytest.mark.parametrize("name", SCRIPTS.cards)
def test_a_card_leads_to_a_person_nearby(name: str) -> None:
    assert re.search(
        r"someone (?:you trust|near you|beside you)|trusted adult|adult you trust|with them",
        SCRIPTS.cards[name].first,
    )


@pytest.mark.parametrize("name", IMMINENT)
def test_where_danger_is_near_the_emergency_number_stands_before_the_line(name: str) -> None:
    first = SCRIPTS.cards[name].first
    assert first.index("{emergency}") < first.index("{line}")


@pytest.mark.parametrize("name", ["suicide", "suicide_now", "self_harm", "third_party"])
def test_a_card_asks_for_company_and_for_distance_from_what_could_hurt(name: str) -> None:
    first = SCRIPTS.cards[name].first
    assert re.search(r"not to be alone|stay near|being near|stay with them", first, re.IGNORECASE)
    assert re.search(r"distance between|move away from|moving away from", first, re.IGNORECASE)


@pytest.mark.parametrize("name", ["suicide", "suicide_now", "general"])
def test_a_card_says_that_it_is_not_a_person_who_speaks(name: str) -> None:
    assert "program" in SCRIPTS.cards[name].first


def test_titles_are_short_and_say_what_to_do_or_what_matters() -> None:
    for card in SCRIPTS.cards.values():
        assert 3 <= len(card.title.split()) <= 8
        assert not card.title.endswith(".")


# --- later turns, and short answers ---------------------------------------------------------------


def test_later_turns_differ_from_each_other_and_from_every_card() -> None:
    assert len(SCRIPTS.later) >= 5
    texts = list(SAID.values())
    assert len({t for t in texts if len(t) > 40}) == len([t for t in texts if len(t) > 40])
    openings = [text.split(",")[0] for text in SCRIPTS.later]
    assert len(set(openings)) == len(openings)


@pytest.mark.parametrize("text", SCRIPTS.later)
def test_a_later_turn_is_short_gives_a_line_and_asks(text: str) -> None:
    assert "{line}" in text
    assert text.rstrip().endswith("?")
    assert len(text.split()) <= 60


def test_later_turns_name_a_professional_a_trusted_person_and_the_emergency_number() -> None:
    together = " ".join(SCRIPTS.later)
    assert re.search(r"\b(?:doctor|professional)\b", together)
    assert "you trust" in together
    assert together.count("{emergency}") >= 3
    assert re.search(r"\b(?:text|chat)\b", together)


def test_every_short_answer_has_its_own_reply_to_both_questions() -> None:
    assert set(SCRIPTS.care_answers) == set(SCRIPTS.reach_out_answers) == set(get_args(Answered))
    for text in (*SCRIPTS.care_answers.values(), *SCRIPTS.reach_out_answers.values()):
        assert "{line}" in text


@pytest.mark.parametrize("answer", get_args(Answered))
def test_after_a_crisis_a_short_answer_gets_the_emergency_number_before_the_line(
    answer: Answered,
) -> None:
    """The card before may have been the one for an overdose: a `yes`, I can call, means 911."""
    text = SCRIPTS.reach_out_answers[answer]
    assert "{emergency}" in text
    assert text.index("{emergency}") < text.index("{line}")


# --- care, refusals, and the rest -----------------------------------------------------------------


@pytest.mark.parametrize("text", SCRIPTS.care)
def test_care_acknowledges_asks_once_and_plainly_and_gives_a_line(text: str) -> None:
    assert text.lower().count("thoughts of suicide") == 1
    assert PLAIN_QUESTION in text.lower()
    assert text.count("?") == 1
    assert not re.search(r"aren't you|are you not|you're not|not thinking of", text.lower())
    assert not text.lower().startswith(("are you", PLAIN_QUESTION))
    assert "{line}" in text


def test_a_failed_guard_is_said_openly_with_a_line_and_the_emergency_number() -> None:
    assert "can't answer safely" in SCRIPTS.guard_failed
    assert {"{line}", "{emergency}"} <= set(re.findall(r"\{\w+\}", SCRIPTS.guard_failed))


@pytest.mark.parametrize("reason", get_args(RefusalReason))
def test_a_refusal_says_what_why_and_what_instead(reason: RefusalReason) -> None:
    text = SCRIPTS.refusals[reason]
    assert re.search(r"can't|won't|not something I can", text)
    assert re.search(r"because|that takes|so I can't|only answer", text)
    assert re.search(r"I can \w+|I'm glad to|please ask", text)
    assert len(text.split()) <= 60
    assert reason in SCRIPTS.neighbours


def test_a_dose_is_left_to_the_prescriber_or_the_pharmacist() -> None:
    assert {"prescribed", "pharmacist"} <= set(re.findall(r"\w+", SCRIPTS.refusals["dosing"]))


def test_silence_is_admitted_and_points_to_a_professional() -> None:
    assert "won't guess" in SCRIPTS.no_answer
    assert re.search(r"doctor|professional", SCRIPTS.no_answer)


def test_it_says_that_it_is_a_computer_program() -> None:
    for text in (SCRIPTS.identity, SCRIPTS.greeting, SCRIPTS.refusals["therapy_role"]):
        assert "computer program" in text
    assert "not a person" in SCRIPTS.identity
    assert "not a therapist" in SCRIPTS.identity
