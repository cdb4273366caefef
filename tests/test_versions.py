"""Differences between versions, against a comparison of plain dictionaries."""

import random
from pathlib import Path

import polars as pl
import pytest

from synthllm.builder.errors import ReleaseError
from synthllm.builder.versions import Changes, RowChanges, Shard, check_version, compare, version_key


def shards(folder: Path, rows: dict[str, dict[str, object]], files: int) -> list[Shard]:
    """Rows by id, dealt out to files."""
    made = []
    for number in range(files):
        dealt = [{"id": name, **row} for place, (name, row) in enumerate(rows.items()) if place % files == number]
        path = folder / f"{number}.parquet"
        folder.mkdir(exist_ok=True)
        pl.DataFrame(dealt, schema={"id": pl.String, "text": pl.String, "names": pl.List(pl.String)}).write_parquet(
            path
        )
        made.append(Shard(str(path), path.read_bytes().hex(), len(dealt), lambda path=path: path))
    return made


@pytest.mark.parametrize("seed", range(8))
def test_counts_are_those_of_a_comparison_row_by_row(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    old = {f"q{n}": {"text": f"t{n}", "names": ["a", str(n)]} for n in range(draw.randrange(60))}
    new = dict(old)
    for name in draw.sample(sorted(new), len(new) // 4):
        del new[name]
    for name in draw.sample(sorted(new), len(new) // 3):
        row = dict(new[name])
        new[name] = row | draw.choice([{"text": "other"}, {"names": row["names"][::-1]}, {"text": None}])  # type: ignore[index]
    new |= {f"n{n}": {"text": "new", "names": []} for n in range(draw.randrange(20))}
    shuffled = sorted(new.items(), key=lambda _: draw.random())
    rows, columns = compare(
        {"level1": shards(tmp_path / "old", old, draw.randint(1, 4))},
        {"level1": shards(tmp_path / "new", dict(shuffled), draw.randint(1, 4))},
    )
    changed = sum(old[name] != new[name] for name in old.keys() & new.keys())
    assert rows["level1"] == RowChanges(
        len(old), len(new), len(new.keys() - old.keys()), len(old.keys() - new.keys()), changed
    )
    assert columns == ()


def test_shards_that_both_versions_have_are_not_downloaded(tmp_path: Path) -> None:
    def never() -> Path:
        raise AssertionError("downloaded")

    same = Shard("level1/train-0.parquet", "f" * 64, 7, never)
    rows, _ = compare({"level1": [same]}, {"level1": [same]})
    assert rows == {"level1": RowChanges(7, 7)}


def test_columns_that_come_and_go_are_told_and_do_not_make_every_row_changed(tmp_path: Path) -> None:
    pl.DataFrame({"id": ["a", "b"], "x": [1, 2], "gone": [0, 0]}).write_parquet(tmp_path / "old")
    pl.DataFrame({"id": ["a", "b"], "x": [1, 3], "come": [0, 0]}).write_parquet(tmp_path / "new")
    old, new = (Shard(name, name, 2, lambda name=name: tmp_path / name) for name in ("old", "new"))
    rows, columns = compare({"level1": [old]}, {"level1": [new]})
    assert rows["level1"] == RowChanges(2, 2, changed=1)
    assert columns == ("level1.come added", "level1.gone removed")


def test_versions_sort_by_number_and_nothing_else_is_one() -> None:
    assert sorted(["1.10.0", "1.9.1", "0.0.1"], key=version_key) == ["0.0.1", "1.9.1", "1.10.0"]  # type: ignore[arg-type]
    for text in ("1.0", "v1.0.0", "1.0.0-rc1", "01.0.0", "1.0.0 ", "1１.0.0", ""):
        with pytest.raises(ReleaseError, match="not a version"):
            check_version(text)


def test_changes_survive_being_written_and_read() -> None:
    changes = Changes("1.1.0", "1.0.0", {"level1": RowChanges(1, 2, 1)}, ("c",), ("r",), ("p",), ("m",), "2026-01-01")
    assert Changes.from_json(changes.to_json()) == changes
    assert changes.lines() == ["level1: 1 added (1 -> 2 rows)", "columns: c", "models: m", "prompts: p", "recipe: r"]
