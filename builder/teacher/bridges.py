"""Ways from the result of one part to the next: the sentence that names the result, and the number that goes on."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import sympy

from .family import Value, as_integer

LETS = (
    "Let ${letter}$ be {asked}.",
    "Let ${letter}$ denote {asked}.",
    "Suppose that ${letter}$ is {asked}.",
    "Write ${letter}$ for {asked}.",
    "Set ${letter}$ equal to {asked}.",
)
NAMED = (  # for what would be hard to read wrapped around a long phrase: the result gets a letter of its own first
    "Let ${inner}$ be {asked}, and let ${letter}$ be {derived}.",
    "Let ${inner}$ denote {asked}, and write ${letter}$ for {derived}.",
    "Write ${inner}$ for {asked}. Let ${letter}$ be {derived}.",
    "Suppose that ${inner}$ is {asked}, and that ${letter}$ is {derived}.",
)
LARGEST_DENOMINATOR = 5_000


@dataclass(frozen=True)
class Bridge:
    """How a part's result enters the next part.

    `lets` are sentences that name the number which goes on by a letter, some with a letter for the result before;
    `apply` gives that number, None where the result has none; `step` says in the solution how it came about. The plain
    bridge passes a whole number on as it is. `exact` makes a float, which an independent check may bring, the exact
    value that it stands for if the bridge fits.
    """

    lets: tuple[str, ...]
    apply: Callable[[Value], int | None]
    step: str = ""
    exact: Callable[[float], Value] = round


def _named(derived: str) -> tuple[str, ...]:
    """The sentences of `NAMED` about a number that is derived from the result."""
    return tuple(let.replace("{derived}", derived) for let in NAMED)


def _remainder(value: Value, modulus: int) -> int | None:
    whole = as_integer(value)
    return whole % modulus if whole is not None and whole > modulus else None


def _digit_sum(value: Value) -> int | None:
    whole = as_integer(value)
    return sum(map(int, str(whole))) if whole is not None and whole >= 10 else None


def _fraction(value: Value) -> Fraction | None:
    if isinstance(value, sympy.Rational):
        value = Fraction(int(value.p), int(value.q))
    return value if isinstance(value, Fraction) and value > 0 and value.denominator > 1 else None


def _numerator(value: Value) -> int | None:
    fraction = _fraction(value)
    return None if fraction is None else fraction.numerator


def _denominator(value: Value) -> int | None:
    fraction = _fraction(value)
    return None if fraction is None else fraction.denominator


def _lowest_terms_sum(value: Value) -> int | None:
    fraction = _fraction(value)
    return None if fraction is None else fraction.numerator + fraction.denominator


def _multiple_of_pi(value: Value) -> int | None:
    return _integer(value / sympy.pi) if isinstance(value, sympy.Expr) and not value.is_rational else None


def _integer(value: sympy.Expr) -> int | None:
    return int(value) if value.is_Integer else None


def _floor(value: Value) -> int | None:
    if float(value) < 1 or (not isinstance(value, float) and as_integer(value) is not None):
        return None
    return math.floor(float(value))


def _as_fraction(value: float) -> Fraction:
    return Fraction(value).limit_denominator(LARGEST_DENOMINATOR)


def _as_multiple_of_pi(value: float) -> Value:
    return round(value / math.pi) * sympy.pi


PLAIN = Bridge(LETS, as_integer)
BRIDGES: tuple[Bridge, ...] = (
    PLAIN,
    Bridge(_named("the sum of the digits of ${inner}$"), _digit_sum, "The digits of ${value}$ add up to ${result}$"),
    *(
        Bridge(
            _named(f"the remainder when ${{inner}}$ is divided by ${modulus}$"),
            functools.partial(_remainder, modulus=modulus),
            f"Dividing ${{value}}$ by ${modulus}$ leaves the remainder ${{result}}$",
        )
        for modulus in (7, 10, 12)
    ),
    Bridge(
        _named("the sum of the numerator and the denominator of ${inner}$ in lowest terms"),
        _lowest_terms_sum,
        "In lowest terms it is ${value}$, whose numerator and denominator add up to ${result}$",
        _as_fraction,
    ),
    Bridge(
        _named("the numerator of ${inner}$ in lowest terms"),
        _numerator,
        "The numerator of ${value}$ is ${result}$",
        _as_fraction,
    ),
    Bridge(
        _named("the denominator of ${inner}$ in lowest terms"),
        _denominator,
        "The denominator of ${value}$ is ${result}$",
        _as_fraction,
    ),
    Bridge(
        _named(r"the quotient of ${inner}$ and $\pi$"),
        _multiple_of_pi,
        r"Dividing ${value}$ by $\pi$ leaves ${result}$",
        _as_multiple_of_pi,
    ),
    Bridge(
        _named("the greatest integer that does not exceed ${inner}$"),
        _floor,
        "The greatest integer that does not exceed ${value}$ is ${result}$",
        float,
    ),
)
