"""The values of expressions: comparing two by evaluating them.

Rational constants are compared exactly, everything else by evaluating both at the same pseudo-random points. Where the
functions are analytic, agreement at a handful of generic points is agreement (Schwartz 1980, for polynomials);
expressions with |x|, floor or ceiling are tried at negative points too. This decides in microseconds, in any thread,
and cannot hang: sizes of powers, factorials and sums are bounded, and what is beyond the bounds raises `TooLarge`.

A node is a tuple whose first item names the operation:

    ("num", Fraction, places)   places: digits after the decimal point, None for an integer
    ("var", name)  ("call", name, node)  ("opaque", name, node...)   the last: an unknown function, such as f(x)
    ("add", a, b) ("mul", a, b) ("div", a, b) ("pow", a, b) ("neg", a) ("pm", a, b)
    ("fact", a) ("binom", a, b) ("root", a, n) ("log", a, base) ("deg", a)
    ("sum", "sum" or "prod", name, low, high, body)
"""

from __future__ import annotations

import cmath
import math
import zlib
from collections.abc import Iterator
from fractions import Fraction

from .tokens import Node, TooLarge, Unreadable

Value = Fraction | complex

MAX_BITS = 40_000  # of an exact power or factorial
MAX_TERMS = 2_000  # of a finite sum
SAME = 1e-9  # relative; for values that are exact but irrational
DECIMAL_TOLERANCE = 1e-4  # relative; where one side is written as a decimal


def variables(node: Node) -> frozenset[str]:
    """Names that stand for a variable, without pi, e, i and infinity."""
    return frozenset(name for kind, name in _names(node) if kind == "var" and name not in ("pi", "e", "i", "∞"))


def _names(node: Node) -> Iterator[tuple[str, str]]:
    if node[0] == "num":
        return
    if node[0] in ("var", "call", "opaque"):
        yield node[0], node[1]
    for child in node[1:]:
        if isinstance(child, tuple):
            yield from _names(child)


def written_as_decimal(node: Node) -> bool:
    """True where a number in it is written with a decimal point or an exponent."""
    if node[0] == "num":
        return node[2] is not None
    return any(isinstance(child, tuple) and written_as_decimal(child) for child in node[1:])


def decimal_places(node: Node) -> tuple[Fraction, int] | None:
    """(value, digits after the point) of a decimal literal such as 4.50, -1.2e-3 or 1.2 \\times 10^{-3}; else None."""
    if node[0] == "neg":
        inner = decimal_places(node[1])
        return None if inner is None else (-inner[0], inner[1])
    if node[0] == "num":
        return None if node[2] is None else (node[1], node[2])
    if node[0] == "mul" and node[1][0] == "num":
        power = node[2]
        if power[0] == "pow" and power[1] == ("num", Fraction(10), None):
            exponent = exact(power[2])
            if exponent is not None and exponent.denominator == 1 and abs(exponent) < 400:
                return node[1][1] * Fraction(10) ** int(exponent), (node[1][2] or 0) - int(exponent)
    return None


def exact(node: Node) -> Fraction | None:
    """The rational value of a constant, or None where it is not one."""
    try:
        value = evaluate(node, -1)
    except Unreadable:
        return None
    return value if isinstance(value, Fraction) else None


def signs(node: Node) -> tuple[Node, ...]:
    """The two readings of a node with ±, upper signs together; the node itself where there is none."""
    if not _has_sign(node):
        return (node,)
    return (_signed(node, False), _signed(node, True))


def _has_sign(node: Node) -> bool:
    return node[0] == "pm" or any(isinstance(child, tuple) and _has_sign(child) for child in node[1:])


def _signed(node: Node, minus: bool) -> Node:
    children = tuple(_signed(child, minus) if isinstance(child, tuple) else child for child in node)
    if node[0] != "pm":
        return children
    return ("add", children[1], ("neg", children[2]) if minus else children[2])


# The points at which expressions are compared. Points 0..3 are positive reals, 4 and 5 positive integers, 6 and 7 of
# both signs; -1 has no variables.
POINTS = range(8)
SIGNED_POINTS = (6, 7)


def _at(name: str, point: int) -> Value:
    if name == "pi":
        return complex(math.pi)
    if name == "e":
        return complex(math.e)
    if name == "i":
        return 1j
    if name == "∞":
        return complex(7.3e17)
    if point < 0:
        raise Unreadable(f"the value of {name} is not known")
    seed = zlib.crc32(f"{name}@{point}".encode())
    unit = (seed % 1_000_003) / 1_000_003
    if point in (4, 5):
        return Fraction(3 + seed % 11)
    if point in SIGNED_POINTS:
        sign = -1 if (seed >> 20) % 2 == point % 2 else 1
        return complex(sign * (0.3 + 2.4 * unit))
    return complex(0.35 + 2.3 * unit)


def evaluate(node: Node, point: int, bound: dict[str, Value] | None = None) -> Value:
    """The value at one of the points, exact as long as every step is rational.

    Raises:
        Unreadable: Undefined there, too large, or a name has no value.
    """
    try:
        return _evaluate(node, point, bound or {})
    except OverflowError as error:
        raise TooLarge("too large") from error
    except (ZeroDivisionError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"undefined: {error}") from error


def _evaluate(node: Node, point: int, bound: dict[str, Value]) -> Value:
    kind = node[0]
    if kind == "num":
        number: Fraction = node[1]
        return number
    if kind == "var":
        return bound[node[1]] if node[1] in bound else _at(node[1], point)
    if kind == "call":
        return _call(node[1], _evaluate(node[2], point, bound))
    if kind == "sum":
        return _series(node, point, bound)
    if kind == "opaque":
        return _opaque(node[1], [_evaluate(child, point, bound) for child in node[2:]])
    values = [_evaluate(child, point, bound) for child in node[1:]]
    a = values[0]
    if kind == "neg":
        return -a
    if kind == "fact":
        return _factorial(a)
    if kind == "deg":
        return complex(a) * math.pi / 180
    b = values[1]
    if kind == "add":
        return a + b if isinstance(a, Fraction) and isinstance(b, Fraction) else _bounded(complex(a) + complex(b))
    if kind == "mul":
        return (
            _small(a * b) if isinstance(a, Fraction) and isinstance(b, Fraction) else _bounded(complex(a) * complex(b))
        )
    if kind == "div":
        return a / b if isinstance(a, Fraction) and isinstance(b, Fraction) else _bounded(complex(a) / complex(b))
    if kind == "pow":
        return _power(a, b)
    if kind == "root":
        return _root(a, b)
    if kind == "log":
        return cmath.log(complex(a)) / cmath.log(complex(b))
    if kind == "binom":
        return _binomial(a, b)
    raise Unreadable(f"cannot evaluate {kind}")


def _bounded(value: complex) -> complex:
    if not (math.isfinite(value.real) and math.isfinite(value.imag)):
        raise TooLarge("too large")
    return value


def _small(value: Fraction) -> Fraction:
    if value.numerator.bit_length() + value.denominator.bit_length() > MAX_BITS:
        raise TooLarge("too large")
    return value


def _power(a: Value, b: Value) -> Value:
    if isinstance(a, Fraction) and isinstance(b, Fraction) and b.denominator == 1:
        size = max(a.numerator.bit_length(), a.denominator.bit_length())
        if size > 1 and abs(b) * size > MAX_BITS:
            raise TooLarge("too large")
        if abs(b) > 10**9:
            b = Fraction(int(b) % 2 + 2)  # of 1, 0 or -1 only the parity matters
        return a ** int(b)
    if isinstance(b, Fraction) and b.denominator <= 64:  # as the roots that it is written for: (-8)^{1/3} is -2
        return _bounded(complex(_root(a, Fraction(b.denominator))) ** b.numerator) if abs(b) < 10**6 else _too_large()
    if a == 0:
        return complex(0)
    return _bounded(complex(a) ** complex(b))


def _too_large() -> complex:
    raise TooLarge("too large")


def _root(a: Value, n: Value) -> Value:
    """The real root of a negative number for odd n, as in sqrt[3]{-8} = -2; the principal root otherwise."""
    if n == 0:
        raise Unreadable("a root of degree 0")
    if isinstance(a, Fraction) and isinstance(n, Fraction) and n.denominator == 1 and 0 < n <= 64:
        degree = int(n)
        top, bottom = _integer_root(abs(a.numerator), degree), _integer_root(a.denominator, degree)
        if top is not None and bottom is not None and (a >= 0 or degree % 2):
            return Fraction(top if a >= 0 else -top, bottom)
    value = complex(a)
    if value.imag == 0 and value.real < 0 and isinstance(n, Fraction) and n.denominator == 1 and n.numerator % 2:
        return complex(-((-value.real) ** (1 / float(n))))
    if value == 0:
        return complex(0)
    return _bounded(cmath.sqrt(value) if n == 2 else value ** (1 / complex(n)))


def _integer_root(value: int, degree: int) -> int | None:
    if degree == 2:
        root = math.isqrt(value)
        return root if root * root == value else None
    if value.bit_length() > 900:
        return None
    guess = round(value ** (1 / degree)) if value else 0
    return next((root for root in (guess - 1, guess, guess + 1) if root >= 0 and root**degree == value), None)


def _factorial(a: Value) -> Value:
    if isinstance(a, Fraction) and a.denominator == 1 and 0 <= a <= 3_000:
        return Fraction(math.factorial(int(a)))
    value = complex(a)
    if value.imag or value.real > 150:
        raise TooLarge("too large")
    return complex(math.gamma(value.real + 1))


def _binomial(n: Value, k: Value) -> Value:
    if isinstance(n, Fraction) and isinstance(k, Fraction) and n.denominator == k.denominator == 1:
        if n < 0 or k < 0 or n > 10_000:
            raise TooLarge("too large")
        return Fraction(math.comb(int(n), int(k)))
    if isinstance(k, Fraction) and k.denominator == 1 and 0 <= k <= 200:  # a polynomial in n
        falling = complex(1)
        for index in range(int(k)):
            falling *= (complex(n) - index) / (index + 1)
        return _bounded(falling)
    top, below = complex(n), complex(k)
    if top.imag or below.imag or max(abs(top), abs(below)) > 150:
        raise Unreadable("a complex binomial")
    return complex(math.gamma(top.real + 1) / (math.gamma(below.real + 1) * math.gamma(top.real - below.real + 1)))


def _call(name: str, value: Value) -> Value:
    if name in ("abs", "floor", "ceil", "sgn"):
        if isinstance(value, Fraction):
            if name == "abs":
                return abs(value)
            return Fraction({"floor": math.floor, "ceil": math.ceil}[name](value)) if name != "sgn" else _sign(value)
        if name == "abs":
            return complex(abs(value))
        if abs(value.imag) > 1e-9:
            raise Unreadable(f"{name} of a complex number")
        near = round(value.real)
        real = float(near) if abs(near - value.real) < 1e-12 * max(1.0, abs(near)) else value.real
        return (
            Fraction({"floor": math.floor, "ceil": math.ceil}[name](real)) if name != "sgn" else _sign(Fraction(real))
        )
    if value == 0 and name in ("sin", "tan", "sinh", "tanh", "arcsin", "arctan"):
        return Fraction(0)
    if value == 0 and name in ("cos", "exp", "cosh"):
        return Fraction(1)
    if value == 1 and name in ("ln", "log"):
        return Fraction(0)
    z = complex(value)
    if name == "log":
        return cmath.log10(z)
    if name == "erf":
        return complex(math.erf(z.real)) if not z.imag else _too_large()
    direct = {
        "sin": cmath.sin, "cos": cmath.cos, "tan": cmath.tan, "sinh": cmath.sinh, "cosh": cmath.cosh,
        "tanh": cmath.tanh, "arcsin": cmath.asin, "arccos": cmath.acos, "arctan": cmath.atan, "arcsinh": cmath.asinh,
        "arccosh": cmath.acosh, "arctanh": cmath.atanh, "ln": cmath.log, "exp": cmath.exp, "sqrt": cmath.sqrt,
    }  # fmt: skip
    if name in direct:
        return _bounded(direct[name](z))
    reciprocal = {"cot": cmath.tan, "sec": cmath.cos, "csc": cmath.sin, "coth": cmath.tanh, "sech": cmath.cosh,
                  "csch": cmath.sinh}  # fmt: skip
    if name in reciprocal:
        return _bounded(1 / reciprocal[name](z))
    inverse = {"arcsec": cmath.acos, "arccsc": cmath.asin}
    if name in inverse:
        return _bounded(inverse[name](1 / z))
    if name == "arccot":
        return math.pi / 2 - cmath.atan(z)
    raise Unreadable(f"cannot evaluate {name}")


def _sign(value: Fraction) -> Fraction:
    return Fraction((value > 0) - (value < 0))


def _opaque(name: str, values: list[Value]) -> Value:
    """A fixed, generic smooth function of its arguments for each unknown name; max, min, gcd and lcm for themselves."""
    if name in ("max", "min") and all(complex(value).imag == 0 for value in values):
        return (max if name == "max" else min)(values, key=lambda value: complex(value).real)
    if name in ("gcd", "lcm"):
        if all(isinstance(value, Fraction) and value.denominator == 1 for value in values):
            return Fraction((math.gcd if name == "gcd" else math.lcm)(*(int(value) for value in values)))  # type: ignore[arg-type]
        raise Unreadable(f"{name} of fractions")
    total = complex(zlib.crc32(name.encode()) % 10_007) / 3_001 + 0.37
    for position, value in enumerate(values, start=1):
        total += cmath.sin(complex(value) * (0.61 + 0.17 * position) + total)
    return _bounded(total)


def _series(node: Node, point: int, bound: dict[str, Value]) -> Value:
    """A finite sum or product is worked out; any other is a generic function of its range and terms."""
    _, kind, name, low, high, body = node
    start = _evaluate(low, point, bound)
    stop = _evaluate(high, point, bound)
    finite = isinstance(start, Fraction) and isinstance(stop, Fraction) and start.denominator == stop.denominator == 1
    if finite and 0 <= stop - start <= MAX_TERMS:  # type: ignore[operator]
        total: Value = Fraction(kind == "prod")
        for index in range(int(start), int(stop) + 1):  # type: ignore[arg-type]
            term = _evaluate(body, point, {**bound, name: Fraction(index)})
            both = isinstance(total, Fraction) and isinstance(term, Fraction)
            if kind == "sum":
                total = total + term if both else complex(total) + complex(term)
            else:
                total = total * term if both else complex(total) * complex(term)
        return total
    terms = [_evaluate(body, point, {**bound, name: Fraction(index)}) for index in (2, 3, 5)]
    return _opaque(f"{kind}", [start, stop, *terms])


def close(a: Value, b: Value, tolerance: float) -> bool:
    """Equal exactly, or within a relative tolerance where a value is not rational."""
    if isinstance(a, Fraction) and isinstance(b, Fraction) and tolerance == SAME:
        return a == b
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return abs(a - b) <= Fraction(tolerance) * max(abs(a), abs(b))
    try:
        x, y = complex(a), complex(b)
    except OverflowError as error:
        raise TooLarge("too large") from error
    return abs(x - y) <= tolerance * max(abs(x), abs(y)) + 1e-13 * (abs(x) < 1e-3 or abs(y) < 1e-3)


def same_expression(a: Node, b: Node) -> bool:
    """Equal as functions of their variables.

    Raises:
        Unreadable: Neither can be evaluated at enough common points.
    """
    if a == b:
        return True
    tolerance = DECIMAL_TOLERANCE if written_as_decimal(a) or written_as_decimal(b) else SAME
    if not variables(a) and not variables(b) and "opaque" not in str(a) + str(b):
        return close(evaluate(a, 0), evaluate(b, 0), tolerance)
    even = {name for kind, name in (*_names(a), *_names(b)) if kind in ("call", "opaque")}
    points = POINTS if even & {"abs", "floor", "ceil", "sgn", "max", "min"} else POINTS[:6]
    agreed = 0
    for point in points:
        try:
            x, y = evaluate(a, point), evaluate(b, point)
        except Unreadable:
            continue
        if not close(x, y, tolerance):
            return False
        agreed += 1
    if agreed < 3:
        raise Unreadable("cannot be evaluated at enough points")
    return True
