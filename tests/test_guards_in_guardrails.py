"""The guards work in any guardrails Guard, and tell it nothing of what was typed."""

import pytest
from guardrails import Guard

from chatbot.guards import CrisisMeaning, CrisisPhrases, RequestScope
from chatbot.guards.crisis import STEP_WORDS, windows
from chatbot.guards.head import Head
from chatbot.guards.validator import ScreeningValidator

CANARY = "I want to die. Brambleberry would not even notice"


def test_a_guardrails_guard_passes_and_fails_messages() -> None:
    guard = Guard().use(CrisisPhrases(on_fail="noop"))
    assert guard.validate("How does sleep work?").validation_passed
    assert not guard.validate("I want to die").validation_passed


def test_guards_can_be_used_together() -> None:
    guard = Guard().use(CrisisPhrases(on_fail="noop")).use(RequestScope(on_fail="noop"))
    assert not guard.validate("How many mg of sertraline should I take?").validation_passed


def test_an_exception_from_a_guard_does_not_quote_the_message() -> None:
    guard = Guard().use(CrisisPhrases(on_fail="exception"))
    with pytest.raises(Exception, match="crisis_phrases") as raised:
        guard.validate(CANARY)
    assert "Brambleberry" not in str(raised.value)


@pytest.fixture(scope="module")
def meaning() -> CrisisMeaning:
    return CrisisMeaning(on_fail="noop")


def test_the_meaning_check_is_a_validator_too(meaning: CrisisMeaning) -> None:
    guard = Guard().use(meaning)
    assert guard.validate("What grows in a garden in winter?").validation_passed
    said_otherwise = (
        "I've written letters to the kids and sorted who gets the dog. Tonight is the night."
    )
    assert not guard.validate(said_otherwise).validation_passed


@pytest.mark.xfail(strict=True, reason="taken for a dose; docs/crisis-guard.md, what it gets wrong")
def test_which_can_i_is_no_question_of_doses_by_itself(meaning: CrisisMeaning) -> None:
    assert Guard().use(meaning).validate("Which vegetables can I grow in winter?").validation_passed


def test_a_fail_result_holds_a_finding_and_no_words(meaning: CrisisMeaning) -> None:
    validators: tuple[ScreeningValidator, ...] = (CrisisPhrases(on_fail="noop"), meaning)
    for validator in validators:
        result = validator.validate(CANARY, {})
        assert "Brambleberry" not in result.model_dump_json()
        assert result.metadata["finding"]["risk"] == "crisis"


MARKET = "We went to the market and bought apples, bread and a new lamp for the hall. "
TONIGHT = "I am going to end my life tonight when they are asleep. "


@pytest.mark.parametrize("before", [0, 3, 12])
@pytest.mark.parametrize("after", [0, 3, 12])
def test_one_sentence_in_a_long_message_is_not_drowned(
    meaning: CrisisMeaning, before: int, after: int
) -> None:
    message = MARKET * before + TONIGHT + MARKET * after
    guards: tuple[ScreeningValidator, ...] = (CrisisPhrases(on_fail="noop"), meaning)
    assert "crisis" in {guard.check([message])[0].risk for guard in guards}
    assert {guard.check([MARKET * 12])[0].risk for guard in guards} == {"none"}


def test_every_run_of_words_stands_whole_in_a_window_of_a_long_message() -> None:
    words = [f"word{n}" for n in range(137)]
    read = windows(" ".join(words))
    for start in range(len(words) - STEP_WORDS):
        assert any(" ".join(words[start : start + STEP_WORDS]) in window for window in read[1:])


def test_thresholds_can_be_overridden() -> None:
    nervous = CrisisMeaning(elevated=0.0, crisis=1.0)
    assert nervous.check(["Which vegetables can I grow in winter?"])[0].risk == "elevated"


def test_a_head_for_another_encoder_is_refused() -> None:
    head = Head.load()
    other = Head(**{**head.__dict__, "encoder": "some-other-encoder"})
    with pytest.raises(Exception, match="some-other-encoder"):
        CrisisMeaning(head=other)


@pytest.mark.parametrize(
    "disguised",
    ["I want to k i l l  m y s e l f tonight", "I w@nt t0 k1ll mys3lf t0night"],
)
def test_undoing_a_disguise_calms_nothing(meaning: CrisisMeaning, disguised: str) -> None:
    plain, worn = meaning.check(["I want to kill myself tonight", disguised])
    assert worn.score is not None
    assert plain.score is not None
    assert worn.score >= plain.score - 0.001
    assert worn.risk == plain.risk == "crisis"
