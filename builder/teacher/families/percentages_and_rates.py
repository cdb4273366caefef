"""Arithmetic of everyday quantities: percentages, interest, ratios, proportion and rates."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from ..family import Family, Params, Solution, Topic, Wording, tex
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
    Topic(
        "Ratios, Proportions and Rates",
        subject="Arithmetic",
        school_level="middle school",
        concepts={
            "ratios": ("ratio of two quantities", "aspect ratio", "part-to-part ratio"),
            "direct proportion": ("directly proportional", "proportional to", "proportionality"),
            "inverse proportion": ("inversely proportional", "inverse proportionality"),
            "unit rates": ("unit rate", "unit price", "per-unit rate"),
            "average speed": ("average velocity", "mean speed"),
            "work rates": ("work rate", "combined work rate"),
            "unit conversion": ("unit conversions", "conversion factor", "conversion of units"),
            "scale factors": ("scale factor", "scaling factor", "map scale"),
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
            rf"Relative to the original amount this is $\frac{{{b - a}}}{{{a}}} = {tex(value / 100)}$.",
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
            rf"One percent of the original amount is $\frac{{{n}}}{{{100 - p}}} = {tex(Fraction(n, 100 - p))}$.",
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
            rf"Divided by the true value it is $\frac{{{gap}}}{{{b}}} = {tex(value / 100)}$.",
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


def _shares(params: Params) -> Solution:
    n, a, b = params["n"], params["a"], params["b"]
    part = n // (a + b)
    return Solution(
        (
            f"The ratio divides the whole into ${a} + {b} = {a + b}$ equal parts.",
            rf"One part is ${n} \div {a + b} = {part}$.",
            rf"The first share consists of ${a}$ parts, which makes ${a} \cdot {part} = {a * part}$.",
        ),
        a * part,
    )


def _proportional(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    rate = Fraction(b, a)
    return Solution(
        (
            rf"The two quantities are proportional, and the rate per unit is $\frac{{{b}}}{{{a}}}"
            + (f" = {tex(rate)}$." if rate.denominator != a else "$."),
            rf"For ${c}$ units we get ${c} \cdot {tex(rate)} = {tex(c * rate)}$.",
        ),
        int(c * rate),
    )


def _inverse(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    return Solution(
        (
            "The product of the number and the time stays the same, because the quantities are inversely proportional.",
            rf"Here this product is ${a} \cdot {b} = {a * b}$.",
            rf"With ${c}$ in place of ${a}$, the time is ${a * b} \div {c} = {a * b // c}$.",
        ),
        a * b // c,
    )


def _together(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    rate = Fraction(1, a) + Fraction(1, b)
    return Solution(
        (
            rf"In one hour the first does $\frac{{1}}{{{a}}}$ and the second $\frac{{1}}{{{b}}}$ of the whole.",
            rf"Together they do $\frac{{1}}{{{a}}} + \frac{{1}}{{{b}}} = {tex(rate)}$ of it in an hour.",
            f"The time in hours is the reciprocal of this rate, namely ${tex(1 / rate)}$.",
        ),
        1 / rate,
    )


def _round_trip(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    time = Fraction(1, a) + Fraction(1, b)
    return Solution(
        (
            "The length of the way does not matter, so let it be $1$ km each way.",
            rf"The whole trip then takes $\frac{{1}}{{{a}}} + \frac{{1}}{{{b}}} = {tex(time)}$ hours for $2$ km.",
            rf"The average speed is $2 \div {tex(time)} = {tex(2 / time)}$, the harmonic mean of the two speeds.",
        ),
        2 / time,
    )


def _flow(params: Params) -> Solution:
    n, h = params["n"], params["h"]
    value = Fraction(60 * h * n, 1000)
    return Solution(
        (
            rf"There are ${h} \cdot 60 = {60 * h}$ minutes in ${h}$ hours.",
            rf"In this time ${n} \cdot {60 * h} = {60 * h * n}$ millilitres flow.",
            rf"As $1000$ millilitres make a litre, the volume in litres is $\frac{{{60 * h * n}}}{{1000}} = "
            f"{tex(value)}$.",
        ),
        value,
    )


def _metres_per_second(params: Params) -> Solution:
    n = params["n"]
    value = Fraction(n * 18, 5)
    return Solution(
        (
            f"In one second the distance is ${n}$ metres, and an hour has $3600$ seconds.",
            rf"In an hour this makes ${n} \cdot 3600 = {3600 * n}$ metres.",
            rf"Divided by $1000$ metres per kilometre, the number is $\frac{{{3600 * n}}}{{1000}} = {tex(value)}$.",
        ),
        value,
    )


def _map(params: Params) -> Solution:
    n, scale = params["n"], params["scale"]
    value = Fraction(n * scale, 100_000)
    return Solution(
        (
            rf"Every centimetre on the map stands for ${scale}$ centimetres, so the distance is "
            rf"${n} \cdot {scale} = {n * scale}$ centimetres.",
            "A kilometre has $100000$ centimetres.",
            rf"The distance in kilometres is $\frac{{{n * scale}}}{{100000}} = {tex(value)}$.",
        ),
        int(value),
    )


def _similar_area(params: Params) -> Solution:
    n, a, b = params["n"], params["a"], params["b"]
    factor = Fraction(b, a)
    return Solution(
        (
            rf"The scale factor for lengths is $\frac{{{b}}}{{{a}}}"
            + (f" = {tex(factor)}$." if a != factor.denominator else "$."),
            rf"Areas are multiplied by its square, $\left({tex(factor)}\right)^{{2}} = {tex(factor**2)}$.",
            rf"The larger area is ${n} \cdot {tex(factor**2)} = {tex(n * factor**2)}$.",
        ),
        int(n * factor**2),
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
                "the percentage increase of the number of visitors",
                given="A museum had $[[a]]$ visitors on Saturday and $[[b]]$ visitors on Sunday.",
            ),
            Wording(
                "the growth of the plant in percent",
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
        slots={"n": Integer(20, 900), "p": Integer(5, 60), "q": Integer(5, 60)},
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
        slots={"n": Integer(12, 500), "p": Integer(4, 80)},
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
                given="Lena estimates a hall to be $[[a]]$ m long. In truth its length is $[[b]]$ m.",
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
        concepts=("mixture problems", "percentages", "weighted average"),
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
    Family(
        name="share_in_ratio",
        concepts=("ratios", "direct proportion"),
        school_level="elementary",
        slots={
            "n": Integer(20, 600),
            "a": Integer(2, 13),
            "b": Integer(2, 13),
            "name": Choice(("Ada", "Ben", "Carla", "Emil")),
        },
        wordings=(
            Wording(
                "the amount in euros that [[name]] receives",
                given="A prize of $[[n]]$ euros is shared between [[name]] and a friend "
                "in the ratio $[[a]] : [[b]]$, in this order.",
            ),
            Wording(
                "the number of marbles that belong to [[name]]",
                given="Together [[name]] and Olga own $[[n]]$ marbles. "
                "The ratio of the marbles of [[name]] to those of Olga is $[[a]] : [[b]]$.",
            ),
            Wording(
                "the length in centimetres of the piece that [[name]] gets",
                given="A ribbon of $[[n]]$ cm is cut into two pieces whose lengths are in the ratio $[[a]] : [[b]]$. "
                "The first piece goes to [[name]].",
            ),
        ),
        solve=_shares,
        check=lambda params: next(
            x for x in range(1, params["n"]) if x * params["b"] == (params["n"] - x) * params["a"]
        ),
        where=lambda params: math.gcd(params["a"], params["b"]) == 1 and params["n"] % (params["a"] + params["b"]) == 0,
    ),
    Family(
        name="direct_proportion",
        concepts=("direct proportion", "unit rates"),
        school_level="middle school",
        slots={"a": Integer(2, 24), "b": Integer(6, 150), "c": Integer(3, 60)},
        wordings=(
            Wording(
                "the number of square metres that $[[c]]$ litres cover",
                given="With $[[a]]$ litres of paint one can cover $[[b]]$ square metres of wall.",
            ),
            Wording(
                "the number of bottles filled in $[[c]]$ minutes",
                given="A machine fills $[[b]]$ bottles in $[[a]]$ minutes and works at a constant rate.",
            ),
            Wording(
                "the value of $y$ for $x = [[c]]$",
                given="The quantity $y$ is directly proportional to $x$, and $y = [[b]]$ for $x = [[a]]$.",
            ),
        ),
        solve=_proportional,
        check=lambda params: params["b"] / params["a"] * params["c"],
        where=lambda params: (
            params["a"] != params["c"] and params["a"] != params["b"] and params["b"] * params["c"] % params["a"] == 0
        ),
    ),
    Family(
        name="inverse_proportion",
        concepts=("inverse proportion",),
        school_level="middle school",
        slots={"a": Integer(2, 40), "b": Integer(3, 60), "c": Integer(2, 48)},
        wordings=(
            Wording(
                "the number of days that $[[c]]$ workers would need",
                given="A team of $[[a]]$ workers needs $[[b]]$ days to pave a road. All of them work at the same pace.",
            ),
            Wording(
                "the value of $y$ for $x = [[c]]$",
                given="The quantity $y$ is inversely proportional to $x$, and $y = [[b]]$ for $x = [[a]]$.",
            ),
            Wording(
                "the number of days that the same hay lasts for $[[c]]$ horses",
                given="A stock of hay lasts $[[b]]$ days for $[[a]]$ horses, all of which eat equally much.",
            ),
        ),
        solve=_inverse,
        check=lambda params: params["b"] * (params["a"] / params["c"]),
        where=lambda params: params["a"] != params["c"] and params["a"] * params["b"] % params["c"] == 0,
    ),
    Family(
        name="working_together",
        concepts=("work rates", "unit rates", "fractions"),
        school_level="middle school",
        slots={"a": Integer(2, 45), "b": Integer(3, 60)},
        wordings=(
            Wording(
                "the time in hours in which both pipes together fill the pool",
                given="One pipe alone fills a pool in $[[a]]$ hours, a second pipe alone fills it in $[[b]]$ hours.",
            ),
            Wording(
                "the number of hours that they need together",
                given="Working alone, Nils paints a fence in $[[a]]$ hours and Ida in $[[b]]$ hours. "
                "They paint it together, each at the usual pace.",
            ),
            Wording(
                "the number of hours after which the job is done",
                given="A print job takes $[[a]]$ hours on one printer and $[[b]]$ hours on another. "
                "It is divided so that both printers run from start to end.",
            ),
        ),
        solve=_together,
        check=lambda params: params["a"] * params["b"] / (params["a"] + params["b"]),
        where=lambda params: (
            params["a"] < params["b"] and 6 * params["a"] * params["b"] % (params["a"] + params["b"]) == 0
        ),
    ),
    Family(
        name="round_trip_speed",
        concepts=("average speed", "harmonic mean"),
        school_level="high school",
        slots={"a": Integer(4, 90), "b": Integer(6, 120)},
        wordings=(
            Wording(
                "the average speed of the whole trip in km/h",
                given="A bus drives up to a pass at $[[a]]$ km/h and comes back the same way at $[[b]]$ km/h.",
            ),
            Wording(
                "the average speed, in km/h, over the full distance",
                given="A train covers the first half of a distance at $[[a]]$ km/h and the second half at $[[b]]$ "
                "km/h.",
            ),
            Wording(
                "the constant speed in km/h with which the trip would have taken just as long",
                given="A boat travels to an island at $[[a]]$ km/h and returns on the same route at $[[b]]$ km/h.",
            ),
        ),
        solve=_round_trip,
        check=lambda params: 2 * 60.0 / (60 / params["a"] + 60 / params["b"]),
        where=lambda params: (
            params["a"] < params["b"] <= 3 * params["a"]
            and 2 * params["a"] * params["b"] % (params["a"] + params["b"]) == 0
        ),
    ),
    Family(
        name="litres_flowing",
        concepts=("unit conversion", "unit rates"),
        school_level="middle school",
        slots={"n": Integer(5, 400), "h": Integer(2, 48)},
        wordings=(
            Wording(
                "the volume in litres that is lost in $[[h]]$ hours",
                given="A leaking tap loses $[[n]]$ millilitres of water a minute.",
            ),
            Wording("the number of litres that flow in $[[h]]$ hours at a rate of $[[n]]$ millilitres a minute"),
            Wording(
                "the amount of oil in litres that it delivers",
                given="A small pump delivers $[[n]]$ millilitres of oil every minute and runs for $[[h]]$ hours.",
            ),
        ),
        solve=_flow,
        check=lambda params: sum([params["n"] / 1000] * (60 * params["h"])),
        where=lambda params: params["n"] * params["h"] % 25 == 0,
    ),
    Family(
        name="speed_in_kilometres_per_hour",
        concepts=("unit conversion", "average speed"),
        school_level="middle school",
        slots={"n": Integer(3, 60)},
        wordings=(
            Wording("the number of kilometres per hour that equals $[[n]]$ metres per second"),
            Wording(
                "the speed of the falcon in km/h",
                given="A falcon flies at a constant speed and covers $[[n]]$ metres every second.",
            ),
            Wording(
                "the wind speed in kilometres per hour",
                given="A weather station measures a wind of $[[n]]$ metres per second.",
            ),
        ),
        solve=_metres_per_second,
        check=lambda params: params["n"] / (1000 / 3600),
    ),
    Family(
        name="map_distance",
        concepts=("scale factors", "ratios", "unit conversion"),
        school_level="middle school",
        slots={"n": Integer(3, 48), "scale": Choice((20_000, 25_000, 50_000, 100_000, 200_000))},
        wordings=(
            Wording(
                "the real distance in kilometres",
                given="On a map with the scale $1 : [[scale]]$, two villages are $[[n]]$ cm apart.",
            ),
            Wording(
                "the distance in kilometres that a line of $[[n]]$ cm stands for on a map of scale $1 : [[scale]]$"
            ),
            Wording(
                "the length of the hike in kilometres",
                given="On a hiking map, $1$ cm stands for $[[scale]]$ cm in nature. A hike measures $[[n]]$ cm on "
                "the map.",
            ),
        ),
        solve=_map,
        check=lambda params: params["n"] * 0.01 * params["scale"] / 1000,
        where=lambda params: params["n"] * params["scale"] % 100_000 == 0,
    ),
    Family(
        name="area_of_enlargement",
        concepts=("scale factors", "ratios"),
        school_level="high school",
        slots={"n": Integer(4, 90), "a": Integer(2, 12), "b": Integer(3, 15)},
        wordings=(
            Wording(
                "the area of the larger figure",
                given="Two similar figures have corresponding sides of lengths $[[a]]$ and $[[b]]$. "
                "The area of the smaller figure is $[[n]]$.",
            ),
            Wording(
                "the area of the enlarged photo in square centimetres",
                given="A photo of area $[[n]]$ square centimetres is enlarged so that its width grows from $[[a]]$ "
                "cm to "
                "$[[b]]$ cm while its shape stays the same.",
            ),
            Wording(
                "the area of the large flag in square decimetres",
                given="Two flags have the same shape, and their heights are in the ratio $[[a]] : [[b]]$. "
                "The small flag has an area of $[[n]]$ square decimetres.",
            ),
        ),
        solve=_similar_area,
        check=lambda params: params["n"] * (params["b"] / params["a"]) ** 2,
        where=lambda params: (
            params["a"] < params["b"]
            and math.gcd(params["a"], params["b"]) == 1
            and params["n"] % params["a"] ** 2 == 0
        ),
    ),
)
