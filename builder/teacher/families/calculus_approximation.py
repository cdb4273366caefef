"""Calculus: power series, quadrature and interpolation."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import factor, signed_sum
from ..slots import Integer

TOPICS = (
    Topic(
        "Series and Numerical Approximation",
        subject="Calculus",
        school_level="college",
        concepts={
            "taylor series": ("maclaurin series", "taylor expansion", "taylor polynomial", "series expansion"),
            "power series": ("formal power series", "radius of convergence", "interval of convergence"),
            "trapezoidal rule": ("trapezoid rule", "composite trapezoidal rule"),
            "simpson's rule": ("simpson rule", "composite simpson's rule"),
            "gaussian quadrature": ("gauss-legendre quadrature", "gauss-legendre", "fixed_quad"),
            "numerical integration": ("numerical quadrature", "quadrature rule", "quadrature rules"),
            "polynomial interpolation": (
                "interpolating polynomial",
                "lagrange interpolation",
                "barycentric interpolation",
            ),
            "linear interpolation": ("piecewise linear interpolation", "linearly interpolated", "linear interpolant"),
            "finite differences": ("divided differences", "forward difference", "finite difference"),
            "bisection method": ("bisection", "interval halving"),
        },
    ),
)


def _solve_taylor(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = Fraction(n**3, 6) + Fraction(a * n * n, 2)
    return Solution(
        (
            rf"The series of $e^{{{n}x}}$ begins $1 + {n}x + {tex(Fraction(n * n, 2))}x^{{2}} + "
            f"{tex(Fraction(n**3, 6))}x^{{3}}$.",
            f"In the product with $1 + {a}x$, the power $x^{{3}}$ arises in two ways.",
            rf"So its coefficient is ${tex(Fraction(n**3, 6))} + {a} \cdot {tex(Fraction(n * n, 2))} = {tex(value)}$.",
        ),
        value,
    )


def _check_taylor(params: Params) -> float:
    """By Cauchy's formula on the unit circle."""
    turns = np.exp(2j * np.pi * np.arange(256) / 256)
    values = (1 + params["a"] * turns / params["n"]) * np.exp(turns)
    return float((values * turns**-3).mean().real * params["n"] ** 3)


def _solve_radius(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    return Solution(
        (
            r"The ratio of the coefficients of $x^{i+1}$ and $x^{i}$ is "
            rf"$\frac{{(2i + 1)(2i + 2)}}{{(i + 1)^{{2}}}} \cdot \frac{{{a}}}{{{n}}}$.",
            rf"For large $i$ it tends to $4 \cdot \frac{{{a}}}{{{n}}} = {tex(Fraction(4 * a, n))}$.",
            f"The radius of convergence is the reciprocal of this limit, ${tex(Fraction(n, 4 * a))}$.",
        ),
        Fraction(n, 4 * a),
    )


def _check_radius(params: Params) -> float:
    """The growth of the coefficients, from their logarithms, with the factor i^(-1/2) removed at a huge i."""
    i = 10.0**9

    def log_coefficient(k: float) -> float:
        stirling = k * math.log(4) - math.log(math.pi * k) / 2 - 1 / (8 * k)
        return stirling + k * math.log(params["a"] / params["n"])

    step = log_coefficient(2 * i) - log_coefficient(i)
    return math.exp(-(step + math.log(2) / 2) / i)


def _solve_trapezoids(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    squares = n * (n - 1) * (2 * n - 1) // 6
    value = squares + Fraction(n * n, 2) + a * n
    return Solution(
        (
            "The rule adds the values at the inner points and half of the values at the two ends; the step is $1$.",
            rf"The constant ${a}$ contributes ${a} \cdot {n} = {a * n}$.",
            rf"The squares at the inner points add up to $\frac{{{n - 1} \cdot {n} \cdot {2 * n - 1}}}{{6}} = "
            f"{squares}$, "
            rf"and half of the square at the end is ${tex(Fraction(n * n, 2))}$.",
            f"So the approximation is ${a * n} + {squares} + {tex(Fraction(n * n, 2))} = {tex(value)}$.",
        ),
        value,
    )


def _check_trapezoids(params: Params) -> float:
    x = np.arange(params["n"] + 1)
    return float(np.trapezoid(x**2 + params["a"], x))


def _solve_simpson(params: Params) -> Solution:
    a, b, c, d, n = (params[name] for name in "abcdn")
    total = a + 4 * b + 2 * c + 4 * d + n
    return Solution(
        (
            "Simpson's rule with five values gives them the weights $1$, $4$, $2$, $4$ and $1$.",
            rf"The weighted sum is ${a} + 4 \cdot {b} + 2 \cdot {c} + 4 \cdot {d} + {n} = {total}$.",
            rf"It is multiplied by one third of the step $3$, that is by $1$, so the estimate is ${total}$.",
        ),
        total,
    )


def _check_simpson(params: Params) -> float:
    """The exact integrals of the two parabolas through the values."""
    values = [params[name] for name in "abcdn"]
    total = 0.0
    for part in (values[:3], values[2:]):
        primitive = np.polyint(np.polyfit([0, 3, 6], part, 2))
        total += float(np.polyval(primitive, 6))
    return total


def _solve_gauss(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = Fraction(2 * a, 9) + 2 * n
    return Solution(
        (
            r"The two-point rule adds the values of the integrand at $x = \frac{1}{\sqrt{3}}$ and "
            r"$x = -\frac{1}{\sqrt{3}}$.",
            r"At both points $x^{4} = \frac{1}{9}$.",
            rf"So each value is $\frac{{{a}}}{{9}} + {n} = {tex(Fraction(a, 9) + n)}$.",
            rf"The approximation is $2 \cdot {tex(Fraction(a, 9) + n)} = {tex(value)}$.",
        ),
        value,
    )


def _check_gauss(params: Params) -> float:
    x, weights = np.polynomial.legendre.leggauss(2)
    return float((weights * (params["a"] * x**4 + params["n"])).sum())


def _solve_interpolation(params: Params) -> Solution:
    a, b, c, n = (params[name] for name in "abcn")
    first, second = b - a, c - 2 * b + a
    pairs = n * (n - 1) // 2
    value = a + first * n + second * pairs
    return Solution(
        (
            f"The first differences of the values are ${signed_sum((b, -a))} = {first}$ and "
            f"${signed_sum((c, -b))} = {c - b}$, and the second difference is ${second}$.",
            r"By Newton's formula, the polynomial is the first value plus $x$ times the first difference plus "
            r"$\frac{x(x - 1)}{2}$ times the second difference.",
            rf"At $x = {n}$ this is ${a} + {n} \cdot {factor(first)} + {pairs} \cdot {factor(second)} = {value}$.",
        ),
        value,
    )


def _check_interpolation(params: Params) -> int:
    coefficients = np.linalg.solve(np.vander([0.0, 1.0, 2.0]), [params["a"], params["b"], params["c"]])
    return round(float(np.polyval(coefficients, params["n"])))


def _solve_linear(params: Params) -> Solution:
    a, b, n, c = (params[name] for name in "abnc")
    rise = Fraction((b - a) * n, c)
    return Solution(
        (
            rf"At the place in question, $\frac{{{n}}}{{{c}}}$ of the way from the first point to the second is "
            "covered.",
            f"The value rises by ${b} - {a} = {b - a}$ over the whole way.",
            rf"So the estimate is ${a} + {b - a} \cdot \frac{{{n}}}{{{c}}} = {tex(a + rise)}$.",
        ),
        a + rise,
    )


def _solve_bisection(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    goal = a * n
    steps = goal.bit_length()
    return Solution(
        (
            rf"After $x$ steps the interval has length $\frac{{{n}}}{{2^{{x}}}}$.",
            rf"This is less than $\frac{{1}}{{{a}}}$ exactly if $2^{{x}} > {n} \cdot {a} = {goal}$.",
            f"Since $2^{{{steps - 1}}} = {2 ** (steps - 1)}$ is not greater than ${goal}$ and $2^{{{steps}}} = "
            f"{2**steps}$ "
            f"is, the number of steps is ${steps}$.",
        ),
        steps,
    )


def _check_bisection(params: Params) -> int:
    length, steps = Fraction(params["n"]), 0
    while length >= Fraction(1, params["a"]):
        length, steps = length / 2, steps + 1
    return steps


_FIVE = "$[[a]]$, $[[b]]$, $[[c]]$, $[[d]]$ and $[[n]]$"

FAMILIES = (
    Family(
        name="taylor_coefficient",
        concepts=("taylor series",),
        school_level="college",
        slots={"a": Integer(2, 12), "n": Integer(2, 12)},
        wordings=(
            Wording("the coefficient of $x^{3}$ in the Maclaurin series of $(1 + [[a]]x) e^{[[n]]x}$"),
            Wording(
                "the coefficient of its cubic term",
                given="The product of $1 + [[a]]x$ and $e^{[[n]]x}$ is expanded in a Taylor series at $x = 0$.",
            ),
            Wording(
                "the value at $x = 0$ of one sixth of the third derivative of $(1 + [[a]]x) e^{[[n]]x}$",
            ),
        ),
        solve=_solve_taylor,
        check=_check_taylor,
    ),
    Family(
        name="radius_of_convergence",
        concepts=("power series", "limits"),
        school_level="college",
        slots={"a": Integer(2, 9), "n": Integer(3, 120)},
        wordings=(
            Wording(
                r"the radius of convergence of the power series "
                r"$\sum_{i=0}^{\infty} \binom{2i}{i} \left(\frac{[[a]]}{[[n]]}\right)^{i} x^{i}$"
            ),
            Wording(
                "the greatest number such that the series converges whenever the absolute value of $x$ is smaller",
                given=r"The coefficient of $x^{i}$ in a power series is $\binom{2i}{i} \cdot "
                r"\left(\frac{[[a]]}{[[n]]}\right)^{i}$.",
            ),
            Wording(
                "the radius of the largest open disk around $0$ in which the series converges",
                given=r"For complex $x$, consider the power series $\sum_{i=0}^{\infty} \binom{2i}{i} "
                r"\left(\frac{[[a]]}{[[n]]}\right)^{i} x^{i}$.",
            ),
        ),
        solve=_solve_radius,
        check=_check_radius,
        where=lambda p: math.gcd(p["a"], p["n"]) == 1,
    ),
    Family(
        name="trapezoidal_rule",
        concepts=("trapezoidal rule", "numerical integration"),
        school_level="college",
        slots={"a": Integer(2, 20), "n": Integer(3, 20)},
        wordings=(
            Wording(
                r"the approximation to $\int_{0}^{[[n]]} (x^{2} + [[a]]) \, dx$ by the trapezoidal rule with steps of "
                "length $1$"
            ),
            Wording(
                "the estimate of the area in square meters by trapezoids",
                given="The depth of a ditch at $x$ meters from its end is $x^{2} + [[a]]$ meters. It is measured at "
                "$x = 0, 1, 2$ and so on up to $x = [[n]]$, and neighboring depths are joined by straight lines to "
                "estimate the area of the section.",
            ),
            Wording(
                r"the result of the composite trapezoidal rule with $[[n]]$ subintervals of equal length for "
                r"$\int_{0}^{[[n]]} (x^{2} + [[a]]) \, dx$"
            ),
        ),
        solve=_solve_trapezoids,
        check=_check_trapezoids,
    ),
    Family(
        name="simpsons_rule",
        concepts=("simpson's rule", "numerical integration"),
        school_level="college",
        slots={name: Integer(2, 30) for name in "abcdn"},
        wordings=(
            Wording(
                "the estimate of the area in square meters by Simpson's rule",
                given=f"The width of a lake is measured along its length every $3$ m, from one end to the other. The "
                f"widths in meters are {_FIVE}.",
            ),
            Wording(
                "the approximation to the integral from $0$ to $12$ by Simpson's rule",
                given=f"At $x = 0, 3, 6, 9, 12$, a function has the values {_FIVE}, in this order.",
            ),
            Wording(
                "the distance in meters that composite Simpson's rule gives for these $12$ seconds",
                given=f"A boat reports its speed every $3$ seconds. Its five readings, the first at the start and the "
                f"last after $12$ seconds, are {_FIVE} meters per second.",
            ),
        ),
        solve=_solve_simpson,
        check=_check_simpson,
    ),
    Family(
        name="two_point_gauss_rule",
        concepts=("gaussian quadrature", "numerical integration"),
        school_level="college",
        slots={"a": Integer(3, 90), "n": Integer(2, 20)},
        wordings=(
            Wording(
                r"the approximation to $\int_{-1}^{1} ([[a]]x^{4} + [[n]]) \, dx$ by Gauss-Legendre quadrature "
                "with two points"
            ),
            Wording(
                r"the value that it gives for $\int_{-1}^{1} ([[a]]x^{4} + [[n]]) \, dx$",
                given="The two-point Gaussian quadrature rule is exact for all cubic polynomials on the interval from "
                "$-1$ to $1$.",
            ),
            Wording(
                r"the sum of the values of $[[a]]x^{4} + [[n]]$ at the two nodes of the Gauss-Legendre rule for "
                "the interval from $-1$ to $1$"
            ),
        ),
        solve=_solve_gauss,
        check=_check_gauss,
        where=lambda p: p["a"] % 3 == 0,
    ),
    Family(
        name="quadratic_interpolation",
        concepts=("polynomial interpolation", "finite differences"),
        school_level="college",
        slots={"a": Integer(1, 20), "b": Integer(1, 20), "c": Integer(1, 20), "n": Integer(3, 9)},
        wordings=(
            Wording(
                "the value at $x = [[n]]$ of the polynomial of degree at most $2$ that takes the values $[[a]]$, "
                "$[[b]]$ and $[[c]]$ at $x = 0$, $x = 1$ and $x = 2$"
            ),
            Wording(
                "the $y$-coordinate of the point of this parabola with $x = [[n]]$",
                given="A parabola with a vertical axis passes through the points $(0, [[a]])$, $(1, [[b]])$ and "
                "$(2, [[c]])$.",
            ),
            Wording(
                "the level in centimeters that the polynomial predicts $[[n]]$ hours after the start",
                given="The water level in a tank was $[[a]]$ cm at the start, $[[b]]$ cm after one hour and $[[c]]$ cm "
                "after two hours. A polynomial of degree two is fitted exactly to these values.",
            ),
        ),
        solve=_solve_interpolation,
        check=_check_interpolation,
        where=lambda p: p["c"] - 2 * p["b"] + p["a"] != 0 and _check_interpolation(p) > 0,
    ),
    Family(
        name="linear_interpolation_between_points",
        concepts=("linear interpolation",),
        school_level="high school",
        slots={"a": Integer(2, 60), "b": Integer(3, 90), "n": Integer(2, 30), "c": Integer(5, 60)},
        wordings=(
            Wording(
                "the value at $x = [[n]]$ by linear interpolation",
                given="A table gives the value $[[a]]$ at $x = 0$ and the value $[[b]]$ at $x = [[c]]$.",
            ),
            Wording(
                "the estimated temperature in degrees $[[n]]$ minutes after the first reading",
                given="A thermometer reads $[[a]]$ degrees at first and $[[b]]$ degrees after $[[c]]$ minutes. In "
                "between, the temperature is estimated by linear interpolation.",
            ),
            Wording(
                "the $y$-coordinate at $x = [[n]]$ of the segment from the point $(0, [[a]])$ to the point "
                "$([[c]], [[b]])$"
            ),
        ),
        solve=_solve_linear,
        check=lambda p: float(np.interp(p["n"], [0, p["c"]], [p["a"], p["b"]])),
        where=lambda p: p["a"] < p["b"] and p["n"] < p["c"] and (p["b"] - p["a"]) * p["n"] % p["c"] == 0,
    ),
    Family(
        name="bisection_steps",
        concepts=("bisection method",),
        school_level="college",
        slots={"a": Integer(2, 1_000), "n": Integer(2, 60)},
        wordings=(
            Wording(
                r"the least number of bisection steps after which the interval is shorter than $\frac{1}{[[a]]}$",
                given="The bisection method starts on an interval of length $[[n]]$, and each step halves the "
                "interval.",
            ),
            Wording(
                r"the least number of measurements after which the leak is known to lie in a piece shorter than "
                r"$\frac{1}{[[a]]}$ km",
                given="A pipeline of length $[[n]]$ km has one leak. A measurement in the middle of a piece of pipe "
                "tells which half contains the leak.",
            ),
            Wording(
                r"the smallest integer $x \geq 0$ for which an interval of length $[[n]]$, after being halved $x$ "
                r"times, is shorter than $\frac{1}{[[a]]}$"
            ),
        ),
        solve=_solve_bisection,
        check=_check_bisection,
    ),
)
