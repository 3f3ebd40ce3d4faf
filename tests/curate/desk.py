"""A curator's desk: a small corpus that ships, a folder of the deployer's own, and the command."""

import contextlib
import io
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import yaml

from chatbot.cli import main
from chatbot.curate import Curator, Outcome, Wanted
from chatbot.encoder import Encoder, Vectors
from chatbot.library import Document, Library
from chatbot.library.documents import read_document
from chatbot.library.history import Entry, read_history
from chatbot.settings import ROOT, Settings

HERE = "127.0.0.1"
SHIPPED = ("grief", "ocd")


class RememberingEncoder(Encoder):
    """The real encoder, which reads each text once in all tests: its vectors do not change."""

    def __init__(self, encoder: Encoder, known: dict[str, Vectors] | None = None):
        self.__dict__.update(encoder.__dict__)
        self.known = {} if known is None else known

    def encode(self, texts: Sequence[str], *, progress: bool = False) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        if new:
            self.known.update(zip(new, super().encode(new), strict=True))
        return np.array([self.known[text] for text in texts], dtype=np.float32)


@dataclass(frozen=True)
class Ran:
    """A command that has ended, in this process."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Desk:
    """Folders and settings of one test. `base` ships, `own` takes precedence over it."""

    place: Path
    own: Path
    base: Path

    @classmethod
    def make(cls, place: Path) -> "Desk":
        desk = cls(place, place / "own", place / "base")
        shipped_in_small(desk.base)
        desk.own.mkdir()
        desk.settings_are(desk.own)
        return desk

    def settings_are(self, *own: Path) -> None:
        """Write the settings file with these own folders, the first with precedence."""
        folders = ", ".join(f'"{folder}"' for folder in own)
        self.settings_file.write_text(
            f'[corpus]\nfolder = "{self.base}"\nown = [{folders}]\nhosts = ["{HERE}"]\n'
            f'[index]\nfolder = "{self.place / "index"}"\n'
        )

    @property
    def settings_file(self) -> Path:
        return self.place / "settings.toml"

    @property
    def settings(self) -> Settings:
        return Settings.load(self.settings_file)

    @property
    def library(self) -> Library:
        return Library.load(*self.settings.corpus.folders)

    @property
    def history(self) -> list[Entry]:
        return read_history(self.own)

    def says(self, *arguments: str) -> Ran:
        """Run `lamplight corpus ...` with this desk's settings."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = main(["--settings", str(self.settings_file), "corpus", *arguments])
            except SystemExit as ended:
                status = ended.code if isinstance(ended.code, int) else 1
        return Ran(status, out.getvalue(), err.getvalue())

    def curator(self, today: date | None = None) -> Curator:
        corpus = self.settings.corpus
        return Curator(self.own, corpus.folders, corpus.hosts, today or date.today())

    def add(self, data: bytes, name: str, wanted: Wanted = Wanted()) -> list[Outcome]:
        """Put bytes into a file and add it."""
        return list(self.curator().add([str(self.file(name, data))], wanted))

    def added(self, data: bytes, name: str, wanted: Wanted = Wanted()) -> Document:
        """The one document that a file gave."""
        (outcome,) = self.add(data, name, wanted)
        assert outcome.document is not None, outcome.problem
        return outcome.document

    def refused(self, data: bytes, name: str, wanted: Wanted = Wanted()) -> str:
        """Why a file gave nothing."""
        (outcome,) = self.add(data, name, wanted)
        assert outcome.document is None
        assert outcome.problem
        return outcome.problem

    def file(self, name: str, data: bytes) -> Path:
        file = self.place / "given" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
        return file

    def document_file(self, id: str) -> Path:
        return self.own / "documents" / f"{id}.md"

    def document(self, id: str) -> Document:
        return read_document(self.document_file(id))

    def change(self, id: str, old: str, new: str) -> None:
        """Edit a document of the own folder by hand."""
        file = self.document_file(id)
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file.name}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")


def shipped_in_small(folder: Path) -> None:
    """Two shipped documents with exactly the sources that they cite, and all crisis lines."""
    (folder / "documents").mkdir(parents=True)
    (folder / "asked_as").mkdir()
    shipped = ROOT / "corpus"
    cited = set[str]()
    for id in SHIPPED:
        shutil.copy(shipped / "documents" / f"{id}.md", folder / "documents" / f"{id}.md")
        phrasings = shipped / "asked_as" / f"{id}.yaml"
        if phrasings.is_file():
            shutil.copy(phrasings, folder / "asked_as" / phrasings.name)
        document = read_document(folder / "documents" / f"{id}.md")
        cited |= {s for p in document.paragraphs.values() for s in p.sources}
    shutil.copy(shipped / "crisis_lines.yaml", folder / "crisis_lines.yaml")
    records = yaml.safe_load((shipped / "sources.yaml").read_text(encoding="utf-8"))
    write_yaml(folder / "sources.yaml", (r for r in records if r["id"] in cited))


def write_yaml(file: Path, records: Iterable[dict[str, object]]) -> None:
    """A corpus file of records."""
    file.write_text(
        yaml.safe_dump(list(records), sort_keys=False, allow_unicode=True), encoding="utf-8"
    )


def lists_of(document: Document) -> list[list[str]]:
    """The items of each list of a document, in order."""
    texts = [p.text for p in document.paragraphs.values()]
    return [[line.removeprefix("- ") for line in t.split("\n")[1:]] for t in texts if "\n- " in t]
