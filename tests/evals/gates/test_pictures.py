"""Curves on samples few enough to count by hand, and the pictures that are made of them."""

import re

import pytest

from evals.curves import calibration, cuts, quantile
from evals.pictures import BLUE, pictures
from evals.record import Slice

from .runs import a_run, a_task, noticed

SCORES = {"a": 0.1, "b": 0.4, "c": 0.4, "d": 0.9}
TRUTH = {"a": False, "b": True, "c": False, "d": True}


def test_a_cut_flags_what_reaches_it() -> None:
    found = cuts(SCORES, TRUTH)
    assert [c.threshold for c in found] == [0.1, 0.4, 0.9]
    assert [c.recall for c in found] == [1, 1, 0.5]
    assert [c.false_alarms for c in found] == [1, 0.5, 0]
    assert [c.precision for c in found] == [0.5, pytest.approx(2 / 3), 1]


def test_without_both_truths_there_is_no_curve() -> None:
    assert cuts(SCORES, dict.fromkeys(SCORES, True)) == []
    assert cuts({}, {}) == []
    assert len(cuts({**SCORES, "x": 0.7}, TRUTH)) == 3, "a score without a truth says nothing"


def test_calibration_counts_every_sample_once() -> None:
    found = calibration({**SCORES, "e": 1.0}, {**TRUTH, "e": True}, bins=2)
    assert [(b.hits, b.n) for b in found] == [(1, 3), (2, 2)]
    assert found[0].mean_score == pytest.approx(0.3)
    assert all(b.low <= b.hits / b.n <= b.high for b in found)


def test_quantiles_are_values_that_occur() -> None:
    values = [float(n) for n in range(1, 101)]
    assert quantile(values, 0.95) == 95
    assert quantile(values, 0.5) == 50
    assert quantile([7.0], 0.5) == 7


def test_the_same_run_draws_the_same_bytes_and_says_in_words_what_it_shows() -> None:
    teens = Slice(figure="noticed", by="register", value="teen", hits=9, n=10, low=0.6, high=1)
    crisis = a_task("crisis", noticed("a", "b", "d", missed=("c",))).model_copy(
        update={
            "scores": SCORES,
            "truth": TRUTH,
            "milliseconds": {"a": 10.0, "b": 30.0},
            "slices": (teens,),
        }
    )
    silence = a_task("abstention", {}).model_copy(update={"scores": SCORES, "truth": TRUTH})
    run = a_run(crisis, silence)
    first, again = pictures(run), pictures(run)
    assert first == again
    drawn = {p.title: p for p in first if p.svg}
    assert len(drawn) == 7, sorted(drawn)
    assert "register teen: 9 of 10" in drawn["Danger noticed, by slice"].alt
    assert "crisis: 10 and 30" in drawn["Milliseconds a sample, median to 95th percentile"].alt
    loads = re.compile(r"""(?:href|src)="(?!#|data:)|url\((?!#)""")
    assert not any(loads.search(p.svg) for p in drawn.values() if p.svg)


def test_what_was_not_measured_is_not_drawn_and_says_so() -> None:
    run = a_run(a_task("crisis", noticed("a")))
    found = pictures(run)
    assert [p.svg for p in found] == [None] * len(found)
    said = {p.title: p.alt for p in found}
    assert said["Danger noticed, by slice"] == "No slice of ten samples or more."
    assert said["Precision and recall of the score"] == "No scores: the system gives none."
    assert said["Calibration of confidence (abstention)"] == "The task abstention was not run."


def test_a_dark_screen_gets_other_colours() -> None:
    crisis = a_task("crisis", noticed("a")).model_copy(update={"scores": SCORES, "truth": TRUTH})
    svg = next(p.svg for p in pictures(a_run(crisis)) if p.svg)
    assert "prefers-color-scheme:dark" in svg
    drawn = svg[svg.index("</style>") :]
    assert BLUE.lower() not in drawn, "a colour written out would stay as it is in the dark"
