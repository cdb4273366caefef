"""Trigonometric functions and identities."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import power, quotient
from ..slots import Integer
from .trigonometry_triangles import is_square

TOPICS = (
    Topic(
        "Trigonometric Functions and Identities",
        subject="Trigonometry",
        school_level="high school",
        concepts={
            "exact trigonometric values": ("special angles", "unit circle", "exact values of sine"),
            "pythagorean identity": ("pythagorean trigonometric identity", "trigonometric identities"),
            "double-angle formulas": ("double angle formula", "double-angle formula", "power-reduction formula"),
            "angle addition formulas": ("angle addition formula", "sum and difference formulas", "addition formulas"),
            "inverse trigonometric functions": (
                "arctangent",
                "arcsine",
                "arccosine",
                "inverse tangent",
                "inverse sine",
            ),
            "trigonometric equations": ("trigonometric equation",),
            "period of a function": ("periodic function", "periodicity", "fundamental period", "periodic functions"),
            "amplitude": ("sine wave", "sinusoid", "sinusoidal", "harmonic addition"),
        },
    ),
)


def _solve_double_angle(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    sine = Fraction(a, n)
    value = 1 - 2 * sine * sine
    return Solution(
        (
            r"The double-angle formula says $\cos 2x = \cos^{2} x - \sin^{2} x$.",
            r"With the Pythagorean identity this becomes $\cos 2x = 1 - 2 \sin^{2} x$.",
            rf"Here $\sin^{{2}} x = {power(sine, 2)} = {tex(sine * sine)}$.",
            rf"So the value is $1 - 2 \cdot {tex(sine * sine)} = {tex(value)}$.",
        ),
        value,
    )


def _solve_tangent_sum(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = Fraction(a + n, 1 - a * n)
    return Solution(
        (
            "The addition formula says that the tangent of a sum is the sum of the tangents divided by one minus "
            "their product.",
            f"The sum of the tangents is ${a} + {n} = {a + n}$.",
            rf"One minus their product is $1 - {a} \cdot {n} = {1 - a * n}$.",
            rf"So the value is ${quotient(a + n, 1 - a * n)}$.",
        ),
        value,
    )


def _solve_equation(params: Params) -> Solution:
    n, a, b = params["n"], params["a"], params["b"]
    return Solution(
        (
            rf"The equation says $\sin({n}x) = {quotient(b, a)}$, a number between $0$ and $1$.",
            rf"While $x$ runs from $0$ to $2\pi$, the argument ${n}x$ runs through ${n}$ full periods of the sine.",
            "In each period the sine takes such a value exactly twice.",
            rf"So there are $2 \cdot {n} = {2 * n}$ solutions.",
        ),
        2 * n,
    )


def _check_equation(params: Params) -> int:
    n, a, b = params["n"], params["a"], params["b"]
    values = a * np.sin(n * np.linspace(0, 2 * math.pi, 2_000 * n + 1)) - b
    return int((values[:-1] * values[1:] < 0).sum())


def _solve_maximum(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    peak = math.isqrt(a * a + b * b)
    return Solution(
        (
            rf"The sum ${a} \sin x + {b} \cos x$ is a single sine wave.",
            rf"Its amplitude is $\sqrt{{{a}^{{2}} + {b}^{{2}}}} = \sqrt{{{a * a + b * b}}} = {peak}$.",
            f"So the greatest value of the sum is ${peak}$.",
            f"Together with the constant this gives ${peak} + {n} = {peak + n}$.",
        ),
        peak + n,
    )


def _check_maximum(params: Params) -> float:
    x = np.linspace(0, math.pi / 2, 100_001)
    return float((params["a"] * np.sin(x) + params["b"] * np.cos(x)).max()) + float(params["n"])


def _solve_period(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = math.lcm(a, n)
    return Solution(
        (
            f"The first part repeats exactly after multiples of ${n}$, the second exactly after multiples of ${a}$.",
            "Both are back at their start together exactly after a common multiple of the two numbers.",
            rf"Now ${value} = {value // n} \cdot {n}$ and ${value} = {value // a} \cdot {a}$, where ${value // n}$ and "
            rf"${value // a}$ have no common factor.",
            f"So the least common multiple is ${value}$.",
        ),
        value,
    )


def _check_period(params: Params) -> int:
    step = 1
    while step % params["n"] or step % params["a"]:
        step += 1
    return step


def _solve_sine_squares(params: Params) -> Solution:
    n = params["n"]
    return Solution(
        (
            r"By the double-angle formula, $\sin^{2} x = \frac{1}{2} - \frac{1}{2} \cos 2x$.",
            rf"The constants contribute ${n} \cdot \frac{{1}}{{2}} = {tex(Fraction(n, 2))}$.",
            f"The doubled angles divide the full circle into ${n}$ equal parts, so their cosines add up to $0$.",
            f"Hence the sum is ${tex(Fraction(n, 2))}$.",
        ),
        Fraction(n, 2),
    )


def _solve_exact(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    value = Fraction(3 * a, 4) + Fraction(b, 2) + n
    return Solution(
        (
            r"The exact values are $\sin 60^{\circ} = \frac{\sqrt{3}}{2}$, $\cos 60^{\circ} = \frac{1}{2}$ and "
            r"$\tan 45^{\circ} = 1$.",
            rf"So the three terms are ${a} \cdot \frac{{3}}{{4}} = {tex(Fraction(3 * a, 4))}$, "
            rf"${b} \cdot \frac{{1}}{{2}} = {tex(Fraction(b, 2))}$ and ${n} \cdot 1 = {n}$.",
            f"Their sum is ${tex(Fraction(3 * a, 4))} + {tex(Fraction(b, 2))} + {n} = {tex(value)}$.",
        ),
        value,
    )


def _check_exact(params: Params) -> float:
    sixty = math.pi / 3
    return float(
        params["a"] * math.sin(sixty) ** 2 + params["b"] * math.cos(sixty) + params["n"] * math.tan(math.pi / 4)
    )


FAMILIES = (
    Family(
        name="cosine_of_double_angle",
        concepts=("double-angle formulas", "pythagorean identity"),
        school_level="high school",
        slots={"a": Integer(1, 19), "n": Integer(3, 30)},
        wordings=(
            Wording(r"the value of $\cos 2x$", given=r"Suppose that $\sin x = \frac{[[a]]}{[[n]]}$."),
            Wording(
                r"the cosine of twice an angle $x$ for which $[[n]] \sin x = [[a]]$",
            ),
            Wording(
                "the cosine of the angle at the apex",
                given="In an isosceles triangle, the two equal sides have length $[[n]]$. The altitude from the apex "
                "cuts the base into two parts of length $[[a]]$ each.",
            ),
        ),
        solve=_solve_double_angle,
        check=lambda p: math.cos(2 * math.asin(p["a"] / p["n"])),
        where=lambda p: p["a"] < p["n"],
    ),
    Family(
        name="tangent_of_sum",
        concepts=("angle addition formulas", "inverse trigonometric functions"),
        school_level="high school",
        slots={"a": Integer(2, 15), "n": Integer(2, 30)},
        wordings=(
            Wording(r"the value of $\tan(\arctan [[a]] + \arctan [[n]])$"),
            Wording(
                "the tangent of the sum of the two angles",
                given="Two acute angles have the tangents $[[a]]$ and $[[n]]$.",
            ),
            Wording(r"the value of $\tan(x + y)$", given=r"Suppose that $\tan x = [[a]]$ and $\tan y = [[n]]$."),
        ),
        solve=_solve_tangent_sum,
        check=lambda p: math.tan(math.atan(p["a"]) + math.atan(p["n"])),
        where=lambda p: p["a"] != p["n"],
    ),
    Family(
        name="count_solutions_of_sine_equation",
        concepts=("trigonometric equations", "period of a function"),
        school_level="high school",
        slots={"n": Integer(2, 30), "a": Integer(2, 12, link=False), "b": Integer(1, 11, link=False)},
        wordings=(
            Wording(r"the number of solutions of $[[a]] \sin([[n]]x) = [[b]]$ with $0 \leq x < 2\pi$"),
            Wording(
                r"the number of points in which the curve $y = [[a]] \sin([[n]]x)$ meets the line $y = [[b]]$ for "
                r"$0 \leq x \leq 2\pi$"
            ),
            Wording(
                r"the number of moments $x$ with $0 \leq x \leq 2\pi$ at which the weight is exactly $[[b]]$ cm above "
                "its rest position",
                given=r"A weight on a spring moves up and down. At time $x$ it is $[[a]] \sin([[n]]x)$ cm above its "
                "rest position.",
            ),
        ),
        solve=_solve_equation,
        check=_check_equation,
        where=lambda p: p["b"] < p["a"],
    ),
    Family(
        name="maximum_of_sine_and_cosine",
        concepts=("amplitude", "angle addition formulas"),
        school_level="high school",
        slots={"a": Integer(3, 24), "b": Integer(3, 24), "n": Integer(2, 40)},
        wordings=(
            Wording(r"the greatest value of $[[a]] \sin x + [[b]] \cos x + [[n]]$ over all real numbers $x$"),
            Wording(
                "the highest temperature in degrees",
                given=r"In an oven, the temperature at time $x$ is $[[n]] + [[a]] \sin x + [[b]] \cos x$ degrees.",
            ),
            Wording(
                r"the maximum of $y$ on the curve $y = [[n]] + [[b]] \cos x + [[a]] \sin x$",
            ),
        ),
        solve=_solve_maximum,
        check=_check_maximum,
        where=lambda p: is_square(p["a"] ** 2 + p["b"] ** 2),
    ),
    Family(
        name="period_of_sum",
        concepts=("period of a function",),
        school_level="high school",
        slots={"n": Integer(3, 30), "a": Integer(4, 36)},
        wordings=(
            Wording(
                r"the least positive period of $\sin\left(\frac{2\pi x}{[[n]]}\right) + "
                r"\cos\left(\frac{2\pi x}{[[a]]}\right)$ as a function of $x$"
            ),
            Wording(
                "the least number of seconds after which both wheels are back in their starting positions",
                given="Two wheels turn evenly. The first makes a full turn in $[[n]]$ seconds and the second in "
                "$[[a]]$ seconds.",
            ),
            Wording(
                "the least positive number after which their sum repeats",
                given="Two sine waves of different frequencies are added. The period of the first is $[[n]]$ and the "
                "period of the second is $[[a]]$.",
            ),
        ),
        solve=_solve_period,
        check=_check_period,
        where=lambda p: p["n"] % p["a"] != 0 and p["a"] % p["n"] != 0,
    ),
    Family(
        name="sum_of_squared_sines",
        concepts=("double-angle formulas", "radians"),
        school_level="college",
        slots={"n": Integer(3, 80)},
        wordings=(
            Wording(r"the sum $\sum_{i=1}^{[[n]]} \sin^{2}\left(\frac{i \pi}{[[n]]}\right)$"),
            Wording(
                r"the sum of the squares of the sines of the angles $\frac{i \pi}{[[n]]}$, in radians, over all whole "
                "numbers $i$ from $1$ to $[[n]]$"
            ),
            Wording(
                r"the value of $x$",
                given=r"Angles are measured in radians. The number $x$ is the sum of all "
                r"$\sin^{2}\left(\frac{i \pi}{[[n]]}\right)$ with $i = 1, 2, \ldots, [[n]]$.",
            ),
        ),
        solve=_solve_sine_squares,
        check=lambda p: math.fsum(math.sin(i * math.pi / p["n"]) ** 2 for i in range(1, p["n"] + 1)),
    ),
    Family(
        name="exact_value_of_expression",
        concepts=("exact trigonometric values",),
        school_level="high school",
        slots={"a": Integer(2, 20), "b": Integer(2, 20), "n": Integer(2, 30)},
        wordings=(
            Wording(
                r"the value of $[[a]] \sin^{2} 60^{\circ} + [[b]] \cos 60^{\circ} + [[n]] \tan 45^{\circ}$",
            ),
            Wording(
                "the sum of the three numbers",
                given=r"Three numbers are formed: $[[a]]$ times the square of the sine of $60$ degrees, $[[b]]$ times "
                r"the cosine of $60$ degrees, and $[[n]]$ times the tangent of $45$ degrees.",
            ),
            Wording(
                r"the number $y = [[n]] \tan \frac{\pi}{4} + [[b]] \cos \frac{\pi}{3} + [[a]] \sin^{2} \frac{\pi}{3}$",
            ),
        ),
        solve=_solve_exact,
        check=_check_exact,
        where=lambda p: p["a"] % 2 == 0,
    ),
)
