"""What a problem family is: a kind of problem with its wordings, its worked solution and an independent check."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from .slots import Slot

Params = dict[str, Any]
Value = Any  # int, Fraction, or a real sympy expression such as sqrt(2) or pi/3
DRAWS = 400


@dataclass(frozen=True)
class Topic:
    """A topic of the taxonomy: its key concepts, each with the other names under which real text mentions it."""

    name: str
    subject: str
    school_level: str
    concepts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Wording:
    """One way of putting a problem: what is given (full sentences, or empty) and what is asked (a noun phrase).

    Asked alone it reads "GIVEN Find ASKED."; as the first part of a longer problem, "GIVEN Let $k$ be ASKED."
    """

    asked: str
    given: str = ""


@dataclass(frozen=True)
class Solution:
    """A worked solution: sentences with LaTeX in `$...$`, and the exact value."""

    steps: tuple[str, ...]
    value: Value


@dataclass(frozen=True)
class Family:
    """A kind of problem.

    `solve` works the answer out exactly, step by step; `check` computes it another way (brute force, numerics, another
    library) and shares no code with `solve`. `where` says which draws make a sensible problem. `concepts` are key
    concepts of the taxonomy; the first is the one that the family is about.
    """

    name: str
    concepts: tuple[str, ...]
    school_level: str
    slots: Mapping[str, Slot]
    wordings: tuple[Wording, ...]
    solve: Callable[[Params], Solution]
    check: Callable[[Params], Value]
    where: Callable[[Params], bool] = lambda params: True

    def draw(self, rng: np.random.Generator, fixed: Params | None = None) -> Params | None:
        """Parameters that satisfy `where`, with those in `fixed` given; None if no draw of many does."""
        for _ in range(DRAWS):
            params = {name: slot.draw(rng) for name, slot in self.slots.items()} | (fixed or {})
            if self.where(params):
                return params
        return None


def tex(value: Value) -> str:
    r"""An exact value in LaTeX: `12`, `-\frac{3}{4}`, `\sqrt{2}`, `\frac{\ln 5}{2}`."""
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return str(value.numerator)
        sign = "-" if value < 0 else ""
        return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
    if isinstance(value, int):
        return str(value)
    text = sympy.latex(value, ln_notation=True)
    return re.sub(r"\\ln\{\\left\((\d+) \\right\)\}", r"\\ln \1", text)


def as_integer(value: Value) -> int | None:
    """The value as an int where it is a whole number, else None."""
    if isinstance(value, int):
        return value
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else None
    expression = sympy.sympify(value)
    return int(expression) if expression.is_Integer else None


def agree(value: Value, checked: Value) -> bool:
    """Whether a value and its independent check are the same: exactly for rationals, to 1e-7 otherwise."""
    exact = (int, Fraction)
    if isinstance(value, exact) and isinstance(checked, exact):
        return value == checked
    left, right = float(value), float(checked)
    return abs(left - right) <= 1e-7 * max(1.0, abs(left), abs(right))
