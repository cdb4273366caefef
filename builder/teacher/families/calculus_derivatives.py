"""Calculus: limits, derivatives and what they are used for."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import power, quotient, signed_sum
from ..slots import Choice, Integer, Polynomial, write_polynomial

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


def _square_product(params: Params) -> bool:
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
        where=_square_product,
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
        where=lambda p: p["a"] < p["n"] and _square_product(p),
    ),
)
