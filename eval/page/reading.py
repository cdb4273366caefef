"""Columns of a run's parquet files, a batch in memory at a time, and counts of their values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ...builder.errors import StoreError
from ...builder.store import StageFolder

Row = dict[str, Any]


def files_of(stages: Iterable[StageFolder]) -> list[Path]:
    """The parquet files of the finished shards of some stages, in order."""
    return [stage.path / f"{shard}.parquet" for stage in stages for shard in stage.shards()]


def batches(files: Iterable[Path], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Batches of some columns; one that a file does not have is left out.

    Raises:
        StoreError: A file is missing or damaged.
    """
    for path in files:
        try:
            with pq.ParquetFile(path) as file:
                there = [name for name in columns if name in file.schema_arrow.names]
                yield from file.iter_batches(batch_size=8_192, columns=there)
        except (OSError, pa.ArrowException) as error:
            said = " ".join(str(error).split())
            raise StoreError(f"{path}: cannot read: {said}; delete the stage's folder and build again") from error


def rows_where(files: Iterable[Path], columns: Sequence[str], column: str, values: pa.Array) -> Iterator[Row]:
    """The rows whose `column` is one of the values, in order.

    Raises:
        StoreError: A file is missing or damaged.
    """
    import pyarrow.compute as pc

    for batch in batches(files, columns):
        yield from batch.filter(pc.is_in(batch.column(column), value_set=values)).to_pylist()


def counts_by_level(files: Iterable[Path], columns: Sequence[str]) -> dict[str, dict[str, Counter[Any]]]:
    """How often each value of each column occurs, by column and by the row's level. Nulls are left out."""
    counted: dict[str, dict[str, Counter[Any]]] = {name: {} for name in columns}
    for batch in batches(files, ["level", *columns]):
        table = pa.Table.from_batches([batch])
        for name in columns:
            if name not in table.column_names:
                continue
            for row in table.group_by(["level", name]).aggregate([([], "count_all")]).to_pylist():
                if row[name] is not None:
                    counted[name].setdefault(row["level"], Counter())[row[name]] += row["count_all"]
    return counted


def rows_by_level(files: Iterable[Path]) -> Counter[str]:
    """How many rows each level has."""
    counts: Counter[str] = Counter()
    for batch in batches(files, ["level"]):
        counts.update(batch.column("level").to_pylist())
    return counts
