"""Plane geometry: triangles, polygons and circles."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import power, quotient, root, whole
from ..slots import Choice, Integer

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


def _is_square(n: int) -> bool:
    return n > 0 and math.isqrt(n) ** 2 == n


def _legs_fit(params: Params) -> bool:
    return _is_square(params["a"] ** 2 + params["b"] ** 2)


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
    return any(square % k == 0 and _is_square(square // k) for k in (1, 2, 3, 5, 6, 7, 15))


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


_LEGS = {"a": Integer(3, 60), "b": Integer(3, 60)}
_ANGLES = Choice((20, 30, 36, 40, 45, 60, 72, 80, 90, 120, 135, 150))

FAMILIES = (
    Family(
        name="hypotenuse",
        concepts=("pythagorean theorem",),
        school_level="middle school",
        slots=_LEGS,
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
        where=_legs_fit,
    ),
    Family(
        name="altitude_on_hypotenuse",
        concepts=("altitude of a triangle", "area of a triangle", "pythagorean theorem"),
        school_level="high school",
        slots=_LEGS,
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
        where=_legs_fit,
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
    Family(
        name="inradius_of_right_triangle",
        concepts=("inscribed circle", "pythagorean theorem", "area of a triangle"),
        school_level="high school",
        slots=_LEGS,
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
        where=_legs_fit,
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
        where=lambda p: p["a"] != p["b"] and _is_square(4 * p["a"] ** 2 - p["b"] ** 2),
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
        where=lambda p: p["n"] > p["a"] and _is_square(p["n"] ** 2 - p["a"] ** 2),
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
        where=lambda p: p["n"] > p["a"] and _is_square(p["n"] ** 2 - p["a"] ** 2),
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
