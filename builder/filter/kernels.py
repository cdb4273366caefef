"""The compiled loops of the filter. Importing this takes numba's start-up time, so it is imported inside of functions.

Documents come as the bytes of an Arrow column and the (n + 1,) offsets of its rows; features.py says what a feature is.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from .features import BITS

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_PAIR = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(64 - BITS)
_MEMORY, _MAX_TURNS, _TOLERANCE = 5, 200, 1e-5  # of `least_logistic_loss`: it stops when a step gains a smaller share

# Eight bytes at a time, in a 64-bit number whose lowest byte comes first in the text.
_ONES = np.uint64(0x0101010101010101)
_TWOS = np.uint64(0x0202020202020202)
_TOPS = np.uint64(0x8080808080808080)
_BYTES, _PAIRS, _FOURS = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0000FFFF0000FFFF), np.uint64(0xFFFFFFFF)
_BASE, _BASE_2, _BASE_4 = np.uint64(33), np.uint64(33**2), np.uint64(33**4)
_GATHER = np.uint64(0x0102040810204080)  # times eight bytes of 0 or 1: the top byte has them as bits
_FIRST_C2, _FIRST_E2, _GENERAL_PUNCTUATION = np.uint8(0xC2), np.uint8(0xE2), (np.uint64(0xE280), np.uint64(0xE281))
_1, _3, _6, _7, _8 = np.uint64(1), np.uint64(3), np.uint64(6), np.uint64(7), np.uint64(8)
_16, _32, _56, _63, _64 = np.uint64(16), np.uint64(32), np.uint64(56), np.uint64(63), np.uint64(64)


def _set_bits() -> tuple[Any, Any]:
    """Which bits of each byte value are set, (256, 8) ascending and then zeros, and how many, (256,)."""
    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
    places = np.zeros((256, 8), np.uint32)
    for value in range(256):
        found = np.flatnonzero(bits[value])
        places[value, : len(found)] = found
    return places, bits.sum(axis=1).astype(np.uint64)


_SET_BITS, _HOW_MANY = _set_bits()


def scratch(longest: int) -> tuple[Any, Any, Any, Any, Any]:
    """Room for what `words_of` works with, for texts of up to `longest` bytes; the last array receives the words."""
    eights = longest // 8 + 4
    return (
        np.zeros(eights, np.uint64),
        np.zeros(eights, np.uint64),
        np.empty(longest + 16, np.uint32),
        np.empty(longest + 1, np.uint32),
        np.empty(longest + 1, np.uint64),
    )


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _fold(text: Any, kinds: Any, marks: Any) -> None:
    """Write what each byte is in a word to `kinds`, 0 for a separator; mark the first bytes of `_symbols`."""
    for place in range(len(text)):
        byte = text[place]
        lower = byte | np.uint8(0x20)
        kind = lower if np.uint8(lower - np.uint8(ord("a"))) < np.uint8(26) else np.uint8(0)
        kind = np.uint8(ord("0")) if np.uint8(byte - np.uint8(ord("0"))) < np.uint8(10) else kind
        kinds[place] = byte if byte >= np.uint8(0x80) else kind
        marks[place] = np.uint8(1) if byte == _FIRST_C2 or byte >= _FIRST_E2 else np.uint8(0)


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _symbol(text: Any, place: Any) -> Any:
    """The bytes of the character at `place`, as a number, and where it ends."""
    value = np.uint64(text[place])
    end = place + _1
    while end < np.uint64(len(text)) and (text[end] & 0xC0) == 0x80:
        value = (value << _8) | np.uint64(text[end])
        end += _1
    return value, end


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _symbols(text: Any, kinds: Any, marks: Any) -> None:
    """Of each marked character, set the first byte's kind to 1 if it is a word by itself, all others to 0."""
    for eight in range((len(text) + 7) // 8):
        if marks[eight] == 0:
            continue
        first = np.uint64(eight) << _3
        for place in range(first, min(first + _8, np.uint64(len(text)))):
            byte = text[place]
            if byte == _FIRST_C2 or byte >= _FIRST_E2:
                value, end = _symbol(text, place)
                for inside in range(place, end):
                    kinds[inside] = 0
                # U+2000 to U+207F, general punctuation, and the Latin-1 signs separate
                kinds[place] = byte != _FIRST_C2 and (value >> _8) not in _GENERAL_PUNCTUATION


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _word_starts(length: int, kinds: Any, marks: Any, marks_64: Any, starts: Any) -> Any:
    """Write the places where words start to `starts`; return how many."""
    before = np.uint8(0)
    for place in range(length):
        kind = kinds[place]
        marks[place] = ((kind > 1) & (before <= 1)) | (kind == 1)
        before = kind
    count = np.uint64(0)
    for eight in range((length + 7) // 8):
        pattern = (marks_64[eight] * _GATHER) >> _56
        for number in range(8):  # all at once: how many there are is not foreseeable, and a wrong guess costs more
            starts[count + np.uint64(number)] = np.uint32(eight << 3) + _SET_BITS[pattern, number]
        count += _HOW_MANY[pattern]
    return count


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _hash_of_8(eight: Any) -> Any:
    """The polynomial in 33 whose coefficients are the eight bytes, the last byte the constant."""
    eight = (eight & _BYTES) * _BASE + ((eight >> _8) & _BYTES)
    eight = (eight & _PAIRS) * _BASE_2 + ((eight >> _16) & _PAIRS)
    return (eight & _FOURS) * _BASE_4 + (eight >> _32)


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def words_of(text: Any, room: Any) -> Any:
    """Write the 64-bit hash of every word of the UTF-8 bytes `text` to the last array of `room`; return how many.

    A word's hash is the polynomial in 33 of its folded bytes; that of a symbol is its bytes themselves.

    One loop over the bytes that asks of each whether the word has ended takes 1.6 times as long: the processor guesses
    wrong at most ends. So the work is in steps without such questions: classify all bytes, settle the few symbols, list
    where words start, hash eight bytes of each, and go on with the few that are longer.
    """
    kinds_64, marks_64, starts, odd, words = room
    kinds, marks = kinds_64.view(np.uint8), marks_64.view(np.uint8)
    length = len(text)
    _fold(text, kinds, marks)
    kinds[length : length + 16] = 0  # reading eight bytes may go so far beyond the end
    marks[length : length + 16] = 0
    _symbols(text, kinds, marks_64)
    count = _word_starts(length, kinds, marks, marks_64, starts)
    number_odd = np.uint64(0)
    for number in range(count):
        place = np.uint64(starts[number])
        eight, beside = place >> _3, (place & _7) << _3
        next_8 = (kinds_64[eight] >> beside) | ((kinds_64[eight + _1] << _1) << (_63 - beside))
        below_2 = (next_8 - _TWOS) & ~next_8 & _TOPS  # the lowest set bit is in the first byte below 2
        first = (below_2 & (~below_2 + _1)) >> _7
        size = (((first - _1) & _ONES) * _ONES) >> _56  # bytes before that one; 8 where there is none
        words[number] = _hash_of_8(next_8 << ((_64 - (size << _3)) & _63))
        odd[number_odd] = number
        number_odd += np.uint64((size == 0) | (size == 8))
    for number in odd[:number_odd]:  # symbols, and words of eight bytes or more
        place = np.uint64(starts[number])
        if kinds[place] == 1:
            words[number] = _symbol(text, place)[0]
            continue
        word = words[number]
        place += _8
        while kinds[place] > 1:
            word = word * _BASE + np.uint64(kinds[place])
            place += _1
        words[number] = word
    return count


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _is_new(feature: Any, seen: Any) -> Any:
    """1 where the bit of a feature was not yet set in `seen`, else 0; it is set now."""
    word, bit = feature >> _6, feature & _63
    before = seen[word]
    seen[word] = before | (_1 << bit)
    return (~before >> bit) & _1


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def linear_sums(data: Any, offsets: Any, room: Any, weights: Any, result: Any, counts: Any) -> None:
    """Sum the weights of each document's distinct features, over the root of their number."""
    words = room[-1]
    seen = np.zeros(len(weights) // 64, np.uint64)  # as bits it stays in the first cache
    for document in range(len(offsets) - 1):
        seen[:] = 0
        count = words_of(data[offsets[document] : offsets[document + 1]], room)
        previous = np.uint64(0)
        total = np.float32(0)
        distinct = np.uint64(0)
        for place in range(count):
            word = words[place]
            one = (word * _GOLDEN) >> _SHIFT
            two = ((previous * _PAIR + word) * _GOLDEN) >> _SHIFT
            previous = word
            new = _is_new(one, seen)
            total += weights[one] * np.float32(new)
            distinct += new
            new = _is_new(two, seen)
            total += weights[two] * np.float32(new)
            distinct += new
        counts[document] = count
        result[document] = total / np.sqrt(np.float32(distinct)) if distinct else np.float32(0)


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def feature_sets(data: Any, offsets: Any, room: Any, last: Any, places: Any, ends: Any, counts: Any) -> int:
    """Write each document's distinct features to `places`; stop at the first that has no room; return how many."""
    words = room[-1]
    used = 0
    for document in range(len(offsets) - 1):
        count = words_of(data[offsets[document] : offsets[document + 1]], room)
        if used + 2 * count > len(places):
            return document
        previous = np.uint64(0)
        for place in range(count):
            word = words[place]
            one = (word * _GOLDEN) >> _SHIFT
            two = ((previous * _PAIR + word) * _GOLDEN) >> _SHIFT
            previous = word
            if last[one] != document:
                last[one] = document
                places[used] = one
                used += 1
            if last[two] != document:
                last[two] = document
                places[used] = two
                used += 1
        counts[document] = count
        ends[document + 1] = used
    return len(offsets) - 1


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _loss(columns: Any, ends: Any, rows: Any, target: Any, penalty: float, point: Any, gradient: Any) -> float:
    """The penalised logistic loss summed over the rows, at `point`; its slope goes to `gradient`. The bias is free."""
    width = len(point) - 1
    value = 0.0
    for column in range(width):
        gradient[column] = penalty * point[column]
        value += 0.5 * penalty * point[column] * point[column]
    bias_slope = 0.0
    for row in rows:
        start, end = ends[row], ends[row + 1]
        scale = 1.0 / np.sqrt(max(1, end - start))
        total = 0.0
        for place in range(start, end):
            total += point[columns[place]]
        z = total * scale + point[width]
        small = np.exp(-abs(z))
        value += max(z, 0.0) + np.log1p(small) - target[row] * z
        error = (1.0 if z >= 0 else small) / (1.0 + small) - target[row]
        bias_slope += error
        error *= scale
        for place in range(start, end):
            gradient[columns[place]] += error
    gradient[width] = bias_slope
    return value


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _dot(one: Any, other: Any) -> float:
    total = 0.0
    for place in range(len(one)):
        total += one[place] * other[place]
    return total


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _add(one: Any, other: Any, times: float) -> None:
    """one += times * other"""
    for place in range(len(one)):
        one[place] += times * other[place]


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def least_logistic_loss(columns: Any, ends: Any, rows: Any, target: Any, width: int, penalty: float) -> Any:
    """The weights and, last, the bias of least penalised logistic loss, by L-BFGS with backtracking.

    It is written out as one compiled loop because general optimisers spend most of their time beside the loss at this
    size (200,000 weights, a few thousand sparse rows), and because it is exact whatever the number of threads.

    Source: Nocedal and Wright 2006, Numerical Optimization, algorithm 7.4.
    """
    point, direction = np.zeros(width + 1), np.zeros(width + 1)
    gradient, tried, tried_gradient = np.zeros(width + 1), np.zeros(width + 1), np.zeros(width + 1)
    steps, changes = np.zeros((_MEMORY, width + 1)), np.zeros((_MEMORY, width + 1))
    curvature, along = np.zeros(_MEMORY), np.zeros(_MEMORY)
    value = _loss(columns, ends, rows, target, penalty, point, gradient)
    kept = 0
    for turn in range(_MAX_TURNS):
        direction[:] = -gradient
        first = max(0, turn - kept)
        for back in range(turn - 1, first - 1, -1):
            slot = back % _MEMORY
            along[slot] = _dot(steps[slot], direction) / curvature[slot]
            _add(direction, changes[slot], -along[slot])
        if kept:
            slot = (turn - 1) % _MEMORY
            direction *= curvature[slot] / _dot(changes[slot], changes[slot])
        for back in range(first, turn):
            slot = back % _MEMORY
            _add(direction, steps[slot], along[slot] - _dot(changes[slot], direction) / curvature[slot])
        fall = _dot(gradient, direction)
        if fall > -1e-12:
            break
        length = 1.0 if turn else min(1.0, 1.0 / np.sqrt(-fall))
        for _ in range(30):
            tried[:] = point
            _add(tried, direction, length)
            new_value = _loss(columns, ends, rows, target, penalty, tried, tried_gradient)
            if new_value <= value + 1e-4 * length * fall:
                break
            length *= 0.5
        else:
            break  # no step improves: the rounding of the loss is reached
        slot = turn % _MEMORY
        steps[slot] = tried - point
        changes[slot] = tried_gradient - gradient
        curvature[slot] = _dot(steps[slot], changes[slot])  # positive: the loss is strictly convex
        kept = min(kept + 1, _MEMORY)
        gain = value - new_value
        point[:] = tried
        gradient[:] = tried_gradient
        value = new_value
        if gain < _TOLERANCE * value:
            break
    return point


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def add_leaves(
    vectors: Any, root: Any, feature: Any, threshold: Any, left: Any, right: Any, value: Any, result: Any
) -> None:
    """Add to `result` the leaf value of every row of `vectors` in the tree that starts at `root`."""
    for row in range(len(vectors)):
        node = root
        while feature[node] >= 0:
            node = left[node] if vectors[row, feature[node]] <= threshold[node] else right[node]
        result[row] += value[node]
