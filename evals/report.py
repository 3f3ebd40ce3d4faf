"""The report of a run: one HTML file that asks no other host for anything, JSON, JUnit, Markdown.

write_report(run, baseline, folder)  →  report.html, report.json, report.xml, summary.md
"""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from jinja2 import Environment, PackageLoader, StrictUndefined

from evals.compare import Change, compare
from evals.record import Failure, Figure, Run, TaskRun
from evals.summary import table, told

CHANCE = 0.05
_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def write_report(found: Run, baseline: Run | None, out: Path) -> tuple[Path, ...]:
    """Write the four files into a folder; returns their paths.

    Parameters
    ----------
    baseline : a run to compare with, sample by sample; None leaves the comparison out.
    """
    changes = compare(found, baseline) if baseline else ()
    out.mkdir(parents=True, exist_ok=True)
    written = {
        "report.html": as_html(found, baseline, changes),
        "report.json": as_json(found, baseline, changes),
        "report.xml": as_junit(found),
        "summary.md": as_markdown(found, baseline, changes),
    }
    for name, text in written.items():
        (out / name).write_text(text, "utf-8")
    return tuple(out / name for name in written)


def moved(changes: tuple[Change, ...]) -> list[Change]:
    """The changes in which a sample flipped, the likeliest losses first."""
    return sorted((c for c in changes if c.broke or c.mended), key=lambda c: (c.p, c.task))


def as_json(found: Run, baseline: Run | None, changes: tuple[Change, ...]) -> str:
    """`run` is the run.json as it is; `changes` what is different from the baseline."""
    told_changes = [
        {**asdict(c), "old": c.old.model_dump(), "new": c.new.model_dump()} for c in changes
    ]
    whole = {
        "run": found.model_dump(mode="json"),
        "baseline": baseline and {"date": baseline.date, "command": baseline.command},
        "changes": told_changes,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def as_junit(found: Run) -> str:
    """One suite a task; one case a sample that failed or raised, and one for all that passed.

    A sample that fails in several figures is one case with several messages: JUnit counts cases.
    """
    root = Element("testsuites", name=f"lamplight evals ({found.system})")
    for task in found.tasks:
        wrong: dict[str, list[Failure]] = {}
        for failure in task.failures:
            wrong.setdefault(failure.id, []).append(failure)
        suite = SubElement(
            root,
            "testsuite",
            name=task.name,
            tests=str(len(wrong) + len(task.errors) + 1),
            time=f"{task.seconds:.2f}",
            failures=str(len(wrong)),
            errors=str(len(task.errors)),
        )
        SubElement(suite, "testcase", classname=task.name, name=_rates(task))
        for id, failures in wrong.items():
            case = SubElement(suite, "testcase", classname=task.name, name=_clean(id))
            message = "; ".join(f"{f.figure}: expected {f.expected}, got {f.got}" for f in failures)
            node = SubElement(case, "failure", message=_clean(message))
            node.text = _clean(f"{failures[0].text}\n\n{failures[0].rationale}")
        for error in task.errors:
            case = SubElement(suite, "testcase", classname=task.name, name=_clean(error.id))
            SubElement(case, "error", message=_clean(error.error))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _rates(task: TaskRun) -> str:
    return _clean("; ".join(f"{f.name}: {told(f)}" for f in task.figures) or "no figures")


def _clean(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold at all."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def as_markdown(found: Run, baseline: Run | None, changes: tuple[Change, ...]) -> str:
    """For a pull request: what moved first, then every figure."""
    lines = [f"## Evals: {found.system}", "", _headline(found), ""]
    if baseline:
        lines += [f"Against the baseline of {baseline.date}:", "", *_moved_lines(changes), ""]
    lines += [table(found), "", f"`{found.command}`, {found.date}, {found.seconds:.0f} s."]
    return "\n".join(lines) + "\n"


def _headline(found: Run) -> str:
    samples, errors = sum(t.samples for t in found.tasks), sum(len(t.errors) for t in found.tasks)
    part = "" if found.whole else " Only a part of the samples was asked."
    return f"{len(found.tasks)} tasks, {samples:,} samples, {errors} errors.{part}"


def _moved_lines(changes: tuple[Change, ...]) -> Iterator[str]:
    flipped = moved(changes)
    if not flipped:
        yield "No sample flipped."
        return
    yield "| task | figure | before | now | broke | mended | p |"
    yield "|---|---|---|---|---|---|---|"
    for c in flipped:
        mark = " **worse**" if c.p < CHANCE else ""
        yield (
            f"| {c.task} | {c.name} | {told(c.old)} | {told(c.new)}{mark} | {len(c.broke)} | "
            f"{len(c.mended)} | {c.p:.2g} |"
        )


def as_html(found: Run, baseline: Run | None, changes: tuple[Change, ...]) -> str:
    """The page. Every text in it is escaped; pictures stand in it as data."""
    from evals.pictures import pictures  # matplotlib takes a second

    page = Environment(
        loader=PackageLoader("evals"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    page.filters["told"] = told
    page.filters["data"] = _as_data
    worst: dict[str, Any] = {t.name: _worst_first(t) for t in found.tasks}
    return page.get_template("report.html.j2").render(
        run=found,
        headline=_headline(found),
        baseline=baseline,
        changes=moved(changes),
        chance=CHANCE,
        pictures=pictures(found),
        slices=worst,
        failures={t.name: _grouped(t) for t in found.tasks},
    )


def _as_data(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _worst_first(task: TaskRun) -> list[tuple[str, Figure, Any]]:
    """(name, figure, slice) of a task, the slice furthest from what is wanted first."""
    figures = {f.key: f for f in task.figures}
    rows = [(figures[s.figure].name, figures[s.figure], s) for s in task.slices]
    return sorted(
        rows,
        key=lambda r: (
            (r[2].hits / r[2].n) * (1 if r[1].better == "higher" else -1)
            + (0 if r[1].better == "higher" else 1)
        ),
    )


def _grouped(task: TaskRun) -> list[tuple[str, list[Failure]]]:
    """Failures by figure, in the order of the figures."""
    return [
        (f.name, same)
        for f in task.figures
        if (same := [x for x in task.failures if x.figure == f.key])
    ]
