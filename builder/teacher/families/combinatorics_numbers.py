"""Combinatorics, second half: the counting sequences that have names, and permutations as objects."""

from __future__ import annotations

import itertools
import math

import numpy as np
import sympy
from sympy.functions.combinatorial.numbers import bell, catalan, stirling

from ..family import Family, Params, Solution, Topic, Wording
from ..slots import Choice, Integer, IntegerList

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
    Topic(
        "Permutation Structure and Symmetry",
        subject="Combinatorics",
        school_level="college",
        concepts={
            "inversions of a permutation": ("permutation inversions", "inversion count", "number of inversions"),
            "cycle decomposition": (
                "cycle notation",
                "cyclic form",
                "cycle structure",
                "permutation cycles",
                "disjoint cycles",
            ),
            "order of a permutation": ("permutation order", "order of the permutation"),
            "lexicographic order": ("lexicographical order", "lexicographic rank", "lexicographically"),
            "burnside's lemma": ("burnside lemma", "necklaces", "polya counting", "orbit counting"),
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


def _count_inversions(params: Params) -> Solution:
    values = (*params["a"], params["n"], *params["b"])
    later = [sum(right < left for right in values[i + 1 :]) for i, left in enumerate(values)]
    return Solution(
        (
            "For each entry count the smaller entries that stand further to the right.",
            "From left to right these counts are "
            + ", ".join(f"${count}$ for ${value}$" for value, count in zip(values[:-1], later[:-1], strict=True))
            + ".",
            f"The number of inversions is ${' + '.join(map(str, later[:-1]))} = {sum(later)}$.",
        ),
        sum(later),
    )


def _bubble_exchanges(values: list[int]) -> int:
    """Exchanges of neighbours that bubble sort makes, by running it."""
    exchanges = 0
    for end in range(len(values) - 1, 0, -1):
        for i in range(end):
            if values[i] > values[i + 1]:
                values[i], values[i + 1] = values[i + 1], values[i]
                exchanges += 1
    return exchanges


def _cycles(one_line: tuple[int, ...]) -> list[tuple[int, ...]]:
    left, cycles = set(one_line), []
    while left:
        cycle = [min(left)]
        while (following := one_line[cycle[-1] - 1]) != cycle[0]:
            cycle.append(following)
        left -= set(cycle)
        cycles.append(tuple(cycle))
    return cycles


def _cycle_text(cycles: list[tuple[int, ...]]) -> str:
    return "".join("(" + r" \ ".join(map(str, cycle)) + ")" for cycle in cycles)


def _back_home(params: Params) -> Solution:
    n, cycles = params["n"], _cycles(params["a"])
    home = [cycle for cycle in cycles if n % len(cycle) == 0]
    total = sum(map(len, home))
    lengths = sorted({len(cycle) for cycle in cycles})
    divide = [str(length) for length in lengths if n % length == 0]
    return Solution(
        (
            f"In cycle notation the rearrangement is ${_cycle_text(cycles)}$.",
            "An object in a cycle of length $i$ is back after exactly those numbers of repetitions that are "
            "multiples of $i$.",
            f"Of the cycle lengths ${', '.join(map(str, lengths))}$, the following divide ${n}$: ${', '.join(divide)}$."
            if divide
            else f"No number among the cycle lengths ${', '.join(map(str, lengths))}$ divides ${n}$.",
            f"Counting the objects in such cycles gives ${total}$.",
        ),
        total,
    )


def _applied(one_line: tuple[int, ...], times: int) -> int:
    """Objects back in their place after applying the permutation so many times, by doing it."""
    move = np.array(one_line) - 1
    where = np.arange(len(move))
    for _ in range(times):
        where = move[where]
    return int((where == np.arange(len(move))).sum())


def _order(params: Params) -> Solution:
    cycles = _cycles(params["a"])
    lengths = sorted(map(len, cycles), reverse=True)
    order = math.lcm(*lengths)
    return Solution(
        (
            f"In cycle notation the permutation is ${_cycle_text(cycles)}$.",
            *(
                (
                    f"It is a single cycle of length ${order}$, so everything is back in place for the first time "
                    f"after ${order}$ repetitions.",
                )
                if len(lengths) == 1
                else (
                    f"The lengths of its cycles are ${', '.join(map(str, lengths))}$.",
                    "Everything is back in place when the number of repetitions is a multiple of each of them, for "
                    f"the first time after ${order}$ repetitions, the least common multiple.",
                )
            ),
        ),
        order,
    )


def _rank(params: Params) -> Solution:
    values = params["a"]
    size = len(values)
    smaller = [sum(right < left for right in values[i + 1 :]) for i, left in enumerate(values)]
    terms = " + ".join(rf"{count} \cdot {size - 1 - i}!" for i, count in enumerate(smaller[:-1]))
    before = sum(count * math.factorial(size - 1 - i) for i, count in enumerate(smaller))
    return Solution(
        (
            "For each place, count the smaller entries that are still unused; each of them begins a block of earlier "
            "arrangements.",
            f"From left to right these counts are ${', '.join(map(str, smaller))}$.",
            f"The number of arrangements that come earlier is ${terms} = {before}$.",
            f"So the position is ${before} + 1 = {before + 1}$.",
        ),
        before + 1,
    )


def _necklaces(params: Params) -> Solution:
    n, p = params["n"], params["p"]
    total = n**p + (p - 1) * n
    return Solution(
        (
            f"By Burnside's lemma we average, over the ${p}$ rotations, the number of colourings that a rotation "
            f"keeps.",
            f"The identity keeps all ${n}^{{{p}}} = {n**p}$ colourings.",
            f"As ${p}$ is prime, each of the other ${p - 1}$ rotations keeps only the ${n}$ colourings in one colour.",
            rf"The number is $\frac{{{n**p} + {p - 1} \cdot {n}}}{{{p}}} = {total // p}$.",
        ),
        total // p,
    )


def _necklace_check(params: Params) -> int:
    """Colourings that are not in one colour come in classes of p, because p is prime."""
    n, p = int(params["n"]), int(params["p"])
    if n**p <= 3_000:
        return len({min(word[i:] + word[:i] for i in range(p)) for word in itertools.product(range(n), repeat=p)})
    return n + sum(math.comb(n, j) * _onto(p, j) for j in range(2, p + 1)) // p


def _onto(n: int, j: int) -> int:
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
        check=lambda p: _onto(p["n"], p["r"]),
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
    Family(
        name="inversion_count",
        concepts=("inversions of a permutation",),
        school_level="college",
        slots={
            "a": IntegerList(3, 3, 1, 40, distinct=True),
            "n": Integer(1, 40),
            "b": IntegerList(3, 3, 1, 40, distinct=True),
        },
        wordings=(
            Wording(
                "the number of inversions of the sequence, that is, of pairs in which the larger entry comes first",
                given="Consider the sequence $[[a]], [[n]], [[b]]$.",
            ),
            Wording(
                "the number of pairs of players of whom the taller one stands further to the left",
                given="The players of a team stand in a row and wear numbers that grow with their height. From left "
                "to right the numbers are $[[a]], [[n]], [[b]]$.",
            ),
            Wording(
                "the number of exchanges of neighbouring entries that bubble sort makes on the list $[[a]], [[n]], "
                "[[b]]$ to put it into increasing order"
            ),
        ),
        solve=_count_inversions,
        check=lambda p: _bubble_exchanges([*p["a"], p["n"], *p["b"]]),
        where=lambda p: len({*p["a"], p["n"], *p["b"]}) == len(p["a"]) + len(p["b"]) + 1,
    ),
    Family(
        name="repeated_rearrangement",
        concepts=("cycle decomposition",),
        school_level="college",
        slots={"a": IntegerList(8, 8, 1, 8, distinct=True), "n": Integer(2, 60)},
        wordings=(
            Wording(
                "the number of cards that are back in their original place after $[[n]]$ shuffles",
                given=r"A shuffle sends the cards in the places $1, 2, \ldots, 8$ to the places $[[a]]$, in this "
                r"order.",
            ),
            Wording(
                "the number of points that the permutation, applied $[[n]]$ times, leaves fixed",
                given=r"A permutation maps $1, 2, \ldots, 8$ to $[[a]]$, in this order.",
            ),
            Wording(
                "the number of dancers who stand in their first position after $[[n]]$ rounds",
                given=r"In each round of a dance, the dancers in the positions $1$ to $8$ move to the positions "
                r"$[[a]]$, respectively.",
            ),
        ),
        solve=_back_home,
        check=lambda p: _applied(p["a"], p["n"]),
        where=lambda p: len({len(cycle) for cycle in _cycles(p["a"])}) > 1,
    ),
    Family(
        name="permutation_order",
        concepts=("order of a permutation", "cycle decomposition"),
        school_level="college",
        slots={"a": IntegerList(9, 9, 1, 9, distinct=True)},
        wordings=(
            Wording(
                "the order of the permutation in the symmetric group",
                given=r"A permutation maps $1, 2, \ldots, 9$ to $[[a]]$, in this order.",
            ),
            Wording(
                "the least positive number of passes after which every parcel is back where it started",
                given="A machine moves the parcels in the slots $1$ to $9$ to the slots $[[a]]$, respectively, in "
                "every pass.",
            ),
            Wording(
                "the smallest number of repetitions, at least one, that restores the original text",
                given="A cipher cuts a text into blocks of $9$ letters and sends the letters in the places $1$ to "
                "$9$ of each block to the places $[[a]]$, respectively. The letters of each block are all "
                "different, and the cipher is applied again and again.",
            ),
        ),
        solve=_order,
        check=lambda p: next(i for i in itertools.count(1) if _applied(p["a"], i) == 9),
    ),
    Family(
        name="lexicographic_position",
        concepts=("lexicographic order", "permutations"),
        school_level="competition",
        slots={"a": IntegerList(5, 5, 1, 5, distinct=True)},
        wordings=(
            Wording(
                "the position of $([[a]])$ in the list of all permutations of $1, 2, 3, 4, 5$ in lexicographic "
                "order, where the first position is $1$"
            ),
            Wording(
                "the page on which the code $[[a]]$ stands",
                given="A code book lists every arrangement of the digits $1, 2, 3, 4, 5$ in increasing order, as in a "
                "dictionary, one on each page. The pages are numbered from $1$.",
            ),
            Wording(
                "the rank, counted from $1$, of the arrangement $[[a]]$",
                given="All orders in which five numbered runners can finish a race are sorted lexicographically.",
            ),
        ),
        solve=_rank,
        check=lambda p: list(itertools.permutations(range(1, 6))).index(p["a"]) + 1,
    ),
    Family(
        name="prime_necklaces",
        concepts=("burnside's lemma",),
        school_level="competition",
        slots={"n": Integer(2, 12), "p": Choice((3, 5))},
        wordings=(
            Wording(
                "the number of necklaces of $[[p]]$ beads in at most $[[n]]$ colours, where two necklaces are the "
                "same exactly if one is a rotation of the other"
            ),
            Wording(
                "the number of different ways to paint the wheel",
                given="A wheel is divided into $[[p]]$ equal sectors, and each sector is painted in one of $[[n]]$ "
                "colours. Patterns that differ by a turn of the wheel count as one.",
            ),
            Wording(
                "the number of different arrangements of lamps",
                given="Around a round pond stand $[[p]]$ lamps at equal distances, and each of them shines in one of "
                "$[[n]]$ colours. Arrangements that turn into each other by a rotation are not distinguished, "
                "but mirror images are.",
            ),
        ),
        solve=_necklaces,
        check=_necklace_check,
    ),
)
