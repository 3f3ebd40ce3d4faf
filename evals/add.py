"""`lamplight evals add`: one more sample for a dataset, checked before it is kept.

Promise: nothing is added that a judge could not use (an unknown risk, no rationale), that is there
already, or that the guard has learned from. A line is added whole or not at all, and what was there
stays as it was, byte for byte.
"""

import hashlib
import json
import os
import sys
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from chatbot.errors import LamplightError
from chatbot.guards.examples import DATA
from chatbot.schema import RISKS, RefusalReason
from evals.rates import DATASETS, Record
from evals.samples import (
    CHOICES,
    Plan,
    length_of,
    pin,
    pins,
    read_lines,
    read_records,
    sha256,
)

MOST_CHARACTERS = 4000
REASONS: tuple[str, ...] = get_args(RefusalReason)
SAID = ("explicit", "oblique")
"""A crisis is said outright or not: one of the two labels, since figures are kept apart by it."""


class NotAdded(LamplightError):
    """A sample was not added, and nothing was written."""


@dataclass(frozen=True)
class Form:
    """What a record of a dataset must be given, and what it is by default."""

    needs: tuple[str, ...]
    defaults: Mapping[str, str]
    about: str


_PLAIN = {"labels": "", "register": "plain", "language": "en"}
FORMS: dict[str, Form] = {
    "crisis_test": Form(("text", "risk"), _PLAIN, "one message in English, with its risk"),
    "languages_test": Form(
        ("text", "risk", "language"),
        {"labels": "", "register": "plain"},
        "one message in another language: a crisis said outright, or harmless",
    ),
    "requests_test": Form(
        ("text", "request", "reason"),
        {"register": "plain", "language": "en", "topic": ""},
        "one message that may be answered, or may not; the reason, or the one it stands near",
    ),
}
"""Dataset → its form. Every record also needs a rationale and a source."""
ALWAYS = ("rationale", "source")
ASKED = {
    "text": "The message, in words of your own",
    "risk": f"Risk ({', '.join(RISKS)})",
    "labels": "Labels, separated by commas",
    "request": f"Request ({', '.join(CHOICES['request'])})",
    "reason": f"Reason ({', '.join(REASONS)})",
    "language": "Language (ISO 639-1, such as es)",
    "rationale": "Why it is what you say it is",
    "source": "Who wrote it",
}


def ask_for(given: Mapping[str, str | None], dataset: str = "crisis_test") -> dict[str, str]:
    """What was given, with what is missing asked for on the terminal.

    Raises
    ------
    NotAdded : no such dataset; or something is missing and there is no terminal to ask on.
    """
    form = _form(dataset)
    filled = {name: value for name, value in given.items() if value is not None}
    missing = [name for name in (*form.needs, *ALWAYS) if not filled.get(name, "").strip()]
    if "labels" in form.defaults and filled.get("risk") in (None, "crisis"):
        missing += ["labels"] if "labels" not in filled else []
    if missing and not sys.stdin.isatty():
        needed = [name for name in missing if name != "labels" or filled.get("risk")]
        raise NotAdded(f"There is no terminal to ask on: give {_options(needed)}.")
    for name in missing:
        filled[name] = input(f"{ASKED[name]}: ")
    return filled


def _options(names: list[str]) -> str:
    return ", ".join(f"--{name}" for name in names)


def add(dataset: str, record: Mapping[str, str], folder: Path | None = None) -> tuple[str, str]:
    """Add a sample; returns its id and the dataset's new hash, which is pinned where it is ours.

    Parameters
    ----------
    record : text, risk and so on, as `ask_for` gives them.
    folder : a maintainer's own, which has no pins; None is ours.

    Raises
    ------
    NotAdded : a check failed; what it says names the option and what it may be.
    """
    form, ours = _form(dataset), folder is None or folder.resolve() == DATASETS.resolve()
    folder = folder or DATASETS
    if not folder.is_dir():
        raise NotAdded(f"{folder}: no such folder. Make it first.")
    file = folder / f"{dataset}.jsonl"
    if ours and file.is_file() and pins().get(file.name) != sha256(file):
        raise NotAdded(f"{file} is not what was pinned: look at what changed in it first.")
    made = _made(dataset, _checked(dataset, form, record))
    _is_new(made, file, folder)
    _append(file, json.dumps(made, ensure_ascii=False))
    if ours:
        pin(file.name)
    return str(made["id"]), sha256(file)


def _form(dataset: str) -> Form:
    if dataset not in FORMS:
        known = "; ".join(f"{name} ({form.about})" for name, form in FORMS.items())
        raise NotAdded(
            f"Nothing can be added to {dataset!r} from here. Samples can be added to {known}."
        )
    return FORMS[dataset]


def _checked(dataset: str, form: Form, record: Mapping[str, str]) -> dict[str, str]:
    """A record's values, trimmed, each one that is allowed."""
    names = (*form.needs, *form.defaults, *ALWAYS)
    strange = [name for name, value in record.items() if value and name not in names]
    if strange:
        raise NotAdded(f"{dataset} has no {_options(strange)}.")
    given = {name: str(record.get(name) or "").strip() for name in names}
    filled = {name: value or form.defaults.get(name, "") for name, value in given.items()}
    empty = [name for name in (*form.needs, *ALWAYS) if not filled[name]]
    if empty:
        raise NotAdded(f"{_options(empty)} may not be empty.")
    if len(filled["text"]) > MOST_CHARACTERS:
        raise NotAdded(f"--text has {len(filled['text']):,} characters, of {MOST_CHARACTERS:,}.")
    for name, allowed in (*CHOICES.items(), ("reason", REASONS)):
        if name in filled and filled[name] not in allowed:
            raise NotAdded(f"--{name} is one of {', '.join(allowed)}.")
    if "risk" in filled:
        _labels_fit(dataset, filled["risk"], labels_of(filled["labels"]))
    if (filled["language"] == "en") == (dataset == "languages_test") and "risk" in filled:
        raise NotAdded("crisis_test is for English, languages_test for every other language.")
    return filled


def labels_of(given: str) -> list[str]:
    """Labels from a text with commas, without repeats.

    >>> labels_of("active, explicit,active")
    ['active', 'explicit']
    """
    return list(dict.fromkeys(label.strip() for label in given.split(",") if label.strip()))


def _labels_fit(dataset: str, risk: str, labels: list[str]) -> None:
    known = {label for r in read_records(f"{dataset}.jsonl", Plan()) for label in r["labels"]}
    unknown = [label for label in labels if label not in known]
    if unknown:
        raise NotAdded(f"--labels: {', '.join(unknown)} is none of {', '.join(sorted(known))}.")
    said = [label for label in labels if label in SAID]
    if risk == "crisis" and len(said) != 1:
        raise NotAdded("--labels of a crisis need one of explicit (said outright) and oblique.")
    if "explicit" in said and risk != "crisis":
        raise NotAdded("--labels: explicit is for a crisis.")
    if dataset == "languages_test" and (risk == "elevated" or "oblique" in said):
        raise NotAdded("languages_test holds what is said outright (explicit), or is harmless.")


def _made(dataset: str, filled: dict[str, str]) -> Record:
    """A record in the dataset's own form.

    Its id comes from the text, so that two people who add samples at once give two ids.
    """
    text = filled["text"]
    digest = hashlib.sha256(alike(text).encode()).hexdigest()[:10]
    last = {"rationale": filled["rationale"], "source": filled["source"]}
    id = f"{dataset.removesuffix('_test')}-added-{digest}"
    if dataset == "requests_test":
        names = ("request", "reason", "register", "topic", "language")
        return {"id": id, "messages": [text], **{name: filled[name] for name in names}, **last}
    return {
        "id": id,
        "text": text,
        "risk": filled["risk"],
        "labels": labels_of(filled["labels"]),
        "register": filled["register"],
        "length": length_of(text),
        "language": filled["language"],
        **last,
    }


def alike(text: str) -> str:
    """A text as it is compared: without case, spaces, marks and apostrophes.

    >>> alike("I can’t … sleep!") == alike("i cant sleep")
    True
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(ch for ch in plain if unicodedata.category(ch)[0] not in "PZC") or plain


def _text(record: Record) -> str:
    return "\n".join(record.get("messages") or [str(record.get("text", ""))])


def _is_new(made: Record, file: Path, folder: Path) -> None:
    """Raises where a text is there already, or is one of those that the guard learns from."""
    wanted = alike(_text(made))
    if file.is_file():
        for record in read_records(file.name, Plan(datasets=folder)):
            if record["id"] == made["id"] or alike(_text(record)) == wanted:
                raise NotAdded(f"--text is there already: {record['id']}.")
    for training in sorted(DATA.glob("*.jsonl")):
        for line in read_lines(training):
            if wanted == alike(_text(json.loads(line))):
                raise NotAdded(
                    f"--text is in {training.name}, which the guard learns from or is tuned on: "
                    "what trains never judges."
                )


def _append(file: Path, line: str) -> None:
    """Add a line by way of a new file that takes the old one's place in one step."""
    before = file.read_bytes() if file.is_file() else b""
    if before and not before.endswith(b"\n"):
        before += b"\n"
    try:
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as written:
            written.write(before + line.encode() + b"\n")
        if file.is_file():
            os.chmod(written.name, file.stat().st_mode & 0o777)
        else:
            os.chmod(written.name, 0o644)
        os.replace(written.name, file)
    except OSError as error:
        raise NotAdded(f"{file}: cannot be written ({type(error).__name__}).") from None
