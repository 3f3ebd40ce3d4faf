"""accuracy: whether the key facts stand in the reply, and nothing contradicts them.

A fact is a list of ways to say it: a phrase, or a /regular expression/. All facts of a sample must
be found in what was told. Silence tells nothing, even where it offers a heading that holds the
words; nor can it contradict. Among replies that answered, facts are counted apart.
"""

import re
from collections.abc import Sequence

from inspect_ai import Task, task

from evals.asking import conversed
from evals.evaluation import evaluation, sliced
from evals.observed import Observed
from evals.rates import Record
from evals.samples import Plan, chosen, read_records
from evals.scoring import Asked, Judged, Mark

ABOUT = "Key facts present in the reply, and none contradicted."
DATASETS = ("facts_test.jsonl",)
QUICK = 25
FIGURES = (
    Asked("facts_present", "questions with every key fact in the reply"),
    Asked("facts_when_answered", "answered: every key fact in the reply"),
    Asked("contradicted", "answers that contradict a key fact", "lower"),
)


@task
def accuracy(
    system: str = "lamplight",
    limit: int = 0,
    seed: int = 0,
    quick: bool = False,
    datasets: str = "",
) -> Task:
    """Ask each question, and look for its facts."""
    plan = Plan.of(limit, seed, quick, datasets)
    read = read_records(DATASETS[0], plan, needs=("id", "question", "facts"))
    return evaluation(
        "accuracy",
        ABOUT,
        FIGURES,
        chosen(read, plan, QUICK, lambda r: str(r["kind"])),
        conversed(system),
        judge,
        slices=sliced("kind"),
        datasets=DATASETS,
    )


def judge(r: Record, observed: Observed) -> Judged:
    """Mark one reply."""
    reply = observed.replies[-1]
    told = reply.kind == "answer" or bool(reply.sentences)
    missing = [fact[0] for fact in r["facts"] if not (told and stands(fact, reply.text))]
    against = [c for c in r.get("contradicted_by", []) if stands([c], reply.text)]
    got = f"{reply.kind}, without: {'; '.join(missing)}" if missing else reply.kind
    present = Mark(figure="facts_present", hit=not missing, expected="every fact", got=got)
    marks = [present]
    if told:
        got = "; ".join(against) or "none"
        marks.append(
            Mark(figure="contradicted", hit=bool(against), expected="no contradiction", got=got)
        )
    if reply.kind == "answer":
        marks.append(present.model_copy(update={"figure": "facts_when_answered"}))
    return Judged(marks=tuple(marks))


def stands(ways: Sequence[str], text: str) -> bool:
    """Whether a text holds any of some phrases, in any case, or matches any /expression/.

    >>> stands(["within minutes", "/peak\\\\w* .*minutes/"], "It peaks in a few minutes.")
    True
    """
    plain = " ".join(text.replace("’", "'").split())
    for way in ways:
        if len(way) > 2 and way.startswith("/") and way.endswith("/"):
            if re.search(way[1:-1], plain, re.IGNORECASE):
                return True
        elif " ".join(way.replace("’", "'").split()).casefold() in plain.casefold():
            return True
    return False
