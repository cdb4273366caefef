"""One step of many walkers at once: compiled, without an edge table. The walk itself is in `graph_walk.py`.

A pair of u is a document of u together with another concept of that document. The pairs of u are numbered through its
documents; a step draws a number, finds the document by a guide into the running number of pairs, and reads the concept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from .graph_edges import freq
from .graph_lists import Array, Lists

TRIES = 16
"""Draws before the pairs of a node are enumerated, plus one for every sixteen pairs, so that neither cost dominates."""

NO_EDGES = np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.uint8), np.zeros((0, 2), np.int64)
"""In place of an edge table, where none is read."""


@dataclass(frozen=True, slots=True)
class Subgraph:
    """What a step needs, packed so that it waits for memory four times.

    Attributes:
        nodes: (n_names + 1, 2) int64, where the postings of u start, and how many pairs u has; a step from a name with
            none is a dead end.
        postings: (n_postings, 2), of each document of u, the number of u's pairs up to and with it, and where the
            document's names start in `values`.
        guide: (n_postings,) int32, where among the postings of u to begin the search for a pair (see `_fill_guide`).
        values: The names of one kind of each document.
        same_kind: Whether u is among the names of its own documents.
    """

    nodes: Array
    postings: Array
    guide: Array
    values: Array
    same_kind: bool

    @classmethod
    def of(cls, documents: Lists, members: Lists, same_kind: bool) -> Subgraph:
        """The sub-graph between two kinds of nodes.

        Args:
            documents: For each name, the documents where it stands as u.
            members: For each document, its names of the kind of v.
        """
        most = int((members.lengths - same_kind).max(initial=0)) * int(documents.lengths.max(initial=0))
        small = max(most, len(members.values)) < 1 << 32
        nodes = np.zeros((len(documents) + 1, 2), np.int64)
        postings = np.empty((len(documents.values), 2), np.uint32 if small else np.uint64)
        guide = np.empty(len(postings), np.int32)
        _fill_nodes(documents.offsets, documents.values, members.offsets, same_kind, nodes, postings)
        _fill_guide(nodes, postings, guide)
        return cls(nodes, postings, guide, members.values, same_kind)

    @property
    def arrays(self) -> tuple[Array, Array, Array, Array, bool]:
        """What `take_steps` reads."""
        return self.nodes, self.postings, self.guide, self.values, self.same_kind


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
def _fill_nodes(document_offsets, documents, offsets, same_kind, nodes, postings):  # type: ignore[no-untyped-def]
    for u in range(len(nodes) - 1):
        pairs = 0
        for p in range(document_offsets[u], document_offsets[u + 1]):
            start = offsets[documents[p]]
            pairs += offsets[documents[p] + 1] - start - (1 if same_kind else 0)
            postings[p, 0], postings[p, 1] = pairs, start
        nodes[u, 0], nodes[u, 1] = document_offsets[u], pairs
    nodes[-1, 0] = document_offsets[-1]


@numba.njit(nogil=True, cache=True)
def _fill_guide(nodes, postings, guide):  # type: ignore[no-untyped-def]
    """For as many equal parts of the pairs of u as u has postings, the posting of the first pair of each part.

    Counted from the first posting of u. A search from there looks at about one posting (after Chen and Asau 1974).
    """
    for u in range(len(nodes) - 1):
        lo, hi = nodes[u, 0], nodes[u + 1, 0]
        p = lo
        for part in range(lo, hi):
            # One less, since the place of a pair is rounded as a floating-point number.
            least = (part - lo) * nodes[u, 1] // (hi - lo) - 1
            while p < hi - 1 and np.int64(postings[p, 0]) <= least:
                p += 1
            guide[part] = p - lo


@numba.njit(nogil=True, cache=True)
def take_steps(subgraph, edges, epsilon, kind, keys, current, steps, most, walk, row):  # type: ignore[no-untyped-def]
    """Take `steps[w]` steps with every walker w, each to a name that is not in its walk yet.

    A walker that has nowhere to go takes no more steps of this kind.

    Args:
        subgraph: The arrays of a `Subgraph`.
        edges: The arrays of its `EdgeTable`; read where epsilon > 0.
        kind: 0, 1 or 2, the place of the sub-graph among the three.
        keys: (n,) uint64, of the random numbers of each walker.
        current: (n,) int32, where each walker stands; moved.
        steps: (n,) int64, at most `most`; set to 0 at a dead end.
        walk: (n_rows, n) int32, the names of each walk and -1; step i is written into row `row` + i.
    Returns:
        How many walkers met a dead end.
    """
    n, dead = len(keys), 0
    moving = np.empty(n, np.int32)
    for i in range(most):
        reached = walk[row + i]
        # The walkers that move are put together first: whether one moves is chance, which no processor predicts.
        m = 0
        for w in range(n):
            moving[m] = w
            m += steps[w] > i
        draw = 0
        while m > 0:
            counter = np.uint64((draw * 3 + kind) * 50 + i)
            _draw_free(subgraph, keys, current, moving[:m], counter << np.uint64(32), walk[: row + i], reached)
            m = _thin(edges, kind != 1, epsilon, keys, current, moving[:m], counter, reached) if epsilon > 0.0 else 0
            draw += 1
        for w in range(n):
            stuck = steps[w] > i and reached[w] < 0
            dead += stuck
            steps[w] = 0 if stuck else steps[w]
            current[w] = reached[w] if reached[w] >= 0 else current[w]
    return dead


@numba.njit(nogil=True, cache=True)
def _draw_free(subgraph, keys, current, moving, base, held, reached):  # type: ignore[no-untyped-def]
    """Draw for each moving walker until the name is none that it holds; `reached` gets the name, or -1 for none.

    Args:
        moving: (m,) the walkers to draw for.
        base: Counter of the first draw.
        held: (n_held, n) the names that each walker holds already.
    """
    nodes = subgraph[0]
    m = 0
    again = np.empty(len(moving), np.int32)
    for w in moving:
        reached[w] = -1
        again[m] = w
        m += nodes[current[w], 1] > 0
    place, at, start = np.empty(m, np.int64), np.empty(m, np.int64), np.empty(m, np.int64)
    found, visited = np.empty(m, np.int32), np.empty(m, np.bool_)
    for attempt in range(TRIES):
        if m == 0:
            return
        _draw(subgraph, keys, current, again[:m], base + np.uint64(attempt), place, at, start, found)
        visited[:m] = False
        for k in range(len(held)):
            names = held[k]
            for i in range(m):
                visited[i] |= names[again[i]] == found[i]
        still = 0
        for i in range(m):
            w = again[i]
            reached[w] = found[i]
            again[still] = w
            still += visited[i]
        m = still
    for w in again[:m]:
        reached[w] = _draw_hard(subgraph, keys[w], current[w], base, held[:, w])


@numba.njit(nogil=True, cache=True)
def _draw(subgraph, keys, current, moving, counter, place, at, last, found):  # type: ignore[no-untyped-def]
    """Draw one pair for each moving walker; `found` gets its concept. `place`, `at` and `last` are scratch.

    Short passes over the walkers, not one long one: each waits for memory once per walker, and the fewer instructions
    lie between two waits, the more of them the processor overlaps.
    """
    nodes, postings, guide, values, same_kind = subgraph
    m = len(moving)
    for i in range(m):
        u = current[moving[i]]
        x = _unit(keys[moving[i]], counter)
        place[i] = np.int64(x * nodes[u, 1])
        last[i] = nodes[u, 0]
        at[i] = last[i] + np.int64(x * (nodes[u + 1, 0] - last[i]))
    for i in range(m):
        at[i] = last[i] + guide[at[i]]
        found[i] = postings[at[i], 0]  # only to fetch it: the search below must not wait before it can go on
    for i in range(m):
        at[i], last[i] = _pair(postings, last[i], at[i], place[i])
    for i in range(m):
        found[i] = values[at[i]]
    if same_kind:
        # u itself is passed over: its place stands for the last name of the document.
        for i in range(m):
            if found[i] == current[moving[i]]:
                found[i] = values[last[i]]


@numba.njit(nogil=True, cache=True, inline="always")
def _pair(postings, lo, p, place):  # type: ignore[no-untyped-def]
    """Where the name of a pair of u stands in the documents' names, and where the place after its document's others."""
    while np.int64(postings[p, 0]) <= place:
        p += 1
    before = np.int64(postings[p - 1, 0]) if p > lo else 0
    start = np.int64(postings[p, 1])
    return start + place - before, start + np.int64(postings[p, 0]) - before


@numba.njit(nogil=True, cache=True)
def _draw_hard(subgraph, key, u, base, held):  # type: ignore[no-untyped-def]
    """Go on to draw pairs of u, one by one, and enumerate them when that takes too long; -1 where none is free."""
    nodes, postings, guide, values, same_kind = subgraph
    lo, hi, total = nodes[u, 0], nodes[u + 1, 0], nodes[u, 1]
    for attempt in range(TRIES, TRIES + total // 16):
        x = _unit(key, base + np.uint64(attempt))
        at, last = _pair(postings, lo, lo + guide[lo + np.int64(x * (hi - lo))], np.int64(x * total))
        v = values[last] if same_kind and values[at] == u else values[at]
        if not np.any(held == v):
            return v
    # The free pairs are counted, and then the one at a random place among them is found.
    left = np.int64(-1)
    for _ in range(2):
        free = 0
        for p in range(lo, hi):
            start = np.int64(postings[p, 1])
            before = np.int64(postings[p - 1, 0]) if p > lo else 0
            for j in range(start, start + np.int64(postings[p, 0]) - before + (1 if same_kind else 0)):
                if values[j] != u and not np.any(held == values[j]):
                    if free == left:
                        return values[j]
                    free += 1
        left = np.int64(_unit(key, base + np.uint64(0xFFFFFFFF)) * free)
    return -1


@numba.njit(nogil=True, cache=True)
def _thin(edges, halved, epsilon, keys, current, moving, counter, reached):  # type: ignore[no-untyped-def]
    """Of the steps just drawn in proportion to freq, accept as many as make it freq + eps.

    Args:
        halved: Whether the table holds each edge once, with u < v.
        moving: (m,) who has drawn; afterwards the first of it have to draw again.
    Returns:
        How many have to draw again.
    """
    offsets, ends, small, large = edges
    again = 0
    for w in moving:
        x = _unit(keys[w] ^ np.uint64(0x5A5A5A5A5A5A5A5A), counter)
        if reached[w] < 0 or x * (1.0 + epsilon) < 1.0:
            continue  # accepted whatever freq is, which is not looked up
        u, v = current[w], reached[w]
        if halved and v < u:
            u, v = v, u
        count = freq(offsets, ends, small, large, u, v)
        if x * count * (1.0 + epsilon) >= count + epsilon:
            moving[again] = w
            again += 1
    return again
