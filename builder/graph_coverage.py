"""Which concepts and pairs of concepts combinations have used: to favour the others, and to tell when to stop.

The plain walk returns to common concepts again and again. Steered sampling draws several walks per start and keeps the
one with the highest novelty: the mean over its names of 1/(1 + uses), plus the mean over its pairs of names of the
same. Means, so that long walks are not favoured. Every candidate is a walk of the paper's distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numba
import numpy as np

from .graph_build import Array
from .graph_steps import mix
from .graph_walk import Walks
from .rows import Combination

ROUNDS_PER_EPOCH = 16
"""Uses are counted after each round. Rounds depend on the number of topics alone, not on how the work is split."""


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
        most = sets.shape[1] * (sets.shape[1] - 1) // 2
        done = 0
        while done < len(sets):
            room = len(self._pairs) // 2 - self.n_pairs
            if room < most:
                self._grow()
                continue
            rows = slice(done, done + max(1, room // max(1, most)))
            self.n_pairs += _add(sets[rows], self.names, self._pairs, self._counts, new[rows])
            done += len(sets[rows])
        return new

    def novelty(self, sets: Array) -> Array:
        """(n,) float64 in [0, 2], how little the names and pairs of each set have been used; 0 for fewer than two."""
        scores = np.zeros(len(sets), np.float64)
        _novelty(sets, self.names, self._pairs, self._counts, scores)
        return scores

    def _grow(self) -> None:
        pairs, counts = np.zeros(2 * len(self._pairs), np.uint64), np.zeros(2 * len(self._pairs), np.int32)
        _refill(self._pairs, self._counts, pairs, counts)
        self._pairs, self._counts = pairs, counts


def steered(
    walk_samples: Callable[[Array, int], Walks], samples: Array, n_topics: int, candidates: int, uses: Uses
) -> Walks:
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
    per_round = max(1, n_topics // ROUNDS_PER_EPOCH)
    topics, concepts = [], []
    dead = np.zeros(3, np.int64)
    for first in range(0, len(samples), per_round):
        drawn = [walk_samples(samples[first : first + per_round], candidate) for candidate in range(candidates)]
        dead += np.sum([walks.dead_ends for walks in drawn], axis=0)
        sets = [np.concatenate([walks.topics, walks.concepts], axis=1) for walks in drawn]
        # A walk that found no concept makes no combination.
        scores = [np.where(w.concepts[:, 0] >= 0, uses.novelty(s), -1.0) for w, s in zip(drawn, sets, strict=True)]
        best, rows = np.argmax(scores, axis=0), np.arange(len(sets[0]))
        uses.add(np.stack(sets)[best, rows])
        topics.append(np.stack([walks.topics for walks in drawn])[best, rows])
        concepts.append(np.stack([walks.concepts for walks in drawn])[best, rows])
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
def _add(sets, names, pairs, counts, new):  # type: ignore[no-untyped-def]
    added = 0
    for row in range(len(sets)):
        for i in range(sets.shape[1]):
            if sets[row, i] < 0:
                continue
            names[sets[row, i]] += 1
            for j in range(i):
                if sets[row, j] >= 0:
                    pair = _pair(sets[row, i], sets[row, j])
                    at = _place(pair, pairs)
                    if pairs[at] == np.uint64(0):
                        pairs[at] = pair
                        new[row] += 1
                        added += 1
                    counts[at] += 1
    return added


@numba.njit(nogil=True, cache=True)
def _novelty(sets, names, pairs, counts, scores):  # type: ignore[no-untyped-def]
    for row in range(len(sets)):
        n_names, n_pairs, of_names, of_pairs = 0, 0, 0.0, 0.0
        for i in range(sets.shape[1]):
            if sets[row, i] < 0:
                continue
            n_names += 1
            of_names += 1.0 / (1.0 + names[sets[row, i]])
            for j in range(i):
                if sets[row, j] >= 0:
                    n_pairs += 1
                    of_pairs += 1.0 / (1.0 + counts[_place(_pair(sets[row, i], sets[row, j]), pairs)])
        if n_pairs > 0:
            scores[row] = of_names / n_names + of_pairs / n_pairs
