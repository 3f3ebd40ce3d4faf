"""Answering: the corpus's own sentences, two to six, whole, in an order that reads well."""

from chatbot.answer import answer
from chatbot.library.sentences import leans
from chatbot.pipeline import Chatbot
from chatbot.retrieve import retrieve
from chatbot.schema import Draft, Passage, Question, Quote, Retrieval, Unit

QUESTIONS = [
    "Does social media make depression worse?",
    "What is a panic attack?",
    "What should I do during a panic attack?",
    "How long do antidepressants take to work?",
    "How can I help someone who is grieving?",
    "What helps when I can't sleep?",
    "What is CBT?",
    "How do I find a therapist in the United States?",
]


def drafted(lamplight: Chatbot, question: str) -> Draft:
    found = retrieve(Question(text=question), lamplight.index, lamplight.encoder)
    return answer([found], confidence=lamplight.settings.answer.confidence)


def passage(id: str, score: float, *texts: str, heading: str = "What?") -> Passage:
    units, at = [], 0
    for n, text in enumerate(texts):
        quote = Quote(document_id="d", passage_id=id, start=at, end=at + len(text), text=text)
        units.append(Unit(quote=quote, score=0.9 if n == 0 else 0.1))
        at += len(text) + 1
    return Passage(
        id=id,
        document_id="d",
        title="D",
        heading=heading,
        start=0,
        end=at,
        units=tuple(units),
        score=score,
    )


def test_an_answer_has_two_to_six_sentences(lamplight: Chatbot) -> None:
    for question in QUESTIONS:
        assert 2 <= len(drafted(lamplight, question).sentences) <= 6, question


def test_no_answer_opens_with_a_sentence_that_leans_on_another(lamplight: Chatbot) -> None:
    for question in QUESTIONS:
        assert not leans(drafted(lamplight, question).sentences[0].text), question


def test_no_sentence_is_said_twice(lamplight: Chatbot) -> None:
    for question in QUESTIONS:
        texts = [s.text for s in drafted(lamplight, question).sentences]
        assert len(texts) == len(set(texts))


def test_a_list_is_kept_whole_with_its_lead_in(lamplight: Chatbot) -> None:
    listed = [
        s.text
        for question in QUESTIONS
        for s in drafted(lamplight, question).sentences
        if "\n- " in s.text
    ]
    assert listed
    assert all(text.split("\n")[0].endswith(":") for text in listed)


def test_below_the_threshold_it_is_silent_and_offers_topics() -> None:
    found = Retrieval(passages=(passage("p", 0.3, "A sentence.", "B sentence."),), confidence=0.3)
    draft = answer([found], confidence=0.5)
    assert draft.sentences == ()
    assert draft.topics == ("What?",)


def test_nothing_found_is_silence() -> None:
    assert answer([Retrieval()], confidence=0.0) == Draft()


def test_a_paragraph_is_quoted_whole_so_that_a_warning_stays_beside_its_advice() -> None:
    texts = ("Walk it off.", "Rest after.", "Rest well.", "Get help if your chest hurts.")
    found = Retrieval(passages=(passage("p", 0.9, *texts),), confidence=0.9)
    assert [s.text for s in answer([found], confidence=0.5).sentences] == list(texts)


def test_a_second_paragraph_comes_whole_or_not_at_all() -> None:
    first = passage("p", 0.9, "One is here.", "Two is here.", "Three is here.", "Four is here.")
    second = passage("q", 0.89, "Five stays.", "Six stays.", "Seven stays.")
    found = Retrieval(passages=(first, second), confidence=0.9)
    assert len(answer([found], confidence=0.5).sentences) == 4
    assert len(answer([found], confidence=0.5, most=7).sentences) == 7


def test_a_section_is_said_as_it_was_written_where_its_first_paragraph_is_nearly_the_best() -> None:
    later = passage("q", 0.9, "Then this.", "And that.").model_copy(update={"start": 100})
    for score, begins in ((0.89, "One is here."), (0.8, "Then this.")):
        first = passage("p", score, "One is here.", "Two is here.")
        draft = answer([Retrieval(passages=(later, first), confidence=0.9)], confidence=0.5)
        assert draft.sentences[0].text == begins, score
        assert len(draft.sentences) == 4


def test_another_section_joins_a_short_answer_and_no_other() -> None:
    other = passage("q", 0.89, "More stays.", "Most stays.", heading="Other?")
    elsewhere = other.model_copy(update={"document_id": "e"})
    for texts, found, said in (
        (("One is here.", "Two is here."), other, 4),
        (("One is here.", "Two is here."), elsewhere, 2),
        (("One is here.", "Two is here.", "Three is here."), other, 3),
    ):
        passages = (passage("p", 0.9, *texts), found)
        draft = answer([Retrieval(passages=passages, confidence=0.9)], confidence=0.5)
        assert len(draft.sentences) == said, (texts, found.document_id)


def test_what_was_said_in_nearly_the_same_words_is_not_said_again() -> None:
    first = passage("p", 0.9, "Panic usually passes within a few minutes.", "Panic is common.")
    second = passage("q", 0.89, "Panic usually passes within some few minutes.", heading="Other?")
    found = Retrieval(passages=(first, second), confidence=0.9)
    assert len(answer([found], confidence=0.5).sentences) == 2


def test_each_of_several_questions_is_answered_under_its_lead() -> None:
    parts = [
        Retrieval(passages=(passage(i, 0.9, f"{i} is so.", f"{i} helps.", heading=f"{i}?"),),
                  confidence=0.9)
        for i in ("First", "Second")
    ]  # fmt: skip
    draft = answer(parts, confidence=0.5)
    assert [s.lead for s in draft.sentences] == ["First?", None, "Second?", None]
    assert not draft.unanswered


def test_a_part_without_an_answer_is_told_apart() -> None:
    sure = Retrieval(passages=(passage("p", 0.9, "First.", "Second."),), confidence=0.9)
    draft = answer([sure, Retrieval(confidence=0.1)], confidence=0.5)
    assert draft.unanswered
    assert [s.lead for s in draft.sentences] == [None, None]


def test_a_far_weaker_passage_is_left_out() -> None:
    found = Retrieval(
        passages=(
            passage("p", 0.9, "First.", "Second."),
            passage("q", 0.3, "Elsewhere.", heading="Other?"),
        ),
        confidence=0.9,
    )
    assert [s.text for s in answer([found], confidence=0.5).sentences] == ["First.", "Second."]
