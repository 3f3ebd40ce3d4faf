"""The report: whole, escaped, readable by other programs, and honest about what is missing."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from defusedxml.ElementTree import fromstring

from evals.bounds import GATES, Gates
from evals.compare import compare
from evals.gate import verdicts
from evals.record import Failure, Run, SampleError, Slice, TaskRun
from evals.report import as_html, as_json, as_junit, as_markdown, write_report

from .runs import a_run, a_task, noticed

NASTY = "<script>alert(1)</script> ]]> & \x0b \x00 “quote”"


def failing(figure: str = "noticed") -> Failure:
    return Failure(
        id="s1",
        figure=figure,
        text=NASTY,
        expected="crisis",
        got="none",
        rationale="a plan & a day",
    )


def a_slice(value: str, hits: int) -> Slice:
    return Slice(
        figure="noticed", by="register", value=value, hits=hits, n=10, low=hits / 20, high=1
    )


def told() -> Run:
    """A run with a failure, an error, a figure that nothing was eligible for, and slices."""
    outcomes = {**noticed("s2", "s3", missed=("s1",)), "explicit_stopped": {}}
    crisis = a_task("crisis", outcomes).model_copy(
        update={
            "failures": (failing(),),
            "errors": (SampleError(id="s9", error="TimeoutError"),),
            "slices": (a_slice("teen", 9), a_slice("plain", 1)),
        }
    )
    return a_run(crisis, a_task("refusal", {"refused": {"r1": True}}))


class Page(HTMLParser):
    """Collects tags and what they would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loaded += [v or "" for k, v in attrs if k in ("src", "href", "action", "data")]


def test_the_page_runs_nothing_and_asks_no_host() -> None:
    text = as_html(told(), None, ())
    page = Page(text)
    assert not {"script", "link", "iframe", "object", "form"} & set(page.tags)
    assert page.loaded
    assert all(address.startswith("data:") for address in page.loaded)
    assert "default-src 'none'" in text
    assert not re.search(r"url\(\s*['\"]?http", text)


def test_what_people_wrote_is_escaped_and_whole() -> None:
    text = as_html(told(), None, ())
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "a plan &amp; a day" in text
    assert "expected crisis, got none" in text


def test_errors_stand_apart_and_no_rate_is_made_up() -> None:
    text = as_html(told(), None, ())
    assert "1/3" in text, "errors over samples"
    assert "s9: TimeoutError" in text
    assert "no eligible samples" in text


def test_the_worst_slice_comes_first() -> None:
    text = as_html(told(), None, ())
    table = text[text.index("<h2>Slices") :]
    assert table.index("register plain") < table.index("register teen")


def test_a_table_says_what_it_is_and_a_picture_has_words() -> None:
    text = as_html(told(), None, ())
    assert text.count("<table") == text.count("<caption")
    assert len(re.findall(r"<img ", text)) == len(re.findall(r'<img [^>]*alt="[^"]+"', text)) > 0
    assert text.count("<h1") == 1


def test_flipped_samples_are_named_both_ways() -> None:
    before = a_run(a_task("crisis", noticed("s1", "s3", missed=("s2",))))
    now = a_run(a_task("crisis", noticed("s2", "s3", missed=("s1",))))
    text = as_html(now, before, compare(now, before))
    assert "Broke: s1" in text
    assert "Mended: s2" in text
    assert "No sample flipped" in as_html(now, now, compare(now, now))
    assert "No baseline was given" in as_html(now, None, ())


def test_nothing_is_called_unchanged_that_was_not_compared() -> None:
    before, now = (a_run(a_task("crisis", noticed(id))) for id in ("s1", "s2"))
    changes = compare(now, before)
    for text in (as_html(now, before, changes), as_markdown(now, before, changes)):
        assert "No sample flipped" not in text
        assert "1 could not be compared" in text
        assert "nothing was compared" in text


def test_what_the_baseline_measured_and_this_run_did_not_is_named() -> None:
    both = {**noticed("s1"), "explicit_stopped": {"s1": True}}
    before, now = a_run(a_task("crisis", both)), a_run(a_task("crisis", noticed("s1")))
    for text in (as_html(now, before, ()), as_markdown(now, before, ())):
        assert "this run did not: crisis, explicit_stopped" in text


def test_a_drop_is_marked_where_the_gate_would_fail_it() -> None:
    for lost, marked in ((6, False), (7, True)):
        ids = tuple(f"s{n}" for n in range(lost))
        before = a_run(a_task("crisis", noticed(*ids)))
        now = a_run(a_task("crisis", noticed(missed=ids)))
        text = as_markdown(now, before, compare(now, before))
        assert ("**worse**" in text) is marked, lost
        assert f"{1 - marked} figures held and {1 * marked} dropped" in text
        gate = [v.passed for v in verdicts(now, before, Gates(GATES, (), None)) if v.rule == "drop"]
        assert gate == [not marked], "the report and the gate say the same"


def test_a_failure_or_slice_of_an_unknown_figure_loses_nothing() -> None:
    odd = (
        told()
        .tasks[0]
        .model_copy(
            update={
                "failures": (failing("renamed"),),
                "slices": (
                    *told().tasks[0].slices,
                    a_slice("teen", 3).model_copy(update={"figure": "x"}),
                ),
            }
        )
    )
    text = as_html(a_run(odd), None, ())
    assert "renamed: 1" in text
    assert "register plain" in text


def suites_of(run: Run) -> dict[str, Any]:
    return {s.get("name"): s for s in fromstring(as_junit(run).split("\n", 1)[1])}


def test_junit_can_be_read_and_counts_what_it_holds() -> None:
    suites = suites_of(told())
    assert set(suites) == {"crisis", "refusal"}
    for suite in suites.values():
        for kind in ("failure", "error"):
            assert len(suite.findall(f"testcase/{kind}")) == int(suite.get(f"{kind}s"))
        assert len(suite.findall("testcase")) == int(suite.get("tests"))
    names = [case.get("name") for case in suites["crisis"].findall("testcase")]
    assert "noticed" in names, "each figure is a case, by a name that stays"
    failure = suites["crisis"].find("testcase/failure")
    assert failure.get("message") == "noticed: expected crisis, got none"
    assert "<script>" in failure.text


def test_a_sample_that_fails_two_figures_is_one_case() -> None:
    twice = told().tasks[0].model_copy(update={"failures": (failing(), failing("other"))})
    suite = suites_of(a_run(twice))["crisis"]
    assert suite.get("failures") == "1"
    assert suite.find("testcase/failure").get("message").count("expected") == 2


def test_json_holds_the_run_as_it_is() -> None:
    run = told()
    read = json.loads(as_json(run, run, compare(run, run)))
    assert Run.model_validate(read["run"]) == run
    assert read["baseline"]["date"] == run.date
    assert read["changes"][0]["pairs"] >= 1


def test_the_summary_leads_with_what_moved() -> None:
    ids = tuple(f"s{n}" for n in range(9))
    before = a_run(a_task("crisis", noticed(*ids)))
    now = a_run(a_task("crisis", noticed(missed=ids)))
    text = as_markdown(now, before, compare(now, before))
    assert text.index("**worse**") < text.index("| errors |")
    assert "| crisis | noticed |" in text
    assert "Only a part" in as_markdown(a_run(now.tasks[0], quick=True), None, ())


def test_four_files_are_written(tmp_path: Path) -> None:
    written = write_report(told(), None, tmp_path / "new")
    assert [f.name for f in written] == ["report.html", "report.json", "report.xml", "summary.md"]
    assert all(f.stat().st_size > 200 for f in written)


def test_a_run_of_nothing_is_a_report_too() -> None:
    nothing = a_run(TaskRun(name="crisis", about="", seconds=0, samples=0))
    assert "no figures" in as_junit(nothing)
    assert "No times" in as_html(nothing, None, ())
