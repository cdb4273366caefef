"""The numbers of a card, read from the parquet files of each config a column at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

Files = Mapping[str, Sequence[Path]]

TOKEN = r"[\p{L}\p{M}]+|\d{1,3}|[^\w\s]|_"
"""What counts as a token here: a word, up to three digits, or a mark. Tokenizers of models cut words further."""
TEXTS = {"documents": ("text",), "concepts": (), "rejected": ("detail",)}


def config_sizes(files: Files) -> dict[str, dict[str, int]]:
    """Rows, tokens, and bytes of the files, of every config that has files."""
    import polars as pl

    sizes = {}
    for config, paths in files.items():
        if not paths:
            continue
        rows = pl.scan_parquet(list(paths))
        texts = [
            pl.col(name).str.count_matches(TOKEN).sum().alias(name)
            for name in TEXTS.get(config, ("question", "answer"))
        ]
        counted = rows.select(pl.len().alias("rows"), *texts).collect(engine="streaming").row(0, named=True)
        size = {"rows": counted.pop("rows"), "bytes": sum(path.stat().st_size for path in paths)}
        sizes[config] = size | {"tokens": sum(counted.values())} | {f"{name}_tokens": n for name, n in counted.items()}
    return sizes


def level_numbers(paths: Sequence[Path]) -> dict[str, Any]:
    """Lengths, votes and agreement of the questions of a level."""
    import polars as pl

    return (
        pl.scan_parquet(list(paths))
        .select(
            rows=pl.len(),
            question_words=pl.col("question_words").median(),
            answer_words=pl.col("answer_words").median(),
            agreement=pl.col("agreement").mean(),
            votes=pl.col("votes").mean(),
            unanimous=(pl.col("agreement") == 1).mean(),
            verified=pl.col("verified").mean(),
            equalities=pl.col("checked_equalities").sum(),
            documents=pl.col("document_ids").explode().n_unique(),
        )
        .collect(engine="streaming")
        .row(0, named=True)
    )


def counts_of(frame: pl.LazyFrame, column: str, most: int) -> dict[str, int]:
    """The most frequent values of a column, with how often each occurs; ties by name."""
    import polars as pl

    counted = frame.group_by(column).len().sort(["len", column], descending=[True, False]).head(most)
    return dict(counted.select(pl.col(column).cast(pl.String), "len").collect(engine="streaming").iter_rows())


def one_row(paths: Sequence[Path], seed: int) -> dict[str, Any] | None:
    """A row that depends on the seed and on nothing else, such as the order of the files; None where there is none."""
    import polars as pl

    rows = pl.scan_parquet(list(paths))
    ids = rows.select("id").collect(engine="streaming")["id"].sort()
    if ids.is_empty():
        return None
    chosen = ids[seed * 7919 % len(ids)]  # a prime, so that neighbouring seeds show different rows
    return rows.filter(pl.col("id") == chosen).head(1).collect().row(0, named=True)


def distinct(paths: Iterable[Path], column: str) -> list[str]:
    """The distinct values of a column, sorted."""
    import polars as pl

    files = list(paths)
    if not files:
        return []
    return sorted(pl.scan_parquet(files).select(pl.col(column).unique()).collect(engine="streaming")[column].to_list())
