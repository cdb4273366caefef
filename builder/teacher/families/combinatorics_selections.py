"""Combinatorics: permutations and combinations."""

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
)


def choose(n: int, r: int) -> str:
    r"""`\binom{7}{2} = \frac{7 \cdot 6}{2 \cdot 1} = 21`; without the fraction where it would say nothing."""
    symbol, value = rf"\binom{{{n}}}{{{r}}}", math.comb(n, r)
    if r < 2 or r > 5:
        return f"{symbol} = {value}"
    return rf"{symbol} = \frac{{{falling(n, r)}}}{{{falling(r, r)}}} = {value}"


def falling(n: int, r: int) -> str:
    """`7 \\cdot 6 \\cdot 5`: r factors from n downwards."""
    return r" \cdot ".join(str(n - i) for i in range(r))


def _fill_places(params: Params) -> Solution:
    n, r = params["n"], params["r"]
    count = math.perm(n, r)
    return Solution(
        (
            f"There are ${n}$ possibilities for the first choice, and each later choice has one possibility fewer.",
            f"In all ${r}$ choices are made, one after the other.",
            f"By the rule of product the number is ${falling(n, r)} = {count}$.",
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


def _two_groups(params: Params) -> Solution:
    a, b, r, s = params["a"], params["b"], params["r"], params["s"]
    first, second = math.comb(a, r), math.comb(b, s)
    return Solution(
        (
            f"From the first kind there are ${choose(a, r)}$ choices.",
            f"From the second kind there are ${choose(b, s)}$ choices.",
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
            f"We choose ${r}$ of the gaps, so the number is ${choose(free + 1, r)}$.",
        ),
        count,
    )


@functools.cache
def _count_sparse(n: int, r: int) -> int:
    """Choices of r places in a row of n, no two side by side, by looking at the last place."""
    if r == 0:
        return 1
    return 0 if n <= 0 else _count_sparse(n - 1, r) + _count_sparse(n - 2, r - 1)


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
)
