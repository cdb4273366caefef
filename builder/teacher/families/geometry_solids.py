"""Geometry: solids."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy
from scipy.spatial import distance

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import power, root
from ..slots import Choice, Integer
from .geometry_coordinates import is_square

TOPICS = (
    Topic(
        "Solid Geometry",
        subject="Geometry",
        school_level="high school",
        concepts={
            "rectangular prism": ("cuboid", "rectangular box", "space diagonal", "rectangular prisms"),
            "surface area": ("surface areas", "lateral area"),
            "volume of a sphere": ("volume of the sphere", "volume of a ball", "volumes of spheres"),
            "volume of a cylinder": ("right circular cylinder", "volumes of cylinders"),
            "volume of a cone": ("right circular cone", "volumes of cones"),
            "polyhedra": ("polyhedron", "euler's polyhedron formula", "convex polyhedron", "platonic solids"),
            "similar solids": ("similarity of solids", "scale factor of solids", "square-cube law"),
        },
    ),
)


def _solve_box(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    square = a * a + b * b + n * n
    return Solution(
        (
            f"The diagonal of the base has the square ${power(a, 2)} + {power(b, 2)} = {a * a + b * b}$, by the "
            "Pythagorean theorem.",
            f"Together with the height it gives the square ${a * a + b * b} + {n * n} = {square}$ of the diagonal "
            "through the inside.",
            f"So its length is ${root(square)}$.",
        ),
        math.isqrt(square),
    )


def _solve_spheres(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    return Solution(
        (
            rf"The cylinder has the volume $\pi \cdot {a}^{{2}} \cdot {n} = {a * a * n}\pi$.",
            rf"A ball of radius ${b}$ has the volume $\frac{{4}}{{3}}\pi \cdot {b}^{{3}} = "
            rf"{tex(Fraction(4 * b**3, 3))}\pi$.",
            rf"The quotient is ${a * a * n} \cdot {tex(Fraction(3, 4 * b**3))} = "
            f"{tex(Fraction(3 * a * a * n, 4 * b**3))}$.",
        ),
        3 * a * a * n // (4 * b**3),
    )


def _check_spheres(params: Params) -> float:
    """Volumes by slices, exact with a few Gauss points for a quadratic cross-section."""
    x, weights = np.polynomial.legendre.leggauss(4)
    b = params["b"]
    ball = float((weights * np.pi * (b * b - (b * x) ** 2)).sum() * b)
    return math.pi * float(params["a"]) ** 2 * float(params["n"]) / ball


def _solve_frustum(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = sympy.pi * sympy.Rational(7 * a * a * n, 12)
    return Solution(
        (
            rf"A cone with radius ${a}$ and height $2 \cdot {n} = {2 * n}$ would have the volume "
            rf"$\frac{{1}}{{3}}\pi \cdot {a}^{{2}} \cdot {2 * n} = "
            f"{tex(sympy.pi * sympy.Rational(2 * a * a * n, 3))}$.",
            r"The part cut off from its top is similar to it with the factor $\frac{1}{2}$, so its volume is "
            r"$\frac{1}{8}$ of that.",
            r"There remains $\frac{7}{8}$ of the cone.",
            f"So the volume is ${tex(value)}$.",
        ),
        int(value) if value.is_Integer else value,
    )


def _check_frustum(params: Params) -> float:
    x, weights = np.polynomial.legendre.leggauss(4)
    radius = params["a"] * (0.75 + 0.25 * x)
    return float((weights * np.pi * radius**2).sum() * params["n"] / 2)


def _solve_polyhedron(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    edges = (3 * a + 4 * n) // 2
    value = edges - (a + n) + 2
    return Solution(
        (
            rf"The faces have $3 \cdot {a} + 4 \cdot {n} = {3 * a + 4 * n}$ sides together, and each edge belongs to "
            "two "
            "faces.",
            rf"So there are $\frac{{{3 * a + 4 * n}}}{{2}} = {edges}$ edges, and ${a} + {n} = {a + n}$ faces.",
            "By Euler's formula, the number of vertices minus the number of edges plus the number of faces is $2$.",
            f"Therefore the number of vertices is ${edges} - {a + n} + 2 = {value}$.",
        ),
        value,
    )


def _check_polyhedron(params: Params) -> Fraction:
    """By the angle defects: they add up to 4 pi, and the angles are pi in a triangle and 2 pi in a quadrilateral."""
    angles = params["a"] + 2 * params["n"]  # in units of pi
    return Fraction(4 + angles, 2)


def _solve_similar_solids(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    value = Fraction(n * b**3, a**3)
    return Solution(
        (
            rf"Areas grow with the square of the scale, so the lengths are in the ratio $\frac{{{b}}}{{{a}}}$.",
            rf"Volumes grow with its cube, here $\left(\frac{{{b}}}{{{a}}}\right)^{{3}} = "
            f"{tex(Fraction(b**3, a**3))}$.",
            rf"So the volume is ${n} \cdot {tex(Fraction(b**3, a**3))} = {tex(value)}$.",
        ),
        value,
    )


FAMILIES = (
    Family(
        name="space_diagonal",
        concepts=("rectangular prism", "euclidean distance", "pythagorean theorem"),
        school_level="high school",
        slots={"a": Integer(1, 24), "b": Integer(1, 24), "n": Integer(2, 30)},
        wordings=(
            Wording(
                "the length of the space diagonal of a rectangular prism with edges of lengths $[[a]]$, $[[b]]$ and "
                "$[[n]]$"
            ),
            Wording(
                "the length in centimeters of the longest thin straight rod that fits into the box",
                given="The inside of a rectangular box measures $[[a]]$ cm by $[[b]]$ cm by $[[n]]$ cm.",
            ),
            Wording(
                "the length in decimeters of a straight string through the crate between these two corners",
                given="A crate in the shape of a cuboid is $[[a]]$ dm long, $[[b]]$ dm wide and $[[n]]$ dm high. Two "
                "of "
                "its corners do not lie on a common face.",
            ),
        ),
        solve=_solve_box,
        check=lambda p: float(distance.euclidean([0, 0, 0], [p["a"], p["b"], p["n"]])),
        where=lambda p: is_square(p["a"] ** 2 + p["b"] ** 2 + p["n"] ** 2),
    ),
    Family(
        name="balls_from_cylinder",
        concepts=("volume of a sphere", "volume of a cylinder"),
        school_level="middle school",
        slots={"a": Integer(2, 12), "b": Choice((1, 2, 3)), "n": Integer(2, 40)},
        wordings=(
            Wording(
                "the number of balls",
                given="A cylinder of wax with radius $[[a]]$ cm and height $[[n]]$ cm is melted. All of the wax is "
                "used "
                "for equal balls of radius $[[b]]$ cm.",
            ),
            Wording(
                "the ratio of the volume of a cylinder with radius $[[a]]$ and height $[[n]]$ to the volume of a "
                "sphere "
                "with radius $[[b]]$"
            ),
            Wording(
                "the number of times that the scoop has to be filled",
                given="A cylindrical tub with radius $[[a]]$ cm and height $[[n]]$ cm is full of ice cream. It is "
                "emptied with a scoop that takes exactly one ball of radius $[[b]]$ cm.",
            ),
        ),
        solve=_solve_spheres,
        check=_check_spheres,
        where=lambda p: 3 * p["a"] ** 2 * p["n"] % (4 * p["b"] ** 3) == 0 and p["a"] >= p["b"],
    ),
    Family(
        name="truncated_cone",
        concepts=("volume of a cone", "similar solids"),
        school_level="high school",
        slots={"a": Integer(2, 24), "n": Integer(2, 30)},
        wordings=(
            Wording(
                "the volume of the lower part",
                given=r"A right circular cone has radius $[[a]]$ and height $2 \cdot [[n]]$. It is cut in two by a "
                "plane parallel to its base, halfway up.",
            ),
            Wording(
                "the volume of the bucket in cubic centimeters",
                given="A bucket is part of a cone. Its opening has radius $[[a]]$ cm, its bottom has half that radius, "
                "and it is $[[n]]$ cm deep.",
            ),
            Wording(
                "the volume of the truncated right circular cone of height $[[n]]$ whose base has radius $[[a]]$ and "
                r"whose top has radius $\frac{[[a]]}{2}$"
            ),
        ),
        solve=_solve_frustum,
        check=_check_frustum,
    ),
    Family(
        name="vertices_of_polyhedron",
        concepts=("polyhedra",),
        school_level="high school",
        slots={"a": Integer(4, 40), "n": Integer(2, 30)},
        wordings=(
            Wording(
                "the number of vertices of a convex polyhedron whose faces are $[[a]]$ triangles and $[[n]]$ "
                "quadrilaterals"
            ),
            Wording(
                "the number of corners of the crystal",
                given="A crystal has the shape of a convex polyhedron. It is bounded by $[[a]]$ triangular and "
                "$[[n]]$ four-sided faces.",
            ),
            Wording(
                "the number of points at which the edges meet",
                given="A convex paper model is glued together from $[[a]]$ triangles and $[[n]]$ quadrilaterals, "
                "edge to edge "
                "and so that no two neighboring faces lie in one plane.",
            ),
        ),
        solve=_solve_polyhedron,
        check=_check_polyhedron,
        where=lambda p: p["a"] % 2 == 0,
    ),
    Family(
        name="volume_from_surface_ratio",
        concepts=("similar solids", "surface area"),
        school_level="high school",
        slots={"a": Choice((2, 3, 4, 5)), "b": Choice((3, 4, 5, 6, 7)), "n": Integer(8, 250)},
        wordings=(
            Wording(
                "the volume of the larger solid",
                given="Two solids are similar. Their surface areas are in the ratio of $[[a]]^{2}$ to $[[b]]^{2}$, and "
                "the smaller one has the volume $[[n]]$.",
            ),
            Wording(
                "the number of milliliters that the larger bottle holds",
                given="Two bottles have the same shape. Painting the surface of the smaller one takes $[[a]]^{2}$ "
                "grams "
                "of paint, and that of the larger one $[[b]]^{2}$ grams. The smaller one holds $[[n]]$ milliliters.",
            ),
            Wording(
                "the weight of the larger statue in kilograms",
                given="Two solid statues of the same shape and material have surface areas of $[[a]]^{2}$ and "
                "$[[b]]^{2}$ square decimeters. The smaller one weighs $[[n]]$ kg.",
            ),
        ),
        solve=_solve_similar_solids,
        check=lambda p: float(p["n"] * math.exp(1.5 * math.log((p["b"] / p["a"]) ** 2))),
        where=lambda p: p["a"] < p["b"] and math.gcd(p["a"], p["b"]) == 1 and p["n"] % p["a"] ** 3 == 0,
    ),
)
