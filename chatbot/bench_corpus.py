"""`make bench-corpus`: the index at size, against the same texts merely encoded.

A corpus of made-up documents is written to a temporary folder: passages of two sentences, shuffled
from the words of the shipped corpus, so that each is new to the index and as long as a real one.
Prints, for a small corpus and a large one: the time to read it, to build its index as a share of
raw encoding of the same texts, memory, a query, and what changing or withdrawing one document
costs then. Exits 1 when the build of the large one takes more than raw encoding / 0.8. That share
is of processor time, which a busy machine spoils less; the seconds that passed stand beside it.
"""

import argparse
import random
import re
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from chatbot.encoder import Encoder
from chatbot.index import Index, entries, open_index
from chatbot.library import Library
from chatbot.library.documents import read_document
from chatbot.retrieve import retrieve
from chatbot.schema import Question
from chatbot.settings import IndexSettings, Settings

SMALL, LARGE = 1_000, 100_000
PER_SECTION, PER_DOCUMENT = 5, 25
QUERIES = 200
SHARE = 0.8
RAW_SAMPLE = 10_000
"""Texts that raw encoding is timed on, before the build and again after it, and scaled up from."""
SEED = 20261123

_FRONT = """---
id: {id}
title: {title}
topics: [bench]
version: 1
status: draft
written_on: 2026-11-22
review: {{by_role: null, on: null}}
review_due: 2027-11-22
---
"""


def write_corpus(folder: Path, like: Library, passages: int, source: str) -> None:
    """Write documents of made-up sentences until there are `passages` paragraphs."""
    rng = random.Random(SEED)  # noqa: S311  not for secrets
    lengths, words = [], []
    for document in like.documents.values():
        for paragraph in document.paragraphs.values():
            for a, b in paragraph.units:
                said = re.findall(r"[a-z]+", document.body[a:b].lower())
                lengths.append(min(len(said), 30))
                words += said
    (folder / "documents").mkdir(parents=True)

    def sentence() -> str:
        return " ".join(rng.choices(words, k=max(4, rng.choice(lengths)))).capitalize() + "."

    for n in range(0, passages, PER_DOCUMENT):
        id = f"made-up-{n // PER_DOCUMENT}"
        blocks = []
        for p in range(min(PER_DOCUMENT, passages - n)):
            if p % PER_SECTION == 0:
                blocks.append(f"## {sentence().rstrip('.')}?")
            blocks.append(f"{sentence()} {sentence()} [@{source}]\n")
        text = _FRONT.format(id=id, title=f"Made up {n // PER_DOCUMENT}") + "\n".join(blocks)
        (folder / "documents" / f"{id}.md").write_text(text, encoding="utf-8")


def queries(index: Index, encoder: Encoder, asked: Sequence[str]) -> list[float]:
    """Milliseconds that each retrieval took, the encoding of the question left out."""
    spent = []
    for question in asked:
        begun = time.perf_counter()
        encoder.encode([question])
        alone = time.perf_counter() - begun
        begun = time.perf_counter()
        retrieve(Question(text=question), index, encoder)
        spent.append(1000 * (time.perf_counter() - begun - alone))
    return spent


def measure(passages: int, like: Library, encoder: Encoder) -> tuple[float, float]:
    """Print the figures of one size; (share of raw encoding, median query in ms)."""
    folder_of = like.folders[-1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "corpus"
        source = next(iter(like.sources))
        write_corpus(folder, like, passages, source)
        for file in ("sources.yaml", "crisis_lines.yaml"):
            (folder / file).write_bytes((folder_of / file).read_bytes())
        begun = time.perf_counter()
        library = Library.load(folder)
        print(f"{passages:,} passages: read in {time.perf_counter() - begun:.1f} s", flush=True)
        before = _raw(library, encoder)
        settings = IndexSettings(folder=Path(name) / "index")
        building = _Spent()
        index = open_index(library, encoder, settings, ("draft",), progress=True)
        built = building.until_now()
        after = _raw(library, encoder)
        raw = _Seconds((before.passed + after.passed) / 2, (before.worked + after.worked) / 2)
        share = raw.worked / built.worked
        print(f"  built in {built.passed:.1f} s ({built.worked:.1f} s of processor time)")
        print(
            f"  raw encoding {raw.passed:.1f} s ({raw.worked:.1f} s): the build's share {share:.2f}"
        )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        disk = sum(f.stat().st_size for f in settings.folder.rglob("*") if f.is_file()) / 1e6
        print(f"  peak memory of the process {peak:,.0f} MB; {disk:,.0f} MB on disk")
        asked = [s.heading for d in like.documents.values() for s in d.sections][:QUERIES]
        queries(index, encoder, asked[:10])
        spent = queries(index, encoder, asked)
        p95 = sorted(spent)[int(0.95 * len(spent))]
        print(
            f"  a query {statistics.median(spent):.1f} ms (p95 {p95:.1f}, n={len(spent)}), "
            "its encoding left out",
            flush=True,
        )
        index.close()
        _change_one(folder, settings, encoder)
    return share, statistics.median(spent)


class _Seconds(NamedTuple):
    passed: float
    worked: float


class _Spent:
    """Seconds since it was made: on the clock, and of this process's work on all processors."""

    def __init__(self) -> None:
        self._clock, self._work = time.perf_counter(), time.process_time()

    def until_now(self) -> _Seconds:
        return _Seconds(time.perf_counter() - self._clock, time.process_time() - self._work)


def _raw(library: Library, encoder: Encoder) -> _Seconds:
    """To encode every text of the index, and nothing else; scaled up from a sample."""
    found = entries(library, ("draft",))
    texts = [e.text for e in found] + [u for e in found for u in e.units]
    texts += [q for asked in {e.section_id: e.questions for e in found}.values() for q in asked]
    texts = list(dict.fromkeys(texts))
    sample = random.Random(SEED).sample(texts, min(RAW_SAMPLE, len(texts)))  # noqa: S311
    begun = _Spent()
    encoder.encode(sample)
    passed, worked = begun.until_now()
    scale = len(texts) / len(sample)
    return _Seconds(passed * scale, worked * scale)


def _change_one(folder: Path, settings: IndexSettings, encoder: Encoder) -> None:
    file = folder / "documents" / "made-up-0.md"
    document = read_document(file)
    first = next(iter(document.paragraphs.values())).text
    for what, old, new in (
        ("changing a paragraph", first, "Lanterns are kept in the hall."),
        ("withdrawing a document", "status: draft", "status: withdrawn"),
    ):
        file.write_text(file.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
        begun = time.perf_counter()
        library = Library.load(folder)
        read = time.perf_counter() - begun
        open_index(library, encoder, settings, ("draft",)).close()
        took = time.perf_counter() - begun
        print(f"  {what} shows after {took:.1f} s, {read:.1f} of them reading", flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure both sizes; 1 when the large build is under its share of raw encoding."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--passages", type=int, default=LARGE)
    arguments = parser.parse_args(argv)
    settings = Settings.load()
    like, encoder = Library.load(settings.corpus.folder), Encoder.for_search(settings.encoder)
    _, small = measure(SMALL, like, encoder)
    share, large = measure(arguments.passages, like, encoder)
    print(f"a query at {arguments.passages:,} against {SMALL:,}: {large / small:.1f} times")
    print(f"build against raw encoding {share:.2f}  budget {SHARE}")
    return 0 if share >= SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
