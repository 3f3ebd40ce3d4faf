"""Turns a reply into what the page shows of it, sentence by sentence.

A view says what to draw and never how: the templates draw it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from chatbot.library import Document
from chatbot.schema import Reply, ReplySentence
from chatbot.scripts import languages, read_scripts, say_line
from chatbot.ui.places import Place
from chatbot.ui.standing import standing_of_all

USUAL_TITLE = "You can talk to someone now"


@dataclass(frozen=True)
class Part:
    """A stretch of a reply: plain text, cited sentences or the lead before them, crisis lines, or
    topics to ask about."""

    kind: Literal["text", "lead", "cited", "lines", "topics"]
    text: str = ""
    sentences: tuple[ReplySentence, ...] = ()


@dataclass(frozen=True)
class ReplyView:
    """What the templates need of one reply. `done` is False while it is still being shown."""

    reply: Reply
    parts: tuple[Part, ...]
    place: Place
    title: str
    standing: str
    titles: Mapping[int, str] = field(default_factory=dict)
    done: bool = True
    reminder: bool = False

    @property
    def language(self) -> str:
        """The language that our own words of it are in."""
        return self.reply.language if self.reply.language in languages() else "en"


def parts(reply: Reply) -> tuple[Part, ...]:
    """The reply's text in order, cited sentences told apart from the paragraphs around them.

    Every sentence is there, also one that the text does not hold word for word.
    """
    found: list[Part] = []
    waiting = list(reply.sentences)
    for paragraph in filter(None, (p.strip() for p in reply.text.split("\n\n"))):
        if waiting and waiting[0].lead == paragraph:
            found.append(Part("lead", paragraph))
            continue
        taken, rest = [], paragraph
        while waiting and waiting[0].text in rest:
            taken.append(waiting.pop(0))
            rest = rest.partition(taken[-1].text)[2]
        found.append(Part("cited", sentences=tuple(taken)) if taken else Part("text", paragraph))
    if waiting:
        found.append(Part("cited", sentences=tuple(waiting)))
    return _with_lines(reply, _with_topics(reply, found))


def _with_topics(reply: Reply, found: list[Part]) -> list[Part]:
    """Topics that the text lists become buttons; those that it does not list follow it."""
    if not reply.topics:
        return found
    listed = "\n".join(f"- {topic}" for topic in reply.topics)
    leads = [replace(p, text=p.text.removesuffix(listed).rstrip()) for p in found]
    return [*(p for p in leads if p.text or p.sentences), Part("topics")]


def _with_lines(reply: Reply, found: list[Part]) -> tuple[Part, ...]:
    """Care: the lines stand under the acknowledgement and question, above what the corpus says.

    A latched conversation has them pinned above it already.
    """
    if not reply.care or reply.latched:
        return tuple(found)
    informs = (i for i, p in enumerate(found) if p.kind in ("cited", "lead"))
    first_cited = next(informs, len(found))
    return (*found[:first_cited], Part("lines"), *found[first_cited:])


def moved(
    found: tuple[Part, ...], old: Place, new: Place, language: str = "en"
) -> tuple[Part, ...]:
    """The same text with another country's numbers in it, where it named the old one's.

    Only our own words are touched: what the corpus says stays as it is quoted.
    """
    if old == new or not old.lines or not new.lines:
        return found
    ways = read_scripts(language).ways
    emergency = re.compile(rf"(?<!\w){re.escape(old.emergency)}(?!\w)")

    def words(text: str) -> str:
        named = text.replace(say_line(old.lines[0], ways), say_line(new.lines[0], ways))
        return emergency.sub(lambda _: new.emergency, named)

    return tuple(replace(p, text=words(p.text)) if p.kind == "text" else p for p in found)


def view(
    reply: Reply,
    place: Place,
    documents: Mapping[str, Document],
    *,
    chosen_for: Place | None = None,
    reminder: bool = False,
) -> ReplyView:
    """A reply as it is shown when it is complete.

    Parameters
    ----------
    place : whose lines to show.
    chosen_for : the place that the reply was written for, where that is another one.
    """
    return ReplyView(
        reply=reply,
        parts=moved(parts(reply), chosen_for or place, place, reply.language),
        place=place,
        title=reply.card or USUAL_TITLE,
        standing=standing_of_all(reply.citations, documents),
        titles={c.n: c.title for c in reply.citations},
        reminder=reminder,
    )


def stages(whole: ReplyView) -> Iterator[ReplyView]:
    """A reply as it grows, one more sentence at a time; a crisis reply is there at once.

    The last one is the whole.
    """
    if whole.reply.kind != "crisis":
        for upto, part in enumerate(whole.parts):
            steps = range(1, len(part.sentences) + 1) if part.kind == "cited" else (0,)
            for step in steps:
                shown = replace(part, sentences=part.sentences[:step])
                grown = (*whole.parts[:upto], shown)
                if grown != whole.parts:
                    yield replace(whole, parts=grown, standing="", done=False)
    yield whole
