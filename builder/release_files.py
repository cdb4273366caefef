"""What a release holds: the files of a run's dataset folder, the merged card, the changelog, and what it replaces.

Only files that the dataset stage writes are taken, from inside of the dataset folder; anything else that lies there is
left where it is. Text is searched for secrets first.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from ..cards.card import EXTRA_CONFIGS, dataset_card
from ..cards.figures import write_figures
from ..cards.merge import merge_card
from ..eval.diversity_run import quick_embedder
from .errors import ReleaseError
from .hub import Note
from .leaks import find_secrets
from .provenance import DIVERSITY, provenance_files
from .recipe import Recipe
from .release import Plan
from .release_head import (
    CARD,
    CHANGELOG,
    Head,
    Source,
    Wanted,
    fetch,
    read_release,
    release_file,
    sha256_of,
)
from .store import RunFolder, read_json, write_table
from .versions import KEYS, UNNAMED, Made, Shard, Snapshot, changes_between, column_names, row_hashes

if TYPE_CHECKING:
    from huggingface_hub import HfApi

SHARD = re.compile(r"(?P<config>[\w-]+)/train-[\w.-]+\.parquet")
STAGES = "provenance/stages/"
TEXT_SUFFIXES = (".md", ".yaml", ".json")
FIGURE = re.compile(r"figures/[\w-]+\.png")


@dataclass(frozen=True)
class Contents:
    """What a run has to release. `shards` by config; `texts` are figures and provenance by path in the dataset."""

    run: RunFolder
    recipe: Recipe
    shards: Snapshot
    texts: Mapping[str, Path]

    @property
    def stages(self) -> list[str]:
        """The stages of the run, in order."""
        from .pipeline import stages

        return list(stages(self.recipe))

    @property
    def dataset(self) -> Path:
        return self.run.path / "dataset"

    def digest(self, add: bool) -> str:
        """What the contents are known by: rows, recipe and prompts, not how long a stage took."""
        known = {shard.path: shard.sha256 for shards in self.shards.values() for shard in shards}
        known |= {name: sha256_of(path) for name, path in self.texts.items() if not name.startswith(STAGES)}
        lines = [f"{path} {known[path]}" for path in sorted(known)] + (["added"] if add else [])
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def contents_of(run_path: Path) -> Contents:
    """The files of a run that are released.

    Raises:
        ReleaseError: The run is not finished, its dataset folder lacks something or has a link out of it, or a text
            holds a secret.
    """
    run = RunFolder(run_path)
    recipe, dataset = run.recipe(), run_path / "dataset"
    if not run.stage("dataset").done():
        raise ReleaseError(f"{run_path}: the run is not finished; run synthllm build again to continue it")
    shards = {
        config: [
            Shard(name, sha256_of(path), pq.read_metadata(path).num_rows, partial(_here, path))
            for name, path in _inside(dataset, sorted((dataset / config).glob("*.parquet")), SHARD).items()
        ]
        for config in (*recipe.levels, *EXTRA_CONFIGS)
    }
    texts = _inside(dataset, sorted((dataset / "figures").glob("*")), FIGURE)
    texts |= _inside(dataset, provenance_files(dataset), None)
    missing = [config for config, files in shards.items() if not files]
    if missing or "provenance/made.json" not in texts:
        raise ReleaseError(
            f"{dataset}: {', '.join(missing) or 'provenance'} is missing; delete {dataset} and run synthllm build "
            "again to make it"
        )
    for name, path in {**texts, CARD: dataset / CARD}.items():
        if path.suffix not in TEXT_SUFFIXES:
            continue
        for line, kind in find_secrets(path.read_text(encoding="utf-8")):
            raise ReleaseError(
                f"{path}, line {line}: {kind} stands there and would be published with {name}; remove it from the "
                "recipe, change it where it was issued, and build again"
            )
    return Contents(run, recipe, shards, texts)


def _here(path: Path) -> Path:
    """What brings a file that is here already."""
    return path


def _inside(dataset: Path, paths: Iterable[Path], shape: re.Pattern[str] | None) -> dict[str, Path]:
    """Files by their path inside of the dataset folder; those of another shape are left out."""
    root, found = dataset.resolve(), {}
    for path in paths:
        name = path.relative_to(dataset).as_posix()
        if shape is not None and not shape.fullmatch(name):
            continue
        if path.resolve() != root / name:
            raise ReleaseError(
                f"{path}: leads outside of the dataset folder, and only what is in it is released; put the file itself "
                "there, or remove the link"
            )
        found[name] = path
    return found


def snapshot_of(api: HfApi, name: str, version: str, commit: str, note: Note) -> tuple[Snapshot, Made, list[str]]:
    """A released version: its shards, how it was made, and all of its files."""
    files = read_release(api, name, version, commit, note)["files"]

    def shard(path: str) -> Shard:
        about = files[path]
        return Shard(path, about["sha256"], about["rows"], lambda: fetch(api, name, path, commit, note))

    shards: dict[str, list[Shard]] = {}
    for path in sorted(files):
        found = SHARD.fullmatch(path)
        if found:
            shards.setdefault(found["config"], []).append(shard(path))
    folder = [fetch(api, name, f"provenance/{version}/{file}", commit, note) for file in ("recipe.yaml", "made.json")]
    return shards, Made.read(folder[0].parent), sorted(files)


def make_plan(api: HfApi, wanted: Wanted, contents: Contents, head: Head, note: Note) -> Plan:
    """The commit that brings the branch from `head` to the release of a run.

    Raises:
        ReleaseError: The repository holds files that would be read as rows of ours, or rows of other columns where
            they are to be added to.
    """
    before: Snapshot = {}
    made_before: Made | None = None
    files_before: list[str] = []
    if head.version is not None and head.commit is not None:
        before, made_before, files_before = snapshot_of(api, wanted.repository, head.version, head.commit, note)
    new = _added(wanted, contents, before) if wanted.add else contents.shards
    after = _joined(before, new) if wanted.add else new
    _refuse_strangers(wanted, head, files_before, after)

    made = Made.read(contents.dataset / "provenance")
    today = datetime.now(UTC).date().isoformat()
    changes = changes_between(wanted.version, head.version, (before, made_before), (after, made), today)

    files: dict[str, Source] = {shard.path: shard.local() for shards in new.values() for shard in shards}
    files |= {_path_in_release(wanted, name): path for name, path in contents.texts.items()}
    data = {config: [shard.local() for shard in shards] for config, shards in after.items()}
    measured = contents.texts.get(DIVERSITY)
    diversity = None if measured is None else read_json(measured)
    if wanted.add:  # the run's own figures show its rows alone
        levels = {level: paths for level, paths in data.items() if level not in EXTRA_CONFIGS}
        folder = _added_folder(wanted, contents)
        figures, diversity = write_figures(levels, folder, quick_embedder(contents.recipe))
        files |= {f"figures/{path.name}": path for path in figures}
    changelog = (changes, *head.changelog)
    files[CHANGELOG] = _json([entry.to_json() for entry in changelog])
    replaced = {release_file(head.version)} & head.files.keys() if head.version else set()
    kept = {*files_before, *replaced} if wanted.add else set()
    listed = {path: _about(path, after) for path in {*files, *kept}}
    described = {"version": wanted.version, "since": head.version, "digest": contents.digest(wanted.add)}
    files[release_file(wanted.version)] = _json(described | {"files": dict(sorted(listed.items()))})
    gone = ({*files_before, *replaced} - listed.keys()) & head.files.keys()
    added_to = head.version if wanted.add else None
    card = dataset_card(
        contents.run, contents.recipe, contents.stages, data, wanted.repository, changelog, diversity, added_to
    )
    files[CARD] = merge_card(head.card, card, (head.files.keys() | files.keys()) - gone).encode()
    return Plan(head, files, tuple(sorted(gone)), changes, contents.digest(wanted.add))


def _about(path: str, shards: Snapshot) -> dict[str, Any]:
    """What a release says of one of its files."""
    for shard in shards.get(path.split("/")[0], ()):
        if shard.path == path:
            return {"sha256": shard.sha256, "rows": shard.rows}
    return {}


def _path_in_release(wanted: Wanted, name: str) -> str:
    """Provenance goes to a folder of its version, so that a release that was added to keeps that of each run."""
    return name.replace("provenance/", f"provenance/{wanted.version}/", 1) if name.startswith("provenance/") else name


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _refuse_strangers(wanted: Wanted, head: Head, files_before: Sequence[str], after: Snapshot) -> None:
    """Files that no release put there, and that a reader of our configs would take for rows of ours."""
    ours = {shard.path for shards in after.values() for shard in shards}
    for path in head.files:
        found = SHARD.fullmatch(path)
        if found and found["config"] in after and path not in ours and path not in files_before:
            raise ReleaseError(
                f"{wanted.repository}: {path} is in the way: no release put it there, and it would be read as rows of "
                "ours; move or delete it"
            )


def _joined(before: Snapshot, new: Snapshot) -> Snapshot:
    return {
        config: [*before.get(config, ()), *new.get(config, ())]
        for config in [*before, *(c for c in new if c not in before)]
    }


def _added(wanted: Wanted, contents: Contents, before: Snapshot) -> Snapshot:
    """The rows of a run that a release does not have, as shards of their own; a row that is released stays as it is."""
    if not before:
        raise ReleaseError(f"--add: {wanted.repository} holds no release to add to; push without --add")
    return {config: _new_rows(wanted, contents, config, before.get(config, ())) for config in contents.shards}


def _added_folder(wanted: Wanted, contents: Contents) -> Path:
    """Where the files of an addition are made."""
    return contents.dataset / ".added" / wanted.version


def remove_additions(contents: Contents) -> None:
    """Remove the files that were made to be added, once they are released."""
    folder = contents.dataset / ".added"
    if folder.exists():
        shutil.rmtree(folder)


def _new_rows(wanted: Wanted, contents: Contents, config: str, before: Sequence[Shard]) -> list[Shard]:
    import pyarrow as pa

    shards = contents.shards[config]
    old, new = [shard.local() for shard in before], [shard.local() for shard in shards]
    columns = column_names(new)
    if old and column_names(old) != columns:
        odd = ", ".join(sorted(column_names(old) ^ columns))
        raise ReleaseError(
            f"--add: the rows of {config} differ in their columns from those released ({odd}); push without --add"
        )
    keys = () if config in UNNAMED else (KEYS.get(config, "id"),)
    there = row_hashes(old, sorted(columns), *keys)
    known = set(there[keys[0] if keys else "hash"].to_list())
    folder = _added_folder(wanted, contents)
    made = []
    for number, path in enumerate(new):
        values = row_hashes([path], sorted(columns), *keys)[keys[0] if keys else "hash"].to_list()
        table = pq.read_table(path).filter(pa.array([value not in known for value in values]))
        if table.num_rows:
            name = f"{config}/train-{wanted.version}-{number:05d}-of-{len(new):05d}.parquet"
            write_table(folder / name, table)
            made.append(Shard(name, sha256_of(folder / name), table.num_rows, partial(_here, folder / name)))
    return made
