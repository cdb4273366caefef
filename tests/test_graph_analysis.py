"""Statistics and structure beside networkx, the way to networkx and back, and `synthllm graph`."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from synthllm.builder.errors import CorpusError, StageError
from synthllm.builder.graph import ConceptGraph
from synthllm.builder.graph_analysis import (
    bridges_between,
    central,
    communities,
    components,
    degrees,
    explain,
    neighbourhood,
    statistics,
)
from synthllm.builder.graph_commands import graph as graph_command
from synthllm.builder.graph_edges import KINDS
from synthllm.builder.rows import Combination, Concepts
from synthllm.builder.store import StageFolder


def two_subjects(n: int, seed: int = 0) -> list[Concepts]:
    """Documents of algebra and of biology, a few with a concept that both use, and two apart from all."""
    rng = random.Random(seed)
    rows = []
    for i in range(n):
        field = ("alg", "bio")[i % 2]
        topics = {f"{field} topic {int(5 * rng.random() ** 2)}" for _ in range(2)}
        concepts = {f"{field} concept {int(20 * rng.random() ** 2)}" for _ in range(5)}
        if i % 10 < 2:
            concepts.add("symmetry")
        rows.append(Concepts(f"d{i}", tuple(sorted(topics)), tuple(sorted(concepts))))
    return [*rows, Concepts("apart", ("lonely",), ("island", "lonely"))]


@pytest.fixture(scope="module")
def graph() -> ConceptGraph:
    return ConceptGraph.from_concepts(two_subjects(300))


def test_networkx_with_documents_comes_back_as_the_same_graph(graph: ConceptGraph, tmp_path: Path) -> None:
    nx.write_graphml(graph.to_networkx(documents=True), tmp_path / "graph.graphml")
    back = ConceptGraph.from_networkx(nx.read_graphml(tmp_path / "graph.graphml"))
    assert {row.document_id: row for row in back.rows()} == {row.document_id: row for row in graph.rows()}


def test_networkx_without_documents_comes_back_with_the_same_edges(graph: ConceptGraph) -> None:
    there = graph.to_networkx()
    back = ConceptGraph.from_networkx(there).to_networkx()
    assert there["topic: alg topic 0"]["concept: symmetry"]["weight"] == pytest.approx(
        np.log(there["topic: alg topic 0"]["concept: symmetry"]["count"])
    )
    assert set(back) == set(there)
    assert {frozenset(e): d for *e, d in back.edges(data="count")} == {
        frozenset(e): d for *e, d in there.edges(data="count")
    }


def test_part_of_a_graph_is_what_networkx_would_cut_out(graph: ConceptGraph) -> None:
    names = neighbourhood(graph, "symmetry", limit=12)
    assert names[0] == "symmetry"
    assert len(names) == 12
    whole, part = graph.to_networkx(), graph.to_networkx(names)
    expected = whole.subgraph([node for node in whole if whole.nodes[node]["name"] in names])
    assert nx.utils.graphs_equal(part, nx.Graph(expected))
    with pytest.raises(ValueError, match="'nowhere': no such topic"):
        neighbourhood(graph, "nowhere")


def test_networkx_of_another_form_is_refused() -> None:
    plain = nx.Graph([("a", "b")])
    with pytest.raises(CorpusError, match="node 'a': expected a `kind`"):
        ConceptGraph.from_networkx(plain)
    nx.set_node_attributes(plain, "topic", "kind")
    with pytest.raises(CorpusError, match="edge 'a' to 'b': expected a whole `count`"):
        ConceptGraph.from_networkx(plain)
    with pytest.raises(StageError, match="none of the 0 documents"):
        ConceptGraph.from_networkx(nx.Graph())


def test_statistics_equal_those_of_networkx(graph: ConceptGraph) -> None:
    whole = graph.to_networkx()
    about = statistics(graph)
    assert about.documents == 301
    assert about.topics == sum(kind == "topic" for _, kind in whole.nodes(data="kind"))
    assert about.key_concepts == sum(kind == "concept" for _, kind in whole.nodes(data="kind"))
    assert about.names_of_both_kinds == 1
    # "lonely" is two nodes of networkx, in one component.
    assert about.components == nx.number_connected_components(whole) == 2
    for kind in KINDS:
        edges = [
            (u, v, d["count"])
            for u, v, d in whole.edges(data=True)
            if {whole.nodes[u]["kind"], whole.nodes[v]["kind"]} == set(kind.split("-"))
        ]
        part = nx.Graph()
        part.add_weighted_edges_from(edges)
        of_kind = about.subgraphs[kind]
        assert (of_kind.nodes, of_kind.edges) == (len(part), len(edges))
        assert of_kind.pairs == sum(count for *_, count in edges)
        assert of_kind.degrees[3] == max(dict(part.degree).values())
        assert of_kind.frequencies[3] == max(count for *_, count in edges)
        at_start, at_end = degrees(graph.edges(kind))
        if kind == "concept-concept":
            number = graph.number("symmetry")
            assert at_start[number] + at_end[number] == part.degree["concept: symmetry"]


def test_documents_of_a_name_are_those_that_hold_it() -> None:
    rows = [
        Concepts("a", ("ring",), ("x",)),
        Concepts("b", ("field",), ("Rings",)),
        Concepts("c", ("Ring",), ("ring",)),
    ]
    graph = ConceptGraph.from_concepts(rows)
    assert set(graph.documents_of("rings")) == {"a", "b", "c"}
    assert set(graph.documents_of("ring", "topic")) == {"a", "c"}
    assert set(graph.documents_of("ring", "concept")) == {"b", "c"}
    assert graph.documents_of("nothing") == graph.documents_of("x", "topic") == ()


def test_components_join_names_of_a_document() -> None:
    rows = [Concepts("a", ("x",), ("y",)), Concepts("b", ("z",), ("y",)), Concepts("c", (), ("alone",))]
    graph = ConceptGraph.from_concepts(rows)
    of = dict(zip(graph.names, components(graph).tolist(), strict=True))
    assert of["x"] == of["y"] == of["z"] != of["alone"]


def test_structure_finds_the_two_subjects_and_what_joins_them(graph: ConceptGraph) -> None:
    part = graph.to_networkx()
    groups = communities(part, seed=1)
    large = [{node.split(": ")[1][:3] for node in group if "symmetry" not in node} for group in groups[:2]]
    assert sorted(map(sorted, large)) == [["alg"], ["bio"]]
    assert bridges_between(part, groups, 1)[0][0] == "concept: symmetry"
    assert sum(share for _, share in central(part, len(part))) == pytest.approx(1)
    assert central(part, 3)[0][0].startswith("concept: ")


def test_explained_steps_have_the_probabilities_of_counts() -> None:
    rows = [
        Concepts("1", ("t", "u"), ("a", "b")),
        Concepts("2", ("t",), ("a", "b", "c")),
        Concepts("3", ("u",), ("a", "d")),
    ]
    graph = ConceptGraph.from_concepts(rows)
    steps = explain(graph, Combination("", ("t", "u"), ("a", "b", "c")))
    assert [(s.kind, s.source, s.target, s.count, s.choices) for s in steps] == [
        ("topic-topic", "t", "u", 1, 1),
        ("topic-concept", "u", "a", 2, 3),
        ("concept-concept", "a", "b", 2, 3),
        ("concept-concept", "b", "c", 1, 1),
    ]
    assert [s.probability for s in steps] == pytest.approx([1, 2 / 4, 2 / 4, 1])
    with pytest.raises(ValueError, match="'c' to 'd': no concept-concept step"):
        explain(graph, Combination("", ("t",), ("c", "d")))


def test_every_sampled_combination_can_be_explained(graph: ConceptGraph) -> None:
    for combination in graph.sample(epochs=2, seed=4, documents_per_combination=0):
        assert all(0 < step.probability <= 1 for step in explain(graph, combination))


def test_neighbours_are_ranked_by_how_often_they_occur_together() -> None:
    rows = [Concepts("1", ("t",), ("a", "b")), Concepts("2", ("t",), ("A", "b", "c"))]
    graph = ConceptGraph.from_concepts(rows)
    assert graph.neighbours("A", "concept-concept") == [("b", 2), ("c", 1)]
    assert graph.neighbours("c", "concept-topic") == [("t", 1)]
    assert graph.neighbours("nothing", "concept-topic") == []


@pytest.fixture
def command(graph: ConceptGraph, tmp_path: Path) -> tuple[CliRunner, typer.Typer, str]:
    graph.save(tmp_path / "run" / "graph" / "graph")
    app = typer.Typer()
    app.command()(graph_command)
    return CliRunner(), app, str(tmp_path / "run")


def test_command_sums_up_the_graph(command: tuple[CliRunner, typer.Typer, str]) -> None:
    runner, app, run = command
    result = runner.invoke(app, [run])
    assert result.exit_code == 0
    assert "301 documents, 11 topics" in result.output
    assert "2 components" in result.output
    assert all(kind in result.output for kind in KINDS)


def test_command_shows_a_concept_a_walk_and_the_structure(
    command: tuple[CliRunner, typer.Typer, str], tmp_path: Path
) -> None:
    runner, app, run = command
    shown = runner.invoke(app, [run, "--concept", "Symmetry", "--limit", "3"]).output
    assert shown.startswith("symmetry: topic of 0 documents, key concept of 60")
    explained = runner.invoke(app, [run, "--start", "ALG topic 1", "--seed", "2"]).output
    assert explained.startswith("start: alg topic 1\n  topic-topic")
    assert explained.count("grounded in d") == 2
    assert "bridges" in runner.invoke(app, [run, "--analyse"]).output
    path = tmp_path / "part.graphml"
    assert runner.invoke(app, [run, "--export", str(path), "--limit", "20"]).exit_code == 0
    assert len({name for _, name in nx.read_graphml(path).nodes(data="name")}) == 20


def test_command_tells_when_more_walks_bring_nothing_new(
    command: tuple[CliRunner, typer.Typer, str], graph: ConceptGraph
) -> None:
    runner, app, run = command
    for epochs, ending in ((1, "more walks still bring new pairs"), (300, "fewer than 10% of the pairs were new")):
        combinations = graph.sample(epochs, documents_per_combination=0)
        StageFolder(Path(run) / "graph").write("part-00000", combinations, Combination, [])
        lines = runner.invoke(app, [run, "--coverage"]).output.splitlines()
        last = lines[-3].replace(",", "").split()
        assert int(last[0]) == len(combinations)
        assert int(last[2]) == len(
            {frozenset(pair) for c in combinations for pair in itertools.combinations(c.walk, 2)}
        )
        assert ending in lines[-1]


def test_command_names_what_is_missing(command: tuple[CliRunner, typer.Typer, str], tmp_path: Path) -> None:
    runner, app, run = command
    for arguments, message in (
        ([str(tmp_path)], "no concept graph"),
        ([run, "--concept", "nothing"], "'nothing': no such topic or key concept"),
        (
            [run, "--concept", "symetry"],
            "no such topic or key concept among 53 names of the graph; nearest: 'symmetry'",
        ),
        ([run, "--start", "symmetry"], "'symmetry': no such topic among the 11 topics"),
        ([run, "--start", "alg topik 1"], "nearest: 'alg topic 1'"),
        ([run, "--coverage"], "no combinations in its folder 'graph'"),
    ):
        assert message in str(runner.invoke(app, arguments).exception)
