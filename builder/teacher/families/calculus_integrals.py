"""Calculus: integrals, Taylor series, quadrature and interpolation."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import sympy
from numpy.typing import NDArray

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import factor, signed_sum
from ..slots import Choice, Integer, write_polynomial

Vector = NDArray[np.float64]

TOPICS = (
    Topic(
        "Integrals",
        subject="Calculus",
        school_level="high school",
        concepts={
            "definite integrals": ("definite integral", "integration", "integrals", "riemann integral"),
            "antiderivatives": ("antiderivative", "indefinite integral", "indefinite integrals", "primitive function"),
            "fundamental theorem of calculus": ("newton-leibniz formula",),
            "area between curves": ("area between two curves", "area under a curve", "area under the curve"),
            "integration by parts": ("partial integration",),
            "integration by substitution": ("u-substitution", "change of variables", "substitution rule"),
            "volume of revolution": ("solid of revolution", "solids of revolution", "disk method"),
            "average value of a function": ("mean value of a function", "average value over an interval"),
            "improper integrals": ("improper integral", "infinite interval of integration"),
            "double integrals": ("double integral", "multiple integrals", "iterated integral", "dblquad"),
        },
    ),
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


def _solve_area(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    width = n - a
    value = Fraction(width**3, 6)
    return Solution(
        (
            f"The line and the parabola meet where $x^{{2}} = {a + n}x - {a * n}$, that is at $x = {a}$ and $x = {n}$.",
            f"Between them the line lies above by $(x - {a})({n} - x)$.",
            f"With $u = x - {a}$ this is $u({width} - u)$, to be integrated from $0$ to ${width}$.",
            rf"The integral is $\frac{{{width}^{{3}}}}{{2}} - \frac{{{width}^{{3}}}}{{3}} = {tex(value)}$.",
        ),
        value,
    )


def _gauss(function: Callable[[Vector], Vector], low: float, high: float) -> float:
    """A definite integral of a smooth function, by Gauss-Legendre quadrature with 40 points."""
    x, weights = np.polynomial.legendre.leggauss(40)
    half = (high - low) / 2
    return float(half * (weights * function(half * x + (low + high) / 2)).sum())


def _solve_definite(params: Params) -> Solution:
    a, b, n = params["a"] // 3, params["b"] // 2, params["n"]
    value = a * n**3 + b * n * n
    return Solution(
        (
            f"An antiderivative of ${3 * a}x^{{2}} + {2 * b}x$ is ${a}x^{{3}} + {b}x^{{2}}$.",
            "It is zero at the lower limit of integration.",
            rf"At $x = {n}$ its terms are ${a} \cdot {n}^{{3}} = {a * n**3}$ and ${b} \cdot {n}^{{2}} = {b * n * n}$.",
            f"So the integral is ${a * n**3} + {b * n * n} = {value}$.",
        ),
        value,
    )


def _solve_upper_limit(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = 2 * n * (n * n + a)
    return Solution(
        (
            "By the fundamental theorem of calculus, the derivative with respect to the upper limit is the integrand "
            "at the upper limit.",
            "By the chain rule, this is multiplied by the derivative $2x$ of the upper limit $x^{2}$: the "
            "derivative "
            f"is $2x(x^{{2}} + {a})$.",
            rf"At $x = {n}$ it is $2 \cdot {n} \cdot ({n}^{{2}} + {a}) = {value}$.",
        ),
        value,
    )


def _check_upper_limit(params: Params) -> float:
    x = params["n"] + 1e-20j
    upper = x * x
    return float((upper * upper / 2 + params["a"] * upper).imag / 1e-20)


def _solve_by_parts(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = n * sympy.pi + 2 * a
    return Solution(
        (
            r"Integrate by parts, with the antiderivative $-\cos x$ of $\sin x$.",
            rf"The boundary terms of $-({n}x + {a}) \cos x$ contribute $({n}\pi + {a}) + {a} = {n}\pi + {2 * a}$.",
            rf"The remaining integral of ${n} \cos x$ from $0$ to $\pi$ is $0$.",
            rf"So the integral is ${n}\pi + {2 * a}$.",
        ),
        value,
    )


def _solve_substitution(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    low, high = math.isqrt(a), math.isqrt(n * n + a)
    value = Fraction(high**3 - low**3, 3)
    return Solution(
        (
            f"Substitute $u = x^{{2}} + {a}$, so that $du = 2x \\, dx$ and $u$ runs from ${a}$ to ${n * n + a}$.",
            r"The integral becomes one half of the integral of $\sqrt{u}$, whose antiderivative is "
            r"$\frac{2}{3} u \sqrt{u}$.",
            rf"So it is $\frac{{1}}{{3}}({n * n + a} \cdot {high} - {a} \cdot {low}) = {tex(value)}$.",
        ),
        value,
    )


def _solve_volume(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    square = a * n * n
    value = sympy.pi * sympy.Rational(square, 2)
    return Solution(
        (
            rf"The cross-section at $x$ is a disk of radius $\sqrt{{{a}x}}$ and area ${a}\pi x$.",
            rf"An antiderivative of ${a}\pi x$ is $\frac{{{a}\pi x^{{2}}}}{{2}}$.",
            rf"From $0$ to ${n}$ this gives the volume $\frac{{{a}\pi \cdot {n}^{{2}}}}{{2}} = {tex(value)}$.",
        ),
        int(value) if value.is_Integer else value,
    )


def _solve_average(params: Params) -> Solution:
    a, b, n = params["a"] // 3, params["b"], params["n"]
    value = a * n * n + b
    cube = f"{n}^{{3}}" if a == 1 else rf"{a} \cdot {n}^{{3}}"
    return Solution(
        (
            f"An antiderivative of ${3 * a}x^{{2}} + {b}$ is ${write_polynomial((a, 0, b, 0))}$.",
            rf"So the integral from $0$ to ${n}$ is ${cube} + {b} \cdot {n} = {n * value}$.",
            rf"Dividing by the length ${n}$ of the interval gives $\frac{{{n * value}}}{{{n}}} = {value}$.",
        ),
        value,
    )


def _solve_improper(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = Fraction(n, 2 * a * a)
    return Solution(
        (
            rf"An antiderivative of $\frac{{{n}}}{{x^{{3}}}}$ is $-\frac{{{n}}}{{2x^{{2}}}}$.",
            "It tends to $0$ as $x$ grows without bound.",
            rf"At the lower limit it is $-\frac{{{n}}}{{2 \cdot {a}^{{2}}}} = {tex(-value)}$, so the integral is "
            f"${tex(value)}$.",
        ),
        value,
    )


def _check_improper(params: Params) -> float:
    """With t = 1 / x the interval becomes finite and the integrand n t."""
    return _gauss(lambda t: params["n"] * t, 0, 1 / params["a"])


def _solve_double(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = Fraction(a * n * (a + n), 2)
    return Solution(
        (
            f"Integrating $x + y$ over $y$ from $0$ to ${n}$ gives ${n}x + {tex(Fraction(n * n, 2))}$.",
            rf"Integrating this over $x$ from $0$ to ${a}$ gives ${n} \cdot \frac{{{a}^{{2}}}}{{2}} + "
            rf"{tex(Fraction(n * n, 2))} \cdot {a} = {tex(value)}$.",
        ),
        value,
    )


def _check_double(params: Params) -> float:
    """The mean of x + y over the rectangle is taken at its middle."""
    cells = 8
    x = (np.arange(cells) + 0.5) * params["a"] / cells
    y = (np.arange(cells) + 0.5) * params["n"] / cells
    return float((x[:, None] + y[None, :]).sum() * params["a"] * params["n"] / cells**2)


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
        name="definite_integral",
        concepts=("definite integrals", "antiderivatives"),
        school_level="high school",
        slots={"a": Choice((3, 6, 9, 12)), "b": Choice((2, 4, 6, 8, 10)), "n": Integer(2, 12)},
        wordings=(
            Wording(
                r"the integral $\int_{0}^{[[n]]} \left([[a]]x^{2} + [[b]]x\right) "
                "dx$"
            ),
            Wording(
                r"the area of the region between the curve $y = [[a]]x^{2} + [[b]]x$, "
                "the $x$-axis and the line $x = [[n]]$"
            ),
            Wording(
                "the distance in meters that the train covers in the first $[[n]]$ seconds",
                given=r"A model train has the velocity $[[a]]x^{2} + [[b]]x$ meters per "
                "second after $x$ seconds.",
            ),
        ),
        solve=_solve_definite,
        check=lambda p: _gauss(lambda x: p["a"] * x**2 + p["b"] * x, 0, p["n"]),
    ),
    Family(
        name="area_between_parabola_and_line",
        concepts=("area between curves", "definite integrals"),
        school_level="high school",
        slots={"a": Integer(1, 15), "n": Integer(2, 30)},
        wordings=(
            Wording(
                r"the area enclosed by the parabola $y = x^{2}$ and the line $y = ([[a]] + [[n]])x - [[a]] \cdot [[n]]$"
            ),
            Wording(
                "the area of the region between the parabola and the chord",
                given="On the parabola $y = x^{2}$, the points with $x = [[a]]$ and $x = [[n]]$ are joined by a chord.",
            ),
            Wording(r"the integral $\int_{[[a]]}^{[[n]]} (x - [[a]])([[n]] - x) \, dx$"),
        ),
        solve=_solve_area,
        check=lambda p: _gauss(lambda x: (p["a"] + p["n"]) * x - p["a"] * p["n"] - x * x, p["a"], p["n"]),
        where=lambda p: 2 <= p["n"] - p["a"] <= 18,
    ),
    Family(
        name="derivative_of_integral",
        concepts=("fundamental theorem of calculus", "chain rule"),
        school_level="high school",
        slots={"a": Integer(2, 30), "n": Integer(2, 12)},
        wordings=(
            Wording(r"the value at $x = [[n]]$ of the derivative of $\int_{0}^{x^{2}} (u + [[a]]) \, du$"),
            Wording(
                "the slope of this curve at $x = [[n]]$",
                given=r"For $x > 0$, a curve is given by $y = \int_{0}^{x^{2}} (u + [[a]]) \, du$.",
            ),
            Wording(
                r"the rate of change of $y$ with respect to $x$ at $x = [[n]]$",
                given="For $x > 0$, let $y$ be the area under the line with the equation $v = u + [[a]]$, over the "
                "interval from $u = 0$ to $u = x^{2}$.",
            ),
        ),
        solve=_solve_upper_limit,
        check=_check_upper_limit,
    ),
    Family(
        name="integral_by_parts",
        concepts=("integration by parts", "antiderivatives"),
        school_level="college",
        slots={"a": Integer(2, 20), "n": Integer(2, 20)},
        wordings=(
            Wording(r"the integral $\int_{0}^{\pi} ([[n]]x + [[a]]) \sin x \, dx$"),
            Wording(
                r"the area of the region between the curve $y = ([[n]]x + [[a]]) \sin x$ and the $x$-axis from $x = 0$ "
                r"to $x = \pi$"
            ),
            Wording(
                r"the total charge in coulombs that flows from $x = 0$ to $x = \pi$",
                given=r"The current in a wire after $x$ seconds is $([[n]]x + [[a]]) \sin x$ amperes.",
            ),
        ),
        solve=_solve_by_parts,
        check=lambda p: _gauss(lambda x: (p["n"] * x + p["a"]) * np.sin(x), 0, math.pi),
    ),
    Family(
        name="integral_by_substitution",
        concepts=("integration by substitution", "definite integrals"),
        school_level="college",
        slots={"a": Integer(4, 225), "n": Integer(3, 24)},
        wordings=(
            Wording(r"the integral $\int_{0}^{[[n]]} x \sqrt{x^{2} + [[a]]} \, dx$"),
            Wording(
                r"the area under the curve $y = x \sqrt{x^{2} + [[a]]}$ between $x = 0$ and $x = [[n]]$",
            ),
            Wording(
                "the work, in joules, that is needed to stretch it from $x = 0$ to $x = [[n]]$",
                given=r"Stretching a rubber band by $x$ meters takes a force of $x \sqrt{x^{2} + [[a]]}$ newtons.",
            ),
        ),
        solve=_solve_substitution,
        check=lambda p: _gauss(lambda x: x * np.sqrt(x * x + p["a"]), 0, p["n"]),
        where=lambda p: (
            math.isqrt(p["a"]) ** 2 == p["a"] and math.isqrt(p["n"] ** 2 + p["a"]) ** 2 == p["n"] ** 2 + p["a"]
        ),
    ),
    Family(
        name="volume_of_revolution",
        concepts=("volume of revolution", "definite integrals"),
        school_level="high school",
        slots={"a": Integer(2, 12), "n": Integer(2, 12)},
        wordings=(
            Wording(
                r"the volume of the solid that arises when the region under the curve $y = \sqrt{[[a]]x}$ from $x = 0$ "
                "to $x = [[n]]$ turns about the $x$-axis"
            ),
            Wording(
                "the volume of the bowl",
                given=r"The inside of a bowl is formed by turning the curve $y = \sqrt{[[a]]x}$, for $x$ from $0$ to "
                "$[[n]]$, about the $x$-axis.",
            ),
            Wording(
                "the volume of the body",
                given=r"A body reaches from $x = 0$ to $x = [[n]]$. Its cross-section at $x$ is a disk of radius "
                r"$\sqrt{[[a]]x}$.",
            ),
        ),
        solve=_solve_volume,
        check=lambda p: _gauss(lambda x: np.pi * np.sqrt(p["a"] * x) ** 2, 0, p["n"]),
    ),
    Family(
        name="average_of_quadratic",
        concepts=("average value of a function", "definite integrals"),
        school_level="high school",
        slots={"a": Choice((3, 6, 9, 12)), "b": Integer(2, 30), "n": Integer(2, 9)},
        wordings=(
            Wording(r"the average value of $[[a]]x^{2} + [[b]]$ for $x$ from $0$ to $[[n]]$"),
            Wording(
                "the mean temperature, in degrees, over the whole rod",
                given="A rod lies along the $x$-axis from $0$ to $[[n]]$. Its temperature at $x$ is "
                r"$[[a]]x^{2} + [[b]]$ degrees.",
            ),
            Wording(
                "the average speed in meters per second over the first $[[n]]$ seconds",
                given=r"After $x$ seconds, a sled moves at $[[a]]x^{2} + [[b]]$ meters per second.",
            ),
        ),
        solve=_solve_average,
        check=lambda p: _gauss(lambda x: p["a"] * x * x + p["b"], 0, p["n"]) / p["n"],
    ),
    Family(
        name="improper_integral",
        concepts=("improper integrals", "antiderivatives"),
        school_level="college",
        slots={"a": Integer(1, 6), "n": Integer(2, 90)},
        wordings=(
            Wording(r"the improper integral $\int_{[[a]]}^{\infty} \frac{[[n]]}{x^{3}} \, dx$"),
            Wording(
                r"the area of the unbounded region to the right of the line $x = [[a]]$, between the $x$-axis and the "
                r"curve $y = \frac{[[n]]}{x^{3}}$"
            ),
            Wording(
                "the work needed to move the body from $x = [[a]]$ to infinity",
                given=r"At the distance $x$ from a center, a body is pulled towards it by a force of "
                r"$\frac{[[n]]}{x^{3}}$.",
            ),
        ),
        solve=_solve_improper,
        check=_check_improper,
        where=lambda p: p["n"] % p["a"] == 0,
    ),
    Family(
        name="double_integral",
        concepts=("double integrals",),
        school_level="college",
        slots={"a": Integer(2, 10), "n": Integer(2, 15)},
        wordings=(
            Wording(r"the double integral $\int_{0}^{[[a]]} \int_{0}^{[[n]]} (x + y) \, dy \, dx$"),
            Wording(
                "the mass of the plate in grams",
                given="A rectangular plate covers the points with $0 \\leq x \\leq [[a]]$ and $0 \\leq y \\leq [[n]]$, "
                "in centimeters. At $(x, y)$ it has $x + y$ grams of mass per square centimeter.",
            ),
            Wording(
                r"the volume of the solid under the plane $z = x + y$ over the rectangle with "
                r"$0 \leq x \leq [[a]]$ and $0 \leq y \leq [[n]]$"
            ),
        ),
        solve=_solve_double,
        check=_check_double,
    ),
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
