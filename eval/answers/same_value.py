"""Whether two quantities are equal: numbers and expressions with their units, percent signs and tolerances."""

from __future__ import annotations

from fractions import Fraction

from .constants import same_family
from .shapes import Scalar
from .tokens import Node, Unreadable
from .values import (
    DECIMAL_TOLERANCE,
    decimal_places,
    evaluate,
    exact,
    same_expression,
    variables,
    written_as_decimal,
)

ROUNDED_DIGITS = 3  # significant digits from which a reference decimal accepts a prediction that rounds to it


def same_scalar(a: Scalar, b: Scalar) -> bool:
    """Whether quantity `a` of a prediction equals `b` of a reference, in any of their readings.

    Raises:
        Unreadable: It cannot be decided.
    """
    if a.unit and b.unit and a.unit.dimension is not None and b.unit.dimension is not None:
        if a.unit.dimension != b.unit.dimension:
            return False
        if a.unit.factor != b.unit.factor:
            scale = ("num", a.unit.factor / b.unit.factor, None)
            return same_value(("mul", a.nodes[0], scale), b.nodes[0])
    if b.loose_unit and a.unit is None:
        b = Scalar(b.nodes[-1:])
    undecided: Unreadable | None = None
    for left in a.nodes:
        for right in b.nodes:
            x, y = unapplied(left, right), unapplied(right, left)
            try:
                if same_value(x, y) or (a.percent != b.percent and _same_percent(x, y, a.percent)):
                    return True
                if a.degrees != b.degrees and _same_angle(x, y, a.degrees):
                    return True
                if variables(x) and variables(y) and same_family(x, y):
                    return True
            except Unreadable as error:
                undecided = error
    if undecided is not None:
        raise undecided
    return False


def _same_percent(a: Node, b: Node, first: bool) -> bool:
    hundred: Node = ("num", Fraction(100), None)
    return same_value(("div", a, hundred), b) if first else same_value(a, ("div", b, hundred))


def _same_angle(a: Node, b: Node, first: bool) -> bool:
    """45° and pi/4."""
    return same_expression(("deg", a), b) if first else same_expression(a, ("deg", b))


def same_value(a: Node, b: Node) -> bool:
    """Equal by the module's rules for numbers, or as functions."""
    if not variables(a) and not variables(b):
        x, y = exact(a), exact(b)
        decimal = written_as_decimal(a) or written_as_decimal(b)
        if x is not None and y is not None:
            if x == y:
                return True
            if not decimal:
                return False
            if x == 0 or y == 0:
                return False
            if y.denominator == 1 or x.denominator == 1:
                whole, other = (y, x) if y.denominator == 1 else (x, y)
                if round(other) != whole:
                    return _rounds_to(a, b)
            if abs(x - y) <= Fraction(10001, 10000) * Fraction(DECIMAL_TOLERANCE) * max(abs(x), abs(y)):
                return True
            return _rounds_to(a, b)
        if decimal and _rounds_to(a, b):
            return True
    return same_expression(a, b)


def _rounds_to(a: Node, b: Node) -> bool:
    """Whether the reference `b` is a decimal of enough digits and `a`, more precise, rounds to it."""
    written = decimal_places(b)
    if written is None:
        return False
    value, places = written
    digits = len(str(abs(value.numerator * 10**places // value.denominator))) if places >= 0 else 0
    if places < 0:
        digits = len(str(abs(int(value)))) + places
    mine = decimal_places(a)
    if digits < ROUNDED_DIGITS or (mine is not None and mine[1] <= places):
        return False
    try:
        number = evaluate(a, 0)
    except Unreadable:
        return False
    if not isinstance(number, Fraction):
        if abs(number.imag) > 1e-12:
            return False
        number = Fraction(number.real)
    return abs(number - value) <= Fraction(1, 2) * Fraction(10) ** (-places)


def unapplied(node: Node, other: Node) -> Node:
    """x(t) as x, where the other side writes x."""
    if node[0] == "opaque" and len(node) == 3 and node[2][0] == "var" and node[1] in variables(other):
        return ("var", node[1])
    return tuple(unapplied(child, other) if isinstance(child, tuple) else child for child in node)
