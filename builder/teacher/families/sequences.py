"""Sequences: arithmetic and geometric ones and their sums."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Integer

TOPICS = (
    Topic(
        "Arithmetic and Geometric Sequences",
        subject="Algebra",
        school_level="high school",
        concepts={
            "arithmetic sequences": ("arithmetic sequence", "arithmetic progression", "arithmetic progressions"),
            "common difference": ("constant difference", "common differences", "evenly spaced"),
            "arithmetic series": ("sum of an arithmetic sequence", "sum of an arithmetic progression"),
            "geometric sequences": ("geometric sequence", "geometric progression", "geometric progressions"),
            "common ratio": ("common ratios", "constant ratio"),
            "geometric series": ("geometric sum", "finite geometric series", "sum of a geometric sequence"),
            "infinite geometric series": ("infinite geometric sum", "convergent geometric series"),
            "partial sums": ("partial sum", "cumulative sum", "cumulative sums", "cumsum", "running total"),
        },
    ),
)


def _arithmetic_term(params: Params) -> Solution:
    a, d, n = params["a"], params["d"], params["n"]
    value = a + (n - 1) * d
    return Solution(
        (
            f"From the first term to term number ${n}$ the difference is added ${n} - 1 = {n - 1}$ times.",
            rf"So the term is ${a} + {n - 1} \cdot {d} = {value}$.",
        ),
        value,
    )


def _difference(params: Params) -> Solution:
    p, u, q, v = params["p"], params["u"], params["q"], params["v"]
    value = (v - u) // (q - p)
    return Solution(
        (
            f"Between the two terms there are ${q} - {p} = {q - p}$ equal steps.",
            f"Together they make up ${v} - {u} = {v - u}$.",
            rf"Each step is $\frac{{{v - u}}}{{{q - p}}} = {value}$, and this is the common difference.",
        ),
        value,
    )


def _arithmetic_sum(params: Params) -> Solution:
    a, d, n = params["a"], params["d"], params["n"]
    last = a + (n - 1) * d
    total = n * (a + last) // 2
    return Solution(
        (
            rf"The last of the terms is ${a} + {n - 1} \cdot {d} = {last}$.",
            "The sum is the number of terms times the mean of the first and the last one.",
            rf"This is ${n} \cdot \frac{{{a} + {last}}}{{2}} = {total}$.",
        ),
        total,
    )


def _count_terms(params: Params) -> Solution:
    a, d, b = params["a"], params["d"], params["b"]
    steps = (b - a) // d
    return Solution(
        (
            rf"The terms have the form ${a} + {d}x$ with $x = 0, 1, 2, \ldots$, and we need ${a} + {d}x \le {b}$.",
            rf"This means $x \le \frac{{{b - a}}}{{{d}}}$, so $x$ is at most ${steps}$.",
            f"Counting $x = 0$ as well, there are ${steps} + 1 = {steps + 1}$ terms.",
        ),
        steps + 1,
    )


def _geometric_term(params: Params) -> Solution:
    a, r, n = params["a"], params["r"], params["n"]
    value = a * r ** (n - 1)
    return Solution(
        (
            f"From the first term to term number ${n}$ one multiplies by ${r}$ exactly ${n} - 1 = {n - 1}$ times.",
            rf"So the term is ${a} \cdot {r}^{{{n - 1}}} = {a} \cdot {r ** (n - 1)} = {value}$.",
        ),
        value,
    )


def _geometric_sum(params: Params) -> Solution:
    a, r, n = params["a"], params["r"], params["n"]
    total = a * (r**n - 1) // (r - 1)
    return Solution(
        (
            f"The terms form a geometric sequence with first term ${a}$ and common ratio ${r}$.",
            rf"The sum of ${n}$ terms is ${a} \cdot \frac{{{r}^{{{n}}} - 1}}{{{r} - 1}}$.",
            rf"This equals ${a} \cdot {(r**n - 1) // (r - 1)} = {total}$.",
        ),
        total,
    )


def _infinite_sum(params: Params) -> Solution:
    a, p, q = params["a"], params["p"], params["q"]
    value = Fraction(a * q, q - p)
    return Solution(
        (
            rf"The common ratio $\frac{{{p}}}{{{q}}}$ lies between $0$ and $1$, so the infinite series has a sum.",
            rf"The sum is the first term divided by $1 - \frac{{{p}}}{{{q}}} = \frac{{{q - p}}}{{{q}}}$.",
            rf"This gives ${a} \cdot {tex(Fraction(q, q - p))} = {tex(value)}$.",
        ),
        value,
    )


def _term_from_sums(params: Params) -> Solution:
    a, b, n = params["a"], params["b"], params["n"]
    now, before = a * n * n + b * n, a * (n - 1) ** 2 + b * (n - 1)
    return Solution(
        (
            f"Term number ${n}$ is the sum of the first ${n}$ terms minus the sum of the first ${n - 1}$ terms.",
            rf"The two sums are ${a} \cdot {n}^{{2}} + {b} \cdot {n} = {now}$ and "
            rf"${a} \cdot {n - 1}^{{2}} + {b} \cdot {n - 1} = {before}$.",
            f"So the term is ${now} - {before} = {now - before}$.",
        ),
        now - before,
    )


FAMILIES = (
    Family(
        name="arithmetic_term",
        concepts=("arithmetic sequences", "common difference"),
        school_level="middle school",
        slots={"a": Integer(2, 30), "d": Integer(2, 12), "n": Integer(4, 30)},
        wordings=(
            Wording(
                "the value of term number $[[n]]$",
                given="An arithmetic sequence has first term $[[a]]$ and common difference $[[d]]$.",
            ),
            Wording(
                "the number of points for level $[[n]]$",
                given="The first level of a game is worth $[[a]]$ points, and every further level is worth $[[d]]$ "
                "points more than the level before it.",
            ),
            Wording(
                "the value of $x_{[[n]]}$",
                given="Let $x_{1} = [[a]]$ and $x_{i+1} = x_{i} + [[d]]$ for all $i \\ge 1$.",
            ),
        ),
        solve=_arithmetic_term,
        check=lambda params: list(itertools.islice(itertools.count(params["a"], params["d"]), params["n"]))[-1],
    ),
    Family(
        name="common_difference",
        concepts=("common difference", "arithmetic sequences"),
        school_level="middle school",
        slots={"p": Integer(2, 15), "u": Integer(3, 60), "q": Integer(5, 30), "v": Integer(20, 300)},
        wordings=(
            Wording(
                "the common difference",
                given="In an arithmetic sequence, term number $[[p]]$ is $[[u]]$ and term number $[[q]]$ is $[[v]]$.",
            ),
            Wording(
                "the distance in metres between two neighbouring lamps",
                given="Along a straight street the lamps are numbered $1, 2, 3$ and so on, starting near a corner, and "
                "stand at equal distances. Lamp number $[[p]]$ is $[[u]]$ m from the corner, and lamp number $[[q]]$ "
                "is $[[v]]$ m from it.",
            ),
            Wording(
                "the amount in euros that is added every week",
                given="Every week the same amount is put into a box. After $[[p]]$ weeks it holds $[[u]]$ euros, "
                "after $[[q]]$ weeks $[[v]]$ euros.",
            ),
        ),
        solve=_difference,
        check=lambda params: next(
            d for d in range(1, 300) if params["u"] + d * (params["q"] - params["p"]) == params["v"]
        ),
        where=lambda params: (
            params["p"] + 1 < params["q"]
            and params["u"] < params["v"]
            and (params["v"] - params["u"]) % (params["q"] - params["p"]) == 0
        ),
    ),
    Family(
        name="arithmetic_sum",
        concepts=("arithmetic series", "arithmetic sequences"),
        school_level="high school",
        slots={"a": Integer(2, 40), "d": Integer(2, 15), "n": Integer(5, 40)},
        wordings=(
            Wording(
                "the sum of the first $[[n]]$ terms",
                given="An arithmetic sequence begins with $[[a]]$ and has common difference $[[d]]$.",
            ),
            Wording(
                "the total number of letters that she folds in $[[n]]$ days",
                given="On the first day of a campaign, Eva folds $[[a]]$ letters. "
                "On every further day she folds $[[d]]$ letters more than on the day before.",
            ),
            Wording("the sum of $[[a]] + [[d]]x$ over all integers $x$ with $0 \\le x < [[n]]$"),
        ),
        solve=_arithmetic_sum,
        check=lambda params: sum(params["a"] + params["d"] * i for i in range(params["n"])),
    ),
    Family(
        name="number_of_terms",
        concepts=("arithmetic sequences", "linear inequalities"),
        school_level="middle school",
        slots={"a": Integer(2, 40), "d": Integer(3, 20), "b": Integer(30, 400)},
        wordings=(
            Wording(
                "the number of terms that do not exceed $[[b]]$",
                given="An arithmetic sequence starts with $[[a]]$ and has common difference $[[d]]$.",
            ),
            Wording(
                "the number of departures up to and including minute $[[b]]$",
                given="The first train leaves at minute $[[a]]$, and after that a train leaves every $[[d]]$ minutes.",
            ),
            Wording(
                "the number of integers $x$ with $[[a]] \\le x \\le [[b]]$ for which $x - [[a]]$ is divisible by "
                "$[[d]]$"
            ),
        ),
        solve=_count_terms,
        check=lambda params: len(np.arange(params["a"], params["b"] + 1, params["d"])),
        where=lambda params: params["b"] > params["a"] + 2 * params["d"],
    ),
    Family(
        name="geometric_term",
        concepts=("geometric sequences", "common ratio"),
        school_level="high school",
        slots={"a": Integer(2, 30), "r": Integer(2, 6), "n": Integer(3, 8)},
        wordings=(
            Wording(
                "the value of term number $[[n]]$",
                given="A geometric sequence has first term $[[a]]$ and common ratio $[[r]]$.",
            ),
            Wording(
                "the number of new members who join in week $[[n]]$",
                given="In the first week $[[a]]$ people join a club. "
                "In every further week $[[r]]$ times as many people join as in the week before.",
            ),
            Wording(
                "the value of $x_{[[n]]}$",
                given="Let $x_{1} = [[a]]$ and $x_{i+1} = [[r]] \\cdot x_{i}$ for $i \\ge 1$.",
            ),
        ),
        solve=_geometric_term,
        check=lambda params: math.prod([params["r"]] * (params["n"] - 1), start=params["a"]),
        where=lambda params: params["a"] * params["r"] ** (params["n"] - 1) <= 10_000,
    ),
    Family(
        name="geometric_sum",
        concepts=("geometric series", "common ratio"),
        school_level="high school",
        slots={"a": Integer(2, 30), "r": Integer(2, 6), "n": Integer(3, 8)},
        wordings=(
            Wording(
                "the sum of the first $[[n]]$ terms",
                given="A geometric sequence begins with $[[a]]$ and has common ratio $[[r]]$.",
            ),
            Wording("the sum of $[[a]] \\cdot [[r]]^{x}$ over all integers $x$ with $0 \\le x < [[n]]$"),
            Wording(
                "the total number of letters that are sent in the first $[[n]]$ rounds",
                given="In the first round of a chain letter, $[[a]]$ letters are sent. "
                "In every further round $[[r]]$ times as many letters are sent as in the round before.",
            ),
        ),
        solve=_geometric_sum,
        check=lambda params: sum(params["a"] * params["r"] ** i for i in range(params["n"])),
        where=lambda params: params["a"] * params["r"] ** params["n"] <= 30_000,
    ),
    Family(
        name="infinite_geometric_sum",
        concepts=("infinite geometric series", "common ratio"),
        school_level="high school",
        slots={"a": Integer(2, 60), "p": Integer(1, 8, link=False), "q": Integer(2, 12)},
        wordings=(
            Wording(
                "the sum of the infinite series",
                given="An infinite geometric series has first term $[[a]]$ and common ratio $\\frac{[[p]]}{[[q]]}$.",
            ),
            Wording(
                "the total distance in metres that the snail approaches in the long run",
                given="On the first day a snail crawls $[[a]]$ m. On every further day it crawls "
                "$\\frac{[[p]]}{[[q]]}$ "
                "of the distance of the day before, without end.",
            ),
            Wording("the sum $\\sum_{i=0}^{\\infty} [[a]] \\cdot \\left(\\frac{[[p]]}{[[q]]}\\right)^{i}$"),
        ),
        solve=_infinite_sum,
        check=lambda params: math.fsum(params["a"] * (params["p"] / params["q"]) ** i for i in range(400)),
        where=lambda params: (
            params["p"] < params["q"]
            and math.gcd(params["p"], params["q"]) == 1
            and params["a"] * params["q"] % (params["q"] - params["p"]) == 0
        ),
    ),
    Family(
        name="term_from_partial_sums",
        concepts=("partial sums", "arithmetic sequences"),
        school_level="high school",
        slots={"a": Integer(2, 6), "b": Integer(2, 20), "n": Integer(3, 16)},
        wordings=(
            Wording(
                "the value of term number $[[n]]$",
                given="For every $i \\ge 1$, the first $i$ terms of a sequence have the sum $[[a]]i^{2} + [[b]]i$.",
            ),
            Wording(
                "the number of parts that are made on day $[[n]]$ alone",
                given="In its first $x$ days a new factory makes $[[a]]x^{2} + [[b]]x$ parts in total, "
                "for every positive integer $x$.",
            ),
            Wording(
                "the value of entry number $[[n]]$ of the sequence",
                given="The cumulative sums of a sequence are $[[a]]i^{2} + [[b]]i$ for $i = 1, 2, 3, \\ldots$ in "
                "order.",
            ),
        ),
        solve=_term_from_sums,
        check=lambda params: int(np.diff([params["a"] * i * i + params["b"] * i for i in range(params["n"] + 1)])[-1]),
    ),
)
