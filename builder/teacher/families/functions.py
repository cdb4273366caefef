"""Functions: composition, inverses, domain and range, piecewise and periodic ones."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Integer

TOPICS = (
    Topic(
        "Functions and Their Properties",
        subject="Algebra",
        school_level="high school",
        concepts={
            "function composition": ("composition of functions", "composite function", "composed functions"),
            "inverse functions": ("inverse function", "inverse of a function", "inverse of the function"),
            "linear functions": ("linear function", "affine function", "affine functions"),
            "quadratic functions": ("quadratic function", "parabola", "parabolas"),
            "rational functions": ("rational function", "ratio of two polynomials"),
            "fixed points": ("fixed point", "fixed point of a function"),
            "iterated functions": ("iterated function", "function iteration", "repeated application"),
            "domain of a function": ("domain of the function", "domain of definition", "function domain"),
            "range of a function": ("range of the function", "image of a function", "codomain"),
            "even and odd functions": ("even function", "even functions", "odd function", "odd functions"),
            "periodic extension": (
                "periodically extended",
                "periodic continuation",
                "periodic signal",
                "periodic signals",
            ),
            "piecewise functions": ("piecewise", "piecewise function", "piecewise-defined function"),
        },
    ),
)


def _compose(params: Params) -> Solution:
    a, b, c, n = params["a"], params["b"], params["c"], params["n"]
    inner = a * n + b
    value = inner**2 - c
    return Solution(
        (
            rf"The function that is applied first gives ${a} \cdot {n} + {b} = {inner}$.",
            f"This result is put into the second function: ${inner}^{{2}} - {c} = {inner**2} - {c} = {value}$.",
            f"The value is ${value}$.",
        ),
        value,
    )


def _invert(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    x = next(x for x in range(n + 1) if x**3 + a * x + b == n)
    return Solution(
        (
            f"We look for the number $x$ with $x^{{3}} + {a}x + {b} = {n}$, that is $x^{{3}} + {a}x = {n - b}$.",
            "The left side grows with $x$, so there is only one such number.",
            rf"Trying integers leads to $x = {x}$, since ${x}^{{3}} + {a} \cdot {x} = {x**3} + {a * x} = {n - b}$.",
        ),
        x,
    )


def _check_invert(params: Params) -> float:
    """The only real root, by bisection."""
    low, high = 0.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        if middle**3 + params["a"] * middle + params["b"] < params["n"]:
            low = middle
        else:
            high = middle
    return high


def _line(params: Params) -> Solution:
    p, u, q, v, n = params["p"], params["u"], params["q"], params["v"], params["n"]
    slope = (v - u) // (q - p)
    value = u + slope * (n - p)
    return Solution(
        (
            rf"From $x = {p}$ to $x = {q}$ the value changes by ${v} - {u} = {v - u}$.",
            rf"So the slope is $\frac{{{v - u}}}{{{q} - {p}}} = {slope}$.",
            rf"At $x = {n}$ the value is ${u} + {slope} \cdot ({n} - {p}) = {value}$.",
        ),
        value,
    )


def _fixed(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    value = Fraction(b, a - 1)
    return Solution(
        (
            f"A number that is mapped to itself satisfies ${a}x - {b} = x$.",
            f"Collecting the terms with $x$ gives ${a - 1}x = {b}$."
            if a > 2
            else f"Subtracting $x$ gives $x - {b} = 0$.",
            f"Hence $x = {tex(value)}$.",
        ),
        value,
    )


def _domain(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    return Solution(
        (
            rf"The first root needs $x \ge {a}$, and the second one needs $x \le {b}$.",
            f"There are ${b} - {a} + 1 = {b - a + 1}$ integers from ${a}$ to ${b}$.",
            f"The denominator rules out $x = {c}$, which lies among them, and ${b - a + 1} - 1 = {b - a}$ integers "
            "are left.",
        ),
        b - a,
    )


def _distances_taken(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    left, right = a, b - a
    return Solution(
        (
            f"The value is the distance of $x$ from ${a}$.",
            f"To the left of ${a}$, the distances $0, 1, \\ldots, {left}$ occur; to the right, all from $0$ to "
            f"${b} - {a} = {right}$.",
            f"The values are therefore the integers from $0$ to ${max(left, right)}$, and there are "
            f"${max(left, right)} + 1 = {max(left, right) + 1}$ of them.",
        ),
        max(left, right) + 1,
    )


def _even_part(params: Params) -> Solution:
    n, a, b = params["n"], params["a"], params["b"]
    return Solution(
        (
            f"At $-{n}$ the even function has the same value as at ${n}$, and the odd function the opposite one.",
            f"Adding the two given values therefore cancels the odd function and leaves twice the even one: ${a} + {b} "
            f"= {a + b}$.",
            rf"The value of the even function is $\frac{{{a + b}}}{{2}} = {(a + b) // 2}$.",
        ),
        (a + b) // 2,
    )


def _check_even_part(params: Params) -> float:
    """Solves the two equations for the even and the odd part."""
    return float(
        np.linalg.solve(np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([params["a"], params["b"]], dtype=float))[0]
    )


def _period(params: Params) -> Solution:
    p, n = params["p"], params["n"]
    rest = n % p
    return Solution(
        (
            f"The value does not change when a multiple of ${p}$ is subtracted from the argument.",
            rf"Since ${n} = {n // p} \cdot {p} + {rest}$, the value at ${n}$ is the value at ${rest}$.",
            rf"This is ${rest} \cdot ({p} - {rest}) = {rest * (p - rest)}$.",
        ),
        rest * (p - rest),
    )


def _check_period(params: Params) -> int:
    x = params["n"]
    while x >= params["p"]:
        x -= params["p"]
    return int(x * params["p"] - x * x)


def _collatz(n: int) -> list[int]:
    path = [n]
    while path[-1] != 1:
        path.append(path[-1] // 2 if path[-1] % 2 == 0 else 3 * path[-1] + 1)
    return path


def _collatz_steps(params: Params) -> Solution:
    path = _collatz(params["n"])
    return Solution(
        (
            "Apply the rule for even or for odd numbers, whichever fits, again and again.",
            f"This leads through ${', '.join(map(str, path))}$.",
            f"So the number of steps is ${len(path) - 1}$.",
        ),
        len(path) - 1,
    )


def _check_collatz(params: Params) -> int:
    """Counts backwards: the numbers that reach 1 in one step, in two, and so on."""
    level, steps = {1}, 0
    seen = {1}
    while params["n"] not in level:
        level = {2 * x for x in level} | {(x - 1) // 3 for x in level if x % 6 == 4}
        level = {x for x in level if x not in seen and x < 20_000}
        seen |= level
        steps += 1
    return steps


def _tariff(params: Params) -> Solution:
    n, limit, a, b = params["n"], params["limit"], params["a"], params["b"]
    return Solution(
        (
            f"The amount ${n}$ exceeds ${limit}$ by ${n} - {limit} = {n - limit}$, so both prices apply.",
            rf"The first ${limit}$ units cost ${limit} \cdot {a} = {limit * a}$, and the others "
            rf"${n - limit} \cdot {b} = {(n - limit) * b}$.",
            f"Together this is ${limit * a} + {(n - limit) * b} = {limit * a + (n - limit) * b}$.",
        ),
        limit * a + (n - limit) * b,
    )


def _peak(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    middle, half = (a + b) // 2, (b - a) // 2
    return Solution(
        (
            f"As a function of $x$ this is a parabola that opens downward, with zeros at ${a}$ and ${b}$.",
            rf"Its vertex lies halfway between the zeros, at $x = \frac{{{a} + {b}}}{{2}} = {middle}$.",
            rf"The value there is $({middle} - {a})({b} - {middle}) = {half} \cdot {half} = {half * half}$.",
        ),
        half * half,
    )


def _rational_inverse(params: Params) -> Solution:
    a, b, c, n = params["a"], params["b"], params["c"], params["n"]
    value = Fraction(b + c * n, n - a)
    return Solution(
        (
            rf"Solve $\frac{{{a}x + {b}}}{{x - {c}}} = {n}$ for $x$ by multiplying by the denominator: "
            f"${a}x + {b} = {n}x - {c * n}$.",
            f"Collecting terms gives ${b + c * n} = {n - a}x$."
            if n - a > 1
            else f"Collecting terms gives $x = {b + c * n}$.",
            f"So the argument is ${tex(value)}$.",
        ),
        value,
    )


def _check_rational_inverse(params: Params) -> int:
    a, b, c, n = params["a"], params["b"], params["c"], params["n"]
    return next(x for x in range(c + 1, 2_000) if a * x + b == n * (x - c))


FAMILIES = (
    Family(
        name="composed_value",
        concepts=("function composition", "linear functions"),
        school_level="high school",
        slots={"a": Integer(2, 9), "b": Integer(1, 12), "c": Integer(2, 40), "n": Integer(2, 12)},
        wordings=(
            Wording(
                "the result",
                given="The function $x \\mapsto [[a]]x + [[b]]$ is applied to $[[n]]$, "
                "and then the function $x \\mapsto x^{2} - [[c]]$ is applied to what comes out.",
            ),
            Wording("the value of $g(f([[n]]))$", given="Let $f(x) = [[a]]x + [[b]]$ and $g(x) = x^{2} - [[c]]$."),
            Wording(
                "the value at $[[n]]$ of the composition, where the linear function is applied first",
                given="A linear function sends $x$ to $[[a]]x + [[b]]$, "
                "and a quadratic function sends $x$ to $x^{2} - [[c]]$.",
            ),
        ),
        solve=_compose,
        check=lambda params: int(
            np.polyval(
                np.polyadd(np.polymul([params["a"], params["b"]], [params["a"], params["b"]]), [-params["c"]]),
                params["n"],
            )
        ),
    ),
    Family(
        name="inverse_value",
        concepts=("inverse functions",),
        school_level="high school",
        slots={"a": Integer(2, 12), "b": Integer(1, 30), "n": Integer(10, 600)},
        wordings=(
            Wording(
                "the value of the inverse function at $[[n]]$",
                given="The function $x \\mapsto x^{3} + [[a]]x + [[b]]$ on the real numbers has an inverse function.",
            ),
            Wording("the value of $f^{-1}([[n]])$", given="Let $f(x) = x^{3} + [[a]]x + [[b]]$ for all real $x$."),
            Wording(
                "the argument at which its value is $[[n]]$",
                given="The increasing function $x \\mapsto x^{3} + [[a]]x + [[b]]$ takes every real value exactly "
                "once.",
            ),
        ),
        solve=_invert,
        check=_check_invert,
        where=lambda params: any(x**3 + params["a"] * x + params["b"] == params["n"] for x in range(1, 12)),
    ),
    Family(
        name="line_through_points",
        concepts=("linear functions",),
        school_level="middle school",
        slots={
            "p": Integer(1, 10),
            "u": Integer(2, 30),
            "q": Integer(3, 16),
            "v": Integer(5, 60),
            "n": Integer(6, 25),
        },
        wordings=(
            Wording(
                "the value at $x = [[n]]$",
                given="A linear function takes the value $[[u]]$ at $x = [[p]]$ and the value $[[v]]$ at $x = [[q]]$.",
            ),
            Wording(
                "the height of the water in centimetres at minute $[[n]]$",
                given="The water in a basin rises at a constant rate. "
                "Its height is $[[u]]$ cm at minute $[[p]]$ and $[[v]]$ cm at minute $[[q]]$.",
            ),
            Wording(
                "the number $y$ for which the point $([[n]], y)$ lies on the line",
                given="A line in the plane passes through the points $([[p]], [[u]])$ and $([[q]], [[v]])$.",
            ),
        ),
        solve=_line,
        check=lambda params: float(
            np.polyval(np.polyfit([params["p"], params["q"]], [params["u"], params["v"]], 1), params["n"])
        ),
        where=lambda params: (
            params["p"] + 1 < params["q"] < params["n"]
            and params["u"] < params["v"] <= params["u"] + 6 * (params["q"] - params["p"])
            and (params["v"] - params["u"]) % (params["q"] - params["p"]) == 0
        ),
    ),
    Family(
        name="fixed_point",
        concepts=("fixed points", "linear functions"),
        school_level="high school",
        slots={"a": Integer(3, 25), "b": Integer(4, 300)},
        wordings=(
            Wording("the fixed point of the function $x \\mapsto [[a]]x - [[b]]$"),
            Wording(
                "the number that does not change",
                given="A machine multiplies every number that it is given by $[[a]]$ and then subtracts $[[b]]$.",
            ),
            Wording("the first coordinate of the point where the line $y = [[a]]x - [[b]]$ meets the line $y = x$"),
        ),
        solve=_fixed,
        check=lambda params: next(x for x in range(1, 400) if params["a"] * x - params["b"] == x),
        where=lambda params: params["b"] % (params["a"] - 1) == 0,
    ),
    Family(
        name="domain_integers",
        concepts=("domain of a function", "square roots"),
        school_level="high school",
        slots={"a": Integer(1, 40), "b": Integer(5, 90), "c": Integer(2, 80, link=False)},
        wordings=(
            Wording(
                "the number of integers in the largest possible real domain of "
                "$\\frac{\\sqrt{x - [[a]]} + \\sqrt{[[b]] - x}}{x - [[c]]}$"
            ),
            Wording(
                "the number of integers $x$ for which it is a real number",
                given="Consider the expression $\\sqrt{x - [[a]]} \\cdot \\sqrt{[[b]] - x} \\div (x - [[c]])$.",
            ),
            Wording(
                "the number of integers for which the program returns a result",
                given="A program reads an integer $x$ and returns "
                "$\\frac{\\sqrt{[[b]] - x} - \\sqrt{x - [[a]]}}{x - [[c]]}$. It returns nothing if a square root of a "
                "negative number or a division by zero occurs.",
            ),
        ),
        solve=_domain,
        check=lambda params: sum(x >= params["a"] and x <= params["b"] and x != params["c"] for x in range(-10, 150)),
        where=lambda params: params["a"] < params["c"] < params["b"],
    ),
    Family(
        name="range_of_distance",
        concepts=("range of a function", "absolute value"),
        school_level="high school",
        slots={"a": Integer(3, 40), "b": Integer(8, 90)},
        wordings=(
            Wording(
                "the number of different values of the function $x \\mapsto |x - [[a]]|$ "
                "on the integers $x$ with $0 \\le x \\le [[b]]$"
            ),
            Wording(
                "the number of different results in the list",
                given="For every integer $x$ from $0$ to $[[b]]$, the number $|x - [[a]]|$ is written into a list.",
            ),
            Wording(
                "the number of elements in the range of the function",
                given="A function is defined on the integers from $0$ to $[[b]]$ "
                "and assigns to each of them its distance from $[[a]]$.",
            ),
        ),
        solve=_distances_taken,
        check=lambda params: len({abs(x - params["a"]) for x in range(params["b"] + 1)}),
        where=lambda params: params["a"] < params["b"] and 2 * params["a"] != params["b"],
    ),
    Family(
        name="even_part",
        concepts=("even and odd functions",),
        school_level="high school",
        slots={"n": Integer(2, 30, link=False), "a": Integer(3, 80), "b": Integer(2, 60)},
        wordings=(
            Wording(
                "the value of the even function at $[[n]]$",
                given="The sum of an even function and an odd function has the value $[[a]]$ at $[[n]]$ "
                "and the value $[[b]]$ at $-[[n]]$.",
            ),
            Wording(
                "the value $g([[n]])$",
                given="A function $f$ is the sum of an even function $g$ and an odd function $h$. "
                "It is known that $f([[n]]) = [[a]]$ and $f(-[[n]]) = [[b]]$.",
            ),
            Wording(
                "the value at $[[n]]$ of its even part",
                given="A function with the values $[[a]]$ at $[[n]]$ and $[[b]]$ at $-[[n]]$ is split into "
                "an even part and an odd part.",
            ),
        ),
        solve=_even_part,
        check=_check_even_part,
        where=lambda params: params["a"] != params["b"] and (params["a"] + params["b"]) % 2 == 0,
    ),
    Family(
        name="periodic_value",
        concepts=("periodic extension", "division with remainder"),
        school_level="high school",
        slots={"p": Integer(5, 24), "n": Integer(30, 900)},
        wordings=(
            Wording(
                "the value of the function at $x = [[n]]$",
                given="A function with period $[[p]]$ has the value $x([[p]] - x)$ for $0 \\le x < [[p]]$.",
            ),
            Wording(
                "the voltage at second $[[n]]$, measured in volts",
                given="A periodic voltage repeats every $[[p]]$ seconds. "
                "At second $x$ with $0 \\le x < [[p]]$ it is $x \\cdot ([[p]] - x)$ volts.",
            ),
            Wording(
                "the value of the extended function at $[[n]]$",
                given="The function $x \\mapsto x([[p]] - x)$, given for $0 \\le x < [[p]]$, is extended to all real "
                "numbers with period $[[p]]$.",
            ),
        ),
        solve=_period,
        check=_check_period,
        where=lambda params: params["n"] % params["p"] > 0,
    ),
    Family(
        name="halve_or_triple",
        concepts=("piecewise functions", "iterated functions"),
        school_level="middle school",
        slots={"n": Integer(3, 160)},
        wordings=(
            Wording(
                "the number of steps that lead from $[[n]]$ to $1$ for the first time",
                given="In each step, an even number is halved, and an odd number is multiplied by $3$ and then "
                "increased by $1$.",
            ),
            Wording(
                "the number of times that the function must be applied to $[[n]]$ before the result is $1$ "
                "for the first time",
                given="A function sends $x$ to $\\frac{x}{2}$ if $x$ is even, and to $3x + 1$ if $x$ is odd.",
            ),
            Wording(
                "the number of moves of the game",
                given="A counter shows $[[n]]$. A move replaces an even number $x$ by $\\frac{x}{2}$ "
                "and an odd number $x$ by $3x + 1$. The game ends as soon as the counter shows $1$.",
            ),
        ),
        solve=_collatz_steps,
        check=_check_collatz,
        where=lambda params: 4 <= len(_collatz(params["n"])) <= 19,
    ),
    Family(
        name="two_part_tariff",
        concepts=("piecewise functions", "unit rates"),
        school_level="middle school",
        slots={
            "n": Integer(15, 300),
            "limit": Integer(5, 200),
            "a": Integer(2, 15),
            "b": Integer(2, 15),
        },
        wordings=(
            Wording(
                "the price of $[[n]]$ units in cents",
                given="The first $[[limit]]$ units of electricity cost $[[a]]$ cents each, "
                "and every further unit costs $[[b]]$ cents.",
            ),
            Wording(
                "the value of the function at $x = [[n]]$",
                given="A function is defined by $[[a]]x$ for $0 \\le x \\le [[limit]]$ "
                "and by $[[a]] \\cdot [[limit]] + [[b]] \\cdot (x - [[limit]])$ for $x > [[limit]]$.",
            ),
            Wording(
                "the cost in euros of printing $[[n]]$ posters",
                given="A print shop charges $[[a]]$ euros for each of the first $[[limit]]$ posters "
                "and $[[b]]$ euros for each poster after that.",
            ),
        ),
        solve=_tariff,
        check=lambda params: sum(
            params["a"] if unit <= params["limit"] else params["b"] for unit in range(1, params["n"] + 1)
        ),
        where=lambda params: params["n"] > params["limit"] + 2 and params["a"] != params["b"],
    ),
    Family(
        name="parabola_peak",
        concepts=("quadratic functions", "completing the square"),
        school_level="high school",
        slots={"a": Integer(2, 40), "b": Integer(6, 80)},
        wordings=(
            Wording("the greatest value of $(x - [[a]])([[b]] - x)$ over all real numbers $x$"),
            Wording(
                "the greatest possible daily profit in euros",
                given="It costs $[[a]]$ euros to make a toy. At a price of $x$ euros, "
                "a shop sells $[[b]] - x$ of them a day.",
            ),
            Wording(
                "the second coordinate of the vertex",
                given="A parabola has the equation $y = (x - [[a]])([[b]] - x)$.",
            ),
        ),
        solve=_peak,
        check=lambda params: max((x - params["a"]) * (params["b"] - x) for x in range(100)),
        where=lambda params: params["a"] + 2 < params["b"] <= params["a"] + 20 and (params["a"] + params["b"]) % 2 == 0,
    ),
    Family(
        name="rational_inverse",
        concepts=("rational functions", "inverse functions", "rational equations"),
        school_level="high school",
        slots={"a": Integer(2, 15), "b": Integer(1, 40), "c": Integer(1, 15), "n": Integer(3, 40)},
        wordings=(
            Wording(
                "the argument at which the function $x \\mapsto \\frac{[[a]]x + [[b]]}{x - [[c]]}$ has the value "
                "$[[n]]$"
            ),
            Wording(
                "the value of its inverse function at $[[n]]$",
                given="The rational function $x \\mapsto \\frac{[[a]]x + [[b]]}{x - [[c]]}$ can be inverted.",
            ),
            Wording(
                "the first coordinate of the point where it meets the horizontal line $y = [[n]]$",
                given="A curve has the equation $y = \\frac{[[a]]x + [[b]]}{x - [[c]]}$.",
            ),
        ),
        solve=_rational_inverse,
        check=_check_rational_inverse,
        where=lambda params: (
            params["n"] > params["a"] and (params["b"] + params["c"] * params["n"]) % (params["n"] - params["a"]) == 0
        ),
    ),
)
