"""What the search model learns from: batches with neighbours in them, and no section twice."""

import random
from collections import Counter

from chatbot.train_search import BATCH, OF_A_DOCUMENT, Answered, neighbours, pairs

FOUND = [
    Answered(f"doc-{d}", (f"question {d}.{n}", f"other {d}.{n}"), (f"passage {d}.{n}",))
    for d in range(30)
    for n in range(6)
]


def test_a_batch_holds_several_sections_of_each_of_its_documents() -> None:
    drawn = neighbours(FOUND, random.Random(1))
    assert len(drawn) == BATCH
    assert len(set(drawn)) == BATCH
    shares = Counter(section.document for section in drawn).values()
    assert max(shares) == OF_A_DOCUMENT
    assert len(shares) == -(-BATCH // OF_A_DOCUMENT)


def test_a_small_corpus_gives_a_smaller_batch() -> None:
    assert len(neighbours(FOUND[:3], random.Random(1))) == 3


def test_a_question_is_drawn_towards_its_own_section() -> None:
    for asked, answer in pairs(FOUND, random.Random(2)):
        assert asked.split()[1] == answer.split()[1]
        assert asked != answer
