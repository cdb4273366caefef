"""Geometry: points, lines and distances in coordinates."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
from scipy.spatial import distance

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import power, quotient, root, signed_sum
from ..slots import Choice, Integer

TOPICS = (
    Topic(
        "Coordinate Geometry",
        subject="Geometry",
        school_level="high school",
        concepts={
            "euclidean distance": ("distance formula", "euclidean distances", "euclidean metric"),
            "manhattan distance": ("taxicab distance", "city block distance", "cityblock", "manhattan distances"),
            "chebyshev distance": ("chessboard distance", "chebyshev metric", "maximum metric"),
            "reflection across a line": ("reflections across a line", "mirror image", "reflection over a line"),
            "collinear points": ("collinear", "collinearity", "slope of a line"),
            "distance from a point to a line": (
                "point-line distance",
                "distance to a line",
                "distance of a point to a line",
            ),
            "equation of a circle": ("equations of circles", "circle equation"),
            "shoelace formula": ("area of a polygon", "polygon area", "surveyor's formula"),
            "pick's theorem": ("lattice polygon", "lattice points", "lattice point"),
        },
    ),
)


def is_square(n: int) -> bool:
    return n > 0 and math.isqrt(n) ** 2 == n


def _points(params: Params) -> tuple[tuple[int, int], tuple[int, int]]:
    return (params["a"], params["b"]), (params["n"], params["c"])


def _solve_manhattan(params: Params) -> Solution:
    (a, b), (n, c) = _points(params)
    x, y = abs(n - a), abs(c - b)
    return Solution(
        (
            f"The $x$-coordinates ${a}$ and ${n}$ differ by ${x}$.",
            f"The $y$-coordinates ${b}$ and ${c}$ differ by ${y}$.",
            f"The Manhattan distance is the sum ${x} + {y} = {x + y}$.",
        ),
        x + y,
    )


def _solve_chebyshev(params: Params) -> Solution:
    (a, b), (n, c) = _points(params)
    x, y = abs(n - a), abs(c - b)
    return Solution(
        (
            f"The first coordinates differ by ${x}$ and the second ones by ${y}$.",
            "Each move changes both coordinates by at most $1$, and moves along a diagonal change both at once.",
            f"So what counts is the greater of the two differences, and the answer is ${max(x, y)}$.",
        ),
        max(x, y),
    )


def _solve_reflection(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    value = math.isqrt(n * n + (a + b) ** 2)
    return Solution(
        (
            f"Reflect the second point across the $x$-axis, to $({n}, -{b})$; this changes no distance to a point of "
            "the axis.",
            "The shortest way to the reflected point is straight, and it crosses the axis.",
            rf"Its length is $\sqrt{{{n}^{{2}} + ({a} + {b})^{{2}}}} = \sqrt{{{n * n + (a + b) ** 2}}} = {value}$.",
        ),
        value,
    )


def _check_reflection(params: Params) -> float:
    """The least sum of the two distances, by ternary search; the sum is convex."""
    a, b, n = params["a"], params["b"], params["n"]

    def length(x: float) -> float:
        return math.hypot(x, a) + math.hypot(n - x, b)

    low, high = 0.0, float(n)
    for _ in range(100):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, right) if length(left) < length(right) else (left, high)
    return length(low)


def _solve_collinear(params: Params) -> Solution:
    a, b, c, d, n = (params[name] for name in "abcdn")
    slope = Fraction(d - b, c - a)
    value = b + slope * (n - a)
    return Solution(
        (
            rf"The line through the two known points has the slope ${quotient(d - b, c - a)}$."
            if c - a > 1
            else f"The line through the two known points has the slope ${d - b}$.",
            rf"From $x = {a}$ to $x = {n}$ the $y$-coordinate changes by ${tex(slope)} \cdot {n - a} = "
            rf"{tex(slope * (n - a))}$."
            if n > a + 1
            else f"From $x = {a}$ to $x = {n}$ the $y$-coordinate changes by ${tex(slope)}$.",
            f"So it is ${signed_sum((b, slope * (n - a)))} = {tex(value)}$.",
        ),
        value,
    )


def _check_collinear(params: Params) -> float:
    """The triangle of the three points has no area, and its area is linear in y."""
    p = params

    def area(y: float) -> float:
        rows = [[p["a"], p["b"], 1], [p["c"], p["d"], 1], [p["n"], y, 1]]
        return float(np.linalg.det(np.array(rows, dtype=float)))

    return area(0) / (area(0) - area(1))


def _solve_point_line(params: Params) -> Solution:
    a, b, n, c, d = (params[name] for name in "abncd")
    r = math.isqrt(a * a + b * b)
    left = a * n + b * c
    value = Fraction(abs(left - d), r)
    return Solution(
        (
            rf"At the point, ${a}x + {b}y = {a} \cdot {n} + {b} \cdot {c} = {left}$, which differs from ${d}$ by "
            f"${abs(left - d)}$.",
            rf"The normal vector $({a}, {b})$ of the line has the length $\sqrt{{{a}^{{2}} + {b}^{{2}}}} = {r}$.",
            f"So the distance is ${quotient(abs(left - d), r)}$.",
        ),
        value,
    )


def _check_point_line(params: Params) -> float:
    """The distance to the foot of the perpendicular, found by solving for it."""
    a, b, n, c, d = (params[name] for name in "abncd")
    foot = np.linalg.solve([[a, b], [-b, a]], [d, -b * n + a * c])
    return float(np.linalg.norm(foot - np.array([n, c])))


def _solve_circle(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    x, y = a // 2, b // 2
    square = n + x * x + y * y
    return Solution(
        (
            f"Complete both squares: $(x - {x})^{{2}} + (y - {y})^{{2}} = {n} + {power(x, 2)} + {power(y, 2)}$.",
            f"The right side is ${n} + {x * x} + {y * y} = {square}$, the square of the radius.",
            f"So the radius is ${root(square)}$.",
        ),
        math.isqrt(square),
    )


def _check_circle(params: Params) -> float:
    """Half the width of the circle along the horizontal through its center, from the roots in x."""
    a, b, n = params["a"], params["b"], params["n"]
    y = b / 2
    roots = np.roots([1, -a, y * y - b * y - n])
    return float(abs(roots[0] - roots[1]) / 2)


def _circle_fits(params: Params) -> bool:
    a, b = params["a"], params["b"]
    return a % 2 == 0 and b % 2 == 0 and is_square(params["n"] + (a // 2) ** 2 + (b // 2) ** 2)


def _corners(params: Params) -> tuple[tuple[int, int], ...]:
    p = params
    return ((0, 0), (p["n"], p["a"]), (p["b"], p["c"]))


def _solve_shoelace(params: Params) -> Solution:
    _, (x1, y1), (x2, y2) = _corners(params)
    value = Fraction(abs(x1 * y2 - x2 * y1), 2)
    return Solution(
        (
            "With one vertex at the origin, the shoelace formula gives half the absolute value of a single "
            "cross difference.",
            rf"It is ${x1} \cdot {y2} - {x2} \cdot {y1} = {x1 * y2 - x2 * y1}$.",
            rf"So the area is ${quotient(abs(x1 * y2 - x2 * y1), 2)}$.",
        ),
        value,
    )


def _check_shoelace(params: Params) -> float:
    """By Heron's formula from the three side lengths, in exact surds under the root."""
    sides = distance.pdist(np.array(_corners(params), dtype=float), "sqeuclidean").astype(int).tolist()
    return math.sqrt(2 * sum(a * b for a, b in itertools.combinations(sides, 2)) - sum(a * a for a in sides)) / 4


def _solve_pick(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    g = math.gcd(a, n)
    boundary, area = a + n + g, Fraction(a * n, 2)
    value = area - Fraction(boundary, 2) + 1
    return Solution(
        (
            rf"The triangle has the area $\frac{{1}}{{2}} \cdot {a} \cdot {n} = {tex(area)}$.",
            f"On its boundary lie ${a} + {n} + {g} = {boundary}$ lattice points, since ${g}$ is the greatest common "
            f"divisor of ${a}$ and ${n}$.",
            "By Pick's theorem, the area is the number of inner points plus half the number of boundary points minus "
            "$1$.",
            f"So the number of inner points is ${tex(area)} - {tex(Fraction(boundary, 2))} + 1 = {tex(value)}$.",
        ),
        value.numerator,
    )


def _check_pick(params: Params) -> int:
    a, n = params["a"], params["n"]
    return sum(x * n + y * a < a * n for x in range(1, a) for y in range(1, n))


_TWO_POINTS = {"a": Integer(-9, 9), "b": Integer(-9, 9), "n": Integer(2, 40), "c": Integer(-9, 20)}

FAMILIES = (
    Family(
        name="manhattan_distance",
        concepts=("manhattan distance",),
        school_level="high school",
        slots=_TWO_POINTS,
        wordings=(
            Wording("the Manhattan distance between the points $([[a]], [[b]])$ and $([[n]], [[c]])$"),
            Wording(
                "the length in blocks of the shortest route along the streets",
                given="In a city, all streets run along the lines of a square grid with blocks of side $1$. A taxi "
                "goes "
                "from the crossing $([[a]], [[b]])$ to the crossing $([[n]], [[c]])$.",
            ),
            Wording("the sum of the absolute differences of the coordinates of $([[a]], [[b]])$ and $([[n]], [[c]])$"),
        ),
        solve=_solve_manhattan,
        check=lambda p: int(distance.cityblock(*_points(p))),
        where=lambda p: p["a"] != p["n"] and p["b"] != p["c"],
    ),
    Family(
        name="chebyshev_distance",
        concepts=("chebyshev distance",),
        school_level="high school",
        slots=_TWO_POINTS,
        wordings=(
            Wording("the Chebyshev distance between the points $([[a]], [[b]])$ and $([[n]], [[c]])$"),
            Wording(
                "the least number of moves that a king needs",
                given="On a chessboard without edges, the squares are numbered by pairs of integers. A king, who moves "
                "to any of the eight neighboring squares, is to go from the square $([[a]], [[b]])$ to the square "
                "$([[n]], [[c]])$.",
            ),
            Wording(
                "the least number of seconds that the drill needs to get into place",
                given="A drill can move along both axes at the same time, at up to one centimeter per second along "
                "each. It is at the point $([[a]], [[b]])$ and has to get to $([[n]], [[c]])$, with coordinates in "
                "centimeters.",
            ),
        ),
        solve=_solve_chebyshev,
        check=lambda p: int(distance.chebyshev(*_points(p))),
        where=lambda p: abs(p["n"] - p["a"]) != abs(p["c"] - p["b"]),
    ),
    Family(
        name="shortest_path_by_reflection",
        concepts=("reflection across a line", "euclidean distance"),
        school_level="high school",
        slots={"a": Integer(1, 30), "b": Integer(1, 30), "n": Integer(3, 60)},
        wordings=(
            Wording(
                "the length of the shortest path from $(0, [[a]])$ to a point of the $x$-axis and on to $([[n]], "
                "[[b]])$"
            ),
            Wording(
                "the length of the shortest such route in meters",
                given="A rider is $[[a]]$ m away from a straight river and wants to water his horse there before going "
                "to a camp on the same side, $[[b]]$ m away from the river. Measured along the river, rider and camp "
                "are $[[n]]$ m apart.",
            ),
            Wording(
                "the length of the ray of light between the two points",
                given="A ray of light leaves the point $(0, [[a]])$, is reflected by a mirror along the $x$-axis and "
                "arrives at the point $([[n]], [[b]])$.",
            ),
        ),
        solve=_solve_reflection,
        check=_check_reflection,
        where=lambda p: p["a"] != p["b"] and is_square(p["n"] ** 2 + (p["a"] + p["b"]) ** 2),
    ),
    Family(
        name="third_point_on_line",
        concepts=("collinear points",),
        school_level="high school",
        slots={
            "a": Integer(-6, 6, link=False),
            "b": Integer(-9, 9),
            "c": Integer(-5, 9, link=False),
            "d": Integer(-9, 12),
            "n": Integer(3, 40),
        },
        wordings=(
            Wording(
                "the value of $y$ for which $([[a]], [[b]])$, $([[c]], [[d]])$ and $([[n]], y)$ are collinear points"
            ),
            Wording(
                "the $y$-coordinate at $x = [[n]]$ of the line through the points $([[a]], [[b]])$ and $([[c]], [[d]])$"
            ),
            Wording(
                "the height $y$ at which the beam hits the wall",
                given="In a side view of a laboratory, a laser beam passes through the points $([[a]], [[b]])$ and "
                "$([[c]], [[d]])$. It hits a wall at the point $([[n]], y)$.",
            ),
        ),
        solve=_solve_collinear,
        check=_check_collinear,
        where=lambda p: (
            p["a"] < p["c"] < p["n"]
            and p["d"] != p["b"]
            and (p["d"] - p["b"]) * (p["n"] - p["a"]) % (p["c"] - p["a"]) == 0
        ),
    ),
    Family(
        name="distance_from_line",
        concepts=("distance from a point to a line",),
        school_level="high school",
        slots={
            "a": Choice((3, 6, 9, 12)),
            "b": Choice((4, 8, 12, 16)),
            "n": Integer(2, 40),
            "c": Integer(1, 20),
            "d": Integer(2, 60),
        },
        wordings=(
            Wording("the distance from the point $([[n]], [[c]])$ to the line $[[a]]x + [[b]]y = [[d]]$"),
            Wording(
                "the radius of the circle around the point $([[n]], [[c]])$ that touches the line "
                "$[[a]]x + [[b]]y = [[d]]$"
            ),
            Wording(
                "the length in meters of the shortest pipe from the well to the road",
                given="On a plan with coordinates in meters, a straight road follows the line "
                "$[[a]]x + [[b]]y = [[d]]$. A well is at the point $([[n]], [[c]])$.",
            ),
        ),
        solve=_solve_point_line,
        check=_check_point_line,
        where=lambda p: 3 * p["b"] == 4 * p["a"] and p["a"] * p["n"] + p["b"] * p["c"] != p["d"],
    ),
    Family(
        name="radius_from_equation",
        concepts=("equation of a circle",),
        school_level="high school",
        slots={"a": Integer(2, 30), "b": Integer(2, 30), "n": Integer(2, 200)},
        wordings=(
            Wording("the radius of the circle with the equation $x^{2} + y^{2} - [[a]]x - [[b]]y = [[n]]$"),
            Wording(
                "the distance from its center to any of its points",
                given="A circle consists of all points $(x, y)$ with $x^{2} - [[a]]x + y^{2} - [[b]]y = [[n]]$.",
            ),
            Wording(
                "the range of the transmitter in kilometers",
                given="With coordinates in kilometers, the edge of the area that a radio transmitter reaches is the "
                "circle $x^{2} + y^{2} = [[a]]x + [[b]]y + [[n]]$. The transmitter stands at the center of the circle.",
            ),
        ),
        solve=_solve_circle,
        check=_check_circle,
        where=_circle_fits,
    ),
    Family(
        name="triangle_area_by_coordinates",
        concepts=("shoelace formula", "area of a triangle"),
        school_level="high school",
        slots={"n": Integer(2, 30), "a": Integer(1, 12), "b": Integer(1, 12), "c": Integer(2, 20)},
        wordings=(
            Wording("the area of the triangle with the vertices $(0, 0)$, $([[n]], [[a]])$ and $([[b]], [[c]])$"),
            Wording(
                "the area of the nature reserve in square kilometers",
                given="On a map with coordinates in kilometers, a nature reserve is the triangle between the towns at "
                "$(0, 0)$, $([[n]], [[a]])$ and $([[b]], [[c]])$.",
            ),
            Wording(
                "the area of each of the two halves into which a diagonal cuts the parallelogram with the "
                "vertices $(0, 0)$, $([[n]], [[a]])$, $([[n]] + [[b]], [[a]] + [[c]])$ and $([[b]], [[c]])$"
            ),
        ),
        solve=_solve_shoelace,
        check=_check_shoelace,
        where=lambda p: p["n"] * p["c"] - p["a"] * p["b"] > 2,
    ),
    Family(
        name="lattice_points_in_triangle",
        concepts=("pick's theorem", "area of a triangle"),
        school_level="competition",
        slots={"a": Integer(3, 20), "n": Integer(3, 30)},
        wordings=(
            Wording(
                "the number of points with integer coordinates that lie strictly inside of the triangle with the "
                "vertices $(0, 0)$, $([[a]], 0)$ and $(0, [[n]])$"
            ),
            Wording(
                "the number of nails inside of the rubber band that do not touch it",
                given="A board has a nail at every point with integer coordinates. A rubber band is stretched around "
                "the nails at $(0, 0)$, $([[a]], 0)$ and $(0, [[n]])$.",
            ),
            Wording(
                r"the number of pairs of positive integers $x$ and $y$ with $\frac{x}{[[a]]} + \frac{y}{[[n]]} < 1$"
            ),
        ),
        solve=_solve_pick,
        check=_check_pick,
    ),
)
