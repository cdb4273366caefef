"""Samples of a stream that depend on a seed and on the rows' ids, and on nothing else: not on their order."""

from __future__ import annotations

import hashlib
import heapq
import math
from typing import Generic, TypeVar

Row = TypeVar("Row")


def draw(seed: int, purpose: str, row_id: str) -> int:
    """A uniform number below 2**64 for a row and a purpose."""
    digest = hashlib.blake2b(f"{seed}\0{purpose}\0{row_id}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


class Smallest(Generic[Row]):
    """The `size` rows with the smallest keys among all that were offered; equal keys are told apart by id.

    With `draw` as the key, a uniform sample without replacement; with minus the score, the highest-scoring rows.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.offered = 0
        self._heap: list[_Entry[Row]] = []  # the largest key on top

    def bound(self) -> float:
        """The largest key that would still be kept, to ask before a row is made."""
        if self.size == 0:
            return -math.inf
        return math.inf if len(self._heap) < self.size else self._heap[0].key

    def offer(self, key: float, row_id: str, row: Row) -> None:
        """Take a row into account."""
        self.offered += 1
        if key > self.bound():
            return
        entry = _Entry(key, row_id, row)
        if len(self._heap) < self.size:
            heapq.heappush(self._heap, entry)
        elif self._heap[0] < entry:
            heapq.heapreplace(self._heap, entry)

    def rows(self) -> list[Row]:
        """The rows that were kept, by ascending key."""
        return [entry.row for entry in sorted(self._heap, reverse=True)]


class _Entry(Generic[Row]):
    """A row in the heap. The greater of two entries is the one to keep: that of the smaller key."""

    __slots__ = ("key", "row", "row_id")

    def __init__(self, key: float, row_id: str, row: Row) -> None:
        self.key, self.row_id, self.row = key, row_id, row

    def __lt__(self, other: _Entry[Row]) -> bool:
        return (other.key, other.row_id) < (self.key, self.row_id)
