"""The index of kept questions that finds near duplicates: MinHash signatures, bands, and the true Jaccard similarity.

Signatures are computed where the tokens are, and only their bands are kept (Broder 1997; Indyk and Motwani 1998).
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from ..recipe import CurateRecipe
from .lookup import I64, U8, U32, U64
from .texts import Chunk, in_threads
from .tokens import BASE, NUMBER, kind_of, mix

PERMUTATIONS = 96
FOUND = 0.99  # the probability with which a pair exactly at the threshold is to be found
MAX_BUCKET = 256  # kept rows of one bucket that a row is compared with, the latest first

KEPT, EXACT, NEAR, MEANING = 0, 1, 2, 3


def bands_for(threshold: float) -> int:
    """How many bands the signatures are cut into: as few as still find a pair at the threshold with probability FOUND.

    Two rows of similarity s share one of b bands of r values each with probability 1 - (1 - s**r)**b.
    """
    choices = [PERMUTATIONS // rows for rows in (12, 8, 6, 4, 3, 2, 1)]
    return next((b for b in choices if 1 - (1 - threshold ** (PERMUTATIONS // b)) ** b >= FOUND), PERMUTATIONS)


class Index:
    """The kept rows, by their exact key and by their bands."""

    def __init__(self, rows: int, settings: CurateRecipe) -> None:
        slots = 1 << max(10, int(np.ceil(np.log2(max(rows, 1)))) + 1)
        self.threshold = settings.near_duplicate_threshold
        self.width = settings.shingle_words
        self.same_numbers = settings.near_duplicates_share_numbers
        self.verdict: U8 = np.zeros(rows, np.uint8)
        self.keeper: I64 = np.zeros(rows, np.int64)
        self.similarity: npt.NDArray[np.float32] = np.ones(rows, np.float32)
        self.exact_keys: U64 = np.empty(rows, np.uint64)
        self.exact_head = np.full(slots, -1, np.int32)
        self.bands = bands_for(self.threshold)
        self.band_head = np.full((self.bands, slots // 2), -1, np.int32)
        self.next = np.empty((0, self.bands), np.int32)
        self.tags = np.empty((0, self.bands), np.uint32)
        self.numbers: U64 = np.empty(rows, np.uint64)
        self.shingles: U32 = np.empty(0, np.uint32)
        self.where: I64 = np.zeros(rows + 1, np.int64)  # row -> the start of its shingles, of kept rows only
        self.size: I64 = np.zeros(rows, np.int64)
        self.kept_rows = np.empty(0, np.int64)
        self.met = np.empty(0, np.int32)  # the row that each kept one was last compared with
        self.flat: U32 = np.empty(0, np.uint32)
        self.rows = 0
        self.kept = 0
        self.used = 0
        generator = np.random.default_rng(20250325)
        self.factors = (generator.integers(1, 2**32, PERMUTATIONS, dtype=np.uint64) | np.uint64(1)).astype(np.uint32)
        self.offsets = generator.integers(0, 2**32, PERMUTATIONS, dtype=np.uint64).astype(np.uint32)

    def add(self, chunk: Chunk) -> None:
        """Decide on the rows of the next chunk, in order."""
        rows = len(chunk)
        keys = np.empty(rows, np.uint64)
        in_threads(_exact_keys, rows, chunk.tokens, chunk.offsets, chunk.counts, keys)
        fresh = np.empty(rows, np.int64)
        count = _find_exact(self.rows, keys, self.exact_keys, self.exact_head, self.verdict, self.keeper, fresh)
        fresh = fresh[:count]
        sizes = np.maximum(1, chunk.counts[fresh] - self.width + 1)
        starts = np.concatenate(([0], np.cumsum(sizes)))
        if starts[-1] > self.flat.size:
            self.flat = np.empty(int(starts[-1]) * 5 // 4, np.uint32)
        numbers = np.empty(count, np.uint64)
        bands = np.empty((count, self.bands), np.uint64)
        in_threads(
            _sketch, count, chunk.tokens, chunk.offsets, chunk.counts, fresh, self.width, self.factors,
            self.offsets,
            numbers, self.flat, starts, sizes, bands,
        )  # fmt: skip
        self._reserve(count, int(sizes.sum()))
        self.kept, self.used = _find_near(
            fresh + self.rows, numbers, self.flat, starts, sizes, bands, self.threshold, self.same_numbers,
            self.band_head, self.next, self.tags, self.numbers, self.shingles, self.where, self.size,
            self.kept_rows, self.met, self.kept, self.used, self.verdict, self.keeper, self.similarity,
        )  # fmt: skip
        _resolve(self.rows, rows, self.verdict, self.keeper, self.similarity)
        self.rows += rows

    def _reserve(self, rows: int, shingles: int) -> None:
        """Room for as many more rows and shingles; growing by half keeps the copying linear."""
        if self.kept + rows > len(self.next):
            more = max(self.kept + rows, len(self.next) * 3 // 2)
            self.next, self.tags, self.kept_rows, self.met = (
                _grown(self.next, more),
                _grown(self.tags, more),
                _grown(self.kept_rows, more),
                _grown(self.met, more),
            )
        if self.used + shingles > len(self.shingles):
            self.shingles = _grown(self.shingles, max(self.used + shingles, len(self.shingles) * 3 // 2))


def _grown(array: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    bigger = np.empty((size, *array.shape[1:]), array.dtype)
    bigger[: len(array)] = array
    return bigger


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _exact_keys(first: int, last: int, tokens: U64, offsets: I64, counts: I64, keys: U64) -> None:
    for row in range(first, last):
        key = np.uint64(counts[row])
        for i in range(offsets[row], offsets[row] + counts[row]):
            key = key * BASE + tokens[i]
        keys[row] = mix(key)


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _find_exact(first: int, keys: U64, exact_keys: U64, head: Any, verdict: U8, keeper: I64, fresh: I64) -> int:
    """Look every row up among all before it; the rows that are new are listed in `fresh`."""
    mask = np.uint64(head.size - 1)
    count = 0
    for local in range(keys.size):
        key = keys[local]
        slot = key & mask
        while head[slot] >= 0 and exact_keys[head[slot]] != key:
            slot = (slot + np.uint64(1)) & mask
        if head[slot] >= 0:
            verdict[first + local] = EXACT
            keeper[first + local] = head[slot]
            continue
        head[slot] = first + local
        exact_keys[first + local] = key
        fresh[count] = local
        count += 1
    return count


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _resolve(first: int, rows: int, verdict: U8, keeper: I64, similarity: Any) -> None:
    """A copy of a near duplicate points to what that one points to, since it is itself not kept."""
    for row in range(first, first + rows):
        if verdict[row] == EXACT and verdict[keeper[row]] != KEPT:
            verdict[row] = verdict[keeper[row]]
            similarity[row] = similarity[keeper[row]]
            keeper[row] = keeper[keeper[row]]


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _sketch(
    first: int, last: int, tokens: U64, offsets: I64, counts: I64, rows: I64, width: int, factors: U32,
    additions: U32,
    numbers: U64, flat: U32, starts: I64, sizes: I64, bands: U64,
) -> None:  # fmt: skip
    """For every listed row the key of its numbers, its distinct shingles and its band keys."""
    scratch = np.empty(1_024, np.uint32)
    signature = np.empty(PERMUTATIONS, np.uint32)
    for place in range(first, last):
        row = rows[place]
        at, count = offsets[row], counts[row]
        number = np.uint64(0)
        for i in range(at, at + count):
            if kind_of(tokens[i]) == NUMBER:
                number += tokens[i]  # of the multiset: their order may differ
        numbers[place] = number
        total = max(1, count - width + 1)
        start = starts[place]
        slots = _slots(total)
        if slots > scratch.size:
            scratch = np.empty(slots, np.uint32)
        table = scratch[:slots]
        table[:] = 0
        distinct = 0
        for i in range(total):
            value = np.uint64(0)
            for j in range(i, min(i + width, count)):
                value = value * BASE + tokens[at + j]
            shingle = max(np.uint32(mix(value) >> np.uint64(32)), np.uint32(1))
            if _insert(table, shingle):
                flat[start + distinct] = shingle
                distinct += 1
        sizes[place] = distinct
        signature[:] = np.uint32(0xFFFFFFFF)
        for i in range(distinct):
            shingle = flat[start + i]
            for k in range(PERMUTATIONS):
                signature[k] = min(signature[k], np.uint32(factors[k] * shingle + additions[k]))
        in_band = PERMUTATIONS // bands.shape[1]
        for band in range(bands.shape[1]):
            value = np.uint64(band + 1)
            for k in range(band * in_band, (band + 1) * in_band):
                value = value * BASE + np.uint64(signature[k])
            bands[place, band] = mix(value)


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def _slots(values: int) -> int:
    """A power of two, at least twice as many."""
    slots = 16
    while slots < 2 * values:
        slots *= 2
    return slots


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def _insert(table: U32, value: np.uint32) -> bool:
    """Put a value in the table; False where it was there."""
    mask = table.size - 1
    slot = value & mask
    while table[slot] != 0:
        if table[slot] == value:
            return False
        slot = (slot + 1) & mask
    table[slot] = value
    return True


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _jaccard(a: U32, b: U32) -> float:
    """Of two arrays of distinct values above 0."""
    table = np.zeros(_slots(a.size), np.uint32)
    mask = table.size - 1
    for value in a:
        _insert(table, value)
    common = 0
    for value in b:
        slot = value & mask
        while table[slot] != 0 and table[slot] != value:
            slot = (slot + 1) & mask
        common += table[slot] == value
    return common / (a.size + b.size - common)


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _find_near(
    rows: I64, numbers: U64, flat: U32, starts: I64, sizes: I64, bands: U64, threshold: float, same_numbers: bool,
    head: Any, following: Any, tags: Any, kept_numbers: U64, shingles: U32, where: I64, size: I64,
    kept_rows: I64, met: Any, kept: int, used: int, verdict: U8, keeper: I64, similarity: Any,
) -> tuple[int, int]:  # fmt: skip
    """Keep or drop the rows one after the other; returns how many are kept and how many shingles they have."""
    mask = np.uint64(head.shape[1] - 1)
    for local in range(rows.size):
        row = rows[local]
        mine = flat[starts[local] : starts[local] + sizes[local]]
        best, best_row = 0.0, -1
        for band in range(head.shape[0]):
            value = bands[local, band]
            tag = np.uint32(value >> np.uint64(32))
            place = head[band, value & mask]
            steps = 0
            while place >= 0 and steps < MAX_BUCKET:
                steps += 1
                if tags[place, band] == tag and met[place] != row:
                    met[place] = row
                    other = kept_rows[place]
                    small, large = min(sizes[local], size[other]), max(sizes[local], size[other])
                    alike = small >= threshold * large and (not same_numbers or kept_numbers[other] == numbers[local])
                    if alike:
                        likeness = _jaccard(mine, shingles[where[other] : where[other] + size[other]])
                        if likeness >= threshold and (likeness > best or (likeness == best and other < best_row)):
                            best, best_row = likeness, other
                place = following[place, band]
        if best_row >= 0:
            verdict[row] = NEAR
            keeper[row] = best_row
            similarity[row] = best
            continue
        where[row] = used
        size[row] = sizes[local]
        shingles[used : used + sizes[local]] = mine
        used += sizes[local]
        kept_numbers[row] = numbers[local]
        kept_rows[kept] = row
        met[kept] = row
        for band in range(head.shape[0]):
            value = bands[local, band]
            tags[kept, band] = np.uint32(value >> np.uint64(32))
            following[kept, band] = head[band, value & mask]
            head[band, value & mask] = kept
        kept += 1
    return kept, used
