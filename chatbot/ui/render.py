"""Makes HTML of values. Everything that was typed or read is escaped, with no exception.

Templates are Jinja2 with autoescape on and undefined names an error. What goes into the page
through Gradio is one line of HTML, see `one_block`.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from chatbot.ui import dial

HERE = Path(__file__).resolve().parent
ITEM = "- "
LONGEST_KEPT_WORD = 20


def render(template: str, /, **values: Any) -> str:
    """A template from `templates/` with its values escaped."""
    return _templates().get_template(template).render(**values)


def one_block(html: str) -> str:
    """HTML for a `gr.Markdown` that must pass it through as it is.

    `gr.HTML` compiles its template in the browser, which needs 'unsafe-eval' in the
    Content-Security-Policy. `gr.Markdown` does not, and Markdown leaves an HTML block alone up to
    the first blank line, so the block has no line ends: none that we wrote, and those that were
    typed are character references by then (see `typed`).
    """
    return " ".join(html.replace("\r", "\n").split("\n")).strip()


def typed(text: str) -> Markup:
    """Text as it is, with its line ends, in an element styled `white-space: pre-line`."""
    escaped = str(escape(text)).replace("\r", "&#13;").replace("\n", "&#10;")
    return Markup(escaped)  # noqa: S704 - escaped in the line above


def pieces(text: str) -> Iterator[tuple[str, list[str]]]:
    """Plain text as ("p", [line]) and ("ul", [item, ...]) pieces, in order.

    >>> list(pieces("Try:\\n- a walk\\n- a call"))
    [('p', ['Try:']), ('ul', ['a walk', 'a call'])]
    """
    items: list[str] = []
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        if line.startswith(ITEM):
            items.append(line.removeprefix(ITEM))
            continue
        if items:
            yield "ul", items
            items = []
        yield "p", [line]
    if items:
        yield "ul", items


def last_word(text: str) -> tuple[str, str]:
    """A sentence in two, so that its citation marker can stay on the line of its last word.

    >>> last_word("It passes.")
    ('It ', 'passes.')
    """
    head, space, last = text.rpartition(" ")
    return (head + space, last) if len(last) <= LONGEST_KEPT_WORD else (text, "")


def day(when: date | str | None) -> str:
    """A date as people write it; text that is no date stays as it is.

    >>> day(date(2026, 11, 22))
    '22 November 2026'
    """
    if isinstance(when, str):
        try:
            when = date.fromisoformat(when)
        except ValueError:
            return str(when)
    return "" if when is None else f"{when.day} {when:%B %Y}"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(typed=typed, pieces=pieces, last_word=last_word, day=day)
    environment.globals.update(calls=dial.calls, texts=dial.texts)
    return environment
