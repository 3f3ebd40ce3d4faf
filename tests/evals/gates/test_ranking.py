"""Ranking measures, on orders small enough to work out by hand."""

import math

import numpy as np
import pytest

from evals.ranking import beats, interval, ndcg, questions, recall, reciprocal_rank

A, B, C, D = (("doc", letter) for letter in "abcd")
GRADES = {A: 2, B: 1}


def test_ndcg_is_one_in_the_best_order_and_counts_grade_and_place() -> None:
    assert ndcg([A, B, C], GRADES) == pytest.approx(1.0)
    ideal = 3 + 1 / math.log2(3)
    assert ndcg([B, A, C], GRADES) == pytest.approx((1 + 3 / math.log2(3)) / ideal)
    assert ndcg([C, D, B], GRADES) == pytest.approx((1 / math.log2(4)) / ideal)
    assert ndcg([C] * 10 + [A], GRADES) == 0


def test_recall_counts_among_the_first_five_only() -> None:
    assert recall([C, A, D, B], GRADES) == 1
    assert recall([C, A, D], GRADES) == 0.5
    assert recall([C, D, C, D, C, A, B], GRADES) == 0


def test_reciprocal_rank_is_of_the_first_relevant_section() -> None:
    assert reciprocal_rank([C, B, A], GRADES) == 0.5
    assert reciprocal_rank([C, D], GRADES) == 0


def test_the_interval_holds_the_mean_and_a_clear_lead_is_found() -> None:
    values = np.array([0.0, 1.0] * 50)
    low, high = interval(values)
    assert 0.35 < low < 0.5 < high < 0.65
    assert beats(values + 0.3, values) == 1.0
    assert beats(values, values) == 0.0


def test_only_questions_that_stand_alone_and_are_answered_are_ranked() -> None:
    asked = questions()
    assert len(asked) >= 150
    assert all(grades for _, grades in asked)
