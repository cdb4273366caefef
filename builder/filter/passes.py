"""One pass of a trained filter over the whole corpus: scores are kept as they come, so that a stopped pass goes on."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import StageError
from ..rows import Document
from ..store import chunks, write_table
from .classifier import TrainedFilter
from .sample import Smallest, draw
from .window import Note

Corpus = Callable[[], Iterator[Document]]
"""Gives the normalised corpus from its start, as often as it is asked, in the same order."""

SEGMENT = 4_096  # documents in memory at a time, and scores per file


async def scored(
    corpus: Corpus, trained: TrainedFilter, folder: Path, doing: str, note: Note
) -> AsyncIterator[tuple[list[Document], NDArray[np.float32]]]:
    """The corpus in segments with their scores; a segment whose scores are in the folder is not scored again."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    done = 0
    for number, documents in enumerate(chunks(corpus(), SEGMENT)):
        path = folder / f"part-{number:06d}.parquet"
        ids = [document.id for document in documents]
        if path.exists():
            table = pq.read_table(path)
            if table["id"].to_pylist() != ids:
                raise StageError(
                    f"{path}: the corpus has changed since it was scored; choose another folder with --out"
                )
            scores = table["score"].to_numpy()
        else:
            texts = pa.array([document.text for document in documents], pa.large_string())
            scores = await trained.scores(texts)
            write_table(path, pa.table({"id": pa.array(ids, pa.string()), "score": scores}))
        done += len(documents)
        note(f"{doing}: {done:,} documents")
        yield documents, scores


def saved_scores(folder: Path) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
    """The ids and scores of a finished pass, segment by segment."""
    import pyarrow.parquet as pq

    for path in sorted(folder.glob("part-*.parquet")):
        table = pq.read_table(path)
        yield table["id"].to_pylist(), table["score"].to_numpy()


def forget_scores(folder: Path) -> None:
    """Remove the scores of a pass that is no longer needed."""
    shutil.rmtree(folder, ignore_errors=True)


def random_documents(corpus: Corpus, count: int, seed: int, note: Note) -> tuple[list[Document], int]:
    """A uniform sample of the corpus in a seeded order, so that its start is a sample too; and the corpus's size."""
    sample: Smallest[Document] = Smallest(count)
    for document in corpus():
        sample.offer(draw(seed, "cold start", document.id), document.id, document)
        if sample.offered % 1_000 == 0:
            note(f"sampling the corpus: {sample.offered:,} documents")
    if not sample.offered:
        raise StageError("filter: the corpus has no document; see what the corpus stage rejected, and why")
    return sample.rows(), sample.offered


@dataclass(frozen=True, slots=True)
class Selection:
    """The documents to rate in a round.

    Attributes:
        documents: Half from the kept set, half a fresh sample of the corpus, without those rated before.
        kept: How many the last filter kept in the whole corpus.
        filled: How many of the documents were taken from below the threshold, the highest first, for want of kept ones.
    """

    documents: list[Document]
    kept: int
    filled: int


async def select(
    segments: AsyncIterator[tuple[list[Document], NDArray[np.float32]]],
    threshold: float,
    count: int,
    rated: set[str],
    seed: int,
    purpose: str,
) -> Selection:
    """Choose what is rated in a round from a scored pass.

    The paper rates the whole kept set and a fresh random sample; here both are samples of at most `count` / 2. Where
    the filter kept fewer, the highest-scoring of the others fill up: the cold start's negatives are random documents,
    so that in a corpus rich in the domain even its own documents may score low.
    """
    half = count // 2
    kept: Smallest[Document] = Smallest(half)
    best: Smallest[Document] = Smallest(half)
    fresh: Smallest[Document] = Smallest(count)
    number_kept = 0
    async for documents, scores in segments:
        for document, score in zip(documents, scores.tolist(), strict=True):
            above = score > threshold
            number_kept += above
            if document.id in rated:
                continue
            key = draw(seed, purpose, document.id)
            if above:
                kept.offer(key, document.id, document)
            best.offer(-score, document.id, document)
            fresh.offer(draw(seed, f"{purpose} fresh", document.id), document.id, document)
    chosen = {document.id: document for document in kept.rows()}
    filled = 0
    for document in best.rows():
        if len(chosen) >= half:
            break
        filled += document.id not in chosen
        chosen.setdefault(document.id, document)
    for document in fresh.rows():
        if len(chosen) >= count:
            break
        chosen.setdefault(document.id, document)
    return Selection(list(chosen.values()), number_kept, filled)
