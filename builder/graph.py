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
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, Unpack

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import graph_read
from .concept_names import ConceptNames, read_aliases
from .errors import StageError
from .graph_build import Array, EdgeTable, Lists, count_pairs, merged_lists, offsets_of
from .graph_coverage import Uses, steered
from .graph_nearest import NearestIndex
from .graph_read import Dropped, Incidence
from .graph_steps import Subgraph
from .graph_walk import PAPER, Procedure, Walks, repeats, rows_of_walks, set_hashes, walk
from .rows import Combination, Concepts

if TYPE_CHECKING:
    import networkx as nx

Kind = Literal["topic-topic", "topic-concept", "concept-concept"]
KINDS: tuple[Kind, ...] = ("topic-topic", "topic-concept", "concept-concept")
MAX_NAMES_PER_DOCUMENT = 512
MAX_NAME_CHARS = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """Combinations, and what was drawn beside them.

    Attributes:
        combinations: Distinct sets of topics and concepts, in the order of the walks.
        walks: How many were walked: epochs times topics.
        repeats: Walks that led to a set that an earlier walk had led to.
        without_concepts: Walks that found no key concept.
        beyond_limit: Distinct combinations that the limit left out, chosen by the seed.
        dead_ends: For each sub-graph, how often a step had nowhere to go and ended that part of the walk.
    """

    combinations: list[Combination]
    walks: int
    repeats: int
    without_concepts: int
    beyond_limit: int
    dead_ends: Mapping[Kind, int]


class SampleOptions(TypedDict, total=False):
    """The options of `ConceptGraph.sample`, explained at `sample_counted`."""

    topic_steps: tuple[int, int]
    concept_steps: tuple[int, int]
    epsilon: float
    candidates: int
    used: Sequence[Combination]
    documents_per_combination: int
    max_combinations: int | None


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
        return ConceptGraph(graph_read.merged(self._incidence, other._incidence), self._names)

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
        if kind not in self._edges:
            n_names, one_kind = len(self._topic_postings), kind != "topic-concept"
            self._edges[kind] = count_pairs(*self._sides(kind), one_kind, n_names, self.threads)
        return self._edges[kind]

    # Walks

    @cached_property
    def subgraphs(self) -> tuple[Subgraph, Subgraph, Subgraph]:
        """Topic-topic, topic-concept and concept-concept, ready to be walked on."""
        topics, concepts = self._incidence.topics, self._incidence.concepts
        return (
            Subgraph.of(self._topic_postings, topics, True),
            Subgraph.of(self._topic_postings, concepts, False),
            Subgraph.of(self._concept_postings, concepts, True),
        )

    def sample(self, epochs: int = 5, seed: int = 0, **options: Unpack[SampleOptions]) -> list[Combination]:
        """Combinations of concepts, by walks from every topic in turn.

        `sample_counted` takes the same arguments, explains them, and tells what was dropped as well.
        """
        return self.sample_counted(epochs, seed, **options).combinations

    def sample_counted(
        self,
        epochs: int = 5,
        seed: int = 0,
        *,
        topic_steps: tuple[int, int] = (1, 2),
        concept_steps: tuple[int, int] = (3, 4),
        epsilon: float = 1e-9,
        candidates: int = 1,
        used: Sequence[Combination] = (),
        documents_per_combination: int = 2,
        max_combinations: int | None = None,
    ) -> Sample:
        """Walk from every topic in turn, `epochs` times, and keep the distinct combinations.

        A walk takes some steps on the topic sub-graph, one on the topic-concept sub-graph and some on the concept
        sub-graph, never to a name that it holds already. The same arguments give the same result with any number of
        threads.

        Args:
            topic_steps: Fewest and most topic-topic steps; their number is uniform.
            concept_steps: Fewest and most concept-concept steps.
            epsilon: eps of w(u,v) = log(freq(u,v) + eps); see `graph_walk.py` for its treatment.
            candidates: Walks per start. Of several, the one is kept whose concepts and pairs of concepts the
                combinations before have used least. 1 is the paper's plain walk.
            used: Combinations that have questions already, counted as used from the start; for `candidates` > 1.
            documents_per_combination: How many of the nearest documents ground each combination; 0 for none.
            max_combinations: At most this many combinations, chosen by the seed.
        Raises:
            StageError: The graph holds no topic to start from.
            ValueError: A count or a range makes no sense.
        """
        if max_combinations is not None and max_combinations < 1:
            raise ValueError(f"max_combinations: expected at least 1, or None for all, given {max_combinations}")
        if documents_per_combination < 0:
            raise ValueError(f"documents_per_combination: expected 0 or more, given {documents_per_combination}")
        procedure = Procedure(topic_steps, concept_steps, epsilon)
        walks = self.walks(epochs, seed, procedure, candidates=candidates, used=used)
        with_concepts = walks.concepts[:, 0] >= 0
        repeated = repeats(set_hashes(walks, self._name_hashes)) & with_concepts
        walks = walks.taken(np.flatnonzero(with_concepts & ~repeated))
        beyond = 0
        if max_combinations is not None and len(walks.samples) > max_combinations:
            beyond = len(walks.samples) - max_combinations
            chosen = np.random.default_rng(seed).choice(len(walks.samples), max_combinations, replace=False)
            walks = walks.taken(np.sort(chosen))
        return Sample(
            self.combinations(walks, documents_per_combination, seed),
            epochs * len(self.topic_ids),
            int(np.sum(repeated)),
            int(np.sum(~with_concepts)),
            beyond,
            dict(zip(KINDS, walks.dead_ends.tolist(), strict=True)),
        )

    def walks(
        self,
        epochs: int = 5,
        seed: int = 0,
        procedure: Procedure = PAPER,
        *,
        candidates: int = 1,
        used: Sequence[Combination] = (),
    ) -> Walks:
        """All walks of `sample_counted` as arrays, with those that repeat another or found no concept."""
        if not len(self.topic_ids):
            raise StageError("concept graph: no document has a topic, so there is nothing to start a walk from")
        if epochs < 1 or not 0 <= seed < 1 << 63:
            raise ValueError(f"epochs and seed: expected epochs >= 1 and 0 <= seed < 2**63, given {epochs} and {seed}")
        edges = [self.edges(kind) for kind in KINDS] if procedure.needs_edges else []

        def walk_samples(samples: Array, candidate: int) -> Walks:
            return walk(self.subgraphs, edges, self.topic_ids, samples, seed, procedure, self.threads, candidate)

        samples = np.arange(epochs * len(self.topic_ids))
        if candidates == 1:
            return walk_samples(samples, 0)
        return steered(walk_samples, samples, candidates, self._uses(used))

    def _uses(self, used: Sequence[Combination]) -> Uses:
        """How often the names of the graph, and pairs of them, occur in these combinations."""
        uses = Uses(len(self._topic_postings))
        uses.count([[number for number in map(self.number, c.walk) if number >= 0] for c in used])
        return uses

    @cached_property
    def _name_hashes(self) -> Array:
        return graph_read.hashes(self._incidence.keys)

    def combinations(self, walks: Walks, documents_per_combination: int = 2, seed: int = 0) -> list[Combination]:
        """Walks as rows, each with the documents that ground it."""
        documents: list[tuple[str, ...]] = [()] * len(walks.samples)
        if documents_per_combination:
            both = np.concatenate([walks.topics, walks.concepts], axis=1)
            held = both >= 0
            queries = Lists(offsets_of(held.sum(axis=1)), both[held])
            documents = self._document_ids(
                self.nearest_index.nearest(queries, documents_per_combination, seed, self.threads)
            )
        return rows_of_walks(walks, self.names, documents, set_hashes(walks, self._name_hashes), len(self.topic_ids))

    # Documents

    @cached_property
    def nearest_index(self) -> NearestIndex:
        """The documents, ready to be searched."""
        return NearestIndex.of(self.members, len(self._topic_postings))

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
        return self._document_ids(self.nearest_index.nearest(queries, k, seed, self.threads))

    def _document_ids(self, documents: Array) -> list[tuple[str, ...]]:
        """(n, k) numbers of documents as ids; -1 is left out."""
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
