"""Floor, ceiling, fractional part and step functions."""

from __future__ import annotations

import math
from fractions import Fraction

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Integer

TOPICS = (
    Topic(
        "Floor, Ceiling and Step Functions",
        subject="Discrete Mathematics",
        school_level="high school",
        concepts={
            "floor function": ("floor", "greatest integer function", "rounding down", "round down"),
            "ceiling function": ("ceiling", "ceil", "rounding up", "round up"),
            "fractional part": ("fractional parts", "modf"),
            "step functions": ("step function", "staircase function", "heaviside step function", "heaviside"),
        },
    ),
)


def _floor_sum(params: Params) -> Solution:
    n, m = params["n"], params["m"]
    full, rest = divmod(n + 1, m)
    low = m * full * (full - 1) // 2
    total = low + rest * full
    return Solution(
        (
            f"The floor takes each of the values $0, 1, 2, \\ldots$ for ${m}$ consecutive integers, counting from $0$.",
            rf"The integers from $0$ to ${n}$ are ${n + 1} = {full} \cdot {m} + {rest}$ in number.",
            rf"The full blocks add up to ${m} \cdot \frac{{{full} \cdot ({full} - 1)}}{{2}} = {low}$, "
            rf"and the rest adds ${rest} \cdot {full} = {rest * full}$.",
            f"The sum is ${low} + {rest * full} = {total}$.",
        ),
        total,
    )


def _floor_of_root(params: Params) -> Solution:
    n = params["n"]
    return Solution(
        (
            rf"The floor of $\sqrt{{x}}$ is ${n}$ exactly when ${n} \le \sqrt{{x}} < {n + 1}$, "
            rf"that is ${n * n} \le x < {(n + 1) ** 2}$.",
            f"The number of integers in this range is ${(n + 1) ** 2} - {n * n} = {2 * n + 1}$.",
        ),
        2 * n + 1,
    )


def _ceiling(params: Params) -> Solution:
    n, a, b = params["n"], params["a"], params["b"]
    count = -(-n // a)
    return Solution(
        (
            rf"The number needed is the ceiling of $\frac{{{n}}}{{{a}}}$, because a part of one counts as a whole.",
            rf"As ${a} \cdot {count - 1} = {a * (count - 1)} < {n} \le {a * count} = {a} \cdot {count}$, it is "
            f"${count}$.",
            rf"Altogether this makes ${count} \cdot {b} = {count * b}$.",
        ),
        count * b,
    )


def _fraction_part(params: Params) -> Solution:
    n, m = params["n"], params["m"]
    value = Fraction(n % m, m)
    reduced = f" = {tex(value)}" if value.denominator != m else ""
    return Solution(
        (
            rf"Division with remainder gives ${n} = {n // m} \cdot {m} + {n % m}$.",
            rf"So the greatest integer not exceeding $\frac{{{n}}}{{{m}}}$ is ${n // m}$.",
            rf"What remains is $\frac{{{n}}}{{{m}}} - {n // m} = \frac{{{n % m}}}{{{m}}}{reduced}$.",
        ),
        value,
    )


def _parking(params: Params) -> Solution:
    n, a, b = params["n"], params["a"], params["b"]
    hours = -(-n // 60)
    return Solution(
        (
            rf"The number of blocks of $60$ that are begun is $\left\lceil \frac{{{n}}}{{60}} \right\rceil = {hours}$.",
            f"The first one counts ${a}$, and each of the other ${hours} - 1 = {hours - 1}$ counts ${b}$.",
            rf"The result is ${a} + {hours - 1} \cdot {b} = {a + (hours - 1) * b}$.",
        ),
        a + (hours - 1) * b,
    )


FAMILIES = (
    Family(
        name="sum_of_floors",
        concepts=("floor function", "division with remainder"),
        school_level="competition",
        slots={"n": Integer(10, 60), "m": Integer(3, 15)},
        wordings=(
            Wording(
                "the sum of $\\left\\lfloor \\frac{x}{[[m]]} \\right\\rfloor$ over all integers $x$ from $1$ to $[[n]]$"
            ),
            Wording(
                "the total number of full boxes in all these shipments",
                given="A factory sends out $[[n]]$ shipments, with $1$, $2$, $3$ and so on up to $[[n]]$ lamps. "
                "In each shipment the lamps are packed into as many full boxes of $[[m]]$ as possible.",
            ),
            Wording(
                "the sum of all the quotients",
                given="Each of the integers from $1$ to $[[n]]$ is divided by $[[m]]$, and the quotient is rounded "
                "down.",
            ),
        ),
        solve=_floor_sum,
        check=lambda params: sum(math.floor(Fraction(x, params["m"])) for x in range(1, params["n"] + 1)),
        where=lambda params: params["n"] > 2 * params["m"],
    ),
    Family(
        name="floor_of_root",
        concepts=("floor function", "square roots", "perfect squares"),
        school_level="high school",
        slots={"n": Integer(3, 45)},
        wordings=(
            Wording("the number of integers $x$ with $\\left\\lfloor \\sqrt{x} \\right\\rfloor = [[n]]$"),
            Wording("the number of positive integers whose square root, rounded down, is $[[n]]$"),
            Wording(
                "the number of possible values of its area in square metres",
                given="The area of a square room is a whole number of square metres, "
                "and its side length rounded down to whole metres is $[[n]]$.",
            ),
        ),
        solve=_floor_of_root,
        check=lambda params: sum(math.isqrt(x) == params["n"] for x in range(2_200)),
    ),
    Family(
        name="rounded_up_cost",
        concepts=("ceiling function", "unit rates"),
        school_level="elementary",
        slots={"n": Integer(12, 150), "a": Integer(4, 24), "b": Integer(2, 30)},
        wordings=(
            Wording(
                "the total rent for the boats in euros",
                given="A school rents as few boats as possible for a tour with $[[n]]$ people. "
                "Each boat has $[[a]]$ seats and costs $[[b]]$ euros.",
            ),
            Wording("the value of $[[b]] \\cdot \\left\\lceil \\frac{[[n]]}{[[a]]} \\right\\rceil$"),
            Wording(
                "the lowest possible cost of the paint in euros",
                given="Paint is sold in full tins only. A tin covers $[[a]]$ square metres and costs $[[b]]$ euros, "
                "and $[[n]]$ square metres have to be painted.",
            ),
        ),
        solve=_ceiling,
        check=lambda params: next(i for i in range(400) if i * params["a"] >= params["n"]) * params["b"],
        where=lambda params: params["n"] > params["a"] and params["n"] % params["a"] != 0,
    ),
    Family(
        name="fractional_part",
        concepts=("fractional part", "floor function", "fractions"),
        school_level="middle school",
        slots={"n": Integer(15, 600), "m": Integer(4, 30)},
        wordings=(
            Wording("the fractional part of $\\frac{[[n]]}{[[m]]}$"),
            Wording("the value of $\\frac{[[n]]}{[[m]]} - \\left\\lfloor \\frac{[[n]]}{[[m]]} \\right\\rfloor$"),
            Wording(
                "the fraction of a lap that it has covered since it last passed the start",
                given="A toy train needs $[[m]]$ seconds for a lap at constant speed. "
                "It has been running for $[[n]]$ seconds since it left the start.",
            ),
        ),
        solve=_fraction_part,
        check=lambda params: math.modf(params["n"] / params["m"])[0],
        where=lambda params: params["n"] > params["m"] and params["n"] % params["m"] != 0,
    ),
    Family(
        name="parking_fee",
        concepts=("step functions", "ceiling function"),
        school_level="middle school",
        slots={"n": Integer(61, 900), "a": Integer(2, 20), "b": Integer(2, 12)},
        wordings=(
            Wording(
                "the fee in euros for $[[n]]$ minutes",
                given="A car park charges $[[a]]$ euros for the first hour "
                "and $[[b]]$ euros for every further hour that is begun.",
            ),
            Wording(
                "the amount in euros that is due",
                given="A rented boat costs $[[a]]$ euros for up to one hour. Each additional hour, even if it is "
                "not used in full, costs $[[b]]$ euros. A family comes back after $[[n]]$ minutes.",
            ),
            Wording(
                "the value of the function at $x = [[n]]$",
                given="A step function has the value $[[a]]$ for $0 < x \\le 60$. "
                "It jumps up by $[[b]]$ right after $x = 60$ and again right after every further multiple of $60$.",
            ),
        ),
        solve=_parking,
        check=lambda params: params["a"] + params["b"] * sum(60 * i < params["n"] for i in range(1, 20)),
    ),
)
