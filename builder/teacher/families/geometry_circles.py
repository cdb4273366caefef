"""Geometry: circles, their chords, tangents and sectors."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import power, quotient, whole
from ..slots import Choice, Integer
from .geometry_polygons import LEGS, is_square, legs_fit

TOPICS = (
    Topic(
        "Circles",
        subject="Geometry",
        school_level="high school",
        concepts={
            "circumference": ("circumference of a circle", "perimeter of a circle"),
            "area of a circle": ("area of a disk", "area of a disc", "circular area"),
            "arc length": ("circular arc", "length of an arc"),
            "circular sector": ("sector of a circle", "area of a sector"),
            "tangent to a circle": ("tangents to a circle", "circle tangent"),
            "chords of a circle": ("chord of a circle", "chord length"),
            "inscribed angle": ("inscribed angles", "inscribed angle theorem", "central angle"),
            "power of a point": ("intersecting chords", "intersecting chords theorem"),
            "inscribed circle": ("incircle", "inradius", "incenter"),
            "circumscribed circle": ("circumcircle", "circumradius", "circumcenter", "circumsphere"),
            "annulus": ("circular ring", "annuli"),
        },
    ),
)


def _solve_inradius(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    c = math.isqrt(a * a + b * b)
    r = Fraction(a * b, a + b + c)
    return Solution(
        (
            rf"The hypotenuse is $\sqrt{{{a}^{{2}} + {b}^{{2}}}} = {c}$, so the perimeter is "
            f"${a} + {b} + {c} = {a + b + c}$.",
            rf"The area is $\frac{{1}}{{2}} \cdot {a} \cdot {b} = {tex(Fraction(a * b, 2))}$.",
            "The area of a triangle is also half its perimeter times the radius of its inscribed circle.",
            rf"So the radius is $\frac{{2 \cdot {tex(Fraction(a * b, 2))}}}{{{a + b + c}}} = {tex(r)}$.",
        ),
        r,
    )


def _check_inradius(params: Params) -> float:
    """The two tangents from each corner are equal, so the legs less the radius make up the hypotenuse."""
    a, b = params["a"], params["b"]
    return float(a + b - math.hypot(a, b)) / 2


def _solve_circumradius(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    height = Fraction(math.isqrt(4 * a * a - b * b), 2)
    value = Fraction(a * a) / (2 * height)
    return Solution(
        (
            f"The altitude on the base meets it in its midpoint, at distance ${tex(Fraction(b, 2))}$ from each end.",
            rf"By the Pythagorean theorem its length is ${tex(height)}$, because "
            rf"${a}^{{2}} - {power(Fraction(b, 2), 2)} = {tex(height**2)}$.",
            "The diameter through the apex and one of the equal sides form a right triangle similar to half of the "
            "given triangle, so the diameter is the square of the equal side divided by the altitude.",
            rf"So the radius is $\frac{{{a}^{{2}}}}{{2 \cdot {tex(height)}}} = {tex(value)}$.",
        ),
        value,
    )


def _check_circumradius(params: Params) -> float:
    a, b = params["a"], params["b"]
    angle = 2 * math.asin(b / 2 / a)
    return float(b / (2 * math.sin(angle)))


def _solve_tangent(params: Params) -> Solution:
    r, d = params["a"], params["n"]
    value = math.isqrt(d * d - r * r)
    return Solution(
        (
            "The radius to the point of contact is perpendicular to the tangent.",
            f"So the tangent segment is a leg of a right triangle with hypotenuse ${d}$ and other leg ${r}$.",
            rf"Its length is $\sqrt{{{d}^{{2}} - {r}^{{2}}}} = \sqrt{{{d * d - r * r}}} = {value}$.",
        ),
        value,
    )


def _solve_chord(params: Params) -> Solution:
    r, d = params["n"], params["a"]
    half = math.isqrt(r * r - d * d)
    return Solution(
        (
            "The perpendicular from the center to a chord bisects the chord.",
            rf"Half of the chord has length $\sqrt{{{r}^{{2}} - {d}^{{2}}}} = \sqrt{{{r * r - d * d}}} = {half}$.",
            rf"The whole chord has length $2 \cdot {half} = {2 * half}$.",
        ),
        2 * half,
    )


def _solve_sector(params: Params) -> Solution:
    r, angle = params["n"], params["angle"]
    part = Fraction(angle, 360)
    value = whole(sympy.Rational(angle * r * r, 360) * sympy.pi)
    return Solution(
        (
            rf"The sector is $\frac{{{angle}}}{{360}} = {tex(part)}$ of the full disk.",
            rf"The disk has area $\pi \cdot {r}^{{2}} = {r * r}\pi$.",
            rf"So the area of the sector is ${tex(part)} \cdot {r * r}\pi = {tex(value)}$.",
        ),
        value,
    )


def _check_sector(params: Params) -> float:
    """The limit of thin triangles: their areas are r^2 sin(t) / 2, and t outgrows sin(t) only in third order."""
    pieces = 100_000
    return float(pieces * params["n"] ** 2 / 2 * math.sin(math.radians(params["angle"]) / pieces))


def _solve_arc(params: Params) -> Solution:
    r, angle = params["n"], params["angle"]
    part = Fraction(angle, 360)
    value = sympy.Rational(angle * r, 180) * sympy.pi
    return Solution(
        (
            rf"The full circle of radius ${r}$ has circumference $2\pi \cdot {r} = {2 * r}\pi$.",
            rf"An angle of ${angle}$ degrees takes up $\frac{{{angle}}}{{360}} = {tex(part)}$ of it.",
            rf"So the length of the arc is ${tex(part)} \cdot {2 * r}\pi = {tex(value)}$.",
        ),
        value,
    )


def _check_arc(params: Params) -> float:
    turns = np.exp(1j * np.linspace(0, math.radians(params["angle"]), 20_001))
    return float(params["n"] * np.abs(np.diff(turns)).sum())


def _solve_inscribed_angle(params: Params) -> Solution:
    n = params["n"]
    return Solution(
        (
            "The vertices of the regular polygon divide the circle into equal arcs.",
            f"A side subtends an angle of ${quotient(360, n)}$ degrees at the center.",
            "By the inscribed angle theorem, the angle at another vertex is half of the central angle.",
            rf"So it measures $\frac{{1}}{{2}} \cdot {tex(Fraction(360, n))} = {tex(Fraction(180, n))}$ degrees.",
        ),
        Fraction(180, n),
    )


def _check_inscribed_angle(params: Params) -> float:
    corners = np.exp(2j * math.pi * np.arange(3) / params["n"])
    return float(np.degrees(np.abs(np.angle((corners[0] - corners[2]) / (corners[1] - corners[2])))))


def _solve_power(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    value = Fraction(a * b, n)
    return Solution(
        (
            "When two chords cross, the products of their two parts are equal.",
            rf"For the first chord this product is ${a} \cdot {b} = {a * b}$.",
            f"The other part of the second chord is therefore ${quotient(a * b, n)}$.",
        ),
        value,
    )


def _check_power(params: Params) -> float:
    """Draw it: chords at right angles through the origin; the circle through three of the four ends gives the last."""
    a, b, n = params["a"], params["b"], params["n"]
    system = np.array([[-a, 0, 1], [b, 0, 1], [0, n, 1]], dtype=float)
    _, y, constant = np.linalg.solve(system, -np.array([a * a, b * b, n * n], dtype=float))
    return float(-min(np.roots([1, y, constant]).real))


def _solve_annulus(params: Params) -> Solution:
    n = params["n"]
    half = Fraction(n, 2)
    value = sympy.Rational(n * n, 4) * sympy.pi
    return Solution(
        (
            "The radius of the inner circle to the point of contact is perpendicular to the chord and bisects it.",
            "By the Pythagorean theorem, the squares of the two radii differ by the square of half the chord.",
            f"That difference is ${power(half, 2)} = {tex(half * half)}$.",
            rf"The ring has the area $\pi \cdot {tex(half * half)} = {tex(value)}$.",
        ),
        value,
    )


def _check_annulus(params: Params) -> float:
    """The same for any inner radius: try 3."""
    outer = math.hypot(3, params["n"] / 2)
    return math.pi * (outer - 3) * (outer + 3)


_ANGLES = Choice((20, 30, 36, 40, 45, 60, 72, 80, 90, 120, 135, 150))

FAMILIES = (
    Family(
        name="inradius_of_right_triangle",
        concepts=("inscribed circle", "pythagorean theorem", "area of a triangle"),
        school_level="high school",
        slots=LEGS,
        wordings=(
            Wording("the radius of the circle inscribed in a right triangle with legs of lengths $[[a]]$ and $[[b]]$"),
            Wording(
                "the radius in meters of the largest round pond that fits on the lot",
                given="A lot has the shape of a right triangle. The two sides at its right angle are $[[a]]$ m and "
                "$[[b]]$ m long.",
            ),
            Wording(
                "the distance from its center to each side of the triangle",
                given="A circle touches all three sides of a right triangle from the inside. The legs of the triangle "
                "measure $[[a]]$ and $[[b]]$.",
            ),
        ),
        solve=_solve_inradius,
        check=_check_inradius,
        where=legs_fit,
    ),
    Family(
        name="circumradius_of_isosceles_triangle",
        concepts=("circumscribed circle", "isosceles triangle", "similar triangles"),
        school_level="high school",
        slots={"a": Integer(5, 50), "b": Integer(4, 60)},
        wordings=(
            Wording(
                "the radius of the circumscribed circle of an isosceles triangle with base $[[b]]$ and two sides of "
                "length $[[a]]$"
            ),
            Wording(
                "the radius of the circle that passes through its three vertices",
                given="A triangle has two sides of length $[[a]]$ and one side of length $[[b]]$.",
            ),
            Wording(
                "the distance in kilometers from the station to each of the villages",
                given="Three villages are the vertices of a triangle. Two of its sides are $[[a]]$ km long, and the "
                "third one is $[[b]]$ km long. A rescue station is built at the same distance from all three villages.",
            ),
        ),
        solve=_solve_circumradius,
        check=_check_circumradius,
        where=lambda p: p["a"] != p["b"] and is_square(4 * p["a"] ** 2 - p["b"] ** 2),
    ),
    Family(
        name="tangent_length",
        concepts=("tangent to a circle", "pythagorean theorem"),
        school_level="high school",
        slots={"a": Integer(3, 60), "n": Integer(5, 65)},
        wordings=(
            Wording(
                "the length of a tangent segment from the point to the circle",
                given="A point lies at the distance $[[n]]$ from the center of a circle of radius $[[a]]$.",
            ),
            Wording(
                "the distance in meters from the dog to the point where the straight path touches the pond",
                given="A circular pond has radius $[[a]]$ m. A dog stands $[[n]]$ m away from the center of the pond, "
                "at the start of a straight path that just touches the pond.",
            ),
            Wording(
                "the distance between the point outside of the circle and the point of contact",
                given="A line through a point outside of a circle is tangent to the circle. The radius of the circle "
                "is $[[a]]$, and the point is $[[n]]$ away from the center.",
            ),
        ),
        solve=_solve_tangent,
        check=lambda p: p["n"] * math.sin(math.acos(p["a"] / p["n"])),
        where=lambda p: p["n"] > p["a"] and is_square(p["n"] ** 2 - p["a"] ** 2),
    ),
    Family(
        name="chord_length",
        concepts=("chords of a circle", "pythagorean theorem"),
        school_level="high school",
        slots={"a": Integer(3, 60), "n": Integer(5, 65)},
        wordings=(
            Wording("the length of a chord at the distance $[[a]]$ from the center of a circle with radius $[[n]]$"),
            Wording(
                "the width of the water surface in centimeters",
                given="A horizontal pipe has a circular cross-section with inner radius $[[n]]$ cm. The surface of the "
                "water in it lies $[[a]]$ cm below the center of the cross-section.",
            ),
            Wording(
                "the length of the part of the line that lies inside of the circle",
                given="The distance from the center of a circle of radius $[[n]]$ to a line is $[[a]]$.",
            ),
        ),
        solve=_solve_chord,
        check=lambda p: 2 * p["n"] * math.sin(math.acos(p["a"] / p["n"])),
        where=lambda p: p["n"] > p["a"] and is_square(p["n"] ** 2 - p["a"] ** 2),
    ),
    Family(
        name="sector_area",
        concepts=("circular sector", "area of a circle"),
        school_level="high school",
        slots={"n": Integer(2, 30), "angle": _ANGLES},
        wordings=(
            Wording("the area of a circular sector with radius $[[n]]$ and a central angle of $[[angle]]$ degrees"),
            Wording(
                "the area of the lawn in square meters that gets watered",
                given="A sprinkler reaches $[[n]]$ m far and swings back and forth through an angle of $[[angle]]$ "
                "degrees.",
            ),
            Wording(
                "the area of the slice in square centimeters",
                given="From a round pizza of radius $[[n]]$ cm, a slice with an angle of $[[angle]]$ degrees at its "
                "tip, the center of the pizza, is cut.",
            ),
        ),
        solve=_solve_sector,
        check=_check_sector,
    ),
    Family(
        name="arc_length",
        concepts=("arc length", "circumference"),
        school_level="high school",
        slots={"n": Integer(2, 40), "angle": _ANGLES},
        wordings=(
            Wording("the length of an arc with central angle $[[angle]]$ degrees on a circle of radius $[[n]]$"),
            Wording(
                "the distance in centimeters that the bob travels along its arc from one side to the other",
                given="A pendulum of length $[[n]]$ cm swings through a total angle of $[[angle]]$ degrees.",
            ),
            Wording(
                "the length of the bend in centimeters",
                given="In a bend, the track of a model railway follows a circle of radius $[[n]]$ cm and changes its "
                "direction by $[[angle]]$ degrees.",
            ),
        ),
        solve=_solve_arc,
        check=_check_arc,
    ),
    Family(
        name="side_seen_from_vertex",
        concepts=("inscribed angle", "regular polygons"),
        school_level="high school",
        slots={"n": Integer(5, 45)},
        wordings=(
            Wording(
                "the angle in degrees that a side subtends at any vertex that is not one of its ends",
                given="A regular polygon with $[[n]]$ sides is given.",
            ),
            Wording(
                "the inscribed angle, in degrees, over one of these arcs, if its vertex lies on another one of them",
                given="A circle is divided into $[[n]]$ equal arcs.",
            ),
            Wording(
                "the angle in degrees between the two beams",
                given="On the edge of a round arena, $[[n]]$ lamps stand at equal distances along the circle. Two of "
                "them are next to each other, and a third lamp elsewhere on the edge sends a beam to each of the two.",
            ),
        ),
        solve=_solve_inscribed_angle,
        check=_check_inscribed_angle,
    ),
    Family(
        name="intersecting_chords",
        concepts=("power of a point", "chords of a circle"),
        school_level="high school",
        slots={"a": Integer(2, 24), "b": Integer(2, 24), "n": Integer(2, 30)},
        wordings=(
            Wording(
                "the length of the other part of the second chord",
                given="Two chords of a circle cross. The crossing point divides the first one into parts of lengths "
                "$[[a]]$ and $[[b]]$, and one part of the second one has length $[[n]]$.",
            ),
            Wording(
                "the distance from the point to the other end of the second chord",
                given="Through a point inside of a circle run two chords. The point is $[[a]]$ and $[[b]]$ away from "
                "the ends of the first chord, and $[[n]]$ away from one end of the second chord.",
            ),
            Wording(
                "the distance in meters from the fountain to the fourth gate",
                given="Two straight paths cross at a fountain inside of a circular park. Each path leads from gate to "
                "gate on the edge of the park. Along the first path, the gates are $[[a]]$ m and $[[b]]$ m away from "
                "the fountain. Along the second path, one gate is $[[n]]$ m away from it.",
            ),
        ),
        solve=_solve_power,
        check=_check_power,
        where=lambda p: p["a"] * p["b"] % p["n"] == 0 and p["n"] not in (p["a"], p["b"]),
    ),
    Family(
        name="ring_area",
        concepts=("annulus", "area of a circle", "chords of a circle"),
        school_level="high school",
        slots={"n": Integer(4, 40)},
        wordings=(
            Wording(
                "the area of the ring between the two circles",
                given="Two circles have the same center. A chord of the larger circle is tangent to the smaller one "
                "and has length $[[n]]$.",
            ),
            Wording(
                "the area of the annulus between two concentric circles such that a chord of length $[[n]]$ of the "
                "outer circle touches the inner circle"
            ),
            Wording(
                "the area of the path in square meters",
                given="A path of constant width runs around a round pond. The longest straight line that can be drawn "
                "on the path measures $[[n]]$ m, from one point of the outer edge to another, and it just touches the "
                "pond.",
            ),
        ),
        solve=_solve_annulus,
        check=_check_annulus,
    ),
)
