"""`synthllm graph`: what the concept graph of a run holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .errors import StoreError, SynthLLMError

if TYPE_CHECKING:
    from .graph import ConceptGraph


def graph(
    run: Annotated[Path, typer.Argument(help="A run folder, or the folder of a saved concept graph.")],
    concept: Annotated[str | None, typer.Option(help="Show the neighbours and documents of this concept.")] = None,
    explain: Annotated[bool, typer.Option(help="Sample one combination and explain it step by step.")] = False,
    start: Annotated[str | None, typer.Option(help="With --explain: the topic to start from.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of --explain and --analyse.")] = 0,
    analyse: Annotated[
        bool, typer.Option(help="Communities, central concepts and bridges among --limit names.")
    ] = False,
    coverage: Annotated[
        bool, typer.Option(help="How many concepts and pairs the run's combinations cover, and when little is new.")
    ] = False,
    export: Annotated[Path | None, typer.Option(help="Write --limit names and their edges as GraphML.")] = None,
    limit: Annotated[int, typer.Option(min=2, help="Names to analyse or export, or neighbours to show.")] = 200,
) -> None:
    """Show the concept graph of a run: statistics, a concept, a walk explained, communities, coverage, GraphML.

    Without options the whole graph is summed up, which counts its edges.

    Example: synthllm graph runs/quickstart --concept "Bayes' theorem" --limit 10
    """
    from .graph import ConceptGraph

    folder = next((place for place in (run, run / "graph" / "graph") if (place / "graph.json").exists()), None)
    if folder is None:
        raise StoreError(f"{run}: no concept graph in it or in its folder 'graph/graph'; run `synthllm build` first")
    loaded = ConceptGraph.load(folder)
    if concept is not None:
        _show_concept(loaded, concept, limit)
    if explain or start is not None:
        _show_walk(loaded, start, seed)
    if analyse:
        _show_structure(loaded, concept, limit, seed)
    if coverage:
        _show_coverage(run)
    if export is not None:
        _export(loaded, concept, limit, export)
    if concept is None and start is None and export is None and not (explain or analyse or coverage):
        _show_statistics(loaded)


def _show_statistics(loaded: ConceptGraph) -> None:
    from dataclasses import asdict

    from .graph_analysis import statistics

    about = statistics(loaded)
    typer.echo(f"{about.documents:,} documents, {about.topics:,} topics, {about.key_concepts:,} key concepts")
    typer.echo(f"{about.names_of_both_kinds:,} names are both a topic and a key concept")
    typer.echo(f"{about.components:,} components; the largest holds {about.largest_component:.1%} of the names")
    typer.echo("")
    typer.echo(
        f"{'sub-graph':<16} {'nodes':>11} {'edges':>13} {'pairs':>13}  degree 50/90/99/100%   freq 50/90/99/100%"
    )
    for kind, part in about.subgraphs.items():
        degrees = "/".join(f"{n:,}" for n in part.degrees)
        frequencies = "/".join(f"{n:,}" for n in part.frequencies)
        typer.echo(f"{kind:<16} {part.nodes:>11,} {part.edges:>13,} {part.pairs:>13,}  {degrees:<22} {frequencies}")
    dropped = {what.replace("_", " "): n for what, n in asdict(loaded.dropped).items() if n}
    if dropped:
        typer.echo("")
        typer.echo("not in the graph: " + ", ".join(f"{n:,} {what}" for what, n in dropped.items()))


def _show_concept(loaded: ConceptGraph, concept: str, limit: int) -> None:
    number = loaded.number(concept)
    if number < 0:
        raise SynthLLMError(
            f"{concept!r}: no such topic or key concept among {len(loaded.names):,} names of the graph"
            + _nearest(concept, loaded.names)
        )
    as_topic, as_concept = loaded.documents_per_topic[number], loaded.documents_per_concept[number]
    typer.echo(f"{loaded.names[number]}: topic of {as_topic:,} documents, key concept of {as_concept:,}")
    for kind in ("topic-topic", "topic-concept", "concept-topic", "concept-concept"):
        neighbours = loaded.neighbours(concept, kind)
        if neighbours:
            typer.echo(f"\n{kind}: {len(neighbours):,} neighbour{'s' if len(neighbours) > 1 else ''}")
            for name, count in neighbours[:limit]:
                typer.echo(f"{count:>9,}  {name}")
    documents = loaded.documents_of(concept)
    more = f", and {len(documents) - 5:,} more" if len(documents) > 5 else ""
    typer.echo(f"\ndocuments, those with the fewest names first: {', '.join(documents[:5])}{more}")


def _show_walk(loaded: ConceptGraph, start: str | None, seed: int) -> None:
    import numpy as np

    from .graph_analysis import explain
    from .graph_sample import combinations
    from .graph_walk import PAPER, walk

    topics = loaded.topic_ids
    if not len(topics):
        raise SynthLLMError("the graph has no topic to start a walk from; look at the concepts that were extracted")
    place = int(np.random.default_rng(seed).integers(len(topics)))
    if start is not None:
        found = np.flatnonzero(topics == loaded.number(start))
        if not len(found):
            names = [loaded.names[number] for number in topics.tolist()]
            raise SynthLLMError(
                f"{start!r}: no such topic among the {len(topics):,} topics of the graph" + _nearest(start, names)
            )
        place = int(found[0])
    walks = walk(loaded.subgraphs, [], topics, np.array([place]), seed, PAPER, threads=1)
    chosen = combinations(loaded, walks, 2, seed)[0]
    typer.echo(f"start: {chosen.topics[0]}")
    for step in explain(loaded, chosen):
        typer.echo(
            f"  {step.kind:<16} {step.source} → {step.target}   together in {step.count:,} "
            f"document{'s' if step.count > 1 else ''}; "
            f"p = {step.probability:.3g} among {step.choices:,}"
        )
    if not chosen.concepts:
        typer.echo("  no document of this topic has a key concept: the walk makes no combination")
    for document in chosen.document_ids:
        typer.echo(f"grounded in {document}")


def _nearest(name: str, known: list[str]) -> str:
    """The known names that are written most like this one, to be put after a message."""
    import difflib

    lower = {one.lower(): one for one in known}
    close = difflib.get_close_matches(name.lower(), lower, n=3)
    return "; nearest: " + ", ".join(repr(lower[one]) for one in close) if close else ""


def _show_coverage(run: Path) -> None:
    from .graph_coverage import coverage_curve
    from .rows import Combination
    from .store import StageFolder

    combinations = list(StageFolder(run / "graph").read(Combination))
    if not combinations:
        raise StoreError(f"{run}: no combinations in its folder 'graph'; --coverage looks at those of a run")
    curve = coverage_curve(combinations, points=10)
    typer.echo(f"{'combinations':>12} {'concepts':>10} {'pairs':>12} {'new pairs':>10}")
    for n, concepts, pairs, share in zip(
        curve.combinations.tolist(),
        curve.concepts.tolist(),
        curve.pairs.tolist(),
        curve.new_share.tolist(),
        strict=True,
    ):
        typer.echo(f"{n:>12,} {concepts:>10,} {pairs:>12,} {share:>10.1%}")
    after = curve.exhausted_after(0.1)
    if after is None:
        typer.echo("\nmore walks still bring new pairs: their share never fell below 10%")
    else:
        typer.echo(f"\nafter {after:,} combinations fewer than 10% of the pairs were new")


def _part(loaded: ConceptGraph, concept: str | None, limit: int) -> list[str]:
    """The neighbourhood of a concept, or else the commonest names."""
    import numpy as np

    from .graph_analysis import neighbourhood

    if concept is not None:
        return neighbourhood(loaded, concept, limit)
    documents = loaded.documents_per_topic + loaded.documents_per_concept
    return [loaded.names[i] for i in np.lexsort((np.arange(len(documents)), -documents))[:limit].tolist()]


def _show_structure(loaded: ConceptGraph, concept: str | None, limit: int, seed: int) -> None:
    from .graph_analysis import bridges_between, central, communities

    part = loaded.to_networkx(_part(loaded, concept, limit))
    groups = communities(part, seed)
    typer.echo(f"{len(groups)} communities among {len(part)} nodes")
    for group in groups[:10]:
        leading = sorted(group, key=lambda node: (-part.nodes[node]["documents"], node))[:6]
        typer.echo(f"{len(group):>6}  {'; '.join(leading)}")
    for title, ranked in (("central", central(part, 10)), ("bridges", bridges_between(part, groups, 10))):
        typer.echo(f"\n{title}")
        for node, score in ranked:
            typer.echo(f"  {score:.4f}  {node}")


def _export(loaded: ConceptGraph, concept: str | None, limit: int, path: Path) -> None:
    import networkx as nx

    part = loaded.to_networkx(_part(loaded, concept, limit))
    try:
        nx.write_graphml(part, path)
    except (OSError, ValueError) as error:  # ValueError: a name that XML cannot hold, such as one with a NUL
        raise StoreError(f"{path}: cannot write GraphML: {error}") from error
    typer.echo(f"{path}: {len(part):,} nodes, {part.number_of_edges():,} edges", err=True)
