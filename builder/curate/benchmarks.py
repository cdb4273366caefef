"""Reading the questions of benchmark files, whose field names differ."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import RecipeError

QUESTION_FIELDS = ("question", "problem", "prompt", "input", "instruction", "query", "text")
"""The names under which benchmarks store the question, the commonest first."""
ID_FIELDS = ("id", "idx", "question_number", "unique_id", "source")


@dataclass(frozen=True)
class Benchmark:
    """The questions of one benchmark, with a name for each; the name of the benchmark is that of its file."""

    name: str
    ids: tuple[str, ...]
    questions: tuple[str, ...]


def read_benchmark(path: str | Path, field: str | None = None) -> Benchmark:
    """Read the questions of a benchmark file, JSONL or parquet.

    Args:
        path: The file.
        field: The field of the question; where it is None, the first of `QUESTION_FIELDS` that every row has.
    Raises:
        RecipeError: The file cannot be read, is empty, has an empty question, or no field for one: the error lists
            what it has.
    """
    path = Path(path)
    rows = read_rows(path)
    if not rows:
        raise RecipeError(f"{path}: no rows; expected one benchmark question a row")
    names = list(dict.fromkeys(name for row in rows for name in row))
    wanted = [field] if field else [name for name in QUESTION_FIELDS if name in names]
    if not wanted or wanted[0] not in names:
        known = field or ", ".join(QUESTION_FIELDS)
        raise RecipeError(f"{path}: no field with the question; expected {known}; the file has {', '.join(names)}")
    field = wanted[0]
    missing = next((number for number, row in enumerate(rows, 1) if not isinstance(row.get(field), str)), None)
    if missing is not None:
        found = type(rows[missing - 1].get(field)).__name__
        raise RecipeError(f"{path}: row {missing}: '{field}' should be text, found {found}")
    blank = next((number for number, row in enumerate(rows, 1) if not row[field].strip()), None)
    if blank is not None:
        raise RecipeError(f"{path}: row {blank}: '{field}' is empty; nothing can be compared with it, remove the row")
    by = next((name for name in ID_FIELDS if all(row.get(name) not in (None, "") for row in rows)), None)
    ids = tuple(str(row[by]) if by else str(number) for number, row in enumerate(rows))
    return Benchmark(path.stem, ids, tuple(row[field] for row in rows))


def matching(pattern: str | Path, key: str) -> list[Path]:
    """The files of a path or a glob, in order.

    Raises:
        RecipeError: There is none; `key` names the key of the recipe.
    """
    paths = sorted(Path(path) for path in glob.glob(str(pattern), recursive=True))  # noqa: PTH207 - absolute ones too
    if not paths:
        raise RecipeError(f"{key}: no file matches {pattern}")
    return paths


def read_benchmarks(patterns: Sequence[str | Path]) -> list[Benchmark]:
    """Read several benchmark files, named one by one or by globs.

    Raises:
        RecipeError: A pattern matches no file, a file cannot be read, or two have the same name.
    """
    found = [read_benchmark(path) for pattern in patterns for path in matching(pattern, "benchmarks")]
    names = [benchmark.name for benchmark in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise RecipeError(f"benchmarks: two files are named {twice}; rename one, the report counts by name")
    return found


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a benchmark file, JSONL or parquet, as they are.

    Raises:
        RecipeError: The file cannot be read, or a line is no JSON object.
    """
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            table: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        except (OSError, pa.ArrowInvalid) as error:
            raise RecipeError(f"{path}: cannot read the benchmark: {' '.join(str(error).split())}") from error
        return table
    import orjson

    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise RecipeError(f"{path}: cannot read the benchmark: {error.strerror}") from error
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise RecipeError(f"{path}: line {number} is not JSON: {error}") from error
        if not isinstance(row, dict):
            raise RecipeError(f"{path}: line {number} is {type(row).__name__}; expected an object with named fields")
        rows.append(row)
    return rows
