"""Answering: the corpus's own sentences, two to six, whole, in an order that reads well."""

from chatbot.answer import answer
from chatbot.library.sentences import leans
from chatbot.pipeline import Chatbot
from chatbot.retrieve import retrieve
from chatbot.schema import Draft, Passage, Quote, Retrieval, Unit

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
    found = retrieve(question, lamplight.index, lamplight.encoder)
    return answer(found, confidence=lamplight.settings.answer.confidence)


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
    draft = answer(found, confidence=0.5)
    assert draft.sentences == ()
    assert draft.topics == ("What?",)


def test_nothing_found_is_silence() -> None:
    assert answer(Retrieval(), confidence=0.0) == Draft()


def test_a_sentence_that_leans_on_the_run_comes_with_it() -> None:
    texts = (
        "Panic is a surge of fear.",
        "Panic passes.",
        "Panic is common.",
        "It rarely lasts long.",
    )
    found = Retrieval(passages=(passage("p", 0.9, *texts),), confidence=0.9)
    assert [s.text for s in answer(found, confidence=0.5).sentences] == list(texts)


def test_a_far_weaker_passage_is_left_out() -> None:
    found = Retrieval(
        passages=(
            passage("p", 0.9, "First.", "Second."),
            passage("q", 0.3, "Elsewhere.", heading="Other?"),
        ),
        confidence=0.9,
    )
    assert [s.text for s in answer(found, confidence=0.5).sentences] == ["First.", "Second."]
