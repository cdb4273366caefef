"""The model size that a budget favours, from the laws of several sizes.

Training a model of N parameters on D tokens for `epochs` passes takes 6 N D epochs floating-point operations. In money,
D tokens cost the generation of their rows and the GPU hours of the training:

    cost(D) = D (price_per_row / tokens_per_row + 6 N epochs price_per_gpu_hour / (3600 flops_per_s))

Both are proportional to D, so a budget buys each size a number of tokens, and the law of that size says what error they
bring. The size with the least error is favoured. What serving a larger model costs later is not counted.

Source: 6 N D is that of Kaplan et al. 2020, arXiv 2001.08361; comparing sizes at equal compute, Hoffmann et al. 2022,
arXiv 2203.15556.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from ..builder.errors import PointsError
from .scaling import Law
from .scaling_plan import amount
from .scaling_solver import Array

Unit = Literal["money", "flops", "tokens"]
UNITS: dict[str, Unit] = {"money": "money", "flops": "flops", "tokens": "tokens"}
FAR = 10.0  # beyond so many times the largest size measured, a law is extrapolated far


@dataclass(frozen=True)
class Prices:
    """What rows and GPU hours cost, in one currency. `flops_per_s` is what a GPU reaches in training, not its peak."""

    per_row: float = 0.0
    tokens_per_row: float = 1.0
    per_gpu_hour: float = 0.0
    flops_per_s: float = 4e14
    epochs: float = 1.0

    def per_token(self, parameters: float, unit: Unit) -> float:
        """What one more token of data costs a model of so many parameters, in the unit of the budget."""
        flops = 6 * parameters * self.epochs
        if unit == "flops":
            return flops
        if unit == "tokens":
            return 1.0
        return self.per_row / self.tokens_per_row + flops * self.per_gpu_hour / (3600 * self.flops_per_s)


@dataclass(frozen=True)
class Choice:
    """What a budget brings one model. `best_share` is the share of bootstrap draws in which it has the least error."""

    model: str
    parameters: float
    tokens: float
    error: float
    low: float
    high: float
    best_share: float
    times_measured: float


def choose_size(
    laws: Mapping[str, Law], parameters: Mapping[str, float], budget: float, unit: Unit, prices: Prices
) -> list[Choice]:
    """What a budget brings each size, the least error first.

    Raises:
        PointsError: The budget is none, a size has no parameters, or a token costs nothing.
    """
    if not budget > 0 or not np.isfinite(budget):
        raise PointsError(f"--budget: {budget:g} is no budget; give a number above 0")
    unknown = [model for model in laws if not parameters.get(model, 0) > 0]
    if unknown and unit != "tokens":
        raise PointsError(f"{unknown[0]}: its number of parameters is not known; give a column 'parameters'")
    tokens = {}
    for model in laws:
        price = prices.per_token(parameters.get(model, 0.0), unit)
        if not price > 0:
            raise PointsError("--budget: a token costs nothing; give --price-per-row, --price-per-gpu-hour or both")
        tokens[model] = budget / price
    # Laws are fitted to different runs, so their draws are independent of each other.
    drawn = np.stack([law._values(law.draws, tokens[model]) for model, law in laws.items()])
    best = np.bincount(np.argmin(drawn, axis=0).ravel(), minlength=len(laws)) / drawn[0].size
    found = []
    for place, (model, law) in enumerate(laws.items()):
        low, high = law.interval(tokens[model])
        found.append(
            Choice(
                model,
                parameters.get(model, 0.0),
                tokens[model],
                float(law.predict(tokens[model])),
                float(low),
                float(high),
                float(best[place]),
                tokens[model] / float(law.tokens.max()),
            )
        )
    return sorted(found, key=lambda one: one.error)


def ranges(
    laws: Mapping[str, Law], parameters: Mapping[str, float], unit: Unit, prices: Prices, budgets: Array
) -> list[tuple[str, float, float]]:
    """Which size is favoured from which budget to which, over increasing `budgets` (n,)."""
    errors = np.stack(
        [law.predict(budgets / prices.per_token(parameters.get(model, 0.0), unit)) for model, law in laws.items()]
    )
    names, found = list(laws), []
    favoured = [names[at] for at in np.argmin(errors, axis=0)]
    start = 0
    for at in range(1, len(favoured) + 1):
        if at == len(favoured) or favoured[at] != favoured[start]:
            found.append((favoured[start], float(budgets[start]), float(budgets[at - 1])))
            start = at
    return found


def budget_in_words(
    choices: Sequence[Choice], budget: float, unit: Unit, within: Sequence[tuple[str, float, float]]
) -> str:
    """The choice as a person reads it."""
    named = {"money": f"{budget:,.2f} to spend", "flops": f"{budget:.3g} FLOPs", "tokens": f"{amount(budget)} tokens"}
    lines = [f"with {named[unit]}: {choices[0].model}"]
    for one in choices:
        far = f", {one.times_measured:,.0f} times the largest size measured" if one.times_measured > FAR else ""
        lines.append(
            f"  {one.model}: {amount(one.tokens)} tokens, error {one.error:.4f} (95% {one.low:.4f} to {one.high:.4f}), "
            f"best in {100 * one.best_share:.0f}% of draws{far}"
        )
    if len(within) > 1:
        lines.append("  favoured: " + "; ".join(f"{model} from {low:.2g} to {high:.2g}" for model, low, high in within))
    return "\n".join(lines)


def read_sizes(path: Path) -> tuple[dict[str, float], float | None]:
    """Parameters by model, and the tokens of a row over all points, where points.csv has the columns.

    Raises:
        PointsError: A number is none, or a model has two numbers of parameters.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    parameters: dict[str, float] = {}
    tokens = samples = 0.0
    for row in rows:
        model = row["model"]
        try:
            size = float(row.get("parameters") or "nan")
            count = float(row.get("samples") or 0)
        except ValueError:
            raise PointsError(
                f"{path}: {model}: parameters {row.get('parameters')!r}, samples {row.get('samples')!r}; give numbers"
            ) from None
        if np.isfinite(size) and parameters.setdefault(model, size) != size:
            raise PointsError(f"{path}: {model}: {parameters[model]:g} and {size:g} parameters; one model has one size")
        if count > 0:
            tokens, samples = tokens + float(row["tokens"]), samples + count
    return parameters, tokens / samples if samples else None
