"""Algebra: quadratic equations and polynomials."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Integer, Polynomial, write_polynomial

TOPICS = (
    Topic(
        "Quadratic Equations",
        subject="Algebra",
        school_level="high school",
        concepts={
            "quadratic equations": ("quadratic equation", "second-degree equation"),
            "quadratic formula": ("solution formula for quadratics", "abc formula"),
            "discriminant": ("discriminants", "double root", "double roots"),
            "completing the square": ("complete the square", "vertex form"),
            "vieta's formulas": ("vieta's formula", "vieta formulas", "sum of the roots", "product of the roots"),
        },
    ),
    Topic(
        "Polynomials",
        subject="Algebra",
        school_level="high school",
        concepts={
            "factoring polynomials": ("polynomial factorization", "factorization of polynomials", "linear factors"),
            "polynomial evaluation": ("polyval", "horner's method", "horner scheme", "evaluating a polynomial"),
            "polynomial division": ("synthetic division", "polynomial long division", "polynomial remainder"),
            "remainder theorem": ("polynomial remainder theorem", "factor theorem"),
            "polynomial multiplication": ("multiplying polynomials", "product of polynomials", "polymul"),
            "polynomial roots": ("roots of a polynomial", "zeros of a polynomial", "roots of the polynomial"),
            "symmetric polynomials": (
                "symmetric polynomial",
                "elementary symmetric polynomials",
                "newton's identities",
            ),
            "degree of a polynomial": ("degree of the polynomial", "polynomial degree", "degree of polynomial"),
            "leading coefficient": ("leading coefficients", "leading term", "monic polynomial"),
        },
    ),
)


def _bracket(value: int) -> str:
    return f"({value})" if value < 0 else f"{value}"


def _larger_root(params: Params) -> Solution:
    s, p = params["s"], params["p"]
    discriminant = s * s - 4 * p
    root = math.isqrt(discriminant)
    return Solution(
        (
            f"The unknown satisfies $x^{{2}} - {s}x + {p} = 0$.",
            rf"The quadratic formula has ${s}^{{2}} - 4 \cdot {p} = {discriminant} = {root}^{{2}}$ under the root.",
            rf"The solutions are $\frac{{{s} + {root}}}{{2}} = {(s + root) // 2}$ and "
            rf"$\frac{{{s} - {root}}}{{2}} = {(s - root) // 2}$.",
            f"The larger one is ${(s + root) // 2}$.",
        ),
        (s + root) // 2,
    )


def _discriminant(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    value = b * b - 4 * a * c
    return Solution(
        (
            "The discriminant is the square of the middle coefficient minus four times the product of the outer ones.",
            rf"Here it is ${b}^{{2}} - 4 \cdot {a} \cdot {c} = {b * b} - {4 * a * c}$.",
            f"So the discriminant is ${value}$.",
        ),
        value,
    )


def _double_root(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    value = Fraction(b * b, 4 * a)
    return Solution(
        (
            "A quadratic equation has exactly one real solution when its discriminant is zero.",
            rf"Here this means ${b}^{{2}} - 4 \cdot {a} \cdot y = 0$, that is ${4 * a}y = {b * b}$.",
            f"Dividing by ${4 * a}$ gives $y = {tex(value)}$.",
        ),
        value,
    )


def _least_value(params: Params) -> Solution:
    b, c = params["b"], params["c"]
    half = b // 2
    value = c - half * half
    return Solution(
        (
            f"Complete the square: $x^{{2}} - {b}x + {c} = (x - {half})^{{2}} + {c} - {half}^{{2}}$.",
            f"The square is never negative, and it is zero for $x = {half}$.",
            f"So the least value is ${c} - {half}^{{2}} = {value}$.",
        ),
        value,
    )


def _squares_of_roots(params: Params) -> Solution:
    s, p = params["s"], params["p"]
    return Solution(
        (
            f"By Vieta's formulas the solutions have the sum ${s}$ and the product ${p}$.",
            "The sum of their squares is the square of the sum minus twice the product.",
            rf"This is ${s}^{{2}} - 2 \cdot {p} = {s * s} - {2 * p} = {s * s - 2 * p}$.",
        ),
        s * s - 2 * p,
    )


def _cubic_reciprocals(params: Params) -> Solution:
    b, c = params["b"], params["c"]
    value = Fraction(b, c)
    reduced = f" = {tex(value)}" if value.denominator != c else ""
    return Solution(
        (
            f"By Vieta's formulas the three roots have the product ${c}$, "
            f"and the products of two of them add up to ${b}$.",
            "Over the common denominator, the sum of the reciprocals is the second number divided by the first.",
            rf"The sum is $\frac{{{b}}}{{{c}}}{reduced}$.",
        ),
        value,
    )


def _check_cubic(params: Params) -> float:
    roots = np.roots([1, -params["a"], params["b"], -params["c"]])
    return float(np.sum(1 / roots).real)


def _cubes_from_sums(params: Params) -> Solution:
    s, p = params["s"], params["p"]
    value = s**3 - 3 * s * p
    return Solution(
        (
            "Expanding the cube of a sum shows that $x^{3} + y^{3} = (x + y)^{3} - 3xy(x + y)$.",
            rf"Putting in the given numbers leads to ${s}^{{3}} - 3 \cdot {p} \cdot {s} = {s**3} - {3 * p * s}$.",
            f"The result is ${value}$.",
        ),
        value,
    )


def _horner(params: Params) -> Solution:
    coefficients, n = params["poly"], params["n"]
    steps: list[str] = []
    value = coefficients[0]
    for coefficient in coefficients[1:]:
        following = value * n + coefficient
        sign = "-" if coefficient < 0 else "+"
        steps.append(rf"{value} \cdot {n} {sign} {abs(coefficient)} = {following}")
        value = following
    return Solution(
        (
            f"Use Horner's method: start with the leading coefficient ${coefficients[0]}$, and in each step multiply "
            "by "
            f"${n}$ and add the next coefficient.",
            f"This gives in turn ${'$, $'.join(steps)}$.",
            f"The value is ${value}$.",
        ),
        value,
    )


def _remainder(params: Params) -> Solution:
    coefficients, n = params["poly"], params["n"]
    degree = len(coefficients) - 1
    terms = [c * n ** (degree - i) for i, c in enumerate(coefficients)]
    written = "".join(
        (f" {'-' if t < 0 else '+'} {abs(t)}" if i else f"{t}") for i, t in enumerate(t for t in terms if t)
    )
    value = sum(terms)
    return Solution(
        (
            f"By the remainder theorem, the remainder on division by $x - {n}$ is the value of the polynomial at $x "
            f"= {n}$.",
            f"Term by term this is ${written} = {value}$.",
            f"Hence the remainder is ${value}$.",
        ),
        value,
    )


def _quotient(params: Params) -> Solution:
    coefficients, n = params["poly"], params["n"]
    row = [coefficients[0]]
    for coefficient in coefficients[1:]:
        row.append(row[-1] * n + coefficient)
    quotient, rest = row[:-1], row[-1]
    return Solution(
        (
            f"Synthetic division by $x - {n}$ produces the numbers ${', '.join(map(str, row))}$.",
            f"So the quotient is ${write_polynomial(quotient)}$, and the remainder is ${rest}$.",
            f"The coefficients of the quotient add up to ${' + '.join(map(_bracket, quotient))} = {sum(quotient)}$.",
        ),
        sum(quotient),
    )


def _middle_coefficient(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    total = a * b + a * c + b * c
    return Solution(
        (
            "A term with $x$ arises when one bracket contributes $x$ and the other two contribute their numbers.",
            rf"The three choices give ${a} \cdot {b} = {a * b}$, ${a} \cdot {c} = {a * c}$ and ${b} \cdot {c} = "
            f"{b * c}$.",
            f"The coefficient is ${a * b} + {a * c} + {b * c} = {total}$.",
        ),
        total,
    )


def _factorable(params: Params) -> Solution:
    n = params["n"]
    pairs = [(d, n // d) for d in range(1, math.isqrt(n) + 1) if n % d == 0]
    listed = ", ".join(rf"{d} \cdot {e}" for d, e in pairs)
    sums = ", ".join(str(d + e) for d, e in pairs)
    return Solution(
        (
            f"In a factorization into $x + u$ and $x + v$ the numbers $u$ and $v$ have the product ${n}$, "
            "and their sum is the coefficient of $x$.",
            f"Since the coefficient is positive, both numbers are positive; the ways to write ${n}$ are ${listed}$.",
            f"They lead to the different coefficients ${sums}$, so the number of them is ${len(pairs)}$.",
        ),
        len(pairs),
    )


def _degree(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    return Solution(
        (
            "The degree of a product is the sum of the degrees of its factors.",
            rf"The power contributes ${a} \cdot {b} = {a * b}$, and the other factor contributes ${c}$.",
            f"So the degree is ${a * b} + {c} = {a * b + c}$.",
        ),
        a * b + c,
    )


def _check_degree(params: Params) -> int:
    """Multiplies the coefficients out modulo a prime; the leading one is 1, so it survives."""
    power, other = np.zeros(params["a"] + 1, dtype=np.int64), np.zeros(params["c"] + 1, dtype=np.int64)
    power[[0, -1]] = 1
    other[-1], other[1] = 1, -1
    for _ in range(params["b"]):
        other = np.convolve(other, power) % 10_007
    return int(np.flatnonzero(other).max())


def _leading(params: Params) -> Solution:
    a, e, c = params["a"], params["e"], params["c"]
    value = a**e * c
    return Solution(
        (
            "The leading coefficient of a product is the product of the leading coefficients of its factors.",
            f"The power has the leading coefficient ${a}^{{{e}}} = {a**e}$, and the last factor has ${c}$.",
            rf"Together they give ${a**e} \cdot {c} = {value}$.",
        ),
        value,
    )


def _whole_roots(params: Params) -> bool:
    discriminant = params["s"] ** 2 - 4 * params["p"]
    return bool(discriminant > 0 and math.isqrt(discriminant) ** 2 == discriminant)


FAMILIES = (
    Family(
        name="larger_root",
        concepts=("quadratic equations", "quadratic formula"),
        school_level="high school",
        slots={"s": Integer(5, 60), "p": Integer(4, 600)},
        wordings=(
            Wording("the larger solution of the equation $x^{2} - [[s]]x + [[p]] = 0$"),
            Wording(
                "the length of the longer side in metres",
                given="A rectangular garden has an area of $[[p]]$ square metres, "
                "and its length and width add up to $[[s]]$ m.",
            ),
            Wording("the larger of two numbers whose sum is $[[s]]$ and whose product is $[[p]]$"),
        ),
        solve=_larger_root,
        check=lambda params: max(x for x in range(params["s"] + 1) if x * (params["s"] - x) == params["p"]),
        where=_whole_roots,
    ),
    Family(
        name="discriminant",
        concepts=("discriminant", "quadratic equations"),
        school_level="high school",
        slots={"a": Integer(2, 9), "b": Integer(5, 40), "c": Integer(2, 20)},
        wordings=(
            Wording("the discriminant of the quadratic polynomial $[[a]]x^{2} + [[b]]x + [[c]]$"),
            Wording("the discriminant of the equation $[[a]]x^{2} - [[b]]x + [[c]] = 0$"),
            Wording(
                "the discriminant of the quadratic",
                given="A parabola is the graph of $y = [[a]]x^{2} + [[b]]x + [[c]]$.",
            ),
        ),
        solve=_discriminant,
        check=lambda params: sympy.discriminant(sympy.Poly([params["a"], params["b"], params["c"]], sympy.Symbol("x"))),
        where=lambda params: 0 < params["b"] ** 2 - 4 * params["a"] * params["c"] < 160,
    ),
    Family(
        name="double_root",
        concepts=("discriminant", "quadratic equations"),
        school_level="high school",
        slots={"a": Integer(2, 16), "b": Integer(4, 48)},
        wordings=(
            Wording(
                "the number $y$ for which the equation $[[a]]x^{2} + [[b]]x + y = 0$ has exactly one real solution $x$"
            ),
            Wording("the value of the constant $y$ that gives $[[a]]x^{2} - [[b]]x + y$ a double root"),
            Wording(
                "the number $y$ for which they touch",
                given="The parabola of the function that sends $x$ to $[[a]]x^{2} + [[b]]x + y$ is shifted up or "
                "down by "
                "the choice of $y$ until the parabola and the horizontal axis touch.",
            ),
        ),
        solve=_double_root,
        check=lambda params: params["a"] * (params["b"] / (2 * params["a"])) ** 2,
        where=lambda params: params["b"] ** 2 % (2 * params["a"]) == 0,
    ),
    Family(
        name="least_value",
        concepts=("completing the square", "quadratic functions"),
        school_level="high school",
        slots={"b": Integer(4, 40), "c": Integer(10, 450)},
        wordings=(
            Wording("the least value of $x^{2} - [[b]]x + [[c]]$ over all real numbers $x$"),
            Wording(
                "the second coordinate of the vertex of the parabola",
                given="A parabola is given by $y = x^{2} - [[b]]x + [[c]]$.",
            ),
            Wording(
                "the lowest possible cost in euros",
                given="To make $x$ lamps a day costs a workshop $x^{2} - [[b]]x + [[c]]$ euros, "
                "where $x$ may be any positive number.",
            ),
        ),
        solve=_least_value,
        check=lambda params: min(x * x - params["b"] * x + params["c"] for x in range(-5, 50)),
        where=lambda params: params["b"] % 2 == 0 and 1 < params["c"] - params["b"] ** 2 // 4 <= 80,
    ),
    Family(
        name="squares_of_roots",
        concepts=("vieta's formulas", "symmetric polynomials", "quadratic equations"),
        school_level="high school",
        slots={"s": Integer(3, 20), "p": Integer(2, 90)},
        wordings=(
            Wording("the sum of the squares of the solutions of $x^{2} - [[s]]x + [[p]] = 0$"),
            Wording(
                "the value of $x^{2} + y^{2}$",
                given="Real numbers $x$ and $y$ satisfy $x + y = [[s]]$ and $xy = [[p]]$.",
            ),
            Wording(
                "the square of the length of the diagonal in square metres",
                given="The length and the width of a rectangular hall add up to $[[s]]$ m, "
                "and its floor measures $[[p]]$ square metres.",
            ),
        ),
        solve=_squares_of_roots,
        check=lambda params: float(np.sum(np.roots([1, -params["s"], params["p"]]) ** 2).real),
        where=lambda params: params["s"] ** 2 > 4 * params["p"],
    ),
    Family(
        name="cubic_reciprocals",
        concepts=("vieta's formulas", "polynomial roots"),
        school_level="competition",
        slots={"a": Integer(2, 20, link=False), "b": Integer(5, 120), "c": Integer(2, 60)},
        wordings=(
            Wording("the sum of the reciprocals of the three complex roots of $x^{3} - [[a]]x^{2} + [[b]]x - [[c]]$"),
            Wording(
                "the sum of the reciprocals of its three roots, counted with multiplicity over the complex numbers",
                given="A polynomial has the form $x^{3} - [[a]]x^{2} + [[b]]x - [[c]]$.",
            ),
            Wording(
                "the sum of the numbers $\\frac{1}{x}$, where $x$ runs through the complex solutions of "
                "$x^{3} + [[b]]x = [[a]]x^{2} + [[c]]$, each taken as often as its multiplicity"
            ),
        ),
        solve=_cubic_reciprocals,
        check=_check_cubic,
        where=lambda params: params["b"] > params["c"] and params["c"] // math.gcd(params["b"], params["c"]) <= 6,
    ),
    Family(
        name="cubes_from_sums",
        concepts=("symmetric polynomials",),
        school_level="competition",
        slots={"s": Integer(3, 20), "p": Integer(2, 60)},
        wordings=(
            Wording(
                "the value of $x^{3} + y^{3}$",
                given="Real numbers $x$ and $y$ satisfy $x + y = [[s]]$ and $xy = [[p]]$.",
            ),
            Wording("the sum of the cubes of two real numbers whose sum is $[[s]]$ and whose product is $[[p]]$"),
            Wording(
                "the total volume of the two cubes in cubic metres",
                given="Two cubes have edges of $x$ and $y$ metres. Put end to end, the edges make $[[s]]$ m, "
                "and a rectangle with sides of $x$ and $y$ metres has an area of $[[p]]$ square metres.",
            ),
        ),
        solve=_cubes_from_sums,
        check=lambda params: float(np.sum(np.roots([1, -params["s"], params["p"]]) ** 3).real),
        where=lambda params: params["s"] ** 2 > 4 * params["p"],
    ),
    Family(
        name="polynomial_value",
        concepts=("polynomial evaluation",),
        school_level="middle school",
        slots={"poly": Polynomial(3, -6, 9), "n": Integer(2, 12)},
        wordings=(
            Wording("the value of $[[poly]]$ at $x = [[n]]$"),
            Wording("the result of putting $x = [[n]]$ into the polynomial $[[poly]]$"),
            Wording(
                "the number on the printout",
                given="A program reads a number $x$ and prints $[[poly]]$. It is run with $x = [[n]]$.",
            ),
        ),
        solve=_horner,
        check=lambda params: int(np.polyval(np.array(params["poly"]), params["n"])),
        where=lambda params: params["poly"][0] > 0 and all(params["poly"]),
    ),
    Family(
        name="polynomial_remainder",
        concepts=("remainder theorem", "polynomial division", "polynomial evaluation"),
        school_level="high school",
        slots={"poly": Polynomial(3, -7, 9, monic=True), "n": Integer(2, 9)},
        wordings=(
            Wording("the remainder when the polynomial $[[poly]]$ is divided by $x - [[n]]$"),
            Wording(
                "the remainder that is left",
                given="The polynomial $[[poly]]$ is divided by the linear polynomial $x - [[n]]$.",
            ),
            Wording("the number that must be subtracted from $[[poly]]$ to make it divisible by $x - [[n]]$"),
        ),
        solve=_remainder,
        check=lambda params: int(
            np.polydiv(np.array(params["poly"], dtype=float), np.array([1.0, -params["n"]]))[1][0]
        ),
        where=lambda params: (
            sum(c != 0 for c in params["poly"]) >= 3
            and sum(c * params["n"] ** (3 - i) for i, c in enumerate(params["poly"])) != 0
        ),
    ),
    Family(
        name="quotient_coefficients",
        concepts=("polynomial division",),
        school_level="high school",
        slots={"poly": Polynomial(3, -9, 7), "n": Integer(2, 6)},
        wordings=(
            Wording("the sum of the coefficients of the quotient when $[[poly]]$ is divided by $x - [[n]]$"),
            Wording(
                "the sum of the coefficients of the quotient",
                given="Dividing $[[poly]]$ by $x - [[n]]$ leaves a quotient and a constant remainder.",
            ),
            Wording(
                "the value at $x = 1$ of the polynomial quotient",
                given="The polynomial $[[poly]]$ is divided by $x - [[n]]$ with a constant remainder.",
            ),
        ),
        solve=_quotient,
        check=lambda params: float(
            np.sum(np.polydiv(np.array(params["poly"], dtype=float), np.array([1.0, -params["n"]]))[0])
        ),
        where=lambda params: params["poly"][0] > 0 and all(params["poly"]),
    ),
    Family(
        name="middle_coefficient",
        concepts=("polynomial multiplication", "symmetric polynomials"),
        school_level="high school",
        slots={"a": Integer(2, 25), "b": Integer(2, 25), "c": Integer(2, 25)},
        wordings=(
            Wording("the coefficient of $x$ in the expansion of $(x + [[a]])(x + [[b]])(x + [[c]])$"),
            Wording(
                "the coefficient of $x$ in the polynomial for the volume",
                given="The edges of a box are $[[a]]$, $[[b]]$ and $[[c]]$ cm long. Each edge is made $x$ cm longer, "
                "and the "
                "volume of the new box is written as a polynomial in $x$.",
            ),
            Wording("the number in front of $x$ after $(x + [[a]])(x + [[b]])(x + [[c]])$ has been multiplied out"),
        ),
        solve=_middle_coefficient,
        check=lambda params: round(float(np.poly([-params["a"], -params["b"], -params["c"]])[2]), 6),
        where=lambda params: len({params["a"], params["b"], params["c"]}) == 3,
    ),
    Family(
        name="factorable_quadratics",
        concepts=("factoring polynomials", "divisors"),
        school_level="high school",
        slots={"n": Integer(12, 720)},
        wordings=(
            Wording(
                "the number of positive integers $y$ for which $x^{2} + yx + [[n]]$ is a product of two linear factors "
                "with integer coefficients"
            ),
            Wording(
                "the number of choices for the middle coefficient",
                given="In the polynomial $x^{2} + yx + [[n]]$ the coefficient $y$ is a positive integer, chosen so "
                "that the "
                "polynomial splits into linear factors with integer coefficients.",
            ),
            Wording(
                "the number of positive integers $y$ for which both solutions of $x^{2} + yx + [[n]] = 0$ are integers"
            ),
        ),
        solve=_factorable,
        check=lambda params: sum(
            math.isqrt(y * y - 4 * params["n"]) ** 2 == y * y - 4 * params["n"]
            for y in range(math.isqrt(4 * params["n"] - 1) + 1, params["n"] + 2)
        ),
        where=lambda params: not sympy.isprime(params["n"]),
    ),
    Family(
        name="product_degree",
        concepts=("degree of a polynomial", "polynomial multiplication"),
        school_level="middle school",
        slots={"a": Integer(2, 12), "b": Integer(2, 15), "c": Integer(2, 30)},
        wordings=(
            Wording("the degree of the polynomial $(x^{[[a]]} + 1)^{[[b]]} \\cdot (x^{[[c]]} - x)$"),
            Wording("the exponent of the highest power of $x$ in $(x^{[[a]]} + x + 1)^{[[b]]} \\cdot (x^{[[c]]} + 5)$"),
            Wording(
                "the degree of the product of all these polynomials",
                given="There are $[[b]]$ polynomials of degree $[[a]]$ and one polynomial of degree $[[c]]$.",
            ),
        ),
        solve=_degree,
        check=_check_degree,
    ),
    Family(
        name="product_leading_coefficient",
        concepts=("leading coefficient", "polynomial multiplication"),
        school_level="middle school",
        slots={
            "a": Integer(2, 9),
            "e": Integer(2, 5, link=False),
            "b": Integer(2, 20, link=False),
            "c": Integer(2, 30),
        },
        wordings=(
            Wording("the leading coefficient of $([[a]]x + [[b]])^{[[e]]} \\cdot ([[c]]x - 1)$"),
            Wording("the leading coefficient of the polynomial $([[a]]x^{2} + x + [[b]])^{[[e]]} \\cdot ([[c]]x + 1)$"),
            Wording(
                "the coefficient of the highest power of $x$",
                given="The polynomial $([[c]]x + 7)([[a]]x - [[b]])^{[[e]]}$ is multiplied out.",
            ),
        ),
        solve=_leading,
        check=lambda params: int(
            sympy.LC(
                sympy.Poly([params["a"], params["b"]], sympy.Symbol("x")) ** params["e"]
                * sympy.Poly([params["c"], -1], sympy.Symbol("x"))
            )
        ),
        where=lambda params: params["a"] ** params["e"] * params["c"] <= 20_000,
    ),
)
