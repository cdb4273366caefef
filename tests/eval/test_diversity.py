"""Against numbers worked by hand, counting pair by pair, and the definitions written out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from synthllm.builder.graph import ConceptGraph
from synthllm.builder.recipe import CurateRecipe
from synthllm.builder.rows import Concepts
from synthllm.eval.diversity import EDGES, Pairs, coverage, distinct_ngrams, growth, vendi_score


def random_vectors(n: int, d: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(n, d)) + 0.5
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def vendi_of(vectors: np.ndarray) -> float:
    return vendi_score(vectors.T @ vectors, len(vectors))


def test_vendi_score_of_orthogonal_and_of_equal_vectors() -> None:
    assert vendi_of(np.eye(7)) == pytest.approx(7)
    assert vendi_of(np.eye(7)[[2] * 5]) == pytest.approx(1)
    # Two of one direction and one of another: shares 2/3 and 1/3.
    assert vendi_of(np.eye(4)[[0, 0, 3]]) == pytest.approx(math.exp(-(2 / 3) * math.log(2 / 3) - math.log(1 / 3) / 3))
    # Two at 60 degrees: the kernel [[1, 1/2], [1/2, 1]] / 2 has the eigenvalues 3/4 and 1/4.
    pair = np.array([[1, 0], [0.5, math.sqrt(0.75)]])
    assert vendi_of(pair) == pytest.approx(math.exp(-0.75 * math.log(0.75) - 0.25 * math.log(0.25)))


@pytest.mark.parametrize(("n", "d"), [(5, 40), (40, 40), (300, 8)])
def test_vendi_score_is_that_of_the_kernel_of_all_pairs(n: int, d: int) -> None:
    vectors = random_vectors(n, d, seed=n)
    shares = np.linalg.eigvalsh(vectors @ vectors.T / n)
    shares = shares[shares > 1e-12]
    assert vendi_of(vectors) == pytest.approx(math.exp(-sum(share * math.log(share) for share in shares)))


def test_pairs_are_those_of_each_document_and_no_others() -> None:
    documents = [random_vectors(size, 6, seed=size) for size in (1, 2, 5, 9)]
    pairs = Pairs()
    for vectors in documents:
        pairs.add(vectors)
    cosines = [
        sum(a * b for a, b in zip(x, y, strict=True))
        for vectors in documents
        for x, y in itertools.combinations(vectors.tolist(), 2)
    ]
    assert pairs.n_pairs == len(cosines) == 1 + 10 + 36
    mean = pairs.mean()
    assert mean is not None
    assert mean[0] == pytest.approx(np.mean(cosines))
    for low, high, count in zip(EDGES, EDGES[1:], pairs.counts, strict=False):
        assert count == sum(low <= cosine < high for cosine in cosines)


def test_equal_and_opposite_questions_fall_into_the_outermost_bins() -> None:
    pairs = Pairs()
    third = np.float32(1 / math.sqrt(3))
    pairs.add(np.array([[third] * 3, [third] * 3, [-third] * 3], np.float32))
    assert pairs.counts[-1] == 1
    assert pairs.counts[0] == 2
    assert pairs.counts.sum() == 3


def test_standard_error_is_the_scatter_over_samples_of_documents() -> None:
    rng = np.random.default_rng(3)

    def sample() -> Pairs:
        """60 documents of their own likeness, with 2 to 9 questions each."""
        drawn = Pairs()
        for _ in range(60):
            vectors = rng.normal(size=(rng.integers(2, 10), 8)) + rng.uniform(0, 2)
            drawn.add(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
        return drawn

    found = [mean for mean in (sample().mean() for _ in range(400)) if mean is not None]
    means, errors = np.array(found, np.float64).T
    assert errors.mean() == pytest.approx(means.std(), rel=0.15)


def test_no_pair_has_no_mean_and_one_document_no_error() -> None:
    pairs = Pairs()
    pairs.add(random_vectors(1, 3, seed=0))
    assert pairs.mean() is None
    pairs.add(np.eye(3)[:2])
    assert pairs.mean() == (0, None)


def ngram_shares(texts: Sequence[Sequence[str]], n: int) -> float:
    grams = [tuple(words[i : i + n]) for words in texts for i in range(len(words) - n + 1)]
    return len(set(grams)) / len(grams)


def test_distinct_ngrams_do_not_reach_over_the_end_of_a_text() -> None:
    # Words: a b a b | b a. Pairs: ab ba ab | ba. Triples: aba bab.
    assert distinct_ngrams(["A b a b", "b a"]) == [pytest.approx(2 / 6), pytest.approx(2 / 4), pytest.approx(1.0)]
    assert distinct_ngrams(["x", "x"]) == [0.5, None, None]
    assert distinct_ngrams([]) == [None, None, None]


def test_distinct_ngrams_equal_a_count_by_sets() -> None:
    rng = np.random.default_rng(5)
    texts = [[f"w{int(12 * x**3)}" for x in rng.random(rng.integers(1, 30))] for _ in range(80)]
    expected = [pytest.approx(ngram_shares(texts, n)) for n in range(1, 6)]
    assert distinct_ngrams([" ".join(words) for words in texts], 5) == expected


def test_coverage_tells_pairs_of_documents_from_new_ones() -> None:
    graph = ConceptGraph.from_concepts(
        [
            Concepts("one", ("algebra",), ("group", "ring", "field")),  # three pairs
            Concepts("two", ("geometry",), ("angle", "ring")),  # a fourth
        ]
    )
    found = coverage(
        [["ring", "Groups"], ["group", "ring"], ["ring", "angle"], ["angle", "group"], ["manifold"]], graph
    )
    assert found is not None
    assert found.concepts == pytest.approx(3 / 4)  # not `field`; the graph does not hold `manifold`
    assert found.pairs == pytest.approx(2 / 4)
    assert found.new_pairs == 1  # angle and group


def test_questions_that_do_not_say_what_they_combine_have_no_coverage() -> None:
    graph = ConceptGraph.from_concepts([Concepts("one", ("algebra",), ("group", "ring"))])
    assert coverage([[], []], graph) is None


def test_growth_counts_what_repeats_nothing_written_before_it() -> None:
    # Two documents; the second question of each repeats something, the third is new.
    rows = [
        ("a0", 0, "What is the sum of the first ten odd numbers?"),
        ("a1", 1, "what is the sum of the first ten odd numbers"),
        ("a2", 2, "Find the determinant of the given matrix."),
        ("b0", 0, "How many primes are there below one hundred?"),
        ("b1", 1, "What is the sum of the first ten odd numbers?"),
        ("b2", 2, "Solve the equation for the smallest root."),
    ]
    table = pa.table({"id": [row[0] for row in rows], "question": [row[2] for row in rows]})
    points = growth(table, np.array([row[1] for row in rows]), CurateRecipe())
    assert [(p.questions_per_document, p.written, p.distinct) for p in points] == [(1, 2, 2), (2, 4, 2), (3, 6, 4)]


def test_growth_at_a_point_is_that_of_those_questions_alone() -> None:
    rng = np.random.default_rng(11)
    words = ("find", "value", "sum", "product", "root", "angle", "matrix", "prime", "graph", "limit", "series")
    questions = [" ".join(rng.choice(words, 5)) for _ in range(600)]
    ranks = np.repeat(np.arange(6), 100)[rng.permutation(600)]
    table = pa.table({"id": [str(i) for i in range(600)], "question": questions})
    settings = CurateRecipe(near_duplicate_threshold=0.3, shingle_words=1)
    points = growth(table, ranks, settings)
    assert [point.questions_per_document for point in points] == [1, 2, 3, 4, 5, 6]
    for point in points:
        some = np.flatnonzero(ranks < point.questions_per_document)
        (*_, alone) = growth(table.take(pa.array(some)), ranks[some], settings)
        assert (alone.written, alone.distinct) == (point.written, point.distinct)
    assert points[-1].distinct < points[-1].written


def test_growth_of_nothing_is_empty() -> None:
    nothing = pa.table({"id": pa.array([], pa.string()), "question": pa.array([], pa.string())})
    assert growth(nothing, np.zeros(0, np.int64), CurateRecipe()) == []
