"""Number theory: divisibility and factorization, Diophantine equations, numeral systems."""

from __future__ import annotations

import math
from fractions import Fraction

import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Choice, Integer

TOPICS = (
    Topic(
        "Divisibility and Factorization",
        subject="Number Theory",
        school_level="middle school",
        concepts={
            "greatest common divisor": ("gcd", "greatest common divisors", "highest common factor"),
            "least common multiple": ("lcm", "least common multiples", "lowest common multiple"),
            "divisors": ("divisor", "number of divisors", "factors of an integer", "divisibility"),
            "prime factorization": ("prime factors", "integer factorization", "factorint", "factorization into primes"),
            "prime numbers": ("prime number", "primes", "primality", "sieve of eratosthenes"),
            "coprime integers": ("coprime", "relatively prime", "mutually prime"),
            "euclidean algorithm": ("euclid's algorithm",),
            "divisor function": ("sum of divisors", "sum of the divisors", "divisor_sigma", "sigma function"),
            "perfect squares": ("perfect square", "square numbers", "square number", "integer square root"),
            "squarefree integers": ("squarefree", "square-free", "square-free integers"),
            "p-adic valuation": ("multiplicity of a prime", "legendre's formula", "trailing zeros"),
            "euler's totient function": ("totient", "euler totient", "euler phi function", "totient function"),
        },
    ),
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
            "bitwise operations": ("bitwise and", "bitwise or", "bitwise xor", "exclusive or"),
            "continued fractions": ("continued fraction", "continued fraction expansion"),
        },
    ),
)


def _factorized(n: int) -> str:
    """`360` as `2^{3} \\cdot 3^{2} \\cdot 5`."""
    powers = sympy.factorint(n)
    return r" \cdot ".join(f"{p}" if e == 1 else f"{p}^{{{e}}}" for p, e in powers.items())


def _in_base(n: int, base: int) -> list[int]:
    """The digits of n, most significant first."""
    digits: list[int] = []
    while n:
        n, digit = divmod(n, base)
        digits.append(digit)
    return digits[::-1]


def _count_divisors(params: Params) -> Solution:
    n = params["n"]
    exponents = list(sympy.factorint(n).values())
    count = math.prod(e + 1 for e in exponents)
    factors = r" \cdot ".join(f"({e} + 1)" for e in exponents)
    return Solution(
        (
            f"The prime factorization is ${n} = {_factorized(n)}$.",
            "A divisor is fixed by choosing each exponent from $0$ up to its value in the factorization.",
            f"So the number of divisors is ${factors} = {count}$.",
        ),
        count,
    )


def _euclid(params: Params) -> Solution:
    a, b = max(params["a"], params["b"]), min(params["a"], params["b"])
    lines: list[str] = []
    while b:
        lines.append(rf"${a} = {a // b} \cdot {b} + {a % b}$")
        a, b = b, a % b
    return Solution(
        (
            f"Divide with remainder again and again: {', '.join(lines)}.",
            f"The last divisor that leaves no remainder is ${a}$, so the greatest common divisor is ${a}$.",
        ),
        a,
    )


def _common_multiple(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    one, other = sympy.factorint(a), sympy.factorint(b)
    highest = {p: max(one.get(p, 0), other.get(p, 0)) for p in sorted({*one, *other})}
    multiple = math.prod(p**e for p, e in highest.items())
    return Solution(
        (
            f"We need the smallest number that both ${a}$ and ${b}$ divide, their least common multiple.",
            f"Factor both into primes: ${_written(a)}$ and ${_written(b)}$.",
            f"Taking each prime with the higher exponent gives ${_factorized(multiple)} = {multiple}$.",
        ),
        multiple,
    )


def _written(n: int) -> str:
    """`12 = 2^{2} \\cdot 3`, and a prime by itself."""
    return f"{n}" if sympy.isprime(n) else f"{n} = {_factorized(n)}"


def _divisor_sum(params: Params) -> Solution:
    n = params["n"]
    powers = sympy.factorint(n)
    sums = [sum(p**i for i in range(e + 1)) for p, e in powers.items()]
    brackets = [" + ".join(str(p**i) for i in range(e + 1)) for p, e in powers.items()]
    product = "".join(f"({bracket})" for bracket in brackets)
    values = r" \cdot ".join(map(str, sums))
    total = math.prod(sums)
    result = f"{values} = {total}" if len(sums) > 1 else f"{total}"
    return Solution(
        (
            f"The prime factorization is ${n} = {_factorized(n)}$.",
            f"Multiplying out ${product}$ produces every divisor exactly once.",
            f"The sum of the divisors is therefore ${product} = {result}$.",
        ),
        total,
    )


def _totient(params: Params) -> Solution:
    n = params["n"]
    primes = list(sympy.factorint(n))
    count = n * math.prod(p - 1 for p in primes) // math.prod(primes)
    factors = "".join(rf" \cdot \left(1 - \frac{{1}}{{{p}}}\right)" for p in primes)
    return Solution(
        (
            f"The prime factorization is ${n} = {_factorized(n)}$.",
            f"A number has no common factor with ${n}$ exactly when none of these primes divides it.",
            f"Euler's totient function counts such numbers: ${n}{factors} = {count}$.",
        ),
        count,
    )


def _trailing_zeros(params: Params) -> Solution:
    n = params["n"]
    terms = [n // 5**i for i in range(1, n) if 5**i <= n]
    floors = " + ".join(rf"\left\lfloor \frac{{{n}}}{{{5**i}}} \right\rfloor" for i in range(1, len(terms) + 1))
    total = sum(terms)
    added = f"{' + '.join(map(str, terms))} = {total}" if len(terms) > 1 else f"{total}"
    return Solution(
        (
            rf"Each trailing zero is a factor $10 = 2 \cdot 5$ of ${n}!$, and factors $2$ abound.",
            f"By Legendre's formula the exponent of $5$ is ${floors} = {added}$.",
            f"Hence the number of zeros at the end is ${total}$.",
        ),
        total,
    )


def _valuation(params: Params) -> Solution:
    n, p = params["n"], params["p"]
    exponent = sympy.factorint(n).get(p, 0)
    factors = _factorized(n)
    return Solution(
        (
            f"Divide ${n}$ by ${p}$ as long as the division leaves no remainder.",
            f"In terms of the prime factorization, ${n} = {factors}$.",
            f"The highest power of ${p}$ that divides ${n}$ is ${p}^{{{exponent}}}$, so the exponent is ${exponent}$.",
        ),
        exponent,
    )


def _factorial_valuation(params: Params) -> Solution:
    n, p = params["n"], params["p"]
    terms = [n // p**i for i in range(1, n) if p**i <= n]
    listed = ", ".join(f"${count}$ by ${p**i}$" for i, count in enumerate(terms, 1))
    total = sum(terms)
    return Solution(
        (
            rf"Among the factors $1, 2, \ldots, {n}$, the numbers divisible by powers of ${p}$ are counted as follows: "
            f"{listed}.",
            f"A factor divisible by ${p}^{{i}}$ adds one for each power up to the one with exponent $i$.",
            f"Legendre's formula gives the exponent ${' + '.join(map(str, terms))}"
            + (f" = {total}$." if len(terms) > 1 else "$."),
        ),
        total,
    )


def _square_multiplier(params: Params) -> Solution:
    n = params["n"]
    odd = [p for p, e in sympy.factorint(n).items() if e % 2]
    multiplier = math.prod(odd)
    named = r" \cdot ".join(map(str, odd)) + (f" = {multiplier}" if len(odd) > 1 else "")
    return Solution(
        (
            f"The prime factorization is ${_written(n)}$." if not sympy.isprime(n) else f"The number ${n}$ is prime.",
            "In a perfect square every prime has an even exponent, so each odd exponent has to be raised by one.",
            f"The smallest multiplier is the product of the primes with odd exponent, ${named}$.",
            f"Indeed ${multiplier} \\cdot {n} = {math.isqrt(multiplier * n)}^{{2}}$.",
        ),
        multiplier,
    )


def _squarefree(params: Params) -> Solution:
    n = params["n"]
    roots = [d for d in range(2, math.isqrt(n) + 1) if sympy.factorint(d) == dict.fromkeys(sympy.factorint(d), 1)]
    signed = [(-1) ** len(sympy.factorint(d)) * (n // (d * d)) for d in roots]
    count = n + sum(signed)
    counts = ", ".join(f"${n // (d * d)}$ of ${d * d}$" for d in roots)
    terms = "".join(f" {'-' if term < 0 else '+'} {abs(term)}" for term in signed)
    return Solution(
        (
            f"A number is squarefree when no square of a prime divides it; the squares to look at are at most ${n}$.",
            f"Among the first ${n}$ positive integers, the numbers of multiples are: {counts}.",
            f"By inclusion and exclusion the count is ${n}{terms} = {count}$.",
        ),
        count,
    )


def _primes_between(params: Params) -> Solution:
    low, high = params["a"], params["b"]
    primes = list(sympy.primerange(low, high + 1))
    bound = math.isqrt(high)
    return Solution(
        (
            f"A composite number up to ${high}$ has a prime factor of at most ${bound}$, because "
            f"${bound + 1}^{{2}} > {high}$.",
            f"Crossing out the multiples of the primes up to ${bound}$ leaves ${', '.join(map(str, primes))}$.",
            f"Hence the number of primes is ${len(primes)}$.",
        ),
        len(primes),
    )


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
            f"This gives the pairs ${listed}$, so the number of solutions is ${len(pairs)}$.",
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
    result = {"and": a & b, "or": a | b, "exclusive or": a ^ b}[kind]
    width = max(a, b).bit_length()
    rule = {
        "and": "both numbers have a $1$",
        "or": "at least one of the numbers has a $1$",
        "exclusive or": "exactly one of the numbers has a $1$",
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
    """Adds place values, with the digits as a truth table of sums: 2 is and, 1 or more is or, 1 is exclusive or."""
    wanted = {"and": (2,), "or": (1, 2), "exclusive or": (1,)}[params["kind"]]
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
        name="number_of_divisors",
        concepts=("divisors", "prime factorization"),
        school_level="middle school",
        slots={"n": Integer(12, 2_000)},
        wordings=(
            Wording("the number of positive divisors of $[[n]]$"),
            Wording("the number of positive integers that divide $[[n]]$ without remainder"),
            Wording(
                "the number of possible row lengths",
                given="A gardener has $[[n]]$ tulips and wants to plant all of them in equal rows.",
            ),
        ),
        solve=_count_divisors,
        check=lambda params: sum(params["n"] % d == 0 for d in range(1, params["n"] + 1)),
        where=lambda params: not sympy.isprime(params["n"]),
    ),
    Family(
        name="greatest_common_divisor",
        concepts=("greatest common divisor", "euclidean algorithm"),
        school_level="middle school",
        slots={"a": Integer(12, 400), "b": Integer(20, 600)},
        wordings=(
            Wording("the greatest common divisor of $[[a]]$ and $[[b]]$"),
            Wording(
                "the greatest number of identical bouquets that use up all flowers",
                given="A florist has $[[a]]$ roses and $[[b]]$ lilies. "
                "She makes identical bouquets and wants no flower to be left over.",
            ),
            Wording(
                "the largest possible whole-number side length of the tiles in centimetres",
                given="A floor measuring $[[a]]$ cm by $[[b]]$ cm is to be covered exactly by equal square tiles, "
                "none of which is cut.",
            ),
        ),
        solve=_euclid,
        check=lambda params: max(d for d in range(1, params["a"] + 1) if params["a"] % d == params["b"] % d == 0),
        where=lambda params: 1 < math.gcd(params["a"], params["b"]) < min(params["a"], params["b"]),
    ),
    Family(
        name="least_common_multiple",
        concepts=("least common multiple", "prime factorization"),
        school_level="middle school",
        slots={"a": Integer(4, 40), "b": Integer(6, 48)},
        wordings=(
            Wording("the least common multiple of $[[a]]$ and $[[b]]$"),
            Wording(
                "the number of minutes until they next leave together",
                given="Two trams leave the station together. "
                "The first leaves every $[[a]]$ minutes, the second every $[[b]]$ minutes.",
            ),
            Wording("the smallest positive integer that is divisible by both $[[a]]$ and $[[b]]$"),
        ),
        solve=_common_multiple,
        check=lambda params: next(
            n for n in range(1, params["a"] * params["b"] + 1) if n % params["a"] == n % params["b"] == 0
        ),
        where=lambda params: 1 < math.gcd(params["a"], params["b"]) < min(params["a"], params["b"]),
    ),
    Family(
        name="sum_of_divisors",
        concepts=("divisor function", "divisors", "prime factorization"),
        school_level="high school",
        slots={"n": Integer(6, 300)},
        wordings=(
            Wording("the sum of all positive divisors of $[[n]]$"),
            Wording("the sum of the divisors of $[[n]]$, including $1$ and the number itself"),
            Wording(
                "the sum of all the group sizes that are possible",
                given="A class of $[[n]]$ dancers is split into groups of equal size, "
                "where a single dancer or the whole class also count as groups.",
            ),
        ),
        solve=_divisor_sum,
        check=lambda params: sum(d for d in range(1, params["n"] + 1) if params["n"] % d == 0),
        where=lambda params: not sympy.isprime(params["n"]),
    ),
    Family(
        name="totient",
        concepts=("euler's totient function", "coprime integers", "prime factorization"),
        school_level="high school",
        slots={"n": Integer(6, 300)},
        wordings=(
            Wording("the number of positive integers less than $[[n]]$ that are relatively prime to $[[n]]$"),
            Wording("the value of Euler's totient function at $[[n]]$"),
            Wording(
                "the number of fractions that are in lowest terms",
                given="Consider all fractions between $0$ and $1$ that are written with denominator $[[n]]$ "
                "and a positive whole-number numerator.",
            ),
        ),
        solve=_totient,
        check=lambda params: sum(math.gcd(params["n"], i) == 1 for i in range(1, params["n"])),
        where=lambda params: not sympy.isprime(params["n"]),
    ),
    Family(
        name="trailing_zeros",
        concepts=("p-adic valuation", "divisors"),
        school_level="high school",
        slots={"n": Integer(10, 250)},
        wordings=(
            Wording("the number of zeros at the end of $[[n]]!$"),
            Wording(
                "the number of consecutive zeros with which it ends",
                given="The product of all integers from $1$ to $[[n]]$ is written out in decimal.",
            ),
            Wording("the largest integer $x$ for which $10^{x}$ divides $[[n]]!$"),
        ),
        solve=_trailing_zeros,
        check=lambda params: len(s := str(math.factorial(params["n"]))) - len(s.rstrip("0")),
    ),
    Family(
        name="prime_exponent",
        concepts=("p-adic valuation", "prime factorization"),
        school_level="high school",
        slots={"n": Integer(24, 5_000), "p": Choice((2, 3, 5))},
        wordings=(
            Wording("the exponent of $[[p]]$ in the prime factorization of $[[n]]$"),
            Wording("the largest integer $x$ for which $[[p]]^{x}$ divides $[[n]]$"),
            Wording(
                "the number of divisions that can be carried out",
                given="The number $[[n]]$ is divided by $[[p]]$ again and again, as long as the result is an integer.",
            ),
        ),
        solve=_valuation,
        check=lambda params: max(i for i in range(14) if params["n"] % params["p"] ** i == 0),
        where=lambda params: params["n"] % params["p"] ** 2 == 0 and len(sympy.factorint(params["n"])) > 1,
    ),
    Family(
        name="factorial_valuation",
        concepts=("p-adic valuation", "prime factorization"),
        school_level="competition",
        slots={"n": Integer(8, 120), "p": Choice((2, 3, 7))},
        wordings=(
            Wording("the exponent of $[[p]]$ in the prime factorization of $[[n]]!$"),
            Wording("the greatest integer $x$ such that $[[n]]!$ is divisible by $[[p]]^{x}$"),
            Wording(
                "the number of times that the prime $[[p]]$ occurs",
                given="The product of all integers from $1$ to $[[n]]$ is factored into primes.",
            ),
        ),
        solve=_factorial_valuation,
        check=lambda params: next(i for i in range(200) if math.factorial(params["n"]) % params["p"] ** (i + 1)),
    ),
    Family(
        name="square_multiplier",
        concepts=("perfect squares", "prime factorization"),
        school_level="middle school",
        slots={"n": Integer(6, 600)},
        wordings=(
            Wording("the smallest positive integer whose product with $[[n]]$ is a perfect square"),
            Wording("the least positive integer by which $[[n]]$ must be multiplied to give a perfect square"),
            Wording(
                "the smallest possible number of cartons",
                given="Cartons hold $[[n]]$ square tiles each. With the tiles of one or more full cartons, "
                "all of them used, a builder lays a solid square.",
            ),
        ),
        solve=_square_multiplier,
        check=lambda params: next(i for i in range(1, 601) if math.isqrt(i * params["n"]) ** 2 == i * params["n"]),
        where=lambda params: math.isqrt(params["n"]) ** 2 != params["n"],
    ),
    Family(
        name="squarefree_count",
        concepts=("squarefree integers", "perfect squares"),
        school_level="high school",
        slots={"n": Integer(12, 100)},
        wordings=(
            Wording("the number of squarefree integers from $1$ to $[[n]]$, where $1$ counts as squarefree"),
            Wording("the number of positive integers up to $[[n]]$ that no perfect square greater than $1$ divides"),
            Wording(
                "the number of cards that stay on the table",
                given="Cards with the numbers from $1$ to $[[n]]$ lie on a table. "
                "Every card whose number is divisible by the square of a prime is taken away.",
            ),
        ),
        solve=_squarefree,
        check=lambda params: sum(all(n % (d * d) for d in range(2, 11)) for n in range(1, params["n"] + 1)),
    ),
    Family(
        name="primes_in_interval",
        concepts=("prime numbers",),
        school_level="middle school",
        slots={"a": Integer(6, 150), "b": Integer(20, 200)},
        wordings=(
            Wording("the number of primes from $[[a]]$ to $[[b]]$, both ends included"),
            Wording("the number of prime numbers $x$ with $[[a]] \\le x \\le [[b]]$"),
            Wording(
                "the number of lockers that are painted red",
                given="The lockers along a corridor are numbered from $[[a]]$ to $[[b]]$. "
                "Exactly those whose number is prime are painted red.",
            ),
        ),
        solve=_primes_between,
        check=lambda params: sum(all(n % d for d in range(2, n)) for n in range(params["a"], params["b"] + 1)),
        where=lambda params: (
            params["a"] + 10 <= params["b"] <= params["a"] + 60
            and any(sympy.isprime(n) for n in range(params["a"], params["b"] + 1))
        ),
    ),
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
        slots={"a": Integer(3, 20), "b": Integer(4, 25)},
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
                "the smallest possible number of steps to the right",
                given="A flea on the number line jumps $[[a]]$ units to the right or $[[b]]$ units to the left "
                "with each step, and ends up $1$ unit to the right of where it began.",
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
        slots={"a": Integer(3, 63), "b": Integer(3, 63), "kind": Choice(("and", "or", "exclusive or"))},
        wordings=(
            Wording("the result, in decimal, of the bitwise [[kind]] of $[[a]]$ and $[[b]]$"),
            Wording(
                "the decimal value of the result",
                given="The integers $[[a]]$ and $[[b]]$ are written in binary and "
                "combined digit by digit with the operation [[kind]].",
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
