"""Arithmetic: fractions, decimals, powers, the order of operations, and the means of numbers."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction

import numpy as np
import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Choice, Integer, IntegerList

TOPICS = (
    Topic(
        "Fractions, Powers and Means",
        subject="Arithmetic",
        school_level="middle school",
        concepts={
            "fractions": ("common fraction", "rational numbers", "rational number", "numerator", "denominator"),
            "decimal expansion": ("decimal expansions", "repeating decimal", "repeating decimals", "decimal fraction"),
            "exponent laws": ("laws of exponents", "exponent rules", "exponentiation", "power rule for exponents"),
            "scientific notation": ("exponential notation", "order of magnitude", "orders of magnitude"),
            "order of operations": ("operator precedence", "precedence of operators"),
            "overall average": ("overall mean", "combined mean", "pooled mean", "pooled average"),
            "harmonic mean": ("harmonic means", "harmonic average"),
            "geometric mean": ("geometric means", "geometric average"),
            "root mean square": ("rms", "quadratic mean", "root-mean-square"),
        },
    ),
)


def _fraction_sum(params: Params) -> Solution:
    a, b, c, d = params["a"], params["b"], params["c"], params["d"]
    common = math.lcm(b, d)
    value = Fraction(a, b) + Fraction(c, d)
    left, right = a * common // b, c * common // d
    reduced = f" = {tex(value)}" if value.denominator != common else ""
    expanded = " and ".join(
        rf"$\frac{{{over}}}{{{under}}} = \frac{{{wide}}}{{{common}}}$"
        for over, under, wide in ((a, b, left), (c, d, right))
        if under != common
    )
    return Solution(
        (
            f"The least common denominator of the two fractions is ${common}$.",
            f"So we use {expanded}.",
            rf"Adding gives $\frac{{{left}}}{{{common}}} + \frac{{{right}}}{{{common}}} = "
            rf"\frac{{{left + right}}}{{{common}}}"
            rf"{reduced}$.",
        ),
        value,
    )


def _leftover(params: Params) -> Solution:
    n, a, b = params["n"], params["a"], params["b"]
    first = n - n // a
    return Solution(
        (
            rf"First $\frac{{1}}{{{a}}}$ of ${n}$ goes away, that is ${n // a}$, and ${n} - {n // a} = {first}$ "
            "remain.",
            rf"Then $\frac{{1}}{{{b}}}$ of ${first}$ goes away, that is ${first // b}$.",
            f"In the end ${first} - {first // b} = {first - first // b}$ remain.",
        ),
        first - first // b,
    )


def _period(params: Params) -> Solution:
    n = params["n"]
    length = int(sympy.ntheory.n_order(10, n))
    rests = [pow(10, i, n) for i in range(length + 1)]
    return Solution(
        (
            f"In the long division of $1$ by ${n}$, every step multiplies the remainder by $10$ and reduces it "
            f"modulo ${n}$.",
            f"The remainders are ${', '.join(map(str, rests))}$.",
            f"The remainder $1$ returns after ${length}$ steps for the first time, and from there on the digits "
            "repeat.",
            f"So the period has length ${length}$.",
        ),
        length,
    )


def _check_period(params: Params) -> int:
    """Looks for the shortest repetition in the first 200 digits."""
    digits = str(10**200 // params["n"]).zfill(200)
    return next(size for size in range(1, 100) if digits[size:] == digits[:-size])


def _power_product(params: Params) -> Solution:
    p, a, b, c, d = (params[name] for name in "pabcd")
    value = a * b + c - d
    return Solution(
        (
            rf"A power of a power multiplies the exponents: $\left({p}^{{{a}}}\right)^{{{b}}} = {p}^{{{a * b}}}$.",
            f"Multiplying by ${p}^{{{c}}}$ adds ${c}$ to the exponent, and dividing by ${p}^{{{d}}}$ takes ${d}$ away.",
            rf"The exponent is ${a} \cdot {b} + {c} - {d} = {value}$.",
        ),
        value,
    )


def _magnitude(params: Params) -> Solution:
    a, m, b, n = params["a"], params["e"], params["b"], params["n"]
    carry = 1 if a * b >= 10 else 0
    last = (
        rf"As ${a * b} = {a * b // 10}.{a * b % 10} \cdot 10$ is at least $10$, the exponent rises by one, to "
        f"${m + n + 1}$."
        if carry
        else f"As ${a * b}$ is less than $10$, this is already scientific notation, with exponent ${m + n}$."
    )
    return Solution(
        (
            rf"Multiply the factors and add the exponents: the product is ${a} \cdot {b} \cdot 10^{{{m} + {n}}}"
            rf" = {a * b} \cdot 10^{{{m + n}}}$.",
            "In scientific notation the factor in front is at least $1$ and less than $10$.",
            last,
        ),
        m + n + carry,
    )


def _operations(params: Params) -> Solution:
    a, b, c, d = params["a"], params["b"], params["c"], params["d"]
    inner = c - d
    value = a + b * inner**2
    return Solution(
        (
            f"The bracket comes first: ${c} - {d} = {inner}$.",
            f"Next comes the power, ${inner}^{{2}} = {inner**2}$.",
            rf"Then the product, ${b} \cdot {inner**2} = {b * inner**2}$, and last the sum: "
            f"${a} + {b * inner**2} = {value}$.",
        ),
        value,
    )


def _group_average(params: Params) -> Solution:
    a, p, b, q = params["a"], params["p"], params["b"], params["q"]
    total = a * p + b * q
    value = Fraction(total, a + b)
    return Solution(
        (
            rf"The first group contributes ${a} \cdot {p} = {a * p}$ to the total, the second ${b} \cdot {q} = "
            f"{b * q}$.",
            rf"Altogether there are ${a} + {b} = {a + b}$ members with a total of ${a * p} + {b * q} = {total}$.",
            rf"The overall average is $\frac{{{total}}}{{{a + b}}} = {tex(value)}$.",
        ),
        value,
    )


def _harmonic(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    total = Fraction(1, a) + Fraction(1, b) + Fraction(1, c)
    return Solution(
        (
            "The harmonic mean is the count of the numbers divided by the sum of their reciprocals.",
            rf"That sum is $\frac{{1}}{{{a}}} + \frac{{1}}{{{b}}} + \frac{{1}}{{{c}}} = {tex(total)}$.",
            rf"So the harmonic mean is $3 \div {tex(total)} = {tex(3 / total)}$.",
        ),
        3 / total,
    )


def _geometric(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    root = math.isqrt(a * b)
    return Solution(
        (
            rf"The square of the number is the product ${a} \cdot {b} = {a * b}$, "
            "so the number is the geometric mean of the two.",
            rf"Since ${a * b} = {root}^{{2}}$, it is $\sqrt{{{a * b}}} = {root}$.",
        ),
        root,
    )


def _root_mean_square(params: Params) -> Solution:
    values = params["values"]
    squares = [v * v for v in values]
    mean = Fraction(sum(squares), len(values))
    root = sympy.sqrt(sympy.Rational(mean.numerator, mean.denominator))
    shown = rf"\sqrt{{{tex(mean)}}}"
    return Solution(
        (
            f"The squares are ${', '.join(map(str, squares))}$.",
            rf"Their mean is $\frac{{{' + '.join(map(str, squares))}}}{{{len(values)}}} = {tex(mean)}$.",
            f"The root mean square is ${shown}" + (f" = {tex(root)}$." if tex(root) != shown else "$."),
        ),
        int(root) if root.is_Integer else root,
    )


FAMILIES = (
    Family(
        name="sum_of_fractions",
        concepts=("fractions", "least common multiple"),
        school_level="elementary",
        slots={
            "a": Integer(1, 9, link=False),
            "b": Integer(3, 20),
            "c": Integer(1, 9, link=False),
            "d": Integer(3, 20),
        },
        wordings=(
            Wording("the sum $\\frac{[[a]]}{[[b]]} + \\frac{[[c]]}{[[d]]}$"),
            Wording(
                "the distance in kilometres that she walked altogether",
                given="Nora walked $\\frac{[[a]]}{[[b]]}$ km to the lake and then $\\frac{[[c]]}{[[d]]}$ km to the "
                "mill.",
            ),
            Wording(
                "the amount of flour in kilograms that is needed for both",
                given="A cake needs $\\frac{[[a]]}{[[b]]}$ kg of flour, and a loaf of bread $\\frac{[[c]]}{[[d]]}$ kg.",
            ),
        ),
        solve=_fraction_sum,
        check=lambda params: params["a"] / params["b"] + params["c"] / params["d"],
        where=lambda params: (
            params["b"] != params["d"]
            and params["a"] < params["b"]
            and params["c"] < params["d"]
            and math.gcd(params["a"], params["b"]) == math.gcd(params["c"], params["d"]) == 1
        ),
    ),
    Family(
        name="fraction_of_the_rest",
        concepts=("fractions",),
        school_level="elementary",
        slots={"n": Integer(12, 300), "a": Integer(2, 9), "b": Integer(2, 9)},
        wordings=(
            Wording(
                "the number of apples that are left",
                given="Of $[[n]]$ apples, $\\frac{1}{[[a]]}$ are eaten, and then $\\frac{1}{[[b]]}$ of the rest is "
                "sold.",
            ),
            Wording(
                "the number of pages that remain to be read",
                given="A book has $[[n]]$ pages. On Monday Tom reads $\\frac{1}{[[a]]}$ of them, "
                "and on Tuesday $\\frac{1}{[[b]]}$ of the remaining pages.",
            ),
            Wording("the product $[[n]] \\left(1 - \\frac{1}{[[a]]}\\right) \\left(1 - \\frac{1}{[[b]]}\\right)$"),
        ),
        solve=_leftover,
        check=lambda params: params["n"] * (1 - 1 / params["a"]) * (1 - 1 / params["b"]),
        where=lambda params: (
            params["n"] % params["a"] == 0 and (params["n"] - params["n"] // params["a"]) % params["b"] == 0
        ),
    ),
    Family(
        name="period_of_decimal",
        concepts=("decimal expansion", "fractions", "multiplicative order"),
        school_level="high school",
        slots={"n": Integer(7, 90)},
        wordings=(
            Wording("the length of the period in the decimal expansion of $\\frac{1}{[[n]]}$"),
            Wording("the smallest number of digits that repeat forever in the decimal form of $\\frac{1}{[[n]]}$"),
            Wording(
                "the number of digits in the shortest block that repeats",
                given="A pupil divides $1$ by $[[n]]$ by hand and writes down the digits after the decimal point.",
            ),
        ),
        solve=_period,
        check=_check_period,
        where=lambda params: math.gcd(params["n"], 10) == 1 and 2 <= sympy.ntheory.n_order(10, params["n"]) <= 18,
    ),
    Family(
        name="power_of_a_power",
        concepts=("exponent laws",),
        school_level="middle school",
        slots={
            "p": Choice((2, 3, 5, 7)),
            "a": Integer(2, 12),
            "b": Integer(2, 12),
            "c": Integer(2, 40),
            "d": Integer(2, 40),
        },
        wordings=(
            Wording(
                "the integer $x$ with $\\frac{\\left([[p]]^{[[a]]}\\right)^{[[b]]} \\cdot [[p]]^{[[c]]}}{[[p]]^{[[d]]}}"
                " = [[p]]^{x}$"
            ),
            Wording(
                "the exponent $x$",
                given="The number $\\left([[p]]^{[[a]]}\\right)^{[[b]]} \\cdot [[p]]^{[[c]]} \\div [[p]]^{[[d]]}$ "
                "is written as a single power $[[p]]^{x}$.",
            ),
            Wording(
                "the exponent of $[[p]]$ in the number that is reached",
                given="Starting with $[[p]]^{[[a]]}$, one raises it to the power $[[b]]$, multiplies the result by "
                "$[[p]]^{[[c]]}$, and divides by $[[p]]^{[[d]]}$.",
            ),
        ),
        solve=_power_product,
        check=lambda params: sympy.multiplicity(
            params["p"],
            (params["p"] ** params["a"]) ** params["b"] * params["p"] ** params["c"] // params["p"] ** params["d"],
        ),
        where=lambda params: (
            params["a"] * params["b"] + params["c"] - params["d"] > 1 and len({params[name] for name in "abcd"}) == 4
        ),
    ),
    Family(
        name="order_of_magnitude",
        concepts=("scientific notation", "exponent laws"),
        school_level="middle school",
        slots={
            "a": Integer(2, 9, link=False),
            "e": Integer(3, 30),
            "b": Integer(2, 9, link=False),
            "n": Integer(3, 30),
        },
        wordings=(
            Wording(
                "the exponent of $10$ when $[[a]] \\cdot 10^{[[e]]}$ times $[[b]] \\cdot 10^{[[n]]}$ "
                "is written in scientific notation"
            ),
            Wording(
                "the largest integer $x$ for which $10^{x} \\le ([[a]] \\cdot 10^{[[e]]}) ([[b]] \\cdot 10^{[[n]]})$"
            ),
            Wording(
                "the exponent of $10$ in the scientific notation of the total number of particles",
                given="A container holds $[[a]] \\cdot 10^{[[e]]}$ drops, each with $[[b]] \\cdot 10^{[[n]]}$ "
                "particles.",
            ),
        ),
        solve=_magnitude,
        check=lambda params: len(str(params["a"] * 10 ** params["e"] * params["b"] * 10 ** params["n"])) - 1,
    ),
    Family(
        name="order_of_operations",
        concepts=("order of operations",),
        school_level="elementary",
        slots={"a": Integer(2, 30), "b": Integer(2, 8), "c": Integer(4, 30), "d": Integer(2, 27)},
        wordings=(
            Wording("the value of $[[a]] + [[b]] \\cdot ([[c]] - [[d]])^{2}$"),
            Wording(
                "the final result",
                given="From $[[c]]$ one subtracts $[[d]]$ and squares the difference. "
                "The square is multiplied by $[[b]]$, and then $[[a]]$ is added.",
            ),
            Wording(
                "the number of tiles that the tiler has in total",
                given="A tiler has $[[a]]$ loose tiles and $[[b]]$ square panels. Each panel had $[[c]]$ rows of "
                "$[[c]]$ "
                "tiles at first, but $[[d]]$ rows and $[[d]]$ columns of it have been cut off and thrown away.",
            ),
        ),
        solve=_operations,
        check=lambda params: (
            params["a"] + sum([params["c"] - params["d"]] * ((params["c"] - params["d"]) * params["b"]))
        ),
        where=lambda params: 2 <= params["c"] - params["d"] <= 5,
    ),
    Family(
        name="average_of_two_groups",
        concepts=("overall average",),
        school_level="middle school",
        slots={"a": Integer(4, 36), "p": Integer(5, 60), "b": Integer(4, 36), "q": Integer(5, 60)},
        wordings=(
            Wording(
                "the average score of all students",
                given="In a test, the $[[a]]$ students of one class scored $[[p]]$ points on average, "
                "and the $[[b]]$ students of another class $[[q]]$ points on average.",
            ),
            Wording("the weighted average of $[[p]]$ and $[[q]]$ with the weights $[[a]]$ and $[[b]]$, in this order"),
            Wording(
                "the average price in euros of all the tickets sold",
                given="A theatre sold $[[a]]$ tickets at $[[p]]$ euros each and $[[b]]$ tickets at $[[q]]$ euros each.",
            ),
        ),
        solve=_group_average,
        check=lambda params: statistics.fmean([params["p"]] * params["a"] + [params["q"]] * params["b"]),
        where=lambda params: (
            params["p"] != params["q"]
            and params["a"] != params["b"]
            and (params["a"] * params["p"] + params["b"] * params["q"]) % (params["a"] + params["b"]) == 0
        ),
    ),
    Family(
        name="harmonic_mean",
        concepts=("harmonic mean", "fractions"),
        school_level="high school",
        slots={"a": Integer(2, 30), "b": Integer(3, 36), "c": Integer(4, 48)},
        wordings=(
            Wording("the harmonic mean of $[[a]]$, $[[b]]$ and $[[c]]$"),
            Wording(
                "the average speed over the whole flight in km/h",
                given="The flight of a drone has three stretches of equal length. "
                "They are flown at $[[a]]$ km/h, $[[b]]$ km/h and $[[c]]$ km/h, one after the other.",
            ),
            Wording(
                "the resistance in ohms of each of the new resistors",
                given="Resistors of $[[a]]$, $[[b]]$ and $[[c]]$ ohms are connected in parallel. "
                "An engineer replaces them by three equal resistors, again in parallel, without changing "
                "the total resistance.",
            ),
        ),
        solve=_harmonic,
        check=lambda params: statistics.harmonic_mean([params["a"], params["b"], params["c"]]),
        where=lambda params: (
            params["a"] < params["b"] < params["c"] <= 6 * params["a"]
            and (3 / (Fraction(1, params["a"]) + Fraction(1, params["b"]) + Fraction(1, params["c"]))).denominator <= 5
        ),
    ),
    Family(
        name="geometric_mean",
        concepts=("geometric mean", "perfect squares"),
        school_level="high school",
        slots={"a": Integer(2, 50), "b": Integer(3, 150)},
        wordings=(
            Wording("the geometric mean of $[[a]]$ and $[[b]]$"),
            Wording(
                "the side length of the square in metres",
                given="A rectangular field measures $[[a]]$ m by $[[b]]$ m. A square field has the same area.",
            ),
            Wording(r"the positive number $x$ for which $\frac{[[a]]}{x} = \frac{x}{[[b]]}$"),
        ),
        solve=_geometric,
        check=lambda params: float(np.exp(np.mean(np.log([params["a"], params["b"]])))),
        where=lambda params: (
            params["a"] < params["b"] and math.isqrt(params["a"] * params["b"]) ** 2 == params["a"] * params["b"]
        ),
    ),
    Family(
        name="root_mean_square",
        concepts=("root mean square",),
        school_level="college",
        slots={"values": IntegerList(2, 4, 1, 23, distinct=True)},
        wordings=(
            Wording("the root mean square of the numbers $[[values]]$"),
            Wording(
                "the root mean square of the readings in millivolts",
                given="A voltmeter reads $[[values]]$ millivolts, one value after another.",
            ),
            Wording("the quadratic mean of $[[values]]$"),
        ),
        solve=_root_mean_square,
        check=lambda params: float(np.sqrt(np.mean(np.square(np.array(params["values"], dtype=float))))),
        where=lambda params: (
            math.isqrt(sum(v * v for v in params["values"]) // len(params["values"])) ** 2 * len(params["values"])
            == sum(v * v for v in params["values"])
        ),
    ),
)
