"""The whole of stage 1, from a corpus and a domain to the score of every document.

    syllabus ──> synthetic documents ─┐
    corpus ────> random documents ────┴─> filter 0 ──> D0
    D(t-1) + a fresh sample ──> ratings ──> filter t ──> D(t)        t = 1 .. rounds
    D(rounds) ──> scores.parquet; audited ──> report.json

What is on disk below the folder:

    scores.parquet      id, score, kept, and the model's ratings where there are any, in the corpus's order
    ratings.jsonl       every rating: a dataset of its own
    rejected.parquet    synthetic documents and ratings that the model failed to give, with reasons
    dropped.parquet     a sample of what was not kept
    filter/             the trained filter
    report.json         what happened, the audit, the threshold curve; written last
    work/               the steps, each with a marker that names its inputs: a finished step is not done again

A step whose input has changed is done again: a rating corrected by hand in `work/ratings-1.jsonl` trains a new filter
on the next run. Within a step, the ledger of the endpoint layer keeps the answers that were paid for.

Source: method section 2.1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domains import Domain, Session
from ..endpoints.protocol import Generate
from ..errors import StageError
from ..randomness import row_seed
from ..recipe import FilterRecipe
from ..rows import Document, Rejected
from ..store import read_json, read_parquet, to_table, write_json, write_table
from .audit import audit_report
from .classifier import TrainedFilter, train_filter
from .embedders import Embedder, embedder_of
from .latent import LatentEmbedder, fit_latent
from .passes import Corpus, forget_scores, random_documents, scored, select
from .rating import HIGHEST, LOWEST, Rating, rate
from .ratings import read_documents, read_ratings, write_rows
from .results import Score, last_pass, read_scores, write_scores
from .saved import load_filter, read_arrays, save_arrays, save_filter
from .steps import Steps, key_of
from .syllabus import assignments, read_syllabus, syllabus_document, write_syllabus
from .window import Note, ask_each

LATENT_SAMPLE = 4_000  # random documents that the built-in embedding is fitted to
COLD_THRESHOLD = (LOWEST + HIGHEST) / 2  # of the cold start, whose documents count as rated 1 or 10
FORMAT = 1  # of the steps on disk: bump when what a step writes changes


@dataclass(frozen=True, slots=True)
class FilterResult:
    """What the filter made: `scanned` and `kept` documents, one line per warning, and the data of the run's report."""

    folder: Path
    scanned: int
    kept: int
    warnings: tuple[str, ...]
    report: dict[str, Any]

    @property
    def facts(self) -> dict[str, Any]:
        """The figures of the run in short, for the stage's manifest."""
        audit = self.report["audit"] or {}
        return {
            "threshold": self.report["threshold"],
            "rated": self.report["rated"],
            "filter_rejected": self.report["rejected"],
            "audit_precision": audit.get("precision"),
            "audit_recall": audit.get("recall"),
            "audit_corpus": audit.get("corpus"),
            "warnings": list(self.warnings),
        }

    def scores(self) -> Iterator[Score]:
        """The score of every document, in the order of the corpus."""
        return read_scores(self.folder / "scores.parquet")


@dataclass(frozen=True, slots=True)
class _Job:
    """What every step of one run is given."""

    corpus: Corpus
    generate: Generate
    recipe: FilterRecipe
    domain: Domain
    seed: int
    window: int
    note: Note
    steps: Steps


async def run_filter(
    corpus: Corpus,
    generate: Generate,
    recipe: FilterRecipe,
    domain: Domain,
    seed: int,
    folder: Path,
    note: Note = lambda text: None,
    *,
    window: int = 256,
    embedder: Embedder | None = None,
) -> FilterResult:
    """Find the documents of a domain in a corpus.

    The corpus is read `rounds` + 2 times, with a few thousand documents in memory. The same corpus, recipe, seed and
    replies give the same scores at any window and after any interruption.

    Args:
        corpus: Gives the documents from the start, in the same order, each time it is called.
        window: Requests in flight at most.
        embedder: In place of the recipe's.
    Raises:
        StageError: The corpus is empty, the model wrote no usable document or rating, or rated none above the
            threshold.
    """
    steps = Steps(folder / "work", key_of(FORMAT, recipe.model_dump(mode="json"), domain.name, domain.relevance, seed))
    job = _Job(corpus, generate, recipe, domain, seed, window, note, steps)
    given = read_ratings(Path(recipe.ratings)) if recipe.ratings else []
    random, size = _random(job)
    synthetic = [] if given else await _synthetic(job)
    embedder = embedder or embedder_of(recipe.embedder)
    if embedder is None:
        embedder = _latent(job, [*synthetic, *random])

    unrated = [document.text for document in random]
    if given:
        inputs = key_of([(row.id, row.score) for row in given])
        trained = await _train(job, 0, inputs, *_rated(given), recipe.threshold, embedder, unrated)
    else:
        inputs = "cold start"
        negatives = random[: recipe.random_documents]
        texts = [document.text for document in [*synthetic, *negatives]]
        score = np.repeat([float(HIGHEST), float(LOWEST)], [len(synthetic), len(negatives)])
        trained = await _train(job, 0, inputs, texts, score, COLD_THRESHOLD, embedder, unrated)
    del random, synthetic

    ratings, rounds = list(given), [{"round": 0, **trained.facts}]
    for number in range(1, recipe.rounds + 1):
        documents, about = await _choose(job, number, inputs, trained, {row.id for row in ratings})
        ratings += await _rate(job, f"ratings-{number}", inputs, documents)
        if not ratings:
            raise StageError(
                f"filter: round {number}: no rating of {len(documents):,} could be read; the replies are in "
                f"{steps.path(f'ratings-{number}.rejected.parquet')}"
            )
        inputs = key_of(inputs, [(row.id, row.score) for row in ratings])
        trained = await _train(job, number, inputs, *_rated(ratings), recipe.threshold, embedder, unrated)
        rounds.append({"round": number, **about, **trained.facts})
    return await _finish(job, folder, inputs, trained, ratings, rounds, size)


def _rated(ratings: Sequence[Rating]) -> tuple[list[str], NDArray[np.float64]]:
    return [row.text for row in ratings], np.array([row.score for row in ratings])


def _random(job: _Job) -> tuple[list[Document], int]:
    """Random documents, in an order whose every start is a random sample; and how many the corpus has."""
    path, facts = job.steps.path("random.jsonl"), job.steps.facts("random")
    if facts is None:
        sample, size = random_documents(job.corpus, max(LATENT_SAMPLE, job.recipe.random_documents), job.seed, job.note)
        write_rows(path, sample)
        facts = job.steps.finish("random", documents=size)
    return read_documents(path), int(facts["documents"])


async def _sessions(job: _Job) -> tuple[Session, ...]:
    if job.recipe.syllabus == "domain":
        return job.domain.syllabus
    if job.recipe.syllabus != "model":
        return read_syllabus(Path(job.recipe.syllabus))
    job.note("asking for the syllabus")
    written = await write_syllabus(job.domain, job.generate, row_seed(job.seed, "syllabus"))
    if isinstance(written, Rejected):
        raise StageError(
            f"filter: the model's syllabus is unusable ({written.reason}: {written.detail!r}); "
            "set filter.syllabus to 'domain' or to a file"
        )
    return tuple(written)


async def _synthetic(job: _Job) -> list[Document]:
    """The cold start's positives."""
    path = job.steps.path("synthetic.jsonl")
    if job.steps.facts("synthetic") is None:
        chosen = assignments(await _sessions(job), job.recipe.genres, job.recipe.syllabus_documents, job.seed)
        documents, rejected = await ask_each(
            chosen,
            lambda item: syllabus_document(item, job.generate, row_seed(job.seed, "syllabus", item.id)),
            lambda item: item.id,
            job.window,
            "writing syllabus documents",
            job.note,
        )
        if not documents:
            raise StageError(
                f"filter: the model wrote none of {len(chosen)} syllabus documents; first refusal: "
                f"{rejected[0].reason}: {rejected[0].detail!r}"
            )
        write_rows(path, documents)
        _write_rejected(job, "synthetic", rejected)
        job.steps.finish("synthetic", documents=len(documents), rejected=len(rejected))
    return read_documents(path)


def _latent(job: _Job, documents: Sequence[Document]) -> Embedder:
    import pyarrow as pa

    path = job.steps.path("latent.npz")
    if job.steps.facts("latent") is None:
        job.note("fitting the embedding")
        texts = pa.array([document.text for document in documents], pa.large_string())
        save_arrays(path, fit_latent(texts, job.recipe.embedder.dimensions, job.seed).arrays())
        job.steps.finish("latent")
    return LatentEmbedder.of_arrays(read_arrays(path))


async def _train(
    job: _Job,
    number: int,
    inputs: str,
    texts: Sequence[str],
    score: NDArray[np.float64],
    threshold: float,
    embedder: Embedder,
    unrated: Sequence[str],
) -> TrainedFilter:
    """The filter of a round, from disk where it was trained on the same ratings."""
    name = f"filter-{number}"
    if job.steps.facts(name, inputs) is None:
        job.note(f"training filter {number} on {len(texts):,} documents")
        trained = await train_filter(
            texts,
            score,
            unrated=unrated,
            threshold=threshold,
            classifier=job.recipe.classifier,
            embedder=embedder,
            trees=job.recipe.trees,
            first_pass_recall=job.recipe.first_pass_recall,
            seed=job.seed,
        )
        save_filter(trained, job.steps.path(name), domain=job.domain.name, seed=job.seed, round=number)
        job.steps.finish(name, inputs)
    return load_filter(job.steps.path(name), embedder)


async def _choose(
    job: _Job, number: int, inputs: str, trained: TrainedFilter, rated: set[str]
) -> tuple[list[Document], dict[str, Any]]:
    """The documents to rate in a round, and how they were found."""
    name = f"chosen-{number}"
    path, facts = job.steps.path(f"{name}.jsonl"), job.steps.facts(name, inputs)
    if facts is None:
        scores = job.steps.path(f"scores-{number - 1}-{inputs[:16].replace(' ', '-')}")
        segments = scored(job.corpus, trained, scores, f"applying filter {number - 1}", job.note)
        chosen = await select(
            segments, trained.threshold, job.recipe.rated_documents, rated, job.seed, f"round {number}"
        )
        if not chosen.documents:
            raise StageError(
                f"filter: round {number}: every document of the corpus was rated before; lower filter.rounds"
            )
        write_rows(path, chosen.documents)
        facts = job.steps.finish(name, inputs, kept_before=chosen.kept, filled=chosen.filled)
        forget_scores(scores)
    return read_documents(path), facts


async def _rate(job: _Job, name: str, inputs: str, documents: Sequence[Document]) -> list[Rating]:
    """The model's ratings of documents, kept as a file that may be corrected by hand."""
    path = job.steps.path(f"{name}.jsonl")
    if job.steps.facts(name, inputs) is None:

        async def one(document: Document) -> Rating | Rejected:
            seed = row_seed(job.seed, "rating", document.id)
            return await rate(document, job.generate, job.domain, seed, name, job.recipe.rated_chars)

        ratings, rejected = await ask_each(
            documents, one, lambda document: document.id, job.window, f"{name}: rating", job.note
        )
        write_rows(path, ratings)
        _write_rejected(job, name, rejected)
        job.steps.finish(name, inputs, ratings=len(ratings), rejected=len(rejected))
    return read_ratings(path)


def _write_rejected(job: _Job, name: str, rejected: Sequence[Rejected]) -> None:
    write_table(job.steps.path(f"{name}.rejected.parquet"), to_table(rejected, Rejected))


def _all_rejected(job: _Job) -> list[Rejected]:
    names = ["synthetic", *(f"ratings-{number}" for number in range(1, job.recipe.rounds + 1)), "audit"]
    paths = [job.steps.path(f"{name}.rejected.parquet") for name in names]
    return [row for path in paths if path.exists() for row in read_parquet(path, Rejected)]


async def _finish(
    job: _Job,
    folder: Path,
    inputs: str,
    trained: TrainedFilter,
    ratings: list[Rating],
    rounds: list[dict[str, Any]],
    size: int,
) -> FilterResult:
    """Apply the last filter to the whole corpus, audit it, and write what the run leaves behind."""
    report_path = folder / "report.json"
    if job.steps.facts("report", inputs) is None:
        scores = job.steps.path(f"scores-last-{inputs[:16].replace(' ', '-')}")
        known = {row.id: row.score for row in ratings}
        seen = await last_pass(
            scored(job.corpus, trained, scores, "applying the last filter", job.note),
            trained,
            job.domain,
            known,
            job.recipe.audit_documents,
            job.recipe.dropped_sample,
            job.seed,
        )
        audit = None
        if job.recipe.audit_documents:
            chosen = seen.audit.chosen()
            score_of = {document.id: score for document, score in chosen}
            blind = await _rate(job, "audit", inputs, [document for document, _ in chosen])
            audit = audit_report(seen.audit, [(row, score_of[row.id]) for row in blind], job.seed)
            ratings = ratings + blind
        rejected = _all_rejected(job)
        write_rows(folder / "ratings.jsonl", ratings)
        write_table(folder / "rejected.parquet", to_table(rejected, Rejected))
        write_table(folder / "dropped.parquet", to_table(seen.dropped, Document))
        write_scores(folder / "scores.parquet", scores, trained.threshold, {row.id: row for row in ratings})
        report = {
            "domain": job.domain.name,
            "threshold": trained.threshold,
            "corpus": size,
            "scanned": seen.scanned,
            "kept": seen.kept,
            "rated": len(ratings),
            "rejected": dict(sorted(Counter(row.reason for row in rejected).items())),
            "rounds": rounds,
            "histogram": seen.histogram,
            "audit": audit,
            "warnings": list(seen.warnings),
        }
        about = {name: audit[name] for name in ("rated", "known", "precision", "recall", "corpus")} if audit else None
        save_filter(
            trained,
            folder / "filter",
            domain=job.domain.name,
            histogram=seen.histogram,
            rounds=job.recipe.rounds,
            audit=about,
        )
        write_json(report_path, report)
        job.steps.finish("report", inputs)
        forget_scores(scores)
    recorded: dict[str, Any] = read_json(report_path)
    return FilterResult(folder, recorded["scanned"], recorded["kept"], tuple(recorded["warnings"]), recorded)
