"""The shapes that a final answer takes: a number, an expression, a list, a tuple, an interval, a matrix, words."""

from __future__ import annotations

from dataclasses import dataclass

from .tokens import Node
from .units import Unit

INFINITY: Node = ("var", "∞")
MINUS_INFINITY: Node = ("neg", INFINITY)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number or an expression. `loose_unit`: the unit may as well be a variable, as in 6m."""

    nodes: tuple[Node, ...]
    unit: Unit | None = None
    percent: bool = False
    degrees: bool = False
    loose_unit: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """name = form, such as x = 3 or f(x) = 2x."""

    name: str
    form: Form


@dataclass(frozen=True, slots=True)
class Chain:
    """Several sides joined by = or ≈, none of them a bare name."""

    sides: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Items between brackets, or a bare list where both are empty."""

    opening: str
    closing: str
    items: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`; a point where both are the same and closed."""

    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


EVERYWHERE = Interval(MINUS_INFINITY, INFINITY, False, False)


@dataclass(frozen=True, slots=True)
class Region:
    """A union of intervals, with the variable where one was named."""

    intervals: tuple[Interval, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """An inequality that is no interval of one variable, such as b > a > c."""

    sides: tuple[Form, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of entries."""

    rows: tuple[tuple[Form, ...], ...]


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day; `half` is am, pm, or empty where it was not said."""

    hour: int
    minute: int
    half: str


@dataclass(frozen=True, slots=True)
class Words:
    """Anything that is no mathematics, as lower-case words without articles.

    `unread`: mathematics not understood; `in_part`: the yes or no of an answer that goes on with a formula.
    """

    words: tuple[str, ...]
    unread: bool = False
    in_part: bool = False


Form = Scalar | Named | Chain | Group | Region | Comparison | Matrix | Clock | Words
