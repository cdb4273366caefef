"""Differential equations of the second order, and Laplace transforms."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import product_sum, quotient
from ..slots import Choice, Integer
from .differential_equations_first_order import runge_kutta

TOPICS = (
    Topic(
        "Second-Order Differential Equations",
        subject="Differential Equations",
        school_level="college",
        concepts={
            "second-order differential equations": (
                "second-order differential equation",
                "second order differential equation",
                "ordinary differential equation",
                "ordinary differential equations",
            ),
            "characteristic equation": ("auxiliary equation", "characteristic equations"),
            "constant coefficients": (
                "constant-coefficient",
                "linear differential equation with constant coefficients",
            ),
            "simple harmonic motion": ("harmonic oscillator", "harmonic oscillation", "undamped oscillation"),
            "critical damping": ("critically damped", "damped oscillator", "damping ratio"),
            "undetermined coefficients": ("method of undetermined coefficients", "particular solution"),
            "boundary value problems": ("boundary value problem", "boundary conditions", "solve_bvp"),
            "laplace transform": ("laplace transforms", "laplace transformation"),
        },
    ),
)


def _roots(params: Params) -> tuple[int, int]:
    total, product = params["a"], params["b"]
    gap = math.isqrt(total * total - 4 * product)
    return (total - gap) // 2, (total + gap) // 2


def _solve_second_order(params: Params) -> Solution:
    a, b, c, n = (params[name] for name in "abcn")
    low, high = _roots(params)
    second = (n - low * c) // (high - low)
    first = c - second
    low_text = "" if low == 1 else str(low)
    value = first * 2**low + second * 2**high
    return Solution(
        (
            rf"The characteristic equation $\lambda^{{2}} - {a}\lambda + {b} = 0$ has the solutions ${low}$ and "
            f"${high}$.",
            f"So $y$ is the sum of $A e^{{{low_text}x}}$ and $B e^{{{high}x}}$ with constants $A$ and $B$.",
            f"The initial conditions say that $A + B = {c}$ and ${low_text}A + {high}B = {n}$, which gives "
            f"$A = {first}$ and $B = {second}$.",
            rf"At $x = \ln 2$ the two exponentials are $2^{{{low}}} = {2**low}$ and $2^{{{high}}} = {2**high}$.",
            f"So the value is ${product_sum(((first, 2**low), (second, 2**high)))} = {value}$.",
        ),
        value,
    )


def _check_second_order(params: Params) -> float:
    from_start = np.array([float(params["c"]), float(params["n"])])
    system = np.array([[0.0, 1.0], [-params["b"], params["a"]]])
    return float(runge_kutta(lambda x, y: system @ y, 0.0, math.log(2), from_start, 400)[0])


def _second_order_fits(params: Params) -> bool:
    square = params["a"] ** 2 - 4 * params["b"]
    if square <= 0 or math.isqrt(square) ** 2 != square:
        return False
    low, high = _roots(params)
    if (params["n"] - low * params["c"]) % (high - low):
        return False
    second = (params["n"] - low * params["c"]) // (high - low)
    return second not in (0, params["c"])


def _solve_harmonic(params: Params) -> Solution:
    c, b, n = params["c"], params["b"], params["n"]
    side = n // c
    value = math.isqrt(b * b + side * side)
    return Solution(
        (
            rf"The solutions of the equation are the combinations of $\cos {c}x$ and $\sin {c}x$, since "
            f"${c * c} = {c}^{{2}}$.",
            rf"The value at $x = 0$ gives the factor ${b}$ for $\cos {c}x$, and the derivative there gives the factor "
            rf"$\frac{{{n}}}{{{c}}} = {side}$ for $\sin {c}x$.",
            rf"The amplitude is $\sqrt{{{b}^{{2}} + {side}^{{2}}}} = {value}$.",
        ),
        value,
    )


def _check_harmonic(params: Params) -> float:
    """The energy y'^2 + c^2 y^2 is conserved, and at the extreme position all of it lies in y."""
    c = params["c"]
    return float(math.sqrt(params["n"] ** 2 + (c * params["b"]) ** 2) / c)


def _solve_damping(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = Fraction(n * n, 4 * a)
    return Solution(
        (
            "A system is critically damped when its characteristic equation has a double solution.",
            rf"The equation ${a}\lambda^{{2}} + {n}\lambda + x = 0$ has the discriminant "
            rf"${n}^{{2}} - 4 \cdot {a} \cdot x = {n * n} - {4 * a}x$.",
            f"It is zero for $x = {quotient(n * n, 4 * a)}$.",
        ),
        value,
    )


def _check_damping(params: Params) -> float:
    """At the double solution s = -n / (2 a), the rest of the equation fixes x."""
    s = np.roots([2 * params["a"], params["n"]])[0]
    return float(-np.polyval([params["a"], params["n"], 0], s))


def _solve_undetermined(params: Params) -> Solution:
    a, b, n, c = params["a"], params["b"], params["n"], params["c"]
    slope, constant = Fraction(n, b), Fraction(-a * n, b * b)
    value = slope * c + constant
    return Solution(
        (
            "Try $y = Ax + B$ with constants $A$ and $B$, so that $y' = A$ and $y'' = 0$.",
            f"Comparing the coefficients of $x$ gives ${b}A = {n}$, so $A = {tex(slope)}$.",
            f"Comparing the constants gives ${a}A + {b}B = 0$, so $B = {tex(constant)}$.",
            rf"At $x = {c}$ the value is ${tex(slope)} \cdot {c} - {tex(-constant)} = {tex(value)}$.",
        ),
        value,
    )


def _check_undetermined(params: Params) -> float:
    a, b, n, c = params["a"], params["b"], params["n"], params["c"]
    slope, constant = np.linalg.solve([[b, 0], [a, b]], [n, 0])
    return float(slope * c + constant)


def _solve_sag(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    value = Fraction(n * a * a, 8)
    return Solution(
        (
            rf"Integrating twice gives $y = {tex(Fraction(n, 2))} x^{{2}} + Ax + B$ with constants $A$ and $B$."
            if n != 2
            else "Integrating twice gives $y = x^{2} + Ax + B$ with constants $A$ and $B$.",
            f"The boundary conditions give $B = 0$ and $A = -{tex(Fraction(n * a, 2))}$, so that "
            + (rf"$y = {tex(Fraction(n, 2))} x(x - {a})$." if n != 2 else f"$y = x(x - {a})$."),
            f"By symmetry, the lowest point is in the middle, at $x = {tex(Fraction(a, 2))}$.",
            rf"There $-y = {tex(Fraction(n, 2))} \cdot {tex(Fraction(a, 2))} \cdot {tex(Fraction(a, 2))} = "
            f"{tex(value)}$.",
        ),
        value,
    )


def _check_sag(params: Params) -> float:
    """Differences on a grid are exact for a quadratic polynomial."""
    size = 7  # inner points; the middle one is the lowest
    h = params["a"] / (size + 1)
    grid = np.diag(np.full(size, -2.0)) + np.diag(np.ones(size - 1), 1) + np.diag(np.ones(size - 1), -1)
    return float(-np.linalg.solve(grid / h**2, np.full(size, float(params["n"]))).min())


def _solve_laplace(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    bottom = a * a + n * n
    return Solution(
        (
            rf"The Laplace transform of $\sin {n}x$ at $s$ is $\frac{{{n}}}{{s^{{2}} + {n * n}}}$.",
            f"By linearity, the factor ${b}$ only multiplies it.",
            rf"At $s = {a}$ the denominator is ${a}^{{2}} + {n * n} = {bottom}$.",
            rf"So the value is $\frac{{{b} \cdot {n}}}{{{bottom}}} = {tex(Fraction(b * n, bottom))}$.",
        ),
        Fraction(b * n, bottom),
    )


def _check_laplace(params: Params) -> float:
    """The transform of a complex exponential is 1 / (s - i n); its imaginary part belongs to the sine."""
    return float(params["b"] * (1 / (params["a"] - 1j * params["n"])).imag)


FAMILIES = (
    Family(
        name="second_order_initial_value_problem",
        concepts=("constant coefficients", "characteristic equation", "second-order differential equations"),
        school_level="college",
        slots={"a": Integer(3, 8), "b": Integer(2, 15), "c": Integer(1, 9), "n": Integer(2, 30)},
        wordings=(
            Wording(
                r"the value of $y$ at $x = \ln 2$",
                given="Let $y$ solve the differential equation $y'' - [[a]]y' + [[b]]y = 0$ with $y = [[c]]$ and "
                "$y' = [[n]]$ at $x = 0$.",
            ),
            Wording(
                r"the value $y(\ln 2)$ of the solution of the initial value problem $y'' + [[b]]y = [[a]]y'$, "
                "$y(0) = [[c]]$, $y'(0) = [[n]]$"
            ),
            Wording(
                r"the position of the particle at the time $x = \ln 2$",
                given="The position $y$ of a particle on a line satisfies $y'' = [[a]]y' - [[b]]y$, where the "
                "derivatives are with respect to the time $x$. At time $0$ its position is $[[c]]$ and its velocity is "
                "$[[n]]$.",
            ),
        ),
        solve=_solve_second_order,
        check=_check_second_order,
        where=_second_order_fits,
    ),
    Family(
        name="amplitude_of_oscillation",
        concepts=("simple harmonic motion", "second-order differential equations"),
        school_level="college",
        slots={"b": Integer(3, 24), "c": Choice((2, 3, 4, 5)), "n": Integer(6, 60)},
        wordings=(
            Wording(
                "the amplitude of the oscillation",
                given="The displacement $y$ of a spring satisfies $y'' = -[[c]]^{2} y$. At time $0$ the displacement "
                "is "
                "$[[b]]$ and the velocity is $[[n]]$.",
            ),
            Wording(
                "the greatest value of $y$",
                given="Let $y$ solve $y'' + [[c]]^{2} y = 0$ with $y(0) = [[b]]$ and $y'(0) = [[n]]$.",
            ),
            Wording(
                "the greatest distance in centimeters that the weight reaches from its rest position",
                given="A weight oscillates without friction, and its acceleration is always $-[[c]]^{2}$ times its "
                "displacement from the rest position, in units of centimeters and seconds. It is started $[[b]]$ cm "
                "away from the rest position at a speed of $[[n]]$ cm per second.",
            ),
        ),
        solve=_solve_harmonic,
        check=_check_harmonic,
        where=lambda p: (
            p["n"] % p["c"] == 0
            and math.isqrt(p["b"] ** 2 + (p["n"] // p["c"]) ** 2) ** 2 == p["b"] ** 2 + (p["n"] // p["c"]) ** 2
        ),
    ),
    Family(
        name="critically_damped_spring",
        concepts=("critical damping", "characteristic equation"),
        school_level="college",
        slots={"a": Integer(2, 9), "n": Integer(2, 40)},
        wordings=(
            Wording(
                "the number $x$ for which the equation is critically damped",
                given="The motion of a door closer is described by $[[a]]y'' + [[n]]y' + xy = 0$.",
            ),
            Wording(
                "the value of $x$ for which the characteristic equation of "
                "$[[a]]y'' + [[n]]y' + xy = 0$ has exactly one solution"
            ),
            Wording(
                "the spring constant, in newtons per meter, for which it returns to rest with critical damping",
                given="A body of mass $[[a]]$ kg hangs on a spring. The friction is $[[n]]$ newton-seconds per meter "
                "times its velocity.",
            ),
        ),
        solve=_solve_damping,
        check=_check_damping,
        where=lambda p: p["n"] ** 2 % (2 * p["a"]) == 0,
    ),
    Family(
        name="linear_particular_solution",
        concepts=("undetermined coefficients", "constant coefficients"),
        school_level="college",
        slots={"a": Integer(2, 9), "b": Integer(2, 6), "n": Integer(2, 60), "c": Integer(2, 12)},
        wordings=(
            Wording(
                "the value at $x = [[c]]$ of the solution of $y'' + [[a]]y' + [[b]]y = [[n]]x$ that is a polynomial in "
                "$x$"
            ),
            Wording(
                "the value of $y$ at $x = [[c]]$",
                given="The differential equation $y'' + [[a]]y' + [[b]]y = [[n]]x$ has exactly one solution $y$ whose "
                "graph is a straight line.",
            ),
            Wording(
                "the displacement at the time $x = [[c]]$ in this limit",
                given="A damped spring is pulled by a force that grows steadily, so that its displacement $y$ at time "
                "$x$ satisfies $y'' + [[a]]y' + [[b]]y = [[n]]x$. After a long time, $y$ follows a linear polynomial "
                "in "
                "$x$, and the rest of the solution is neglected.",
            ),
        ),
        solve=_solve_undetermined,
        check=_check_undetermined,
        where=lambda p: p["n"] % p["b"] == 0 and p["a"] * p["n"] % p["b"] ** 2 == 0 and p["c"] * p["b"] > p["a"],
    ),
    Family(
        name="sagging_string",
        concepts=("boundary value problems", "second-order differential equations"),
        school_level="college",
        slots={"a": Integer(2, 16), "n": Integer(2, 30)},
        wordings=(
            Wording(
                "the greatest value of $-y$ on the interval",
                given="On the interval from $0$ to $[[a]]$, let $y$ solve the boundary value problem $y'' = [[n]]$, "
                "$y(0) = 0$, $y([[a]]) = 0$.",
            ),
            Wording(
                "the greatest depth, in the same units, of the cable below its ends",
                given="A cable hangs between the points $(0, 0)$ and $([[a]], 0)$. Its height $y$ at the place $x$ "
                "satisfies $y'' = [[n]]$.",
            ),
            Wording(
                "the greatest depth of the submarine below the surface",
                given="A submarine leaves the surface at time $0$ and is back there at time $[[a]]$. Its height "
                "$y$ over the surface, which is negative below it, satisfies $y'' = [[n]]$ all the time.",
            ),
        ),
        solve=_solve_sag,
        check=_check_sag,
        where=lambda p: p["n"] * p["a"] % 2 == 0,
    ),
    Family(
        name="laplace_transform_of_sine",
        concepts=("laplace transform",),
        school_level="college",
        slots={"a": Integer(2, 12), "b": Integer(2, 60), "n": Integer(2, 20)},
        wordings=(
            Wording(r"the value at $s = [[a]]$ of the Laplace transform of $[[b]] \sin [[n]]x$"),
            Wording(
                r"the integral $\int_{0}^{\infty} [[b]] e^{-[[a]]x} \sin [[n]]x \, dx$, which is a "
                "value of "
                "a Laplace transform"
            ),
            Wording(
                "the value of the Laplace transform of this signal at $s = [[a]]$",
                given=r"From the time $x = 0$ on, a circuit receives the signal $[[b]] \sin [[n]]x$.",
            ),
        ),
        solve=_solve_laplace,
        check=_check_laplace,
        where=lambda p: (p["a"] ** 2 + p["n"] ** 2) <= 4 * p["b"] * p["n"],
    ),
)
