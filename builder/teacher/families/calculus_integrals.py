"""Calculus: integrals."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import sympy
from numpy.typing import NDArray

from ..family import Family, Params, Solution, Topic, Wording, tex
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
)
