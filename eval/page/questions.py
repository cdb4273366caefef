"""The questions of a run as the page browses them: a seeded sample where they are many, in columns and in chunks.

Columns compress well, and what is only read when a question is opened (answers and votes) lies in chunks of its own,
so that the page opens as fast with ten thousand questions as with ten.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from ...builder.filter.sample import Smallest, draw
from ...builder.programs import in_a_line
from ...builder.store import RunFolder
from .documents import Numbered
from .reading import Row, batches, files_of, rows_where

CHUNK = 200  # questions whose answers are unpacked together
VOTES_SHOWN = 6
FACTS = (
    "level",
    "school_level",
    "origin",
    "subject",
    "question_model",
    "answer_model",
    "prompt_hash",
    "language",
)  # columns of few values, written as numbers into a list of them
PLAIN = ("id", "question", "final_answer", "votes", "agreement", "verified", "checked_equalities", "vote_entropy")
NAMED = ("topics", "concepts", "walk")
COLUMNS = (*PLAIN, *FACTS, *NAMED, "seed", "answer", "document_ids", "document_shortened", "tests")


@dataclass(frozen=True)
class Shown:
    """What the page has of the questions.

    Attributes:
        data: the columns, and the lists that they point into.
        chunks: answers and votes, `CHUNK` questions each.
        total: how many questions the run has; more than are shown where they were sampled.
        stage: where the questions come from: verified, curated, or as the levels wrote them.
    """

    data: dict[str, Any]
    chunks: list[list[Any]]
    total: int
    stage: str

    @property
    def count(self) -> int:
        """How many are shown."""
        return len(self.data["id"])


def question_files(run: RunFolder, levels: Iterable[str]) -> tuple[str, list[Path]]:
    """The furthest stage that has questions, and its files."""
    for stage in ("verify", "curate"):
        if files := files_of([run.stage(stage)]):
            return stage, files
    return "levels", files_of(run.stage(level) for level in levels)


def shown_questions(
    run: RunFolder,
    levels: tuple[str, ...],
    most: int,
    seed: int,
    node_of: Callable[[str], int],
    documents: Numbered,
) -> Shown:
    """At most so many questions of a run, those whose hash with the seed is smallest, in the order of the levels.

    Args:
        node_of: the node of a concept on the page's map, -1 for one that is not on it.
        documents: takes the documents that the questions refer to.

    Raises:
        StoreError: A file is damaged.
    """
    stage, files = question_files(run, levels)
    sample: Smallest[str] = Smallest(most)
    for batch in batches(files, ["id"]):
        for name in batch.column("id").to_pylist():
            sample.offer(draw(seed, "report", name), name, name)
    rows = list(rows_where(files, COLUMNS, "id", pa.array(sample.rows(), pa.string())))
    rows.sort(key=lambda row: levels.index(row["level"]) if row["level"] in levels else len(levels))
    votes = _votes(run, [row["id"] for row in rows]) if stage == "verify" else {}
    data = _columns(rows, documents)
    data["node"] = [node_of(name) for name in data["names"]]
    data["chunk"] = CHUNK
    opened = [[row.get("answer"), votes.get(row["id"])] for row in rows]
    chunks = [opened[at : at + CHUNK] for at in range(0, len(opened), CHUNK)]
    return Shown(data, chunks, sample.offered, stage)


def _columns(rows: list[Row], documents: Numbered) -> dict[str, Any]:
    """The rows as columns; what repeats is a number into a list."""
    data: dict[str, Any] = {name: [row.get(name) for row in rows] for name in PLAIN}
    data["final_answer"] = [
        None if row.get("final_answer") is None else in_a_line(row["final_answer"], row.get("tests") or ())
        for row in rows
    ]
    data["code"] = any(row.get("tests") for row in rows)
    data["seed"] = [str(row["seed"]) for row in rows]  # an integer of 64 bits does not fit a number of the page's
    data["shortened"] = [bool(row.get("document_shortened")) for row in rows]
    for name in FACTS:
        values = sorted({row[name] for row in rows if row.get(name)})
        place = {value: at for at, value in enumerate(values)}
        data[f"{name}s"] = values
        data[name] = [place.get(row.get(name), -1) for row in rows]
    names = Numbered()
    for name in NAMED:
        data[name] = [[names.number(word) for word in row.get(name) or ()] for row in rows]
    data["names"] = names.values
    data["document_ids"] = [[documents.number(name) for name in row["document_ids"]] for row in rows]
    return data


def _votes(run: RunFolder, names: list[str]) -> dict[str, list[list[Any]]]:
    """For each question its sampled final answers as they were written, or the verdicts on programs, with how often."""
    given: dict[str, Counter[str]] = defaultdict(Counter)
    latest: dict[str, int] = {}
    columns = ["question_id", "final_answer", "round", "verdict"]
    wanted = pa.array(names, pa.string())
    for row in rows_where(files_of([run.stage("answers")]), columns, "question_id", wanted):
        name = row["question_id"]
        if row["round"] > latest.get(name, 0):  # only the last round of a debate votes
            latest[name] = row["round"]
            given[name].clear()
        given[name][row.get("verdict") or row["final_answer"]] += 1
    return {
        name: [[answer, count] for answer, count in counts.most_common(VOTES_SHOWN)] for name, counts in given.items()
    }
