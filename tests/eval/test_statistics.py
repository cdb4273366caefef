"""Estimates against enumeration, a public library, and simulation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from synthllm.eval.statistics import Estimate, mean, mean_of_tasks, paired, paired_mean_of_tasks, pass_at, powers_of_two


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))
def test_pass_at_k_is_the_share_of_all_subsets_with_a_correct_sample(case: tuple[int, int, int]) -> None:
    samples, correct, k = case
    drawn = list(itertools.combinations([True] * correct + [False] * (samples - correct), k))
    assert pass_at(k, samples, correct) == pytest.approx(sum(map(any, drawn)) / len(drawn))


def test_pass_at_k_needs_k_samples() -> None:
    with pytest.raises(ValueError, match="pass@5 needs at least 5 samples, given 4"):
        pass_at(5, 4, 1)


def test_mean_has_the_standard_error_of_scipy_and_one_value_has_none() -> None:
    values = [0.0, 1.0, 1.0, 0.25, 0.5]
    found = mean(values)
    assert found.value == pytest.approx(np.mean(values))
    assert found.standard_error == pytest.approx(stats.sem(values))
    assert mean([1.0]) == Estimate(1.0, None, 1)
    assert mean([1.0]).in_percent() == "100.0"
    with pytest.raises(ValueError, match="at least one"):
        mean([])


def test_mean_of_tasks_counts_tasks_alike_and_adds_their_variances() -> None:
    found = mean_of_tasks([Estimate(0.5, 0.03, 100), Estimate(0.9, 0.04, 10)])
    assert found == Estimate(pytest.approx(0.7), pytest.approx(math.hypot(0.03, 0.04) / 2), 110)  # type: ignore[arg-type]
    assert mean_of_tasks([Estimate(0.5, 0.1, 9), Estimate(1.0, None, 1)]).standard_error is None


def test_powers_of_two_end_with_the_number_of_samples() -> None:
    assert [powers_of_two(n) for n in (1, 2, 5, 8)] == [[1], [1, 2], [1, 2, 4, 5], [1, 2, 4, 8]]


def test_paired_difference_has_the_error_and_test_of_scipy_and_a_symmetric_interval() -> None:
    rng = np.random.default_rng(1)
    a, b = (rng.random(400) < 0.4).astype(float), (rng.random(400) < 0.5).astype(float)
    found, other = paired(a, b), paired(b, a)
    assert found.value == pytest.approx(b.mean() - a.mean())
    assert found.standard_error == pytest.approx(stats.sem(b - a))
    assert (found.only_a, found.only_b) == (((a == 1) & (b == 0)).sum(), ((b == 1) & (a == 0)).sum())
    bootstrapped = stats.bootstrap((b - a,), np.mean, n_resamples=4000, method="percentile", rng=2)
    assert found.low == pytest.approx(bootstrapped.confidence_interval.low, abs=0.01)
    assert found.high == pytest.approx(bootstrapped.confidence_interval.high, abs=0.01)
    assert other.value == -found.value
    assert other.p == found.p
    assert paired(a, a).p == 1.0
    assert (paired(a, a).low, paired(a, a).high) == (0.0, 0.0)


def test_interval_covers_the_true_difference_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(300):
        hard = rng.random(200)
        a, b = (rng.random(200) < hard * 0.8).astype(float), (rng.random(200) < hard * 0.9).astype(float)
        found = paired(a, b)
        covered += found.low <= 0.05 <= found.high  # the mean of 0.1 * hard
    assert 0.90 <= covered / 300 <= 0.99


def test_mcnemar_is_for_single_samples_only() -> None:
    found = paired([0.5, 1.0, 0.0], [1.0, 1.0, 0.0])
    assert (found.only_a, found.only_b, found.p) == (None, None, None)
    with pytest.raises(ValueError, match="2 and 3 questions"):
        paired([1.0, 0.0], [1.0, 0.0, 1.0])


def test_mean_of_tasks_is_resampled_within_each_task() -> None:
    rng = np.random.default_rng(3)
    large, small = rng.choice([-1.0, 0.0, 1.0], 1000), rng.choice([0.0, 1.0], 50)
    found = paired_mean_of_tasks([large, small])
    assert found.value == pytest.approx((large.mean() + small.mean()) / 2)
    error = math.hypot(stats.sem(large), stats.sem(small)) / 2
    assert found.standard_error == pytest.approx(error)
    assert (found.high - found.low) == pytest.approx(2 * 1.96 * error, rel=0.05)
