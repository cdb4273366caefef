"""Lists with dots in them, 1, 2, ..., 10: written out where they go on in equal steps."""

from __future__ import annotations

from collections.abc import Sequence

from .shapes import Form, Scalar
from .tokens import Node
from .values import exact

DOTS: Node = ("var", "…")
MAX_WRITTEN = 1_000  # items that a list is written out to


def written_out(items: Sequence[Form]) -> tuple[Form, ...]:
    """The items with those that dots stand for; as they are where the dots do not continue equal steps of numbers."""
    dots = [at for at, item in enumerate(items) if isinstance(item, Scalar) and item.nodes[0] == DOTS]
    if len(dots) != 1 or not 2 <= dots[0] < len(items) - 1:
        return tuple(items)
    values = [exact(item.nodes[0]) if isinstance(item, Scalar) else None for item in items]
    before, after = values[: dots[0]], values[dots[0] + 1 :]
    numbers = [value for value in (*before, *after) if value is not None]
    if len(numbers) < len(items) - 1:
        return tuple(items)
    step = numbers[1] - numbers[0]
    if not step or not 2 <= (numbers[-1] - numbers[0]) / step <= MAX_WRITTEN:
        return tuple(items)
    every = [numbers[0] + step * at for at in range(int((numbers[-1] - numbers[0]) / step) + 1)]
    if numbers[: dots[0]] != every[: dots[0]] or numbers[dots[0] :] != every[len(every) - len(after) :]:
        return tuple(items)
    return tuple(Scalar((("num", value, None),)) for value in every)
