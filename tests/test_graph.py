"""The concept graph beside hand-worked examples, brute force and networkx."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

from synthllm.builder.errors import CorpusError, StageError, StoreError
from synthllm.builder.graph import ConceptGraph
from synthllm.builder.graph_edges import KINDS, PAIRS_PER_BLOCK, blocks, count_pairs, freq
from synthllm.builder.graph_lists import Lists, offsets_of
from synthllm.builder.graph_steps import Subgraph
from synthllm.builder.rows import Combination, Concepts

TINY = [
    Concepts("d1", ("Algebra", "Geometry"), ("Groups", "rings", "Fields", "angle")),
    Concepts("d2", ("algebra",), ("group", "ideal")),
    Concepts("d3", ("geometry", "Topology"), ("angles", "manifolds", "fields")),
]


def random_rows(n: int, seed: int, topics: int = 30, concepts: int = 80) -> list[Concepts]:
    """Documents over a small vocabulary with a few very common names, some of them both topic and concept."""
    rng = random.Random(seed)
    rows = []
    for i in range(n):
        t = {f"name {int(topics * rng.random() ** 3)}" for _ in range(rng.randint(0, 4))}
        c = {f"name {20 + int(concepts * rng.random() ** 3)}" for _ in range(rng.randint(0, 9))}
        rows.append(Concepts(f"doc-{i}", tuple(sorted(t)), tuple(sorted(c))))
    return [row for row in rows if row.topics or row.concepts]


def steps(names: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    return itertools.pairwise(names)


def test_edges_count_the_documents_where_both_ends_occur() -> None:
    graph = ConceptGraph.from_concepts(TINY)
    names = graph.names
    table = graph.edges("concept-concept")
    edges = {
        frozenset((names[u], names[v])): c
        for u, v, c in zip(table.starts.tolist(), table.ends.tolist(), table.counts.tolist(), strict=True)
    }
    assert edges[frozenset(("angle", "Fields"))] == 2
    assert edges[frozenset(("Groups", "ideal"))] == 1
    assert frozenset(("ideal", "rings")) not in edges
    assert len(edges) == 9


def test_edge_tables_equal_a_count_by_dictionary() -> None:
    rows = random_rows(400, seed=1)
    graph = ConceptGraph.from_concepts(rows)
    expected: dict[str, Counter[tuple[str, str]]] = {kind: Counter() for kind in KINDS}
    for row in rows:
        expected["topic-topic"].update(itertools.combinations(sorted(row.topics), 2))
        expected["topic-concept"].update(itertools.product(row.topics, row.concepts))
        expected["concept-concept"].update(itertools.combinations(sorted(row.concepts), 2))
    for kind in KINDS:
        table = graph.edges(kind)
        names = graph.names
        found = {
            (names[u], names[v]): c
            for u, v, c in zip(table.starts.tolist(), table.ends.tolist(), table.counts.tolist(), strict=True)
        }
        assert found == expected[kind]


def test_combinations_follow_edges_and_hold_distinct_names() -> None:
    rows = random_rows(300, seed=2)
    graph = ConceptGraph.from_concepts(rows)
    together: dict[str, set[frozenset[str]]] = {
        "tt": {frozenset(p) for row in rows for p in itertools.combinations(row.topics, 2)},
        "cc": {frozenset(p) for row in rows for p in itertools.combinations(row.concepts, 2)},
    }
    mixed = {(t, c) for row in rows for t in row.topics for c in row.concepts}
    sample = graph.sample_counted(epochs=5, seed=3)
    assert len(sample.combinations) + sample.repeats + sample.without_concepts == sample.walks
    assert sample.walks == 5 * len({t for row in rows for t in row.topics})
    for combination in sample.combinations:
        assert len(set(combination.walk)) == len(combination.walk)
        assert 1 <= len(combination.topics) <= 3
        assert 1 <= len(combination.concepts) <= 5
        assert all(frozenset(step) in together["tt"] for step in steps(combination.topics))
        assert all(frozenset(step) in together["cc"] for step in steps(combination.concepts))
        assert (combination.topics[-1], combination.concepts[0]) in mixed
    sets = {(frozenset(c.topics), frozenset(c.concepts)) for c in sample.combinations}
    assert len(sets) == len(sample.combinations)
    assert len({c.id for c in sample.combinations}) == len(sample.combinations)


def test_sample_does_not_depend_on_threads_or_on_the_order_of_merging(tmp_path: Path) -> None:
    rows = random_rows(300, seed=4)
    graph = ConceptGraph.from_concepts(rows)
    expected = graph.sample(epochs=3, seed=9)
    graph.threads = 1
    assert graph.sample(epochs=3, seed=9) == expected
    assert graph.sample(epochs=3, seed=10) != expected
    ConceptGraph.from_concepts(rows[:100]).save(tmp_path / "graph")
    merged = ConceptGraph.load(tmp_path / "graph").merged(ConceptGraph.from_concepts(rows[100:]))
    assert merged.sample(epochs=3, seed=9) == expected
    pq.write_table(
        pa.table(
            {
                "document_id": [row.document_id for row in rows],
                "topics": [list(row.topics) for row in rows],
                "concepts": [list(row.concepts) for row in rows],
            }
        ),
        tmp_path / "concepts.parquet",
        row_group_size=70,
    )
    assert ConceptGraph.from_parquet(tmp_path / "concepts.parquet").sample(epochs=3, seed=9) == expected


def similarities(rows: list[Concepts], names: Iterable[str]) -> dict[str, Fraction]:
    wanted = set(names)
    held = {row.document_id: {*row.topics, *row.concepts} for row in rows}
    return {i: Fraction(len(s & wanted), len(s | wanted)) for i, s in held.items() if s & wanted}


@pytest.mark.parametrize("k", [1, 2, 5])
def test_nearest_documents_are_those_of_an_exhaustive_search(k: int) -> None:
    rows = random_rows(500, seed=5)
    graph = ConceptGraph.from_concepts(rows)
    rng = random.Random(6)
    queries: list[list[str]] = [[f"name {rng.randrange(110)}" for _ in range(rng.randint(1, 9))] for _ in range(300)]
    queries += [list(c.walk) for c in graph.sample(epochs=5, seed=1)]
    queries += [["unknown"], [], ["unknown", "name 3"]]
    for query, found in zip(queries, graph.nearest_documents_of(queries, k=k, seed=7), strict=True):
        exact = similarities(rows, query)
        best = sorted(exact.values(), reverse=True)[:k]
        assert [exact[i] for i in found] == best
        assert len(set(found)) == len(found)
        assert graph.nearest_documents(query, k=k, seed=7) == found


def test_ties_are_broken_evenly_by_the_seed() -> None:
    rows = [Concepts(f"d{i}", ("t",), (f"own {i}", "shared")) for i in range(10)]
    graph = ConceptGraph.from_concepts(rows)
    chosen = Counter(graph.nearest_documents(["shared"], k=1, seed=seed)[0] for seed in range(1000))
    assert len(chosen) == 10
    assert stats.chisquare(list(chosen.values())).pvalue > 1e-4


def test_combination_is_grounded_in_its_nearest_documents() -> None:
    graph = ConceptGraph.from_concepts(random_rows(200, seed=8))
    for combination in graph.sample(epochs=2, seed=5):
        assert combination.document_ids == graph.nearest_documents(combination, k=2, seed=5)


def test_saved_graph_loads_as_it_was_and_can_be_saved_over_itself(tmp_path: Path) -> None:
    graph = ConceptGraph.from_concepts([*TINY, Concepts("d4", (), ())])
    counts = graph.edges("concept-concept").counts.tolist()
    graph.save(tmp_path / "graph")
    loaded = ConceptGraph.load(tmp_path / "graph")
    loaded.save(tmp_path / "graph")
    again = ConceptGraph.load(tmp_path / "graph")
    assert again.sample(2, 1) == loaded.sample(2, 1) == graph.sample(2, 1)
    assert again.edges("concept-concept").counts.tolist() == counts
    assert again.dropped == graph.dropped
    assert [path.name for path in tmp_path.iterdir()] == ["graph"]


def test_other_folders_are_neither_read_nor_overwritten(tmp_path: Path) -> None:
    graph = ConceptGraph.from_concepts(TINY)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match="holds files that are no concept graph"):
        graph.save(tmp_path)
    with pytest.raises(StoreError, match="no concept graph here"):
        ConceptGraph.load(tmp_path)
    graph.save(tmp_path / "graph")
    about = tmp_path / "graph" / "graph.json"
    about.write_text(about.read_text().replace('"format": 2', '"format": 99'))
    with pytest.raises(StoreError, match="format 99, expected 2"):
        ConceptGraph.load(tmp_path / "graph")


def test_what_is_dropped_is_counted() -> None:
    rows = [
        Concepts("a", ("T", "t", "  "), ("x" * 5000, "kept", "Kept")),
        Concepts("a", ("T",), ("again",)),
        Concepts("b", (), ()),
        Concepts("c", (), tuple(f"c{i}" for i in range(3000))),
    ]
    graph = ConceptGraph.from_concepts(rows, max_names_per_document=1000)
    assert graph.n_documents == 2
    assert graph.number("again") == graph.number("c2999") == -1
    assert len(graph.names) == len(graph.topic_ids) + len(graph.concept_ids) == 1002
    dropped = graph.dropped
    assert dropped.repeated_documents == 1
    assert dropped.documents_without_concepts == 1
    assert dropped.repeated_names == 2
    assert dropped.names_beyond_limit == 2000
    assert dropped.empty_names == 1
    assert dropped.overlong_names == 1


def test_bad_input_is_an_error_of_one_line() -> None:
    with pytest.raises(StageError, match="none of the 0 documents"):
        ConceptGraph.from_concepts([])
    with pytest.raises(CorpusError, match="row 0: no 'topics' among id, text"):
        ConceptGraph.from_concepts([{"id": "a", "text": "b"}])
    with pytest.raises(CorpusError, match="expected a list of strings, found the string 'algebra'"):
        ConceptGraph.from_concepts([{"id": "a", "topics": "algebra", "concepts": []}])
    with pytest.raises(CorpusError, match="rows 0 to 0"):
        ConceptGraph.from_concepts([{"id": "a", "topics": [1], "concepts": []}])
    with pytest.raises(StageError, match="no document has a topic"):
        ConceptGraph.from_concepts([Concepts("a", (), ("x",))]).sample(1, 0)


def test_isolated_topics_end_their_walk_and_are_counted() -> None:
    rows = [Concepts("a", ("lonely",), ()), Concepts("b", ("one",), ("single",)), Concepts("c", ("p", "q"), ("r", "s"))]
    sample = ConceptGraph.from_concepts(rows).sample_counted(epochs=1, seed=0)
    walks = {c.topics[0]: c for c in sample.combinations}
    assert "lonely" not in walks
    assert sample.without_concepts == 1
    assert walks["one"].walk == ("one", "single")
    assert sample.dead_ends["topic-topic"] >= 2
    assert sample.dead_ends["topic-concept"] == 1


def test_single_topic_in_all_documents_still_gives_combinations() -> None:
    rows = [Concepts(f"d{i}", ("mathematics",), (f"c{i}", f"c{i + 1}", "number")) for i in range(50)]
    sample = ConceptGraph.from_concepts(rows).sample_counted(epochs=5, seed=0)
    assert sample.combinations
    assert sample.dead_ends["topic-topic"] == 5
    assert all(isinstance(c, Combination) and c.topics == ("mathematics",) for c in sample.combinations)


def test_offsets_and_pairs_beyond_32_bits_stay_exact() -> None:
    """Sizes that no test can hold in memory: lists are described by their offsets, and values are never read."""
    members = Lists(np.arange(4, dtype=np.int64) * 3_000_000_000, np.empty(0, np.int32))
    postings = Lists(np.array([0, 2, 3]), np.array([0, 1, 2], np.int32))
    subgraph = Subgraph.of(postings, members, same_kind=False)
    assert subgraph.nodes.tolist() == [[0, 6_000_000_000], [2, 3_000_000_000], [3, 0]]
    assert subgraph.postings.tolist() == [
        [3_000_000_000, 0],
        [6_000_000_000, 3_000_000_000],
        [3_000_000_000, 6_000_000_000],
    ]
    assert offsets_of(np.full(3, 1 << 31)).tolist() == [0, 1 << 31, 2 << 31, 3 << 31]
    full = PAIRS_PER_BLOCK
    pairs = np.array([5, 1 << 33, 0, 7, full, 1, full - 1, 1 << 31])
    assert list(blocks(pairs, len(pairs))) == [(0, 1), (1, 2), (2, 4), (4, 5), (5, 7), (7, 8)]
    # With two thousand million names, a packed pair leaves room for two rows a block.
    assert list(itertools.islice(blocks(np.zeros(9, np.int64), 2_000_000_000), 3)) == [(0, 2), (2, 4), (4, 6)]


def test_more_than_memory_can_hold_is_an_error_of_one_line() -> None:
    many = Lists(np.broadcast_to(np.int64(0), (1 << 31) + 1), np.empty(0, np.int32))
    with pytest.raises(StageError, match=r"2,147,483,648 documents, expected fewer than 2\*\*31"):
        many.transposed(1)
    members = Lists(np.array([0, 1 << 60]), np.empty(0, np.int32))
    postings = Lists(np.array([0, 1]), np.array([0], np.int32))
    with pytest.raises(StageError, match="counting 1,152,921,504,606,846,976 pairs takes up to"):
        count_pairs(postings, members, same_kind=False, n_names=1, threads=1)


def test_a_block_of_one_hot_concept_is_counted_like_any_other() -> None:
    """A concept in every document has more pairs than a block; its row is one block of its own."""
    rows = [Concepts(f"d{i}", ("t",), ("hot", *(f"c{(i * 7 + j * j) % 997}" for j in range(90)))) for i in range(3_400)]
    graph = ConceptGraph.from_concepts(rows)
    assert sum(len(set(row.concepts)) - 1 for row in rows) > PAIRS_PER_BLOCK
    expected = Counter(name for row in rows for name in set(row.concepts) - {"hot"})
    assert dict(graph.neighbours("hot", "concept-concept")) == expected
    table, hot = graph.edges("concept-concept"), graph.number("hot")
    found = {
        graph.names[v if u == hot else u]: n
        for u, v, n in zip(table.starts.tolist(), table.ends.tolist(), table.counts.tolist(), strict=True)
        if hot in (u, v)
    }
    assert found == expected
    assert sum(n > 255 for n in expected.values()) == np.count_nonzero(table.small == 0) == len(table.large) > 0
    for v in range(len(graph.names)):
        if v != hot:
            assert freq(*table.arrays, min(hot, v), max(hot, v)) == expected[graph.names[v]]


def test_columns_of_other_types_and_missing_ids_are_named(tmp_path: Path) -> None:
    path = tmp_path / "concepts.parquet"
    pq.write_table(pa.table({"id": ["a"], "topics": ["algebra"], "key_concepts": [["x"]]}), path)
    with pytest.raises(CorpusError, match="expected parquet with ids and lists of strings"):
        ConceptGraph.from_parquet(path)
    pq.write_table(pa.table({"id": ["a", None], "topics": [["t"], ["u"]], "key_concepts": [["x"], None]}), path)
    with pytest.raises(CorpusError, match="row 1: no document id"):
        ConceptGraph.from_parquet([path])
    pq.write_table(pa.table({"id": ["a"], "key_concepts": [["x"]]}), path)
    with pytest.raises(CorpusError, match=r"no column 'topics' among id, key_concepts"):
        ConceptGraph.from_parquet(path)
    path.write_text("not parquet")
    with pytest.raises(CorpusError, match=r"concepts\.parquet"):
        ConceptGraph.from_parquet(path)
    with pytest.raises(CorpusError, match=r"none\.parquet: cannot read"):
        ConceptGraph.from_parquet(tmp_path / "none.parquet")


def test_null_lists_and_names_are_counted_or_empty(tmp_path: Path) -> None:
    path = tmp_path / "concepts.parquet"
    columns = {"id": [1, 2], "topics": [["t", None], None], "key_concepts": [["x"], ["y"]]}
    pq.write_table(pa.table(columns), path)
    graph = ConceptGraph.from_parquet(path)
    assert [(row.document_id, row.topics, row.concepts) for row in graph.rows()] == [
        ("2", (), ("y",)),
        ("1", ("t",), ("x",)),
    ]
    assert graph.dropped.empty_names == 1


def test_forms_of_a_name_are_one_node_shown_in_its_commonest_form() -> None:
    rows = [
        Concepts("1", ("Linear Algebra",), ("Eigenvalues", "GCD")),
        Concepts("2", ("linear algebra",), ("eigenvalue", "greatest common divisors")),
        Concepts("3", ("Linear Algebra",), ("eigenvalue", "gcd", "my topic")),
    ]
    graph = ConceptGraph.from_concepts(rows)
    assert graph.names == ["eigenvalue", "greatest common divisor", "Linear Algebra", "my topic"]
    own = ConceptGraph.from_concepts(rows, aliases={"my topic": "Eigenvalue"})
    assert own.names == ["Eigenvalue", "GCD", "greatest common divisors", "Linear Algebra"]
    assert set(own.nearest_documents(["MY TOPICS", "gcd"], k=2)) == {"1", "3"}


def test_merging_counts_a_document_of_both_once_and_keeps_the_commoner_form() -> None:
    first = ConceptGraph.from_concepts([Concepts("a", ("T",), ("ring", "x")), Concepts("b", ("T",), ("ring",))])
    second = ConceptGraph.from_concepts(
        [Concepts("b", ("t",), ("other",)), *(Concepts(f"n{i}", ("t",), ("Rings",)) for i in range(3))]
    )
    merged = first.merged(second)
    assert merged.n_documents == 5
    assert merged.dropped.repeated_documents == 1
    assert merged.names[merged.number("ring")] == "Rings"
    assert {row.document_id: row.concepts for row in merged.rows()}["b"] == ("Rings",)


def test_a_name_that_is_topic_and_concept_is_one_of_each() -> None:
    graph = ConceptGraph.from_concepts([Concepts("a", ("ring",), ("ring", "ideal")), Concepts("b", ("ring",), ("x",))])
    assert graph.names[graph.topic_ids[0]] == "ring"
    assert len(graph.topic_ids) == 1
    assert len(graph.concept_ids) == 3
    assert graph.neighbours("ring", "topic-concept") == [("ideal", 1), ("ring", 1), ("x", 1)]
    # In a concept set it counts once: 2 of 3 names, and 1 of 3.
    assert graph.nearest_documents(["ring", "ideal", "new"], k=2) == ("a", "b")


def test_a_loaded_graph_stays_what_it_was_when_another_is_saved_in_its_place(tmp_path: Path) -> None:
    graph = ConceptGraph.from_concepts(TINY)
    graph.save(tmp_path / "graph")
    loaded = ConceptGraph.load(tmp_path / "graph")
    loaded.merged(ConceptGraph.from_concepts([Concepts("new", ("Aardvark",), ("abacus",))])).save(tmp_path / "graph")
    assert loaded.names == graph.names
    assert loaded.sample(2, 0) == graph.sample(2, 0)
    assert ConceptGraph.load(tmp_path / "graph").names == ["Aardvark", "abacus", *graph.names]


def test_a_damaged_graph_is_named(tmp_path: Path) -> None:
    ConceptGraph.from_concepts(TINY).save(tmp_path / "graph")
    (tmp_path / "graph" / "topics.values.npy").unlink()
    with pytest.raises(StoreError, match="the saved graph is damaged"):
        ConceptGraph.load(tmp_path / "graph")


def test_graphs_with_different_aliases_are_not_merged() -> None:
    saved = ConceptGraph.from_concepts(TINY, aliases={"clump": "group"})
    with pytest.raises(StageError, match="cannot merge graphs with different aliases"):
        saved.merged(ConceptGraph.from_concepts(TINY))
    new = ConceptGraph.from_concepts([Concepts("n", ("algebra",), ("clump",))], aliases=saved.aliases)
    assert saved.merged(new).documents_per_concept[saved.number("group")] == 3


def test_searches_that_make_no_sense_are_named() -> None:
    graph = ConceptGraph.from_concepts(TINY)
    with pytest.raises(ValueError, match="expected k >= 1"):
        graph.nearest_documents(["angle"], k=0)
    with pytest.raises(ValueError, match="seed"):
        graph.nearest_documents(["angle"], seed=1 << 63)
    with pytest.raises(TypeError, match="given the one string 'angle'"):
        graph.nearest_documents_of(["angle"])
    with pytest.raises(ValueError, match="'concept-topic' is no sub-graph; known are topic-topic"):
        graph.edges("concept-topic")  # type: ignore[arg-type]
    assert graph.nearest_documents_of([]) == []
    assert len(graph.nearest_documents(["angle"], k=50)) == 2
