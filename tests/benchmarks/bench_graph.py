"""Build, sample and search the concept graph at growing sizes, beside networkx, tuned Python, scipy and duckdb.

    python tests/benchmarks/bench_graph.py                              # 10,000 to 1,000,000 documents, a few minutes
    python tests/benchmarks/bench_graph.py --sizes 10000000 --only graph      # 8 GB
    python tests/benchmarks/bench_graph.py --sizes 100000 --only strings

Every measurement runs in a process of its own, so that its peak memory is its own, on the same made-up documents
(graph_corpus.py). Two clocks are read: the wall, and the processor's time over all threads, which other work on the
machine disturbs less. Baselines are measured where they take no longer than minutes; what was measured on a part and
scaled is marked with ~. That the baselines did the same work is checked: the same edges, counts and similarities.
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
from synthllm.builder.graph import ConceptGraph
from synthllm.builder.graph_analysis import histogram
from synthllm.builder.graph_coverage import Uses
from synthllm.builder.graph_edges import KINDS
from synthllm.builder.graph_incidence import Dropped, Incidence, ordered
from synthllm.builder.graph_lists import Lists, distinct_lists, offsets_of
from synthllm.builder.graph_sample import combinations
from synthllm.builder.rows import Concepts

SEED = 0
THREADS = os.cpu_count() or 1
Figures = dict[str, Any]


@contextmanager
def timed(figures: Figures, name: str, n: int = 1) -> Iterator[None]:
    """The time of n pieces of work: seconds on the wall, and seconds of the processor over all threads."""
    start, cpu_start = time.perf_counter(), time.process_time()
    yield
    figures[name] = {"wall": time.perf_counter() - start, "cpu": time.process_time() - cpu_start, "n": n}


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
    with timed({} if figures is None else figures, "lists"):
        topics, concepts = (distinct_lists(*column, 512, THREADS)[0] for column in raw)
        del raw
        return ConceptGraph(
            ordered(Incidence.of(names, names, uses, ids, topics, concepts, Dropped())), ConceptNames({})
        )


def queries_of(graph: ConceptGraph, n: int) -> Lists:
    """At most n walks, from topics taken at random, as sets of names."""
    walks = graph.walks(1, SEED)
    walks = walks.taken(np.random.default_rng(SEED).permutation(len(walks.samples))[:n])
    both = np.concatenate([walks.topics, walks.concepts], axis=1)
    return Lists(offsets_of((both >= 0).sum(axis=1)), both[both >= 0])


def warm_up() -> None:
    """Compile, or load what was compiled before."""
    graph = graph_of(500)
    for kind in KINDS:
        graph.edges(kind)
    graph.sample(1, SEED)
    graph.sample(1, SEED, candidates=2)


# One measurement each; run in a process of its own.


def build(n: int) -> Figures:
    warm_up()
    figures: Figures = {}
    graph = graph_of(n, figures)
    with timed(figures, "edges_time"):
        for kind in KINDS:
            graph.edges(kind)
    figures["edges"] = sum(len(graph.edges(kind).ends) for kind in KINDS)
    figures["pairs"] = sum(int(np.prod(histogram(graph.edges(kind)), axis=0).sum()) for kind in KINDS)
    return figures


def sample(n: int) -> Figures:
    warm_up()
    figures: Figures = {}
    graph = graph_of(n)
    with timed(figures, "prepare"):
        graph.subgraphs  # noqa: B018
    epochs = max(1, 2_000_000 // len(graph.topic_ids))
    for threads in (1, THREADS):
        graph.threads = threads
        with timed(figures, f"walks, {threads} threads", epochs * len(graph.topic_ids)):
            walks = graph.walks(epochs, SEED)
    some = walks.taken(np.arange(min(200_000, len(walks.samples))))
    with timed(figures, "as rows", len(some.samples)):
        combinations(graph, some, documents_per_combination=0)
    return figures


def nearest(n: int) -> Figures:
    warm_up()
    figures: Figures = {}
    graph = graph_of(n)
    queries = queries_of(graph, 50_000)
    with timed(figures, "prepare"):
        index = graph.nearest_index
    for threads in (1, THREADS):
        with timed(figures, f"nearest, {threads} threads", len(queries)):
            index.nearest(queries, 2, SEED, threads)
    return figures


def coverage(n: int) -> Figures:
    """What as many combinations cover, by plain walks and by steered ones."""
    warm_up()
    figures: Figures = {}
    graph = graph_of(n)
    for candidates in (1, 4, 16):
        uses = Uses(len(graph.names))
        with timed(figures, f"walks, best of {candidates}", len(graph.topic_ids)):
            walks = graph.walks(1, SEED, candidates=candidates)
        sets = np.concatenate([walks.topics, walks.concepts], axis=1)
        uses.add(sets)
        figures[f"covered by best of {candidates}"] = (
            f"{uses.n_names:,} of {len(graph.topic_ids) + len(graph.concept_ids):,} concepts, {uses.n_pairs:,} pairs"
        )
    return figures


def documents_as_lists(n: int) -> list[graph_baselines.Document]:
    topics, concepts = lists_of(n)
    return [(topics[i].tolist(), concepts[i].tolist()) for i in range(n)]


def networkx_build_and_walk(n: int) -> Figures:
    documents = documents_as_lists(n)
    figures: Figures = {}
    with timed(figures, "build"):
        graph = graph_baselines.NaiveGraph(documents)
    figures["edges"], figures["pairs"] = graph.edges()
    rng = random.Random(SEED)
    starts = rng.sample(sorted({t for topics, _ in documents for t in topics}), 300)
    with timed(figures, "walks", len(starts)):
        for topic in starts:
            graph.walk(topic, rng)
    return figures


def tuned_build_and_walk(n: int) -> Figures:
    documents = documents_as_lists(n)
    figures: Figures = {}
    with timed(figures, "build"):
        graph = graph_baselines.TunedGraph(documents)
    figures["edges"], figures["pairs"] = graph.edges()
    rng = random.Random(SEED)
    starts = sorted({t for topics, _ in documents for t in topics})
    with timed(figures, "walks", len(starts)):
        for topic in starts:
            graph.walk(topic, rng)
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
    with timed(figures, "build"):
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
    with timed(figures, "build"):
        figures["edges"], figures["pairs"] = graph_baselines.edges_by_duckdb(*tables, threads=THREADS)
    return figures


def nearest_by_others(n: int) -> Figures:
    """Python by scan and by inverted index, and scipy; each on as many queries as it does in some seconds."""
    graph = graph_of(n)
    index = graph.nearest_index
    queries = queries_of(graph, min(2_000, max(100, 200_000_000 // n)))
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
    with timed(figures, "scan (python)", 10):
        found = [graph_baselines.nearest_by_scan(queries[q].tolist(), sets) for q in range(10)]
    check("scan", found)
    del sets
    postings = [index.postings[name].tolist() for name in range(len(index.postings))]
    sizes = members.lengths.tolist()
    some = min(len(queries), max(20, 20_000_000 // n))
    with timed(figures, "inverted index (python)", some):
        found = [graph_baselines.nearest_by_index(queries[q].tolist(), postings, sizes) for q in range(some)]
    check("inverted index", found)
    del postings
    n_names = len(index.postings)
    with timed(figures, "scipy", len(queries)):
        by_scipy = graph_baselines.nearest_by_scipy(csr(queries, n_names), csr(members, n_names), members.lengths)
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
    ConceptGraph.from_parquet(path.replace("concepts.parquet", "few.parquet"))
    figures: Figures = {}
    with timed(figures, "graph"):
        graph = ConceptGraph.from_parquet(path, aliases={})
    with timed(figures, "walks"):
        walks = graph.walks(-(-10_000 // len(graph.topic_ids)), SEED)
        walks = walks.taken(np.arange(10_000))
    with timed(figures, "matches"):
        combinations(graph, walks, 2, SEED)
    return figures


def strings_from_rows(n: int, path: str) -> Figures:
    warm_up()
    table = pq.read_table(path)
    rows = [Concepts(i, tuple(t), tuple(c)) for i, t, c in zip(*(c.to_pylist() for c in table.columns), strict=True)]
    figures: Figures = {}
    with timed(figures, "graph"):
        ConceptGraph.from_concepts(rows, aliases={})
    return figures


def strings_by(
    path: str,
    intern: Callable[..., list[graph_baselines.Document]],
    graph_class: Any,
    n_walks: int,
    n_matches: int,
) -> Figures:
    """The whole way in Python; walks and matches on a part, and scaled to 10,000."""
    table = pq.read_table(path)
    tuned = graph_class is graph_baselines.TunedGraph
    figures: Figures = {}
    with timed(figures, "intern"):
        rows = list(zip(table["topics"].to_pylist(), table["concepts"].to_pylist(), strict=True))
        documents = intern(rows, concept_key)
    with timed(figures, "build"):
        graph = graph_class(documents)
    rng = random.Random(SEED)
    starts = rng.choices(sorted({t for topics, _ in documents for t in topics}), k=n_walks)
    with timed(figures, "walks"):
        walks = [graph.walk(topic, rng) for topic in starts]
    with timed(figures, "prepare"):
        sets = [frozenset(topics + concepts) for topics, concepts in documents]
        if tuned:
            postings: list[list[int]] = [[] for _ in range(1 + max(max(held) for held in sets if held))]
            for document, held in enumerate(sets):
                for name in held:
                    postings[name].append(document)
            sizes = [len(held) for held in sets]
    with timed(figures, "matches"):
        for walk in walks[:n_matches]:
            if tuned:
                graph_baselines.nearest_by_index([*walk[0], *walk[1]], postings, sizes)
            else:
                graph_baselines.nearest_by_scan([name for _, name in walk], sets)
    for part, done in (("walks", n_walks), ("matches", n_matches)):
        for clock in ("wall", "cpu"):
            figures[part][clock] *= 10_000 / done
    return figures


def strings_naive(n: int, path: str) -> Figures:
    return strings_by(path, graph_baselines.interned_naively, graph_baselines.NaiveGraph, 300, 20)


def strings_tuned(n: int, path: str) -> Figures:
    return strings_by(path, graph_baselines.interned_by_dictionary, graph_baselines.TunedGraph, 10_000, 1_000)


MEASUREMENTS: dict[str, Callable[..., Figures]] = {
    f.__name__: f
    for f in (
        build, sample, nearest, coverage, networkx_build_and_walk, tuned_build_and_walk, scipy_build, duckdb_build,
        nearest_by_others, strings_ours, strings_from_rows, strings_naive, strings_tuned,
    )
}  # fmt: skip


def measured(name: str, *arguments: Any) -> Figures:
    """The figures of one measurement, from a process of its own, with its peak memory in GB."""
    command = [sys.executable, __file__, "--measure", json.dumps([name, *arguments])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def median_of(times: int, name: str, *arguments: Any) -> Figures:
    """The measurement of median wall time: memory that is touched for the first time costs now more, now less."""
    runs = [measured(name, *arguments) for _ in range(times)]
    runs.sort(key=lambda run: sum(part["wall"] for part in run.values() if isinstance(part, dict)))
    return runs[times // 2]


def report(sizes: list[int], only: list[str]) -> None:
    """Measure and print."""
    builds: dict[int, Figures] = {}
    for n in sizes:
        print(
            f"\n{f'{n:,} documents':<42} {'wall':>14} {'processor':>16} {'peak':>9}  times our time (wall, processor)"
        )
        if "graph" in only:
            build = measured("build", n)
            builds[n] = build["build"] = total(build, "lists", "edges_time")
            line("build: arrays", build["build"], build, f"{build['edges']:,} edges")
            sample, nearest = measured("sample", n), measured("nearest", n)
            for figures in (sample, nearest):
                for name, figure in figures.items():
                    if name != "peak_gb":
                        line(f"{name}: arrays", figure, figures)
            if n <= 1_000_000:
                covered = measured("coverage", n)
                for candidates in (1, 4, 16):
                    name = f"walks, best of {candidates}"
                    line(f"{name}: arrays", covered[name], covered, covered[f"covered by best of {candidates}"])
            if "baselines" in only:
                baselines(n, build, sample[f"walks, {THREADS} threads"], nearest[f"nearest, {THREADS} threads"])
        if "strings" in only and n <= 1_000_000:  # one Arrow array of strings holds no more
            strings(n, "baselines" in only)
    large = [n for n in builds if n >= 100_000]
    for clock in ("wall", "cpu") if len(large) > 1 else ():
        exponent = np.polyfit(np.log(large), np.log([builds[n][clock] for n in large]), 1)[0]
        print(f"\ngrowth of the build from {min(large):,} to {max(large):,} documents, {clock}: n^{exponent:.2f}")


def baselines(n: int, build: Figures, walks: Figures, found: Figures) -> None:
    for name, most in (
        ("networkx_build_and_walk", 100_000),
        ("tuned_build_and_walk", 100_000),
        ("scipy_build", 1_000_000),
        ("duckdb_build", 1_000_000),
    ):
        if n > most:
            continue
        other = measured(name, n)
        if (other["edges"], other["pairs"]) != (build["edges"], build["pairs"]):
            raise SystemExit(f"{name}: {other['edges']} edges, ours {build['edges']}")
        line(f"build: {name.split('_')[0]}", other["build"], other, ratio(other["build"], build["build"]))
        if "walks" in other:
            line(f"walks: {name.split('_')[0]}", other["walks"], other, ratio(other["walks"], walks))
    if n <= 1_000_000:
        others = measured("nearest_by_others", n)
        for name in ("scan (python)", "inverted index (python)", "scipy"):
            line(f"nearest: {name}", others[name], {}, ratio(others[name], found))


def strings(n: int, with_baselines: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "concepts.parquet")
        write_strings(n, Path(path))
        write_strings(1_000, Path(folder) / "few.parquet")
        ours = median_of(5, "strings_ours", n, path)
        whole = total(ours, "graph", "walks", "matches")
        parts = ", ".join(f"{part} {ours[part]['wall']:.2f}" for part in ("graph", "walks", "matches"))
        line("strings to 10,000 matches: arrays", whole, ours, parts)
        rows = measured("strings_from_rows", n, path)
        line("rows of strings to graph: arrays", rows["graph"], rows)
        for name in ("strings_tuned", "strings_naive") if with_baselines and n <= 100_000 else ():
            other = median_of(3, name, n, path) if name == "strings_tuned" else measured(name, n, path)
            theirs = total(other, "intern", "build", "walks", "prepare", "matches")
            line(f"strings to 10,000 matches: {name.split('_')[1]} ~", theirs, other, ratio(theirs, whole))


def total(figures: Figures, *parts: str) -> Figures:
    return {"wall": sum(figures[p]["wall"] for p in parts), "cpu": sum(figures[p]["cpu"] for p in parts), "n": 1}


def ratio(other: Figures, ours: Figures) -> str:
    by = [(other[clock] / other["n"]) / (ours[clock] / ours["n"]) for clock in ("wall", "cpu")]
    return ", ".join(f"{times:,.0f}" if times >= 10 else f"{times:.1f}" for times in by)


def line(what: str, figure: Figures, about: Figures, remark: str = "") -> None:
    peak = f"{about['peak_gb']:.2f} GB" if "peak_gb" in about else ""
    if figure["n"] == 1:
        wall, cpu = f"{figure['wall']:.2f} s", f"{figure['cpu']:.2f} s"
    else:
        wall, cpu = (f"{figure['n'] / max(figure[clock], 1e-9):,.0f}/s" for clock in ("wall", "cpu"))
    print(f"  {what:<40} {wall:>14} {cpu:>16} {peak:>9}  {remark}", flush=True)


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
