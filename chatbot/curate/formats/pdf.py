"""PDF files: text as pypdf reads it, paragraphs and headings guessed from the lines."""

import hashlib
import io
import re
from collections.abc import Iterator

from chatbot.curate.extracted import Extracted, Outline
from chatbot.errors import UnreadableSource

MOST_PAGES = 500
_BULLET = re.compile(r"^\s*[\u2022\u25cf\u25aa\u2023\u2043\u00b7*-]\s+(.*)$")
_ENDS = (".", "!", "?", ":", ";", ",")
_HEADING_WORDS = 12


def read_pdf(data: bytes) -> Iterator[Extracted]:
    """The file's text. Raises UnreadableSource: locked, damaged, too long, or only pictures."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise UnreadableSource("this PDF is locked with a password")
        if len(reader.pages) > MOST_PAGES:
            raise UnreadableSource(f"this PDF has over {MOST_PAGES} pages")
        texts = [page.extract_text() or "" for page in reader.pages]
        title = (reader.metadata.title if reader.metadata else None) or ""
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableSource(f"damaged PDF ({type(error).__name__})") from error
    outline = Outline()
    lines = [line for text in texts for line in (*text.splitlines(), "")]
    if not any(line.strip() for line in lines):
        raise UnreadableSource("this PDF holds no text, only pictures")
    title = title.strip() or next(line.strip() for line in lines if line.strip())
    _read_lines(lines, title, outline)
    yield Extracted(title, None, None, outline.parts, hashlib.sha256(data).hexdigest())


def _read_lines(lines: list[str], title: str, outline: Outline) -> None:
    """Lines run on until one ends a sentence; a short line that starts afresh is a heading."""
    running: list[str] = []
    items: list[str] = []

    def flush() -> None:
        outline.paragraph(" ".join(running))
        outline.items(list(items))
        running.clear()
        items.clear()

    for n, raw in enumerate(lines):
        line = raw.strip()
        after = next((later.strip() for later in lines[n + 1 :] if later.strip()), "")
        bullet = _BULLET.match(raw)
        if not line:
            if running and running[-1].endswith(_ENDS):
                flush()
        elif bullet:
            if running:
                outline.paragraph(" ".join(running))
                running.clear()
            items.append(bullet.group(1))
        elif items and line[:1].islower():
            items[-1] += " " + line
        elif not after[:1].islower() and _is_heading(line, running):
            flush()
            if line != title:
                outline.heading(line)
        else:
            if items:
                flush()
            running.append(line)
    flush()


def _is_heading(line: str, running: list[str]) -> bool:
    afresh = not running or running[-1].endswith(_ENDS)
    short = len(line.split()) <= _HEADING_WORDS
    asks = line.endswith("?") and short
    within = re.search(r"[.!?]\s", line)
    return (
        afresh
        and line[:1].isupper()
        and short
        and not within
        and (asks or not line.endswith(_ENDS))
    )
