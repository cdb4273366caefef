"""Versions of a released dataset, and what changed between two of them, computed from the rows and the provenance.

A version is `MAJOR.MINOR.PATCH`. Rows are told apart by their id, which depends on what a row was made from and on its
words; a row with the same id and other contents, such as another answer, counts as changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from .errors import ReleaseError
from .store import differences

if TYPE_CHECKING:
    import polars as pl

VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")
KEYS = {"concepts": "document_id"}  # of the configs whose rows are not named by `id`
UNNAMED = ("rejected",)  # configs whose rows are counted, not compared: one input may be refused more than once


def version_key(text: str) -> tuple[int, int, int] | None:
    """What a version sorts by; None for a tag that is no version."""
    found = VERSION.fullmatch(text)
    return None if found is None else (int(found[1]), int(found[2]), int(found[3]))


def check_version(text: str) -> None:
    """Raises:
    ReleaseError: The text is no semantic version.
    """
    if version_key(text) is None:
        raise ReleaseError(f"--version: '{text}' is not a version; expected MAJOR.MINOR.PATCH, such as 1.1.0")


@dataclass(frozen=True)
class RowChanges:
    """How the rows of one config differ between two versions."""

    before: int
    after: int
    added: int = 0
    removed: int = 0
    changed: int = 0


@dataclass(frozen=True)
class Changes:
    """What a version differs in from the one before it. `rows` is by config; the rest are lines to read."""

    version: str
    since: str | None
    rows: Mapping[str, RowChanges]
    columns: tuple[str, ...] = ()
    recipe: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    date: str = ""

    def same_rows(self) -> bool:
        """Whether the two versions hold the same rows."""
        return not any(row.added or row.removed or row.changed or row.before != row.after for row in self.rows.values())

    def nothing(self) -> bool:
        """Whether the two versions hold the same rows, made the same way."""
        return self.same_rows() and not (self.columns or self.recipe or self.prompts or self.models)

    def lines(self) -> list[str]:
        """The changes as lines of text, the rows first."""
        told = []
        for config, row in self.rows.items():
            if self.since is None:
                told.append(f"{config}: {row.after:,} rows")
            elif config in UNNAMED:
                told += [f"{config}: {row.before:,} -> {row.after:,} rows"] if row.before != row.after else []
            elif row.added or row.removed or row.changed:
                counts = {"added": row.added, "removed": row.removed, "changed": row.changed}
                parts = [f"{count:,} {word}" for word, count in counts.items() if count]
                told.append(f"{config}: {', '.join(parts)} ({row.before:,} -> {row.after:,} rows)")
        for title in ("columns", "models", "prompts", "recipe"):
            told += [f"{title}: {item}" for item in getattr(self, title)]
        return told or ["no row, prompt, model or setting differs"]

    def to_json(self) -> dict[str, Any]:
        """The changes as they are kept in `changelog.json`."""
        return asdict(self)

    @staticmethod
    def from_json(entry: Mapping[str, Any]) -> Changes:
        """The changes that `to_json` wrote."""
        rows = {config: RowChanges(**row) for config, row in entry["rows"].items()}
        lists = {key: tuple(entry[key]) for key in ("columns", "recipe", "prompts", "models")}
        return Changes(entry["version"], entry["since"], rows, **lists, date=entry["date"])


@dataclass(frozen=True)
class Made:
    """How a version was made: its recipe, the hash of each prompt, and its models."""

    recipe: Mapping[str, Any]
    prompts: Mapping[str, str]
    models: Mapping[str, str]

    @staticmethod
    def read(folder: Path) -> Made:
        """From a folder of provenance (provenance.py).

        Raises:
            ReleaseError: A file of it is missing or damaged.
        """
        try:
            recipe = yaml.safe_load((folder / "recipe.yaml").read_text(encoding="utf-8"))
            made = json.loads((folder / "made.json").read_text(encoding="utf-8"))
            return Made(recipe, made["prompts"], made["models"])
        except (OSError, ValueError, KeyError, yaml.YAMLError) as error:
            raise ReleaseError(f"{folder}: cannot read the provenance: {error}") from error


@dataclass(frozen=True)
class Shard:
    """A parquet file of a version; `local` brings it here."""

    path: str
    sha256: str
    rows: int
    local: Callable[[], Path]


Snapshot = Mapping[str, Sequence[Shard]]
"""The shards of a version, by config."""


def changes_between(
    version: str,
    since: str | None,
    before: tuple[Snapshot, Made | None],
    after: tuple[Snapshot, Made],
    date: str = "",
) -> Changes:
    """What a version changes since another; `since` is None, and what was before empty, for the first."""
    rows, columns = compare(before[0], after[0])
    old, new = before[1], after[1]
    if since is None or old is None:
        return Changes(version, None, rows, date=date)
    models = tuple(
        f"{name}: {old.models.get(name, 'none')} -> {new.models.get(name, 'none')}"
        for name in sorted(old.models.keys() | new.models.keys())
        if old.models.get(name) != new.models.get(name)
    )
    recipe, prompts = differences(old.recipe, new.recipe), _changed_names(old.prompts, new.prompts)
    return Changes(version, since, rows, columns, tuple(recipe), tuple(prompts), models, date)


def _changed_names(before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[str]:
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield f"{name} {'added' if name not in before else 'removed' if name not in after else 'reworded'}"


def compare(before: Snapshot, after: Snapshot) -> tuple[dict[str, RowChanges], tuple[str, ...]]:
    """How the rows of each config differ, and which columns came or went.

    Shards that both versions have are passed over, and not downloaded.
    """
    rows, columns = {}, []
    for config in [*after, *(config for config in before if config not in after)]:
        old, new = before.get(config, ()), after.get(config, ())
        shared = {shard.sha256 for shard in old} & {shard.sha256 for shard in new}
        changed, turned = compare_rows(
            config,
            [shard.local() for shard in old if shard.sha256 not in shared],
            [shard.local() for shard in new if shard.sha256 not in shared],
        )
        totals = (sum(shard.rows for shard in side) for side in (old, new))
        rows[config] = replace(changed, **dict(zip(("before", "after"), totals, strict=True)))
        columns += turned
    return rows, tuple(columns)


def compare_rows(config: str, before: Sequence[Path], after: Sequence[Path]) -> tuple[RowChanges, list[str]]:
    """How the rows of a config's files differ, and which columns came or went.

    The ids of both versions and a 64-bit hash per row are in memory, a file's rows at a time beside them. Rows are
    compared in the columns that both versions have.
    """
    if config in UNNAMED:
        return RowChanges(0, 0), []
    old_columns, new_columns = column_names(before), column_names(after)
    shared = sorted(old_columns & new_columns if before and after else old_columns | new_columns)
    turned = []
    if before and after:
        turned += [f"{config}.{name} added" for name in sorted(new_columns - old_columns)]
        turned += [f"{config}.{name} removed" for name in sorted(old_columns - new_columns)]
    key = KEYS.get(config, "id")
    old, new = row_hashes(before, shared, key), row_hashes(after, shared, key)
    both = old.join(new, on=key, how="inner", suffix="_after")
    changed = both.filter(both["hash"] != both["hash_after"]).height
    return RowChanges(old.height, new.height, new.height - both.height, old.height - both.height, changed), turned


def column_names(files: Sequence[Path]) -> set[str]:
    """The columns of parquet files."""
    import pyarrow.parquet as pq

    return {name for path in files for name in pq.read_schema(path).names}


def row_hashes(files: Sequence[Path], columns: Sequence[str], *keys: str) -> pl.DataFrame:
    """The keys, and a hash over the columns, of every row; a file is in memory at a time."""
    import polars as pl

    empty = pl.DataFrame(schema=dict.fromkeys(keys, pl.String) | {"hash": pl.UInt64})
    frames = [
        pl.read_parquet(path, columns=list(columns)).select(*keys, hash=pl.struct(columns).hash(0)) for path in files
    ]
    return pl.concat([empty, *frames])
