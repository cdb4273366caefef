"""Arrays of the concept graph: lists of names per document, their transpose, and counted pairs.

Everything is a `Lists`: one row of sorted numbers after another. The kernels are compiled, release the interpreter
lock, and are split by the amount of work in a row, not by rows: a concept that is in a tenth of all documents would
otherwise keep one thread busy while the others wait.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numba
import numpy as np
import numpy.typing as npt

from .errors import StageError

Array = npt.NDArray[Any]
AHEAD = 64
"""Documents whose lists are fetched before they are read."""
Part = TypeVar("Part")
Result = TypeVar("Result")
PAIRS_PER_BLOCK = 1 << 18
"""Pairs that are sorted at a time: 1 MB, so that a block stays in the second level cache, and its memory is reused."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Rows of different lengths, one after another.

    Attributes:
        offsets: (n_rows + 1,) int64; row i is `values[offsets[i]:offsets[i + 1]]`.
        values: (n_values,) int32.
    """

    offsets: Array
    values: Array

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> Array:
        return self.values[self.offsets[row] : self.offsets[row + 1]]

    @property
    def lengths(self) -> Array:
        """(n_rows,) int64."""
        return np.diff(self.offsets)

    def taken(self, rows: Array) -> Lists:
        """The rows in the order of `rows`."""
        offsets = offsets_of(self.lengths[rows])
        values = np.empty(offsets[-1], np.int32)
        _take(self.offsets, self.values, rows, offsets, values)
        return Lists(offsets, values)

    def transposed(self, n_columns: int) -> Lists:
        """For each value below `n_columns`, the rows that hold it, ascending.

        Raises:
            StageError: There are more rows than 32 bits can number.
        """
        if len(self) >= 1 << 31:
            raise StageError(f"concept graph: {len(self):,} documents, expected fewer than 2**31; build it from a part")
        offsets = offsets_of(np.bincount(self.values, minlength=n_columns))
        values = np.empty(len(self.values), np.int32)
        _transpose(self.offsets, self.values, offsets[:-1].copy(), values)
        return Lists(offsets, values)


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

    def count(self, u: int, v: int) -> int:
        """freq(u, v) for u < v in a table of one kind; 0 where there is no edge."""
        return int(freq(*self.arrays, u, v))


def offsets_of(lengths: Array) -> Array:
    """(n + 1,) int64: where each row starts, for rows of these lengths."""
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def distinct_lists(offsets: Array, values: Array, limit: int) -> tuple[Lists, int, int]:
    """Each row sorted, without repeats and without negative values, and at most `limit` long.

    Returns:
        The lists, how many repeats were dropped, and how many values beyond the limit, which are the last of the row.
    """
    kept = np.empty(len(values), np.int32)
    lengths = np.empty(len(offsets) - 1, np.int64)
    repeats, beyond, end = _distinct(offsets, values, limit, kept, lengths)
    return Lists(offsets_of(lengths), kept[:end].copy()), int(repeats), int(beyond)


def merged_lists(first: Lists, second: Lists) -> Lists:
    """The union of two sorted lists, row by row."""
    lengths = np.empty(len(first), np.int64)
    values = np.empty(len(first.values) + len(second.values), np.int32)
    end = _union(first.offsets, first.values, second.offsets, second.values, values, lengths)
    return Lists(offsets_of(lengths), values[:end])


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


def in_order(work: Callable[[Part], Result], parts: Iterable[Part], threads: int) -> Iterator[Result]:
    """`work` of each part, in the order of the parts, with at most two parts per thread held at a time."""
    if threads == 1:
        yield from map(work, parts)
        return
    with ThreadPoolExecutor(threads) as pool:
        pending: deque[Future[Result]] = deque()
        for part in parts:
            pending.append(pool.submit(work, part))
            if len(pending) >= 2 * threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


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
def _take(from_offsets, from_values, rows, offsets, values):  # type: ignore[no-untyped-def]
    for i in range(len(rows)):
        at = offsets[i]
        for j in range(from_offsets[rows[i]], from_offsets[rows[i] + 1]):
            values[at] = from_values[j]
            at += 1


@numba.njit(nogil=True, cache=True)
def _transpose(offsets, values, next_place, rows):  # type: ignore[no-untyped-def]
    for row in range(len(offsets) - 1):
        for j in range(offsets[row], offsets[row + 1]):
            column = values[j]
            rows[next_place[column]] = row
            next_place[column] += 1


@numba.njit(nogil=True, cache=True)
def _distinct(offsets, values, limit, kept, lengths):  # type: ignore[no-untyped-def]
    repeats, beyond, end = 0, 0, 0
    for row in range(len(offsets) - 1):
        start = end
        for j in range(offsets[row], offsets[row + 1]):
            value = values[j]
            if value < 0:
                continue
            place = end
            while place > start and kept[place - 1] > value:
                place -= 1
            if place > start and kept[place - 1] == value:
                repeats += 1
            elif end - start == limit:
                beyond += 1
            else:
                for k in range(end, place, -1):
                    kept[k] = kept[k - 1]
                kept[place] = value
                end += 1
        lengths[row] = end - start
    return repeats, beyond, end


@numba.njit(nogil=True, cache=True)
def _union(a_offsets, a, b_offsets, b, values, lengths):  # type: ignore[no-untyped-def]
    end = 0
    for row in range(len(a_offsets) - 1):
        start = end
        i, i_end = a_offsets[row], a_offsets[row + 1]
        j, j_end = b_offsets[row], b_offsets[row + 1]
        while i < i_end or j < j_end:
            if j == j_end or (i < i_end and a[i] < b[j]):
                value = a[i]
                i += 1
            elif i == i_end or b[j] < a[i]:
                value = b[j]
                j += 1
            else:
                value = a[i]
                i += 1
                j += 1
            values[end] = value
            end += 1
        lengths[row] = end - start
    return end


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
    """The count of the edge (u, v) of a table; 0 where there is none."""
    at = offsets[u] + np.searchsorted(ends[offsets[u] : offsets[u + 1]], v)
    if at == offsets[u + 1] or ends[at] != v:
        return np.int64(0)
    return np.int64(small[at]) if small[at] > 0 else large[np.searchsorted(large[:, 0], at), 1]


@numba.njit(nogil=True, cache=True)
def fnv1a(offsets, data):  # type: ignore[no-untyped-def]
    """The 64-bit hash of Fowler, Noll and Vo of each piece of `data`."""
    hashes = np.empty(len(offsets) - 1, np.uint64)
    for i in range(len(hashes)):
        h = np.uint64(0xCBF29CE484222325)
        for j in range(offsets[i], offsets[i + 1]):
            h = (h ^ np.uint64(data[j])) * np.uint64(0x100000001B3)
        hashes[i] = h
    return hashes
