"""Algebra: linear equations and systems, inequalities, absolute values, radicals."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Integer

TOPICS = (
    Topic(
        "Linear Equations and Inequalities",
        subject="Algebra",
        school_level="middle school",
        concepts={
            "linear equations": ("linear equation", "equation in one variable"),
            "systems of two equations": (
                "two equations in two unknowns",
                "pair of linear equations",
                "elimination method",
            ),
            "rational equations": ("rational equation", "equations with fractions"),
            "linear inequalities": ("linear inequality", "inequality constraints"),
            "quadratic inequalities": ("quadratic inequality",),
        },
    ),
    Topic(
        "Radicals and Absolute Value",
        subject="Algebra",
        school_level="high school",
        concepts={
            "absolute value": ("absolute values", "absolute difference", "absolute differences"),
            "square roots": ("square root", "sqrt"),
            "cube roots": ("cube root", "cbrt"),
            "radical equations": ("radical equation", "equations with square roots"),
            "rationalizing denominators": ("rationalize the denominator", "radsimp", "rationalizing the denominator"),
            "difference of squares": ("difference of two squares", "differences of squares"),
        },
    ),
)


def _linear(params: Params) -> Solution:
    a, b, c, d = params["a"], params["b"], params["c"], params["d"]
    x = (d - b) // (a - c)
    return Solution(
        (
            f"Bring the terms with $x$ to the left and the numbers to the right: ${a}x - {c}x = {d} - {b}$.",
            f"This simplifies to ${a - c}x = {d - b}$." if a - c > 1 else f"This simplifies to $x = {d - b}$.",
            f"Dividing by ${a - c}$ gives $x = {x}$." if a - c > 1 else f"So the solution is ${x}$.",
        ),
        x,
    )


def _sum_and_difference(params: Params) -> Solution:
    s, d = params["s"], params["d"]
    x = (s + d) // 2
    return Solution(
        (
            f"Call the larger number $x$ and the smaller one $y$, so that $x + y = {s}$ and $x - y = {d}$.",
            f"Adding the two equations gives $2x = {s} + {d} = {s + d}$.",
            f"Hence $x = {x}$, and indeed $y = {x - d}$ fits both conditions.",
            f"The larger number is ${x}$.",
        ),
        x,
    )


def _system(params: Params) -> Solution:
    a, b, e, c, d, f = (params[name] for name in ("a", "b", "u", "c", "d", "v"))
    determinant, top = a * d - b * c, e * d - f * b
    x = top // determinant
    y = (e - a * x) // b
    return Solution(
        (
            f"With $x$ and $y$ for the two unknowns, ${a}x + {b}y = {e}$ and ${c}x + {d}y = {f}$.",
            f"Multiply the first equation by ${d}$ and the second by ${b}$: ${a * d}x + {b * d}y = {e * d}$ and "
            f"${c * b}x + {d * b}y = {f * b}$.",
            "Subtracting one from the other eliminates $y$ and leaves "
            + (f"${determinant}x = {top}$, " if determinant > 0 else f"${-determinant}x = {-top}$, ")
            + f"so $x = {x}$.",
            rf"Then $y = {y}$, which fits: ${a} \cdot {x} + {b} \cdot {y} = {e}$ and "
            rf"${c} \cdot {x} + {d} \cdot {y} = {f}$.",
            f"The value of $x$ is ${x}$.",
        ),
        x,
    )


def _check_system(params: Params) -> float:
    matrix = np.array([[params["a"], params["b"]], [params["c"], params["d"]]], dtype=float)
    return float(np.linalg.solve(matrix, np.array([params["u"], params["v"]], dtype=float))[0])


def _sensible_system(params: Params) -> bool:
    a, b, e, c, d, f = (params[name] for name in ("a", "b", "u", "c", "d", "v"))
    determinant = a * d - b * c
    if abs(determinant) < 2:
        return False
    x, y = Fraction(e * d - f * b, determinant), Fraction(a * f - c * e, determinant)
    return x.denominator == y.denominator == 1 and x > 0 and y > 0 and len({a, b, c, d}) > 2


def _rational(params: Params) -> Solution:
    a, b, c, d = params["a"], params["b"], params["c"], params["d"]
    x = (a * d - b * c) // (a - c)
    return Solution(
        (
            f"Multiply by both denominators: ${a}(x - {d}) = {c}(x - {b})$.",
            f"Expanding gives ${a}x - {a * d} = {c}x - {c * b}$, so ${a - c}x = {a * d} - {c * b} = {a * d - c * b}$."
            if a - c > 1
            else f"Expanding gives ${a}x - {a * d} = {c}x - {c * b}$.",
            f"Hence $x = {x}$, and neither denominator is zero there.",
        ),
        x,
    )


def _check_rational(params: Params) -> int:
    """Tries every integer up to the largest that is possible."""
    a, b, c, d = params["a"], params["b"], params["c"], params["d"]
    return next(x for x in range(-400, 401) if x not in (b, d) and Fraction(a, x - b) == Fraction(c, x - d))


def _budget(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    count = (c - b) // a
    bound = Fraction(c - b, a)
    return Solution(
        (
            rf"The condition is ${a}x + {b} \le {c}$ with a positive integer $x$.",
            rf"Subtracting ${b}$ gives ${a}x \le {c - b}$, and dividing by ${a}$ gives $x \le {tex(bound)}$.",
            f"The largest such integer is ${count}$, and all positive integers up to it fit, so the answer is "
            f"${count}$.",
        ),
        count,
    )


def _between_roots(params: Params) -> Solution:
    s, p = params["s"], params["p"]
    root = math.isqrt(s * s - 4 * p)
    low, high = (s - root) // 2, (s + root) // 2
    return Solution(
        (
            f"The quadratic factors as $x^{{2}} - {s}x + {p} = (x - {low})(x - {high})$.",
            f"A product of two factors is at most zero exactly when they do not have the same sign, so ${low} \\le x "
            f"\\le {high}$.",
            f"The number of integers in this range is ${high} - {low} + 1 = {high - low + 1}$.",
        ),
        high - low + 1,
    )


def _two_distances(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    slack = c - (b - a)
    reach = slack // 2
    return Solution(
        (
            f"The sum is the total distance of $x$ from ${a}$ and from ${b}$ on the number line.",
            f"Between the two points it equals ${b} - {a} = {b - a}$, and every step outward adds $2$.",
            f"Since ${c} - {b - a} = {slack}$, the number of steps outward on either side is at most ${reach}$.",
            rf"This leaves ${b} - {a} + 1 + 2 \cdot {reach} = {b - a + 1 + 2 * reach}$ integers.",
        ),
        b - a + 1 + 2 * reach,
    )


def _absolute_equation(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    larger, smaller = Fraction(b + c, a), Fraction(b - c, a)
    return Solution(
        (
            f"The absolute value is ${c}$ when ${a}x - {b} = {c}$ or ${a}x - {b} = -{c}$.",
            f"The first equation gives $x = {tex(larger)}$, the second one gives $x = {tex(smaller)}$.",
            f"The larger solution is ${tex(larger)}$.",
        ),
        int(larger),
    )


def _under_root(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    x = (c * c - b) // a
    return Solution(
        (
            f"Both sides are nonnegative, so squaring changes nothing: ${a}x + {b} = {c}^{{2}} = {c * c}$.",
            f"Subtracting ${b}$ gives ${a}x = {c * c - b}$.",
            rf"Hence $x = {x}$, and a check confirms it: $\sqrt{{{a} \cdot {x} + {b}}} = \sqrt{{{c * c}}} = {c}$.",
        ),
        x,
    )


def _square_part(n: int) -> int:
    """The largest d whose square divides n."""
    return max(d for d in range(1, math.isqrt(n) + 1) if n % (d * d) == 0)


def _outside_root(params: Params) -> Solution:
    n = params["n"]
    square = _square_part(n)
    rest = n // (square * square)
    return Solution(
        (
            rf"The largest perfect square that divides ${n}$ is ${square * square} = {square}^{{2}}$.",
            rf"Splitting it off gives $\sqrt{{{n}}} = \sqrt{{{square}^{{2}} \cdot {rest}}} = {square}\sqrt{{{rest}}}$.",
            f"So the factor in front is ${square}$.",
        ),
        square,
    )


def _check_outside_root(params: Params) -> int:
    coefficient, _ = sympy.sqrt(params["n"]).as_coeff_Mul()
    return int(coefficient)


def _cube_above(params: Params) -> Solution:
    n = params["n"]
    root = next(r for r in range(n + 2) if r**3 > n)
    return Solution(
        (
            "The cube grows with the number, so we look for neighbouring cubes around the given value.",
            rf"We have ${root - 1}^{{3}} = {(root - 1) ** 3} \le {n}$ and ${root}^{{3}} = {root**3} > {n}$.",
            f"So the smallest integer is ${root}$.",
        ),
        root,
    )


def _rationalize(params: Params) -> Solution:
    n, a, b = params["n"], params["a"], params["b"]
    factor = n // (a - b)
    front = "" if factor == 1 else f"{factor}"
    value = factor * (sympy.sqrt(a) + sympy.sqrt(b))
    shown = rf"{front}\sqrt{{{a}}} + {front}\sqrt{{{b}}}"
    simplified = f" = {tex(sympy.expand(value))}" if any(_square_part(n) > 1 for n in (a, b)) else ""
    return Solution(
        (
            rf"Multiply the numerator and the denominator by $\sqrt{{{a}}} + \sqrt{{{b}}}$.",
            rf"The new denominator is $(\sqrt{{{a}}} - \sqrt{{{b}}})(\sqrt{{{a}}} + \sqrt{{{b}}}) = {a} - {b} = "
            f"{a - b}$.",
            rf"Since ${n} = {factor} \cdot {a - b}$, the value is ${shown}{simplified}$.",
        ),
        sympy.expand(value),
    )


def _is_square(n: int) -> bool:
    return math.isqrt(n) ** 2 == n


def _squares_apart(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    return Solution(
        (
            f"A difference of two squares factors: ${a}^{{2}} - {b}^{{2}} = ({a} + {b})({a} - {b})$.",
            rf"The two factors are ${a + b}$ and ${a - b}$.",
            rf"Their product is ${a + b} \cdot {a - b} = {(a + b) * (a - b)}$.",
        ),
        (a + b) * (a - b),
    )


FAMILIES = (
    Family(
        name="linear_equation",
        concepts=("linear equations",),
        school_level="middle school",
        slots={"a": Integer(3, 25), "b": Integer(2, 60), "c": Integer(2, 20), "d": Integer(4, 300)},
        wordings=(
            Wording("the solution of the equation $[[a]]x + [[b]] = [[c]]x + [[d]]$"),
            Wording(
                "the number of months after which membership has cost the same in total at both gyms",
                given="One gym charges $[[b]]$ euros to join and $[[a]]$ euros a month. "
                "Another charges $[[d]]$ euros to join and $[[c]]$ euros a month.",
            ),
            Wording(
                "the number that Paul had in mind",
                given="Paul thinks of a number. When he multiplies it by $[[a]]$ and adds $[[b]]$, "
                "he gets the same result as when he multiplies it by $[[c]]$ and adds $[[d]]$.",
            ),
        ),
        solve=_linear,
        check=lambda params: sympy.solve(sympy.Symbol("x") * (params["a"] - params["c"]) - (params["d"] - params["b"]))[
            0
        ],
        where=lambda params: (
            params["a"] > params["c"]
            and params["d"] > params["b"]
            and (params["d"] - params["b"]) % (params["a"] - params["c"]) == 0
            and params["d"] - params["b"] > params["a"] - params["c"]
        ),
    ),
    Family(
        name="sum_and_difference",
        concepts=("systems of two equations", "linear equations"),
        school_level="elementary",
        slots={"s": Integer(10, 90), "d": Integer(2, 60)},
        wordings=(
            Wording("the larger of two numbers whose sum is $[[s]]$ and whose difference is $[[d]]$"),
            Wording(
                "the age of the older foal in months",
                given="The ages of two foals add up to $[[s]]$ months, and one is $[[d]]$ months older than the other.",
            ),
            Wording(
                "the length of the longer piece in centimetres",
                given="A rope of $[[s]]$ cm is cut into two pieces. One piece is $[[d]]$ cm longer than the other.",
            ),
        ),
        solve=_sum_and_difference,
        check=lambda params: next(x for x in range(params["s"]) if x - (params["s"] - x) == params["d"]),
        where=lambda params: params["d"] < params["s"] - 2 and (params["s"] + params["d"]) % 2 == 0,
    ),
    Family(
        name="two_by_two_system",
        concepts=("systems of two equations", "linear equations"),
        school_level="high school",
        slots={
            "a": Integer(2, 9, link=False),
            "b": Integer(2, 9, link=False),
            "u": Integer(10, 150),
            "c": Integer(2, 9, link=False),
            "d": Integer(2, 9, link=False),
            "v": Integer(10, 150),
        },
        wordings=(
            Wording(
                "the value of $x$",
                given="The numbers $x$ and $y$ satisfy $[[a]]x + [[b]]y = [[u]]$ and $[[c]]x + [[d]]y = [[v]]$.",
            ),
            Wording(
                "the price of a ticket for an adult in euros",
                given="For $[[a]]$ adults and $[[b]]$ children, tickets to a show cost $[[u]]$ euros. "
                "For $[[c]]$ adults and $[[d]]$ children they cost $[[v]]$ euros.",
            ),
            Wording(
                "the mass of a red ball in grams",
                given="All red balls have the same mass, and so have all blue balls. Altogether $[[a]]$ red and "
                "$[[b]]$ blue "
                "balls weigh $[[u]]$ grams, while $[[c]]$ red and $[[d]]$ blue balls weigh $[[v]]$ grams.",
            ),
        ),
        solve=_system,
        check=_check_system,
        where=_sensible_system,
    ),
    Family(
        name="rational_equation",
        concepts=("rational equations", "linear equations"),
        school_level="high school",
        slots={"a": Integer(3, 30), "b": Integer(1, 15), "c": Integer(2, 25), "d": Integer(2, 20)},
        wordings=(
            Wording("the solution of the equation $\\frac{[[a]]}{x - [[b]]} = \\frac{[[c]]}{x - [[d]]}$"),
            Wording(r"the number $x$ for which $[[a]] \div (x - [[b]]) = [[c]] \div (x - [[d]])$"),
            Wording(
                "the value of $x$ at which both functions take the same value",
                given="One function assigns $\\frac{[[a]]}{x - [[b]]}$ to $x$, "
                "and another assigns $\\frac{[[c]]}{x - [[d]]}$ to $x$.",
            ),
        ),
        solve=_rational,
        check=_check_rational,
        where=lambda params: (
            params["a"] > params["c"] + 1
            and params["b"] < params["d"]
            and (params["a"] * params["d"] - params["b"] * params["c"]) % (params["a"] - params["c"]) == 0
        ),
    ),
    Family(
        name="budget_inequality",
        concepts=("linear inequalities",),
        school_level="middle school",
        slots={"a": Integer(2, 25), "b": Integer(2, 60), "c": Integer(20, 400)},
        wordings=(
            Wording("the number of positive integers $x$ with $[[a]]x + [[b]] \\le [[c]]$"),
            Wording(
                "the greatest whole number of kilometres that she can afford",
                given="A taxi charges $[[b]]$ euros at the start and $[[a]]$ euros for each full kilometre. "
                "Maria wants to spend at most $[[c]]$ euros on a ride.",
            ),
            Wording(
                "the largest number of crates that may be loaded",
                given="A lift carries at most $[[c]]$ kg. It is loaded with a cart of $[[b]]$ kg "
                "and with crates of $[[a]]$ kg each.",
            ),
        ),
        solve=_budget,
        check=lambda params: sum(params["a"] * x + params["b"] <= params["c"] for x in range(1, params["c"] + 1)),
        where=lambda params: (
            params["c"] - params["b"] >= 2 * params["a"] and (params["c"] - params["b"]) % params["a"] != 0
        ),
    ),
    Family(
        name="quadratic_inequality",
        concepts=("quadratic inequalities", "factoring polynomials"),
        school_level="high school",
        slots={"s": Integer(5, 60), "p": Integer(4, 500)},
        wordings=(
            Wording("the number of integers $x$ with $x^{2} - [[s]]x + [[p]] \\le 0$"),
            Wording("the number of integer solutions of the inequality $x^{2} + [[p]] \\le [[s]]x$"),
            Wording(
                "the number of integers $x$ that are allowed",
                given="A rectangular pen is built from $2 \\cdot [[s]]$ m of fence, "
                "with one side of $x$ m, and its area has to be at least $[[p]]$ square metres.",
            ),
        ),
        solve=_between_roots,
        check=lambda params: sum(x * (params["s"] - x) >= params["p"] for x in range(-2, params["s"] + 2)),
        where=lambda params: params["s"] ** 2 > 4 * params["p"] and _is_square(params["s"] ** 2 - 4 * params["p"]),
    ),
    Family(
        name="two_distances",
        concepts=("absolute value", "linear inequalities"),
        school_level="high school",
        slots={"a": Integer(2, 30), "b": Integer(4, 50), "c": Integer(6, 90)},
        wordings=(
            Wording("the number of integers $x$ with $|x - [[a]]| + |x - [[b]]| \\le [[c]]$"),
            Wording(
                "the number of kilometre stones at which the kiosk may be built",
                given="A road without end is marked with a stone for every integer kilometre, in both directions from "
                "stone $0$. A kiosk is to be built at a stone whose distances from stone $[[a]]$ and from stone "
                "$[[b]]$ add up to at most $[[c]]$ km.",
            ),
            Wording(
                "the number of integers whose absolute differences from $[[a]]$ and from $[[b]]$ "
                "have a sum of at most $[[c]]$"
            ),
        ),
        solve=_two_distances,
        check=lambda params: sum(abs(x - params["a"]) + abs(x - params["b"]) <= params["c"] for x in range(-100, 200)),
        where=lambda params: params["a"] < params["b"] and params["b"] - params["a"] + 1 < params["c"],
    ),
    Family(
        name="absolute_value_equation",
        concepts=("absolute value", "linear equations"),
        school_level="high school",
        slots={"a": Integer(2, 12), "b": Integer(3, 60), "c": Integer(2, 90)},
        wordings=(
            Wording("the larger solution of $|[[a]]x - [[b]]| = [[c]]$"),
            Wording("the greatest real number $x$ for which $[[a]]x$ and $[[b]]$ differ by exactly $[[c]]$"),
            Wording(
                "the larger of the two possible values of $x$",
                given="On the number line, the distance between $[[a]]x$ and $[[b]]$ is $[[c]]$.",
            ),
        ),
        solve=_absolute_equation,
        check=lambda params: max(
            Fraction(i, 12) for i in range(-600, 2000) if abs(params["a"] * i - 12 * params["b"]) == 12 * params["c"]
        ),
        where=lambda params: (params["b"] + params["c"]) % params["a"] == 0,
    ),
    Family(
        name="radical_equation",
        concepts=("radical equations", "square roots"),
        school_level="high school",
        slots={"a": Integer(2, 20), "b": Integer(2, 60), "c": Integer(3, 30)},
        wordings=(
            Wording("the solution of the equation $\\sqrt{[[a]]x + [[b]]} = [[c]]$"),
            Wording(
                "the number that was entered",
                given="A machine multiplies the number that is entered by $[[a]]$, adds $[[b]]$ "
                "and takes the square root. It returned $[[c]]$.",
            ),
            Wording("the real number $x$ for which the square root of $[[a]]x + [[b]]$ equals $[[c]]$"),
        ),
        solve=_under_root,
        check=lambda params: next(
            x for x in range(1, 1000) if math.isclose(math.sqrt(params["a"] * x + params["b"]), params["c"])
        ),
        where=lambda params: params["c"] ** 2 > params["b"] and (params["c"] ** 2 - params["b"]) % params["a"] == 0,
    ),
    Family(
        name="factor_outside_root",
        concepts=("square roots", "perfect squares", "squarefree integers"),
        school_level="middle school",
        slots={"n": Integer(12, 2_000)},
        wordings=(
            Wording("the largest positive integer $x$ for which $\\sqrt{[[n]]} = x\\sqrt{y}$ with an integer $y$"),
            Wording("the integer in front of the root when $\\sqrt{[[n]]}$ is simplified as far as possible"),
            Wording(
                "the largest possible side length of the tiles in centimetres",
                given="Equal square tiles are laid side by side in a single row, and together they cover exactly "
                "$[[n]]$ square centimetres. Their sides are a whole number of centimetres long.",
            ),
        ),
        solve=_outside_root,
        check=_check_outside_root,
        where=lambda params: (
            not _is_square(params["n"])
            and any(params["n"] % (d * d) == 0 for d in range(2, math.isqrt(params["n"]) + 1))
        ),
    ),
    Family(
        name="cube_above",
        concepts=("cube roots",),
        school_level="middle school",
        slots={"n": Integer(30, 30_000)},
        wordings=(
            Wording("the smallest integer that is greater than $\\sqrt[3]{[[n]]}$"),
            Wording("the smallest positive integer whose cube is greater than $[[n]]$"),
            Wording(
                "the smallest possible side length of the box in centimetres",
                given="A cube-shaped box has a side length that is a whole number of centimetres, "
                "and its volume is to exceed $[[n]]$ cubic centimetres.",
            ),
        ),
        solve=_cube_above,
        check=lambda params: int(np.searchsorted(np.arange(40) ** 3, params["n"], side="right")),
    ),
    Family(
        name="rationalized_denominator",
        concepts=("rationalizing denominators", "square roots", "difference of squares"),
        school_level="high school",
        slots={"n": Integer(2, 60), "a": Integer(5, 40), "b": Integer(2, 35)},
        wordings=(
            Wording("the value of $\\frac{[[n]]}{\\sqrt{[[a]]} - \\sqrt{[[b]]}}$"),
            Wording("the number whose product with $\\sqrt{[[a]]} - \\sqrt{[[b]]}$ is $[[n]]$"),
            Wording(
                "the other side length",
                given="A rectangle has the area $[[n]]$, and one of its sides has the length "
                "$\\sqrt{[[a]]} - \\sqrt{[[b]]}$.",
            ),
        ),
        solve=_rationalize,
        check=lambda params: params["n"] / (params["a"] ** 0.5 - params["b"] ** 0.5),
        where=lambda params: (
            params["a"] > params["b"] + 1
            and params["n"] % (params["a"] - params["b"]) == 0
            and not _is_square(params["a"])
            and not _is_square(params["b"])
        ),
    ),
    Family(
        name="difference_of_squares",
        concepts=("difference of squares",),
        school_level="middle school",
        slots={"a": Integer(5, 120), "b": Integer(2, 119)},
        wordings=(
            Wording("the value of $[[a]]^{2} - [[b]]^{2}$"),
            Wording(
                "the area of the lawn in square metres",
                given="A square garden with sides of $[[a]]$ m contains a square pond with sides of $[[b]]$ m. "
                "The rest of the garden is lawn.",
            ),
            Wording("the amount by which the square of $[[a]]$ exceeds the square of $[[b]]$"),
        ),
        solve=_squares_apart,
        check=lambda params: sum(range(2 * params["b"] + 1, 2 * params["a"], 2)),
        where=lambda params: 0 < params["a"] - params["b"] <= 30,
    ),
)
