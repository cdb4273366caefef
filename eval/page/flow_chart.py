"""Rows that flow from stage to stage as a drawing: a trunk that narrows, and branches for what was lost and why.

The flow runs downward, so that it reads the same on a telephone and on a wide screen. Widths are in proportion to rows:
what goes on stands at the left, what is lost turns off to the right, and each row is in one place only.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from .charts import drawing, shape, text

WIDTH = 460
TRUNK = 180  # the width of the most rows
LABELS = 232  # where the words begin
BAR = 5
TURN = 10
LOST_CLASS = "lost"


@dataclass(frozen=True, slots=True)
class Step:
    """One place in the flow.

    Attributes:
        label: what the rows are here.
        parts: what goes on to the next step, as (CSS class, rows); nothing at the last one.
        lost: what does not, as (reason, rows).
    """

    label: str
    rows: int
    parts: tuple[tuple[str, int], ...] = ()
    lost: tuple[tuple[str, int], ...] = ()


def flow_chart(title: str, steps: list[Step]) -> Markup:
    """The drawing of a flow, with the same in words for those who cannot see it."""
    scale = TRUNK / max(1, *(step.rows for step in steps))
    body: list[Markup] = []
    top = 26.0
    for step in steps:
        body.append(shape("rect", x=0, y=top, width=max(step.rows * scale, 1), height=BAR, class_="node"))
        body.append(shape("path", d=f"M{max(step.rows * scale, 1) + 6:.1f} {top + 2.5}H{LABELS - 8}", class_="leader"))
        body.append(text(LABELS, top + 2, step.label, class_="stage"))
        body.append(text(LABELS, top + 19, f"{step.rows:,}", class_="count"))
        branches, end = _branches(step, top + BAR, scale)
        body += branches
        below = max(top + 62, end + 16)
        left = 0.0
        for kind, rows in step.parts:
            width = rows * scale
            if rows:
                body.append(
                    shape("rect", x=left, y=top + BAR, width=max(width, 0.6), height=below - top - BAR, class_=kind)
                )
            left += width
        top = below
    return drawing(title, in_words(steps), WIDTH, top - 24, body, "flow")


def _branches(step: Step, top: float, scale: float) -> tuple[list[Markup], float]:
    """What turns off to the right, the outermost first, so that no branch crosses another; where they end."""
    shapes: list[Markup] = []
    left = (sum(rows for _, rows in step.parts) + sum(rows for _, rows in step.lost)) * scale
    y = top + 30
    for reason, rows in reversed(step.lost):
        width = max(rows * scale, 0.8)
        left -= rows * scale
        a, b, end = left, left + width, LABELS - 8
        shapes.append(
            shape(
                "path",
                d=f"M{b:.1f} {top}V{y - TURN:.1f}Q{b:.1f} {y:.1f} {b + TURN:.1f} {y:.1f}H{end}V{y + width:.1f}"
                f"H{a + TURN + width:.1f}Q{a:.1f} {y + width:.1f} {a:.1f} {y - TURN:.1f}V{top}Z",
                class_=LOST_CLASS,
            )
        )
        middle = y + max(width, 2) / 2 + 4
        shapes.append(text(LABELS, middle, f"{reason}: {rows:,}", class_="reason"))
        y += max(width, 14) + 7
    return shapes, y if step.lost else top


def in_words(steps: list[Step]) -> str:
    """The flow as one sentence per step."""
    told = []
    for step in steps:
        lost = ", ".join(f"{rows:,} {reason}" for reason, rows in step.lost)
        told.append(f"{step.label}: {step.rows:,}" + (f"; lost after: {lost}" if lost else ""))
    return ". ".join(told) + "."
