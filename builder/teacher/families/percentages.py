"""Percentages, interest, errors and mixtures."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..latex import quotient
from ..slots import Choice, Integer

TOPICS = (
    Topic(
        "Percentages and Interest",
        subject="Arithmetic",
        school_level="middle school",
        concepts={
            "percentages": ("percentage", "percent", "per cent"),
            "percent change": ("percentage change", "percentage increase", "percentage decrease", "relative change"),
            "percentage discounts": ("percentage discount", "markdown price", "discounted price"),
            "simple interest": ("interest rate", "interest rates"),
            "compound interest": ("annual compounding", "compounded annually", "compounded interest"),
            "relative error": ("percentage error", "relative errors", "relative difference"),
            "mixture problems": ("mixture problem", "concentration of a solution"),
        },
    ),
)


def _part(params: Params) -> Solution:
    n, p = params["n"], params["p"]
    value = Fraction(n * p, 100)
    return Solution(
        (
            rf"One percent is one hundredth, so ${p}$ percent of ${n}$ is $\frac{{{p}}}{{100}} \cdot {n}$.",
            rf"This is $\frac{{{p * n}}}{{100}} = {tex(value)}$.",
        ),
        int(value),
    )


def _change(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    value = Fraction(100 * (b - a), a)
    return Solution(
        (
            f"The increase is ${b} - {a} = {b - a}$.",
            rf"Relative to the original amount this is ${quotient(b - a, a)}$.",
            rf"Multiplying by $100$ turns it into a percentage: ${tex(value / 100)} \cdot 100 = {tex(value)}$.",
        ),
        int(value),
    )


def _two_changes(params: Params) -> Solution:
    n, p, q = params["n"], params["p"], params["q"]
    raised = n * Fraction(100 + p, 100)
    value = raised * Fraction(100 - q, 100)
    return Solution(
        (
            rf"An increase by ${p}$ percent multiplies the value by $\frac{{{100 + p}}}{{100}}$, which gives "
            rf"${n} \cdot \frac{{{100 + p}}}{{100}} = {tex(raised)}$.",
            rf"A decrease by ${q}$ percent leaves $\frac{{{100 - q}}}{{100}}$ of the new value.",
            rf"The result is ${tex(raised)} \cdot \frac{{{100 - q}}}{{100}} = {tex(value)}$.",
        ),
        int(value),
    )


def _original(params: Params) -> Solution:
    n, p = params["n"], params["p"]
    value = Fraction(100 * n, 100 - p)
    return Solution(
        (
            f"After the reduction, $100 - {p} = {100 - p}$ percent of the original amount is left, and this is ${n}$.",
            rf"One percent of the original amount is ${quotient(n, 100 - p)}$.",
            rf"So the original amount is $100 \cdot {tex(Fraction(n, 100 - p))} = {tex(value)}$.",
        ),
        int(value),
    )


def _simple_interest(params: Params) -> Solution:
    n, r, t = params["n"], params["r"], params["t"]
    yearly = Fraction(n * r, 100)
    return Solution(
        (
            rf"With simple interest every year brings the same amount, $\frac{{{r}}}{{100}} \cdot {n} = "
            f"{tex(yearly)}$.",
            rf"Over ${t}$ years this adds up to ${t} \cdot {tex(yearly)} = {tex(t * yearly)}$.",
        ),
        int(t * yearly),
    )


def _compound_interest(params: Params) -> Solution:
    n, r, t = params["n"], params["r"], params["t"]
    factor = Fraction(100 + r, 100)
    amounts = [1000 * n * factor**i for i in range(t + 1)]
    listed = ", ".join(f"${tex(amount)}$" for amount in amounts[1:])
    return Solution(
        (
            f"Each year the amount is multiplied by $1 + \\frac{{{r}}}{{100}} = {tex(factor)}$.",
            f"Starting from ${1000 * n}$ euros, the amounts at the end of the years are {listed}.",
            rf"In one formula, ${1000 * n} \cdot \left({tex(factor)}\right)^{{{t}}} = {tex(amounts[-1])}$.",
        ),
        int(amounts[-1]),
    )


def _check_compound(params: Params) -> Fraction:
    amount = Fraction(1000 * params["n"])
    for _ in range(params["t"]):
        amount += amount * params["r"] / 100
    return amount


def _relative_error(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    gap = abs(a - b)
    value = Fraction(100 * gap, b)
    return Solution(
        (
            f"The absolute error is $|{a} - {b}| = {gap}$.",
            rf"Divided by the true value it is ${quotient(gap, b)}$.",
            rf"As a percentage this is $100 \cdot {tex(value / 100)} = {tex(value)}$.",
        ),
        value,
    )


def _mixture(params: Params) -> Solution:
    a, p, b, q = params["a"], params["p"], params["b"], params["q"]
    total = a * p + b * q
    value = Fraction(total, a + b)
    return Solution(
        (
            rf"The two solutions contain $\frac{{{a} \cdot {p}}}{{100}}$ and $\frac{{{b} \cdot {q}}}{{100}}$ litres "
            "of acid.",
            rf"Together these are $\frac{{{a * p} + {b * q}}}{{100}} = {tex(Fraction(total, 100))}$ litres of acid "
            rf"in ${a} + {b} = {a + b}$ litres.",
            rf"The concentration in percent is $100 \cdot {tex(Fraction(total, 100))} \div {a + b} = {tex(value)}$.",
        ),
        value,
    )


FAMILIES = (
    Family(
        name="percentage_of",
        concepts=("percentages",),
        school_level="elementary",
        slots={"p": Integer(4, 95), "n": Integer(20, 600)},
        wordings=(
            Wording("the number that is $[[p]]$ percent of $[[n]]$"),
            Wording(
                "the number of members who play chess",
                given="A club has $[[n]]$ members, and $[[p]]$ percent of them play chess.",
            ),
            Wording(
                "the mass of sugar in grams",
                given="A jar holds $[[n]]$ grams of jam, of which $[[p]]$ percent is sugar.",
            ),
        ),
        solve=_part,
        check=lambda params: round(params["n"] * (params["p"] * 0.01), 9),
        where=lambda params: params["n"] * params["p"] % 100 == 0,
    ),
    Family(
        name="percent_increase",
        concepts=("percent change", "percentages"),
        school_level="middle school",
        slots={"a": Integer(10, 300), "b": Integer(12, 450)},
        wordings=(
            Wording("the percentage by which $[[b]]$ exceeds $[[a]]$"),
            Wording(
                "the percentage increase in the number of visitors",
                given="A museum had $[[a]]$ visitors on Saturday and $[[b]]$ visitors on Sunday.",
            ),
            Wording(
                "the percentage by which the height of the plant increased",
                given="In one month a plant grew from a height of $[[a]]$ mm to a height of $[[b]]$ mm.",
            ),
        ),
        solve=_change,
        check=lambda params: params["b"] / params["a"] * 100 - 100,
        where=lambda params: (
            params["a"] < params["b"] <= 2 * params["a"] and 100 * (params["b"] - params["a"]) % params["a"] == 0
        ),
    ),
    Family(
        name="two_price_changes",
        concepts=("percent change", "percentage discounts", "percentages"),
        school_level="middle school",
        slots={"n": Integer(20, 900), "p": Choice((5, 10, 15, 20, 25, 30, 40, 50, 60)), "q": Integer(5, 60)},
        wordings=(
            Wording("the result of first raising $[[n]]$ by $[[p]]$ percent and then lowering it by $[[q]]$ percent"),
            Wording(
                "the final price of the coat in euros",
                given="A coat costs $[[n]]$ euros. Its price rises by $[[p]]$ percent, "
                "and later a sale reduces the new price by $[[q]]$ percent.",
            ),
            Wording(
                "the number of birds on the island after two years",
                given="A colony of $[[n]]$ birds lives on an island. In the first year their number grows by $[[p]]$ "
                "percent, and in the second year it shrinks by $[[q]]$ percent.",
            ),
        ),
        solve=_two_changes,
        check=lambda params: params["n"] * (1 + params["p"] / 100) * (1 - params["q"] / 100),
        where=lambda params: (
            params["n"] * (100 + params["p"]) % 100 == 0
            and params["n"] * (100 + params["p"]) * (100 - params["q"]) % 10_000 == 0
        ),
    ),
    Family(
        name="price_before_discount",
        concepts=("percentage discounts", "percentages"),
        school_level="middle school",
        slots={"n": Integer(6, 150), "p": Integer(4, 80)},
        wordings=(
            Wording(
                "the price before the discount in euros",
                given="After a discount of $[[p]]$ percent, a bicycle helmet costs $[[n]]$ euros.",
            ),
            Wording("the number that becomes $[[n]]$ when it is reduced by $[[p]]$ percent"),
            Wording(
                "the number of litres that were in the tank in the morning",
                given="During the day $[[p]]$ percent of the water in a tank was used. "
                "In the evening $[[n]]$ litres were left.",
            ),
        ),
        solve=_original,
        check=lambda params: next(x for x in range(1, 10_000) if x * (100 - params["p"]) >= 100 * params["n"]),
        where=lambda params: 100 * params["n"] % (100 - params["p"]) == 0,
    ),
    Family(
        name="simple_interest",
        concepts=("simple interest", "percentages"),
        school_level="middle school",
        slots={"n": Integer(100, 5_000, link=False), "r": Integer(2, 12), "t": Integer(2, 15)},
        wordings=(
            Wording(
                "the total interest in euros",
                given="A loan of $[[n]]$ euros is repaid after $[[t]]$ years, with simple interest of $[[r]]$ "
                "percent a year.",
            ),
            Wording(
                "the amount of interest in euros that she receives altogether",
                given="Mara lends $[[n]]$ euros to her brother for $[[t]]$ years. "
                "He pays simple interest at $[[r]]$ percent a year.",
            ),
            Wording("the simple interest in euros on $[[n]]$ euros at $[[r]]$ percent a year over $[[t]]$ years"),
        ),
        solve=_simple_interest,
        check=lambda params: sum([params["n"] * params["r"]] * params["t"]) / 100,
        where=lambda params: params["n"] % 100 == 0,
    ),
    Family(
        name="compound_interest",
        concepts=("compound interest", "percent change"),
        school_level="high school",
        slots={"n": Integer(2, 60), "r": Choice((2, 4, 5, 10, 20)), "t": Integer(2, 3, link=False)},
        wordings=(
            Wording(
                "the balance in euros after $[[t]]$ years",
                given="A deposit of $[[n]]$ thousand euros earns $[[r]]$ percent interest a year, "
                "which is added to the deposit at the end of each year.",
            ),
            Wording(
                "the amount in euros to which $[[n]]$ thousand euros grow in $[[t]]$ years "
                "at $[[r]]$ percent interest a year, compounded annually"
            ),
            Wording(
                "the value of the land in euros at the end",
                given="A piece of land is worth $[[n]]$ thousand euros. "
                "Over the next $[[t]]$ years its value rises by $[[r]]$ percent each year.",
            ),
        ),
        solve=_compound_interest,
        check=_check_compound,
        where=lambda params: 1000 * params["n"] * (100 + params["r"]) ** params["t"] % 100 ** params["t"] == 0,
    ),
    Family(
        name="relative_error",
        concepts=("relative error", "percentages"),
        school_level="high school",
        slots={"a": Integer(8, 240), "b": Integer(10, 200)},
        wordings=(
            Wording("the relative error, in percent, of the approximation $[[a]]$ to the true value $[[b]]$"),
            Wording(
                "the percentage by which her estimate is off, relative to the true length",
                given="Lena estimates a hall to be $[[a]]$ m long. Its true length is $[[b]]$ m.",
            ),
            Wording(
                "the relative error of the reading in percent",
                given="A scale shows $[[a]]$ grams when a weight of exactly $[[b]]$ grams is placed on it.",
            ),
        ),
        solve=_relative_error,
        check=lambda params: abs(params["a"] / params["b"] - 1) * 100,
        where=lambda params: (
            params["a"] != params["b"]
            and 2 * abs(params["a"] - params["b"]) <= params["b"]
            and 200 * (params["a"] - params["b"]) % params["b"] == 0
        ),
    ),
    Family(
        name="acid_mixture",
        concepts=("mixture problems", "percentages", "overall average"),
        school_level="high school",
        slots={"a": Integer(2, 30), "p": Integer(5, 50), "b": Integer(2, 30), "q": Integer(10, 90)},
        wordings=(
            Wording(
                "the acid content of the mixture in percent",
                given="A chemist mixes $[[a]]$ litres of a solution with $[[p]]$ percent acid "
                "and $[[b]]$ litres of a solution with $[[q]]$ percent acid.",
            ),
            Wording(
                "the percentage of acid in the tank",
                given="A tank holds $[[a]]$ litres of a liquid of which $[[p]]$ percent is acid. "
                "Then $[[b]]$ litres of a liquid with $[[q]]$ percent acid are added.",
            ),
            Wording(
                "the concentration in percent that results when $[[a]]$ litres of $[[p]]$ percent acid "
                "are mixed with $[[b]]$ litres of $[[q]]$ percent acid"
            ),
        ),
        solve=_mixture,
        check=lambda params: float(np.average([params["p"], params["q"]], weights=[params["a"], params["b"]])),
        where=lambda params: (
            params["p"] < params["q"]
            and (params["a"] * params["p"] + params["b"] * params["q"]) % (params["a"] + params["b"]) == 0
        ),
    ),
)
