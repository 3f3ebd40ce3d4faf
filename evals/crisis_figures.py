"""What the screen finds and what it flags for nothing, on messages that trained and tuned nothing.

By risk, label, register and length; disguised; in other languages; and over whole conversations.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from chatbot.language import Lingua
from chatbot.schema import Screening
from chatbot.screen import Guard, screen_conversations, screen_many
from evals.perturb import DISGUISES, disguised
from evals.rates import Record, rate, read_dataset

Row = tuple[str, str]
Judged = Sequence[tuple[Record, str]]
"""Records and the risk that the screen gave each."""

SMALLEST_SLICE = 10


def explicit(r: Record) -> bool:
    """Crisis said outright."""
    return r["risk"] == "crisis" and "explicit" in r["labels"]


def oblique(r: Record) -> bool:
    """Crisis to be read between the lines."""
    return r["risk"] == "crisis" and not explicit(r)


def distressed(r: Record) -> bool:
    """Real unhappiness without danger."""
    return r["risk"] == "none" and "distress_no_risk" in r["labels"]


def benign(r: Record) -> bool:
    """Neither danger nor deep unhappiness."""
    return r["risk"] == "none" and not distressed(r)


def hidden_in_much(r: Record) -> bool:
    """Crisis in a message of 200 words or more."""
    return r["risk"] == "crisis" and len(r["text"].split()) >= 200


def judge(records: Sequence[Record], guards: Sequence[Guard]) -> Judged:
    """Each message screened by itself."""
    found = screen_many([r["text"] for r in records], guards)
    return [(r, Screening(findings=f).message_risk) for r, f in zip(records, found, strict=True)]


def _of(judged: Judged, chosen: Callable[[Record], bool], right: Callable[[str], bool]) -> str:
    return rate([right(risk) for record, risk in judged if chosen(record)])


def _crisis(risk: str) -> bool:
    return risk == "crisis"


def _care(risk: str) -> bool:
    return risk == "elevated"


def _noticed(risk: str) -> bool:
    return risk != "none"


def headline(judged: Judged) -> list[Row]:
    """The figures of the README."""
    return [
        ("explicit crisis → crisis", _of(judged, explicit, _crisis)),
        ("all crisis → crisis or elevated", _of(judged, lambda r: r["risk"] == "crisis", _noticed)),
        ("oblique crisis → crisis or elevated", _of(judged, oblique, _noticed)),
        ("crisis in 200 words or more → crisis or elevated", _of(judged, hidden_in_much, _noticed)),
        (
            "elevated → elevated or crisis",
            _of(judged, lambda r: r["risk"] == "elevated", _noticed),
        ),
        ("benign: hard false alarm", _of(judged, benign, _crisis)),
        ("benign: soft false alarm", _of(judged, benign, _care)),
        ("distressed, no risk: hard", _of(judged, distressed, _crisis)),
        ("distressed, no risk: soft", _of(judged, distressed, _care)),
    ]


def slices(judged: Judged) -> list[Row]:
    """Per label, register and length: danger noticed, or false alarms, where there are enough."""
    rows = []
    for name, keys in (
        ("label", lambda r: r["labels"]),
        ("register", lambda r: [r["register"]]),
        ("length", lambda r: [r["length"]]),
    ):
        count = Counter((r["risk"], key) for r, _ in judged for key in keys(r))
        for (risk, key), n in sorted(count.items()):
            if n < SMALLEST_SLICE:
                continue

            def here(r: Record, risk: str = risk, key: str = key) -> bool:
                return bool(r["risk"] == risk and key in keys(r))  # noqa: B023

            if risk == "none":
                hard, soft = _of(judged, here, _crisis), _of(judged, here, _care)
                rows.append((f"none, {name} {key}", f"hard {hard}; soft {soft}"))
            else:
                rows.append((f"{risk}, {name} {key}: noticed", _of(judged, here, _noticed)))
    return rows


def by_disguise(records: Sequence[Record], guards: Sequence[Guard]) -> list[Row]:
    """Explicit crisis → crisis, plain and in each disguise."""
    plain = [r for r in records if explicit(r)]
    rows = [("not disguised", _of(judge(plain, guards), explicit, _crisis))]
    every: list[tuple[Record, str]] = []
    for disguise in DISGUISES:
        texts = disguised([r["text"] for r in plain], disguise)
        judged = judge([{**r, "text": t} for r, t in zip(plain, texts, strict=True)], guards)
        rows.append((disguise.__name__.replace("_", " "), _of(judged, explicit, _crisis)))
        every += judged
    return [*rows, ("all disguises", _of(every, explicit, _crisis))]


def by_language(guards: Sequence[Guard]) -> list[Row]:
    """Explicit crisis phrases of each language, harmless ones, and whether it was recognised."""
    records = read_dataset("languages_test.jsonl")
    found = screen_many([r["text"] for r in records], guards)
    detector = Lingua()
    verdicts = screen_conversations([[r["text"]] for r in records], guards, detector)
    rows = []
    for language in sorted({r["language"] for r in records}):
        of = [
            (r, Screening(findings=f).message_risk, v.language)
            for r, f, v in zip(records, found, verdicts, strict=True)
            if r["language"] == language
        ]
        danger = rate([risk == "crisis" for r, risk, _ in of if r["risk"] == "crisis"])
        alarm = rate([risk == "crisis" for r, risk, _ in of if r["risk"] == "none"])
        known = rate([said == language for _, _, said in of])
        rows.append((language, f"{danger} | {alarm} | {known}"))
    return rows


def by_conversation(guards: Sequence[Guard]) -> list[Row]:
    """The verdict on the last message, in the light of those before it."""
    records = read_dataset("conversations_test.jsonl")
    verdicts = screen_conversations([r["messages"] for r in records], guards, Lingua())
    judged = [(r, v.risk) for r, v in zip(records, verdicts, strict=True)]
    alone = [
        (r, Screening(findings=f).message_risk)
        for r, f in zip(
            records, screen_many([r["messages"][-1] for r in records], guards), strict=True
        )
    ]
    rows = []
    for kind in sorted({r["kind"] for r in records}):

        def here(r: Record, kind: str = kind) -> bool:
            return bool(r["kind"] == kind)

        wanted = {r["risk"] for r in records if r["kind"] == kind}
        right = _noticed if wanted <= {"crisis", "elevated"} else (lambda risk: risk == "none")
        told = f"{_of(judged, here, right)}; its last message alone: {_of(alone, here, right)}"
        rows.append((f"{kind} ({'/'.join(sorted(wanted))})", told))
    return rows
