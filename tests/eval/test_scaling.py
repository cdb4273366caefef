"""The scaling laws against curves of known parameters and against the numbers that the paper prints."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthllm.builder.errors import PointsError
from synthllm.eval.scaling import fit, fit_power_law, fit_shared_beta
from synthllm.eval.scaling_plan import cost, gain_of_doubling, leave_largest_out

SIZES = np.array([0, 60e6, 120e6, 240e6, 490e6, 970e6, 1.9e9, 4.5e9])

# Qin et al. 2025, Table 1: MATH accuracy in percent that their law predicts.
PRINTED_TOKENS = np.array([10e9, 50e9, 250e9, 300e9, 1e12, 4e12])
PRINTED = {"3B": [64.6, 74.7, 80.5, 80.9, 83.1, 84.4], "8B": [73.2, 78.6, 81.4, 81.6, 82.6, 83.2]}


def rectified(tokens, b, d_l, beta, e):
    """The law as it is printed, in the units of the sources."""
    return b / (d_l + np.asarray(tokens, dtype=float) ** beta) + e


@pytest.mark.parametrize("truth", [(650, 1000, 0.34, 0.3), (53_000, 77_000, 0.52, 0.14), (3e6, 4e6, 0.75, 0.2)])
def test_parameters_of_an_exact_curve_are_found(truth):
    law = fit(SIZES, rectified(SIZES, *truth))
    assert (law.B, law.D_l, law.beta, law.E) == pytest.approx(truth, rel=0.02)
    assert law.predict(1e12) == pytest.approx(rectified(1e12, *truth), rel=1e-3)


def test_order_of_points_does_not_matter():
    values = rectified(SIZES, 650, 1000, 0.34, 0.3)
    assert fit(SIZES[::-1], values[::-1]).beta == fit(SIZES, values).beta


def test_one_bad_run_does_not_bend_the_curve():
    values = rectified(SIZES, 53_000, 77_000, 0.52, 0.14)
    spoiled = values.copy()
    spoiled[3] *= 1.3
    assert fit(SIZES, spoiled).predict(SIZES) == pytest.approx(values, rel=0.02)


@pytest.mark.parametrize("model", PRINTED)
def test_printed_accuracies_come_back_within_half_a_point(model):
    error_rate = 1 - np.array(PRINTED[model]) / 100
    law = fit(PRINTED_TOKENS, error_rate)
    assert np.abs(law.predict(PRINTED_TOKENS) - error_rate).max() < 0.005


def test_ceilings_and_diminishing_gains_are_where_the_paper_has_them():
    laws = {model: fit(PRINTED_TOKENS, 1 - np.array(shown) / 100) for model, shown in PRINTED.items()}
    # Near the ceiling: 3B at 4T and 8B at 1T tokens.
    assert laws["3B"].predict(4e12) - laws["3B"].E < 0.02
    assert laws["8B"].predict(1e12) - laws["8B"].E < 0.02
    for law in laws.values():
        assert gain_of_doubling(law, 300e9) < 2 < gain_of_doubling(law, 10e9)


def test_power_law_is_found_and_skips_the_untrained_model():
    tokens = SIZES.copy()
    values = np.concatenate([[0.95], 40 / tokens[1:] ** 0.25 + 0.1])
    law = fit_power_law(tokens, values)
    assert (law.B, law.beta, law.E) == pytest.approx((40, 0.25, 0.1), rel=0.02)
    assert len(law.tokens) == len(tokens) - 1


def test_criteria_prefer_the_law_that_made_the_data():
    noise = np.exp(np.random.default_rng(3).normal(0, 0.003, 12))
    tokens = np.geomspace(1e6, 1e11, 12)
    bent = rectified(tokens, 53_000, 77_000, 0.52, 0.14) * noise
    straight = (100 / tokens**0.4 + 0.05) * noise
    assert fit(tokens, bent).bic < fit_power_law(tokens, bent).bic
    assert fit_power_law(tokens, straight).bic < fit(tokens, straight).bic
    assert fit(tokens, bent).aicc < fit_power_law(tokens, bent).aicc


def test_largest_size_is_predicted_from_the_rest_without_having_been_seen():
    values = rectified(SIZES, 650, 1000, 0.34, 0.3)
    held = leave_largest_out(SIZES, values)
    assert held is not None
    assert held.rectified == pytest.approx(values[-1], abs=0.005)
    assert abs(held.rectified - values[-1]) < abs(held.power - values[-1])
    changed = values.copy()
    changed[-1] /= 2
    other = leave_largest_out(SIZES, changed)
    assert other is not None
    assert other.rectified == held.rectified


def test_shared_beta_is_one_number_and_the_true_one():
    truths = {"3B": (53_000, 77_000, 0.52, 0.14), "8B": (18_700, 34_500, 0.52, 0.16)}
    laws = fit_shared_beta({name: (SIZES, rectified(SIZES, *truth)) for name, truth in truths.items()})
    assert laws["3B"].beta == laws["8B"].beta == pytest.approx(0.52, rel=0.02)
    assert pytest.approx(0.16, abs=0.01) == laws["8B"].E


def test_intervals_cover_the_true_curve_about_as_often_as_they_say():
    tokens, at = np.geomspace(1e7, 1e11, 10), 4e10
    truth = (53_000, 77_000, 0.52, 0.14)
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(20):
        law = fit(tokens, rectified(tokens, *truth) * np.exp(rng.normal(0, 0.01, 10)))
        low, high = law.interval(at, 0.9)
        covered += bool(low <= rectified(at, *truth) <= high)
    assert covered >= 14  # 18 expected of 20


def test_interval_is_the_same_in_every_run_of_one_seed():
    noisy = rectified(SIZES, 650, 1000, 0.34, 0.3) * np.exp(np.random.default_rng(1).normal(0, 0.01, 8))
    low, high = fit(SIZES, noisy, seed=5).interval([1e9, 1e10])
    again, _ = fit(SIZES, noisy, seed=5).interval([1e9, 1e10])
    assert low.shape == (2,)
    assert np.all(low < high)
    assert np.array_equal(low, again)


def test_tokens_to_within_puts_the_curve_there():
    law = fit(SIZES, rectified(SIZES, 53_000, 77_000, 0.52, 0.14))
    for points in (5, 2, 1):
        assert law.predict(law.tokens_to_within(points)) - law.E == pytest.approx(points / 100, rel=1e-6)
    assert law.tokens_to_within(99) == 0


def test_cost_counts_rows():
    assert cost(6e9, price_per_row=0.002, tokens_per_row=600) == pytest.approx(20_000)


def test_what_the_sizes_cannot_tell_is_said():
    narrow = np.array([1e9, 1.1e9, 1.2e9, 1.3e9, 1.4e9, 1.5e9])
    values = rectified(narrow, 53_000, 77_000, 0.52, 0.14) * (1 + 0.01 * np.array([1, -1, 1, -1, 1, -1]))
    assert any(line.startswith("beta:") for line in fit(narrow, values).warnings)
    assert any(line.startswith("E:") for line in fit(narrow, values).warnings)
    assert fit(SIZES, rectified(SIZES, 53_000, 77_000, 0.52, 0.14)).warnings == []


def test_parameters_stay_meaningful_on_rising_and_flat_curves():
    for values in (np.linspace(0.4, 0.6, 8), np.full(8, 0.5)):
        law = fit(SIZES, values)
        assert law.B >= 0
        assert law.D_l >= 0
        assert 0 <= law.E <= 1
        assert law.B / law.D_l + law.E <= 1 + 1e-9


def test_scatter_of_any_kind_gives_numbers_within_the_bounds_and_no_warning_of_numpy():
    rng = np.random.default_rng(0)
    for _ in range(40):
        tokens = np.concatenate([[0, 1e3], 10 ** rng.uniform(0, 13, rng.integers(4, 12))])
        law = fit(tokens, rng.uniform(1e-6, 1, len(tokens)))
        assert law.B >= 0
        assert 0 <= law.E <= 1
        assert np.isfinite([law.B, law.D_l, law.bic, law.tokens_to_within(1)]).all()
        assert np.all(law.predict([0, 1e15]) <= 1 + 1e-9)
        assert all(line.split(":")[0] in {"B", "D_l", "beta", "E"} for line in law.warnings)


def test_a_loss_above_one_can_be_fitted():
    values = 5 * rectified(SIZES, 53_000, 77_000, 0.52, 0.3)
    assert pytest.approx(1.5, rel=0.02) == fit(SIZES, values, largest=math.inf).E


@pytest.mark.parametrize(
    ("tokens", "values", "message"),
    [
        ([1e6, 2e6, 4e6, 8e6], [0.9, 0.8, 0.7, 0.6], "4 points"),
        ([1e6] * 6, [0.9, 0.8, 0.7, 0.6, 0.5, 0.4], "sizes that differ"),
        ([1, 2, 3, 4, 5], [0.9, 0.8, math.nan, 0.6, 0.5], "point 3"),
        ([1, 2, math.inf, 4, 5], [0.9, 0.8, 0.7, 0.6, 0.5], "point 3"),
        ([1, 2, 3, 4, 5], [90, 80, 70, 60, 50], "percent"),
        ([1, 2, 3, 4, 5], [0.9, 80, 0.7, 0.6, 0.5], "mixed units"),
        ([1, 2, 3, 4, 5], [0.9, 0.8, 0.7, 0.6, 0], "outside"),
        ([-1, 2, 3, 4, 5], [0.9, 0.8, 0.7, 0.6, 0.5], "below 0"),
        ([1, 2, 3, 4], [0.9, 0.8, 0.7, 0.6, 0.5], "one length"),
    ],
)
def test_points_that_cannot_be_fitted_are_one_line(tokens, values, message):
    with pytest.raises(PointsError, match=message) as raised:
        fit(tokens, values)
    assert isinstance(raised.value, ValueError)
    assert "\n" not in str(raised.value)
