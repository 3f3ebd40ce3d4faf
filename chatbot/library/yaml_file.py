"""Reads a YAML file into validated records, each error with its file and line."""

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from chatbot.errors import CorpusError


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML in which only true and false are booleans: `on:` is a key people write.

    Read by libyaml where PyYAML was built with it: a corpus then loads in a fifth of the time.
    """


_Loader.yaml_implicit_resolvers = {
    first: [(tag, exp) for tag, exp in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))

Record = TypeVar("Record", bound=BaseModel)


def read_text(file: Path) -> str:
    """A corpus file's text. Raises CorpusError when it is missing or not UTF-8."""
    try:
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise CorpusError("This file is missing.", file) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CorpusError("Not UTF-8 text: save it as UTF-8.", file, line) from None


def parse_yaml(text: str, file: Path, first_line: int = 1) -> yaml.Node | None:
    """The YAML node tree of a text, so that errors can name lines. Raises CorpusError."""
    try:
        return yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        problem = getattr(error, "problem", None) or "unreadable"
        raise CorpusError(f"Not valid YAML: {problem}.", file, line) from None


def construct(node: yaml.Node, file: Path, first_line: int = 1) -> Any:
    """Plain Python values of a node. Raises CorpusError for a value that cannot be, such as a
    thirteenth month."""
    loader = _Loader("")
    try:
        return loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as error:
        line = first_line + node.start_mark.line
        raise CorpusError(f"A value cannot be read: {error}.", file, line) from None
    finally:
        loader.dispose()


def read_records(file: Path, kind: type[Record]) -> list[tuple[int, Record]]:
    """A YAML list as records of `kind`, each with its 1-based line. Raises CorpusError."""
    node = parse_yaml(read_text(file), file)
    if not isinstance(node, yaml.SequenceNode):
        raise CorpusError(f"Expected a list of {kind.__name__} records.", file, 1)
    return [
        (
            item.start_mark.line + 1,
            validate(kind, construct(item, file), file, item.start_mark.line + 1),
        )
        for item in node.value
    ]


def validate(kind: type[Record], value: Any, file: Path, line: int) -> Record:
    """`value` as a record of `kind`. Raises CorpusError naming each field that is wrong."""
    if not isinstance(value, dict):
        raise CorpusError("Expected `key: value` lines.", file, line)
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'record'}: {e['msg'].lower()}"
            for e in error.errors()
        )
        raise CorpusError(f"{problems}.", file, line) from None
