"""Charts as SVG that takes its colours from the page's style, so that one drawing reads in light and in dark.

Every chart has a title and says in words what it shows. Numbers are rounded, so that equal data give equal bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

WIDTH, HEIGHT = 460, 250
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 24, 40  # around the plot


def shape(tag: str, content: Markup | str = "", **attributes: object) -> Markup:
    """One element; `class_` stands for class, and numbers are rounded."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_rounded(value))}"' for name, value in attributes.items()
    )
    return Markup(f"<{tag}{written}>{escape(content)}</{tag}>" if content else f"<{tag}{written}/>")


def text(x: float, y: float, words: str, **attributes: object) -> Markup:
    """Words at a place."""
    return shape("text", words, x=x, y=y, **attributes)


def drawing(
    title: str, described: str, width: float, height: float, body: Iterable[Markup], class_: str = "chart"
) -> Markup:
    """A whole picture, with its title and description for those who cannot see it."""
    inside = Markup("").join([shape("title", title), shape("desc", described), *body])
    box = f"0 0 {_rounded(width)} {_rounded(height)}"
    return shape("svg", inside, viewBox=box, role="img", aria_label=f"{title}. {described}", class_=class_)


@dataclass(frozen=True, slots=True)
class Series:
    """One line or one outline. `name` is the CSS class that colours it; low and high are the ends of its band."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


class Plot:
    """A pair of axes in the usual place.

    Args:
        x, y: the lowest and highest value of each axis.
    """

    def __init__(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.x, self.y = x, y
        self.body: list[Markup] = []

    def at_x(self, value: float) -> float:
        """Where a value stands."""
        share = (value - self.x[0]) / ((self.x[1] - self.x[0]) or 1)
        return LEFT + (WIDTH - LEFT - RIGHT) * share

    def at_y(self, value: float) -> float:
        """Where a value stands."""
        share = (value - self.y[0]) / ((self.y[1] - self.y[0]) or 1)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(max(share, 0.0), 1.0)

    def axes(self, x_label: str, percent: bool = False) -> None:
        """Draw grid lines, ticks and the label of the x axis."""
        for value in ticks(*self.y, 4):
            y = self.at_y(value)
            self.body.append(shape("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid"))
            self.body.append(text(LEFT - 6, y + 4, _tick(value, percent), class_="tick", text_anchor="end"))
        for value in ticks(*self.x, 6):
            self.body.append(
                text(self.at_x(value), HEIGHT - BOTTOM + 17, _tick(value), class_="tick", text_anchor="middle")
            )
        self.body.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4, x_label, class_="axis", text_anchor="middle"))

    def mark(self, x: float, words: str) -> None:
        """A vertical line with its words."""
        at = self.at_x(x)
        side = "end" if at > WIDTH * 0.6 else "start"
        self.body.append(shape("line", x1=at, x2=at, y1=TOP - 18, y2=HEIGHT - BOTTOM, class_="mark"))
        self.body.append(text(at + (-5 if side == "end" else 5), TOP - 10, words, class_="marked", text_anchor=side))

    def path(self, xs: Sequence[float], ys: Sequence[float]) -> str:
        """The points as a path."""
        return "M" + "L".join(f"{self.at_x(x):.1f} {self.at_y(y):.1f}" for x, y in zip(xs, ys, strict=True))


def histogram(title: str, counts: Sequence[int], edges: Sequence[float], x_label: str, threshold: float) -> Markup:
    """Bars, dimmed below a threshold that is drawn."""
    plot = Plot((edges[0], edges[-1]), (0, max(1, *counts)))
    plot.axes(x_label)
    for count, low, high in zip(counts, edges, edges[1:], strict=False):
        left, right, top = plot.at_x(low), plot.at_x(high), plot.at_y(count)
        kept = "kept" if (low + high) / 2 > threshold else "dropped"
        if count:
            height = HEIGHT - BOTTOM - top
            plot.body.append(
                shape("rect", x=left + 0.5, y=top, width=max(right - left - 1, 0.5), height=height, class_=kept)
            )
    plot.mark(threshold, f"kept above {threshold:g}")
    below = sum(count for count, low in zip(counts, edges, strict=False) if low < threshold)
    words = f"{sum(counts):,} documents by {x_label}; about {below:,} of them below {threshold:g}"
    return drawing(title, words, WIDTH, HEIGHT, plot.body)


def outlines(title: str, counts: Mapping[str, Sequence[float]], edges: Sequence[float], x_label: str) -> Markup:
    """Histograms over each other as outlines, each as shares of its own total."""
    shares = {name: [count / (sum(values) or 1) for count in values] for name, values in counts.items()}
    plot = Plot((edges[0], edges[-1]), (0, max((max(values) for values in shares.values()), default=1) or 1))
    plot.axes(x_label, percent=True)
    for name, values in shares.items():
        xs = [edge for pair in pairwise(edges) for edge in pair]
        ys = [value for value in values for _ in (0, 1)]
        outline = plot.path([xs[0], *xs, xs[-1]], [0, *ys, 0])
        plot.body.append(shape("path", d=outline + "Z", class_=f"area {name}"))
    words = "; ".join(f"{name}: most often {_modal(values, edges)}" for name, values in shares.items())
    return drawing(title, words, WIDTH, HEIGHT, plot.body)


def curves(
    title: str,
    series: Sequence[Series],
    x_label: str,
    y: tuple[float, float] | None = None,
    mark: tuple[float, str] | None = None,
    percent: bool = False,
) -> Markup:
    """Lines through points, with bands where they are given."""
    x = [value for one in series for value in one.x]
    values = [value for one in series for value in (*one.y, *one.high)]
    plot = Plot((min(x), max(x)), y or (0, max(values, default=1) or 1))
    plot.axes(x_label, percent)
    for one in series:
        if one.low:
            band = plot.path(one.x, one.high) + "L" + plot.path(one.x[::-1], one.low[::-1])[1:] + "Z"
            plot.body.append(shape("path", d=band, class_=f"band {one.name}"))
        plot.body.append(shape("path", d=plot.path(one.x, one.y), class_=f"line {one.name}"))
        plot.body += [
            shape("circle", cx=plot.at_x(a), cy=plot.at_y(b), r=3, class_=f"dot {one.name}")
            for a, b in zip(one.x, one.y, strict=True)
        ]
    if mark:
        plot.mark(*mark)
    words = "; ".join(f"{one.name}: {one.y[0]:.3g} to {one.y[-1]:.3g}" for one in series if one.y)
    return drawing(title, f"{words}, for {x_label} from {min(x):.3g} to {max(x):.3g}", WIDTH, HEIGHT, plot.body)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round values between two, at most `most` + 1 of them."""
    if not high > low:
        return [low]
    raw = (high - low) / most
    size = 10 ** math.floor(math.log10(raw))
    step = next(step * size for step in (1, 2, 2.5, 5, 10) if step * size >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(step * i, 10) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def _modal(values: Sequence[float], edges: Sequence[float]) -> str:
    if not any(values):
        return "nothing"
    place = max(range(len(values)), key=values.__getitem__)
    return f"{edges[place]:.3g} to {edges[place + 1]:.3g} ({values[place]:.0%})"


def _tick(value: float, percent: bool = False) -> str:
    if percent:
        return f"{100 * value:g}%"
    if abs(value) >= 1_000_000:
        return f"{value / 1e6:g}M"
    return f"{value / 1000:g}K" if abs(value) >= 10_000 else f"{value:g}"


def _rounded(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
