"""The report of a run: one HTML file that asks no other host for anything, JSON, JUnit, Markdown.

write_report(run, baseline, folder)  →  report.html, report.json, report.xml, summary.md

Promise: nothing is called unchanged that was not compared, and no failed sample is left out.
"""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from jinja2 import Environment, PackageLoader, StrictUndefined

from evals.bounds import GATES, Gates
from evals.compare import Change, compare, figures_lost
from evals.gate import CHANCE, notes
from evals.record import Failure, Figure, Run, Slice, TaskRun
from evals.summary import table, told

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


@dataclass(frozen=True)
class Standing:
    """How a run stands against the baseline, figure by figure, at the gate's level of chance."""

    dropped: tuple[Change, ...]
    held: int
    apart: tuple[Change, ...]

    @property
    def said(self) -> str:
        """The sentence at the head of the report."""
        names = ", ".join(f"{c.task}: {c.name}" for c in self.dropped)
        said = f"Against the baseline {self.held} figures held and {len(self.dropped)} dropped"
        said += f" beyond chance (p < {CHANCE}){f': {names}' if names else ''}."
        if self.apart:
            said += f" {len(self.apart)} could not be compared: no sample counted in both runs."
        return said


def standing(changes: tuple[Change, ...]) -> Standing:
    """Which figures dropped, how many held, and which have no sample in both runs."""
    paired = [c for c in changes if c.pairs]
    dropped = tuple(c for c in moved(changes) if c.p < CHANCE)
    apart = tuple(c for c in changes if not c.pairs)
    return Standing(dropped, len(paired) - len(dropped), apart)


def caveats(found: Run, baseline: Run) -> list[str]:
    """What a reader of the comparison must know: other data, other versions, figures gone."""
    said = notes(found, baseline, Gates(GATES, (), None))
    for lost in figures_lost(found, baseline):
        what = f"{lost.task}, {lost.figure}" if lost.figure else f"{lost.task}, every figure"
        said.append(f"The baseline measured it and this run did not: {what}.")
    now, was = found.versions.model_dump(), baseline.versions.model_dump()
    for part in ("corpus", "guard", "app", "encoder", "python"):
        if now[part] != was[part]:
            said.append(f"Another {part}: {was[part]} before, {now[part]} now.")
    return said


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
    """One suite a task; one case a figure, with its rate, and one a sample that failed or raised.

    A figure's case has a name that stays, so that programs can follow it from run to run; whether
    a rate is good enough is the gate's to say. A sample that fails in several figures is one case
    with several messages: JUnit counts cases.
    """
    root = Element("testsuites", name=f"lamplight evals ({found.system})")
    for task in found.tasks:
        _suite(root, task)
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    xml = _clean(tostring(root, encoding="unicode"))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{xml}\n'


def _suite(root: Element, task: TaskRun) -> None:
    wrong: dict[str, list[Failure]] = {}
    for failure in task.failures:
        wrong.setdefault(failure.id, []).append(failure)
    suite = SubElement(
        root,
        "testsuite",
        name=task.name,
        tests=str(len(task.figures) + len(wrong) + len(task.errors)),
        time=f"{task.seconds:.2f}",
        failures=str(len(wrong)),
        errors=str(len(task.errors)),
    )
    for figure in task.figures:
        case = SubElement(suite, "testcase", classname=task.name, name=figure.name)
        SubElement(case, "system-out").text = told(figure)
    for id, failures in wrong.items():
        case = SubElement(suite, "testcase", classname=task.name, name=id)
        message = "; ".join(f"{f.figure}: expected {f.expected}, got {f.got}" for f in failures)
        rationales = dict.fromkeys(f.rationale for f in failures)
        node = SubElement(case, "failure", message=message)
        node.text = "\n\n".join(filter(None, (failures[0].text, *rationales)))
    for error in task.errors:
        case = SubElement(suite, "testcase", classname=task.name, name=error.id)
        SubElement(case, "error", message=error.error)
    if not task.figures:
        SubElement(suite, "system-out").text = "no figures"


def _clean(xml: str) -> str:
    """Without the characters that XML 1.0 cannot hold at all, escaped or not."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", xml)


def as_markdown(found: Run, baseline: Run | None, changes: tuple[Change, ...]) -> str:
    """For a pull request: what moved first, then every figure."""
    lines = [f"## Evals: {found.system}", "", _headline(found), ""]
    if baseline:
        lines += [standing(changes).said, ""]
        lines += [f"- {_cell(said)}" for said in caveats(found, baseline)]
        lines += ["", f"Against the baseline of {baseline.date}:", "", *_moved_lines(changes), ""]
    lines += [table(found), "", f"`{found.command}`, {found.date}, {found.seconds:.0f} s."]
    return "\n".join(lines) + "\n"


def _headline(found: Run) -> str:
    samples, errors = sum(t.samples for t in found.tasks), sum(len(t.errors) for t in found.tasks)
    part = "" if found.whole else " Only a part of the samples was asked."
    return f"{len(found.tasks)} tasks, {samples:,} samples, {errors} errors.{part}"


def _moved_lines(changes: tuple[Change, ...]) -> Iterator[str]:
    flipped = moved(changes)
    if not flipped:
        yield nothing_moved(changes)
        return
    yield "| task | figure | before | now | in both | broke | mended | p |"
    yield "|---|---|---|---|---|---|---|---|"
    for c in flipped:
        mark = " **worse**" if c.p < CHANCE else ""
        yield (
            f"| {c.task} | {_cell(c.name)} | {told(c.old)} | {told(c.new)}{mark} | {c.pairs} | "
            f"{len(c.broke)} | {len(c.mended)} | {c.p:.2g} |"
        )


def _cell(text: str) -> str:
    """Text that stays in its cell, or on its line, of a Markdown page."""
    return " ".join(text.replace("|", "\\|").split())


def nothing_moved(changes: tuple[Change, ...]) -> str:
    """What to say where no sample flipped: that none did, or that none could."""
    if any(c.pairs for c in changes):
        return "No sample flipped."
    return "No sample is in both runs: nothing was compared."


def as_html(found: Run, baseline: Run | None, changes: tuple[Change, ...]) -> str:
    """The page. Every text in it is escaped; pictures stand in it as data."""
    from evals.pictures import pictures  # matplotlib takes a second

    page = Environment(
        loader=PackageLoader("evals"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    page.filters["told"] = told
    page.filters["data"] = _as_data
    return page.get_template("report.html.j2").render(
        run=found,
        headline=_headline(found),
        standing=standing(changes).said if baseline else "",
        caveats=caveats(found, baseline) if baseline else [],
        nothing_moved=nothing_moved(changes),
        baseline=baseline,
        changes=moved(changes),
        chance=CHANCE,
        pictures=pictures(found),
        slices={t.name: _worst_first(t) for t in found.tasks},
        failures={t.name: _grouped(t) for t in found.tasks},
    )


def _as_data(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _worst_first(task: TaskRun) -> list[tuple[Figure, Slice]]:
    """The slices of a task, each with its figure; the furthest from what is wanted first."""
    figures = {f.key: f for f in task.figures}
    rows = [(figures[s.figure], s) for s in task.slices if s.figure in figures and s.n]

    def good(row: tuple[Figure, Slice]) -> float:
        figure, s = row
        return s.hits / s.n if figure.better == "higher" else 1 - s.hits / s.n

    return sorted(rows, key=good)


def _grouped(task: TaskRun) -> list[tuple[str, list[Failure]]]:
    """Failures by figure, in the order of the figures; of a figure that the task has not, last."""
    names = {f.key: f.name for f in task.figures} | {
        f.figure: f.figure for f in task.failures if task.figure(f.figure) is None
    }
    by_figure = {key: [x for x in task.failures if x.figure == key] for key in names}
    return [(names[key], same) for key, same in by_figure.items() if same]
