"""Differential equations of the first order, solved exactly and by steps."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import sympy
from numpy.typing import NDArray

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import signed_sum
from ..slots import Choice, Integer

TOPICS = (
    Topic(
        "First-Order Differential Equations",
        subject="Differential Equations",
        school_level="college",
        concepts={
            "separable differential equations": ("separable differential equation", "separation of variables"),
            "linear first-order differential equations": (
                "linear first-order differential equation",
                "first order linear differential equation",
                "first-order linear ode",
            ),
            "integrating factor": ("integrating factors",),
            "initial value problems": ("initial value problem", "initial conditions", "solve_ivp", "initial condition"),
            "exponential decay": ("half-life", "radioactive decay", "decay rate", "exponentially decaying"),
            "exponential growth": ("doubling time", "exponentially growing", "malthusian growth"),
            "newton's law of cooling": ("law of cooling",),
            "logistic equation": ("logistic growth", "logistic differential equation", "carrying capacity"),
            "mixing problems": ("mixing problem", "tank problem"),
            "euler's method": ("euler method", "forward euler", "explicit euler"),
            "runge-kutta methods": ("runge-kutta", "runge-kutta method", "midpoint method", "rk45", "rk4"),
        },
    ),
)

Vector = NDArray[np.float64]


def runge_kutta(slope: Callable[[float, Vector], Vector], x: float, end: float, y: Vector, steps: int) -> Vector:
    """The classical method of order four, for the checks."""
    h = (end - x) / steps
    for _ in range(steps):
        one = slope(x, y)
        two = slope(x + h / 2, y + h / 2 * one)
        three = slope(x + h / 2, y + h / 2 * two)
        four = slope(x + h, y + h * three)
        y = np.asarray(y + h / 6 * (one + 2 * two + 2 * three + four))
        x += h
    return y


def _solve_separable(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = math.isqrt(a * a + n * n)
    return Solution(
        (
            r"Separate the variables: $y \, dy = x \, dx$.",
            "Integrating both sides shows that $y^{2} - x^{2}$ stays constant.",
            f"At $x = 0$ it is ${a}^{{2}} = {a * a}$, so $y^{{2}} = x^{{2}} + {a * a}$.",
            rf"At $x = {n}$ the positive solution is $y = \sqrt{{{n * n} + {a * a}}} = {value}$.",
        ),
        value,
    )


def _check_separable(params: Params) -> float:
    """In steps of relative size; the solution is smooth."""
    end = np.array([float(params["a"])])
    return float(runge_kutta(lambda x, y: x / y, 0.0, float(params["n"]), end, 400)[0])


def _solve_linear(params: Params) -> Solution:
    a, b, n = params["a"] // 3, params["b"], params["n"]
    constant = b - a
    last = rf"\frac{{{abs(constant)}}}{{{n}}}"
    value = a * n * n + constant // n
    return Solution(
        (
            rf"Multiply by the integrating factor $x$: the left side becomes the derivative of $xy$, so that "
            rf"$(xy)' = {3 * a}x^{{2}}$.",
            f"Integrating gives $xy = {a}x^{{3}} + C$.",
            f"The value $y = {b}$ at $x = 1$ gives $C = {signed_sum((b, -a))} = {constant}$.",
            rf"Dividing by $x$ at $x = {n}$ gives $y = {a} \cdot {n}^{{2}} {'-' if constant < 0 else '+'} {last} = "
            f"{value}$.",
        ),
        value,
    )


def _check_linear(params: Params) -> float:
    a, b, n = params["a"], params["b"], params["n"]
    start = np.array([float(b)])

    def slope(log_x: float, y: Vector) -> Vector:
        x = math.exp(log_x)
        return np.asarray(x * (a * x - y / x))

    return float(runge_kutta(slope, 0.0, math.log(n), start, 250)[0])


def _solve_half_life(params: Params) -> Solution:
    n, c = params["n"], params["c"]
    halvings = c.bit_length() - 1
    return Solution(
        (
            "The amount is multiplied by one half in every half-life.",
            rf"Since $\frac{{1}}{{{c}}} = \left(\frac{{1}}{{2}}\right)^{{{halvings}}}$, the part $\frac{{1}}{{{c}}}$ "
            f"is left after ${halvings}$ half-lives.",
            rf"So the answer is ${halvings} \cdot {n} = {halvings * n}$.",
        ),
        halvings * n,
    )


def _check_half_life(params: Params) -> float:
    rate = math.log(2) / params["n"]
    return float(math.log(params["c"]) / rate)


def _solve_growth(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    value = Fraction(b * b, a)
    return Solution(
        (
            "Exponential growth multiplies by the same factor in equal times, which is here "
            rf"$\frac{{{b}}}{{{a}}}" + (f" = {tex(Fraction(b, a))}$." if math.gcd(a, b) > 1 else "$."),
            "The second period is as long as the first and brings the same factor once more.",
            rf"So the value is then ${b} \cdot {tex(Fraction(b, a))} = {tex(value)}$.",
        ),
        value,
    )


def _check_growth(params: Params) -> float:
    rate = math.log(params["b"] / params["a"]) / params["n"]
    return float(params["a"] * math.exp(rate * 2 * params["n"]))


def _solve_cooling(params: Params) -> Solution:
    n, first, second = params["n"], params["first"], params["second"]
    start, later = first - n, second - n
    ratio = Fraction(later, start)
    final = later * ratio
    return Solution(
        (
            "By Newton's law of cooling, the excess over the surrounding temperature decays exponentially.",
            f"The excess falls from ${first} - {n} = {start}$ to ${second} - {n} = {later}$, that is by the factor "
            f"${tex(ratio)}$.",
            rf"In the same time again it falls to ${later} \cdot {tex(ratio)} = {tex(final)}$.",
            f"So the temperature is then ${n} + {tex(final)} = {tex(n + final)}$ degrees.",
        ),
        n + final,
    )


def _check_cooling(params: Params) -> float:
    n, first, second = params["n"], params["first"], params["second"]
    rate = math.log((first - n) / (second - n))
    end = runge_kutta(lambda x, y: -rate * (y - n), 0.0, 2.0, np.array([float(first)]), 150)
    return float(end[0])


def _solve_logistic(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = Fraction(a * n, 4)
    return Solution(
        (
            rf"The growth rate ${a}y\left(1 - \frac{{y}}{{{n}}}\right)$ is a quadratic polynomial in $y$ with the "
            "zeros "
            f"$0$ and ${n}$.",
            f"It is greatest halfway between them, at $y = {tex(Fraction(n, 2))}$.",
            rf"There it equals ${a} \cdot {tex(Fraction(n, 2))} \cdot \frac{{1}}{{2}} = {tex(value)}$.",
        ),
        value,
    )


def _check_logistic(params: Params) -> float:
    """Along the exact solution, a logistic curve, look for the steepest point."""
    a, n = params["a"], params["n"]
    time = np.linspace(-1, 1, 2_001)
    curve = n / (1 + np.exp(-a * time))
    return float((curve * (n - curve) * a / n).max())


def _solve_mixing(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    rate, time = tex(Fraction(a, n)), n // a
    value = time * sympy.log(2)
    return Solution(
        (
            f"The amount $y$ decreases at ${rate}$ of itself per unit of time, so $y' = -{rate} y$.",
            f"The solution is a constant times $e^{{-{rate} x}}$ at the time $x$.",
            rf"Half of the amount is left when ${rate} x = \ln 2$.",
            rf"So $x = {time} \ln 2$.",
        ),
        value,
    )


def _check_mixing(params: Params) -> float:
    """The flow out of the last drop: (1 - rate/m)^(m x) with a very fine step m."""
    step = 2.0**-40
    return math.log(0.5) / math.log1p(-params["a"] / params["n"] * step) * step


def _solve_euler(params: Params) -> Solution:
    n, a, b = params["n"], params["a"], params["b"]
    h = Fraction(1, 2)
    first = n + h * a * n
    slope = a * first + b * h
    second = first + h * slope
    return Solution(
        (
            rf"At $x = 0$ the slope is ${a} \cdot {n} + {b} \cdot 0 = {a * n}$.",
            rf"One step of size $\frac{{1}}{{2}}$ leads to $y = {n} + \frac{{1}}{{2}} \cdot {a * n} = {tex(first)}$.",
            rf"At $x = \frac{{1}}{{2}}$ the slope is ${a} \cdot {tex(first)} + {b} \cdot \frac{{1}}{{2}} = "
            f"{tex(slope)}$.",
            rf"The second step leads to $y = {tex(first)} + \frac{{1}}{{2}} \cdot {tex(slope)} = {tex(second)}$.",
        ),
        second,
    )


def _check_euler(params: Params) -> float:
    """The same two steps as one product of matrices, for the vector (y, x, 1)."""
    step = np.array([[1 + params["a"] / 2, params["b"] / 2, 0], [0, 1, 0.5], [0, 0, 1]])
    return float((step @ step @ np.array([params["n"], 0, 1]))[0])


def _solve_midpoint(params: Params) -> Solution:
    n, a = params["n"], params["a"]
    slope = a + 2 * n
    return Solution(
        (
            f"At $x = 0$ the slope is ${n}$.",
            f"Half a step with this slope leads to the midpoint $x = 1$, $y = {n} + {n} = {2 * n}$.",
            f"The slope there is ${a} + {2 * n} = {slope}$.",
            rf"The full step with this slope gives $y = {n} + 2 \cdot {slope} = {n + 2 * slope}$.",
        ),
        n + 2 * slope,
    )


def _check_midpoint(params: Params) -> int:
    """The method applied to y' = y + a x has the matrix 1 + H + H^2/2 for a step H of the system."""
    step = 2 * np.array([[1, params["a"], 0], [0, 0, 1], [0, 0, 0]])
    end = (np.eye(3) + step + step @ step / 2) @ np.array([params["n"], 0, 1])
    return round(float(end[0]))


FAMILIES = (
    Family(
        name="separable_equation",
        concepts=("separable differential equations", "initial value problems"),
        school_level="college",
        slots={"a": Integer(3, 60), "n": Integer(3, 60)},
        wordings=(
            Wording(
                "the value of $y$ at $x = [[n]]$",
                given=r"Let $y > 0$ solve the differential equation $y' = \frac{x}{y}$ with $y = [[a]]$ at $x = 0$.",
            ),
            Wording(
                "the height of the curve at $x = [[n]]$",
                given="A curve in the upper half plane starts at the point $(0, [[a]])$. At each of its points "
                r"$(x, y)$ its slope is $\frac{x}{y}$.",
            ),
            Wording(
                r"the value at $x = [[n]]$ of the positive solution of the initial value problem $y y' = x$, "
                "$y(0) = [[a]]$"
            ),
        ),
        solve=_solve_separable,
        check=_check_separable,
        where=lambda p: math.isqrt(p["a"] ** 2 + p["n"] ** 2) ** 2 == p["a"] ** 2 + p["n"] ** 2,
    ),
    Family(
        name="linear_first_order_equation",
        concepts=("linear first-order differential equations", "integrating factor", "initial value problems"),
        school_level="college",
        slots={"a": Choice((6, 9, 12, 15, 18)), "b": Integer(2, 40), "n": Integer(2, 10)},
        wordings=(
            Wording(
                "the value of $y$ at $x = [[n]]$",
                given=r"For $x > 0$, let $y$ solve the differential equation $y' + \frac{y}{x} = [[a]]x$ "
                "with $y = [[b]]$ at $x = 1$.",
            ),
            Wording(
                r"the value $y([[n]])$ of the solution of $x y' + y = [[a]]x^{2}$ for $x > 0$ that "
                "satisfies $y(1) = [[b]]$"
            ),
            Wording(
                "the number of grams at the time $x = [[n]]$",
                given="From the time $x = 1$ on, the amount $y$ of a substance in grams satisfies "
                r"$y' = [[a]]x - \frac{y}{x}$. At $x = 1$ it is $[[b]]$ grams.",
            ),
        ),
        solve=_solve_linear,
        check=_check_linear,
        where=lambda p: 3 * p["b"] != p["a"] and (p["b"] - p["a"] // 3) % p["n"] == 0,
    ),
    Family(
        name="half_life",
        concepts=("exponential decay",),
        school_level="high school",
        slots={"n": Integer(2, 40), "c": Choice((4, 8, 16, 32, 64))},
        wordings=(
            Wording(
                r"the number of days after which exactly $\frac{1}{[[c]]}$ of the sample is left",
                given="A radioactive sample decays exponentially with a half-life of $[[n]]$ days.",
            ),
            Wording(
                r"the time in hours until only $\frac{1}{[[c]]}$ of the dose remains in the body",
                given="A drug is broken down at a rate proportional to its amount. In every $[[n]]$ hours, half of it "
                "disappears.",
            ),
            Wording(
                r"the positive number $x$ for which $y(x) = \frac{1}{[[c]]} y(0)$",
                given=r"A positive solution of a differential equation $y' = -ry$ with constant $r > 0$ satisfies "
                r"$y([[n]]) = \frac{1}{2} y(0)$.",
            ),
        ),
        solve=_solve_half_life,
        check=_check_half_life,
    ),
    Family(
        name="growth_in_equal_times",
        concepts=("exponential growth",),
        school_level="high school",
        slots={"a": Integer(2, 60), "b": Integer(3, 90), "n": Integer(2, 24, link=False)},
        wordings=(
            Wording(
                "the mass in grams after $[[n]]$ more hours",
                given="The mass of a culture of yeast grows at a rate proportional to itself. In $[[n]]$ hours it has "
                "grown from $[[a]]$ grams to $[[b]]$ grams.",
            ),
            Wording(
                r"the value of $y$ at $x = 2 \cdot [[n]]$",
                given="The function $y$ of $x$ satisfies $y' = ry$ for some constant $r$, with $y = [[a]]$ at $x = 0$ "
                "and $y = [[b]]$ at $x = [[n]]$.",
            ),
            Wording(
                "the value of the coin in dollars in another $[[n]]$ years",
                given="The value of a rare coin grows exponentially. Exactly $[[n]]$ years ago it was worth $[[a]]$ "
                "dollars, and today it is worth $[[b]]$ dollars.",
            ),
        ),
        solve=_solve_growth,
        check=_check_growth,
        where=lambda p: p["a"] < p["b"] <= 4 * p["a"] and p["b"] ** 2 % p["a"] == 0,
    ),
    Family(
        name="cooling",
        concepts=("newton's law of cooling", "exponential decay"),
        school_level="college",
        slots={"n": Integer(2, 30), "first": Integer(40, 98), "second": Integer(20, 80)},
        wordings=(
            Wording(
                "the temperature of the tea, in degrees Celsius, after another ten minutes",
                given="A cup of tea cools in a room at $[[n]]$ degrees Celsius according to Newton's law of cooling. "
                "In ten minutes its temperature falls from $[[first]]$ to $[[second]]$ degrees Celsius.",
            ),
            Wording(
                "the value of $y$ at $x = 2$",
                given="The function $y$ of $x$ satisfies $y' = -r(y - [[n]])$ for some constant $r$, with "
                "$y = [[first]]$ at $x = 0$ and $y = [[second]]$ at $x = 1$.",
            ),
            Wording(
                "the temperature of the bar at noon in degrees Celsius",
                given="A steel bar cools in air of $[[n]]$ degrees Celsius, at a rate proportional to the difference "
                "of the temperatures. Its temperature is $[[first]]$ degrees Celsius at ten o'clock in the morning "
                "and $[[second]]$ degrees Celsius at eleven o'clock.",
            ),
        ),
        solve=_solve_cooling,
        check=_check_cooling,
        where=lambda p: (
            p["n"] + 3 < p["second"] < p["first"] and (p["second"] - p["n"]) ** 2 % (p["first"] - p["n"]) == 0
        ),
    ),
    Family(
        name="fastest_logistic_growth",
        concepts=("logistic equation", "separable differential equations"),
        school_level="college",
        slots={"a": Integer(2, 12), "n": Integer(4, 80)},
        wordings=(
            Wording(
                r"the greatest value of $y'$ for solutions of the logistic equation "
                r"$y' = [[a]]y\left(1 - \frac{y}{[[n]]}\right)$ with values between $0$ and $[[n]]$"
            ),
            Wording(
                "the highest growth rate of the population, in thousands per year",
                given="A population of $y$ thousand fish grows from a small number according to the equation "
                r"$y' = [[a]]y\left(1 - \frac{y}{[[n]]}\right)$, with time in years.",
            ),
            Wording(
                "the slope of the solution curve at its inflection point",
                given=r"Let $y$ solve $y' = [[a]]y\left(1 - \frac{y}{[[n]]}\right)$ with $y = 1$ at $x = 0$.",
            ),
        ),
        solve=_solve_logistic,
        check=_check_logistic,
    ),
    Family(
        name="washing_out_salt",
        concepts=("mixing problems", "linear first-order differential equations", "exponential decay"),
        school_level="college",
        slots={"a": Integer(2, 20), "n": Integer(20, 200)},
        wordings=(
            Wording(
                "the number of minutes after which half of the salt has left the tank",
                given="A tank holds $[[n]]$ liters of salt water. Pure water flows in at $[[a]]$ liters per minute, "
                "and "
                "the well-stirred mixture flows out at the same rate.",
            ),
            Wording(
                r"the positive number $x$ at which the solution of $y' = -\frac{[[a]]}{[[n]]} y$ with $y(0) = 1$ "
                r"takes the value $\frac{1}{2}$"
            ),
            Wording(
                "the time in minutes in which the amount of smoke in the room is halved",
                given="A room contains $[[n]]$ cubic meters of smoky air. Fans replace $[[a]]$ cubic meters of it per "
                "minute by fresh air, which mixes with the rest at once.",
            ),
        ),
        solve=_solve_mixing,
        check=_check_mixing,
        where=lambda p: p["n"] % p["a"] == 0 and p["n"] > 2 * p["a"],
    ),
    Family(
        name="two_euler_steps",
        concepts=("euler's method", "initial value problems"),
        school_level="college",
        slots={"n": Integer(2, 30), "a": Integer(2, 6), "b": Integer(2, 12)},
        wordings=(
            Wording(
                r"the approximation to $y(1)$ by Euler's method with two steps of size $\frac{1}{2}$",
                given="Consider the initial value problem $y' = [[a]]y + [[b]]x$ with $y(0) = [[n]]$.",
            ),
            Wording(
                "the height at which the second segment ends",
                given=r"A path starts at $(0, [[n]])$ and consists of two straight segments, each running "
                r"$\frac{1}{2}$ to the right. The slope of each segment is the value of $[[a]]y + [[b]]x$ at its "
                "starting point $(x, y)$.",
            ),
            Wording(
                "the number of grams that the computer finds for the end of the hour",
                given=r"A mass of $y$ grams grows at the rate $[[a]]y + [[b]]x$ grams per hour after $x$ hours, and it "
                "is $[[n]]$ grams at the start. A computer uses Euler's method with a step of half an hour to estimate "
                "the mass after one hour.",
            ),
        ),
        solve=_solve_euler,
        check=_check_euler,
    ),
    Family(
        name="midpoint_step",
        concepts=("runge-kutta methods", "initial value problems"),
        school_level="college",
        slots={"n": Integer(2, 30), "a": Integer(2, 20)},
        wordings=(
            Wording(
                "the approximation to $y(2)$ by a single step of size $2$ of the midpoint method",
                given="Consider the initial value problem $y' = y + [[a]]x$ with $y(0) = [[n]]$. The midpoint method "
                "first makes half of an Euler step and then a full step with the slope found there.",
            ),
            Wording(
                "the estimate for $y$ at $x = 2$",
                given="Let $y' = [[a]]x + y$ and $y = [[n]]$ at $x = 0$. An Euler step of size $1$ gives a first "
                "estimate of $y$ at $x = 1$. The slope at this estimated point is then used for one step from $x = 0$ "
                "to $x = 2$.",
            ),
            Wording(
                "the result of one step of size $2$ of the Runge-Kutta method of order two, in its midpoint form, for "
                "the problem $y' = y + [[a]]x$, $y(0) = [[n]]$"
            ),
        ),
        solve=_solve_midpoint,
        check=_check_midpoint,
    ),
)
