"""One step of many walkers at once: compiled, without an edge table. The walk itself is in `graph_walk.py`.

A pair of u is a document of u together with another concept of that document. The pairs of u are numbered through its
documents; a step draws a number, finds the document by a guide into the running number of pairs, and reads the concept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from .graph_build import Array, Lists

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

    @property
    def arrays(self) -> tuple[Array, Array, Array, Array, Array, Array, Array, bool]:
        """What `take_step` reads."""
        return (
            self.postings.offsets, self.postings.values, self.totals, self.pairs, self.guide,
            self.members.offsets, self.members.values, self.same_kind,
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
def stream_keys(seed, samples):  # type: ignore[no-untyped-def]
    keys = np.empty(len(samples), np.uint64)
    base = mix(seed + np.uint64(0x9E3779B97F4A7C15))
    for i in range(len(samples)):
        keys[i] = mix(base ^ mix(np.uint64(samples[i]) + np.uint64(1)))
    return keys


@numba.njit(nogil=True, cache=True)
def numbers_of_steps(keys, least, most, counter):  # type: ignore[no-untyped-def]
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
def take_step(  # type: ignore[no-untyped-def]
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
        if moving[w]:
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
def thin(offsets, ends, counts, halved, epsilon, keys, from_, reached, counter, drawing):  # type: ignore[no-untyped-def]
    """Of the steps just drawn in proportion to freq, accept as many as make it freq + eps; the others draw again.

    Args:
        halved: Whether the table holds each edge once, with u < v.
        drawing: (n,) bool, who has drawn; afterwards, who has to draw again.
    """
    for w in range(len(keys)):
        if not drawing[w]:
            continue
        u, v = from_[w], reached[w]
        if halved and v < u:
            u, v = v, u
        lo = offsets[u]
        freq = counts[lo + np.searchsorted(ends[lo : offsets[u + 1]], v)]
        x = _unit(keys[w] ^ np.uint64(0x5A5A5A5A5A5A5A5A), counter)
        drawing[w] = x * freq * (1.0 + epsilon) >= freq + epsilon


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
