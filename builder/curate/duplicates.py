"""Removing duplicate questions: exact after normalisation, near by word shingles, and by meaning where asked for.

The rule: rows are taken in order, those of earlier releases first. A row is kept unless it equals a row kept before
it, or its shingles have a Jaccard similarity with it of at least the threshold; it is then dropped and points to
that row (the first one for an exact duplicate, the most similar one otherwise). So a caller who prefers some
questions puts them first, and no row is dropped for its likeness to a row that was dropped itself.

Near duplicates are found with MinHash and banded locality-sensitive hashing (Broder 1997; Indyk and Motwani 1998) and
verified by the true Jaccard similarity, so none is dropped below the threshold; a pair at the threshold is found with a
probability of at least 0.99, one above it nearly always.

The signatures are our own (minhash.py), since rensa 0.5.0's cannot be read but as Python lists. Every way through its
interface was measured in tests/benchmarks/near_duplicates.py: lists of all rows, 3.9 us of processor time a question;
the band keys in the bytes of a pickled index, 4.1; lists of the rows that its flags name, which must then lie in memory
at once, 1.2. All that is done here takes 2.1 to 2.5, and datasketch 174: 68 to 79 times as fast. A prototype of the
third way, with bands and true similarity as here, took 3.5 to 4.2 (41 to 50 times) and 1.7 times our memory.

Rows whose numbers differ are different exercises with different answers, yet near duplicates by their words; the
recipe's `near_duplicates_share_numbers` keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..recipe import CurateRecipe
from ..rows import Rejected
from .lookup import I64, U8
from .minhash import EXACT, KEPT, MEANING, NEAR, Index
from .texts import token_chunks

REASONS = {EXACT: "exact_duplicate", NEAR: "near_duplicate", MEANING: "duplicate_by_meaning"}

Embed = Callable[[list[str]], npt.NDArray[np.float32]]
"""Texts to (n, d) embeddings of any length."""


@dataclass(frozen=True)
class Duplicates:
    """What became of every row.

    Attributes:
        ids: the ids of the rows; `earlier_ids` those of the earlier releases.
        verdict: (n,) KEPT, EXACT, NEAR or MEANING.
        keeper: (n,) for a dropped row the row it repeats; below 0 it is -1 - (its place in the earlier releases).
        similarity: (n,) the Jaccard similarity, or cosine, to the keeper; 1 for an exact duplicate.
    """

    ids: Any
    earlier_ids: Any
    verdict: U8
    keeper: I64
    similarity: npt.NDArray[np.float32]

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        """(n,) a mask of the rows to keep."""
        return np.asarray(self.verdict == KEPT)

    def rejected(self) -> Iterator[Rejected]:
        """One row for each that was dropped, in order, which points to the row that it repeats."""
        for row in np.flatnonzero(self.verdict):
            keeper = int(self.keeper[row])
            earlier = keeper < 0
            name = self.earlier_ids[-1 - keeper].as_py() if earlier else self.ids[keeper].as_py()
            measure = {
                EXACT: "",
                NEAR: f", Jaccard {self.similarity[row]:.2f}",
                MEANING: f", cosine {self.similarity[row]:.2f}",
            }
            place = "earlier release: " if earlier else ""
            detail = f"{place}{name}{measure[int(self.verdict[row])]}"
            yield Rejected(self.ids[row].as_py(), "curate", REASONS[int(self.verdict[row])], detail)


def deduplicate(
    questions: Any, settings: CurateRecipe, earlier: Any | None = None, embed: Embed | None = None
) -> Duplicates:
    """Find the duplicates among questions, and between them and those of earlier releases.

    Args:
        questions: An Arrow table with the columns `id` and `question`; those to prefer come first.
        settings: The thresholds.
        earlier: A table with the same columns: questions that were published before.
        embed: Embeds texts for the comparison by meaning; needed where `settings.meaning_threshold` is set.
    Raises:
        ValueError: A comparison by meaning is asked for without an embedder.
    """
    if settings.meaning_threshold is not None and embed is None:
        raise ValueError("meaning_threshold is set, but there is no embedder; give one, or set it to null")
    tables = [table for table in (earlier, questions) if table is not None]
    before = 0 if earlier is None else len(earlier)
    texts = pa.chunked_array(
        [chunk for table in tables for chunk in _chunks(table.column("question"))], pa.large_string()
    )
    index = Index(len(texts), settings)
    for chunk in token_chunks(texts):
        index.add(chunk)
    verdict, keeper, similarity = index.verdict, index.keeper, index.similarity
    if settings.meaning_threshold is not None and embed is not None:
        _by_meaning(texts, verdict, keeper, similarity, settings.meaning_threshold, embed)
    keeper = np.where(keeper >= before, keeper - before, -1 - keeper)
    no_ids = pa.array([], pa.string())
    return Duplicates(
        ids=questions.column("id"),
        earlier_ids=no_ids if earlier is None else earlier.column("id"),
        verdict=verdict[before:],
        keeper=keeper[before:],
        similarity=similarity[before:],
    )


def _chunks(column: Any) -> Iterable[Any]:
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        yield chunk.cast(pa.large_string())


def _by_meaning(
    texts: Any, verdict: U8, keeper: I64, similarity: npt.NDArray[np.float32], threshold: float, embed: Embed
) -> None:
    """Among the rows kept so far, drop each whose embedding is near that of a row kept before it."""
    rows = np.flatnonzero(verdict == KEPT)
    kept: npt.NDArray[np.float32] | None = None
    kept_rows: list[int] = []
    for start in range(0, len(rows), 1_024):
        batch = rows[start : start + 1_024]
        vectors = np.asarray(embed(texts.take(pa.array(batch)).to_pylist()), np.float32)
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        if kept is None:
            kept = np.empty((len(rows), vectors.shape[1]), np.float32)
        before = len(kept_rows)
        against = vectors @ kept[:before].T if before else np.zeros((len(batch), 0), np.float32)
        among = vectors @ vectors.T
        chosen: list[int] = []
        for place, row in enumerate(batch):
            scores = np.concatenate([against[place], among[place, chosen]])
            best = int(scores.argmax()) if scores.size else -1
            if best >= 0 and scores[best] >= threshold:
                verdict[row], similarity[row] = MEANING, scores[best]
                keeper[row] = kept_rows[best] if best < before else batch[chosen[best - before]]
                continue
            chosen.append(place)
        kept[before : before + len(chosen)] = vectors[chosen]
        kept_rows.extend(int(batch[place]) for place in chosen)
