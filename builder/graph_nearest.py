"""The documents whose concept sets have the highest Jaccard similarity to a set of names. Exact.

Documents are numbered by the size of their concept set, so the documents of a concept are sorted by size. For a set of
m names, the lists are read from the rarest concept on. A document that first appears in the i-th list shares at most
c = m - i names, so with the k-th best similarity a/b so far only sizes s with c/(m + s - c) >= a/b can still enter:
a piece of the list. There, a 64-bit signature of the document bounds how many names it shares; who passes is compared
name by name. The bounds are whole numbers, so that a tie is never cut off.

Ties are broken by a permutation that the seed and the set of names choose: the lowest number would always ground
questions in the same few documents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from .graph_lists import Array, Lists, in_order
from .graph_steps import mix

QUERIES_PER_BLOCK = 2_048
CHUNK = 64
"""Documents that are checked against one bound; the bound is renewed after each chunk."""


@dataclass(frozen=True, slots=True)
class NearestIndex:
    """Arrays to search.

    Attributes:
        members: For each document, its distinct names, of either kind. Documents ascend by the number of names.
        postings: For each name, its documents.
        size_starts: (largest size + 2,) the first document of at least each size.
        signatures: (n_documents,) uint64, a bit for each name, by hash.
    """

    members: Lists
    postings: Lists
    size_starts: Array
    signatures: Array

    @classmethod
    def of(cls, members: Lists, postings: Lists) -> NearestIndex:
        """Index documents whose sizes ascend."""
        sizes = members.lengths
        size_starts = np.searchsorted(sizes, np.arange(int(sizes[-1]) + 2)).astype(np.int64)
        signatures = np.empty(len(members), np.uint64)
        _sign(members.offsets, members.values, signatures)
        return cls(members, postings, size_starts, signatures)

    def nearest(self, queries: Lists, k: int, seed: int, threads: int) -> Array:
        """Search for many sets of names.

        Args:
            queries: The distinct names of each set; -1 stands for a name that no document has.
            k: How many documents to find for each.
            seed: Chooses among equally similar documents.
        Returns:
            (n_queries, k) int32, most similar first; -1 where fewer than k documents share a name with the set.
        """
        found = np.full((len(queries), k), -1, np.int32)
        key = np.uint64(mix(np.uint64(seed) ^ np.uint64(0x6A09E667F3BCC909)))

        def search(first: int) -> None:
            _search(
                queries.offsets, queries.values, first, min(first + QUERIES_PER_BLOCK, len(queries)),
                self.members.offsets, self.members.values, self.postings.offsets, self.postings.values,
                self.size_starts, self.signatures, key, found,
            )  # fmt: skip

        for _ in in_order(search, range(0, len(queries), QUERIES_PER_BLOCK), threads):
            pass
        return found


@numba.njit(nogil=True, cache=True, inline="always")
def _bit(name):  # type: ignore[no-untyped-def]
    return np.uint64(1) << (mix(np.uint64(name)) >> np.uint64(58))


@numba.njit(nogil=True, cache=True, inline="always")
def _ones(x):  # type: ignore[no-untyped-def]
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))


@numba.njit(nogil=True, cache=True)
def _sign(offsets, values, signatures):  # type: ignore[no-untyped-def]
    for document in range(len(signatures)):
        signature = np.uint64(0)
        for j in range(offsets[document], offsets[document + 1]):
            signature |= _bit(values[j])
        signatures[document] = signature


@numba.njit(nogil=True, cache=True, inline="always")
def _rarest_first(names, post_offsets):  # type: ignore[no-untyped-def]
    """Sort the names by their number of documents and drop those that no document has; how many are left."""
    n = 0
    for i in range(len(names)):
        name = names[i]
        if name >= 0:
            length = post_offsets[name + 1] - post_offsets[name]
            place = n
            while place > 0 and post_offsets[names[place - 1] + 1] - post_offsets[names[place - 1]] > length:
                names[place] = names[place - 1]
                place -= 1
            names[place] = name
            n += 1
    return n


@numba.njit(nogil=True, cache=True, inline="always")
def _enter(document, common, total, rank, best, shared, union, ranks, filled):  # type: ignore[no-untyped-def]
    """Put a document in its place among the best, if it has one there; how many there are now."""
    for t in range(filled):
        if best[t] == document:
            return filled
    place = filled
    while place > 0:
        ahead = common * union[place - 1] - shared[place - 1] * total
        if ahead < 0 or (ahead == 0 and ranks[place - 1] < rank):
            break
        place -= 1
    if place == len(best):
        return filled
    for t in range(min(filled, len(best) - 1), place, -1):
        best[t], shared[t], union[t], ranks[t] = best[t - 1], shared[t - 1], union[t - 1], ranks[t - 1]
    best[place], shared[place], union[place], ranks[place] = document, common, total, rank
    return min(filled + 1, len(best))


@numba.njit(nogil=True, cache=True)
def _search(  # type: ignore[no-untyped-def]
    query_offsets, query_values, first, last, offsets, values, post_offsets, post, size_starts, signatures, seed, found
):
    k = found.shape[1]
    largest = len(size_starts) - 2
    shared, union, ranks = np.zeros(k, np.int64), np.ones(k, np.int64), np.zeros(k, np.uint64)
    candidates, starts = np.empty(CHUNK, np.int32), np.empty(CHUNK, np.int64)
    touched = 0
    for q in range(first, last):
        names = query_values[query_offsets[q] : query_offsets[q + 1]].copy()
        m = len(names)  # with the names that no document has: they are in the union
        n = _rarest_first(names, post_offsets)
        key = seed
        for i in range(n):
            key += mix(np.uint64(names[i]) + np.uint64(0x9E3779B97F4A7C15))
        key = mix(key)
        best = found[q]
        filled = 0
        for i in range(n):
            most = n - i
            at, end = post_offsets[names[i]], post_offsets[names[i] + 1]
            # A document of this list that is in an earlier one as well was compared there, or could not win.
            signature = np.uint64(0)
            for j in range(i, n):
                signature |= _bit(names[j])
            hidden = most - _ones(signature)  # names that share their bit with another
            size = 1
            if filled == k:
                size = (shared[k - 1] * m + union[k - 1] - 1) // union[k - 1]
                if size > largest:
                    break
                at += np.searchsorted(post[at:end], size_starts[size])
            while at < end:
                while post[at] >= size_starts[size + 1]:
                    size += 1
                needed = 1
                if filled == k:
                    a, b = shared[k - 1], union[k - 1]
                    if size > most * b // a + most - m:
                        break
                    needed = (a * (m + size) + a + b - 1) // (a + b)
                # One chunk of documents of this size: first the signatures, then the names of those that passed are
                # fetched, then compared, so that the waits for memory overlap.
                n_candidates = 0
                chunk_end = min(end, at + CHUNK)
                while at < chunk_end and post[at] < size_starts[size + 1]:
                    if _ones(signatures[post[at]] & signature) + hidden >= needed:
                        candidates[n_candidates] = post[at]
                        starts[n_candidates] = offsets[size_starts[size]] + (post[at] - size_starts[size]) * size
                        n_candidates += 1
                    at += 1
                for c in range(n_candidates):
                    touched += values[starts[c]]
                for c in range(n_candidates):
                    common = 0
                    for j in range(starts[c], starts[c] + size):
                        for t in range(n):
                            common += values[j] == names[t]
                    if common >= needed:
                        rank = mix(key ^ mix(np.uint64(candidates[c]) + np.uint64(1)))
                        total = m + size - common
                        filled = _enter(candidates[c], common, total, rank, best, shared, union, ranks, filled)
    return touched
