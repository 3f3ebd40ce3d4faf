"""The reply: scripts, verified sentences and crisis lines, put together as the person sees them.

Nothing is generated here. A crisis is answered by a script that differs from turn to turn; every
other reply that carries care says so before it informs.
"""

from dataclasses import dataclass

from chatbot.language import SERVED
from chatbot.library import Library
from chatbot.library.lines import LineKind
from chatbot.schema import (
    Citation,
    Conversation,
    Kind,
    Quote,
    Reply,
    ReplySentence,
    Screening,
    Sentence,
    SourceCited,
    Turn,
    Verification,
    Versions,
)
from chatbot.scripts import Scripts, fill
from chatbot.small_talk import Talk

CARDS: tuple[tuple[str, frozenset[str]], ...] = (
    # the first card that has all its labels in the finding's; order is urgency
    ("overdose_other", frozenset({"overdose", "third_party"})),
    ("overdose", frozenset({"overdose"})),
    ("withdrawal", frozenset({"withdrawal"})),
    ("child_abuse", frozenset({"child_abuse"})),
    ("elder_abuse", frozenset({"elder_abuse"})),
    ("third_party", frozenset({"third_party"})),
    ("violence", frozenset({"violence_at_home"})),
    ("violence", frozenset({"sexual_abuse"})),
    ("harm_to_others", frozenset({"harm_to_others"})),
    ("psychosis", frozenset({"command_voices"})),
    ("psychosis", frozenset({"psychosis"})),
    *(
        ("suicide_now", frozenset({label}))
        for label in ("attempt", "plan", "means", "preparation", "goodbye")
    ),
    ("self_harm", frozenset({"self_injury"})),
    ("eating_disorder", frozenset({"eating_disorder"})),
    ("suicide", frozenset({"active"})),
    ("suicide", frozenset({"passive"})),
)
LINE_KINDS: dict[str, LineKind] = {
    "overdose_other": "poison",
    "overdose": "poison",
    "child_abuse": "child",
    "elder_abuse": "elder",
    "violence": "violence",
    "eating_disorder": "eating_disorder",
}
"""Which lines stand first under which card; all others lead with the lines for any crisis."""
UNKNOWN_CARD = "general"
"""Shown when a guard is sure of danger and not of its kind."""


@dataclass(frozen=True)
class Setting:
    """What a reply depends on besides the message: whose lines, which words, which versions."""

    library: Library
    scripts: Scripts
    country: str | None
    versions: Versions


def reply(
    screening: Screening,
    conversation: Conversation,
    setting: Setting,
    *,
    verification: Verification = Verification(),
    topics: tuple[str, ...] = (),
    unanswered: bool = False,
    talk: Talk | None = None,
) -> Reply:
    """Put the reply together.

    Parameters
    ----------
    screening : the message's verdict, which alone decides between crisis, refusal and answer.
    conversation : the turns before this one.
    verification : sentences that stood; empty where none did or none may be said.
    topics : nearest questions of the corpus, offered where there is no answer.
    unanswered : a part of the message found no answer, though another did.
    talk : small talk, if the message is nothing else.
    """
    shown_card = card(screening, conversation) if screening.risk == "crisis" else None
    kind_of_line = LINE_KINDS.get(shown_card or "", "suicide")
    lines = setting.library.lines.for_country(setting.country, kind_of_line)
    emergency = setting.library.lines.emergency(setting.country)
    kind = _kind(screening, verification)
    said = verification.sentences if kind in ("answer", "refusal") else ()
    paragraphs = _paragraphs(
        kind, screening, conversation, setting, topics, talk, informs=bool(said)
    )
    paragraphs = [fill(p, lines[0], emergency, setting.scripts.ways) for p in paragraphs]
    paragraphs += _runs(said)
    paragraphs += [setting.scripts.part_unanswered] if said and unanswered else []
    citations, sentences = _cite(said, setting.library)
    shows_lines = screening.risk != "none" or screening.failed or _cannot_read(screening, kind)
    return Reply(
        kind=kind,
        risk=screening.risk,
        latched=screening.latched,
        labels=screening.labels,
        refusal_reason=screening.refusal_reason if kind == "refusal" else None,
        language=screening.language,
        text="\n\n".join(paragraphs),
        sentences=sentences,
        citations=citations,
        crisis_lines=lines if shows_lines else (),
        topics=topics if kind == "no_answer" and talk is None and not screening.failed else (),
        card=setting.scripts.cards[shown_card].title if shown_card else None,
        emergency=emergency if shows_lines else None,
        versions=setting.versions,
    )


def _kind(screening: Screening, verification: Verification) -> Kind:
    if screening.risk == "crisis":
        return "crisis"
    if screening.failed:
        return "no_answer"
    if screening.request == "refused":
        return "refusal"
    return "answer" if verification.sentences else "no_answer"


def _paragraphs(
    kind: Kind,
    screening: Screening,
    conversation: Conversation,
    setting: Setting,
    topics: tuple[str, ...],
    talk: Talk | None,
    *,
    informs: bool,
) -> list[str]:
    scripts = setting.scripts
    if kind == "crisis":
        return [_crisis_script(screening, conversation, scripts)]
    if screening.failed:
        return [scripts.guard_failed]
    if screening.answered and screening.risk == "elevated":
        return [scripts.care_answers[screening.answered]]
    if screening.latched and kind == "no_answer":
        return [_next_script(screening, conversation, scripts)]
    paragraphs = []
    if screening.latched:
        paragraphs.append(scripts.latched_answer)
    elif screening.risk == "elevated":
        paragraphs.append(scripts.care[len(conversation.turns) % len(scripts.care)])
    if kind == "refusal" and screening.refusal_reason:
        paragraphs.append(scripts.refusals[screening.refusal_reason])
        if informs:
            paragraphs.append(scripts.neighbour_lead)
    elif kind == "no_answer":
        paragraphs += _silence(screening, scripts, topics, talk)
    return paragraphs


def _cannot_read(screening: Screening, kind: Kind) -> bool:
    """Whether the message is in a language that the articles do not serve."""
    return kind == "no_answer" and screening.language not in SERVED


def _silence(
    screening: Screening, scripts: Scripts, topics: tuple[str, ...], talk: Talk | None
) -> list[str]:
    if screening.language not in SERVED:
        return [scripts.other_language]
    if talk is not None:
        return [getattr(scripts, talk)]
    if not topics:
        return [scripts.no_answer]
    listed = "\n".join(f"- {topic}" for topic in topics)
    return [scripts.no_answer, f"{scripts.no_answer_topics}\n{listed}"]


def _crisis_script(screening: Screening, conversation: Conversation, scripts: Scripts) -> str:
    shown = card(screening, conversation)
    shown_before = any(
        card(turn.screening, Conversation()) == shown
        for turn in _earlier(conversation)
        if turn.screening.message_risk == "crisis"
    )
    if screening.message_risk == "crisis" and not shown_before:
        return scripts.cards[shown].first
    return _next_script(screening, conversation, scripts)


def _next_script(screening: Screening, conversation: Conversation, scripts: Scripts) -> str:
    """What is said on later turns: to a short answer its own script, once; else the next in turn."""
    last = conversation.turns[-1].screening if conversation.turns else Screening()
    repeated = last.answered == screening.answered and last.message_risk != "crisis"
    if screening.answered and not repeated:
        return scripts.reach_out_answers[screening.answered]
    return scripts.later[(len(_earlier(conversation)) - 1) % len(scripts.later)]


def _earlier(conversation: Conversation) -> list[Turn]:
    return [turn for turn in conversation.turns if turn.screening.latched]


def card(screening: Screening, conversation: Conversation) -> str:
    """Which crisis card is shown: by this message's labels, else by the one that latched."""
    if screening.message_risk != "crisis":
        latching = [t.screening for t in conversation.turns if t.screening.message_risk == "crisis"]
        if latching:
            screening = latching[-1]
    labels = {label for f in screening.findings if f.risk == "crisis" for label in f.labels}
    return next((name for name, wanted in CARDS if wanted <= labels), UNKNOWN_CARD)


def _runs(sentences: tuple[Sentence, ...]) -> list[str]:
    """Sentences of one passage make a paragraph; a lead stands by itself before its own."""
    runs: list[tuple[str, list[str]]] = []
    for sentence in sentences:
        passage = sentence.quotes[0].passage_id
        if sentence.lead:
            runs.append(("", [sentence.lead]))
        if runs and runs[-1][0] == passage:
            runs[-1][1].append(sentence.text)
        else:
            runs.append((passage, [sentence.text]))
    return [" ".join(texts) for _, texts in runs]


def _cite(
    sentences: tuple[Sentence, ...], library: Library
) -> tuple[tuple[Citation, ...], tuple[ReplySentence, ...]]:
    numbers: dict[Quote, int] = {}
    shown = []
    for sentence in sentences:
        for quote in sentence.quotes:
            numbers.setdefault(quote, len(numbers) + 1)
        shown.append(
            ReplySentence(
                text=sentence.text,
                citations=tuple(numbers[q] for q in sentence.quotes),
                lead=sentence.lead,
            )
        )
    return tuple(_citation(n, quote, library) for quote, n in numbers.items()), tuple(shown)


def _citation(n: int, quote: Quote, library: Library) -> Citation:
    document = library.document(quote.document_id)
    paragraph = document.paragraphs[quote.passage_id]
    return Citation(
        n=n,
        document_id=document.id,
        passage_id=quote.passage_id,
        title=document.title,
        quote=quote.text,
        start=quote.start,
        end=quote.end,
        status=document.status,
        review_due=document.review_due.isoformat(),
        sources=tuple(
            SourceCited(id=s.id, publisher=s.publisher, title=s.title, url=s.url)
            for s in (library.sources[id] for id in paragraph.sources)
        ),
    )
