"""The same work by other means: naive Python on networkx, tuned Python, scipy, duckdb.

Naive is what one writes first, after the text of the paper. Tuned Python is what an experienced programmer makes of it
without arrays: interning by dictionary, adjacency counted by `Counter.update` at C speed, cumulative weights cached per
node, an inverted index.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Document = tuple[list[int], list[int]]
"""Topics and key concepts, each without repeats."""
Edges = tuple[int, int]
"""How many edges, and the sum of their counts."""
EPSILON = 1e-9


class NaiveGraph:
    """Three networkx graphs, counted pair by pair; a step computes the softmax over all neighbours."""

    def __init__(self, documents: Sequence[Document]) -> None:
        import networkx as nx

        self.tt, self.tc, self.cc = nx.Graph(), nx.Graph(), nx.Graph()
        for topics, concepts in documents:
            for u, v in itertools.combinations(topics, 2):
                _count(self.tt, ("topic", u), ("topic", v))
            for u, v in itertools.product(topics, concepts):
                _count(self.tc, ("topic", u), ("concept", v))
            for u, v in itertools.combinations(concepts, 2):
                _count(self.cc, ("concept", u), ("concept", v))
        for graph in (self.tt, self.tc, self.cc):
            for _, _, about in graph.edges(data=True):
                about["weight"] = math.log(about["count"] + EPSILON)

    def edges(self) -> Edges:
        graphs = (self.tt, self.tc, self.cc)
        total = sum(count for graph in graphs for *_, count in graph.edges(data="count"))
        return sum(graph.number_of_edges() for graph in graphs), total

    def walk(self, topic: int, rng: random.Random) -> list[tuple[str, int]]:
        walk = [("topic", topic)]
        for _ in range(rng.randint(1, 2)):
            self._step(self.tt, walk, rng)
        if self._step(self.tc, walk, rng):
            for _ in range(rng.randint(3, 4)):
                self._step(self.cc, walk, rng)
        return walk

    def _step(self, graph: Any, walk: list[tuple[str, int]], rng: random.Random) -> bool:
        at = walk[-1]
        if at not in graph:
            return False
        free = [v for v in graph[at] if v not in walk]
        if not free:
            return False
        exps = [math.exp(graph[at][v]["weight"]) for v in free]
        total = sum(exps)
        walk.append(rng.choices(free, [e / total for e in exps])[0])
        return True


def _count(graph: Any, u: Any, v: Any) -> None:
    if graph.has_edge(u, v):
        graph[u][v]["count"] += 1
    else:
        graph.add_edge(u, v, count=1)


class TunedGraph:
    """Adjacency as counters of integers; cumulative frequencies cached per node; drawn again where visited."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.tt: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self.tc: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self.cc: defaultdict[int, Counter[int]] = defaultdict(Counter)
        for topics, concepts in documents:
            for u in topics:
                self.tt[u].update(topics)
                self.tc[u].update(concepts)
            for u in concepts:
                self.cc[u].update(concepts)
        self._cached: dict[tuple[int, int], tuple[list[int], list[int]]] = {}

    def edges(self) -> Edges:
        # Both directions and the node itself were counted, which is faster than to leave them out.
        n = total = 0
        for halved, adjacency in ((True, self.tt), (False, self.tc), (True, self.cc)):
            for u, counter in adjacency.items():
                own = counter[u] if halved else 0
                n += (len(counter) - 1) if halved else 2 * len(counter)
                total += (sum(counter.values()) - own) * (1 if halved else 2)
        return n // 2, total // 2

    def walk(self, topic: int, rng: random.Random) -> tuple[list[int], list[int]]:
        topics, concepts = [topic], list[int]()
        for _ in range(1 + (rng.random() < 0.5)):
            v = self._step(0, self.tt, topics[-1], topics, concepts, rng)
            if v < 0:
                break
            topics.append(v)
        v = self._step(1, self.tc, topics[-1], topics, concepts, rng)
        if v >= 0:
            concepts.append(v)
            for _ in range(3 + (rng.random() < 0.5)):
                v = self._step(2, self.cc, concepts[-1], topics, concepts, rng)
                if v < 0:
                    break
                concepts.append(v)
        return topics, concepts

    def _step(
        self, kind: int, adjacency: Any, u: int, topics: list[int], concepts: list[int], rng: random.Random
    ) -> int:
        cached = self._cached.get((kind, u))
        if cached is None:
            counter = adjacency.get(u, {})
            ends = [v for v in counter if v != u]
            cached = self._cached[kind, u] = ends, list(itertools.accumulate(counter[v] for v in ends))
        ends, cumulative = cached
        if not ends:
            return -1
        for _ in range(16):
            v = ends[bisect_right(cumulative, rng.random() * cumulative[-1])]
            if v not in topics and v not in concepts:
                return v
        free = [v for v in ends if v not in topics and v not in concepts]
        return rng.choices(free, [adjacency[u][v] for v in free])[0] if free else -1


def nearest_by_scan(query: Sequence[int], sets: Sequence[frozenset[int]]) -> list[float]:
    """The two highest Jaccard similarities, over all documents."""
    wanted = frozenset(query)
    return heapq.nlargest(2, (len(wanted & held) / len(wanted | held) for held in sets))


def nearest_by_index(query: Sequence[int], postings: Sequence[list[int]], sizes: Sequence[int]) -> list[float]:
    """The same by an inverted index; documents that share nothing are left out."""
    shared = Counter(itertools.chain.from_iterable([postings[name] for name in query]))
    m = len(query)
    best = second = 0.0
    for document, common in shared.items():
        similarity = common / (m + sizes[document] - common)
        if similarity > second:
            best, second = max(best, similarity), min(best, similarity)
    return [best, second]


def nearest_by_scipy(queries: Any, members: Any, sizes: Array) -> Array:
    """(n, 2) the two highest similarities, by sparse products of 1,000 queries at a time.

    Args:
        queries: (n_queries, n_names) CSR of ones.
        members: (n_documents, n_names) CSR of ones.
    """
    found = np.zeros((queries.shape[0], 2))
    transposed = members.T.tocsr()
    for first in range(0, queries.shape[0], 1_000):
        batch = queries[first : first + 1_000]
        shared = (batch @ transposed).tocsr()
        m = np.repeat(np.diff(batch.indptr), np.diff(shared.indptr))
        similarity = shared.data / (m + sizes[shared.indices] - shared.data)
        for row in range(batch.shape[0]):
            of_row = similarity[shared.indptr[row] : shared.indptr[row + 1]]
            best = np.partition(of_row, len(of_row) - 2)[-2:][::-1] if len(of_row) > 1 else of_row
            found[first + row, : len(best)] = best
    return found


def edges_by_scipy(topics: Any, concepts: Any) -> Edges:
    """B'B of the documents' incidence matrices, (n_documents, n_names) CSR of int32 ones; upper triangles."""
    from scipy import sparse

    n = total = 0
    for u, v, halved in ((topics, topics, True), (topics, concepts, False), (concepts, concepts, True)):
        product = u.T.tocsr() @ v
        if halved:
            product = sparse.triu(product, k=1, format="csr")
        n += product.nnz
        total += int(product.data.sum(dtype=np.int64))
    return n, total


def edges_by_duckdb(topics: Any, concepts: Any, threads: int) -> Edges:
    """A self-join of (document, name) tables, grouped and kept as tables."""
    import duckdb

    n = total = 0
    with duckdb.connect() as connection:
        connection.execute(f"SET threads = {threads}")
        connection.register("topics", topics)
        connection.register("concepts", concepts)
        for i, (u, v, where) in enumerate(
            (
                ("topics", "topics", "WHERE a.name < b.name"),
                ("topics", "concepts", ""),
                ("concepts", "concepts", "WHERE a.name < b.name"),
            )
        ):
            connection.execute(
                f"CREATE TABLE edges{i} AS SELECT a.name AS u, b.name AS v, count(*)::INT AS freq "
                f"FROM {u} a JOIN {v} b USING (document) {where} GROUP BY ALL"
            )
            row = connection.execute(f"SELECT count(*), sum(freq) FROM edges{i}").fetchone()
            assert row is not None
            n, total = n + row[0], total + int(row[1] or 0)
    return n, total


def interned_naively(rows: Sequence[tuple[list[str], list[str]]], key: Callable[[str], str]) -> list[Document]:
    """Every string normalised where it stands, then numbered by a dictionary."""
    numbers: dict[str, int] = {}

    def numbered(names: list[str]) -> list[int]:
        found = []
        for name in names:
            folded = key(name)
            if folded not in numbers:
                numbers[folded] = len(numbers)
            if numbers[folded] not in found:
                found.append(numbers[folded])
        return found

    return [(numbered(topics), numbered(concepts)) for topics, concepts in rows]


def interned_by_dictionary(rows: Sequence[tuple[list[str], list[str]]], key: Callable[[str], str]) -> list[Document]:
    """Every distinct string normalised once."""
    numbers: dict[str, int] = {}

    class Forms(dict[str, int]):
        def __missing__(self, name: str) -> int:
            self[name] = number = numbers.setdefault(key(name), len(numbers))
            return number

    forms = Forms()
    return [
        (list(dict.fromkeys([forms[t] for t in topics])), list(dict.fromkeys([forms[c] for c in concepts])))
        for topics, concepts in rows
    ]
