"""`make data-card`: what the guard's messages are, counted: for docs/crisis-guard.md.

Counts by risk and length, distinct-2 (Li et al. 2016: distinct word pairs over all word pairs), the
commonest opening of four words, and the nearest two messages by the encoder, within a split and
across splits.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from chatbot.encoder import Encoder
from chatbot.guards.examples import DATA
from chatbot.schema import RISKS
from chatbot.settings import EncoderSettings
from evals.rates import DATASETS, Record

SPLITS = {
    "training": DATA / "messages.jsonl",
    "validation": DATA / "validation.jsonl",
    "test": DATASETS / "crisis_test.jsonl",
}
LENGTHS = (6, 12, 30, 60, 120, 200, 400)
"""Upper ends of the histogram's bins, in words."""
_NOT_WORD = re.compile(r"[^\w\s']")


def words(text: str) -> list[str]:
    """Lower-case words without marks."""
    return _NOT_WORD.sub(" ", text.lower().replace("’", "'")).split()


def distinct_2(texts: Sequence[str]) -> float:
    """Distinct pairs of neighbouring words over all pairs, 0-1.

    >>> distinct_2(["a b a b"])
    0.6666666666666666
    """
    pairs = [pair for text in texts for pair in pairwise(words(text))]
    return len(set(pairs)) / len(pairs)


def commonest_opening(texts: Sequence[str]) -> tuple[str, float]:
    """The first four words that most messages share, and the share that does."""
    opening, n = Counter(" ".join(words(text)[:4]) for text in texts).most_common(1)[0]
    return opening, n / len(texts)


def histogram(texts: Sequence[str]) -> list[tuple[str, int]]:
    """Messages by length in words."""
    ends = (0, *LENGTHS)
    names = [f"{a + 1}-{b}" for a, b in pairwise(ends)] + [f"over {ends[-1]}"]
    count = Counter(int(np.searchsorted(LENGTHS, len(text.split()))) for text in texts)
    return [(name, count[n]) for n, name in enumerate(names)]


def main() -> None:
    """Print the card's tables as Markdown."""
    splits: dict[str, list[Record]] = {
        name: [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        for name, file in SPLITS.items()
    }
    texts = {name: [r["text"] for r in records] for name, records in splits.items()}
    print("| | " + " | ".join(splits) + " |\n|---|" + "---|" * len(splits))

    def row(name: str, cells: Sequence[object]) -> None:
        print(f"| {name} | " + " | ".join(map(str, cells)) + " |")

    row("messages", [f"{len(t):,}" for t in texts.values()])
    for risk in RISKS:
        row(risk, [f"{sum(r['risk'] == risk for r in rs):,}" for rs in splits.values()])
    row("distinct-2", [f"{distinct_2(t):.2f}" for t in texts.values()])
    openings = [commonest_opening(t) for t in texts.values()]
    row("commonest opening", [f"“{said}” {share:.2%}" for said, share in openings])
    for n, (bin, _) in enumerate(histogram(texts["training"])):
        row(f"{bin} words", [f"{histogram(t)[n][1]:,}" for t in texts.values()])
    encoder = Encoder.load(EncoderSettings())
    vectors = {name: encoder.encode(t) for name, t in texts.items()}
    for name, own in vectors.items():
        for other, others in vectors.items():
            near = own @ others.T
            if name == other:
                np.fill_diagonal(near, 0)
            if list(vectors).index(name) <= list(vectors).index(other):
                print(f"\nnearest, {name} and {other}: cosine {near.max():.3f}")


if __name__ == "__main__":
    main()
