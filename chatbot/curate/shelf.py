"""Writes corpus files: each is replaced whole or not at all, so a killed command breaks none."""

import os
import re
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from chatbot.errors import CorpusError
from chatbot.library.documents import FENCE, Document, FrontMatter, parse_document
from chatbot.library.sources import Source
from chatbot.library.yaml_file import read_text


class _Dumper(yaml.SafeDumper):
    """Writes `on:` as people do: only true and false are booleans in a corpus."""


_Dumper.yaml_implicit_resolvers = {
    first: [(tag, exp) for tag, exp in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
}
_Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def replace_file(file: Path, text: str) -> None:
    """Write a file beside its place, then rename it into place."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=file.suffix, dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if file.exists():
            os.chmod(name, file.stat().st_mode)
        else:
            os.chmod(name, 0o644)
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_document(file: Path, front: FrontMatter, body: str) -> Document:
    """Write a document, read back first: nothing that cannot be read is written."""
    text = rendered(front, body)
    document = parse_document(text, file)
    replace_file(file, text)
    return document


def rendered(front: FrontMatter, body: str) -> str:
    """A document's text: one line for each key of the front matter, then the body as it is."""
    lines = []
    for key, value in front.model_dump(exclude_none=False).items():
        if value is None:
            continue
        lines.append(f"{key}: {_in_line(value)}")
    return FENCE + "\n".join(lines) + "\n" + FENCE + body


def _in_line(value: Any) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    written = yaml.dump(
        plain,
        Dumper=_Dumper,
        default_flow_style=True,
        width=10**6,
        allow_unicode=True,
        sort_keys=False,
    )
    return str(written).removesuffix("...\n").strip()


def add_source(folder: Path, source: Source) -> None:
    """Append a record to a folder's sources.yaml, making the file where there is none."""
    file = folder / "sources.yaml"
    text = read_text(file) if file.is_file() else ""
    record = {k: v for k, v in source.model_dump().items() if v is not None or k == "accessed"}
    written = yaml.safe_dump([record], sort_keys=False, width=10**6, allow_unicode=True)
    replace_file(file, f"{text.rstrip()}\n\n{written}".lstrip("\n"))


def set_accessed(folder: Path, opened: Mapping[str, date]) -> set[str]:
    """Write the day on which pages were opened into a folder's records; the ids it holds."""
    file = folder / "sources.yaml"
    if not file.is_file():
        return set()
    parts = re.split(r"(?m)^(?=- )", read_text(file))
    done = set[str]()
    for n, part in enumerate(parts):
        named = re.search(r"(?m)^(?:- |  )id: *[\"']?([\w.-]+)", part)
        if named and named[1] in opened:
            line = f"  accessed: {opened[named[1]]}"
            parts[n], changed = re.subn(r"(?m)^  accessed:.*$", line, part)
            if not changed:
                parts[n] = f"{part.rstrip()}\n{line}\n\n"
            done.add(named[1])
    if done:
        replace_file(file, "".join(parts))
    return done


def document_file(folder: Path, id: str) -> Path:
    """Where a document stands. Raises CorpusError for an id that is no file name."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id):
        raise CorpusError(f"{id!r} is no document id: small letters, digits and hyphens.")
    return folder / "documents" / f"{id}.md"
