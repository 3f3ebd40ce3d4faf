"""Trains the crisis model: `make guard`. Fixed seed, same figures every time.

The encoder learns a low-rank change and a linear head over risk none / elevated / crisis, from the
messages in training/. A validation part, held out by a hash of each id, calibrates the scores (one
temperature) and chooses the two thresholds by stated costs. The test split under evals/ is never
read here.

Costs (per message, relative): a crisis message left at none 40, left at elevated 8; an elevated
message left at none 5, called crisis 1; a benign message given care 1, stopped as crisis 6. Crisis
messages are far commoner in the data than in life, so costs are weighed by an assumed share of
each risk (`SHARES`), not by the data's own.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from chatbot.encoder import Encoder
from chatbot.guards.crisis import windows
from chatbot.guards.head import FILE, Head
from chatbot.guards.low_rank import attach, extract
from chatbot.schema import RISKS
from chatbot.settings import EncoderSettings

DATA = Path(__file__).parent / "training"
SEED = 20261122
THREADS = 2
RANK = 16
EPOCHS = 3
BATCH = 32
RATE = 1e-3
HEAD_RATE = 5e-3
SCALE = 8.0
SMOOTHING = 0.05
LONGEST = 96
HELD_OUT = 0.15
COSTS = np.array(  # rows: truth none, elevated, crisis; columns: verdict none, elevated, crisis
    [[0, 1, 6], [5, 0, 1], [40, 8, 0]], dtype=float
)
SHARES = np.array([0.85, 0.08, 0.07])
GRID = np.round(np.arange(0.02, 0.99, 0.01), 2)

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


def read_messages(folder: Path = DATA) -> list[dict[str, str]]:
    """Every record of every JSONL file in the training folder, in a stable order."""
    return [
        json.loads(line)
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]


def held_out(id: str) -> bool:
    """Whether a message belongs to the validation part: by its id, so it never moves."""
    return int(hashlib.sha256(id.encode()).hexdigest()[:8], 16) / 16**8 < HELD_OUT


def risks_of(records: Sequence[dict[str, str]]) -> Labels:
    """The labels of some messages as rows of RISKS."""
    return np.array([RISKS.index(r["risk"]) for r in records], dtype=np.int64)


def training_rows(records: Sequence[dict[str, str]]) -> tuple[list[str], Labels]:
    """Whole messages, and every window of the benign ones: a window of a crisis may be harmless."""
    texts, risks = [], []
    for record, risk in zip(records, risks_of(records), strict=True):
        parts = windows(record["text"])
        kept = parts if risk == 0 else parts[:1]
        texts += kept
        risks += [risk] * len(kept)
    return texts, np.array(risks, dtype=np.int64)


def fit(
    encoder: Encoder, texts: Sequence[str], risks: Labels, *, epochs: int, rank: int
) -> torch.nn.Linear:
    """Train the low-rank change in place, and a head; returns the head over unit vectors."""
    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    torch.set_flush_denormal(True)
    model = encoder.module
    changes = attach(model, rank)
    head = torch.nn.Linear(384, len(RISKS))
    groups = [
        {"params": changes, "lr": RATE},
        {"params": head.parameters(), "lr": HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = epochs * -(-len(texts) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [RATE, HEAD_RATE], total_steps=steps, pct_start=0.1
    )
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    order = np.random.default_rng(SEED)
    model.train()
    longest, model.max_seq_length = model.max_seq_length, LONGEST
    with tqdm(total=steps, desc="training", unit="batch") as bar:
        for _ in range(epochs):
            for rows in _batches(texts, order):
                vectors = model(model.preprocess([texts[i] for i in rows]))["sentence_embedding"]
                logits = head(torch.nn.functional.normalize(vectors) * SCALE)
                loss = loss_of(logits, torch.from_numpy(risks[rows]))
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(changes, 1.0)
                optimizer.step()
                schedule.step()
                bar.update()
                bar.set_postfix(loss=f"{loss.item():.3f}")
    model.max_seq_length = longest
    model.eval()
    return head


def _batches(texts: Sequence[str], order: np.random.Generator) -> list[Labels]:
    """Batches of texts of like length, in a random order."""
    jittered = np.array([len(t) for t in texts]) * order.uniform(0.8, 1.2, len(texts))
    rows = np.argsort(jittered)
    batches = [rows[a : a + BATCH] for a in range(0, len(rows), BATCH)]
    order.shuffle(batches)
    return batches


def window_logits(encoder: Encoder, head: torch.nn.Linear, texts: Sequence[str]) -> list[Array]:
    """Per message the logits of each of its windows: (windows, 3)."""
    parts = [windows(text) for text in texts]
    weights, bias = _numpy(head)
    logits = encoder.encode([w for p in parts for w in p], progress=True) @ weights + bias
    sizes = np.cumsum([0, *(len(p) for p in parts)])
    return [logits[a:b].astype(float) for a, b in pairwise(sizes)]


def _numpy(head: torch.nn.Linear) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    weights = (head.weight.detach().numpy().T * SCALE).astype(np.float32)
    return weights, head.bias.detach().numpy().astype(np.float32)


def softmax(logits: Array) -> Array:
    """Shape (n, k) → (n, k), rows summing to 1."""
    exp = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exp / exp.sum(axis=1, keepdims=True))


def choose_temperature(parts: Sequence[Array], risks: Labels) -> float:
    """The temperature of least negative log-likelihood over whole messages (Guo et al. 2017)."""
    whole = np.array([p[0] for p in parts])
    grid = np.round(np.arange(0.5, 4.01, 0.05), 2)
    loss = [-np.log(softmax(whole / t)[np.arange(len(risks)), risks]).mean() for t in grid]
    return float(grid[int(np.argmin(loss))])


def worst_window(parts: Sequence[Array]) -> Array:
    """Per message P(elevated or crisis) and P(crisis), each the worst of its windows: (n, 2)."""
    probabilities = [softmax(p) for p in parts]
    return np.array([[p[:, 1:].sum(axis=1).max(), p[:, 2].max()] for p in probabilities])


def verdicts(scores: Array, elevated: float, crisis: float) -> Labels:
    """0 none, 1 elevated, 2 crisis."""
    return np.where(scores[:, 1] >= crisis, 2, np.where(scores[:, 0] >= elevated, 1, 0))


def choose_thresholds(scores: Array, risks: Labels) -> tuple[float, float, float]:
    """The two thresholds of least cost, and that cost."""
    weights = (SHARES / np.bincount(risks, minlength=3))[risks]
    best = (np.inf, 0.5, 0.5)
    for elevated in GRID:
        for crisis in GRID:
            cost = float(COSTS[risks, verdicts(scores, elevated, crisis)] @ weights)
            best = min(best, (cost, float(elevated), float(crisis)))
    return best[1], best[2], best[0]


def main(argv: Sequence[str] | None = None) -> None:
    """Train, calibrate, choose thresholds, write the model, print the validation figures."""
    parser = argparse.ArgumentParser(description="Train the crisis model from its training folder.")
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--rank", type=int, default=RANK)
    asked = parser.parse_args(argv)
    encoder = Encoder.load(EncoderSettings())
    records = read_messages()
    kept = [r for r in records if not held_out(r["id"])]
    validation = [r for r in records if held_out(r["id"])]
    texts, rows = training_rows(kept)
    linear = fit(encoder, texts, rows, epochs=asked.epochs, rank=asked.rank)
    adapter = extract(encoder.module)

    risks = risks_of(validation)
    parts = window_logits(encoder, linear, [r["text"] for r in validation])
    temperature = choose_temperature(parts, risks)
    scores = worst_window([p / temperature for p in parts])
    elevated, crisis, cost = choose_thresholds(scores, risks)
    weights, bias = _numpy(linear)
    Head(
        weights=weights / np.float32(temperature),
        bias=bias / np.float32(temperature),
        elevated=elevated,
        crisis=crisis,
        encoder=encoder.name,
        adapter=adapter,
        version="",
    ).save(asked.out)
    _report(len(kept), risks, verdicts(scores, elevated, crisis), elevated, crisis, cost)
    print(
        f"temperature {temperature:g}; written {asked.out.name}, {asked.out.stat().st_size:,} bytes"
    )


def _report(
    trained: int, risks: Labels, found: Labels, elevated: float, crisis: float, cost: float
) -> None:
    print(f"trained on {trained} messages, seed {SEED}; validation n={len(risks)}, cost {cost:.3f}")
    print(f"thresholds: elevated {elevated:.2f}, crisis {crisis:.2f}")
    for n, name in enumerate(RISKS):
        row = [f"{RISKS[v]} {(found[risks == n] == v).mean():.1%}" for v in range(3)]
        print(f"  {name:9} (n={int((risks == n).sum())}) → {', '.join(row)}")


if __name__ == "__main__":
    main()
