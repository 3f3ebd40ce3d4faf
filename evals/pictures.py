"""The report's pictures, as SVG text: matplotlib draws them, nothing is fetched.

The same run gives the same bytes. A picture whose data a run lacks is left out, with a sentence
instead. Colours are Okabe and Ito's (2008), which readers with any colour vision tell apart; each
picture brings its own dark looks, since the page's style does not reach into it.
"""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas

from evals.curves import Cut, calibration, cuts, quantile
from evals.record import Run, TaskRun

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#767676"
DARK = {
    "#000000": "#e4e4e0",
    "#ffffff": "#1d1f23",
    BLUE: "#56B4E9",
    ORANGE: "#E69F00",
    GREY: "#A0A0A0",
}
"""What stands for a colour on a dark screen; green is seen well on both."""
MOST_SLICES = 30
NOTICED = ("noticed", "explicit_stopped", "oblique_noticed")
ALARMS = ("benign_hard", "benign_soft", "distressed_hard", "distressed_soft")
LATENCY_MARKS = (0.05, 0.25, 0.5, 0.75, 0.95)
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "lamplight",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@dataclass(frozen=True)
class Picture:
    """A picture, or the sentence that says why there is none; `alt` tells its content in words."""

    title: str
    alt: str
    svg: str | None = None


def pictures(run: Run) -> list[Picture]:
    """Every picture of a run, in the order of the report."""
    crisis, silence = _task(run, "crisis"), _task(run, "abstention")
    return [
        by_slice(crisis, NOTICED, "Danger noticed, by slice"),
        by_slice(crisis, ALARMS, "False alarms, by slice"),
        by_slice(crisis, ("language_stopped",), "Danger stopped in other languages, by slice"),
        by_slice(crisis, ("language_hard",), "False alarms in other languages, by slice"),
        precision_recall(crisis),
        thresholds(crisis),
        calibrated(crisis, "P(danger)", "danger"),
        trade_off(silence),
        calibrated(silence, "confidence", "answerable"),
        latency(run),
    ]


def _task(run: Run, name: str) -> TaskRun:
    """A task of the run; one without a sample where it was not run, so that pictures say so."""
    return run.task(name) or TaskRun(name=name, about="", seconds=0, samples=0)


def _none(title: str, task: TaskRun, why: str) -> Picture:
    return Picture(title, why if task.samples else f"The task {task.name} was not run.")


def by_slice(task: TaskRun, figures: Sequence[str], title: str) -> Picture:
    """Dots with whiskers: each slice of each figure, with its 95% interval; the worst first."""
    names = {f.key: f.name for f in task.figures}
    higher = {f.key: f.better == "higher" for f in task.figures}
    slices = [s for s in task.slices if s.figure in figures and s.figure in names and s.n]
    slices.sort(key=lambda s: (s.hits / s.n) if higher[s.figure] else -(s.hits / s.n))
    total, slices = len(slices), slices[:MOST_SLICES]
    if not slices:
        return _none(title, task, "No slice of ten samples or more.")

    def draw(axes: Any) -> None:
        for row, s in enumerate(reversed(slices)):
            colour = (BLUE, ORANGE, GREEN, GREY)[list(figures).index(s.figure) % 4]
            axes.plot([100 * s.low, 100 * s.high], [row, row], color=colour, linewidth=1.5)
            axes.plot(100 * s.hits / s.n, row, "o", color=colour, markersize=5)
        axes.set_yticks(range(len(slices)))
        axes.set_yticklabels(
            [f"{names[s.figure]} · {s.by} {s.value} (n={s.n})" for s in reversed(slices)],
            fontsize=8,
        )
        axes.set_xlim(-2, 102)
        axes.set_xlabel("% of samples, with 95% interval")

    worst = "; ".join(f"{names[s.figure]}, {s.by} {s.value}: {s.hits} of {s.n}" for s in slices[:3])
    shown = f"The worst {len(slices)} of {total} slices" if total > len(slices) else "Every slice"
    alt = f"{shown}, with 95% intervals. Worst: {worst}."
    return Picture(title, alt, _svg(draw, height=1.2 + 0.22 * len(slices), wide=True))


def precision_recall(task: TaskRun) -> Picture:
    """Precision against recall of the guard's score alone, over every threshold."""
    title = "Precision and recall of the score"
    found = cuts(task.scores, task.truth)
    if not found:
        return _none(title, task, "No scores: the system gives none.")

    def draw(axes: Any) -> None:
        axes.plot([c.recall for c in found], [c.precision for c in found], color=BLUE)
        axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1.02), ylim=(0, 1.02))

    at = min(found, key=lambda c: abs(c.recall - 0.95))
    alt = f"At a recall of {at.recall:.0%} the precision is {at.precision:.0%}."
    return Picture(title, f"{alt} {_over(at, 'in danger')}", _svg(draw))


def thresholds(task: TaskRun) -> Picture:
    """Recall and false alarms as the threshold moves."""
    title = "Recall and false alarms against the threshold"
    found = cuts(task.scores, task.truth)
    if not found:
        return _none(title, task, "No scores: the system gives none.")
    lines = (("recall", lambda c: c.recall), ("false alarms", lambda c: c.false_alarms))
    return _two_lines(title, found, "in danger", *lines)


def trade_off(task: TaskRun) -> Picture:
    """Wrong silence against right silence, as the confidence asked for moves."""
    title = "Silence: right and wrong, against the confidence asked for"
    found = cuts(task.scores, task.truth)
    if not found:
        return _none(title, task, "No confidences: the system gives none.")
    return _two_lines(
        title,
        found,
        "answerable",
        ("unanswerable: silent", lambda c: 1 - c.false_alarms),
        ("answerable: silent", lambda c: 1 - c.recall),
    )


def _two_lines(
    title: str, found: Sequence[Cut], true: str, *lines: tuple[str, Callable[[Cut], float]]
) -> Picture:
    def draw(axes: Any) -> None:
        for (name, value), colour, dash in zip(lines, (BLUE, ORANGE), ("-", "--"), strict=True):
            at = [c.threshold for c in found]
            axes.plot(at, [value(c) for c in found], dash, color=colour, label=name)
        axes.set(xlabel="threshold", ylabel="rate", xlim=(0, 1), ylim=(0, 1.02))
        axes.legend(frameon=False)

    half = min(found, key=lambda c: abs(c.threshold - 0.5))
    told = ", ".join(f"{name} {value(half):.0%}" for name, value in lines)
    alt = f"At a threshold of {half.threshold:.2f}: {told}. {_over(half, true)}"
    return Picture(title, alt, _svg(draw))


def _over(cut: Cut, true: str) -> str:
    return f"The score alone, over {cut.n_true} samples {true} and {cut.n_false} that are not."


def calibrated(task: TaskRun, score: str, true: str) -> Picture:
    """How often it was true, against the score, with the number of samples at each dot."""
    title = f"Calibration of {score} ({task.name})"
    found = calibration(task.scores, task.truth)
    if not found:
        return _none(title, task, "No scores: the system gives none.")

    def draw(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], ":", color=GREY)
        for b in found:
            axes.plot([b.mean_score] * 2, [b.low, b.high], color=BLUE, linewidth=1.5)
            axes.plot(b.mean_score, b.hits / b.n, "o", color=BLUE)
            axes.annotate(str(b.n), (b.mean_score, b.high), fontsize=7, ha="center", va="bottom")
        axes.set(xlabel=score, ylabel=f"share {true}", xlim=(0, 1), ylim=(0, 1.08))

    told = "; ".join(f"{b.mean_score:.2f}: {b.hits} of {b.n}" for b in found)
    return Picture(title, f"Mean {score} of a bin, and how many were {true}: {told}.", _svg(draw))


def latency(run: Run) -> Picture:
    """Milliseconds of a turn per task: 5th to 95th percentile, quartiles, and the median."""
    title = "Milliseconds a sample, median to 95th percentile"
    timed = [t for t in run.tasks if t.milliseconds]
    if not timed:
        return Picture(title, "No times: nothing was timed.")
    rows = [
        (t.name, len(ms), [quantile(ms, share) for share in LATENCY_MARKS])
        for t in timed
        if (ms := list(t.milliseconds.values()))
    ]

    def draw(axes: Any) -> None:
        for row, (_, _, (p5, low, median, high, p95)) in enumerate(reversed(rows)):
            axes.plot([p5, p95], [row, row], color=BLUE, linewidth=1)
            axes.plot([low, high], [row, row], color=BLUE, linewidth=5, solid_capstyle="butt")
            axes.plot(median, row, "o", color=ORANGE, markersize=6)
            axes.plot(p95, row, "|", color=BLUE, markersize=11)
        axes.set_yticks(range(len(rows)))
        axes.set_yticklabels([f"{name} (n={n})" for name, n, _ in reversed(rows)])
        axes.set_xlim(left=0)
        axes.set_xlabel("milliseconds: dot median, bar quartiles, line 5th to 95th percentile")

    told = "; ".join(f"{name}: {marks[2]:.0f} and {marks[4]:.0f}" for name, _, marks in rows)
    untimed = ", ".join(t.name for t in run.tasks if not t.milliseconds)
    alt = f"Median and 95th percentile: {told}." + (f" Not timed: {untimed}." if untimed else "")
    return Picture(title, alt, _svg(draw, height=1.2 + 0.3 * len(rows), wide=True))


def _svg(draw: Callable[[Any], None], height: float = 3.6, *, wide: bool = False) -> str:
    """An SVG element without the XML head, so that it can stand in a page."""
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(8.5 if wide else 5.2, height), layout="constrained")
        draw(canvas.add_subplot())
        written = io.StringIO()
        FigureCanvasSVG(canvas).print_svg(  # type: ignore[no-untyped-call]
            written, metadata={"Date": None, "Creator": None}
        )
    text = written.getvalue()
    return _in_both_lights(text[text.index("<svg") :])


def _in_both_lights(svg: str) -> str:
    """The drawing with its colours named, so that a dark screen can show others."""
    light = {name.lower(): f"--c{n}" for n, name in enumerate(DARK)}
    for colour, name in light.items():
        svg = svg.replace(f": {colour}", f": var({name})")
    day, night = (
        "".join(f"{name}:{c};" for name, c in zip(light.values(), colours, strict=True))
        for colours in (DARK, DARK.values())
    )
    looks = (
        f"<style>svg{{{day}}}@media (prefers-color-scheme:dark){{svg{{{night}}}}}"
        "text{fill:var(--c0)}</style>"
    )
    return re.sub(r"^<svg[^>]*>", lambda opened: opened[0] + looks, svg, count=1)
