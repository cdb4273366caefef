"""Figures of the laws, as SVG and PNG: no background, and ink of a middle grey that reads on white and on black."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .scaling_plan import Study, amount

INK = "#767676"  # 4.5:1 against white, 4.6:1 against black
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # Okabe and Ito: told apart colour-blind
MARKERS = "osD^vP"
TICKS = (0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10)


def visible(one: Study) -> bool:
    """Whether the ceiling has a place beside the points: one far below them would squeeze the curves."""
    return float(one.law.observed.min()) < one.law.E * 5


def draw_all(studies: Sequence[Study], out: Path) -> list[Path]:
    """The figure of all models, and where they are several, one of each alone with the power law beside it."""
    written = draw_scaling(studies, out, power=len(studies) == 1)
    if len(studies) > 1:
        for one in studies:
            written += draw_scaling([one], out, f"scaling-{re.sub(r'[^A-Za-z0-9._-]+', '-', one.model)}", power=True)
    return written


def draw_scaling(studies: Sequence[Study], out: Path, name: str = "scaling", power: bool = False) -> list[Path]:
    """Write NAME.svg and NAME.png into `out`: error over tokens, both logarithmic, one colour per model.

    Filled points were fitted and the hollow one is the largest, which the dashed curve was not shown; the line is the
    law of all points with its 95% band, the dotted line its ceiling. With `power`, the power law that was fitted to the
    same smaller sizes is drawn in grey. The untrained model has no place on the axis.
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
                if power:
                    axes.plot(at, held.power_law.predict(at), "-.", color=INK, linewidth=1)
                axes.plot(sizes[~fitted], values[~fitted], marker, color=colour, markersize=9, fillstyle="none")
            if visible(one):  # one far below the data would squeeze the curves
                axes.axhline(law.E, color=colour, linestyle=":", linewidth=1.5)
        axes.set(xscale="log", yscale="log", xlabel="training tokens")
        rate = studies[0].measure == "error_rate"
        axes.set_ylabel("error rate" if rate else "loss, nats per token")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda tokens, _: amount(tokens)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda at, _: f"{100 * at:.3g}%" if rate else f"{at:.3g}"))
        low = min(max(float(one.law.predict(at[-1])), float(one.law.observed.min()) / 5) for one in studies)
        low = min([low, *(one.law.E for one in studies if visible(one))]) / 1.15
        high = 1.2 * max(float(one.law.observed[one.law.tokens > 0].max()) for one in studies)
        high = min(1.05, high) if rate else high
        axes.set_ylim(low, high)  # a band may go on far below
        ticks = [at for at in TICKS if low < at < high]
        axes.set_yticks(ticks)
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.grid(True, color=INK, alpha=0.25, linewidth=0.6)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        held_out = any(one.held_out is not None for one in studies)
        styles = [("--", "fitted without the largest"), *([("-.", "power law, fitted so")] if power else [])]
        styles = [*(styles if held_out else []), *([(":", "ceiling")] if any(map(visible, studies)) else [])]
        for style_of, label in styles:
            axes.plot([], [], style_of, color=INK, label=label)
        axes.legend(frameon=False, labelcolor=INK, fontsize=10)
        written = [out / f"{name}.svg", out / f"{name}.png"]
        figure.savefig(written[0], transparent=True, metadata={"Date": None})
        figure.savefig(written[1], transparent=True, dpi=160)
    return written
