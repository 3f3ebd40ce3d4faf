"""retrieval: whether the section that answers a question is found, first or among the first five.

Only questions that the corpus answers, and whose sections somebody named, are asked.
"""

import time

from inspect_ai import Task, task

from evals.asking import messages_of, where_supported
from evals.evaluation import evaluation, sliced
from evals.observed import Observed
from evals.rates import Record
from evals.samples import Plan, chosen, read_records
from evals.scoring import Asked, Judged, Mark
from evals.systems import open_system

ABOUT = "The sections that are found for questions which the corpus answers."
DATASETS = ("questions_test.jsonl",)
QUICK = 40
FIRST = 5
FOLLOW_UP = "follow_up"
"""The kind of a question that needs the messages before it."""
FIGURES = (
    Asked("best_relevant", "answerable: best passage is relevant"),
    Asked("best_answers", "answerable: best passage is of grade 2"),
    Asked("in_first_five", f"answerable: a relevant section among the first {FIRST}"),
    Asked("follow_up_relevant", "follow-ups: best passage is relevant"),
)


@task
def retrieval(
    system: str = "lamplight",
    limit: int = 0,
    seed: int = 0,
    quick: bool = False,
    datasets: str = "",
) -> Task:
    """Search for each answerable question."""
    plan = Plan.of(limit, seed, quick, datasets)
    read = read_records(DATASETS[0], plan, needs=("id", "question", "answerable"))
    asked = [r for r in read if r["answerable"] and r.get("relevant")]
    records = chosen(asked, plan, QUICK, lambda r: str(r["kind"]))

    def observe(record: Record) -> Observed:
        begun = time.perf_counter()
        found = open_system(system).retrieve(messages_of(record))
        return Observed(found=found, milliseconds=(1000 * (time.perf_counter() - begun),))

    return evaluation(
        "retrieval",
        ABOUT,
        FIGURES,
        records,
        where_supported(observe),
        judge,
        slices=sliced("kind"),
        datasets=DATASETS,
    )


def judge(r: Record, observed: Observed) -> Judged:
    """Mark what was found for one question."""
    found = observed.found
    assert found is not None
    grades = {(x["document"], x["heading"]): x["grade"] for x in r["relevant"]}
    first = grades.get(found.sections[0], 0) if found.sections else 0
    told = {
        "best_relevant": first > 0,
        "best_answers": first == 2,
        "in_first_five": any(s in grades for s in found.sections[:FIRST]),
    }
    if r["kind"] == FOLLOW_UP:
        told["follow_up_relevant"] = told["best_relevant"]
    got = " / ".join(found.sections[0]) if found.sections else "nothing"
    expected = "; ".join(" / ".join(section) for section in grades)
    marks = [Mark(figure=f, hit=hit, expected=expected, got=got) for f, hit in told.items()]
    return Judged(marks=tuple(marks), score=found.confidence, truth=first > 0)
