"""Graded answers: one row per answer with everything that its verdict rests on, in one parquet file per task."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from ..builder.endpoints.ledger import open_read_only, stored_outcome
from ..builder.endpoints.protocol import Completion, Failure, Outcome, Request
from ..builder.errors import StoreError
from ..builder.store import chunks, schema_of, to_table, write_atomically
from .loading import LoadedTask
from .prompts import request_for
from .recipe import EvalRecipe
from .task import TaskQuestion
from .verdicts import majority_correct, verdict

RECORDS = "records"
QUESTIONS_AT_ONCE = 512  # graded and written together
THREADS = 4  # waiting for computer algebra, whose processes have limits of their own

Key = Callable[[Request], bytes]
Failures = Mapping[tuple[str, str, int], Failure]
"""What could not be answered, by task, question and sample."""


@dataclass(frozen=True, slots=True)
class Record:
    """One answer with its verdict.

    `digest` names question and gold answer; `prompt` is the last message; `finish_reason` is stop, length, or the kind
    of a failure; `why` is one of `verdicts.REASONS`.
    """

    task: str
    id: str
    sample: int
    question: str
    prompt: str
    completion: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    answer: str
    gold: str
    correct: bool
    why: str
    digest: str
    groups: tuple[str, ...]


@dataclass
class Graded:
    """What came of a task: by question the number of correct samples, and whether their majority is correct."""

    task: LoadedTask
    samples: int
    correct: list[int] = field(default_factory=list)
    majority: list[bool] = field(default_factory=list)
    why: Counter[str] = field(default_factory=Counter)
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def add(self, records: list[Record]) -> None:
        """Count the samples of one question."""
        self.correct.append(sum(record.correct for record in records))
        self.majority.append(majority_correct([record.answer for record in records], records[0].gold))
        for record in records:
            self.why[record.why] += 1
            self.prompt_tokens += record.prompt_tokens
            self.completion_tokens += record.completion_tokens


def grade_task(
    task: LoadedTask, recipe: EvalRecipe, key: Key, ledgers: Sequence[Path], failures: Failures, out: Path
) -> Graded:
    """Read every answer of a task from the ledger, grade it, and write its record to `out`/records/TASK.parquet.

    Args:
        key: what a ledger knows a request by.
        ledgers: the run's, and those that serve it as caches.

    Raises:
        StoreError: An answer is missing from the ledger, or the file cannot be written.
    """
    found = Graded(task, recipe.samples)
    connections = [open_read_only(path) for path in ledgers]

    def answers(question: TaskQuestion) -> list[Outcome]:
        return [
            _outcome(connections, task, question, sample, recipe, key, failures) for sample in range(recipe.samples)
        ]

    def graded(pair: tuple[TaskQuestion, list[Outcome]]) -> list[Record]:
        question, outcomes = pair
        return [_record(task, question, sample, outcome, recipe) for sample, outcome in enumerate(outcomes)]

    def write(path: Path) -> None:
        schema = schema_of(Record)
        with pq.ParquetWriter(path, schema, compression="zstd") as writer, ThreadPoolExecutor(THREADS) as pool:
            for some in chunks(task.questions, QUESTIONS_AT_ONCE):
                records = list(pool.map(graded, [(question, answers(question)) for question in some]))
                for samples in records:
                    found.add(samples)
                writer.write_table(to_table([record for samples in records for record in samples], Record))

    try:
        write_atomically(out / RECORDS / f"{task.name}.parquet", write)
    finally:
        for connection in connections:
            connection.close()
    return found


def _outcome(
    connections: Sequence[sqlite3.Connection],
    task: LoadedTask,
    question: TaskQuestion,
    sample: int,
    recipe: EvalRecipe,
    key: Key,
    failures: Failures,
) -> Outcome:
    failure = failures.get((task.name, question.id, sample))
    if failure is not None:
        return failure
    wanted = key(request_for(recipe, task.name, question.id, question.question, sample))
    stored = next((found for one in connections if (found := stored_outcome(one, wanted)) is not None), None)
    if stored is None:
        raise StoreError(f"the ledger has no answer to {task.name} {question.id}, sample {sample}; run again")
    return stored


def _record(task: LoadedTask, question: TaskQuestion, sample: int, outcome: Outcome, recipe: EvalRecipe) -> Record:
    found = verdict(outcome, question.answer)
    answered = outcome if isinstance(outcome, Completion) else None
    request = request_for(recipe, task.name, question.id, question.question, sample)
    return Record(
        task=task.name,
        id=question.id,
        sample=sample,
        question=question.question,
        prompt=request.messages[-1]["content"],
        completion=answered.text if answered else "",
        finish_reason=answered.finish_reason if answered else outcome.kind,  # type: ignore[union-attr]
        prompt_tokens=answered.prompt_tokens if answered else 0,
        completion_tokens=answered.completion_tokens if answered else 0,
        answer=found.answer,
        gold=question.answer,
        correct=found.correct,
        why=found.why,
        digest=question.digest,
        groups=question.groups,
    )


def read_records(path: Path) -> Iterator[Record]:
    """The records of a task, in the order of questions and samples.

    Raises:
        StoreError: The file is missing or damaged.
    """
    from ..builder.store import read_parquet

    yield from read_parquet(path, Record)
