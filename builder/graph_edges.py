"""The counted edges of a sub-graph.

The pairs of all documents are packed into whole numbers, a block of u at a time, sorted in cache and counted by the
lengths of their runs. Blocks are split by the number of pairs, not of names: a concept that is in a tenth of all
documents would otherwise keep one thread busy while the others wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numba
import numpy as np

from .errors import StageError
from .graph_lists import Array, Lists, in_order, offsets_of

Kind = Literal["topic-topic", "topic-concept", "concept-concept"]
KINDS: tuple[Kind, ...] = ("topic-topic", "topic-concept", "concept-concept")
"""The three sub-graphs, in the order of a walk."""
AHEAD = 64
"""Documents whose lists are fetched before they are read."""
PAIRS_PER_BLOCK = 1 << 18
"""Pairs that are sorted at a time: 1 MB, so that a block stays in the second level cache, and its memory is reused."""


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """One sub-graph as counted pairs. In topic-topic and concept-concept tables each pair stands once, with u < v.

    Counts are kept in one byte, since in a large graph one edge in a hundred thousand has one above 255.

    Attributes:
        offsets: (n_names + 1,) int64; the edges of u are at `offsets[u]:offsets[u + 1]`.
        ends: (n_edges,) int32, v, ascending within u.
        small: (n_edges,) uint8, freq(u, v), documents where both occur; 0 where that is more than 255.
        large: (n_large, 2) int64, place and freq of those edges, ascending.
    """

    offsets: Array
    ends: Array
    small: Array
    large: Array

    @property
    def arrays(self) -> tuple[Array, Array, Array, Array]:
        """What compiled code reads."""
        return self.offsets, self.ends, self.small, self.large

    @property
    def starts(self) -> Array:
        """(n_edges,) int32, u."""
        return np.repeat(np.arange(len(self.offsets) - 1, dtype=np.int32), np.diff(self.offsets))

    @property
    def counts(self) -> Array:
        """(n_edges,) int32, freq(u, v), made anew at each call."""
        counts = self.small.astype(np.int32)
        counts[self.large[:, 0]] = self.large[:, 1]
        return counts


def count_pairs(postings: Lists, members: Lists, same_kind: bool, n_names: int, threads: int) -> EdgeTable:
    """Count in how many documents each pair (u, v) occurs.

    Pairs of a block of u are packed into 32 bits, sorted in cache and counted by the lengths of their runs.

    Args:
        postings: For each u, its documents.
        members: For each document, its v, sorted.
        same_kind: Whether u and v are of one kind; then only v > u is counted.
        n_names: How many names there are.
        threads: Blocks that are sorted at a time.
    Raises:
        StageError: There is not enough memory.
    """
    work = np.empty(n_names, np.int64)
    _pairs_per_row(postings.offsets, postings.values, members.offsets, members.values, same_kind, work)
    total = int(work.sum())
    try:
        # Reserved, not touched: pages that no edge is written to take no memory.
        ends, small = np.empty(total, np.int32), np.empty(total, np.uint8)
    except MemoryError as error:
        raise StageError(
            f"concept graph: counting {total:,} pairs takes up to {total * 5 / 1e9:.0f} GB, more than there is; walks "
            "and searches need no edges, statistics can be taken of a part"
        ) from error
    degrees = np.zeros(n_names, np.int64)
    end = 0

    def count_block(block: tuple[int, int]) -> tuple[Array, Array, Array]:
        first, last = block
        packed = np.empty(int(work[first:last].sum()), np.uint32)
        _pack(
            postings.offsets, postings.values, members.offsets, members.values,
            same_kind, first, last, n_names, packed,
        )  # fmt: skip
        packed.sort()
        block_small = np.empty(len(packed), np.uint8)
        block_large = np.empty((len(packed) // 256, 2), np.int64)
        edges, n_large = _run_lengths(packed, first, n_names, block_small, block_large, degrees)
        return packed[:edges], block_small[:edges], block_large[:n_large]

    large = [np.empty((0, 2), np.int64)]
    for block_ends, block_small, block_large in in_order(count_block, blocks(work, n_names), threads):
        ends[end : end + len(block_ends)] = block_ends
        small[end : end + len(block_ends)] = block_small
        if len(block_large):
            large.append(block_large + np.array([end, 0]))
        end += len(block_ends)
    return EdgeTable(offsets_of(degrees), ends[:end], small[:end], np.concatenate(large))


def blocks(work: Array, n_names: int) -> Iterator[tuple[int, int]]:
    """(first, last) of consecutive rows with at most `PAIRS_PER_BLOCK` pairs, or of a single row with more.

    Args:
        work: (n_names,) pairs of each row.
        n_names: Rows of a block times this is at most 2**32, so that a pair is packed into 32 bits.
    """
    done = offsets_of(work)
    rows_at_most = max(1, (1 << 32) // n_names)
    first = 0
    while first < n_names:
        last = int(np.searchsorted(done, done[first] + PAIRS_PER_BLOCK, side="right")) - 1
        last = min(max(last, first + 1), first + rows_at_most, n_names)
        yield first, last
        first = last


@numba.njit(nogil=True, cache=True)
def _pairs_per_row(post_offsets, post, offsets, values, same_kind, work):  # type: ignore[no-untyped-def]
    work[:] = 0
    if not same_kind:
        for u in range(len(post_offsets) - 1):
            for p in range(post_offsets[u], post_offsets[u + 1]):
                work[u] += offsets[post[p] + 1] - offsets[post[p]]
        return
    for document in range(len(offsets) - 1):
        for j in range(offsets[document], offsets[document + 1]):
            work[values[j]] += offsets[document + 1] - j - 1


@numba.njit(nogil=True, cache=True)
def _pack(post_offsets, post, offsets, values, same_kind, first, last, n_names, packed):  # type: ignore[no-untyped-def]
    at, touched = 0, 0
    ahead, end = post_offsets[first], post_offsets[last]
    for u in range(first, last):
        base = (u - first) * n_names
        for p in range(post_offsets[u], post_offsets[u + 1]):
            if p == ahead and len(values) > 0:
                # Fetch the lists of the next documents: their waits for memory overlap here, but not below, where the
                # processor must know a value before it knows how the loop goes on.
                ahead = min(ahead + AHEAD, end)
                for k in range(p, ahead):
                    touched += values[min(offsets[post[k]], len(values) - 1)]
            document = post[p]
            lowest = offsets[document]
            for j in range(offsets[document + 1] - 1, lowest - 1, -1):
                v = values[j]
                if same_kind and v <= u:
                    break
                packed[at] = base + v
                at += 1
    return touched


@numba.njit(nogil=True, cache=True)
def _run_lengths(packed, first, n_names, small, large, degrees):  # type: ignore[no-untyped-def]
    """Overwrite the packed pairs by the v of each distinct one; fill its count, and the degree of its u."""
    edges = n_large = 0
    i = 0
    row, row_end = first, n_names
    while i < len(packed):
        pair = packed[i]
        run = i + 1
        while run < len(packed) and packed[run] == pair:
            run += 1
        while np.int64(pair) >= row_end:
            row += 1
            row_end += n_names
        packed[edges] = pair - (row_end - n_names)
        if run - i < 256:
            small[edges] = run - i
        else:
            small[edges] = 0
            large[n_large, 0], large[n_large, 1] = edges, run - i
            n_large += 1
        degrees[row] += 1
        edges += 1
        i = run
    return edges, n_large


@numba.njit(nogil=True, cache=True)
def freq(offsets, ends, small, large, u, v):  # type: ignore[no-untyped-def]
    """freq(u, v) of a table, by its arrays; 0 where there is no edge. In a table of one kind, u < v."""
    at = offsets[u] + np.searchsorted(ends[offsets[u] : offsets[u + 1]], v)
    if at == offsets[u + 1] or ends[at] != v:
        return np.int64(0)
    return np.int64(small[at]) if small[at] > 0 else large[np.searchsorted(large[:, 0], at), 1]
