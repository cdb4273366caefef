"""Linear algebra: matrices, determinants, systems of equations, eigenvalues."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import factor, product_sum, quotient, signed_sum
from ..slots import Integer, Matrix, write_matrix

TOPICS = (
    Topic(
        "Matrices and Linear Systems",
        subject="Linear Algebra",
        school_level="college",
        concepts={
            "determinant": ("determinants", "determinant of a matrix", "linalg.det"),
            "matrix multiplication": ("matrix product", "matrix products", "product of matrices", "matmul"),
            "matrix inverse": ("inverse matrix", "inverse of a matrix", "invertible matrix", "matrix inversion"),
            "trace of a matrix": ("matrix trace", "trace of the matrix", "sum along diagonals"),
            "rank of a matrix": ("matrix rank", "rank-deficient", "rank deficient"),
            "null space": ("nullity", "nullspace", "null space of a matrix", "rank-nullity theorem"),
            "systems of linear equations": (
                "system of linear equations",
                "linear system",
                "linear matrix equation",
                "simultaneous equations",
            ),
            "gaussian elimination": ("row reduction", "row echelon form", "gauss elimination"),
        },
    ),
    Topic(
        "Eigenvalues and Singular Values",
        subject="Linear Algebra",
        school_level="college",
        concepts={
            "eigenvalues": ("eigenvalue", "eigenvectors", "eigenvector", "spectrum of a matrix"),
            "characteristic polynomial": ("characteristic equation of a matrix", "charpoly"),
            "spectral radius": ("dominant eigenvalue", "power iteration"),
            "matrix power": ("matrix powers", "matrix exponentiation", "powers of a matrix"),
            "triangular matrix": ("triangular matrices", "upper triangular", "lower triangular"),
            "positive definite matrix": ("positive definite", "positive-definite", "positive definiteness"),
            "singular values": ("singular value", "singular value decomposition", "svd"),
            "frobenius norm": ("frobenius matrix norm", "hilbert-schmidt norm"),
        },
    ),
)

_E = Integer(-4, 6, link=False)
_TWO = r"\begin{pmatrix} [[a]] & [[b]] \\ [[c]] & [[n]] \end{pmatrix}"
_THREE_ENTRIES = r"[[n]] & [[a]] & [[b]] \\ [[c]] & [[d]] & [[e]] \\ [[u]] & [[v]] & [[w]]"


def _three(params: Params) -> list[list[int]]:
    p = params
    return [[p["n"], p["a"], p["b"]], [p["c"], p["d"], p["e"]], [p["u"], p["v"], p["w"]]]


def _two(params: Params) -> list[list[int]]:
    return [[params["a"], params["b"]], [params["c"], params["n"]]]


def _solve_determinant(params: Params) -> Solution:
    first, (c, d, e), (u, v, w) = _three(params)
    minors = (d * w - e * v, c * w - e * u, c * v - d * u)
    value = first[0] * minors[0] - first[1] * minors[1] + first[2] * minors[2]
    return Solution(
        (
            "Expand along the first row.",
            f"The three minors are ${_minor(d, w, e, v)} = {minors[0]}$, ${_minor(c, w, e, u)} = {minors[1]}$ and "
            f"${_minor(c, v, d, u)} = {minors[2]}$.",
            "With alternating signs, the determinant is "
            rf"${factor(first[0])} \cdot {factor(minors[0])} - {factor(first[1])} \cdot {factor(minors[1])} + "
            rf"{factor(first[2])} \cdot {factor(minors[2])} = {value}$.",
        ),
        value,
    )


def _minor(a: int, d: int, b: int, c: int) -> str:
    return rf"{factor(a)} \cdot {factor(d)} - {factor(b)} \cdot {factor(c)}"


def _solve_trace(params: Params) -> Solution:
    a, b = params["left"], params["right"]
    first = a[0][0] * b[0][0] + a[0][1] * b[1][0]
    second = a[1][0] * b[0][1] + a[1][1] * b[1][1]
    n = params["n"]
    return Solution(
        (
            "Only the two diagonal entries of the product are needed.",
            f"The first is ${product_sum(((a[0][0], b[0][0]), (a[0][1], b[1][0])))} = {first}$, "
            f"and the second is ${product_sum(((a[1][0], b[0][1]), (a[1][1], b[1][1])))} = {second}$.",
            f"So the trace of the product is ${signed_sum((first, second))} = {first + second}$.",
            rf"Multiplying a matrix by ${n}$ multiplies its trace by ${n}$, which gives "
            rf"${n} \cdot {factor(first + second)} = {n * (first + second)}$.",
        ),
        n * (first + second),
    )


def _solve_inverse(params: Params) -> Solution:
    (a, b), (c, n) = _two(params)
    det = a * n - b * c
    value = Fraction(a + n - b - c, det)
    return Solution(
        (
            f"The determinant is ${_minor(a, n, b, c)} = {det}$, so the matrix is invertible.",
            rf"Its inverse is ${tex(Fraction(1, det))} {write_matrix(((n, -b), (-c, a)))}$."
            if det != 1
            else f"Its inverse is ${write_matrix(((n, -b), (-c, a)))}$.",
            f"The entries of the matrix in this formula add up to ${signed_sum((n, -b, -c, a))} = {a + n - b - c}$.",
            f"So the sum of the entries of the inverse is ${quotient(a + n - b - c, det)}$."
            if det != 1
            else f"So the sum of the entries of the inverse is ${value}$.",
        ),
        value,
    )


def _solve_nullity(params: Params) -> Solution:
    n, a, b = params["n"], params["a"], params["b"]
    return Solution(
        (
            "Subtracting the first row from any other row leaves a multiple of the row with all entries $1$.",
            "So every row is a combination of the first row and the row of ones, and the rank is at most $2$.",
            f"The first two rows begin ${a + b}, {a + 2 * b}$ and ${2 * a + b}, {2 * a + 2 * b}$; they are not "
            "proportional, so the rank is exactly $2$.",
            f"By the rank-nullity theorem, the dimension of the null space is ${n} - 2 = {n - 2}$.",
        ),
        n - 2,
    )


def _check_nullity(params: Params) -> int:
    n, a, b = int(params["n"]), params["a"], params["b"]
    i = np.arange(1, n + 1)
    return n - int(np.linalg.matrix_rank(a * i[:, None] + b * i[None, :]))


def _solve_system(params: Params) -> Solution:
    a, b, n, c, d, e = (params[name] for name in "abncde")
    det = a * d - b * c
    x, y = (n * d - b * e) // det, (a * e - c * n) // det
    return Solution(
        (
            rf"With $x$ and $y$ for the two unknowns, ${_sum(a, b)} = {n}$ and ${_sum(c, d)} = {e}$.",
            f"Multiply the first equation by ${d}$ and the second by ${b}$, and subtract: "
            rf"$({a} \cdot {d} - {c} \cdot {b})x = {n} \cdot {d} - {e} \cdot {b}$, that is "
            f"${_times(det)}x = {n * d - e * b}$.",
            f"So $x = {x}$, and the first equation becomes ${b}y = {n} - {a * x} = {n - a * x}$, so $y = {y}$.",
            f"The sum is ${x} + {y} = {x + y}$.",
        ),
        x + y,
    )


def _sum(a: int, b: int) -> str:
    return f"{a}x + {b}y"


def _times(coefficient: int) -> str:
    return {1: "", -1: "-"}.get(coefficient, str(coefficient))


def _check_system(params: Params) -> float:
    p = params
    return float(np.linalg.solve([[p["a"], p["b"]], [p["c"], p["d"]]], [p["n"], p["e"]]).sum())


def _system_fits(params: Params) -> bool:
    a, b, n, c, d, e = (params[name] for name in "abncde")
    det = a * d - b * c
    if det == 0 or (n * d - b * e) % det or (a * e - c * n) % det:
        return False
    return bool((n * d - b * e) // det > 0 and (a * e - c * n) // det > 0)


def _solve_elimination(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    x, y, z = Fraction(a + c - b, 2), Fraction(a + b - c, 2), Fraction(b + c - a, 2)
    value = x * y * z
    return Solution(
        (
            rf"Adding the three equations gives $2(x + y + z) = {a} + {b} + {c} = {a + b + c}$, so "
            f"$x + y + z = {tex(Fraction(a + b + c, 2))}$.",
            f"Subtracting each equation from this one leaves $z = {tex(z)}$, $x = {tex(x)}$ and $y = {tex(y)}$.",
            rf"Their product is ${tex(x)} \cdot {tex(y)} \cdot {tex(z)} = {tex(value)}$.",
        ),
        value,
    )


def _check_elimination(params: Params) -> float:
    rows = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]])
    return float(np.prod(np.linalg.solve(rows, [params["a"], params["b"], params["c"]])))


def _solve_eigenvalue(params: Params) -> Solution:
    (a, b), (c, n) = _two(params)
    trace, det = a + n, a * n - b * c
    gap = math.isqrt(trace * trace - 4 * det)
    large, small = Fraction(trace + gap, 2), Fraction(trace - gap, 2)
    return Solution(
        (
            f"The trace is ${a} + {n} = {trace}$ and the determinant is ${_minor(a, n, b, c)} = {det}$.",
            f"The eigenvalues are the zeros of the characteristic polynomial $x^{{2}} - {trace}x{_tail(det)}$.",
            rf"Its discriminant is ${trace}^{{2}} - 4 \cdot {factor(det)} = {gap * gap}$, the square of ${gap}$.",
            rf"So the eigenvalues are ${quotient(trace - gap, 2)}$ and ${quotient(trace + gap, 2)}$.",
            f"The larger one is ${tex(large)}$." if small != large else f"So the value is ${tex(large)}$.",
        ),
        large,
    )


def _tail(constant: int) -> str:
    return "" if constant == 0 else f" {'-' if constant < 0 else '+'} {abs(constant)}"


def _eigenvalue_fits(params: Params) -> bool:
    (a, b), (c, n) = _two(params)
    square = (a - n) ** 2 + 4 * b * c
    return square > 0 and math.isqrt(square) ** 2 == square and b != 0 and c != 0


def _solve_power(params: Params) -> Solution:
    n, a, b, c = (params[name] for name in "nabc")
    pairs = n * (n - 1) // 2
    value = n * b + pairs * a * c
    return Solution(
        (
            "Write the matrix as the identity plus a strictly upper triangular matrix, whose third power is zero.",
            rf"By the binomial theorem, the power is the identity plus ${n}$ times this matrix plus "
            rf"$\frac{{{n} \cdot {n - 1}}}{{2}} = {pairs}$ times its square.",
            rf"In the upper right corner, the strictly upper triangular matrix has ${b}$ and its square has "
            rf"${a} \cdot {c} = {a * c}$.",
            rf"So the entry wanted is ${n} \cdot {b} + {pairs} \cdot {a * c} = {value}$.",
        ),
        value,
    )


def _check_power(params: Params) -> int:
    matrix = np.array([[1, params["a"], params["b"]], [0, 1, params["c"]], [0, 0, 1]])
    return int(np.linalg.matrix_power(matrix, params["n"])[0, 2])


def _solve_definite(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = a * a // n + 1
    return Solution(
        (
            "A symmetric matrix is positive definite exactly if all of its leading principal minors are positive.",
            rf"Here this means $x > 0$ and ${n}x - {a}^{{2}} > 0$, that is ${n}x > {a * a}$.",
            rf"Since ${n} \cdot {value - 1} = {n * (value - 1)}$ is not greater than ${a * a}$ while "
            rf"${n} \cdot {value} = {n * value}$ is, the least such integer is ${value}$.",
        ),
        value,
    )


def _check_definite(params: Params) -> int:
    x = 1
    while np.linalg.eigvalsh([[x, params["a"]], [params["a"], params["n"]]])[0] < 1e-9:
        x += 1
    return x


def _solve_singular(params: Params) -> Solution:
    entries = [entry for row in _two(params) for entry in row]
    squares = [entry * entry for entry in entries]
    return Solution(
        (
            "The squares of the singular values are the eigenvalues of the transpose times the matrix, and these "
            "add up to the trace of that product.",
            "The trace is the square of the Frobenius norm, the sum of the squares of all entries.",
            f"So the value is ${' + '.join(map(str, squares))} = {sum(squares)}$.",
        ),
        sum(squares),
    )


def _check_singular(params: Params) -> int:
    return round(float((np.linalg.svd(np.array(_two(params), dtype=float), compute_uv=False) ** 2).sum()))


def _solve_triangular(params: Params) -> Solution:
    a, b, n, d = params["a"], params["b"], params["n"], params["d"]
    values = (a - n, b - n, d - n)
    value = math.prod(values)
    written = r" \cdot ".join(factor(v) for v in values)
    return Solution(
        (
            "The eigenvalues of an upper triangular matrix are its diagonal entries.",
            f"Subtracting ${n}$ times the identity subtracts ${n}$ from each of them, so the new eigenvalues are "
            f"${a} - {n} = {values[0]}$, ${b} - {n} = {values[1]}$ and ${d} - {n} = {values[2]}$.",
            "The determinant is the product of the eigenvalues.",
            f"So it is ${written} = {value}$.",
        ),
        value,
    )


def _check_triangular(params: Params) -> int:
    p = params
    matrix = np.array([[p["a"], p["c"], p["e"]], [0, p["b"], p["u"]], [0, 0, p["d"]]]) - p["n"] * np.eye(3)
    return round(float(np.linalg.det(matrix)))


def _solve_spectral_radius(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = a + (n - 1)
    return Solution(
        (
            f"The matrix is ${a - 1}$ times the identity plus the matrix with all entries $1$.",
            f"The matrix of ones has the eigenvalue ${n}$, with the vector of ones, and otherwise the eigenvalue $0$.",
            f"Adding ${a - 1}$ shows that the eigenvalues are ${a - 1} + {n} = {value}$ and ${a - 1}$.",
            f"The one of largest absolute value is ${value}$.",
        ),
        value,
    )


def _check_spectral_radius(params: Params) -> float:
    n, a = params["n"], params["a"]
    return float(np.abs(np.linalg.eigvalsh(np.ones((n, n)) + (a - 1) * np.eye(n))).max())


FAMILIES = (
    Family(
        name="determinant_of_three_by_three",
        concepts=("determinant",),
        school_level="college",
        slots={"n": Integer(2, 30), "a": _E, "b": _E, "c": _E, "d": _E, "e": _E, "u": _E, "v": _E, "w": _E},
        wordings=(
            Wording(rf"the determinant of the matrix $\begin{{pmatrix}} {_THREE_ENTRIES} \end{{pmatrix}}$"),
            Wording(rf"the value of the determinant $\begin{{vmatrix}} {_THREE_ENTRIES} \end{{vmatrix}}$"),
            Wording(
                "the determinant of this map",
                given=rf"A linear map of three-dimensional space is given by the matrix "
                rf"$\begin{{pmatrix}} {_THREE_ENTRIES} \end{{pmatrix}}$.",
            ),
        ),
        solve=_solve_determinant,
        check=lambda params: int(sympy.Matrix(_three(params)).det()),
        where=lambda p: sum(p[name] == 0 for name in "abcdeuvw") <= 3 and p["d"] * p["w"] != p["e"] * p["v"],
    ),
    Family(
        name="trace_of_product",
        concepts=("trace of a matrix", "matrix multiplication"),
        school_level="college",
        slots={"n": Integer(2, 20), "left": Matrix(2, 2, -3, 5), "right": Matrix(2, 2, -3, 5)},
        wordings=(
            Wording(r"the trace of the matrix product $[[n]] \cdot [[left]] [[right]]$"),
            Wording(
                "the trace of $[[n]]$ times their product, in the order in which they are given",
                given="Consider the matrices $[[left]]$ and $[[right]]$.",
            ),
            Wording(
                "the sum of the diagonal entries of the result",
                given="The matrix $[[left]]$ is multiplied by the matrix $[[right]]$ from the right, and then by the "
                "number $[[n]]$.",
            ),
        ),
        solve=_solve_trace,
        check=lambda p: int(p["n"] * np.trace(np.array(p["left"]) @ np.array(p["right"]))),
        where=lambda p: int(np.trace(np.array(p["left"]) @ np.array(p["right"]))) not in (0, 1),
    ),
    Family(
        name="entries_of_inverse",
        concepts=("matrix inverse", "determinant"),
        school_level="college",
        slots={"n": Integer(2, 20), "a": Integer(1, 9), "b": _E, "c": _E},
        wordings=(
            Wording(f"the sum of all entries of the inverse of the matrix ${_TWO}$"),
            Wording("the sum of the four entries of its inverse", given=f"Consider the invertible matrix ${_TWO}$."),
            Wording(
                "the sum of the entries of the matrix of the inverse map",
                given=f"An invertible linear map of the plane has the matrix ${_TWO}$.",
            ),
        ),
        solve=_solve_inverse,
        check=lambda params: float(np.linalg.inv(_two(params)).sum()),
        where=lambda p: (
            1 <= p["a"] * p["n"] - p["b"] * p["c"] <= 60
            and p["a"] + p["n"] != p["b"] + p["c"]
            and p["b"] != 0
            and p["c"] != 0
        ),
    ),
    Family(
        name="nullity_of_patterned_matrix",
        concepts=("null space", "rank of a matrix"),
        school_level="college",
        slots={"n": Integer(3, 40), "a": Integer(2, 9, link=False), "b": Integer(2, 9, link=False)},
        wordings=(
            Wording(
                "the dimension of the null space of the matrix",
                given="A square matrix has $[[n]]$ rows. Its entry in row $i$ and column $j$ is $[[a]]i + [[b]]j$.",
            ),
            Wording(
                "the nullity of the square matrix with $[[n]]$ columns whose entry in row $i$ and column $j$ equals "
                "$[[a]]i + [[b]]j$"
            ),
            Wording(
                "the dimension of its solution space",
                given="In a homogeneous system of $[[n]]$ linear equations in $[[n]]$ unknowns, the coefficient of "
                "unknown number $j$ in equation number $i$ is $[[a]]i + [[b]]j$.",
            ),
        ),
        solve=_solve_nullity,
        check=_check_nullity,
    ),
    Family(
        name="two_linear_equations",
        concepts=("systems of linear equations",),
        school_level="high school",
        slots={
            "a": Integer(2, 6, link=False),
            "b": Integer(2, 6, link=False),
            "c": Integer(2, 6, link=False),
            "d": Integer(2, 6, link=False),
            "n": Integer(8, 60),
            "e": Integer(8, 60),
        },
        wordings=(
            Wording(
                "the value of $x + y$",
                given="The numbers $x$ and $y$ satisfy $[[a]]x + [[b]]y = [[n]]$ and $[[c]]x + [[d]]y = [[e]]$.",
            ),
            Wording(
                "the sum of the coordinates of the point in which the lines $[[a]]x + [[b]]y = [[n]]$ and "
                "$[[c]]x + [[d]]y = [[e]]$ meet"
            ),
            Wording(
                "the price, in dollars, of one notebook and one pen together",
                given="In a shop, $[[a]]$ notebooks and $[[b]]$ pens cost $[[n]]$ dollars, while $[[c]]$ notebooks "
                "and $[[d]]$ pens cost $[[e]]$ dollars.",
            ),
        ),
        solve=_solve_system,
        check=_check_system,
        where=_system_fits,
    ),
    Family(
        name="three_linear_equations",
        concepts=("gaussian elimination", "systems of linear equations"),
        school_level="high school",
        slots={"a": Integer(5, 30), "b": Integer(5, 30), "c": Integer(5, 30)},
        wordings=(
            Wording(
                "the value of $xyz$",
                given="The numbers $x$, $y$ and $z$ satisfy $x + y = [[a]]$, $y + z = [[b]]$ and $x + z = [[c]]$.",
            ),
            Wording(
                "the product of the three numbers",
                given="Three numbers are added in pairs. The sums are $[[a]]$, $[[b]]$ and $[[c]]$.",
            ),
            Wording(
                "the number of ways to choose one speaker from each team",
                given="Three teams take part in a contest, and nobody is in two of them. The first and the second team "
                "have $[[a]]$ members together, the second and the third $[[b]]$, and the first and the third $[[c]]$.",
            ),
        ),
        solve=_solve_elimination,
        check=_check_elimination,
        where=lambda p: (
            (p["a"] + p["b"] + p["c"]) % 2 == 0 and 2 * max(p["a"], p["b"], p["c"]) <= p["a"] + p["b"] + p["c"] - 4
        ),
    ),
    Family(
        name="larger_eigenvalue",
        concepts=("eigenvalues", "characteristic polynomial"),
        school_level="college",
        slots={"n": Integer(2, 20), "a": Integer(1, 12), "b": Integer(1, 9), "c": Integer(-6, 9)},
        wordings=(
            Wording(f"the larger eigenvalue of the matrix ${_TWO}$"),
            Wording(
                "the larger zero of its characteristic polynomial",
                given=f"Consider the matrix ${_TWO}$.",
            ),
            Wording(
                "the greatest factor by which the map stretches one of its eigenvectors",
                given=f"A linear map of the plane has the matrix ${_TWO}$, and both of its eigenvalues are positive.",
            ),
        ),
        solve=_solve_eigenvalue,
        check=lambda params: float(np.linalg.eigvals(np.array(_two(params), dtype=float)).real.max()),
        where=lambda p: _eigenvalue_fits(p) and p["a"] * p["n"] > p["b"] * p["c"],
    ),
    Family(
        name="power_of_unitriangular_matrix",
        concepts=("matrix power", "triangular matrix", "matrix multiplication"),
        school_level="college",
        slots={"n": Integer(3, 30), "a": Integer(2, 6), "b": Integer(2, 9), "c": Integer(2, 6)},
        wordings=(
            Wording(
                r"the upper right entry of the matrix power $\begin{pmatrix} 1 & [[a]] & [[b]] \\ 0 & 1 & [[c]] \\ "
                r"0 & 0 & 1 \end{pmatrix}^{[[n]]}$"
            ),
            Wording(
                "the entry in the first row and third column of the product",
                given=r"A product has $[[n]]$ factors, all equal to the matrix $\begin{pmatrix} 1 & [[a]] & [[b]] \\ "
                r"0 & 1 & [[c]] \\ 0 & 0 & 1 \end{pmatrix}$.",
            ),
            Wording(
                "the first coordinate of the image",
                given=r"The linear map with the matrix $\begin{pmatrix} 1 & [[a]] & [[b]] \\ 0 & 1 & [[c]] \\ "
                r"0 & 0 & 1 \end{pmatrix}$ is applied $[[n]]$ times in a row to the vector $(0, 0, 1)$.",
            ),
        ),
        solve=_solve_power,
        check=_check_power,
    ),
    Family(
        name="least_entry_for_definiteness",
        concepts=("positive definite matrix", "determinant"),
        school_level="college",
        slots={"a": Integer(2, 30), "n": Integer(2, 30)},
        wordings=(
            Wording(
                r"the least integer $x$ for which $\begin{pmatrix} x & [[a]] \\ [[a]] & [[n]] \end{pmatrix}$ is a "
                "positive definite matrix"
            ),
            Wording(
                "the least possible value of the integer $x$",
                given=r"The symmetric matrix $\begin{pmatrix} x & [[a]] \\ [[a]] & [[n]] \end{pmatrix}$ has only "
                "positive eigenvalues.",
            ),
            Wording(
                "the smallest integer that can stand in the upper left corner",
                given=r"The upper left entry of a symmetric $2 \times 2$ matrix is to be chosen so that the matrix is "
                r"positive definite. The other diagonal entry is $[[n]]$, and both entries off the diagonal are "
                "$[[a]]$.",
            ),
        ),
        solve=_solve_definite,
        check=_check_definite,
        where=lambda p: p["a"] != p["n"] and p["a"] ** 2 > 2 * p["n"],
    ),
    Family(
        name="squares_of_singular_values",
        concepts=("singular values", "frobenius norm"),
        school_level="college",
        slots={"n": Integer(2, 20), "a": _E, "b": _E, "c": _E},
        wordings=(
            Wording(f"the sum of the squares of the singular values of the matrix ${_TWO}$"),
            Wording("the square of its Frobenius norm", given=f"Consider the matrix ${_TWO}$."),
            Wording(
                "the sum of the squares of the lengths of its two semi-axes",
                given=f"The linear map with the invertible matrix ${_TWO}$ turns the unit circle into an ellipse.",
            ),
        ),
        solve=_solve_singular,
        check=_check_singular,
        where=lambda p: p["a"] * p["n"] != p["b"] * p["c"] and p["a"] != 0,
    ),
    Family(
        name="shifted_triangular_determinant",
        concepts=("triangular matrix", "eigenvalues", "determinant"),
        school_level="college",
        slots={
            "n": Integer(2, 12),
            "a": Integer(2, 15),
            "b": Integer(2, 15),
            "d": Integer(2, 15),
            "c": Integer(1, 9, link=False),
            "e": Integer(1, 9, link=False),
            "u": Integer(1, 9, link=False),
        },
        wordings=(
            Wording(
                "the determinant of the matrix obtained from $\\begin{pmatrix} [[a]] & [[c]] & [[e]] \\\\ 0 & [[b]] & "
                "[[u]] \\\\ 0 & 0 & [[d]] \\end{pmatrix}$ by subtracting $[[n]]$ times the identity matrix"
            ),
            Wording(
                "the product of the eigenvalues of the new matrix",
                given="From each diagonal entry of the matrix $\\begin{pmatrix} [[a]] & [[c]] & [[e]] \\\\ 0 & [[b]] & "
                "[[u]] \\\\ 0 & 0 & [[d]] \\end{pmatrix}$, the number $[[n]]$ is subtracted.",
            ),
            Wording(
                "the value of the polynomial $\\det(M - x I)$ at $x = [[n]]$",
                given="Let $I$ be the identity matrix and $M = \\begin{pmatrix} [[a]] & [[c]] & [[e]] \\\\ 0 & [[b]] & "
                "[[u]] \\\\ 0 & 0 & [[d]] \\end{pmatrix}$.",
            ),
        ),
        solve=_solve_triangular,
        check=_check_triangular,
        where=lambda p: p["n"] not in (p["a"], p["b"], p["d"]) and len({p["a"], p["b"], p["d"]}) == 3,
    ),
    Family(
        name="spectral_radius_of_ones",
        concepts=("spectral radius", "eigenvalues"),
        school_level="college",
        slots={"n": Integer(3, 30), "a": Integer(2, 30)},
        wordings=(
            Wording(
                "the largest eigenvalue of the square matrix with $[[n]]$ rows that has $[[a]]$ everywhere on the "
                "diagonal and $1$ everywhere else"
            ),
            Wording(
                "the spectral radius of the matrix",
                given="In a square matrix with $[[n]]$ rows and $[[n]]$ columns, every diagonal entry is $[[a]]$ and "
                "every other entry is $1$.",
            ),
            Wording(
                "the factor by which the total amount of money grows in one round",
                given="In each round of a game, each of $[[n]]$ players gets $[[a]]$ dollars for every dollar in "
                "front of that player and $1$ dollar for every dollar in front of anybody else. The old dollars are "
                "then removed.",
            ),
        ),
        solve=_solve_spectral_radius,
        check=_check_spectral_radius,
    ),
)
