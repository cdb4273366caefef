"""Removing questions that a benchmark asks: before answers are paid for, and against every benchmark of the evaluation.

Three checks, each over hashed tokens (tokens.py), so that case, spacing, punctuation and LaTeX spelling do not matter:

- `ngram`: n words or numbers in a row (13 by default, as in Brown et al. 2020, appendix C) also stand in a row in a
  benchmark question.
- `whole`: a benchmark question that is shorter than that stands, whole, in the question. Mathematics counts here, signs
  included, and one of fewer than eight tokens must be the whole question.
- `reworded`: with all numbers masked, at least half (`reworded_share`) of a benchmark question's five-token spans
  stand in the question, wherever. It catches copies with other names and other numbers. Benchmark questions of fewer
  than n words are left out, since "Simplify 3x + 2x" with its numbers masked is every exercise of its kind.

What none of them catches: a translation, and a question told with other words throughout.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..recipe import CurateRecipe
from ..rows import Rejected
from .benchmarks import Benchmark
from .tokens import I64, MATHS, NUMBER, U8, U64, Chunk, in_threads, mix, token_chunks

CLEAN, NGRAM, WHOLE, REWORDED = 0, 1, 2, 3
CHECKS = {NGRAM: "ngram", WHOLE: "whole", REWORDED: "reworded"}
ANCHOR = 8  # tokens at the start of a short question by which it is looked up
SPAN = 5  # tokens of a masked span
COMMON = 40  # masked spans in more benchmark questions than this say nothing
_BASE = np.uint64(0x9E3779B97F4A7C15)
_MASK = np.uint64(0x5DEECE66D1CE4E5B)  # stands for every number
_FILTER_WORDS = 1 << 16  # of 64 bits: half a megabyte, which stays in the cache
_FILTER_SHIFT = np.uint64(64 - 16)


@dataclass(frozen=True)
class Contamination:
    """What became of every row.

    Attributes:
        ids: the ids of the rows.
        verdict: (n,) CLEAN, NGRAM, WHOLE or REWORDED.
        source: (n,) for a dropped row the benchmark question that it repeats, counted over all benchmarks.
        spans: for each dropped row its text that the benchmark has too.
        benchmarks: what was compared with.
    """

    ids: Any
    verdict: U8
    source: npt.NDArray[np.int32]
    spans: dict[int, str]
    benchmarks: tuple[Benchmark, ...]

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        """(n,) a mask of the rows to keep."""
        return np.asarray(self.verdict == CLEAN)

    def _where(self, source: int) -> tuple[Benchmark, str]:
        for benchmark in self.benchmarks:
            if source < len(benchmark.questions):
                return benchmark, benchmark.ids[source]
            source -= len(benchmark.questions)
        raise IndexError(f"no benchmark question {source}")

    def rejected(self) -> Iterator[Rejected]:
        """One row for each that was dropped, in order, with the benchmark, its question and the matched span."""
        for row in np.flatnonzero(self.verdict):
            benchmark, name = self._where(int(self.source[row]))
            check = CHECKS[int(self.verdict[row])]
            detail = f"{benchmark.name} {name}: {self.spans[int(row)]}"
            yield Rejected(self.ids[row].as_py(), "curate", f"contaminated_{check}", detail)

    def counts(self) -> dict[str, Counter[str]]:
        """For each benchmark how many rows each check dropped, for the card."""
        out = {benchmark.name: Counter[str]() for benchmark in self.benchmarks}
        for row in np.flatnonzero(self.verdict):
            benchmark, _ = self._where(int(self.source[row]))
            out[benchmark.name][CHECKS[int(self.verdict[row])]] += 1
        return out


def decontaminate(questions: Any, benchmarks: Sequence[Benchmark], settings: CurateRecipe) -> Contamination:
    """Find the questions that a benchmark asks.

    Args:
        questions: An Arrow table with the columns `id` and `question`.
        benchmarks: What to compare with, as `read_benchmarks` gives it.
        settings: The length of an n-gram and the share that marks a reworded copy.
    """
    index = _Index([question for benchmark in benchmarks for question in benchmark.questions], settings)
    column = questions.column("question")
    verdict: U8 = np.zeros(len(column), np.uint8)
    source = np.full(len(column), -1, np.int32)
    spans: dict[int, str] = {}
    first = 0
    for chunk in token_chunks(column):
        rows = slice(first, first + len(chunk))
        start = np.zeros(len(chunk), np.int32)
        stop = np.zeros(len(chunk), np.int32)
        index.match(chunk, verdict[rows], source[rows], start, stop)
        for local in np.flatnonzero(verdict[rows]):
            spans[first + int(local)] = chunk.text(int(local), int(start[local]), int(stop[local]))[:400]
        first += len(chunk)
    return Contamination(questions.column("id"), verdict, source, spans, tuple(benchmarks))


class _Index:
    """Hash tables of the benchmarks' n-grams, short questions and masked spans."""

    def __init__(self, questions: Sequence[str], settings: CurateRecipe) -> None:
        self.n = settings.ngram
        self.share = settings.reworded_share
        grams: list[U64] = []
        masked: list[U64] = []
        short: dict[int, list[tuple[int, int, int]]] = {}
        for number, tokens, kinds in _streams(questions):
            words = tokens[kinds != MATHS]
            grams.append(_windows(words, self.n))
            reworded = len(words) >= self.n
            masked.append(np.unique(_windows(np.where(kinds == NUMBER, _MASK, tokens), SPAN if reworded else 0)))
            if len(tokens) and not reworded:
                anchor = _windows(tokens, min(ANCHOR, len(tokens)))[0]
                whole = _windows(tokens, len(tokens))[0]
                short.setdefault(int(anchor), []).append((len(tokens), int(whole), number))
        keys, numbers = _flat(grams)
        keys, firsts = np.unique(keys, return_index=True)
        self.gram_table = _Table(keys, numbers[firsts])
        lists = list(short.values())
        self.short_table = _Table(np.array(list(short), np.uint64), np.arange(len(lists)))
        self.short_starts = np.cumsum([0, *map(len, lists)]).astype(np.int64)
        flat = [entry for entries in lists for entry in entries]
        self.short_lengths = np.array([entry[0] for entry in flat], np.int64)
        self.short_wholes = np.array([entry[1] for entry in flat], np.uint64)
        self.short_numbers = np.array([entry[2] for entry in flat], np.int32)
        keys, numbers = _flat(masked)
        order = np.argsort(keys, kind="stable")
        keys, counts = np.unique(keys, return_counts=True)
        telling = counts <= COMMON
        self.masked_table = _Table(keys[telling], np.arange(int(telling.sum())))
        self.masked_starts = np.concatenate(([0], np.cumsum(counts[telling]))).astype(np.int64)
        self.masked_numbers = numbers[order][np.repeat(telling, counts)]
        spans = np.bincount(self.masked_numbers, minlength=len(questions))
        least = np.maximum(SPAN, np.ceil(self.share * spans))
        self.needed = np.where(spans > 0, least, 2**31 - 1).astype(np.int32)

    def match(self, chunk: Chunk, verdict: U8, source: Any, start: Any, stop: Any) -> None:
        """Write the verdicts on the rows of a chunk, and the tokens of each matched span."""
        in_threads(
            _match, len(chunk), chunk.hashes, chunk.kinds, chunk.offsets, chunk.counts, self.n,
            self.gram_table.keys, self.gram_table.values, self.gram_table.filter,
            self.short_table.keys, self.short_table.values, self.short_table.filter,
            self.short_starts, self.short_lengths, self.short_wholes, self.short_numbers,
            self.masked_table.keys, self.masked_table.values, self.masked_table.filter,
            self.masked_starts, self.masked_numbers, self.needed, verdict, source, start, stop,
        )  # fmt: skip


class _Table:
    """An open-addressing table from hashes to numbers, behind a bit filter that most look-ups end at."""

    def __init__(self, items: U64, values: Any) -> None:
        slots = 1 << max(4, int(np.ceil(np.log2(max(1, items.size) * 2 + 1))))
        self.keys: U64 = np.zeros(slots, np.uint64)
        self.values = np.full(slots, -1, np.int32)
        self.filter: U64 = np.zeros(_FILTER_WORDS, np.uint64)
        _fill_table(items, values.astype(np.int32), self.keys, self.values, self.filter)


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def _three_bits(key: np.uint64) -> np.uint64:
    """The bits of a key in its word of the filter, a Bloom filter in blocks (Putze et al. 2007)."""
    one = np.uint64(1)
    six = np.uint64(63)
    return one << (key & six) | one << (key >> np.uint64(6) & six) | one << (key >> np.uint64(12) & six)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _fill_table(items: U64, numbers: Any, keys: U64, values: Any, bits: U64) -> None:
    mask = np.uint64(keys.size - 1)
    for i in range(items.size):
        slot = items[i] & mask
        while values[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        keys[slot] = items[i]
        values[slot] = numbers[i]
        bits[items[i] >> _FILTER_SHIFT] |= _three_bits(items[i])


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def _look_up(key: np.uint64, keys: U64, values: Any, bits: U64) -> int:
    wanted = _three_bits(key)
    if bits[key >> _FILTER_SHIFT] & wanted != wanted:
        return -1
    mask = np.uint64(keys.size - 1)
    slot = key & mask
    while values[slot] >= 0:
        if keys[slot] == key:
            return values[slot]  # type: ignore[no-any-return]
        slot = (slot + np.uint64(1)) & mask
    return -1


def _streams(questions: Sequence[str]) -> Iterator[tuple[int, U64, U8]]:
    """(number, token hashes, kinds) of every benchmark question."""
    number = 0
    for chunk in token_chunks(pa.array(list(questions), pa.large_string())):
        for row in range(len(chunk)):
            part = slice(chunk.offsets[row], chunk.offsets[row] + chunk.counts[row])
            yield number, chunk.hashes[part].copy(), chunk.kinds[part].copy()
            number += 1


def _flat(lists: Sequence[U64]) -> tuple[U64, npt.NDArray[np.int32]]:
    """All keys of all questions in one array, and the question of each."""
    sizes = [len(keys) for keys in lists]
    together = np.concatenate([np.empty(0, np.uint64), *lists])
    return together, np.repeat(np.arange(len(lists), dtype=np.int32), sizes)


def _windows(tokens: U64, n: int) -> U64:
    """The hash of every run of n tokens, in order."""
    if len(tokens) < n or n < 1:
        return np.empty(0, np.uint64)
    out = np.zeros(len(tokens) - n + 1, np.uint64)
    with np.errstate(over="ignore"):
        for j in range(n):
            out = out * _BASE + tokens[j : len(tokens) - n + 1 + j]
        out ^= out >> np.uint64(33)
        out *= np.uint64(0xFF51AFD7ED558CCD)
        out ^= out >> np.uint64(33)
        out *= np.uint64(0xC4CEB9FE1A85EC53)
        out ^= out >> np.uint64(33)
    return out


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _match(
    first_row: int, last_row: int, hashes: U64, kinds: U8, offsets: I64, counts: I64, n: int,
    gram_keys: U64, gram_values: Any, gram_bits: U64,
    short_keys: U64, short_values: Any, short_bits: U64,
    short_starts: I64, short_lengths: I64, short_wholes: U64, short_numbers: Any,
    masked_keys: U64, masked_values: Any, masked_bits: U64, masked_starts: I64, masked_numbers: Any, needed: Any,
    verdict: U8, source: Any, start: Any, stop: Any,
) -> None:  # fmt: skip
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
    for row in range(first_row, last_row):
        at, count = offsets[row], counts[row]
        window = np.uint64(0)
        anchor = np.uint64(0)
        span = np.uint64(0)
        words = 0
        place = 0
        hits = 0
        for i in range(count):
            token = hashes[at + i]
            if kinds[at + i] != MATHS:
                if words >= n:
                    window = window * _BASE + token - top * hashes[recent[place]]
                else:
                    window = window * _BASE + token
                recent[place] = at + i
                place = place + 1 if place + 1 < n else 0
                words += 1
                if words >= n:
                    number = _look_up(mix(window), gram_keys, gram_values, gram_bits)
                    if number >= 0:
                        verdict[row], source[row] = NGRAM, number
                        start[row], stop[row] = recent[place] - at, i
                        break
            anchor = anchor * _BASE + token
            if i >= ANCHOR:
                anchor -= anchor_top * hashes[at + i - ANCHOR]
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
                            value = value * _BASE + hashes[at + j]
                        if mix(value) == short_wholes[k]:
                            verdict[row], source[row] = WHOLE, short_numbers[k]
                            start[row], stop[row] = first, first + length - 1
                            break
                    if verdict[row] == WHOLE:
                        break
            span = span * _BASE + (_MASK if kinds[at + i] == NUMBER else token)
            if i >= SPAN:
                leaving = at + i - SPAN
                span -= span_top * (_MASK if kinds[leaving] == NUMBER else hashes[leaving])
            if i >= SPAN - 1 and _look_up(mix(span), masked_keys, masked_values, masked_bits) >= 0:
                hits += 1
        if verdict[row] == CLEAN and hits >= SPAN:
            _match_reworded(
                row, hashes, kinds, at, count, masked_keys, masked_values, masked_bits, masked_starts, masked_numbers,
                needed,
                verdict, source, start, stop,
            )  # fmt: skip


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _match_reworded(
    row: int, hashes: U64, kinds: U8, at: int, count: int, keys: U64, values: Any, bits: U64, starts: I64, numbers: Any,
    needed: Any, verdict: U8, source: Any, start: Any, stop: Any,
) -> None:  # fmt: skip
    """Count the distinct masked spans that the row shares with each benchmark question."""
    found = np.empty(count, np.int64)
    places = np.empty(count, np.int64)
    distinct = 0
    total = 0
    for i in range(count - SPAN + 1):
        span = np.uint64(0)
        for j in range(i, i + SPAN):
            span = span * _BASE + (_MASK if kinds[at + j] == NUMBER else hashes[at + j])
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
