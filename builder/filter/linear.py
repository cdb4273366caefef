"""The fast classifier: logistic regression over hashed uni- and bigrams, straight over Arrow buffers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .calibration import Calibration, calibrate, logistic, to_share
from .features import SIZE, feature_sets, linear_sums

if TYPE_CHECKING:
    import pyarrow as pa

FOLDS = 5
PENALTY = 0.1  # weight of the squared norm against the summed loss; measured: 0.03 to 0.3 are alike, 1 is timid


@dataclass(frozen=True, slots=True)
class Linear:
    """Trained weights. The score is calibrated on documents that were held out in training.

    Attributes:
        weights: (SIZE,) one per hashed feature.
        bias: Added to the sum of weights.
    """

    weights: NDArray[np.float32]
    bias: float
    calibration: Calibration

    def scores(self, texts: pa.Array) -> NDArray[np.float32]:
        """(n,) scores in [1, 10]; a document without a word scores 1."""
        sums, counts = linear_sums(texts, self.weights)
        scores = self.calibration.scores(sums + np.float32(self.bias))
        scores[counts == 0] = 1.0
        return scores


@dataclass(frozen=True, slots=True)
class TrainedLinear:
    """A linear classifier, and the scores of its own training documents by classifiers that did not see them."""

    linear: Linear
    held_out: NDArray[np.float32]


def train_linear(texts: pa.Array, score: NDArray[np.floating], threshold: float, seed: int) -> TrainedLinear:
    """Fit the classifier to rated documents, the rating as a soft target.

    Args:
        score: (n,) ratings in [1, 10].
    """
    places, ends, _ = feature_sets(texts)
    rows = _unit_rows(places, ends)
    target = to_share(score)
    fold = np.random.default_rng([seed, 0xF01D]).permutation(len(target)) % FOLDS
    raw = np.zeros(len(target))
    for held_out in range(FOLDS):
        inside = fold != held_out
        if not inside.any() or inside.all():
            continue  # fewer documents than folds
        weights, bias = _fit(rows[inside], target[inside])
        raw[~inside] = rows[~inside] @ weights + bias
    calibration = calibrate(raw, score, threshold)
    weights, bias = _fit(rows, target)
    linear = Linear(weights.astype(np.float32), bias, calibration)
    return TrainedLinear(linear, calibration.scores(raw))


def _unit_rows(places: NDArray[np.int32], ends: NDArray[np.int64]) -> Any:
    """The documents as a sparse matrix, (n, SIZE), of rows of length 1."""
    from scipy.sparse import csr_matrix

    sizes = np.diff(ends)
    values = np.repeat(1.0 / np.sqrt(np.maximum(sizes, 1)), sizes).astype(np.float32)
    return csr_matrix((values, places, ends), shape=(len(sizes), SIZE))


def _fit(rows: Any, target: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Weights (SIZE,) and bias of the least penalised logistic loss."""
    from scipy.optimize import minimize

    used = np.flatnonzero(np.bincount(rows.indices, minlength=SIZE))
    column_of = np.zeros(SIZE, np.int32)
    column_of[used] = np.arange(len(used), dtype=np.int32)
    from scipy.sparse import csr_matrix

    x = csr_matrix((rows.data, column_of[rows.indices], rows.indptr), shape=(rows.shape[0], len(used)))
    across = x.T  # scipy multiplies by the transpose without copying

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, bias = parameters[:-1], parameters[-1]
        z = x @ weights + bias
        error = logistic(z) - target
        value = float(np.sum(np.logaddexp(0.0, z) - target * z)) + 0.5 * PENALTY * float(weights @ weights)
        return value, np.append(across @ error + PENALTY * weights, error.sum())

    found = minimize(loss, np.zeros(len(used) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    weights = np.zeros(SIZE)
    weights[used] = found.x[:-1]
    return weights, float(found.x[-1])
