"""How well sections are ranked: BM25 alone, dense alone, and Lamplight's search (`make ranking`).

Prints nDCG@10 (Järvelin & Kekäläinen 2002, gains 2^grade - 1), recall@5 and MRR over the answerable
questions of the test split that stand alone, each with a 95% interval (percentile bootstrap over
questions, seeded), on the corpus and on one with made-up passages up to 20,000. A section counts
once, at its best passage. `better` is the share of bootstrap samples in which Lamplight's nDCG@10
is above that of the search alone.
"""

import argparse
import math
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatbot.bench_corpus import write_corpus
from chatbot.encoder import Encoder
from chatbot.index import Index, open_index
from chatbot.library import Library
from chatbot.retrieve import retrieve
from chatbot.schema import Question
from chatbot.settings import IndexSettings, Settings
from evals.rates import read_dataset

SEED = 20261123
DRAWS = 2000
DEEP = 60
"""Passages that are ranked, so that at least ten sections come of them."""
AT_SIZE = 20_000

Section = tuple[str, str]
Grades = dict[Section, int]
Search = Callable[[str], Sequence[str]]
Scores = dict[str, NDArray[np.float64]]


def ndcg(ranked: Sequence[Section], grades: Grades, at: int = 10) -> float:
    """Normalised discounted cumulative gain of the first `at`; 1 is the best order.

    >>> ndcg([("a", "b")], {("a", "b"): 2})
    1.0
    """

    def gain(found: Iterable[int]) -> float:
        return sum((2.0**g - 1) / math.log2(n + 2) for n, g in enumerate(found))

    ideal = gain(sorted(grades.values(), reverse=True)[:at])
    return gain(grades.get(s, 0) for s in ranked[:at]) / ideal


def recall(ranked: Sequence[Section], grades: Grades, at: int = 5) -> float:
    """The share of the relevant sections among the first `at`, of as many as fit there."""
    return sum(s in grades for s in ranked[:at]) / min(at, len(grades))


def reciprocal_rank(ranked: Sequence[Section], grades: Grades) -> float:
    """One over the place of the first relevant section; 0 where none is found."""
    return next((1 / n for n, s in enumerate(ranked, 1) if s in grades), 0.0)


MEASURES: dict[str, Callable[[Sequence[Section], Grades], float]] = {
    "nDCG@10": ndcg,
    "recall@5": recall,
    "MRR": reciprocal_rank,
}


def sections_of(passages: Iterable[str], index: Index) -> list[Section]:
    """Passages' sections, each once, in the order of its best passage."""
    return list(dict.fromkeys(index.entries[id].section_id for id in passages))


def searches(index: Index, encoder: Encoder) -> dict[str, Search]:
    """The rankings that are compared: a question in, ids of passages out, best first."""

    def dense(question: str) -> list[str]:
        return [id for id, _ in index.dense(encoder.encode([question])[0], DEEP)]

    def ours(question: str) -> list[str]:
        found = retrieve(Question(text=question), index, encoder, k=DEEP)
        return [p.id for p in found.passages]

    return {
        "BM25 alone": lambda question: [id for id, _ in index.lexical(question, DEEP)],
        "dense alone": dense,
        "Lamplight": ours,
    }


def measured(search: Search, index: Index, asked: Sequence[tuple[str, Grades]]) -> Scores:
    """Each measure's value for each question."""
    ranked = [sections_of(search(question), index) for question, _ in asked]
    return {
        name: np.array([measure(r, g) for r, (_, g) in zip(ranked, asked, strict=True)])
        for name, measure in MEASURES.items()
    }


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """95% percentile bootstrap of the mean over questions."""
    means = values[_drawn(len(values))].mean(axis=1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def beats(ours: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The share of bootstrap samples in which the mean of `ours` is above that of `other`."""
    return float(((ours - other)[_drawn(len(ours))].mean(axis=1) > 0).mean())


def _drawn(n: int) -> NDArray[np.int64]:
    return np.random.default_rng(SEED).integers(0, n, (DRAWS, n))


def questions() -> list[tuple[str, Grades]]:
    """The answerable questions of the test split that need no conversation, with their grades."""
    return [
        (r["question"], {(x["document"], x["heading"]): x["grade"] for x in r["relevant"]})
        for r in read_dataset("questions_test.jsonl")
        if r["answerable"] and not r.get("messages")
    ]


def report(index: Index, encoder: Encoder, asked: Sequence[tuple[str, Grades]]) -> None:
    """Print the table of one index."""
    found = {
        name: measured(search, index, asked) for name, search in searches(index, encoder).items()
    }
    ours = found["Lamplight"]
    print(f"\n{len(index.entries):,} passages, {len(asked)} questions\n")
    print(f"| search | {' | '.join(MEASURES)} | Lamplight better |\n|{'---|' * 5}")
    for name, scores in found.items():
        cells = []
        for values in scores.values():
            low, high = interval(values)
            cells.append(f"{values.mean():.3f} ({low:.3f}-{high:.3f})")
        better = "" if scores is ours else f"{beats(ours['nDCG@10'], scores['nDCG@10']):.1%}"
        print(f"| {name} | {' | '.join(cells)} | {better} |", flush=True)


def main(argv: Sequence[str] | None = None) -> None:
    """Print the table for the corpus, and for one with distractors."""
    parser = argparse.ArgumentParser(description="Rank sections three ways.")
    parser.add_argument("--passages", type=int, default=AT_SIZE, help="with distractors; 0: none")
    wanted: int = parser.parse_args(argv).passages
    settings = Settings.load()
    encoder = Encoder.for_search(settings.encoder)
    library, asked = Library.load(*settings.corpus.folders), questions()
    index = open_index(library, encoder, settings.index, settings.corpus.quotable)
    report(index, encoder, asked)
    lacking = wanted - len(index.entries)
    if lacking > 0:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "made-up"
            write_corpus(folder, library, lacking, next(iter(library.sources)))
            for file in ("sources.yaml", "crisis_lines.yaml"):
                (folder / file).write_bytes((library.folders[-1] / file).read_bytes())
            larger = Library.load(folder, *settings.corpus.folders)
            kept = IndexSettings(folder=Path(name) / "index")
            report(open_index(larger, encoder, kept, settings.corpus.quotable), encoder, asked)


if __name__ == "__main__":
    main()
