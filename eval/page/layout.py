"""Where the nodes of a drawn graph stand: springs along the edges, repulsion between all, cooled until it rests.

Source: Fruchterman and Reingold 1991, Graph drawing by force-directed placement.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

STEPS = 160
GRAVITY = 0.06  # towards the middle, so that parts that nothing joins stay in sight

Floats = NDArray[np.float64]


def positions(
    n_nodes: int,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    strengths: Floats,
    groups: NDArray[np.int64],
    seed: int,
) -> Floats:
    """(n_nodes, 2) places in [-1, 1]; the same arguments give the same places.

    Args:
        starts, ends: (n_edges,) the nodes that each edge joins.
        strengths: (n_edges,) in (0, 1], how hard each edge pulls.
        groups: (n_nodes,) the group of each node; a group starts out together.
    """
    if not n_nodes:
        return np.zeros((0, 2))
    rng = np.random.default_rng([seed, 0x1A704])
    golden = np.pi * (3 - np.sqrt(5))
    radius, angle = np.sqrt((groups + 0.5) / (groups.max() + 1)), groups * golden  # groups on a sunflower
    centres = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    places = centres + rng.normal(0, 0.12, (n_nodes, 2))
    _cool(places, starts, ends, strengths, np.sqrt(2.0 / n_nodes), STEPS, GRAVITY)
    places -= np.quantile(places, [0.01, 0.99], axis=0).mean(axis=0)
    # A few nodes far outside must not shrink the rest: what is beyond the edge is pressed together there.
    reach = np.quantile(np.abs(places), 0.99) if n_nodes > 1 else 1.0
    places /= max(float(reach), 1e-9) * 1.1
    beyond = np.maximum(np.abs(places) - 0.9, 0)
    return np.where(beyond > 0, np.sign(places) * (0.9 + 0.1 * np.tanh(10 * beyond)), places)


@numba.njit(nogil=True, cache=True, fastmath=True)
def _cool(places, starts, ends, strengths, ideal, steps, gravity):  # type: ignore[no-untyped-def]
    n = len(places)
    for step in range(steps):
        heat = 0.12 * (1 - step / steps) ** 1.5 + 1e-4
        moves = np.zeros((n, 2))
        for i in range(n):
            x, y = places[i, 0], places[i, 1]
            push_x, push_y = 0.0, 0.0
            for j in range(n):
                dx, dy = x - places[j, 0], y - places[j, 1]
                inverse = ideal * ideal / (dx * dx + dy * dy + 1e-9)
                push_x += dx * inverse
                push_y += dy * inverse
            moves[i, 0] = push_x - gravity * n * ideal * ideal * x
            moves[i, 1] = push_y - gravity * n * ideal * ideal * y
        for k in range(len(starts)):
            i, j = starts[k], ends[k]
            dx, dy = places[i, 0] - places[j, 0], places[i, 1] - places[j, 1]
            pull = strengths[k] * np.sqrt(dx * dx + dy * dy) / ideal
            moves[i, 0] -= dx * pull
            moves[i, 1] -= dy * pull
            moves[j, 0] += dx * pull
            moves[j, 1] += dy * pull
        for i in range(n):
            length = np.sqrt(moves[i, 0] ** 2 + moves[i, 1] ** 2) + 1e-12
            most = min(length, heat) / length
            places[i, 0] += moves[i, 0] * most
            places[i, 1] += moves[i, 1] * most
