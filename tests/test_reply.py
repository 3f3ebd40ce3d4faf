"""The reply: the right card, care that is never left out, and a person who is not left alone."""

from collections.abc import Sequence
from itertools import pairwise
from typing import get_args

import pytest

from chatbot.guards import CrisisPhrases, RequestScope
from chatbot.language import Lingua
from chatbot.library import Library
from chatbot.reply import Setting, reply
from chatbot.schema import (
    Answered,
    Conversation,
    Finding,
    Quote,
    RefusalReason,
    Reply,
    Risk,
    Screening,
    Sentence,
    Turn,
    Verification,
    Versions,
)
from chatbot.screen import Guard, screen
from chatbot.scripts import fill, read_scripts
from chatbot.settings import ROOT
from chatbot.small_talk import short_answer, small_talk

LIBRARY = Library.load(ROOT / "corpus")
SCRIPTS = read_scripts()
VERSIONS = Versions(corpus="c", guard="g", app="a")
CRISIS, CARE = "I want to die", "everyone would be better off without me"


def setting(country: str | None = "US") -> Setting:
    return Setting(LIBRARY, SCRIPTS, country, VERSIONS)


def found(risk: Risk, *labels: str, latched: bool | None = None, **more: object) -> Screening:
    """The verdict of one guard."""
    finding = Finding(guard="g", risk=risk, labels=labels, **more)  # type: ignore[arg-type]
    return Screening(findings=(finding,), latched=risk == "crisis" if latched is None else latched)


def alone(screening: Screening, country: str | None = "US", **more: object) -> Reply:
    return reply(screening, Conversation(), setting(country), **more)  # type: ignore[arg-type]


def filled(script: str, country: str | None = "US") -> str:
    line = LIBRARY.lines.for_country(country)[0]
    return fill(script, line, LIBRARY.lines.emergency(country))


def quoted(document: str = "grief", passage: int = 0, units: int = 2) -> tuple[Sentence, ...]:
    """Sentences of the shipped corpus that stood."""
    found = LIBRARY.documents[document]
    paragraph = list(found.paragraphs.values())[passage]
    return tuple(
        Sentence(
            text=found.body[a:b],
            quotes=(
                Quote(
                    document_id=document,
                    passage_id=paragraph.id,
                    start=a,
                    end=b,
                    text=found.body[a:b],
                ),
            ),
        )
        for a, b in paragraph.units[:units]
    )


def talk(
    *texts: str, guards: Sequence[Guard] = (CrisisPhrases(), RequestScope())
) -> list[tuple[Reply, Turn]]:
    """Replies to a conversation in which nothing is ever found in the corpus."""
    conversation, said = Conversation(), []
    for text in texts:
        verdict = screen(text, guards, Lingua(), conversation=conversation)
        made = reply(verdict, conversation, setting(), talk=small_talk(text))
        conversation = conversation.plus(text, verdict, made.kind)
        said.append((made, conversation.turns[-1]))
    return said


# --- which card -----------------------------------------------------------------------------------

BY_LABEL = [
    (("active", "explicit"), "suicide"),
    (("passive",), "suicide"),
    (("attempt", "explicit"), "suicide_now"),
    (("plan", "active"), "suicide_now"),
    (("goodbye",), "suicide_now"),
    (("overdose", "attempt"), "overdose"),
    (("self_injury",), "self_harm"),
    (("violence_at_home",), "violence"),
    (("child_abuse",), "child_abuse"),
    (("elder_abuse",), "elder_abuse"),
    (("withdrawal",), "withdrawal"),
    (("overdose", "third_party"), "overdose_other"),
    (("meaning", "sexual_abuse"), "violence"),
    (("harm_to_others",), "harm_to_others"),
    (("command_voices",), "psychosis"),
    (("eating_disorder",), "eating_disorder"),
    (("third_party",), "third_party"),
    (("meaning",), "general"),
    ((), "general"),
]


@pytest.mark.parametrize(("labels", "name"), BY_LABEL)
def test_each_kind_of_danger_gets_its_own_card(labels: tuple[str, ...], name: str) -> None:
    made = alone(found("crisis", *labels))
    assert made.kind == "crisis"
    assert made.card == SCRIPTS.cards[name].title
    assert made.text == filled(SCRIPTS.cards[name].first)


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        (("active", "overdose", "third_party"), "overdose_other"),
        (("active", "child_abuse", "violence_at_home"), "child_abuse"),
        (("active", "third_party"), "third_party"),
        (("active", "violence_at_home"), "violence"),
        (("self_injury", "plan"), "suicide_now"),
        (("eating_disorder", "self_injury"), "self_harm"),
        (("active", "command_voices"), "psychosis"),
    ],
)
def test_of_several_kinds_the_most_urgent_card_is_shown(labels: tuple[str, ...], name: str) -> None:
    for order in (labels, labels[::-1]):
        assert alone(found("crisis", *order)).text == filled(SCRIPTS.cards[name].first)


def test_what_only_gave_cause_for_care_does_not_choose_the_card() -> None:
    screening = Screening(
        findings=(
            Finding(guard="a", risk="elevated", labels=("overdose",)),
            Finding(guard="b", risk="crisis", labels=("active",)),
        ),
        latched=True,
    )
    assert alone(screening).card == SCRIPTS.cards["suicide"].title


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("I want to die", "suicide"),
        ("I have a plan to kill myself tonight", "suicide_now"),
        ("This is my final goodbye", "suicide_now"),
        ("I took all my pills", "overdose"),
        ("I want to cut myself", "self_harm"),
        ("He is hitting me right now", "violence"),
        ("My uncle touches me at night and I'm 12", "child_abuse"),
        ("The voices are telling me to kill my family", "psychosis"),
        ("My friend says she wants to kill herself tonight", "third_party"),
    ],
)
def test_what_people_write_leads_to_the_card_for_it(said: str, name: str) -> None:
    assert talk(said)[0][0].text == filled(SCRIPTS.cards[name].first)


@pytest.mark.parametrize("name", SCRIPTS.cards)
def test_every_card_can_be_reached(name: str) -> None:
    assert name in {card for _, card in BY_LABEL}


@pytest.mark.parametrize(
    "labels", [("attempt",), ("overdose",), ("plan",), ("means",), ("goodbye",),
               ("violence_at_home",), ("harm_to_others",), ("command_voices",), ("child_abuse",)],
)  # fmt: skip
def test_where_danger_is_near_the_emergency_number_is_said_first(labels: tuple[str, ...]) -> None:
    text = alone(found("crisis", *labels), "GB").text
    assert text.index("999 or 112") < text.index("Samaritans")


@pytest.mark.parametrize("code", [*(code for code, _ in LIBRARY.lines.countries), "ZZ", "", None])
def test_a_crisis_has_lines_and_an_emergency_number_in_every_country(code: str | None) -> None:
    made = alone(found("crisis", "active"), code)
    assert made.crisis_lines
    assert made.emergency
    assert made.emergency in made.text
    assert all(line.call or line.text or line.url for line in made.crisis_lines)


def test_a_crisis_is_answered_by_script_alone_whatever_else_was_found() -> None:
    screening = found("crisis", "active", refusal_reason="dosing")
    made = alone(screening, verification=Verification(sentences=quoted()), topics=("What is OCD?",))
    assert (made.kind, made.citations, made.sentences, made.topics) == ("crisis", (), (), ())
    assert made.refusal_reason is None
    assert made.text == filled(SCRIPTS.cards["suicide"].first)


# --- care -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("risk", ["none", "elevated"])
@pytest.mark.parametrize("kind", ["answer", "refusal", "no_answer"])
def test_care_comes_with_every_elevated_reply_whatever_its_kind_and_with_no_other(
    risk: Risk, kind: str
) -> None:
    screening = found(risk, refusal_reason="dosing" if kind == "refusal" else None)
    said = Verification(sentences=quoted() if kind == "answer" else ())
    made = alone(screening, verification=said)
    assert made.kind == kind
    assert made.care == (risk == "elevated") == bool(made.crisis_lines)
    asks = "are you having thoughts of suicide" in made.text.lower()
    assert asks == (risk == "elevated")
    if kind == "answer":  # it still answers, and cares first
        assert made.text.endswith(" ".join(s.text for s in said.sentences))


def test_a_failed_guard_brings_care_and_lines_and_nothing_from_the_corpus() -> None:
    made = alone(
        found("none", failed=True), verification=Verification(sentences=quoted()), topics=("A?",)
    )
    assert (made.kind, made.care, made.citations, made.topics) == ("no_answer", True, (), ())
    assert made.text == filled(SCRIPTS.guard_failed)
    assert made.crisis_lines
    assert made.emergency == "911"


def test_a_failed_guard_does_not_take_a_crisis_card_away() -> None:
    screening = Screening(
        findings=(Finding(guard="a", failed=True), *found("crisis", "overdose").findings),
        latched=True,
    )
    assert alone(screening).card == SCRIPTS.cards["overdose"].title


# --- refusals and silence -------------------------------------------------------------------------


@pytest.mark.parametrize("reason", get_args(RefusalReason))
def test_a_refusal_says_why_and_shows_its_safe_neighbour_with_citations(
    reason: RefusalReason,
) -> None:
    said = quoted(units=2)
    made = alone(
        found("none", reason, refusal_reason=reason), verification=Verification(sentences=said)
    )
    assert (made.kind, made.refusal_reason) == ("refusal", reason)
    assert made.text.startswith(filled(SCRIPTS.refusals[reason]))
    assert SCRIPTS.neighbour_lead in made.text
    assert [s.text for s in made.sentences] == [s.text for s in said]
    assert [c.n for c in made.citations] == [1, 2]
    assert all(c.sources for c in made.citations)


def test_a_refusal_without_a_neighbour_announces_none() -> None:
    made = alone(found("none", refusal_reason="injection"))
    assert made.text == filled(SCRIPTS.refusals["injection"])
    assert made.citations == ()


def test_silence_offers_the_nearest_questions() -> None:
    made = alone(found("none"), topics=("What is OCD?", "What is grief?"))
    assert made.kind == "no_answer"
    assert made.topics == ("What is OCD?", "What is grief?")
    assert made.text.endswith("- What is OCD?\n- What is grief?")
    assert alone(found("none")).text == SCRIPTS.no_answer.strip()


def test_small_talk_offers_no_topics_and_no_apology() -> None:
    made = alone(found("none"), topics=("What is OCD?",), talk="thanks")
    assert (made.text, made.topics) == (SCRIPTS.thanks.strip(), ())


def test_someone_who_writes_in_another_language_gets_the_lines_that_are_spoken_of() -> None:
    made = alone(found("none").model_copy(update={"language": "es"}))
    assert made.text == filled(SCRIPTS.other_language)
    assert made.crisis_lines


def test_an_answer_is_the_quoted_sentences_and_each_quotation_is_numbered_once() -> None:
    first, second = quoted("grief", 0), quoted("ocd", 1)
    made = alone(found("none"), verification=Verification(sentences=(*first, *second, first[0])))
    assert [s.citations for s in made.sentences] == [(1,), (2,), (3,), (4,), (1,)]
    assert made.text.startswith(f"{first[0].text} {first[1].text}\n\n{second[0].text} ")
    for c in made.citations:
        assert LIBRARY.documents[c.document_id].body[c.start : c.end] == c.quote


def test_a_quotation_is_said_to_the_letter_even_where_it_looks_like_a_script() -> None:
    sentence = quoted(units=1)[0].model_copy(update={"text": "Call {line} or {emergency}."})
    made = alone(found("none"), verification=Verification(sentences=(sentence,)))
    assert made.text == "Call {line} or {emergency}."


# --- the conversation after a crisis --------------------------------------------------------------


def test_six_crisis_messages_get_six_different_replies() -> None:
    texts = [made.text for made, _ in talk(*[CRISIS] * 6)]
    assert len(set(texts)) == 6
    assert texts[0] == filled(SCRIPTS.cards["suicide"].first)


@pytest.mark.parametrize("said", ["no", "yes", "idk", "whatever", "haha jk", "hello", "ok"])
def test_no_reply_repeats_the_one_before_however_often_the_same_is_said(said: str) -> None:
    texts = [made.text for made, _ in talk(CRISIS, *[said] * 6)]
    assert all(a != b for a, b in pairwise(texts))
    assert len(set(texts)) >= 5


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("no", "no"), ("No.", "no"), ("nah not really", "no"), ("I can't", "no"),
        ("yes", "yes"), ("Yeah!", "yes"), ("yes i do", "yes"),
        ("idk", "unsure"), ("I don't know", "unsure"), ("I’m not sure", "unsure"),
        ("just kidding", "joking"), ("no i was joking lol", "joking"), ("it was a joke", "joking"),
    ],
)  # fmt: skip
def test_a_short_answer_gets_its_own_reply_and_never_clears_the_latch(
    said: str, answer: Answered
) -> None:
    (_, _), (made, turn) = talk(CRISIS, said)
    assert made.text == filled(SCRIPTS.reach_out_answers[answer])
    assert (made.kind, made.risk, made.latched) == ("crisis", "crisis", True)
    assert made.crisis_lines
    assert turn.screening.latched


@pytest.mark.parametrize(
    "said",
    ["I'm not joking", "im not kidding", "this is not a joke", "I wasn't joking", "no joke",
     "are you kidding me", "you must be joking", "do you think this is a joke"],
)  # fmt: skip
def test_someone_who_is_in_earnest_is_not_told_that_they_meant_it_lightly(said: str) -> None:
    assert short_answer(said) != "joking"
    for first in (CRISIS, CARE):
        made = talk(first, said)[-1][0]
        assert "lightly" not in made.text


def test_a_new_kind_of_danger_gets_its_card_also_after_calmer_turns() -> None:
    said = talk(
        "he is hitting me right now", "ok", "I want to kill myself", "no", "he hit me again"
    )
    assert said[0][0].text == filled(SCRIPTS.cards["violence"].first)
    assert said[2][0].text == filled(SCRIPTS.cards["suicide"].first)


def test_danger_of_an_unknown_kind_gets_its_card_also_after_calmer_turns() -> None:
    calm, unknown = found("none", latched=True), found("crisis", "meaning")
    turns = Conversation().plus("a", found("crisis", "active")).plus("b", calm)
    assert reply(unknown, turns, setting()).text == filled(SCRIPTS.cards["general"].first)


def test_the_card_of_the_crisis_stays_on_later_turns() -> None:
    for made, _ in talk("he is hitting me right now", "ok", "no")[:2]:
        assert made.card == SCRIPTS.cards["violence"].title


def test_information_given_after_a_crisis_says_that_it_has_not_been_forgotten() -> None:
    settled = Screening(findings=found("none").findings, latched=True, settled=True)
    turns = Conversation().plus(CRISIS, found("crisis", "active"))
    made = reply(settled, turns, setting(), verification=Verification(sentences=quoted()))
    assert (made.kind, made.care) == ("answer", True)
    assert made.text.startswith(filled(SCRIPTS.latched_answer))
    assert made.crisis_lines


def test_nothing_found_after_a_crisis_goes_back_to_the_person_and_not_to_the_articles() -> None:
    settled = Screening(findings=found("none").findings, latched=True, settled=True)
    turns = Conversation().plus(CRISIS, found("crisis", "active"))
    made = reply(settled, turns, setting(), topics=("What is OCD?",))
    assert "could not find" not in made.text
    assert made.text in [filled(text) for text in SCRIPTS.later]


# --- the answer to "are you having thoughts of suicide?" ------------------------------------------


@pytest.mark.parametrize(
    "said",
    ["yes", "Yes.", "yeah i am", "yesss", "y", "kind of", "sometimes", "both", "all the time",
     "yes every night", "yes, I am having those thoughts", "yeah but I would never do it",
     "i guess so", "yes and no", "Yes. How do I sleep better?",
     "yes, for months now, and I have not told anybody about it because I don't know how to"],
)  # fmt: skip
def test_a_yes_to_the_plain_question_is_a_crisis(said: str) -> None:
    (asked, _), (made, turn) = talk(CARE, said)
    assert asked.care
    assert (made.kind, made.risk, made.latched) == ("crisis", "crisis", True)
    assert made.text == filled(SCRIPTS.cards["suicide"].first)
    assert turn.screening.latched


@pytest.mark.parametrize(
    ("said", "answer"), [("no", "no"), ("not really", "no"), ("idk", "unsure"), ("jk", "joking")]
)
def test_any_other_answer_to_the_plain_question_keeps_the_lines(
    said: str, answer: Answered
) -> None:
    made = talk(CARE, said)[-1][0]
    assert made.text == filled(SCRIPTS.care_answers[answer])
    assert made.care
    assert made.crisis_lines


@pytest.mark.parametrize("said", ["yes", "no", "sometimes", "yes every night"])
def test_a_yes_to_nothing_is_no_crisis(said: str) -> None:
    for before in ((), ("What is insomnia?",)):
        assert talk(*before, said)[-1][0].risk == "none"


@pytest.mark.parametrize("said", ["yes please", "yes thanks", "thank you"])
def test_thanks_for_care_are_no_crisis(said: str) -> None:
    assert talk(CARE, said)[-1][0].risk != "crisis"
