"""Rows of a dataset as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .errors import StoreError
from .programs import in_a_line
from .store import RunFolder


def sample_rows(run_path: Path, level: str | None, rows: int, seed: int) -> Iterator[str]:
    """Random questions of each level, or of one, as text.

    Raises:
        StoreError: The folder holds no finished run, or the level is not in it.
    """
    import polars as pl

    run = RunFolder(run_path)
    recipe = run.recipe()
    if level is not None and level not in recipe.levels:
        raise StoreError(f"--level: '{level}' is not in this run; it has {', '.join(recipe.levels)}")
    if not run.stage("dataset").done():
        raise StoreError(f"{run_path}: the run is not finished; run synthllm build again to continue it")
    for name in recipe.levels if level is None else [level]:
        frame = pl.read_parquet(run_path / "dataset" / name / "*.parquet")
        for row in frame.sample(min(rows, frame.height), seed=seed, shuffle=True).iter_rows(named=True):
            yield question_text(row)


def question_text(row: dict[str, Any]) -> str:
    """One question with its answer and where it came from."""
    about = row["concepts"] or row["topics"]
    verdict = "verified" if row["verified"] else "not verified"
    final = in_a_line(row["final_answer"], row["tests"])
    return "\n".join(
        [
            f"── {row['id']}  {row['level']}, {row['school_level']}, {row['subject']}",
            f"   concepts: {', '.join(about)}",
            f"   from: {', '.join(row['document_ids'])}",
            "",
            f"Q. {row['question']}",
            "",
            f"A. {row['answer']}",
            "",
            f"   final answer: {final}  ({row['agreement']:.0%} of {row['votes']} votes, {verdict})",
            "",
        ]
    )
