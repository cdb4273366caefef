"""A build, from recipe to dataset: the list of stages, in order.

    corpus -> filter -> concepts -> graph -> level1, level2, level3 -> curate -> answers -> verify -> dataset

Each stage reads the folders of earlier ones, writes its own (store.py) and is skipped where it is done, so that running
again continues. Requests that were answered before a kill come from the ledger.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from .. import __version__
from . import inputs
from .answers import PROMPTS as ANSWER_PROMPTS
from .answers import answers
from .concepts import PROMPT_HASH as CONCEPTS_PROMPT_HASH
from .concepts import extract_concepts
from .corpus import read_corpus
from .curate.stage import curate
from .dataset import write_dataset
from .domains import DOMAINS
from .endpoints import Endpoint, open_endpoint
from .endpoints.protocol import Generate
from .errors import CorpusError, RecipeError, StageError
from .filter.run import run_filter
from .graph import ConceptGraph
from .grounding import write_grounding
from .levels import LEVELS
from .levels.questions import worded
from .preflight import preflight
from .progress import StageProgress
from .prompts import prompt_hash
from .randomness import row_seed
from .recipe import AnswersRecipe, EndpointRecipe, Recipe
from .rows import Answer, Combination, Concepts, Document, Question, Rejected, VerifiedQuestion
from .runner import Usage, run_model_stage
from .store import RunFolder, StageFolder, chunks, shard_name
from .teacher.embedded import EmbeddedTeacher
from .verify import verify
from .workers import each_on_every_core

ROWS_PER_SHARD = 2_000
TEACHER_IN_FLIGHT = 16
WINDOW = 4  # rows under way per request in flight, so that a slow one does not hold up the rest


@dataclasses.dataclass
class Run:
    """What every stage is given."""

    recipe: Recipe
    folder: RunFolder
    progress: StageProgress
    asking: Endpoint
    answering: Endpoint
    window: int


def made_by(run: Run, endpoint: Endpoint, prompt: str) -> Callable[[], dict[str, str]]:
    """What made a shard, for its manifest. The model's name and revision are known once the server has answered."""
    fixed = {"recipe": run.recipe.fingerprint(), "version": __version__, "prompt_hash": prompt}
    return lambda: fixed | {"model": endpoint.model, "revision": endpoint.revision}


Facts = dict[str, Any]
Stage = Callable[[Run, StageFolder], Awaitable[Facts]]
"""Writes the shards of a stage, and returns what its manifest says beside the totals."""


def stages(recipe: Recipe) -> dict[str, Stage]:
    """The stages of a recipe, in order. A stage's name is its folder's."""
    return {
        "corpus": corpus_stage,
        "filter": filter_stage,
        "concepts": concepts_stage,
        "graph": graph_stage,
        **dict.fromkeys(recipe.levels, level_stage),
        "curate": curate_stage,
        "answers": answers_stage,
        "verify": verify_stage,
        "dataset": dataset_stage,
    }


async def build(recipe: Recipe, out: Path, progress: StageProgress, last: str | None = None) -> bool:
    """Run every stage that is not done, up to the stage `last` where one is named; False if there was nothing to do.

    Raises:
        SynthLLMError: See errors.py. What is finished is kept, and running again continues.
    """
    named = stages(recipe)
    if last is not None and last not in named:
        raise RecipeError(f"--until: '{last}' is not a stage of the recipe; its stages: {', '.join(named)}")
    folder = RunFolder(out)
    with folder.claim(recipe), progress:
        wanted = list(named)[: list(named).index(last) + 1] if last else list(named)
        pending = {name: named[name] for name in wanted if not folder.stage(name).done()}
        if not pending:
            return False
        preflight(recipe)
        async with endpoints(recipe, out) as (asking, answering):
            window = WINDOW * max(asking.max_in_flight, answering.max_in_flight)
            run = Run(recipe, folder, progress, asking, answering, window)
            for name, stage in pending.items():
                started = time.monotonic()
                facts = await stage(run, folder.stage(name))
                folder.stage(name).finish(**facts, seconds=round(time.monotonic() - started, 1))
    return True


@asynccontextmanager
async def endpoints(recipe: Recipe, out: Path) -> AsyncIterator[tuple[Endpoint, Endpoint]]:
    """The servers that write questions and those that answer, with the run's ledger; one teacher serves both."""
    async with AsyncExitStack() as stack:
        asking = await _open(recipe.endpoint, recipe, out, stack)
        if recipe.answer_endpoint in (None, recipe.endpoint):
            yield asking, asking
        else:
            yield asking, await _open(recipe.answer_endpoint or recipe.endpoint, recipe, out, stack)


async def _open(
    endpoint: Literal["embedded"] | EndpointRecipe, recipe: Recipe, ledger: Path, stack: AsyncExitStack
) -> Endpoint:
    """An endpoint that is open until the stack closes; the teacher behind `embedded` is started with it."""
    if isinstance(endpoint, EndpointRecipe):
        return await stack.enter_async_context(open_endpoint(endpoint, ledger))
    teacher = await stack.enter_async_context(EmbeddedTeacher(recipe.teacher.error_rate))
    return await stack.enter_async_context(Endpoint(teacher.url, ledger=ledger, max_in_flight=TEACHER_IN_FLIGHT))


async def corpus_stage(run: Run, folder: StageFolder) -> Facts:
    """Read the source, a shard of raw rows at a time."""
    settings = run.recipe.corpus
    done = len(folder.shards())
    size = settings.documents_per_shard
    run.progress.start("corpus", settings.limit)
    run.progress.advance(done * size)
    source = read_corpus(settings, folder.path / "seen.sqlite", skip=done * size)
    for number, rows in enumerate(chunks(source, size), start=done):
        documents = [row for row in rows if isinstance(row, Document)]
        refused = [row for row in rows if isinstance(row, Rejected)]
        folder.write(shard_name(number), documents, Document, refused)
        run.progress.advance(len(rows))
    totals = folder.totals()
    rows_in = totals["rows"] + sum(totals["rejected"].values())
    if totals["rows"] == 0:
        reasons = ", ".join(f"{count} {reason}" for reason, count in totals["rejected"].items())
        raise CorpusError(f"corpus: no document is usable ({reasons}); see {folder.path}/*.rejected.parquet")
    run.progress.finish(f"{totals['rows']:,} documents of {rows_in:,} rows")
    return {"rows_in": rows_in}


async def filter_stage(run: Run, folder: StageFolder) -> Facts:
    """Score every document and keep those of the domain."""
    corpus = run.folder.stage("corpus")
    settings = run.recipe.filter
    run.progress.start("filter")
    usage = Usage()
    facts: Facts = {}
    if settings is not None:
        result = await run_filter(
            lambda: corpus.read(Document),
            usage.generate(run.asking),
            settings,
            DOMAINS[run.recipe.domain],
            run.recipe.seed,
            folder.path,
            run.progress.note,
            window=run.window,
        )
        facts = result.facts
        for warning in result.warnings:
            run.progress.say(f"warning: filter: {warning}")
    scores = None if settings is None else result.scores()
    read = kept = 0
    for shard in corpus.shards():
        documents = list(corpus.read(Document, shard))
        read += len(documents)
        if scores is not None:
            scored = [(document, next(scores)) for document in documents]
            documents = [dataclasses.replace(d, relevance=score.score) for d, score in scored if score.kept]
        kept += len(documents)
        folder.write(shard, documents, Document, [])
    if kept == 0:
        raise StageError(
            f"filter: kept none of {read:,} documents at threshold {settings.threshold if settings else None}; "
            f"look at {folder.path / 'scores.parquet'}, and lower filter.threshold or choose another domain or corpus"
        )
    run.progress.finish(f"{kept:,} reference documents of {read:,}")
    return {"rows_in": read, **vars(usage), **facts}


async def concepts_stage(run: Run, folder: StageFolder) -> Facts:
    """Ask what each reference document teaches."""
    documents = run.folder.stage("filter")
    run.progress.start("concepts", documents.manifest()["rows"])
    await run_model_stage(
        folder,
        documents.shards(),
        lambda shard: documents.read(Document, shard),
        lambda document, generate: extract_concepts(document, generate, run.recipe),
        lambda document: document.id,
        Concepts,
        run.asking,
        run.window,
        run.progress,
        made_by(run, run.asking, CONCEPTS_PROMPT_HASH),
    )
    totals = folder.totals()
    if totals["rows"] == 0:
        raise StageError(f"concepts: no document gave any; see the rejections in {folder.path}")
    run.progress.finish(f"concepts of {totals['rows']:,} documents")
    return {"rows_in": documents.manifest()["rows"], **inputs.usage_of(folder)}


async def graph_stage(run: Run, folder: StageFolder) -> Facts:
    """Build the concept graph, walk it, and find the documents that ground each combination."""
    settings = run.recipe.graph
    concepts = run.folder.stage("concepts")
    run.progress.start("graph")
    graph = ConceptGraph.from_parquet(
        [concepts.path / f"{shard}.parquet" for shard in concepts.shards()],
        aliases=settings.aliases,
        max_names_per_document=settings.max_names_per_document,
    )
    graph.save(folder.path / "graph")
    sample = graph.sample_counted(
        settings.epochs,
        row_seed(run.recipe.seed, "graph"),
        topic_steps=settings.topic_steps,
        concept_steps=settings.concept_steps,
        epsilon=settings.epsilon,
        candidates=settings.candidates,
        documents_per_combination=settings.documents_per_combination,
        max_combinations=settings.max_combinations,
    )
    topics = inputs.main_topics(concepts, graph.number)
    for number, rows in enumerate(chunks(sample.combinations, ROWS_PER_SHARD)):
        grounded = [inputs.with_topics(combination, topics, graph.number) for combination in rows]
        folder.write(shard_name(number), grounded, Combination, [])
    await asyncio.to_thread(write_grounding, run.folder)
    size = {"documents": graph.n_documents, "topics": len(graph.topic_ids), "key_concepts": len(graph.concept_ids)}
    dropped = {"walks": sample.walks, "repeats": sample.repeats, "without_concepts": sample.without_concepts}
    nodes = f"{size['topics']:,} topics and {size['key_concepts']:,} key concepts"
    run.progress.finish(f"{len(sample.combinations):,} combinations over {nodes}")
    walked = dropped | {"dead_ends": dict(sample.dead_ends)}
    return {"rows_in": concepts.manifest()["rows"], "graph": size, "sample": walked}


async def level_stage(run: Run, folder: StageFolder) -> Facts:
    """Ask for the questions of one level."""
    name = folder.path.name
    level = LEVELS[name]
    settings = getattr(run.recipe, name)
    shards, rows, rows_in = inputs.level_inputs(run.folder, name, level.reads, settings.max_documents, run.recipe.seed)

    async def ask(item: tuple[Any, int], generate: Generate) -> list[Question | Rejected]:
        return await level.questions(item[0], generate, run.recipe, item[1])

    run.progress.start(name, rows_in * settings.requests)
    await run_model_stage(
        folder,
        shards,
        lambda shard: ((row, turn) for row in rows(shard) for turn in range(settings.requests)),
        ask,
        lambda item: inputs.name_of(item[0]),
        Question,
        run.asking,
        run.window,
        run.progress,
        made_by(run, run.asking, prompt_hash(worded(level.prompt, run.recipe.domain))),
    )
    run.progress.finish(f"{folder.totals()['rows']:,} questions from {rows_in:,} {level.reads}")
    return {"rows_in": rows_in, **inputs.usage_of(folder)}


async def curate_stage(run: Run, folder: StageFolder) -> Facts:
    """Drop duplicates and benchmark questions, before answers are paid for."""
    levels = [run.folder.stage(level) for level in run.recipe.levels]
    rows_in = sum(level.manifest()["rows"] for level in levels)
    run.progress.start("curate", rows_in)
    facts = await asyncio.to_thread(curate, levels, folder, run.recipe.curate, ROWS_PER_SHARD)
    totals = folder.totals()
    if totals["rows"] == 0:
        raise StageError(
            f"curate: no question is left of {rows_in:,}; see the rejections of each level in {run.folder.path}"
        )
    run.progress.finish(f"{totals['rows']:,} distinct questions of {rows_in:,}")
    return {"rows_in": rows_in, **facts}


async def answers_stage(run: Run, folder: StageFolder) -> Facts:
    """Sample answers to every question, more where the vote is split; programs are tested as they come in."""
    questions = run.folder.stage("curate")
    rows_in = questions.manifest()["rows"]
    run.progress.start("answers", rows_in)
    await run_model_stage(
        folder,
        questions.shards(),
        lambda shard: questions.read(Question, shard),
        lambda question, generate: answers(question, generate, run.recipe.answers, run.recipe.sampling),
        lambda question: question.id,
        Answer,
        run.answering,
        run.window,
        run.progress,
        made_by(run, run.answering, prompt_hash(ANSWER_PROMPTS[DOMAINS[run.recipe.domain].answers])),
    )
    run.progress.finish(f"{folder.totals()['rows']:,} answers to {rows_in:,} questions")
    return {"rows_in": rows_in, **inputs.usage_of(folder)}


async def verify_stage(run: Run, folder: StageFolder) -> Facts:
    """Vote, and check the answer that won; shard by shard, on every core."""
    questions = run.folder.stage("curate")
    rows_in = questions.manifest()["rows"]
    run.progress.start("verify", rows_in)
    pending = [shard for shard in questions.shards() if not folder.has(shard)]
    calls = [(run.folder.path, shard, run.recipe.answers) for shard in pending]
    async for rows in each_on_every_core("verify", verify_shard, calls):
        run.progress.advance(rows)
    totals = folder.totals()
    if totals["rows"] == 0:
        raise StageError(
            f"verify: no answer of {rows_in:,} questions was accepted; see the rejections in {folder.path}"
        )
    run.progress.finish(f"{totals['rows']:,} verified questions of {rows_in:,}")
    return {"rows_in": rows_in}


def verify_shard(path: Path, shard: str, settings: AnswersRecipe) -> int:
    """Verify the questions of one shard and write it; how many there were."""
    run = RunFolder(path)
    asked = list(inputs.with_answers(run.stage("curate"), run.stage("answers"), shard))
    # A question without any answer was rejected by the answers stage.
    verdicts = [verify(question, votes, settings) for question, votes in asked if votes]
    kept = [row for row in verdicts if isinstance(row, VerifiedQuestion)]
    refused = [row for row in verdicts if isinstance(row, Rejected)]
    run.stage("verify").write(shard, kept, VerifiedQuestion, refused)
    return len(asked)


async def dataset_stage(run: Run, folder: StageFolder) -> Facts:
    """Write the dataset and its card."""
    run.progress.start("dataset")
    rows = await asyncio.to_thread(write_dataset, run.folder, run.recipe, list(stages(run.recipe)))
    run.progress.finish(f"{rows:,} questions in {folder.path}")
    return {"rows_in": run.folder.stage("verify").manifest()["rows"], "rows": rows}
