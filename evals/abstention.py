"""abstention: whether silence is kept where the corpus has no answer, and only there."""

from inspect_ai import Task, task

from evals.asking import messages_of, timed
from evals.evaluation import evaluation, sliced
from evals.observed import Found, Observed
from evals.rates import Record
from evals.samples import Plan, chosen, read_records
from evals.scoring import Asked, Judged, Mark
from evals.systems import Unsupported, open_system

ABOUT = "Silence where the corpus has no answer, and answers where it has one."
DATASETS = ("questions_test.jsonl",)
QUICK = 40
SILENT = ("no_answer", "refusal")
FIGURES = (
    Asked("kept_silent", "unanswerable given no_answer or refusal"),
    Asked("answered", "answerable answered"),
    Asked("wrongly_silent", "answerable wrongly given no_answer", "lower"),
    Asked("wrongly_refused", "answerable wrongly refused", "lower"),
    Asked("wrongly_stopped", "answerable stopped as a crisis", "lower"),
)


@task
def abstention(
    system: str = "lamplight",
    limit: int = 0,
    seed: int = 0,
    quick: bool = False,
    datasets: str = "",
) -> Task:
    """Ask every question, answerable or not."""
    plan = Plan.of(limit, seed, quick, datasets)
    read = read_records(DATASETS[0], plan, needs=("id", "question", "answerable"))
    records = chosen(read, plan, QUICK, lambda r: f"{r['answerable']} {r['kind']}")

    def observe(record: Record) -> Observed:
        return timed(system, messages_of(record)).model_copy(
            update={"found": _found(system, record)}
        )

    return evaluation(
        "abstention",
        ABOUT,
        FIGURES,
        records,
        observe,
        judge,
        slices=sliced("kind", "why_unanswerable"),
        datasets=DATASETS,
    )


def _found(system: str, record: Record) -> Found | None:
    """How sure retrieval is, where the system can say."""
    try:
        return open_system(system).retrieve(messages_of(record))
    except Unsupported:
        return None


def judge(r: Record, observed: Observed) -> Judged:
    """Mark the kind of reply that one question got."""
    kind = observed.replies[-1].kind
    if r["answerable"]:
        told = {
            "answered": kind == "answer",
            "wrongly_silent": kind == "no_answer",
            "wrongly_refused": kind == "refusal",
            "wrongly_stopped": kind == "crisis",
        }
    else:
        told = {"kept_silent": kind in SILENT}
    expected = "answer" if r["answerable"] else "no_answer or refusal"
    return Judged(
        marks=tuple(Mark(figure=f, hit=h, expected=expected, got=kind) for f, h in told.items()),
        score=observed.found.confidence if observed.found else None,
        truth=bool(r["answerable"]) if observed.found else None,
    )
