"""Number theory: divisibility, primes, congruences."""

from __future__ import annotations

import math

import sympy

from ..family import Family, Params, Solution, Topic, Wording
from ..slots import Integer

TOPICS = (
    Topic(
        "Divisibility and Factorization",
        subject="Number Theory",
        school_level="middle school",
        concepts={
            "greatest common divisor": ("gcd", "greatest common divisors", "highest common factor"),
            "least common multiple": ("lcm", "least common multiples"),
            "divisors": ("divisor", "number of divisors", "factors of an integer"),
            "prime factorization": ("prime factors", "integer factorization", "factorint"),
        },
    ),
)


def _factorized(n: int) -> str:
    """`360` as `2^{3} \\cdot 3^{2} \\cdot 5`."""
    powers = sympy.factorint(n)
    return r" \cdot ".join(f"{p}" if e == 1 else f"{p}^{{{e}}}" for p, e in powers.items())


def _count_divisors(params: Params) -> Solution:
    n = params["n"]
    exponents = list(sympy.factorint(n).values())
    count = math.prod(e + 1 for e in exponents)
    factors = r" \cdot ".join(f"({e} + 1)" for e in exponents)
    return Solution(
        (
            f"The prime factorization is ${n} = {_factorized(n)}$.",
            "A divisor is fixed by choosing each exponent from $0$ up to its value in the factorization.",
            f"So the number of divisors is ${factors} = {count}$.",
        ),
        count,
    )


FAMILIES = (
    Family(
        name="number_of_divisors",
        concepts=("divisors", "prime factorization"),
        school_level="middle school",
        slots={"n": Integer(12, 2_000)},
        wordings=(
            Wording("the number of positive divisors of $[[n]]$"),
            Wording("the number of positive integers that divide $[[n]]$ without remainder"),
            Wording(
                "the number of possible row lengths",
                given="A gardener has $[[n]]$ tulips and wants to plant all of them in equal rows.",
            ),
        ),
        solve=_count_divisors,
        check=lambda params: sum(params["n"] % d == 0 for d in range(1, params["n"] + 1)),
        where=lambda params: not sympy.isprime(params["n"]),
    ),
)
