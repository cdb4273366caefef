"""Sets and maps of hashes that kernels look up: open addressing behind a bit filter that most look-ups end at.

Keys are hashes whose bits are spread evenly already, as those of tokens are, and their windows.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
_ONE, _SIX_BITS, _HALF = np.uint64(1), np.uint64(63), np.uint64(32)
_SECOND, _THIRD = np.uint64(6), np.uint64(12)


class Table(NamedTuple):
    """A map from hashes to numbers of at least 0."""

    keys: U64
    values: I32
    bits: U64


def table(items: U64, values: Any) -> Table:
    """The map from items to values; of a hash that comes twice the first value counts."""
    slots = 1 << max(4, int(np.ceil(np.log2(max(1, items.size) * 2 + 1))))
    made = Table(np.zeros(slots, np.uint64), np.full(slots, -1, np.int32), bit_filter(items))
    _fill_table(items, values.astype(np.int32), made.keys, made.values)
    return made


def bit_filter(items: U64) -> U64:
    """A Bloom filter in blocks of 64 bits (Putze et al. 2007), of 8 to 16 bits an item."""
    words = 1 << max(4, int(np.ceil(np.log2(max(1, items.size) / 8))))
    bits: U64 = np.zeros(words, np.uint64)
    _fill_filter(items, bits)
    return bits


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def _three_bits(key: np.uint64) -> np.uint64:
    """The bits of a key in its word of the filter."""
    return _ONE << (key & _SIX_BITS) | _ONE << (key >> _SECOND & _SIX_BITS) | _ONE << (key >> _THIRD & _SIX_BITS)


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def in_filter(key: np.uint64, bits: U64) -> bool:
    """Whether the filter may hold a key; never False where it does."""
    wanted = _three_bits(key)
    return bits[(key >> _HALF) & np.uint64(bits.size - 1)] & wanted == wanted  # type: ignore[no-any-return]


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def look_up(key: np.uint64, keys: U64, values: I32, bits: U64) -> int:
    """The value of a key, -1 where it has none; the arrays are those of a `Table`."""
    if not in_filter(key, bits):
        return -1
    mask = np.uint64(keys.size - 1)
    slot = key & mask
    while values[slot] >= 0:
        if keys[slot] == key:
            return values[slot]  # type: ignore[no-any-return]
        slot = (slot + _ONE) & mask
    return -1


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _fill_filter(items: U64, bits: U64) -> None:
    for key in items:
        bits[(key >> _HALF) & np.uint64(bits.size - 1)] |= _three_bits(key)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _fill_table(items: U64, numbers: I32, keys: U64, values: I32) -> None:
    mask = np.uint64(keys.size - 1)
    for i in range(items.size):
        slot = items[i] & mask
        while values[slot] >= 0 and keys[slot] != items[i]:
            slot = (slot + _ONE) & mask
        if values[slot] < 0:
            keys[slot] = items[i]
            values[slot] = numbers[i]
