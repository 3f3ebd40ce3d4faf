"""Retrieval: which passages might answer, best first, and how sure we are that one does.

Hybrid, in a weighted sum: meaning (dense vectors of passages, and of the questions that sections
answer) and words (BM25 over passages, and likeness to those questions). Whether the best passage
answers is judged apart, by how many of the question's rare words it holds, how near any section's
questions come, and how much was asked: a likely-sounding question about something that the corpus
never names is near to much and answered by nothing.
"""

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chatbot.encoder import Encoder, in_context
from chatbot.index import Entry, Index
from chatbot.schema import Passage, Question, Quote, Retrieval, Topic, Unit

WEIGHTS = {"passage": 0.2, "sentence": 0.1, "section": 0.3, "words": 0.1, "alike": 0.3}
"""Shares of the five signals; chosen on the tune split (docs/findings/answer-threshold.md)."""

SURE = {"covered": 2.54, "asked": 1.83, "nearest": 8.70}
SURE_FROM = -9.78
"""Logistic regression of "the corpus answers this" on the tune split: the share of the question's
rare words that the best passage holds, the logarithm of how many words it has, and the best cosine
of any section's questions (docs/findings/answer-threshold.md)."""

HALF_WORDS = 20.0
"""The BM25 score that counts half: it maps an unbounded score to 0-1."""


GOING_ON = 0.08
"""What a passage of the document last quoted is worth more, to a message that leans on it."""


def retrieve(
    question: Question, index: Index, encoder: Encoder, *, k: int = 12, enough: float = 0.0
) -> Retrieval:
    """The k passages that best match a question, and the confidence that the first answers it.

    Parameters
    ----------
    question : the person's words, already screened, and what they may go on from.
    k : passages taken from each of the two searches, before they are ranked together.
    enough : confidence below which a question is tried by the one sentence that asks, and in the
        light of what was asked before it.
    """
    if question.topic and question.more:
        return _rest(question.topic, index)
    alone = [text for text in (question.text, question.core) if text]
    tries = [partial(_search, text, index, encoder, k) for text in alone]
    if question.earlier:
        onward = partial(_search_on, question, index, encoder, k)
        tries = [onward, *tries] if question.leans else [*tries, onward]
    found = tries[0]()
    for search in tries[1:]:
        if found.confidence >= enough:
            break
        other = search()
        found = other if other.confidence >= enough else found
    return found


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


class _Sections(NamedTuple):
    """Per section, how near and how alike a text is to the best of the questions it answers."""

    near: NDArray[np.float32]
    alike: NDArray[np.float32]


def _search(text: str, index: Index, encoder: Encoder, k: int) -> Retrieval:
    """What is found for a text that stands alone."""
    vector = encoder.encode([text])[0]
    sections = _Sections(index.section_scores(vector), index.likeness(text))
    ranked = _ranked(text, vector, sections, index, k)
    sure = _confidence(text, ranked, sections.near, index)
    return Retrieval(passages=tuple(ranked), confidence=sure)


def _search_on(question: Question, index: Index, encoder: Encoder, k: int) -> Retrieval:
    """What is found in the light of what was asked before, without what was quoted already.

    Sections are judged by the message alone and by both together, since the subject may have
    changed. How sure we are is judged with the subject said, which such a message leaves out.
    """
    text, topic, earlier = question.text, question.topic, question.earlier or ""
    alone, onward = encoder.encode([text, in_context(earlier, text)])
    together = index.section_scores(onward)
    sections = _Sections(
        near=np.asarray((index.section_scores(alone) + together) / 2, dtype=np.float32),
        alike=index.likeness(text),
    )
    ranked = _ranked(text, onward, sections, index, k, topic)
    named = f"{topic.title}: {text}" if topic else f"{earlier} {text}"
    sure = _confidence(named, ranked, together, index)
    return Retrieval(passages=tuple(ranked), confidence=sure)


def _ranked(
    text: str,
    vector: NDArray[np.float32],
    sections: _Sections,
    index: Index,
    k: int,
    topic: Topic | None = None,
) -> list[Passage]:
    """Candidates, best first; those of `topic` are put ahead, and what it said is left out."""
    dense = dict(index.dense(vector, k))
    words = dict(index.lexical(text, k))
    near = _near_sections(sections, index, k)
    here = {e.id for e in index.of_document(topic.document_id)} if topic else set()
    said = set(topic.said) if topic else set()
    scored = [
        (_scored(index.entries[id], vector, dense, words, sections, index), id in here)
        for id in dict.fromkeys([*dense, *words, *near, *here])
        if id not in said
    ]
    scored.sort(key=lambda found: -found[0].score - GOING_ON * found[1])
    return [_made(*found) for found, _ in scored[:k]]


def _confidence(
    text: str, passages: Sequence[Passage], near: NDArray[np.float32], index: Index
) -> float:
    """How likely it is that the first passage answers, 0 to 1."""
    if not passages:
        return 0.0
    covered, asked = index.coverage(text, passages[0].id)
    signals = {
        "covered": covered,
        "asked": math.log1p(asked),
        "nearest": float(near.max(initial=0.0)),
    }
    return 1 / (1 + math.exp(-SURE_FROM - sum(SURE[name] * signals[name] for name in SURE)))


def _near_sections(sections: _Sections, index: Index, k: int) -> Sequence[str]:
    """Passages of the sections whose questions are most like this one."""
    best = np.argsort(-sections.near - sections.alike)[: max(1, k // 3)]
    return index.sections(set(best.tolist()))


class _Scored(NamedTuple):
    """A candidate: the passage, each of its sentences' likeness to the question, and its score."""

    entry: Entry
    of_units: Sequence[float]
    score: float


def _scored(
    entry: Entry,
    vector: NDArray[np.float32],
    dense: dict[str, float],
    words: dict[str, float],
    sections: _Sections,
    index: Index,
) -> _Scored:
    unit_scores = index.unit_scores(entry.id, vector)
    bm25 = words.get(entry.id, 0.0)
    row = index.section_row(entry.id)
    signals = {
        "passage": dense.get(entry.id, max(unit_scores, default=0.0)),
        "sentence": max(unit_scores, default=0.0),
        "section": float(sections.near[row]),
        "words": bm25 / (bm25 + HALF_WORDS),
        "alike": float(sections.alike[row]),
    }
    return _Scored(entry, unit_scores, sum(WEIGHTS[name] * signals[name] for name in WEIGHTS))


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
