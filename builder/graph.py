"""The concept graph: topics and key concepts of all documents, walks over them, and the documents nearest to a walk.

A node is a name together with its kind, topic or key concept; a string that is used as both is one of each. An edge
joins two nodes that one document holds; freq(u, v) is the number of such documents. There are three sub-graphs:
topic-topic, topic-concept, concept-concept. Steps and searches work on the documents' lists of names and their
transpose; the edges themselves are counted when they are asked for.

    graph = ConceptGraph.from_concepts(rows)
    for combination in graph.sample(epochs=5, seed=0): ...
    graph.save(folder); ConceptGraph.load(folder)

Source: Qin et al. 2025, arXiv 2503.19551, level 3, after Tang et al. 2024, arXiv 2403.02884.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import graph_incidence, graph_read, graph_sample
from .concept_names import ConceptNames, read_aliases
from .errors import StageError
from .graph_edges import KINDS, EdgeTable, Kind, count_pairs
from .graph_incidence import Dropped, Incidence
from .graph_lists import Array, Lists, in_order, merged_lists, offsets_of
from .graph_nearest import NearestIndex
from .graph_sample import Sample, SampleOptions
from .graph_steps import Subgraph
from .graph_strings import hashes
from .graph_walk import PAPER, Procedure, Walks
from .rows import Combination, Concepts

if TYPE_CHECKING:
    import networkx as nx

MAX_NAMES_PER_DOCUMENT = 512
MAX_NAME_CHARS = 200


class ConceptGraph:
    """The concept graph of a set of documents.

    Make one by `from_concepts`, `from_parquet`, `load` or `from_networkx`.
    """

    def __init__(self, incidence: Incidence, names: ConceptNames, postings: tuple[Lists, Lists] | None = None) -> None:
        self._incidence = incidence
        self._names = names
        if postings is None:
            n = len(incidence.keys)
            postings = incidence.topics.transposed(n), incidence.concepts.transposed(n)
        self._topic_postings, self._concept_postings = postings
        self._edges: dict[Kind, EdgeTable] = {}
        self.threads = os.cpu_count() or 1

    @classmethod
    def from_concepts(
        cls,
        rows: Iterable[Concepts | Mapping[str, Any]],
        *,
        aliases: Path | str | Mapping[str, str] | None = None,
        max_names_per_document: int = MAX_NAMES_PER_DOCUMENT,
        max_name_chars: int = MAX_NAME_CHARS,
    ) -> Self:
        """Build the graph of what documents teach.

        Args:
            rows: `Concepts`, or mappings with `document_id` (or `id`), `topics` and `concepts` (or `key_concepts`).
            aliases: Other names of concepts: a file (see `concept_aliases.txt`), a mapping, or None for ours.
            max_names_per_document: Most topics, and most key concepts, taken from one document; others are counted.
            max_name_chars: A longer name is dropped and counted.
        Raises:
            CorpusError: A row is not of that form.
            StageError: No document holds a concept.
        """
        batches = graph_read.batches_of_rows(rows)
        return cls._from_batches(batches, aliases, max_names_per_document, max_name_chars)

    @classmethod
    def from_parquet(
        cls,
        paths: Path | str | Sequence[Path | str],
        *,
        aliases: Path | str | Mapping[str, str] | None = None,
        max_names_per_document: int = MAX_NAMES_PER_DOCUMENT,
        max_name_chars: int = MAX_NAME_CHARS,
    ) -> Self:
        """Build the graph from parquet shards with the columns of `Concepts`, in the order given.

        Raises:
            CorpusError: A shard cannot be read or lacks a column.
            StageError: No document holds a concept.
        """
        files = [paths] if isinstance(paths, str | Path) else paths
        batches = graph_read.batches_of_parquet([Path(path) for path in files])
        return cls._from_batches(batches, aliases, max_names_per_document, max_name_chars)

    @classmethod
    def _from_batches(
        cls,
        batches: Iterable[graph_read.Batch],
        aliases: Path | str | Mapping[str, str] | None,
        max_names_per_document: int,
        max_name_chars: int,
    ) -> Self:
        names = ConceptNames(read_aliases(aliases))
        incidence = graph_read.read(batches, names, max_names_per_document, max_name_chars, threads=os.cpu_count() or 1)
        if not len(incidence.topics):
            raise StageError(
                f"concept graph: none of the {incidence.dropped.documents_without_concepts} documents given holds a "
                "topic or key concept; expected at least one; check what extraction returned"
            )
        return cls(incidence, names)

    def merged(self, other: ConceptGraph) -> ConceptGraph:
        """The graph of the documents of both. A document that is in both counts once, as it is in this one.

        Raises:
            StageError: The graphs were built with different aliases.
        """
        if self._names.aliases != other._names.aliases:
            raise StageError(
                f"concept graph: cannot merge graphs with different aliases ({len(self._names.aliases)} and "
                f"{len(other._names.aliases)} of them); build one with `aliases=other.aliases`"
            )
        return ConceptGraph(graph_incidence.merged(self._incidence, other._incidence), self._names)

    @classmethod
    def from_networkx(cls, graph: nx.Graph[Any], aliases: Path | str | Mapping[str, str] | None = None) -> Self:
        """Build the graph from one of networkx, of the form that `to_networkx` makes (see `graph_networkx.py`).

        Raises:
            CorpusError: A node has no kind, or an edge no count.
            StageError: There is no node.
        """
        from .graph_networkx import rows_of_networkx

        return cls.from_concepts(rows_of_networkx(graph), aliases=aliases)

    def to_networkx(self, names: Collection[str] | None = None, documents: bool = False) -> nx.Graph[str]:
        """The graph, or the part of it among some names, as one of networkx (see `graph_networkx.py`).

        Args:
            names: Keep these only; for large graphs, such as `graph_analysis.neighbourhood(graph, name)`.
            documents: Whether documents are nodes as well, so that `from_networkx` gives back the same graph.
        """
        from .graph_networkx import to_networkx

        return to_networkx(self, names, documents)

    # What the graph holds

    @property
    def n_documents(self) -> int:
        """Documents that hold at least one name."""
        return len(self._incidence.topics)

    @cached_property
    def topic_ids(self) -> Array:
        """(n_topics,) int32 the names that are topics."""
        return np.flatnonzero(self._topic_postings.lengths).astype(np.int32)

    @cached_property
    def concept_ids(self) -> Array:
        """(n_key_concepts,) int32 the names that are key concepts."""
        return np.flatnonzero(self._concept_postings.lengths).astype(np.int32)

    @cached_property
    def names(self) -> list[str]:
        """(n_names,) the form of each name that is shown."""
        return self._incidence.names.to_pylist()  # type: ignore[no-any-return]

    def shown(self, numbers: Array) -> Array:
        """(n_names,) objects: of some names the form that is shown, None for the others."""
        asked = np.zeros(len(self._topic_postings), np.bool_)
        asked[numbers] = True
        forms = np.empty(len(asked), object)
        forms[asked] = self._incidence.names.filter(pa.array(asked)).to_pylist()
        return forms

    @property
    def aliases(self) -> dict[str, str]:
        """Other name -> name, as the graph was built."""
        return dict(self._names.aliases)

    @property
    def dropped(self) -> Dropped:
        """What was given and is not in the graph."""
        return self._incidence.dropped

    @cached_property
    def _number_of_key(self) -> dict[str, int]:
        return {key: number for number, key in enumerate(self._incidence.keys.to_pylist())}

    def number(self, name: str) -> int:
        """The number of a name, in whatever form it is written; -1 where the graph does not hold it."""
        return self._number_of_key.get(self._names.key(name), -1)

    @property
    def documents_per_topic(self) -> Array:
        """(n_names,) int64, how many documents have each name as a topic."""
        return self._topic_postings.lengths

    @property
    def documents_per_concept(self) -> Array:
        """(n_names,) int64, how many documents have each name as a key concept."""
        return self._concept_postings.lengths

    @cached_property
    def members(self) -> Lists:
        """For each document, its distinct names of either kind: the concept set that a search compares."""
        return merged_lists(self._incidence.topics, self._incidence.concepts)

    def rows(self) -> Iterator[Concepts]:
        """The documents as the graph holds them: names in the form that is shown, by alphabet of their keys."""
        ids = self._incidence.document_ids.to_pylist()
        for document, document_id in enumerate(ids):
            topics, concepts = self._incidence.topics[document], self._incidence.concepts[document]
            yield Concepts(
                document_id,
                tuple(self.names[number] for number in topics.tolist()),
                tuple(self.names[number] for number in concepts.tolist()),
            )

    def documents_of(self, name: str, kind: Literal["topic", "concept"] | None = None) -> tuple[str, ...]:
        """The ids of the documents that hold a name, as a topic, as a key concept, or either; none if unknown.

        Documents with fewer names come first.
        """
        number = self.number(name)
        if number < 0:
            return ()
        sides = {"topic": self._topic_postings, "concept": self._concept_postings}
        held = [postings[number] for side, postings in sides.items() if kind in (None, side)]
        return tuple(self._incidence.document_ids.take(pa.array(np.unique(np.concatenate(held)))).to_pylist())

    def _sides(self, kind: Kind | Literal["concept-topic"]) -> tuple[Lists, Lists]:
        """The documents of each u, and the v of each document."""
        of_u, of_v = kind.split("-")
        return (
            self._topic_postings if of_u == "topic" else self._concept_postings,
            self._incidence.topics if of_v == "topic" else self._incidence.concepts,
        )

    def neighbour_counts(self, number: int, kind: Kind | Literal["concept-topic"]) -> tuple[Array, Array]:
        """(n,) the neighbours of a name in one sub-graph, ascending, and freq of each; needs no edge table."""
        postings, members = self._sides(kind)
        ends, counts = np.unique(members.taken(postings[number]).values, return_counts=True)
        if kind in ("topic-topic", "concept-concept"):
            return ends[ends != number], counts[ends != number]
        return ends, counts

    def neighbours(self, name: str, kind: Kind | Literal["concept-topic"]) -> list[tuple[str, int]]:
        """The neighbours of a name in one sub-graph with freq of each, the most frequent first; none if unknown."""
        number = self.number(name)
        if number < 0:
            return []
        ends, counts = self.neighbour_counts(number, kind)
        order = np.lexsort((ends, -counts))
        return [(self.names[i], count) for i, count in zip(ends[order].tolist(), counts[order].tolist(), strict=True)]

    def edges(self, kind: Kind) -> EdgeTable:
        """The counted edges of one sub-graph; counted on first use, and kept."""
        if kind not in KINDS:
            raise ValueError(f"edges: {kind!r} is no sub-graph; known are {', '.join(KINDS)}")
        if kind not in self._edges:
            n_names, one_kind = len(self._topic_postings), kind != "topic-concept"
            self._edges[kind] = count_pairs(*self._sides(kind), one_kind, n_names, self.threads)
        return self._edges[kind]

    # Walks

    @cached_property
    def subgraphs(self) -> tuple[Subgraph, Subgraph, Subgraph]:
        """Topic-topic, topic-concept and concept-concept, ready to be walked on."""
        topic_topic, topic_concept, concept_concept = in_order(
            lambda kind: Subgraph.of(*self._sides(kind), kind != "topic-concept"), KINDS, self.threads
        )
        return topic_topic, topic_concept, concept_concept

    def sample(self, epochs: int = 5, seed: int = 0, **options: Unpack[SampleOptions]) -> list[Combination]:
        """Combinations of concepts, by walks from every topic in turn.

        A walk takes some steps on the topic sub-graph, one on the topic-concept sub-graph and some on the concept
        sub-graph, never to a name that it holds already. Walks that lead to a combination which an earlier one led to
        are dropped; `sample_counted` tells how many. The same arguments give the same result with any number of
        threads.

        Args:
            epochs: How often every topic is the start of a walk.
            seed: Chooses the walks, and among equally near documents.
            options: See `graph_sample.SampleOptions`; the defaults are the paper's.
        Raises:
            StageError: The graph holds no topic to start from.
            ValueError: A count or a range makes no sense.
        """
        return self.sample_counted(epochs, seed, **options).combinations

    def sample_counted(self, epochs: int = 5, seed: int = 0, **options: Unpack[SampleOptions]) -> Sample:
        """`sample`, with what was drawn and dropped beside it."""
        return graph_sample.sample(self, epochs, seed, **options)

    def walks(
        self,
        epochs: int = 5,
        seed: int = 0,
        procedure: Procedure = PAPER,
        candidates: int = 1,
        used: Sequence[Combination] = (),
    ) -> Walks:
        """All walks of `sample` as arrays, for more of them than rows of Python can be held."""
        return graph_sample.walks(self, epochs, seed, procedure, candidates, used)

    @cached_property
    def name_hashes(self) -> Array:
        """(n_names,) uint64 of the keys, the same in every graph, of which the ids of combinations are made."""
        return hashes(self._incidence.keys)

    # Documents

    @cached_property
    def nearest_index(self) -> NearestIndex:
        """The documents, ready to be searched."""
        return NearestIndex.of(self.members, merged_lists(self._topic_postings, self._concept_postings))

    def nearest_documents(self, concepts: Iterable[str] | Combination, k: int = 2, seed: int = 0) -> tuple[str, ...]:
        """The documents whose concept sets are most similar, by Jaccard similarity, most similar first.

        The concept set of a document is its topics and key concepts, each name once. Names are looked up in any form.

        Args:
            concepts: Names, or a combination.
            k: How many documents; fewer come back where fewer share any name.
            seed: Chooses among equally similar documents.
        """
        return self.nearest_documents_of([concepts], k, seed)[0]

    def nearest_documents_of(
        self, sets: Iterable[Iterable[str] | Combination], k: int = 2, seed: int = 0
    ) -> list[tuple[str, ...]]:
        """`nearest_documents` of many sets of names."""
        if k < 1 or not 0 <= seed < 1 << 63:
            raise ValueError(f"k and seed: expected k >= 1 and 0 <= seed < 2**63, given {k} and {seed}")
        numbers: list[int] = []
        lengths: list[int] = []
        for concepts in sets:
            if isinstance(concepts, str):
                raise TypeError(f"concepts: expected names, given the one string {concepts[:40]!r}; put it in a list")
            words = concepts.walk if isinstance(concepts, Combination) else concepts
            keys = {self._names.key(word) for word in words} - {""}
            numbers.extend(self._number_of_key.get(key, -1) for key in keys)
            lengths.append(len(keys))
        queries = Lists(offsets_of(np.array(lengths, np.int64)), np.array(numbers, np.int32))
        return self.document_ids(self.nearest_index.nearest(queries, k, seed, self.threads))

    def document_ids(self, documents: Array) -> list[tuple[str, ...]]:
        """(n, k) numbers of documents as ids, row by row; -1 is left out."""
        flat = documents.ravel()
        indices = pa.array(np.maximum(flat, 0))
        ids = pc.if_else(pa.array(flat >= 0), self._incidence.document_ids.take(indices), None).to_pylist()
        k = documents.shape[1]
        return [tuple([i for i in ids[at : at + k] if i is not None]) for at in range(0, len(ids), k)]

    # Files

    def save(self, folder: Path | str) -> None:
        """Write the graph as arrays that are mapped into memory on load, and its strings as parquet.

        Raises:
            StoreError: The folder holds something else, or cannot be written.
        """
        from .graph_files import save

        save(Path(folder), self._incidence, (self._topic_postings, self._concept_postings), self._edges, self._names)

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read a graph that was saved.

        Raises:
            StoreError: There is no graph in the folder, or it is of another version.
        """
        from .graph_files import load

        incidence, postings, edges, names = load(Path(folder))
        graph = cls(incidence, names, postings)
        graph._edges.update(edges)
        return graph
