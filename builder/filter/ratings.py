"""Ratings as a dataset of their own: one JSON object a line, to read, correct by hand, reuse and push.

`load_dataset("json", data_files=...)` reads it. The score is always computed again from the three ratings, so that a
correction of one of them takes effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import orjson

from ..errors import CorpusError
from ..rows import Document
from ..store import write_atomically
from .rating import HIGHEST, LOWEST, Rating, score_of

_NEEDED = ("id", "text", "relevance", "clarity", "language")
_DEFAULTS: dict[str, Any] = {"url": "", "domain": "", "round": "", "shortened": False, "model": "", "prompt_hash": ""}


def write_rows(path: Path, rows: Iterable[Rating | Document]) -> None:
    """Write rows as JSON lines, atomically."""

    def write(temporary: Path) -> None:
        with temporary.open("wb") as file:
            file.writelines(orjson.dumps(asdict(row)) + b"\n" for row in rows)

    write_atomically(path, write)


def read_documents(path: Path) -> list[Document]:
    """The documents that `write_rows` wrote."""
    return [Document(**row) for _, row in _json_lines(path)]


def read_ratings(path: Path) -> list[Rating]:
    """Ratings from JSON lines, or from a parquet file of the same columns.

    Columns that only tell where a rating comes from may be absent.

    Raises:
        CorpusError: The file cannot be read, a row lacks a column, or a rating is not a whole number from 1 to 10.
    """
    rows = _parquet_rows(path) if path.suffix == ".parquet" else _json_lines(path)
    return [_rating(path, number, row) for number, row in rows]


def _rating(path: Path, number: int, row: dict[str, Any]) -> Rating:
    for name in _NEEDED:
        if row.get(name) is None:
            raise CorpusError(f"{path}: row {number}: no '{name}'; ratings need the columns {', '.join(_NEEDED)}")
    for name in ("relevance", "clarity", "language"):
        value = row[name]
        if isinstance(value, float) and value.is_integer():
            row[name] = value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not LOWEST <= value <= HIGHEST:
            raise CorpusError(
                f"{path}: row {number}: {name}: {value!r}, expected a whole number from {LOWEST} to {HIGHEST}"
            )
    values = {name: default if row.get(name) is None else row[name] for name, default in _DEFAULTS.items()}
    return Rating(
        **{name: row[name] for name in _NEEDED},
        **values,
        score=score_of(row["relevance"], row["clarity"], row["language"]),
    )


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                row = orjson.loads(line)
                if not isinstance(row, dict):
                    raise CorpusError(f"{path}: row {number}: expected a JSON object, found {type(row).__name__}")
                yield number, row
    except OSError as error:
        raise CorpusError(f"{path}: cannot read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise CorpusError(f"{path}: row {number}: not JSON: {error}") from error


def _parquet_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    wanted = {field.name for field in fields(Rating)}
    try:
        with pq.ParquetFile(path) as file:
            columns = [name for name in file.schema_arrow.names if name in wanted]
            number = 0
            for batch in file.iter_batches(columns=columns):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(f"{path}: cannot read: {error}") from error
