"""How diverse questions are: similarity of pairs, Vendi score, n-grams, coverage of the concept graph, growth.

Every number here is of arrays and texts; diversity_run.py reads them from a run and writes `diversity.json`.

Source: Qin et al. 2025, arXiv 2503.19551, Figure 5, for the pairs; Friedman and Dieng 2023, arXiv 2210.02410, for the
Vendi score; Li et al. 2016, arXiv 1510.03055, for distinct n-grams.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

    from ..builder.graph import ConceptGraph
    from ..builder.recipe import CurateRecipe

BINS = 100
EDGES = np.linspace(-1, 1, BINS + 1)
"""(BINS + 1,) edges of the histogram of cosine similarity, which are the same for every run and embedder."""
WORD = re.compile(r"\w+|[^\w\s]")
GROWTH_POINTS = 12

Floats = NDArray[np.float64]


@dataclass
class Pairs:
    """Similarity of the pairs of questions that belong together, added up document by document; no pair is kept.

    Attributes:
        counts: (BINS,) pairs in each bin of `EDGES`; the last bin holds its upper edge.
        per_document: For each document with a pair, the sum of the similarities and the number of pairs.
    """

    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(BINS, np.int64))
    per_document: list[tuple[float, int]] = field(default_factory=list)

    def add(self, vectors: NDArray[np.floating]) -> None:
        """Count every pair of the questions of one document, given their (n, d) vectors of length 1."""
        if len(vectors) < 2:
            return
        cosines = (vectors @ vectors.T)[np.triu_indices(len(vectors), k=1)].astype(np.float64)
        cosines = np.clip(cosines, -1, 1)  # rounding leaves the range by a little
        self.counts += np.histogram(cosines, EDGES)[0]
        self.per_document.append((float(cosines.sum()), len(cosines)))

    @property
    def n_pairs(self) -> int:
        """How many pairs were counted."""
        return sum(pairs for _, pairs in self.per_document)

    def mean(self) -> tuple[float, float | None] | None:
        """The mean similarity of all pairs, and its standard error; None where there is no pair.

        Pairs of one document share questions, so the error is that of documents drawn at random: of a ratio of sums,
        by linearisation. It is None for a single document.
        """
        if not self.per_document:
            return None
        sums, pairs = np.array(self.per_document, np.float64).T
        mean = sums.sum() / pairs.sum()
        n = len(sums)
        if n < 2:
            return float(mean), None
        spread = np.sqrt(np.sum((sums - mean * pairs) ** 2) * n / (n - 1)) / pairs.sum()
        return float(mean), float(spread)


def vendi_score(gram: Floats, n: int) -> float:
    """The effective number of different items: exp of the entropy of the eigenvalues of their kernel, divided by n.

    The kernel of cosines, X Xᵀ / n, has the non-zero eigenvalues of Xᵀ X / n, which stays (d, d) however many items
    there are. It is 1 for equal items and n for orthogonal ones; it cannot exceed d, and grows with n below that.

    Args:
        gram: (d, d) Xᵀ X of the (n, d) vectors, each of length 1.
        n: How many vectors.
    """
    shares = np.linalg.eigvalsh(gram / n)
    shares = shares[shares > 1e-12]
    return float(np.exp(-np.sum(shares * np.log(shares))))


def distinct_ngrams(texts: Iterable[str], most: int = 3) -> list[float | None]:
    """For n = 1 to `most`, distinct n-grams as a share of all; None where no text is that long.

    A gram is of words and marks, in lower case, and does not reach over the end of a text.
    """
    numbers: dict[str, int] = {}
    flat: list[NDArray[np.int64]] = []
    for text in texts:
        words = WORD.findall(text.lower())
        flat.append(np.array([numbers.setdefault(word, len(numbers)) for word in words] + [-1], np.int64))
    stream = np.concatenate([*flat, np.zeros(0, np.int64)])
    shares: list[float | None] = []
    grams = stream.copy()  # the number of the gram that starts at each place; -1 where it reaches over an end
    for n in range(1, most + 1):
        if n > 1:
            grams, after = grams[:-1], stream[n - 1 :]
            grams = np.where((grams < 0) | (after < 0), -1, grams * len(numbers) + after)
        whole = grams >= 0
        distinct, renumbered = np.unique(grams[whole], return_inverse=True)  # anew, so that products stay small
        shares.append(len(distinct) / int(whole.sum()) if len(distinct) else None)
        grams[whole] = renumbered
    return shares


@dataclass(frozen=True)
class Coverage:
    """How much of the concept graph the questions use.

    Attributes:
        concepts: Share of the graph's key concepts that a question combines.
        pairs: Share of its pairs of key concepts, those that one document holds, that a question combines.
        new_pairs: Distinct pairs that a question combines and no single document holds.
    """

    concepts: float
    pairs: float
    new_pairs: int


def coverage(combined: Iterable[Sequence[str]], graph: ConceptGraph) -> Coverage | None:
    """What the concepts that questions combine cover of a graph; None where no question says what it combines.

    Args:
        combined: The key concepts of each question, in any form that the graph knows.
    """
    numbers: dict[str, int] = {}
    pairs: set[int] = set()
    used: set[int] = set()
    for names in combined:
        for name in names:
            if name not in numbers:
                numbers[name] = graph.number(name)
        held = sorted({numbers[name] for name in names} - {-1})
        used.update(held)
        pairs.update((a << 32) | b for place, a in enumerate(held) for b in held[place + 1 :])
    if not numbers:
        return None
    edges = graph.edges("concept-concept")
    known = (edges.starts.astype(np.int64) << 32) | edges.ends
    asked = np.fromiter(pairs, np.int64, len(pairs))
    old = int(np.isin(asked, known).sum())
    n_used = int(np.isin(graph.concept_ids, np.fromiter(used, np.int64, len(used))).sum())
    return Coverage(n_used / max(1, len(graph.concept_ids)), old / max(1, len(known)), len(pairs) - old)


@dataclass(frozen=True)
class GrowthPoint:
    """What there is when at most so many questions of each document are taken, in the order in which they were written.

    Attributes:
        questions_per_document: The most that are taken of one document.
        written: How many these are, over all documents.
        distinct: How many of them repeat none before, exactly or nearly, as curation judges it.
    """

    questions_per_document: int
    written: int
    distinct: int


def growth(questions: pa.Table, ranks: NDArray[np.int64], settings: CurateRecipe) -> list[GrowthPoint]:
    """How distinct questions grow as more are asked for per document.

    Args:
        questions: Columns `id` and `question`.
        ranks: (n,) for each question how many of its document were written before it.
        settings: What counts as a near duplicate; meaning is not compared.
    """
    import pyarrow as pa

    from ..builder.curate.duplicates import deduplicate

    order = np.argsort(ranks, kind="stable")
    ranks = ranks[order]
    words_only = settings.model_copy(update={"meaning_threshold": None, "embedder": None})
    kept = deduplicate(questions.take(pa.array(order)), words_only).kept
    # A question is judged by those before it alone, so that the first part of the order is a result of its own.
    total = int(ranks.max(initial=-1)) + 1
    points = []
    for most in sorted({round(total * step / GROWTH_POINTS) for step in range(1, GROWTH_POINTS + 1)} - {0}):
        written = int(np.searchsorted(ranks, most))
        points.append(GrowthPoint(most, written, int(kept[:written].sum())))
    return points
