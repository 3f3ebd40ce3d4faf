"""Other ways in which people ask what a section answers: read by retrieval, never shown.

`corpus/asked_as/<document id>.yaml` maps a section's heading, spelled exactly, to a list of texts.
A document needs none.
"""

from pathlib import Path

import yaml

from chatbot.errors import CorpusError
from chatbot.library.documents import Document
from chatbot.library.yaml_file import construct, parse_yaml, read_text


def read_asked_as(folder: Path, document: Document) -> dict[str, tuple[str, ...]]:
    """Heading → phrasings of one document; empty where it has no file. Raises CorpusError."""
    file = folder / "asked_as" / f"{document.id}.yaml"
    if not file.is_file():
        return {}
    node = parse_yaml(read_text(file), file)
    if not isinstance(node, yaml.MappingNode):
        raise CorpusError('Expected `"heading?":` lines, each with a list of texts.', file, 1)
    headings = {section.heading for section in document.sections}
    found: dict[str, tuple[str, ...]] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        heading, texts = construct(key, file), construct(value, file)
        if heading not in headings:
            raise CorpusError(f"No section {heading!r} in {document.file.name}.", file, line)
        if not isinstance(texts, list) or not all(isinstance(t, str) and t for t in texts):
            raise CorpusError(
                "Expected a list of texts; put quotation marks around each.", file, line
            )
        found[heading] = tuple(texts)
    return found
