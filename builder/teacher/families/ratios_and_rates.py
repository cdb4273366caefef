"""Ratios, proportion and rates."""

from __future__ import annotations

import math
from fractions import Fraction

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Choice, Integer

TOPICS = (
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
        name="share_in_ratio",
        concepts=("ratios", "direct proportion"),
        school_level="elementary",
        slots={
            "n": Integer(15, 240),
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
        slots={"a": Integer(2, 24), "b": Integer(4, 90), "c": Integer(3, 40)},
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
        slots={"n": Integer(5, 120), "h": Integer(2, 24)},
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
                given="On a hiking map, $1$ cm stands for $[[scale]]$ cm on the ground. A hike measures $[[n]]$ cm on "
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
        slots={"n": Integer(4, 90), "a": Integer(2, 6), "b": Integer(3, 9)},
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
