"""The files of a dataset: whole, of bounded size, and equal to what the stages hold."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthllm.builder import dataset


@dataclass(frozen=True)
class Named:
    id: str


@pytest.mark.parametrize("sizes", [[], [0], [4], [5], [3, 3, 3, 3], [12, 0, 1], [1] * 11])
def test_rows_keep_their_order_over_files_of_bounded_size(
    sizes: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset, "ROWS_PER_FILE", 5)
    numbers = iter(range(100))
    tables = [pa.table({"id": pa.array([f"{next(numbers)}" for _ in range(size)], pa.string())}) for size in sizes]
    dataset._write_config(tmp_path, Named, iter(tables))
    files = sorted(tmp_path.iterdir())
    rows = [name for path in files for name in pq.read_table(path).column("id").to_pylist()]
    assert rows == [str(i) for i in range(sum(sizes))]
    expected = max(1, -(-sum(sizes) // 5))
    assert [path.name for path in files] == [f"train-{i:05d}-of-{expected:05d}.parquet" for i in range(expected)]
    assert all(pq.read_metadata(path).num_rows <= 5 for path in files)
