"""The concept graph as a networkx graph, and back.

A node of networkx is the string "topic: NAME" or "concept: NAME", with the attributes `kind`, `name` and `documents`;
an edge has `count`, freq(u, v), and `weight`, log(freq + eps). Strings and numbers only, so that GraphML holds them.
With `documents=True` the documents are nodes as well ("document: ID"), joined to what they hold, and the concept graph
comes back exactly. Without them, an edge of count c comes back as c documents that hold its two ends: the walks are the
same, the documents are made up.

networkx takes about a kilobyte per edge; give it a part of a large graph.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import CorpusError
from .graph_edges import KINDS
from .graph_lists import Array
from .rows import Concepts

if TYPE_CHECKING:
    import networkx as nx

    from .graph import ConceptGraph

EPSILON = 1e-9


def to_networkx(graph: ConceptGraph, names: Collection[str] | None, documents: bool) -> nx.Graph[str]:
    """Nodes and counted edges, of the whole graph or among some names."""
    import networkx as nx

    result: nx.Graph[str] = nx.Graph()
    wanted = np.ones(len(graph.names), np.bool_)
    if names is not None:
        wanted[:] = False
        wanted[[number for number in map(graph.number, names) if number >= 0]] = True
    for kind, of_kind, counts in (
        ("topic", graph.topic_ids, graph.documents_per_topic),
        ("concept", graph.concept_ids, graph.documents_per_concept),
    ):
        for number in of_kind[wanted[of_kind]].tolist():
            name = graph.names[number]
            result.add_node(f"{kind}: {name}", kind=kind, name=name, documents=int(counts[number]))
    for kind in KINDS:
        of_u, of_v = kind.split("-")
        for u, v, count in edges_among(graph, kind, wanted if names is not None else None):
            result.add_edge(
                f"{of_u}: {graph.names[u]}",
                f"{of_v}: {graph.names[v]}",
                count=count,
                weight=float(np.log(count + EPSILON)),
            )
    if documents:
        for row in graph.rows():
            held = [("topic", name) for name in row.topics] + [("concept", name) for name in row.concepts]
            held = [(kind, name) for kind, name in held if f"{kind}: {name}" in result]
            if held:
                node = f"document: {row.document_id}"
                result.add_node(node, kind="document", name=row.document_id, documents=1)
                result.add_edges_from((node, f"{kind}: {name}", {"count": 1, "weight": 0.0}) for kind, name in held)
    return result


def edges_among(graph: ConceptGraph, kind: Any, wanted: Array | None) -> Iterator[tuple[int, int, int]]:
    """(u, v, freq) of one sub-graph; among the wanted names only, row by row, without the edge table."""
    if wanted is None:
        table = graph.edges(kind)
        yield from zip(table.starts.tolist(), table.ends.tolist(), table.counts.tolist(), strict=True)
        return
    of_u = graph.topic_ids if kind.startswith("topic") else graph.concept_ids
    for u in of_u[wanted[of_u]].tolist():
        ends, counts = graph.neighbour_counts(u, kind)
        keep = wanted[ends] if kind == "topic-concept" else wanted[ends] & (ends > u)
        for v, count in zip(ends[keep].tolist(), counts[keep].tolist(), strict=True):
            yield u, v, count


def rows_of_networkx(graph: nx.Graph[Any]) -> Iterator[Concepts]:
    """The documents of a networkx graph of the form that `to_networkx` makes.

    Raises:
        CorpusError: A node has no kind, or an edge no count.
    """
    kinds: dict[Any, tuple[str, str]] = {}
    for node, about in graph.nodes(data=True):
        kind = about.get("kind")
        if kind not in ("topic", "concept", "document"):
            raise CorpusError(f"node {node!r}: expected a `kind` of topic, concept or document, found {kind!r}")
        kinds[node] = kind, str(about.get("name", node))
    documents = [node for node, (kind, _) in kinds.items() if kind == "document"]
    if documents:
        for node in documents:
            held = sorted(kinds[other] for other in graph.neighbors(node))
            yield _row(kinds[node][1], held)
        return
    for u, v, about in graph.edges(data=True):
        count = about.get("count")
        if not isinstance(count, int | np.integer) or count < 1:
            raise CorpusError(f"edge {u!r} to {v!r}: expected a whole `count` of documents >= 1, found {count!r}")
        for i in range(int(count)):
            yield _row(f"{u} | {v} | {i}", [kinds[u], kinds[v]])
    for node in graph:
        if graph.degree(node) == 0:
            yield _row(str(node), [kinds[node]])


def _row(document_id: str, held: list[tuple[str, str]]) -> Concepts:
    return Concepts(
        document_id,
        tuple(name for kind, name in held if kind == "topic"),
        tuple(name for kind, name in held if kind == "concept"),
    )
