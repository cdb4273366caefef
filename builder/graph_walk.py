"""Random walks over the concept graph, without its edge table.

With w(u,v) = log(freq(u,v) + eps), the paper's step p(u→v) = exp(w(u,v)) / Σ exp(w(u,v')) is proportional to
freq(u,v) + eps. For eps → 0 that is: choose uniformly among all (document of u, other concept v of that document)
pairs, restricted to the kind of v that the sub-graph has. This needs the documents' lists and their transpose only.
With eps = 1e-9, as in the recipes, the two distributions differ by less than 1e-9 in total variation.

A combination holds distinct concepts, so a step is conditional on v not being in the walk yet: a pair that leads back
is drawn again, and after a bounded number of tries the pairs are enumerated, which gives the same distribution and
tells a dead end for certain.

Numbers are counter-based: draw i of sample s is a hash of (seed, s, i), so that no split of the work changes them.
All walkers of a block take a step before any takes the next; their cache misses overlap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from .graph_build import Array, Lists, in_order

WALKERS_PER_BLOCK = 1 << 15
TRIES = 16
"""Draws before the pairs of a node are enumerated, plus one for every sixteen pairs, so that neither cost dominates."""


@dataclass(frozen=True, slots=True)
class Subgraph:
    """What a step needs: the documents of u, and the concepts of one kind in each document.

    Attributes:
        postings: For each name, the documents where it stands as u.
        members: For each document, its names of the kind of v.
        pairs: (n_postings,) the number of pairs up to and with this posting, within its row.
        same_kind: Whether u is among the members of its own documents.
    """

    postings: Lists
    members: Lists
    pairs: Array
    same_kind: bool

    @classmethod
    def of(cls, postings: Lists, members: Lists, same_kind: bool) -> Subgraph:
        """The sub-graph between two kinds of nodes."""
        per_document = members.lengths - same_kind
        most = int(per_document.max(initial=0)) * int(postings.lengths.max(initial=0))
        pairs = np.empty(len(postings.values), np.uint32 if most < 1 << 32 else np.uint64)
        _running_pairs(postings.offsets, postings.values, members.offsets, same_kind, pairs)
        return cls(postings, members, pairs, same_kind)

    def pairs_of(self, names: Array) -> Array:
        """(n,) how many pairs each name has; a step from a name with none is a dead end."""
        ends = self.postings.offsets[names + 1]
        has_any = ends > self.postings.offsets[names]
        return np.where(has_any, self.pairs[np.maximum(ends, 1) - 1] if len(self.pairs) else 0, 0).astype(np.int64)


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


def walk(
    topic_topic: Subgraph,
    topic_concept: Subgraph,
    concept_concept: Subgraph,
    starts: Array,
    samples: Array,
    seed: int,
    topic_steps: tuple[int, int],
    concept_steps: tuple[int, int],
    threads: int,
) -> Walks:
    """Walk once per sample.

    Args:
        starts: (n_topics,) the topics, each of which is the start of every n_topics-th sample.
        samples: (n,) the numbers of the samples to walk.
        topic_steps: Fewest and most steps on the topic sub-graph.
        concept_steps: Fewest and most steps on the concept sub-graph, after the one that leads to it.
    """

    def walk_block(first: int) -> Walks:
        block = samples[first : first + WALKERS_PER_BLOCK]
        keys = _keys(np.uint64(seed), block)
        topics = np.full((len(block), 1 + topic_steps[1]), -1, np.int32)
        concepts = np.full((len(block), 1 + concept_steps[1]), -1, np.int32)
        topics[:, 0] = starts[block % len(starts)]
        dead = np.zeros(3, np.int64)
        alive = np.ones(len(block), np.bool_)
        steps = _lengths(keys, *topic_steps, np.uint64(1))
        for i in range(topic_steps[1]):
            _step(*_arrays(topic_topic), keys, steps, i, np.uint64(i), topics, concepts, False, alive, dead[0:1])
        alive[:] = True
        one = np.ones(len(block), np.int64)
        _step(*_arrays(topic_concept), keys, one, 0, np.uint64(100), topics, concepts, True, alive, dead[1:2])
        steps = _lengths(keys, *concept_steps, np.uint64(2))
        for i in range(concept_steps[1]):
            counter = np.uint64(200 + i)
            _step(*_arrays(concept_concept), keys, steps, i, counter, topics, concepts, True, alive, dead[2:3])
        return Walks(topics, concepts, block, dead)

    parts = list(in_order(walk_block, range(0, len(samples), WALKERS_PER_BLOCK), threads))
    return Walks(
        np.concatenate([part.topics for part in parts]),
        np.concatenate([part.concepts for part in parts]),
        np.asarray(samples),
        np.sum([part.dead_ends for part in parts], axis=0),
    )


def set_hashes(walks: Walks, name_hashes: Array) -> Array:
    """(n, 2) uint64: 128 bits that depend on which topics and concepts a walk holds, not on their order."""
    return _set_hashes(walks.topics, walks.concepts, name_hashes)  # type: ignore[no-any-return]


def _arrays(graph: Subgraph) -> tuple[Array, Array, Array, Array, Array, bool]:
    return (
        graph.postings.offsets, graph.postings.values, graph.pairs,
        graph.members.offsets, graph.members.values, graph.same_kind,
    )  # fmt: skip


@numba.njit(nogil=True, cache=True, inline="always")
def mix(x):  # type: ignore[no-untyped-def]
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014): every bit of x changes half of the result."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@numba.njit(nogil=True, cache=True, inline="always")
def below(key, counter, n):  # type: ignore[no-untyped-def]
    """A whole number in [0, n), from 53 bits of hash(key, counter)."""
    x = mix(key + counter * np.uint64(0x9E3779B97F4A7C15))
    return np.int64((x >> np.uint64(11)) * (1.0 / 9007199254740992.0) * n)


@numba.njit(nogil=True, cache=True)
def _keys(seed, samples):  # type: ignore[no-untyped-def]
    keys = np.empty(len(samples), np.uint64)
    base = mix(seed + np.uint64(0x9E3779B97F4A7C15))
    for i in range(len(samples)):
        keys[i] = mix(base ^ mix(np.uint64(samples[i]) + np.uint64(1)))
    return keys


@numba.njit(nogil=True, cache=True)
def _lengths(keys, least, most, counter):  # type: ignore[no-untyped-def]
    steps = np.empty(len(keys), np.int64)
    for i in range(len(keys)):
        steps[i] = least + below(keys[i] ^ np.uint64(0xA5A5A5A5A5A5A5A5), counter, most - least + 1)
    return steps


@numba.njit(nogil=True, cache=True)
def _running_pairs(post_offsets, post, offsets, same_kind, pairs):  # type: ignore[no-untyped-def]
    for u in range(len(post_offsets) - 1):
        total = 0
        for p in range(post_offsets[u], post_offsets[u + 1]):
            total += offsets[post[p] + 1] - offsets[post[p]] - (1 if same_kind else 0)
            pairs[p] = total


@numba.njit(nogil=True, cache=True, inline="always")
def _pair(r, u, lo, hi, post, pairs, offsets, values, same_kind):  # type: ignore[no-untyped-def]
    """The concept of pair r of u. With one kind, u itself is passed over: its place stands for the last member."""
    start = lo
    size = hi - lo
    while size > 0:
        half = size >> 1
        if np.int64(pairs[lo + half]) <= r:
            lo += half + 1
            size -= half + 1
        else:
            size = half
    document = post[lo]
    place = r - (np.int64(pairs[lo - 1]) if lo > start else 0)
    v = values[offsets[document] + place]
    if same_kind and v == u:
        v = values[offsets[document + 1] - 1]
    return v


@numba.njit(nogil=True, cache=True, inline="always")
def _visited(v, topics, concepts):  # type: ignore[no-untyped-def]
    """Whether a walk holds this name, as a topic or as a concept: a combination has distinct names."""
    held = False
    for k in range(len(topics)):
        held |= topics[k] == v
    for k in range(len(concepts)):
        held |= concepts[k] == v
    return held


@numba.njit(nogil=True, cache=True)
def _enumerated(key, counter, u, lo, hi, post, pairs, offsets, values, same_kind, topics, concepts):  # type: ignore[no-untyped-def]
    """A step chosen among the pairs that lead to a name that is not in the walk; -1 where there is none."""
    free = 0
    for p in range(lo, hi):
        for j in range(offsets[post[p]], offsets[post[p] + 1]):
            v = values[j]
            if v != u and not _visited(v, topics, concepts):
                free += 1
    if free == 0:
        return -1
    r = below(key, counter, free)
    for p in range(lo, hi):
        for j in range(offsets[post[p]], offsets[post[p] + 1]):
            v = values[j]
            if v != u and not _visited(v, topics, concepts):
                if r == 0:
                    return v
                r -= 1
    return -1


@numba.njit(nogil=True, cache=True)
def _step(  # type: ignore[no-untyped-def]
    post_offsets,
    post,
    pairs,
    offsets,
    values,
    same_kind,
    keys,
    steps,
    i,
    counter,
    topics,
    concepts,
    to_concepts,
    alive,
    dead,
):
    """Move every walker that is alive and has more than i steps; one with nowhere to go is alive no longer."""
    for w in range(len(keys)):
        if not alive[w] or steps[w] <= i:
            continue
        if to_concepts and i == 0 and concepts[w, 0] < 0:
            last = 0
            while last + 1 < topics.shape[1] and topics[w, last + 1] >= 0:
                last += 1
            u = topics[w, last]
        elif to_concepts:
            u = concepts[w, i]
        else:
            u = topics[w, i]
        lo, hi = post_offsets[u], post_offsets[u + 1]
        total = np.int64(pairs[hi - 1]) if hi > lo else 0
        v = -1
        if total > 0:
            base = counter << np.uint64(32)
            for attempt in range(TRIES + total // 16):
                r = below(keys[w], base + np.uint64(attempt), total)
                v = _pair(r, u, lo, hi, post, pairs, offsets, values, same_kind)
                if not _visited(v, topics[w], concepts[w]):
                    break
                v = -1
            if v < 0:
                v = _enumerated(
                    keys[w], base + np.uint64(0xFFFFFFFF), u, lo, hi, post, pairs, offsets, values, same_kind,
                    topics[w], concepts[w],
                )  # fmt: skip
        if v < 0:
            alive[w] = False
            dead[0] += 1
        elif not to_concepts:
            topics[w, i + 1] = v
        elif concepts[w, 0] < 0:
            concepts[w, 0] = v
        else:
            concepts[w, i + 1] = v


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
