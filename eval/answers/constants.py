"""Arbitrary constants: x + C and x + c are one general solution, and so are k*pi and n*pi over all integers."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import permutations
from math import pi

from .tokens import Node, Unreadable
from .values import Value, evaluate, same_expression, variables

MAX_CONSTANTS = 4
_CONSTANT = re.compile(r"[CcKk](?:_\d)?'?")
_SEVERAL = re.compile(r"[A-DK](?:_\d)?|[ck]_\d")
_NUMBERED = re.compile(r"[Cc]_\d")
_INTEGER = re.compile(r"[kmnl]")
PERIODS = 24  # k*pi*r is a family of angles where r has at most this denominator


def same_family(a: Node, b: Node) -> bool:
    """Whether two expressions are equal once the arbitrary constants of one are renamed as in the other.

    Constants are known by their names beside another variable, C and c, and by entering linearly: C, c, k in one place,
    or C_1 ... C_n (in any order) against another set of as many. An integer parameter is known by its factor, a
    rational multiple of pi; two families of angles are the same where they have the same members: pi/4 + k*pi and
    5*pi/4 - n*pi.

    Raises:
        Unreadable: It cannot be decided.
    """
    mine, theirs = variables(a), variables(b)
    own, other = sorted(mine - theirs), sorted(theirs - mine)
    if len(own) == len(other) == 1:
        return _renamed_once(a, b, own[0], other[0], mine & theirs)
    if not own and not other and len(mine) == 1 and (name := min(mine)) and _INTEGER.fullmatch(name):
        return _same_angles(a, name, b, name)
    if not own and not other:  # C_1 and C_2 may have changed places
        own = other = sorted(name for name in mine if _NUMBERED.fullmatch(name))
    if len(own) != len(other) or not 2 <= len(own) <= MAX_CONSTANTS or not mine - set(own):
        return False
    if not all(_SEVERAL.fullmatch(name) for name in (*own, *other)):
        return False
    if not any(all(_NUMBERED.fullmatch(name) for name in names) for names in (own, other)):
        return False
    if not all(_linear(a, name) for name in own) or not _independent(a, own):
        return False
    return any(same_expression(_rename(a, dict(zip(own, order, strict=True))), b) for order in permutations(other))


def as_constants_of(a: Node, b: Node) -> tuple[Node, ...]:
    """The sides of an equation with its arbitrary constant under the other's name, of either sign; or as they are."""
    mine, theirs = variables(a), variables(b)
    own, other = mine - theirs, theirs - mine
    if len(own) != 1 or len(other) != 1 or not mine & theirs:
        return (a,)
    (name,), (named,) = own, other
    if not (_CONSTANT.fullmatch(name) and _CONSTANT.fullmatch(named) and _linear(a, name)):
        return (a,)
    return _rename(a, {name: named}), _negated(_rename(a, {name: named}), named)


def _negated(node: Node, name: str) -> Node:
    if node == ("var", name):
        return ("neg", node)
    return tuple(_negated(child, name) if isinstance(child, tuple) else child for child in node)


def _renamed_once(a: Node, b: Node, own: str, other: str, shared: frozenset[str]) -> bool:
    constants = bool(shared and _CONSTANT.fullmatch(own) and _CONSTANT.fullmatch(other))
    constants = constants and (own.lower() == other.lower() or _linear(a, own))
    integers = bool(_INTEGER.fullmatch(own) and _INTEGER.fullmatch(other)) and _angle_step(a, own)
    if (constants or integers) and same_expression(_rename(a, {own: other}), b):
        return True
    return integers and not shared and _same_angles(a, own, b, other)


def _same_angles(a: Node, own: str, b: Node, other: str) -> bool:
    """Whether two angles with an integer parameter take the same values, if neither takes 0: k*pi may be a formula."""
    if not (_angle_step(a, own) and _angle_step(b, other)):
        return False
    step, step_of_b = _steps(a, own, 0)[0], _steps(b, other, 0)[0]
    first, first_of_b = (complex(evaluate(node, 0, {name: Fraction(0)})) for node, name in ((a, own), (b, other)))
    if abs(abs(step) - abs(step_of_b)) > 1e-9 * abs(step) or _whole(first / step):
        return False
    return _whole((first - first_of_b) / step)


def _whole(value: complex) -> bool:
    return abs(value - round(value.real)) < 1e-9


def _rename(node: Node, names: dict[str, str]) -> Node:
    if node[0] == "var":
        return ("var", names.get(node[1], node[1]))
    return tuple(_rename(child, names) if isinstance(child, tuple) else child for child in node)


def _steps(node: Node, name: str, point: int) -> tuple[complex, complex]:
    """How much the value grows from 0 to 1, and from 1 to 3."""

    def value(at: int) -> complex:
        bound: dict[str, Value] = {name: Fraction(at)}
        return complex(evaluate(node, point, bound))

    zero, one, three = value(0), value(1), value(3)
    return one - zero, three - one


def _linear(node: Node, name: str) -> bool:
    for point in (0, 2):
        first, second = _steps(node, name, point)
        if abs(first) < 1e-12 or abs(second - 2 * first) > 1e-9 * abs(second):
            return False
    return True


def _independent(node: Node, names: list[str]) -> bool:
    """No two constants have proportional factors, as the two terms of a general solution must not."""
    factors = [[_steps(node, name, point)[0] for point in (0, 2)] for name in names]
    return all(
        abs(p[0] * q[1] - p[1] * q[0]) > 1e-9 * abs(p[0] * q[1])
        for index, p in enumerate(factors)
        for q in factors[index + 1 :]
    )


def _angle_step(node: Node, name: str) -> bool:
    try:
        first, second = _steps(node, name, 0)
    except OverflowError as error:
        raise Unreadable("too large") from error
    turns = first.real / pi
    near = Fraction(turns).limit_denominator(PERIODS)
    same = abs(second - 2 * first) <= 1e-9 * abs(second) and not first.imag
    return same and near != 0 and abs(float(near) - turns) < 1e-9
