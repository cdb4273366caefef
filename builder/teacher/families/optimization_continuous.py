"""Optimization: descent steps, root finding, convexity and multipliers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Integer

TOPICS = (
    Topic(
        "Continuous Optimization",
        subject="Optimization",
        school_level="college",
        concepts={
            "gradient descent": ("gradient descent step", "gradient method"),
            "learning rate": ("step size", "learning rates"),
            "secant method": ("method of secants",),
            "convex function": ("convex functions", "convexity", "strictly convex", "convex optimization"),
            "lagrange multipliers": ("lagrange multiplier", "method of lagrange multipliers", "lagrangian multipliers"),
            "constrained optimization": (
                "equality constraint",
                "constrained minimization",
                "optimization under constraints",
            ),
            "quadratic minimization": ("vertex of a parabola", "minimum of a quadratic", "quadratic optimization"),
        },
    ),
)


def _descent_step(params: Params) -> Solution:
    a, n, d = params["a"], params["n"], params["d"]
    slope = 2 * (n - a)
    value = Fraction(n) - Fraction(slope, d)
    return Solution(
        (
            f"The derivative is $2(x - {a})$, and at $x = {n}$ it is $2 \\cdot ({n} - {a}) = {slope}$.",
            rf"The step is $\frac{{1}}{{{d}}}$ of this, taken against the direction of growth.",
            rf"The new point is ${n} - \frac{{{slope}}}{{{d}}} = {tex(value)}$."
            if slope > 0
            else rf"The new point is ${n} + \frac{{{-slope}}}{{{d}}} = {tex(value)}$.",
        ),
        value,
    )


def _descent_check(params: Params) -> float:
    a, n, d = params["a"], params["n"], params["d"]
    step = 1e-3  # a central difference is exact for a parabola
    slope = ((n + step - a) ** 2 - (n - step - a) ** 2) / (2 * step)
    return float(n - slope / d)


def _newton_step(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = Fraction(n * n + a, 2 * n)
    return Solution(
        (
            f"Newton's method goes from $x$ to $x - \\frac{{x^2 - {a}}}{{2x}}$.",
            rf"At $x = {n}$ the numerator is ${n}^2 - {a} = {n * n - a}$ and the denominator is $2 \cdot {n} = "
            rf"{2 * n}$.",
            rf"The next value is ${n} - \frac{{{n * n - a}}}{{{2 * n}}} = {tex(value)}$."
            if n * n >= a
            else rf"The next value is ${n} + \frac{{{a - n * n}}}{{{2 * n}}} = {tex(value)}$.",
        ),
        value,
    )


def _bisection_point(params: Params) -> Solution:
    n = params["n"]
    low, high = Fraction(0), Fraction(params["b"])
    told: list[str] = []
    for _ in range(3):
        middle = (low + high) / 2
        above = middle**2 > n
        told.append(
            rf"The middle is ${tex(middle)}$, and its square ${tex(middle**2)}$ is "
            rf"{'above' if above else 'below'} ${n}$, so the root lies in the {'lower' if above else 'upper'} half."
        )
        low, high = (low, middle) if above else (middle, high)
    value = (low + high) / 2
    return Solution(
        (
            *told,
            rf"The interval is now $\left[{tex(low)}, {tex(high)}\right]$, and its middle is ${tex(value)}$.",
        ),
        value,
    )


def _bisection_check(params: Params) -> float:
    """After three halvings the middle is an odd number of sixteenths of the interval."""
    sixteenth = params["b"] / 16
    cell = math.floor(math.sqrt(params["n"]) / (2 * sixteenth))
    return float((2 * cell + 1) * sixteenth)


def _secant_step(params: Params) -> Solution:
    a, n, m = params["a"], params["n"], params["n"] + params["d"]
    left, right = n * n - a, m * m - a
    value = Fraction(m) - Fraction(right * (m - n), right - left)
    return Solution(
        (
            f"At the two points the function $x^2 - {a}$ has the values ${n}^2 - {a} = {left}$ and ${m}^2 - {a} = "
            f"{right}$.",
            rf"The secant has the slope $\frac{{{m}^2 - {n}^2}}{{{m} - {n}}} = {n + m}$.",
            rf"It meets the axis at ${m} - \frac{{{right}}}{{{n + m}}} = {tex(value)}$."
            if right >= 0
            else rf"It meets the axis at ${m} + \frac{{{-right}}}{{{n + m}}} = {tex(value)}$.",
        ),
        value,
    )


def _secant_check(params: Params) -> float:
    a, n, m = params["a"], params["n"], params["n"] + params["d"]
    slope, height = np.polyfit([n, m], [n * n - a, m * m - a], 1)
    return float(-height / slope)


def _greatest_quadratic(params: Params) -> Solution:
    a, n, c = params["a"], params["n"], params["c"]
    value = c + Fraction(n * n, 4 * a)
    return Solution(
        (
            f"The expression ${c} + {n}x - {a}x^2$ describes a parabola that opens downwards.",
            rf"Its derivative ${n} - {2 * a}x$ is zero at $x = {tex(Fraction(n, 2 * a))}$.",
            rf"There the value is ${c} + \frac{{{n}^2}}{{4 \cdot {a}}} = {tex(value)}$, which is the greatest.",
        ),
        value,
    )


def _convex_bound(params: Params) -> Solution:
    n, d = params["n"], params["d"]
    value = Fraction(3 * n * n, 8 * d)
    return Solution(
        (
            f"The second derivative is ${12 * d}x^2 - {6 * n}x + 2c$.",
            "The function is convex exactly if this quadratic is never negative.",
            rf"Its least value is at $x = \frac{{{6 * n}}}{{2 \cdot {12 * d}}} = {tex(Fraction(n, 4 * d))}$, "
            rf"and it is $2c - \frac{{{6 * n}^2}}{{4 \cdot {12 * d}}} = 2c - {tex(2 * value)}$.",
            rf"This is not negative if $c$ is at least $\frac{{1}}{{2}} \cdot {tex(2 * value)} = {tex(value)}$.",
        ),
        value,
    )


def _convex_check(params: Params) -> float:
    """The largest c that the second derivative asks for at any x, found on shrinking intervals."""
    n, d = params["n"], params["d"]
    low, high = 0.0, float(n)
    for _ in range(60):
        third = (high - low) / 3
        left, right = (6 * n * x - 12 * d * x * x for x in (low + third, high - third))
        low, high = (low + third, high) if left < right else (low, high - third)
    return float(6 * n * low - 12 * d * low * low) / 2


def _nearest_on_line(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    bottom = a * a + b * b
    value = Fraction(n * n, bottom)
    return Solution(
        (
            r"With the multiplier $\lambda$ the conditions are "
            rf"$2x = {a}\lambda$, $2y = {b}\lambda$ and ${a}x + {b}y = {n}$.",
            rf"Substituting the first two into the third gives $\frac{{{a}^2 + {b}^2}}{{2}} \lambda = {n}$, "
            rf"so $\lambda = {tex(Fraction(2 * n, bottom))}$.",
            f"Hence $x = {tex(Fraction(a * n, bottom))}$ and $y = {tex(Fraction(b * n, bottom))}$.",
            f"The least value of $x^2 + y^2$ is ${tex(value)}$.",
        ),
        value,
    )


def _nearest_check(params: Params) -> Fraction:
    """Least squares through the pseudo-inverse, exactly."""
    row = sympy.Matrix([[params["a"], params["b"]]])
    point = row.T * (row * row.T).inv() * params["n"]
    total = point.dot(point)
    return Fraction(int(total.p), int(total.q))


def _largest_product(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    value = Fraction(n * n, 4 * a * b)
    return Solution(
        (
            rf"With a Lagrange multiplier, $y = {a}\lambda$ and $x = {b}\lambda$ at the greatest product.",
            rf"So ${a}x = {b}y$, and each of the two is half of ${n}$.",
            rf"This gives $x = {tex(Fraction(n, 2 * a))}$ and $y = {tex(Fraction(n, 2 * b))}$.",
            rf"The greatest product is ${tex(Fraction(n, 2 * a))} \cdot {tex(Fraction(n, 2 * b))} = {tex(value)}$.",
        ),
        value,
    )


def _product_check(params: Params) -> float:
    a, b, n = params["a"], params["b"], params["n"]
    top, middle, bottom = -a / b, n / b, 0.0  # x (n - a x) / b as a parabola
    return float(np.polyval([top, middle, bottom], np.roots(np.polyder([top, middle, bottom]))[0]))


FAMILIES = (
    Family(
        name="gradient_step",
        concepts=("gradient descent", "learning rate"),
        school_level="college",
        slots={"a": Integer(2, 30), "n": Integer(2, 40), "d": Integer(3, 12)},
        wordings=(
            Wording(
                r"the point reached from $x = [[n]]$ by one step of gradient descent on $(x - [[a]])^2$ with learning "
                r"rate $\frac{1}{[[d]]}$"
            ),
            Wording(
                "the value of the parameter after the update",
                given="A model has one parameter $x$ and the loss $(x - [[a]])^2$. The parameter is $[[n]]$ and is "
                "updated once by "
                r"gradient descent with the step size $\frac{1}{[[d]]}$.",
            ),
            Wording(
                "the next iterate",
                given="The function $(x - [[a]])^2 + 1$ is minimized by steepest descent: from $x$ the method goes "
                "to $x$ minus "
                r"$\frac{1}{[[d]]}$ of the derivative at $x$. The current iterate is $[[n]]$.",
            ),
        ),
        solve=_descent_step,
        check=_descent_check,
        where=lambda p: p["a"] != p["n"],
    ),
    Family(
        name="newton_square_root",
        concepts=("newton's method",),
        school_level="college",
        slots={"a": Integer(2, 99), "n": Integer(2, 30)},
        wordings=(
            Wording("the next iterate of Newton's method for the equation $x^2 - [[a]] = 0$ after $x = [[n]]$"),
            Wording(
                "the improved estimate",
                given=r"To find $\sqrt{[[a]]}$, Newton's method is applied to $x^2 - [[a]]$. The first estimate is "
                r"$[[n]]$, and one step is made.",
            ),
            Wording("the place where the tangent to the curve $y = x^2 - [[a]]$ at $x = [[n]]$ crosses the $x$-axis"),
        ),
        solve=_newton_step,
        check=lambda p: (p["n"] + p["a"] / p["n"]) / 2,
        where=lambda p: p["n"] ** 2 != p["a"],
    ),
    Family(
        name="bisection_third_middle",
        concepts=("bisection method",),
        school_level="college",
        slots={"n": Integer(2, 60), "b": Integer(3, 12)},
        wordings=(
            Wording(
                "the midpoint of the interval that is left after three steps of bisection for the equation $x^2 = "
                "[[n]]$, starting with the interval from $0$ to $[[b]]$"
            ),
            Wording(
                "the estimate after three halvings",
                given=r"The square root of $[[n]]$ is located by bisection. The first interval is $[0, [[b]]]$, each "
                r"step keeps the half that contains the root, and the estimate is the middle of the interval that "
                "remains.",
            ),
            Wording(
                "the centre of the last interval",
                given="The side of a square of area $[[n]]$ is known to lie between $0$ and $[[b]]$. Three times the "
                "interval is halved and the half with the true side is kept.",
            ),
        ),
        solve=_bisection_point,
        check=_bisection_check,
        where=lambda p: p["n"] < p["b"] ** 2 and all((p["b"] * i) ** 2 != 64 * p["n"] for i in range(9)),
    ),
    Family(
        name="secant_step",
        concepts=("secant method",),
        school_level="college",
        slots={"a": Integer(2, 99), "n": Integer(2, 20), "d": Integer(2, 6)},
        wordings=(
            Wording(
                "the next value of the secant method for $x^2 - [[a]] = 0$ after the values $[[n]]$ and $[[n]] + [[d]]$"
            ),
            Wording(
                "the $x$-coordinate of the point where the line meets the $x$-axis",
                given="A line passes through the points of the parabola $y = x^2 - [[a]]$ with $x = [[n]]$ and $x = "
                "[[n]] + [[d]]$.",
            ),
            Wording(
                "the new approximation",
                given=r"The secant method approximates $\sqrt{[[a]]}$ as a zero of $x^2 - [[a]]$. The last two "
                r"approximations were $[[n]]$ and then $[[n]] + [[d]]$.",
            ),
        ),
        solve=_secant_step,
        check=_secant_check,
        where=lambda p: p["n"] ** 2 != p["a"] != (p["n"] + p["d"]) ** 2,
    ),
    Family(
        name="best_quadratic",
        concepts=("quadratic minimization", "objective function"),
        school_level="high school",
        slots={"a": Integer(2, 12), "n": Integer(2, 30), "c": Integer(2, 60)},
        wordings=(
            Wording(r"the greatest value of $[[c]] + [[n]]x - [[a]]x^2$ over all real $x$"),
            Wording(
                "the greatest profit, in euros",
                given=r"If the price is raised by $x$ cents, the daily profit of a kiosk is $[[c]] + [[n]]x "
                r"- [[a]]x^2$ euros, where $x$ may be any real number.",
            ),
            Wording(
                "the maximum height, in metres",
                given=r"After $x$ seconds a toy rocket is at the height of $[[c]] + [[n]]x - [[a]]x^2$ "
                r"metres.",
            ),
        ),
        solve=_greatest_quadratic,
        check=lambda p: float(np.polyval([-p["a"], p["n"], p["c"]], p["n"] / (2 * p["a"]))),
    ),
    Family(
        name="least_convex_coefficient",
        concepts=("convex function",),
        school_level="college",
        slots={"n": Integer(2, 40), "d": Integer(2, 9)},
        wordings=(
            Wording(
                r"the least real number $c$ for which $[[d]]x^4 - [[n]]x^3 + cx^2$ is a convex "
                r"function on the whole real line"
            ),
            Wording(
                "the smallest $c$ that makes the function convex everywhere",
                given=r"Consider the function $[[d]]x^4 - [[n]]x^3 + cx^2 - 5x$ with a real "
                r"parameter $c$.",
            ),
            Wording(
                "the smallest value of $c$ for which the slope of the curve never decreases",
                given=r"A curve has the equation $y = [[d]]x^4 - [[n]]x^3 + cx^2 + 7$.",
            ),
        ),
        solve=_convex_bound,
        check=_convex_check,
    ),
    Family(
        name="nearest_point_on_line",
        concepts=("lagrange multipliers", "constrained optimization"),
        school_level="college",
        slots={"a": Integer(2, 6), "b": Integer(2, 6), "n": Integer(2, 40)},
        wordings=(
            Wording("the least value of $x^2 + y^2$ subject to the constraint $[[a]]x + [[b]]y = [[n]]$"),
            Wording(
                "the square of the distance from the origin to the line $[[a]]x + [[b]]y = [[n]]$",
            ),
            Wording(
                "the smallest possible total cost, in euros",
                given="Two machines together have to do $[[n]]$ units of work. In $x$ hours the first one does "
                "$[[a]]x$ units, in $y$ hours the second one does $[[b]]y$ units, and the hours cost $x^2 + y^2$ "
                "euros.",
            ),
        ),
        solve=_nearest_on_line,
        check=_nearest_check,
        where=lambda p: p["a"] != p["b"],
    ),
    Family(
        name="largest_product",
        concepts=("constrained optimization", "lagrange multipliers"),
        school_level="college",
        slots={"a": Integer(2, 12), "b": Integer(2, 12), "n": Integer(4, 60)},
        wordings=(
            Wording("the greatest value of $xy$ for positive $x$ and $y$ with $[[a]]x + [[b]]y = [[n]]$"),
            Wording(
                "the largest area, in square metres, of the garden",
                given="A rectangular garden has sides of $x$ and $y$ metres. Its fences cost $[[a]]x + [[b]]y$ "
                "euros, and exactly $[[n]]$ euros are spent on them.",
            ),
            Wording(
                "the greatest output",
                given="From $x$ tonnes of ore and $y$ tonnes of coal a plant gets an output of $xy$ units. A tonne "
                "of ore costs $[[a]]$ gold coins, a tonne of coal costs $[[b]]$ gold coins, and $[[n]]$ gold "
                "coins are spent.",
            ),
        ),
        solve=_largest_product,
        check=_product_check,
        where=lambda p: p["a"] != p["b"],
    ),
)
