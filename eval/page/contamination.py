"""Questions that were dropped because a benchmark asks them, with the words that both have."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ...builder.filter.sample import Smallest, draw
from ...builder.recipe import Recipe
from ...builder.store import RunFolder
from .reading import batches, files_of, rows_where
from .stages import Stage, rejected_files

SHOWN = 60
REASON = "contaminated_"


def contamination_facts(run: RunFolder, recipe: Recipe, curate: Stage, seed: int) -> dict[str, Any]:
    """Counts by benchmark and check, and a seeded sample of the matches with the question around each.

    Raises:
        StoreError: A file is damaged.
    """
    sample: Smallest[dict[str, str]] = Smallest(SHOWN)
    for batch in batches(rejected_files(run.stage("curate")), ["id", "reason", "detail"]):
        for row in batch.to_pylist():
            if row["reason"].startswith(REASON):
                sample.offer(draw(seed, "contaminated", row["id"]), row["id"], row)
    found = sample.rows()
    wanted = pa.array([row["id"] for row in found], pa.string())
    files = files_of(run.stage(level) for level in recipe.levels)
    asked = {row["id"]: row["question"] for row in rows_where(files, ["id", "question"], "id", wanted)}
    benchmarks = curate.facts.get("benchmarks", {})
    return {
        "benchmarks": benchmarks,
        "checks": ("ngram", "whole", "reworded"),
        "dropped": sample.offered,
        "matches": [_match(row, asked.get(row["id"], ""), list(benchmarks)) for row in found],
        "ngram": recipe.curate.ngram,
        "reworded_share": recipe.curate.reworded_share,
    }


def _match(row: dict[str, str], question: str, benchmarks: list[str]) -> dict[str, Any]:
    """The match, with the question cut into what is before the shared words, the words, and what follows."""
    where, _, span = row["detail"].partition(": ")
    benchmark = next((name for name in benchmarks if where.startswith(f"{name} ")), where.partition(" ")[0])
    before, shared, after = question.partition(span) if span else (question, "", "")
    return {
        "id": row["id"],
        "benchmark": benchmark,
        "item": where.removeprefix(benchmark).strip(),
        "check": row["reason"].removeprefix(REASON),
        "span": span,
        "question": (before, shared, after),
    }
