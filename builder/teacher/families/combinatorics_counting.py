"""Combinatorics, first half: permutations, combinations and the principles of counting."""

from __future__ import annotations

import functools
import itertools
import math

from ..family import Family, Params, Solution, Topic, Wording
from ..slots import Integer

TOPICS = (
    Topic(
        "Permutations and Combinations",
        subject="Combinatorics",
        school_level="high school",
        concepts={
            "permutations": ("permutation", "number of permutations", "ordered arrangements"),
            "multiset permutations": (
                "multinomial coefficient",
                "permutations with repetition",
                "permutations of a multiset",
            ),
            "circular permutations": ("circular permutation", "circular arrangements"),
            "binomial coefficients": ("binomial coefficient", "n choose k", "number of combinations", "binom"),
            "combinations with restrictions": ("restricted combinations", "non-adjacent selections"),
            "rule of product": ("multiplication principle", "fundamental counting principle"),
        },
    ),
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


def _choose(n: int, r: int) -> str:
    r"""`\binom{7}{2} = \frac{7 \cdot 6}{2 \cdot 1} = 21`; without the fraction where it would say nothing."""
    symbol, value = rf"\binom{{{n}}}{{{r}}}", math.comb(n, r)
    if r < 2 or r > 5:
        return f"{symbol} = {value}"
    return rf"{symbol} = \frac{{{_falling(n, r)}}}{{{_falling(r, r)}}} = {value}"


def _falling(n: int, r: int) -> str:
    """`7 \\cdot 6 \\cdot 5`: r factors from n downwards."""
    return r" \cdot ".join(str(n - i) for i in range(r))


def _fill_places(params: Params) -> Solution:
    n, r = params["n"], params["r"]
    count = math.perm(n, r)
    return Solution(
        (
            f"There are ${n}$ possibilities for the first choice, and each later choice has one possibility fewer.",
            f"In all ${r}$ choices are made, one after the other.",
            f"By the rule of product the number is ${_falling(n, r)} = {count}$.",
        ),
        count,
    )


def _arrange_colours(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    n = a + b + c
    count = math.factorial(n) // (math.factorial(a) * math.factorial(b) * math.factorial(c))
    return Solution(
        (
            f"There are ${a} + {b} + {c} = {n}$ objects in the row.",
            "Exchanging two objects of the same colour changes nothing, so we divide by the orders within each colour.",
            rf"The number of arrangements is $\frac{{{n}!}}{{{a}! \cdot {b}! \cdot {c}!}} = {count}$.",
        ),
        count,
    )


def _seat_pair(params: Params) -> Solution:
    n = params["n"]
    count = 2 * math.factorial(n - 2)
    return Solution(
        (
            f"Treat the two who are to be neighbours as one block, which leaves ${n} - 1 = {n - 1}$ units.",
            f"Around a circle, ${n - 1}$ units can be arranged in $({n - 1} - 1)! = {math.factorial(n - 2)}$ ways.",
            "Within the block the two can change places, which doubles the count.",
            rf"The number of arrangements is $2 \cdot {math.factorial(n - 2)} = {count}$.",
        ),
        count,
    )


def _at_least_one(params: Params) -> Solution:
    a, b, r = params["a"], params["b"], params["r"]
    everyone, without = math.comb(a + b, r), math.comb(b, r)
    return Solution(
        (
            f"Without the condition there are ${_choose(a + b, r)}$ choices from all ${a} + {b} = {a + b}$.",
            f"The choices that break the condition use only the ${b}$ others, and there are ${_choose(b, r)}$ of them.",
            f"What remains is ${everyone} - {without} = {everyone - without}$.",
        ),
        everyone - without,
    )


def _two_groups(params: Params) -> Solution:
    a, b, r, s = params["a"], params["b"], params["r"], params["s"]
    first, second = math.comb(a, r), math.comb(b, s)
    return Solution(
        (
            f"From the first kind there are ${_choose(a, r)}$ choices.",
            f"From the second kind there are ${_choose(b, s)}$ choices.",
            rf"The two choices are independent, so the number is ${first} \cdot {second} = {first * second}$.",
        ),
        first * second,
    )


def _no_two_adjacent(params: Params) -> Solution:
    n, r = params["n"], params["r"]
    free = n - r
    count = math.comb(free + 1, r)
    return Solution(
        (
            f"Set the ${n} - {r} = {free}$ places that are not chosen in a row.",
            f"They leave ${free} + 1 = {free + 1}$ gaps, counting both ends, and each gap can take at most one chosen "
            f"place.",
            f"We choose ${r}$ of the gaps, so the number is ${_choose(free + 1, r)}$.",
        ),
        count,
    )


@functools.cache
def _count_sparse(n: int, r: int) -> int:
    """Choices of r places in a row of n, no two side by side, by looking at the last place."""
    if r == 0:
        return 1
    return 0 if n <= 0 else _count_sparse(n - 1, r) + _count_sparse(n - 2, r - 1)


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
            f"The number of distributions is ${_choose(n + r - 1, r - 1)}$.",
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
            f"The number of ways is ${_choose(n - 1, r - 1)}$.",
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
            f"The number of paths is ${_choose(a + b, r)}$.",
        ),
        math.comb(a + b, r),
    )


def _grid_paths_through(params: Params) -> Solution:
    a, b, c, d = params["a"], params["b"], params["c"], params["d"]
    first, second = math.comb(a + b, b), math.comb(c + d, d)
    return Solution(
        (
            f"The first stretch has ${a} + {b} = {a + b}$ steps, so it can be walked in ${_choose(a + b, b)}$ ways.",
            f"The second stretch has ${c} + {d} = {c + d}$ steps, so it can be walked in ${_choose(c + d, d)}$ ways.",
            rf"Together there are ${first} \cdot {second} = {first * second}$ paths.",
        ),
        first * second,
    )


@functools.cache
def _walks(a: int, b: int) -> int:
    """Paths with a steps right and b steps up, by the last step."""
    return 1 if a == 0 or b == 0 else _walks(a - 1, b) + _walks(a, b - 1)


def _optional_choice(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    count = (a + 1) * b * c
    return Solution(
        (
            f"For the optional part there are ${a} + 1 = {a + 1}$ possibilities, because doing without is one of them.",
            f"For the other two parts there are ${b}$ and ${c}$ possibilities.",
            rf"By the rule of product the number is ${a + 1} \cdot {b} \cdot {c} = {count}$.",
        ),
        count,
    )


def _repeated_symbol(params: Params) -> Solution:
    n = params["n"]
    total, distinct = n**3, math.perm(n, 3)
    return Solution(
        (
            f"In all there are ${n}^3 = {total}$ codes of three symbols.",
            f"Codes with three different symbols number ${_falling(n, 3)} = {distinct}$.",
            f"All the others repeat a symbol: ${total} - {distinct} = {total - distinct}$.",
        ),
        total - distinct,
    )


def _below_million(params: Params) -> bool:
    return math.perm(params["n"], params["r"]) < 500_000


FAMILIES = (
    Family(
        name="ordered_selection",
        concepts=("permutations", "rule of product"),
        school_level="high school",
        slots={"n": Integer(4, 30), "r": Integer(2, 4, link=False)},
        wordings=(
            Wording("the number of ordered selections of $[[r]]$ different objects from $[[n]]$ distinct objects"),
            Wording(
                "the number of ways in which the first $[[r]]$ places can be taken",
                given="In a race with $[[n]]$ runners there are no ties.",
            ),
            Wording(
                "the number of different playlists",
                given="From $[[n]]$ songs a playlist of $[[r]]$ different songs is made, and the order of the songs "
                "matters.",
            ),
            Wording(
                "the number of ways to fill the posts",
                given="A club with $[[n]]$ members has $[[r]]$ different posts, and nobody may hold more than one of "
                "them.",
            ),
        ),
        solve=_fill_places,
        check=lambda params: math.factorial(params["n"]) // math.factorial(params["n"] - params["r"]),
        where=_below_million,
    ),
    Family(
        name="coloured_row",
        concepts=("multiset permutations", "permutations"),
        school_level="high school",
        slots={"a": Integer(2, 16), "b": Integer(2, 4), "c": Integer(2, 3)},
        wordings=(
            Wording(
                "the number of distinct arrangements of $[[a]]$ red, $[[b]]$ blue and $[[c]]$ green balls in a row, "
                "where balls of the same colour cannot be told apart"
            ),
            Wording(
                "the number of different signals",
                given="A ship signals by hoisting $[[a]]$ red, $[[b]]$ blue and $[[c]]$ green flags one above the "
                "other. All the flags are used, and flags of one colour look alike.",
            ),
            Wording(
                "the number of different borders that can be laid",
                given="A gardener lays a border of $[[a]]$ white stones, $[[b]]$ grey stones and $[[c]]$ black "
                "stones in one line from left to right. Stones of the same colour are identical.",
            ),
        ),
        solve=_arrange_colours,
        check=lambda p: math.comb(p["a"] + p["b"] + p["c"], p["c"]) * math.comb(p["a"] + p["b"], p["b"]),
        where=lambda p: math.comb(p["a"] + p["b"] + p["c"], p["c"]) * math.comb(p["a"] + p["b"], p["b"]) < 500_000,
    ),
    Family(
        name="round_table_neighbours",
        concepts=("circular permutations", "permutations"),
        school_level="high school",
        slots={"n": Integer(4, 9)},
        wordings=(
            Wording(
                "the number of ways to seat $[[n]]$ people at a round table so that Ann and Ben, two of them, are "
                "neighbours, where seatings that differ by a rotation count as one"
            ),
            Wording(
                "the number of different ways to hang the beads",
                given="A ring is to hold $[[n]]$ different beads, two of which, the gold one and the silver one, "
                "have to be neighbours. Rotations of the ring count as the same, reflections do not.",
            ),
            Wording(
                "the number of seatings, where rotations are not distinguished",
                given="The $[[n]]$ members of a council sit in a circle. The chair and the secretary sit side by side.",
            ),
        ),
        solve=_seat_pair,
        check=lambda p: math.factorial(p["n"] - 1) - (p["n"] - 3) * math.factorial(p["n"] - 2),
    ),
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
        name="choice_from_two_groups",
        concepts=("binomial coefficients", "rule of product"),
        school_level="high school",
        slots={
            "a": Integer(3, 20),
            "b": Integer(3, 12),
            "r": Integer(2, 3, link=False),
            "s": Integer(2, 3, link=False),
        },
        wordings=(
            Wording(
                "the number of ways to choose $[[r]]$ violinists and $[[s]]$ cellists",
                given="An orchestra has $[[a]]$ violinists and $[[b]]$ cellists.",
            ),
            Wording(
                "the number of possible examinations",
                given="An examination has $[[r]]$ algebra problems, taken from a list of $[[a]]$, and $[[s]]$ geometry "
                "problems, taken from a list of $[[b]]$. The order of the problems does not matter.",
            ),
            Wording(
                "the number of possible choices of $[[r]]$ novels and $[[s]]$ biographies for a holiday",
                given="On a shelf there are $[[a]]$ different novels and $[[b]]$ different biographies.",
            ),
        ),
        solve=_two_groups,
        check=lambda p: (
            sum(1 for _ in itertools.combinations(range(p["a"]), p["r"]))
            * sum(1 for _ in itertools.combinations(range(p["b"]), p["s"]))
        ),
        where=lambda p: p["r"] < p["a"] and p["s"] < p["b"],
    ),
    Family(
        name="no_two_adjacent",
        concepts=("combinations with restrictions", "binomial coefficients"),
        school_level="competition",
        slots={"n": Integer(5, 30), "r": Integer(2, 4, link=False)},
        wordings=(
            Wording(r"the number of ways to choose $[[r]]$ numbers from $1, 2, \ldots, [[n]]$ with no two consecutive"),
            Wording(
                "the number of ways to choose the seats",
                given="In a row of $[[n]]$ chairs, $[[r]]$ chairs are to be reserved so that no two reserved chairs "
                "are side by side.",
            ),
            Wording(
                "the number of ways to pick the lamps",
                given="Along a straight road stand $[[n]]$ street lamps. To save power, $[[r]]$ of them are switched "
                "off, but never two next to each other.",
            ),
        ),
        solve=_no_two_adjacent,
        check=lambda params: _count_sparse(params["n"], params["r"]),
        where=lambda params: params["n"] >= 2 * params["r"] + 1,
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
        name="menu_with_optional_part",
        concepts=("rule of product",),
        school_level="elementary",
        slots={"a": Integer(2, 30), "b": Integer(2, 12), "c": Integer(2, 12)},
        wordings=(
            Wording(
                "the number of different meals",
                given="A menu lists $[[a]]$ starters, $[[b]]$ main courses and $[[c]]$ desserts. A meal has one main "
                "course and one dessert; a starter may be added or left out.",
            ),
            Wording(
                "the number of outfits that Mira can wear",
                given="Mira owns $[[a]]$ scarves, $[[b]]$ coats and $[[c]]$ pairs of boots. An outfit consists of a "
                "coat and a pair of boots, with one scarf or with none.",
            ),
            Wording(
                "the number of versions in which the bicycle can be ordered",
                given="A bicycle comes in $[[b]]$ colours and $[[c]]$ frame sizes. The buyer can have one of $[[a]]$ "
                "baskets mounted on it, or no basket at all.",
            ),
        ),
        solve=_optional_choice,
        check=lambda p: p["a"] * p["b"] * p["c"] + p["b"] * p["c"],
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
