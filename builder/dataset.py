"""The dataset of a run: parquet per config, and the card, in a folder that plain `datasets` loads.

dataset/README.md                               the card; its YAML maps configs to files
dataset/level1/train-00000-of-00001.parquet     verified questions; config `all` is every level's files
dataset/documents|concepts|rejected/...         what the questions were made from, and what was refused
dataset/figures/...                             lengths and diversity
dataset/provenance/...                          how it was made (provenance.py)
"""

from __future__ import annotations

import math
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow.parquet as pq

from ..cards.card import EXTRA_CONFIGS, write_dataset_card
from ..cards.figures import write_figures
from ..cards.numbers import distinct
from .provenance import write_provenance
from .recipe import Recipe
from .rows import Concepts, Document, Rejected, VerifiedQuestion
from .store import RunFolder, chunks, to_table, write_table

ROWS_PER_FILE = 50_000


def write_dataset(run: RunFolder, recipe: Recipe, stages: list[str]) -> int:
    """Write every config and the card; the number of questions."""
    folder = run.path / "dataset"
    for config in (*recipe.levels, *EXTRA_CONFIGS):
        if (folder / config).exists():
            shutil.rmtree(folder / config)  # left by a run that was stopped in the middle
    verified = run.stage("verify")
    per_level = _rows_per_level(run)
    for level in recipe.levels:
        rows = (row for row in verified.read(VerifiedQuestion) if row.level == level)
        _write_config(run, level, rows, VerifiedQuestion, per_level[level])
    _write_config(
        run, "documents", run.stage("filter").read(Document), Document, run.stage("filter").manifest()["rows"]
    )
    _write_config(
        run, "concepts", run.stage("concepts").read(Concepts), Concepts, run.stage("concepts").manifest()["rows"]
    )
    after_filter = stages[stages.index("concepts") : stages.index("dataset")]
    refused = sum(sum(run.stage(stage).manifest()["rejected"].values()) for stage in after_filter)
    _write_config(run, "rejected", _all_rejected(run, after_filter), Rejected, refused)
    made = [path for level in recipe.levels for path in (folder / level).glob("*.parquet")]
    models = {
        "questions": ", ".join(distinct(made, "question_model")),
        "answers": ", ".join(distinct(made, "answer_model")),
    }
    write_provenance(run, recipe, stages[: stages.index("dataset")], models)
    write_figures({level: sorted((folder / level).glob("*.parquet")) for level in recipe.levels}, folder / "figures")
    write_dataset_card(run, recipe, stages)
    return sum(per_level.values())


def _rows_per_level(run: RunFolder) -> Counter[str]:
    verified = run.stage("verify")
    counts: Counter[str] = Counter()
    for shard in verified.shards():
        counts.update(pq.read_table(verified.path / f"{shard}.parquet", columns=["level"]).column("level").to_pylist())
    return counts


def _all_rejected(run: RunFolder, stages: list[str]) -> Iterator[Rejected]:
    for stage in stages:
        yield from run.stage(stage).rejected()


def _write_config(run: RunFolder, config: str, rows: Iterable[Any], row_type: type, count: int) -> None:
    files = max(1, math.ceil(count / ROWS_PER_FILE))
    parts = chunks(rows, ROWS_PER_FILE)
    for number in range(files):
        path = run.path / "dataset" / config / f"train-{number:05d}-of-{files:05d}.parquet"
        write_table(path, to_table(next(parts, []), row_type))
