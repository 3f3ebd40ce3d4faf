"""What the words of a text say by themselves: words, pairs of words and pieces of words, counted.

The encoder reads for sense and can look through the very words that matter ("in one go" after
"tablets"); a linear model over the words sees only those. Their errors differ, so that the logits
of both are added (`WEIGHT` times those of the words). Words are hashed to columns (Weinberger et
al. 2009, arXiv:0902.2206): there is no vocabulary to keep, and no word of the data in the model.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_union

COLUMNS = 2**15
"""Of words, and as many again of pieces of words."""
WEIGHT = 0.5
STRENGTH = 10.0
"""Inverse of the regularisation."""
STEPS = 150
_COUNTED = (
    HashingVectorizer(
        ngram_range=(1, 2), n_features=COLUMNS, alternate_sign=False, dtype=np.float32
    ),
    HashingVectorizer(
        analyzer="char_wb",
        ngram_range=(2, 4),
        n_features=COLUMNS,
        alternate_sign=False,
        dtype=np.float32,
    ),
)


def fit_words(
    texts: Sequence[str], labels: Sequence[int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights (2 × COLUMNS, classes) and a bias (classes,) that tell labels 0, 1, … by the words.

    Multinomial logistic regression; the logits are already times WEIGHT.
    """
    model = LogisticRegression(C=STRENGTH, max_iter=STEPS)
    model.fit(make_union(*_COUNTED).transform(texts), np.array(labels))
    weights = (WEIGHT * model.coef_.T).astype(np.float16)  # as they are kept
    return weights.astype(np.float32), (WEIGHT * model.intercept_).astype(np.float32)


def by_words(texts: Sequence[str], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of n texts the logits that those weights give, without the bias: (n, classes).

    The words of a text have length 1 together, and so have its pieces of words.
    """
    words, pieces = (counted.transform(texts) for counted in _COUNTED)
    return np.asarray(words @ weights[:COLUMNS] + pieces @ weights[COLUMNS:])
