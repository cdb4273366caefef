"""From points.csv to laws and what they say to do: how far to go, what doubling gives, what it costs."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ..builder.errors import PointsError
from .scaling import FEWEST, Law, PowerLaw, RectifiedLaw, checked, fit, fit_power_law, fit_shared_beta
from .scaling_solver import Array

Measure = Literal["error_rate", "loss"]
MEASURES: dict[str, Measure] = {"error_rate": "error_rate", "loss": "loss"}
LARGEST: dict[Measure, float] = {"error_rate": 1.0, "loss": float("inf")}
WITHIN = (5.0, 2.0, 1.0)  # percentage points of the ceiling; hundredths of a nat for a loss


@dataclass(frozen=True)
class HeldOut:
    """The largest size, predicted by both laws from the smaller ones."""

    tokens: float
    observed: float
    rectified: float
    power: float
    law: RectifiedLaw
    power_law: PowerLaw


@dataclass(frozen=True)
class Study:
    """All that is known of one model's curve; what the points do not suffice for is None.

    `compared` is the rectified law of the trained points alone, those that the power law sees, for the criteria.
    """

    model: str
    law: RectifiedLaw
    compared: RectifiedLaw | None
    power: PowerLaw | None
    held_out: HeldOut | None
    measure: Measure = "error_rate"


def read_points(path: Path, measure: Measure = "error_rate") -> dict[str, tuple[Array, Array]]:
    """Tokens and error rates (or losses) by model, as `synthllm ladder` writes them; a point without one is refused.

    Raises:
        PointsError: The file is missing, a column lacks, or a value is no number.
    """
    needed = ("model", "tokens", measure)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows, columns = list(reader), reader.fieldnames or []
    except OSError as error:
        raise PointsError(f"{path}: {error.strerror}; give a CSV file with {', '.join(needed)}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise PointsError(f"{path}: no CSV in UTF-8 ({error})") from None
    missing = [name for name in needed if name not in columns]
    if missing:
        raise PointsError(f"{path}: no column {', '.join(missing)}; it has {', '.join(columns) or 'no columns'}")
    curves: dict[str, tuple[list[float], list[float]]] = {}
    for row in rows:
        sizes, values = curves.setdefault(row["model"] or "", ([], []))
        for name, into in (("tokens", sizes), (measure, values)):
            try:
                into.append(float(row[name] or ""))
            except ValueError:
                raise PointsError(f"{path}: {row['model']}: {name} {row[name]!r} is not a number") from None
    if not curves:
        raise PointsError(f"{path}: no points; give {FEWEST} or more per model")
    unit = np.concatenate([values for _, values in curves.values()])
    if measure == "error_rate" and np.any(unit > 1) and np.any(unit <= 1):
        raise PointsError(
            f"{path}: error_rate goes from {unit.min():g} to {unit.max():g}: mixed units; divide percents by 100"
        )
    ready = {}
    for model, curve in curves.items():
        try:
            ready[model] = checked(*curve, LARGEST[measure])
        except PointsError as error:
            raise PointsError(f"{path}: {model}: {error}") from None
    return ready


def study(
    curves: dict[str, tuple[Array, Array]],
    shared_beta: bool = False,
    seed: int = 0,
    measure: Measure = "error_rate",
) -> list[Study]:
    """Fit every model's curve; with `shared_beta`, one exponent for all of them."""
    largest = LARGEST[measure]
    laws = (
        fit_shared_beta(curves, largest=largest, seed=seed)
        if shared_beta
        else {name: fit(*curve, largest=largest, seed=seed) for name, curve in curves.items()}
    )
    return [_study(model, laws[model], *curve, measure) for model, curve in curves.items()]


def _study(model: str, law: RectifiedLaw, tokens: Array, error_rate: Array, measure: Measure) -> Study:
    largest = LARGEST[measure]
    trained = tokens > 0
    sizes, values = tokens[trained], error_rate[trained]
    if len(sizes) < FEWEST:
        return Study(model, law, None, None, None, measure)
    compared, power = fit(sizes, values, largest=largest), fit_power_law(sizes, values, largest=largest)
    return Study(model, law, compared, power, leave_largest_out(tokens, error_rate, largest=largest), measure)


def leave_largest_out(tokens: Array, error_rate: Array, *, largest: float = 1.0) -> HeldOut | None:
    """Predict the largest size from the smaller ones; None where fewer than five trained points would be left."""
    rest = tokens < tokens.max()
    if np.sum(rest & (tokens > 0)) < FEWEST or len(np.unique(tokens[rest & (tokens > 0)])) < 2:
        return None
    law = fit(tokens[rest], error_rate[rest], largest=largest)
    power = fit_power_law(tokens[rest], error_rate[rest], largest=largest)
    at = float(tokens.max())
    return HeldOut(at, float(error_rate[~rest].mean()), float(law.predict(at)), float(power.predict(at)), law, power)


def gain_of_doubling(law: Law, tokens: float) -> float:
    """Percentage points of error that going from `tokens` to twice as many takes away."""
    now, then = law.predict([tokens, 2 * tokens])
    return 100 * float(now - then)


def cost(tokens: float, price_per_row: float, tokens_per_row: float) -> float:
    """What `tokens` of new training data cost, in the currency of the price."""
    if not price_per_row >= 0 or not tokens_per_row > 0:
        raise PointsError(f"price {price_per_row:g} per row of {tokens_per_row:g} tokens; give 0 or more, and above 0")
    return tokens / tokens_per_row * price_per_row


def report(one: Study, price_per_row: float | None = None, tokens_per_row: float | None = None) -> dict[str, Any]:
    """A study as JSON: parameters and intervals, the check, the criteria, the plan, the warnings."""
    law, largest = one.law, float(one.law.tokens.max())

    def priced(tokens: float) -> dict[str, float]:
        if price_per_row is None or tokens_per_row is None or not np.isfinite(tokens):
            return {}
        return {"cost": cost(max(0.0, tokens - largest), price_per_row, tokens_per_row)}

    within = []
    for points in WITHIN:
        needed = law.tokens_to_within(points)
        low, high = law.tokens_interval(points)
        within.append({"points": points, "tokens": needed, "low": low, "high": high, **priced(needed)})
    bottom, top = law.interval(2 * largest)
    held = one.held_out
    return {
        "model": one.model,
        "measure": one.measure,
        "points": len(law.tokens),
        "parameters": {"B": law.B, "D_l": law.D_l, "beta": law.beta, "E": law.E},
        "intervals": {name: list(ends) for name, ends in law.parameter_intervals().items()},
        "log_deviation": law.deviation,
        "criteria": None
        if one.compared is None or one.power is None
        else {
            name: {"AICc": finite(of.aicc), "BIC": of.bic}
            for name, of in (("rectified", one.compared), ("power", one.power))
        },
        "held_out": None
        if held is None
        else {
            "tokens": held.tokens,
            "observed": held.observed,
            "rectified": held.rectified,
            "power": held.power,
        },
        "within": within,
        "doubling": {
            "tokens": 2 * largest,
            "error_rate": float(law.predict(2 * largest)),
            "low": float(bottom),
            "high": float(top),
            "gain_points": gain_of_doubling(law, largest),
            **priced(2 * largest),
        },
        "warnings": law.warnings,
    }


def finite(number: float) -> float | None:
    """The number, or None where it is infinite, which JSON has no word for."""
    return number if np.isfinite(number) else None


def in_words(told: dict[str, Any]) -> str:
    """A report as a person reads it."""
    of, ends = told["parameters"], told["intervals"]
    rate = told["measure"] == "error_rate"
    word = "error" if rate else "loss"
    lines = [f"{told['model']}: {told['points']} points, log deviation {told['log_deviation']:.4f}"]
    lines += [
        f"  {name:<5}{of[name]:>12.4g}   "
        + (f"95% {ends[name][0]:.4g} to {ends[name][1]:.4g}" if ends[name][0] < ends[name][1] else "held, not varied")
        for name in ("beta", "E", "D_l", "B")
    ]
    if told["held_out"] is not None:
        held = told["held_out"]
        lines.append(
            f"  largest size held out ({amount(held['tokens'])} tokens): {word} {held['observed']:.4f}, "
            f"rectified law {held['rectified']:.4f}, power law {held['power']:.4f}"
        )
    if told["criteria"] is not None:
        by = {law: values["BIC"] for law, values in told["criteria"].items()}
        lines.append(f"  BIC, lower is better: rectified law {by['rectified']:.1f}, power law {by['power']:.1f}")
    for goal in told["within"]:
        priced = f", {goal['cost']:,.2f} more to spend" if "cost" in goal else ""
        lines.append(
            f"  within {_distance(goal['points'], rate)} of the ceiling: {amount(goal['tokens'])} tokens "
            f"(95% {amount(goal['low'])} to {amount(goal['high'])}){priced}"
        )
    twice = told["doubling"]
    priced = f", for {twice['cost']:,.2f}" if "cost" in twice else ""
    lines.append(
        f"  doubling to {amount(twice['tokens'])} tokens: {_distance(twice['gain_points'], rate, 2)} better, "
        f"{word} {twice['error_rate']:.4f} (95% {twice['low']:.4f} to {twice['high']:.4f}){priced}"
    )
    return "\n".join([*lines, *(f"  warning: {warning}" for warning in told["warnings"])])


def _distance(points: float, rate: bool, decimals: int | None = None) -> str:
    """Percentage points of an error rate, or hundredths of a nat as nats."""
    if rate:
        return f"{points:g} points" if decimals is None else f"{points:.{decimals}f} points"
    return f"{points / 100:g} nats" if decimals is None else f"{points / 100:.{decimals + 2}f} nats"


def amount(tokens: float) -> str:
    """A number of tokens in three figures: 950, 12.3K, 4.5B."""
    if not np.isfinite(tokens) or tokens >= 1e18:
        return "beyond 10^18"
    for unit, size in (("T", 1e12), ("B", 1e9), ("M", 1e6), ("K", 1e3)):
        if tokens >= 0.9995 * size:
            return f"{tokens / size:,.3g}{unit}" if tokens < 999.5e12 else f"{tokens / size:,.0f}{unit}"
    return f"{tokens:.3g}"
