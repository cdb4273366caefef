"""Lists with dots in them: 1, 2, ..., 10 written out where its steps are equal, 1, 2, 3, ..., n as 1, 2, ..., n."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from .regions import line
from .shapes import Form, Scalar
from .tokens import Node
from .values import exact

DOTS: Node = ("var", "…")
MAX_WRITTEN = 1_000  # items that a list is written out to


def written_out(items: Sequence[Form]) -> tuple[Form, ...]:
    """The items with those that dots stand for; as they are where the dots do not continue equal steps of numbers.

    Up to a last item such as n or 2n - 1, two items before the dots say as much as more of them.
    """
    dots = [at for at, item in enumerate(items) if isinstance(item, Scalar) and item.nodes[0] == DOTS]
    if len(dots) != 1 or not 2 <= dots[0] < len(items) - 1:
        return tuple(items)
    values = [exact(item.nodes[0]) if isinstance(item, Scalar) else None for item in items]
    before, after = values[: dots[0]], values[dots[0] + 1 :]
    numbers = [value for value in (*before, *after) if value is not None]
    if len(numbers) < len(items) - 1:
        return _shortest(items, before) if len(after) == 1 else tuple(items)
    step = numbers[1] - numbers[0]
    if not step or not 2 <= (numbers[-1] - numbers[0]) / step <= MAX_WRITTEN:
        return tuple(items)
    every = [numbers[0] + step * at for at in range(int((numbers[-1] - numbers[0]) / step) + 1)]
    if numbers[: dots[0]] != every[: dots[0]] or numbers[dots[0] :] != every[len(every) - len(after) :]:
        return tuple(items)
    return tuple(Scalar((("num", value, None),)) for value in every)


def _shortest(items: Sequence[Form], before: Sequence[Fraction | None]) -> tuple[Form, ...]:
    """Two items, the dots, and a last one that is linear in its variable; 2, 4, ..., 2^n may go on in two ways."""
    last = items[-1]
    numbers = [value for value in before if value is not None]
    steps = {later - earlier for earlier, later in pairwise(numbers)}
    linear = isinstance(last, Scalar) and line(last.nodes[0]) is not None
    return (
        (*items[:2], *items[len(before) :])
        if linear and len(numbers) == len(before) and len(steps) == 1
        else tuple(items)
    )
