"""What a filter run leaves behind: the score of every document, a sample of what was dropped, warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..domains import Domain
from ..errors import StoreError
from ..rows import Document
from ..store import write_atomically
from .audit import AuditSample
from .classifier import TrainedFilter
from .language import WARN_ABOVE
from .passes import saved_scores
from .rating import Rating
from .sample import Smallest, draw

if TYPE_CHECKING:
    import pyarrow as pa

BINS = 18  # of the score histogram, half a point each
LANGUAGE_SAMPLE = 500


@dataclass(frozen=True, slots=True)
class Score:
    """One row of `scores.parquet`. `rating` is the score of the model's own three ratings, None where it gave none."""

    id: str
    score: float
    kept: bool
    relevance: int | None
    clarity: int | None
    language: int | None
    rating: float | None


@dataclass(frozen=True, slots=True)
class Pass:
    """What the last pass over the corpus saw."""

    scanned: int
    kept: int
    histogram: list[int]
    dropped: list[Document]
    audit: AuditSample
    warnings: tuple[str, ...]


async def last_pass(
    segments: AsyncIterator[tuple[list[Document], NDArray[np.float32]]],
    trained: TrainedFilter,
    domain: Domain,
    known: Mapping[str, float],
    audit_documents: int,
    dropped_sample: int,
    seed: int,
) -> Pass:
    """Count, sample and look over a scored corpus; `known` has the ratings that the filter was trained on, by id."""
    import pyarrow as pa

    audit = AuditSample(trained.threshold, audit_documents, seed)
    dropped: Smallest[Document] = Smallest(dropped_sample)
    to_look_at: Smallest[str] = Smallest(LANGUAGE_SAMPLE)
    histogram = np.zeros(BINS, np.int64)
    languages: Counter[str] = Counter()
    scanned = kept = 0
    async for documents, scores in segments:
        histogram += np.histogram(scores, BINS, (1.0, 10.0))[0]
        for document, score in zip(documents, scores.tolist(), strict=True):
            above = score > trained.threshold
            scanned += 1
            kept += above
            if document.language:
                languages[document.language] += 1
            audit.offer(document, score, known.get(document.id))
            to_look_at.offer(draw(seed, "language", document.id), document.id, document.text)
            if not above:
                dropped.offer(draw(seed, "dropped", document.id), document.id, document)
    foreign = trained.language.foreign(pa.array(to_look_at.rows(), pa.large_string()))
    return Pass(
        scanned,
        kept,
        histogram.tolist(),
        dropped.rows(),
        audit,
        tuple(language_warnings(domain, languages, scanned, float(foreign.mean()) if len(foreign) else 0.0)),
    )


def language_warnings(domain: Domain, languages: Mapping[str, int], scanned: int, foreign: float) -> Iterator[str]:
    """One line where the corpus says, or its words show, that it is in another language than the filter reads."""
    other = {name: count for name, count in languages.items() if not name.lower().startswith(domain.language)}
    if sum(other.values()) > WARN_ABOVE * scanned:
        named = ", ".join(f"{name} {count:,}" for name, count in sorted(other.items(), key=lambda x: -x[1])[:3])
        yield (
            f"language: {sum(other.values()):,} of {scanned:,} documents are not in '{domain.language}' ({named}); "
            "a filter finds little in a language that it was not trained on"
        )
    elif foreign > WARN_ABOVE:
        yield (
            f"language: {foreign:.0%} of a sample of the documents lack the common words of those that the filter was "
            "trained on; a filter finds little in a language that it was not trained on"
        )


def write_scores(path: Path, pass_folder: Path, threshold: float, ratings: Mapping[str, Rating]) -> None:
    """Write `scores.parquet` from the scores of the last pass, a segment in memory at a time."""
    import pyarrow.parquet as pq

    schema = _schema()

    def write(temporary: Path) -> None:
        with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
            for ids, scores in saved_scores(pass_folder):
                writer.write_table(_table(ids, scores, threshold, ratings, schema))

    write_atomically(path, write)


def _schema() -> pa.Schema:
    import pyarrow as pa

    ratings = [(name, pa.int8()) for name in ("relevance", "clarity", "language")]
    return pa.schema(
        [("id", pa.string()), ("score", pa.float32()), ("kept", pa.bool_()), *ratings, ("rating", pa.float32())]
    )


def _table(
    ids: list[str], scores: NDArray[np.float32], threshold: float, ratings: Mapping[str, Rating], schema: pa.Schema
) -> pa.Table:
    import pyarrow as pa

    rated = [ratings.get(row_id) for row_id in ids]
    columns = {name: [getattr(row, name) if row else None for row in rated] for name in schema.names[3:6]}
    return pa.table(
        {
            "id": ids,
            "score": scores,
            "kept": scores.astype(np.float64) > threshold,
            **columns,
            "rating": [row.score if row else None for row in rated],
        },
        schema=schema,
    )


def read_scores(path: Path) -> Iterator[Score]:
    """The rows of a `scores.parquet`.

    Raises:
        StoreError: The file is missing or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                columns = [batch.column(name).to_pylist() for name in Score.__slots__]
                for row in zip(*columns, strict=True):
                    yield Score(*row)
    except (OSError, pa.ArrowException, KeyError) as error:
        raise StoreError(f"{path}: cannot read: {error}; run the filter again") from error
