"""What documents teach, from rows or parquet shards, as batches of Arrow columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from .errors import CorpusError
from .rows import Concepts

ROWS_PER_BATCH = 20_000
COLUMNS = {"document_id": ("document_id", "id"), "topics": ("topics",), "concepts": ("concepts", "key_concepts")}
"""For each column of `Concepts`, the names that it may have."""
Batch = tuple[Any, Any, Any]
"""Arrow columns: document ids, lists of topics, lists of key concepts."""


def batches_of_rows(rows: Iterable[Concepts | Mapping[str, Any]]) -> Iterator[Batch]:
    """Rows as Arrow columns.

    Raises:
        CorpusError: A row lacks a column, or holds something else than strings.
    """
    rows = iter(rows)
    number = 0
    while batch := list(islice(rows, ROWS_PER_BATCH)):
        if all(type(row) is Concepts for row in batch):
            fields = [(row.document_id, row.topics, row.concepts) for row in cast(list[Concepts], batch)]
        else:
            fields = [_fields(row, number + i) for i, row in enumerate(batch)]
        columns = list(zip(*fields, strict=True))
        number += len(batch)
        try:
            lists = pa.list_(pa.large_string())
            yield pa.array(columns[0], pa.large_string()), pa.array(columns[1], lists), pa.array(columns[2], lists)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise CorpusError(
                f"rows {number - len(batch)} to {number - 1}: expected a document id and lists of strings "
                f"as topics and concepts: {error}"
            ) from error


def _fields(row: Concepts | Mapping[str, Any], number: int) -> tuple[Any, Any, Any]:
    if isinstance(row, Concepts):
        return row.document_id, row.topics, row.concepts
    if not isinstance(row, Mapping):
        raise CorpusError(f"row {number}: expected `Concepts` or a mapping, found {type(row).__name__}")
    values = []
    for column, known in COLUMNS.items():
        name = next((name for name in known if name in row), None)
        if name is None:
            raise CorpusError(f"row {number}: no {' or '.join(map(repr, known))} among {', '.join(map(str, row))}")
        if column != "document_id" and isinstance(row[name], str):
            raise CorpusError(f"row {number}: {name}: expected a list of strings, found the string {row[name][:40]!r}")
        values.append(row[name])
    return values[0], values[1], values[2]


def batches_of_parquet(paths: Sequence[Path]) -> Iterator[Batch]:
    """The columns of parquet shards, a row group at a time.

    Raises:
        CorpusError: A file cannot be read or lacks a column.
    """
    for path in paths:
        try:
            file = pq.ParquetFile(path)
            found = file.schema_arrow.names
            columns = []
            for known in COLUMNS.values():
                name = next((name for name in known if name in found), None)
                if name is None:
                    raise CorpusError(f"{path}: no column {' or '.join(map(repr, known))} among {', '.join(found)}")
                columns.append(name)
            for group in file.iter_batches(batch_size=4 * ROWS_PER_BATCH, columns=columns):
                ids, topics, concepts = (group.column(name) for name in columns)
                lists = pa.list_(pa.large_string())
                yield ids.cast(pa.large_string()), topics.cast(lists), concepts.cast(lists)
        except OSError as error:
            raise CorpusError(f"{path}: cannot read the shard: {error}") from error
        except pa.ArrowException as error:
            raise CorpusError(f"{path}: expected parquet with ids and lists of strings: {error}") from error
