import asyncio
import functools
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthllm.builder.errors import CorpusError, StoreError
from synthllm.builder.filter.classifier import TrainedFilter, train_filter
from synthllm.builder.filter.latent import fit_latent
from synthllm.builder.filter.scan import ScanOptions, scan, shards_of
from synthllm.builder.rows import Document

from .scripted import truth, world


@functools.cache
def trained(classifier: str = "linear", seed: int = 1) -> TrainedFilter:
    documents = world(300, seed)
    texts = [document.text for document in documents]
    return asyncio.run(
        train_filter(
            texts,
            np.array([9.0 if truth(document.id) else 2.0 for document in documents]),
            unrated=(),
            threshold=6.5,
            classifier=classifier,
            embedder=fit_latent(pa.array(texts), 32, 0),
            trees=30,
            first_pass_recall=None,
            seed=0,
        )
    )


def table_of(documents: list[Document]) -> pa.Table:
    return pa.table(
        {"id": [d.id for d in documents], "text": [d.text for d in documents], "url": [d.url for d in documents]}
    )


@pytest.fixture
def shards(tmp_path: Path) -> list[str]:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(3):
        pq.write_table(table_of(world(400, 10 + number)), folder / f"{number}.parquet", row_group_size=100)
    return shards_of([str(folder)])


def test_scan_writes_every_score_and_the_kept_rows_with_their_columns(tmp_path: Path, shards: list[str]) -> None:
    out = tmp_path / "out"
    totals = asyncio.run(scan(shards, trained(), out, workers=2))
    assert totals["rows"] == 1200
    scores = [pq.read_table(out / f"part-{n:05d}.scores.parquet") for n in range(3)]
    rows = [pq.read_table(out / f"part-{n:05d}.parquet") for n in range(3)]
    dropped = pq.read_table(out / "part-00000.dropped.parquet")
    for number, (score, kept) in enumerate(zip(scores, rows, strict=True)):
        assert score["id"].to_pylist() == pq.read_table(shards[number])["id"].to_pylist()
        assert kept["id"].to_pylist() == score.filter(score["kept"])["id"].to_pylist()
        assert kept.column_names == ["id", "text", "url", "filter_score"]
        right = [truth(i) == k for i, k in zip(score["id"].to_pylist(), score["kept"].to_pylist(), strict=True)]
        assert np.mean(right) > 0.97
    assert totals["kept"] == sum(map(len, rows))
    assert 0 < len(dropped) <= ScanOptions().dropped_sample
    assert not set(dropped["id"].to_pylist()) & set(rows[0]["id"].to_pylist())


def test_few_kept_rows_of_many_batches_make_one_row_group(tmp_path: Path) -> None:
    pq.write_table(pa.concat_tables([table_of(world(60))] * 100), tmp_path / "many.parquet", row_group_size=500)
    asyncio.run(scan([str(tmp_path / "many.parquet")], trained(), tmp_path / "out"))
    for name, rows in (("part-00000.scores.parquet", 6_000), ("part-00000.parquet", 2_000)):
        written = pq.read_metadata(tmp_path / "out" / name)
        assert written.num_row_groups == 1
        assert abs(written.num_rows - rows) < 200


def test_scan_goes_on_with_the_shards_that_are_not_done(tmp_path: Path, shards: list[str]) -> None:
    out = tmp_path / "out"
    asyncio.run(scan(shards, trained(), out))
    whole = {path.name: path.read_bytes() for path in out.glob("part-*.parquet")}
    (out / "part-00001.json").unlink()
    (out / "part-00001.parquet").unlink()
    untouched = (out / "part-00000.parquet").stat().st_mtime_ns
    asyncio.run(scan(shards, trained(), out))
    assert {path.name: path.read_bytes() for path in out.glob("part-*.parquet")} == whole
    assert (out / "part-00000.parquet").stat().st_mtime_ns == untouched


def test_scan_of_another_filter_into_the_same_folder_is_refused(tmp_path: Path, shards: list[str]) -> None:
    asyncio.run(scan(shards[:1], trained(), tmp_path / "out"))
    with pytest.raises(StoreError, match="another filter"):
        asyncio.run(scan(shards[:1], trained(seed=5), tmp_path / "out"))


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]
)
def test_texts_of_any_arrow_layout_with_nulls_and_slices_score_alike(kind: pa.DataType) -> None:
    filter_ = trained()
    texts = [document.text for document in world(30)]
    expected = asyncio.run(filter_.scores(pa.array(texts)))
    column = pa.array(["before", *texts[:10], None, *texts[10:]], pa.string()).cast(kind)
    scores = asyncio.run(filter_.scores(column.slice(1)))
    assert scores[10] == 1.0
    np.testing.assert_array_equal(np.delete(scores, 10), expected)


def test_empty_shard_no_words_and_megabytes_are_scored_and_counted(tmp_path: Path) -> None:
    schema = pa.schema([("id", pa.string()), ("text", pa.string())])
    pq.write_table(schema.empty_table(), tmp_path / "empty.parquet")
    texts = ["", " .,;! \n", "\u2028\u2014", None, "derivative of the integral " * 200_000]
    pq.write_table(pa.table({"id": list("abcde"), "text": texts}), tmp_path / "odd.parquet")
    totals = asyncio.run(scan(shards_of([str(tmp_path / "*.parquet")]), trained(), tmp_path / "out"))
    assert (totals["rows"], totals["no_text"]) == (5, 1)
    scores = pq.read_table(tmp_path / "out" / "part-00001.scores.parquet")["score"].to_pylist()
    assert scores[:4] == [1.0] * 4
    assert scores[4] > 1.0


def test_missing_column_broken_file_and_empty_glob_say_what_is_wrong(tmp_path: Path) -> None:
    pq.write_table(pa.table({"body": ["x"]}), tmp_path / "other.parquet")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 not really")
    pq.write_table(pa.table({"text": [1, 2]}), tmp_path / "numbers.parquet")
    for name, message in (
        ("other", "no column 'text'; it has body"),
        ("broken", "cannot read as parquet"),
        ("numbers", "expected strings, found int64"),
    ):
        with pytest.raises(CorpusError, match=message):
            asyncio.run(scan([str(tmp_path / f"{name}.parquet")], trained(), tmp_path / name))
    with pytest.raises(CorpusError, match="no parquet file matches"):
        shards_of([str(tmp_path / "nothing" / "*.parquet")])


def test_documents_in_another_language_are_warned_of(tmp_path: Path) -> None:
    words = ["la", "dérivée", "de", "cette", "fonction", "est", "nulle", "et", "nous", "son", "intégrale", "sur", "un"]
    rng = np.random.default_rng(0)
    french = [" ".join(rng.choice(words, 60)) for _ in range(50)]
    pq.write_table(pa.table({"text": french}), tmp_path / "french.parquet")
    pq.write_table(table_of(world(50, 7)), tmp_path / "english.parquet")
    warned = asyncio.run(scan([str(tmp_path / "french.parquet")], trained(), tmp_path / "fr"))["warnings"]
    assert len(warned) == 1
    assert "50 of 50" in warned[0]
    assert asyncio.run(scan([str(tmp_path / "english.parquet")], trained(), tmp_path / "en"))["warnings"] == []


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Serve a folder over HTTP with byte ranges; gives the address and the sizes of the replies."""
    sizes: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.answer(False)

        def do_GET(self) -> None:
            self.answer(True)

        def answer(self, body: bool) -> None:
            data = (folder / self.path.lstrip("/")).read_bytes()
            asked = re.match(r"bytes=(\d+)-(\d+)?", self.headers.get("Range", ""))
            part = data[int(asked[1]) : int(asked[2] or len(data)) + 1] if asked else data
            self.send_response(206 if asked else 200)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(len(part)))
            if asked:
                self.send_header("Content-Range", f"bytes {asked[1]}-{int(asked[1]) + len(part) - 1}/{len(data)}")
            self.end_headers()
            if body:
                sizes.append(len(part))
                self.wfile.write(part)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", sizes
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_remote_shard_is_read_by_ranges_and_scores_as_the_local_one(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    noise = ["".join(rng.choice(list("abcdefgh "), 3_000)) for _ in range(6_000)]
    documents = world(200)
    table = pa.concat_tables(
        [table_of(documents), pa.table({"id": list(map(str, range(6_000))), "text": noise, "url": noise})]
    )
    folder = tmp_path / "remote"
    folder.mkdir()
    pq.write_table(table, folder / "shard.parquet", row_group_size=500)
    size = (folder / "shard.parquet").stat().st_size
    asyncio.run(scan([str(folder / "shard.parquet")], trained(), tmp_path / "local"))
    with served(folder) as (address, sizes):
        asyncio.run(scan([f"{address}/shard.parquet"], trained(), tmp_path / "out"))
    remote, local = (pq.read_table(tmp_path / name / "part-00000.scores.parquet") for name in ("out", "local"))
    assert remote.equals(local)
    assert max(sizes) < size / 2
