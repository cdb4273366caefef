"""Combinatorics: the structure of permutations, and counting up to symmetry."""

from __future__ import annotations

import itertools
import math

import numpy as np

from ..family import Family, Params, Solution, Topic, Wording
from ..slots import Choice, Integer, IntegerList
from .combinatorics_numbers import onto

TOPICS = (
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
    return n + sum(math.comb(n, j) * onto(p, j) for j in range(2, p + 1)) // p


FAMILIES = (
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
