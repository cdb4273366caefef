"""How good a filter is: precision and recall, by ratings as the truth, estimated from documents rated blind.

The corpus is cut into strata by score, a few documents of each that nobody had rated are rated without their score
being shown, and every stratum counts as much as it has documents. `rated above the threshold` stands for the truth, so
this measures the classifier against the model that rates, not the model against people. It gives two figures:

- of the documents that nobody had rated: what to expect of further documents of the kind. In a small corpus, of which
  the rounds rated most of what is plainly of the domain, these are the harder part;
- of the whole corpus: those rated before are counted as they were rated, the others are estimated as above. It says
  how good this selection is; the filter learnt from the former, so it promises nothing for another corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
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
    """Documents of similar score.

    Attributes:
        documents: How many there are that nobody had rated.
        rated, above: How many of those were rated blind, and how many of them above the threshold.
        known, known_above: How many others had been rated before, and above the threshold.
    """

    low: float
    high: float
    documents: int
    rated: int
    above: int
    known: int = 0
    known_above: int = 0


class AuditSample:
    """Collects, in one pass, a sample per stratum and the documents nearest the threshold."""

    def __init__(self, threshold: float, size: int, seed: int) -> None:
        self.threshold, self._size, self._seed = threshold, size, seed
        self._edges = strata_edges(threshold)
        self.counts = np.zeros(len(self._edges) + 1, np.int64)
        self.known = np.zeros((len(self._edges) + 1, 2), np.int64)  # rated before: in all, and above
        self._samples: list[Smallest[tuple[Document, float]]] = [Smallest(size) for _ in self.counts]
        self._nearest: dict[bool, Smallest[tuple[Document, float]]] = {
            True: Smallest(NEAREST),
            False: Smallest(NEAREST),
        }

    def offer(self, document: Document, score: float, rating: float | None) -> None:
        """Take a document into account, with its rating if the filter was trained on it: such a one is not sampled."""
        self._nearest[score > self.threshold].offer(abs(score - self.threshold), document.id, (document, score))
        stratum = int(np.searchsorted(self._edges, score, side="left"))  # a score at the threshold is not kept
        if rating is not None:
            self.known[stratum] += 1, rating > self.threshold
            return
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
            Stratum(edges[i], edges[i + 1], int(self.counts[i]), int(number[i]), int(above[i]), *self.known[i].tolist())
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
    """Precision and recall, each with a 95% interval, over the documents that nobody had rated and over all.

    With N documents in stratum h that nobody had rated, n of them rated blind and a of these above, its documents above
    are T_h = a + (N - n) a / n, to which the whole corpus adds those known to be above. Precision is the sum of T_h
    over the strata kept, divided by all documents in them; recall is that sum divided by the sum over all strata.

    For the interval, each share is drawn from the two distributions whose quantiles are the exact limits of Clopper
    and Pearson, Beta(a, n - a + 1) for the low end and Beta(a + 1, n - a) for the high one, and the documents not
    rated from the shares; recall is low where the kept strata are and the others high. A stratum with no rating is
    unknown, from none to all; one that is empty or fully rated adds no doubt. Jeffreys' prior in their place gives a
    large stratum without a find half a find, so that the interval of recall held the truth in 50% to 86% of simulated
    web corpora; these hold it in 98%.

    Returns:
        `rated` blind and `known` before; `curve`, at every edge of the strata, with `precision` and `recall` of the
        documents that nobody had rated; `corpus`, the same over all documents.
    Source: Cochran 1977, Sampling Techniques, chapters 5 and 6: totals of strata and ratios of them.
    """
    rng = np.random.default_rng([seed, 0xA0D1])
    documents, rated, above, known, known_above = np.array(
        [(s.documents, s.rated, s.above, s.known, s.known_above) for s in strata], np.int64
    ).T
    doubtful = documents - rated
    low = above + rng.binomial(doubtful, _shares(above, rated - above + 1, rng))  # (DRAWS, strata)
    high = above + rng.binomial(doubtful, _shares(above + 1, rated - above, rng))
    best = np.where(rated > 0, above / np.maximum(rated, 1), 0.5) * documents
    thresholds = [stratum.low for stratum in strata]
    return {
        "rated": int(rated.sum()),
        "known": int(known.sum()),
        "curve": _curve(thresholds, documents, best, low, high),
        "corpus": _curve(thresholds, documents + known, best + known_above, low + known_above, high + known_above),
    }


def _shares(a: NDArray[np.int64], b: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
    """(DRAWS, strata) draws of Beta(a, b); 0 where a is 0, and 1 where b is."""
    drawn = rng.beta(np.maximum(a, 1), np.maximum(b, 1), size=(DRAWS, len(a)))
    return np.where(a == 0, 0.0, np.where(b == 0, 1.0, drawn))


def _curve(thresholds: Sequence[float], documents: Any, best: Any, low: Any, high: Any) -> list[dict[str, Any]]:
    """Precision and recall at every edge, given each stratum's documents and those above: estimated, and drawn."""
    curve = []
    for first in range(1, len(thresholds)):
        kept = int(documents[first:].sum())
        part, least, most = best[first:].sum(), low[:, first:].sum(axis=1), high[:, first:].sum(axis=1)
        missed_at_least, missed_at_most = low[:, :first].sum(axis=1), high[:, :first].sum(axis=1)
        curve.append(
            {
                "threshold": thresholds[first],
                "kept": kept,
                "precision": _summary(part, kept, (least, kept), (most, kept)),
                "recall": _summary(part, best.sum(), (least, least + missed_at_most), (most, most + missed_at_least)),
            }
        )
    return curve


def _summary(part: float, whole: float, low: tuple[Any, Any], high: tuple[Any, Any]) -> dict[str, float] | None:
    """The ratio of a part to the whole, with the limits of what was drawn; None where there is nothing to divide by."""
    if whole <= 0:
        return None
    ends = []
    for (numerator, denominator), quantile in ((low, 0.025), (high, 0.975)):
        ratio = np.divide(numerator, denominator, out=np.zeros(len(numerator)), where=np.asarray(denominator) > 0)
        ends.append(float(np.quantile(ratio, quantile)))
    return {"estimate": float(part / whole), "low": ends[0], "high": ends[1]}


def audit_report(sample: AuditSample, ratings: Sequence[tuple[Rating, float]], seed: int) -> dict[str, Any]:
    """The audit as data for the run's report: precision and recall, the threshold curve, strata, and examples."""
    strata = sample.strata([(score, rating.score > sample.threshold) for rating, score in ratings])
    result = estimate(strata, seed)

    def at_threshold(curve: list[dict[str, Any]]) -> dict[str, Any]:
        at = min(curve, key=lambda point: abs(point["threshold"] - sample.threshold))
        return {name: at[name] for name in ("precision", "recall")}

    return {
        "threshold": sample.threshold,
        "rated": result["rated"],
        "known": result["known"],
        **at_threshold(result["curve"]),
        "corpus": at_threshold(result["corpus"]),
        "curve": result["curve"],
        "strata": [asdict(stratum) for stratum in strata],
        "nearest": sample.nearest(),
    }
