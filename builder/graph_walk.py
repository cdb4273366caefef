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
        totals: (n_names,) int64, how many pairs each name has; a step from a name with none is a dead end.
        pairs: (n_postings,) the number of pairs up to and with this posting, within its row.
        guide: Where in `pairs` to begin the search for a pair, for each eighth of a posting (see `_fill_guide`).
        same_kind: Whether u is among the members of its own documents.
    """

    postings: Lists
    members: Lists
    totals: Array
    pairs: Array
    guide: Array
    same_kind: bool

    @classmethod
    def of(cls, postings: Lists, members: Lists, same_kind: bool) -> Subgraph:
        """The sub-graph between two kinds of nodes."""
        per_document = members.lengths - same_kind
        most = int(per_document.max(initial=0)) * int(postings.lengths.max(initial=0))
        pairs = np.empty(len(postings.values), np.uint32 if most < 1 << 32 else np.uint64)
        totals = np.empty(len(postings), np.int64)
        _running_pairs(postings.offsets, postings.values, members.offsets, same_kind, pairs, totals)
        guide = np.zeros((len(pairs) >> 3) + 1, np.int32)
        _fill_guide(postings.offsets, pairs, guide)
        return cls(postings, members, totals, pairs, guide, same_kind)


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
        current = topics[:, 0].copy()
        reached = np.full(len(block), -1, np.int32)

        def step(graph: Subgraph, i: int, steps: Array, kind: int, column: Array) -> None:
            """Take step i of those walkers that have more than i; who has nowhere to go takes no more of this kind."""
            moving = steps > i
            _step(*_arrays(graph), keys, current, reached, moving, np.uint64(100 * kind + i), topics, concepts)
            moved = moving & (reached >= 0)
            column[moved] = current[moved] = reached[moved]
            stuck = moving & ~moved
            steps[stuck] = 0
            dead[kind] += np.count_nonzero(stuck)

        steps = _lengths(keys, *topic_steps, np.uint64(1))
        for i in range(topic_steps[1]):
            step(topic_topic, i, steps, 0, topics[:, i + 1])
        step(topic_concept, 0, np.ones(len(block), np.int64), 1, concepts[:, 0])
        steps = np.where(concepts[:, 0] >= 0, _lengths(keys, *concept_steps, np.uint64(2)), 0)
        for i in range(concept_steps[1]):
            step(concept_concept, i, steps, 2, concepts[:, i + 1])
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


def _arrays(graph: Subgraph) -> tuple[Array, Array, Array, Array, Array, Array, Array, bool]:
    return (
        graph.postings.offsets, graph.postings.values, graph.totals, graph.pairs, graph.guide,
        graph.members.offsets, graph.members.values, graph.same_kind,
    )  # fmt: skip


@numba.njit(nogil=True, cache=True, inline="always")
def mix(x):  # type: ignore[no-untyped-def]
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014): every bit of x changes half of the result."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@numba.njit(nogil=True, cache=True, inline="always")
def _unit(key, counter):  # type: ignore[no-untyped-def]
    """A number in [0, 1), from 53 bits of hash(key, counter)."""
    x = mix(key + counter * np.uint64(0x9E3779B97F4A7C15))
    return np.float64(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


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
        steps[i] = least + np.int64(_unit(keys[i] ^ np.uint64(0xA5A5A5A5A5A5A5A5), counter) * (most - least + 1))
    return steps


@numba.njit(nogil=True, cache=True)
def _running_pairs(post_offsets, post, offsets, same_kind, pairs, totals):  # type: ignore[no-untyped-def]
    for u in range(len(post_offsets) - 1):
        total = 0
        for p in range(post_offsets[u], post_offsets[u + 1]):
            total += offsets[post[p] + 1] - offsets[post[p]] - (1 if same_kind else 0)
            pairs[p] = total
        totals[u] = total


@numba.njit(nogil=True, cache=True)
def _fill_guide(post_offsets, pairs, guide):  # type: ignore[no-untyped-def]
    """For g equal parts of the pairs of u, where the posting of the part's first pair is, counted from the first.

    There are as many parts as multiples of eight among the places of u's postings, so that the guides of all names
    lie one after another, and a search looks at about eight postings, of one or two cache lines (after Chen and Asau
    1974). A name with few postings has no guide.
    """
    for u in range(len(post_offsets) - 1):
        lo, hi = post_offsets[u], post_offsets[u + 1]
        parts = (hi >> 3) - (lo >> 3)
        p = lo
        for part in range(parts):
            # One less, since the place of a pair is rounded as a floating-point number.
            least = part * np.int64(pairs[hi - 1]) // parts - 1
            while p < hi - 1 and np.int64(pairs[p]) <= least:
                p += 1
            guide[(lo >> 3) + part] = p - lo


@numba.njit(nogil=True, cache=True, inline="always")
def _begin(x, lo, hi, guide):  # type: ignore[no-untyped-def]
    """Where to begin to search for the posting of pair x, as a fraction of all pairs."""
    parts = (hi >> 3) - (lo >> 3)
    return lo + guide[(lo >> 3) + np.int64(x * parts)] if parts > 0 else lo


@numba.njit(nogil=True, cache=True, inline="always")
def _concept(u, document, place, offsets, values, same_kind):  # type: ignore[no-untyped-def]
    """The concept of a pair. With one kind, u itself is passed over: its place stands for the last member."""
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
def _enumerated(key, counter, u, lo, hi, post, offsets, values, topics, concepts):  # type: ignore[no-untyped-def]
    """A step chosen among the pairs that lead to a name that is not in the walk; -1 where there is none."""
    free = 0
    for p in range(lo, hi):
        for j in range(offsets[post[p]], offsets[post[p] + 1]):
            v = values[j]
            if v != u and not _visited(v, topics, concepts):
                free += 1
    if free == 0:
        return -1
    r = np.int64(_unit(key, counter) * free)
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
    totals,
    pairs,
    guide,
    offsets,
    values,
    same_kind,
    keys,
    from_,
    to,
    moving,
    counter,
    topics,
    concepts,
):
    """Move every walker that is moving from its name `from_[w]` to `to[w]`; -1 where it has nowhere to go."""
    base = counter << np.uint64(32)
    n = len(keys)
    place, at, x = np.full(n, -1, np.int64), np.zeros(n, np.int64), np.empty(n, np.float64)
    last = np.empty(n, np.int64)
    # Short passes over the walkers, not one long one: each waits for memory once per walker, and the fewer
    # instructions lie between two waits, the more of them the processor overlaps.
    for w in range(n):
        x[w] = _unit(keys[w], base)
        if moving[w] and totals[from_[w]] > 0:
            place[w] = np.int64(x[w] * totals[from_[w]])
    for w in range(n):
        if place[w] >= 0:
            at[w] = _begin(x[w], post_offsets[from_[w]], post_offsets[from_[w] + 1], guide)
    for w in range(n):
        if place[w] >= 0:
            p = at[w]
            while np.int64(pairs[p]) <= place[w]:
                p += 1
            if p > post_offsets[from_[w]]:
                place[w] -= np.int64(pairs[p - 1])
            at[w] = p
    for w in range(n):
        if place[w] >= 0:
            at[w] = post[at[w]]
    for w in range(n):
        if place[w] >= 0:
            last[w] = offsets[at[w] + 1] - 1
            at[w] = offsets[at[w]] + place[w]
    for w in range(n):
        to[w] = values[at[w]] if place[w] >= 0 else -1
    for w in range(n):
        if place[w] < 0:
            continue
        if same_kind and to[w] == from_[w]:
            to[w] = values[last[w]]
        if _visited(to[w], topics[w], concepts[w]):
            to[w] = _again(
                post_offsets, post, totals, pairs, guide, offsets, values, same_kind, keys[w], from_[w], base,
                topics[w], concepts[w],
            )  # fmt: skip


@numba.njit(nogil=True, cache=True)
def _again(  # type: ignore[no-untyped-def]
    post_offsets, post, totals, pairs, guide, offsets, values, same_kind, key, u, base, topics, concepts
):
    """Draw pairs until one leads to a name that is not in the walk, and enumerate them when that takes too long."""
    lo, hi = post_offsets[u], post_offsets[u + 1]
    total = totals[u]
    for attempt in range(1, TRIES + total // 16):
        x = _unit(key, base + np.uint64(attempt))
        place = np.int64(x * total)
        p = _begin(x, lo, hi, guide)
        while np.int64(pairs[p]) <= place:
            p += 1
        if p > lo:
            place -= np.int64(pairs[p - 1])
        v = _concept(u, post[p], place, offsets, values, same_kind)
        if not _visited(v, topics, concepts):
            return v
    last = base + np.uint64(0xFFFFFFFF)
    return _enumerated(key, last, u, lo, hi, post, offsets, values, topics, concepts)


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
