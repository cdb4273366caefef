"""Geometry: triangles and polygons."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import quotient, root, whole
from ..slots import Integer

TOPICS = (
    Topic(
        "Triangles and Polygons",
        subject="Geometry",
        school_level="middle school",
        concepts={
            "pythagorean theorem": ("pythagoras' theorem", "theorem of pythagoras", "hypotenuse", "right triangle"),
            "area of a triangle": ("triangle area", "triangular area", "areas of triangles"),
            "altitude of a triangle": ("height of a triangle", "altitudes of a triangle"),
            "similar triangles": ("similarity of triangles", "triangle similarity"),
            "heron's formula": ("heron formula", "formula of heron"),
            "isosceles triangle": ("equilateral triangle", "isosceles triangles"),
            "interior angles": ("interior angle", "angle sum of a polygon", "sum of the interior angles"),
            "exterior angles": ("exterior angle", "turning angle"),
            "regular polygons": ("regular polygon", "equilateral polygon", "regular hexagon"),
            "diagonals of a polygon": ("polygon diagonals", "diagonals of polygons"),
            "perimeter": ("perimeters", "perimeter of a rectangle"),
            "trapezoids": ("trapezoid", "trapezium", "area of a trapezoid"),
        },
    ),
)


def is_square(n: int) -> bool:
    return n > 0 and math.isqrt(n) ** 2 == n


def legs_fit(params: Params) -> bool:
    return is_square(params["a"] ** 2 + params["b"] ** 2)


def _solve_hypotenuse(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    c = math.isqrt(a * a + b * b)
    return Solution(
        (
            "The length wanted is that of the hypotenuse of a right triangle, so the Pythagorean theorem applies.",
            f"The square of the length is ${a}^{{2}} + {b}^{{2}} = {a * a} + {b * b} = {a * a + b * b}$.",
            rf"The length is $\sqrt{{{a * a + b * b}}} = {c}$.",
        ),
        c,
    )


def _solve_altitude(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    c = math.isqrt(a * a + b * b)
    height = Fraction(a * b, c)
    return Solution(
        (
            rf"By the Pythagorean theorem, the hypotenuse has length $\sqrt{{{a}^{{2}} + {b}^{{2}}}} = {c}$.",
            rf"The area of the triangle is $\frac{{1}}{{2}} \cdot {a} \cdot {b} = {tex(Fraction(a * b, 2))}$.",
            "Twice the area is also the hypotenuse times the altitude on it.",
            rf"So the altitude is $\frac{{{a} \cdot {b}}}{{{c}}} = {tex(height)}$.",
        ),
        height,
    )


def _check_altitude(params: Params) -> float:
    a, b = params["a"], params["b"]
    along = np.array([-a, b]) / np.hypot(a, b)
    foot = np.array([a, 0.0]) - along * (along @ np.array([a, 0.0]))
    return float(np.linalg.norm(foot))


def _solve_similar(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    scale, value = Fraction(n, a), Fraction(n * b, a)
    return Solution(
        (
            "The two triangles are similar, so corresponding sides are in the same ratio.",
            rf"The scale factor from the smaller to the larger triangle is $\frac{{{n}}}{{{a}}}$"
            + (f", that is ${tex(scale)}$." if scale.denominator != a else "."),
            rf"Therefore the length wanted is ${b} \cdot {tex(scale)} = {tex(value)}$.",
        ),
        value,
    )


def _solve_heron(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    half = (a + b + c) // 2
    square = half * (half - a) * (half - b) * (half - c)
    return Solution(
        (
            rf"Half the perimeter is $\frac{{{a} + {b} + {c}}}{{2}} = {half}$.",
            "By Heron's formula, the square of the area is "
            rf"${half} \cdot ({half} - {a}) \cdot ({half} - {b}) \cdot ({half} - {c}) = {square}$.",
            f"Hence the area is ${root(square)}$.",
        ),
        whole(sympy.sqrt(square)),
    )


def _check_heron(params: Params) -> float:
    """Place the triangle on the axes and take half the base times the height."""
    a, b, c = params["a"], params["b"], params["c"]
    x = (a * a + c * c - b * b) / (2 * a)
    return float(a * math.sqrt(c * c - x * x) / 2)


def _heron_fits(params: Params) -> bool:
    a, b, c = sorted((params["a"], params["b"], params["c"]))
    half = Fraction(a + b + c, 2)
    if a + b <= c or half.denominator != 1:
        return False
    square = int(half * (half - a) * (half - b) * (half - c))
    return any(square % k == 0 and is_square(square // k) for k in (1, 2, 3, 5, 6, 7, 15))


def _solve_diagonals(params: Params) -> Solution:
    n = params["n"]
    return Solution(
        (
            f"Each of the ${n}$ vertices is joined by a diagonal to all vertices except itself and its two neighbors.",
            f"That gives ${n} - 3 = {n - 3}$ diagonals at each vertex.",
            "Counting them at every vertex counts each diagonal twice.",
            rf"So the number of diagonals is $\frac{{{n} \cdot {n - 3}}}{{2}} = {n * (n - 3) // 2}$.",
        ),
        n * (n - 3) // 2,
    )


def _solve_interior_angle(params: Params) -> Solution:
    n = params["n"]
    total, value = 180 * (n - 2), Fraction(180 * (n - 2), n)
    return Solution(
        (
            f"Diagonals from one vertex cut the polygon into ${n} - 2 = {n - 2}$ triangles.",
            rf"The interior angles therefore add up to ${n - 2} \cdot 180 = {total}$ degrees.",
            f"In a regular polygon all ${n}$ angles are equal.",
            f"So each of them measures ${quotient(total, n)}$ degrees.",
        ),
        value,
    )


def _check_interior_angle(params: Params) -> float:
    turn = 2 * math.pi / params["n"]
    corners = np.exp(1j * turn * np.arange(3))
    return float(np.degrees(np.angle((corners[0] - corners[1]) / (corners[2] - corners[1])) % (2 * math.pi)))


def _solve_exterior_angle(params: Params) -> Solution:
    n = params["n"]
    return Solution(
        (
            "Going once around a convex polygon, one turns through $360$ degrees in all.",
            f"Every turn is ${n}$ degrees, the exterior angle.",
            rf"The number of sides is therefore $\frac{{360}}{{{n}}} = {360 // n}$.",
        ),
        360 // n,
    )


def _check_exterior_angle(params: Params) -> int:
    return next(sides for sides in itertools.count(1) if sides * params["n"] % 360 == 0)


def _solve_rectangle(params: Params) -> Solution:
    p, a = params["n"], params["a"]
    width = (p // 2 - a) // 2
    return Solution(
        (
            rf"Half the perimeter is the length plus the width, so $x + (x + {a}) = {p // 2}$ for the width $x$.",
            rf"This gives $2x = {p // 2 - a}$, so the width is ${width}$ and the length is "
            f"${width} + {a} = {width + a}$.",
            rf"The area is ${width} \cdot {width + a} = {width * (width + a)}$.",
        ),
        width * (width + a),
    )


def _check_rectangle(params: Params) -> int:
    p, a = int(params["n"]), int(params["a"])
    return next(x * (x + a) for x in range(1, p) if 2 * (x + x + a) == p)


def _solve_trapezoid(params: Params) -> Solution:
    a, b, h = params["a"], params["b"], params["n"]
    area = Fraction((a + b) * h, 2)
    return Solution(
        (
            "The area of a trapezoid is half the sum of the parallel sides times the distance between them.",
            f"The parallel sides add up to ${a} + {b} = {a + b}$.",
            rf"So the area is $\frac{{1}}{{2}} \cdot {a + b} \cdot {h} = {tex(area)}$.",
        ),
        area,
    )


LEGS = {"a": Integer(3, 60), "b": Integer(3, 60)}

FAMILIES = (
    Family(
        name="hypotenuse",
        concepts=("pythagorean theorem",),
        school_level="middle school",
        slots=LEGS,
        wordings=(
            Wording("the length of the hypotenuse of a right triangle whose legs have lengths $[[a]]$ and $[[b]]$"),
            Wording(
                "the length of the path in meters",
                given="A rectangular park is $[[a]]$ m wide and $[[b]]$ m long, and a straight path joins two opposite "
                "corners of the park.",
            ),
            Wording(
                "the distance in kilometers, along a straight line, between the two cyclists",
                given="Two cyclists set out from the same crossing, one to the north and one to the east. They stop "
                "when the first has ridden $[[a]]$ km and the second $[[b]]$ km.",
            ),
        ),
        solve=_solve_hypotenuse,
        check=lambda params: math.hypot(params["a"], params["b"]),
        where=legs_fit,
    ),
    Family(
        name="altitude_on_hypotenuse",
        concepts=("altitude of a triangle", "area of a triangle", "pythagorean theorem"),
        school_level="high school",
        slots=LEGS,
        wordings=(
            Wording(
                "the length of the altitude from the right angle to the hypotenuse",
                given="The legs of a right triangle have lengths $[[a]]$ and $[[b]]$.",
            ),
            Wording(
                "the distance from the vertex of the right angle to the hypotenuse of a right triangle with legs of "
                "lengths $[[a]]$ and $[[b]]$"
            ),
            Wording(
                "the length in meters of the shortest fence from the corner with the right angle to the opposite side",
                given="A meadow has the shape of a right triangle whose two shorter sides measure $[[a]]$ m and "
                "$[[b]]$ m.",
            ),
        ),
        solve=_solve_altitude,
        check=_check_altitude,
        where=legs_fit,
    ),
    Family(
        name="similar_triangles",
        concepts=("similar triangles",),
        school_level="middle school",
        slots={"a": Integer(2, 15), "b": Integer(2, 15), "n": Integer(4, 60)},
        wordings=(
            Wording(
                "the length of the side of the larger triangle that corresponds to the side of length $[[b]]$",
                given="Two triangles are similar. In the smaller one, two sides have lengths $[[a]]$ and $[[b]]$. The "
                "side of the larger one that corresponds to the side of length $[[a]]$ has length $[[n]]$.",
            ),
            Wording(
                "the height of the tree in meters",
                given="In the afternoon, a pole of height $[[b]]$ m casts a shadow of length $[[a]]$ m on level "
                "ground. At the same moment, a tree that stands nearby casts a shadow of length $[[n]]$ m.",
            ),
            Wording(
                "the height above the ground, in meters, that the ramp reaches at its far end",
                given="A straight ramp rises from level ground. A post under the ramp, at the horizontal distance "
                "$[[a]]$ m from its foot, is $[[b]]$ m high. The far end of the ramp is at the horizontal distance "
                "$[[n]]$ m from its foot.",
            ),
        ),
        solve=_solve_similar,
        check=lambda p: p["n"] * math.tan(math.atan2(p["b"], p["a"])),
        where=lambda p: p["n"] > p["a"] and p["a"] != p["b"] and p["b"] <= 2 * p["a"] and p["n"] * p["b"] % p["a"] == 0,
    ),
    Family(
        name="area_by_heron",
        concepts=("heron's formula", "area of a triangle"),
        school_level="high school",
        slots={"a": Integer(3, 30), "b": Integer(3, 30), "c": Integer(3, 30)},
        wordings=(
            Wording("the area of a triangle with sides of lengths $[[a]]$, $[[b]]$ and $[[c]]$"),
            Wording(
                "the area of the flower bed in square meters",
                given="A triangular flower bed is bordered by three straight edges that are $[[a]]$ m, $[[b]]$ m and "
                "$[[c]]$ m long.",
            ),
            Wording(
                "the area that the triangle encloses",
                given="Three rods of lengths $[[a]]$, $[[b]]$ and $[[c]]$ are joined at their ends to form a triangle.",
            ),
        ),
        solve=_solve_heron,
        check=_check_heron,
        where=_heron_fits,
    ),
    Family(
        name="polygon_diagonals",
        concepts=("diagonals of a polygon",),
        school_level="middle school",
        slots={"n": Integer(5, 40)},
        wordings=(
            Wording("the number of diagonals of a convex polygon with $[[n]]$ sides"),
            Wording(
                "the number of segments drawn",
                given="In a convex polygon with $[[n]]$ vertices, a segment is drawn between every two vertices that "
                "are not joined by a side.",
            ),
            Wording(
                "the number of handshakes",
                given="At a round table sit $[[n]]$ people. Every two of them who are not neighbors at the table shake "
                "hands exactly once.",
            ),
        ),
        solve=_solve_diagonals,
        check=lambda params: sum(1 < v - u < params["n"] - 1 for u, v in itertools.combinations(range(params["n"]), 2)),
    ),
    Family(
        name="regular_polygon_interior_angle",
        concepts=("interior angles", "regular polygons"),
        school_level="middle school",
        slots={"n": Integer(5, 40)},
        wordings=(
            Wording("the measure in degrees of each interior angle of a regular polygon with $[[n]]$ sides"),
            Wording(
                "the angle in degrees at which two neighboring walls meet inside of the tower",
                given="The floor of a tower has the shape of a regular polygon with $[[n]]$ equal walls.",
            ),
            Wording(
                "the size of one of these angles in degrees",
                given="A convex polygon has $[[n]]$ sides, and all of its sides and all of its interior angles are "
                "equal.",
            ),
        ),
        solve=_solve_interior_angle,
        check=_check_interior_angle,
    ),
    Family(
        name="sides_from_exterior_angle",
        concepts=("exterior angles", "regular polygons"),
        school_level="middle school",
        slots={"n": Integer(4, 60)},
        wordings=(
            Wording("the number of sides of a regular polygon whose exterior angles measure $[[n]]$ degrees each"),
            Wording(
                "the number of straight pieces of its route",
                given="A robot drives one meter straight ahead, turns left by $[[n]]$ degrees, and repeats this until "
                "it is back at its starting point for the first time. It goes around its route just once.",
            ),
            Wording(
                "the number of vertices of the polygon",
                given="Extending one side of a regular polygon beyond a vertex makes an angle of $[[n]]$ degrees with "
                "the next side.",
            ),
        ),
        solve=_solve_exterior_angle,
        check=_check_exterior_angle,
        where=lambda params: 360 % params["n"] == 0,
    ),
    Family(
        name="rectangle_from_perimeter",
        concepts=("perimeter",),
        school_level="middle school",
        slots={"n": Integer(12, 100), "a": Integer(2, 20)},
        wordings=(
            Wording(
                "the area of the rectangle",
                given="A rectangle has perimeter $[[n]]$, and its length exceeds its width by $[[a]]$.",
            ),
            Wording(
                "the area of the garden in square meters",
                given="A rectangular garden is enclosed by a fence of total length $[[n]]$ m. The garden is $[[a]]$ m "
                "longer than it is wide.",
            ),
            Wording(
                "the area in square centimeters that the wire encloses",
                given="A wire of length $[[n]]$ cm is bent into a rectangle whose two side lengths differ by $[[a]]$ "
                "cm.",
            ),
        ),
        solve=_solve_rectangle,
        check=_check_rectangle,
        where=lambda p: p["n"] > 2 * p["a"] and (p["n"] - 2 * p["a"]) % 4 == 0,
    ),
    Family(
        name="trapezoid_area",
        concepts=("trapezoids",),
        school_level="middle school",
        slots={"a": Integer(3, 30), "b": Integer(2, 30), "n": Integer(2, 20)},
        wordings=(
            Wording(
                "the area of a trapezoid whose parallel sides have lengths $[[a]]$ and $[[b]]$ and lie at the distance "
                "$[[n]]$ from each other"
            ),
            Wording(
                "the area of the cross-section in square meters",
                given="The cross-section of a dam is a trapezoid. It is $[[a]]$ m wide at the bottom, $[[b]]$ m wide "
                "at the top and $[[n]]$ m high.",
            ),
            Wording(
                "the area of the plot in square meters",
                given="A plot of land has two parallel sides, which measure $[[a]]$ m and $[[b]]$ m, and two other "
                "straight sides. The parallel sides are $[[n]]$ m apart.",
            ),
        ),
        solve=_solve_trapezoid,
        check=lambda p: float(np.trapezoid([p["a"], p["b"]], [0, p["n"]])),
        where=lambda p: p["a"] > p["b"],
    ),
)
