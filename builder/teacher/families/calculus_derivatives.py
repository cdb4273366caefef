"""Calculus: limits and derivatives."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import quotient, signed_sum
from ..slots import Integer, Polynomial, write_polynomial

TOPICS = (
    Topic(
        "Limits and Derivatives",
        subject="Calculus",
        school_level="high school",
        concepts={
            "limits": ("limit of a function", "limit at infinity", "limit of the expression", "computes limits"),
            "l'hopital's rule": ("l'hôpital's rule", "l'hospital's rule", "indeterminate form", "indeterminate forms"),
            "derivatives": ("derivative", "differentiation", "first derivative", "derivative of a function"),
            "product rule": ("leibniz rule", "product rule of differentiation"),
            "chain rule": ("derivative of a composition",),
            "tangent line": ("tangent to a curve", "tangent lines", "slope of the tangent"),
            "implicit differentiation": ("implicit derivative", "implicitly defined function"),
            "mean value theorem": ("theorem of the mean value", "rolle's theorem"),
        },
    ),
)


def _value(coefficients: tuple[int, ...], x: int) -> int:
    total = 0
    for coefficient in coefficients:
        total = total * x + coefficient
    return total


def _derived(coefficients: tuple[int, ...]) -> tuple[int, ...]:
    degree = len(coefficients) - 1
    return tuple(c * (degree - i) for i, c in enumerate(coefficients[:-1]))


def _solve_derivative(params: Params) -> Solution:
    curve, n = params["curve"], params["n"]
    derived = _derived(curve)
    terms = [c * n ** (2 - i) for i, c in enumerate(derived)]
    value = sum(terms)
    return Solution(
        (
            f"Differentiate term by term: the derivative is ${write_polynomial(derived)}$.",
            f"At $x = {n}$ its terms add up to ${signed_sum(t for t in terms if t)}$."
            if sum(t != 0 for t in terms) > 1
            else f"Only one of its terms remains, and at $x = {n}$ it is ${value}$.",
            f"So the value is ${value}$.",
        ),
        value,
    )


def _check_derivative(params: Params) -> int:
    return round(float(np.polyval(np.polyder(np.array(params["curve"])), params["n"])))


def _solve_chain(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    value = Fraction(2 * a * n, a * n * n + b)
    return Solution(
        (
            rf"By the chain rule, the derivative of $\ln({a}x^{{2}} + {b})$ is the derivative of ${a}x^{{2}} + {b}$ "
            f"divided by ${a}x^{{2}} + {b}$.",
            rf"That is $\frac{{{2 * a}x}}{{{a}x^{{2}} + {b}}}$.",
            rf"At $x = {n}$ the numerator is ${2 * a} \cdot {n} = {2 * a * n}$ and the denominator is "
            rf"${a} \cdot {n}^{{2}} + {b} = {a * n * n + b}$.",
            f"So the value is ${quotient(2 * a * n, a * n * n + b)}$.",
        ),
        value,
    )


def _check_chain(params: Params) -> float:
    """A central difference with an imaginary step, exact to rounding."""
    a, b, n = params["a"], params["b"], params["n"]
    return float(np.log(a * (n + 1e-20j) ** 2 + b).imag / 1e-20)


def _solve_product(params: Params) -> Solution:
    a, b, c, n = (params[name] for name in "abcn")
    value = a * c + b * n
    return Solution(
        (
            "By the product rule, the rate of change of a product is the rate of the first factor times the second "
            "plus the first factor times the rate of the second.",
            rf"Here this is ${n} \cdot {b} + {a} \cdot {c} = {n * b} + {a * c}$.",
            f"So the rate is ${value}$.",
        ),
        value,
    )


def _check_product(params: Params) -> float:
    a, b, c, n = (params[name] for name in "abcn")
    return float(((a + n * 1e-20j) * (b + c * 1e-20j)).imag / 1e-20)


def _solve_tangent(params: Params) -> Solution:
    curve, n = params["curve"], params["n"]
    derived = _derived(curve)
    height, slope = _value(curve, n), _value(derived, n)
    value = height - n * slope
    return Solution(
        (
            f"At $x = {n}$ the curve has the height $y = {height}$.",
            f"The derivative is ${write_polynomial(derived)}$, so the slope there is ${slope}$.",
            f"Going back from $x = {n}$ to $x = 0$ along the tangent changes the height by "
            rf"$-{n} \cdot {slope if slope >= 0 else f'({slope})'} = {-n * slope}$.",
            f"So the tangent meets the $y$-axis at the height ${signed_sum((height, -n * slope))} = {value}$.",
        ),
        value,
    )


def _check_tangent(params: Params) -> int:
    """The remainder of the polynomial modulo (x - n)^2 is the tangent."""
    n = params["n"]
    _, remainder = np.polydiv(np.array(params["curve"], dtype=float), np.array([1, -2 * n, n * n], dtype=float))
    return round(float(np.polyval(remainder, 0)))


def _solve_hopital(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    return Solution(
        (
            "Both the numerator and the denominator tend to $0$, so l'Hôpital's rule applies.",
            rf"Differentiating both gives $\frac{{{n} \sin {n}x}}{{{2 * a}x}}$, which is again of the form zero over "
            "zero.",
            rf"Differentiating once more gives $\frac{{{n * n} \cos {n}x}}{{{2 * a}}}$, whose limit is found with "
            r"$\cos 0 = 1$.",
            f"So the limit is ${quotient(n * n, 2 * a)}$.",
        ),
        Fraction(n * n, 2 * a),
    )


def _check_hopital(params: Params) -> float:
    return float(2 * math.sin(params["n"] * 5e-7) ** 2 / (params["a"] * 1e-12))


def _solve_limit(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = Fraction(n - a, 2)
    return Solution(
        (
            "Multiply and divide by the sum of the two roots.",
            rf"The numerator becomes $(x^{{2}} + {n}x) - (x^{{2}} + {a}x) = {n - a if abs(n - a) > 1 else ''}x$."
            if n - a != -1
            else rf"The numerator becomes $(x^{{2}} + {n}x) - (x^{{2}} + {a}x) = -x$.",
            r"Divided by $x$, the denominator becomes "
            rf"$\sqrt{{1 + \frac{{{n}}}{{x}}}} + \sqrt{{1 + \frac{{{a}}}{{x}}}}$, which tends to $2$.",
            f"So the limit is ${quotient(n - a, 2)}$.",
        ),
        value,
    )


def _check_limit(params: Params) -> float:
    with localcontext() as context:
        context.prec = 60
        x = Decimal(10) ** 20
        return float((x * x + params["n"] * x).sqrt() - (x * x + params["a"] * x).sqrt())


def _solve_implicit(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    return Solution(
        (
            "Differentiate with respect to $x$ and treat $y$ as a function of $x$: $2x + y + xy' + 2yy' = 0$.",
            r"Solving for the slope gives $y' = -\frac{2x + y}{x + 2y}$.",
            rf"At the given point, $2x + y = 2 \cdot {a} + {n} = {2 * a + n}$ and $x + 2y = {a} + 2 \cdot {n} = "
            f"{a + 2 * n}$.",
            f"So the slope is $-{quotient(2 * a + n, a + 2 * n).replace('= ', '= -')}$.",
        ),
        -Fraction(2 * a + n, a + 2 * n),
    )


def _check_implicit(params: Params) -> float:
    """Follow the curve a little to both sides, solving the quadratic equation for y."""
    a, n = params["a"], params["n"]
    level = a * a + a * n + n * n

    def y(x: Decimal) -> Decimal:
        return (-x + Decimal(x * x - 4 * (x * x - level)).sqrt()) / 2

    with localcontext() as context:
        context.prec = 60
        step = Decimal(10) ** -20
        return float((y(a + step) - y(a - step)) / (2 * step))


def _solve_mean_value(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    r = math.isqrt(a * n)
    low, high = min(a, n), max(a, n)
    return Solution(
        (
            rf"The chord has the slope $\frac{{\frac{{1}}{{{high}}} - \frac{{1}}{{{low}}}}}{{{high} - {low}}} = "
            rf"{tex(Fraction(-1, low * high))}$.",
            r"The derivative of $\frac{1}{x}$ is $-\frac{1}{x^{2}}$.",
            f"Setting the two equal gives $x^{{2}} = {low * high}$.",
            f"So $x = {r}$, which indeed lies between ${low}$ and ${high}$.",
        ),
        r,
    )


def _check_mean_value(params: Params) -> float:
    a, n = params["a"], params["n"]
    low, high = min(a, n), max(a, n)
    slope = (1 / high - 1 / low) / (high - low)
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if -1 / middle**2 < slope else (low, middle)
    return float(low)


def has_square_product(params: Params) -> bool:
    product = params["a"] * params["n"]
    return bool(params["a"] != params["n"] and math.isqrt(product) ** 2 == product)


FAMILIES = (
    Family(
        name="derivative_of_cubic",
        concepts=("derivatives",),
        school_level="high school",
        slots={"curve": Polynomial(3, -5, 6), "n": Integer(2, 12)},
        wordings=(
            Wording("the value at $x = [[n]]$ of the derivative of $[[curve]]$ with respect to $x$"),
            Wording("the slope of the curve $y = [[curve]]$ at the point with $x = [[n]]$"),
            Wording(
                "the velocity of the particle in meters per second at the time $x = [[n]]$",
                given="A particle moves along a straight line. After $x$ seconds its position is $[[curve]]$ meters.",
            ),
        ),
        solve=_solve_derivative,
        check=_check_derivative,
    ),
    Family(
        name="derivative_of_logarithm",
        concepts=("chain rule", "derivatives"),
        school_level="high school",
        slots={"a": Integer(2, 6), "b": Integer(1, 20), "n": Integer(2, 10)},
        wordings=(
            Wording(r"the value at $x = [[n]]$ of the derivative of $\ln([[a]]x^{2} + [[b]])$"),
            Wording(r"the slope of the curve $y = \ln([[a]]x^{2} + [[b]])$ at the point with $x = [[n]]$"),
            Wording(
                "the rate at which the loudness changes at the moment $x = [[n]]$",
                given=r"The loudness of a sound at time $x$ is $\ln([[a]]x^{2} + [[b]])$ units.",
            ),
        ),
        solve=_solve_chain,
        check=_check_chain,
    ),
    Family(
        name="rate_of_product",
        concepts=("product rule", "related rates"),
        school_level="high school",
        slots={"a": Integer(2, 20), "n": Integer(2, 20), "b": Integer(2, 20), "c": Integer(2, 12)},
        wordings=(
            Wording(
                "the value of the derivative of $xy$ with respect to time at this moment",
                given="Two quantities $x$ and $y$ change with time. At some moment $x = [[a]]$ and $y = [[b]]$, and "
                "their derivatives with respect to time are $[[n]]$ for $x$ and $[[c]]$ for $y$.",
            ),
            Wording(
                "the rate, in square centimeters per second, at which the area grows at this moment",
                given="The length of a rectangle grows at $[[n]]$ cm per second and its width at $[[c]]$ cm per "
                "second. At some moment the length is $[[a]]$ cm and the width is $[[b]]$ cm.",
            ),
            Wording(
                "the rate, in dollars per day, at which the revenue per day is rising today",
                given="A shop sells $[[a]]$ lamps a day at a price of $[[b]]$ dollars. The number of lamps sold a day "
                "is now rising at the rate of $[[n]]$ per day and the price at the rate of $[[c]]$ dollars per day. "
                "Treat both as differentiable functions of time.",
            ),
        ),
        solve=_solve_product,
        check=_check_product,
    ),
    Family(
        name="tangent_at_axis",
        concepts=("tangent line", "derivatives"),
        school_level="high school",
        slots={"curve": Polynomial(2, -6, 9), "n": Integer(2, 12)},
        wordings=(
            Wording(
                "the $y$-coordinate of the point where the tangent to the curve $y = [[curve]]$ at $x = [[n]]$ meets "
                "the "
                "$y$-axis"
            ),
            Wording(
                "the height at which the tangent line crosses the $y$-axis",
                given="A tangent line touches the parabola $y = [[curve]]$ at the point with $x = [[n]]$.",
            ),
            Wording(
                "the $y$-coordinate of the bug when it passes $x = 0$",
                given="A bug runs along the curve $y = [[curve]]$. At $x = [[n]]$ it leaves the curve and goes on "
                "along the tangent line, towards the $y$-axis.",
            ),
        ),
        solve=_solve_tangent,
        check=_check_tangent,
    ),
    Family(
        name="limit_by_hopital",
        concepts=("l'hopital's rule", "limits"),
        school_level="high school",
        slots={"a": Integer(2, 12), "n": Integer(2, 20)},
        wordings=(
            Wording(r"the limit $\lim_{x \to 0} \frac{1 - \cos [[n]]x}{[[a]]x^{2}}$"),
            Wording(
                r"the limit of the quotient of $1 - \cos [[n]]x$ and $[[a]]x^{2}$ as $x$ tends to $0$",
            ),
            Wording(
                r"the value at $x = 0$ that makes it continuous there",
                given=r"For $x \neq 0$, a function has the value $\frac{1 - \cos [[n]]x}{[[a]]x^{2}}$.",
            ),
        ),
        solve=_solve_hopital,
        check=_check_hopital,
        where=lambda p: p["n"] ** 2 % p["a"] == 0,
    ),
    Family(
        name="limit_of_difference_of_roots",
        concepts=("limits",),
        school_level="high school",
        slots={"a": Integer(2, 20), "n": Integer(3, 80)},
        wordings=(
            Wording(r"the limit $\lim_{x \to \infty} \left(\sqrt{x^{2} + [[n]]x} - \sqrt{x^{2} + [[a]]x}\right)$"),
            Wording(
                r"the number that $\sqrt{x^{2} + [[n]]x} - \sqrt{x^{2} + [[a]]x}$ approaches as $x$ grows without bound"
            ),
            Wording(
                "the limit of the difference, first minus second, of these distances as $x$ grows without bound",
                given=r"Two cars have traveled $\sqrt{x^{2} + [[n]]x}$ and $\sqrt{x^{2} + [[a]]x}$ kilometers after "
                "$x$ hours.",
            ),
        ),
        solve=_solve_limit,
        check=_check_limit,
        where=lambda p: p["n"] > p["a"],
    ),
    Family(
        name="implicit_slope",
        concepts=("implicit differentiation", "tangent line", "product rule"),
        school_level="high school",
        slots={"a": Integer(1, 12), "n": Integer(2, 15)},
        wordings=(
            Wording(
                "the slope at the point $([[a]], [[n]])$ of the curve through this point on which "
                "$x^{2} + xy + y^{2}$ is constant"
            ),
            Wording(
                "the value of $y'$ at this point",
                given="Near the point $([[a]], [[n]])$, the quantity $y$ is a function of $x$ such that "
                "$x^{2} + xy + y^{2}$ does not change.",
            ),
            Wording(
                "the slope of the tangent line to the ellipse at this point",
                given="On an ellipse, $x^{2} + xy + y^{2}$ has the same value everywhere. The point $([[a]], [[n]])$ "
                "lies on it.",
            ),
        ),
        solve=_solve_implicit,
        check=_check_implicit,
        where=lambda p: p["a"] != p["n"],
    ),
    Family(
        name="mean_value_point",
        concepts=("mean value theorem", "derivatives"),
        school_level="high school",
        slots={"a": Integer(1, 40), "n": Integer(2, 60)},
        wordings=(
            Wording(
                r"the positive number $x$ at which the tangent to the curve $y = \frac{1}{x}$ is parallel to its chord "
                "between the points with $x = [[a]]$ and $x = [[n]]$"
            ),
            Wording(
                r"the number whose existence the mean value theorem asserts for the function $\frac{1}{x}$ on this "
                "interval",
                given="Consider the interval from $[[a]]$ to $[[n]]$.",
            ),
            Wording(
                "the moment at which the rate of change equals the average rate of change between the times $[[a]]$ "
                "and $[[n]]$",
                given=r"At time $x > 0$, a tank holds $\frac{1}{x}$ cubic meters of water.",
            ),
        ),
        solve=_solve_mean_value,
        check=_check_mean_value,
        where=lambda p: p["a"] < p["n"] and has_square_product(p),
    ),
)
