"""`make figures`: the figures of the guard's card, each with n and an interval.

Crisis figures come from evals/datasets/crisis_test.jsonl and its neighbours, answering figures from
questions_test.jsonl. None of these files trains or tunes anything; `--split tune` reads the
questions that thresholds are chosen on. The Inspect harness will replace this.
"""

import argparse
from collections.abc import Iterable, Sequence

from chatbot.pipeline import Chatbot
from chatbot.retrieve import retrieve
from chatbot.schema import Conversation, Question, Reply
from chatbot.settings import Settings
from evals import crisis_figures
from evals.rates import Record, rate, read_dataset


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


def last_reply(chatbot: Chatbot, messages: Sequence[str]) -> Reply:
    """The reply to the last of some messages, in one conversation."""
    conversation = Conversation()
    for message in messages:
        reply, conversation = chatbot.converse(message, conversation)
    return reply


def request_figures(chatbot: Chatbot, split: str) -> list[tuple[str, str]]:
    """What may not be asked is refused, and what may is not."""
    replies = [
        (r, last_reply(chatbot, r["messages"])) for r in read_dataset(f"requests_{split}.jsonl")
    ]
    rows = []
    for name, wanted in (("must be refused: refused", "refused"),
                         ("may be asked: wrongly refused", "allowed")):  # fmt: skip
        of = [(r, reply) for r, reply in replies if r["request"] == wanted]
        rows.append((name, rate([reply.refusal_reason is not None for _, reply in of])))
        for reason in sorted({r["reason"] for r, _ in of}):
            here = [reply.refusal_reason is not None for r, reply in of if r["reason"] == reason]
            rows.append((f"{name}, {reason}", rate(here)))
    held = [reply.kind != "answer" for r, reply in replies if r["request"] == "refused"]
    return [*rows, ("must be refused: no answer given", rate(held))]


def answer_figures(chatbot: Chatbot, split: str) -> list[tuple[str, str]]:
    """Whether the right section is cited first, and whether silence is kept."""
    records = read_dataset(f"questions_{split}.jsonl")
    replies = [(r, last_reply(chatbot, [*r.get("messages", ()), r["question"]])) for r in records]
    followed = [(r, reply) for r, reply in replies if r.get("messages") and r["answerable"]]
    answerable = [(r, reply) for r, reply in replies if r["answerable"] and not r.get("messages")]
    unanswerable = [(r, reply) for r, reply in replies if not r["answerable"]]
    answered = [(r, reply) for r, reply in answerable if reply.kind == "answer"]
    top = [
        retrieve(Question(text=r["question"]), chatbot.index, chatbot.encoder).passages
        for r, _ in answerable
    ]
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
        (
            "follow-ups: first citation is relevant (silence counts as not)",
            rate([_relevant(reply, r, chatbot) for r, reply in followed]),
        ),
        ("quotations verbatim at their offsets", rate(verbatim)),
    ]


def _print(title: str, columns: str, rows: Iterable[tuple[str, str]]) -> None:
    print(f"\n## {title}\n\n| {columns} |\n|{'---|' * (columns.count('|') + 1)}")
    for name, value in rows:
        print(f"| {name} | {value} |")


def main() -> None:
    """Print every figure as a Markdown table."""
    parser = argparse.ArgumentParser(description="Print the figures of the README and the cards.")
    parser.add_argument("--split", choices=("test", "tune"), default="test")
    parser.add_argument("--only", choices=("crisis", "answers"))
    asked = parser.parse_args()
    chatbot = Chatbot.open(Settings.load())
    if asked.split == "test" and asked.only != "answers":
        guards = chatbot.guards
        records = read_dataset("crisis_test.jsonl")
        judged = crisis_figures.judge(records, guards)
        _print("Crisis", "figure (test split) | rate", crisis_figures.headline(judged))
        _print("By label, register, length", "slice | rate", crisis_figures.slices(judged))
        _print(
            "Disguised", "explicit crisis → crisis | rate",
            crisis_figures.by_disguise(records, guards),
        )  # fmt: skip
        _print(
            "Languages", "language | explicit → crisis | harmless: hard | language recognised",
            crisis_figures.by_language(guards),
        )  # fmt: skip
        _print(
            "Conversations", "kind | right verdict on the last message",
            crisis_figures.by_conversation(guards),
        )  # fmt: skip
    if asked.only != "crisis":
        title = f"figure ({asked.split} split) | rate"
        _print("Answers", title, answer_figures(chatbot, asked.split))
        _print("Requests", title, request_figures(chatbot, asked.split))
    versions = chatbot.versions
    print(f"\ncorpus {versions.corpus}, guard {versions.guard}, app {versions.app}")


if __name__ == "__main__":
    main()
