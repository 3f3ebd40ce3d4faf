"""Plain Markdown: headings, paragraphs, lists. Links keep their words, emphasis loses its marks."""

import hashlib
import re
from collections.abc import Iterator

from chatbot.curate.extracted import Extracted, Outline
from chatbot.errors import UnreadableSource

_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,2}[.)])\s+(.*)$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"(\*\*|__|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w))")


def read_markdown(data: bytes) -> Iterator[Extracted]:
    """The file's text. Raises UnreadableSource when it is not UTF-8."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UnreadableSource("not UTF-8 text") from error
    outline, title = Outline(), ""
    running: list[str] = []
    items: list[str] = []

    def flush() -> None:
        outline.paragraph(_plain(" ".join(running)))
        outline.items([_plain(item) for item in items])
        running.clear()
        items.clear()

    for line in text.split("\n"):
        heading = re.match(r"^(#{1,6})\s+(.*?)\s*#*$", line)
        item = _ITEM.match(line)
        if heading:
            flush()
            if heading[1] == "#" and not title:
                title = _plain(heading[2])
            else:
                outline.heading(_plain(heading[2]))
        elif item:
            if running:
                outline.paragraph(_plain(" ".join(running)))
                running.clear()
            items.append(item[1])
        elif not line.strip():
            flush()
        elif items:
            items[-1] += " " + line.strip()
        else:
            running.append(line)
    flush()
    yield Extracted(title, None, None, outline.parts, hashlib.sha256(data).hexdigest())


def _plain(text: str) -> str:
    return _MARKS.sub("", _LINK.sub(r"\1", text))
