"""Whether two forms of an answer are the same, by the rules that grade.py states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from .constants import as_constants_of
from .forms import forms
from .meanings import same_words
from .regions import at_distance, region_of
from .same_value import same_scalar, same_value, unapplied
from .shapes import Chain, Clock, Comparison, Form, Group, Interval, Matrix, Named, Region, Scalar, Words
from .tokens import Node, Unreadable
from .values import (
    close,
    decimal_places,
    evaluate,
    exact,
    variables,
    written_as_decimal,
)
from .vectors import same_components


def same_form(a: Form, b: Form) -> bool:
    """Whether form `a` of a prediction equals form `b` of a reference.

    Raises:
        Unreadable: It cannot be decided.
    """
    if isinstance(a, Words) and isinstance(b, Words) and a.in_part and b.in_part:
        return False  # the formulas beside yes and no decide
    if a == b:
        return True
    a, b = _without_conditions(a, b), _without_conditions(b, a)
    a, b = _solved(a, b), _solved(b, a)
    if isinstance(a, Named) or isinstance(b, Named):
        return _same_named(a, b)
    if isinstance(b, Chain):
        return _same_chain(a, b)
    if isinstance(a, Chain):
        return _states(a.sides, b)
    if isinstance(a, Scalar) and isinstance(b, Scalar):
        return same_scalar(a, b)
    if isinstance(a, Region) or isinstance(b, Region):
        return _same_region(a, b)
    if isinstance(a, Scalar) and (components := _components(b)) is not None:
        return same_components(a, components)
    if isinstance(b, Scalar) and (components := _components(a)) is not None:
        return same_components(b, components)
    if isinstance(a, Matrix) or isinstance(b, Matrix):
        return _same_matrix(a, b)
    if isinstance(a, Group) or isinstance(b, Group):
        return _same_group(a, b)
    if isinstance(a, Clock) and isinstance(b, Clock):
        return _same_time(a, b)
    if isinstance(a, Comparison) and isinstance(b, Comparison):
        return _same_comparison(a, b)
    if isinstance(a, Words) and isinstance(b, Words):
        return same_words(a.words, b.words)
    return False


def _without_conditions(form: Form, other: Form) -> Form:
    """x = 5 of the list x = 5, x \\ne 3, unless the other answer states conditions as well."""
    if not isinstance(form, Group) or form.opening:
        return form
    stated = [item for item in form.items if not isinstance(item, (Region, Comparison))]
    conditions = len(form.items) - len(stated)
    theirs = other.items if isinstance(other, Group) else (other,)
    if not conditions or not stated or any(isinstance(item, (Region, Comparison)) for item in theirs):
        return form
    return stated[0] if len(stated) == 1 else Group("", "", tuple(stated))


def _solved(form: Form, other: Form) -> Form:
    """x = -3, x = 3 for |x| = 3 beside values of x or a list; |z| = 5 beside a number or an equation states its own."""
    beside = isinstance(other, (Named, Region)) or (isinstance(other, Group) and not other.opening.strip("{"))
    return (at_distance(form.sides) or form) if isinstance(form, Chain) and beside else form


def _same_time(a: Clock, b: Clock) -> bool:
    if a.minute != b.minute:
        return False
    if a.half and b.half:
        return a.half == b.half and a.hour == b.hour
    hours = [(clock.hour % 12 + 12 * (clock.half == "pm")) if clock.half else clock.hour for clock in (a, b)]
    return hours[0] == hours[1] or (a.hour == b.hour and bool(a.half or b.half))


def _states(sides: Sequence[Form], b: Form) -> bool:
    """Whether a prediction's equation states `b`: as a value of an identity, or as that of a quantity on its left."""
    if _identity(sides):
        return any(same_form(side, b) for side in sides)
    first, last = sides[0], sides[-1]
    if isinstance(first, Words) and first.unread:  # \\lim f(x) = 5
        return same_form(last, b)
    if not (isinstance(first, Scalar) and isinstance(last, Scalar)) or variables(last.nodes[0]):
        return False
    return _is_quantity(first.nodes[0], exact(last.nodes[0]) == 0) and same_form(last, b)


def _is_quantity(node: Node, zero: bool) -> bool:
    """m + n, \\cos A or AB^2: something that a question asks the value of. 2x and x + 3 are sides to be solved."""
    return not _has_coefficient(node) or (len(variables(node)) > 1 and not zero)


def _has_coefficient(node: Node) -> bool:
    if node[0] == "num":
        return True
    if node[0] in ("call", "opaque", "log", "deg"):
        return False
    children = node[1:2] if node[0] in ("pow", "root") else node[1:]
    return any(isinstance(child, tuple) and _has_coefficient(child) for child in children)


_INVERSE = re.compile(r"y|[fgh]\^-1(?:\(.*\))?")


def _same_named(a: Form, b: Form) -> bool:
    if isinstance(a, Named) and isinstance(b, Named):
        if _key(a.name) != _key(b.name) and not _numbered(a.name, b.name):
            if isinstance(a.form, Words) and isinstance(b.form, Words):  # MR = SRMC, either way round
                return same_words((a.name.lower(),), b.form.words) and same_words(a.form.words, (b.name.lower(),))
            functions = all(re.fullmatch(r"y|[fgh](\(.*\))?", name) for name in (a.name, b.name))
            functions |= "y" in (a.name, b.name) and all(_INVERSE.fullmatch(name) for name in (a.name, b.name))
            if not functions:
                return _same_equation((_side(a.name), a.form), (_side(b.name), b.form))
        return same_form(a.form, b.form)
    if isinstance(a, Named):
        if isinstance(b, Chain):
            return _same_equation((_side(a.name), a.form), b.sides) or _same_chain(a.form, b)
        return same_form(a.form, b)
    assert isinstance(b, Named)
    if isinstance(a, Chain):
        return _same_equation(a.sides, (_side(b.name), b.form)) or (
            _identity(a.sides) and any(same_form(side, b.form) for side in a.sides)
        )
    return same_form(a, b.form)


def _key(name: str) -> str:
    """f(x) and f by their head; P(X=5) is another name than P(X=4)."""
    return re.sub(r"\((?:[a-z](?:,[a-z])*|[a-z]+)\)$", "", name)


def _numbered(a: str, b: str) -> bool:
    """x_1 is one of the solutions that x stands for, and m_max the m that was asked for."""
    short, long = sorted((a, b), key=len)
    return re.fullmatch(re.escape(short) + r"_(?:\d|max|min)", long) is not None


def _side(name: str) -> Scalar:
    read = forms(name)[0]
    if not isinstance(read, Scalar):
        raise Unreadable(f"{name} is no variable")
    return read


def _identity(sides: Sequence[Form]) -> bool:
    """Whether all sides have the same value, as in 2^5 = 32 or c ≈ 502.66: then the chain states its last side."""
    last = sides[-1]
    for side in sides[:-1]:
        if not (isinstance(side, Scalar) and isinstance(last, Scalar)) or variables(side.nodes[0]):
            return False
        try:
            if not _near(side.nodes[0], last.nodes[0]):
                return False
        except Unreadable:
            return False
    return True


def _near(a: Node, b: Node) -> bool:
    """Equal but for what rounding takes: 3/8 ≈ 0.38 too."""
    value = evaluate(a, 0)
    if (rounded := decimal_places(b)) is not None and rounded[1] > 0:
        half = Fraction(1, 2) / 10 ** rounded[1]
        if abs(complex(value) - complex(rounded[0])) <= float(half) * (1 + 1e-9):
            return True
    return close(value, evaluate(b, 0), 1e-3)


def _same_chain(a: Form, b: Chain) -> bool:
    if isinstance(a, Chain):
        return _same_equation(a.sides, b.sides) or (
            _identity(a.sides) and _identity(b.sides) and any(same_form(side, b.sides[-1]) for side in a.sides)
        )
    first = b.sides[0]
    unread = isinstance(first, (Words, Matrix)) and len(b.sides) > 1
    stated = _identity(b.sides) or unread or (isinstance(first, Scalar) and _evaluates(first))
    if stated and any(same_form(a, side) for side in b.sides[1:]):
        return True
    return _identity(b.sides) and same_form(a, first)


def _evaluates(side: Scalar) -> bool:
    """log_2(8), cos(60°), P(X = 2): an expression whose value the equation states, not a side with unknowns."""
    node = side.nodes[0]
    return not variables(node) or node[0] in ("opaque",)


def _same_equation(a: Sequence[Form], b: Sequence[Form]) -> bool:
    """lhs - rhs of one is a constant multiple of the other's."""
    if len(a) != 2 or len(b) != 2:
        return len(a) == len(b) and all(same_form(x, y) for x, y in zip(a, b, strict=True))
    differences = []
    for sides in (a, b):
        left, right = sides
        if not (isinstance(left, Scalar) and isinstance(right, Scalar)):
            return any(all(same_form(x, y) for x, y in zip(order, b, strict=True)) for order in (a, tuple(reversed(a))))
        differences.append(("add", left.nodes[0], ("neg", right.nodes[0])))
    first, second = differences
    plain, other = unapplied(first, second), unapplied(second, first)
    return any(_proportional(one, other) for one in as_constants_of(plain, other))


def _proportional(a: Node, b: Node) -> bool:
    if not variables(a) or variables(a) != variables(b):
        return False
    tolerance = 1e-4 if written_as_decimal(a) or written_as_decimal(b) else 1e-8
    ratios = []
    for point in range(6):
        try:
            x, y = complex(evaluate(a, point)), complex(evaluate(b, point))
        except Unreadable:
            continue
        if abs(x) < 1e-12 and abs(y) < 1e-12:
            continue
        if abs(x) < 1e-12 or abs(y) < 1e-12:
            return False
        ratios.append(x / y)
    if len(ratios) < 3:
        raise Unreadable("an equation that cannot be evaluated")
    return all(abs(ratio - ratios[0]) <= tolerance * abs(ratios[0]) for ratio in ratios)


def _same_region(a: Form, b: Form) -> bool:
    try:
        left, right = region_of(a), region_of(b)
    except Unreadable:
        return False
    if left.name and right.name and left.name != right.name:
        return False
    first, second = _merged(left.intervals), _merged(right.intervals)
    return len(first) == len(second) and all(_same_interval(x, y) for x, y in zip(first, second, strict=True))


def _merged(intervals: Sequence[Interval]) -> list[Interval]:
    """Neighbours that touch become one: (0,1] and {1} and (1,2)."""
    out: list[Interval] = []
    for interval in intervals:
        if out and (out[-1].high_closed or interval.low_closed) and out[-1].high == interval.low:
            out[-1] = Interval(out[-1].low, interval.high, out[-1].low_closed, interval.high_closed)
        elif not out or out[-1] != interval:
            out.append(interval)
    return out


def _same_interval(a: Interval, b: Interval) -> bool:
    ends = (a.low_closed, a.high_closed) == (b.low_closed, b.high_closed)
    return ends and same_value(a.low, b.low) and same_value(a.high, b.high)


def _same_matrix(a: Form, b: Form) -> bool:
    if isinstance(a, Matrix) and isinstance(b, Matrix):
        same_shape = [len(row) for row in a.rows] == [len(row) for row in b.rows]
        return same_shape and all(
            same_form(x, y) for p, q in zip(a.rows, b.rows, strict=True) for x, y in zip(p, q, strict=True)
        )
    matrix, other = (a, b) if isinstance(a, Matrix) else (b, a)
    if not isinstance(matrix, Matrix) or not isinstance(other, Group):
        return False
    column = [row[0] for row in matrix.rows] if all(len(row) == 1 for row in matrix.rows) else None
    entries = column if column is not None else list(matrix.rows[0]) if len(matrix.rows) == 1 else None
    if entries is None or len(entries) != len(other.items):
        return False
    pairs = zip(entries, other.items, strict=True) if matrix is a else zip(other.items, entries, strict=True)
    return all(same_form(x, y) for x, y in pairs)


def _components(form: Form) -> tuple[Form, ...] | None:
    """The items of a tuple or of a matrix of one row or column."""
    if isinstance(form, Group) and form.opening in ("(", "[", "⟨") and len(form.items) > 1:
        return form.items
    if isinstance(form, Matrix) and 1 in (len(form.rows), max(len(row) for row in form.rows)):
        return tuple(item for row in form.rows for item in row)
    return None


def _same_group(a: Form, b: Form) -> bool:
    a, b = _only_point(a), _only_point(b)
    left, right = _items(a), _items(b)
    if left is None or right is None:
        return False
    mine, theirs = _by_name(left), _by_name(right)
    if mine is not None and theirs is not None:
        return mine.keys() == theirs.keys() and all(same_form(form, theirs[name]) for name, form in mine.items())
    if mine is not None and isinstance(b, Group) and b.opening and b.opening in "([⟨":
        left = tuple(mine[name] for name in sorted(mine))
    if theirs is not None and isinstance(a, Group) and a.opening and a.opening in "([⟨":
        right = tuple(theirs[name] for name in sorted(theirs))
    ordered = any(isinstance(form, Group) and form.opening in ("(", "[", "⟨") for form in (a, b))
    if not ordered and (mine is None) != (theirs is None) and not _roots(mine or theirs or {}):
        return len(left) == len(right) and all(same_form(x, y) for x, y in zip(left, right, strict=True))
    if ordered:
        if (
            isinstance(a, Group)
            and isinstance(b, Group)
            and a.opening
            and b.opening
            and "{" not in a.opening + b.opening
        ):
            interval = len(left) == 2 and (a.opening, a.closing) != (b.opening, b.closing)
            if interval and "⟨" not in a.opening + b.opening:
                return False
        elif "{" in "".join(form.opening for form in (a, b) if isinstance(form, Group)):
            return False
        return len(left) == len(right) and all(same_form(x, y) for x, y in zip(left, right, strict=True))
    if len(right) == 1 < len(left) and not isinstance(b, Group):  # 3/8, or 0.375
        return all(_quietly_same(item, right[0]) for item in left)
    return _same_multiset(left, right)


def _only_point(form: Form) -> Form:
    """(1, 2) of the set {(1, 2)}."""
    if isinstance(form, Group) and form.opening == "{" and len(form.items) == 1 and isinstance(form.items[0], Group):
        return form.items[0]
    return form


def _items(form: Form) -> tuple[Form, ...] | None:
    if isinstance(form, Group):
        return form.items
    return (form,) if isinstance(form, (Scalar, Words, Matrix, Chain)) else None


def _by_name(items: Sequence[Form]) -> dict[str, Form] | None:
    """name -> value where every item names another variable."""
    if not all(isinstance(item, Named) for item in items):
        return None
    named = {_key(item.name): item.form for item in items if isinstance(item, Named)}
    return named if len(named) == len(items) > 1 else None


def _roots(named: dict[str, Form]) -> bool:
    """x_1, x_2: names of the solutions of one equation, whose order says nothing."""
    return len({re.sub(r"_?\d+$", "", name) for name in named}) == 1


def _same_multiset(left: Sequence[Form], right: Sequence[Form]) -> bool:
    """Every item has its own partner, in any order."""
    if len(left) != len(right) or len(left) > 64:
        return False
    free = list(left)
    for item in right:
        partner = next((index for index, one in enumerate(free) if _quietly_same(one, item)), None)
        if partner is None:
            return False
        del free[partner]
    return True


def _quietly_same(a: Form, b: Form) -> bool:
    try:
        return same_form(a, b)
    except Unreadable:
        return False


def _same_comparison(a: Comparison, b: Comparison) -> bool:
    flipped = {"<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le", "\\ne": "\\ne"}
    if a.signs == b.signs and all(same_form(x, y) for x, y in zip(a.sides, b.sides, strict=True)):
        return True
    turned = tuple(flipped[sign] for sign in reversed(a.signs))
    return turned == b.signs and all(same_form(x, y) for x, y in zip(reversed(a.sides), b.sides, strict=True))
