"""`make bench`: speed as ratios, in one run on one machine.

The unit is one forward of the encoder over the same text. Messages are 200 benign ones of
the training split (a crisis skips retrieval and is faster), of every length up to 60 words, in a
fixed order. Budgets are those of the project's
design: a screen 1.5, a full turn 3, index building 0.8 of raw encoding, a cold start 3 times the
bare imports. Exits 1 when one is missed.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from chatbot.index import entries, open_index
from chatbot.language import Lingua
from chatbot.pipeline import Chatbot
from chatbot.retrieve import retrieve
from chatbot.schema import Conversation, Question
from chatbot.screen import screen
from chatbot.settings import IndexSettings, Settings

MESSAGES = 200
LONGEST_WORDS = 60
SERVED = "import gradio, sentence_transformers"
WARM_UP = 10
BUDGETS = {"a screen": 1.5, "a full turn": 3.0}


def _times(
    runs: Mapping[str, Callable[[str], object]], texts: Sequence[str]
) -> dict[str, list[float]]:
    """Seconds that each text took in each run. Runs take turns over every text, so that whatever
    else the machine does falls on all of them alike."""
    for text in texts[:WARM_UP]:
        for run in runs.values():
            run(text)
    spent: dict[str, list[float]] = {name: [] for name in runs}
    for text in texts:
        for name, run in runs.items():
            begun = time.perf_counter()
            run(text)
            spent[name].append(time.perf_counter() - begun)
    return spent


def _ratio(name: str, spent: list[float], unit: list[float], budget: float | None) -> bool:
    """Print median and p95 of the per-message ratios; whether the median is within budget."""
    ratios = sorted(s / u for s, u in zip(spent, unit, strict=True))
    median = statistics.median(ratios)
    p95 = ratios[int(0.95 * len(ratios))]
    limit = "" if budget is None else f"  budget {budget:g}  {'ok' if median <= budget else 'OVER'}"
    print(
        f"{name:28} median {median:5.2f}  p95 {p95:5.2f}  "
        f"({1000 * statistics.median(spent):.1f} ms, n={len(spent)}){limit}"
    )
    return budget is None or median <= budget


def _messages() -> list[str]:
    from chatbot.guards.examples import read_messages

    texts = [
        r["text"]
        for r in read_messages("messages.jsonl")
        if r["risk"] == "none" and len(r["text"].split()) <= LONGEST_WORDS
    ]
    step = max(1, len(texts) // MESSAGES)
    return texts[::step][:MESSAGES]


def _turns(chatbot: Chatbot) -> bool:
    texts = _messages()
    detector = Lingua()
    spent = _times(
        {
            "one forward": lambda t: chatbot.encoder.encode([t]),
            "a screen": lambda t: screen(t, chatbot.guards, detector),
            "a retrieval": lambda t: retrieve(Question(text=t), chatbot.index, chatbot.encoder),
            "a full turn": lambda t: chatbot.converse(t, Conversation()),
        },
        texts,
    )
    unit = spent.pop("one forward")
    print(f"one forward: {1000 * statistics.median(unit):.1f} ms (the unit, n={len(texts)})")
    kept = [_ratio(name, times, unit, BUDGETS.get(name)) for name, times in spent.items()]
    return all(kept)


def _indexing(chatbot: Chatbot) -> bool:
    found = entries(chatbot.library, chatbot.settings.corpus.quotable)
    texts = [e.text for e in found] + [u for e in found for u in e.units]
    texts += [q for asked in {e.section_id: e.questions for e in found}.values() for q in asked]
    begun = time.perf_counter()
    chatbot.encoder.encode(texts)
    raw = time.perf_counter() - begun
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        settings = IndexSettings(folder=Path(folder))
        open_index(
            chatbot.library, chatbot.encoder, settings, chatbot.settings.corpus.quotable
        ).close()
        built = time.perf_counter() - begun
    share = raw / built
    print(
        f"{'index against raw encoding':28} {share:5.2f}  ({len(texts)} texts, {built:.1f} s)  "
        f"budget 0.8  {'ok' if share >= 0.8 else 'UNDER'}"
    )
    return share >= 0.8


def _cold(code: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)  # noqa: S603
    return time.perf_counter() - begun


def _cold_start() -> bool:
    ready = (
        "from chatbot.settings import Settings; from chatbot.pipeline import Chatbot; "
        "from chatbot.ui import build; s = Settings.load(); build(Chatbot.open(s), s)"
    )
    _cold(SERVED)  # the file cache is warm for both
    bare = min(_cold(SERVED) for _ in range(2))
    ours = min(_cold(ready) for _ in range(2))
    ratio = ours / bare
    print(
        f"{'cold start against imports':28} {ratio:5.2f}  ({ours:.1f} s against {bare:.1f} s)  "
        f"budget 3  {'ok' if ratio <= 3 else 'OVER'}"
    )
    return ratio <= 3


def main() -> int:
    """Measure, print, and say whether every budget is kept."""
    chatbot = Chatbot.open(Settings.load())
    kept = [_turns(chatbot), _indexing(chatbot), _cold_start()]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
