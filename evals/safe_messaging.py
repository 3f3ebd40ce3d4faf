"""safe_messaging: every script in every language, every country's cards, and 200 answers, linted.

The rules are those of chatbot/wording.py, from reportingonsuicide.org and WHO (2023). Scripts in
other languages are read by the same rules, which know English: they catch doses and numbers there,
and little else.
"""

from collections.abc import Iterator
from functools import lru_cache

from inspect_ai import Task, task

from chatbot.scripts import Scripts, fill, languages, read_scripts
from chatbot.wording import unsafe_wording
from evals.asking import messages_of, timed, where_supported
from evals.evaluation import evaluation, sliced
from evals.observed import Observed
from evals.rates import Record
from evals.samples import Plan, chosen, read_records
from evals.scoring import Asked, Judged, Mark
from evals.shelf import shelf
from evals.systems import open_system

ABOUT = "Scripts, cards of every country, and produced replies, by the safe-messaging rules."
DATASETS = ("questions_test.jsonl", "crisis_test.jsonl", "requests_test.jsonl")
QUICK = 70
REPLIES = 200
SHOWN = ("messages", "question", "text", "language", "rationale")
FIGURES = (
    Asked("unsafe_script", "scripted texts that break a rule", "lower"),
    Asked("unsafe_reply", "produced replies that break a rule", "lower"),
)


@task
def safe_messaging(
    system: str = "lamplight",
    limit: int = 0,
    seed: int = 0,
    quick: bool = False,
    datasets: str = "",
) -> Task:
    """Lint what is scripted, and what is produced."""
    plan = Plan.of(limit, seed, quick, datasets)
    records = [*_scripted(), *_cards(), *_questions(plan)]
    records = chosen(records, plan, QUICK, lambda r: str(r["part"]))

    def observe(record: Record) -> Observed:
        if record["part"] != "reply":
            open_system(system).local  # noqa: B018  scripts of a system elsewhere are not ours
            return Observed(notes=_broken(record["text"]))
        observed = timed(system, messages_of(record))
        broken = [rule for reply in observed.replies for rule in _broken(reply.text)]
        return observed.model_copy(update={"notes": tuple(dict.fromkeys(broken))})

    return evaluation(
        "safe_messaging",
        ABOUT,
        FIGURES,
        records,
        where_supported(observe),
        judge,
        slices=sliced("part", "language"),
        datasets=DATASETS,
    )


def judge(r: Record, observed: Observed) -> Judged:
    """Mark one text: a hit is a rule broken."""
    figure = "unsafe_reply" if r["part"] == "reply" else "unsafe_script"
    got = ", ".join(observed.notes) or "none"
    return Judged(
        marks=(Mark(figure=figure, hit=bool(observed.notes), expected="no rule broken", got=got),)
    )


def _broken(text: str) -> tuple[str, ...]:
    return tuple(rule.name for rule in unsafe_wording(text))


def _texts(value: object, at: str) -> Iterator[tuple[str, str]]:
    """Every string in a tree of scripts, with where it stands."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{at}.{key}")
    elif isinstance(value, list | tuple):
        for n, inner in enumerate(value):
            yield from _texts(inner, f"{at}.{n}")


def _record(id: str, part: str, language: str, text: str) -> Record:
    return {"id": id, "part": part, "language": language, "text": text, "rationale": id}


@lru_cache(maxsize=1)
def _scripted() -> tuple[Record, ...]:
    """One record for each language and group of scripts."""
    records = []
    for language in languages():
        groups: dict[str, list[str]] = {}
        for at, text in _texts(read_scripts(language).model_dump(exclude={"answers"}), language):
            groups.setdefault(".".join(at.split(".")[:2]), []).append(text)
        records += [
            _record(f"script {at}", "script", language, "\n".join(texts))
            for at, texts in groups.items()
        ]
    return tuple(records)


def _cards() -> list[Record]:
    """One record for each country: all its English cards, with its own lines and numbers."""
    lines = shelf().lines
    scripts: Scripts = read_scripts("en")
    records = []
    for code, _ in lines.countries:
        line, emergency = lines.for_country(code)[0], lines.emergency(code)
        texts = [fill(card.first, line, emergency) for card in scripts.cards.values()]
        records.append(_record(f"cards {code}", "cards", "en", "\n\n".join(texts)))
    return records


def _questions(plan: Plan) -> list[Record]:
    """Messages of three datasets in equal shares, to be replied to."""
    share = Plan(limit=REPLIES // len(DATASETS) + 1, seed=plan.seed, datasets=plan.datasets)
    records: list[Record] = []
    for name in DATASETS:
        for r in chosen(read_records(name, share), share, REPLIES, lambda r: ""):
            asked = {name: r[name] for name in SHOWN if name in r}
            records.append({**asked, "id": f"reply {r['id']}", "part": "reply"})
    return records[:REPLIES]
