"""Retrieval: which passages might answer, best first, and how sure we are that one does.

Hybrid: meaning (dense vectors of passages, of the questions that sections answer, and of
sentences) and words (BM25). A passage's score is a weighted sum rather than a fusion of ranks,
because the sum also says how near the best passage is, which ranks cannot, and silence is decided
on that.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chatbot.encoder import Encoder
from chatbot.index import Entry, Index
from chatbot.schema import Passage, Quote, Retrieval, Unit

WEIGHTS = {"passage": 0.2, "section": 0.4, "unit": 0.1, "words": 0.3}
"""Shares of the four signals; chosen on the tune split (docs/findings/answer-threshold.md)."""

HALF_WORDS = 20.0
"""The BM25 score that counts half: it maps an unbounded score to 0-1."""


def retrieve(question: str, index: Index, encoder: Encoder, *, k: int = 12) -> Retrieval:
    """The k passages that best match a question, and the confidence that the first answers it.

    Parameters
    ----------
    question : the person's words, already screened.
    k : passages taken from each of the two searches, before they are ranked together.
    """
    vector = encoder.encode([question])[0]
    dense = dict(index.dense(vector, k))
    words = dict(index.lexical(question, k))
    sections = index.section_scores(vector)
    near = _near_sections(sections, index, k)
    candidates = dict.fromkeys([*dense, *words, *near])
    passages = [
        _passage(index.entries[id], vector, dense, words, sections, index) for id in candidates
    ]
    passages.sort(key=lambda p: -p.score)
    return Retrieval(
        passages=tuple(passages[:k]), confidence=max((p.score for p in passages), default=0.0)
    )


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
    units = tuple(
        Unit(
            quote=Quote(
                document_id=entry.document.id, passage_id=entry.id, start=a, end=b, text=text
            ),
            score=score,
        )
        for (a, b), text, score in zip(entry.paragraph.units, entry.units, unit_scores, strict=True)
    )
    return Passage(
        id=entry.id,
        document_id=entry.document.id,
        title=entry.document.title,
        heading=entry.section.heading,
        start=entry.paragraph.start,
        end=entry.paragraph.end,
        units=units,
        score=sum(WEIGHTS[name] * signals[name] for name in WEIGHTS),
    )
