"""Vectors as sums of unit vectors: 2i - 3j + k is (2, -3, 1)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from .same_value import same_value
from .shapes import Form, Scalar
from .tokens import Node, Unreadable
from .values import SAME, close, evaluate, variables

UNITS = ("i", "j", "k")
_PLAIN = {f"{accent} {unit}{dotless}": unit for accent in ("hat", "vec") for unit in UNITS for dotless in ("", "math")}


def same_components(sum_of_units: Scalar, components: Sequence[Form]) -> bool:
    """Whether a sum of the unit vectors i, j and k has these components, two or three.

    Raises:
        Unreadable: It cannot be evaluated.
    """
    names = UNITS[: len(components)]
    node = _with_plain_names(sum_of_units.nodes[0])
    if len(components) not in (2, 3) or "j" not in variables(node) or {"k"} & variables(node) - set(names):
        return False
    ones = [_with(node, {name: Fraction(name == one) for name in names}) for one in names]
    if not _is_sum(node, names, ones):
        return False
    return all(
        isinstance(item, Scalar) and same_value(one, item.nodes[0]) for one, item in zip(ones, components, strict=True)
    )


def _is_sum(node: Node, names: Sequence[str], ones: Sequence[Node]) -> bool:
    """Whether the expression is linear in the unit vectors, without a constant."""
    factors = (Fraction(2), Fraction(-3), Fraction(7))
    whole = _with(node, dict(zip(names, factors, strict=False)))
    total = sum(complex(factor) * complex(evaluate(one, 0)) for factor, one in zip(factors, ones, strict=False))
    try:
        return (
            close(evaluate(whole, 0), total, SAME) and evaluate(_with(node, dict.fromkeys(names, Fraction(0))), 0) == 0
        )
    except OverflowError as error:
        raise Unreadable("too large") from error


def _with_plain_names(node: Node) -> Node:
    """The hats and arrows of unit vectors taken off."""
    if node[0] == "var":
        return ("var", _PLAIN.get(node[1], node[1]))
    return tuple(_with_plain_names(child) if isinstance(child, tuple) else child for child in node)


def _with(node: Node, values: dict[str, Fraction]) -> Node:
    """The expression with numbers in place of some names."""
    if node[0] == "var":
        return ("num", values[node[1]], None) if node[1] in values else node
    return tuple(_with(child, values) if isinstance(child, tuple) else child for child in node)
