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


class Scripts(BaseModel):
    """All scripts of one language. `{line}` and `{emergency}` are filled by `fill`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: str
    identity: str
    greeting: str
    thanks: str
    closing: str
    care: tuple[str, ...]
    no_answer: str
    no_answer_topics: str
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


@lru_cache(maxsize=8)
def read_scripts(language: str = "en") -> Scripts:
    """The scripts of a language; English where it has none."""
    folder = resources.files("chatbot.scripts")
    file = folder / f"{language}.yaml"
    if not file.is_file():
        file = folder / "en.yaml"
    return Scripts.model_validate(yaml.safe_load(file.read_text("utf-8")))


def fill(script: str, line: CrisisLine, emergency: str) -> str:
    """Put the country's line and emergency number into a script."""
    return script.replace("{line}", say_line(line)).replace("{emergency}", emergency).strip()


def say_line(line: CrisisLine) -> str:
    """How to reach a line, in words: call and text or chat where it has them.

    >>> say_line(CrisisLine(country="US", name="988 Lifeline", call="988", text="988"))
    '988 Lifeline (call 988, text 988)'
    """
    ways = []
    if line.call:
        ways.append(f"call {line.call}")
    if line.text:
        ways.append(f"text {line.text}")
    if line.url and len(ways) < 2:
        ways.append(f"{'chat or read more' if ways else 'find a line'} at {line.url}")
    return f"{line.name} ({', '.join(ways)})" if ways else line.name
