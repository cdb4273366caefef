"""The model size that a budget favours, and the model to fine-tune, against hand-worked and exhaustive answers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthllm.builder.errors import PointsError
from synthllm.eval.scaling import RectifiedLaw, fit
from synthllm.eval.scaling_budget import Prices, choose_size, ranges, read_sizes
from synthllm.eval.scaling_select import rank_models

SIZES = np.array([0, 60e6, 120e6, 240e6, 490e6, 970e6, 1.9e9, 4.5e9])
# A small model that learns fast to a high ceiling of error, and a large one that goes further.
TRUTHS = {"1B": (3000, 6000, 0.5, 0.35), "8B": (5500, 7000, 0.45, 0.1)}
PARAMETERS = {"1B": 1e9, "8B": 8e9}


def rectified(tokens, b, d_l, beta, e):
    return b / (d_l + np.asarray(tokens, dtype=float) ** beta) + e


@pytest.fixture(scope="module")
def laws() -> dict[str, RectifiedLaw]:
    return {name: fit(SIZES, rectified(SIZES, *truth)) for name, truth in TRUTHS.items()}


def test_price_of_a_token_is_worked_out_by_hand():
    prices = Prices(per_row=0.002, tokens_per_row=500, per_gpu_hour=3.6, flops_per_s=1e14, epochs=3)
    # 0.002 / 500 for the row; 6 * 1e9 * 3 FLOPs at 3.6 / 3600 / 1e14 each.
    assert prices.per_token(1e9, "money") == pytest.approx(4e-6 + 1.8e10 * 1e-17)
    assert prices.per_token(1e9, "flops") == 1.8e10
    assert prices.per_token(1e9, "tokens") == 1


@pytest.mark.parametrize("unit", ["money", "flops", "tokens"])
@pytest.mark.parametrize("size", [1e7, 1e9, 1e11])
def test_choice_is_that_of_a_search_over_the_true_curves(laws, unit, size):
    prices = Prices(0.002, 500, 3.6, 1e14, 2)
    budget = size * prices.per_token(1e9, unit)
    choices = choose_size(laws, PARAMETERS, budget, unit, prices)
    true = {
        name: rectified(budget / prices.per_token(PARAMETERS[name], unit), *truth) for name, truth in TRUTHS.items()
    }
    assert choices[0].model == min(true, key=true.__getitem__)
    for one in choices:
        assert one.error == pytest.approx(true[one.model], abs=0.005)
    assert sum(one.best_share for one in choices) == pytest.approx(1)


def test_ranges_cross_where_the_true_curves_do(laws):
    budgets = np.geomspace(1e14, 1e26, 4001)
    prices = Prices()
    found = ranges(laws, PARAMETERS, "flops", prices, budgets)
    best = [
        min(TRUTHS, key=lambda name: float(rectified(budget / (6 * PARAMETERS[name]), *TRUTHS[name])))
        for budget in budgets
    ]
    switches = [budgets[at] for at in range(1, len(best)) if best[at] != best[at - 1]]
    assert switches, "the curves of the test never cross"
    assert [low for _, low, _ in found][1:] == pytest.approx(switches, rel=0.2)
    assert [name for name, *_ in found] == [best[0], *(best[list(budgets).index(at)] for at in switches)]


def test_budget_that_makes_no_sense_is_one_line(laws):
    for budget, parameters, unit, words in (
        (0, PARAMETERS, "flops", "is no budget"),
        (math.nan, PARAMETERS, "flops", "is no budget"),
        (1e20, {"1B": 1e9}, "flops", "8B: its number of parameters is not known"),
        (1e3, PARAMETERS, "money", "a token costs nothing"),
    ):
        with pytest.raises(PointsError, match=words) as raised:
            choose_size(laws, parameters, budget, unit, Prices())
        assert "\n" not in str(raised.value)


def test_sizes_are_read_from_points(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("model,parameters,samples,tokens,error_rate\n1B,1000,10,5000,0.5\n1B,1000,30,15000,0.4\n")
    assert read_sizes(path) == ({"1B": 1000.0}, 500.0)
    path.write_text("model,tokens,error_rate\n1B,5000,0.5\n")
    assert read_sizes(path) == ({}, None)
    path.write_text("model,parameters,tokens,error_rate\n1B,1000,5000,0.5\n1B,2000,5000,0.5\n")
    with pytest.raises(PointsError, match="1B: 1000 and 2000 parameters"):
        read_sizes(path)
    path.write_text("model,parameters,tokens,error_rate\n1B,many,5000,0.5\n")
    with pytest.raises(PointsError, match="'many'"):
        read_sizes(path)


def test_model_that_falls_faster_is_selected_though_it_starts_behind():
    subsets = np.geomspace(1e5, 1e7, 6)
    curves = {
        "early": (subsets, 2.0 * subsets**-0.05),
        "late": (subsets, 6.0 * subsets**-0.11),
        "flat": (subsets, np.full(6, 1.5)),
    }
    assert np.argmin([values[-1] for _, values in curves.values()]) == 0
    ranked = rank_models(curves, 1e10)
    assert [one.model for one in ranked] == ["late", "early", "flat"]
    assert ranked[0].expected == pytest.approx(6.0 * 1e10**-0.11)
    shuffled = {model: (sizes[::-1], values[::-1]) for model, (sizes, values) in curves.items()}
    assert rank_models(shuffled, 1e10) == ranked


def test_candidates_of_different_subsets_are_not_compared():
    curve = [1e5, 1e6, 1e7]
    with pytest.raises(PointsError, match="2 sizes; a line needs 3"):
        rank_models({"a": ([1e5, 1e6], [0.5, 0.4])}, 1e9)
    with pytest.raises(PointsError, match="candidates are compared on the same subsets"):
        rank_models({"a": (curve, [0.5, 0.4, 0.3]), "b": ([1e4, 1e5, 1e6], [0.5, 0.4, 0.3])}, 1e9)
    with pytest.raises(PointsError, match="is no number of tokens"):
        rank_models({"a": (curve, [0.5, 0.4, 0.3])}, 0)
