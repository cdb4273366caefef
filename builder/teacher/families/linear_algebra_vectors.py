"""Linear algebra: vectors, inner products, projections, least squares, convolution."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import factor, power, product_sum, quotient, root, signed_sum, whole
from ..slots import Integer

TOPICS = (
    Topic(
        "Vectors and Inner Products",
        subject="Linear Algebra",
        school_level="college",
        concepts={
            "dot product": ("dot products", "inner product", "scalar product", "inner products"),
            "cross product": ("vector product", "cross product of vectors", "cross products"),
            "scalar triple product": ("triple product", "parallelepiped", "mixed product"),
            "euclidean norm": ("vector norm", "l2 norm", "2-norm", "magnitude of a vector", "length of a vector"),
            "orthogonal vectors": ("orthogonality", "perpendicular vectors", "orthogonal"),
            "vector projection": ("orthogonal projection", "projection onto a vector", "projection matrix"),
            "gram-schmidt process": ("gram-schmidt", "orthonormal basis", "orthonormalization"),
            "linear independence": ("linearly independent", "linear dependence", "linearly dependent"),
            "least squares": ("linear least squares", "least-squares solution", "least-squares", "lstsq"),
            "cosine similarity": ("cosine distance", "angle between vectors", "angle between two vectors"),
            "convolution": ("discrete convolution", "convolutions", "convolve"),
        },
    ),
)

_C = Integer(-5, 6, link=False)
_U = {"a": _C, "b": _C, "n": Integer(2, 20)}
_V = {"c": _C, "d": _C, "e": Integer(1, 6, link=False)}


def _u(params: Params) -> tuple[int, int, int]:
    return params["a"], params["b"], params["n"]


def _v(params: Params) -> tuple[int, int, int]:
    return params["c"], params["d"], params["e"]


def _dot(u: tuple[int, ...], v: tuple[int, ...]) -> int:
    return sum(a * b for a, b in zip(u, v, strict=True))


def _squares(u: tuple[int, ...]) -> str:
    return " + ".join(power(a, 2) for a in u)


def _few_zeros(params: Params) -> bool:
    return list(params.values()).count(0) <= 1


def _solve_dot(params: Params) -> Solution:
    u, v = (params["a"], params["b"], params["n"]), (params["c"], params["d"], params["e"])
    terms = [a * b for a, b in zip(u, v, strict=True)]
    return Solution(
        (
            "Multiply corresponding numbers and add up the products.",
            f"The products are ${product_sum([(u[0], v[0])])} = {terms[0]}$, ${product_sum([(u[1], v[1])])} = "
            f"{terms[1]}$ and ${product_sum([(u[2], v[2])])} = {terms[2]}$.",
            f"So the value is ${signed_sum(terms)} = {sum(terms)}$.",
        ),
        sum(terms),
    )


def _solve_orthogonal(params: Params) -> Solution:
    a, n, c, d, e = (params[name] for name in "ancde")
    known = a * c + n * d
    times = "" if e == 1 else str(e)
    return Solution(
        (
            "Two vectors are orthogonal exactly if their dot product is zero.",
            f"The first two coordinates contribute ${product_sum(((a, c), (n, d)))} = {known}$ to it, and the third "
            f"contributes ${times}x$.",
            f"So ${times}x = {-known}$" + (f", which gives $x = {-known // e}$." if e > 1 else "."),
        ),
        -known // e,
    )


def _check_orthogonal(params: Params) -> float:
    p = params

    def dot(x: float) -> float:
        return float(np.dot([p["a"], p["n"], x], [p["c"], p["d"], p["e"]]))

    return dot(0) / (dot(0) - dot(1))


def _solve_cross(params: Params) -> Solution:
    (a, b, c), (d, e, f) = _u(params), _v(params)
    x, y, z = b * f - c * e, c * d - a * f, a * e - b * d
    square = x * x + y * y + z * z
    return Solution(
        (
            "The area of the parallelogram is the length of the cross product of the two vectors.",
            rf"Its coordinates are ${_minor(b, f, c, e)} = {x}$, ${_minor(c, d, a, f)} = {y}$ and "
            f"${_minor(a, e, b, d)} = {z}$.",
            f"The square of its length is ${_squares((x, y, z))} = {square}$.",
            f"So the area is ${root(square)}$.",
        ),
        whole(sympy.sqrt(square)),
    )


def _minor(a: int, d: int, b: int, c: int) -> str:
    return rf"{factor(a)} \cdot {factor(d)} - {factor(b)} \cdot {factor(c)}"


def _check_cross(params: Params) -> float:
    """By the Gram determinant."""
    u, v = np.array(_u(params)), np.array(_v(params))
    return math.sqrt(int(u @ u) * int(v @ v) - int(u @ v) ** 2)


def _solve_triple(params: Params) -> Solution:
    (a, b, c), (d, e, f), w = _u(params), _v(params), (1, params["u"], params["w"])
    x, y, z = b * f - c * e, c * d - a * f, a * e - b * d
    value = _dot((x, y, z), w)
    return Solution(
        (
            "The volume is the absolute value of the scalar triple product of the three vectors.",
            f"The cross product of the first two vectors is $({x}, {y}, {z})$.",
            f"Its dot product with the third vector is ${product_sum(zip((x, y, z), w, strict=True))} = {value}$.",
            f"So the volume is ${abs(value)}$.",
        ),
        abs(value),
    )


def _check_triple(params: Params) -> int:
    rows = [_u(params), _v(params), (1, params["u"], params["w"])]
    return abs(round(float(np.linalg.det(np.array(rows, dtype=float)))))


def _solve_norm(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    square = a * a + b * b + n * n
    return Solution(
        (
            "Square the three components and add the squares; the length is the square root of the sum.",
            rf"The sum is ${_squares((a, b, n))} = {square}$.",
            rf"So the value is $\sqrt{{{square}}} = {math.isqrt(square)}$.",
        ),
        math.isqrt(square),
    )


def _norm_fits(params: Params) -> bool:
    square = params["a"] ** 2 + params["b"] ** 2 + params["n"] ** 2
    return bool(math.isqrt(square) ** 2 == square)


def _solve_projection(params: Params) -> Solution:
    u, v = _u(params), _v(params)
    top, bottom = _dot(u, v), _dot(v, v)
    return Solution(
        (
            f"The difference between ${u}$ and the multiple $x \\cdot {v}$ has to be orthogonal to ${v}$.",
            f"So $x$ is the dot product of ${u}$ and ${v}$, divided by the dot product of ${v}$ with itself.",
            f"These are ${product_sum(zip(u, v, strict=True))} = {top}$ and ${_squares(v)} = {bottom}$.",
            f"The value is $x = {quotient(top, bottom)}$.",
        ),
        Fraction(top, bottom),
    )


def _check_projection(params: Params) -> float:
    v = np.array(_v(params), dtype=float)[:, None]
    return float(np.linalg.lstsq(v, np.array(_u(params), dtype=float), rcond=None)[0][0])


def _solve_gram_schmidt(params: Params) -> Solution:
    u, v = _u(params), _v(params)
    top, bottom, length = _dot(u, v), _dot(v, v), _dot(u, u)
    value = length - top * top // bottom
    return Solution(
        (
            f"The dot product of ${u}$ and ${v}$ is ${product_sum(zip(u, v, strict=True))} = {top}$; the squares of "
            f"their lengths are ${length}$ and ${bottom}$.",
            f"The component of ${u}$ along ${v}$ has the squared length ${quotient(top * top, bottom)}$.",
            "By the Pythagorean theorem, the remaining component, which is orthogonal, has the squared length "
            f"${length} - {top * top // bottom} = {value}$.",
        ),
        value,
    )


def _check_gram_schmidt(params: Params) -> float:
    columns = np.array([_v(params), _u(params)], dtype=float).T
    return float(np.linalg.qr(columns)[1][1, 1] ** 2)


def _solve_dependence(params: Params) -> Solution:
    a, b, c, n = (params[name] for name in "abcn")
    x = a * n + b * c
    return Solution(
        (
            "The first two vectors are not multiples of each other, so the three vectors are linearly dependent "
            "exactly if the third one is a combination of the first two.",
            f"Its first two coordinates ${n}$ and ${c}$ show that the factors must be ${n}$ and ${c}$.",
            f"The third coordinate is therefore $x = {product_sum(((n, a), (c, b)))}$.",
            f"So $x = {n * a} {'-' if c * b < 0 else '+'} {abs(c * b)} = {x}$.",
        ),
        x,
    )


def _check_dependence(params: Params) -> float:
    """The determinant is linear in x: find its zero from two values."""
    p = params

    def det(x: float) -> float:
        return float(np.linalg.det(np.array([[1, 0, p["a"]], [0, 1, p["b"]], [p["n"], p["c"], x]], dtype=float)))

    return det(0) / (det(0) - det(1))


def _solve_least_squares(params: Params) -> Solution:
    a, b, c, n = (params[name] for name in "abcn")
    ys = (a, b, c, n)
    top = -3 * a - b + c + 3 * n
    return Solution(
        (
            r"The mean of the $x$-values is $\frac{1 + 2 + 3 + 4}{4} = \frac{5}{2}$, so their deviations are "
            r"$-\frac{3}{2}$, $-\frac{1}{2}$, $\frac{1}{2}$ and $\frac{3}{2}$, and the squares of these add up to $5$.",
            "The slope of the least-squares line is the sum of the products of the deviations with the $y$-values, "
            "divided by the sum of the squares of the deviations.",
            rf"Twice the sum of the products is ${product_sum(zip((-3, -1, 1, 3), ys, strict=True))} = {top}$.",
            rf"So the slope is $\frac{{{top}}}{{2 \cdot 5}} = {tex(Fraction(top, 10))}$.",
        ),
        Fraction(top, 10),
    )


def _check_least_squares(params: Params) -> float:
    ys = [params["a"], params["b"], params["c"], params["n"]]
    return float(np.polynomial.polynomial.polyfit([1, 2, 3, 4], ys, 1)[1])


def _solve_cosine(params: Params) -> Solution:
    u, v = (params["a"], params["n"]), (params["c"], params["d"])
    top, squares = _dot(u, v), (_dot(u, u), _dot(v, v))
    bottom = math.isqrt(squares[0] * squares[1])
    return Solution(
        (
            f"The dot product of the two vectors is ${product_sum(zip(u, v, strict=True))} = {top}$.",
            f"The squares of their lengths are ${_squares(u)} = {squares[0]}$ and ${_squares(v)} = {squares[1]}$.",
            rf"The product of the lengths is $\sqrt{{{squares[0]} \cdot {squares[1]}}} = {bottom}$.",
            f"So the cosine of the angle is ${quotient(top, bottom)}$.",
        ),
        Fraction(top, bottom),
    )


def _cosine_fits(params: Params) -> bool:
    u, v = (params["a"], params["n"]), (params["c"], params["d"])
    square = _dot(u, u) * _dot(v, v)
    return math.isqrt(square) ** 2 == square and u[0] * v[1] != u[1] * v[0]


def _check_cosine(params: Params) -> float:
    return math.cos(math.atan2(params["n"], params["a"]) - math.atan2(params["d"], params["c"]))


def _solve_convolution(params: Params) -> Solution:
    a, b, n, c, d, e = (params[name] for name in "abncde")
    middle = a * e + b * d + n * c
    return Solution(
        (
            "The convolution of two sequences collects the products of terms by the sum of their positions, just as "
            "the product of two polynomials does.",
            f"The convolution has five terms, and the third of them is ${product_sum(((a, e), (b, d), (n, c)))}$.",
            f"So it is ${signed_sum((a * e, b * d, n * c))} = {middle}$.",
        ),
        middle,
    )


def _check_convolution(params: Params) -> int:
    p = params
    return int(np.convolve([p["a"], p["b"], p["n"]], [p["c"], p["d"], p["e"]])[2])


def _short_root(n: int) -> bool:
    """Whether the square root of n is a whole number or a multiple of the root of a small one."""
    return any(n % k == 0 and math.isqrt(n // k) ** 2 == n // k for k in (1, 2, 3, 5, 6, 7, 10, 11, 13, 14, 15))


_PAIR = "the vectors $([[a]], [[b]], [[n]])$ and $([[c]], [[d]], [[e]])$"
_COUNT = Integer(2, 12)

FAMILIES = (
    Family(
        name="dot_product",
        concepts=("dot product",),
        school_level="high school",
        slots={"a": _COUNT, "b": _COUNT, "n": Integer(2, 30), "c": _COUNT, "d": _COUNT, "e": _COUNT},
        wordings=(
            Wording(f"the dot product of {_PAIR}"),
            Wording(
                "the total price in dollars",
                given="One shirt costs $[[a]]$ dollars, one cap costs $[[b]]$ dollars and one jacket costs $[[n]]$ "
                "dollars. A club orders $[[c]]$ shirts, $[[d]]$ caps and $[[e]]$ jackets.",
            ),
            Wording(
                r"the only entry of the matrix product $\begin{pmatrix} [[a]] & [[b]] & [[n]] \end{pmatrix} "
                r"\begin{pmatrix} [[c]] \\ [[d]] \\ [[e]] \end{pmatrix}$"
            ),
        ),
        solve=_solve_dot,
        check=lambda params: int(np.dot(_u(params), _v(params))),
    ),
    Family(
        name="orthogonal_vectors",
        concepts=("orthogonal vectors", "dot product"),
        school_level="college",
        slots={"n": Integer(2, 30), "a": _C, "c": _C, "d": _C, "e": Integer(1, 6)},
        wordings=(
            Wording(
                "the real number $x$ for which $([[a]], [[n]], x)$ and $([[c]], [[d]], [[e]])$ are orthogonal vectors"
            ),
            Wording(
                "the third coordinate $x$ of the first arrow",
                given="In space, an arrow in the direction $([[a]], [[n]], x)$ is perpendicular to an arrow in the "
                "direction $([[c]], [[d]], [[e]])$.",
            ),
            Wording(
                "the value of $x$",
                given="The point $([[a]], [[n]], x)$ lies in the plane through the origin that has the normal vector "
                "$([[c]], [[d]], [[e]])$.",
            ),
        ),
        solve=_solve_orthogonal,
        check=_check_orthogonal,
        where=lambda p: p["d"] != 0 and p["a"] * p["c"] != 0 and (p["a"] * p["c"] + p["n"] * p["d"]) % p["e"] == 0,
    ),
    Family(
        name="parallelogram_by_cross_product",
        concepts=("cross product", "euclidean norm"),
        school_level="college",
        slots=_U | _V,
        wordings=(
            Wording(f"the area of the parallelogram spanned by {_PAIR}"),
            Wording(f"the length of the cross product of {_PAIR}"),
            Wording(
                "the area of the parallelogram with these two vectors as sides",
                given="From one corner of a parallelogram in space, the two sides run along the vectors "
                "$([[a]], [[b]], [[n]])$ and $([[c]], [[d]], [[e]])$.",
            ),
        ),
        solve=_solve_cross,
        check=_check_cross,
        where=lambda p: _few_zeros(p) and _check_cross(p) > 0 and _short_root(round(_check_cross(p) ** 2)),
    ),
    Family(
        name="parallelepiped_volume",
        concepts=("scalar triple product", "cross product", "dot product"),
        school_level="college",
        slots=_U | _V | {"u": _C, "w": _C},
        wordings=(
            Wording(
                "the volume of the parallelepiped spanned by the vectors $([[a]], [[b]], [[n]])$, "
                "$([[c]], [[d]], [[e]])$ and $(1, [[u]], [[w]])$"
            ),
            Wording(
                "the absolute value of the scalar triple product of the vectors $([[a]], [[b]], [[n]])$, "
                "$([[c]], [[d]], [[e]])$ and $(1, [[u]], [[w]])$"
            ),
            Wording(
                "the volume of this parallelepiped",
                given="At one vertex of a parallelepiped, three edges begin. They run along the vectors "
                "$([[a]], [[b]], [[n]])$, $([[c]], [[d]], [[e]])$ and $(1, [[u]], [[w]])$.",
            ),
        ),
        solve=_solve_triple,
        check=_check_triple,
        where=lambda p: _few_zeros(p) and _check_triple(p) > 1,
    ),
    Family(
        name="norm_of_vector",
        concepts=("euclidean norm",),
        school_level="high school",
        slots={"a": Integer(1, 24), "b": Integer(1, 24), "n": Integer(2, 30)},
        wordings=(
            Wording("the Euclidean norm of the vector $([[a]], [[b]], [[n]])$"),
            Wording(
                "the distance in meters, along a straight line, from the drone to its starting point",
                given="A drone flies $[[a]]$ m to the east, then $[[b]]$ m to the north and finally $[[n]]$ m straight "
                "up.",
            ),
            Wording(
                "the size of the resulting force in newtons",
                given="Three forces of $[[a]]$ N, $[[b]]$ N and $[[n]]$ N act on one point, each at right angles to "
                "the other two.",
            ),
        ),
        solve=_solve_norm,
        check=lambda p: float(np.linalg.norm([p["a"], p["b"], p["n"]])),
        where=_norm_fits,
    ),
    Family(
        name="projection_factor",
        concepts=("vector projection", "dot product"),
        school_level="college",
        slots=_U | _V,
        wordings=(
            Wording(
                "the real number $x$ for which $x \\cdot ([[c]], [[d]], [[e]])$ is the orthogonal projection of the "
                "vector $([[a]], [[b]], [[n]])$ onto the vector $([[c]], [[d]], [[e]])$"
            ),
            Wording(
                "the value of $x$ at the foot of this perpendicular",
                given="From the point $([[a]], [[b]], [[n]])$, a perpendicular is dropped to the line of all points "
                "$x \\cdot ([[c]], [[d]], [[e]])$ with real $x$.",
            ),
            Wording(
                "the time in seconds at which the beetle is closest to the lamp",
                given="A beetle starts at the origin and moves with the constant velocity $([[c]], [[d]], [[e]])$, in "
                "centimeters per second. A lamp hangs at the point $([[a]], [[b]], [[n]])$, with coordinates in "
                "centimeters.",
            ),
        ),
        solve=_solve_projection,
        check=_check_projection,
        where=lambda p: _few_zeros(p) and _dot(_u(p), _v(p)) > 0 and _dot(_v(p), _v(p)) <= 30,
    ),
    Family(
        name="gram_schmidt_step",
        concepts=("gram-schmidt process", "vector projection", "orthogonal vectors"),
        school_level="college",
        slots=_U | _V,
        wordings=(
            Wording(
                "the square of the distance from the point $([[a]], [[b]], [[n]])$ to the line through the origin with "
                "the direction $([[c]], [[d]], [[e]])$"
            ),
            Wording(
                "the square of the length of the second vector that it gives, before that vector is normalized",
                given="The Gram-Schmidt process is applied to the vectors $([[c]], [[d]], [[e]])$ and "
                "$([[a]], [[b]], [[n]])$, in this order.",
            ),
            Wording(
                "the square of the length of the part that is orthogonal to $([[c]], [[d]], [[e]])$",
                given="The vector $([[a]], [[b]], [[n]])$ is split into a multiple of $([[c]], [[d]], [[e]])$ and a "
                "vector orthogonal to it.",
            ),
        ),
        solve=_solve_gram_schmidt,
        check=_check_gram_schmidt,
        where=lambda p: (
            _few_zeros(p)
            and _dot(_v(p), _v(p)) <= 30
            and _dot(_u(p), _v(p)) != 0
            and _dot(_u(p), _v(p)) ** 2 % _dot(_v(p), _v(p)) == 0
            and _check_gram_schmidt(p) > 0.01
        ),
    ),
    Family(
        name="dependent_vectors",
        concepts=("linear independence",),
        school_level="college",
        slots={"a": Integer(2, 12), "b": Integer(2, 12), "c": _C, "n": Integer(2, 30)},
        wordings=(
            Wording(
                "the value of $x$ for which the vectors $(1, 0, [[a]])$, $(0, 1, [[b]])$ and $([[n]], [[c]], x)$ are "
                "linearly dependent"
            ),
            Wording(
                "the value of $x$ for which the point $([[n]], [[c]], x)$ lies in the plane through the origin that is "
                "spanned by the vectors $(1, 0, [[a]])$ and $(0, 1, [[b]])$"
            ),
            Wording(
                "the real number $x$",
                given="The vector $([[n]], [[c]], x)$ is a linear combination of $(1, 0, [[a]])$ and $(0, 1, [[b]])$.",
            ),
        ),
        solve=_solve_dependence,
        check=_check_dependence,
        where=lambda p: p["c"] != 0,
    ),
    Family(
        name="least_squares_slope",
        concepts=("least squares",),
        school_level="college",
        slots={"a": Integer(1, 20), "b": Integer(1, 30), "c": Integer(1, 40), "n": Integer(2, 40)},
        wordings=(
            Wording(
                "the slope of the least-squares line through the points $(1, [[a]])$, $(2, [[b]])$, $(3, [[c]])$ and "
                "$(4, [[n]])$"
            ),
            Wording(
                "the growth per week, in centimeters, that this line predicts",
                given="A plant is measured at the end of four weeks in a row. Its heights are $[[a]]$ cm, $[[b]]$ cm, "
                "$[[c]]$ cm and $[[n]]$ cm. A line is fitted to the height against the week by least squares.",
            ),
            Wording(
                "the slope of the line for which the sum of the squared vertical distances to the four points is least",
                given="Four measurements gave the points $(1, [[a]])$, $(2, [[b]])$, $(3, [[c]])$ and $(4, [[n]])$ of "
                "the plane.",
            ),
        ),
        solve=_solve_least_squares,
        check=_check_least_squares,
        where=lambda p: p["a"] < p["b"] < p["c"] < p["n"],
    ),
    Family(
        name="cosine_of_angle",
        concepts=("cosine similarity", "dot product", "euclidean norm"),
        school_level="high school",
        slots={"a": Integer(1, 15), "n": Integer(2, 24), "c": Integer(1, 15), "d": Integer(1, 15)},
        wordings=(
            Wording("the cosine of the angle between the vectors $([[a]], [[n]])$ and $([[c]], [[d]])$"),
            Wording(
                "the cosine similarity of the two texts",
                given="In one text, two chosen words occur $[[a]]$ and $[[n]]$ times. In another one, the same words "
                "occur $[[c]]$ and $[[d]]$ times. Each text is described by the vector of its two counts.",
            ),
            Wording(
                "the cosine of the angle at the origin in the triangle with the vertices $(0, 0)$, $([[a]], [[n]])$ "
                "and $([[c]], [[d]])$"
            ),
        ),
        solve=_solve_cosine,
        check=_check_cosine,
        where=_cosine_fits,
    ),
    Family(
        name="term_of_convolution",
        concepts=("convolution",),
        school_level="college",
        slots={"a": _C, "b": _C, "n": Integer(2, 20), "c": Integer(1, 6), "d": _C, "e": _C},
        wordings=(
            Wording(
                "the middle term of the convolution of the sequences $([[a]], [[b]], [[n]])$ and "
                "$([[c]], [[d]], [[e]])$"
            ),
            Wording(
                "the third of the five numbers in the output",
                given="A digital filter convolves the signal $([[a]], [[b]], [[n]])$ with the kernel "
                "$([[c]], [[d]], [[e]])$, taking both as zero outside of the given terms.",
            ),
            Wording(
                "the coefficient of $x^{2}$ in the product of the two polynomials",
                given="Two quadratic polynomials have the coefficients $([[a]], [[b]], [[n]])$ and "
                "$([[c]], [[d]], [[e]])$, each listed from the constant term to the coefficient of $x^{2}$.",
            ),
        ),
        solve=_solve_convolution,
        check=_check_convolution,
        where=lambda p: _few_zeros(p) and p["e"] != 0,
    ),
)
