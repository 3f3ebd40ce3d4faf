"""Answering: which of the corpus's own sentences to say, in what order.

Extractive: nothing is written here. Paragraphs are quoted whole: they are written to stand alone,
they keep a warning beside the advice that it belongs to, and a sentence torn from the middle may
lean on the one before ("It", "These", "However"). Two to six sentences: enough to answer, few
enough to read. Where a message asks several things, each is answered under the question of the
corpus that comes nearest.
"""

from collections.abc import Sequence

from chatbot.schema import Draft, Passage, Retrieval, Sentence, Topic, Unit

FEWEST = 2
NEAR = 0.82
"""A passage of another section joins when it scores at least this share of the best one."""
ENOUGH = 3
"""Sentences of one section after which nothing of another joins: on the tune split a quarter of
those passages were relevant, of another document one in seven."""
SAME_SECTION = 0.7
"""The same for a passage of the best one's own section: it goes on where that one stops."""
LEADS = 0.96
"""A section's first paragraph, which answers its question outright, goes before the best one of it
when it scores at least this share: read over 61 answers to tune questions."""
TOPICS = 3
SAME = 0.7
"""Share of all their words that two sentences may have in common before one repeats the other."""


def answer(retrievals: Sequence[Retrieval], *, confidence: float, most: int = 6) -> Draft:
    """Draft an answer to one question or several, or an empty draft that offers topics.

    Parameters
    ----------
    retrievals : what was found for each question of the message, in order; one or more.
    confidence : below this, silence: `Draft.sentences` is empty.
    most : the most sentences to say, 2 to 10.
    """
    found = [p for retrieval in retrievals for p in retrieval.passages]
    topics = tuple(dict.fromkeys(p.heading for p in sorted(found, key=lambda p: -p.score)))[:TOPICS]
    sure = [r for r in retrievals if r.passages and r.confidence >= confidence]
    if not sure:
        return Draft(topics=topics)
    parts = list({(r.passages[0].document_id, r.passages[0].heading): r for r in sure}.values())
    said: list[Unit] = []
    sentences: list[Sentence] = []
    for retrieval in parts:
        room = most if len(parts) == 1 else max(FEWEST, most // len(parts))
        units = _units(retrieval.passages, room, said)
        said += units
        lead = retrieval.passages[0].heading if len(parts) > 1 else None
        sentences += [
            Sentence(text=u.quote.text, quotes=(u.quote,), lead=None if n else lead)
            for n, u in enumerate(units)
        ]
    best = parts[0].passages[0]
    return Draft(
        sentences=tuple(sentences),
        topics=topics,
        topic=Topic(
            document_id=best.document_id,
            title=best.title,
            heading=best.heading,
            said=tuple(dict.fromkeys(u.quote.passage_id for u in said)),
        ),
        unanswered=len(sure) < len(retrievals),
    )


def _units(passages: Sequence[Passage], room: int, said: Sequence[Unit]) -> list[Unit]:
    """The units of the passages that are said: whole paragraphs, until there is no room."""
    units: list[Unit] = []
    for passage in _chosen(passages):
        fresh = [u for u in passage.units if not _said(u, [*said, *units])]
        if not units:
            units += fresh[:room]
        elif len(units) >= ENOUGH and not _same_section(passage, passages[0]):
            break
        elif len(units) + len(fresh) <= room and len(fresh) == len(passage.units):
            units += fresh
    return units


def _chosen(passages: Sequence[Passage]) -> list[Passage]:
    """The best passage, then near ones of its document: its own section first, as written."""
    best = passages[0]
    section = sorted(
        (p for p in passages if _same_section(p, best) and p.score >= SAME_SECTION * best.score),
        key=lambda p: p.start,
    )
    first = section[0]
    section.sort(key=lambda p: (p is not best, p.start))  # lead with what answers
    if first.score >= LEADS * best.score:
        section[:2] = sorted(section[:2], key=lambda p: p.start)
    others = [
        p
        for p in passages
        if p.document_id == best.document_id
        and p.heading != best.heading
        and p.score >= NEAR * best.score
    ]
    return [*section[:2], *others[:1]]


def _same_section(a: Passage, b: Passage) -> bool:
    return (a.document_id, a.heading) == (b.document_id, b.heading)


def _said(unit: Unit, units: Sequence[Unit]) -> bool:
    """Whether a sentence was said already, in the same words or nearly."""
    words = set(unit.quote.text.casefold().split())
    return any(
        len(words & other) >= SAME * len(words | other)
        for other in (set(u.quote.text.casefold().split()) for u in units)
    )
