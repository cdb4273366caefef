"""The figure of diversity: how alike two questions of one document are, and how distinct questions grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .figures import COLOURS, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES: tuple[Any, ...] = ("-", "--", ":", "-.", (0, (3, 1, 1, 1, 1, 1)))  # told apart without colour
MARKERS = "osD^v"


def draw_diversity(found: Mapping[str, Any], paths: Sequence[Path]) -> list[Path]:
    """Draw what `measure` found into files, as SVG or PNG by their suffix; equal numbers give equal bytes.

    To the left the histogram of the paper's Figure 5, a line per level, with a tick at its mean. To the right, where
    growth was measured, distinct questions over the questions taken of each document.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    from ..builder.store import write_atomically

    style: dict[Any, Any] = {"svg.hashsalt": "synthllm", "font.size": 11, "text.color": INK, "axes.labelcolor": INK}
    with rc_context({**style, "xtick.color": INK, "ytick.color": INK, "axes.edgecolor": INK}):
        grown = any(found["growth"].values())
        figure = Figure(figsize=(11.5 if grown else 7.0, 4.0), layout="constrained")
        FigureCanvasSVG(figure)
        _histogram(figure.add_subplot(1, 1 + grown, 1), found)
        if grown:
            _growth(figure.add_subplot(1, 2, 2), found)
        for path in paths:
            kind = path.suffix[1:]
            metadata = {"Date": None} if kind == "svg" else {"Software": None}

            def save(temporary: Path, kind: str = kind, metadata: dict[str, None] = metadata) -> None:
                figure.savefig(temporary, format=kind, transparent=True, dpi=160, metadata=metadata)

            write_atomically(path, save)
    return list(paths)


def _histogram(axes: Axes, found: Mapping[str, Any]) -> None:
    ends: list[float] = []
    for place, (level, row) in enumerate(found["levels"].items()):
        edges = np.array(row["histogram"]["edges"])[::2]  # two bins of 0.02 as one
        counts = np.array(row["histogram"]["counts"]).reshape(-1, 2).sum(axis=1)
        if not counts.sum():
            continue
        colour = COLOURS[place % len(COLOURS)]
        density = counts / counts.sum() / np.diff(edges)
        label = f"{level}, mean {row['mean_similarity']:.2f}"
        axes.stairs(density, edges, color=colour, alpha=0.12, fill=True)
        axes.stairs(density, edges, color=colour, linewidth=1.8, linestyle=LINES[place % len(LINES)], label=label)
        axes.axvline(row["mean_similarity"], ymax=0.04, color=colour, linewidth=2.5)
        shown = np.flatnonzero(counts)
        ends += [edges[shown[0]], edges[shown[-1] + 1]]
    axes.set(xlabel=f"cosine of two questions of one document\n({found['embedder']})", ylabel="density of pairs")
    if ends:
        axes.set_xlim(min(ends) - 0.02, max(ends) + 0.02)
        _finish(axes)


def _growth(axes: Axes, found: Mapping[str, Any]) -> None:
    for place, (level, points) in enumerate(found["growth"].items()):
        look: dict[str, Any] = {"color": COLOURS[place % len(COLOURS)], "linestyle": LINES[place % len(LINES)]}
        look |= {"marker": MARKERS[place % len(MARKERS)], "markersize": 5, "linewidth": 1.8}
        axes.plot([p["written"] for p in points], [p["distinct"] for p in points], label=level, **look)
    most = max(point["written"] for points in found["growth"].values() for point in points)
    axes.plot([0, most], [0, most], color=INK, linewidth=1, zorder=0, label="all distinct")
    axes.set(xlabel="questions written", ylabel="distinct questions", xlim=(0, None), ylim=(0, None))
    _finish(axes)


def _finish(axes: Axes) -> None:
    axes.grid(True, color=INK, alpha=0.25, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, labelcolor=INK, fontsize=10)
