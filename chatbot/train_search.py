"""Teaches the encoder to search: `make search`. Fixed seed.

Questions as people ask them (corpus/asked_as and the headings) are drawn towards the passages that
answer them and towards other ways of asking the same, and away from those of every other section in
the batch (multiple negatives: Henderson et al. 2017, arXiv:1705.00652). Some come after another
question, as follow-ups do, so that the encoder learns what the last one means in a conversation.
What changed is kept as a low-rank difference (low_rank.py). Questions of the evaluation are never
read here.
"""

import argparse
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from chatbot.encoder import SEARCH_MODEL, Encoder, in_context
from chatbot.library import Library
from chatbot.low_rank import difference, open_blocks, state_of
from chatbot.settings import EncoderSettings, Settings

SEED = 20261123
THREADS = 2
RANK = 32
EPOCHS = 3
BATCH = 64
RATE = 1e-4
SCALE = 20.0
LONGEST = 128
LONGEST_FILLER = 3
"""Letters up to which a word of a title says nothing of its subject."""
TO_PASSAGE = 0.6
"""How often a question is drawn towards a passage, and not towards another way of asking."""
OF_A_DOCUMENT = 2
"""Sections of one document in a batch: neighbours, which search confuses most."""
GOES_ON = 0.25
"""How often a question comes after another one, as in a conversation (encoder.in_context)."""
SAME_SUBJECT = 0.7
"""How often the question before it is of the same document; else the subject has changed."""


@dataclass(frozen=True)
class Answered:
    """A section: its document, the ways of asking it, and its passages as they are indexed."""

    title: str
    questions: tuple[str, ...]
    passages: tuple[str, ...]


def sections(library: Library) -> list[Answered]:
    """Every section that may be quoted."""
    return [
        Answered(
            d.title,
            (s.heading, *library.asked_as.get((d.id, s.heading), ())),
            tuple(f"{d.title}. {s.heading} {p.text}" for p in s.paragraphs),
        )
        for d in library.documents.values()
        if d.status != "withdrawn"
        for s in d.sections
    ]


def pairs(found: Sequence[Answered], rng: random.Random) -> list[tuple[str, str]]:
    """One batch: a question of each of BATCH sections, and what it is drawn towards."""
    shelves: dict[str, list[Answered]] = {}
    for section in found:
        shelves.setdefault(section.title, []).append(section)
    batch = []
    for section in _neighbours(shelves, rng):
        asked = rng.choice(section.questions)
        others = [q for q in section.questions if q != asked]
        to_passage = rng.random() < TO_PASSAGE or not others
        towards = rng.choice(section.passages if to_passage else others)
        if rng.random() < GOES_ON:
            asked = _going_on(asked, section, shelves, rng)
        batch.append((asked, towards))
    return batch


def _neighbours(shelves: Mapping[str, list[Answered]], rng: random.Random) -> list[Answered]:
    """BATCH sections, a few of each document: what is hard to tell apart must be told apart."""
    drawn: list[Answered] = []
    for title in rng.sample(list(shelves), len(shelves)):
        drawn += rng.sample(shelves[title], min(OF_A_DOCUMENT, len(shelves[title])))
    return drawn[:BATCH]


def _going_on(
    asked: str, section: Answered, shelves: Mapping[str, list[Answered]], rng: random.Random
) -> str:
    """The question after an earlier one; it leaves its subject out where that was the same."""
    same = rng.random() < SAME_SUBJECT
    title = section.title if same else rng.choice(list(shelves))
    earlier = rng.choice(rng.choice(shelves[title]).questions)
    return in_context(earlier, _without(asked, section.title) if same else asked)


def _without(asked: str, title: str) -> str:
    """The question with the words of the document's title left to "it"."""
    named = {word for word in re.findall(r"\w+", title.lower()) if len(word) > LONGEST_FILLER}
    words = ["it" if word.lower().strip("?.,!") in named else word for word in asked.split()]
    return " ".join(word for n, word in enumerate(words) if n == 0 or word != words[n - 1])


def fit(encoder: Encoder, found: Sequence[Answered], epochs: int) -> None:
    """Train the encoder's blocks in place."""
    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    torch.set_flush_denormal(True)
    model, rng = encoder.module, random.Random(SEED)  # noqa: S311  no secret
    opened = open_blocks(model)
    optimizer = torch.optim.AdamW(opened, lr=RATE, weight_decay=0.01)
    steps = epochs * max(1, sum(len(s.questions) for s in found) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, total_steps=steps + 1, pct_start=0.1
    )
    longest, model.max_seq_length = model.max_seq_length, LONGEST
    model.train()
    for _ in tqdm(range(steps), desc="training", unit="batch"):
        asked, answers = zip(*pairs(found, rng), strict=True)
        likeness = SCALE * _vectors(model, asked) @ _vectors(model, answers).T
        own = torch.arange(len(asked))
        loss = (
            torch.nn.functional.cross_entropy(likeness, own)
            + torch.nn.functional.cross_entropy(likeness.T, own)
        ) / 2
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(opened, 1.0)
        optimizer.step()
        schedule.step()
    model.max_seq_length = longest
    model.eval()


def _vectors(model: torch.nn.Module, texts: Sequence[str]) -> torch.Tensor:
    features = model.preprocess(list(texts))  # type: ignore[operator]
    with torch.autocast("cpu", dtype=torch.bfloat16):  # twice as fast where the CPU has AMX
        vectors = model(features)["sentence_embedding"]
    return torch.nn.functional.normalize(vectors.float())


def main(argv: Sequence[str] | None = None) -> None:
    """Train on the corpus in the settings, and write the low-rank difference."""
    parser = argparse.ArgumentParser(description="Teach the encoder to search this corpus.")
    parser.add_argument("--out", type=Path, default=SEARCH_MODEL)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    asked = parser.parse_args(argv)
    found = sections(Library.load(*Settings.load().corpus.folders))
    encoder = Encoder.load(EncoderSettings())
    published = state_of(encoder.module)
    fit(encoder, found, asked.epochs)
    adapter = difference(published, state_of(encoder.module), RANK)
    np.savez(asked.out, **adapter)  # type: ignore[arg-type]
    print(f"{len(found)} sections, seed {SEED}; {asked.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
