"""What the search model learns from: batches with neighbours in them, and questions that go on."""

import random
from collections import Counter

from chatbot.encoder import in_context
from chatbot.train_search import BATCH, OF_A_DOCUMENT, Answered, pairs

FOUND = [
    Answered(
        f"Title{d}",
        (f"question {d}.{n}", f"other {d}.{n}", f"is title{d} common {d}.{n}"),
        (f"passage {d}.{n}",),
    )
    for d in range(60)
    for n in range(6)
]


def section_of(text: str) -> str:
    """The section that a text of FOUND is about, as "document.section": it ends with it."""
    return text.split()[-1]


def batch(seed: int, found: list[Answered] = FOUND) -> list[tuple[str, str]]:
    return pairs(found, random.Random(seed))


def test_a_batch_holds_several_sections_of_each_of_its_documents_and_none_twice() -> None:
    drawn = [section_of(answer) for _, answer in batch(1)]
    assert len(drawn) == len(set(drawn)) == BATCH
    shares = Counter(section.split(".")[0] for section in drawn)
    assert set(shares.values()) == {OF_A_DOCUMENT}


def test_a_small_corpus_gives_a_smaller_batch() -> None:
    assert len(batch(1, FOUND[:2])) == 2


def test_a_question_is_drawn_towards_its_own_section_and_never_towards_itself() -> None:
    for seed in range(5):
        for asked, answer in batch(seed):
            assert section_of(asked) == section_of(answer)
            assert asked != answer


def test_questions_are_drawn_towards_passages_and_towards_other_ways_of_asking() -> None:
    towards = Counter(answer.split()[0] for seed in range(5) for _, answer in batch(seed))
    assert towards["passage"] > towards["question"] > 0


def test_some_questions_come_after_another_one_and_leave_its_subject_out() -> None:
    asked = [asked for seed in range(20) for asked, _ in batch(seed)]
    plain = {q for section in FOUND for q in section.questions}
    going_on = [a for a in asked if a not in plain]
    assert 0.1 < len(going_on) / len(asked) < 0.5
    before = {in_context(q, "").strip() for q in plain}
    assert all(any(a.startswith(b) for b in before) for a in going_on)
    assert any("is it common" in a for a in going_on)  # the same subject: left to "it"
    assert any("is title" in a for a in going_on)  # another subject: named
