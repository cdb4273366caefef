"""The figures of a card: how long questions and answers are, and how alike the questions of one document are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_DOCUMENTS = 2_000  # per level, as the paper's diversity figure has
DPI = 110


def write_figures(levels: Mapping[str, Sequence[Path]], folder: Path) -> list[Path]:
    """Write `lengths.png` and, where a document has two questions, `diversity.png`; equal rows give equal bytes.

    Args:
        levels: the parquet files of each level.
    """
    similar = {level: similarities(files) for level, files in levels.items()}
    made = [_draw(folder / "lengths.png", {level: lengths(files) for level, files in levels.items()}, _lengths)]
    if any(values.size for values in similar.values()):
        made.append(_draw(folder / "diversity.png", {level: {"": v} for level, v in similar.items()}, _similar))
    return made


def lengths(files: Sequence[Path]) -> dict[str, NDArray[np.float64]]:
    """(n_questions,) words of each question, and of each answer."""
    import polars as pl

    found = pl.read_parquet(list(files), columns=["question_words", "answer_words"])
    return {name.split("_")[0]: found[name].to_numpy().astype(np.float64) for name in found.columns}


def similarities(files: Sequence[Path], most_documents: int = MOST_DOCUMENTS) -> NDArray[np.float64]:
    """(n_pairs,) cosine similarity in [0, 1] of each pair of questions whose first document is the same.

    Questions are compared by their words (TF-IDF), which needs no model; the paper compares embeddings. The documents
    are those whose names sort first by hash, so that the same rows give the same sample.
    """
    import hashlib

    import polars as pl
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = pl.scan_parquet(list(files)).select("id", document=pl.col("document_ids").list.first())
    pairs = rows.group_by("document").len().filter(pl.col("len") > 1).collect(engine="streaming")["document"].to_list()
    chosen = sorted(pairs, key=lambda name: hashlib.sha256(name.encode()).digest())[:most_documents]
    if not chosen:
        return np.zeros(0)
    asked = (
        pl.scan_parquet(list(files))
        .select("id", "question", document=pl.col("document_ids").list.first())
        .filter(pl.col("document").is_in(chosen))
        .collect(engine="streaming")
        .sort("document", "id")
    )
    vectors = TfidfVectorizer(token_pattern=r"\w+|[^\w\s]").fit_transform(asked["question"].to_list())
    found = []
    start = 0
    for _, size in asked.group_by("document", maintain_order=True).len().iter_rows():
        block = vectors[start : start + size]
        found.append((block @ block.T).toarray()[np.triu_indices(size, k=1)])
        start += size
    clipped: NDArray[np.float64] = np.clip(np.concatenate(found), 0, 1)
    return clipped


def _draw(
    path: Path,
    levels: Mapping[str, Mapping[str, NDArray[np.float64]]],
    panel: Callable[[Axes, str, Mapping[str, NDArray[np.float64]]], None],
) -> Path:
    from matplotlib.figure import Figure

    from ..builder.store import write_atomically

    names = sorted({name for series in levels.values() for name in series}, reverse=True)
    figure = Figure(figsize=(4.2 * len(names), 2.8), dpi=DPI, layout="constrained")
    for number, name in enumerate(names, start=1):
        axes = figure.add_subplot(1, len(names), number)
        panel(axes, name, {level: series[name] for level, series in levels.items() if series[name].size})
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    write_atomically(path, lambda temporary: figure.savefig(temporary, format="png", metadata={"Software": None}))
    return path


def _lengths(axes: Axes, name: str, levels: Mapping[str, NDArray[np.float64]]) -> None:
    longest = max((float(np.percentile(values, 99)) for values in levels.values()), default=1.0)
    for level, values in levels.items():
        axes.hist(np.minimum(values, longest), bins=30, range=(0, longest), density=True, histtype="step", label=level)
    axes.set(xlabel=f"words of the {name}", ylabel="share of questions", yticks=[])


def _similar(axes: Axes, _: str, levels: Mapping[str, NDArray[np.float64]]) -> None:
    for level, values in levels.items():
        axes.hist(values, bins=30, range=(0, 1), density=True, histtype="step", label=level)
    axes.set(xlabel="similarity of two questions of one document", ylabel="share of pairs", yticks=[])
