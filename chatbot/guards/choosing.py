"""What is chosen on validation messages once the guard has learned: how sure, and from where.

One temperature calibrates the scores of risk, and thresholds are chosen by stated costs
(thresholds.py). Both read a message as the guard does. What was chosen is printed with its figures.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from chatbot.encoder import Encoder
from chatbot.guards.crisis import asks, windows
from chatbot.guards.examples import (
    ALLOWED,
    REQUESTS,
    Record,
    read_messages,
    request_of,
    risks_of,
)
from chatbot.guards.head import Head
from chatbot.guards.thresholds import Array, Chosen, Labels, calibrate, choose_refusal, softmax
from chatbot.schema import RISKS


def choose_risk(encoder: Encoder, head: Head, validation: Sequence[Record]) -> Head:
    """The head calibrated, with its two thresholds."""
    risks = risks_of(validation)
    chosen = calibrate(window_logits(encoder, head, [r["text"] for r in validation]), risks)
    _report(risks, chosen)
    words = head.word_weights.copy()
    words[:, : len(RISKS)] /= chosen.temperature
    return replace(
        head,
        weights=(head.weights / chosen.temperature).astype(np.float32),
        bias=(head.bias / chosen.temperature).astype(np.float32),
        word_weights=words,
        elevated=chosen.elevated,
        crisis=chosen.crisis,
        calm=chosen.calm,
    )


def choose_refusals(encoder: Encoder, head: Head, ordinary: Sequence[Record]) -> Head:
    """The head with the threshold from which a request is refused.

    `ordinary` are messages that were not written as requests; harmless ones must not be refused.
    """
    asked = read_messages("request_validation.jsonl")
    wanted = np.array([request_of(r) for r in asked])
    scores, reasons = refusal_scores(encoder, head, [r["messages"][-1] for r in asked])
    harmless = [r["text"] for r in ordinary if r["risk"] == "none"]
    others, _ = refusal_scores(encoder, head, harmless)
    refuse = choose_refusal(scores[wanted != ALLOWED], scores[wanted == ALLOWED], others)
    print(f"refused from {refuse:.2f}; validation requests n={len(asked)}")
    for n, name in enumerate(REQUESTS):
        stopped = scores[wanted == n] >= refuse
        right = (reasons[wanted == n] == n)[stopped].mean() if n and stopped.any() else 0.0
        print(f"  {name:12} (n={len(stopped)}) → refused {stopped.mean():.1%}, reason {right:.0%}")
    print(f"  harmless, no request (n={len(others)}) → refused {(others >= refuse).mean():.1%}")
    return replace(head, refuse=refuse)


def window_logits(encoder: Encoder, head: Head, texts: Sequence[str]) -> list[Array]:
    """Per message the logits of risk of each of its windows: (windows, 3)."""
    parts = [windows(text) for text in texts]
    flat = [w for p in parts for w in p]
    logits, _ = head.logits(flat, encoder.encode(flat, progress=True))
    sizes = np.cumsum([0, *(len(p) for p in parts)])
    return [logits[a:b].astype(float) for a, b in pairwise(sizes)]


def refusal_scores(encoder: Encoder, head: Head, texts: Sequence[str]) -> tuple[Array, Labels]:
    """Per message P(to be refused), and what is then most likely asked as a row of REQUESTS.

    Of the readings that tell what is asked (crisis.asks) the surest counts, as in the guard.
    """
    read = [asks([text]) or [text] for text in texts]
    flat = [one for readings in read for one in readings]
    _, logits = head.logits(flat, encoder.encode(flat))
    found = softmax(logits.astype(float))
    firsts = np.cumsum([0, *map(len, read)])
    surest = [a + int(found[a:b, ALLOWED].argmin()) for a, b in pairwise(firsts)]
    return 1 - found[surest, ALLOWED], 1 + found[surest, 1:].argmax(axis=1)


def _report(risks: Labels, chosen: Chosen) -> None:
    print(f"validation n={len(risks)}, cost {chosen.cost:.3f}")
    print(f"temperature {chosen.temperature:g}, calm {chosen.calm:g}")
    print(f"thresholds: elevated {chosen.elevated:.2f}, crisis {chosen.crisis:.2f}")
    for n, name in enumerate(RISKS):
        row = [f"{RISKS[v]} {(chosen.found[risks == n] == v).mean():.1%}" for v in range(3)]
        print(f"  {name:9} (n={int((risks == n).sum())}) → {', '.join(row)}")
