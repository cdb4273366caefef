"""The dataset of a run: parquet per config, and the card, in a folder that plain `datasets` loads.

dataset/README.md                               the card; its YAML maps configs to files
dataset/level1/train-00000-of-00001.parquet     verified questions; config `all` is every level's files
dataset/documents|concepts|rejected/...         what the questions were made from, and what was refused
dataset/figures/...                             lengths and diversity
dataset/provenance/...                          how it was made (provenance.py)
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..cards.card import EXTRA_CONFIGS, write_dataset_card
from ..cards.figures import write_figures
from ..cards.numbers import distinct
from ..eval.diversity_run import quick_embedder
from .provenance import DIVERSITY, write_provenance
from .recipe import Recipe
from .rows import Concepts, Document, Rejected, VerifiedQuestion
from .store import RunFolder, schema_of, write_json, write_table

ROWS_PER_FILE = 50_000


def write_dataset(run: RunFolder, recipe: Recipe, stages: list[str]) -> int:
    """Write every config and the card; the number of questions."""
    folder = run.path / "dataset"
    for config in (*recipe.levels, *EXTRA_CONFIGS):
        if (folder / config).exists():
            shutil.rmtree(folder / config)  # left by a run that was stopped in the middle
    for level in recipe.levels:
        _write_config(folder / level, VerifiedQuestion, _rows(run, "verify", pc.field("level") == level))
    _write_config(folder / "documents", Document, _rows(run, "filter"))
    _write_config(folder / "concepts", Concepts, _rows(run, "concepts"))
    after_filter = stages[stages.index("concepts") : stages.index("dataset")]
    _write_config(folder / "rejected", Rejected, _rejected(run, after_filter))
    made = [path for level in recipe.levels for path in (folder / level).glob("*.parquet")]
    models = {
        "questions": ", ".join(distinct(made, "question_model")),
        "answers": ", ".join(distinct(made, "answer_model")),
    }
    write_provenance(run, recipe, stages[: stages.index("dataset")], models)
    levels = {str(level): sorted((folder / level).glob("*.parquet")) for level in recipe.levels}
    _, diversity = write_figures(levels, folder / "figures", quick_embedder(recipe))
    write_json(folder / DIVERSITY, diversity)
    write_dataset_card(run, recipe, stages)
    return sum(pq.read_metadata(path).num_rows for path in made)


def _rows(run: RunFolder, stage: str, where: pc.Expression | None = None) -> Iterator[pa.Table]:
    """The rows of a stage, or those of them that fit, a shard at a time."""
    folder = run.stage(stage)
    for shard in folder.shards():
        yield pq.read_table(folder.path / f"{shard}.parquet", filters=where)


def _rejected(run: RunFolder, stages: list[str]) -> Iterator[pa.Table]:
    for stage in stages:
        for path in sorted(run.stage(stage).path.glob("part-*.rejected.parquet")):
            yield pq.read_table(path)


def _write_config(folder: Path, row_type: type, tables: Iterable[pa.Table]) -> None:
    """Write files of at most ROWS_PER_FILE rows; how many there are is in their names, which come last."""
    written = 0
    for table in _of_size(schema_of(row_type), tables, ROWS_PER_FILE):
        write_table(folder / f"train-{written:05d}.parquet", table)
        written += 1
    for number in range(written):
        path = folder / f"train-{number:05d}.parquet"
        path.rename(folder / f"train-{number:05d}-of-{written:05d}.parquet")


def _of_size(schema: pa.Schema, tables: Iterable[pa.Table], size: int) -> Iterator[pa.Table]:
    """The rows of the tables in tables of `size` rows; the last may have fewer, and where there is none it is empty."""
    waiting, first = schema.empty_table(), True
    for table in tables:
        waiting = pa.concat_tables([waiting, table.cast(schema)])
        while waiting.num_rows >= size:
            yield waiting.slice(0, size)
            waiting, first = waiting.slice(size), False
    if first or waiting.num_rows:
        yield waiting
