"""The shape of the code: names that say something, files and functions that do one thing."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from chatbot.schema import Conversation, Finding, Reply, Screening, Timings, Turn, Versions, worst
from chatbot.settings import ROOT

FILES = sorted((ROOT / "chatbot").rglob("*.py"))
EMPTY_NAMES = {"utils", "util", "common", "core", "base", "manager", "helper", "helpers", "misc"}
EMPTY_ENDINGS = ("Base", "Manager", "Handler", "Helper", "Util", "Utils", "Mixin")
LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 40
LONGER_FILES = {
    "index": "what is built and what is opened share the layout of one folder",
    "schema": "every value that crosses a stage stands in one place, by design",
}
LONGER_FUNCTIONS: dict[str, str] = {}
"""What is longer, each with the reason why it is not two."""


def named(file: Path) -> str:
    return ".".join(file.relative_to(ROOT / "chatbot").with_suffix("").parts)


def functions(file: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield f"{named(file)}.{node.name}", node


def public(file: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """Functions and classes at the top of a module that others may use."""
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield f"{named(file)}.{node.name}", node


@pytest.mark.parametrize("file", FILES, ids=named)
def test_every_module_says_what_it_decides(file: Path) -> None:
    said = ast.get_docstring(ast.parse(file.read_text()))
    assert said, f"{named(file)} has no docstring"
    assert len(said.split()) >= 4


@pytest.mark.parametrize("file", FILES, ids=named)
def test_every_public_function_and_class_says_what_it_does(file: Path) -> None:
    silent = [name for name, node in public(file) if not ast.get_docstring(node)]
    assert silent == []


def test_no_module_or_class_has_a_name_that_says_nothing() -> None:
    for file in FILES:
        assert not EMPTY_NAMES & set(named(file).split(".")), file
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ClassDef):
                assert not node.name.endswith(EMPTY_ENDINGS), node.name
                assert not re.match(r"I[A-Z][a-z]", node.name), node.name


def test_a_file_is_under_300_lines_but_for_those_with_a_reason() -> None:
    long = {named(f) for f in FILES if len(f.read_text().splitlines()) > LINES_OF_A_FILE}
    assert long == set(LONGER_FILES)


def test_a_function_is_under_40_lines_but_for_those_with_a_reason() -> None:
    long = {
        name
        for file in FILES
        for name, node in functions(file)
        if (node.end_lineno or 0) - node.lineno + 1 - _docstring_lines(node) > LINES_OF_A_FUNCTION
    }
    assert long == set(LONGER_FUNCTIONS)


def _docstring_lines(node: ast.FunctionDef) -> int:
    """A docstring's lines are not counted: saying more is not doing more."""
    return len((ast.get_docstring(node, clean=False) or "").splitlines())


def test_each_stage_has_one_public_function_named_as_its_module() -> None:
    for stage in ("screen", "interpret", "retrieve", "answer", "verify", "reply"):
        names = [name for name, _ in public(ROOT / "chatbot" / f"{stage}.py")]
        assert f"{stage}.{stage}" in names


# --- values ---------------------------------------------------------------------------------------

DERIVED = ("message_risk", "risk", "failed", "refusal_reason", "request", "labels", "score")
CRISIS = Screening(findings=(Finding(guard="g", risk="crisis", labels=("active",)),), latched=True)


@pytest.mark.parametrize("field", DERIVED)
def test_what_a_screening_derives_cannot_be_set(field: str) -> None:
    with pytest.raises(ValidationError):
        Screening.model_validate({field: "none"})
    with pytest.raises((ValidationError, AttributeError)):
        setattr(CRISIS, field, "none")
    with pytest.raises((ValidationError, AttributeError)):
        delattr(CRISIS, field)


@pytest.mark.parametrize("field", DERIVED)
def test_a_copy_of_a_screening_cannot_contradict_its_findings(field: str) -> None:
    derived = getattr(CRISIS, field)
    assert getattr(CRISIS.model_copy(update={field: "none"}), field) == derived


def test_a_copy_of_a_screening_derives_its_risk_afresh() -> None:
    calm = Screening(findings=(Finding(guard="g"),))
    assert calm.risk == "none"
    assert calm.model_copy(update={"latched": True}).risk == "crisis"
    assert calm.model_copy(update={"findings": CRISIS.findings}).risk == "crisis"


def test_what_a_reply_derives_cannot_be_set() -> None:
    reply = Reply(
        kind="no_answer", risk="elevated", latched=False, labels=(), refusal_reason=None,
        language="en", text="", versions=Versions(corpus="", guard="", app=""),
    )  # fmt: skip
    assert reply.care
    assert Reply.model_validate({**reply.model_dump(), "care": False}).care
    assert Reply.model_validate_json(reply.model_dump_json()) == reply
    with pytest.raises((ValidationError, AttributeError)):
        reply.care = False  # type: ignore[misc]


@pytest.mark.parametrize("value", [CRISIS, Finding(guard="g"), Conversation(), Timings()])
def test_values_are_frozen_and_refuse_what_they_do_not_know(value: object) -> None:
    with pytest.raises(ValidationError):
        setattr(value, next(iter(type(value).model_fields)), None)  # type: ignore[attr-defined]
    with pytest.raises(ValidationError):
        type(value)(**{**dict(value), "unknown": 1})  # type: ignore[call-overload]


def test_a_conversation_with_one_more_turn_leaves_the_old_one_as_it_was() -> None:
    before = Conversation(turns=(Turn(text="a", screening=CRISIS),))
    after = before.plus("b", Screening())
    assert (len(before.turns), len(after.turns)) == (1, 2)
    assert after.latched


def test_the_worst_of_nothing_is_none_and_of_anything_is_the_most_severe() -> None:
    assert worst([]) == "none"
    assert worst(["elevated", "crisis", "none"]) == "crisis"


def test_values_never_hold_a_finding_s_words() -> None:
    assert not {"text", "message", "phrase", "match"} & set(Finding.model_fields)
    assert "words" in (inspect.getdoc(Finding) or "")
