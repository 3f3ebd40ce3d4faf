"""The NHS website's content API: a page as JSON-LD of schema.org's MedicalWebPage.

https://digital.nhs.uk/developer/api-catalogue/nhs-website-content describes it.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from chatbot.curate.extracted import Extracted, Outline
from chatbot.curate.formats.fragment import read_fragment
from chatbot.errors import UnreadableSource

PUBLISHER = "NHS (England)"
API, WEBSITE = "https://api.nhs.uk/", "https://www.nhs.uk/"
_DEEPEST = 12


def read_nhs(data: bytes) -> Iterator[Extracted]:
    """The page of the file. Raises UnreadableSource."""
    try:
        page = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableSource(f"not JSON ({type(error).__name__})") from error
    if not isinstance(page, dict) or not isinstance(page.get("name"), str):
        raise UnreadableSource("no page of the NHS content API: it has no `name`")
    outline = Outline()
    for key in ("hasPart", "mainEntityOfPage"):
        _walk(page.get(key), outline, 0)
        if outline.parts:  # both hold the same text, the first by topic
            break
    url = str(page.get("webpage") or page.get("url") or "")
    yield Extracted(
        title=page["name"],
        url=url.replace(API, WEBSITE, 1) or None,
        publisher=PUBLISHER,
        parts=outline.parts,
        sha256=hashlib.sha256(data).hexdigest(),
        reviewed=_reviewed(page.get("lastReviewed")),
    )


def _walk(value: Any, outline: Outline, depth: int) -> None:
    if depth > _DEEPEST:
        raise UnreadableSource("its parts are nested too deep")
    for part in value if isinstance(value, list) else [value]:
        if not isinstance(part, dict):
            continue
        headline = part.get("headline")
        if isinstance(headline, str):
            outline.heading(headline)
        text = part.get("text")
        if isinstance(text, str):
            read_fragment(text, outline)
        for key in ("hasPart", "mainEntityOfPage"):
            _walk(part.get(key), outline, depth + 1)


def _reviewed(value: Any) -> date | None:
    first = value[0] if isinstance(value, list) and value else value
    try:
        return date.fromisoformat(str(first)[:10])
    except ValueError:
        return None
