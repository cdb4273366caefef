"""What benchmark questions and other questions share: windows of tokens, looked up.

Nearly every question overlaps with no benchmark. So few windows of a row are looked up in bit filters, most of them
while its tokens are found, and a check is made only where these may hold what it needs:

- n words in a row hold, wherever they start, one of the runs of m = n // 2 + 1 words that start at each (n - m + 1)-th
  word of the row. Of 13 words these are seven of every seven. Where no mathematics stands between its words, the row
  has n - 4 masked spans of the benchmark's words instead.
- a reworded copy has at least five masked spans in common with a longer benchmark question.
- a short question of eight tokens or more that stands in the row has four such spans in its last eight tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numba
import numpy as np
import pyarrow as pa

from ..recipe import CurateRecipe
from .lookup import I32, I64, U8, U32, U64, Table, bit_filter, look_up, table
from .texts import Texts, in_threads, token_chunks
from .tokens import BASE, MASK, MATHS, NUMBER, SPAN, kind_of, power, tokenise

CLEAN, NGRAM, WHOLE, REWORDED = 0, 1, 2, 3
ANCHOR = 8  # tokens at the start of a short question by which it is looked up
END_SPANS = ANCHOR - SPAN + 1  # spans in the last tokens of a short question
COMMON = 40  # masked spans in more benchmark questions than this say nothing


class Short(NamedTuple):
    """Questions of fewer than n words, by their first tokens.

    `table` gives for an anchor its place in `starts`; from there to the next start lie its questions: their lengths in
    tokens, hashes and numbers. `ends` are the last tokens of those that are at least as long as an anchor.
    """

    table: Table
    ends: Table
    starts: I64
    lengths: I64
    wholes: U64
    numbers: I32


class Masked(NamedTuple):
    """Masked spans of the longer questions.

    `table` gives for a span its place in `starts` and `least`; from its start to the next one lie the numbers of its
    questions. `needed` is how many spans a copy of a question must have, `least` the least of a span's questions.
    `bits` are a filter of these spans, of those that tell nothing, of those of the words alone, and of the ends of
    short questions.
    """

    table: Table
    bits: U64
    starts: I64
    numbers: I32
    needed: I32
    least: I32


class Overlap:
    """The n-grams, short questions and masked spans of benchmark questions, and what a row shares with them."""

    def __init__(self, questions: Sequence[str], settings: CurateRecipe) -> None:
        self.n = settings.ngram
        self.part = self.n // 2 + 1
        windows: list[list[Any]] = []
        first = 0
        for chunk in token_chunks(pa.array(list(questions), pa.large_string())):
            windows.append(
                _windows(chunk.tokens, chunk.offsets, chunk.counts, first, self.n, self.part, chunk.counts.sum())
            )
            first += len(chunk)
        empty = _windows(np.empty(0, np.uint64), *[np.empty(0, np.int64)] * 2, 0, self.n, self.part, 0)
        grams, gram_numbers, parts, spans, span_numbers, ends, more_spans, anchors, wholes, lengths, short_numbers = (
            np.concatenate(arrays) for arrays in zip(empty, *windows, strict=True)
        )
        self.grams, self.parts = table(grams, gram_numbers), table(parts, np.zeros(parts.size))
        order = np.argsort(anchors, kind="stable")
        keys, starts = np.unique(anchors[order], return_index=True)
        self.short = Short(
            table(keys, np.arange(keys.size)),
            table(ends, np.zeros(ends.size)),
            np.append(starts, anchors.size).astype(np.int64),
            lengths[order],
            wholes[order],
            short_numbers[order],
        )
        self.masked = _masked(spans, span_numbers, more_spans, len(questions), settings.reworded_share)

    def match(self, texts: Texts, verdict: U8, source: I32, start: I32, stop: I32) -> None:
        """Write the verdicts on some rows, and the first byte of each matched span and the byte after it."""
        in_threads(
            _match, len(texts), texts.data, texts.data_offsets, self.n, self.part, self.parts,
            self.grams, self.short, self.masked, verdict, source, start, stop,
        )  # fmt: skip


def _masked(spans: U64, span_numbers: I32, more_spans: U64, questions: int, share: float) -> Masked:
    """The masked spans that tell something, of which a copy must have a share."""
    order = np.argsort(spans)
    spans, span_numbers = spans[order], span_numbers[order]
    first = np.flatnonzero(np.append(True, spans[1:] != spans[:-1])[: spans.size])
    counts = np.diff(first, append=spans.size)
    telling = counts <= COMMON
    keys, starts = spans[first[telling]], np.append(0, np.cumsum(counts[telling]))
    numbers = span_numbers[np.repeat(telling, counts)]
    held = np.bincount(numbers, minlength=questions)
    needed = np.where(held > 0, np.maximum(SPAN, np.ceil(share * held)), 2**31 - 1).astype(np.int32)
    least = np.minimum.reduceat(needed[numbers], starts[:-1]) if keys.size else np.empty(0, np.int32)
    bits = bit_filter(np.append(spans[first], more_spans))
    return Masked(table(keys, np.arange(keys.size)), bits, starts, numbers, needed, least)


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _window(tokens: U64, first: int, n: int) -> np.uint64:
    """The hash of n tokens in a row."""
    value = np.uint64(0)
    for j in range(first, first + n):
        value = value * BASE + tokens[j]
    return value


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _windows(tokens: U64, offsets: I64, counts: I64, number: int, n: int, part: int, size: int) -> Any:
    """All windows of some benchmark questions, of which the first is `number`, and the question of each.

    Returns:
        Hashes and questions of n-grams, hashes of their parts, hashes and questions of masked spans; of the short
        questions hashes of the last tokens; masked spans of these and of the words of longer ones; of the short
        questions hashes of anchors and of all tokens, lengths and questions.
    """
    grams, gram_numbers = np.empty(size, np.uint64), np.empty(size, np.int32)
    spans, span_numbers = np.empty(size, np.uint64), np.empty(size, np.int32)
    parts = np.empty(size, np.uint64)
    rows = counts.size
    ends, more_spans = np.empty(rows, np.uint64), np.empty(size + END_SPANS * rows, np.uint64)
    anchors, wholes = np.empty(rows, np.uint64), np.empty(rows, np.uint64)
    lengths, short_numbers = np.empty(rows, np.int64), np.empty(rows, np.int32)
    gram = at_part = at_span = at_more = end = short = 0
    for row in range(rows):
        count = counts[row]
        own = tokens[offsets[row] : offsets[row] + count]
        kind = kind_of(own)
        words = own[kind != MATHS]
        masked = np.where(kind == NUMBER, MASK, own)
        for i in range(words.size - n + 1):
            grams[gram], gram_numbers[gram] = _window(words, i, n), number + row
            gram += 1
        if words.size >= n:
            masked_words = masked[kind != MATHS]
            for i in range(words.size - part + 1):
                parts[at_part] = _window(masked_words, i, part)
                at_part += 1
            for i in range(words.size - SPAN + 1 if words.size < count else 0):
                more_spans[at_more] = _window(masked_words, i, SPAN)
                at_more += 1
            found = np.array([_window(masked, i, SPAN) for i in range(count - SPAN + 1)], np.uint64)
            found.sort()
            for i in range(found.size):
                if i == 0 or found[i] != found[i - 1]:
                    spans[at_span], span_numbers[at_span] = found[i], number + row
                    at_span += 1
        elif count:
            if count >= ANCHOR:
                ends[end] = _window(own, count - ANCHOR, ANCHOR)
                end += 1
                for i in range(END_SPANS):
                    more_spans[at_more] = _window(masked, count - ANCHOR + i, SPAN)
                    at_more += 1
            anchors[short], wholes[short] = _window(own, 0, min(ANCHOR, count)), _window(own, 0, count)
            lengths[short], short_numbers[short] = count, number + row
            short += 1
    return (
        grams[:gram], gram_numbers[:gram], parts[:at_part], spans[:at_span], span_numbers[:at_span], ends[:end],
        more_spans[:at_more], anchors[:short], wholes[:short], lengths[:short], short_numbers[:short],
    )  # fmt: skip


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _match(
    first_row: int, last_row: int, data: U8, offsets: I64, n: int, part: int, parts: Table,
    grams: Table, short: Short, masked: Masked, verdict: U8, source: I32, start: I32, stop: I32,
) -> None:  # fmt: skip
    """Judge rows."""
    longest = 0
    for row in range(first_row, last_row):
        longest = max(longest, offsets[row + 1] - offsets[row])
    tokens, before = np.empty(longest, np.uint64), np.empty(longest + 1, np.uint64)
    places, worded = np.empty(longest, np.uint64), np.empty(longest + 1, np.uint64)
    bounds: U32 = np.empty(2 * longest, np.uint32)
    tally = np.zeros(masked.needed.size, np.int32)
    bits, part_weight = masked.bits, power(part)
    for row in range(first_row, last_row):
        low, high = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
        count, words, hits = tokenise(data, low, high, tokens, None, bits, before, places)
        found, number, first, last = CLEAN, -1, 0, 0
        if words == count:
            may_have_words = hits >= n - SPAN + 1
        else:
            _before_words(tokens, count, worded)
            may_have_words = _has_part(worded, words, n, part, part_weight, parts)
        if count < ANCHOR or may_have_words or (hits >= END_SPANS and _has_end(tokens, count, short.ends)):
            found, number, first, last = _exact(tokens, count, n, grams, short)
        if found == CLEAN and hits >= SPAN:
            found, number, first, last = _reworded(before, places[:hits], masked, tally)
        if found != CLEAN:
            tokenise(data, low, high, tokens, bounds)
            verdict[row], source[row] = found, number
            start[row], stop[row] = bounds[2 * first], bounds[2 * last + 1]


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _before_words(tokens: U64, count: np.uint64, worded: U64) -> None:
    """Write the hash of what stands before each word or number, of words and masked numbers, and of all of them."""
    length = np.uint64(0)
    running = worded[0] = length
    for i in range(count):
        kind = kind_of(tokens[i])
        running = running if kind == MATHS else running * BASE + (MASK if kind == NUMBER else tokens[i])
        length += np.uint64(kind != MATHS)
        worded[length] = running


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _has_part(worded: U64, length: np.uint64, n: int, part: int, weight: np.uint64, parts: Table) -> bool:
    """Whether n words of a row may be a benchmark's, numbers aside; `worded` is as `_before_words` writes it."""
    for i in range(0, np.int64(length) - part + 1, n - part + 1):
        if look_up(worded[i + part] - weight * worded[i], parts.keys, parts.values, parts.bits) >= 0:
            return True
    return False


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _has_end(tokens: U64, count: np.uint64, ends: Table) -> bool:
    """Whether a row has the last tokens of a short question."""
    for i in range(np.int64(count) - ANCHOR + 1):
        if look_up(_window(tokens, i, ANCHOR), ends.keys, ends.values, ends.bits) >= 0:
            return True
    return False


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _exact(tokens: U64, many: np.uint64, n: int, grams: Table, short: Short) -> tuple[int, int, int, int]:
    """The first n-gram or short question in a row: the check, the benchmark question, the first and the last token."""
    count = np.int64(many)
    top, anchor_top = power(n), power(ANCHOR)  # the weights of the tokens that leave a window
    recent = np.empty(n, np.int64)  # the places of the last n words
    window = anchor = np.uint64(0)
    words = place = 0
    for i in range(count):
        token = tokens[i]
        if kind_of(token) != MATHS:
            window = window * BASE + token
            if words >= n:
                window -= top * tokens[recent[place]]
            recent[place] = i
            place = place + 1 if place + 1 < n else 0
            words += 1
            if words >= n:
                number = look_up(window, grams.keys, grams.values, grams.bits)
                if number >= 0:
                    return NGRAM, number, recent[place], i
        anchor = anchor * BASE + token
        if i >= ANCHOR:
            anchor -= anchor_top * tokens[i - ANCHOR]
        if i >= ANCHOR - 1 or i == count - 1:
            entry = look_up(anchor, short.table.keys, short.table.values, short.table.bits)
            first = max(0, i - ANCHOR + 1)
            for k in range(short.starts[entry], short.starts[entry + 1]) if entry >= 0 else range(0):
                length = short.lengths[k]
                if first + length > count or (length < ANCHOR and length != count):
                    continue
                if _window(tokens, first, length) == short.wholes[k]:
                    return WHOLE, short.numbers[k], first, first + length - 1
    return CLEAN, -1, 0, 0


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _reworded(before: U64, places: U64, masked: Masked, tally: I32) -> tuple[int, int, int, int]:
    """Count the distinct masked spans that a row shares with each benchmark question.

    Args:
        before, places: As `tokenise` writes them.
        tally: (questions,) zeros, and zeros again in the end.
    Returns:
        REWORDED or CLEAN, the benchmark question, the first and the last token that they share.
    """
    weight = power(SPAN)
    spans = np.empty(places.size, np.int64)  # the number of a span, and in the lower half its place
    known: Any = 0
    for unsigned in places:
        place = np.int64(unsigned)
        window = before[place + SPAN] - weight * before[place]
        entry = np.int64(look_up(window, masked.table.keys, masked.table.values, masked.table.bits))
        spans[known] = entry << 32 | place
        known += entry >= 0
    spans = spans[:known]
    spans.sort()
    distinct: Any = 0
    last_entry: Any = -1
    for span in spans:
        if span >> 32 != last_entry:
            spans[distinct] = span
            distinct, last_entry = distinct + 1, span >> 32
    left: Any = -1
    while left != distinct:  # without spans of questions that need more of them than there are
        left, distinct = distinct, 0
        for span in spans[:left]:
            spans[distinct] = span
            distinct += masked.least[span >> 32] <= left
    spans = spans[:distinct]
    for span in spans:
        for p in range(masked.starts[span >> 32], masked.starts[(span >> 32) + 1]):
            tally[masked.numbers[p]] += 1
    best, number = 1.0, -1
    for span in spans:
        for p in range(masked.starts[span >> 32], masked.starts[(span >> 32) + 1]):
            other = masked.numbers[p]
            share = tally[other] / masked.needed[other]
            if share > best or (share == best and (number < 0 or other < number)):
                best, number = share, other
    first: Any = 2**31
    last: Any = 0
    for span in spans:
        for p in range(masked.starts[span >> 32], masked.starts[(span >> 32) + 1]):
            tally[masked.numbers[p]] = 0
            if masked.numbers[p] == number:
                place = span & 0xFFFFFFFF
                first, last = min(first, place), max(last, place + SPAN - 1)
    return (REWORDED, number, first, last) if number >= 0 else (CLEAN, -1, 0, 0)
