"""Trains the guard's model: `make guard`. Fixed seed, same figures every time.

The encoder's blocks learn, with two linear heads, risk none / elevated / crisis and whether what is
asked may be answered, from the messages in training/ (examples.py), each seen as it is and nudged
(nudge.py). What changed in the encoder is kept as its low-rank approximation (low_rank.py). Then,
with the encoder at rest, a third head learns the kinds of danger from the worrying messages
(learned together, the kinds cost the risk more than they brought), and what the words say by
themselves is fitted beside it (lexical.py).

The validation messages, written by other hands, and a part of the training messages held out by a
hash of each id calibrate the scores and choose the thresholds (choosing.py). The test split under
evals/ is never read here.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from chatbot.encoder import Encoder
from chatbot.guards.choosing import choose_refusals, choose_risk
from chatbot.guards.examples import (
    BATCH,
    QUESTIONS,
    REQUESTS,
    UNKNOWN,
    Example,
    Record,
    batches,
    examples,
    held_out,
    read_messages,
    requests,
    slip,
)
from chatbot.guards.head import FILE, Head
from chatbot.guards.lexical import fit_words
from chatbot.guards.nudge import Nudge
from chatbot.low_rank import Adapter, difference, merge, open_blocks, state_of
from chatbot.schema import RISKS
from chatbot.settings import EncoderSettings

SEED = 20261122
THREADS = 2
RANK = 48
EPOCHS = 4
RATE = 1.5e-4
HEAD_RATE = 5e-3
SCALE = 8.0
SMOOTHING = 0.05
LONGEST = 96
REQUEST_SHARE = 0.5
"""What the loss over requests weighs, beside that over risk at 1."""
KIND_STEPS = 300
KIND_DECAY = 1e-4
EASY = frozenset({QUESTIONS})
"""Registers that are learned and not calibrated on: nearly all of them are told apart, and would
buy needless care for what people confide."""
KINDS = (
    "active", "plan", "means", "preparation", "goodbye", "attempt", "self_injury", "overdose",
    "withdrawal", "violence_at_home", "sexual_abuse", "child_abuse", "elder_abuse",
    "harm_to_others", "command_voices", "psychosis", "eating_disorder", "third_party",
)  # fmt: skip

Floats = NDArray[np.float32]


class Learner:
    """The encoder and the heads over risk and over requests, while they learn."""

    def __init__(self, encoder: Encoder):
        torch.manual_seed(SEED)
        torch.set_num_threads(THREADS)
        torch.set_flush_denormal(True)
        self.model = encoder.module
        self.opened = open_blocks(self.model)
        self.risk = torch.nn.Linear(384, len(RISKS))
        self.request = torch.nn.Linear(384, len(REQUESTS))
        self.nudge = Nudge(self.model[0].auto_model.embeddings)

    def vectors(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit vectors times SCALE: (n, 384)."""
        features = self.model.preprocess(list(texts))
        vectors: torch.Tensor = self.model(features)["sentence_embedding"]
        return torch.nn.functional.normalize(vectors) * SCALE

    def loss(self, batch: Sequence[Example], texts: Sequence[str]) -> torch.Tensor:
        """Cross-entropy over risk and over requests, of what is known, with smoothed labels."""
        vectors = self.vectors(texts)
        risk = _smoothed(self.risk(vectors), [e.risk for e in batch])
        return risk + REQUEST_SHARE * _smoothed(self.request(vectors), [e.request for e in batch])

    def learn(self, batch: Sequence[Example], texts: Sequence[str]) -> torch.Tensor:
        """Add the gradients of a batch, as it is and nudged. Returns the loss as it is."""
        loss = self.loss(batch, texts)
        loss.backward()  # type: ignore[no-untyped-call]
        with self.nudge:
            self.loss(batch, texts).backward()  # type: ignore[no-untyped-call]
        return loss

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


def _smoothed(logits: torch.Tensor, labels: Sequence[int]) -> torch.Tensor:
    """Mean over the whole batch, so that a label few know is not shouted; UNKNOWN counts 0."""
    loss = torch.nn.functional.cross_entropy(
        logits, torch.tensor(labels), label_smoothing=SMOOTHING, reduction="sum"
    )
    return loss / len(labels)


def fit(
    encoder: Encoder, records: Sequence[Record], asked: Sequence[Record], *, epochs: int
) -> Learner:
    """Train the encoder's blocks in place, and the heads over risk and over requests."""
    learner = Learner(encoder)
    sure, bags = examples(records)
    sure += requests(asked)
    rates = [RATE, HEAD_RATE]
    groups = [
        {"params": learner.opened, "lr": RATE},
        {"params": [*learner.risk.parameters(), *learner.request.parameters()], "lr": HEAD_RATE},
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
            for batch in batches(shown, order):
                optimizer.zero_grad()
                loss = learner.learn(batch, [slip(e.text, slips) for e in batch])
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


def fit_by_words(records: Sequence[Record], asked: Sequence[Record]) -> tuple[Floats, Floats]:
    """What the words say by themselves (lexical.py): weights and bias, RISKS before REQUESTS."""
    sure, _ = examples(records)
    risks = [(e.text, e.risk) for e in sure if e.risk != UNKNOWN]
    reasons = [(e.text, e.request) for e in [*sure, *requests(asked)] if e.request != UNKNOWN]
    fitted = [fit_words(*zip(*known, strict=True)) for known in (risks, reasons)]
    return np.hstack([weights for weights, _ in fitted]), np.hstack([bias for _, bias in fitted])


def _numpy(head: torch.nn.Linear) -> tuple[Floats, Floats]:
    weights = (head.weight.detach().numpy().T * SCALE).astype(np.float32)
    return weights, head.bias.detach().numpy().astype(np.float32)


def learn(
    kept: Sequence[Record], asked: Sequence[Record], *, epochs: int, rank: int
) -> tuple[Encoder, Learner, Adapter]:
    """The encoder as it will be loaded, with the low-rank difference merged; heads; difference."""
    encoder = Encoder.load(EncoderSettings())
    published = state_of(encoder.module)
    learner = fit(encoder, kept, asked, epochs=epochs)
    adapter = difference(published, state_of(encoder.module), rank)
    encoder = Encoder.load(EncoderSettings())
    merge(encoder.module, adapter)  # what is chosen later is chosen for what will be loaded
    return encoder, learner, adapter


def main(argv: Sequence[str] | None = None) -> None:
    """Train, calibrate, choose thresholds, write the model, print the validation figures."""
    parser = argparse.ArgumentParser(
        description="Train the guard's model from its training folder."
    )
    parser.add_argument("--out", type=Path, default=FILE)
    out: Path = parser.parse_args(argv).out
    records, asked = read_messages("messages.jsonl"), read_messages("requests.jsonl")
    kept = [r for r in records if not held_out(r["id"])]
    validation = [r for r in records if held_out(r["id"]) and r["register"] not in EASY]
    validation += read_messages("validation.jsonl")
    encoder, learner, adapter = learn(kept, asked, epochs=EPOCHS, rank=RANK)
    weights, bias = _numpy(learner.risk)
    request_weights, request_bias = _numpy(learner.request)
    word_weights, word_bias = fit_by_words(kept, asked)
    kind_weights, kind_bias = _numpy(fit_kinds(encoder, kept))
    head = Head(
        weights=weights,
        bias=bias + word_bias[: len(RISKS)],
        elevated=0.5,
        crisis=0.5,
        encoder=encoder.name,
        adapter=adapter,
        version="",
        kinds=KINDS,
        kind_weights=kind_weights,
        kind_bias=kind_bias,
        reasons=REQUESTS[1:],
        request_weights=request_weights,
        request_bias=request_bias + word_bias[len(RISKS) :],
        word_weights=word_weights,
    )
    head = choose_risk(encoder, head, validation)
    head = choose_refusals(encoder, head, validation)
    head.save(out)
    print(f"trained on {len(kept)} messages, seed {SEED}; {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
