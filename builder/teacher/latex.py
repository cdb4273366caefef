"""Small pieces of LaTeX that the worked solutions of several areas write."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import sympy

from .family import Value, tex


def signed_sum(values: Iterable[Value]) -> str:
    """`(3, -4, 5)` as `3 - 4 + 5`."""
    text = ""
    for value in values:
        negative = value < 0
        text += (" - " if negative else " + ") if text else ("-" if negative else "")
        text += tex(abs(value))
    return text


def factor(value: Value) -> str:
    """A value as it stands in a product: `3`, but `(-3)`."""
    return f"({tex(value)})" if value < 0 else tex(value)


def product_sum(pairs: Iterable[tuple[Value, Value]]) -> str:
    r"""`((3, 2), (-4, 5))` as `3 \cdot 2 + (-4) \cdot 5`."""
    return " + ".join(rf"{factor(a)} \cdot {factor(b)}" for a, b in pairs)


def equal(written: str, value: Value) -> str:
    r"""`\sqrt{12} = 2 \sqrt{3}`, but `\sqrt{5}` alone: the value is added where it says more."""
    return written if written == tex(value) else f"{written} = {tex(value)}"


def root(radicand: int) -> str:
    r"""A square root with its value: `\sqrt{49} = 7`, `\sqrt{12} = 2 \sqrt{3}`, `\sqrt{5}`."""
    return equal(rf"\sqrt{{{radicand}}}", sympy.sqrt(radicand))


def quotient(over: int, under: int) -> str:
    r"""A fraction with its value in lowest terms: `\frac{6}{4} = \frac{3}{2}`, `\frac{6}{3} = 2`, `\frac{3}{2}`."""
    return equal(rf"\frac{{{over}}}{{{under}}}", Fraction(over, under))


def power(value: Value, exponent: int) -> str:
    r"""`3^{2}`, `(-3)^{2}`, `\left(\frac{1}{2}\right)^{2}`."""
    if isinstance(value, int):
        return f"{factor(value)}^{{{exponent}}}"
    text = tex(value)
    return f"{text}^{{{exponent}}}" if text.isdigit() else rf"\left({text}\right)^{{{exponent}}}"


def whole(value: sympy.Expr) -> Value:
    """A sympy value as an int or a Fraction where it is one."""
    if value.is_Integer:
        return int(value)
    return Fraction(int(value.p), int(value.q)) if value.is_Rational else value
