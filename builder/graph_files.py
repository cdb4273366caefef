"""A saved concept graph: arrays that are mapped into memory, strings in parquet, and `graph.json`, written last."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .concept_names import ConceptNames
from .errors import StoreError
from .graph_edges import EdgeTable
from .graph_incidence import Dropped, Incidence
from .graph_lists import Array, Lists

FORMAT = 2
"""Raised whenever the files change, or the keys of `concept_names.py` do: graphs with other keys cannot be merged."""

EDGE_PARTS = ("offsets", "ends", "small", "large")


def save(
    folder: Path,
    incidence: Incidence,
    postings: tuple[Lists, Lists],
    edges: Mapping[Any, EdgeTable],
    names: ConceptNames,
) -> None:
    """Write a graph beside `folder` and put it in place whole, so that a reader never meets half of one.

    Raises:
        StoreError: The folder holds something else than a graph, or cannot be written.
    """
    if folder.exists() and not (folder / "graph.json").exists() and any(folder.iterdir()):
        raise StoreError(f"{folder}: holds files that are no concept graph; give a new or empty folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise StoreError(f"{folder}: cannot write the graph: {error.strerror}") from error
    try:
        _write(new, incidence, postings, edges, names)
        new.chmod(0o755)
        # A graph may be saved over the one that it was mapped from: its old files live until they are unmapped.
        old = new.with_name(new.name + "-old")
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot write the graph: {error.strerror}") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _write(
    folder: Path,
    incidence: Incidence,
    postings: tuple[Lists, Lists],
    edges: Mapping[Any, EdgeTable],
    names: ConceptNames,
) -> None:
    arrays: dict[str, Array] = {}
    for name, lists in (
        ("topics", incidence.topics),
        ("concepts", incidence.concepts),
        ("documents-of-topic", postings[0]),
        ("documents-of-concept", postings[1]),
    ):
        arrays[f"{name}.offsets"], arrays[f"{name}.values"] = lists.offsets, lists.values
    for kind, table in edges.items():
        arrays |= {f"{kind}.{part}": getattr(table, part) for part in EDGE_PARTS}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    columns = {"key": incidence.keys, "name": incidence.names, "uses": pa.array(incidence.uses)}
    pq.write_table(pa.table(columns), folder / "names.parquet")
    pq.write_table(pa.table({"document_id": incidence.document_ids}), folder / "documents.parquet")
    about = {
        "format": FORMAT,
        "documents": len(incidence.topics),
        "names": len(postings[0]),
        "edges": list(edges),
        "dropped": asdict(incidence.dropped),
        "aliases": names.aliases,
    }
    (folder / "graph.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")


def load(folder: Path) -> tuple[Incidence, tuple[Lists, Lists], dict[Any, EdgeTable], ConceptNames]:
    """Read a saved graph.

    Raises:
        StoreError: There is no graph in the folder, a file of it is missing, or it is of another version.
    """
    try:
        about = json.loads((folder / "graph.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{folder}: no concept graph here (graph.json: {error}); save one with `graph.save`"
        ) from error
    if about.get("format") != FORMAT:
        raise StoreError(
            f"{folder}: a concept graph of format {about.get('format')}, expected {FORMAT}; build it again"
        )
    try:
        # Opened now and read later: a graph that is saved to the same folder meanwhile must not change this one.
        strings = pq.ParquetFile(folder / "names.parquet", memory_map=True)
        ids = pq.ParquetFile(folder / "documents.parquet", memory_map=True)
        lists = {
            name: Lists(_mapped(folder, f"{name}.offsets"), _mapped(folder, f"{name}.values"))
            for name in ("topics", "concepts", "documents-of-topic", "documents-of-concept")
        }
        edges = {
            kind: EdgeTable(*(_mapped(folder, f"{kind}.{part}") for part in EDGE_PARTS)) for kind in about["edges"]
        }
    except (OSError, ValueError, pa.ArrowException) as error:
        raise StoreError(f"{folder}: the saved graph is damaged: {error}; build it again from concepts") from error
    incidence = Incidence(
        lambda: (_column(strings, "key"), _column(strings, "name"), _column(strings, "uses").to_numpy()),
        lambda: _column(ids, "document_id"),
        lists["topics"],
        lists["concepts"],
        Dropped(**about["dropped"]),
    )
    postings = lists["documents-of-topic"], lists["documents-of-concept"]
    return incidence, postings, edges, ConceptNames(about["aliases"])


def _mapped(folder: Path, name: str) -> Array:
    # Copy-on-write, since a kernel compiled for writable arrays would be compiled once more for read-only ones.
    return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="c"))


def _column(file: Any, name: str) -> Any:
    """One column of a parquet file as one Arrow array."""
    column = file.read(columns=[name]).column(0).combine_chunks()
    return column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
