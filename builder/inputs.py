"""What each stage reads from the folders of earlier ones: shards joined by id, a shard in memory at a time."""

from __future__ import annotations

import dataclasses
import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .randomness import row_seed
from .rows import Answer, Combination, Concepts, Document, GroundedCombination, Question, Reference
from .store import RunFolder, StageFolder, from_batch

Reads = Literal["documents", "combinations", "level1"]


def usage_of(folder: StageFolder) -> dict[str, Any]:
    """What a model stage asked for, over its shards."""
    manifests = [folder.manifest(shard) for shard in folder.shards()]
    usage = {key: sum(m[key] for m in manifests) for key in ("requests", "prompt_tokens", "completion_tokens")}
    named = {key: ", ".join(sorted({m[key] for m in manifests} - {""})) for key in ("model", "prompt_hash")}
    return usage | named


def level_inputs(
    run: RunFolder, level: str, reads: Reads, most: int | None, seed: int
) -> tuple[list[str], Callable[[str], Iterator[Any]], int]:
    """The input of a level: shard names, the rows of a shard, and the number of rows; `most` by seed, where set."""
    stage, row_type, rows = SOURCES[reads]
    source = run.stage(stage)
    count = source.manifest()["rows"]
    if most is None or most >= count:
        return source.shards(), lambda shard: rows(run, shard), count
    names = (row.id for row in source.read(row_type))
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


def grounded_combinations(run: RunFolder, shard: str) -> Iterator[GroundedCombination]:
    """The combinations of a shard, each with its documents and the subject of the first."""
    combinations = list(run.stage("graph").read(Combination, shard))
    wanted = {name for combination in combinations for name in combination.document_ids}
    documents = documents_by_id(run, wanted)
    subjects = subjects_by_id(run, wanted)
    for combination in combinations:
        names = combination.document_ids
        yield GroundedCombination(combination, tuple(documents[name] for name in names), subjects[names[0]])


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


def subjects_by_id(run: RunFolder, wanted: Collection[str]) -> dict[str, str]:
    """The subjects of documents by id."""
    folder = run.stage("concepts")
    names = pa.array(sorted(wanted), pa.string())
    found: dict[str, str] = {}
    for shard in folder.shards():
        table = pq.read_table(folder.path / f"{shard}.parquet", columns=["document_id", "subject"])
        table = table.filter(pc.is_in(table.column("document_id"), value_set=names))
        found |= dict(zip(table.column("document_id").to_pylist(), table.column("subject").to_pylist(), strict=True))
    return found


SOURCES: dict[Reads, tuple[str, Any, Callable[[RunFolder, str], Iterator[Any]]]] = {
    "documents": ("filter", Document, references),
    "combinations": ("graph", Combination, grounded_combinations),
    "level1": ("level1", Question, original_questions),
}
"""What a level can read: the stage whose shards it follows, their rows, and the rows that it is given."""


def main_topics(rows: Iterable[Concepts], number: Callable[[str], int]) -> dict[int, str]:
    """For each key concept, by its number in the graph, the topic under which documents name it most often."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        places = row.concept_topics or (0,) * len(row.concepts)
        for concept, place in zip(row.concepts, places, strict=True):
            counts[number(concept)][row.topics[place]] += 1
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
