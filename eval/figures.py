"""Figures of the laws, as SVG and PNG: no background, and ink of a middle grey that reads on white and on black."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .scaling_plan import Study, amount

INK = "#767676"  # 4.5:1 against white, 4.6:1 against black
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # Okabe and Ito: told apart colour-blind
MARKERS = "osD^vP"


def visible(one: Study) -> bool:
    """Whether the ceiling has a place beside the points: one far below them would squeeze the curves."""
    return float(one.law.observed.min()) < one.law.E * 5


def draw_scaling(studies: Sequence[Study], out: Path) -> list[Path]:
    """Write scaling.svg and scaling.png into `out`: error over tokens, both logarithmic, one colour per model.

    Filled points were fitted and the hollow one is the largest, which the dashed curve was not shown; the line is the
    law of all points with its 95% band, the dotted line its ceiling. The untrained model has no place on the axis.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, NullFormatter

    style: dict[Any, Any] = {"svg.hashsalt": "synthllm", "font.size": 11, "text.color": INK, "axes.labelcolor": INK}
    with rc_context({**style, "xtick.color": INK, "ytick.color": INK, "axes.edgecolor": INK}):
        figure = Figure(figsize=(7.5, 4.8), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        for place, one in enumerate(studies):
            colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
            law, held = one.law, one.held_out
            trained = law.tokens > 0
            sizes, values = law.tokens[trained], law.observed[trained]
            at = np.geomspace(sizes.min() / 1.5, sizes.max() * 30, 160)
            axes.fill_between(at, *law.interval(at), color=colour, alpha=0.2, linewidth=0)
            axes.plot(at, law.predict(at), color=colour, linewidth=2, label=one.model)
            fitted = sizes < held.tokens if held is not None else np.full(len(sizes), True)
            axes.plot(sizes[fitted], values[fitted], marker, color=colour, markersize=7)
            if held is not None:
                axes.plot(at, held.law.predict(at), "--", color=colour, linewidth=1)
                axes.plot(sizes[~fitted], values[~fitted], marker, color=colour, markersize=9, fillstyle="none")
            if visible(one):  # one far below the data would squeeze the curves
                axes.axhline(law.E, color=colour, linestyle=":", linewidth=1.5)
        axes.set(xscale="log", yscale="log", xlabel="training tokens", ylabel="error rate")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda tokens, _: amount(tokens)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda rate, _: f"{100 * rate:.3g}%"))
        low = min(max(float(one.law.predict(at[-1])), float(one.law.observed.min()) / 5) for one in studies)
        low = min([low, *(one.law.E for one in studies if visible(one))]) / 1.15
        high = min(1.05, 1.2 * max(float(one.law.observed.max()) for one in studies))
        axes.set_ylim(low, high)  # a band may go on far below
        ticks = [rate for rate in (0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1) if low < rate < high]
        axes.set_yticks(ticks)
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.grid(True, color=INK, alpha=0.25, linewidth=0.6)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for style_of, label in (("--", "fitted without the largest"), (":", "ceiling")):
            axes.plot([], [], style_of, color=INK, label=label)
        axes.legend(frameon=False, labelcolor=INK, fontsize=10)
        written = [out / "scaling.svg", out / "scaling.png"]
        figure.savefig(written[0], transparent=True, metadata={"Date": None})
        figure.savefig(written[1], transparent=True, dpi=160)
    return written
