"""How like a question is, word for word, to the ways in which people ask what a section answers.

The encoder looks for sense, and BM25 for rare words in passages; what both miss is that people who
ask the same thing often begin alike ("is it ok to", "how long does"), stop words and all. So each
section's questions are compared once more: words and pairs of words, and pieces of words, which a
slip of the finger leaves whole (docs/findings/answer-threshold.md has what it brings).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

PIECES = 1 / 3
"""The share of pieces of words in a likeness; the rest is of words."""


class Likeness:
    """Likeness of a text to each of some groups of questions, 0 to 1.

    Parameters
    ----------
    groups : the questions of each section; none may be empty.
    """

    def __init__(self, groups: Sequence[Sequence[str]]):
        self._firsts = np.cumsum([0, *map(len, groups)])[:-1]
        self._counted = (
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32),
            TfidfVectorizer(
                analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, dtype=np.float32
            ),
        )
        questions = [question for group in groups for question in group]
        self._questions = [
            (share * counted.fit_transform(questions)).T.tocsr()
            for share, counted in zip((1 - PIECES, PIECES), self._counted, strict=True)
            if questions
        ]

    def scores(self, text: str) -> NDArray[np.float32]:
        """Per group, the best cosine with any of its questions."""
        if not self._questions:
            return np.zeros(0, dtype=np.float32)
        words, pieces = (counted.transform([text]) for counted in self._counted)
        alike = (words @ self._questions[0] + pieces @ self._questions[1]).toarray()[0]
        return np.asarray(np.maximum.reduceat(alike, self._firsts), dtype=np.float32)
