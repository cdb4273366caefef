"""Combinatorics: numbers with a name, from Catalan to Bell."""

from __future__ import annotations

import math

import sympy
from sympy.functions.combinatorial.numbers import bell, catalan, stirling

from ..family import Family, Params, Solution, Topic, Wording
from ..slots import Integer

TOPICS = (
    Topic(
        "Special Counting Numbers",
        subject="Combinatorics",
        school_level="college",
        concepts={
            "derangements": ("derangement", "subfactorial", "permutations without fixed points"),
            "catalan numbers": ("catalan number", "balanced parentheses", "dyck paths", "dyck path"),
            "stirling numbers": ("stirling number", "stirling numbers of the second kind"),
            "bell numbers": ("bell number", "set partitions", "set partition", "partitions of a set"),
            "integer partitions": ("integer partition", "partitions of an integer", "partition numbers"),
            "surjections": ("surjection", "surjective functions", "surjective function", "onto functions"),
            "pascal's triangle": ("pascal triangle", "pascal's rule", "pascal's identity"),
        },
    ),
)


def _derangement_numbers(n: int) -> list[int]:
    numbers = [1, 0]
    for i in range(2, n + 1):
        numbers.append((i - 1) * (numbers[i - 1] + numbers[i - 2]))
    return numbers


def _derange(params: Params) -> Solution:
    n = params["n"]
    d = _derangement_numbers(n)
    return Solution(
        (
            r"Let $D_n$ be the number of arrangements of $n$ objects that leave none in place; then $D_1 = 0$ and "
            r"$D_2 = 1$.",
            r"The first object has $n - 1$ wrong places, and either it swaps with the object there or it does not, "
            r"which gives $D_n = (n - 1)(D_{n-1} + D_{n-2})$.",
            f"Working upwards, $D_{{{n - 2}}} = {d[n - 2]}$ and $D_{{{n - 1}}} = {d[n - 1]}$.",
            rf"Hence $D_{{{n}}} = {n - 1} \cdot ({d[n - 1]} + {d[n - 2]}) = {d[n]}$.",
        ),
        d[n],
    )


def _derange_check(n: int) -> int:
    """Inclusion and exclusion over the fixed points."""
    return sum((-1) ** i * math.comb(n, i) * math.factorial(n - i) for i in range(n + 1))


def _exact_fixed(params: Params) -> Solution:
    n, r = params["n"], params["r"]
    chosen, d = math.comb(n, r), _derangement_numbers(n - r)[n - r]
    return Solution(
        (
            rf"The ${r}$ that are right can be chosen in $\binom{{{n}}}{{{r}}} = {chosen}$ ways.",
            f"The other ${n} - {r} = {n - r}$ must all be wrong, which is a derangement of ${n - r}$ objects, "
            f"and there are $D_{{{n - r}}} = {d}$ of these.",
            rf"The number is ${chosen} \cdot {d} = {chosen * d}$.",
        ),
        chosen * d,
    )


def _catalan(params: Params) -> Solution:
    n = params["n"]
    count = math.comb(2 * n, n) // (n + 1)
    return Solution(
        (
            r"These objects are counted by the Catalan numbers $C_n = \frac{1}{n + 1} \binom{2n}{n}$.",
            rf"Here $n = {n}$, and $\binom{{{2 * n}}}{{{n}}} = {math.comb(2 * n, n)}$.",
            rf"So the number is $\frac{{{math.comb(2 * n, n)}}}{{{n + 1}}} = {count}$.",
        ),
        count,
    )


def _triangulate(params: Params) -> Solution:
    n = params["n"]
    i = n - 2
    central = math.comb(2 * i, i)
    return Solution(
        (
            r"A convex polygon with $n + 2$ sides has $C_n = \frac{1}{n + 1} \binom{2n}{n}$ triangulations, the "
            r"Catalan number.",
            f"With ${n}$ sides the index is ${n} - 2 = {i}$.",
            rf"Since $\binom{{{2 * i}}}{{{i}}} = {central}$, the number is $\frac{{{central}}}{{{i + 1}}} = "
            rf"{central // (i + 1)}$.",
        ),
        central // (i + 1),
    )


def _triangulations(n: int) -> int:
    """By the triangle on a fixed side, smaller polygons first."""
    ways = {2: 1}
    for sides in range(3, n + 1):
        ways[sides] = sum(ways[i] * ways[sides - i + 1] for i in range(2, sides))
    return ways[n]


def _group_count(params: Params) -> Solution:
    n, r = params["n"], params["r"]
    labelled = sum((-1) ** i * math.comb(r, i) * (r - i) ** n for i in range(r))
    count = labelled // math.factorial(r)
    terms = " ".join(_signed_power_terms(n, r))
    return Solution(
        (
            f"First give the ${r}$ groups names. By inclusion and exclusion over the empty groups, the number of ways "
            f"is ${terms} = {labelled}$.",
            f"The groups have no names, so every division was counted ${r}! = {math.factorial(r)}$ times.",
            rf"The number, a Stirling number of the second kind, is $\frac{{{labelled}}}{{{math.factorial(r)}}} = "
            rf"{count}$.",
        ),
        count,
    )


def _signed_power_terms(n: int, r: int) -> list[str]:
    """The terms of `3^n - 3 2^n + 3`, each with its sign."""
    terms: list[str] = []
    for i in range(r):
        sign = "" if i == 0 else "-" if i % 2 else "+"
        times = "" if i == 0 else rf"{math.comb(r, i)} \cdot "
        terms.append(f"{sign} {times}{r - i}^{{{n}}}".strip())
    return terms


def _surjections(params: Params) -> Solution:
    n, r = params["n"], params["r"]
    count = sum((-1) ** i * math.comb(r, i) * (r - i) ** n for i in range(r))
    return Solution(
        (
            f"Without any condition there are ${r}^{{{n}}} = {r**n}$ ways.",
            "We take away those that miss some target, by inclusion and exclusion over the targets that are missed.",
            f"This gives ${' '.join(_signed_power_terms(n, r))} = {count}$.",
        ),
        count,
    )


def _bell(params: Params) -> Solution:
    n = params["n"]
    numbers = [1]
    for i in range(n):
        numbers.append(sum(math.comb(i, j) * numbers[j] for j in range(i + 1)))
    terms = " + ".join(rf"{math.comb(n - 1, j)} \cdot {numbers[j]}" for j in range(n))
    return Solution(
        (
            r"Let $B_n$ be the number of ways for $n$ objects. Looking at the objects that are not with the last one, "
            r"$B_{n+1} = \sum_{i=0}^{n} \binom{n}{i} B_i$, where $B_0 = 1$.",
            f"The first values are ${', '.join(map(str, numbers[1:n]))}$ for $n = 1$ to $n = {n - 1}$.",
            f"Hence the number for ${n}$ objects is ${terms} = {numbers[n]}$.",
        ),
        numbers[n],
    )


def _three_parts(params: Params) -> Solution:
    n = params["n"]
    counts = [(n - i) // 2 - i + 1 for i in range(1, n // 3 + 1)]
    sums = " + ".join(map(str, counts))
    return Solution(
        (
            f"Order the parts and let the smallest one be $i$; it is at most $\\lfloor {n} / 3 \\rfloor = {n // 3}$.",
            rf"The middle part then runs from $i$ to $\lfloor ({n} - i) / 2 \rfloor$, and the largest part is what "
            rf"remains.",
            f"For $i = 1$ to $i = {n // 3}$ the numbers of possible middle parts are ${', '.join(map(str, counts))}$."
            if len(counts) > 1
            else f"For $i = 1$ the number of possible middle parts is ${counts[0]}$.",
            f"In all there are ${sums} = {sum(counts)}$ ways."
            if len(counts) > 1
            else f"So the number is ${counts[0]}$.",
        ),
        sum(counts),
    )


def _largest_in_row(params: Params) -> Solution:
    n = params["n"]
    middle = n // 2
    count = math.comb(n, middle)
    return Solution(
        (
            rf"The entries of the row are $\binom{{{n}}}{{i}}$ for $i = 0$ to $i = {n}$, and they grow towards the "
            rf"middle.",
            f"The middle is reached at $i = {middle}$."
            if n % 2 == 0
            else f"It is reached at $i = {middle}$ and $i = {middle + 1}$.",
            rf"The largest entry is $\binom{{{n}}}{{{middle}}} = {count}$.",
        ),
        count,
    )


def onto(n: int, j: int) -> int:
    return int(stirling(n, j)) * math.factorial(j)


FAMILIES = (
    Family(
        name="derangement_count",
        concepts=("derangements", "inclusion-exclusion principle"),
        school_level="college",
        slots={"n": Integer(4, 9)},
        wordings=(
            Wording("the number of derangements of $[[n]]$ objects, that is, of permutations without a fixed point"),
            Wording(
                "the number of ways to put the letters into the envelopes so that no letter is in the right one",
                given="There are $[[n]]$ letters and $[[n]]$ addressed envelopes, one for each letter.",
            ),
            Wording(
                "the number of ways in which everybody can go home with somebody else's hat",
                given="At a party $[[n]]$ guests leave their hats at the door. Later each of them takes one hat.",
            ),
        ),
        solve=_derange,
        check=lambda params: _derange_check(params["n"]),
    ),
    Family(
        name="exactly_some_fixed",
        concepts=("derangements", "binomial coefficients"),
        school_level="competition",
        slots={"n": Integer(5, 9), "r": Integer(2, 6)},
        wordings=(
            Wording(r"the number of permutations of $1, 2, \ldots, [[n]]$ with exactly $[[r]]$ fixed points"),
            Wording(
                "the number of ways in which exactly $[[r]]$ keys end up on the right hook",
                given="A caretaker hangs $[[n]]$ keys on $[[n]]$ hooks, one key on each. Every key has one hook that "
                "is right for it.",
            ),
            Wording(
                "the number of ways to return the books so that exactly $[[r]]$ students get their own",
                given="The $[[n]]$ students of a seminar hand in one book each. Later the books are given back, one "
                "to each student.",
            ),
        ),
        solve=_exact_fixed,
        check=lambda p: math.comb(p["n"], p["r"]) * _derange_check(p["n"] - p["r"]),
        where=lambda p: p["r"] <= p["n"] - 2,
    ),
    Family(
        name="balanced_brackets",
        concepts=("catalan numbers", "binomial coefficients"),
        school_level="college",
        slots={"n": Integer(3, 11)},
        wordings=(
            Wording("the number of correctly nested sequences of $[[n]]$ pairs of parentheses"),
            Wording(
                "the number of possible orders of the votes",
                given="Two candidates get $[[n]]$ votes each. While the votes are counted one by one, the second "
                "candidate is never ahead of the first.",
            ),
            Wording(
                "the number of lattice paths from $(0, 0)$ to $([[n]], [[n]])$ with unit steps to the right and "
                "upwards that never rise above the line $y = x$"
            ),
        ),
        solve=_catalan,
        check=lambda params: int(catalan(params["n"])),
    ),
    Family(
        name="polygon_triangulations",
        concepts=("catalan numbers",),
        school_level="competition",
        slots={"n": Integer(4, 12)},
        wordings=(
            Wording(
                "the number of ways to divide a convex polygon with $[[n]]$ labelled corners into triangles by "
                "diagonals that do not cross"
            ),
            Wording(
                "the number of triangulations of the field",
                given="A field has the shape of a convex polygon with $[[n]]$ sides. It is cut into triangles by "
                "straight fences that run from corner to corner and do not cross. All the corners are told apart.",
            ),
            Wording(
                "the number of different ways to cut the sheet",
                given="A sheet of metal is a convex polygon with $[[n]]$ vertices, all marked differently. Cuts along "
                "non-crossing diagonals are to turn it into triangles.",
            ),
        ),
        solve=_triangulate,
        check=lambda params: _triangulations(params["n"]),
    ),
    Family(
        name="divide_into_groups",
        concepts=("stirling numbers", "inclusion-exclusion principle"),
        school_level="college",
        slots={"n": Integer(4, 9), "r": Integer(2, 4, link=False)},
        wordings=(
            Wording("the number of ways to partition a set of $[[n]]$ elements into $[[r]]$ non-empty subsets"),
            Wording(
                "the number of ways to form the study groups",
                given="A class of $[[n]]$ students splits into $[[r]]$ study groups. Groups may differ in size, none "
                "is empty, and they have no names.",
            ),
            Wording(
                "the number of ways to distribute the toys",
                given="There are $[[n]]$ different toys to be packed into $[[r]]$ boxes that look exactly alike. No "
                "box may stay empty.",
            ),
        ),
        solve=_group_count,
        check=lambda p: int(stirling(p["n"], p["r"])),
        where=lambda p: p["r"] < p["n"],
    ),
    Family(
        name="surjective_assignments",
        concepts=("surjections", "inclusion-exclusion principle"),
        school_level="college",
        slots={"n": Integer(4, 12), "r": Integer(3, 4, link=False)},
        wordings=(
            Wording("the number of surjective functions from a set of $[[n]]$ elements to a set of $[[r]]$ elements"),
            Wording(
                "the number of ways to give $[[n]]$ different books to $[[r]]$ children so that every child gets at "
                "least one"
            ),
            Wording(
                "the number of ways to assign the tasks",
                given="A manager assigns $[[n]]$ different tasks to $[[r]]$ employees. Each task goes to one "
                "employee, and nobody is left without a task.",
            ),
        ),
        solve=_surjections,
        check=lambda p: onto(p["n"], p["r"]),
        where=lambda p: p["r"] < p["n"] and p["r"] ** p["n"] < 600_000,
    ),
    Family(
        name="set_partitions",
        concepts=("bell numbers",),
        school_level="college",
        slots={"n": Integer(3, 9)},
        wordings=(
            Wording("the number of partitions of a set of $[[n]]$ elements into any number of non-empty subsets"),
            Wording(
                "the number of equivalence relations on a set with $[[n]]$ elements",
            ),
            Wording(
                "the number of ways in which the guests can divide themselves among tables",
                given="In a hall with plenty of tables, all alike, $[[n]]$ guests sit down. Only who shares a table "
                "with whom matters.",
            ),
        ),
        solve=_bell,
        check=lambda params: int(bell(params["n"])),
    ),
    Family(
        name="partitions_into_three",
        concepts=("integer partitions",),
        school_level="competition",
        slots={"n": Integer(5, 40)},
        wordings=(
            Wording(
                "the number of ways to write $[[n]]$ as a sum of three positive integers, where the order is ignored"
            ),
            Wording(
                "the number of ways to split the coins",
                given="A heap of $[[n]]$ identical coins is split into three smaller heaps, none of them empty. The "
                "heaps are not told apart.",
            ),
            Wording(
                "the number of partitions of $[[n]]$ into exactly three parts",
            ),
        ),
        solve=_three_parts,
        check=lambda params: round(params["n"] ** 2 / 12),
    ),
    Family(
        name="largest_pascal_entry",
        concepts=("pascal's triangle", "binomial coefficients"),
        school_level="high school",
        slots={"n": Integer(4, 20)},
        wordings=(
            Wording(
                r"the largest entry in the row of Pascal's triangle that begins $1, [[n]], \ldots$",
            ),
            Wording(r"the greatest coefficient in the expansion of $(1 + x)^{[[n]]}$"),
            Wording(
                r"the largest number of subsets of one and the same size that a set of $[[n]]$ elements has",
            ),
        ),
        solve=_largest_in_row,
        check=lambda params: max(sympy.Poly((1 + sympy.Symbol("x")) ** params["n"]).all_coeffs()),
    ),
)
