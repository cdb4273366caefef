"""Strings by compiled code: the distinct ones numbered, and hashes that are the same on every machine.

Arrow's dictionary encoding numbers the strings of one array. Those of batches get a dictionary each, to be unified
afterwards, which takes more than twice as long as one table for all of them.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba.core import types
from numba.extending import intrinsic

from .errors import StageError
from .graph_lists import Array, in_order

STRINGS_PER_BLOCK = 1 << 15
"""Strings that the table makes room for at a time: of a whole batch most are known, and need none."""
AHEAD = 256
"""Strings whose places in the table are fetched before they are compared."""


class DistinctStrings:
    """Distinct strings, numbered in the order in which they first came."""

    def __init__(self) -> None:
        self._n = 0
        self._offsets = np.zeros(1, np.int64)
        self._data = np.empty(1 << 10, np.uint8)
        self._slots = np.zeros(1 << 10, np.uint64)

    def __len__(self) -> int:
        return self._n

    def numbers(self, strings: Any) -> Array:
        """(n,) int32 the number of each of some Arrow large strings without nulls; new ones get the next numbers.

        Raises:
            StageError: There are more distinct strings than 32 bits can number.
        """
        offsets, data = bytes_of(strings)
        numbers = np.empty(len(strings), np.int32)
        for first in range(0, len(numbers), STRINGS_PER_BLOCK):
            block = offsets[first : first + STRINGS_PER_BLOCK + 1]
            self._make_room(len(block) - 1, int(block[-1] - block[0]))
            self._n, _ = _number(
                block, data, self._slots, self._offsets, self._data, self._n, numbers[first : first + len(block) - 1]
            )
        return numbers

    def strings(self) -> Any:
        """The distinct strings, as Arrow large strings."""
        return strings_of(self._offsets[: self._n + 1], self._data)

    def _make_room(self, strings: int, size: int) -> None:
        n, end = self._n + strings, int(self._offsets[self._n]) + size
        if n >= 1 << 31:
            raise StageError(f"concept graph: {n:,} distinct strings, expected fewer than 2**31; build it from a part")
        self._offsets = _with_room(self._offsets, n + 1)
        self._data = _with_room(self._data, end)
        if len(self._slots) < 2 * n:
            self._slots = np.zeros(1 << (2 * n).bit_length(), np.uint64)
            _fill_slots(self._offsets[: self._n + 1], self._data, self._slots)


def hashes(strings: Any) -> Array:
    """(n,) uint64 of the bytes of each Arrow large string: FNV-1a, so that ids are the same on every machine."""
    return _fnv1a(*bytes_of(strings))  # type: ignore[no-any-return]


def bytes_of(strings: Any) -> tuple[Array, Array]:
    """(n + 1,) int64 where each of the Arrow large strings starts in the bytes, and the bytes; both read-only."""
    _, offsets, data = strings.buffers()
    if not len(strings):
        parts = np.zeros(1, np.int64), np.empty(0, np.uint8)
    else:
        places = np.frombuffer(offsets, np.int64)[strings.offset : strings.offset + len(strings) + 1]
        parts = places, np.frombuffer(data, np.uint8) if data is not None and data.size else np.empty(0, np.uint8)
    for part in parts:
        part.flags.writeable = False  # always, so that kernels are compiled for one type
    return parts


def strings_of(offsets: Array, data: Array) -> Any:
    """Arrow large strings from (n + 1,) int64 where each starts in the bytes, and the bytes; not copied."""
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.large_string(), len(offsets) - 1, buffers)


def sorted_strings(strings: Any, threads: int = 1) -> tuple[Any, Array]:
    """Distinct Arrow strings, ascending by their bytes, and (n,) int32 the place of each there.

    Args:
        threads: Each sorts the strings between two bounds, which are taken from a sample.
    """
    n = len(strings)
    threads = min(threads, 1 + n // STRINGS_PER_BLOCK)
    some = strings.take(pa.array(np.arange(0, n, 1 + n // 1_000))).sort()
    bounds = [some[len(some) * i // threads] for i in range(1, threads)]
    below = [pc.less(strings, bound).to_numpy(zero_copy_only=False) for bound in bounds]
    below = [np.zeros(n, np.bool_), *below, np.ones(n, np.bool_)]

    def sorted_part(i: int) -> Array:
        rows = np.flatnonzero(below[i + 1] & ~below[i])
        order: Array = pc.sort_indices(strings.take(pa.array(rows))).to_numpy()
        return rows[order]

    order = np.concatenate(list(in_order(sorted_part, range(threads), threads)))
    place = np.empty(n, np.int32)
    place[order] = np.arange(n, dtype=np.int32)
    return strings.take(pa.array(order)), place


def _with_room(array: Array, n: int) -> Array:
    """The array, or a copy of at least twice its size that has room for n values."""
    if n <= len(array):
        return array
    larger = np.empty(max(n, 2 * len(array)), array.dtype)
    larger[: len(array)] = array
    return larger


@intrinsic
def _word(typing_context, data, at):  # type: ignore[no-untyped-def]
    """Eight bytes from a place on, as one number: one load, which the compiler does not make of eight bytes."""

    def load(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        word = context.get_value_type(types.uint64)
        return builder.load(builder.bitcast(builder.gep(array.data, [arguments[1]]), word.as_pointer()), align=1)

    return types.uint64(data, types.int64), load


@numba.njit(nogil=True, cache=True, inline="always")
def _last_word(data, at, n):  # type: ignore[no-untyped-def]
    """The n < 8 bytes from a place on, as one number."""
    if at + 8 <= len(data):
        return _word(data, at) << np.uint64(64 - 8 * n)
    word = np.uint64(0)
    for i in range(n):
        word |= np.uint64(data[at + i]) << np.uint64(64 - 8 * (n - i))
    return word


@numba.njit(nogil=True, cache=True)
def quick_hashes(offsets, data):  # type: ignore[no-untyped-def]
    """(n,) uint64, a hash of each string, for tables that live no longer than the process."""
    hashed = np.empty(len(offsets) - 1, np.uint64)
    for i in range(len(hashed)):
        at, left = offsets[i], offsets[i + 1] - offsets[i]
        h = np.uint64(left) * np.uint64(0x9E3779B97F4A7C15)
        while left >= 8:
            h = (h ^ _word(data, at)) * np.uint64(0xBF58476D1CE4E5B9)
            h ^= h >> np.uint64(32)
            at += 8
            left -= 8
        if left > 0:
            h = (h ^ _last_word(data, at, left)) * np.uint64(0x94D049BB133111EB)
            h ^= h >> np.uint64(32)
        h *= np.uint64(0xD6E8FEB86659FD93)
        hashed[i] = h ^ (h >> np.uint64(32))
    return hashed


@numba.njit(nogil=True, cache=True)
def _number(offsets, data, slots, known_offsets, known, n_known, numbers):  # type: ignore[no-untyped-def]
    """Number strings by a table with linear probing.

    Args:
        slots: 0, or the upper half of the hash of a known string and, below, its number + 1.
        known_offsets, known: The known strings, with room for all that may be new.
    Returns:
        How many strings are known now.
    """
    mask, upper = np.uint64(len(slots) - 1), np.uint64(0xFFFFFFFF00000000)
    hashed = quick_hashes(offsets, data)
    touched = 0
    for first in range(0, len(numbers), AHEAD):
        last = min(first + AHEAD, len(numbers))
        # First the slots of some strings are fetched, then the strings that stand there: the waits overlap.
        for i in range(first, last):
            numbers[i] = np.uint32(slots[hashed[i] & mask])
        for i in range(first, last):
            touched += known[min(known_offsets[numbers[i]], len(known) - 1)]
        for i in range(first, last):
            length = offsets[i + 1] - offsets[i]
            slot, tag = hashed[i] & mask, hashed[i] & upper
            number = np.int64(-1)
            while number < 0:
                entry = slots[slot]
                candidate = np.int64(np.uint32(entry)) - 1
                if candidate < 0:
                    number = n_known
                    n_known += 1
                    slots[slot] = tag | np.uint64(n_known)
                    end = known_offsets[number]
                    for j in range(length):
                        known[end + j] = data[offsets[i] + j]
                    known_offsets[n_known] = end + length
                elif entry & upper == tag and known_offsets[candidate + 1] - known_offsets[candidate] == length:
                    at, other, left = offsets[i], known_offsets[candidate], length
                    while left >= 8 and _word(data, at) == _word(known, other):
                        at += 8
                        other += 8
                        left -= 8
                    if left == 0 or (left < 8 and _last_word(data, at, left) == _last_word(known, other, left)):
                        number = candidate
                slot = (slot + np.uint64(1)) & mask
            numbers[i] = number
    return n_known, touched


@numba.njit(nogil=True, cache=True)
def _fill_slots(offsets, data, slots):  # type: ignore[no-untyped-def]
    mask, upper = np.uint64(len(slots) - 1), np.uint64(0xFFFFFFFF00000000)
    hashed = quick_hashes(offsets, data)
    for number in range(len(hashed)):
        slot = hashed[number] & mask
        while slots[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = (hashed[number] & upper) | np.uint64(number + 1)


@numba.njit(nogil=True, cache=True)
def _fnv1a(offsets, data):  # type: ignore[no-untyped-def]
    """The 64-bit hash of Fowler, Noll and Vo of each piece of `data`."""
    hashed = np.empty(len(offsets) - 1, np.uint64)
    for i in range(len(hashed)):
        h = np.uint64(0xCBF29CE484222325)
        for j in range(offsets[i], offsets[i + 1]):
            h = (h ^ np.uint64(data[j])) * np.uint64(0x100000001B3)
        hashed[i] = h
    return hashed
