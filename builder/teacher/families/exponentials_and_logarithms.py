"""Exponential and logarithmic functions: growth and decay, equations, change of base."""

from __future__ import annotations

import math
from fractions import Fraction

import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Choice, Integer

TOPICS = (
    Topic(
        "Exponential and Logarithmic Functions",
        subject="Algebra",
        school_level="high school",
        concepts={
            "exponential functions": ("exponential function", "exponential curve"),
            "growth factors": ("growth factor", "grows exponentially", "exponential increase"),
            "decay factors": ("decay factor", "decays exponentially", "exponential decrease", "halving time"),
            "exponential equations": ("exponential equation",),
            "logarithms": ("logarithm", "logarithmic function", "logarithm rules", "log2", "log10"),
            "logarithmic equations": ("logarithmic equation",),
            "logarithmic scale": ("log scale", "logarithmic scales", "decibel", "decibels"),
            "change of base": ("change of base formula", "base of the logarithm"),
            "natural logarithm": ("natural logarithms", "natural log", "log base e"),
            "number of digits": ("decimal digits", "digit count"),
        },
    ),
)


def _exponential(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    return Solution(
        (
            f"At $x = 0$ the value is the factor in front, so the function is ${a}$ times a power with exponent $x$.",
            rf"From $x = 0$ to $x = 1$ the value is multiplied by ${a * b} \div {a} = {b}$, which is the base.",
            rf"At $x = {n}$ the value is ${a} \cdot {b}^{{{n}}} = {a * b**n}$.",
        ),
        a * b**n,
    )


def _repeated_growth(params: Params) -> int:
    value = params["a"]
    for _ in range(params["n"]):
        value *= params["b"]
    return int(value)


def _doubling(params: Params) -> Solution:
    n, d, t = params["n"], params["d"], params["t"]
    times = t // d
    return Solution(
        (
            rf"In ${t}$ hours the amount doubles ${t} \div {d} = {times}$ times.",
            f"Doubling ${times}$ times multiplies it by $2^{{{times}}} = {2**times}$.",
            rf"The final amount is ${n} \cdot {2**times} = {n * 2**times}$.",
        ),
        n * 2**times,
    )


def _half_life(params: Params) -> Solution:
    n, d, t = params["n"], params["d"], params["t"]
    times = t // d
    value = Fraction(n, 2**times)
    return Solution(
        (
            rf"The time span contains ${t} \div {d} = {times}$ half-lives.",
            rf"Each of them halves the amount, so the factor is $\frac{{1}}{{2^{{{times}}}}} = "
            rf"\frac{{1}}{{{2**times}}}$.",
            rf"What is left is $\frac{{{n}}}{{{2**times}}} = {tex(value)}$.",
        ),
        value,
    )


def _decay_time(params: Params) -> Solution:
    n, d, m = params["n"], params["d"], params["m"]
    times = (n // m).bit_length() - 1
    return Solution(
        (
            rf"The amount shrinks by the factor ${n} \div {m} = {n // m} = 2^{{{times}}}$.",
            "Each half-life halves the amount once.",
            rf"So ${times}$ half-lives pass, which take ${times} \cdot {d} = {times * d}$ years.",
        ),
        times * d,
    )


def _same_base(params: Params) -> Solution:
    p, a, b, c = params["p"], params["a"], params["b"], params["c"]
    x = Fraction(b * c - a, 2)
    return Solution(
        (
            rf"Write both sides as powers of ${p}$: the right side is ${p}^{{{b} \cdot {c}}} = {p}^{{{b * c}}}$.",
            f"Powers of ${p}$ are equal only when the exponents are, so $2x + {a} = {b * c}$.",
            f"This gives $2x = {b * c} - {a} = {b * c - a}$, and therefore $x = {tex(x)}$.",
        ),
        int(x),
    )


def _log_equation(params: Params) -> Solution:
    b, a, c = params["b"], params["a"], params["c"]
    value = b**c + a
    return Solution(
        (
            f"The logarithm equals ${c}$ exactly when its argument is ${b}^{{{c}}}$.",
            f"So $x - {a} = {b}^{{{c}}} = {b**c}$.",
            f"Adding ${a}$ gives $x = {value}$, and there the argument is positive as it must be.",
        ),
        value,
    )


def _product_equation(params: Params) -> Solution:
    b, a, c = params["b"], params["a"], params["c"]
    power = b**c
    root = math.isqrt(a * a + 4 * power)
    x = (a + root) // 2
    return Solution(
        (
            f"The sum of the logarithms is the logarithm of the product, so $x(x - {a}) = {b}^{{{c}}} = {power}$.",
            f"This is the quadratic equation $x^{{2}} - {a}x - {power} = 0$, with the solutions ${x}$ and ${a - x}$.",
            f"Only a number greater than ${a}$ is allowed, so $x = {x}$.",
        ),
        x,
    )


def _log_power(params: Params) -> Solution:
    b, p, q = params["b"], params["p"], params["q"]
    value = Fraction(q, p)
    reduced = f" = {tex(value)}" if value.denominator != p else ""
    return Solution(
        (
            rf"Change the base to ${b}$: the logarithm is the quotient of $\log_{{{b}}} {b}^{{{q}}}$ and "
            rf"$\log_{{{b}}} {b}^{{{p}}}$.",
            f"These two logarithms are the exponents ${q}$ and ${p}$.",
            rf"So the value is $\frac{{{q}}}{{{p}}}{reduced}$.",
        ),
        value,
    )


def _log_chain(params: Params) -> Solution:
    b, c, e = params["b"], params["c"], params["e"]
    return Solution(
        (
            rf"By the change of base formula, $\log_{{{b}}} {c} \cdot \log_{{{c}}} {b}^{{{e}}}$ equals "
            rf"$\log_{{{b}}} {b}^{{{e}}}$.",
            f"The exponent to which ${b}$ must be raised to give ${b}^{{{e}}}$ is ${e}$.",
            f"So the value is ${e}$.",
        ),
        e,
    )


def _digits(params: Params) -> Solution:
    a, n = params["a"], params["n"]
    size = n * math.log10(a)
    count = math.floor(size) + 1
    return Solution(
        (
            "A positive integer has one digit more than the integer part of its decimal logarithm.",
            rf"Here the decimal logarithm is ${n} \cdot \log_{{10}} {a} \approx {size:.4f}$.",
            f"Its integer part is ${count - 1}$, so the number of digits is ${count}$.",
        ),
        count,
    )


def _natural(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    value = sympy.log(b) / a
    return Solution(
        (
            rf"Taking natural logarithms on both sides gives ${a}x = \ln {b}$.",
            rf"Dividing by ${a}$ gives $x = \frac{{\ln {b}}}{{{a}}}$.",
        ),
        value,
    )


def _check_natural(params: Params) -> float:
    """Bisection on the equation itself."""
    low, high = 0.0, 4.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if math.exp(params["a"] * middle) < params["b"] else (low, middle)
    return high


def _log_of_sum(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    return Solution(
        (
            rf"A power of $e$ undoes the natural logarithm: $e^{{\ln {a}}} = {a}$.",
            rf"A factor in front of the logarithm becomes an exponent, so $e^{{2 \ln {b}}} = {b}^{{2}} = {b * b}$.",
            f"The sum is ${a} + {b * b} = {a + b * b}$.",
        ),
        a + b * b,
    )


def _decibels(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    gap = (a - b) // 10
    return Solution(
        (
            f"The levels differ by ${a} - {b} = {a - b}$ decibels.",
            "On this logarithmic scale, every step of $10$ decibels multiplies the intensity by $10$.",
            rf"As ${a - b} = 10 \cdot {gap}$, the intensities have the ratio $10^{{{gap}}} = {10**gap}$.",
        ),
        10**gap,
    )


FAMILIES = (
    Family(
        name="exponential_function",
        concepts=("exponential functions",),
        school_level="high school",
        slots={"a": Integer(2, 30), "b": Integer(2, 7), "n": Integer(2, 6)},
        wordings=(
            Wording(
                "the value at $x = [[n]]$",
                given="An exponential function has the value $[[a]]$ at $x = 0$ and the value $[[a]] \\cdot [[b]]$ at "
                "$x = 1$.",
            ),
            Wording(
                "the value of $y$ for $x = [[n]]$",
                given="The graph of an exponential function passes through the points $(0, [[a]])$ and "
                "$(1, [[a]] \\cdot [[b]])$, and $y$ denotes its value at $x$.",
            ),
            Wording(
                "the number of people who know the rumour after $[[n]]$ hours",
                given="A rumour is known to $[[a]]$ people. "
                "In every hour, the number of people who know it is multiplied by $[[b]]$.",
            ),
        ),
        solve=_exponential,
        check=_repeated_growth,
        where=lambda params: params["a"] * params["b"] ** params["n"] <= 20_000,
    ),
    Family(
        name="doubling_bacteria",
        concepts=("growth factors", "exponential functions"),
        school_level="middle school",
        slots={"n": Integer(2, 60), "d": Integer(2, 12), "t": Integer(6, 96)},
        wordings=(
            Wording(
                "the number of bacteria after $[[t]]$ hours",
                given="A culture starts with $[[n]]$ bacteria, and their number doubles every $[[d]]$ hours.",
            ),
            Wording(
                "the mass of the algae in grams at the end",
                given="In a tank there are $[[n]]$ grams of algae. Their mass doubles every $[[d]]$ hours, "
                "and they are left alone for $[[t]]$ hours.",
            ),
            Wording("the value that $[[n]] \\cdot 2^{x}$ takes when $x$ is the quotient $[[t]] \\div [[d]]$"),
        ),
        solve=_doubling,
        check=lambda params: params["n"] * math.exp(math.log(2) * params["t"] / params["d"]),
        where=lambda params: params["t"] % params["d"] == 0 and 2 <= params["t"] // params["d"] <= 9,
    ),
    Family(
        name="half_life_amount",
        concepts=("decay factors", "exponential functions"),
        school_level="high school",
        slots={"n": Integer(16, 640), "d": Integer(2, 15), "t": Integer(4, 72)},
        wordings=(
            Wording(
                "the mass in milligrams that is left after $[[t]]$ days",
                given="A radioactive sample of $[[n]]$ mg has a half-life of $[[d]]$ days.",
            ),
            Wording(
                "the amount of the medicine in milligrams still in the blood after $[[t]]$ hours",
                given="A patient takes $[[n]]$ mg of a medicine. Every $[[d]]$ hours the amount in the blood is "
                "halved.",
            ),
            Wording("the value of $[[n]] \\cdot \\left(\\frac{1}{2}\\right)^{[[t]] \\div [[d]]}$"),
        ),
        solve=_half_life,
        check=lambda params: params["n"] * 0.5 ** (params["t"] / params["d"]),
        where=lambda params: (
            params["t"] % params["d"] == 0
            and 2 <= params["t"] // params["d"] <= 6
            and params["n"] % 2 ** (params["t"] // params["d"] - 1) == 0
        ),
    ),
    Family(
        name="half_life_time",
        concepts=("decay factors", "logarithms"),
        school_level="high school",
        slots={"n": Integer(16, 480), "d": Integer(3, 60), "m": Integer(2, 40)},
        wordings=(
            Wording(
                "the number of years after which $[[m]]$ grams are left",
                given="A sample of $[[n]]$ grams of a substance decays with a half-life of $[[d]]$ years.",
            ),
            Wording(
                "the time in years until its activity has dropped to $[[m]]$ units",
                given="The activity of a source is $[[n]]$ units and falls to one half every $[[d]]$ years.",
            ),
            Wording("the value of $[[d]] \\cdot \\log_{2} \\frac{[[n]]}{[[m]]}$"),
        ),
        solve=_decay_time,
        check=lambda params: params["d"] * (math.log(params["n"]) - math.log(params["m"])) / math.log(2),
        where=lambda params: (
            params["n"] % params["m"] == 0
            and (params["n"] // params["m"]) & (params["n"] // params["m"] - 1) == 0
            and params["n"] >= 4 * params["m"]
        ),
    ),
    Family(
        name="exponential_equation",
        concepts=("exponential equations", "exponent laws"),
        school_level="high school",
        slots={"p": Choice((2, 3, 5, 7)), "a": Integer(1, 30), "b": Integer(2, 6), "c": Integer(3, 20)},
        wordings=(
            Wording("the solution of $[[p]]^{2x + [[a]]} = \\left([[p]]^{[[b]]}\\right)^{[[c]]}$"),
            Wording(
                "the real number $x$ for which $[[p]]^{x} \\cdot [[p]]^{x} \\cdot [[p]]^{[[a]]} = "
                "\\left([[p]]^{[[b]]}\\right)^{[[c]]}$"
            ),
            Wording(
                "the exponent $x$",
                given="The square of $[[p]]^{x}$, multiplied by $[[p]]^{[[a]]}$, "
                "is the same as $[[p]]^{[[b]]}$ raised to the power with exponent $[[c]]$.",
            ),
        ),
        solve=_same_base,
        check=lambda params: next(
            x
            for x in range(1, 70)
            if params["p"] ** (2 * x) * params["p"] ** params["a"] == (params["p"] ** params["b"]) ** params["c"]
        ),
        where=lambda params: (
            params["b"] * params["c"] > params["a"] and (params["b"] * params["c"] - params["a"]) % 2 == 0
        ),
    ),
    Family(
        name="logarithmic_equation",
        concepts=("logarithmic equations", "logarithms"),
        school_level="high school",
        slots={"b": Integer(2, 12), "a": Integer(1, 60), "c": Integer(2, 6)},
        wordings=(
            Wording("the solution of $\\log_{[[b]]} (x - [[a]]) = [[c]]$"),
            Wording("the real number $x$ for which the logarithm of $x - [[a]]$ to the base $[[b]]$ is $[[c]]$"),
            Wording(
                "the argument $x$",
                given="The function $x \\mapsto \\log_{[[b]]} (x - [[a]])$ takes the value $[[c]]$.",
            ),
        ),
        solve=_log_equation,
        check=lambda params: math.exp(params["c"] * math.log(params["b"])) + params["a"],
        where=lambda params: params["b"] ** params["c"] <= 1_100,
    ),
    Family(
        name="sum_of_logarithms",
        concepts=("logarithmic equations", "logarithms", "quadratic equations"),
        school_level="high school",
        slots={"b": Choice((2, 3, 4, 5, 6, 10, 12)), "a": Integer(1, 40), "c": Integer(1, 8)},
        wordings=(
            Wording("the solution of $\\log_{[[b]]} x + \\log_{[[b]]} (x - [[a]]) = [[c]]$"),
            Wording(
                "the real number $x$ for which the logarithms of $x$ and of $x - [[a]]$ to the base $[[b]]$ "
                "have the sum $[[c]]$"
            ),
            Wording(
                "the value of $x$ that satisfies the equation",
                given="Consider the equation $\\log_{[[b]]} (x - [[a]]) = [[c]] - \\log_{[[b]]} x$ for real $x$.",
            ),
        ),
        solve=_product_equation,
        check=lambda params: next(
            x
            for x in range(params["a"] + 1, 2_000)
            if abs(math.log(x, params["b"]) + math.log(x - params["a"], params["b"]) - params["c"]) < 1e-9
        ),
        where=lambda params: (
            params["b"] ** params["c"] <= 2_000
            and math.isqrt(params["a"] ** 2 + 4 * params["b"] ** params["c"]) ** 2
            == params["a"] ** 2 + 4 * params["b"] ** params["c"]
        ),
    ),
    Family(
        name="logarithm_of_power",
        concepts=("change of base", "logarithms"),
        school_level="high school",
        slots={"b": Choice((2, 3, 5, 7)), "p": Integer(2, 12), "q": Integer(3, 60)},
        wordings=(
            Wording("the logarithm of $[[b]]^{[[q]]}$ to the base $[[b]]^{[[p]]}$"),
            Wording("the exponent to which $[[b]]^{[[p]]}$ must be raised to give $[[b]]^{[[q]]}$"),
            Wording("the solution of the equation $\\left([[b]]^{[[p]]}\\right)^{x} = [[b]]^{[[q]]}$"),
        ),
        solve=_log_power,
        check=lambda params: math.log(params["b"] ** params["q"]) / math.log(params["b"] ** params["p"]),
        where=lambda params: params["p"] != params["q"] and params["q"] % params["p"] in (0, params["p"] // 2),
    ),
    Family(
        name="chain_of_logarithms",
        concepts=("change of base", "logarithms"),
        school_level="competition",
        slots={"b": Integer(2, 12, link=False), "c": Integer(3, 40, link=False), "e": Integer(2, 25)},
        wordings=(
            Wording("the value of $\\log_{[[b]]} [[c]] \\cdot \\log_{[[c]]} [[b]]^{[[e]]}$"),
            Wording(
                "the product of the logarithm of $[[c]]$ to the base $[[b]]$ "
                "and the logarithm of $[[b]]^{[[e]]}$ to the base $[[c]]$"
            ),
            Wording(
                "the product $xy$",
                given="Real numbers $x$ and $y$ satisfy $[[b]]^{x} = [[c]]$ and $[[c]]^{y} = [[b]]^{[[e]]}$.",
            ),
        ),
        solve=_log_chain,
        check=lambda params: math.log(params["c"], params["b"]) * math.log(params["b"] ** params["e"], params["c"]),
        where=lambda params: params["b"] != params["c"],
    ),
    Family(
        name="digits_of_power",
        concepts=("number of digits", "logarithms"),
        school_level="high school",
        slots={"a": Integer(2, 30), "n": Integer(8, 120)},
        wordings=(
            Wording("the number of decimal digits of $[[a]]^{[[n]]}$"),
            Wording("the number of digits that are needed to write $[[a]]^{[[n]]}$ in decimal"),
            Wording(
                "the number of digits on the screen at the end",
                given="A calculator with a very wide screen shows $1$. "
                "The number on the screen is multiplied by $[[a]]$ altogether $[[n]]$ times.",
            ),
        ),
        solve=_digits,
        check=lambda params: len(str(params["a"] ** params["n"])),
        where=lambda params: (
            math.log10(params["a"]) % 1 > 0 and 0.01 < (params["n"] * math.log10(params["a"])) % 1 < 0.99
        ),
    ),
    Family(
        name="natural_logarithm",
        concepts=("natural logarithm", "exponential equations"),
        school_level="high school",
        slots={"a": Integer(2, 9, link=False), "b": Integer(3, 500)},
        wordings=(
            Wording("the real solution of $e^{[[a]]x} = [[b]]$"),
            Wording("the real number $x$ for which the exponential function takes the value $[[b]]$ at $[[a]]x$"),
            Wording(
                "the time in days after which the culture has become $[[b]]$ times as large",
                given="A culture of yeast grows so that after $x$ days it is $e^{[[a]]x}$ times as large as at first.",
            ),
        ),
        solve=_natural,
        check=_check_natural,
    ),
    Family(
        name="powers_of_e",
        concepts=("natural logarithm", "exponent laws"),
        school_level="high school",
        slots={"a": Integer(2, 60), "b": Integer(2, 20)},
        wordings=(
            Wording("the value of $e^{\\ln [[a]]} + e^{2 \\ln [[b]]}$"),
            Wording(
                "the value of $e^{x} + e^{2y}$",
                given="Let $x$ and $y$ be the natural logarithms of $[[a]]$ and of $[[b]]$, in this order.",
            ),
            Wording("the number whose natural logarithm is $\\ln ([[a]] + e^{2 \\ln [[b]]})$"),
        ),
        solve=_log_of_sum,
        check=lambda params: math.exp(math.log(params["a"])) + math.exp(2 * math.log(params["b"])),
    ),
    Family(
        name="decibels",
        concepts=("logarithmic scale", "logarithms"),
        school_level="high school",
        slots={"a": Integer(30, 120, link=False), "b": Integer(10, 90, link=False)},
        wordings=(
            Wording(
                "the factor by which the first sound is more intense than the second",
                given="Two sounds have levels of $[[a]]$ and $[[b]]$ decibels. "
                "A level in decibels is $10$ times the decimal logarithm of the intensity relative to a fixed one.",
            ),
            Wording(
                "the ratio of the intensity of the drill to the intensity of the talk",
                given="A drill is measured at $[[a]]$ decibels and a talk at $[[b]]$ decibels. "
                "A level $x$ in decibels belongs to an intensity that is proportional to $10^{x/10}$.",
            ),
            Wording("the ratio of two intensities whose levels are $[[a]]$ and $[[b]]$ decibels, the louder one first"),
        ),
        solve=_decibels,
        check=lambda params: 10 ** (params["a"] / 10) / 10 ** (params["b"] / 10),
        where=lambda params: params["a"] - params["b"] in (10, 20, 30, 40),
    ),
)
