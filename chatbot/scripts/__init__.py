"""Reads the scripts: what Lamplight says of its own accord, by language.

Scripts are data, so that a clinician can read and change every word without Python.
"""

from functools import lru_cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from chatbot.schema import Answered, CrisisLine, RefusalReason


class Card(BaseModel):
    """A crisis card: its title, and what is said when it is first shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    first: str


class Ways(BaseModel):
    """How to reach a line, in words: `{number}` and `{url}` are filled by `say_line`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    call: str
    text: str
    chat: str
    find: str


class Scripts(BaseModel):
    """All scripts of one language. `{line}` and `{emergency}` are filled by `fill`.

    A language other than English has what a person in danger needs: cards, later turns, care, and
    words for short answers. What it leaves out is English.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: str
    ways: Ways
    answers: dict[Answered, tuple[str, ...]] = {}
    identity: str
    greeting: str
    thanks: str
    closing: str
    care: tuple[str, ...]
    no_answer: str
    no_answer_topics: str
    part_unanswered: str
    other_language: str
    guard_failed: str
    latched_answer: str
    refusals: dict[RefusalReason, str]
    neighbours: dict[RefusalReason, str | None]
    neighbour_fallback: dict[RefusalReason, str]
    neighbour_lead: str
    cards: dict[str, Card]
    later: tuple[str, ...]
    care_answers: dict[Answered, str]
    reach_out_answers: dict[Answered, str]


FOLDER = resources.files("chatbot.scripts")


@lru_cache(maxsize=32)
def read_scripts(language: str = "en") -> Scripts:
    """The scripts of a language, English where it has none."""
    words = _read("en")
    if language in languages():
        words |= _read(language)
    return Scripts.model_validate(words)


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """ISO 639-1 codes of the languages that have scripts, English among them."""
    return tuple(sorted(f.name[:2] for f in FOLDER.iterdir() if f.name.endswith(".yaml")))


def _read(language: str) -> dict[str, object]:
    read: dict[str, object] = yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8"))
    return read


def fill(script: str, line: CrisisLine, emergency: str, ways: Ways | None = None) -> str:
    """Put the country's line and emergency number into a script."""
    said = say_line(line, ways)
    return script.replace("{line}", said).replace("{emergency}", emergency).strip()


def say_line(line: CrisisLine, ways: Ways | None = None) -> str:
    """How to reach a line, in words: call and text or chat where it has them. English by default.

    >>> say_line(CrisisLine(country="US", name="988 Lifeline", call="988", text="988"))
    '988 Lifeline (call 988, text 988)'
    """
    ways = ways or read_scripts().ways
    said = []
    if line.call:
        said.append(ways.call.replace("{number}", line.call))
    if line.text:
        said.append(ways.text.replace("{number}", line.text))
    if line.url and len(said) < 2:
        said.append((ways.chat if said else ways.find).replace("{url}", line.url))
    return f"{line.name} ({', '.join(said)})" if said else line.name
