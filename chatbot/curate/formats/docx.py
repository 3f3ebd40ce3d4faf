"""Word files (DOCX): headings, paragraphs and lists by their styles."""

import hashlib
import io
from collections.abc import Iterator
from zipfile import BadZipFile, ZipFile

from chatbot.curate.extracted import Extracted, Outline
from chatbot.errors import UnreadableSource

MOST_UNPACKED = 100_000_000
"""Bytes that a file may unpack to: a small archive can hold a very large one."""


def read_docx(data: bytes) -> Iterator[Extracted]:
    """The file's text. Raises UnreadableSource."""
    from docx import Document
    from docx.opc.exceptions import OpcError

    try:
        with ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise UnreadableSource("this file unpacks to too many bytes")
        file = Document(io.BytesIO(data))
    except (BadZipFile, OpcError, KeyError, ValueError, SyntaxError) as error:
        raise UnreadableSource(
            f"no Word file, or a damaged one ({type(error).__name__})"
        ) from error
    outline, items = Outline(), list[str]()
    title = (file.core_properties.title or "").strip()
    for paragraph in file.paragraphs:
        style = (paragraph.style.name or "") if paragraph.style else ""
        if style.startswith("List"):
            items.append(paragraph.text)
            continue
        outline.items(items)
        items = []
        if style == "Title":
            title = title or paragraph.text.strip()
        elif style.startswith("Heading"):
            outline.heading(paragraph.text)
        else:
            outline.paragraph(paragraph.text)
    outline.items(items)
    yield Extracted(title, None, None, outline.parts, hashlib.sha256(data).hexdigest())
