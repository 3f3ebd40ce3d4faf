"""Answering: which of the corpus's own sentences to say, in what order.

Extractive: nothing is written here. Sentences are quoted in runs from the start of a paragraph,
since paragraphs are written to stand alone and a sentence torn from the middle may lean on the
one before ("It", "These", "However"). Two to six sentences: enough to answer, few enough to read.
"""

from collections.abc import Sequence

from chatbot.library.sentences import leans
from chatbot.schema import Draft, Passage, Retrieval, Sentence, Unit

FEWEST = 2
NEAR = 0.82
"""A further passage joins when it scores at least this share of the best one."""
SAME_SECTION = 0.7
"""The same for a passage of the best one's own section: it goes on where that one stops."""
TOPICS = 3


def answer(retrieval: Retrieval, *, confidence: float, most: int = 6) -> Draft:
    """Draft an answer from retrieved passages, or an empty draft that offers topics.

    Parameters
    ----------
    confidence : below this, silence: `Draft.sentences` is empty.
    most : the most sentences to say, 2 to 10.
    """
    topics = tuple(dict.fromkeys(p.heading for p in retrieval.passages))[:TOPICS]
    if not retrieval.passages or retrieval.confidence < confidence:
        return Draft(topics=topics)
    units: list[Unit] = []
    for passage in _chosen(retrieval.passages):
        run = _run(passage, most - len(units), first=not units)
        units.extend(u for u in run if not _said(u, units))
        if len(units) >= most - 1:
            break
    return Draft(
        sentences=tuple(Sentence(text=u.quote.text, quotes=(u.quote,)) for u in units),
        topics=topics,
    )


def _chosen(passages: Sequence[Passage]) -> list[Passage]:
    """The best passage, then near ones: its own section first, in the order it was written."""
    best = passages[0]
    section = sorted(
        (p for p in passages if _same_section(p, best) and p.score >= SAME_SECTION * best.score),
        key=lambda p: p.start,
    )
    if best.start > section[0].start:  # lead with what answers; what came before it can follow
        section.sort(key=lambda p: (p is not best, p.start))
    others = [p for p in passages if not _same_section(p, best) and p.score >= NEAR * best.score]
    return [*section[:2], *others[:1]]


def _same_section(a: Passage, b: Passage) -> bool:
    return (a.document_id, a.heading) == (b.document_id, b.heading)


def _run(passage: Passage, room: int, *, first: bool) -> list[Unit]:
    """Units from the paragraph's start to its best unit and one more: never a torn middle."""
    if room <= 0:
        return []
    units = passage.units
    best = max(range(len(units)), key=lambda n: units[n].score)
    wanted = max(best + 2, FEWEST + 1) if first else max(best + 1, FEWEST)
    run = list(units[: min(wanted, room, 4 if first else 3)])
    # A sentence that leans on this run belongs to it: take it along where there is room.
    while len(run) < min(len(units), room) and leans(units[len(run)].quote.text):
        run.append(units[len(run)])
    return run


def _said(unit: Unit, units: Sequence[Unit]) -> bool:
    return any(u.quote.text == unit.quote.text for u in units)
