"""Modular arithmetic: remainders, congruences, powers and residues."""

from __future__ import annotations

import math

import sympy
from sympy.ntheory import n_order

from ..family import Family, Params, Solution, Topic, Wording
from ..slots import Choice, Integer

TOPICS = (
    Topic(
        "Modular Arithmetic",
        subject="Number Theory",
        school_level="high school",
        concepts={
            "modular arithmetic": ("modulo", "modular reduction", "clock arithmetic"),
            "division with remainder": ("remainder", "remainders", "floor division", "divmod", "euclidean division"),
            "congruences": ("linear congruence", "linear congruences", "congruent modulo", "congruence modulo"),
            "modular exponentiation": ("modular power", "powers modulo", "exponentiation by squaring"),
            "modular inverse": ("modular inverses", "modular multiplicative inverse", "mod_inverse"),
            "chinese remainder theorem": ("simultaneous congruences", "crt"),
            "multiplicative order": ("n_order", "order modulo"),
            "fermat's little theorem": ("fermat little theorem",),
            "euler's theorem": ("euler's congruence",),
            "quadratic residues": ("quadratic residue", "legendre symbol", "jacobi symbol", "squares modulo"),
            "primitive roots": ("primitive root",),
            "last digits": ("last digit", "units digit", "final digit"),
        },
    ),
)


def _leftover(params: Params) -> Solution:
    a, b, m = params["a"], params["b"], params["m"]
    one, other = a % m, b % m
    return Solution(
        (
            f"Dividing ${a}$ by ${m}$ leaves ${one}$, and dividing ${b}$ by ${m}$ leaves ${other}$.",
            rf"The product therefore leaves the same remainder as ${one} \cdot {other} = {one * other}$.",
            rf"Since ${one * other} = {one * other // m} \cdot {m} + {a * b % m}$, the remainder is ${a * b % m}$.",
        ),
        a * b % m,
    )


def _clock(params: Params) -> Solution:
    n, h, cycle = params["n"], params["h"], params["cycle"]
    result = (h + n) % cycle
    return Solution(
        (
            f"Only the remainder of the sum on division by ${cycle}$ matters.",
            f"The sum is ${h} + {n} = {h + n}$.",
            rf"As ${h + n} = {(h + n) // cycle} \cdot {cycle} + {result}$, the result is ${result}$.",
        ),
        result,
    )


def _power_remainder(params: Params) -> Solution:
    a, e, m = params["a"], params["e"], params["m"]
    order = n_order(a, m)
    powers = ", ".join(rf"{a}^{{{i}}} \equiv {pow(a, i, m)}" for i in range(1, order + 1))
    rest = e % order
    result = pow(a, e, m)
    return Solution(
        (
            rf"Modulo ${m}$ the powers are ${powers}$, and then they repeat with period ${order}$.",
            rf"The exponent is ${e} = {e // order} \cdot {order} + {rest}$.",
            rf"So ${a}^{{{e}}} \equiv {a}^{{{rest}}} \equiv {result} \pmod{{{m}}}$, and the remainder is ${result}$.",
        ),
        result,
    )


def _repeated_product(params: Params) -> int:
    """The power's remainder by one multiplication after another."""
    result = 1
    for _ in range(params["e"]):
        result = result * params["a"] % params["m"]
    return result


def _fermat(params: Params) -> Solution:
    a, e, p = params["a"], params["e"], params["p"]
    rest = e % (p - 1)
    result = pow(a, e, p)
    reduced = rf" \equiv {result}" if a**rest >= p else ""
    return Solution(
        (
            rf"The number ${p}$ is prime and does not divide ${a}$, so ${a}^{{{p - 1}}} \equiv 1 \pmod{{{p}}}$ "
            "by Fermat's little theorem.",
            rf"Write the exponent as ${e} = {e // (p - 1)} \cdot {p - 1} + {rest}$.",
            rf"Then ${a}^{{{e}}} \equiv {a}^{{{rest}}} = {a**rest}{reduced} \pmod{{{p}}}$.",
            f"The remainder is ${result}$.",
        ),
        result,
    )


def _last_digit(params: Params) -> Solution:
    a, e = params["a"], params["e"]
    cycle = [pow(a, 1, 10)]
    while (following := cycle[-1] * a % 10) != cycle[0]:
        cycle.append(following)
    place = (e - 1) % len(cycle) + 1
    digit = cycle[place - 1]
    return Solution(
        (
            f"The last digits of successive powers of ${a}$ are ${', '.join(map(str, cycle))}$, and then they repeat.",
            f"The period is ${len(cycle)}$, and ${e} = {(e - place) // len(cycle)} \\cdot {len(cycle)} + {place}$.",
            f"So the last digit is the same as that of ${a}^{{{place}}}$, namely ${digit}$.",
        ),
        digit,
    )


def _order(params: Params) -> Solution:
    a, m = params["a"], params["m"]
    order = n_order(a, m)
    totient = int(sympy.totient(m))
    powers = ", ".join(rf"{a}^{{{d}}} \equiv {pow(a, d, m)}" for d in sympy.divisors(totient) if d <= order)
    return Solution(
        (
            rf"There are ${totient}$ residues relatively prime to ${m}$, so by Euler's theorem "
            rf"${a}^{{{totient}}} \equiv 1 \pmod{{{m}}}$.",
            f"The smallest exponent of this kind divides ${totient}$, so it is enough to try its divisors.",
            f"Modulo ${m}$ we find ${powers}$.",
            f"The first exponent that gives $1$ is ${order}$.",
        ),
        order,
    )


def _primitive_roots(params: Params) -> Solution:
    p = params["p"]
    factors = list(sympy.factorint(p - 1))
    product = "".join(rf" \cdot \left(1 - \frac{{1}}{{{q}}}\right)" for q in factors)
    count = int(sympy.totient(p - 1))
    return Solution(
        (
            f"Modulo the prime ${p}$ there is a primitive root, and its powers run through all nonzero residues.",
            f"Such a power is again a primitive root exactly when its exponent is relatively prime to ${p - 1}$.",
            f"The number of exponents of this kind is ${p - 1}{product} = {count}$.",
        ),
        count,
    )


def _inverse(params: Params) -> Solution:
    a, m = params["a"], params["m"]
    inverse = pow(a, -1, m)
    quotient = (a * inverse - 1) // m
    return Solution(
        (
            f"We look for a multiple of ${a}$ that exceeds a multiple of ${m}$ by exactly $1$.",
            f"The Euclidean algorithm, run backwards from the remainder $1$, produces the factor ${inverse}$.",
            rf"Indeed ${a} \cdot {inverse} = {a * inverse} = {quotient} \cdot {m} + 1$, so the result is ${inverse}$.",
        ),
        inverse,
    )


def _linear_congruence(params: Params) -> Solution:
    a, b, m = params["a"], params["b"], params["m"]
    inverse = pow(a, -1, m)
    x = inverse * b % m
    return Solution(
        (
            rf"The inverse of ${a}$ modulo ${m}$ is ${inverse}$, because "
            rf"${a} \cdot {inverse} = {a * inverse} = {a * inverse // m} \cdot {m} + 1$.",
            rf"Multiplying both sides by it gives $x \equiv {inverse} \cdot {b} = {inverse * b} \pmod{{{m}}}$.",
            rf"Reducing, ${inverse * b} = {inverse * b // m} \cdot {m} + {x}$, so the smallest solution is ${x}$.",
        ),
        x,
    )


def _remainders(params: Params) -> Solution:
    a, m, b, n = params["a"], params["p"], params["b"], params["q"]
    inverse = pow(m, -1, n)
    y = (b - a) * inverse % n
    x = a + m * y
    return Solution(
        (
            f"The first condition says that $x = {a} + {m}y$ for some integer $y \\ge 0$.",
            rf"The second one then reads ${m}y \equiv {b} - {a} \equiv {(b - a) % n} \pmod{{{n}}}$.",
            rf"The inverse of ${m}$ modulo ${n}$ is ${inverse}$, hence "
            rf"$y \equiv {inverse} \cdot {(b - a) % n} \equiv {y} \pmod{{{n}}}$.",
            rf"With $y = {y}$ the smallest number is ${a} + {m} \cdot {y} = {x}$.",
        ),
        x,
    )


def _squares(params: Params) -> Solution:
    m = params["m"]
    roots = range(m // 2 + 1)
    found = sorted({x * x % m for x in roots})
    return Solution(
        (
            f"Since $x$ and ${m} - x$ have squares with the same remainder, it suffices to square the integers "
            f"$0, 1, \\ldots, {m // 2}$.",
            f"Their squares leave, in this order, the remainders ${', '.join(str(x * x % m) for x in roots)}$.",
            f"The different ones are ${', '.join(map(str, found))}$, so there are ${len(found)}$ of them.",
        ),
        len(found),
    )


FAMILIES = (
    Family(
        name="product_remainder",
        concepts=("division with remainder", "modular arithmetic"),
        school_level="middle school",
        slots={"a": Integer(12, 400), "b": Integer(12, 400), "m": Integer(6, 40)},
        wordings=(
            Wording("the remainder when $[[a]] \\cdot [[b]]$ is divided by $[[m]]$"),
            Wording(
                "the number of oranges left over",
                given="A farm delivers $[[a]]$ crates with $[[b]]$ oranges each. "
                "All the oranges are poured together and packed into as many full nets of $[[m]]$ as possible.",
            ),
            Wording(
                "the nonnegative integer less than $[[m]]$ that is congruent to $[[a]] \\cdot [[b]]$ modulo $[[m]]$"
            ),
        ),
        solve=_leftover,
        check=lambda params: (
            sum([params["b"]] * params["a"]) - params["m"] * (params["a"] * params["b"] // params["m"])
        ),
        where=lambda params: params["a"] % params["m"] > 1 and params["b"] % params["m"] > 1,
    ),
    Family(
        name="clock_sum",
        concepts=("modular arithmetic", "division with remainder"),
        school_level="elementary",
        slots={"n": Integer(25, 999), "h": Integer(3, 11), "cycle": Choice((12, 24, 60))},
        wordings=(
            Wording(
                "the number on which the pointer ends",
                given="A dial has $[[cycle]]$ marks numbered from $0$ in order, and its pointer stands at $[[h]]$. "
                "The pointer is moved forward by $[[n]]$ marks.",
            ),
            Wording("the remainder when $[[h]] + [[n]]$ is divided by $[[cycle]]$"),
            Wording(
                "the seat number of the child who ends up with the ball",
                given="The $[[cycle]]$ seats of a round table are numbered $0, 1, 2$ and so on, each taken by a child. "
                "The child in seat $[[h]]$ holds a ball, which is handed on $[[n]]$ times, each time to the next "
                "higher number, and from the highest number to $0$.",
            ),
        ),
        solve=_clock,
        check=lambda params: (list(range(params["cycle"])) * 85)[params["h"] + params["n"]],
    ),
    Family(
        name="power_remainder",
        concepts=("modular exponentiation", "multiplicative order", "modular arithmetic"),
        school_level="high school",
        slots={"a": Integer(2, 20), "e": Integer(13, 300), "m": Integer(7, 50)},
        wordings=(
            Wording("the remainder when $[[a]]^{[[e]]}$ is divided by $[[m]]$"),
            Wording("the least nonnegative integer congruent to $[[a]]^{[[e]]}$ modulo $[[m]]$"),
            Wording(
                "the number in the display after all these steps",
                given="A display shows $1$. In each step its number is multiplied by $[[a]]$ and replaced by the "
                "remainder of the result on division by $[[m]]$. Altogether $[[e]]$ steps are made.",
            ),
        ),
        solve=_power_remainder,
        check=_repeated_product,
        where=lambda params: (
            math.gcd(params["a"], params["m"]) == 1
            and params["a"] % params["m"] > 1
            and 2 < n_order(params["a"], params["m"]) <= 8
            and params["e"] % n_order(params["a"], params["m"]) > 0
        ),
    ),
    Family(
        name="fermat_power",
        concepts=("fermat's little theorem", "modular exponentiation", "prime numbers"),
        school_level="competition",
        slots={"a": Integer(2, 12), "e": Integer(30, 2_000), "p": Choice((7, 11, 13, 17, 19, 23))},
        wordings=(
            Wording("the remainder when $[[a]]^{[[e]]}$ is divided by the prime $[[p]]$"),
            Wording("the integer $x$ with $0 \\le x < [[p]]$ and $[[a]]^{[[e]]} \\equiv x \\pmod{[[p]]}$"),
            Wording(
                "the number that is left in the end",
                given="From $[[a]]^{[[e]]}$ the prime $[[p]]$ is subtracted again and again, "
                "until what is left is less than $[[p]]$.",
            ),
        ),
        solve=_fermat,
        check=lambda params: params["a"] ** params["e"] % params["p"],
        where=lambda params: (
            params["a"] % params["p"] > 1 and params["e"] > params["p"] and 1 < params["e"] % (params["p"] - 1) <= 4
        ),
    ),
    Family(
        name="last_digit_of_power",
        concepts=("last digits", "modular exponentiation"),
        school_level="middle school",
        slots={"a": Integer(2, 49), "e": Integer(8, 500)},
        wordings=(
            Wording("the last digit of $[[a]]^{[[e]]}$"),
            Wording("the units digit of the number $[[a]]^{[[e]]}$"),
            Wording(
                "the last digit of the number of grains",
                given="In a fable, a king owes $[[a]]^{[[e]]}$ grains of rice.",
            ),
        ),
        solve=_last_digit,
        check=lambda params: params["a"] ** params["e"] % 10,
        where=lambda params: params["a"] % 10 in (2, 3, 4, 7, 8, 9),
    ),
    Family(
        name="multiplicative_order",
        concepts=("multiplicative order", "euler's theorem", "modular exponentiation"),
        school_level="college",
        slots={"a": Integer(2, 30), "m": Integer(7, 60)},
        wordings=(
            Wording("the multiplicative order of $[[a]]$ modulo $[[m]]$"),
            Wording("the smallest positive integer $x$ for which $[[m]]$ divides $[[a]]^{x} - 1$"),
            Wording(
                "the number of rounds after which every bead is back in its place for the first time",
                given="The $[[m]]$ places of a bracelet are numbered $0, 1, 2$ and so on. In each round, for every "
                "$i$, the bead in place $i$ moves to the place whose number is the remainder of $[[a]] \\cdot i$ "
                "modulo $[[m]]$.",
            ),
        ),
        solve=_order,
        check=lambda params: next(x for x in range(1, 61) if params["a"] ** x % params["m"] == 1),
        where=lambda params: (
            math.gcd(params["a"], params["m"]) == 1
            and params["a"] % params["m"] > 1
            and n_order(params["a"], params["m"]) > 2
        ),
    ),
    Family(
        name="primitive_root_count",
        concepts=("primitive roots", "euler's totient function", "multiplicative order"),
        school_level="college",
        slots={"p": Integer(5, 80)},
        wordings=(
            Wording(
                "the number of primitive roots modulo the prime $[[p]]$ among the positive integers less than $[[p]]$"
            ),
            Wording(
                "the number of positive integers less than $[[p]]$ whose powers, taken modulo the prime $[[p]]$, "
                "run through all nonzero remainders"
            ),
            Wording(
                "the number of factors with which every place except $0$ is visited",
                given="The $[[p]]$ places on a round board are numbered $0, 1, 2$ and so on, where $[[p]]$ is prime. "
                "A piece starts on place $1$. In each move the number of its place is multiplied by a factor, fixed "
                "for the whole game, and the piece goes to the place whose number is the remainder of the product "
                "modulo $[[p]]$. The factor is a positive integer less than $[[p]]$.",
            ),
        ),
        solve=_primitive_roots,
        check=lambda params: sum(
            len({pow(g, i, params["p"]) for i in range(params["p"])}) == params["p"] - 1 for g in range(1, params["p"])
        ),
        where=lambda params: bool(sympy.isprime(params["p"])),
    ),
    Family(
        name="modular_inverse",
        concepts=("modular inverse", "euclidean algorithm"),
        school_level="college",
        slots={"a": Integer(3, 60), "m": Integer(7, 97)},
        wordings=(
            Wording("the inverse of $[[a]]$ modulo $[[m]]$, taken as a positive integer less than $[[m]]$"),
            Wording("the smallest positive integer $x$ with $[[a]]x \\equiv 1 \\pmod{[[m]]}$"),
            Wording(
                "the smallest number by which to multiply in order to decode it",
                given="A message is a nonnegative integer less than $[[m]]$. It is encoded by multiplying it by "
                "$[[a]]$ and "
                "taking the remainder modulo $[[m]]$. Decoding works in the same way with another positive factor.",
            ),
        ),
        solve=_inverse,
        check=lambda params: next(x for x in range(1, params["m"]) if params["a"] * x % params["m"] == 1),
        where=lambda params: (
            math.gcd(params["a"], params["m"]) == 1 and 1 < params["a"] % params["m"] < params["m"] - 1
        ),
    ),
    Family(
        name="linear_congruence",
        concepts=("congruences", "modular inverse"),
        school_level="high school",
        slots={"a": Integer(3, 40), "b": Integer(2, 40), "m": Integer(7, 60)},
        wordings=(
            Wording("the smallest nonnegative integer $x$ with $[[a]]x \\equiv [[b]] \\pmod{[[m]]}$"),
            Wording("the least nonnegative integer $x$ for which $[[a]]x - [[b]]$ is divisible by $[[m]]$"),
            Wording(
                "the smallest possible number of boxes",
                given="The pencils in some boxes of $[[a]]$ are put together and packed into full cases of $[[m]]$. "
                "Exactly $[[b]]$ pencils are left over, fewer than fit into a case.",
            ),
        ),
        solve=_linear_congruence,
        check=lambda params: next(x for x in range(params["m"]) if (params["a"] * x - params["b"]) % params["m"] == 0),
        where=lambda params: (
            math.gcd(params["a"], params["m"]) == 1
            and params["b"] < params["m"]
            and 1 < params["a"] % params["m"] < params["m"] - 1
        ),
    ),
    Family(
        name="two_remainders",
        concepts=("chinese remainder theorem", "congruences", "division with remainder"),
        school_level="competition",
        slots={"a": Integer(1, 12), "p": Integer(3, 13), "b": Integer(1, 16), "q": Integer(4, 17)},
        wordings=(
            Wording(
                "the smallest positive integer that leaves the remainder $[[a]]$ on division by $[[p]]$ "
                "and the remainder $[[b]]$ on division by $[[q]]$"
            ),
            Wording(
                "the smallest possible number of musicians",
                given="When a marching band lines up in rows of $[[p]]$, the last, incomplete row has $[[a]]$ members. "
                "In rows of $[[q]]$, the last, incomplete row has $[[b]]$ members.",
            ),
            Wording(
                "the least positive integer $x$ with this property",
                given="An integer $x$ satisfies $x \\equiv [[a]] \\pmod{[[p]]}$ and $x \\equiv [[b]] \\pmod{[[q]]}$.",
            ),
        ),
        solve=_remainders,
        check=lambda params: next(
            x for x in range(1, 600) if x % params["p"] == params["a"] and x % params["q"] == params["b"]
        ),
        where=lambda params: (
            math.gcd(params["p"], params["q"]) == 1
            and params["a"] < params["p"]
            and params["b"] < params["q"]
            and params["a"] != params["b"]
        ),
    ),
    Family(
        name="squares_modulo",
        concepts=("quadratic residues", "modular arithmetic"),
        school_level="competition",
        slots={"m": Integer(7, 40)},
        wordings=(
            Wording("the number of different remainders that perfect squares leave modulo $[[m]]$"),
            Wording(
                "the number of nonnegative integers $i$ less than $[[m]]$ for which "
                "$x^{2} \\equiv i \\pmod{[[m]]}$ has a solution"
            ),
            Wording(
                "the number of chairs on which the frog can land",
                given="In a circle stand $[[m]]$ chairs, numbered $0, 1, 2$ and so on. A frog starts on chair $0$, "
                "picks a "
                "nonnegative integer $x$ and jumps ahead by $x^{2}$ chairs.",
            ),
        ),
        solve=_squares,
        check=lambda params: len({x * x % params["m"] for x in range(-3 * params["m"], 3 * params["m"])}),
    ),
)
