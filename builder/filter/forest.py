"""The paper's classifier: a random forest over document embeddings, kept as plain arrays.

scikit-learn grows the trees; the grown forest is arrays that any version can load, without pickle, and that a compiled
loop walks. Source: method section 2.1, point 3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .calibration import Calibration, calibrate, to_share

_EDGE = 0.01  # shares are kept this far from 0 and 1 before their log-odds are taken


@dataclass(frozen=True, slots=True)
class Forest:
    """Grown trees, one after another in the same arrays.

    Attributes:
        roots: (trees,) the node where each tree starts.
        feature: (nodes,) the dimension that a node asks for; -1 at a leaf.
        threshold: (nodes,) go left where the value is at most this.
        left, right: (nodes,) the children.
        value: (nodes,) the mean share of the training documents there.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int16]
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    calibration: Calibration

    def scores(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) scores in [1, 10] of (n, d) embeddings."""
        return self.calibration.scores(_log_odds(self.shares(vectors)))

    def shares(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n,) the mean over the trees of the leaf that each embedding falls into, before calibration."""
        result = np.zeros(len(vectors))
        from .kernels import add_leaves

        for root in self.roots:
            add_leaves(vectors, root, self.feature, self.threshold, self.left, self.right, self.value, result)
        return result / len(self.roots)


@dataclass(frozen=True, slots=True)
class TrainedForest:
    """A forest, and the scores of its own training documents by the trees that did not see them."""

    forest: Forest
    held_out: NDArray[np.float32]


def train_forest(
    vectors: NDArray[np.float32], score: NDArray[np.floating], threshold: float, trees: int, seed: int
) -> TrainedForest:
    """Grow a forest on rated embeddings.

    Args:
        vectors: (n, d) embeddings.
        score: (n,) ratings in [1, 10].
    """
    from sklearn.ensemble import RandomForestRegressor

    grown = RandomForestRegressor(
        trees, max_features="sqrt", min_samples_leaf=_leaf_size(len(vectors)), random_state=seed, n_jobs=-1
    ).fit(vectors, to_share(score))
    parts = [tree.tree_ for tree in grown.estimators_]
    sizes = np.array([part.node_count for part in parts])
    roots = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int32)

    def joined(name: str, kind: Any) -> Any:
        return np.concatenate([getattr(part, name) for part in parts]).astype(kind)

    offset = np.repeat(roots, sizes)
    forest = Forest(
        roots,
        np.maximum(joined("feature", np.int16), -1),
        joined("threshold", np.float64),
        joined("children_left", np.int32) + offset,
        joined("children_right", np.int32) + offset,
        np.concatenate([part.value[:, 0, 0] for part in parts]).astype(np.float32),
        Calibration(1.0, 0.0, threshold),
    )
    raw, known = _out_of_bag(forest, grown.estimators_samples_, vectors)
    calibration = calibrate(raw[known], np.asarray(score)[known], threshold)
    calibrated = replace(forest, calibration=calibration)
    held_out = np.where(known, calibration.scores(raw), np.nan).astype(np.float32)
    return TrainedForest(calibrated, held_out)


ARRAYS = ("roots", "feature", "threshold", "left", "right", "value")


def _leaf_size(documents: int) -> int:
    """The least documents in a leaf: 8 even out mistaken ratings (F1 up by 0.01 over 1); a thousand leaves do."""
    return max(1, min(8, documents // 20), documents // 1_000)


def _out_of_bag(
    forest: Forest, samples: Any, vectors: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(n,) log-odds of each training document by the trees that did not see it, and whether there was such a tree."""
    total, trees = np.zeros(len(vectors)), np.zeros(len(vectors))
    from .kernels import add_leaves

    for root, seen in zip(forest.roots, samples, strict=True):
        outside = np.setdiff1d(np.arange(len(vectors)), seen)
        shares = np.zeros(len(outside))
        add_leaves(
            vectors[outside],
            root,
            forest.feature,
            forest.threshold,
            forest.left,
            forest.right,
            forest.value,
            shares,
        )
        total[outside] += shares
        trees[outside] += 1
    return _log_odds(total / np.maximum(trees, 1)), trees > 0


def _log_odds(share: NDArray[np.floating]) -> NDArray[np.float64]:
    inside = np.clip(share, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(inside / (1 - inside)), np.float64)
