"""Any FineWeb-style source as typed documents: normalised, with a stable id, each at most once.

    source ──raw rows──> normalise ──> too short? undecodable? seen before? ──> Document | Rejected

Sources: a Hub dataset (streamed), parquet and JSONL files (plain, gzip, zstd), a `datasets` folder, and the installed
documentation (installed.py). Rows are read a batch at a time and the texts seen before are remembered on disk, so that
memory stays flat however large the source is.
"""

from __future__ import annotations

import glob
import gzip
import hashlib
import io
import itertools
import re
import sqlite3
import unicodedata
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from .errors import CorpusError
from .installed import installed_rows
from .recipe import CorpusRecipe
from .rows import Document, Rejected

STAGE = "corpus"
COLUMNS = ("id", "text", "url", "source", "dump", "date", "language", "language_score", "token_count", "score")
TEXT_COLUMNS = frozenset(("id", "url", "source", "dump", "date", "language"))
UNDECODABLE = object()  # stands for a row or a text whose bytes are not UTF-8, or not JSON
INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad]")
SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def read_corpus(recipe: CorpusRecipe, seen_path: Path, skip: int = 0) -> Iterator[Document | Rejected]:
    """Every raw row of the source, in a stable order, as a document or as a rejection.

    Args:
        seen_path: a file that remembers which texts and ids came before; made where it is missing.
        skip: raw rows to pass over, being finished by an earlier run.

    Raises:
        CorpusError: The source is missing, unreadable, empty or lacks a column.
    """
    rows = raw_rows(recipe, skip)
    position = skip
    left = None if recipe.limit is None else max(recipe.limit - skip, 0)
    with closing(SeenBefore(seen_path)) as seen:
        for raw in itertools.islice(rows, left):
            row = _accept(raw, position, recipe, seen)
            position += 1
            if position % recipe.documents_per_shard == 0:
                seen.commit()  # before the row goes out that completes a shard: what is finished is not read again
            yield row
    if position == 0:
        raise CorpusError(f"corpus: the source has no rows: {recipe.path or recipe.source}")


def raw_rows(recipe: CorpusRecipe, skip: int = 0) -> Iterator[Any]:
    """Raw rows as mappings of our column names; a row that cannot be decoded is `UNDECODABLE`.

    Args:
        skip: rows to pass over: whole parquet files and row groups by their footers, JSON lines without parsing them.

    Raises:
        CorpusError: The source is missing, unreadable or lacks a column.
    """
    unknown = set(recipe.columns) - set(COLUMNS)
    if unknown:
        raise CorpusError(
            f"corpus.columns: {', '.join(sorted(unknown))}: unknown column; ours are {', '.join(COLUMNS)}"
        )
    match recipe.source:
        case "installed":
            yield from itertools.islice(installed_rows(recipe.packages), skip, None)
        case "parquet":
            for path in _matching(recipe):
                rows = _parquet_footer(path).num_rows
                if skip < rows:
                    yield from _parquet_rows(path, recipe, skip)
                skip = max(skip - rows, 0)
        case "jsonl":
            for path in _matching(recipe):
                skip = yield from _jsonl_rows(path, recipe, skip)
        case "hub" | "folder":
            yield from _dataset_rows(recipe, skip)


def _matching(recipe: CorpusRecipe) -> list[Path]:
    """The files of a glob, sorted; a folder stands for the files in it."""
    pattern = str(recipe.path)
    if Path(pattern).is_dir():
        pattern = f"{pattern}/**/*.parquet" if recipe.source == "parquet" else f"{pattern}/**/*.jsonl*"
    paths = sorted(Path(path) for path in glob.glob(pattern, recursive=True))  # noqa: PTH207 - absolute patterns too
    if not paths:
        raise CorpusError(f"corpus.path: no file matches {recipe.path}")
    return paths


def parquet_row_count(recipe: CorpusRecipe) -> int:
    """Rows of a parquet source, from the files' footers."""
    return sum(_parquet_footer(path).num_rows for path in _matching(recipe))


def _parquet_footer(path: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(path)
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(f"{path}: cannot be read as parquet: {_one_line(error)}; replace or remove it") from error


def _source_columns(available: Iterable[str], recipe: CorpusRecipe, where: str) -> dict[str, str]:
    """Our column -> the source's, for those that are there.

    Raises:
        CorpusError: A column that the recipe names, or the text, is not there.
    """
    have = list(available)
    for ours, theirs in {"text": "text", **recipe.columns}.items():
        if theirs not in have:
            raise CorpusError(
                f"{where}: no column '{theirs}' for '{ours}'; it has {', '.join(have)}: name the right one under "
                f"corpus.columns, as '{ours}: COLUMN'"
            )
    return {ours: recipe.columns.get(ours, ours) for ours in COLUMNS if recipe.columns.get(ours, ours) in have}


def _parquet_rows(path: Path, recipe: CorpusRecipe, skip: int) -> Iterator[dict[str, Any]]:
    try:
        with pq.ParquetFile(path) as file:
            columns = _source_columns(file.schema_arrow.names, recipe, str(path))
            groups = list(range(file.num_row_groups))
            while groups and skip >= file.metadata.row_group(groups[0]).num_rows:
                skip -= file.metadata.row_group(groups.pop(0)).num_rows
            for batch in file.iter_batches(batch_size=512, row_groups=groups, columns=list(columns.values())):
                yield from _rows_of_batch(batch.slice(min(skip, batch.num_rows)), columns)
                skip = max(skip - batch.num_rows, 0)
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(f"{path}: cannot be read as parquet: {_one_line(error)}; replace or remove it") from error


def _rows_of_batch(batch: pa.RecordBatch, columns: dict[str, str]) -> Iterator[dict[str, Any]]:
    lists = []
    for theirs in columns.values():
        try:
            lists.append(batch.column(theirs).to_pylist())
        except UnicodeDecodeError:  # one bad value must not cost the batch: take the column value by value
            lists.append([_decoded(value) for value in batch.column(theirs)])
    for values in zip(*lists, strict=True):
        yield dict(zip(columns, values, strict=True))


def _decoded(value: Any) -> Any:
    try:
        return value.as_py()
    except UnicodeDecodeError:
        return UNDECODABLE


def _jsonl_rows(path: Path, recipe: CorpusRecipe, skip: int) -> Generator[Any, None, int]:
    """The rows of a file after the first `skip`; returns how many are left to skip in the files after it."""
    columns: dict[str, str] | None = None
    try:
        with _open_lines(path) as lines:
            for line in lines:
                if not line.strip():
                    continue
                if skip:
                    skip -= 1
                    continue
                try:
                    row = orjson.loads(line)
                except orjson.JSONDecodeError:
                    yield UNDECODABLE
                    continue
                if not isinstance(row, dict):
                    yield {"text": row}
                    continue
                if columns is None:
                    columns = _source_columns(row, recipe, str(path))
                yield {ours: row.get(recipe.columns.get(ours, ours)) for ours in COLUMNS}
    except (OSError, EOFError, zstandard.ZstdError) as error:
        raise CorpusError(f"{path}: cannot be read as JSON lines: {_one_line(error)}; replace or remove it") from error
    return skip


def _open_lines(path: Path) -> IO[bytes] | gzip.GzipFile | io.BufferedReader:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    if path.suffix in (".zst", ".zstd"):
        reader = zstandard.ZstdDecompressor().stream_reader(path.open("rb"), closefd=True, read_across_frames=True)
        return io.BufferedReader(reader, buffer_size=1 << 20)
    return path.open("rb")


def _dataset_rows(recipe: CorpusRecipe, skip: int) -> Iterator[dict[str, Any]]:
    import datasets  # late: a second of start-up

    try:
        if recipe.source == "folder":
            loaded = datasets.load_from_disk(str(recipe.path))
            dataset = loaded[recipe.split] if isinstance(loaded, datasets.DatasetDict) else loaded
        else:
            dataset = datasets.load_dataset(
                recipe.path, recipe.config, split=recipe.split, revision=recipe.revision, streaming=recipe.streaming
            )
    except (OSError, ValueError, KeyError) as error:
        raise CorpusError(f"corpus.path: cannot load {recipe.path}: {_one_line(error)}") from error
    names = dataset.column_names
    if names is None:  # a streamed dataset may know its columns only from its first row
        names = list(next(iter(dataset), {}))
    columns = _source_columns(names, recipe, str(recipe.path))
    if isinstance(dataset, datasets.Dataset) and skip >= dataset.num_rows:  # which `skip` refuses
        return
    for row in dataset.skip(skip):
        yield {ours: row.get(theirs) for ours, theirs in columns.items()}


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def _accept(raw: Any, position: int, recipe: CorpusRecipe, seen: SeenBefore) -> Document | Rejected:
    """One raw row as a document, or why it is none."""
    if raw is UNDECODABLE:
        return Rejected(f"row-{position}", STAGE, "undecodable", "the row is not valid UTF-8 JSON")
    text = raw.get("text")
    name = str(raw["id"]) if raw.get("id") not in (None, "", UNDECODABLE) else ""
    label = name or f"row-{position}"
    if isinstance(text, bytes):
        text = text.decode("utf-8", errors="replace")
    if text is UNDECODABLE:
        return Rejected(label, STAGE, "undecodable", "the text is not valid UTF-8")
    if text is not None and not isinstance(text, str):
        return Rejected(label, STAGE, "wrong_type", f"text: expected a string, found {type(text).__name__}")
    wrong = [column for column in TEXT_COLUMNS if not isinstance(raw.get(column), str | int | None)]
    if wrong:
        return Rejected(label, STAGE, "wrong_type", f"{wrong[0]}: expected a string")
    text = normalize(text or "")
    if not text:
        return Rejected(label, STAGE, "empty")
    if text.count("\ufffd") * 100 > len(text):
        return Rejected(label, STAGE, "undecodable", "more than 1% of the characters could not be decoded")
    if len(text) < recipe.min_chars:
        return Rejected(label, STAGE, "too_short", f"{len(text)} characters, at least {recipe.min_chars} are asked for")
    digest = hashlib.sha256(text.encode()).digest()
    name = name or digest.hex()[:16]
    for kind, key in (("repeated_text", digest), ("repeated_id", hashlib.sha256(b"id\0" + name.encode()).digest())):
        first = seen.first(key, position)
        if first != position:
            return Rejected(label, STAGE, kind, f"same as row {first} of the source")
    return Document(
        id=name,
        text=cut_at_paragraph(text, recipe.max_chars),
        url=str(raw.get("url") or ""),
        source=str(raw.get("source") or recipe.path or recipe.source),
        dump=_optional_text(raw.get("dump")),
        date=_optional_text(raw.get("date")),
        language=_optional_text(raw.get("language")),
        language_score=_optional_number(raw.get("language_score")),
        token_count=None if (count := _optional_number(raw.get("token_count"))) is None else int(count),
        score=_optional_number(raw.get("score")),
    )


def _optional_text(value: Any) -> str | None:
    return None if value is None else str(value)


def _optional_number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def normalize(text: str) -> str:
    """Text in Unicode form C, without invisible characters, with plain spaces, single blank lines and no trailing ones.

    Form C rather than KC, which would turn `x²` into `x2`.
    """
    if not text.isascii():
        text = text.encode("utf-8", errors="replace").decode() if any("\ud800" <= c <= "\udfff" for c in text) else text
        text = SPACES.sub(" ", unicodedata.normalize("NFC", text))
    text = INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    "))
    text = re.sub(r" +\n", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def cut_at_paragraph(text: str, max_chars: int) -> str:
    """The text up to the last paragraph, or else sentence or word, that ends within `max_chars`."""
    if len(text) <= max_chars:
        return text
    head = text[:max_chars]
    for boundary in ("\n\n", "\n", ". ", " "):
        end = head.rfind(boundary)
        if end > max_chars // 2:
            return head[: end + (boundary == ". ")].rstrip()
    return head


class SeenBefore:
    """Which row of the source had a text, or an id, first. Kept on disk: memory does not grow with the corpus.

    A row that is read again after a kill finds itself as the first, so that nothing is lost on resume.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS seen (key INTEGER PRIMARY KEY, row INTEGER NOT NULL)")
        self._connection.execute("BEGIN")

    def first(self, key: bytes, row: int) -> int:
        """The first row that had the key (its first 8 bytes count), which is `row` itself where it is new."""
        number = int.from_bytes(key[:8], "big", signed=True)
        found = self._connection.execute("SELECT row FROM seen WHERE key = ?", (number,)).fetchone()
        if found is not None:
            return min(int(found[0]), row)
        self._connection.execute("INSERT INTO seen VALUES (?, ?)", (number, row))
        return row

    def commit(self) -> None:
        """Put on disk what came so far, so that neither a kill nor a power loss forgets it."""
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN")

    def close(self) -> None:
        """Commit what is pending and close the file."""
        self._connection.execute("COMMIT")
        self._connection.close()
