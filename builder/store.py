"""The only reading and writing of data files: parquet shards, what was rejected, manifests, and the run folder itself.

    RUN/recipe.yaml                      the recipe with every default; a folder of another recipe is refused
    RUN/STAGE/part-00000.parquet         rows
    RUN/STAGE/part-00000.rejected.parquet   rows refused, with reasons (absent if none)
    RUN/STAGE/part-00000.json            the shard's manifest, written last: the shard is done when it exists
    RUN/STAGE/stage.json                 totals, written when every shard is done

Every file is written beside its place, flushed to disk and renamed, so that a file that exists is whole.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import types
import typing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from .errors import StoreError
from .recipe import Recipe, load_recipe
from .rows import Rejected

Row = TypeVar("Row")
STAGE_MANIFEST = "stage.json"


def schema_of(row_type: type) -> pa.Schema:
    """The Arrow schema of a row dataclass, from its annotations."""
    hints = typing.get_type_hints(row_type)
    return pa.schema([pa.field(field.name, _arrow_type(hints[field.name])) for field in fields(row_type)])


def _arrow_type(annotation: Any) -> pa.DataType:
    simple = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    if annotation in simple:
        return simple[annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is tuple:
        return pa.list_(_arrow_type(arguments[0]))
    if origin in (types.UnionType, typing.Union):
        (inner,) = (argument for argument in arguments if argument is not type(None))
        return _arrow_type(inner)
    if typing.is_typeddict(annotation):
        return pa.struct([(name, _arrow_type(hint)) for name, hint in typing.get_type_hints(annotation).items()])
    raise TypeError(f"no column type for {annotation!r}")


def to_table(rows: Sequence[Any], row_type: type) -> pa.Table:
    """Rows as an Arrow table of the row type's schema."""
    schema = schema_of(row_type)
    columns = [pa.array([getattr(row, field.name) for row in rows], type=field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def from_batch(batch: pa.RecordBatch | pa.Table, row_type: type[Row]) -> list[Row]:
    """The rows of an Arrow batch; lists come back as tuples."""
    names = [field.name for field in fields(row_type)]  # type: ignore[arg-type]
    columns = []
    for name in names:
        values = batch.column(name).to_pylist()
        columns.append([tuple(v) if isinstance(v, list) else v for v in values])
    return [row_type(*values) for values in zip(*columns, strict=True)]


@contextmanager
def _naming(path: Path, doing: str) -> Iterator[None]:
    """Turn an operating system's refusal into an error that names the file and says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            advice = "the disk is full: free some space and run again, what is finished is kept"
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            advice = "no permission to write there: choose another folder with --out"
        else:
            advice = error.strerror or str(error)
        raise StoreError(f"{path}: cannot {doing}: {advice}") from error


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file through `write(temporary)`, flush it and rename it into place.

    Raises:
        StoreError: The disk is full, or the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    with _naming(path, "write"):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(temporary)
            descriptor = os.open(temporary, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file atomically."""
    write_atomically(path, lambda temporary: _write_text(temporary, json.dumps(value, indent=1, ensure_ascii=False)))


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically."""
    write_atomically(path, lambda temporary: _write_text(temporary, text))


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def write_table(path: Path, table: pa.Table) -> None:
    """Write one parquet file atomically."""
    write_atomically(path, lambda temporary: pq.write_table(table, temporary, compression="zstd"))


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        StoreError: The file is missing or damaged.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot read: {error}") from error
    if not isinstance(value, dict):
        raise StoreError(f"{path}: expected a JSON object, found {type(value).__name__}")
    return value


def shard_name(number: int) -> str:
    """The name of a shard: `part-00000`."""
    return f"part-{number:05d}"


class StageFolder:
    """The folder of one stage: finished shards, their rejections and manifests."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def done(self) -> bool:
        """Whether every shard is done."""
        return (self.path / STAGE_MANIFEST).exists()

    def has(self, shard: str) -> bool:
        """Whether one shard is done."""
        return (self.path / f"{shard}.json").exists()

    def shards(self) -> list[str]:
        """The names of the finished shards, in order."""
        return sorted(path.stem for path in self.path.glob("part-*.json"))

    def write(
        self, shard: str, rows: Sequence[Any], row_type: type, rejected: Sequence[Rejected], **facts: Any
    ) -> dict[str, Any]:
        """Write a shard: its rows, what was rejected, and last its manifest, which is returned."""
        write_table(self.path / f"{shard}.parquet", to_table(rows, row_type))
        if rejected:
            write_table(self.path / f"{shard}.rejected.parquet", to_table(rejected, Rejected))
        reasons = Counter(row.reason for row in rejected)
        manifest = {"rows": len(rows), "rejected": dict(sorted(reasons.items())), **facts}
        write_json(self.path / f"{shard}.json", manifest)
        return manifest

    def totals(self) -> dict[str, Any]:
        """Rows and rejections by reason, over the shards that are done."""
        manifests = [self.manifest(shard) for shard in self.shards()]
        rejected: Counter[str] = Counter()
        for manifest in manifests:
            rejected.update(manifest["rejected"])
        return {
            "shards": len(manifests),
            "rows": sum(manifest["rows"] for manifest in manifests),
            "rejected": dict(sorted(rejected.items())),
        }

    def finish(self, **facts: Any) -> dict[str, Any]:
        """Write the stage's manifest: its totals, and further facts. The stage is done then."""
        manifest = self.totals() | facts
        write_json(self.path / STAGE_MANIFEST, manifest)
        return manifest

    def manifest(self, shard: str | None = None) -> dict[str, Any]:
        """The manifest of a shard, or of the whole stage."""
        return read_json(self.path / (STAGE_MANIFEST if shard is None else f"{shard}.json"))

    def read(self, row_type: type[Row], shard: str | None = None) -> Iterator[Row]:
        """The rows of one shard, or of all in order, a batch in memory at a time."""
        for name in self.shards() if shard is None else [shard]:
            yield from read_parquet(self.path / f"{name}.parquet", row_type)

    def column(self, shard: str, name: str) -> list[Any]:
        """One column of a shard, without reading the others."""
        return list(pq.read_table(self.path / f"{shard}.parquet", columns=[name]).column(0).to_pylist())

    def rejected(self) -> Iterator[Rejected]:
        """The rejected rows of all shards, in order."""
        for name in self.shards():
            path = self.path / f"{name}.rejected.parquet"
            if path.exists():
                yield from read_parquet(path, Rejected)


def read_parquet(path: Path, row_type: type[Row]) -> Iterator[Row]:
    """The rows of a parquet file that this package wrote.

    Raises:
        StoreError: The file is missing or damaged.
    """
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=2_048):
                yield from from_batch(batch, row_type)
    except (OSError, pa.ArrowException, KeyError) as error:
        raise StoreError(f"{path}: cannot read: {error}; delete the stage's folder to make it again") from error


def chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Lists of `size` rows; the last may be shorter."""
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder, made where it is missing, for one process.

    Raises:
        StoreError: Another process works in it, or it cannot be written.
    """
    with _naming(folder, "write"):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError(f"{folder}: another process is working in this run folder") from error
        yield


class RunFolder:
    """A folder that holds one run of one recipe."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def stage(self, name: str) -> StageFolder:
        """The folder of a stage."""
        return StageFolder(self.path / name)

    @contextmanager
    def claim(self, recipe: Recipe) -> Iterator[None]:
        """Hold the folder for one process, and see that it belongs to the recipe.

        Raises:
            StoreError: Another process works in it, it belongs to another recipe, or it cannot be written.
        """
        with locked(self.path):
            self._belongs_to(recipe)
            yield

    def _belongs_to(self, recipe: Recipe) -> None:
        path = self.path / "recipe.yaml"
        if not path.exists():
            strangers = [entry.name for entry in self.path.iterdir() if entry.name != ".lock"]
            if strangers:
                raise StoreError(
                    f"{self.path}: holds files that are no run ({', '.join(sorted(strangers)[:3])}); choose an empty "
                    "folder with --out"
                )
            write_text(path, recipe.canonical())
            return
        before = self.recipe()
        changes = differences(before.identity(), recipe.identity())
        if changes:
            raise StoreError(
                f"{self.path}: belongs to another recipe: {'; '.join(changes)}; choose another folder with --out, or "
                "go back to the recipe that the folder holds"
            )
        if before != recipe:  # other servers, limits or prices: the rows stay the same
            write_text(path, recipe.canonical())

    def recipe(self) -> Recipe:
        """The recipe that made the run.

        Raises:
            StoreError: The folder holds no run.
            RecipeError: Its recipe is damaged, or of a version with other keys.
        """
        path = self.path / "recipe.yaml"
        if not path.exists():
            raise StoreError(
                f"{self.path}: no run here (recipe.yaml is missing); build one with: synthllm build RECIPE"
            )
        return load_recipe(path)


def differences(before: Any, after: Any, where: str = "") -> list[str]:
    """Every field that differs between two recipes, as `level3.questions: 3 -> 5`."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = list(before) + [key for key in after if key not in before]
        return [
            change
            for key in keys
            for change in differences(before.get(key), after.get(key), f"{where}.{key}".strip("."))
        ]
    return [] if before == after else [f"{where}: {before!r} -> {after!r}"]
