"""The documents that ground combinations, in one Arrow file that is mapped into memory and not read.

A shard of combinations wants a few thousand documents from anywhere in the corpus. Looked up in the shards of the
filter, every shard of combinations would read the whole corpus again; here a look-up touches the pages that it needs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .errors import StoreError
from .rows import Combination, Document, GroundedCombination
from .store import RunFolder, from_batch, schema_of, write_atomically

FILE = "grounding.arrow"
SCHEMA = schema_of(Document).append(pa.field("subject", pa.string()))


def write_grounding(run: RunFolder) -> None:
    """Copy every document that grounds a combination, with its subject, from the shards of the filter.

    Raises:
        StoreError: The disk is full.
    """
    graph, documents, concepts = run.stage("graph"), run.stage("filter"), run.stage("concepts")
    listed = (
        pq.read_table(graph.path / f"{shard}.parquet", columns=["document_ids"]).column(0).combine_chunks().flatten()
        for shard in graph.shards()
    )
    wanted = pc.unique(pa.chunked_array([pa.array([], pa.string()), *(names.unique() for names in listed)]))

    def write(temporary: str) -> None:
        with pa.OSFile(temporary, "wb") as sink, pa.ipc.new_file(sink, SCHEMA) as writer:
            for shard in documents.shards():
                table = pq.read_table(documents.path / f"{shard}.parquet")
                table = table.filter(pc.is_in(table.column("id"), value_set=wanted))
                taught = pq.read_table(concepts.path / f"{shard}.parquet", columns=["document_id", "subject"])
                places = pc.index_in(table.column("id"), value_set=taught.column("document_id").combine_chunks())
                subjects = pc.fill_null(taught.column("subject").take(places), "")
                writer.write_table(table.append_column("subject", subjects).cast(SCHEMA))

    write_atomically(graph.path / FILE, lambda temporary: write(str(temporary)))


def grounded_combinations(run: RunFolder, shard: str) -> Iterator[GroundedCombination]:
    """The combinations of a shard, each with its documents in order and the subject of the first."""
    combinations = list(run.stage("graph").read(Combination, shard))
    wanted = {name for combination in combinations for name in combination.document_ids}
    found = grounding_documents(run, wanted)
    for combination in combinations:
        grounds = [found[name] for name in combination.document_ids]
        yield GroundedCombination(combination, tuple(document for document, _ in grounds), grounds[0][1])


def grounding_documents(run: RunFolder, wanted: set[str]) -> dict[str, tuple[Document, str]]:
    """Documents with their subjects, by id.

    Raises:
        StoreError: The file is missing or damaged.
    """
    path = run.stage("graph").path / FILE
    found: dict[str, tuple[Document, str]] = {}
    try:
        with pa.memory_map(str(path)) as source:
            file = pa.ipc.open_file(source)
            batches = [file.get_batch(number) for number in range(file.num_record_batches)]
            ids = pa.chunked_array([batch.column("id") for batch in batches], pa.string())
            rows = np.flatnonzero(pc.is_in(ids, value_set=pa.array(sorted(wanted), pa.string())))
            starts = np.array([0, *itertools.accumulate(batch.num_rows for batch in batches)])
            of_batch = np.searchsorted(starts, rows, side="right") - 1
            for number in np.unique(of_batch):
                part = batches[number].take(pa.array(rows[of_batch == number] - starts[number]))
                documents = from_batch(part, Document)
                subjects = part.column("subject").to_pylist()
                found |= {
                    document.id: (document, subject) for document, subject in zip(documents, subjects, strict=True)
                }
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path}: cannot read: {error}; delete the graph stage's folder to make it again") from error
    return found
