"""Build, sample and search the concept graph at growing sizes, beside networkx, tuned Python, scipy and duckdb.

    python tests/benchmarks/bench_graph.py                              # 10,000 to 1,000,000 documents, a few minutes
    python tests/benchmarks/bench_graph.py --sizes 10000000 --only graph      # 8 GB
    python tests/benchmarks/bench_graph.py --sizes 100000 --only strings

Every measurement runs in a process of its own, so that its peak memory is its own, on the same made-up documents
(graph_corpus.py). Baselines are measured where they take no longer than minutes; what was measured on a part and scaled
is marked with ~. That the baselines did the same work is asserted: the same edges, counts and similarities.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import graph_baselines
import graph_corpus
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from synthllm.builder.concept_names import ConceptNames, concept_key
from synthllm.builder.graph import KINDS, ConceptGraph
from synthllm.builder.graph_build import Lists, distinct_lists, offsets_of
from synthllm.builder.graph_read import Dropped, Incidence, ordered
from synthllm.builder.graph_walk import Walks
from synthllm.builder.rows import Concepts

SEED = 0
CLUSTER = os.cpu_count() or 1
Figures = dict[str, Any]


@contextmanager
def timed(figures: Figures, name: str) -> Iterator[None]:
    """Seconds of the block, under this name."""
    start = time.perf_counter()
    yield
    figures[name] = time.perf_counter() - start


def lists_of(n: int) -> tuple[Lists, Lists]:
    """Topics and key concepts of each document, without repeats."""
    topics, concepts = graph_corpus.documents(n, SEED)
    return distinct_lists(*topics, 512)[0], distinct_lists(*concepts, 512)[0]


def graph_of(n: int, figures: Figures | None = None) -> ConceptGraph:
    """A concept graph of numbered names, without the interning of strings that `strings` measures."""
    raw = graph_corpus.documents(n, SEED)
    ids = pa.array(np.arange(n)).cast(pa.large_string())
    names = pa.array([f"{i:08d}" for i in range(sum(graph_corpus.vocabulary(n)))], pa.large_string())
    uses = np.ones(len(names), np.int64)
    with timed({} if figures is None else figures, "lists_s"):
        topics, concepts = distinct_lists(*raw[0], 512)[0], distinct_lists(*raw[1], 512)[0]
        del raw
        return ConceptGraph(ordered(Incidence(names, names, uses, ids, topics, concepts, Dropped())), ConceptNames({}))


def queries_of(walks: Walks, n: int) -> tuple[Walks, Lists]:
    """The first n walks as sets of names."""
    walks = walks.taken(np.arange(min(n, len(walks.samples))))
    both = np.concatenate([walks.topics, walks.concepts], axis=1)
    return walks, Lists(offsets_of((both >= 0).sum(axis=1)), both[both >= 0])


def warm_up() -> None:
    """Compile, or load what was compiled before."""
    graph = graph_of(500)
    for kind in KINDS:
        graph.edges(kind)
    graph.sample(1, SEED)


# One measurement each; run in a process of its own.


def build(n: int) -> Figures:
    warm_up()
    figures: Figures = {}
    graph = graph_of(n, figures)
    with timed(figures, "edges_s"):
        for kind in KINDS:
            graph.edges(kind)
    figures["edges"] = sum(len(graph.edges(kind).ends) for kind in KINDS)
    figures["pairs"] = sum(int(graph.edges(kind).counts.sum(dtype=np.int64)) for kind in KINDS)
    figures["build_s"] = figures["lists_s"] + figures["edges_s"]
    return figures


def sample(n: int) -> Figures:
    warm_up()
    figures: Figures = {}
    graph = graph_of(n)
    with timed(figures, "prepare_s"):
        graph._subgraphs  # noqa: B018
    epochs = max(1, 2_000_000 // len(graph.topic_ids))
    for threads in (1, graph.threads):
        graph.threads = threads
        with timed(figures, "seconds"):
            walks = graph.walks(epochs, SEED)
        figures[f"walks_per_s_{threads}"] = len(walks.samples) / figures.pop("seconds")
    some = walks.taken(np.arange(min(200_000, len(walks.samples))))
    with timed(figures, "seconds"):
        rows = graph.combinations(some, documents_per_combination=0)
    figures["rows_per_s"] = len(rows) / figures.pop("seconds")
    return figures


def nearest(n: int) -> Figures:
    warm_up()
    figures: Figures = {}
    graph = graph_of(n)
    graph.threads = graph.threads
    walks = graph.walks(1, SEED)
    rows = np.random.default_rng(SEED).permutation(len(walks.samples))[:50_000]
    _, queries = queries_of(walks.taken(rows), len(rows))
    with timed(figures, "index_s"):
        index = graph._nearest
    for threads in (1, graph.threads):
        with timed(figures, "seconds"):
            index.nearest(queries, 2, SEED, threads)
        figures[f"nearest_per_s_{threads}"] = len(queries) / figures.pop("seconds")
    return figures


def documents_as_lists(n: int) -> list[graph_baselines.Document]:
    topics, concepts = lists_of(n)
    return [(topics[i].tolist(), concepts[i].tolist()) for i in range(n)]


def networkx_build_and_walk(n: int) -> Figures:
    documents = documents_as_lists(n)
    figures: Figures = {}
    with timed(figures, "build_s"):
        graph = graph_baselines.NaiveGraph(documents)
    figures["edges"], figures["pairs"] = graph.edges()
    rng = random.Random(SEED)
    starts = rng.sample(sorted({t for topics, _ in documents for t in topics}), 300)
    with timed(figures, "seconds"):
        for topic in starts:
            graph.walk(topic, rng)
    figures["walks_per_s"] = len(starts) / figures.pop("seconds")
    return figures


def tuned_build_and_walk(n: int) -> Figures:
    documents = documents_as_lists(n)
    figures: Figures = {}
    with timed(figures, "build_s"):
        graph = graph_baselines.TunedGraph(documents)
    figures["edges"], figures["pairs"] = graph.edges()
    rng = random.Random(SEED)
    starts = sorted({t for topics, _ in documents for t in topics})
    with timed(figures, "seconds"):
        for topic in starts:
            graph.walk(topic, rng)
    figures["walks_per_s"] = len(starts) / figures.pop("seconds")
    return figures


def csr(lists: Lists, n_names: int) -> Any:
    from scipy import sparse

    return sparse.csr_matrix(
        (np.ones(len(lists.values), np.int32), lists.values, lists.offsets), shape=(len(lists), n_names)
    )


def scipy_build(n: int) -> Figures:
    topics, concepts = lists_of(n)
    n_names = sum(graph_corpus.vocabulary(n))
    figures: Figures = {}
    with timed(figures, "build_s"):
        figures["edges"], figures["pairs"] = graph_baselines.edges_by_scipy(
            csr(topics, n_names), csr(concepts, n_names)
        )
    return figures


def duckdb_build(n: int) -> Figures:
    tables = [
        pa.table(
            {
                "document": np.repeat(np.arange(n, dtype=np.int32), lists.lengths),
                "name": lists.values,
            }
        )
        for lists in lists_of(n)
    ]
    figures: Figures = {}
    with timed(figures, "build_s"):
        figures["edges"], figures["pairs"] = graph_baselines.edges_by_duckdb(*tables, threads=CLUSTER)
    return figures


def nearest_by_others(n: int) -> Figures:
    """Python by scan and by inverted index, and scipy; each on as many queries as it does in some seconds."""
    graph = graph_of(n)
    index = graph._nearest
    walks = graph.walks(1, SEED)
    rows = np.random.default_rng(SEED).permutation(len(walks.samples))[: max(100, 200_000_000 // n)]
    _, queries = queries_of(walks.taken(rows), 2_000)
    members = index.members
    figures: Figures = {}

    def similarities(found: np.ndarray[Any, Any]) -> list[list[float]]:
        result = []
        for q, documents in enumerate(found.tolist()):
            wanted = set(queries[q].tolist())
            held = [set(members[d].tolist()) if d >= 0 else set() for d in documents]
            result.append([len(wanted & h) / len(wanted | h) for h in held])
        return result

    exact = similarities(index.nearest(queries, 2, SEED, 1))

    def check(name: str, found: list[list[float]]) -> None:
        if not np.allclose(found, exact[: len(found)]):
            raise SystemExit(f"{name}: other similarities than ours at {n} documents")

    sets = [frozenset(members[d].tolist()) for d in range(n)]
    with timed(figures, "seconds"):
        found = [graph_baselines.nearest_by_scan(queries[q].tolist(), sets) for q in range(10)]
    figures["scan_per_s"] = 10 / figures.pop("seconds")
    check("scan", found)
    del sets
    postings = [index.postings[name].tolist() for name in range(len(index.postings))]
    sizes = members.lengths.tolist()
    some = min(len(queries), max(20, 20_000_000 // n))
    with timed(figures, "seconds"):
        found = [graph_baselines.nearest_by_index(queries[q].tolist(), postings, sizes) for q in range(some)]
    figures["index_per_s"] = some / figures.pop("seconds")
    check("inverted index", found)
    del postings
    n_names = len(index.postings)
    with timed(figures, "seconds"):
        by_scipy = graph_baselines.nearest_by_scipy(csr(queries, n_names), csr(members, n_names), members.lengths)
    figures["scipy_per_s"] = len(queries) / figures.pop("seconds")
    check("scipy", by_scipy.tolist())
    return figures


# From strings to matches


def write_strings(n: int, path: Path) -> None:
    """Documents as parquet with names in various forms: as they are, in capitals or not, plural, with a dash."""
    names = graph_corpus.names(sum(graph_corpus.vocabulary(n)))
    forms = [form for name in names for form in (name, name.lower(), name.upper(), name.replace(" ", "–", 1))]
    dictionary = pa.array(forms, pa.string())
    rng = np.random.default_rng(SEED)
    columns: dict[str, Any] = {"document_id": pa.array(np.arange(n)).cast(pa.string())}
    for column, (offsets, values) in zip(("topics", "concepts"), graph_corpus.documents(n, SEED), strict=True):
        form = np.searchsorted([0.7, 0.9, 0.95], rng.random(len(values)), side="right")
        strings = dictionary.take(pa.array(values.astype(np.int64) * 4 + form))
        columns[column] = pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), strings)
    pq.write_table(pa.table(columns), path, row_group_size=50_000)


def strings_ours(n: int, path: str) -> Figures:
    warm_up()
    figures: Figures = {}
    with timed(figures, "graph_s"):
        graph = ConceptGraph.from_parquet(path, aliases={})
    with timed(figures, "walks_s"):
        walks = graph.walks(-(-10_000 // len(graph.topic_ids)), SEED)
        walks = walks.taken(np.arange(10_000))
    with timed(figures, "matches_s"):
        rows = graph.combinations(walks, 2, SEED)
    figures["rows"] = len(rows)
    figures["names"] = len(graph.names)
    figures["all_s"] = figures["graph_s"] + figures["walks_s"] + figures["matches_s"]
    return figures


def strings_from_rows(n: int, path: str) -> Figures:
    warm_up()
    table = pq.read_table(path)
    rows = [Concepts(i, tuple(t), tuple(c)) for i, t, c in zip(*(c.to_pylist() for c in table.columns), strict=True)]
    figures: Figures = {}
    with timed(figures, "graph_s"):
        ConceptGraph.from_concepts(rows, aliases={})
    return figures


def strings_by(
    n: int,
    path: str,
    intern: Callable[..., list[graph_baselines.Document]],
    graph_class: Any,
    n_walks: int,
    n_matches: int,
) -> Figures:
    """The whole way in Python; walks and matches on a part, and scaled to 10,000."""
    table = pq.read_table(path)
    figures: Figures = {}
    with timed(figures, "intern_s"):
        rows = list(zip(table["topics"].to_pylist(), table["concepts"].to_pylist(), strict=True))
        documents = intern(rows, concept_key)
    with timed(figures, "build_s"):
        graph = graph_class(documents)
    rng = random.Random(SEED)
    starts = rng.choices(sorted({t for topics, _ in documents for t in topics}), k=n_walks)
    with timed(figures, "walks_s"):
        walks = [graph.walk(topic, rng) for topic in starts]
    figures["walks_s"] *= 10_000 / n_walks
    with timed(figures, "prepare_s"):
        sets = [frozenset(topics + concepts) for topics, concepts in documents]
        if graph_class is graph_baselines.TunedGraph:
            postings: list[list[int]] = [[] for _ in range(1 + max(max(held) for held in sets if held))]
            for document, held in enumerate(sets):
                for name in held:
                    postings[name].append(document)
            sizes = [len(held) for held in sets]
    with timed(figures, "matches_s"):
        for walk in walks[:n_matches]:
            if graph_class is graph_baselines.TunedGraph:
                graph_baselines.nearest_by_index([*walk[0], *walk[1]], postings, sizes)
            else:
                graph_baselines.nearest_by_scan([name for _, name in walk], sets)
    figures["matches_s"] *= 10_000 / n_matches
    figures["all_s"] = sum(figures[f"{part}_s"] for part in ("intern", "build", "walks", "prepare", "matches"))
    return figures


def strings_naive(n: int, path: str) -> Figures:
    return strings_by(n, path, graph_baselines.interned_naively, graph_baselines.NaiveGraph, 300, 20)


def strings_tuned(n: int, path: str) -> Figures:
    return strings_by(n, path, graph_baselines.interned_by_dictionary, graph_baselines.TunedGraph, 10_000, 1_000)


MEASUREMENTS: dict[str, Callable[..., Figures]] = {
    f.__name__: f
    for f in (
        build, sample, nearest, networkx_build_and_walk, tuned_build_and_walk, scipy_build, duckdb_build,
        nearest_by_others, strings_ours, strings_from_rows, strings_naive, strings_tuned,
    )
}  # fmt: skip


def measured(name: str, *arguments: Any) -> Figures:
    """The figures of one measurement, from a process of its own, with its peak memory in GB."""
    command = [sys.executable, __file__, "--measure", json.dumps([name, *arguments])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def report(sizes: list[int], only: list[str]) -> None:
    """Measure and print, a line per size and means."""
    builds: dict[int, float] = {}
    for n in sizes:
        print(f"\n{n:,} documents")
        ours: Figures = {}
        if "graph" in only:
            ours = measured("build", n)
            builds[n] = ours["build_s"]
            line("build: arrays", f"{ours['build_s']:.2f} s", ours, f"{ours['edges']:,} edges")
            ours |= {"sample": measured("sample", n), "nearest": measured("nearest", n)}
            per_s = {key: f"{value:,.0f}/s" for key, value in ours["sample"].items() if "per_s" in key}
            line("sample: arrays", str(per_s), ours["sample"])
            per_s = {key: f"{value:,.0f}/s" for key, value in ours["nearest"].items() if "per_s" in key}
            line("nearest: arrays", str(per_s), ours["nearest"])
        if "graph" in only and "baselines" in only:
            baselines(n, ours)
        if "strings" in only:
            strings(n, "baselines" in only)
    large = {n: seconds for n, seconds in builds.items() if n >= 100_000}
    if len(large) > 1:
        exponent = np.polyfit(np.log(list(large)), np.log(list(large.values())), 1)[0]
        print(f"\ngrowth of the build from {min(large):,} documents: n^{exponent:.2f}")


def baselines(n: int, ours: Figures) -> None:
    threads = max(int(key.rsplit("_", 1)[1]) for key in ours["sample"] if key.startswith("walks"))
    walks, found = ours["sample"][f"walks_per_s_{threads}"], ours["nearest"][f"nearest_per_s_{threads}"]
    for name, most in (
        ("networkx_build_and_walk", 100_000),
        ("tuned_build_and_walk", 100_000),
        ("scipy_build", 1_000_000),
        ("duckdb_build", 1_000_000),
    ):
        if n > most:
            continue
        other = measured(name, n)
        if (other["edges"], other["pairs"]) != (ours["edges"], ours["pairs"]):
            raise SystemExit(f"{name}: {other['edges']} edges, ours {ours['edges']}")
        ratio = f"arrays {other['build_s'] / ours['build_s']:,.0f} times as fast"
        line(f"build: {name.split('_')[0]}", f"{other['build_s']:.2f} s", other, ratio)
        if "walks_per_s" in other:
            ratio = f"arrays {walks / other['walks_per_s']:,.0f} times as fast"
            line(f"sample: {name.split('_')[0]}", f"{other['walks_per_s']:,.0f}/s", {}, ratio)
    if n <= 1_000_000:
        other = measured("nearest_by_others", n)
        for name in ("scan", "index", "scipy"):
            speed = other[f"{name}_per_s"]
            line(f"nearest: {name}", f"{speed:,.1f}/s", {}, f"arrays {found / speed:,.0f} times as fast")


def strings(n: int, with_baselines: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "concepts.parquet")
        write_strings(n, Path(path))
        ours = measured("strings_ours", n, path)
        parts = ", ".join(f"{key[:-2]} {ours[key]:.2f}" for key in ("graph_s", "walks_s", "matches_s"))
        line("strings to 10,000 matches: arrays", f"{ours['all_s']:.2f} s", ours, parts)
        rows = measured("strings_from_rows", n, path)
        line("strings to graph, from rows: arrays", f"{rows['graph_s']:.2f} s", rows)
        for name in ("strings_tuned", "strings_naive") if with_baselines and n <= 100_000 else ():
            other = measured(name, n, path)
            ratio = f"arrays {other['all_s'] / ours['all_s']:,.0f} times as fast"
            line(f"strings to 10,000 matches: {name.split('_')[1]}", f"~{other['all_s']:,.1f} s", other, ratio)


def line(what: str, figure: str, about: Figures, remark: str = "") -> None:
    peak = f"{about['peak_gb']:.2f} GB" if "peak_gb" in about else ""
    print(f"  {what:<40} {figure:>12}  {peak:>8}  {remark}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument(
        "--only", nargs="+", choices=["graph", "strings", "baselines"], default=["graph", "strings", "baselines"]
    )
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure is None:
        report(sorted(arguments.sizes), arguments.only)
        return
    name, *values = json.loads(arguments.measure)
    figures = MEASUREMENTS[name](*values)
    figures["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
