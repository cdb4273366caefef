"""The least-squares core of the scaling laws, many curves at once.

Both laws are one family, L = L0 x + E (1 - s x), linear in L0 and E for a given shape x(D):

    rectified (s = 1)    x = 1 / (1 + (D / D_c)**beta)    with D_c**beta = D_l and L0 = B / D_l + E the value at D = 0
    power     (s = 0)    x = (D / D_c)**-beta             with D_c fixed inside the data, L0 = B / D_c**beta

So the linear part is solved in closed form over a grid of (beta, D_c), and the best cell of every band of beta
starts a damped Gauss-Newton search on the Huber loss of the log residuals. Rows are independent curves (bootstrap
draws), and all of them advance together: one fit takes milliseconds, a thousand draws a second or so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BETAS = (0.02, 3.0)  # beyond these a curve is flat over any data, or a step
KNEE_DECADES = 8.0  # how far D_c may lie outside of the measured sizes
LOG_OF_ZERO = -1e4  # stands for log 0: (0 / D_c)**beta vanishes for every beta in BETAS
STEPS = 200
BANDS = 6
L0, CEILING, KNEE, BETA = range(4)  # columns of a parameter row: log L0, E, log D_c, beta


@dataclass(frozen=True)
class Problem:
    """Sizes and the box that parameters live in.

    log_tokens: (n,). lower, upper: (4,) bounds of (log L0, E, log D_c, beta); equal bounds fix a parameter.
    rectified: which of the two laws.
    """

    log_tokens: Array
    lower: Array
    upper: Array
    rectified: bool


def problem(tokens: Array, largest_seen: float, largest: float, rectified: bool, beta: float | None = None) -> Problem:
    """The box for measurements at `tokens` (n,), for values up to `largest` (infinite for a loss)."""
    positive = np.log(tokens[tokens > 0])
    logs = np.full(len(tokens), LOG_OF_ZERO)
    logs[tokens > 0] = positive
    decades = KNEE_DECADES * np.log(10)
    knees = (positive.min() - decades, positive.max() + decades) if rectified else (positive.mean(),) * 2
    betas = BETAS if beta is None else (beta, beta)
    # A law whose value at D = 0 is unbounded may still need a large L0: x falls from 1 before the first size.
    top = min(np.log(largest), np.log(largest_seen) + 20) if rectified else np.log(largest_seen) + 20
    lower = np.array([np.log(largest_seen) - 20, 0.0, knees[0], betas[0]])
    return Problem(logs, lower, np.array([top, largest_seen, knees[1], betas[1]]), rectified)


def shape(log_tokens: Array, knee: Array, beta: Array, rectified: bool) -> Array:
    """x(D) of the law, broadcast over its arguments."""
    exponent = beta * (log_tokens - knee)
    if rectified:
        return np.asarray(1 / (1 + np.exp(np.clip(exponent, -700, 700))))
    return np.asarray(np.exp(np.clip(-exponent, -700, 700)))


def value(log_tokens: Array, parameters: Array, rectified: bool) -> Array:
    """L(D): (rows, n) for (n,) sizes and (rows, 4) parameters."""
    level, ceiling, knee, beta = (parameters[:, k, None] for k in range(4))
    x = shape(log_tokens, knee, beta, rectified)
    return np.asarray(np.exp(level) * x + ceiling * (1 - x if rectified else 1))


def solve(box: Problem, values: Array, delta: float) -> tuple[Array, Array]:
    """The best parameters of every curve.

    Args:
        values: (rows, n) positive measurements at the sizes of `box`.
        delta: where the Huber loss turns from squares to absolute values, in log units.

    Returns:
        (rows, 4) parameters and (rows,) Huber losses.
    """
    starts = _starts(box, values)
    rows, count, _ = starts.shape
    found, losses = _descend(box, np.repeat(values, count, axis=0), starts.reshape(-1, 4), delta)
    losses = losses.reshape(rows, count)
    best = np.argmin(losses, axis=1)
    chosen = np.arange(rows)
    return found.reshape(rows, count, 4)[chosen, best], losses[chosen, best]


def _starts(box: Problem, values: Array) -> Array:
    """(rows, BANDS, 4): per band of beta, the grid cell with the least squared relative residual."""
    betas = _axis(box, BETA, 36, logarithmic=True)
    knees = _axis(box, KNEE, 32)
    knee, beta = (grid.ravel()[:, None] for grid in np.meshgrid(knees, betas))  # beta varies slowest
    f = shape(box.log_tokens, knee, beta, box.rectified)  # (cells, n)
    g = 1 - f if box.rectified else np.ones_like(f)
    weight, linear = 1 / values**2, 1 / values  # residuals relative to the value: log residuals, to first order
    ff, gg, fg, fy, gy = weight @ (f * f).T, weight @ (g * g).T, weight @ (f * g).T, linear @ f.T, linear @ g.T
    tiny = np.finfo(float).tiny
    low, high, top = np.exp(box.lower[L0]), np.exp(min(box.upper[L0], 700.0)), box.upper[CEILING]

    def cost(level: Array, ceiling: Array) -> Array:
        return np.asarray(level**2 * ff + ceiling**2 * gg + 2 * (level * ceiling * fg - level * fy - ceiling * gy))

    def given_ceiling(ceiling: Array) -> Array:
        return np.clip((fy - ceiling * fg) / np.maximum(ff, tiny), low, high)

    def given_level(level: Array) -> Array:
        return np.clip((gy - level * fg) / np.maximum(gg, tiny), 0, top)

    determinant = np.maximum(ff * gg - fg**2, 1e-14 * ff * gg + tiny)
    free = np.clip((fy * gg - gy * fg) / determinant, low, high)
    # The least of a convex quadratic in a box: its free minimum, or on an edge.
    candidates = [(free, given_level(free))]
    candidates += [(given_ceiling(edge), edge) for edge in (np.zeros_like(ff), np.full_like(ff, top))]
    costs = np.stack([cost(*candidate) for candidate in candidates])
    pick = np.argmin(costs, axis=0)
    levels = np.choose(pick, [candidate[0] for candidate in candidates])
    ceilings = np.choose(pick, [candidate[1] for candidate in candidates])
    least = np.min(costs, axis=0)
    starts = []
    for band in np.array_split(np.arange(len(knee)), BANDS if len(betas) > 1 or len(knees) > 1 else 1):
        cell = band[np.argmin(least[:, band], axis=1)]
        at = (np.arange(len(values)), cell)
        starts.append(np.stack([np.log(levels[at]), ceilings[at], knee[cell, 0], beta[cell, 0]], axis=1))
    return np.stack(starts, axis=1)


def _axis(box: Problem, column: int, count: int, logarithmic: bool = False) -> Array:
    low, high = box.lower[column], box.upper[column]
    if low == high:
        return np.array([low])
    return np.geomspace(low, high, count) if logarithmic else np.linspace(low, high, count)


def _descend(box: Problem, values: Array, start: Array, delta: float) -> tuple[Array, Array]:
    """Levenberg-Marquardt in the box, every row with its own damping; rows that stopped are left alone."""
    found = _inside(box, start)
    logs = np.log(values)
    losses = huber(_log_value(box, found) - logs, delta)
    damping = np.full(len(found), 1e-3)
    going = np.arange(len(found))
    for _ in range(STEPS):
        at = found[going]
        residual, jacobian = _linearised(box, at, logs[going])
        weight = np.minimum(1, delta / np.maximum(np.abs(residual), 1e-300))
        gradient = np.einsum("rnk,rn->rk", jacobian, weight * residual)
        held = ((at <= box.lower) & (gradient >= 0)) | ((at >= box.upper) & (gradient <= 0))
        jacobian[np.broadcast_to(held[:, None, :], jacobian.shape)] = 0
        normal = np.einsum("rnk,rn,rnl->rkl", jacobian, weight, jacobian)
        diagonal = np.einsum("rkk->rk", normal).copy()
        lift = damping[going, None] * diagonal + 1e-12 * diagonal.max(axis=1, keepdims=True) + held + 1e-300
        normal[:, range(4), range(4)] += lift
        step = -np.linalg.solve(normal, np.where(held, 0, gradient)[:, :, None])[:, :, 0]
        tried = _inside(box, at + step)
        after = huber(_log_value(box, tried) - logs[going], delta)
        before = losses[going]
        better = after < before
        found[going[better]], losses[going[better]] = tried[better], after[better]
        damping[going] = np.where(better, damping[going] / 5, damping[going] * 4).clip(1e-12)
        finished = better & (before - after <= 1e-10 * before) | (damping[going] > 1e8) | (after < 1e-22)
        going = going[~finished]
        if not len(going):
            break
    return found, losses


def _inside(box: Problem, parameters: Array) -> Array:
    """Clipped to the box; more data never hurts in the rectified law, so E stays below the start too."""
    inside = np.clip(parameters, box.lower, box.upper)
    if box.rectified:
        inside[:, CEILING] = np.minimum(inside[:, CEILING], np.exp(inside[:, L0]) * (1 - 1e-9))
    return inside


def huber(residual: Array, delta: float) -> Array:
    """(rows,) sums of the Huber loss over (rows, n) residuals."""
    size = np.abs(residual)
    return np.asarray(np.where(size <= delta, size**2 / 2, delta * (size - delta / 2)).sum(axis=1))


def _log_value(box: Problem, parameters: Array) -> Array:
    return np.log(np.maximum(value(box.log_tokens, parameters, box.rectified), 1e-300))


def _linearised(box: Problem, parameters: Array, logs: Array) -> tuple[Array, Array]:
    """(rows, n) log residuals and their (rows, n, 4) derivatives."""
    level, ceiling, knee, beta = (parameters[:, k, None] for k in range(4))
    x = shape(box.log_tokens, knee, beta, box.rectified)
    slope = x * (1 - x) if box.rectified else x  # -dx / d(exponent)
    height = np.exp(level) - (ceiling if box.rectified else 0)
    other = 1 - x if box.rectified else np.ones_like(x)
    law = np.maximum(np.exp(level) * x + ceiling * other, 1e-300)
    columns = [np.exp(level) * x, other, height * beta * slope, -height * (box.log_tokens - knee) * slope]
    return np.log(law) - logs, np.stack(columns, axis=2) / law[:, :, None]


def spread(box: Problem, parameters: Array, values: Array) -> Array:
    """(4,) standard errors of the parameters, from the curvature at the solution; infinite where it has none."""
    residual, jacobian = _linearised(box, parameters[None], np.log(values)[None])
    free = box.lower < box.upper
    columns = jacobian[0][:, free]
    variance = float(np.sum(residual**2)) / max(1, len(values) - int(free.sum()))
    length = np.linalg.norm(columns, axis=0)
    scale = np.maximum(length, 1e-100)
    _, singular, turn = np.linalg.svd(columns / scale, full_matrices=False)
    errors = np.zeros(4)
    inverse = 1 / np.maximum(singular, 1e-12)
    known = np.sqrt(variance * ((turn.T * inverse) ** 2).sum(axis=1)) / scale
    errors[free] = np.where(length > 1e-100, known, np.inf)
    return errors
