"""How good a filter is: precision and recall estimated from documents that it was not trained on, rated blind.

The corpus is cut into strata by score, a few documents of each are rated without their score being shown, and every
stratum counts as much as it has documents. `rated above the threshold` stands for the truth, so this measures the
classifier against the model that rates, not the model against people. It speaks of the documents that nobody had rated:
in a small corpus, of which the rounds rated most of what is plainly of the domain, these are the harder part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..rows import Document
from .rating import Rating
from .sample import Smallest, draw

DRAWS = 4_000
SHARES = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)  # where the strata part, as p of `calibration`
NEAREST = 10  # examples kept on each side of the threshold
EXCERPT_CHARS = 400


def strata_edges(threshold: float) -> NDArray[np.float64]:
    """The upper edges of all strata but the last, ascending; the threshold is one of them."""
    return np.interp(SHARES, [0.0, 0.5, 1.0], [1.0, threshold, 10.0])


@dataclass(frozen=True, slots=True)
class Stratum:
    """Documents of similar score: how many there are, how many were rated, and how many of those were rated above."""

    low: float
    high: float
    documents: int
    rated: int
    above: int


class AuditSample:
    """Collects, in one pass, a sample per stratum and the documents nearest the threshold."""

    def __init__(self, threshold: float, size: int, seed: int) -> None:
        self.threshold, self._size, self._seed = threshold, size, seed
        self._edges = strata_edges(threshold)
        self.counts = np.zeros(len(self._edges) + 1, np.int64)
        self._samples: list[Smallest[tuple[Document, float]]] = [Smallest(size) for _ in self.counts]
        self._nearest: dict[bool, Smallest[tuple[Document, float]]] = {
            True: Smallest(NEAREST),
            False: Smallest(NEAREST),
        }

    def offer(self, document: Document, score: float, trained_on: bool) -> None:
        """Take a document into account; one that the filter was trained on is no evidence."""
        self._nearest[score > self.threshold].offer(abs(score - self.threshold), document.id, (document, score))
        if trained_on:
            return
        stratum = int(np.searchsorted(self._edges, score, side="left"))  # a score at the threshold is not kept
        self.counts[stratum] += 1
        self._samples[stratum].offer(draw(self._seed, "audit", document.id), document.id, (document, score))

    def chosen(self) -> list[tuple[Document, float]]:
        """The documents to rate: the same number of every stratum, what one lacks going to the largest, shuffled."""
        share = allocate(self.counts.tolist(), self._size)
        chosen = [row for sample, count in zip(self._samples, share, strict=True) for row in sample.rows()[:count]]
        return sorted(chosen, key=lambda row: draw(self._seed, "audit order", row[0].id))

    def strata(self, rated: Sequence[tuple[float, bool]]) -> list[Stratum]:
        """The strata, given the filter's score of each rated document and whether it was rated above."""
        number = np.zeros(len(self.counts), np.int64)
        above = np.zeros(len(self.counts), np.int64)
        for score, is_above in rated:
            stratum = int(np.searchsorted(self._edges, score, side="left"))
            number[stratum] += 1
            above[stratum] += is_above
        edges = [1.0, *self._edges.tolist(), 10.0]
        return [
            Stratum(edges[i], edges[i + 1], int(self.counts[i]), int(number[i]), int(above[i]))
            for i in range(len(self.counts))
        ]

    def nearest(self) -> list[dict[str, Any]]:
        """Examples nearest the threshold on both sides, from the lowest score to the highest."""
        rows = [row for side in self._nearest.values() for row in side.rows()]
        return [
            {"id": document.id, "url": document.url, "score": score, "text": document.text[:EXCERPT_CHARS]}
            for document, score in sorted(rows, key=lambda row: (row[1], row[0].id))
        ]


def allocate(counts: Sequence[int], size: int) -> list[int]:
    """How many of each stratum to rate: equal parts, and what a small one lacks shared among the others."""
    share = [0] * len(counts)
    left = min(size, sum(counts))
    while left:
        open_strata = sorted((i for i, count in enumerate(counts) if share[i] < count), key=lambda i: -counts[i])
        each = max(1, left // len(open_strata))
        for i in open_strata:
            given = min(each, counts[i] - share[i], left)
            share[i] += given
            left -= given
    return share


def estimate(strata: Sequence[Stratum], seed: int) -> dict[str, Any]:
    """Precision and recall at the threshold and at every edge of the strata, each with a 95% interval.

    A stratum's share above has the Jeffreys posterior Beta(above + 1/2, rated - above + 1/2), the documents that were
    not rated are drawn from it, and the interval holds the middle 95% of what follows; a stratum with no rating is
    unknown, from none to all. A stratum that is empty or fully rated adds no doubt.
    """
    rng = np.random.default_rng([seed, 0xA0D1])
    documents = np.array([stratum.documents for stratum in strata], np.int64)
    rated = np.array([stratum.rated for stratum in strata], np.int64)
    above = np.array([stratum.above for stratum in strata], np.int64)
    shares = rng.beta(above + 0.5, rated - above + 0.5, size=(DRAWS, len(strata)))
    positives = above + rng.binomial(documents - rated, shares)  # (DRAWS, strata)
    best = np.where(rated > 0, above / np.maximum(rated, 1), 0.5) * documents
    curve = []
    for first in range(1, len(strata)):
        kept = int(documents[first:].sum())
        curve.append(
            {
                "threshold": strata[first].low,
                "kept": kept,
                "precision": _summary(best[first:].sum(), kept, positives[:, first:].sum(axis=1), np.float64(kept)),
                "recall": _summary(
                    best[first:].sum(), best.sum(), positives[:, first:].sum(axis=1), positives.sum(axis=1)
                ),
            }
        )
    return {"rated": int(rated.sum()), "curve": curve}


def _summary(best_part: float, best_whole: float, part: Any, whole: Any) -> dict[str, float] | None:
    """The point estimate and interval of a ratio; None where there is nothing to divide by."""
    if best_whole <= 0 or not np.any(whole):
        return None
    ratio = np.divide(part, whole, out=np.zeros(len(part)), where=np.broadcast_to(whole > 0, np.shape(part)))
    low, high = np.quantile(ratio, [0.025, 0.975])
    return {"estimate": float(best_part / best_whole), "low": float(low), "high": float(high)}


def audit_report(sample: AuditSample, ratings: Sequence[tuple[Rating, float]], seed: int) -> dict[str, Any]:
    """The audit as data for the run's report: strata, precision and recall, the threshold curve, and examples."""
    strata = sample.strata([(score, rating.score > sample.threshold) for rating, score in ratings])
    result = estimate(strata, seed)
    at = min(result["curve"], key=lambda point: abs(point["threshold"] - sample.threshold))
    return {
        "threshold": sample.threshold,
        "rated": result["rated"],
        "precision": at["precision"],
        "recall": at["recall"],
        "curve": result["curve"],
        "strata": [
            {"low": s.low, "high": s.high, "documents": s.documents, "rated": s.rated, "above": s.above} for s in strata
        ],
        "nearest": sample.nearest(),
    }
