"""Hash tables of benchmark questions, and the kernels that look the windows of a question up in them.

Nearly every question overlaps with no benchmark. So a row is first glanced at, with few look-ups (`_may_overlap`), and
only where it may overlap is every window looked up, which decides. Windows that overlap need not all be tried:

- n words in a row hold, wherever they start, one of the runs of m = n // 2 + 1 words that start at each (n - m + 1)-th
  word of the row. Of 13 words these are seven of every seven.
- a masked span of five tokens, and so the first eight tokens of a short question, hold four tokens that start at an
  even place of the row: five spans at least three such fours, eight tokens at least two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..recipe import CurateRecipe
from .tokens import I64, MATHS, NUMBER, U8, U32, U64, Texts, in_threads, mix, token_chunks, tokenise

I32 = npt.NDArray[np.int32]
CLEAN, NGRAM, WHOLE, REWORDED = 0, 1, 2, 3
ANCHOR = 8  # tokens at the start of a short question by which it is looked up
SPAN = 5  # tokens of a masked span
FOUR = 4  # masked tokens by which a row is glanced at
COMMON = 40  # masked spans in more benchmark questions than this say nothing
_BASE = np.uint64(0x9E3779B97F4A7C15)
_BASE_SQUARED = np.uint64(0x9E3779B97F4A7C15**2 % 2**64)
_MASK = np.uint64(0x5DEECE66D1CE4E5B)  # stands for every number
_HALF = np.uint64(32)


class Overlap:
    """The n-grams, short questions and masked spans of benchmark questions, and what a row shares with them."""

    def __init__(self, questions: Sequence[str], settings: CurateRecipe) -> None:
        self.n = settings.ngram
        self.part = self.n // 2 + 1
        windows: list[list[Any]] = []
        first = 0
        for chunk in token_chunks(pa.array(list(questions), pa.large_string())):
            windows.append(
                _windows_of_benchmark(
                    chunk.hashes, chunk.kinds, chunk.offsets, chunk.counts, first, self.n, self.part, chunk.counts.sum()
                )
            )
            first += len(chunk)
        empty = _windows_of_benchmark(
            np.empty(0, np.uint64), np.empty(0, np.uint8), *[np.empty(0, np.int64)] * 2, 0, self.n, self.part, 0
        )
        grams, gram_numbers, parts, spans, span_numbers, fours, short, wholes, lengths, short_numbers = (
            np.concatenate(arrays) for arrays in zip(empty, *windows, strict=True)
        )
        self.gram_table = _Table(grams, gram_numbers)
        self.part_table = _Table(parts, np.zeros(parts.size))
        self.fours = _bit_filter(fours)
        order = np.argsort(short, kind="stable")
        keys, starts = np.unique(short[order], return_index=True)
        self.short_table = _Table(keys, np.arange(keys.size))
        self.short_starts = np.append(starts, short.size).astype(np.int64)
        self.short_lengths, self.short_wholes = lengths[order], wholes[order]
        self.short_numbers = short_numbers[order]
        order = np.argsort(spans, kind="stable")
        keys, counts = np.unique(spans[order], return_counts=True)
        telling = counts <= COMMON
        self.masked_table = _Table(keys[telling], np.arange(int(telling.sum())))
        self.masked_starts = np.concatenate(([0], np.cumsum(counts[telling]))).astype(np.int64)
        self.masked_numbers = span_numbers[order][np.repeat(telling, counts)]
        held = np.bincount(self.masked_numbers, minlength=len(questions))
        least = np.maximum(SPAN, np.ceil(settings.reworded_share * held))
        self.needed = np.where(held > 0, least, 2**31 - 1).astype(np.int32)

    def match(self, texts: Texts, verdict: U8, source: I32, start: I32, stop: I32) -> None:
        """Write the verdicts on some rows, and the first and the last token of each matched span."""
        in_threads(
            _match, len(texts), texts.data, texts.eights, texts.data_offsets, self.n, self.part,
            self.part_table.keys, self.part_table.values, self.part_table.filter, self.fours,
            self.gram_table.keys, self.gram_table.values, self.gram_table.filter,
            self.short_table.keys, self.short_table.values, self.short_table.filter,
            self.short_starts, self.short_lengths, self.short_wholes, self.short_numbers,
            self.masked_table.keys, self.masked_table.values, self.masked_table.filter,
            self.masked_starts, self.masked_numbers, self.needed, verdict, source, start, stop,
        )  # fmt: skip


class _Table:
    """An open-addressing table from hashes to numbers, behind a bit filter that most look-ups end at.

    Of a hash that comes twice the first number counts.
    """

    def __init__(self, items: U64, values: Any) -> None:
        slots = 1 << max(4, int(np.ceil(np.log2(max(1, items.size) * 2 + 1))))
        self.keys: U64 = np.zeros(slots, np.uint64)
        self.values: I32 = np.full(slots, -1, np.int32)
        self.filter = _bit_filter(items)
        _fill_table(items, values.astype(np.int32), self.keys, self.values)


def _bit_filter(items: U64) -> U64:
    """A Bloom filter in blocks of 64 bits (Putze et al. 2007), of 16 to 32 bits an item."""
    words = 1 << max(4, int(np.ceil(np.log2(max(1, items.size) / 4))))
    bits: U64 = np.zeros(words, np.uint64)
    _fill_filter(items, bits)
    return bits


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def _three_bits(key: np.uint64) -> np.uint64:
    """The bits of a key in its word of the filter."""
    one = np.uint64(1)
    six = np.uint64(63)
    return one << (key & six) | one << (key >> np.uint64(6) & six) | one << (key >> np.uint64(12) & six)


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _in_filter(key: np.uint64, bits: U64) -> bool:
    wanted = _three_bits(key)
    return bits[(key >> _HALF) & np.uint64(bits.size - 1)] & wanted == wanted  # type: ignore[no-any-return]


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
            slot = (slot + np.uint64(1)) & mask
        if values[slot] < 0:
            keys[slot] = items[i]
            values[slot] = numbers[i]


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _look_up(key: np.uint64, keys: U64, values: I32, bits: U64) -> int:
    if not _in_filter(key, bits):
        return -1
    mask = np.uint64(keys.size - 1)
    slot = key & mask
    while values[slot] >= 0:
        if keys[slot] == key:
            return values[slot]  # type: ignore[no-any-return]
        slot = (slot + np.uint64(1)) & mask
    return -1


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _window(tokens: U64, first: int, n: int) -> np.uint64:
    """The hash of n tokens in a row, not yet mixed."""
    value = np.uint64(0)
    for j in range(first, first + n):
        value = value * _BASE + tokens[j]
    return value


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _windows_of_benchmark(
    hashes: U64, kinds: U8, offsets: I64, counts: I64, number: int, n: int, part: int, size: int
) -> Any:
    """All windows of some benchmark questions, of which the first is `number`, and the question of each.

    Returns:
        Hashes and questions of n-grams, hashes of their parts, hashes and questions of masked spans, hashes of masked
        fours; anchors, hashes, lengths and questions of the short questions.
    """
    grams, gram_numbers = np.empty(size, np.uint64), np.empty(size, np.int32)
    spans, span_numbers = np.empty(size, np.uint64), np.empty(size, np.int32)
    parts, fours = np.empty(size, np.uint64), np.empty(size, np.uint64)
    rows = counts.size
    anchors, wholes = np.empty(rows, np.uint64), np.empty(rows, np.uint64)
    lengths, short_numbers = np.empty(rows, np.int64), np.empty(rows, np.int32)
    gram = at_part = at_span = four = short = 0
    for row in range(rows):
        count = counts[row]
        tokens = hashes[offsets[row] : offsets[row] + count]
        kind = kinds[offsets[row] : offsets[row] + count]
        words = tokens[kind != MATHS]
        masked = np.where(kind == NUMBER, _MASK, tokens)
        reworded = words.size >= n
        for i in range(words.size - n + 1):
            grams[gram], gram_numbers[gram] = mix(_window(words, i, n)), number + row
            gram += 1
        for i in range(words.size - part + 1 if reworded else 0):
            parts[at_part] = _window(words, i, part)
            at_part += 1
        for i in range((count if reworded else min(count, ANCHOR)) - FOUR + 1):
            fours[four] = _window(masked, i, FOUR)
            four += 1
        if reworded:
            own = np.array([mix(_window(masked, i, SPAN)) for i in range(count - SPAN + 1)], np.uint64)
            own.sort()
            for i in range(own.size):
                if i == 0 or own[i] != own[i - 1]:
                    spans[at_span], span_numbers[at_span] = own[i], number + row
                    at_span += 1
        elif count:
            anchors[short], wholes[short] = mix(_window(tokens, 0, min(ANCHOR, count))), mix(_window(tokens, 0, count))
            lengths[short], short_numbers[short] = count, number + row
            short += 1
    return (
        grams[:gram], gram_numbers[:gram], parts[:at_part], spans[:at_span], span_numbers[:at_span], fours[:four],
        anchors[:short], wholes[:short], lengths[:short], short_numbers[:short],
    )  # fmt: skip


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _may_overlap(
    hashes: U64, kinds: U8, count: int, words: U64, n: int, part: int,
    part_keys: U64, part_values: I32, part_bits: U64, fours: U64,
) -> bool:  # fmt: skip
    """Whether any check may find something in a row; never False where one does. `words` is space to work in."""
    if count < ANCHOR:
        return True
    hits = 0
    before = np.uint64(0)
    for i in range(0, count - 1, 2):
        one = _MASK if kinds[i] == NUMBER else hashes[i]
        other = _MASK if kinds[i + 1] == NUMBER else hashes[i + 1]
        pair = one * _BASE + other
        hits += i > 0 and _in_filter(before * _BASE_SQUARED + pair, fours)
        before = pair
    if hits >= 2:
        return True
    length = 0
    for i in range(count):
        words[length] = hashes[i]
        length += kinds[i] != MATHS
    for i in range(0, length - part + 1, n - part + 1):
        if _look_up(_window(words, i, part), part_keys, part_values, part_bits) >= 0:
            return True
    return False


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _glance(
    first_row: int, last_row: int, data: U8, eights: U64, offsets: I64, n: int, part: int,
    part_keys: U64, part_values: I32, part_bits: U64, fours: U64, hashes: U64, kinds: U8, words: U64,
) -> npt.NDArray[np.bool_]:  # fmt: skip
    """Which rows may overlap; their tokens go into `hashes` and `kinds`, one row over the other, and are not kept."""
    marked = np.empty(last_row - first_row, np.bool_)
    no_spans = np.empty(0, np.uint32)
    for row in range(first_row, last_row):
        count = tokenise(data, eights, offsets[row], offsets[row + 1], hashes, kinds, no_spans, 0)
        marked[row - first_row] = _may_overlap(
            hashes, kinds, count, words, n, part, part_keys, part_values, part_bits, fours
        )
    return marked


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _match(
    first_row: int, last_row: int, data: U8, eights: U64, offsets: I64, n: int, part: int,
    part_keys: U64, part_values: I32, part_bits: U64, fours: U64,
    gram_keys: U64, gram_values: I32, gram_bits: U64,
    short_keys: U64, short_values: I32, short_bits: U64,
    short_starts: I64, short_lengths: I64, short_wholes: U64, short_numbers: I32,
    masked_keys: U64, masked_values: I32, masked_bits: U64, masked_starts: I64, masked_numbers: I32, needed: I32,
    verdict: U8, source: I32, start: I32, stop: I32,
) -> None:  # fmt: skip
    """Judge rows.

    The glance is a loop of its own: compiled into one with the exact check it runs a tenth slower, and tokenising the
    few marked rows again costs less.
    """
    longest = 0
    for row in range(first_row, last_row):
        longest = max(longest, offsets[row + 1] - offsets[row])
    hashes, kinds = np.empty(longest, np.uint64), np.empty(longest, np.uint8)
    words = np.empty(longest, np.uint64)
    no_spans: U32 = np.empty(0, np.uint32)
    marked = _glance(
        first_row, last_row, data, eights, offsets, n, part, part_keys, part_values, part_bits, fours,
        hashes, kinds, words,
    )  # fmt: skip
    for row in range(first_row, last_row):
        if marked[row - first_row]:
            count = tokenise(data, eights, offsets[row], offsets[row + 1], hashes, kinds, no_spans, 0)
            _match_exactly(
                row, hashes, kinds, count, n, gram_keys, gram_values, gram_bits,
                short_keys, short_values, short_bits, short_starts, short_lengths, short_wholes, short_numbers,
                masked_keys, masked_values, masked_bits, masked_starts, masked_numbers, needed,
                verdict, source, start, stop,
            )  # fmt: skip


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _match_exactly(
    row: int, hashes: U64, kinds: U8, count: int, n: int,
    gram_keys: U64, gram_values: I32, gram_bits: U64,
    short_keys: U64, short_values: I32, short_bits: U64,
    short_starts: I64, short_lengths: I64, short_wholes: U64, short_numbers: I32,
    masked_keys: U64, masked_values: I32, masked_bits: U64, masked_starts: I64, masked_numbers: I32, needed: I32,
    verdict: U8, source: I32, start: I32, stop: I32,
) -> None:  # fmt: skip
    """Look at every window of a row."""
    top = np.uint64(1)  # the weight of the token that leaves a window of n
    for _ in range(n):
        top *= _BASE
    span_top = np.uint64(1)
    for _ in range(SPAN):
        span_top *= _BASE
    anchor_top = np.uint64(1)
    for _ in range(ANCHOR):
        anchor_top *= _BASE
    recent = np.empty(n, np.int64)  # the places of the last n words
    window = np.uint64(0)
    anchor = np.uint64(0)
    span = np.uint64(0)
    words = 0
    place = 0
    hits = 0
    for i in range(count):
        token = hashes[i]
        if kinds[i] != MATHS:
            if words >= n:
                window = window * _BASE + token - top * hashes[recent[place]]
            else:
                window = window * _BASE + token
            recent[place] = i
            place = place + 1 if place + 1 < n else 0
            words += 1
            if words >= n:
                number = _look_up(mix(window), gram_keys, gram_values, gram_bits)
                if number >= 0:
                    verdict[row], source[row] = NGRAM, number
                    start[row], stop[row] = recent[place], i
                    break
        anchor = anchor * _BASE + token
        if i >= ANCHOR:
            anchor -= anchor_top * hashes[i - ANCHOR]
        if i >= ANCHOR - 1 or i == count - 1:
            entry = _look_up(mix(anchor), short_keys, short_values, short_bits)
            if entry >= 0:
                first = max(0, i - ANCHOR + 1)
                for k in range(short_starts[entry], short_starts[entry + 1]):
                    length = short_lengths[k]
                    if first + length > count or (length < ANCHOR and length != count):
                        continue
                    value = np.uint64(0)
                    for j in range(first, first + length):
                        value = value * _BASE + hashes[j]
                    if mix(value) == short_wholes[k]:
                        verdict[row], source[row] = WHOLE, short_numbers[k]
                        start[row], stop[row] = first, first + length - 1
                        break
                if verdict[row] == WHOLE:
                    break
        span = span * _BASE + (_MASK if kinds[i] == NUMBER else token)
        if i >= SPAN:
            leaving = i - SPAN
            span -= span_top * (_MASK if kinds[leaving] == NUMBER else hashes[leaving])
        if i >= SPAN - 1 and _look_up(mix(span), masked_keys, masked_values, masked_bits) >= 0:
            hits += 1
    if verdict[row] == CLEAN and hits >= SPAN:
        _match_reworded(
            row, hashes, kinds, count, masked_keys, masked_values, masked_bits, masked_starts, masked_numbers,
            needed,
            verdict, source, start, stop,
        )  # fmt: skip


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _match_reworded(
    row: int, hashes: U64, kinds: U8, count: int, keys: U64, values: I32, bits: U64, starts: I64, numbers: I32,
    needed: I32, verdict: U8, source: I32, start: I32, stop: I32,
) -> None:  # fmt: skip
    """Count the distinct masked spans that the row shares with each benchmark question."""
    found = np.empty(count, np.int64)
    places = np.empty(count, np.int64)
    distinct = 0
    total = 0
    for i in range(count - SPAN + 1):
        span = np.uint64(0)
        for j in range(i, i + SPAN):
            span = span * _BASE + (_MASK if kinds[j] == NUMBER else hashes[j])
        entry = _look_up(mix(span), keys, values, bits)
        if entry < 0:
            continue
        known = False
        for k in range(distinct):
            if found[k] == entry:
                known = True
                break
        if not known:
            found[distinct], places[distinct] = entry, i
            distinct += 1
            total += starts[entry + 1] - starts[entry]
    candidates = np.empty(total, np.int64)
    at_candidate = 0
    for k in range(distinct):
        for p in range(starts[found[k]], starts[found[k] + 1]):
            candidates[at_candidate] = numbers[p]
            at_candidate += 1
    candidates.sort()
    best, best_number = 0.0, -1
    run = 0
    for k in range(total):
        run = run + 1 if k and candidates[k] == candidates[k - 1] else 1
        share = run / needed[candidates[k]]
        if share >= 1.0 and share > best:
            best, best_number = share, candidates[k]
    if best_number < 0:
        return
    verdict[row], source[row] = REWORDED, best_number
    low, high = count, 0
    for k in range(distinct):
        for p in range(starts[found[k]], starts[found[k] + 1]):
            if numbers[p] == best_number:
                low = min(low, places[k])
                high = max(high, places[k] + SPAN - 1)
    start[row], stop[row] = low, high
