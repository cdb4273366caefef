"""Combinatorics: the principles of counting."""

from __future__ import annotations

import functools
import itertools
import math

from ..family import Family, Params, Solution, Topic, Wording
from ..slots import Integer
from .combinatorics_selections import choose, falling

TOPICS = (
    Topic(
        "Counting Principles",
        subject="Combinatorics",
        school_level="competition",
        concepts={
            "inclusion-exclusion principle": ("inclusion-exclusion", "principle of inclusion and exclusion"),
            "pigeonhole principle": ("pigeonhole", "dirichlet box principle"),
            "stars and bars": ("combinations with replacement", "combinations with repetition", "multichoose"),
            "complementary counting": ("counting the complement",),
            "lattice paths": ("lattice path", "grid paths", "monotonic paths"),
            "compositions of an integer": ("integer composition", "integer compositions", "ordered partitions"),
        },
    ),
)


def _at_least_one(params: Params) -> Solution:
    a, b, r = params["a"], params["b"], params["r"]
    everyone, without = math.comb(a + b, r), math.comb(b, r)
    return Solution(
        (
            f"Without the condition there are ${choose(a + b, r)}$ choices from all ${a} + {b} = {a + b}$.",
            f"The choices that break the condition use only the ${b}$ others, and there are ${choose(b, r)}$ of them.",
            f"What remains is ${everyone} - {without} = {everyone - without}$.",
        ),
        everyone - without,
    )


def _multiples_of_either(params: Params) -> Solution:
    n, a, b = params["n"], params["a"], params["b"]
    both = math.lcm(a, b)
    x, y, z = n // a, n // b, n // both
    return Solution(
        (
            rf"There are $\lfloor {n} / {a} \rfloor = {x}$ multiples of ${a}$ and "
            rf"$\lfloor {n} / {b} \rfloor = {y}$ multiples of ${b}$.",
            f"A number is a multiple of both exactly if it is a multiple of ${both}$, the least common multiple.",
            rf"There are $\lfloor {n} / {both} \rfloor = {z}$ of these, and they were counted twice.",
            f"By inclusion and exclusion the number is ${x} + {y} - {z} = {x + y - z}$.",
        ),
        x + y - z,
    )


def _pigeonhole(params: Params) -> Solution:
    n, r = params["n"], params["r"]
    worst = n * (r - 1)
    return Solution(
        (
            f"In the worst case there are ${r} - 1 = {r - 1}$ in each of the ${n}$ classes.",
            rf"So ${n} \cdot {r - 1} = {worst}$ are not yet enough.",
            f"One more has to make ${r}$ in some class, by the pigeonhole principle.",
            f"The least number is ${worst} + 1 = {worst + 1}$.",
        ),
        worst + 1,
    )


def _pigeonhole_supply(params: Params) -> Solution:
    counts, r = [params["a"], params["b"], params["c"]], params["r"]
    worst = [min(count, r - 1) for count in counts]
    total = sum(worst)
    return Solution(
        (
            f"The worst case takes as many as possible without having ${r}$ of one kind.",
            f"That is at most ${r} - 1 = {r - 1}$ of each kind, and never more than there are: "
            f"${worst[0]} + {worst[1]} + {worst[2]} = {total}$.",
            f"The next one completes ${r}$ of one kind, so ${total} + 1 = {total + 1}$ are needed.",
        ),
        total + 1,
    )


def _worst_supply(params: Params) -> int:
    """The largest draw without r of one colour, plus one, by trying every draw."""
    kinds = (range(params[name] + 1) for name in "abc")
    return 1 + max(sum(draw) for draw in itertools.product(*kinds) if max(draw) < params["r"])


def _share_out(params: Params) -> Solution:
    n, r = params["n"], params["r"]
    count = math.comb(n + r - 1, r - 1)
    return Solution(
        (
            f"Write the ${n}$ units as stars and separate the ${r}$ shares with ${r} - 1 = {r - 1}$ bars.",
            f"Every row of ${n} + {r - 1} = {n + r - 1}$ symbols with ${r - 1}$ bars gives exactly one distribution.",
            f"The number of distributions is ${choose(n + r - 1, r - 1)}$.",
        ),
        count,
    )


def _share_out_positive(params: Params) -> Solution:
    n, r = params["n"], params["r"]
    count = math.comb(n - 1, r - 1)
    return Solution(
        (
            f"Set ${n}$ units in a row; between them are ${n} - 1 = {n - 1}$ gaps.",
            f"Cutting the row at ${r} - 1 = {r - 1}$ different gaps gives ${r}$ parts, none of them empty.",
            f"The number of ways is ${choose(n - 1, r - 1)}$.",
        ),
        count,
    )


@functools.cache
def _distributions(n: int, shares: int, least: int) -> int:
    """Ordered ways to write n as `shares` numbers of at least `least`, share by share."""
    if shares == 1:
        return int(n >= least)
    return sum(_distributions(n - first, shares - 1, least) for first in range(least, n + 1))


def _grid_paths(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    r = min(a, b)
    return Solution(
        (
            f"Every path has ${a} + {b} = {a + b}$ steps, of which ${a}$ go to the right and ${b}$ go up.",
            f"A path is fixed by saying which ${r}$ of the ${a + b}$ steps are of the rarer kind."
            if a != b
            else f"A path is fixed by saying which ${r}$ of the ${a + b}$ steps go up.",
            f"The number of paths is ${choose(a + b, r)}$.",
        ),
        math.comb(a + b, r),
    )


def _grid_paths_through(params: Params) -> Solution:
    a, b, c, d = params["a"], params["b"], params["c"], params["d"]
    first, second = math.comb(a + b, b), math.comb(c + d, d)
    return Solution(
        (
            f"The first stretch has ${a} + {b} = {a + b}$ steps, so it can be walked in ${choose(a + b, b)}$ ways.",
            f"The second stretch has ${c} + {d} = {c + d}$ steps, so it can be walked in ${choose(c + d, d)}$ ways.",
            rf"Together there are ${first} \cdot {second} = {first * second}$ paths.",
        ),
        first * second,
    )


@functools.cache
def _walks(a: int, b: int) -> int:
    """Paths with a steps right and b steps up, by the last step."""
    return 1 if a == 0 or b == 0 else _walks(a - 1, b) + _walks(a, b - 1)


def _repeated_symbol(params: Params) -> Solution:
    n = params["n"]
    total, distinct = n**3, math.perm(n, 3)
    return Solution(
        (
            f"In all there are ${n}^3 = {total}$ codes of three symbols.",
            f"Codes with three different symbols number ${falling(n, 3)} = {distinct}$.",
            f"All the others repeat a symbol: ${total} - {distinct} = {total - distinct}$.",
        ),
        total - distinct,
    )


FAMILIES = (
    Family(
        name="at_least_one_of_a_kind",
        concepts=("complementary counting", "binomial coefficients"),
        school_level="high school",
        slots={"a": Integer(2, 15), "b": Integer(4, 20), "r": Integer(2, 4, link=False)},
        wordings=(
            Wording(
                "the number of committees of $[[r]]$ people with at least one teacher",
                given="A committee is chosen from $[[a]]$ teachers and $[[b]]$ students.",
            ),
            Wording(
                "the number of ways to choose $[[r]]$ of the bulbs so that at least one of the chosen bulbs is "
                "defective",
                given="A box holds $[[a]]$ defective and $[[b]]$ good light bulbs, all numbered.",
            ),
            Wording(
                "the number of $[[r]]$-element subsets of the vases that contain at least one cracked vase",
                given="In a shop window stand $[[a]]$ cracked vases and $[[b]]$ whole vases, no two of them alike.",
            ),
        ),
        solve=_at_least_one,
        check=lambda p: sum(math.comb(p["a"], i) * math.comb(p["b"], p["r"] - i) for i in range(1, p["r"] + 1)),
    ),
    Family(
        name="multiples_of_either",
        concepts=("inclusion-exclusion principle",),
        school_level="middle school",
        slots={"n": Integer(20, 400), "a": Integer(2, 15), "b": Integer(2, 15)},
        wordings=(
            Wording(
                "the number of positive integers up to $[[n]]$ that are divisible by $[[a]]$ or by $[[b]]$, or by both"
            ),
            Wording(
                "the number of posts that get some paint",
                given="Fence posts are numbered from $1$ to $[[n]]$. The posts whose number is a multiple of $[[a]]$ "
                "get a red stripe, and those whose number is a multiple of $[[b]]$ get a blue stripe.",
            ),
            Wording(
                "the number of days on which at least one of the two machines is serviced",
                given="Over a period of $[[n]]$ days, numbered from $1$, one machine is serviced on each day whose "
                "number is divisible by $[[a]]$ and another one on each day whose number is divisible by $[[b]]$.",
            ),
        ),
        solve=_multiples_of_either,
        check=lambda p: sum(i % p["a"] == 0 or i % p["b"] == 0 for i in range(1, p["n"] + 1)),
        where=lambda p: p["a"] % p["b"] != 0 and p["b"] % p["a"] != 0 and math.lcm(p["a"], p["b"]) <= p["n"],
    ),
    Family(
        name="pigeonhole_classes",
        concepts=("pigeonhole principle",),
        school_level="middle school",
        slots={"n": Integer(2, 30), "r": Integer(2, 20)},
        wordings=(
            Wording(
                "the least number of marbles that must be drawn, without looking, to be certain of $[[r]]$ marbles "
                "of one colour",
                given="A bag holds marbles of $[[n]]$ different colours, and at least $[[r]]$ of each colour.",
            ),
            Wording(
                "the smallest number of letters that guarantees that some box receives at least $[[r]]$ letters",
                given="A postman distributes letters among $[[n]]$ letter boxes.",
            ),
            Wording(
                "the smallest size of a collection of integers that must contain $[[r]]$ integers leaving the same "
                "remainder on division by $[[n]]$"
            ),
        ),
        solve=_pigeonhole,
        check=lambda p: next(size for size in itertools.count(1) if -(-size // p["n"]) >= p["r"]),
    ),
    Family(
        name="pigeonhole_limited_supply",
        concepts=("pigeonhole principle",),
        school_level="competition",
        slots={"a": Integer(2, 15), "b": Integer(2, 15), "c": Integer(2, 15), "r": Integer(3, 9)},
        wordings=(
            Wording(
                "the least number of socks that must be taken in the dark to be certain of $[[r]]$ of the same colour",
                given="A drawer holds $[[a]]$ black, $[[b]]$ white and $[[c]]$ brown socks.",
            ),
            Wording(
                "the least number of sweets to take, with closed eyes, that guarantees $[[r]]$ of one flavour",
                given="In a jar there are $[[a]]$ lemon, $[[b]]$ cherry and $[[c]]$ mint sweets.",
            ),
            Wording(
                "the smallest number of balls whose drawing forces $[[r]]$ balls of one colour",
                given="An urn contains $[[a]]$ red, $[[b]]$ yellow and $[[c]]$ blue balls. Balls are drawn without "
                "replacement.",
            ),
        ),
        solve=_pigeonhole_supply,
        check=_worst_supply,
        where=lambda p: max(p["a"], p["b"], p["c"]) >= p["r"] > min(p["a"], p["b"], p["c"]),
    ),
    Family(
        name="stars_and_bars",
        concepts=("stars and bars", "binomial coefficients"),
        school_level="high school",
        slots={"n": Integer(3, 30), "r": Integer(3, 4, link=False)},
        wordings=(
            Wording("the number of ways to write $[[n]]$ as an ordered sum of $[[r]]$ non-negative integers"),
            Wording(
                "the number of different boxes of $[[n]]$ doughnuts",
                given="A bakery sells $[[r]]$ sorts of doughnut, and there are plenty of each. Only the number of "
                "doughnuts of each sort in a box matters.",
            ),
            Wording(
                "the number of ways to place $[[n]]$ identical balls into $[[r]]$ numbered urns, where urns may stay "
                "empty"
            ),
        ),
        solve=_share_out,
        check=lambda params: _distributions(params["n"], params["r"], 0),
    ),
    Family(
        name="compositions_into_parts",
        concepts=("compositions of an integer", "stars and bars"),
        school_level="high school",
        slots={"n": Integer(5, 30), "r": Integer(3, 5, link=False)},
        wordings=(
            Wording(
                "the number of compositions of $[[n]]$ into exactly $[[r]]$ positive integers, where the order counts"
            ),
            Wording(
                "the number of ways to hand out $[[n]]$ identical coins to $[[r]]$ children so that each child gets "
                "at least one"
            ),
            Wording(
                "the number of possible training plans",
                given="An athlete wants to run $[[n]]$ kilometres in $[[r]]$ days, on each day a positive whole "
                "number of kilometres. Plans with the same distances on different days are different.",
            ),
        ),
        solve=_share_out_positive,
        check=lambda params: _distributions(params["n"], params["r"], 1),
        where=lambda params: params["n"] > params["r"],
    ),
    Family(
        name="grid_paths",
        concepts=("lattice paths", "binomial coefficients"),
        school_level="high school",
        slots={"a": Integer(2, 20), "b": Integer(2, 5)},
        wordings=(
            Wording(
                "the number of lattice paths from $(0, 0)$ to $([[a]], [[b]])$ whose steps all go one unit right or "
                "one unit up"
            ),
            Wording(
                "the number of shortest routes from the station to the museum",
                given="In a town whose streets form a square grid, the museum lies $[[a]]$ blocks east and $[[b]]$ "
                "blocks north of the station.",
            ),
            Wording(
                "the number of ways in which the robot can reach its target",
                given="A robot on a grid moves one cell right or one cell up at a time. Its target lies $[[a]]$ "
                "cells to the right of its start and $[[b]]$ cells above it.",
            ),
        ),
        solve=_grid_paths,
        check=lambda params: _walks(params["a"], params["b"]),
    ),
    Family(
        name="grid_paths_through_point",
        concepts=("lattice paths", "rule of product"),
        school_level="high school",
        slots={"a": Integer(2, 12), "b": Integer(2, 3), "c": Integer(2, 12), "d": Integer(2, 3)},
        wordings=(
            Wording(
                "the number of shortest routes from the school to the pool that pass the library",
                given="All streets run along a square grid. The library is $[[a]]$ blocks east and $[[b]]$ blocks "
                "north of the school, and the pool is $[[c]]$ blocks east and $[[d]]$ blocks north of the "
                "library.",
            ),
            Wording(
                "the number of ways to complete the walk",
                given="A walk on the integer lattice uses unit steps to the right and unit steps upwards. First it "
                "leads $[[a]]$ units to the right and $[[b]]$ units up to a resting point, then a further "
                "$[[c]]$ units to the right and $[[d]]$ units up.",
            ),
            Wording(
                "the number of ways in which the ant can reach the sugar by way of the crumb",
                given="An ant crawls along grid lines, only rightwards and upwards. Seen from the ant, a crumb lies "
                "$[[a]]$ units to the right and $[[b]]$ units up. Seen from the crumb, the sugar lies $[[c]]$ "
                "units to the right and $[[d]]$ units up.",
            ),
        ),
        solve=_grid_paths_through,
        check=lambda p: _walks(p["a"], p["b"]) * _walks(p["c"], p["d"]),
    ),
    Family(
        name="codes_with_repetition",
        concepts=("complementary counting", "permutations"),
        school_level="high school",
        slots={"n": Integer(4, 40)},
        wordings=(
            Wording(
                "the number of codes of three symbols, taken from $[[n]]$ different symbols, in which some symbol "
                "occurs more than once"
            ),
            Wording(
                "the number of settings that use some number at least twice",
                given="A lock has three wheels, one after the other, and each of them shows one of $[[n]]$ numbers.",
            ),
            Wording(
                "the number of three-letter words, meaningful or not, that have a repeated letter",
                given="The alphabet of a language has $[[n]]$ letters.",
            ),
        ),
        solve=_repeated_symbol,
        check=lambda params: params["n"] + 3 * params["n"] * (params["n"] - 1),
    ),
)
