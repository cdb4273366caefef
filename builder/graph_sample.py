"""Combinations of concepts: walks from every topic of a graph, those that repeat another left out, as rows."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from .errors import StageError
from .graph_coverage import Uses, steered
from .graph_edges import KINDS, Kind
from .graph_lists import Array, Lists, offsets_of
from .graph_walk import PAPER, Procedure, Walks, repeats, set_hashes, walk
from .rows import Combination

if TYPE_CHECKING:
    from .graph import ConceptGraph


class SampleOptions(TypedDict, total=False):
    """The options of `ConceptGraph.sample`.

    Attributes:
        topic_steps: Fewest and most topic-topic steps, (1, 2); their number is uniform.
        concept_steps: Fewest and most concept-concept steps, (3, 4).
        epsilon: eps of w(u,v) = log(freq(u,v) + eps), 1e-9; see `graph_walk.py` for its treatment.
        candidates: Walks per start, 1: the paper's plain walk. Of several, the one is kept whose concepts and pairs of
            concepts the combinations before have used least.
        used: Combinations that have questions already, counted as used from the start; for `candidates` > 1.
        documents_per_combination: How many of the nearest documents ground each combination, 2; 0 for none.
        max_combinations: At most this many combinations, chosen by the seed; None for all.
    """

    topic_steps: tuple[int, int]
    concept_steps: tuple[int, int]
    epsilon: float
    candidates: int
    used: Sequence[Combination]
    documents_per_combination: int
    max_combinations: int | None


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


def sample(
    graph: ConceptGraph,
    epochs: int,
    seed: int,
    *,
    topic_steps: tuple[int, int] = PAPER.topic_steps,
    concept_steps: tuple[int, int] = PAPER.concept_steps,
    epsilon: float = PAPER.epsilon,
    candidates: int = 1,
    used: Sequence[Combination] = (),
    documents_per_combination: int = 2,
    max_combinations: int | None = None,
) -> Sample:
    """Walk from every topic in turn, `epochs` times, and keep the distinct combinations.

    Raises:
        StageError: The graph holds no topic to start from.
        ValueError: A count or a range makes no sense.
    """
    if max_combinations is not None and max_combinations < 1:
        raise ValueError(f"max_combinations: expected at least 1, or None for all, given {max_combinations}")
    if documents_per_combination < 0:
        raise ValueError(f"documents_per_combination: expected 0 or more, given {documents_per_combination}")
    procedure = Procedure(topic_steps, concept_steps, epsilon)
    drawn = walks(graph, epochs, seed, procedure, candidates, used)
    with_concepts = drawn.concepts[:, 0] >= 0
    repeated = repeats(set_hashes(drawn, graph.name_hashes)) & with_concepts
    kept = drawn.taken(np.flatnonzero(with_concepts & ~repeated))
    beyond = 0
    if max_combinations is not None and len(kept.samples) > max_combinations:
        beyond = len(kept.samples) - max_combinations
        chosen = np.random.default_rng(seed).choice(len(kept.samples), max_combinations, replace=False)
        kept = kept.taken(np.sort(chosen))
    return Sample(
        combinations(graph, kept, documents_per_combination, seed),
        len(drawn.samples),
        int(np.sum(repeated)),
        int(np.sum(~with_concepts)),
        beyond,
        dict(zip(KINDS, drawn.dead_ends.tolist(), strict=True)),
    )


def walks(
    graph: ConceptGraph,
    epochs: int,
    seed: int,
    procedure: Procedure = PAPER,
    candidates: int = 1,
    used: Sequence[Combination] = (),
) -> Walks:
    """All walks of `sample` as arrays, with those that repeat another or found no concept.

    Raises:
        StageError: The graph holds no topic to start from.
        ValueError: Epochs, seed or candidates make no sense.
    """
    starts = graph.topic_ids
    if not len(starts):
        raise StageError("concept graph: no document has a topic, so there is nothing to start a walk from")
    if epochs < 1 or not 0 <= seed < 1 << 63:
        raise ValueError(f"epochs and seed: expected epochs >= 1 and 0 <= seed < 2**63, given {epochs} and {seed}")
    edges = [graph.edges(kind) for kind in KINDS] if procedure.needs_edges else []

    def walk_samples(samples: Array, candidate: int) -> Walks:
        return walk(graph.subgraphs, edges, starts, samples, seed, procedure, graph.threads, candidate)

    samples = np.arange(epochs * len(starts))
    if candidates == 1:
        return walk_samples(samples, 0)
    uses = Uses(len(graph.names))
    uses.count([[number for number in map(graph.number, c.walk) if number >= 0] for c in used])
    return steered(walk_samples, samples, candidates, uses)


def combinations(
    graph: ConceptGraph, walks: Walks, documents_per_combination: int = 2, seed: int = 0
) -> list[Combination]:
    """Walks as rows, each with the documents that ground it."""
    both = np.concatenate([walks.topics, walks.concepts], axis=1)
    held = both >= 0
    documents: list[tuple[str, ...]] = [()] * len(walks.samples)
    if documents_per_combination:
        queries = Lists(offsets_of(held.sum(axis=1)), both[held])
        found = graph.nearest_index.nearest(queries, documents_per_combination, seed, graph.threads)
        documents = graph.document_ids(found)
    names = graph.shown(both[held])
    hexadecimal = set_hashes(walks, graph.name_hashes).astype(">u8").tobytes().hex()
    with _collector_paused():
        return [
            Combination(hexadecimal[32 * i : 32 * i + 32], tuple(topics[:n]), tuple(concepts[:m]), ids, epoch)
            for i, (topics, n, concepts, m, ids, epoch) in enumerate(
                zip(
                    # The padding, -1, reads the last place, and is cut off.
                    names[walks.topics].tolist(),
                    (walks.topics >= 0).sum(axis=1).tolist(),
                    names[walks.concepts].tolist(),
                    (walks.concepts >= 0).sum(axis=1).tolist(),
                    documents,
                    (walks.samples // len(graph.topic_ids)).tolist(),
                    strict=True,
                )
            )
        ]


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the garbage collector from walking through rows while many are made: it would take half of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
