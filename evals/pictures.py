"""The report's pictures, as SVG text: matplotlib draws them, nothing is fetched.

The same run gives the same bytes. A picture whose data a run lacks is left out, with a sentence
instead. Colours are Okabe and Ito's (2008), which readers with any colour vision tell apart.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas

from evals.curves import Cut, calibration, cuts, quantile
from evals.record import Run, TaskRun

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#767676"
MOST_SLICES = 30
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
    crisis, silence = run.task("crisis"), run.task("abstention")
    drawn = []
    if crisis:
        noticed = ("noticed", "explicit_stopped", "oblique_noticed")
        drawn.append(by_slice(crisis, noticed, "Danger noticed, by slice"))
        alarms = ("benign_hard", "benign_soft", "distressed_hard", "distressed_soft")
        drawn.append(by_slice(crisis, alarms, "False alarms, by slice"))
        drawn.append(precision_recall(crisis))
        drawn.append(thresholds(crisis))
        drawn.append(calibrated(crisis, "P(danger)", "danger"))
    if silence:
        drawn.append(trade_off(silence))
        drawn.append(calibrated(silence, "confidence", "answerable"))
    return [*drawn, latency(run)]


def by_slice(task: TaskRun, figures: Sequence[str], title: str) -> Picture:
    """Dots with whiskers: each slice of each figure, with its 95% interval; the worst first."""
    names = {f.key: f.name for f in task.figures}
    higher = {f.key: f.better == "higher" for f in task.figures}
    slices = [s for s in task.slices if s.figure in figures and s.n]
    slices.sort(key=lambda s: (s.hits / s.n) if higher[s.figure] else -(s.hits / s.n))
    slices = slices[:MOST_SLICES]
    if not slices:
        return Picture(title, "No slice of ten samples or more.")

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
    alt = f"The {len(slices)} worst slices with 95% intervals. Worst: {worst}."
    return Picture(title, alt, _svg(draw, height=1.2 + 0.22 * len(slices), wide=True))


def precision_recall(task: TaskRun) -> Picture:
    """Precision against recall of the guard's score alone, over every threshold."""
    title = "Precision and recall of the score"
    found = cuts(task.scores, task.truth)
    if not found:
        return Picture(title, "No scores: the system gives none.")

    def draw(axes: Any) -> None:
        axes.plot([c.recall for c in found], [c.precision for c in found], color=BLUE)
        axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1.02), ylim=(0, 1.02))

    at = min(found, key=lambda c: abs(c.recall - 0.95))
    alt = f"At a recall of {at.recall:.0%} the precision is {at.precision:.0%}."
    return Picture(title, alt, _svg(draw))


def thresholds(task: TaskRun) -> Picture:
    """Recall and false alarms as the threshold moves."""
    title = "Recall and false alarms against the threshold"
    found = cuts(task.scores, task.truth)
    if not found:
        return Picture(title, "No scores: the system gives none.")
    return _two_lines(
        title, found, ("recall", lambda c: c.recall), ("false alarms", lambda c: c.false_alarms)
    )


def trade_off(task: TaskRun) -> Picture:
    """Wrong silence against right silence, as the confidence asked for moves."""
    title = "Silence: right and wrong, against the confidence asked for"
    found = cuts(task.scores, task.truth)
    if not found:
        return Picture(title, "No confidences: the system gives none.")
    return _two_lines(
        title,
        found,
        ("unanswerable: silent", lambda c: 1 - c.false_alarms),
        ("answerable: silent", lambda c: 1 - c.recall),
    )


def _two_lines(
    title: str, found: Sequence[Cut], *lines: tuple[str, Callable[[Cut], float]]
) -> Picture:
    def draw(axes: Any) -> None:
        for (name, value), colour, dash in zip(lines, (BLUE, ORANGE), ("-", "--"), strict=True):
            at = [c.threshold for c in found]
            axes.plot(at, [value(c) for c in found], dash, color=colour, label=name)
        axes.set(xlabel="threshold", ylabel="rate", xlim=(0, 1), ylim=(0, 1.02))
        axes.legend(frameon=False)

    half = min(found, key=lambda c: abs(c.threshold - 0.5))
    told = ", ".join(f"{name} {value(half):.0%}" for name, value in lines)
    return Picture(title, f"At a threshold of {half.threshold:.2f}: {told}.", _svg(draw))


def calibrated(task: TaskRun, score: str, true: str) -> Picture:
    """How often it was true, against the score, with the number of samples at each dot."""
    title = f"Calibration of {score} ({task.name})"
    found = calibration(task.scores, task.truth)
    if not found:
        return Picture(title, "No scores: the system gives none.")

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
    """Milliseconds of a turn (or a batch's share) per task: median to 95th percentile."""
    title = "Milliseconds a sample, median to 95th percentile"
    timed = [t for t in run.tasks if t.milliseconds]
    if not timed:
        return Picture(title, "No times: nothing was timed.")
    rows = [
        (t.name, quantile(v := list(t.milliseconds.values()), 0.5), quantile(v, 0.95), len(v))
        for t in timed
    ]

    def draw(axes: Any) -> None:
        for row, (_, median, p95, _) in enumerate(reversed(rows)):
            axes.plot([median, p95], [row, row], color=BLUE, linewidth=1.5)
            axes.plot(median, row, "o", color=BLUE)
            axes.plot(p95, row, "|", color=BLUE, markersize=9)
        axes.set_yticks(range(len(rows)))
        axes.set_yticklabels([f"{name} (n={n})" for name, _, _, n in reversed(rows)])
        axes.set_xlim(left=0)
        axes.set_xlabel("milliseconds")

    told = "; ".join(f"{name}: {median:.0f} and {p95:.0f}" for name, median, p95, _ in rows)
    return Picture(title, f"{told}.", _svg(draw, height=1.2 + 0.3 * len(rows), wide=True))


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
    return text[text.index("<svg") :]
