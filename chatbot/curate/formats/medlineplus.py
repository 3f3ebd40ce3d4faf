"""MedlinePlus health topics: the XML file that the US National Library of Medicine publishes.

https://medlineplus.gov/xml.html describes it. Topics in English only: the corpus serves no other
language.
"""

import hashlib
import io
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from chatbot.curate.extracted import Extracted, Outline
from chatbot.curate.formats.fragment import read_fragment
from chatbot.errors import UnreadableSource

PUBLISHER = "MedlinePlus, US National Library of Medicine"


def read_medlineplus(data: bytes) -> Iterator[Extracted]:
    """Every English topic of the file. Raises UnreadableSource."""
    try:
        for _, element in iterparse(io.BytesIO(data), events=("end",), forbid_dtd=False):
            if element.tag == "health-topic":
                if element.get("language") == "English":
                    yield _topic(element)
                element.clear()
    except (ParseError, DefusedXmlException) as error:
        raise UnreadableSource(f"not well-formed XML ({error})") from error


def _topic(element: Element) -> Extracted:
    outline = Outline()
    summary = element.findtext("full-summary") or ""
    read_fragment(summary, outline, skip_class="NLMattribution")
    groups = (group.text or "" for group in element.findall("group"))
    return Extracted(
        title=element.get("title") or "",
        url=element.get("url"),
        publisher=PUBLISHER,
        parts=outline.parts,
        sha256=hashlib.sha256(summary.encode()).hexdigest(),
        topics=tuple(g.lower() for g in groups if g),
    )
