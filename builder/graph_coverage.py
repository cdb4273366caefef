"""Which concepts and pairs of concepts combinations have used: to favour the others, and to tell when to stop.

The plain walk returns to common concepts again and again. Steered sampling draws several walks per start and keeps the
one with the highest novelty: the sum of 1/(1 + uses) over its names and over its pairs of names. All candidates of a
start are to take the same number of steps, so that long walks are not favoured; among them, every one is a walk of the
paper's distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numba
import numpy as np

from .graph_lists import Array
from .graph_steps import mix
from .graph_walk import Walks
from .rows import Combination

SAMPLES_PER_BLOCK = 1 << 13
"""Samples whose candidates are walked at a time. The choice among them is made one sample after another."""


class Uses:
    """How often each name and each pair of names has been used.

    Pairs are kept in an open hash table that doubles when it is half full.
    """

    def __init__(self, n_names: int) -> None:
        self.names = np.zeros(n_names, np.int64)
        self.n_pairs = 0
        self._pairs, self._counts = np.zeros(1 << 10, np.uint64), np.zeros(1 << 10, np.int32)

    @property
    def n_names(self) -> int:
        """How many names have been used."""
        return int(np.count_nonzero(self.names))

    def count(self, sets: Sequence[Sequence[int]]) -> None:
        """Count sets of names of any lengths."""
        width = max(map(len, sets), default=0)
        padded = np.full((len(sets), width), -1, np.int32)
        for row, numbers in zip(padded, sets, strict=True):
            row[: len(numbers)] = numbers
        self.add(padded)

    def add(self, sets: Array) -> Array:
        """Count sets of names.

        Args:
            sets: (n, width) int32, padded with -1.
        Returns:
            (n,) int64, how many pairs of each set had not been used before it.
        """
        new = np.zeros(len(sets), np.int64)
        for rows, room in self._with_room(len(sets), sets.shape[1]):
            self.n_pairs += _add(sets[rows], self.names, *room, new[rows])
        return new

    def choose(self, candidates: Array, allowed: Array) -> Array:
        """Of several sets per sample, the one with the highest novelty, counted before the next sample is looked at.

        Args:
            candidates: (n_candidates, n, width) int32, padded with -1.
            allowed: (n_candidates, n) bool, which may be chosen; where none is, the first is.
        Returns:
            (n,) which was chosen; the first of equals.
        """
        n = candidates.shape[1]
        best = np.zeros(n, np.int64)
        for rows, room in self._with_room(n, candidates.shape[2]):
            self.n_pairs += _choose(candidates[:, rows], allowed[:, rows], self.names, *room, best[rows])
        return best

    def _with_room(self, n: int, width: int) -> Iterator[tuple[slice, tuple[Array, Array]]]:
        """Pieces of n sets, each with the table while it has room for all of their pairs."""
        most = max(1, width * (width - 1) // 2)
        done = 0
        while done < n:
            free = len(self._pairs) // 2 - self.n_pairs
            if free < max(most, min(most * (n - done), len(self._pairs) // 4)):
                self._grow()
                continue
            rows = slice(done, min(n, done + free // most))
            yield rows, (self._pairs, self._counts)
            done = rows.stop

    def _grow(self) -> None:
        pairs, counts = np.zeros(2 * len(self._pairs), np.uint64), np.zeros(2 * len(self._pairs), np.int32)
        _refill(self._pairs, self._counts, pairs, counts)
        self._pairs, self._counts = pairs, counts


def steered(walk_samples: Callable[[Array, int], Walks], samples: Array, candidates: int, uses: Uses) -> Walks:
    """Of several walks per sample, the one with the highest novelty; the first of equals.

    Args:
        walk_samples: Walks of some samples, given their numbers and the number of the candidate.
        candidates: Walks per sample.
        uses: What was used before; counted on.
    Returns:
        One walk per sample. Dead ends are those of all candidates.
    Raises:
        ValueError: Fewer than one candidate.
    """
    if candidates < 1:
        raise ValueError(f"candidates: expected at least 1 walk per start, given {candidates}")
    topics, concepts = [], []
    dead = np.zeros(3, np.int64)
    for first in range(0, len(samples), SAMPLES_PER_BLOCK):
        block = samples[first : first + SAMPLES_PER_BLOCK]
        drawn = [walk_samples(block, candidate) for candidate in range(candidates)]
        dead += np.sum([walks.dead_ends for walks in drawn], axis=0)
        of_topics, of_concepts = np.stack([w.topics for w in drawn]), np.stack([w.concepts for w in drawn])
        # A walk that found no concept makes no combination.
        best = uses.choose(np.concatenate([of_topics, of_concepts], axis=2), of_concepts[:, :, 0] >= 0)
        topics.append(of_topics[best, np.arange(len(block))])
        concepts.append(of_concepts[best, np.arange(len(block))])
    return Walks(np.concatenate(topics), np.concatenate(concepts), samples, dead)


@dataclass(frozen=True, slots=True)
class CoverageCurve:
    """What the first n combinations cover, for growing n.

    Attributes:
        combinations: (n_points,) n.
        concepts: (n_points,) distinct topics and key concepts in the first n.
        pairs: (n_points,) distinct pairs of them.
        new_share: (n_points,) share of the pairs since the point before that had not been there.
    """

    combinations: Array
    concepts: Array
    pairs: Array
    new_share: Array

    def exhausted_after(self, share: float = 0.1) -> int | None:
        """After how many combinations less than this share of pairs is new; None where that is not reached."""
        below = np.flatnonzero(self.new_share < share)
        return int(self.combinations[max(0, below[0] - 1)]) if len(below) else None


def coverage_curve(combinations: Sequence[Combination], points: int = 20) -> CoverageCurve:
    """How concepts and pairs accumulate over combinations, in their order.

    Raises:
        ValueError: There are no combinations.
    """
    if not combinations:
        raise ValueError("coverage curve: expected at least one combination, given none")
    numbers: dict[str, int] = {}
    sets = [[numbers.setdefault(name, len(numbers)) for name in combination.walk] for combination in combinations]
    uses = Uses(len(numbers))
    ends = np.unique(np.linspace(0, len(sets), min(points, len(sets)) + 1).astype(np.int64))[1:]
    seen: list[tuple[int, int, float]] = []
    first = 0
    for end in ends.tolist():
        held, drawn = uses.n_pairs, sum(len(names) * (len(names) - 1) // 2 for names in sets[first:end])
        uses.count(sets[first:end])
        seen.append((uses.n_names, uses.n_pairs, (uses.n_pairs - held) / max(1, drawn)))
        first = end
    return CoverageCurve(ends, *(np.array(column) for column in zip(*seen, strict=True)))


@numba.njit(nogil=True, cache=True, inline="always")
def _pair(a, b):  # type: ignore[no-untyped-def]
    """Two names as one number, which is never 0: 0 marks a free place in the table."""
    low, high = min(a, b), max(a, b)
    return (np.uint64(low) << np.uint64(32)) | (np.uint64(high) + np.uint64(1))


@numba.njit(nogil=True, cache=True, inline="always")
def _place(pair, pairs):  # type: ignore[no-untyped-def]
    """Where a pair stands in the table, or the free place where it would."""
    last = np.uint64(len(pairs) - 1)
    at = mix(pair) & last
    while pairs[at] != np.uint64(0) and pairs[at] != pair:
        at = (at + np.uint64(1)) & last
    return at


@numba.njit(nogil=True, cache=True)
def _refill(old_pairs, old_counts, pairs, counts):  # type: ignore[no-untyped-def]
    for i in range(len(old_pairs)):
        if old_pairs[i] != np.uint64(0):
            at = _place(old_pairs[i], pairs)
            pairs[at], counts[at] = old_pairs[i], old_counts[i]


@numba.njit(nogil=True, cache=True)
def _add_one(row, names, pairs, counts):  # type: ignore[no-untyped-def]
    """Count one set; how many of its pairs are new."""
    new = 0
    for i in range(len(row)):
        if row[i] < 0:
            continue
        names[row[i]] += 1
        for j in range(i):
            if row[j] >= 0:
                pair = _pair(row[i], row[j])
                at = _place(pair, pairs)
                if pairs[at] == np.uint64(0):
                    pairs[at] = pair
                    new += 1
                counts[at] += 1
    return new


@numba.njit(nogil=True, cache=True)
def _add(sets, names, pairs, counts, new):  # type: ignore[no-untyped-def]
    for row in range(len(sets)):
        new[row] = _add_one(sets[row], names, pairs, counts)
    return new.sum()


@numba.njit(nogil=True, cache=True)
def _choose(candidates, allowed, names, pairs, counts, best):  # type: ignore[no-untyped-def]
    added = 0
    for sample in range(candidates.shape[1]):
        highest = -1.0
        for candidate in range(len(candidates)):
            if allowed[candidate, sample]:
                novelty = _novelty(candidates[candidate, sample], names, pairs, counts)
                if novelty > highest:
                    highest = novelty
                    best[sample] = candidate
        added += _add_one(candidates[best[sample], sample], names, pairs, counts)
    return added


@numba.njit(nogil=True, cache=True)
def _novelty(row, names, pairs, counts):  # type: ignore[no-untyped-def]
    novelty = 0.0
    for i in range(len(row)):
        if row[i] < 0:
            continue
        novelty += 1.0 / (1.0 + names[row[i]])
        for j in range(i):
            if row[j] >= 0:
                novelty += 1.0 / (1.0 + counts[_place(_pair(row[i], row[j]), pairs)])
    return novelty
