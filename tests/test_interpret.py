"""Interpretation: which questions a message puts, and whether they go on from the conversation."""

import pytest

from chatbot.interpret import interpret
from chatbot.pipeline import Chatbot
from chatbot.schema import Conversation, Question, Screening, Topic

PANIC = Topic(
    document_id="panic-attacks",
    title="Panic attacks",
    heading="What is a panic attack and what does it feel like?",
)


def after(topic: Topic | None) -> Conversation:
    return Conversation().plus("what is a panic attack", Screening(), "answer", topic)


@pytest.mark.parametrize(
    "text",
    ["tell me more", "Tell me more please", "more", "go on", "what else?", "anything else?",
     "can you explain more", "and?", "ok tell me a bit more about that", "I want to know more"],
)  # fmt: skip
def test_asking_for_more_asks_for_more_of_the_last_answer(text: str) -> None:
    (question,) = interpret(text, after(PANIC))
    assert question.more
    assert question.topic == PANIC


@pytest.mark.parametrize(
    "text",
    ["why?", "what about at night?", "is that the same for kids?", "how long does it last?",
     "and for teenagers?", "does it go away", "can they be dangerous?", "how come?", "but why",
     "what about when driving", "is it normal?"],
)  # fmt: skip
def test_a_question_that_leaves_its_subject_out_leans_on_what_came_before(text: str) -> None:
    (question,) = interpret(text, after(PANIC))
    assert question.leans
    assert question.topic == PANIC


@pytest.mark.parametrize(
    "text",
    ["my husband drinks too much and I don't know what to do",
     "My sister hears voices and won't see anybody, where would we start?"],
)  # fmt: skip
def test_a_longer_message_stands_alone_and_may_go_on_where_that_finds_nothing(text: str) -> None:
    (question,) = interpret(text, after(PANIC))
    assert not question.leans
    assert question.earlier == "what is a panic attack"


def test_small_talk_is_not_gone_on_from() -> None:
    conversation = after(PANIC).plus("thank you", Screening(), "no_answer")
    assert interpret("is it normal?", conversation)[0].earlier == "what is a panic attack"


@pytest.mark.parametrize("text", ["tell me more", "why?", "is that the same for kids?"])
def test_without_a_conversation_there_is_nothing_to_go_on_from(text: str) -> None:
    (question,) = interpret(text, Conversation())
    assert question == Question(text=text)


def test_an_answer_too_far_back_is_no_longer_meant() -> None:
    conversation = after(PANIC)
    for _ in range(3):
        conversation = conversation.plus("thanks", Screening(), "no_answer")
    assert interpret("why?", conversation)[0].topic is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("What is OCD and how is it treated?", 2),
        ("What is OCD? How is it treated? Can it go away?", 3),
        ("How do antidepressants work, and also can they change my weight?", 2),
        ("What is OCD?", 1),
        ("I lost my job and my wife left. How do I cope with both and what comes first?", 1),
        ("My son is sad and angry. What can I do?", 1),
        ("What? Why?", 1),
    ],
)
def test_a_message_is_split_where_it_is_questions_and_nothing_else(text: str, parts: int) -> None:
    assert len(interpret(text, Conversation())) == parts


def test_a_question_with_a_story_around_it_is_told_from_the_story() -> None:
    text = "My dog died in May. How long does grief last? I cry a lot."
    assert interpret(text, Conversation())[0].core == "How long does grief last?"
    assert interpret("How long does grief last?", Conversation())[0].core is None


def test_a_story_of_words_that_the_corpus_never_heard_does_not_hide_the_question(
    lamplight: Chatbot,
) -> None:
    reply = lamplight.reply("The Zarnivole heron wept at Quillobert. What is a panic attack?")
    assert reply.kind == "answer"
    assert reply.citations[0].document_id == "panic-attacks"


def converse(chatbot: Chatbot, *messages: str) -> list[tuple[str, set[str]]]:
    """(kind, documents cited) of each reply."""
    conversation = Conversation()
    seen: list[tuple[str, set[str]]] = []
    for message in messages:
        reply, conversation = chatbot.converse(message, conversation)
        seen.append((reply.kind, {c.document_id for c in reply.citations}))
    return seen


def test_tell_me_more_goes_on_in_the_same_document_with_other_words(lamplight: Chatbot) -> None:
    conversation = Conversation()
    first, conversation = lamplight.converse("What is a panic attack?", conversation)
    second, conversation = lamplight.converse("tell me more", conversation)
    third, _ = lamplight.converse("tell me more", conversation)
    document = first.citations[0].document_id
    said: set[str] = set()
    for reply in (first, second, third):
        assert {c.document_id for c in reply.citations} == {document}
        quoted = {c.quote for c in reply.citations}
        assert not quoted & said
        said |= quoted


def test_a_follow_up_is_answered_from_the_topic_and_a_new_subject_is_not(
    lamplight: Chatbot,
) -> None:
    seen = converse(
        lamplight, "What is a panic attack?", "how long does it last?", "What is bipolar disorder?"
    )
    assert [kind for kind, _ in seen] == ["answer"] * 3
    assert "panic-attacks" in seen[1][1]
    assert "bipolar-disorder" in seen[2][1]
    assert "panic-attacks" not in seen[2][1]


def test_two_questions_get_two_answers_under_leads(lamplight: Chatbot) -> None:
    reply = lamplight.reply("What is OCD? How is it treated?")
    leads = [s.lead for s in reply.sentences if s.lead]
    assert len(leads) == 2
    assert all(lead in reply.text for lead in leads)
    assert {c.document_id for c in reply.citations} == {"ocd"}
