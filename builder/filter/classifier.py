"""A trained filter: a first pass over hashed words, a forest over embeddings, or one before the other.

texts ──first pass──> below the cut: scored by it, and dropped
            └───────> the rest ──embedder──> forest ──> score
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import StageError
from .embedders import Embedder
from .forest import Forest, train_forest
from .language import LanguageProfile, profile_of
from .latent import LatentEmbedder
from .linear import FOLDS, Linear, train_linear
from .strongest import strongest

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class TrainedFilter:
    """What scores documents. At least one of `linear` and `forest` is there.

    Attributes:
        threshold: Documents that score above it are kept.
        linear: The first pass, or the whole classifier where there is no forest.
        cut: With both, documents whose first pass scores at or below it are not embedded.
        language: What the documents that it was trained on are like.
        facts: How it was trained, for reading.
    """

    threshold: float
    linear: Linear | None
    forest: Forest | None
    embedder: Embedder | None
    cut: float
    language: LanguageProfile
    facts: dict[str, Any] = field(default_factory=dict)

    async def scores(self, texts: pa.Array) -> NDArray[np.float32]:
        """(n,) scores in [1, 10] of a column of texts; a document without a word scores 1."""
        if self.forest is None or self.embedder is None:
            assert self.linear is not None
            return await asyncio.to_thread(self.linear.scores, texts)
        if self.linear is None:
            return await self._forest_scores(texts)
        import pyarrow as pa

        scores: NDArray[np.float32] = await asyncio.to_thread(self.linear.scores, texts)
        passed = np.flatnonzero(scores > self.cut)
        np.minimum(scores, _at_most(self.threshold), out=scores)  # what is not embedded is not kept
        if len(passed):
            scores[passed] = await self._forest_scores(texts.take(pa.array(passed)))
        return scores

    async def _forest_scores(self, texts: pa.Array) -> NDArray[np.float32]:
        assert self.forest is not None and self.embedder is not None
        vectors = await self.embedder.embed(texts)
        scores = await asyncio.to_thread(self.forest.scores, vectors)
        scores[~vectors.any(axis=1)] = 1.0  # nothing in it that the embedder knows
        return scores


async def train_filter(
    texts: Sequence[str],
    score: NDArray[np.floating],
    *,
    unrated: Sequence[str],
    threshold: float,
    classifier: str,
    embedder: Embedder,
    trees: int,
    first_pass_recall: float | None,
    seed: int,
) -> TrainedFilter:
    """Train a filter on rated documents.

    Both classifiers are always trained: the linear one learns from the forest, and shows in words what the forest goes
    by.

    Args:
        texts: n documents.
        score: (n,) their scores in [1, 10].
        unrated: Further documents of the corpus, which the forest scores for the linear classifier to learn from.
        classifier: `forest` or `linear`.
        first_pass_recall: The share of the documents above the threshold that the first pass must let through; None
            for no first pass.
    Raises:
        StageError: No document is above the threshold.
    """
    import pyarrow as pa

    score = np.asarray(score, np.float64)
    above = score > threshold
    if not above.any():
        raise StageError(
            f"filter: none of the {len(score):,} rated documents scores above {threshold:g} (the highest: "
            f"{score.max(initial=0):g}); lower filter.threshold, raise filter.rated_documents, or check the domain"
        )
    column = pa.array([*texts, *unrated], pa.large_string())
    vectors = await embedder.embed(column)
    grown = await asyncio.to_thread(train_forest, vectors[: len(texts)], score, threshold, trees, seed)
    opinion = await asyncio.to_thread(grown.forest.scores, vectors)
    target = opinion.astype(np.float64)
    target[: len(texts)] = (target[: len(texts)] + np.where(above, 10.0, 1.0)) / 2
    rating = np.concatenate([score, np.full(len(unrated), np.nan)])
    fitted = await asyncio.to_thread(train_linear, column, target, rating, threshold, seed)
    held_out = fitted.held_out[: len(texts)]
    facts: dict[str, Any] = {
        "rated": len(score),
        "rated_above": int(above.sum()),
        "forest": agreement(grown.held_out, score, threshold),
        "linear": agreement(held_out, score, threshold),
        "strongest": strongest(texts, fitted.linear),
    }
    cut = 0.0
    first_pass = classifier == "forest" and first_pass_recall is not None
    if first_pass_recall is not None and first_pass:
        cut, facts["first_pass"] = first_pass_cut(held_out, above, first_pass_recall, threshold, seed)
    return TrainedFilter(
        threshold,
        linear=fitted.linear if classifier == "linear" or first_pass else None,
        forest=grown.forest if classifier == "forest" else None,
        embedder=embedder if classifier == "forest" else None,
        cut=cut,
        language=profile_of(column.slice(0, len(texts)).filter(pa.array(above))),
        facts=facts,
    )


def agreement(held_out: NDArray[np.floating], score: NDArray[np.floating], threshold: float) -> dict[str, Any]:
    """How held-out predictions agree with the ratings at the threshold; rows without a prediction are left out."""
    known = ~np.isnan(held_out)
    kept, above = held_out[known] > threshold, score[known] > threshold
    both = int((kept & above).sum())
    precision = both / int(kept.sum()) if kept.any() else None
    recall = both / int(above.sum()) if above.any() else None
    f1 = 2 * both / (int(kept.sum()) + int(above.sum())) if kept.any() or above.any() else None
    return {"held_out": int(known.sum()), "precision": precision, "recall": recall, "f1": f1}


def first_pass_cut(
    held_out: NDArray[np.floating], above: NDArray[np.bool_], recall: float, threshold: float, seed: int
) -> tuple[float, dict[str, Any]]:
    """The score that a document must exceed to be embedded, and the recall that this measures on held-out ratings.

    The cut is the highest that lets through the wanted share of the held-out documents rated above the threshold. That
    share is met by construction, so it is measured another way: each part of the ratings is judged by the cut that the
    other parts give.
    """
    from scipy.stats import binomtest

    known = ~np.isnan(held_out)
    scores, above = np.asarray(held_out, np.float64)[known], above[known]
    part = np.random.default_rng([seed, 0xC07]).permutation(len(scores)) % FOLDS
    let_through = 0
    for fold in range(FOLDS):
        others, here = above & (part != fold), above & (part == fold)
        if others.any():
            let_through += int((scores[here] > _cut(scores[others], recall, threshold)).sum())
    total = int(above.sum())
    if not total:
        return 0.0, {
            "cut": 0.0,
            "recall_wanted": recall,
            "recall_measured": None,
            "interval": [0.0, 1.0],
            "passed": 1.0,
        }
    cut = _cut(scores[above], recall, threshold)
    interval = binomtest(let_through, total).proportion_ci(method="wilson")
    return cut, {
        "cut": cut,
        "recall_wanted": recall,
        "recall_measured": let_through / total,
        "interval": [float(interval.low), float(interval.high)],
        "passed": float((scores > cut).mean()),
    }


def _cut(scores: NDArray[np.float64], recall: float, threshold: float) -> float:
    """Just below the score that the wanted share of `scores` reaches, and never above the threshold."""
    allowed = int(np.floor((1 - recall) * len(scores)))  # how many may be lost
    return min(float(np.nextafter(np.float32(np.sort(scores)[allowed]), np.float32(0))), threshold)


def _at_most(threshold: float) -> np.float32:
    """The largest single-precision number that does not exceed the threshold."""
    rounded = np.float32(threshold)
    return rounded if float(rounded) <= threshold else np.nextafter(rounded, np.float32(0))


def latent_of(embedder: Embedder | None) -> LatentEmbedder | None:
    """The embedder if it is the built-in one, whose arrays are saved with the filter."""
    return embedder if isinstance(embedder, LatentEmbedder) else None
