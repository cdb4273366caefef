"""From a recipe's sources to the rows that are trained on and held out, as tokens, with a report of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..builder.errors import TrainingError
from .data import Indices, Mixture, check_benchmarks, curriculum, difficulty, grouped, mix, places, split_held_out
from .recipe import DataRecipe
from .sources import ORDER_COLUMNS, question_features, read_source, text_features

if TYPE_CHECKING:
    from datasets import Dataset

Encode = Callable[[dict[str, Any]], tuple[list[int], list[int]]]
QUANTILES = (0.5, 0.9, 0.99, 1.0)


@dataclass(frozen=True)
class Pool:
    """The sources of a recipe, with what is held out of each and what may be trained on, as row numbers.

    `left_out` counts what is neither: rows in which a problem of a row held out comes up again.
    """

    sources: tuple[Dataset, ...]
    ids: tuple[list[str], ...]
    held_out: tuple[Indices, ...]
    rest: tuple[Indices, ...]
    left_out: int = 0

    def texts(self) -> Iterator[str]:
        """The text that may be trained on, for fitting a tokenizer."""
        for source, rows in zip(self.sources, self.rest, strict=True):
            for row in source.select(rows):
                yield question_of(row)
                yield row.get("answer") or ""


@dataclass(frozen=True)
class Prepared:
    """What the trainer is given.

    `train` and `held_out` have the columns `input_ids` and `labels`, `held_out` besides `source`, the label of the
    source; `held_out_rows` are the same rows as text.
    """

    train: Dataset
    held_out: Dataset
    held_out_rows: Dataset
    report: dict[str, Any]


def question_of(row: dict[str, Any]) -> str:
    """The text of a row before the answer; the whole text of a row of raw text."""
    prompt = row.get("prompt")
    return "\n\n".join(message["content"] for message in prompt) if prompt else str(row.get("text") or "")


def open_pool(recipe: DataRecipe, formats: tuple[str, ...] = ()) -> Pool:
    """Read the sources and hold out rows.

    Args:
        formats: for continued pre-training: how questions are written as text.

    Raises:
        TrainingError: A source cannot be read, or has too few rows.
    """
    sources = tuple(read_source(source, formats) for source in recipe.sources)
    ids = tuple(list(source["id"]) for source in sources)
    held_out, rest = split_held_out(ids, recipe.held_out_of, recipe.seed)
    if not any(source.families or source.draw for source in recipe.sources):
        return Pool(sources, ids, tuple(held_out), tuple(rest))
    other = _with_other_problems(sources, held_out, rest)
    for number, (before, left) in enumerate(zip(rest, other, strict=True)):
        if len(before) and not len(left):
            raise TrainingError(
                f"data.sources[{number}]: a problem that is held out comes up in each of its {len(before):,} other "
                "rows, which leaves none to train on; hold out fewer"
            )
    return Pool(sources, ids, tuple(held_out), tuple(other), sum(map(len, rest)) - sum(map(len, other)))


def _with_other_problems(
    sources: Sequence[Dataset], held_out: Sequence[Indices], rest: Sequence[Indices]
) -> list[Indices]:
    """The rows of the rest in which no problem comes up that a row held out asks, as far as the teacher can read."""
    from .teacher_rows import numbers_in

    kept_out = numbers_in(
        question_of(row) for source, rows in zip(sources, held_out, strict=True) for row in source.select(rows)
    )
    return [
        rows[[kept_out.isdisjoint(numbers_in([question_of(row)])) for row in source.select(rows)]]
        for source, rows in zip(sources, rest, strict=True)
    ]


def prepare(
    recipe: DataRecipe, pool: Pool, encode: Encode, seed: int, batch: int = 1, splits: bool = False
) -> Prepared:
    """Choose, check, order and encode what is trained on.

    Args:
        encode: tokens and labels of a row.
        seed: of the order.
        batch: rows of an update, for grouping by length: the same order on any number of processes.
        splits: rows longer than `max_length` are cut into several later, rather than dropped.

    Raises:
        TrainingError: A source has too few rows, a benchmark's question is among them, or too many are too long.
    """
    from datasets import concatenate_datasets

    counts: list[npt.NDArray[np.int64]]
    by_tokens = recipe.tokens is not None or any(source.tokens or source.weight for source in recipe.sources)
    if by_tokens:  # how many tokens every row has must be known before rows are chosen
        encoded = [_encoded(source, encode) for source in pool.sources]
        counts = [np.array(one["length"], dtype=np.int64) for one in encoded]
        mixture = mix(recipe, pool.rest, pool.ids, counts)
        chosen = [one.select(part.rows) for one, part in zip(encoded, mixture.parts, strict=True)]
    else:
        nothing = [np.zeros(len(source), dtype=np.int64) for source in pool.sources]
        mixture = mix(recipe, pool.rest, pool.ids, nothing)
        rows = [source.select(part.rows) for source, part in zip(pool.sources, mixture.parts, strict=True)]
        chosen = [_encoded(one, encode) for one in rows]
        mixture = Mixture(
            tuple(_with_tokens(part, int(sum(one["length"]))) for part, one in zip(mixture.parts, chosen, strict=True))
        )
    train = concatenate_datasets([_same_columns(one) for one in chosen])
    checked = (
        check_benchmarks([question_of(row) for row in train], list(train["id"]), recipe.benchmarks)
        if (recipe.benchmarks)
        else {}
    )
    lengths = np.array(train["length"], dtype=np.int64)
    fits = lengths <= recipe.max_length
    dropped = 0 if splits else int((~fits).sum())
    if dropped > recipe.max_dropped * len(train):
        raise TrainingError(
            f"data.max_length: {dropped:,} of {len(train):,} rows are longer than {recipe.max_length} tokens (the "
            f"longest has {int(lengths.max()):,}), more than max_dropped: {recipe.max_dropped} allows; raise max_length"
        )
    if dropped:
        train, lengths = train.select(np.flatnonzero(fits)), lengths[fits]
    train = train.select(_order(recipe, train, lengths, seed, batch))
    held_out_rows = concatenate_datasets(
        [
            _same_columns(rows.select(numbers)).add_column("source", [source.label] * len(numbers))
            for source, rows, numbers in zip(recipe.sources, pool.sources, pool.held_out, strict=True)
        ]
    )
    # By place, so that the first rows come from all sources.
    held_out_rows = held_out_rows.select(np.argsort(places(list(held_out_rows["id"]), recipe.seed), kind="stable"))
    held_out = _encoded(held_out_rows, encode)
    held_out_lengths = np.array(held_out["length"], dtype=np.int64)
    by_length = np.argsort(held_out_lengths, kind="stable")  # neighbours of equal length need little padding
    held_out_fits = by_length[held_out_lengths[by_length] <= recipe.max_length]
    report = {
        "rows": len(train),
        "tokens": int(lengths.sum()),
        "trained_tokens": int(sum(train["trained"])),
        "attended_length": attended_length(lengths, recipe.max_length),
        "length_quantiles": {str(q): int(np.quantile(lengths, q)) for q in QUANTILES},
        "max_length": recipe.max_length,
        "longer_than_max_length": int((~fits).sum()),
        "dropped": dropped,
        "mixture": mixture.shares(),
        "order": recipe.order.model_dump(),
        "held_out_rows": len(held_out_rows),
        "left_out": pool.left_out,
        "held_out_dropped": len(held_out) - len(held_out_fits),
        "benchmarks": checked,
        "formats": _by_format(train),
        "first_ids": list(train["id"][:8]),
    }
    wanted = ["input_ids", "labels"]
    return Prepared(
        train.select_columns(wanted),
        held_out.select(held_out_fits).select_columns([*wanted, "source"]),
        held_out_rows,
        report,
    )


def attended_length(lengths: npt.NDArray[np.int64], max_length: int) -> float:
    """The length of the sequence that a token stands in, averaged over tokens; rows that are longer are cut."""
    whole, rest = np.divmod(lengths, max_length)
    return float((whole * max_length**2 + rest**2).sum() / max(1, lengths.sum()))


def _order(recipe: DataRecipe, train: Dataset, lengths: npt.NDArray[np.int64], seed: int, batch: int) -> Indices:
    by = recipe.order.by
    if by == "shuffled":
        return np.random.default_rng([seed, 0]).permutation(len(train))
    if by == "grouped":
        return grouped(lengths, batch, seed)
    columns: dict[str, list[Any]] = {} if by == "length" else {by: list(train[by])}
    return curriculum(recipe.order, difficulty(by, columns, lengths), seed)


def _by_format(train: Dataset) -> dict[str, dict[str, int]]:
    """For text: rows and tokens of each format; empty for questions and answers."""
    found: dict[str, dict[str, int]] = {}
    for text_format, length, is_text in zip(
        train["format"], train["length"], (bool(text) for text in train["text"]), strict=True
    ):
        if is_text:
            counts = found.setdefault(text_format, {"rows": 0, "tokens": 0})
            counts["rows"] += 1
            counts["tokens"] += length
    return dict(sorted(found.items()))


def _with_tokens(part: Any, tokens: int) -> Any:
    import dataclasses

    return dataclasses.replace(part, tokens=tokens)


def _encoded(rows: Dataset, encode: Encode) -> Dataset:
    """The rows with their tokens, labels, length, and the number of tokens that are trained on."""
    from .template import IGNORED

    def add(row: dict[str, Any]) -> dict[str, Any]:
        ids, labels = encode(row)
        return {
            "input_ids": ids,
            "labels": labels,
            "length": len(ids),
            "trained": sum(label != IGNORED for label in labels),
        }

    if len(rows) == 0:  # map adds no columns to nothing
        return rows.add_column("input_ids", []).add_column("labels", []).add_column("length", [])
    return rows.map(add, desc=None)


def _same_columns(rows: Dataset) -> Dataset:
    """Raw text gets empty columns of questions, and the other way round, so that both can be mixed."""
    from datasets import Dataset, concatenate_datasets

    features = {**question_features(), **text_features("format")}
    absent = {"prompt": [], "answer": "", "text": "", "format": "raw", **ORDER_COLUMNS}
    missing = [name for name in features if name not in rows.column_names]
    if not missing:
        return rows
    from datasets import Features

    columns = {name: [absent[name]] * len(rows) for name in missing}
    filler = Dataset.from_dict(columns, features=Features({name: features[name] for name in missing}))
    return concatenate_datasets([rows, filler], axis=1)
