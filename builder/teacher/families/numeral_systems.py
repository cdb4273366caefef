"""Number theory: Diophantine equations and numeral systems."""

from __future__ import annotations

import math
from fractions import Fraction

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Choice, Integer

TOPICS = (
    Topic(
        "Diophantine Equations and Numeral Systems",
        subject="Number Theory",
        school_level="high school",
        concepts={
            "diophantine equations": ("diophantine equation", "diophantine", "integer solutions"),
            "bezout's identity": ("bezout coefficients", "extended euclidean algorithm", "extended gcd", "gcdex"),
            "frobenius coin problem": ("frobenius number", "chicken mcnugget theorem", "coin problem"),
            "binary representation": ("binary number", "binary numbers", "binary digits", "binary expansion"),
            "numeral systems": ("positional notation", "hexadecimal", "octal", "base conversion"),
            "digit sum": ("digital sum", "sum of digits", "sum of the digits"),
            "bitwise operations": ("bitwise and", "bitwise or", "bitwise xor", "bitwise exclusive or"),
            "continued fractions": ("continued fraction", "continued fraction expansion"),
        },
    ),
)


def _in_base(n: int, base: int) -> list[int]:
    """The digits of n, most significant first."""
    digits: list[int] = []
    while n:
        n, digit = divmod(n, base)
        digits.append(digit)
    return digits[::-1]


def _coin_pairs(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    pairs = [(x, (c - a * x) // b) for x in range(c // a + 1) if (c - a * x) % b == 0]
    listed = ", ".join(f"({x}, {y})" for x, y in pairs)
    (x, y) = pairs[0]
    return Solution(
        (
            f"We count the pairs of nonnegative integers $(x, y)$ with ${a}x + {b}y = {c}$.",
            rf"The smallest possible $x$ is ${x}$, with $y = {y}$, since ${a} \cdot {x} + {b} \cdot {y} = {c}$.",
            f"As ${a}$ and ${b}$ have no common factor, the others arise by repeatedly "
            f"raising $x$ by ${b}$ and lowering $y$ by ${a}$.",
            f"This gives the pairs ${listed}$, so the number of solutions is ${len(pairs)}$."
            if len(pairs) > 1
            else f"The next step would already make $y$ negative, so ${listed}$ is the only pair and the count is $1$.",
        ),
        len(pairs),
    )


def _frobenius(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    value = a * b - a - b
    return Solution(
        (
            f"The numbers ${a}$ and ${b}$ have no common factor, so only finitely many amounts cannot be reached.",
            "For two such numbers, the largest amount out of reach is their product minus their sum.",
            rf"This is ${a} \cdot {b} - {a} - {b} = {value}$.",
        ),
        value,
    )


def _bezout(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    x = pow(a, -1, b)
    y = (a * x - 1) // b
    return Solution(
        (
            f"Since ${a}$ and ${b}$ have no common factor, Bezout's identity promises integers with ${a}x - {b}y = 1$.",
            f"The extended Euclidean algorithm leads to $x = {x}$ and $y = {y}$: "
            rf"${a} \cdot {x} - {b} \cdot {y} = {a * x} - {b * y} = 1$.",
            f"Other solutions change $x$ by a multiple of ${b}$, and ${x} < {b}$, so the smallest positive one is "
            f"${x}$.",
        ),
        x,
    )


def _binary_ones(params: Params) -> Solution:
    n = params["n"]
    powers = [2**i for i in range(n.bit_length() - 1, -1, -1) if n >> i & 1]
    return Solution(
        (
            f"Take away the largest powers of two in turn: ${n} = {' + '.join(map(str, powers))}$.",
            f"In binary the number is written ${n:b}$.",
            f"Each of the powers of two stands for one digit $1$, so the count is ${len(powers)}$.",
        ),
        len(powers),
    )


def _base_digit_sum(params: Params) -> Solution:
    n, base = params["n"], params["b"]
    digits = _in_base(n, base)
    terms = " + ".join(rf"{d} \cdot {base}^{{{len(digits) - 1 - i}}}" for i, d in enumerate(digits))
    return Solution(
        (
            f"Write ${n}$ in powers of ${base}$: ${n} = {terms}$.",
            f"So the digits in base ${base}$ are ${', '.join(map(str, digits))}$.",
            f"Their sum is ${' + '.join(map(str, digits))} = {sum(digits)}$.",
        ),
        sum(digits),
    )


def _bitwise(params: Params) -> Solution:
    a, b, kind = params["a"], params["b"], params["kind"]
    result = {"AND": a & b, "OR": a | b, "XOR": a ^ b}[kind]
    width = max(a, b).bit_length()
    rule = {
        "AND": "both numbers have a $1$",
        "OR": "at least one of the numbers has a $1$",
        "XOR": "exactly one of the numbers has a $1$",
    }[kind]
    return Solution(
        (
            f"In binary the two numbers are ${a:0{width}b}$ and ${b:0{width}b}$.",
            f"The result has a $1$ in the places where {rule}: ${result:0{width}b}$.",
            f"In decimal this is ${result}$.",
        ),
        result,
    )


def _check_bitwise(params: Params) -> int:
    """Adds place values, with the digits as a truth table of sums: 2 is AND, 1 or more is OR, 1 is XOR."""
    wanted = {"AND": (2,), "OR": (1, 2), "XOR": (1,)}[params["kind"]]
    return sum(2**i for i in range(8) if params["a"] // 2**i % 2 + params["b"] // 2**i % 2 in wanted)


def _continued_fraction(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    inner = b + Fraction(1, c)
    value = a + 1 / inner
    return Solution(
        (
            rf"Work from the inside out: ${b} + \frac{{1}}{{{c}}} = {tex(inner)}$.",
            f"Its reciprocal is ${tex(1 / inner)}$.",
            f"So the value is ${a} + {tex(1 / inner)} = {tex(value)}$.",
        ),
        value,
    )


FAMILIES = (
    Family(
        name="coin_pairs",
        concepts=("diophantine equations", "coprime integers"),
        school_level="high school",
        slots={"a": Integer(2, 12, link=False), "b": Integer(3, 13, link=False), "c": Integer(20, 200)},
        wordings=(
            Wording("the number of pairs of nonnegative integers $(x, y)$ that satisfy $[[a]]x + [[b]]y = [[c]]$"),
            Wording(
                "the number of ways to do so",
                given="A shop sells pens at $[[a]]$ euros and notebooks at $[[b]]$ euros apiece. "
                "A teacher wants to spend exactly $[[c]]$ euros on pens and notebooks, possibly on only one kind.",
            ),
            Wording(
                "the number of combinations of boards that fit exactly",
                given="A fence of length $[[c]]$ m is built from boards of length $[[a]]$ m and $[[b]]$ m, "
                "and only the number of boards of each kind matters.",
            ),
        ),
        solve=_coin_pairs,
        check=lambda params: sum(
            params["a"] * x + params["b"] * y == params["c"] for x in range(101) for y in range(68)
        ),
        where=lambda params: (
            params["a"] < params["b"]
            and math.gcd(params["a"], params["b"]) == 1
            and any((params["c"] - params["a"] * x) % params["b"] == 0 for x in range(params["c"] // params["a"] + 1))
        ),
    ),
    Family(
        name="frobenius_coins",
        concepts=("frobenius coin problem", "coprime integers", "diophantine equations"),
        school_level="competition",
        slots={"a": Integer(3, 15), "b": Integer(4, 18)},
        wordings=(
            Wording(
                "the largest integer that cannot be written as $[[a]]x + [[b]]y$ with nonnegative integers $x$ and $y$"
            ),
            Wording(
                "the largest whole number of cents that cannot be paid exactly",
                given="In a country there are only coins of $[[a]]$ cents and of $[[b]]$ cents. No change is given.",
            ),
            Wording(
                "the greatest number of pieces that cannot be ordered",
                given="A bakery sells rolls only in bags of $[[a]]$ and in bags of $[[b]]$ pieces.",
            ),
        ),
        solve=_frobenius,
        check=lambda params: max(
            set(range(500)) - {params["a"] * x + params["b"] * y for x in range(170) for y in range(130)}
        ),
        where=lambda params: math.gcd(params["a"], params["b"]) == 1 and params["a"] < params["b"],
    ),
    Family(
        name="bezout_coefficient",
        concepts=("bezout's identity", "euclidean algorithm", "diophantine equations"),
        school_level="college",
        slots={"a": Integer(5, 90), "b": Integer(7, 60)},
        wordings=(
            Wording("the smallest positive integer $x$ for which some integer $y$ satisfies $[[a]]x - [[b]]y = 1$"),
            Wording(
                "the smallest possible number of jumps to the right",
                given="A flea on the number line jumps $[[a]]$ units to the right or $[[b]]$ units to the left "
                "at a time, and ends up $1$ unit to the right of where it began.",
            ),
            Wording(
                "the least positive value of $x$",
                given="The integers $x$ and $y$ satisfy $[[a]] \\cdot x = [[b]] \\cdot y + 1$.",
            ),
        ),
        solve=_bezout,
        check=lambda params: next(x for x in range(1, 100) if (params["a"] * x - 1) % params["b"] == 0),
        where=lambda params: math.gcd(params["a"], params["b"]) == 1 and params["a"] % params["b"] > 1,
    ),
    Family(
        name="binary_ones",
        concepts=("binary representation", "numeral systems"),
        school_level="middle school",
        slots={"n": Integer(11, 2_000)},
        wordings=(
            Wording("the number of digits $1$ in the binary representation of $[[n]]$"),
            Wording("the least number of powers of two, repeats allowed, whose sum is $[[n]]$"),
            Wording(
                "the number of weights on the other pan",
                given="A merchant owns one weight each of $1, 2, 4, 8, \\ldots, 1024$ grams. He balances a parcel of "
                "$[[n]]$ grams on one pan of a scale with weights on the other pan.",
            ),
        ),
        solve=_binary_ones,
        check=lambda params: params["n"].bit_count(),
        where=lambda params: params["n"].bit_count() > 1,
    ),
    Family(
        name="base_digit_sum",
        concepts=("digit sum", "numeral systems"),
        school_level="middle school",
        slots={"n": Integer(30, 3_000), "b": Integer(3, 9)},
        wordings=(
            Wording("the sum of the digits of $[[n]]$ when it is written in base $[[b]]$"),
            Wording("the digit sum of the representation of $[[n]]$ in base $[[b]]$"),
            Wording(
                "the sum of the digits on the display",
                given="A machine counts in base $[[b]]$ and displays how many parts it has made. "
                "It has now made $[[n]]$ parts, where this number is given in decimal.",
            ),
        ),
        solve=_base_digit_sum,
        check=lambda params: sum(params["n"] // params["b"] ** i % params["b"] for i in range(10)),
        where=lambda params: params["n"] >= params["b"] ** 2,
    ),
    Family(
        name="bitwise_operation",
        concepts=("bitwise operations", "binary representation"),
        school_level="college",
        slots={"a": Integer(3, 63), "b": Integer(3, 63), "kind": Choice(("AND", "OR", "XOR"))},
        wordings=(
            Wording("the result, in decimal, of the bitwise [[kind]] of $[[a]]$ and $[[b]]$"),
            Wording(
                "the decimal value of the result",
                given="The integers $[[a]]$ and $[[b]]$ are written in binary and "
                "combined digit by digit with the logical operation [[kind]].",
            ),
            Wording(
                "the number in the register afterwards",
                given="A register of a processor holds $[[a]]$. "
                "The processor replaces it by its bitwise [[kind]] with $[[b]]$.",
            ),
        ),
        solve=_bitwise,
        check=_check_bitwise,
        where=lambda params: params["a"] & params["b"] not in (0, params["a"], params["b"]),
    ),
    Family(
        name="continued_fraction",
        concepts=("continued fractions",),
        school_level="high school",
        slots={"a": Integer(1, 12), "b": Integer(2, 12), "c": Integer(2, 15)},
        wordings=(
            Wording("the value of $[[a]] + \\cfrac{1}{[[b]] + \\cfrac{1}{[[c]]}}$"),
            Wording("the rational number with the continued fraction expansion $[[[a]]; [[b]], [[c]]]$"),
            Wording(
                "the number that the calculator showed at first",
                given="A calculator shows a number. Its integer part $[[a]]$ is taken away and the reciprocal of "
                "the rest is formed. From this second number its integer part $[[b]]$ is taken away, and the "
                "reciprocal of the rest is exactly $[[c]]$.",
            ),
        ),
        solve=_continued_fraction,
        check=lambda params: Fraction(
            params["a"] * (params["b"] * params["c"] + 1) + params["c"], params["b"] * params["c"] + 1
        ),
    ),
)
