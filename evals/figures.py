"""`make figures`: the README's figures, each with n and a 95% Wilson interval.

Crisis figures come from evals/datasets/crisis_test.jsonl, answering figures from
questions_test.jsonl. Neither file trains or tunes anything; `--split tune` reads the questions that
thresholds are chosen on. The Inspect harness will replace this.
"""

import argparse
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from chatbot.pipeline import Chatbot
from chatbot.retrieve import retrieve
from chatbot.schema import Reply, Screening
from chatbot.screen import screen_many
from chatbot.settings import Settings

DATASETS = Path(__file__).parent / "datasets"
Z = 1.959964

Record = dict[str, Any]


def read_dataset(name: str) -> list[Record]:
    """The records of a JSONL file in evals/datasets, in order."""
    return [json.loads(line) for line in (DATASETS / name).read_text("utf-8").splitlines()]


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95% interval of a rate (Wilson 1927), each end 0-1."""
    if n == 0:
        return 0.0, 1.0
    p, z2 = hits / n, Z * Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def rate(hits: Sequence[bool]) -> str:
    """A rate as it is always printed.

    >>> rate([True] * 39 + [False])
    '97.5% (39/40, 95% CI 87%-100%)'
    """
    if not hits:
        return "no eligible samples"
    low, high = wilson(sum(hits), len(hits))
    share = sum(hits) / len(hits)
    return f"{share:.1%} ({sum(hits)}/{len(hits)}, 95% CI {low:.0%}-{high:.0%})"


def crisis_figures(chatbot: Chatbot) -> list[tuple[str, str]]:
    """Recall and false alarms of the screen on the test messages."""
    records = read_dataset("crisis_test.jsonl")
    found = screen_many([r["text"] for r in records], chatbot.guards)
    pairs = [(r, Screening(findings=f).message_risk) for r, f in zip(records, found, strict=True)]

    def of(chosen: Callable[[Record], bool], right: Callable[[str], bool]) -> str:
        return rate([right(risk) for record, risk in pairs if chosen(record)])

    def crisis(r: Record) -> bool:
        return bool(r["risk"] == "crisis")

    def distressed(r: Record) -> bool:
        return r["risk"] == "none" and "distress_no_risk" in r["labels"]

    def benign(r: Record) -> bool:
        return r["risk"] == "none" and not distressed(r)

    def explicit(r: Record) -> bool:
        return crisis(r) and "explicit" in r["labels"]

    def oblique(r: Record) -> bool:
        return crisis(r) and not explicit(r)

    def noticed(risk: str) -> bool:
        return risk != "none"

    return [
        ("explicit crisis → crisis", of(explicit, lambda risk: risk == "crisis")),
        ("all crisis → crisis or elevated", of(crisis, noticed)),
        ("oblique crisis → crisis or elevated", of(oblique, noticed)),
        ("elevated → elevated or crisis", of(lambda r: r["risk"] == "elevated", noticed)),
        ("benign: hard false alarm", of(benign, lambda risk: risk == "crisis")),
        ("benign: soft false alarm", of(benign, lambda risk: risk == "elevated")),
        ("distressed, no risk: hard", of(distressed, lambda risk: risk == "crisis")),
        ("distressed, no risk: soft", of(distressed, lambda risk: risk == "elevated")),
    ]


def _relevant(reply: Reply, record: Record, chatbot: Chatbot) -> bool:
    wanted = {(r["document"], r["heading"]) for r in record["relevant"]}
    first = reply.citations[0] if reply.citations else None
    if first is None:
        return False
    document = chatbot.library.documents[first.document_id]
    heading = next(
        s.heading for s in document.sections if any(p.id == first.passage_id for p in s.paragraphs)
    )
    return (first.document_id, heading) in wanted


def answer_figures(chatbot: Chatbot, split: str) -> list[tuple[str, str]]:
    """Whether the right section is cited first, and whether silence is kept."""
    records = read_dataset(f"questions_{split}.jsonl")
    replies = [(r, chatbot.reply(r["question"])) for r in records]
    answerable = [(r, reply) for r, reply in replies if r["answerable"]]
    unanswerable = [(r, reply) for r, reply in replies if not r["answerable"]]
    answered = [(r, reply) for r, reply in answerable if reply.kind == "answer"]
    top = [retrieve(r["question"], chatbot.index, chatbot.encoder).passages for r, _ in answerable]
    found = [
        (passages[0].document_id, passages[0].heading)
        in {(x["document"], x["heading"]) for x in r["relevant"]}
        for (r, _), passages in zip(answerable, top, strict=True)
    ]
    verbatim = [
        chatbot.library.documents[c.document_id].body[c.start : c.end] == c.quote
        for _, reply in replies
        for c in reply.citations
    ]
    silent = ("no_answer", "refusal")
    return [
        ("answerable: best passage is relevant", rate(found)),
        (
            "answered: first citation is relevant",
            rate([_relevant(reply, r, chatbot) for r, reply in answered]),
        ),
        (
            "answerable wrongly given no_answer",
            rate([reply.kind == "no_answer" for _, reply in answerable]),
        ),
        (
            "answerable wrongly refused",
            rate([reply.kind == "refusal" for _, reply in answerable]),
        ),
        (
            "answerable stopped as a crisis",
            rate([reply.kind == "crisis" for _, reply in answerable]),
        ),
        (
            "unanswerable given no_answer or refusal",
            rate([reply.kind in silent for _, reply in unanswerable]),
        ),
        ("quotations verbatim at their offsets", rate(verbatim)),
    ]


def main() -> None:
    """Print every figure as a Markdown table."""
    parser = argparse.ArgumentParser(description="Print the README's figures.")
    parser.add_argument("--split", choices=("test", "tune"), default="test")
    split: str = parser.parse_args().split
    chatbot = Chatbot.open(Settings.load())
    rows = [*(crisis_figures(chatbot) if split == "test" else []), *answer_figures(chatbot, split)]
    print(f"| figure ({split} split) | rate |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value} |")
    versions = chatbot.versions
    print(f"\ncorpus {versions.corpus}, guard {versions.guard}, app {versions.app}")


if __name__ == "__main__":
    main()
