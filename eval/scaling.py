"""The rectified scaling law, L(D) = B / (D_l + D**beta) + E, and the power law beside it.

L      error rate, in (0, 1] (or a loss)
D      training tokens
D_l    pre-learned data size, in tokens**beta: what the model knew before the first token
beta   how fast more data helps
E      irreducible error: the ceiling of accuracy is 1 - E
B      scale; B / D_l + E is the error with no training

Source: Lin et al. 2024, arXiv 2402.02314; Qin et al. 2025, arXiv 2503.19551, Eq. 2. The sources fit by nonlinear least
squares; here the residuals are logarithmic with the Huber loss, so that one bad run does not bend the curve.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from ..builder.errors import PointsError
from .scaling_solver import (
    BETA,
    BETAS,
    CEILING,
    KNEE,
    L0,
    LOG_OF_ZERO,
    Array,
    Problem,
    huber,
    problem,
    solve,
    spread,
    value,
)

FEWEST = 5  # four parameters and one to check them
FLOOR = 0.005  # log residuals below half a percent are never taken for outliers
DRAWS = 1000
WIDEST = 5.0  # with one degree of freedom a scale has no bound, and such a draw says nothing


@dataclass(frozen=True)
class Law:
    """A fitted law and the measurements behind it.

    parameters: (4,) log L0, E, log D_c, beta, as `scaling_solver` has them. tokens, observed: (n,) the measurements.
    delta: where the Huber loss of the fit turns linear. seed: of the bootstrap.
    """

    parameters: Array
    tokens: Array
    observed: Array
    box: Problem
    delta: float
    seed: int

    @property
    def beta(self) -> float:
        """The exponent."""
        return float(self.parameters[BETA])

    @property
    def E(self) -> float:  # noqa: N802 - the symbol of the papers
        """The irreducible error."""
        return float(self.parameters[CEILING])

    def predict(self, tokens: ArrayLike) -> Array:
        """L at each of `tokens`, in the shape given."""
        return np.asarray(self._values(self.parameters[None], tokens)[0])

    def interval(self, tokens: ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
        """The ends of the bootstrap interval of L at `tokens`: of the curve, without a run's scatter."""
        tail = (1 - level) / 2
        low, high = np.quantile(self._values(self.draws, tokens), [tail, 1 - tail], axis=0)
        return low, high

    @cached_property
    def draws(self) -> Array:
        """(DRAWS, 4) parameters refitted to curves with resampled log residuals.

        Residuals are widened for the freedom that the fit spent, and each draw by a scale of its own, since few points
        know their scatter badly: the draws are then those of Student's t rather than of a Gaussian.
        """
        fitted = self.predict(self.tokens)
        residual = np.log(self.observed / fitted)
        freedom = max(1, len(residual) - int((self.box.lower < self.box.upper).sum()))
        residual = (residual - residual.mean()) * np.sqrt(len(residual) / freedom)
        rng = np.random.default_rng(self.seed)
        scale = np.minimum(np.sqrt(freedom / rng.chisquare(freedom, size=(DRAWS, 1))), WIDEST)
        resampled = fitted * np.exp(scale * rng.choice(residual, size=(DRAWS, len(residual))))
        limit = np.exp(self.box.upper[L0]) if self.box.rectified else np.inf
        return solve(self.box, np.minimum(resampled, limit), self.delta)[0]

    @property
    def deviation(self) -> float:
        """Root mean square of the log residuals."""
        return float(np.sqrt(np.mean(np.log(self.observed / self.predict(self.tokens)) ** 2)))

    @property
    def aicc(self) -> float:
        """Akaike's criterion for few points, with Gaussian log residuals; infinite where the points do not suffice."""
        n, k = len(self.tokens), int((self.box.lower < self.box.upper).sum()) + 1
        if n <= k + 1:
            return float("inf")
        return self._criterion(2 * k + 2 * k * (k + 1) / (n - k - 1))

    @property
    def bic(self) -> float:
        """The Bayesian criterion, with Gaussian log residuals."""
        return self._criterion((int((self.box.lower < self.box.upper).sum()) + 1) * np.log(len(self.tokens)))

    def _criterion(self, penalty: float) -> float:
        # Exact curves would have a logarithm of zero: 1e-12 is below what any measurement resolves.
        return float(2 * len(self.tokens) * np.log(max(self.deviation, 1e-12)) + penalty)

    def _values(self, parameters: Array, tokens: ArrayLike) -> Array:
        at = np.asarray(tokens, dtype=float)
        if not np.all(at >= 0):
            raise PointsError(f"tokens: {at[~(at >= 0)].ravel()[0]:g} is not a number of tokens; give 0 or more")
        with np.errstate(divide="ignore"):
            logs = np.maximum(np.log(at.ravel()), LOG_OF_ZERO)
        return value(logs, parameters, self.box.rectified).reshape(len(parameters), *at.shape)


@dataclass(frozen=True)
class RectifiedLaw(Law):
    """L(D) = B / (D_l + D**beta) + E."""

    @property
    def D_l(self) -> float:  # noqa: N802
        """The pre-learned data size, in tokens**beta."""
        return float(_constants(self.parameters[None])["D_l"][0])

    @property
    def B(self) -> float:  # noqa: N802
        """The scale, in error times tokens**beta."""
        return float(_constants(self.parameters[None])["B"][0])

    def tokens_to_within(self, points: float) -> float:
        """The tokens after which the error is within `points` percentage points of E; 0 where it is so untrained."""
        if not points > 0:
            raise PointsError(f"points: {points:g} is no distance from the ceiling; give a number above 0")
        return float(_tokens_to_within(self.parameters[None], points)[0])

    def tokens_interval(self, points: float, level: float = 0.95) -> tuple[float, float]:
        """The bootstrap interval of `tokens_to_within`."""
        tail = (1 - level) / 2
        low, high = np.quantile(_tokens_to_within(self.draws, points), [tail, 1 - tail])
        return float(low), float(high)

    def parameter_intervals(self, level: float = 0.95) -> dict[str, tuple[float, float]]:
        """Bootstrap intervals of B, D_l, beta and E."""
        tail = (1 - level) / 2
        return {
            name: (float(np.quantile(drawn, tail)), float(np.quantile(drawn, 1 - tail)))
            for name, drawn in _constants(self.draws).items()
        }

    @property
    def warnings(self) -> list[str]:
        """What the data cannot tell, one line each."""
        error = spread(self.box, self.parameters, self.observed)
        low, high = self.box.lower, self.box.upper
        smallest = np.log(self.tokens[self.tokens > 0].min())
        said = []
        if self.E < 1e-6 or error[CEILING] > self.E:
            said.append(
                "E: no ceiling shows in these sizes; tokens to within a distance of it mean little; train on more"
            )
        if low[BETA] < high[BETA] and (
            error[BETA] > self.beta / 2 or not BETAS[0] * 1.001 < self.beta < BETAS[1] * 0.999
        ):
            said.append(f"beta: {self.beta:.3g} is not settled by these sizes; add sizes further apart")
        if self.parameters[KNEE] < smallest - np.log(100) or error[KNEE] > np.log(10):
            said.append("D_l: the curve does not bend inside these sizes; add small sizes, and 0 tokens for the start")
        if self.parameters[L0] >= high[L0] and not np.any(self.tokens == 0):
            said.append("B: the error at 0 tokens rests on the limit of the scale; measure the model untrained")
        return said


@dataclass(frozen=True)
class PowerLaw(Law):
    """L(D) = B / D**beta + E, which knows no start: measurements at 0 tokens are left out."""

    @property
    def B(self) -> float:  # noqa: N802
        """The scale, in error times tokens**beta."""
        return float(np.exp(self.parameters[L0] + self.beta * self.parameters[KNEE]))


def _constants(parameters: Array) -> dict[str, Array]:
    """B, D_l, beta and E of (rows, 4) parameters of the rectified law."""
    start, ceiling, knee, beta = parameters.T
    prelearned = np.exp(beta * knee)
    return {"B": (np.exp(start) - ceiling) * prelearned, "D_l": prelearned, "beta": beta, "E": ceiling}


def _tokens_to_within(parameters: Array, points: float) -> Array:
    start, ceiling, knee, beta = parameters.T
    excess = np.maximum((np.exp(start) - ceiling) / (points / 100) - 1, 0)  # (D / D_c)**beta
    with np.errstate(divide="ignore"):  # 690: near the largest float, so that quantiles stay numbers
        return np.asarray(np.exp(np.minimum(knee + np.log(excess) / beta, 690)))


def fit(
    tokens: ArrayLike, error_rate: ArrayLike, *, largest: float = 1.0, beta: float | None = None, seed: int = 0
) -> RectifiedLaw:
    """Fit L(D) = B / (D_l + D**beta) + E: Huber loss of the log residuals, from many starts, inside bounds.

    Args:
        tokens: (n_runs,) training tokens D, each >= 0; 0 is the untrained model.
        error_rate: (n_runs,) in (0, largest].
        largest: what L can be at most, at D = 0 too; `math.inf` for a loss.
        beta: hold the exponent at this value.
        seed: of the bootstrap intervals.

    Raises:
        PointsError: Fewer than five runs, a NaN, a value out of range, or sizes that do not vary. A ValueError.

    Source: Lin et al. 2024, arXiv 2402.02314; Qin et al. 2025, arXiv 2503.19551, Eq. 2.
    """
    sizes, values = checked(tokens, error_rate, largest)
    box = problem(sizes, float(values.max()), largest, rectified=True, beta=beta)
    parameters, delta = _robust(box, values)
    return RectifiedLaw(parameters, sizes, values, box, delta, seed)


def fit_power_law(tokens: ArrayLike, error_rate: ArrayLike, *, largest: float = 1.0, seed: int = 0) -> PowerLaw:
    """Fit L(D) = B / D**beta + E to the runs with D > 0, in the same way as `fit`.

    Raises:
        PointsError: As `fit`, counting the runs with D > 0 alone.
    """
    sizes, values = checked(tokens, error_rate, largest)
    trained = sizes > 0
    sizes, values = checked(sizes[trained], values[trained], largest)
    box = problem(sizes, float(values.max()), largest, rectified=False)
    parameters, delta = _robust(box, values)
    return PowerLaw(parameters, sizes, values, box, delta, seed)


def fit_shared_beta(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]], *, largest: float = 1.0, seed: int = 0
) -> dict[str, RectifiedLaw]:
    """Fit several curves with one beta and everything else their own: by name, the law of each.

    The summed Huber loss is a function of beta alone once every curve is fitted at that beta; it is searched on a grid
    that narrows three times. The bootstrap of each law holds the shared beta: its intervals leave out what beta adds.
    """
    checked_curves = [checked(*curve, largest) for curve in curves.values()]
    # Each curve keeps the scale of outliers that it has alone: a common one would let the noisiest curve set it.
    deltas = [fit(*curve, largest=largest).delta for curve in checked_curves]

    def total(beta: float) -> float:
        loss = 0.0
        for (sizes, values), delta in zip(checked_curves, deltas, strict=True):
            box = problem(sizes, float(values.max()), largest, rectified=True, beta=beta)
            loss += float(solve(box, values[None], delta)[1][0])
        return loss

    low, high = BETAS
    for _ in range(3):
        grid = np.geomspace(low, high, 16)
        best = int(np.argmin([total(beta) for beta in grid]))
        low, high = grid[max(0, best - 1)], grid[min(len(grid) - 1, best + 1)]
    shared = float(grid[best])
    return {
        name: fit(*curve, largest=largest, beta=shared, seed=seed)
        for name, curve in zip(curves, checked_curves, strict=True)
    }


def _robust(box: Problem, values: Array) -> tuple[Array, float]:
    """Parameters, and the delta that they were found with: first close to absolute residuals, then by their scale."""
    parameters, _ = solve(box, values[None], FLOOR)
    free = int((box.lower < box.upper).sum())
    residual = np.log(values / value(box.log_tokens, parameters, box.rectified)[0])
    # 1.4826 turns a median of absolute deviations into a standard deviation of Gaussian noise.
    scale = 1.4826 * float(np.median(np.abs(residual))) * np.sqrt(len(values) / max(1, len(values) - free))
    delta = max(4 * scale, FLOOR)  # only gross outliers: ordinary scatter is fitted as least squares
    again, loss = solve(box, values[None], delta)
    before = huber(residual[None], delta)
    return (again[0] if loss[0] <= before[0] else parameters[0]), delta


def checked(tokens: ArrayLike, error_rate: ArrayLike, largest: float = 1.0) -> tuple[Array, Array]:
    """Both as arrays of floats, (n_runs,), ordered by size.

    Raises:
        PointsError: They cannot be fitted; the line says which value and what to do.
    """
    sizes, values = np.asarray(tokens, dtype=float), np.asarray(error_rate, dtype=float)
    if sizes.ndim != 1 or sizes.shape != values.shape:
        raise PointsError(f"tokens {sizes.shape} and error rates {values.shape}: give two lists of one length")
    if not np.all(np.isfinite(sizes)) or not np.all(np.isfinite(values)):
        row = int(np.argmin(np.isfinite(sizes) & np.isfinite(values)))
        raise PointsError(f"point {row + 1}: tokens {sizes[row]:g}, error rate {values[row]:g}; give finite numbers")
    if np.any(sizes < 0):
        raise PointsError(f"tokens: {sizes.min():g} is below 0; 0 stands for the untrained model")
    outside = (values <= 0) | (values > largest)
    if np.any(outside):
        bad = f"error_rate: {values[outside][0]:g} is outside of (0, {largest:g}]"
        if largest != 1 or values[outside][0] <= 0:
            raise PointsError(f"{bad}; leave the point out or measure on more questions")
        if np.all(outside):
            raise PointsError(f"{bad}; percent? divide by 100")
        raise PointsError(f"{bad} and {values[~outside][0]:g} is inside: mixed units; divide percents by 100")
    if len(sizes) < FEWEST:
        raise PointsError(f"{len(sizes)} points; a law of four parameters needs {FEWEST} or more: train on more sizes")
    if len(np.unique(sizes)) < 2 or len(np.unique(sizes[sizes > 0])) < 2:
        raise PointsError(f"all points at {sizes.max():g} tokens; train on sizes that differ")
    order = np.argsort(sizes, kind="stable")
    return sizes[order], values[order]
