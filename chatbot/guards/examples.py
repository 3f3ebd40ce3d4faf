"""What the guard learns from: the messages of training/, as texts with what is known of each.

Long messages are learned by their windows: all of a harmless one are harmless; of a worrying one
those that hold its marked sentence (`signal`) are learned, and where none is marked the window that
the model finds worst after each epoch (multiple-instance learning).

A message's danger says nothing of whether its question may be answered, and the other way round:
each text teaches only what is known of it (`UNKNOWN` is never learned). Of the messages written for
danger, unhappy ones without risk and ordinary questions are known to be allowed.
"""

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from chatbot.guards.asking import asking
from chatbot.guards.crisis import windows
from chatbot.guards.misspell import misspelt
from chatbot.guards.thresholds import Labels
from chatbot.schema import RISKS, RefusalReason

DATA = Path(__file__).parent / "training"
BATCH = 32
HELD_OUT = 0.10
MISSPELT = 0.2
UNKNOWN = -100
"""A label that is not known: torch's cross-entropy leaves it out."""
REQUESTS = ("allowed", *get_args(RefusalReason))
ALLOWED = REQUESTS.index("allowed")
QUESTIONS = "search query"
"""The register of ordinary questions."""
Record = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """A text to learn from: its risk as a row of RISKS, what is asked as one of REQUESTS."""

    text: str
    risk: int = UNKNOWN
    request: int = UNKNOWN


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
        asks = _asks(record)
        whole, *parts = (Example(t, int(risk), asks) for t in windows(record["text"]))
        sure.append(whole)
        if not risk:
            sure += parts
        elif parts and record.get("signal"):
            sure += [part for part in parts if _holds(part.text, record["signal"])]
        elif parts:
            bags.append(parts)
    return sure, bags


def _asks(record: Record) -> int:
    known = record.get("register") == QUESTIONS or "distress_no_risk" in record["labels"]
    return ALLOWED if known and record["risk"] == "none" else UNKNOWN


def requests(records: Sequence[Record]) -> list[Example]:
    """Messages of which it is known whether they may be answered, each with its turns as one.

    The sentences that ask are learned alone too, as the guard reads them: all of a message that
    may be answered, and of one that may not the only one, where it has one.
    """
    whole = [Example(asked_text(r), request=request_of(r)) for r in records]
    alone = [(asking(r["messages"][-1]), request_of(r)) for r in records]
    return whole + [
        Example(windows(sentence)[0], request=label)
        for sentences, label in alone
        if label == ALLOWED or len(sentences) == 1
        for sentence in sentences
    ]


def asked_text(record: Record) -> str:
    """A request as the guard reads it: the last turn, behind the one before it."""
    return windows(" ".join(record["messages"][-2:]))[0]


def request_of(record: Record) -> int:
    """What is asked as a row of REQUESTS."""
    return REQUESTS.index(record["reason"] if record["request"] == "refused" else "allowed")


def _holds(window: str, signal: str) -> bool:
    """Whether most of a sentence's words stand in a window, in order and without a gap."""
    found, wanted = window.split(), windows(signal)[0].split()
    most = max(1, round(0.7 * len(wanted)))
    for first in range(len(wanted) - most + 1):
        run = wanted[first : first + most]
        if any(found[n : n + most] == run for n in range(len(found) - most + 1)):
            return True
    return False


def slip(text: str, slips: random.Random) -> str:
    """Some texts mistyped, so that spelling matters less."""
    return misspelt(text, slips) if slips.random() < MISSPELT else text


def batches(shown: Sequence[Example], order: np.random.Generator) -> list[list[Example]]:
    """Batches of texts of like length, in a random order."""
    jittered = np.array([len(e.text) for e in shown]) * order.uniform(0.8, 1.2, len(shown))
    rows = np.argsort(jittered)
    batches = [[shown[n] for n in rows[a : a + BATCH]] for a in range(0, len(rows), BATCH)]
    order.shuffle(batches)
    return batches
