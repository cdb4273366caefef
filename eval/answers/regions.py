"""Answers that are sets of real numbers: intervals, inequalities, |x| = 3, "all x except 3", unions, intersections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from .shapes import INFINITY, MINUS_INFINITY, Comparison, Form, Group, Interval, Named, Region, Scalar
from .tokens import Node, Unreadable
from .values import evaluate, exact, variables


def region_of(form: Form) -> Region:
    """The form as a set of real numbers.

    Raises:
        Unreadable: It is none.
    """
    if isinstance(form, Region):
        return form
    if isinstance(form, Named):
        return region_of(form.form)
    if isinstance(form, Group) and form.opening == "{":
        return Region(ordered(Interval(single(item), single(item), True, True) for item in form.items))
    if isinstance(form, Group) and form.opening and len(form.items) == 2:
        low, high = (single(item) for item in form.items)
        return Region((Interval(low, high, form.opening == "[", form.closing == "]"),))
    raise Unreadable("no set of real numbers")


def comparison(sides: Sequence[Form], signs: Sequence[str]) -> Region | Comparison:
    """What an inequality says: the values of its one variable, or a comparison of several.

    Args:
        sides: What stands between the signs.
        signs: One fewer, of <, >, \\le, \\ge and \\ne.
    Raises:
        Unreadable: A side of x \\ne 1, 2 is no value.
    """
    if (region := _distance(sides, signs)) is not None:
        return region
    if len(sides) == 2 and isinstance(sides[1], Group) and not sides[1].opening and "\\ne" in signs[0]:
        first = sides[0]
        name = str(first.nodes[0][1]) if isinstance(first, Scalar) and first.nodes[0][0] == "var" else ""
        return without((single(item) for item in sides[1].items), name)
    scalars = [side.nodes[0] if isinstance(side, Scalar) and side.unit is None else None for side in sides]
    nodes = [node for node in scalars if node is not None]
    if len(nodes) < len(sides):
        return Comparison(tuple(sides), tuple(signs))
    named = [index for index, node in enumerate(nodes) if node[0] == "var" and variables(node)]
    closed = ["\\" in sign for sign in signs]
    if len(nodes) == 2 and named:
        at = named[0]
        name, other = str(nodes[at][1]), nodes[1 - at]
        if "\\ne" in signs[0]:
            return without([other], name)
        if ("<" in signs[0] or "le" in signs[0]) == (at == 0):
            return Region((Interval(MINUS_INFINITY, other, False, closed[0]),), name)
        return Region((Interval(other, INFINITY, closed[0], False),), name)
    if len(nodes) == 3 and named == [1] and not any("ne" in sign for sign in signs):
        name = str(nodes[1][1])
        if all("<" in sign or "le" in sign for sign in signs):
            return Region((Interval(nodes[0], nodes[2], closed[0], closed[1]),), name)
        if all(">" in sign or "ge" in sign for sign in signs):
            return Region((Interval(nodes[2], nodes[0], closed[1], closed[0]),), name)
    return Comparison(tuple(sides), tuple(signs))


def _distance(sides: Sequence[Form], signs: Sequence[str]) -> Region | None:
    """|x - 2| < 3, or 1 < |x| < 2, as the values of x; None for what is no bound on an absolute value."""
    inside = [
        side.nodes[0][2] if isinstance(side, Scalar) and side.nodes[0][:2] == ("call", "abs") else None
        for side in sides
    ]
    found = [index for index, node in enumerate(inside) if node is not None]
    if len(found) != 1 or not (len(sides) == 2 or (len(sides) == 3 and found == [1] and "\\ne" not in signs)):
        return None
    at = found[0]
    if (parts := line(inside[at])) is None:
        return None
    name, factor, offset = parts
    regions = []
    for index, sign in enumerate(signs):
        other = sides[at - 1] if index < at else sides[at + 1]
        if not isinstance(other, Scalar) or other.unit is not None or variables(other.nodes[0]):
            return None
        bound = other.nodes[0]
        if position(bound) < 0:
            return None
        ends = [
            ("div", ("add", ("neg", bound) if minus else bound, ("num", -offset, None)), ("num", factor, None))
            for minus in (True, False)
        ]
        low, high = ends if factor > 0 else ends[::-1]
        closed = "\\" in sign
        if "ne" in sign:
            return without(ends, name)
        if (("<" in sign) or ("le" in sign)) == (at <= index):
            regions.append(Region((Interval(low, high, closed, closed),), name))
        else:
            outside = (Interval(MINUS_INFINITY, low, False, closed), Interval(high, INFINITY, closed, False))
            regions.append(Region(outside, name))
    return intersection(regions, name)


def at_distance(sides: Sequence[Form]) -> Group | None:
    """The two values of x that |x - 2| = 3 leaves, each under its name; None for another equation."""
    if len(sides) != 2 or not all(isinstance(side, Scalar) and side.unit is None for side in sides):
        return None
    first, second = (single(side) for side in sides)
    node, bound = (first, second) if first[:2] == ("call", "abs") else (second, first)
    if node[:2] != ("call", "abs") or variables(bound) or position(bound) <= 0 or (parts := line(node[2])) is None:
        return None
    name, factor, offset = parts
    ends = [
        ("div", ("add", ("neg", bound) if minus else bound, ("num", -offset, None)), ("num", factor, None))
        for minus in (True, False)
    ]
    return Group("", "", tuple(Named(name, Scalar((end,))) for end in ends))


def line(node: Node | None) -> tuple[str, Fraction, Fraction] | None:
    """(name, a, b) of a x + b with rational a and b; None for other expressions."""
    if node is None or len(variables(node)) != 1:
        return None
    (name,) = variables(node)
    try:
        values = [evaluate(node, -1, {name: Fraction(at)}) for at in (0, 1, 3, -2)]
    except Unreadable:
        return None
    zero, one, three, other = (value if isinstance(value, Fraction) else None for value in values)
    if zero is None or one is None or one == zero or three != 3 * one - 2 * zero or other != 3 * zero - 2 * one:
        return None
    return name, one - zero, zero


def without(values: Iterable[Node], name: str = "") -> Region:
    """All real numbers but these."""
    return complement(Region(ordered(Interval(value, value, True, True) for value in values), name))


def complement(region: Region) -> Region:
    """All real numbers that are not in it."""
    gaps: list[Interval] = []
    low, low_closed = MINUS_INFINITY, False
    for interval in region.intervals:
        gaps.append(Interval(low, interval.low, low_closed, not interval.low_closed))
        low, low_closed = interval.high, not interval.high_closed
    gaps.append(Interval(low, INFINITY, low_closed, False))
    unbounded = (MINUS_INFINITY, INFINITY)
    return Region(tuple(gap for gap in gaps if gap.low != gap.high or gap.low not in unbounded), region.name)


def union(regions: Sequence[Region], name: str = "") -> Region:
    """All that is in any of them; intervals that touch stay apart."""
    return Region(ordered(interval for region in regions for interval in region.intervals), name)


def intersection(regions: Sequence[Region], name: str = "") -> Region | None:
    """All that is in every one of them, or None where there is nothing."""
    left = list(regions[0].intervals)
    for region in regions[1:]:
        both = (_overlap(a, b) for a in left for b in region.intervals)
        left = [interval for interval in both if interval is not None]
    return Region(ordered(left), name) if left else None


def _overlap(a: Interval, b: Interval) -> Interval | None:
    a_low, b_low, a_high, b_high = (position(node) for node in (a.low, b.low, a.high, b.high))
    low, low_closed = (a.low, a.low_closed) if a_low > b_low else (b.low, b.low_closed)
    high, high_closed = (a.high, a.high_closed) if a_high < b_high else (b.high, b.high_closed)
    low_closed = low_closed and (a_low != b_low or a.low_closed)
    high_closed = high_closed and (a_high != b_high or a.high_closed)
    bottom, top = max(a_low, b_low), min(a_high, b_high)
    if bottom > top or (bottom == top and not (low_closed and high_closed)):
        return None
    return Interval(low, high, low_closed, high_closed)


def single(form: Form) -> Node:
    """The one value that the form gives, with a name or without.

    Raises:
        Unreadable: It gives none, or several.
    """
    if isinstance(form, Named):
        return single(form.form)
    if isinstance(form, Scalar):
        return form.nodes[0]
    raise Unreadable("no single value")


def position(node: Node) -> float:
    """Where a number stands on the line; 0 where it cannot be evaluated."""
    value = exact(node)
    if value is not None:
        return float(value)
    try:
        return complex(evaluate(node, 0)).real
    except (Unreadable, OverflowError):
        return 0.0


def ordered(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """From left to right."""
    return tuple(sorted(intervals, key=lambda interval: (position(interval.low), position(interval.high))))
