"""Made-up documents for the benchmarks of the concept graph: Zipf-distributed concepts with topical clusters.

A document belongs to one of 200 subjects. Of its 1 to 4 topics and about 11 key concepts, five in six come from the
subject's own vocabulary by the law of Zipf and Mandelbrot (p ∝ 1/(rank + 30)), and one in six from a vocabulary that
all share by Zipf's (p ∝ 1/rank), so that the commonest concept is in a tenth of all documents, as "mathematics" would
be. The vocabulary grows as the square root of the number of documents; at 100,000 documents it is about the paper's:
32,000 topics and 200,000 key concepts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
SUBJECTS = 200


def vocabulary(n_documents: int) -> tuple[int, int]:
    """(topics, key concepts) that documents draw from; the rarest may stay unused."""
    concepts = int(200_000 * (n_documents / 100_000) ** 0.5)
    return concepts // 6, concepts


def documents(n_documents: int, seed: int) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Topics and key concepts of each document, as (n + 1,) offsets and int32 numbers, with repeats.

    Topics are numbered from 0, key concepts from the number of topics on.
    """
    rng = np.random.default_rng(seed)
    n_topics, n_concepts = vocabulary(n_documents)
    subject = rng.integers(0, SUBJECTS, n_documents, dtype=np.int32)
    topics = _draw(rng, subject, rng.integers(1, 5, n_documents), n_topics)
    lengths = np.clip(rng.poisson(11, n_documents), 1, None)
    offsets, values = _draw(rng, subject, lengths, n_concepts)
    values += n_topics
    return topics, (offsets, values)


def _zipf(rng: np.random.Generator, n: int, ranks: int, shift: int) -> Array:
    """(n,) ranks from 0, with p ∝ 1/(rank + shift)."""
    return (shift * np.expm1(rng.random(n, dtype=np.float32) * np.log(ranks / shift + 1))).astype(np.int32)


def _draw(rng: np.random.Generator, subject: Array, lengths: Array, n_names: int) -> tuple[Array, Array]:
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    shared = n_names // 6
    own = (n_names - shared) // SUBJECTS
    values = np.empty(offsets[-1], np.int32)
    for first in range(0, len(lengths), 1_000_000):
        last = min(first + 1_000_000, len(lengths))
        n = int(offsets[last] - offsets[first])
        of_subject = np.repeat(subject[first:last], lengths[first:last])
        from_shared = rng.random(n, dtype=np.float32) < 1 / 6
        in_subject = shared + of_subject * own + _zipf(rng, n, own, 30)
        values[offsets[first] : offsets[last]] = np.where(from_shared, _zipf(rng, n, shared, 1), in_subject)
    return offsets, values


def names(n_names: int) -> list[str]:
    """Two words and a number for each concept, such as "Coupled lattices 1207"."""
    first = ("Linear", "Bounded", "Coupled", "Discrete", "Random", "Smooth", "Finite", "Convex", "Dual", "Sparse")
    second = ("operators", "lattices", "equation", "Groups", "series", "graphs", "matrices", "measure", "fields")
    return [f"{first[i % 10]} {second[i // 10 % 9]} {i}" for i in range(n_names)]
