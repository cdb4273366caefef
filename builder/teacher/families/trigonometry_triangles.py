"""Trigonometry of triangles, and polar coordinates."""

from __future__ import annotations

import cmath
import math
from fractions import Fraction

import numpy as np
import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import factor, power, quotient, root, whole
from ..slots import Choice, Integer

TOPICS = (
    Topic(
        "Triangle Trigonometry",
        subject="Trigonometry",
        school_level="high school",
        concepts={
            "law of sines": ("sine rule", "sine law", "law of sine"),
            "law of cosines": ("cosine rule", "cosine law", "law of cosine"),
            "sine area formula": ("area by two sides and the included angle", "included angle"),
            "angle of elevation": ("angles of elevation", "angle of depression", "elevation angle"),
            "medians of a triangle": ("median of a triangle", "apollonius's theorem", "apollonius' theorem"),
            "polar coordinates": ("polar coordinate", "polar coordinate system", "polar form"),
            "radians": ("radian", "radian measure", "angles in radians"),
        },
    ),
)

_SINES = {
    30: sympy.Rational(1, 2),
    45: sympy.sqrt(2) / 2,
    60: sympy.sqrt(3) / 2,
    90: sympy.Integer(1),
    120: sympy.sqrt(3) / 2,
    135: sympy.sqrt(2) / 2,
    150: sympy.Rational(1, 2),
}

_COSINES = {60: 1, 90: 0, 120: -1}  # twice the cosine

_RADIANS = {r"\frac{\pi}{12}": 15, r"\frac{\pi}{6}": 30, r"\frac{\pi}{4}": 45, r"\frac{\pi}{3}": 60}
_RADIANS |= {r"\frac{5 \pi}{12}": 75, r"\frac{2 \pi}{3}": 120, r"\frac{3 \pi}{4}": 135, r"\frac{5 \pi}{6}": 150}


def is_square(n: int) -> bool:
    return n > 0 and math.isqrt(n) ** 2 == n


def _third_side(a: int, b: int, angle: int) -> int:
    """The square of the side opposite the angle."""
    return a * a + b * b - a * b * _COSINES[angle]


def _solve_third_side(params: Params) -> Solution:
    a, n, angle = params["a"], params["n"], params["angle"]
    square = _third_side(a, n, angle)
    return Solution(
        (
            "Two sides and the angle between them are known, so the law of cosines gives the third side.",
            rf"Here $\cos {angle}^{{\circ}} = {tex(Fraction(_COSINES[angle], 2))}$.",
            rf"The square of the third side is ${power(a, 2)} + {power(n, 2)} - 2 \cdot {a} \cdot {n} \cdot "
            rf"{factor(Fraction(_COSINES[angle], 2))} = {square}$.",
            rf"So the value is $\sqrt{{{square}}} = {math.isqrt(square)}$.",
        ),
        math.isqrt(square),
    )


def _check_third_side(params: Params) -> float:
    return abs(complex(params["a"]) - cmath.rect(params["n"], math.radians(params["angle"])))


def _solve_cosine_of_angle(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    top, bottom = a * a + b * b - n * n, 2 * a * b
    return Solution(
        (
            f"The angle in question lies between the sides of lengths ${a}$ and ${b}$, opposite the side of length "
            f"${n}$.",
            "By the law of cosines, its cosine is the sum of the squares of the two adjacent sides less the square of "
            "the opposite side, divided by twice the product of the adjacent sides.",
            rf"So it is $\frac{{{a * a} + {b * b} - {n * n}}}{{2 \cdot {a} \cdot {b}}} = {quotient(top, bottom)}$.",
        ),
        Fraction(top, bottom),
    )


def _check_cosine_of_angle(params: Params) -> float:
    """By the formula for the half angle."""
    a, b, n = params["a"], params["b"], params["n"]
    half = (a + b + n) / 2
    return math.cos(2 * math.atan(math.sqrt((half - a) * (half - b) / (half * (half - n)))))


def _solve_law_of_sines(params: Params) -> Solution:
    n, first, second = params["n"], params["first"], params["second"]
    value = whole(sympy.nsimplify(n * _SINES[second] / _SINES[first]))
    return Solution(
        (
            "By the law of sines, sides are proportional to the sines of the opposite angles.",
            rf"Here $\sin {first}^{{\circ}} = {tex(_SINES[first])}$ and $\sin {second}^{{\circ}} = "
            f"{tex(_SINES[second])}$.",
            f"So the side wanted is ${n}$ times the quotient of the second sine by the first, that is ${tex(value)}$.",
        ),
        value,
    )


def _check_law_of_sines(params: Params) -> float:
    """Both sides are chords of the circumscribed circle."""
    chords = [abs(1 - cmath.exp(2j * math.radians(params[name]))) for name in ("first", "second")]
    return float(params["n"] * chords[1] / chords[0])


def _solve_sine_area(params: Params) -> Solution:
    a, n, angle = params["a"], params["n"], params["angle"]
    value = whole(a * n * _SINES[angle] / 2)
    return Solution(
        (
            "The area of a triangle is half the product of two sides times the sine of the angle between them.",
            rf"Here $\sin {angle}^{{\circ}} = {tex(_SINES[angle])}$.",
            rf"So the area is $\frac{{1}}{{2}} \cdot {a} \cdot {n} \cdot {tex(_SINES[angle])} = {tex(value)}$.",
        ),
        value,
    )


def _check_sine_area(params: Params) -> float:
    tip = cmath.rect(params["n"], math.radians(params["angle"]))
    return abs(float(np.linalg.det(np.array([[params["a"], 0], [tip.real, tip.imag]])))) / 2


def _solve_median(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    square = Fraction(2 * a * a + 2 * b * b - n * n, 4)
    value = Fraction(math.isqrt(square.numerator), math.isqrt(square.denominator))
    return Solution(
        (
            "The median divides the triangle into two, whose angles at the midpoint add up to $180$ degrees, so their "
            "cosines are opposite numbers.",
            "Adding the law of cosines for both triangles cancels these cosines: the squares of the two sides add up "
            "to twice the square of the median and twice the square of half the third side.",
            rf"The square of the median is $\frac{{{a * a} + {b * b}}}{{2}} - \frac{{{n * n}}}{{4}} = {tex(square)}$.",
            f"The median has length ${tex(value)}$.",
        ),
        value,
    )


def _check_median(params: Params) -> float:
    a, b, n = params["a"], params["b"], params["n"]
    x = (n * n + a * a - b * b) / (2 * n)
    return math.hypot(x - n / 2, math.sqrt(a * a - x * x))


def _median_fits(params: Params) -> bool:
    a, b, n = params["a"], params["b"], params["n"]
    square = 2 * a * a + 2 * b * b - n * n
    return bool(abs(a - b) < n < a + b and a != b and square > 0 and math.isqrt(square) ** 2 == square)


def _solve_elevation(params: Params) -> Solution:
    n, near, far = params["n"], params["near"], params["far"]
    cot = {30: sympy.sqrt(3), 45: sympy.Integer(1), 60: sympy.sqrt(3) / 3}
    gap = cot[far] - cot[near]
    difference = tex(gap) if (cot[far] / cot[near]).is_rational else f"{tex(cot[far])} - {tex(cot[near])}"
    value = whole(sympy.radsimp(sympy.nsimplify(n / gap)))
    return Solution(
        (
            "If the height is $x$, the horizontal distances of the two points from the foot are $x$ divided by "
            rf"$\tan {near}^{{\circ}}$ and by $\tan {far}^{{\circ}}$.",
            f"These are ${_multiple(cot[near])}$ and ${_multiple(cot[far])}$.",
            f"Their difference is ${n}$, so $x$ is ${n}$ divided by ${difference}$.",
            f"This gives $x = {tex(value)}$.",
        ),
        value,
    )


def _multiple(cot: sympy.Expr) -> str:
    return "x" if cot == 1 else f"{tex(cot)} x"


def _check_elevation(params: Params) -> float:
    """Intersect the two lines of sight; the observers stand at 0 and n."""
    near, far = (math.tan(math.radians(params[name])) for name in ("near", "far"))
    return float(np.linalg.solve([[far, -1], [near, -1]], [0, near * params["n"]])[1])


def _solve_polar(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    angle = _RADIANS[params["second"]] - _RADIANS[params["first"]]
    square = _third_side(a, n, angle)
    return Solution(
        (
            rf"The directions of the two points differ by the angle ${params['second']} - {params['first']} = "
            rf"{tex(sympy.pi * angle / 180)}$, whose cosine is ${tex(Fraction(_COSINES[angle], 2))}$.",
            "The law of cosines applies to the triangle formed by the two points and the origin.",
            rf"The square of the distance is ${power(a, 2)} + {power(n, 2)} - 2 \cdot {a} \cdot {n} \cdot "
            rf"{factor(Fraction(_COSINES[angle], 2))} = {square}$.",
            f"So the distance is ${root(square)}$.",
        ),
        whole(sympy.sqrt(square)),
    )


def _check_polar(params: Params) -> float:
    first, second = (math.radians(_RADIANS[params[name]]) for name in ("first", "second"))
    return abs(cmath.rect(params["a"], first) - cmath.rect(params["n"], second))


def _polar_fits(params: Params) -> bool:
    angle = _RADIANS[params["second"]] - _RADIANS[params["first"]]
    if angle not in _COSINES or params["a"] == params["n"]:
        return False
    return any(
        _third_side(params["a"], params["n"], angle) % k == 0
        and is_square(_third_side(params["a"], params["n"], angle) // k)
        for k in (1, 2, 3, 5, 7, 13)
    )


_SIDE = Integer(3, 40)

FAMILIES = (
    Family(
        name="third_side_by_cosines",
        concepts=("law of cosines", "exact trigonometric values"),
        school_level="high school",
        slots={"a": Integer(3, 60), "n": _SIDE, "angle": Choice((60, 120))},
        wordings=(
            Wording(
                "the length of the third side",
                given="Two sides of a triangle have lengths $[[a]]$ and $[[n]]$, and the angle between them measures "
                "$[[angle]]$ degrees.",
            ),
            Wording(
                "the distance between the two ships in kilometers",
                given="Two ships leave a port on straight courses that form an angle of $[[angle]]$ degrees. One has "
                "covered $[[a]]$ km and the other one $[[n]]$ km.",
            ),
            Wording(
                "the length of the tunnel in meters",
                given="A straight tunnel joins two points of a hillside. From a third point, they are $[[a]]$ m and "
                "$[[n]]$ m away, and the lines of sight to them form an angle of $[[angle]]$ degrees.",
            ),
        ),
        solve=_solve_third_side,
        check=_check_third_side,
        where=lambda p: p["a"] != p["n"] and is_square(_third_side(p["a"], p["n"], p["angle"])),
    ),
    Family(
        name="cosine_from_three_sides",
        concepts=("law of cosines",),
        school_level="high school",
        slots={"a": Integer(2, 20), "b": Integer(2, 20), "n": Integer(2, 30)},
        wordings=(
            Wording(
                "the cosine of the angle opposite the side of length $[[n]]$ in a triangle whose sides have lengths "
                "$[[a]]$, $[[b]]$ and $[[n]]$"
            ),
            Wording(
                "the cosine of the angle between the two rods",
                given="Two rods of lengths $[[a]]$ and $[[b]]$ are joined at one end. A string of length $[[n]]$ is "
                "stretched between their other ends.",
            ),
            Wording(
                "the cosine of the angle between the two roads at the village",
                given="From a village, one straight road leads to a farm that is $[[a]]$ km away and another one to a "
                "mill that is $[[b]]$ km away. The distance between the farm and the mill is $[[n]]$ km.",
            ),
        ),
        solve=_solve_cosine_of_angle,
        check=_check_cosine_of_angle,
        where=lambda p: (
            abs(p["a"] - p["b"]) < p["n"] < p["a"] + p["b"]
            and len({p["a"], p["b"], p["n"]}) == 3
            and p["a"] ** 2 + p["b"] ** 2 != p["n"] ** 2
        ),
    ),
    Family(
        name="side_by_sines",
        concepts=("law of sines", "exact trigonometric values"),
        school_level="high school",
        slots={"n": Integer(2, 40), "first": Choice((30, 45, 60, 135)), "second": Choice((30, 45, 60, 90, 120))},
        wordings=(
            Wording(
                "the length of the side opposite the angle of $[[second]]$ degrees",
                given="In a triangle, the side opposite an angle of $[[first]]$ degrees has length $[[n]]$. Another "
                "angle measures $[[second]]$ degrees.",
            ),
            Wording(
                "the length of the second side",
                given="Two angles of a triangle measure $[[first]]$ and $[[second]]$ degrees. The side opposite the "
                "first of them has length $[[n]]$, and the second side lies opposite the second of them.",
            ),
            Wording(
                "the distance in meters from the boat to the lighthouse",
                given="A boat, a lighthouse and a buoy form a triangle with an angle of $[[first]]$ degrees at the "
                "lighthouse and of $[[second]]$ degrees at the buoy. The distance from the boat to the buoy is $[[n]]$ "
                "m.",
            ),
        ),
        solve=_solve_law_of_sines,
        check=_check_law_of_sines,
        where=lambda p: (
            p["first"] != p["second"] and p["first"] + p["second"] < 180 and (p["first"], p["second"]) != (60, 120)
        ),
    ),
    Family(
        name="area_by_sine",
        concepts=("sine area formula", "exact trigonometric values"),
        school_level="high school",
        slots={"a": Integer(2, 24), "n": Integer(2, 30), "angle": Choice((30, 45, 60, 120, 135, 150))},
        wordings=(
            Wording(
                "the area of a triangle with two sides of lengths $[[a]]$ and $[[n]]$ that include an angle of "
                "$[[angle]]$ degrees"
            ),
            Wording(
                "the area of the sail in square meters",
                given="A triangular sail has edges of $[[a]]$ m and $[[n]]$ m that meet at an angle of $[[angle]]$ "
                "degrees.",
            ),
            Wording(
                "the area of the triangle that the diagonal cuts off",
                given="A parallelogram has sides of lengths $[[a]]$ and $[[n]]$, and one of its angles measures "
                "$[[angle]]$ degrees. A diagonal that does not pass through the vertex of this angle is drawn.",
            ),
        ),
        solve=_solve_sine_area,
        check=_check_sine_area,
    ),
    Family(
        name="median_length",
        concepts=("medians of a triangle", "law of cosines"),
        school_level="high school",
        slots={"a": Integer(3, 40), "b": Integer(3, 40), "n": Integer(4, 40)},
        wordings=(
            Wording(
                "the length of the median to the side of length $[[n]]$ in a triangle whose other two sides have "
                "lengths $[[a]]$ and $[[b]]$"
            ),
            Wording(
                "the distance from the vertex between the other two sides to the midpoint of the longest piece of wire",
                given="Three pieces of wire, of lengths $[[a]]$, $[[b]]$ and $[[n]]$, form a triangle, and the last "
                "one is the longest.",
            ),
            Wording(
                "the distance in kilometers from the tower to the bridge",
                given="A tower is $[[a]]$ km away from one village and $[[b]]$ km away from another. The road between "
                "the villages is straight and $[[n]]$ km long, and a bridge lies exactly in its middle.",
            ),
        ),
        solve=_solve_median,
        check=_check_median,
        where=lambda p: _median_fits(p) and p["n"] > max(p["a"], p["b"]),
    ),
    Family(
        name="height_from_two_elevations",
        concepts=("angle of elevation", "exact trigonometric values"),
        school_level="high school",
        slots={"n": Integer(4, 60), "near": Choice((45, 60)), "far": Choice((30, 45))},
        wordings=(
            Wording(
                "the height of the tower in meters",
                given="From level ground, an observer sees the top of a tower at an angle of elevation of "
                "$[[far]]$ degrees. After moving $[[n]]$ m straight towards the tower on the ground, the "
                "observer sees it at $[[near]]$ degrees.",
            ),
            Wording(
                "the height of the kite above the ground in meters",
                given="Two children lie on level ground, $[[n]]$ m apart. A kite is in the vertical plane through "
                "them, on the same side of both. They see it at angles of elevation of $[[far]]$ degrees and "
                "$[[near]]$ degrees.",
            ),
            Wording(
                "the height of the triangle over the line that contains the given side",
                given="One side of a triangle has length $[[n]]$. The interior angle at one of its ends is $[[far]]$ "
                "degrees, and the exterior angle at its other end is $[[near]]$ degrees.",
            ),
        ),
        solve=_solve_elevation,
        check=_check_elevation,
        where=lambda p: p["near"] > p["far"],
    ),
    Family(
        name="distance_in_polar_coordinates",
        concepts=("polar coordinates", "law of cosines", "radians"),
        school_level="high school",
        slots={
            "a": Integer(2, 40),
            "n": Integer(2, 40),
            "first": Choice(tuple(_RADIANS)[:5]),
            "second": Choice(tuple(_RADIANS)[3:]),
        },
        wordings=(
            Wording(
                "the distance between the points with the polar coordinates "
                "$\\left([[a]], [[first]]\\right)$ and $\\left([[n]], [[second]]\\right)$"
            ),
            Wording(
                "the distance between the two planes in kilometers",
                given="A radar shows two planes at the same height. One is $[[a]]$ km away in the direction "
                "$[[first]]$, the other one $[[n]]$ km away in the direction $[[second]]$, both in radians and "
                "measured from the east.",
            ),
            Wording(
                "the distance between the two points",
                given="In the plane, one point has radius $[[a]]$ and polar angle $[[first]]$, and another one has "
                "radius $[[n]]$ and polar angle $[[second]]$. The angles are in radians.",
            ),
        ),
        solve=_solve_polar,
        check=_check_polar,
        where=_polar_fits,
    ),
)
