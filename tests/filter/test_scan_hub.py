"""A corpus on the Hub, read shard by shard through ranges of bytes: nothing is downloaded whole, nothing read twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from hub.client import Client
from hub.server import Hub
from synthllm.builder.filter.saved import save_filter
from synthllm.builder.filter.scan import scan

from .scripted import world
from .test_scan import table_of, trained

SCRIPT = """
import asyncio
from pathlib import Path
from synthllm.builder.filter.saved import load_filter
from synthllm.builder.filter.scan import scan, shards_of
shards = shards_of(["hf://datasets/alice/web/data/*.parquet"])
totals = asyncio.run(scan(shards, load_filter(Path({trained!r})), Path({out!r}), workers=2))
result = [shards, totals["rows"], totals["kept"]]
"""


def test_a_corpus_on_the_hub_is_scanned_by_ranges_and_its_finished_shards_are_not_asked_for_again(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(0)
    noise = ["".join(rng.choice(list("abcdefgh "), 3_000)) for _ in range(8_000)]
    large = pa.concat_tables(
        [table_of(world(200)), pa.table({"id": list(map(str, range(8_000))), "text": noise, "url": noise})]
    )
    local = tmp_path / "local"
    local.mkdir()
    pq.write_table(large, local / "0.parquet", row_group_size=500)
    pq.write_table(table_of(world(200, 5)), local / "1.parquet", row_group_size=100)
    save_filter(trained(), tmp_path / "filter")
    expected = asyncio.run(scan([str(local / "0.parquet"), str(local / "1.parquet")], trained(), tmp_path / "here"))
    script = SCRIPT.format(trained=str(tmp_path / "filter"), out=str(tmp_path / "out"))
    upload = f"""
from huggingface_hub import HfApi
HfApi().create_repo("alice/web", repo_type="dataset")
HfApi().upload_folder(folder_path={str(local)!r}, path_in_repo="data", repo_id="alice/web", repo_type="dataset")
result = None
"""
    with Hub(tmp_path / "hub") as hub, Client(hub.environment(tmp_path / "home")) as client:
        client.run(upload)
        hub.log.clear()
        shards, rows, kept = client.run(script)
        assert shards == ["hf://datasets/alice/web/data/0.parquet", "hf://datasets/alice/web/data/1.parquet"]
        assert (rows, kept) == (expected["rows"], expected["kept"])
        reads = [
            seen for seen in hub.log if seen.method == "GET" and seen.status in (200, 206) and "objects/" in seen.path
        ]
        assert {seen.status for seen in reads} == {206}
        assert len(reads) > 3
        (tmp_path / "out" / "part-00001.json").unlink()
        hub.log.clear()
        client.run(script)
        resolved = [seen.path for seen in hub.log if "/resolve/" in seen.path]
        assert resolved
        assert not any("0.parquet" in path for path in resolved)
    for part in ("part-00000", "part-00001"):
        remote, here = (pq.read_table(tmp_path / name / f"{part}.scores.parquet") for name in ("out", "here"))
        assert remote.equals(here)
    assert not list((tmp_path / "home").rglob("*.parquet"))
