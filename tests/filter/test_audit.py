from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from synthllm.builder.filter.audit import AuditSample, Stratum, allocate, estimate, strata_edges
from synthllm.builder.filter.sample import Smallest, draw
from synthllm.builder.rows import Document


@pytest.mark.parametrize(
    ("counts", "size", "share"),
    [
        ([100, 100, 100], 30, [10, 10, 10]),
        ([1000, 2, 0, 50], 30, [14, 2, 0, 14]),
        ([3, 4], 99, [3, 4]),
        ([0, 0], 5, [0, 0]),
    ],
)
def test_ratings_are_shared_among_the_strata(counts: list[int], size: int, share: list[int]) -> None:
    assert allocate(counts, size) == share


def test_a_fully_rated_corpus_leaves_no_doubt() -> None:
    edges = [1.0, *strata_edges(6.5).tolist(), 10.0]
    above = [1, 0, 2, 1, 5, 5, 9, 10]
    strata = [Stratum(edges[i], edges[i + 1], 10, 10, above[i]) for i in range(8)]
    at = next(point for point in estimate(strata, 0)["curve"] if point["threshold"] == 6.5)
    for name, value in (("precision", 29 / 40), ("recall", 29 / 33)):
        assert at[name] == pytest.approx({"estimate": value, "low": value, "high": value})


def at_threshold(curve: list[dict[str, Any]]) -> dict[str, Any]:
    return next(point for point in curve if point["threshold"] == 6.5)


@pytest.mark.parametrize(("lowest", "rate"), [(50_000, 0.001), (500_000, 0.0)])
def test_intervals_hold_the_truth_as_often_as_they_say(lowest: int, rate: float) -> None:
    """Corpora of which the rounds rated most of what scores high, and what they rated scores rightly more often."""
    rng = np.random.default_rng(0)
    edges = [1.0, *strata_edges(6.5).tolist(), 10.0]
    sizes = np.array([lowest, 3_000, 1_500, 900, 800, 900, 1_200, 4_000])
    rates = np.array([rate, 0.03, 0.15, 0.35, 0.6, 0.8, 0.93, 0.99])
    known = np.array([2_000, 500, 300, 200, 500, 900, 1_500, 6_000])
    known_rates = np.array([0.0001, 0.003, 0.02, 0.1, 0.9, 0.95, 0.98, 1.0])
    rated = np.array([40, 25, 25, 25, 25, 25, 25, 25])
    held: Counter[str] = Counter()
    for trial in range(60):
        positives, before = rng.binomial(sizes, rates), rng.binomial(known, known_rates)
        seen = rng.hypergeometric(positives, sizes - positives, rated)
        counts = zip(sizes, rated, seen, known, before, strict=True)
        strata = [Stratum(low, high, *map(int, row)) for (low, high), row in zip(pairwise(edges), counts, strict=True)]
        found = estimate(strata, trial)
        for name, above, documents in (("curve", positives, sizes), ("corpus", positives + before, sizes + known)):
            truth = {"precision": above[4:].sum() / documents[4:].sum(), "recall": above[4:].sum() / above.sum()}
            point = at_threshold(found[name])
            assert point["kept"] == documents[4:].sum()
            for of, value in truth.items():
                held[f"{of} {name}"] += point[of]["low"] <= value <= point[of]["high"]
    assert len(held) == 4
    assert min(held.values()) >= 55, held


def test_what_was_rated_before_counts_as_it_was_rated_over_the_whole_corpus_and_not_beyond() -> None:
    edges = [1.0, *strata_edges(6.5).tolist(), 10.0]
    counts = [(100, 10, 0, 50, 1)] * 4 + [(20, 10, 5, 200, 180)] * 4
    found = estimate([Stratum(edges[i], edges[i + 1], *row) for i, row in enumerate(counts)], 0)
    assert (found["rated"], found["known"]) == (80, 1_000)
    blind, whole = at_threshold(found["curve"]), at_threshold(found["corpus"])
    assert blind["precision"]["estimate"] == pytest.approx(0.5)
    assert blind["recall"]["estimate"] == pytest.approx(1.0)
    assert whole["precision"]["estimate"] == pytest.approx((180 + 10) / 220)
    assert whole["recall"]["estimate"] == pytest.approx(4 * 190 / (4 * 190 + 4))
    assert whole["precision"]["high"] - whole["precision"]["low"] < 0.05


def test_the_sample_is_of_unseen_documents_and_knows_every_stratum_size() -> None:
    sample = AuditSample(6.5, 16, seed=1)
    scores = np.linspace(1, 10, 1_001)
    for number, score in enumerate(scores.tolist()):
        rating = (9.0 if number % 20 else 2.0) if number % 10 == 0 else None
        sample.offer(Document(str(number), "text"), score, rating)
    edges = strata_edges(6.5)
    unseen = scores[np.arange(1_001) % 10 != 0]
    assert sample.counts.sum() == len(unseen)
    assert sample.counts[4:].sum() == (unseen > 6.5).sum()
    assert sample.known.sum(axis=0).tolist() == [101, 50]
    assert sample.known[4:, 0].sum() == (scores[::10] > 6.5).sum()
    chosen = sample.chosen()
    assert len(chosen) == 16
    assert not any(int(document.id) % 10 == 0 for document, _ in chosen)
    assert len({int(np.searchsorted(edges, score)) for _, score in chosen}) == 8
    nearest = [row["score"] for row in sample.nearest()]
    assert len(nearest) == 20
    assert max(abs(score - 6.5) for score in nearest) < 0.1
    assert nearest == sorted(nearest)


def test_smallest_gives_the_same_sample_in_any_order_and_a_uniform_one() -> None:
    ids = [f"row{number}" for number in range(2_000)]
    orders = [ids, ids[::-1], list(np.random.default_rng(0).permutation(ids))]
    samples = []
    for order in orders:
        sample: Smallest[str] = Smallest(50)
        for row in order:
            sample.offer(draw(7, "test", str(row)), str(row), str(row))
        samples.append(sample.rows())
    assert samples[0] == samples[1] == samples[2]
    assert len(set(samples[0])) == 50
    numbers = np.array([draw(seed, "uniform", "row") for seed in range(4_000)]) / 2.0**64
    assert np.histogram(numbers, 8, (0, 1))[0] == pytest.approx([500] * 8, abs=90)
