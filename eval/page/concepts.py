"""The concept graph of a run as the page explores it: places, neighbours, and the documents nearest to each concept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...builder.graph import ConceptGraph
from ...builder.graph_analysis import communities
from .documents import Numbered
from .layout import positions

if TYPE_CHECKING:
    import networkx as nx
    from scipy.sparse import csr_matrix

MOST_NODES = 3_000
NEIGHBOURS = 24  # listed for each concept
DRAWN = 3  # edges that each concept has drawn: those to its most similar neighbours
DOCUMENTS = 4
GROUPS = 7  # the largest communities have a colour; the others share one


def concept_map(graph: ConceptGraph, most_nodes: int, seed: int, numbered: Numbered) -> dict[str, Any]:
    """The commonest concepts of a graph, ready to be drawn and searched; names as topic and as key concept are one.

    Args:
        numbered: takes the documents that the map refers to.

    Returns:
        For each node names, kinds (1 topic, 2 key concept, 3 both), documents (how many), x, y, group, neighbours
        ([node, documents together, ...]) and nearest (numbers of documents); edges as flat pairs of nodes; and the
        totals of the whole graph.
    """
    members = graph.members
    holders = members.transposed(len(graph.names))
    documents = holders.lengths
    chosen = np.lexsort((np.arange(len(documents)), -documents))[:most_nodes]
    together = _together(members, chosen)
    starts, ends, strengths = _strongest(together, documents[chosen])
    groups = _groups(len(chosen), starts, ends, strengths, seed)
    places = positions(len(chosen), starts, ends, strengths, groups, seed)
    names = [graph.names[number] for number in chosen.tolist()]
    nearest = graph.nearest_documents_of([[name] for name in names], k=DOCUMENTS)
    kinds = (graph.documents_per_topic[chosen] > 0) + 2 * (graph.documents_per_concept[chosen] > 0)
    return {
        "names": names,
        "kinds": kinds.tolist(),
        "documents": documents[chosen].tolist(),
        "x": np.round(places[:, 0], 4).tolist(),
        "y": np.round(places[:, 1], 4).tolist(),
        "group": np.minimum(groups, GROUPS).tolist(),
        "edges": np.stack([starts, ends], axis=1).ravel().tolist(),
        "neighbours": [_neighbours(together, node) for node in range(len(chosen))],
        "nearest": [[numbered.number(name) for name in found] for found in nearest],
        "all_names": len(graph.names),
        "topics": len(graph.topic_ids),
        "key_concepts": len(graph.concept_ids),
        "all_documents": graph.n_documents,
    }


def load_graph(stage: Path) -> ConceptGraph | None:
    """The graph that the graph stage saved; None where it has not yet."""
    folder = stage / "graph"
    return ConceptGraph.load(folder) if (folder / "graph.json").exists() else None


def _together(members: Any, chosen: NDArray[np.int64]) -> csr_matrix:
    """(n, n) how many documents hold both of two chosen names; nothing on the diagonal."""
    from scipy.sparse import csr_matrix

    place = np.full(int(max(members.values.max(initial=0), chosen.max(initial=0))) + 1, -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    columns = place[members.values]
    rows = np.repeat(np.arange(len(members)), members.lengths)[columns >= 0]
    columns = columns[columns >= 0]
    held = csr_matrix((np.ones(len(columns), np.int64), (rows, columns)), shape=(len(members), len(chosen)))
    counted = csr_matrix(held.T @ held)
    counted.setdiag(0)
    counted.eliminate_zeros()
    counted.sort_indices()
    return counted


def _strongest(
    together: csr_matrix, documents: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The edges that are drawn: of each node those of the highest cosine of their documents, each pair once."""
    pairs: dict[tuple[int, int], float] = {}
    for node in range(len(documents)):
        row = slice(together.indptr[node], together.indptr[node + 1])
        ends = together.indices[row]
        cosine = together.data[row] / np.sqrt(documents[node] * documents[ends])
        for at in np.lexsort((ends, -cosine))[:DRAWN].tolist():
            end = int(ends[at])
            pairs[min(node, end), max(node, end)] = float(cosine[at])
    joined = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    return joined[:, 0].copy(), joined[:, 1].copy(), np.array([pairs[pair] for pair in sorted(pairs)], np.float64)


def _groups(
    n_nodes: int, starts: NDArray[np.int64], ends: NDArray[np.int64], strengths: NDArray[np.float64], seed: int
) -> NDArray[np.int64]:
    """(n_nodes,) the community of each node, the largest 0."""
    import networkx as nx

    part: nx.Graph[str] = nx.Graph()
    part.add_nodes_from(f"{node:07d}" for node in range(n_nodes))
    for start, end, strength in zip(starts.tolist(), ends.tolist(), strengths.tolist(), strict=True):
        part.add_edge(f"{start:07d}", f"{end:07d}", count=strength)
    groups = np.zeros(n_nodes, np.int64)
    for number, nodes in enumerate(communities(part, seed)):
        groups[[int(node) for node in nodes]] = number
    return groups


def _neighbours(together: csr_matrix, node: int) -> list[int]:
    row = slice(together.indptr[node], together.indptr[node + 1])
    ends, counts = together.indices[row], together.data[row]
    best = np.lexsort((ends, -counts))[:NEIGHBOURS]
    return [int(value) for pair in zip(ends[best], counts[best], strict=True) for value in pair]
