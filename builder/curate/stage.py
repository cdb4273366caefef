"""The curation stage: benchmark questions out first, then duplicates, over the questions of every level together.

The first question of an equal pair is kept: levels count in the order of the recipe, then rows in the order of their
inputs. Decontamination comes first, so that no clean question is dropped for a copy that is not kept itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..errors import RecipeError
from ..filter.embedders import embedder_of
from ..recipe import CurateRecipe, EmbedderRecipe
from ..rows import Question, Rejected
from ..store import StageFolder, chunks, shard_name
from .benchmarks import matching, read_benchmarks
from .decontaminate import decontaminate
from .duplicates import Embed, deduplicate


def curate(
    levels: Sequence[StageFolder], folder: StageFolder, settings: CurateRecipe, rows_per_shard: int
) -> dict[str, Any]:
    """Write the questions that are kept, and the rejections of the others; what was compared with, and found.

    Memory holds the words of the questions, not their rows.

    Raises:
        RecipeError: A benchmark file cannot be read.
    """
    files = [level.path / f"{shard}.parquet" for level in levels for shard in level.shards()]
    table = pa.concat_tables([pq.read_table(path, columns=["id", "question"]) for path in files])
    benchmarks = read_benchmarks(settings.benchmarks)
    contamination = decontaminate(table, benchmarks, settings)
    clean = table.filter(pa.array(contamination.kept))
    duplicates = deduplicate(clean, settings, _earlier(settings.earlier), _embed(settings.embedder))
    kept = contamination.kept.copy()
    kept[contamination.kept] = duplicates.kept
    refused = _in_order(contamination.kept, kept, contamination.rejected(), duplicates.rejected())
    rows = (row for level in levels for row in level.read(Question))
    for number, chunk in enumerate(chunks(zip(rows, kept.tolist(), strict=True), rows_per_shard)):
        questions = [row for row, keep in chunk if keep]
        folder.write(shard_name(number), questions, Question, [next(refused) for _, keep in chunk if not keep])
    counts = {name: dict(found) for name, found in contamination.counts().items()}
    return {"benchmarks": {b.name: {"questions": len(b.questions), "found": counts[b.name]} for b in benchmarks}}


def _in_order(
    clean: NDArray[np.bool_], kept: NDArray[np.bool_], contaminated: Iterator[Rejected], repeated: Iterator[Rejected]
) -> Iterator[Rejected]:
    """The rejections of both checks, in the order of the rows."""
    for row in np.flatnonzero(~kept):
        yield next(repeated if clean[row] else contaminated)


def earlier_files(patterns: Sequence[str]) -> list[Path]:
    """The parquet files of earlier releases.

    Raises:
        RecipeError: No file matches, or one has no questions.
    """
    found = [path for pattern in patterns for path in matching(pattern, "curate.earlier")]
    for path in found:
        try:
            names = pq.read_schema(path).names
        except (OSError, pa.ArrowException) as error:
            raise RecipeError(f"curate.earlier: {path}: cannot be read as parquet: {error}") from error
        if not {"id", "question"} <= set(names):
            raise RecipeError(
                f"curate.earlier: {path}: expected the columns id and question; it has {', '.join(names)}"
            )
    return found


def _earlier(patterns: Sequence[str]) -> pa.Table | None:
    """The questions of earlier releases."""
    files = earlier_files(patterns)
    return pa.concat_tables([pq.read_table(path, columns=["id", "question"]) for path in files]) if files else None


def _embed(recipe: EmbedderRecipe | None) -> Embed | None:
    """The recipe's embedder as a plain function; the stage runs in a thread of its own."""
    embedder = None if recipe is None else embedder_of(recipe)
    if embedder is None:
        return None
    return lambda texts: asyncio.run(embedder.embed(pa.array(texts)))
