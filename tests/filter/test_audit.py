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


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    edges = [1.0, *strata_edges(6.5).tolist(), 10.0]
    sizes = np.array([50_000, 3_000, 1_500, 900, 800, 900, 1_200, 4_000])
    rates = np.array([0.001, 0.03, 0.15, 0.35, 0.6, 0.8, 0.93, 0.99])
    held = {"precision": 0, "recall": 0}
    for trial in range(100):
        positives = rng.binomial(sizes, rates)
        rated = np.array([40, 25, 25, 25, 25, 25, 25, 25])
        seen = rng.hypergeometric(positives, sizes - positives, rated)
        strata = [Stratum(edges[i], edges[i + 1], int(sizes[i]), int(rated[i]), int(seen[i])) for i in range(8)]
        at = next(point for point in estimate(strata, trial)["curve"] if point["threshold"] == 6.5)
        truth = {"precision": positives[4:].sum() / sizes[4:].sum(), "recall": positives[4:].sum() / positives.sum()}
        for name in held:
            held[name] += at[name]["low"] <= truth[name] <= at[name]["high"]
    assert held["precision"] >= 88
    assert held["recall"] >= 88


def test_the_sample_is_of_unseen_documents_and_knows_every_stratum_size() -> None:
    sample = AuditSample(6.5, 16, seed=1)
    scores = np.linspace(1, 10, 1_001)
    for number, score in enumerate(scores.tolist()):
        sample.offer(Document(str(number), "text"), score, trained_on=number % 10 == 0)
    edges = strata_edges(6.5)
    unseen = scores[np.arange(1_001) % 10 != 0]
    assert sample.counts.sum() == len(unseen)
    assert sample.counts[4:].sum() == (unseen > 6.5).sum()
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
