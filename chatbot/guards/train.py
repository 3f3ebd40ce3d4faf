"""Trains the crisis head: `make guard`. Fixed seed, same figures every time.

A multinomial logistic regression over frozen encoder vectors. Regularisation and thresholds are
chosen by cross-validation inside the training split; the test split under evals/ is never read.
Long messages are trained as the guard reads them: whole, and for benign ones window by window too.

Costs (per message, relative): a crisis message left at none 20, left at elevated 4; an elevated
message left at none 5; a benign message given care 1, stopped as crisis 6. Crisis messages are far
commoner in the training split than in life, so costs are weighed by an assumed share of each risk
(`SHARES`), not by the split's own.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from tqdm import tqdm

from chatbot.encoder import Encoder
from chatbot.guards.crisis import windows
from chatbot.schema import RISKS
from chatbot.settings import EncoderSettings

HERE = Path(__file__).parent
DATA = HERE / "training"
HEAD = HERE / "crisis_head.npz"
SEED = 20261122
FOLDS = 5
STRENGTHS = (1.0, 3.0, 10.0, 30.0)
COSTS = np.array(  # rows: truth none, elevated, crisis; columns: verdict none, elevated, crisis
    [[0, 1, 6], [5, 0, 1], [20, 4, 0]], dtype=float
)
SHARES = np.array([0.85, 0.08, 0.07])
GRID = np.round(np.arange(0.05, 0.96, 0.01), 2)

Array = NDArray[np.float64]


def read_messages(folder: Path = DATA) -> list[dict[str, str]]:
    """Every record of every JSONL file in the training folder, in a stable order."""
    lines = [
        line for file in sorted(folder.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()
    ]
    return [json.loads(line) for line in lines]


def fit(vectors: Array, risks: Array, strength: float) -> LogisticRegression:
    """One head. `strength` is the inverse of the L2 penalty."""
    model = LogisticRegression(C=strength, max_iter=2000, random_state=SEED)
    return model.fit(vectors, risks)


def worst_window(model: LogisticRegression, parts: Sequence[Array]) -> Array:
    """Per message P(elevated or crisis) and P(crisis), each the worst of its windows: (n, 2)."""
    sizes = np.cumsum([0, *(len(p) for p in parts)])
    probabilities = model.predict_proba(np.vstack(parts))
    return np.array(
        [
            [probabilities[a:b, 1:].sum(axis=1).max(), probabilities[a:b, 2].max()]
            for a, b in zip(sizes[:-1], sizes[1:], strict=True)
        ]
    )


def verdicts(scores: Array, elevated: float, crisis: float) -> NDArray[np.int64]:
    """0 none, 1 elevated, 2 crisis."""
    return np.where(scores[:, 1] >= crisis, 2, np.where(scores[:, 0] >= elevated, 1, 0))


def choose_thresholds(scores: Array, risks: Array) -> tuple[float, float, float]:
    """The two thresholds of least mean cost, and that cost."""
    weights = (SHARES / np.bincount(risks.astype(int), minlength=3))[risks.astype(int)]
    best = (np.inf, 0.5, 0.5)
    for elevated in GRID:
        for crisis in GRID:
            cost = COSTS[risks.astype(int), verdicts(scores, elevated, crisis)] @ weights
            best = min(best, (cost, elevated, crisis))
    return float(best[1]), float(best[2]), float(best[0])


def training_rows(parts: Sequence[Array], risks: Array) -> tuple[Array, Array]:
    """Whole messages, and every window of the benign ones: a window of a crisis may be harmless."""
    rows, labels = [], []
    for part, risk in zip(parts, risks, strict=True):
        kept = part if risk == 0 else part[:1]
        rows.append(kept)
        labels += [risk] * len(kept)
    return np.vstack(rows), np.array(labels)


def cross_validated(parts: Sequence[Array], risks: Array, strength: float) -> Array:
    """Scores of every message by a head that never saw it: (n, 2)."""
    scores = np.zeros((len(parts), 2))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for train, held_out in folds.split(np.zeros(len(parts)), risks):
        rows, labels = training_rows([parts[i] for i in train], risks[train])
        scores[held_out] = worst_window(fit(rows, labels, strength), [parts[i] for i in held_out])
    return scores


def main(argv: Sequence[str] | None = None) -> None:
    """Train, choose thresholds, write the head, print the cross-validated figures."""
    parser = argparse.ArgumentParser(description="Train the crisis head from its training folder.")
    parser.add_argument("--out", type=Path, default=HEAD)
    out: Path = parser.parse_args(argv).out
    encoder = Encoder.load(EncoderSettings())
    records = read_messages()
    risks = np.array([RISKS.index(r["risk"]) for r in records])  # type: ignore[arg-type]
    split = [windows(r["text"]) for r in records]
    flat = encoder.encode([w for part in split for w in part], progress=True).astype(float)
    sizes = np.cumsum([0, *(len(p) for p in split)])
    parts = [flat[a:b] for a, b in zip(sizes[:-1], sizes[1:], strict=True)]

    tried = []
    for strength in tqdm(STRENGTHS, desc="cross-validating"):
        scores = cross_validated(parts, risks, strength)
        elevated, crisis, cost = choose_thresholds(scores, risks)
        tried.append((cost, strength, elevated, crisis, scores))
    cost, strength, elevated, crisis, scores = min(tried, key=lambda t: t[0])

    model = fit(*training_rows(parts, risks), strength)
    np.savez(
        out,
        weights=model.coef_.T.astype(np.float32),
        bias=model.intercept_.astype(np.float32),
        elevated=np.float64(elevated),
        crisis=np.float64(crisis),
        encoder=np.array(encoder.name),
    )
    found = verdicts(scores, elevated, crisis)
    print(f"{len(records)} messages, {FOLDS}-fold cross-validation, seed {SEED}: cost {cost:.3f}")
    print(f"C {strength:g}, thresholds: elevated {elevated:.2f}, crisis {crisis:.2f}")
    for n, name in enumerate(RISKS):
        row = [f"{RISKS[v]} {(found[risks == n] == v).mean():.1%}" for v in range(3)]
        print(f"  {name:9} (n={int((risks == n).sum())}) → {', '.join(row)}")
    print(f"written: {out.name}, {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
