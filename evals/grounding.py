"""grounding: whether every sentence of an answer is cited, to the letter, and to the point.

Citation recall and precision follow ALCE (Gao et al. 2023, arXiv:2305.14627), with "supports" read
strictly: the sentence stands in the quotation, word for word. Recall: sentences that their
citations support. Precision: citations that support a sentence which cites them. Whether a citation
is to the point is judged by the sections that a reader of the corpus named.
"""

from pathlib import Path

from inspect_ai import Task, task

from chatbot.library import Library
from chatbot.schema import Citation, Reply
from evals.asking import messages_of, talked, timed, where_supported
from evals.evaluation import Observe, evaluation, sliced
from evals.observed import Observed
from evals.own_documents import with_own
from evals.rates import Record
from evals.samples import Plan, chosen, read_records
from evals.scoring import Asked, Judged, Mark
from evals.shelf import shelf
from evals.systems import the_settings

ABOUT = "Every sentence of an answer: cited, verbatim, to the point, and never from withdrawn text."
DATASETS = ("questions_test.jsonl",)
QUICK = 40
WITHDRAWN = "withdrawn"
DOCUMENTS = 6
"""How many documents are withdrawn for the questions that they would answer."""
FIGURES = (
    Asked("supported", "sentences supported by their citations (citation recall)"),
    Asked("precise", "citations that support a sentence (citation precision)"),
    Asked("verbatim", "quotations verbatim at their offsets, in a document that may be quoted"),
    Asked("sourced", "citations with a named authority behind them"),
    Asked("nothing_added", "answers with no word that is neither cited nor scripted"),
    Asked("first_relevant", "answered: first citation is relevant"),
    Asked("on_point", "citations to a relevant section"),
    Asked("withdrawn_cited", "questions of withdrawn documents: one of them quoted", "lower"),
)


@task
def grounding(
    system: str = "lamplight",
    limit: int = 0,
    seed: int = 0,
    quick: bool = False,
    datasets: str = "",
) -> Task:
    """Ask answerable questions, some of them with their documents withdrawn."""
    plan = Plan.of(limit, seed, quick, datasets)
    read = read_records(DATASETS[0], plan, needs=("id", "question", "answerable"))
    answerable = [r for r in read if r["answerable"] and r.get("relevant")]
    withdrawn = _withdrawn(answerable)
    records = chosen(
        [*({**r, "part": "asked"} for r in answerable), *withdrawn],
        plan,
        QUICK,
        lambda r: str(r["part"]),
    )
    return evaluation(
        "grounding",
        ABOUT,
        FIGURES,
        records,
        _observe(system, sorted({_answering(r) for r in withdrawn})),
        judge,
        slices=sliced("kind"),
        datasets=DATASETS,
    )


def _answering(r: Record) -> str:
    best = max(r["relevant"], key=lambda x: x["grade"])
    return str(best["document"])


def _withdrawn(records: list[Record]) -> list[Record]:
    """The questions of the documents that most questions are about, to be asked without them."""
    count: dict[str, int] = {}
    for r in records:
        count[_answering(r)] = count.get(_answering(r), 0) + 1
    most = sorted(count, key=lambda d: (-count[d], d))[:DOCUMENTS]
    return [
        {**r, "id": f"{r['id']}/{WITHDRAWN}", "part": WITHDRAWN, WITHDRAWN: most}
        for r in records
        if _answering(r) in most
    ]


def _observe(system: str, documents: list[str]) -> Observe:
    def write(folder: Path) -> None:
        for id in documents:
            file = shelf().document(id).file
            text = file.read_text("utf-8").split("\n")
            text = ["status: withdrawn" if line.startswith("status:") else line for line in text]
            (folder / file.name).write_text("\n".join(text), "utf-8")

    def observe(record: Record) -> Observed:
        if record["part"] != WITHDRAWN:
            return timed(system, messages_of(record))
        opened = with_own(system, WITHDRAWN + " ".join(documents), write)
        return talked(opened, messages_of(record))

    return where_supported(observe)


def judge(r: Record, observed: Observed) -> Judged:
    """Mark the citations of one answer; what is no answer has none and gives no marks."""
    reply = observed.replies[-1]
    if r["part"] == WITHDRAWN:
        cited = sorted({c.document_id for said in observed.replies for c in said.citations})
        hit = any(id in cited for id in r[WITHDRAWN])
        mark = Mark(
            figure="withdrawn_cited", hit=hit, expected="not quoted", got=" ".join(cited) or "-"
        )
        return Judged(marks=(mark,))
    if reply.kind != "answer":
        return Judged()
    marks = [*_sentences(reply), *_citations(reply)]
    library = shelf()
    if library.version == reply.versions.corpus:  # another corpus cannot be held against this one
        marks += _against(library, reply, r)
    if reply.risk == "none":
        marks.append(_added(reply))
    return Judged(marks=tuple(marks))


def _sentences(reply: Reply) -> list[Mark]:
    if not reply.sentences:
        nothing = Mark(figure="supported", hit=False, expected="supported", got="no sentence")
        return [nothing]
    quotes = {c.n: c.quote for c in reply.citations}
    marks = []
    for n, sentence in enumerate(reply.sentences, 1):
        missing = [c for c in sentence.citations if c not in quotes]
        behind = " ".join(quotes[c] for c in sentence.citations if c in quotes)
        said = sentence.text.strip()
        hit = bool(said) and not missing and said in behind
        got = "not in its quotation" if behind else "no citation"
        marks.append(
            Mark(figure="supported", hit=hit, expected="supported", got=got, part=f"sentence {n}")
        )
    return marks


def _citations(reply: Reply) -> list[Mark]:
    marks = []
    for c in reply.citations:
        part = f"citation {c.n}"
        used = any(c.n in s.citations and s.text in c.quote for s in reply.sentences)
        marks += [
            Mark(figure="precise", hit=used, expected="supports a sentence", got="none", part=part),
            Mark(figure="sourced", hit=bool(c.sources), expected="a source", got="none", part=part),
        ]
    return marks


def _against(library: Library, reply: Reply, r: Record) -> list[Mark]:
    wanted = {(x["document"], x["heading"]) for x in r["relevant"]}
    marks = []
    for c in reply.citations:
        at = f"{c.document_id} / {_heading(library, c) or 'no such passage'}"
        part = f"citation {c.n}"
        relevant = (c.document_id, _heading(library, c)) in wanted
        marks += [
            Mark(
                figure="verbatim",
                hit=_verbatim(library, c),
                expected="the quotation at its offsets",
                got=at,
                part=part,
            ),
            Mark(figure="on_point", hit=relevant, expected="a relevant section", got=at, part=part),
        ]
        if c.n == 1:
            marks.append(
                Mark(figure="first_relevant", hit=relevant, expected="a relevant section", got=at)
            )
    return marks


def _verbatim(library: Library, c: Citation) -> bool:
    document = library.documents.get(c.document_id)
    if document is None or document.status not in the_settings().corpus.quotable:
        return False
    paragraph = document.paragraphs.get(c.passage_id)
    if paragraph is None or not paragraph.start <= c.start < c.end <= paragraph.end:
        return False
    return document.body[c.start : c.end] == c.quote


def _heading(library: Library, c: Citation) -> str | None:
    document = library.documents.get(c.document_id)
    sections = document.sections if document else ()
    passages = ((s.heading, p.id) for s in sections for p in s.paragraphs)
    return next((heading for heading, id in passages if id == c.passage_id), None)


def _added(reply: Reply) -> Mark:
    from chatbot.scripts import read_scripts

    rest = reply.text.replace(read_scripts(reply.language).part_unanswered, "")
    cited = [s for s in reply.sentences if s.citations]  # what is not cited was added
    for sentence in sorted(cited, key=lambda s: -len(s.text)):
        rest = rest.replace(sentence.text, "", 1)
        rest = rest.replace(sentence.lead or "", "", 1)
    left = " ".join(rest.split())
    return Mark(
        figure="nothing_added", hit=not left, expected="nothing", got=f"{len(left)} letters"
    )
