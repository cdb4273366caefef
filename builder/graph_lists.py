"""Lists of numbers, one row after another: the names of each document, the documents of each name.

The kernels are compiled and release the interpreter lock, so that `in_order` runs them in threads.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from .errors import StageError

Array = npt.NDArray[Any]
Part = TypeVar("Part")
Result = TypeVar("Result")
ROWS_PER_PART = 1 << 14
"""Rows that a thread works on at a time."""


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


def offsets_of(lengths: Array) -> Array:
    """(n + 1,) int64: where each row starts, for rows of these lengths."""
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def distinct_lists(offsets: Array, values: Array, limit: int, threads: int = 1) -> tuple[Lists, int, int]:
    """Each row sorted, without repeats and without negative values, and at most `limit` long.

    Returns:
        The lists, how many repeats were dropped, and how many values beyond the limit, which are the last of the row.
    """
    kept, lengths = np.empty(len(values), np.int32), np.empty(len(offsets) - 1, np.int64)

    def distinct(first: int) -> tuple[int, int, int, int]:
        rows = offsets[first : first + ROWS_PER_PART + 1]
        return rows[0], *_distinct(
            rows, values, limit, kept[rows[0] : rows[-1]], lengths[first : first + len(rows) - 1]
        )

    repeats = beyond = end = 0
    for start, n_repeats, n_beyond, n in in_order(distinct, range(0, len(lengths), ROWS_PER_PART), threads):
        kept[end : end + n] = kept[start : start + n]  # moved to where the part before ends
        repeats, beyond, end = repeats + n_repeats, beyond + n_beyond, end + n
    return Lists(offsets_of(lengths), kept[:end].copy()), repeats, beyond


def merged_lists(first: Lists, second: Lists) -> Lists:
    """The union of two sorted lists, row by row."""
    lengths = np.empty(len(first), np.int64)
    values = np.empty(len(first.values) + len(second.values), np.int32)
    end = _union(first.offsets, first.values, second.offsets, second.values, values, lengths)
    return Lists(offsets_of(lengths), values[:end])


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


def ahead(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts, each made in a thread of its own while the one before is worked on."""
    waiting, end = iter(parts), object()
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, waiting, end)
        while (part := coming.result()) is not end:
            coming = pool.submit(next, waiting, end)
            yield cast(Part, part)


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
