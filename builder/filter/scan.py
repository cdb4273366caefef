"""A trained filter over raw parquet files, at the speed of reading them: local, on the Hub, or anywhere fsspec reaches.

    shard ──row group by row group──> scores ──> OUT/part-00000.scores.parquet   id, score, kept
                                        ├──────> OUT/part-00000.parquet          the rows kept, and `filter_score`
                                        ├──────> OUT/part-00000.dropped.parquet  a sample of the rows not kept
                                        └──────> OUT/part-00000.json             counts; written last: the shard is done

Shards are scanned side by side in threads, one batch of rows each in memory. Running again goes on with the shards that
are not done.
"""

from __future__ import annotations

import asyncio
import glob
import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import CorpusError, StoreError
from ..runner import ordered_map
from ..store import read_json, write_atomically, write_json
from .classifier import TrainedFilter
from .language import WARN_ABOVE
from .results import BINS
from .sample import Smallest
from .window import Note

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

BATCH = 2_048  # rows scored at a time
LANGUAGE_SAMPLE = 100  # documents of each shard whose words are looked at
ROW_GROUP_BYTES = 16 * 2**20  # of rows in memory, before a row group of an output file is written


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What is read, and what is kept beside the scores."""

    text_column: str = "text"
    id_column: str = "id"
    dropped_sample: int = 20
    seed: int = 0


def shards_of(sources: Sequence[str]) -> list[str]:
    """The parquet files of paths, globs and fsspec addresses such as `hf://datasets/USER/NAME/data/*.parquet`.

    Raises:
        CorpusError: A source matches no file.
    """
    found: list[str] = []
    for source in sources:
        if "://" in source:
            import fsspec

            system, pattern = fsspec.core.url_to_fs(source)
            matches = [system.unstrip_protocol(path) for path in sorted(system.glob(pattern))] or (
                [source] if "*" not in source and system.exists(pattern) else []
            )
        else:
            folder = Path(source)
            pattern = str(folder / "**" / "*.parquet") if folder.is_dir() else source
            matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - an absolute or relative pattern
        if not matches:
            raise CorpusError(f"{source}: no parquet file matches; give files, a folder, a glob or hf://datasets/...")
        found += matches
    return found


async def scan(
    shards: Sequence[str],
    trained: TrainedFilter,
    out: Path,
    options: ScanOptions = ScanOptions(),
    workers: int | None = None,
    note: Note = lambda text: None,
) -> dict[str, Any]:
    """Score every row of every shard; the totals, which are also in `OUT/scan.json`.

    Args:
        shards: Parquet files, in a fixed order.
        workers: Shards at a time; as many as there are processors where None.
    Raises:
        CorpusError: A shard cannot be read or lacks a column.
        StoreError: The folder holds a scan by another filter or of other shards.
    """
    key = _key(shards, trained, options)
    plan = out / "plan.json"
    if plan.exists():
        if read_json(plan).get("key") != key:
            raise StoreError(f"{out}: holds a scan with another filter or of other files; choose another --out")
    else:
        write_json(plan, {"key": key, "shards": list(shards)})
    started = time.monotonic()

    async def one(item: tuple[int, str]) -> dict[str, Any]:
        number, shard = item
        marker = out / f"part-{number:05d}.json"
        if not marker.exists():
            await _scan_shard(shard, trained, out, f"part-{number:05d}", options)
        return read_json(marker)

    done = []
    window = workers or os.cpu_count() or 1
    async for (_, shard), facts in ordered_map(enumerate(shards), one, window):
        done.append(facts)
        note(f"scanned {len(done):,}/{len(shards):,} files, last {shard}")
    totals: dict[str, Any] = {name: sum(facts[name] for facts in done) for name in ("rows", "kept", "no_text")}
    totals["histogram"] = np.sum([facts["histogram"] for facts in done], axis=0).tolist() if done else [0] * BINS
    totals["seconds"] = round(time.monotonic() - started, 1)
    looked_at, foreign = sum(facts["looked_at"] for facts in done), sum(facts["foreign"] for facts in done)
    totals["warnings"] = (
        [f"language: {foreign} of {looked_at} documents looked at lack the common words of the filter's training"]
        if foreign > WARN_ABOVE * looked_at
        else []
    )
    write_json(out / "scan.json", totals)
    return totals


def _key(shards: Sequence[str], trained: TrainedFilter, options: ScanOptions) -> str:
    """Changes with the filter's numbers, the shards and the options."""
    digest = hashlib.sha256(repr((list(shards), options, trained.threshold, trained.cut)).encode())
    for part in (trained.linear, trained.forest):
        if part is not None:
            digest.update(repr(part.calibration).encode())
            digest.update(np.ascontiguousarray(part.weights if hasattr(part, "weights") else part.value).tobytes())
    return digest.hexdigest()[:16]


async def _scan_shard(shard: str, trained: TrainedFilter, out: Path, name: str, options: ScanOptions) -> None:
    import pyarrow as pa

    started = time.monotonic()
    outputs = _Outputs(out, name)
    dropped: Smallest[dict[str, Any]] = Smallest(options.dropped_sample)
    look: Smallest[str] = Smallest(LANGUAGE_SAMPLE)
    rng = np.random.default_rng([options.seed, int.from_bytes(hashlib.sha256(shard.encode()).digest()[:8], "big")])
    histogram = np.zeros(BINS, np.int64)
    rows = kept = no_text = 0
    with _opened(shard) as file, outputs:
        batches = _batches(file, shard, options)
        while (batch := await asyncio.to_thread(next, batches, None)) is not None:
            texts = batch.column(options.text_column)
            scores = await trained.scores(texts)
            ids = _ids(batch, shard, rows, options)
            above = scores.astype(np.float64) > trained.threshold
            outputs.add(batch, ids, scores, above)
            histogram += np.histogram(scores, BINS, (1.0, 10.0))[0]
            no_text += texts.null_count
            keys = rng.random(len(ids))
            for row in np.flatnonzero(~above & (keys <= dropped.bound())).tolist():
                row_id = str(ids[row])
                dropped.offer(keys[row], row_id, {**batch.slice(row, 1).to_pylist()[0], "filter_score": scores[row]})
            for row in range(min(len(ids), LANGUAGE_SAMPLE)) if rows < LANGUAGE_SAMPLE else ():
                look.offer(float(rows + row), str(ids[row]), str(texts[row].as_py() or ""))
            rows += len(ids)
            kept += int(above.sum())
        foreign = trained.language.foreign(pa.array(look.rows(), pa.large_string()))
        outputs.finish(dropped.rows())
    write_json(
        out / f"{name}.json",
        {
            "shard": shard,
            "rows": rows,
            "kept": kept,
            "no_text": no_text,
            "histogram": histogram.tolist(),
            "looked_at": len(foreign),
            "foreign": int(foreign.sum()),
            "seconds": round(time.monotonic() - started, 2),
        },
    )


def _opened(shard: str) -> AbstractContextManager[Any]:
    """A local path as it is; anything else as a file that reads by ranges."""
    if "://" not in shard:
        return nullcontext(shard)
    import fsspec

    system, path = fsspec.core.url_to_fs(shard)
    opened: AbstractContextManager[Any] = system.open(path, "rb")
    return opened


def _batches(file: Any, shard: str, options: ScanOptions) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # Not mapped: the pages of a mapped file that were read count as resident, so that memory grows with the file.
        with pq.ParquetFile(file, memory_map=False, pre_buffer=False) as parquet:
            names = parquet.schema_arrow.names
            if options.text_column not in names:
                raise CorpusError(
                    f"{shard}: no column '{options.text_column}'; it has {', '.join(names)}; give --text-column"
                )
            yield from parquet.iter_batches(batch_size=BATCH, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(f"{shard}: cannot read as parquet: {error}") from error


def _ids(batch: pa.RecordBatch, shard: str, first: int, options: ScanOptions) -> pa.Array:
    """The rows' ids; where there is no such column, the file's name and the row's number."""
    import pyarrow as pa

    if options.id_column in batch.schema.names:
        return batch.column(options.id_column).cast(pa.string())
    stem = shard.rsplit("/", 1)[-1]
    return pa.array([f"{stem}#{first + row}" for row in range(batch.num_rows)], pa.string())


class _Outputs(AbstractContextManager["_Outputs"]):
    """The files of one shard, written beside their places and moved there together at the end."""

    def __init__(self, out: Path, name: str) -> None:
        self._out, self._name = out, name
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._waiting: dict[str, list[pa.Table]] = {}
        self._schema: pa.Schema | None = None
        self._stack = ExitStack()

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        for path in self._out.glob(f".{self._name}.*.partial"):
            path.unlink()

    def _partial(self, kind: str) -> Path:
        return self._out / f".{self._name}.{kind}.partial"

    def _write(self, kind: str, table: pa.Table) -> None:
        """Write rows once there are enough for a row group: a filter that keeps few would make one of each batch."""
        waiting = self._waiting.setdefault(kind, [])
        waiting.append(table)
        if sum(part.nbytes for part in waiting) >= ROW_GROUP_BYTES:
            self._flush(kind)

    def _flush(self, kind: str) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.concat_tables(self._waiting.pop(kind))
        if kind not in self._writers:
            writer = pq.ParquetWriter(self._partial(kind), table.schema, compression="zstd")
            self._writers[kind] = self._stack.enter_context(writer)
        self._writers[kind].write_table(table)

    def add(self, batch: pa.RecordBatch, ids: pa.Array, scores: Any, above: Any) -> None:
        """Take the scores of a batch, and its rows that are kept."""
        import pyarrow as pa

        self._write("scores", pa.table({"id": ids, "score": scores, "kept": above}))
        rows = pa.Table.from_batches([batch]).append_column("filter_score", pa.array(scores))
        self._schema = rows.schema
        if above.any():
            self._write("rows", rows.filter(pa.array(above)))

    def finish(self, dropped: Sequence[dict[str, Any]]) -> None:
        """Close the files and move them to their places."""
        import pyarrow as pa

        if dropped and self._schema is not None:
            self._write("dropped", pa.Table.from_pylist(list(dropped), schema=self._schema))
        for kind in list(self._waiting):
            self._flush(kind)
        self._stack.close()
        for kind in self._writers:
            suffix = "parquet" if kind == "rows" else f"{kind}.parquet"
            write_atomically(self._out / f"{self._name}.{suffix}", partial(_move, self._partial(kind)))


def _move(made: Path, place: Path) -> None:
    made.replace(place)
