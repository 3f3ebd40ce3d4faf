"""Trains the crisis model: `make guard`. Fixed seed, same figures every time.

The encoder's blocks and a linear head learn risk none / elevated / crisis from the messages in
training/. What changed in the encoder is kept as its low-rank approximation (low_rank.py). Then,
with the encoder at rest, a second head learns the kinds of danger from the worrying messages
(learned together, the kinds cost the risk more than they brought).

Long messages are learned by their windows: all of a harmless one are harmless; of a worrying one
those that hold its marked sentence (`signal`) are learned, and where none is marked the window that
the model finds worst after each epoch (multiple-instance learning). Some messages are seen
mistyped, so that spelling matters less.

The validation messages, written by other hands, and a part of the training messages held out by a
hash of each id calibrate the scores (one temperature) and choose the two thresholds by stated
costs (thresholds.py). The test split under evals/ is never read here.
"""

import argparse
import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from chatbot.encoder import Encoder
from chatbot.guards.crisis import windows
from chatbot.guards.head import FILE, Head
from chatbot.guards.misspell import misspelt
from chatbot.guards.thresholds import Array, Chosen, Labels, calibrate
from chatbot.low_rank import Adapter, difference, merge, open_blocks, state_of
from chatbot.schema import RISKS
from chatbot.settings import EncoderSettings

DATA = Path(__file__).parent / "training"
SEED = 20261122
THREADS = 2
RANK = 48
EPOCHS = 4
BATCH = 32
RATE = 1.5e-4
HEAD_RATE = 5e-3
SCALE = 8.0
SMOOTHING = 0.05
LONGEST = 96
HELD_OUT = 0.10
MISSPELT = 0.2
KIND_STEPS = 300
KIND_DECAY = 1e-4
EASY = frozenset({"search query"})
"""Registers that are learned and not calibrated on: nearly all of them are told apart, and would
buy needless care for what people confide."""
KINDS = (
    "active", "plan", "means", "preparation", "goodbye", "attempt", "self_injury", "overdose",
    "withdrawal", "violence_at_home", "sexual_abuse", "child_abuse", "elder_abuse",
    "harm_to_others", "command_voices", "psychosis", "eating_disorder", "third_party",
)  # fmt: skip
Record = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """A text to learn from, and its risk as a row of RISKS."""

    text: str
    risk: int


def read_messages(file: str) -> list[Record]:
    """Every record of a JSONL file of the training folder, in its order."""
    return [json.loads(line) for line in (DATA / file).read_text("utf-8").splitlines()]


def held_out(id: str) -> bool:
    """Whether a message belongs to the validation part: by its id, so it never moves."""
    return int(hashlib.sha256(id.encode()).hexdigest()[:8], 16) / 16**8 < HELD_OUT


def risks_of(records: Sequence[Record]) -> Labels:
    """The labels of some messages as rows of RISKS."""
    return np.array([RISKS.index(r["risk"]) for r in records], dtype=np.int64)


def examples(records: Sequence[Record]) -> tuple[list[Example], list[list[Example]]]:
    """What to learn from from the start, and bags of windows of which only the worst is learned."""
    sure: list[Example] = []
    bags: list[list[Example]] = []
    for record, risk in zip(records, risks_of(records), strict=True):
        whole, *parts = (Example(text, int(risk)) for text in windows(record["text"]))
        sure.append(whole)
        if not risk:
            sure += parts
        elif parts and record.get("signal"):
            sure += [part for part in parts if _holds(part.text, record["signal"])]
        elif parts:
            bags.append(parts)
    return sure, bags


def _holds(window: str, signal: str) -> bool:
    """Whether most of a sentence's words stand in a window, in order and without a gap."""
    found, wanted = window.split(), windows(signal)[0].split()
    most = max(1, round(0.7 * len(wanted)))
    for first in range(len(wanted) - most + 1):
        run = wanted[first : first + most]
        if any(found[n : n + most] == run for n in range(len(found) - most + 1)):
            return True
    return False


class Learner:
    """The encoder and the head over risk, while they learn."""

    def __init__(self, encoder: Encoder):
        torch.manual_seed(SEED)
        torch.set_num_threads(THREADS)
        torch.set_flush_denormal(True)
        self.model = encoder.module
        self.opened = open_blocks(self.model)
        self.risk = torch.nn.Linear(384, len(RISKS))

    def vectors(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit vectors times SCALE: (n, 384)."""
        features = self.model.preprocess(list(texts))
        with torch.autocast("cpu", dtype=torch.bfloat16):  # twice as fast where the CPU has AMX
            vectors = self.model(features)["sentence_embedding"]
        return torch.nn.functional.normalize(vectors.float()) * SCALE

    def loss(self, batch: Sequence[Example], texts: Sequence[str]) -> torch.Tensor:
        """Cross-entropy over risk, with smoothed labels."""
        return torch.nn.functional.cross_entropy(
            self.risk(self.vectors(texts)),
            torch.tensor([e.risk for e in batch]),
            label_smoothing=SMOOTHING,
        )

    @torch.no_grad()
    def worst(self, bags: Sequence[Sequence[Example]]) -> list[Example]:
        """Of each bag the example that is surest not to be harmless."""
        self.model.eval()
        found = []
        for bag in bags:
            logits = self.risk(self.vectors([e.text for e in bag]))
            found.append(bag[int(logits.softmax(1)[:, 0].argmin())])
        self.model.train()
        return found


def fit(encoder: Encoder, records: Sequence[Record], *, epochs: int) -> Learner:
    """Train the encoder's blocks in place, and the head over risk."""
    learner = Learner(encoder)
    sure, bags = examples(records)
    rates = [RATE, HEAD_RATE]
    groups = [
        {"params": learner.opened, "lr": RATE},
        {"params": learner.risk.parameters(), "lr": HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = epochs * -(-(len(sure) + len(bags)) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rates, total_steps=steps, pct_start=0.1
    )
    order, slips = np.random.default_rng(SEED), random.Random(SEED)  # noqa: S311  no secret
    model = learner.model
    model.train()
    longest, model.max_seq_length = model.max_seq_length, LONGEST
    with tqdm(total=steps, desc="training", unit="batch") as bar:
        for epoch in range(epochs):
            shown = [*sure, *(learner.worst(bags) if epoch else [])]
            for batch in _batches(shown, order):
                loss = learner.loss(batch, [_slip(e.text, slips) for e in batch])
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(learner.opened, 1.0)
                optimizer.step()
                schedule.step()
                bar.update()
                bar.set_postfix(loss=f"{loss.item():.3f}")
    model.max_seq_length = longest
    model.eval()
    return learner


def fit_kinds(encoder: Encoder, records: Sequence[Record]) -> torch.nn.Linear:
    """A head over KINDS, by logistic regression on the vectors of the worrying messages."""
    worrying = [r for r in records if r["risk"] != "none"]
    vectors = SCALE * torch.from_numpy(encoder.encode([r["text"] for r in worrying]))
    wanted = torch.tensor([[float(k in r["labels"]) for k in KINDS] for r in worrying])
    torch.manual_seed(SEED)
    head = torch.nn.Linear(384, len(KINDS))
    optimizer = torch.optim.AdamW(head.parameters(), lr=0.02, weight_decay=KIND_DECAY)
    for _ in range(KIND_STEPS):
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(head(vectors), wanted)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return head


def _slip(text: str, slips: random.Random) -> str:
    return misspelt(text, slips) if slips.random() < MISSPELT else text


def _batches(shown: Sequence[Example], order: np.random.Generator) -> list[list[Example]]:
    """Batches of texts of like length, in a random order."""
    jittered = np.array([len(e.text) for e in shown]) * order.uniform(0.8, 1.2, len(shown))
    rows = np.argsort(jittered)
    batches = [[shown[n] for n in rows[a : a + BATCH]] for a in range(0, len(rows), BATCH)]
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


def learn(kept: Sequence[Record], *, epochs: int, rank: int) -> tuple[Encoder, Learner, Adapter]:
    """The encoder as it will be loaded, with the low-rank difference merged; heads; difference."""
    encoder = Encoder.load(EncoderSettings())
    published = state_of(encoder.module)
    learner = fit(encoder, kept, epochs=epochs)
    adapter = difference(published, state_of(encoder.module), rank)
    encoder = Encoder.load(EncoderSettings())
    merge(encoder.module, adapter)  # what is chosen later is chosen for what will be loaded
    return encoder, learner, adapter


def main(argv: Sequence[str] | None = None) -> None:
    """Train, calibrate, choose thresholds, write the model, print the validation figures."""
    parser = argparse.ArgumentParser(description="Train the crisis model from its training folder.")
    parser.add_argument("--out", type=Path, default=FILE)
    asked = parser.parse_args(argv)
    records = read_messages("messages.jsonl")
    kept = [r for r in records if not held_out(r["id"])]
    validation = [r for r in records if held_out(r["id"]) and r["register"] not in EASY]
    validation += read_messages("validation.jsonl")
    encoder, learner, adapter = learn(kept, epochs=EPOCHS, rank=RANK)
    risks = risks_of(validation)
    parts = window_logits(encoder, learner.risk, [r["text"] for r in validation])
    chosen = calibrate(parts, risks)
    weights, bias = _numpy(learner.risk)
    kind_weights, kind_bias = _numpy(fit_kinds(encoder, kept))
    head = Head(
        weights=weights / np.float32(chosen.temperature),
        bias=bias / np.float32(chosen.temperature),
        elevated=chosen.elevated,
        crisis=chosen.crisis,
        calm=chosen.calm,
        encoder=encoder.name,
        adapter=adapter,
        version="",
        kinds=KINDS,
        kind_weights=kind_weights,
        kind_bias=kind_bias,
    )
    head.save(asked.out)
    print(f"trained on {len(kept)} messages, seed {SEED}; {asked.out.stat().st_size:,} bytes")
    _report(risks, chosen)


def _report(risks: Labels, chosen: Chosen) -> None:
    print(f"validation n={len(risks)}, cost {chosen.cost:.3f}")
    print(f"temperature {chosen.temperature:g}, calm {chosen.calm:g}")
    print(f"thresholds: elevated {chosen.elevated:.2f}, crisis {chosen.crisis:.2f}")
    for n, name in enumerate(RISKS):
        row = [f"{RISKS[v]} {(chosen.found[risks == n] == v).mean():.1%}" for v in range(3)]
        print(f"  {name:9} (n={int((risks == n).sum())}) → {', '.join(row)}")


if __name__ == "__main__":
    main()
