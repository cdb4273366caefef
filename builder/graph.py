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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import graph_read
from .concept_names import ConceptNames, read_aliases
from .errors import StageError
from .graph_build import Array, EdgeTable, Lists, count_pairs, merged_lists, offsets_of
from .graph_nearest import NearestIndex
from .graph_read import Dropped, Incidence
from .graph_walk import Subgraph, Walks, repeats, set_hashes, walk
from .rows import Combination, Concepts

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
        if not len(incidence.document_ids):
            raise StageError(
                f"concept graph: none of the {incidence.dropped.documents_without_concepts} documents given holds a "
                "topic or key concept; expected at least one; check what extraction returned"
            )
        return cls(incidence, names)

    def merged(self, other: ConceptGraph) -> ConceptGraph:
        """The graph of the documents of both. A document that is in both counts once, as it is in this one."""
        return ConceptGraph(graph_read.merged(self._incidence, other._incidence), self._names)

    # What the graph holds

    @property
    def n_documents(self) -> int:
        """Documents that hold at least one name."""
        return len(self._incidence.document_ids)

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
    def dropped(self) -> Dropped:
        """What was given and is not in the graph."""
        return self._incidence.dropped

    @cached_property
    def _number_of_key(self) -> dict[str, int]:
        return {key: number for number, key in enumerate(self._incidence.keys.to_pylist())}

    def number(self, name: str) -> int:
        """The number of a name, in whatever form it is written; -1 where the graph does not hold it."""
        return self._number_of_key.get(self._names.key(name), -1)

    def edges(self, kind: Kind) -> EdgeTable:
        """The counted edges of one sub-graph; counted on first use."""
        if kind not in self._edges:
            u, v = {
                "topic-topic": (self._topic_postings, self._incidence.topics),
                "topic-concept": (self._topic_postings, self._incidence.concepts),
                "concept-concept": (self._concept_postings, self._incidence.concepts),
            }[kind]
            self._edges[kind] = count_pairs(u, v, kind != "topic-concept", len(self._incidence.keys), self.threads)
        return self._edges[kind]

    # Walks

    @cached_property
    def _subgraphs(self) -> tuple[Subgraph, Subgraph, Subgraph]:
        topics, concepts = self._incidence.topics, self._incidence.concepts
        return (
            Subgraph.of(self._topic_postings, topics, True),
            Subgraph.of(self._topic_postings, concepts, False),
            Subgraph.of(self._concept_postings, concepts, True),
        )

    def sample(
        self,
        epochs: int = 5,
        seed: int = 0,
        *,
        topic_steps: tuple[int, int] = (1, 2),
        concept_steps: tuple[int, int] = (3, 4),
        documents_per_combination: int = 2,
        max_combinations: int | None = None,
    ) -> list[Combination]:
        """Combinations of concepts, by walks from every topic in turn; see `sample_counted` for what was dropped."""
        return self.sample_counted(
            epochs,
            seed,
            topic_steps=topic_steps,
            concept_steps=concept_steps,
            documents_per_combination=documents_per_combination,
            max_combinations=max_combinations,
        ).combinations

    def sample_counted(
        self,
        epochs: int = 5,
        seed: int = 0,
        *,
        topic_steps: tuple[int, int] = (1, 2),
        concept_steps: tuple[int, int] = (3, 4),
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
            documents_per_combination: How many of the nearest documents ground each combination; 0 for none.
            max_combinations: At most this many combinations, chosen by the seed.
        Raises:
            StageError: The graph holds no topic to start from.
            ValueError: A count or a range makes no sense.
        """
        walks, repeats, without_concepts = self.walks(
            epochs, seed, topic_steps=topic_steps, concept_steps=concept_steps
        )
        beyond = 0
        if max_combinations is not None and len(walks.samples) > max_combinations:
            beyond = len(walks.samples) - max_combinations
            chosen = np.random.default_rng(seed).choice(len(walks.samples), max_combinations, replace=False)
            walks = walks.taken(np.sort(chosen))
        return Sample(
            self.combinations(walks, documents_per_combination, seed),
            epochs * len(self.topic_ids),
            repeats,
            without_concepts,
            beyond,
            dict(zip(KINDS, walks.dead_ends.tolist(), strict=True)),
        )

    def walks(
        self,
        epochs: int = 5,
        seed: int = 0,
        *,
        topic_steps: tuple[int, int] = (1, 2),
        concept_steps: tuple[int, int] = (3, 4),
    ) -> tuple[Walks, int, int]:
        """`sample_counted` as arrays: the distinct walks, the number of repeats, and of walks without a concept."""
        if not len(self.topic_ids):
            raise StageError("concept graph: no document has a topic, so there is nothing to start a walk from")
        if epochs < 1 or seed < 0:
            raise ValueError(f"epochs and seed: expected epochs >= 1 and seed >= 0, given {epochs} and {seed}")
        for what, (least, most) in (("topic_steps", topic_steps), ("concept_steps", concept_steps)):
            if not 0 <= least <= most:
                raise ValueError(f"{what}: expected (least, most) with 0 <= least <= most, given {(least, most)}")
        walks = walk(
            *self._subgraphs,
            self.topic_ids,
            np.arange(epochs * len(self.topic_ids)),
            seed,
            topic_steps,
            concept_steps,
            self.threads,
        )
        with_concepts = walks.concepts[:, 0] >= 0
        again = repeats(set_hashes(walks, self._name_hashes)) & with_concepts
        kept = walks.taken(np.flatnonzero(with_concepts & ~again))
        return kept, int(np.sum(again)), int(np.sum(~with_concepts))

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
                self._nearest.nearest(queries, documents_per_combination, seed, self.threads)
            )
        names, hashes = self.names, set_hashes(walks, self._name_hashes)
        epochs = walks.samples // len(self.topic_ids)
        return [
            Combination(
                f"{high:016x}{low:016x}",
                tuple([names[i] for i in topics if i >= 0]),
                tuple([names[i] for i in concepts if i >= 0]),
                ids,
                epoch,
            )
            for (high, low), topics, concepts, ids, epoch in zip(
                hashes.tolist(), walks.topics.tolist(), walks.concepts.tolist(), documents, epochs.tolist(), strict=True
            )
        ]

    # Documents

    @cached_property
    def _nearest(self) -> NearestIndex:
        members = merged_lists(self._incidence.topics, self._incidence.concepts)
        return NearestIndex.of(members, len(self._incidence.keys))

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
        if k < 1 or seed < 0:
            raise ValueError(f"k and seed: expected k >= 1 and seed >= 0, given {k} and {seed}")
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
        return self._document_ids(self._nearest.nearest(queries, k, seed, self.threads))

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
