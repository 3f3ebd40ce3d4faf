"""Readers of the formats that authorities publish in, each bytes → pages.

The format is told by the bytes first and the name second: servers name types wrongly.
"""

from collections.abc import Callable, Iterator

from chatbot.curate.extracted import Extracted
from chatbot.curate.formats.docx import read_docx
from chatbot.curate.formats.markdown import read_markdown
from chatbot.curate.formats.medlineplus import read_medlineplus
from chatbot.curate.formats.nhs import read_nhs
from chatbot.curate.formats.page import read_page
from chatbot.curate.formats.pdf import read_pdf
from chatbot.errors import UnreadableSource

Reader = Callable[[bytes], Iterator[Extracted]]
_MARKDOWN = (".md", ".markdown", ".txt")


def reader_for(data: bytes, name: str) -> Reader:
    """The reader for some bytes. Raises UnreadableSource for a format that none reads."""
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    lower = head.lower()
    if not data.strip():
        raise UnreadableSource("it is empty")
    if head.startswith(b"%PDF-"):
        return read_pdf
    if head.startswith(b"PK\x03\x04"):
        return read_docx
    if head.startswith(b"{"):
        return read_nhs
    if b"<health-topic" in data[:100_000]:
        return read_medlineplus
    if lower.startswith((b"<!doctype html", b"<html")) or b"<html" in lower:
        return read_page
    if name.lower().endswith(_MARKDOWN):
        return read_markdown
    raise UnreadableSource(
        "none of MedlinePlus XML, NHS content JSON, HTML, PDF, DOCX and Markdown"
    )
