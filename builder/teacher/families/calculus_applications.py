"""Calculus: what derivatives are used for."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import power, quotient, signed_sum
from ..slots import Choice, Integer
from .calculus_derivatives import has_square_product

TOPICS = (
    Topic(
        "Applications of Derivatives",
        subject="Calculus",
        school_level="high school",
        concepts={
            "critical points": ("critical point", "stationary point", "stationary points", "local extrema"),
            "inflection point": ("inflection points", "point of inflection", "points of inflection"),
            "second derivative": ("second derivatives", "concavity", "second-order derivative"),
            "optimization of functions": (
                "maxima and minima",
                "minimization of a function",
                "global minimum",
                "local minimum",
                "maximum of a function",
            ),
            "related rates": ("rate of change", "rates of change"),
            "partial derivatives": ("partial derivative", "partial differentiation"),
            "gradient vector": (
                "gradient of a function",
                "steepest ascent",
                "directional derivative",
                "steepest descent",
            ),
            "newton's method": ("newton-raphson", "newton-raphson method", "newton iteration", "newton's iteration"),
        },
    ),
)


def _solve_fence(params: Params) -> Solution:
    n = params["n"]
    value = Fraction(n * n, 8)
    return Solution(
        (
            f"If the two sides at right angles to the third are $x$ long, then the third is ${n} - 2x$ long.",
            f"The area is $x({n} - 2x)$, with the derivative ${n} - 4x$.",
            f"It is zero at $x = {tex(Fraction(n, 4))}$, where the area changes from growing to shrinking.",
            f"The third side is then ${tex(Fraction(n, 2))}$ long, and the area is "
            rf"${tex(Fraction(n, 4))} \cdot {tex(Fraction(n, 2))} = {tex(value)}$.",
        ),
        value,
    )


def _check_fence(params: Params) -> float:
    x = np.linspace(0, params["n"] / 2, 100_001)
    return float((x * (params["n"] - 2 * x)).max())


def _solve_minimum(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    r = math.isqrt(a * n)
    return Solution(
        (
            rf"The derivative of ${a}x + \frac{{{n}}}{{x}}$ is ${a} - \frac{{{n}}}{{x^{{2}}}}$.",
            rf"It is zero where $x^{{2}} = {quotient(n, a)}$, negative before and positive after, so the least "
            "value is taken there.",
            rf"There both terms are equal, and their product is ${a} \cdot {n} = {a * n}$, so each of them is ${r}$.",
            rf"The least value is ${r} + {r} = {2 * r}$.",
        ),
        2 * r,
    )


def _check_minimum(params: Params) -> float:
    x = np.geomspace(0.01, 100, 60_001)
    return float((params["a"] * x + params["n"] / x).min())


def _solve_extrema(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    high, low = (2 * x**3 - 3 * (a + n) * x * x + 6 * a * n * x for x in (a, n))
    return Solution(
        (
            rf"The derivative is $6x^{{2}} - 6({a} + {n})x + 6 \cdot {a} \cdot {n} = 6(x - {a})(x - {n})$.",
            f"So the critical points are at $x = {a}$, a local maximum, and at $x = {n}$, a local minimum.",
            f"The heights of the curve there are ${high}$ and ${low}$.",
            f"The difference is ${signed_sum((high, -low))} = {high - low}$.",
        ),
        high - low,
    )


def _check_extrema(params: Params) -> int:
    """What the derivative loses between its zeros."""
    a, n = params["a"], params["n"]
    x, weights = np.polynomial.legendre.leggauss(3)
    middle, half = (a + n) / 2, (n - a) / 2
    return round(float(-half * (weights * 6 * (half * x + middle - a) * (half * x + middle - n)).sum()))


def _solve_inflection(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = a - Fraction(n * n, 3)
    return Solution(
        (
            f"The first derivative is $3x^{{2}} - {2 * n}x + {a}$, and the second is $6x - {2 * n}$.",
            f"The second derivative changes its sign at $x = {tex(Fraction(n, 3))}$, so the inflection point is there.",
            rf"The slope at this point is $3 \cdot {power(Fraction(n, 3), 2)} - {2 * n} \cdot {tex(Fraction(n, 3))} + "
            f"{a} = {tex(value)}$.",
        ),
        value,
    )


def _check_inflection(params: Params) -> float:
    """The slope is least at the inflection point."""
    x = np.linspace(params["n"] / 3 - 1, params["n"] / 3 + 1, 2_001)
    return float((3 * x * x - 2 * params["n"] * x + params["a"]).min())


def _solve_ladder(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    height = math.isqrt(b * b - a * a)
    value = Fraction(a * n, height)
    return Solution(
        (
            rf"With $x$ for the horizontal and $y$ for the vertical distance, $x^{{2}} + y^{{2}} = {b}^{{2}}$ at all "
            "times.",
            f"When $x = {a}$, we have $y = {height}$, because ${b}^{{2}} - {a}^{{2}} = {height}^{{2}}$.",
            "Differentiating with respect to time shows that $x$ times its rate equals $y$ times the rate at which it "
            "falls.",
            rf"So the rate is $\frac{{{a} \cdot {n}}}{{{height}}} = {tex(value)}$.",
        ),
        value,
    )


def _check_ladder(params: Params) -> float:
    a, b, n = params["a"], params["b"], params["n"]
    with localcontext() as context:
        context.prec = 60
        step = Decimal(10) ** -20
        before, after = ((b * b - (a + n * moment) ** 2).sqrt() for moment in (-step, step))
        return float((before - after) / (2 * step))


def _ladder_fits(params: Params) -> bool:
    square = params["b"] ** 2 - params["a"] ** 2
    return bool(square > 0 and math.isqrt(square) ** 2 == square)


def _solve_partial(params: Params) -> Solution:
    a, n, c, d = (params[name] for name in "ancd")
    value = 2 * c * a * n + d * n * n
    return Solution(
        (
            f"For the partial derivative with respect to $x$, treat $y$ as a constant: it is ${2 * c}xy + {d}y^{{2}}$.",
            rf"At $x = {a}$ and $y = {n}$ the two terms are ${2 * c} \cdot {a} \cdot {n} = {2 * c * a * n}$ and "
            rf"${d} \cdot {n}^{{2}} = {d * n * n}$.",
            f"So the value is ${2 * c * a * n} + {d * n * n} = {value}$.",
        ),
        value,
    )


def _check_partial(params: Params) -> float:
    a, n, c, d = (params[name] for name in "ancd")
    x = a + 1e-20j
    return float((c * x * x * n + d * x * n * n).imag / 1e-20)


def _solve_gradient(params: Params) -> Solution:
    a, n, c = params["a"], params["n"], params["c"]
    r = math.isqrt(a * a + n * n)
    return Solution(
        (
            f"The partial derivatives of ${c}xy$ are ${c}y$ with respect to $x$ and ${c}x$ with respect to $y$.",
            f"At the given point the gradient is $({c * n}, {c * a})$.",
            "The greatest slope in any direction is the length of the gradient.",
            rf"It is $\sqrt{{{c * n}^{{2}} + {c * a}^{{2}}}} = {c * r}$.",
        ),
        c * r,
    )


def _check_gradient(params: Params) -> float:
    angle = np.linspace(0, math.pi / 2, 100_001)
    a, n, c = params["a"], params["n"], params["c"]
    step = 1e-20j
    return float(((c * (a + step * np.cos(angle)) * (n + step * np.sin(angle))).imag / 1e-20).max())


def _solve_newton(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = Fraction(a * a + n, 2 * a)
    return Solution(
        (
            rf"Newton's method replaces $x$ by $x - \frac{{x^{{2}} - {n}}}{{2x}}$, since $2x$ is the derivative of "
            rf"$x^{{2}} - {n}$.",
            f"At $x = {a}$ we have $x^{{2}} - {n} = {a * a - n}$ and $2x = {2 * a}$.",
            f"So the next value is ${_minus(a, Fraction(a * a - n, 2 * a))} = {tex(value)}$.",
        ),
        value,
    )


def _minus(a: int, b: Fraction) -> str:
    return f"{a} - {tex(b)}" if b >= 0 else f"{a} + {tex(-b)}"


FAMILIES = (
    Family(
        name="largest_area_with_three_sides",
        concepts=("optimization of functions", "critical points"),
        school_level="high school",
        slots={"n": Integer(8, 100)},
        wordings=(
            Wording(
                "the largest area in square meters that can be enclosed",
                given="A farmer has $[[n]]$ m of fence for three sides of a rectangular field. The fourth side is a "
                "straight river and needs no fence.",
            ),
            Wording(
                "the greatest possible cross-sectional area of the gutter in square centimeters",
                given="A strip of metal that is $[[n]]$ cm wide is bent into a gutter with a rectangular cross-section "
                "that is open at the top.",
            ),
            Wording("the greatest value of $x([[n]] - 2x)$ over all real numbers $x$"),
        ),
        solve=_solve_fence,
        check=_check_fence,
        where=lambda p: p["n"] % 2 == 0,
    ),
    Family(
        name="least_value_of_sum_with_reciprocal",
        concepts=("optimization of functions", "derivatives"),
        school_level="high school",
        slots={"a": Integer(2, 30), "n": Integer(2, 60)},
        wordings=(
            Wording(r"the least value of $[[a]]x + \frac{[[n]]}{x}$ for $x > 0$"),
            Wording(
                "the lowest possible cost in dollars",
                given="Producing a batch of $x$ hundred bolts, where $x$ is a positive real number, costs $[[a]]x$ "
                r"dollars for storage and $\frac{[[n]]}{x}$ dollars for setting up the machines.",
            ),
            Wording(r"the height of the lowest point of the curve $y = [[a]]x + \frac{[[n]]}{x}$ with $x > 0$"),
        ),
        solve=_solve_minimum,
        check=_check_minimum,
        where=has_square_product,
    ),
    Family(
        name="difference_of_local_extrema",
        concepts=("critical points", "derivatives"),
        school_level="high school",
        slots={"a": Integer(1, 12), "n": Integer(2, 20)},
        wordings=(
            Wording(
                "the difference between the local maximum and the local minimum of "
                r"$2x^{3} - 3([[a]] + [[n]])x^{2} + 6 \cdot [[a]] \cdot [[n]] \cdot x$"
            ),
            Wording(
                "the vertical distance between its two stationary points",
                given=r"Consider the curve $y = 2x^{3} - 3([[a]] + [[n]])x^{2} + 6 \cdot [[a]] \cdot [[n]] \cdot x$.",
            ),
            Wording(
                "the amount by which the water level sinks between its local maximum and its local minimum",
                given=r"The water level at time $x$ is $2x^{3} - 3([[a]] + [[n]])x^{2} + 6 \cdot [[a]] \cdot [[n]] "
                r"\cdot x$ units.",
            ),
        ),
        solve=_solve_extrema,
        check=_check_extrema,
        where=lambda p: 1 < p["n"] - p["a"] <= 8,
    ),
    Family(
        name="slope_at_inflection_point",
        concepts=("inflection point", "second derivative"),
        school_level="high school",
        slots={"a": Integer(2, 60), "n": Integer(3, 24)},
        wordings=(
            Wording("the slope of the curve $y = x^{3} - [[n]]x^{2} + [[a]]x$ at its inflection point"),
            Wording("the least slope of the curve $y = x^{3} - [[n]]x^{2} + [[a]]x$"),
            Wording(
                "the value of the first derivative at the point where the second derivative is zero",
                given="Consider the polynomial $x^{3} - [[n]]x^{2} + [[a]]x$.",
            ),
        ),
        solve=_solve_inflection,
        check=_check_inflection,
        where=lambda p: p["n"] % 3 == 0 and 3 * p["a"] != p["n"] ** 2,
    ),
    Family(
        name="sliding_ladder",
        concepts=("related rates", "chain rule"),
        school_level="high school",
        slots={"a": Integer(3, 40), "b": Integer(5, 50), "n": Integer(2, 30)},
        wordings=(
            Wording(
                "the speed, in centimeters per second, at which its top slides down at this moment",
                given="A ladder that is $[[b]]$ dm long leans against a vertical wall. Its foot slides away from the "
                "wall at $[[n]]$ cm per second. At some moment the foot is $[[a]]$ dm away from the wall.",
            ),
            Wording(
                "the rate at which $y$ decreases at this moment",
                given="Two positive quantities $x$ and $y$ change with time so that $x^{2} + y^{2} = [[b]]^{2}$ always "
                "holds. At the moment when $x = [[a]]$, the derivative of $x$ with respect to time is $[[n]]$.",
            ),
            Wording(
                "the speed of its shadow on the vertical axis when its horizontal coordinate is $[[a]]$",
                given="A point moves clockwise on the first quadrant of the circle $x^{2} + y^{2} = [[b]]^{2}$. Its "
                "horizontal coordinate always grows at the rate $[[n]]$.",
            ),
        ),
        solve=_solve_ladder,
        check=_check_ladder,
        where=_ladder_fits,
    ),
    Family(
        name="partial_derivative",
        concepts=("partial derivatives",),
        school_level="college",
        slots={"a": Integer(1, 9), "n": Integer(2, 12), "c": Integer(2, 6), "d": Integer(2, 6)},
        wordings=(
            Wording(
                "the partial derivative of $[[c]]x^{2}y + [[d]]xy^{2}$ with respect to $x$ at $(x, y) = ([[a]], [[n]])$"
            ),
            Wording(
                "the slope of the surface in the direction of the $x$-axis over the point $([[a]], [[n]])$",
                given="A surface has the height $[[c]]x^{2}y + [[d]]xy^{2}$ over the point $(x, y)$.",
            ),
            Wording(
                "the marginal output with respect to $x$ at $x = [[a]]$ and $y = [[n]]$",
                given="A workshop with $x$ workers and $y$ machines makes $[[c]]x^{2}y + [[d]]xy^{2}$ toys. The "
                "marginal output is the partial derivative of this number.",
            ),
        ),
        solve=_solve_partial,
        check=_check_partial,
    ),
    Family(
        name="greatest_slope_of_surface",
        concepts=("gradient vector", "partial derivatives"),
        school_level="college",
        slots={"a": Integer(3, 60), "n": Integer(3, 60), "c": Choice((2, 3, 4, 5))},
        wordings=(
            Wording("the length of the gradient of $[[c]]xy$ at the point $(x, y) = ([[a]], [[n]])$"),
            Wording("the greatest directional derivative of $[[c]]xy$ at the point $([[a]], [[n]])$ in any direction"),
            Wording(
                "the rate of change of the temperature, in degrees per meter, in the direction in which it rises most "
                "quickly",
                given="The temperature at the point $(x, y)$ of a plate is $[[c]]xy$ degrees, with coordinates in "
                "meters. A beetle sits at the point $([[a]], [[n]])$.",
            ),
        ),
        solve=_solve_gradient,
        check=_check_gradient,
        where=lambda p: math.isqrt(p["a"] ** 2 + p["n"] ** 2) ** 2 == p["a"] ** 2 + p["n"] ** 2,
    ),
    Family(
        name="newton_step",
        concepts=("newton's method", "derivatives"),
        school_level="college",
        slots={"a": Integer(1, 12), "n": Integer(2, 90)},
        wordings=(
            Wording(
                "the value after one step of Newton's method for the equation $x^{2} - [[n]] = 0$, starting at "
                "$x = [[a]]$"
            ),
            Wording(
                r"the next approximation to $\sqrt{[[n]]}$",
                given="Newton's method is applied to the equation $x^{2} - [[n]] = 0$. The current approximation is "
                "$[[a]]$.",
            ),
            Wording(
                "the $x$-coordinate of the point in which this tangent meets the $x$-axis",
                given="The tangent to the parabola $y = x^{2} - [[n]]$ is drawn at the point with $x = [[a]]$.",
            ),
        ),
        solve=_solve_newton,
        check=lambda p: float(p["a"] - np.polyval([1, 0, -p["n"]], p["a"]) / np.polyval(np.polyder([1, 0, 0]), p["a"])),
        where=lambda p: abs(p["a"] ** 2 - p["n"]) <= max(6, 3 * p["a"]) and p["a"] ** 2 != p["n"],
    ),
)
