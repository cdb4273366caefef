"""What each stage reads from the folders of earlier ones: shards joined by id, a shard in memory at a time."""

from __future__ import annotations

import dataclasses
import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .grounding import grounded_combinations
from .randomness import row_seed
from .rows import Answer, Combination, Concepts, Document, GroundedCombination, Question, Reference
from .store import RunFolder, StageFolder, from_batch

Reads = Literal["documents", "combinations", "level1"]


def usage_of(folder: StageFolder) -> dict[str, Any]:
    """What a model stage asked for, over its shards."""
    manifests = [folder.manifest(shard) for shard in folder.shards()]
    usage = {key: sum(m[key] for m in manifests) for key in ("requests", "prompt_tokens", "completion_tokens")}
    named = {
        key: ", ".join(sorted({m.get(key, "") for m in manifests} - {""}))
        for key in ("model", "revision", "prompt_hash")
    }
    return usage | named


def level_inputs(
    run: RunFolder, level: str, reads: Reads, most: int | None, seed: int
) -> tuple[list[str], Callable[[str], Iterator[Any]], int]:
    """The input of a level: shard names, the rows of a shard, and the number of rows; `most` by seed, where set."""
    stage, rows = SOURCES[reads]
    source = run.stage(stage)
    count = source.manifest()["rows"]
    if most is None or most >= count:
        return source.shards(), lambda shard: rows(run, shard), count
    names = (name for shard in source.shards() for name in source.column(shard, "id"))
    chosen = set(heapq.nsmallest(most, names, key=lambda name: (row_seed(seed, level, "chosen", name), name)))
    return source.shards(), lambda shard: (row for row in rows(run, shard) if name_of(row) in chosen), len(chosen)


def name_of(row: Reference | GroundedCombination | Question) -> str:
    """The id under which a level rejects its input."""
    if isinstance(row, Reference):
        return row.document.id
    return row.combination.id if isinstance(row, GroundedCombination) else row.id


def references(run: RunFolder, shard: str) -> Iterator[Reference]:
    """The reference documents of a shard, each with its concepts."""
    taught = {row.document_id: row for row in run.stage("concepts").read(Concepts, shard)}
    for document in run.stage("filter").read(Document, shard):
        yield Reference(document, taught.get(document.id))


def original_questions(run: RunFolder, shard: str) -> Iterator[Question]:
    """The level-1 questions of a shard; the augmentation baselines start from them."""
    yield from run.stage("level1").read(Question, shard)


def documents_by_id(run: RunFolder, wanted: Collection[str]) -> dict[str, Document]:
    """Reference documents by id; a shard that holds none of them is not read beyond its ids."""
    folder = run.stage("filter")
    names = pa.array(sorted(wanted), pa.string())
    found: dict[str, Document] = {}
    for shard in folder.shards():
        path = folder.path / f"{shard}.parquet"
        mask = pc.is_in(pq.read_table(path, columns=["id"]).column("id"), value_set=names)
        if pc.any(mask).as_py():
            rows = from_batch(pq.read_table(path).filter(mask), Document)
            found |= {document.id: document for document in rows}
    return found


SOURCES: dict[Reads, tuple[str, Callable[[RunFolder, str], Iterator[Any]]]] = {
    "documents": ("filter", references),
    "combinations": ("graph", grounded_combinations),
    "level1": ("level1", original_questions),
}
"""What a level can read: the stage whose shards it follows, and the rows of a shard that it is given."""


def main_topics(concepts: StageFolder, number: Callable[[str], int]) -> dict[int, str]:
    """For each key concept, by its number in the graph, the topic under which documents name it most often.

    The pairs are counted as the documents spell them, by arrays; only distinct ones meet Python.
    """
    import polars as pl

    rows = pl.scan_parquet([concepts.path / f"{shard}.parquet" for shard in concepts.shards()])
    known = pl.col("concept_topics").list.len() == pl.col("concepts").list.len()
    topics = pl.col("topics").list
    pairs = [
        rows.filter(known)
        .select("concepts", topics=topics.gather(pl.col("concept_topics")))
        .explode("concepts", "topics"),
        rows.filter(~known).select("concepts", topics=topics.first()).explode("concepts"),
    ]
    counted = pl.concat(pairs).drop_nulls().group_by("concepts", "topics").len().collect(engine="streaming")
    numbers = {name: number(name) for name in counted["concepts"].unique()}
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for concept, topic, documents in counted.iter_rows():
        counts[numbers[concept]][topic] += documents
    return {concept: max(sorted(topics), key=topics.__getitem__) for concept, topics in counts.items()}


def with_topics(combination: Combination, topics: dict[int, str], number: Callable[[str], int]) -> Combination:
    """The combination with the topic of each of its concepts."""
    named = tuple(topics[number(concept)] for concept in combination.concepts)
    return dataclasses.replace(combination, concept_topics=named)


def with_answers(questions: StageFolder, sampled: StageFolder, shard: str) -> Iterator[tuple[Question, list[Answer]]]:
    """The questions of a shard, each with its sampled answers in order."""
    answers: dict[str, list[Answer]] = defaultdict(list)
    for answer in sampled.read(Answer, shard):
        answers[answer.question_id].append(answer)
    for question in questions.read(Question, shard):
        yield question, answers[question.id]
