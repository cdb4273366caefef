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


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def words_of(data: Any, start: Any, end: Any, classes: Any, out: Any) -> int:
    """Write the 64-bit hash of every word of data[start:end] to `out`, in order; return how many."""
    count = 0
    word = np.uint64(0)
    place = start
    while place < end:
        byte = data[place]
        kind = classes[byte]
        place += 1
        if kind > 1:
            word = word * np.uint64(33) + np.uint64(kind)
            continue
        if word != 0:
            out[count] = word
            count += 1
            word = np.uint64(0)
        if byte >= 0xC2:  # a character by itself, or a separator of several bytes
            word = np.uint64(byte)
            while place < end and (data[place] & 0xC0) == 0x80:
                word = (word << np.uint64(8)) | np.uint64(data[place])
                place += 1
            # U+2000 to U+207F, general punctuation, and the Latin-1 signs separate
            if kind == 1 and word != 0 and (word >> np.uint64(8)) not in (np.uint64(0xE280), np.uint64(0xE281)):
                out[count] = word
                count += 1
            word = np.uint64(0)
    if word != 0:
        out[count] = word
        count += 1
    return count


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def linear_sums(
    data: Any, offsets: Any, classes: Any, weights: Any, words: Any, seen: Any, result: Any, counts: Any
) -> None:
    """Sum the weights of each document's distinct features, over the root of their number."""
    tag = 0
    for document in range(len(offsets) - 1):
        tag += 1
        if tag == 256:  # the tags, which must fit a byte, have gone round: forget the old ones
            seen[:] = 0
            tag = 1
        count = words_of(data, offsets[document], offsets[document + 1], classes, words)
        previous = np.uint64(0)
        total = np.float32(0)
        distinct = 0
        for place in range(count):
            word = words[place]
            one = (word * _GOLDEN) >> _SHIFT
            two = ((previous * _PAIR + word) * _GOLDEN) >> _SHIFT
            previous = word
            if seen[one] != tag:
                seen[one] = tag
                total += weights[one]
                distinct += 1
            if seen[two] != tag:
                seen[two] = tag
                total += weights[two]
                distinct += 1
        counts[document] = count
        result[document] = total / np.sqrt(np.float32(distinct)) if distinct else np.float32(0)


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def feature_sets(
    data: Any, offsets: Any, classes: Any, words: Any, last: Any, places: Any, ends: Any, counts: Any
) -> int:
    """Write each document's distinct features to `places`; stop at the first that has no room; return how many."""
    used = 0
    for document in range(len(offsets) - 1):
        count = words_of(data, offsets[document], offsets[document + 1], classes, words)
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
