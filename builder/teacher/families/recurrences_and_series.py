"""Recurrences such as that of the Fibonacci numbers, and sums in closed form."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Choice, Integer

TOPICS = (
    Topic(
        "Recurrence Relations",
        subject="Discrete Mathematics",
        school_level="high school",
        concepts={
            "recurrence relations": ("recurrence relation", "recurrence", "recursion formula", "difference equation"),
            "linear recurrences": ("linear recurrence", "linear difference equation", "lfilter"),
            "fibonacci numbers": ("fibonacci", "fibonacci number", "fibonacci sequence"),
            "lucas numbers": ("lucas number", "lucas sequence"),
            "periodic sequences": ("periodic sequence", "pisano period", "cycle detection"),
            "difference tables": ("difference table", "method of differences", "second differences"),
        },
    ),
    Topic(
        "Series and Summation",
        subject="Discrete Mathematics",
        school_level="high school",
        concepts={
            "summation formulas": ("summation formula", "faulhaber's formula", "sum of consecutive integers"),
            "sigma notation": ("summation notation", "summation", "summation index"),
            "telescoping series": ("telescoping sum", "telescoping sums", "telescoping"),
            "triangular numbers": ("triangular number", "triangle numbers", "triangle number"),
            "harmonic numbers": ("harmonic number", "harmonic series"),
            "alternating sums": ("alternating sum", "alternating series", "alternating signs"),
        },
    ),
)


def _first_order(params: Params) -> Solution:
    a, p, q, n = params["a"], params["p"], params["q"], params["n"]
    terms = [a]
    for _ in range(n - 1):
        terms.append(p * terms[-1] + q)
    lines = ", ".join(
        rf"$x_{{{i + 2}}} = {p} \cdot {old} + {q} = {new}$" for i, (old, new) in enumerate(itertools.pairwise(terms))
    )
    return Solution(
        (
            "Each term follows from the one before.",
            f"Step by step we get {lines}.",
            f"So the result is ${terms[-1]}$.",
        ),
        terms[-1],
    )


def _check_first_order(params: Params) -> float:
    """The closed form around the fixed point."""
    a, p, q, n = params["a"], params["p"], params["q"], params["n"]
    fixed = Fraction(q, 1 - p)
    return float((a - fixed) * p ** (n - 1) + fixed)


def _second_order(params: Params) -> Solution:
    a, b, p, q, n = (params[name] for name in "abpqn")
    terms = [a, b]
    while len(terms) < n:
        terms.append(p * terms[-1] + q * terms[-2])
    lines = ", ".join(rf"${p} \cdot {terms[i - 1]} + {q} \cdot {terms[i - 2]} = {terms[i]}$" for i in range(2, n))
    return Solution(
        (
            f"Start from the two given terms, ${a}$ and ${b}$, and apply the rule repeatedly.",
            f"The next terms are {lines}.",
            f"So the value is ${terms[-1]}$.",
        ),
        terms[-1],
    )


def _check_second_order(params: Params) -> int:
    """A power of the companion matrix."""
    step = np.array([[0, 1], [params["q"], params["p"]]], dtype=object)
    start = np.array([params["a"], params["b"]], dtype=object)
    return int((np.linalg.matrix_power(step, params["n"] - 1) @ start)[0])


def _fibonacci(count: int) -> list[int]:
    """The first Fibonacci numbers, 1, 1, 2, ..."""
    terms = [1, 1]
    while len(terms) < count:
        terms.append(terms[-1] + terms[-2])
    return terms[:count]


def _stairs(params: Params) -> Solution:
    n = params["n"]
    ways = _fibonacci(n + 1)[1:]
    return Solution(
        (
            "The last part has length $1$ or $2$, so each number of ways is the sum of the two numbers before it.",
            "For the lengths $1$ and $2$ there are $1$ and $2$ ways.",
            f"The further numbers are Fibonacci numbers: ${', '.join(map(str, ways))}$.",
            f"So for length ${n}$ the number of ways is ${ways[-1]}$.",
        ),
        ways[-1],
    )


def _fibonacci_sum(params: Params) -> Solution:
    n = params["n"]
    terms = _fibonacci(n + 2)
    return Solution(
        (
            "Every Fibonacci number is the difference of the number two places later and the next number, "
            "so the sum telescopes.",
            f"What remains is the Fibonacci number with index ${n} + 2 = {n + 2}$, minus $1$.",
            f"Counting on from $1, 1, 2, 3, 5$, that number is ${terms[-1]}$.",
            f"So the sum is ${terms[-1]} - 1 = {terms[-1] - 1}$.",
        ),
        terms[-1] - 1,
    )


def _lucas(params: Params) -> Solution:
    n = params["n"]
    terms = [1, 3]
    while len(terms) < n:
        terms.append(terms[-1] + terms[-2])
    return Solution(
        (
            "These are the Lucas numbers, in which each term is the sum of the two before it.",
            f"They continue as ${', '.join(map(str, terms))}$.",
            f"The one asked for is ${terms[-1]}$.",
        ),
        terms[-1],
    )


def _fibonacci_remainder(params: Params) -> Solution:
    n, m = params["n"], params["m"]
    cycle = [1, 1]
    while True:
        cycle.append((cycle[-1] + cycle[-2]) % m)
        if cycle[-2:] == [1, 1]:
            break
    cycle = cycle[:-2]
    size = len(cycle)
    place = (n - 1) % size + 1
    return Solution(
        (
            f"Modulo ${m}$ the Fibonacci numbers are ${', '.join(map(str, cycle))}$, and then the pair $1, 1$ comes "
            "again.",
            rf"So the remainders repeat with period ${size}$, and ${n} = {(n - place) // size} \cdot {size} + "
            f"{place}$.",
            f"The remainder is the one at place ${place}$ of the period, which is ${cycle[place - 1]}$.",
        ),
        cycle[place - 1],
    )


def _quadratic_sequence(params: Params) -> Solution:
    a, b, c, n = params["a"], params["b"], params["c"], params["n"]
    steps = n - 1
    pairs = steps * (steps - 1) // 2
    value = a + steps * b + pairs * c
    return Solution(
        (
            f"Term number ${n}$ is the first term plus the first ${n} - 1 = {steps}$ differences.",
            rf"The differences start with ${b}$ and grow by ${c}$, so they add up to "
            rf"${steps} \cdot {b} + \frac{{{steps} \cdot {steps - 1}}}{{2}} \cdot {c} = {steps * b + pairs * c}$.",
            f"The term is ${a} + {steps * b + pairs * c} = {value}$.",
        ),
        value,
    )


def _check_quadratic_sequence(params: Params) -> int:
    differences = params["b"] + params["c"] * np.arange(params["n"] - 1)
    return int(params["a"] + np.cumsum(differences)[-1])


def _telescope(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    value = Fraction(1, a) - Fraction(1, b + 1)
    return Solution(
        (
            r"Each term splits as $\frac{1}{i(i + 1)} = \frac{1}{i} - \frac{1}{i + 1}$.",
            "In the sum everything cancels except the first part of the first term and the last part of the last term.",
            rf"What remains is $\frac{{1}}{{{a}}} - \frac{{1}}{{{b + 1}}} = {tex(value)}$.",
        ),
        value,
    )


def _mixed_sum(params: Params) -> Solution:
    n, a = params["n"], params["a"]
    squares, numbers = n * (n + 1) * (2 * n + 1) // 6, n * (n + 1) // 2
    return Solution(
        (
            rf"The squares add up to $\frac{{{n} \cdot {n + 1} \cdot {2 * n + 1}}}{{6}} = {squares}$.",
            rf"The numbers themselves add up to $\frac{{{n} \cdot {n + 1}}}{{2}} = {numbers}$.",
            rf"The whole sum is ${squares} + {a} \cdot {numbers} = {squares + a * numbers}$.",
        ),
        squares + a * numbers,
    )


def _cubes(params: Params) -> Solution:
    n = params["n"]
    triangle = n * (n + 1) // 2
    return Solution(
        (
            "The sum of the first cubes is the square of the sum of the first integers.",
            rf"The integers add up to $\frac{{{n} \cdot {n + 1}}}{{2}} = {triangle}$.",
            f"So the cubes add up to ${triangle}^{{2}} = {triangle**2}$.",
        ),
        triangle**2,
    )


def _full_rows(params: Params) -> Solution:
    n = params["n"]
    rows = (math.isqrt(8 * n + 1) - 1) // 2
    return Solution(
        (
            r"With $x$ complete rows, the triangular number $\frac{x(x + 1)}{2}$ is used up.",
            rf"For $x = {rows}$ this is $\frac{{{rows} \cdot {rows + 1}}}{{2}} = {rows * (rows + 1) // 2}$, "
            f"which is at most ${n}$.",
            rf"For $x = {rows + 1}$ it would be $\frac{{{rows + 1} \cdot {rows + 2}}}{{2}} = "
            rf"{(rows + 1) * (rows + 2) // 2}$, more than ${n}$.",
            f"So the number is ${rows}$.",
        ),
        rows,
    )


def _harmonic(params: Params) -> Solution:
    n, m = params["n"], params["m"]
    terms = [Fraction(m, i) for i in range(1, n + 1)]
    sums = list(itertools.accumulate(terms))
    return Solution(
        (
            f"We add up ${', '.join(tex(term) for term in terms)}$.",
            f"The partial sums are ${', '.join(tex(total) for total in sums)}$.",
            f"So the value is ${tex(sums[-1])}$.",
        ),
        sums[-1],
    )


def _alternating(params: Params) -> Solution:
    n = params["n"]
    return Solution(
        (
            r"Take neighbouring squares together in pairs: $(x + 1)^{2} - x^{2} = (x + 1) + x$.",
            f"Every integer from $1$ to ${n}$ then occurs exactly once, so the alternating sum turns into an "
            "ordinary one.",
            rf"Its value is $\frac{{{n} \cdot {n + 1}}}{{2}} = {n * (n + 1) // 2}$.",
        ),
        n * (n + 1) // 2,
    )


FAMILIES = (
    Family(
        name="first_order_recurrence",
        concepts=("recurrence relations", "iterated functions"),
        school_level="high school",
        slots={"a": Integer(2, 20), "p": Integer(2, 4), "q": Integer(2, 15), "n": Integer(3, 5)},
        wordings=(
            Wording(
                "the value of $x_{[[n]]}$",
                given="A sequence is given by $x_{1} = [[a]]$ and $x_{i+1} = [[p]] \\cdot x_{i} + [[q]]$ for $i \\ge "
                "1$.",
            ),
            Wording(
                "the value of term number $[[n]]$",
                given="The first term of a sequence is $[[a]]$. Every further term is obtained by multiplying the one "
                "before by $[[p]]$ and then adding $[[q]]$.",
            ),
            Wording(
                "the number of rabbits in year $[[n]]$",
                given="In year $1$ a park has $[[a]]$ rabbits. From one year to the next their number is multiplied "
                "by $[[p]]$, and then $[[q]]$ rabbits are brought in from outside.",
            ),
        ),
        solve=_first_order,
        check=_check_first_order,
    ),
    Family(
        name="second_order_recurrence",
        concepts=("linear recurrences", "recurrence relations"),
        school_level="college",
        slots={
            "a": Integer(1, 20),
            "b": Integer(1, 20),
            "p": Integer(2, 5),
            "q": Integer(2, 5),
            "n": Integer(4, 6, link=False),
        },
        wordings=(
            Wording(
                "the value of $x_{[[n]]}$",
                given="A sequence satisfies $x_{1} = [[a]]$, $x_{2} = [[b]]$ and "
                "$x_{i+2} = [[p]] \\cdot x_{i+1} + [[q]] \\cdot x_{i}$ for all $i \\ge 1$.",
            ),
            Wording(
                "the value of term number $[[n]]$",
                given="A sequence begins with $[[a]]$ and $[[b]]$. From then on, every term is $[[p]]$ times the term "
                "before it plus $[[q]]$ times the term two places before it.",
            ),
            Wording(
                "the value of $y_{[[n]]}$",
                given="The linear recurrence $y_{i} = [[p]] \\cdot y_{i-1} + [[q]] \\cdot y_{i-2}$ holds for all $i "
                "\\ge 3$, "
                "and it starts from $y_{1} = [[a]]$ and $y_{2} = [[b]]$.",
            ),
        ),
        solve=_second_order,
        check=_check_second_order,
    ),
    Family(
        name="fibonacci_stairs",
        concepts=("fibonacci numbers", "recurrence relations"),
        school_level="middle school",
        slots={"n": Integer(4, 20)},
        wordings=(
            Wording(
                "the number of ways to climb it",
                given="A staircase has $[[n]]$ steps, and with each stride one takes either one step or two steps.",
            ),
            Wording("the number of ways to write $[[n]]$ as a sum of ones and twos, where the order matters"),
            Wording(
                "the number of ways to lay the tiles",
                given="A strip of size $1$ by $[[n]]$ is covered exactly by tiles of sizes $1$ by $1$ and $1$ by $2$, "
                "where tiles of the same size look alike.",
            ),
        ),
        solve=_stairs,
        check=lambda params: sum(math.comb(params["n"] - i, i) for i in range(params["n"] // 2 + 1)),
    ),
    Family(
        name="fibonacci_sum",
        concepts=("fibonacci numbers", "partial sums"),
        school_level="high school",
        slots={"n": Integer(4, 18)},
        wordings=(
            Wording("the sum of the first $[[n]]$ Fibonacci numbers, which begin with $1, 1, 2, 3, 5$"),
            Wording(
                "the sum of the first $[[n]]$ terms",
                given="In the Fibonacci sequence the first two terms are $1$ and $1$, "
                "and every further term is the sum of the two terms before it.",
            ),
            Wording(
                "the total number of petals on $[[n]]$ flowers",
                given="A painter gives the first two flowers $1$ petal each and every further flower "
                "as many petals as the two flowers before it have together.",
            ),
        ),
        solve=_fibonacci_sum,
        check=lambda params: int(sum(sympy.fibonacci(i) for i in range(1, params["n"] + 1))),
    ),
    Family(
        name="lucas_number",
        concepts=("lucas numbers", "linear recurrences"),
        school_level="high school",
        slots={"n": Integer(4, 18)},
        wordings=(
            Wording(
                "the value of term number $[[n]]$",
                given="The Lucas sequence begins with $1$ and $3$, and every further term is the sum of the two terms "
                "before it.",
            ),
            Wording(
                "the value of $x_{[[n]]}$",
                given="Let $x_{1} = 1$, $x_{2} = 3$ and $x_{i+2} = x_{i+1} + x_{i}$ for $i \\ge 1$.",
            ),
            Wording(
                "the number of points in round $[[n]]$",
                given="In a game the first round gives $1$ point and the second round gives $3$ points. Every "
                "further round "
                "gives as many points as the two rounds before it together.",
            ),
        ),
        solve=_lucas,
        check=lambda params: int(sympy.lucas(params["n"])),
    ),
    Family(
        name="fibonacci_remainder",
        concepts=("periodic sequences", "fibonacci numbers", "modular arithmetic"),
        school_level="competition",
        slots={"n": Integer(20, 500), "m": Choice((2, 3, 4, 6, 7, 8, 9))},
        wordings=(
            Wording(
                "the remainder of term number $[[n]]$ on division by $[[m]]$",
                given="The Fibonacci sequence begins with $1, 1$, "
                "and every further term is the sum of the two terms before it.",
            ),
            Wording(
                "the remainder modulo $[[m]]$ of the Fibonacci number with index $[[n]]$, where the numbers with "
                "indices $1$ and $2$ are $1$ and $1$"
            ),
            Wording(
                "the number of the lamp that lights up in second $[[n]]$",
                given="Lamps are numbered $0, 1, 2$ and so on, and there are $[[m]]$ of them. In seconds $1$ and $2$ "
                "lamp $1$ lights up. In every further second, the number of the lamp that lights up is the remainder "
                "modulo $[[m]]$ of the sum of the numbers of the last two lamps.",
            ),
        ),
        solve=_fibonacci_remainder,
        check=lambda params: int(sympy.fibonacci(params["n"]) % params["m"]),
    ),
    Family(
        name="growing_differences",
        concepts=("difference tables", "arithmetic series"),
        school_level="high school",
        slots={"a": Integer(1, 30), "b": Integer(2, 20), "c": Integer(2, 8), "n": Integer(4, 16)},
        wordings=(
            Wording(
                "the value of term number $[[n]]$",
                given="A sequence starts with $[[a]]$. The differences between neighbouring terms begin with $[[b]]$ "
                "and grow by $[[c]]$ each time.",
            ),
            Wording(
                "the height of the tower in centimetres after stage $[[n]]$",
                given="After stage $1$ of its construction, a tower of blocks is $[[a]]$ cm high. Stage $2$ adds "
                "$[[b]]$ cm, "
                "and every further stage adds $[[c]]$ cm more than the stage before.",
            ),
            Wording(
                "the value of $x_{[[n]]}$",
                given="In a difference table, the first entry of the sequence is $x_{1} = [[a]]$, the first "
                "difference is "
                "$x_{2} - x_{1} = [[b]]$, and all second differences are equal to $[[c]]$.",
            ),
        ),
        solve=_quadratic_sequence,
        check=_check_quadratic_sequence,
    ),
    Family(
        name="telescoping_sum",
        concepts=("telescoping series", "fractions", "sigma notation"),
        school_level="competition",
        slots={"a": Integer(1, 12), "b": Integer(4, 60)},
        wordings=(
            Wording("the sum $\\sum_{i=[[a]]}^{[[b]]} \\frac{1}{i(i+1)}$"),
            Wording("the sum of the numbers $\\frac{1}{x(x + 1)}$ over all integers $x$ from $[[a]]$ to $[[b]]$"),
            Wording(
                "the part of the cake that is eaten from day $[[a]]$ to day $[[b]]$, both included",
                given="On day $x$, for every positive integer $x$, somebody eats $\\frac{1}{x(x+1)}$ of a large cake.",
            ),
        ),
        solve=_telescope,
        check=lambda params: math.fsum(1 / (i * (i + 1)) for i in range(params["a"], params["b"] + 1)),
        where=lambda params: params["b"] > params["a"] + 2,
    ),
    Family(
        name="squares_and_multiples",
        concepts=("summation formulas", "sigma notation"),
        school_level="high school",
        slots={"n": Integer(4, 20), "a": Integer(2, 12)},
        wordings=(
            Wording("the sum $\\sum_{i=1}^{[[n]]} \\left(i^{2} + [[a]] \\cdot i\\right)$"),
            Wording("the sum of $x(x + [[a]])$ over the integers $x$ from $1$ to $[[n]]$"),
            Wording(
                "the total number of tiles that are needed",
                given="A mosaic artist lays $[[n]]$ rectangles side by side. For each $x$ from $1$ to $[[n]]$, "
                "one of them has $x$ rows of $x + [[a]]$ tiles.",
            ),
        ),
        solve=_mixed_sum,
        check=lambda params: sum(i * (i + params["a"]) for i in range(1, params["n"] + 1)),
    ),
    Family(
        name="sum_of_cubes",
        concepts=("summation formulas", "triangular numbers"),
        school_level="high school",
        slots={"n": Integer(4, 30)},
        wordings=(
            Wording("the sum of the cubes of the integers from $1$ to $[[n]]$"),
            Wording("the sum $\\sum_{i=1}^{[[n]]} i^{3}$"),
            Wording(
                "the number of small cubes in the whole box",
                given="Small cubes of edge $1$ cm are glued together to make solid cubes with edges of $1$ cm, $2$ cm "
                "and so on up to $[[n]]$ cm, one of each size. All of them are put into a box.",
            ),
        ),
        solve=_cubes,
        check=lambda params: sum(i**3 for i in range(1, params["n"] + 1)),
    ),
    Family(
        name="triangular_rows",
        concepts=("triangular numbers", "quadratic inequalities"),
        school_level="high school",
        slots={"n": Integer(12, 900)},
        wordings=(
            Wording("the number of positive triangular numbers that do not exceed $[[n]]$"),
            Wording(
                "the largest possible number of complete rows",
                given="From $[[n]]$ coins a triangle is laid, with $1$ coin in the first row, $2$ coins in the "
                "second row "
                "and one coin more in every further row. Coins may be left over.",
            ),
            Wording("the largest integer $x$ for which $1 + 2 + \\cdots + x \\le [[n]]$"),
        ),
        solve=_full_rows,
        check=lambda params: sum(total <= params["n"] for total in itertools.accumulate(range(1, 60))),
    ),
    Family(
        name="harmonic_number",
        concepts=("harmonic numbers", "partial sums", "fractions"),
        school_level="college",
        slots={"n": Integer(3, 7), "m": Integer(2, 60)},
        wordings=(
            Wording("the sum $\\sum_{i=1}^{[[n]]} \\frac{[[m]]}{i}$"),
            Wording("the product of $[[m]]$ and the harmonic number $1 + \\frac{1}{2} + \\cdots + \\frac{1}{[[n]]}$"),
            Wording(
                "the total amount of paint in litres",
                given="A painter uses $[[m]]$ litres of paint for the first house, half of this amount for the second, "
                "a third of this amount for the third, and so on, until $[[n]]$ houses are painted.",
            ),
        ),
        solve=_harmonic,
        check=lambda params: math.fsum(params["m"] / i for i in range(1, params["n"] + 1)),
        where=lambda params: (
            sum((Fraction(params["m"], i) for i in range(1, params["n"] + 1)), Fraction(0)).denominator <= 30
        ),
    ),
    Family(
        name="alternating_squares",
        concepts=("alternating sums", "triangular numbers", "difference of squares"),
        school_level="competition",
        slots={"n": Integer(5, 60)},
        wordings=(
            Wording(
                "the alternating sum of the squares of the integers from $[[n]]$ down to $1$, "
                "in which $[[n]]^{2}$ has a plus sign"
            ),
            Wording("the value of the sum $\\sum_{i=1}^{[[n]]} (-1)^{[[n]] - i} \\cdot i^{2}$"),
            Wording(
                "the area of the dark part in square centimetres",
                given="Squares with sides of $1, 2, 3, \\ldots, [[n]]$ cm are stacked on each other, the largest at "
                "the "
                "bottom and smaller ones on top, so that each lies within the one below. They are dark and light in "
                "turn, "
                "beginning with dark at the bottom. The stack is viewed from above.",
            ),
        ),
        solve=_alternating,
        check=lambda params: sum((-1) ** (params["n"] - i) * i * i for i in range(1, params["n"] + 1)),
    ),
)
