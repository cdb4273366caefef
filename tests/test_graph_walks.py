"""The walks beside the paper's procedure, spelled out on networkx and enumerated."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterator

import networkx as nx
import numpy as np
import pytest
from scipy import stats

from synthllm.builder import graph_walk
from synthllm.builder.graph import ConceptGraph
from synthllm.builder.graph_coverage import Uses, coverage_curve
from synthllm.builder.graph_walk import WALKERS_PER_BLOCK, Procedure
from synthllm.builder.rows import Combination, Concepts

ROWS = [
    Concepts("d1", ("A", "B"), ("p", "q")),
    Concepts("d2", ("A", "B"), ("p", "r", "s")),
    Concepts("d3", ("A", "C"), ("p", "q", "s")),
    Concepts("d4", ("A",), ("q", "t")),
    Concepts("d5", ("B",), ("p", "q", "A")),  # "A" is a topic and a key concept
    Concepts("d6", ("D",), ("t",)),
]
Node = tuple[str, str]


def weighted(rows: list[Concepts], epsilon: float) -> dict[str, nx.Graph]:
    """The three sub-graphs with w = log(freq + eps), counted pair by pair."""
    freq: dict[str, Counter[tuple[Node, Node]]] = defaultdict(Counter)
    for row in rows:
        topics = [("topic", t) for t in row.topics]
        concepts = [("concept", c) for c in row.concepts]
        for i, t in enumerate(topics):
            freq["tt"].update((t, u) for u in topics[i + 1 :])
            freq["tc"].update((t, c) for c in concepts)
        for i, c in enumerate(concepts):
            freq["cc"].update((c, d) for d in concepts[i + 1 :])
    graphs = {}
    for kind in ("tt", "tc", "cc"):
        graphs[kind] = nx.Graph()
        for (u, v), n in freq[kind].items():
            before = math.exp(graphs[kind][u][v]["w"]) - epsilon if graphs[kind].has_edge(u, v) else 0
            graphs[kind].add_edge(u, v, w=math.log(before + n + epsilon))
    return graphs


def moves(graph: nx.Graph, walk: tuple[Node, ...]) -> list[tuple[Node, float]]:
    """p(u→v) = exp(w) / Σ exp(w), among neighbours whose name is not in the walk."""
    names = {name for _, name in walk}
    at = walk[-1]
    free = [v for v in graph.adj.get(at, ()) if v[1] not in names]
    total = sum(math.exp(graph[at][v]["w"]) for v in free)
    return [(v, math.exp(graph[at][v]["w"]) / total) for v in free]


def after(graph: nx.Graph, walk: tuple[Node, ...], p: float, steps: int) -> Iterator[tuple[tuple[Node, ...], float]]:
    """All walks that go on by up to `steps` steps, and end early where there is nowhere to go."""
    onward = moves(graph, walk) if steps else []
    if not onward:
        yield walk, p
    for v, q in onward:
        yield from after(graph, (*walk, v), p * q, steps - 1)


def exact_distribution(rows: list[Concepts], procedure: Procedure) -> dict[str, Counter[tuple[Node, ...]]]:
    """For each topic, the probability of every walk from it."""
    graphs = weighted(rows, procedure.epsilon)
    found: dict[str, Counter[tuple[Node, ...]]] = {}
    topic_steps = range(procedure.topic_steps[0], procedure.topic_steps[1] + 1)
    concept_steps = range(procedure.concept_steps[0], procedure.concept_steps[1] + 1)
    for topic in {t for row in rows for t in row.topics}:
        found[topic] = Counter()
        for m in topic_steps:
            for walk, p in after(graphs["tt"], (("topic", topic),), 1 / len(topic_steps), m):
                for v, q in moves(graphs["tc"], walk) or [(None, 1.0)]:
                    if v is None:
                        found[topic][walk] += p
                        continue
                    for n in concept_steps:
                        for whole, r in after(graphs["cc"], (*walk, v), p * q / len(concept_steps), n):
                            found[topic][whole] += r
    return found


@pytest.mark.parametrize("epsilon", [0.0, 1e-9, 0.7, 5.0])
def test_walks_have_the_distribution_of_the_papers_procedure(epsilon: float) -> None:
    procedure = Procedure(epsilon=epsilon)
    graph = ConceptGraph.from_concepts(ROWS, aliases={})
    epochs = 40_000
    walks = graph.walks(epochs, seed=11, procedure=procedure)
    seen: dict[str, Counter[tuple[Node, ...]]] = defaultdict(Counter)
    for topics, concepts in zip(walks.topics.tolist(), walks.concepts.tolist(), strict=True):
        nodes = [("topic", graph.names[i]) for i in topics if i >= 0]
        nodes += [("concept", graph.names[i]) for i in concepts if i >= 0]
        seen[nodes[0][1]][tuple(nodes)] += 1
    expected = exact_distribution(ROWS, procedure)
    assert seen.keys() == expected.keys()
    for topic, probabilities in expected.items():
        assert sum(probabilities.values()) == pytest.approx(1)
        assert seen[topic].keys() <= probabilities.keys()
        # Walks expected fewer than five times are put together with the rarest of the others.
        ranked = sorted(probabilities, key=lambda walk: -probabilities[walk])
        bins = sum(probabilities[walk] * epochs >= 5 for walk in ranked)
        observed = np.array([seen[topic][walk] for walk in ranked])
        predicted = np.array([probabilities[walk] * epochs for walk in ranked])
        observed[bins - 1], predicted[bins - 1] = observed[bins - 1 :].sum(), predicted[bins - 1 :].sum()
        if bins == 1:
            assert observed[0] == epochs
        else:
            assert stats.chisquare(observed[:bins], predicted[:bins]).pvalue > 1e-4


def test_the_treatment_of_epsilon_shows_in_the_test_above() -> None:
    """The exact distributions of eps = 0 and 5 differ by so much that 40,000 walks tell them apart."""
    plain, smooth = (exact_distribution(ROWS, Procedure(epsilon=e))["A"] for e in (0.0, 5.0))
    assert sum(abs(plain[walk] - smooth[walk]) for walk in plain) / 2 > 0.05


def test_a_walk_depends_on_its_number_and_not_on_how_the_work_is_split() -> None:
    graph = ConceptGraph.from_concepts(corpus(5))
    whole = graph.walks(epochs=900, seed=4)
    assert len(whole.samples) > 1.5 * WALKERS_PER_BLOCK
    numbers = np.random.default_rng(0).permutation(whole.samples)
    for part in np.array_split(numbers, 7):
        walks = graph_walk.walk(graph.subgraphs, [], graph.topic_ids, part, 4, Procedure(), threads=2)
        assert np.array_equal(walks.topics, whole.topics[part])
        assert np.array_equal(walks.concepts, whole.concepts[part])


def test_dead_ends_are_those_that_networkx_finds() -> None:
    rows = [Concepts(f"d{i}", (f"t{i}", f"t{i + 1}"), (f"c{i}",)) for i in range(0, 20, 2)]
    graph = ConceptGraph.from_concepts(rows)
    sample = graph.sample_counted(epochs=3, seed=1, topic_steps=(2, 2), concept_steps=(3, 3))
    # Each pair of topics stands alone: the second topic step has nowhere to go, and neither has the first concept step.
    assert sample.dead_ends == {"topic-topic": 60, "topic-concept": 0, "concept-concept": 60}
    assert len(sample.combinations) == 10
    assert sample.repeats == 50


def test_hot_neighbour_that_is_in_the_walk_already_is_no_trap() -> None:
    """u occurs 20,000 times with v and once with w: after v, only w is free, and it is found."""
    rows = [Concepts(f"d{i}", ("t",), ("u", "v")) for i in range(20_000)]
    rows += [Concepts("x", ("s",), ("u", "w"))]
    graph = ConceptGraph.from_concepts(rows)
    for c in graph.sample(epochs=20, seed=0, concept_steps=(2, 2), documents_per_combination=0):
        if c.topics == ("t",):
            assert c.concepts in (("u", "v"), ("v", "u", "w"), ("u", "w"))
    assert any(
        c.concepts == ("v", "u", "w")
        for c in graph.sample(epochs=20, seed=0, concept_steps=(2, 2), documents_per_combination=0)
    )


def test_ids_belong_to_the_content_and_the_limit_takes_a_seeded_part() -> None:
    graph = ConceptGraph.from_concepts(ROWS)
    everything = {frozenset((c.topics, frozenset(c.concepts))): c.id for c in graph.sample(epochs=50, seed=1)}
    other = ConceptGraph.from_concepts([*ROWS, Concepts("more", ("Z",), ("y", "z"))])
    for c in other.sample(epochs=50, seed=2):
        assert everything.get(frozenset((c.topics, frozenset(c.concepts))), c.id) == c.id
    sample = graph.sample_counted(epochs=50, seed=1, max_combinations=7)
    assert len(sample.combinations) == 7
    assert sample.beyond_limit + 7 == len(graph.sample(epochs=50, seed=1))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs >= 1"),
        ({"seed": -1}, "0 <= seed"),
        ({"topic_steps": (2, 1)}, "topic_steps"),
        ({"concept_steps": (-1, 1)}, "concept_steps"),
        ({"epsilon": -1.0}, "epsilon"),
        ({"epsilon": float("nan")}, "epsilon"),
        ({"candidates": 0}, "candidates"),
        ({"max_combinations": 0}, "max_combinations"),
        ({"documents_per_combination": -1}, "documents_per_combination"),
    ],
)
def test_options_that_make_no_sense_are_named(options: dict[str, object], message: str) -> None:
    graph = ConceptGraph.from_concepts(ROWS)
    with pytest.raises(ValueError, match=message):
        graph.sample_counted(**options)  # type: ignore[arg-type]


def corpus(seed: int) -> list[Concepts]:
    rng = random.Random(seed)
    return [
        Concepts(
            f"d{i}",
            tuple({f"t{int(60 * rng.random() ** 3)}" for _ in range(3)}),
            tuple({f"c{int(400 * rng.random() ** 3)}" for _ in range(8)}),
        )
        for i in range(800)
    ]


def test_steered_sampling_covers_more_than_the_plain_walk() -> None:
    graph = ConceptGraph.from_concepts(corpus(1))
    plain = graph.sample(epochs=10, seed=3, documents_per_combination=0)
    steered = graph.sample(epochs=10, seed=3, candidates=6, documents_per_combination=0)
    n = min(len(plain), len(steered))
    assert coverage_curve(steered[:n]).pairs[-1] > 1.05 * coverage_curve(plain[:n]).pairs[-1]
    assert coverage_curve(steered[:n]).concepts[-1] > coverage_curve(plain[:n]).concepts[-1]
    graph.threads = 1
    assert graph.sample(epochs=10, seed=3, candidates=6, documents_per_combination=0) == steered


def test_one_candidate_is_the_plain_walk() -> None:
    graph = ConceptGraph.from_concepts(corpus(2))
    assert graph.sample(epochs=2, seed=3, candidates=1) == graph.sample(epochs=2, seed=3)


def test_steered_sampling_goes_on_from_what_has_questions_already() -> None:
    graph = ConceptGraph.from_concepts(corpus(3))
    before = graph.sample(epochs=4, seed=1, candidates=4, documents_per_combination=0)
    held = {frozenset(pair) for c in before for pair in _pairs(c)}

    def new_pairs(used: list[Combination]) -> float:
        after = graph.sample(epochs=2, seed=2, candidates=8, used=used, documents_per_combination=0)
        pairs = [frozenset(pair) for c in after for pair in _pairs(c)]
        return sum(pair not in held for pair in pairs) / len(pairs)

    assert new_pairs(before) > new_pairs([])


def _pairs(combination: Combination) -> list[tuple[str, str]]:
    walk = combination.walk
    return [(walk[i], walk[j]) for i in range(len(walk)) for j in range(i)]


def test_coverage_curve_counts_what_sets_would() -> None:
    graph = ConceptGraph.from_concepts(corpus(4))
    combinations = graph.sample(epochs=6, seed=0, documents_per_combination=0)
    curve = coverage_curve(combinations, points=7)
    assert curve.combinations[-1] == len(combinations)
    for n, concepts, pairs in zip(curve.combinations, curve.concepts, curve.pairs, strict=True):
        first = combinations[:n]
        assert concepts == len({name for c in first for name in c.walk})
        assert pairs == len({frozenset(pair) for c in first for pair in _pairs(c)})
    assert curve.new_share[0] > curve.new_share[-1]


def test_coverage_curve_tells_when_more_walks_bring_nothing_new() -> None:
    graph = ConceptGraph.from_concepts(ROWS)
    few = graph.sample(epochs=400, seed=0, documents_per_combination=0)
    after = coverage_curve(few, points=30).exhausted_after(share=0.05)
    assert after is not None
    assert 0 < after < len(few)
    assert coverage_curve(few[:3]).exhausted_after(share=0.0) is None
    with pytest.raises(ValueError, match="at least one combination"):
        coverage_curve([])


def test_uses_equal_a_count_by_dictionary_while_the_table_grows() -> None:
    rng = np.random.default_rng(0)
    sets = np.stack([rng.choice(300, 6, replace=False) for _ in range(4000)]).astype(np.int32)
    sets[rng.random(sets.shape) < 0.2] = -1
    uses = Uses(300)
    seen: set[frozenset[int]] = set()
    expected = []
    for row in sets.tolist():
        held = [i for i in row if i >= 0]
        pairs = {frozenset((a, b)) for i, a in enumerate(held) for b in held[:i]}
        expected.append(len(pairs - seen))
        seen |= pairs
    assert uses.add(sets).tolist() == expected
    assert uses.n_pairs == len(seen)
    assert uses.names.tolist() == np.bincount(sets[sets >= 0], minlength=300).tolist()


def test_uses_take_sets_with_more_pairs_than_a_new_table_has_places() -> None:
    uses = Uses(200)
    assert uses.add(np.arange(200, dtype=np.int32)[None, :]).tolist() == [199 * 200 // 2]
    assert uses.add(np.arange(200, dtype=np.int32)[None, ::-1].copy()).tolist() == [0]
