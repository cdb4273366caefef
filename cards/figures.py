"""The figures of a card: how long questions and answers are, and how alike the questions of one document are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..eval.diversity_figure import draw_diversity
from ..eval.diversity_run import measure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..builder.filter.embedders import Embedder

DPI = 110


def write_figures(
    levels: Mapping[str, Sequence[Path]], folder: Path, embedder: Embedder
) -> tuple[list[Path], dict[str, Any]]:
    """Write `lengths.png` and, where a document has two questions, `diversity.png`; equal rows give equal bytes.

    Args:
        levels: the parquet files of each level.
    Returns:
        The files, and the diversity of the levels in the form of `diversity.json` (eval/diversity_run.py).
    """
    made = [_draw(folder / "lengths.png", {level: lengths(files) for level, files in levels.items()}, _lengths)]
    diversity = measure(levels, embedder)
    if any(row["n_pairs"] for row in diversity["levels"].values()):
        made += draw_diversity(diversity, [folder / "diversity.png"])
    return made, diversity


def lengths(files: Sequence[Path]) -> dict[str, NDArray[np.float64]]:
    """(n_questions,) words of each question, and of each answer."""
    import polars as pl

    found = pl.read_parquet(list(files), columns=["question_words", "answer_words"])
    return {name.split("_")[0]: found[name].to_numpy().astype(np.float64) for name in found.columns}


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
