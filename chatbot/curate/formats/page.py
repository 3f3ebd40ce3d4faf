"""Any HTML page: its main text, as trafilatura finds it."""

import hashlib
from collections.abc import Iterator

from lxml import etree

from chatbot.curate.extracted import Extracted, Outline
from chatbot.curate.formats.fragment import items_of
from chatbot.errors import UnreadableSource


def read_page(data: bytes) -> Iterator[Extracted]:
    """The page's main text, without menus and footers. Raises UnreadableSource."""
    import trafilatura  # a second to import

    document = trafilatura.bare_extraction(
        data,
        include_comments=False,
        include_tables=False,
        include_formatting=False,
        with_metadata=True,
    )
    body = getattr(document, "body", None)
    if document is None or body is None:
        raise UnreadableSource("no main text was found in this page")
    outline = Outline()
    title = document.title or ""
    for element in body:
        text = _text(element)
        if element.tag == "head":
            if text != title:
                outline.heading(text)
        elif element.tag == "list":
            outline.items(list(items_of(element, "item", ("list",))))
        else:
            outline.paragraph(text)
    yield Extracted(
        title=title,
        url=_canonical(data),
        publisher=document.sitename,
        parts=outline.parts,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _text(element: etree._Element) -> str:
    return " ".join("".join(str(t) for t in element.itertext()).split())


def _canonical(data: bytes) -> str | None:
    """The address that the page gives as its own."""
    root = etree.HTML(data)
    links = [] if root is None else root.xpath("//link[@rel='canonical']/@href")
    return str(links[0]) if links else None
