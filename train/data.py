"""What is trained on: held-out rows, nested subsets, mixtures and order, all decided by hashes of row ids.

A row's place in its source is the hash of its id. The first rows in that order are held out; a subset is a run of
the rows that follow, so that a larger one contains every smaller one, and a row keeps its place when others are added.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..builder.errors import TrainingError
from .recipe import DataRecipe, OrderRecipe, SourceRecipe

if TYPE_CHECKING:
    pass

Indices = npt.NDArray[np.int64]
SCHOOL_LEVELS = ("elementary", "middle school", "high school", "college", "graduate", "competition")


@dataclass(frozen=True)
class Part:
    """What is taken from one source: (n,) row numbers, those used again included, and how many tokens they have."""

    source: SourceRecipe
    rows: Indices
    tokens: int
    available_rows: int
    available_tokens: int


@dataclass(frozen=True)
class Mixture:
    """What is taken from every source."""

    parts: tuple[Part, ...] = field(default_factory=tuple)

    def shares(self) -> list[dict[str, Any]]:
        """For each source its rows and tokens, and its realised shares of both."""
        rows = sum(len(part.rows) for part in self.parts)
        tokens = sum(part.tokens for part in self.parts)
        return [
            {
                "source": part.source.label,
                "kind": part.source.kind,
                "rows": len(part.rows),
                "distinct_rows": len(np.unique(part.rows)),
                "row_share": round(len(part.rows) / rows, 6) if rows else 0.0,
                "tokens": part.tokens,
                "token_share": round(part.tokens / tokens, 6) if tokens else 0.0,
                "available_rows": part.available_rows,
                "available_tokens": part.available_tokens,
            }
            for part in self.parts
        ]


def places(ids: Sequence[str], seed: int) -> npt.NDArray[np.uint64]:
    """(n,) the place of each row: a hash of its id."""
    salt = seed.to_bytes(8, "little")
    digests = b"".join(hashlib.blake2b(one.encode(), digest_size=8, salt=salt).digest() for one in ids)
    return np.frombuffer(digests, dtype=np.uint64)


def split_held_out(
    ids: Sequence[Sequence[str]], held_out: int | Sequence[int], seed: int
) -> tuple[list[Indices], list[Indices]]:
    """For each source the rows held out and the rest, both in the order of their places.

    The rows held out are those with the lowest places: so many over all sources, or of each source where there is a
    number for each. A row that stands in two sources has the same place in both: it is trained on in neither, and is
    one of those held out of the first.

    Raises:
        TrainingError: Fewer rows than are to be held out, or none are left.
    """
    where = [places(one, seed) for one in ids]
    if isinstance(held_out, int):
        limits = [_place_after("data.held_out", np.concatenate(where), held_out)] * len(where)
    else:
        limits = [
            _place_after(f"data.sources[{number}].held_out", one, count)
            for number, (one, count) in enumerate(zip(where, held_out, strict=True))
        ]
    out = np.concatenate([one[one < limit] for one, limit in zip(where, limits, strict=True)])
    kept_out, rest = [], []
    before = np.empty(0, dtype=np.uint64)
    for one in where:
        order = np.argsort(one, kind="stable").astype(np.int64)
        is_out = np.isin(one[order], out)
        kept_out.append(order[is_out & ~np.isin(one[order], before)])
        rest.append(order[~is_out])
        before = np.concatenate([before, one])
    return kept_out, rest


def _place_after(field: str, where: npt.NDArray[np.uint64], held_out: int) -> np.uint64:
    """The lowest place that is not held out."""
    if held_out >= len(where):
        raise TrainingError(f"{field}: {held_out} of {len(where)} rows would leave none to train on; lower it")
    return np.uint64(np.partition(where, held_out)[held_out])


def mix(
    recipe: DataRecipe, pools: Sequence[Indices], ids: Sequence[Sequence[str]], tokens: Sequence[npt.NDArray[np.int64]]
) -> Mixture:
    """Choose what is trained on.

    Args:
        pools: for each source the rows that may be used, in the order of their places.
        ids: for each source the ids of all its rows.
        tokens: for each source the tokens of each of its rows.

    Raises:
        TrainingError: A source has too few rows for what is asked of it.
    """
    sources = recipe.sources
    if sources[0].weight is not None:
        taken = _by_weight(recipe, pools, tokens)
    elif any(source.tokens for source in sources):
        taken = [
            pool if source.tokens is None else _up_to_tokens(source, pool, count, source.tokens)
            for source, pool, count in zip(sources, pools, tokens, strict=True)
        ]
    else:
        taken = _subset(recipe, pools, ids, tokens)
    return Mixture(
        tuple(
            Part(source, rows, int(count[rows].sum()), len(pool), int(count[pool].sum()))
            for source, rows, pool, count in zip(sources, taken, pools, tokens, strict=True)
        )
    )


def _subset(
    recipe: DataRecipe, pools: Sequence[Indices], ids: Sequence[Sequence[str]], tokens: Sequence[npt.NDArray[np.int64]]
) -> list[Indices]:
    """The rows with the lowest places over all sources, up to the number of rows or tokens asked for."""
    if recipe.rows is None and recipe.tokens is None:
        return list(pools)
    source_of = np.repeat(np.arange(len(pools)), [len(pool) for pool in pools])
    rows = np.concatenate(pools)
    place = np.concatenate([places(one, recipe.seed)[pool] for one, pool in zip(ids, pools, strict=True)])
    order = np.argsort(place, kind="stable")
    if recipe.rows is not None:
        if recipe.rows > len(order):
            raise TrainingError(f"data.rows: {recipe.rows:,} asked for, the sources have {len(order):,} to train on")
        order = order[: recipe.rows]
    else:
        asked = recipe.tokens or 0
        counts = np.concatenate([count[pool] for count, pool in zip(tokens, pools, strict=True)])[order]
        total = int(counts.sum())
        if asked > total:
            raise TrainingError(f"data.tokens: {asked:,} asked for, the sources have {total:,} to train on")
        order = order[: _rows_for(counts, asked)]
    return [rows[order[source_of[order] == number]] for number in range(len(pools))]


def _rows_for(counts: npt.NDArray[np.int64], tokens: int) -> int:
    """How many rows from the first come nearest to so many tokens; one at least."""
    reached = np.cumsum(counts)
    after = int(np.searchsorted(reached, tokens))
    if after == len(counts) or (after and tokens - reached[after - 1] < reached[after] - tokens):
        after -= 1
    return after + 1


def _up_to_tokens(
    source: SourceRecipe, pool: Indices, counts: npt.NDArray[np.int64], tokens: int, unit: str = "tokens"
) -> Indices:
    """Rows of one source in order, again from the first where it may repeat, up to so many tokens (or rows)."""
    whole = int(counts[pool].sum())
    if tokens > whole * source.repeat:
        raise TrainingError(
            f"{source.label}: {tokens:,} {unit} asked for, it has {whole:,} with repeat: {source.repeat}; ask for "
            "fewer or raise repeat"
        )
    repeated = np.tile(pool, min(source.repeat, math.ceil(tokens / whole)))
    return repeated[: _rows_for(counts[repeated], tokens)]


def _by_weight(recipe: DataRecipe, pools: Sequence[Indices], tokens: Sequence[npt.NDArray[np.int64]]) -> list[Indices]:
    """Each source's share of the tokens (of the rows, where the mixture is counted in rows)."""
    weights = np.array([source.weight for source in recipe.sources], dtype=np.float64)
    weights /= weights.sum()
    counts = [np.ones_like(one) for one in tokens] if recipe.rows is not None else list(tokens)
    have = np.array(
        [
            source.repeat * int(count[pool].sum())
            for source, pool, count in zip(recipe.sources, pools, counts, strict=True)
        ]
    )
    # Where no size is given, the largest mixture that no source is too small for.
    total = recipe.rows or recipe.tokens
    asked = np.maximum(1, np.floor(np.min(have / weights) * weights) if total is None else np.round(total * weights))
    return [
        _up_to_tokens(source, pool, count, int(wanted), "tokens" if recipe.rows is None else "rows")
        for source, pool, count, wanted in zip(recipe.sources, pools, counts, asked, strict=True)
    ]


def difficulty(by: str, columns: dict[str, list[Any]], lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """(n,) a number that grows from easy to hard.

    `level`: level 1, 2, 3, then other names; `school_level`: elementary to competition, unknown ones last;
    `agreement`: from unanimous votes down; `length`: tokens.
    """
    if by == "length":
        return lengths.astype(np.float64)
    values = columns[by]
    if by == "agreement":
        return -np.array(values, dtype=np.float64)
    known = sorted(set(values)) if by == "level" else list(SCHOOL_LEVELS)
    rank = {name: number for number, name in enumerate(known)}
    return np.array([rank.get(name, len(known)) for name in values], dtype=np.float64)


def curriculum(order: OrderRecipe, hardness: npt.NDArray[np.float64], seed: int) -> Indices:
    """(n,) the order of training: stages from easy to hard, each shuffled, or blended into each other.

    Rows of equal hardness are one stage, or `stages` equal parts are cut. A row's position is
    (1 - blend) * its stage's + blend * a random one: at 0 the stages follow each other, at 1 nothing is left of them.
    """
    rng = np.random.default_rng([seed, 1])
    n = len(hardness)
    if order.stages is not None:
        rank = np.empty(n, dtype=np.int64)
        rank[np.argsort(hardness, kind="stable")] = np.arange(n)
        stage = rank * order.stages // n
    else:
        stage = np.unique(hardness, return_inverse=True)[1]
    starts = np.searchsorted(np.sort(stage), np.arange(stage.max() + 2))
    within = rng.random(n)
    staged = starts[stage] + within * (starts[stage + 1] - starts[stage])
    position = (1 - order.blend) * staged / n + order.blend * rng.random(n)
    return np.argsort(position, kind="stable").astype(np.int64)


def grouped(lengths: npt.NDArray[np.int64], batch: int, seed: int) -> Indices:
    """(n,) an order in which the rows of a batch have similar lengths, and the batches come shuffled.

    Rows are shuffled, cut into stretches of 32 batches, sorted by length within each, and cut into batches.
    """
    rng = np.random.default_rng([seed, 2])
    order = rng.permutation(len(lengths))
    stretches = [order[first : first + 32 * batch] for first in range(0, len(order), 32 * batch)]
    ordered = np.concatenate([one[np.argsort(lengths[one], kind="stable")] for one in stretches])
    batches = [ordered[first : first + batch] for first in range(0, len(ordered), batch)]
    ragged = [batches.pop()] if len(batches[-1]) < batch else []  # last, or the batches after it would be shifted
    return np.concatenate([batches[i] for i in rng.permutation(len(batches))] + ragged).astype(np.int64)


def check_benchmarks(questions: Sequence[str], ids: Sequence[str], files: Sequence[str]) -> dict[str, int]:
    """Stop if a question of a benchmark is in the training data.

    Returns:
        For each benchmark the number of its questions that were compared with.

    Raises:
        TrainingError: A question is one of a benchmark's.
        RecipeError: A file cannot be read.
    """
    if not files:
        return {}
    import pyarrow as pa

    from ..builder.curate.benchmarks import read_benchmarks
    from ..builder.curate.decontaminate import decontaminate
    from ..builder.recipe import CurateRecipe

    benchmarks = read_benchmarks(files)
    table = pa.table({"id": pa.array(ids), "question": pa.array(questions, pa.large_string())})
    found = list(decontaminate(table, benchmarks, CurateRecipe()).rejected())
    if found:
        first = found[0]
        raise TrainingError(
            f"data: {len(found)} questions to train on are a benchmark's; the first is {first.id} "
            f"({first.reason.removeprefix('contaminated-')}: {first.detail[:160]}); remove them, `synthllm build` does "
            "when curate.benchmarks names the files"
        )
    return {benchmark.name: len(benchmark.questions) for benchmark in benchmarks}
