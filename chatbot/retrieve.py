"""Retrieval: which passages might answer, best first, and how sure we are that one does.

Hybrid: meaning (dense vectors of passages, and of the questions that sections answer) and words
(BM25), in a weighted sum. Whether the best passage answers is judged apart, by how many of the
question's rare words it holds, how near any section's questions come, and how much was asked: a
likely-sounding question about something that the corpus never names is near to much and answered
by nothing.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chatbot.encoder import Encoder
from chatbot.index import Entry, Index
from chatbot.schema import Passage, Question, Quote, Retrieval, Topic, Unit

WEIGHTS = {"passage": 0.1, "section": 0.5, "words": 0.4}
"""Shares of the three signals; chosen on the tune split (docs/findings/answer-threshold.md)."""

SURE = {"covered": 3.20, "asked": 1.96, "nearest": 5.64}
SURE_FROM = -8.34
"""Logistic regression of "the corpus answers this" on the tune split: the share of the question's
rare words that the best passage holds, the logarithm of how many words it has, and the best cosine
of any section's questions (docs/findings/answer-threshold.md)."""

HALF_WORDS = 20.0
"""The BM25 score that counts half: it maps an unbounded score to 0-1."""


GOING_ON = 0.15
"""What a passage of the document last quoted is worth more, to a message that points back."""
STAYING = 0.04
"""The same for a message that could stand alone: it may go on, or have changed the subject."""


def retrieve(
    question: Question, index: Index, encoder: Encoder, *, k: int = 12, enough: float = 0.0
) -> Retrieval:
    """The k passages that best match a question, and the confidence that the first answers it.

    Parameters
    ----------
    question : the person's words, already screened; with a topic, they may go on from it.
    k : passages taken from each of the two searches, before they are ranked together.
    enough : confidence below which a question is tried on the last topic too, by the one sentence
        that asks, and together with a message before it that was not answered.
    """
    if question.topic and question.more:
        return _rest(question.topic, index)
    found = _found(question, index, encoder, k, enough)
    if question.core and found.confidence < enough:
        core = _search(question.core, index, encoder, k)
        found = core if core.confidence >= enough else found
    if question.before and found.confidence < enough:
        joined = _search(f"{question.before} {question.text}", index, encoder, k)
        found = joined if joined.confidence >= enough else found
    return found


def _found(question: Question, index: Index, encoder: Encoder, k: int, enough: float) -> Retrieval:
    """What is found for the whole question, alone or going on from its topic."""
    if question.topic is None:
        return _search(question.text, index, encoder, k)
    return _going_on(question, question.topic, index, encoder, k, enough)


def _going_on(
    question: Question, topic: Topic, index: Index, encoder: Encoder, k: int, enough: float
) -> Retrieval:
    """What is found with the document last quoted ahead, and without what was quoted of it.

    How sure we are is judged with the document's title said, where the answer is from there: a
    message that points back does not name its subject.
    """
    vector = encoder.encode([question.text])[0]
    for ahead in (GOING_ON,) if question.points_back else (STAYING, GOING_ON):
        ranked, sections = _ranked(question.text, vector, index, k, topic=topic, ahead=ahead)
        sure = _confidence(question.text, ranked, sections, index)
        if sure >= enough:
            break
    if sure < enough and ranked and ranked[0].document_id == topic.document_id:
        onward = f"{topic.title}: {question.text}"
        of_onward = index.section_scores(encoder.encode([onward])[0])
        sure = max(sure, _confidence(onward, ranked, of_onward, index))
    return Retrieval(passages=tuple(ranked[:k]), confidence=sure)


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


def _search(text: str, index: Index, encoder: Encoder, k: int) -> Retrieval:
    """What is found for a text that stands alone."""
    ranked, sections = _ranked(text, encoder.encode([text])[0], index, k)
    return Retrieval(
        passages=tuple(ranked[:k]), confidence=_confidence(text, ranked, sections, index)
    )


def _ranked(
    text: str,
    vector: NDArray[np.float32],
    index: Index,
    k: int,
    *,
    topic: Topic | None = None,
    ahead: float = 0.0,
) -> tuple[list[Passage], NDArray[np.float32]]:
    """Candidates, best first, and the score of every section; those of `topic` are put ahead."""
    dense = dict(index.dense(vector, k))
    words = dict(index.lexical(text, k))
    sections = index.section_scores(vector)
    near = _near_sections(sections, index, k)
    here = {e.id for e in index.of_document(topic.document_id)} if topic else set()
    said = set(topic.said) if topic else set()
    passages = [
        _passage(index.entries[id], vector, dense, words, sections, index)
        for id in dict.fromkeys([*dense, *words, *near, *here])
        if id not in said
    ]
    return sorted(passages, key=lambda p: -p.score - ahead * (p.id in here)), sections


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
