"""Logic and sets: Venn diagrams, power sets, products, truth tables, Boolean functions, relations."""

from __future__ import annotations

import itertools
import math

import numpy as np

from ..family import Family, Params, Solution, Topic, Wording
from ..slots import Integer

TOPICS = (
    Topic(
        "Sets",
        subject="Set Theory",
        school_level="high school",
        concepts={
            "venn diagram": ("venn diagrams", "euler diagram"),
            "set union": ("union of sets", "union of two sets", "set unions"),
            "set intersection": ("intersection of sets", "intersection of two sets", "set intersections"),
            "symmetric difference": ("symmetric differences", "disjunctive union"),
            "power set": ("power sets", "powerset", "set of all subsets", "number of subsets"),
            "cartesian product": ("cartesian products", "product set", "ordered pairs"),
            "set cardinality": ("cardinality", "cardinality of a set", "cardinalities"),
        },
    ),
    Topic(
        "Propositional Logic",
        subject="Logic",
        school_level="college",
        concepts={
            "truth table": ("truth tables", "truth assignment", "truth assignments"),
            "propositional logic": ("propositional formula", "propositional calculus", "propositional formulas"),
            "logical implication": ("material implication", "material conditional"),
            "boolean function": ("boolean functions", "boolean-valued function", "switching function"),
            "disjunctive normal form": ("sum of products form", "minterms", "minterm", "sum-of-products"),
            "conjunctive normal form": ("product of sums form", "maxterms", "maxterm"),
        },
    ),
    Topic(
        "Relations",
        subject="Set Theory",
        school_level="college",
        concepts={
            "binary relation": ("binary relations", "relations on a set", "relation on a set"),
            "equivalence relation": ("equivalence relations",),
            "equivalence classes": ("equivalence class", "quotient set"),
            "partial order": ("partial orders", "partially ordered set", "poset", "hasse diagram"),
            "symmetric relation": ("symmetric relations", "reflexive relation", "reflexive relations"),
        },
    ),
)


def _two_circles(params: Params) -> Solution:
    a, b, c, n = (params[name] for name in "abcn")
    union = a + b - c
    return Solution(
        (
            f"Those with both properties are counted among the ${a}$ and again among the ${b}$.",
            f"So the number with at least one of the properties is ${a} + {b} - {c} = {union}$.",
            f"Together with those outside of both circles of the Venn diagram there are ${union} + {n} = {union + n}$.",
        ),
        union + n,
    )


def _regions(params: Params) -> int:
    """Element by element: build the two sets and count the universe."""
    first = set(range(params["a"]))
    second = set(range(params["a"] - params["c"], params["a"] - params["c"] + params["b"]))
    outside = {-1 - i for i in range(params["n"])}
    return len(first | second | outside)


def _three_circles(params: Params) -> Solution:
    a, b, c, x, n = (params[name] for name in "abcxn")
    pairs = 3 * (x + n)
    total = a + b + c - pairs + n
    return Solution(
        (
            f"Any two of the three have ${x} + {n} = {x + n}$ elements in common: ${x}$ that belong only to these "
            f"two, and ${n}$ that belong to all three.",
            rf"By inclusion and exclusion the union has ${a} + {b} + {c} - 3 \cdot {x + n} + {n}$ elements.",
            f"This is ${total}$.",
        ),
        total,
    )


def _three_circles_check(params: Params) -> int:
    """Region by region of the Venn diagram."""
    x, n = params["x"], params["n"]
    return int(sum(params[name] - 2 * x - n for name in "abc") + 3 * x + n)


def _exactly_one(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    return Solution(
        (
            f"The number with the first property only is ${a} - {c} = {a - c}$.",
            f"The number with the second property only is ${b} - {c} = {b - c}$.",
            f"The symmetric difference has ${a - c} + {b - c} = {a + b - 2 * c}$ elements.",
        ),
        a + b - 2 * c,
    )


def _large_subsets(params: Params) -> Solution:
    n = params["n"]
    return Solution(
        (
            f"The power set has $2^{{{n}}} = {2**n}$ elements.",
            f"The empty set and the ${n}$ subsets with a single element are too small.",
            f"There remain ${2**n} - 1 - {n} = {2**n - 1 - n}$.",
        ),
        2**n - 1 - n,
    )


def _meeting_subsets(params: Params) -> Solution:
    n, d = params["n"], params["d"]
    total, rest = 2 ** (n + d), 2**n
    return Solution(
        (
            f"There are ${n} + {d} = {n + d}$ elements and $2^{{{n + d}}} = {total}$ subsets.",
            f"Those without any special element are the subsets of the other ${n}$, and there are $2^{{{n}}} = "
            f"{rest}$ of them.",
            f"So the number is ${total} - {rest} = {total - rest}$.",
        ),
        total - rest,
    )


def _swapped_pairs(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    return Solution(
        (
            rf"Each of the two products has ${a} \cdot {b} = {a * b}$ pairs.",
            f"A pair lies in both products exactly if both its entries are common elements, which gives ${c}^2 = "
            f"{c * c}$ pairs.",
            rf"The union has $2 \cdot {a * b} - {c * c} = {2 * a * b - c * c}$ elements.",
        ),
        2 * a * b - c * c,
    )


def _swapped_check(params: Params) -> int:
    first = set(range(params["a"]))
    second = set(range(params["a"] - params["c"], params["a"] - params["c"] + params["b"]))
    return len(set(itertools.product(first, second)) | set(itertools.product(second, first)))


def _implication(params: Params) -> Solution:
    n, m = params["n"], params["m"]
    rows = 2 ** (n + m)
    return Solution(
        (
            f"There are ${n} + {m} = {n + m}$ variables, so the truth table has $2^{{{n + m}}} = {rows}$ rows.",
            "An implication is false only if its premise is true and its conclusion is false.",
            "That fixes all the variables, in one single row.",
            f"The formula is true in ${rows} - 1 = {rows - 1}$ rows.",
        ),
        rows - 1,
    )


def _rows(count: int) -> np.ndarray:
    """(2**count, count) truth table."""
    bits: np.ndarray = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    return bits.astype(bool)


def _implication_check(params: Params) -> int:
    rows = _rows(params["n"] + params["m"])
    premise, conclusion = rows[:, : params["n"]].all(axis=1), rows[:, params["n"] :].any(axis=1)
    return int((~premise | conclusion).sum())


def _two_clauses(params: Params) -> Solution:
    n, m = params["n"], params["m"]
    first, second = 2**n - 1, 2**m - 1
    return Solution(
        (
            f"The first part fails only if all its ${n}$ variables are false, so it holds in $2^{{{n}}} - 1 = "
            f"{first}$ cases.",
            f"The second part holds in $2^{{{m}}} - 1 = {second}$ cases for the same reason.",
            rf"They share no variable, so both hold in ${first} \cdot {second} = {first * second}$ cases.",
        ),
        first * second,
    )


def _two_clauses_check(params: Params) -> int:
    rows = _rows(params["n"] + params["m"])
    return int((rows[:, : params["n"]].any(axis=1) & rows[:, params["n"] :].any(axis=1)).sum())


def _parity_and_any(params: Params) -> Solution:
    n, m = params["n"], params["m"]
    odd, some = 2 ** (n - 1), 2**m - 1
    return Solution(
        (
            f"The exclusive or is true for an odd number of true variables, which is half of all cases: $2^{{{n}}} / "
            f"2 = {odd}$.",
            f"The disjunction holds in $2^{{{m}}} - 1 = {some}$ cases.",
            rf"Both parts are true in ${odd} \cdot {some} = {odd * some}$ cases.",
        ),
        odd * some,
    )


def _parity_check(params: Params) -> int:
    rows = _rows(params["n"] + params["m"])
    return int(((rows[:, : params["n"]].sum(axis=1) % 2 == 1) & rows[:, params["n"] :].any(axis=1)).sum())


def _symmetric_functions(params: Params) -> Solution:
    n = params["n"]
    return Solution(
        (
            f"Among ${n}$ inputs the number of ones can be $0$ to ${n}$, which makes ${n} + 1 = {n + 1}$ "
            f"possibilities.",
            "For each of them the value of the function is chosen freely from two.",
            f"So there are $2^{{{n + 1}}} = {2 ** (n + 1)}$ functions.",
        ),
        2 ** (n + 1),
    )


def _symmetric_check(params: Params) -> int:
    """By the functions that take the value 1 for exactly i of the possible numbers of ones."""
    return sum(math.comb(params["n"] + 1, i) for i in range(params["n"] + 2))


def _related_pairs(params: Params) -> Solution:
    n, d = params["n"], params["d"]
    small, large = n // d, n % d
    total = large * (small + 1) ** 2 + (d - large) * small**2
    rest = d - large
    return Solution(
        (
            f"The classes are the ${d}$ remainders modulo ${d}$, and ${n} = {small} \\cdot {d} + {large}$.",
            f"So {_classes(large)} ${small + 1}$ elements and {_classes(rest)} {_elements(small)}."
            if large
            else f"So each class has {_elements(small)}.",
            r"A class of $i$ elements gives $i^2$ ordered pairs: "
            + (
                rf"${large} \cdot {small + 1}^2 + {rest} \cdot {small}^2 = {total}$."
                if large
                else rf"${d} \cdot {small}^2 = {total}$."
            ),
        ),
        total,
    )


def _classes(count: int) -> str:
    return "one class has" if count == 1 else f"${count}$ classes have"


def _elements(count: int) -> str:
    return "one element" if count == 1 else f"${count}$ elements"


def _block_classes(params: Params) -> Solution:
    n, d = params["n"], params["d"]
    return Solution(
        (
            f"Two numbers are equivalent exactly if they lie in the same block of ${d}$ successive numbers, beginning "
            f"with $0$.",
            rf"The last number, ${n}$, lies in the block with the quotient $\lfloor {n} / {d} \rfloor = {n // d}$.",
            f"The quotients run from $0$ to ${n // d}$, so there are ${n // d} + 1 = {n // d + 1}$ classes.",
        ),
        n // d + 1,
    )


def _reflexive_symmetric(params: Params) -> Solution:
    n = params["n"]
    pairs = n * (n - 1) // 2
    return Solution(
        (
            f"Reflexivity fixes the ${n}$ pairs of an element with itself.",
            rf"By symmetry there is one free decision for each of the $\frac{{{n} \cdot {n - 1}}}{{2}} = {pairs}$ "
            rf"unordered pairs of different elements.",
            f"So there are $2^{{{pairs}}} = {2**pairs}$ possibilities.",
        ),
        2**pairs,
    )


def _reflexive_symmetric_check(params: Params) -> int:
    """Adding an element to a set of i elements brings i more decisions."""
    return math.prod(2**i for i in range(params["n"]))


def _divisor_pairs(params: Params) -> Solution:
    n = params["n"]
    counts = [n // i - 1 for i in range(1, n // 2 + 1)]
    return Solution(
        (
            rf"The number $i$ is a proper divisor of the $\lfloor {n} / i \rfloor - 1$ larger multiples of $i$ up to "
            rf"${n}$.",
            rf"For $i = 1$ to $i = {n // 2}$ this gives ${', '.join(map(str, counts))}$; larger $i$ give none.",
            f"The sum is ${' + '.join(map(str, counts))} = {sum(counts)}$.",
        ),
        sum(counts),
    )


FAMILIES = (
    Family(
        name="venn_two_sets",
        concepts=("venn diagram", "set union"),
        school_level="middle school",
        slots={"a": Integer(4, 40), "b": Integer(4, 40), "c": Integer(2, 30), "n": Integer(2, 30)},
        wordings=(
            Wording(
                "the number of pupils in the year group",
                given="In a year group, $[[a]]$ pupils learn Spanish, $[[b]]$ learn French, $[[c]]$ learn both "
                "languages and $[[n]]$ learn neither.",
            ),
            Wording(
                "the number of people who were asked",
                given="In a survey, $[[a]]$ people own a cat and $[[b]]$ own a dog. Among these are $[[c]]$ who own "
                "both, and another $[[n]]$ people own neither.",
            ),
            Wording(
                "the number of elements of the universe of a Venn diagram with two sets of $[[a]]$ and $[[b]]$ "
                "elements, if $[[c]]$ elements lie in both sets and $[[n]]$ in neither"
            ),
        ),
        solve=_two_circles,
        check=_regions,
        where=lambda p: p["c"] < min(p["a"], p["b"]),
    ),
    Family(
        name="venn_three_sets",
        concepts=("set union", "venn diagram", "set intersection"),
        school_level="high school",
        slots={
            "a": Integer(10, 60),
            "b": Integer(10, 60),
            "c": Integer(10, 60),
            "x": Integer(2, 10),
            "n": Integer(2, 20),
        },
        wordings=(
            Wording(
                "the number of elements of the union of three sets with $[[a]]$, $[[b]]$ and $[[c]]$ elements, if "
                "$[[n]]$ elements lie in all three and, for each two of the sets, $[[x]]$ elements lie in these two "
                "only"
            ),
            Wording(
                "the number of members who do at least one of the sports",
                given="In a club $[[a]]$ members row, $[[b]]$ swim and $[[c]]$ play tennis. All three sports are "
                "done by $[[n]]$ members, and each pair of two sports, without the third one, by $[[x]]$ members.",
            ),
            Wording(
                "the number of different books that the three libraries have together",
                given="Three small libraries have $[[a]]$, $[[b]]$ and $[[c]]$ books, no library having two copies "
                "of a book. There are $[[n]]$ books in all three libraries, and any two libraries share $[[x]]$ "
                "books that the third one does not have.",
            ),
        ),
        solve=_three_circles,
        check=_three_circles_check,
        where=lambda p: min(p["a"], p["b"], p["c"]) >= 2 * p["x"] + p["n"],
    ),
    Family(
        name="exactly_one_of_two",
        concepts=("symmetric difference", "set cardinality"),
        school_level="high school",
        slots={"a": Integer(4, 50), "b": Integer(4, 50), "c": Integer(2, 30)},
        wordings=(
            Wording(
                "the cardinality of the symmetric difference of two sets with $[[a]]$ and $[[b]]$ elements and "
                "$[[c]]$ common elements"
            ),
            Wording(
                "the number of guests who ate exactly one of the two dishes",
                given="At a party $[[a]]$ guests ate soup and $[[b]]$ guests ate salad, among them $[[c]]$ who ate "
                "both.",
            ),
            Wording(
                "the number of files that exist on only one of the two computers",
                given="One computer holds $[[a]]$ files and another one holds $[[b]]$ files. Of these, $[[c]]$ exist "
                "on both.",
            ),
        ),
        solve=_exactly_one,
        check=lambda p: len(set(range(p["a"])) ^ set(range(p["a"] - p["c"], p["a"] - p["c"] + p["b"]))),
        where=lambda p: p["c"] < min(p["a"], p["b"]),
    ),
    Family(
        name="subsets_of_two_or_more",
        concepts=("power set", "set cardinality"),
        school_level="high school",
        slots={"n": Integer(3, 17)},
        wordings=(
            Wording("the number of subsets with at least two elements of a set with $[[n]]$ elements"),
            Wording(
                "the number of possible teams of at least two people",
                given="From $[[n]]$ people a team of any size may be formed.",
            ),
            Wording(
                "the number of elements of the power set that are neither empty nor a singleton",
                given="A set has $[[n]]$ elements.",
            ),
        ),
        solve=_large_subsets,
        check=lambda p: sum(math.comb(p["n"], i) for i in range(2, p["n"] + 1)),
    ),
    Family(
        name="subsets_meeting_a_set",
        concepts=("power set", "set intersection"),
        school_level="high school",
        slots={"n": Integer(2, 14), "d": Integer(2, 5)},
        wordings=(
            Wording(
                "the number of subsets of a set of $[[n]] + [[d]]$ elements that have a common element with a fixed "
                "subset of $[[d]]$ elements"
            ),
            Wording(
                "the number of different bunches that contain at least one rose",
                given="A florist has $[[n]]$ different tulips and $[[d]]$ different roses. A bunch may be any "
                "selection of these flowers.",
            ),
            Wording(
                "the number of ways to switch on some of the lamps so that the corridor is not dark",
                given="Of the lamps in a house, $[[d]]$ are in the corridor and $[[n]]$ are elsewhere. Each lamp has "
                "its own switch.",
            ),
        ),
        solve=_meeting_subsets,
        check=lambda p: 2 ** p["n"] * sum(math.comb(p["d"], i) for i in range(1, p["d"] + 1)),
    ),
    Family(
        name="product_and_swapped_product",
        concepts=("cartesian product", "set union", "set intersection"),
        school_level="college",
        slots={"a": Integer(3, 30), "b": Integer(3, 30), "c": Integer(2, 20)},
        wordings=(
            Wording(
                r"the number of elements of $(X \times Y) \cup (Y \times X)$",
                given="The sets $X$ and $Y$ have $[[a]]$ and $[[b]]$ elements, and $[[c]]$ elements are common to "
                "both.",
            ),
            Wording(
                "the number of ordered pairs in which one entry comes from the first set and the other entry from "
                "the second set, in either order, if the sets have $[[a]]$ and $[[b]]$ elements, of which $[[c]]$ "
                "are common"
            ),
            Wording(
                "the number of different labels",
                given="A label consists of two letters. One of them, the first or the second, is from an alphabet of "
                "$[[a]]$ letters and the other one from an alphabet of $[[b]]$ letters. The two alphabets share "
                "$[[c]]$ letters.",
            ),
        ),
        solve=_swapped_pairs,
        check=_swapped_check,
        where=lambda p: p["c"] < min(p["a"], p["b"]),
    ),
    Family(
        name="implication_rows",
        concepts=("logical implication", "truth table", "propositional logic"),
        school_level="college",
        slots={"n": Integer(2, 7), "m": Integer(2, 6)},
        wordings=(
            Wording(
                r"the number of truth assignments that make the implication $(x_1 \wedge \dots \wedge x_{[[n]]}) "
                r"\rightarrow (y_1 \vee \dots \vee y_{[[m]]})$ true, for $[[n]] + [[m]]$ different variables"
            ),
            Wording(
                "the number of rows of the truth table in which the statement is true",
                given="A statement says: if all of $[[n]]$ independent conditions hold, then at least one of $[[m]]$ "
                "other conditions holds. The truth table has one column for each condition.",
            ),
            Wording(
                "the number of combinations of settings that obey the rule",
                given="A machine has $[[n]]$ red and $[[m]]$ green switches. The rule is: whenever all the red "
                "switches are on, some green switch is on as well.",
            ),
        ),
        solve=_implication,
        check=_implication_check,
    ),
    Family(
        name="two_clauses",
        concepts=("conjunctive normal form", "disjunctive normal form", "truth table"),
        school_level="college",
        slots={"n": Integer(2, 7), "m": Integer(2, 6)},
        wordings=(
            Wording(
                r"the number of satisfying assignments of $(x_1 \vee \dots \vee x_{[[n]]}) \wedge (y_1 \vee \dots "
                r"\vee y_{[[m]]})$, a conjunctive normal form in different variables"
            ),
            Wording(
                "the number of minterms in the full disjunctive normal form of the function",
                given="A Boolean function of $[[n]] + [[m]]$ variables is $1$ exactly if at least one of the first "
                "$[[n]]$ variables and at least one of the other $[[m]]$ variables is $1$.",
            ),
            Wording(
                "the number of combinations of switches for which the lamp is on",
                given="A lamp is fed through two groups of switches, one group after the other. The first group has "
                "$[[n]]$ switches side by side and the second group has $[[m]]$; a group conducts if at least "
                "one of its switches is closed.",
            ),
        ),
        solve=_two_clauses,
        check=_two_clauses_check,
    ),
    Family(
        name="parity_and_disjunction",
        concepts=("propositional logic", "truth table"),
        school_level="college",
        slots={"n": Integer(2, 7), "m": Integer(2, 6)},
        wordings=(
            Wording(
                r"the number of truth assignments that satisfy $(x_1 \oplus \dots \oplus x_{[[n]]}) \wedge (y_1 \vee "
                r"\dots \vee y_{[[m]]})$, where all the variables are different"
            ),
            Wording(
                "the number of states in which the alarm is on",
                given="An alarm is on exactly if an odd number of its $[[n]]$ door sensors and at least one of its "
                "$[[m]]$ motion sensors report. Every sensor either reports or does not.",
            ),
            Wording(
                "the number of words that are accepted",
                given="A circuit reads binary words of $[[n]] + [[m]]$ bits. It accepts a word if the exclusive or "
                "of the first $[[n]]$ bits is $1$ and the other $[[m]]$ bits are not all $0$.",
            ),
        ),
        solve=_parity_and_any,
        check=_parity_check,
    ),
    Family(
        name="symmetric_boolean_functions",
        concepts=("boolean function",),
        school_level="college",
        slots={"n": Integer(2, 16)},
        wordings=(
            Wording(
                "the number of Boolean functions of $[[n]]$ variables whose value depends only on how many "
                "inputs are $1$"
            ),
            Wording(
                "the number of possible voting rules",
                given="In a council of $[[n]]$ members everybody votes yes or no. A voting rule says, from the "
                "number of yes votes alone, whether a motion is passed.",
            ),
            Wording(
                "the number of Boolean functions in $[[n]]$ variables that do not change under any permutation of "
                "the variables"
            ),
        ),
        solve=_symmetric_functions,
        check=_symmetric_check,
    ),
    Family(
        name="congruent_pairs",
        concepts=("equivalence relation", "equivalence classes", "binary relation"),
        school_level="college",
        slots={"n": Integer(5, 60), "d": Integer(2, 12)},
        wordings=(
            Wording(
                "the number of ordered pairs that belong to the relation",
                given=r"On the set $\{1, 2, \ldots, [[n]]\}$ the numbers $x$ and $y$ are equivalent if $x - y$ is "
                r"divisible by $[[d]]$. A number is equivalent to itself.",
            ),
            Wording(
                r"the cardinality of the equivalence relation of congruence modulo $[[d]]$ on $\{1, 2, \ldots, "
                r"[[n]]\}$, as a set of ordered pairs"
            ),
            Wording(
                "the number of ordered pairs of houses, equal ones included, whose houses have the same colour",
                given="Along a street stand $[[n]]$ houses, numbered from $1$. Two houses have the same colour "
                "exactly if their numbers leave the same remainder on division by $[[d]]$.",
            ),
        ),
        solve=_related_pairs,
        check=lambda p: sum((x - y) % p["d"] == 0 for x in range(p["n"]) for y in range(p["n"])),
        where=lambda p: p["d"] < p["n"],
    ),
    Family(
        name="classes_of_blocks",
        concepts=("equivalence classes", "equivalence relation"),
        school_level="college",
        slots={"n": Integer(10, 400), "d": Integer(2, 40)},
        wordings=(
            Wording(
                r"the number of equivalence classes of the relation $\lfloor x / [[d]] \rfloor = \lfloor y / [[d]] "
                r"\rfloor$ on $\{0, 1, 2, \ldots, [[n]]\}$"
            ),
            Wording(
                "the number of classes into which the pages fall",
                given="The pages of a manuscript are numbered from $0$ to $[[n]]$. Two pages are called equivalent "
                "if the integer parts of their numbers divided by $[[d]]$ are equal.",
            ),
            Wording(
                "the number of elements of the quotient set",
                given=r"On the integers from $0$ to $[[n]]$ two numbers are equivalent if division by $[[d]]$ gives "
                r"the same quotient, whatever the remainder.",
            ),
        ),
        solve=_block_classes,
        check=lambda p: len({x // p["d"] for x in range(p["n"] + 1)}),
        where=lambda p: p["d"] < p["n"],
    ),
    Family(
        name="reflexive_symmetric_relations",
        concepts=("symmetric relation", "binary relation"),
        school_level="college",
        slots={"n": Integer(3, 6)},
        wordings=(
            Wording("the number of relations on a set of $[[n]]$ elements that are reflexive and symmetric"),
            Wording(
                "the number of possible answers to the question of who knows whom",
                given="In a group of $[[n]]$ people, everybody knows himself or herself, and if one person knows "
                "another one, then the other one knows the first.",
            ),
            Wording(
                "the number of symmetric matrices with $[[n]]$ rows and $[[n]]$ columns whose entries are $0$ or $1$ "
                "and whose diagonal entries are all $1$"
            ),
        ),
        solve=_reflexive_symmetric,
        check=_reflexive_symmetric_check,
    ),
    Family(
        name="divisibility_order_pairs",
        concepts=("partial order", "binary relation"),
        school_level="college",
        slots={"n": Integer(4, 40)},
        wordings=(
            Wording(
                r"the number of pairs $(x, y)$ with $x \ne y$ in the partial order of divisibility on $\{1, 2, "
                r"\ldots, [[n]]\}$, that is, with $x$ a divisor of $y$"
            ),
            Wording(
                "the number of arrows",
                given=r"The numbers from $1$ to $[[n]]$ are written on a sheet. From each number an arrow is drawn to "
                r"every other number that is a multiple of it.",
            ),
            Wording(
                "the number of pairs of different comparable elements",
                given=r"The set $\{1, 2, \ldots, [[n]]\}$ is partially ordered by divisibility. Two elements are "
                r"comparable if one of them divides the other; the order within a pair does not matter.",
            ),
        ),
        solve=_divisor_pairs,
        check=lambda p: sum(y % x == 0 for y in range(1, p["n"] + 1) for x in range(1, y)),
    ),
)
