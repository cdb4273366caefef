"""Random walks over the concept graph, without its edge table.

With w(u,v) = log(freq(u,v) + eps), the paper's step p(u→v) = exp(w(u,v)) / Σ exp(w(u,v')) is proportional to
freq(u,v) + eps. For eps → 0 that is: choose uniformly among all (document of u, other concept v of that document)
pairs, restricted to the kind of v that the sub-graph has. This needs the documents' lists and their transpose only.
A step then differs from the paper's by at most eps in total variation, since every neighbour has freq >= 1: with the
recipes' 1e-9 and up to 1e-6, eps is taken for 0. A larger eps is kept exactly: a step to v is accepted with probability
(freq + eps) / (freq * (1 + eps)) and else drawn again, for which the edges are counted.

A combination holds distinct concepts, so a step is conditional on v not being in the walk yet: a pair that leads back
is drawn again, and after a bounded number of tries the pairs are enumerated, which gives the same distribution and
tells a dead end for certain (`graph_steps.py`).

Numbers are counter-based: draw i of sample s is a hash of (seed, s, i), so that no split of the work changes them.
All walkers of a block take a step before any takes the next; their cache misses overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np

from .graph_edges import EdgeTable
from .graph_lists import Array, in_order
from .graph_steps import NO_EDGES, Subgraph, mix, numbers_of_steps, stream_keys, take_steps

WALKERS_PER_BLOCK = 1 << 13
"""What a block of walkers reads at a step stays in the second level cache."""
NEGLIGIBLE_EPSILON = 1e-6
"""Up to this eps a step is drawn as if it were 0: one step in a million may differ."""


@dataclass(frozen=True, slots=True)
class Walks:
    """Walks as arrays, padded with -1.

    Attributes:
        topics: (n, 1 + most topic steps) int32 names, in the order of the walk.
        concepts: (n, 1 + most concept steps) int32.
        samples: (n,) int64, which sample of the run each is: epoch times the number of topics, plus the topic's place.
        dead_ends: How often a step had nowhere to go: topic-topic, topic-concept, concept-concept.
    """

    topics: Array
    concepts: Array
    samples: Array
    dead_ends: Array

    def taken(self, rows: Array) -> Walks:
        """Some of the walks; the dead ends stay those of the whole run."""
        return Walks(self.topics[rows], self.concepts[rows], self.samples[rows], self.dead_ends)


@dataclass(frozen=True, slots=True)
class Procedure:
    """How long a walk is, and eps. Between the two parts lies one topic-concept step.

    Attributes:
        topic_steps: Fewest and most topic-topic steps; their number is uniform.
        concept_steps: Fewest and most concept-concept steps.
        epsilon: eps of w(u,v) = log(freq(u,v) + eps).
    Source: Qin et al. 2025, section 2.2, level 3.
    """

    topic_steps: tuple[int, int] = (1, 2)
    concept_steps: tuple[int, int] = (3, 4)
    epsilon: float = 1e-9

    def __post_init__(self) -> None:
        for name, (least, most) in (("topic_steps", self.topic_steps), ("concept_steps", self.concept_steps)):
            if not 0 <= least <= most < 50:
                raise ValueError(f"{name}: expected (least, most) with 0 <= least <= most < 50, given {(least, most)}")
        if not 0 <= self.epsilon < float("inf"):
            raise ValueError(f"epsilon: expected a finite number >= 0, given {self.epsilon}")

    @property
    def needs_edges(self) -> bool:
        """Whether eps is large enough to matter, so that steps ask for freq(u, v)."""
        return self.epsilon > NEGLIGIBLE_EPSILON


PAPER = Procedure()
"""One or two topic steps, one to a key concept, three or four concept steps."""


def walk(
    subgraphs: Sequence[Subgraph],
    edges: Sequence[EdgeTable],
    starts: Array,
    samples: Array,
    seed: int,
    procedure: Procedure,
    threads: int,
    candidate: int = 0,
) -> Walks:
    """Walk once per sample.

    Args:
        subgraphs: Topic-topic, topic-concept, concept-concept.
        edges: Their edge tables where the procedure needs them, else empty.
        starts: (n_topics,) the topics, each of which is the start of every n_topics-th sample.
        samples: (n,) int64, the numbers of the samples to walk.
        candidate: Which of several walks per sample, of the same numbers of steps; 0 is the plain one.
    """
    steps_seed = np.uint64(seed)
    walk_seed = steps_seed ^ np.uint64((candidate * 0x9E3779B97F4A7C15) % (1 << 64))
    n_topics, n_concepts = 1 + procedure.topic_steps[1], 1 + procedure.concept_steps[1]
    topics = np.empty((len(samples), n_topics), np.int32)
    concepts = np.empty((len(samples), n_concepts), np.int32)
    epsilon = procedure.epsilon if procedure.needs_edges else 0.0
    tables = [table.arrays for table in edges] if procedure.needs_edges else [NO_EDGES] * 3

    def walk_block(first: int) -> Array:
        block = samples[first : first + WALKERS_PER_BLOCK]
        keys, steps_keys = stream_keys(walk_seed, block), stream_keys(steps_seed, block)
        # A row for each step: all walkers of a block take it before any takes the next.
        names = np.full((n_topics + n_concepts, len(block)), -1, np.int32)
        names[0] = starts[block % len(starts)]
        current = names[0].copy()
        dead = np.zeros(3, np.int64)

        def part(kind: int, steps: Array, row: int) -> None:
            dead[kind] = take_steps(
                subgraphs[kind].arrays, tables[kind], epsilon, kind, keys, current, steps, steps.max(), names, row
            )

        part(0, numbers_of_steps(steps_keys, *procedure.topic_steps, np.uint64(1)), 1)
        part(1, np.ones(len(block), np.int64), n_topics)
        steps = numbers_of_steps(steps_keys, *procedure.concept_steps, np.uint64(2))
        part(2, np.where(names[n_topics] >= 0, steps, 0), n_topics + 1)
        topics[first : first + len(block)] = names[:n_topics].T
        concepts[first : first + len(block)] = names[n_topics:].T
        return dead

    dead = sum(in_order(walk_block, range(0, len(samples), WALKERS_PER_BLOCK), threads), np.zeros(3, np.int64))
    return Walks(topics, concepts, np.asarray(samples), dead)


def set_hashes(walks: Walks, name_hashes: Array) -> Array:
    """(n, 2) uint64: 128 bits that depend on which topics and concepts a walk holds, not on their order."""
    return _set_hashes(walks.topics, walks.concepts, name_hashes)  # type: ignore[no-any-return]


def repeats(hashes: Array) -> Array:
    """(n,) whether an earlier row has the same 128 bits.

    Args:
        hashes: (n, 2) uint64.
    """
    ordered = np.sort(hashes[:, 0])
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    repeated = np.zeros(len(hashes), np.bool_)
    if len(twice):
        rows = np.flatnonzero(twice[np.minimum(np.searchsorted(twice, hashes[:, 0]), len(twice) - 1)] == hashes[:, 0])
        rows = rows[np.lexsort((rows, hashes[rows, 1], hashes[rows, 0]))]
        repeated[rows[1:]] = np.all(hashes[rows[1:]] == hashes[rows[:-1]], axis=1)
    return repeated


@numba.njit(nogil=True, cache=True)
def _set_hashes(topics, concepts, name_hashes):  # type: ignore[no-untyped-def]
    hashes = np.zeros((len(topics), 2), np.uint64)
    for w in range(len(topics)):
        for k in range(topics.shape[1]):
            if topics[w, k] >= 0:
                h = mix(name_hashes[topics[w, k]] + np.uint64(0x9E3779B97F4A7C15))
                hashes[w, 0] += h
                hashes[w, 1] += mix(h ^ np.uint64(0xD1B54A32D192ED03))
        for k in range(concepts.shape[1]):
            if concepts[w, k] >= 0:
                h = mix(name_hashes[concepts[w, k]] ^ np.uint64(0x8CB92BA72F3D8DD7))
                hashes[w, 0] += h
                hashes[w, 1] += mix(h ^ np.uint64(0xD1B54A32D192ED03))
    return hashes
