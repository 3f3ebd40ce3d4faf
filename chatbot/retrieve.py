"""Retrieval: which passages might answer, best first, and how sure we are that one does.

Hybrid: meaning (dense vectors of passages, of the questions that sections answer, and of
sentences) and words (BM25), in a weighted sum. Whether the best passage answers is judged apart,
by how many of the question's rare words it holds, how near any section's questions come, and how
much was asked: a likely-sounding question about something that the corpus never names is near to
much and answered by nothing.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chatbot.encoder import Encoder
from chatbot.index import Entry, Index
from chatbot.schema import Passage, Question, Quote, Retrieval, Topic, Unit

WEIGHTS = {"passage": 0.1, "section": 0.4, "unit": 0.2, "words": 0.3}
"""Shares of the four signals; chosen on the tune split (docs/findings/answer-threshold.md)."""

SURE = {"covered": 3.36, "asked": 2.96, "nearest": 6.64}
SURE_FROM = -11.12
"""Logistic regression of "the corpus answers this" on the tune split: the share of the question's
rare words that the best passage holds, the logarithm of how many words it has, and the best cosine
of any section's questions (docs/findings/answer-threshold.md)."""

HALF_WORDS = 20.0
"""The BM25 score that counts half: it maps an unbounded score to 0-1."""


CHANGED = 0.12
"""By how much a question must match better alone than on the last topic to have changed it."""


def retrieve(
    question: Question, index: Index, encoder: Encoder, *, k: int = 12, enough: float = 0.0
) -> Retrieval:
    """The k passages that best match a question, and the confidence that the first answers it.

    Parameters
    ----------
    question : the person's words, already screened; with a topic, they may go on from it.
    k : passages taken from each of the two searches, before they are ranked together.
    enough : confidence below which a question is tried on the last topic too, and by the one
        sentence that asks.
    """
    if question.topic and question.more:
        return _rest(question.topic, index)
    found = _found(question, index, encoder, k, enough)
    if question.core and found.confidence < enough:
        core = _search([question.core], index, encoder, k)[0]
        found = core if core.confidence >= enough else found
    return found


def _found(question: Question, index: Index, encoder: Encoder, k: int, enough: float) -> Retrieval:
    """What is found for the whole question, alone or going on from its topic."""
    topic = question.topic
    if topic is None:
        return _search([question.text], index, encoder, k)[0]
    onward = f"{topic.title}: {question.text}"
    if question.points_back:
        alone, joined = _search([question.text, onward], index, encoder, k)
        joined = _unsaid(joined, topic)
        return alone if alone.confidence > joined.confidence + CHANGED else joined
    alone = _search([question.text], index, encoder, k)[0]
    if alone.confidence >= enough:
        return alone
    joined = _unsaid(_search([onward], index, encoder, k)[0], topic)
    on_topic = joined.passages and joined.passages[0].document_id == topic.document_id
    return joined if on_topic and joined.confidence > alone.confidence + CHANGED else alone


def _unsaid(found: Retrieval, topic: Topic) -> Retrieval:
    """What was found, without what was quoted already: asking on is asking for something else."""
    passages = tuple(p for p in found.passages if p.id not in topic.said)
    return Retrieval(passages=passages, confidence=found.confidence if passages else 0.0)


def _rest(topic: Topic, index: Index) -> Retrieval:
    """What the topic's document still holds: the rest of the section, else the section after it."""
    unsaid = [e for e in index.of_document(topic.document_id) if e.id not in topic.said]
    here = [e for e in unsaid if e.section.heading == topic.heading]
    after = [e for e in unsaid if e.section.start > _start(topic, index)]
    rest = here or after or unsaid
    rest = [e for e in rest if e.section.heading == rest[0].section.heading]
    return Retrieval(
        passages=tuple(_unscored(e, 1.0 - n / 100) for n, e in enumerate(rest)),
        confidence=1.0 if rest else 0.0,
    )


def _start(topic: Topic, index: Index) -> int:
    starts = [
        e.section.start
        for e in index.of_document(topic.document_id)
        if e.section.heading == topic.heading
    ]
    return starts[0] if starts else -1


def _search(texts: Sequence[str], index: Index, encoder: Encoder, k: int) -> list[Retrieval]:
    """One retrieval for each text."""
    vectors = encoder.encode(texts)
    return [_one(text, vector, index, k) for text, vector in zip(texts, vectors, strict=True)]


def _one(text: str, vector: NDArray[np.float32], index: Index, k: int) -> Retrieval:
    dense = dict(index.dense(vector, k))
    words = dict(index.lexical(text, k))
    sections = index.section_scores(vector)
    near = _near_sections(sections, index, k)
    candidates = dict.fromkeys([*dense, *words, *near])
    passages = [
        _passage(index.entries[id], vector, dense, words, sections, index) for id in candidates
    ]
    passages.sort(key=lambda p: -p.score)
    return Retrieval(
        passages=tuple(passages[:k]), confidence=_confidence(text, passages, sections, index)
    )


def _confidence(
    text: str, passages: Sequence[Passage], sections: NDArray[np.float32], index: Index
) -> float:
    """How likely it is that the first passage answers, 0 to 1."""
    if not passages:
        return 0.0
    covered, asked = index.coverage(text, passages[0].id)
    signals = {
        "covered": covered,
        "asked": math.log1p(asked),
        "nearest": float(sections.max(initial=0.0)),
    }
    return 1 / (1 + math.exp(-SURE_FROM - sum(SURE[name] * signals[name] for name in SURE)))


def _near_sections(scores: NDArray[np.float32], index: Index, k: int) -> Sequence[str]:
    """Passages of the sections whose questions are most like this one."""
    return index.sections(set(np.argsort(-scores)[: max(1, k // 3)].tolist()))


def _passage(
    entry: Entry,
    vector: NDArray[np.float32],
    dense: dict[str, float],
    words: dict[str, float],
    sections: NDArray[np.float32],
    index: Index,
) -> Passage:
    unit_scores = index.unit_scores(entry.id, vector)
    bm25 = words.get(entry.id, 0.0)
    section = float(sections[index.section_row(entry.id)])
    signals = {
        "passage": dense.get(entry.id, max(unit_scores, default=0.0)),
        "section": section,
        "unit": max(unit_scores, default=0.0),
        "words": bm25 / (bm25 + HALF_WORDS),
    }
    return _made(entry, unit_scores, sum(WEIGHTS[name] * signals[name] for name in WEIGHTS))


def _unscored(entry: Entry, score: float) -> Passage:
    return _made(entry, [0.0] * len(entry.units), score)


def _made(entry: Entry, unit_scores: Sequence[float], score: float) -> Passage:
    units = tuple(
        Unit(
            quote=Quote(
                document_id=entry.document.id, passage_id=entry.id, start=a, end=b, text=text
            ),
            score=of_unit,
        )
        for (a, b), text, of_unit in zip(
            entry.paragraph.units, entry.units, unit_scores, strict=True
        )
    )
    return Passage(
        id=entry.id,
        document_id=entry.document.id,
        title=entry.document.title,
        heading=entry.section.heading,
        start=entry.paragraph.start,
        end=entry.paragraph.end,
        units=units,
        score=score,
    )
