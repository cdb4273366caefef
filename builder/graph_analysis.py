"""What a concept graph looks like: statistics over all of it by arrays, structure of a part of it by networkx."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from .graph_edges import KINDS, EdgeTable, Kind
from .graph_lists import Array
from .rows import Combination

if TYPE_CHECKING:
    import networkx as nx

    from .graph import ConceptGraph


@dataclass(frozen=True, slots=True)
class SubgraphStatistics:
    """One sub-graph in numbers.

    Attributes:
        nodes: Names with at least one edge, topics and key concepts together.
        edges: Pairs that occur together.
        pairs: The sum of freq(u, v) over the edges.
        degrees: The 50th, 90th and 99th percentile and the largest number of neighbours, over `nodes`.
        frequencies: The same of freq(u, v), over `edges`.
    """

    nodes: int
    edges: int
    pairs: int
    degrees: tuple[int, int, int, int]
    frequencies: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class GraphStatistics:
    """A whole concept graph in numbers.

    Attributes:
        names_of_both_kinds: Strings that are a topic in one place and a key concept in another.
        components: Sets of names that no document joins to another.
        largest_component: Share of names in the largest of them.
    """

    documents: int
    topics: int
    key_concepts: int
    names_of_both_kinds: int
    components: int
    largest_component: float
    subgraphs: dict[Kind, SubgraphStatistics]


def statistics(graph: ConceptGraph) -> GraphStatistics:
    """Degrees, weights and components over the whole graph; counts the edges."""
    component = components(graph)
    sizes = np.bincount(component)
    return GraphStatistics(
        documents=graph.n_documents,
        topics=len(graph.topic_ids),
        key_concepts=len(graph.concept_ids),
        names_of_both_kinds=len(np.intersect1d(graph.topic_ids, graph.concept_ids)),
        components=int(np.count_nonzero(sizes)),
        largest_component=float(sizes.max() / len(component)),
        subgraphs={kind: _of_subgraph(graph.edges(kind), kind != "topic-concept") for kind in KINDS},
    )


def _of_subgraph(table: EdgeTable, one_kind: bool) -> SubgraphStatistics:
    at_start, at_end = degrees(table)
    # A name that is of both kinds is two nodes of the topic-concept graph.
    all_degrees = at_start + at_end if one_kind else np.concatenate([at_start, at_end])
    all_degrees = all_degrees[all_degrees > 0]
    sizes, edges = histogram(table)
    return SubgraphStatistics(
        nodes=len(all_degrees),
        edges=len(table.ends),
        pairs=int(np.sum(sizes * edges)),
        degrees=_percentiles(*np.unique(all_degrees, return_counts=True)),
        frequencies=_percentiles(sizes, edges),
    )


def degrees(table: EdgeTable) -> tuple[Array, Array]:
    """(n_names,) how many edges start at each name in the table, and how many end there."""
    at_end = np.zeros(len(table.offsets) - 1, np.int64)
    _count(table.ends, at_end)
    return np.diff(table.offsets), at_end


def components(graph: ConceptGraph) -> Array:
    """(n_names,) the lowest name of the component of each, where the names of a document are joined."""
    parents = np.arange(len(graph.names), dtype=np.int32)
    members = graph.members
    _join(members.offsets, members.values, parents)
    return parents


def histogram(table: EdgeTable) -> tuple[Array, Array]:
    """(n,) the distinct freq(u, v) of the edges, ascending, and how many edges have each."""
    small = np.zeros(256, np.int64)
    _count(table.small, small)
    sizes, edges = np.unique(table.large[:, 1], return_counts=True)
    held = np.flatnonzero(small[1:]) + 1
    return np.concatenate([held, sizes]), np.concatenate([small[held], edges])


def _percentiles(values: Array, numbers: Array) -> tuple[int, int, int, int]:
    """The 50th, 90th and 99th percentile and the largest of ascending values that occur so often; zeros for none."""
    if not len(values):
        return 0, 0, 0, 0
    done = np.cumsum(numbers)
    ranks = [int(share * (int(done[-1]) - 1)) for share in (0.5, 0.9, 0.99, 1)]
    found = values[np.searchsorted(done, ranks, side="right")]
    return int(found[0]), int(found[1]), int(found[2]), int(found[3])


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a walk, explained.

    Attributes:
        kind: The sub-graph.
        source, target: Names as they are shown.
        count: freq(source, target).
        choices: Neighbours that were not in the walk yet.
        probability: Of this step among them: (freq + eps) over the sum of the same.
    """

    kind: Kind
    source: str
    target: str
    count: int
    choices: int
    probability: float


def explain(graph: ConceptGraph, combination: Combination, epsilon: float = 1e-9) -> list[Step]:
    """The steps of a combination that was sampled from this graph, with their probabilities.

    Raises:
        ValueError: Two names that follow each other do not occur together, so it is no walk of this graph.
    """
    nodes = [("topic", name) for name in combination.topics] + [("concept", name) for name in combination.concepts]
    visited: set[int] = set()
    steps: list[Step] = []
    for (of_u, source), (of_v, target) in pairwise(nodes):
        kind: Any = f"{of_u}-{of_v}"
        visited.add(graph.number(source))
        ends, counts = graph.neighbour_counts(graph.number(source), kind)
        free = ~np.isin(ends, list(visited))
        ends, counts = ends[free], counts[free]
        at = np.flatnonzero(ends == graph.number(target))
        if not len(at):
            raise ValueError(f"{source!r} to {target!r}: no {kind} step of this graph; was it sampled from another?")
        weights = counts + epsilon
        steps.append(Step(kind, source, target, int(counts[at[0]]), len(ends), float(weights[at[0]] / weights.sum())))
    return steps


def neighbourhood(graph: ConceptGraph, name: str, limit: int = 200) -> list[str]:
    """A concept and the names that share the most documents with it, at most `limit` in all.

    Raises:
        ValueError: The graph does not hold the name.
    """
    number = graph.number(name)
    if number < 0:
        raise ValueError(f"{name!r}: no such topic or key concept in a graph of {len(graph.names)} names")
    totals: dict[int, int] = {}
    for kind in ("topic-topic", "topic-concept", "concept-topic", "concept-concept"):
        ends, counts = graph.neighbour_counts(number, kind)
        for end, count in zip(ends.tolist(), counts.tolist(), strict=True):
            totals[end] = totals.get(end, 0) + count
    totals.pop(number, None)
    nearest = sorted(totals, key=lambda end: (-totals[end], end))[: limit - 1]
    return [graph.names[number], *(graph.names[end] for end in nearest)]


def communities(part: nx.Graph[str], seed: int = 0) -> list[set[str]]:
    """Groups of nodes that occur together more than with others (Louvain on freq), largest first."""
    import networkx as nx

    found: Iterable[set[str]] = nx.community.louvain_communities(part, weight="count", seed=seed)
    return sorted(found, key=lambda nodes: (-len(nodes), min(nodes)))


def central(part: nx.Graph[str], k: int = 20) -> list[tuple[str, float]]:
    """The k nodes where a long walk by freq would be most often (PageRank), with their share."""
    import networkx as nx

    ranks: dict[str, float] = nx.pagerank(part, weight="count")
    return sorted(ranks.items(), key=lambda item: (-item[1], item[0]))[:k]


def bridges_between(part: nx.Graph[str], groups: list[set[str]], k: int = 20) -> list[tuple[str, float]]:
    """The k nodes whose edges are spread most evenly over the groups: concepts that join subjects.

    The measure is the participation coefficient, 1 - Σ over groups of (share of the node's freq in the group)², after
    Guimerà and Amaral 2005, times log(1 + degree), so that a node with two edges does not come first.
    """
    group_of = {node: i for i, nodes in enumerate(groups) for node in nodes}
    scores: dict[str, float] = {}
    for node in part:
        shares = np.zeros(len(groups))
        for other, about in part[node].items():
            shares[group_of[other]] += about["count"]
        if shares.sum() > 0:
            participation = 1.0 - float(np.sum((shares / shares.sum()) ** 2))
            scores[node] = participation * float(np.log1p(len(part[node])))
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:k]


@numba.njit(nogil=True, cache=True)
def _count(values, counts):  # type: ignore[no-untyped-def]
    for value in values:
        counts[value] += 1


@numba.njit(nogil=True, cache=True)
def _root(parents, name):  # type: ignore[no-untyped-def]
    while parents[name] != name:
        parents[name] = parents[parents[name]]
        name = parents[name]
    return name


@numba.njit(nogil=True, cache=True)
def _join(offsets, values, parents):  # type: ignore[no-untyped-def]
    for row in range(len(offsets) - 1):
        if offsets[row] == offsets[row + 1]:
            continue
        first = _root(parents, values[offsets[row]])
        for j in range(offsets[row] + 1, offsets[row + 1]):
            other = _root(parents, values[j])
            # The lower name is the root, so that the outcome does not depend on the order of documents.
            if other < first:
                parents[first] = other
                first = other
            else:
                parents[other] = first
    for name in range(len(parents)):
        parents[name] = _root(parents, name)
