"""Number theory: divisibility, primes and factorization."""

from __future__ import annotations

import math

import sympy

from ..family import Family, Params, Solution, Topic, Wording
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
)


def _factorized(n: int) -> str:
    """`360` as `2^{3} \\cdot 3^{2} \\cdot 5`."""
    powers = sympy.factorint(n)
    return r" \cdot ".join(f"{p}" if e == 1 else f"{p}^{{{e}}}" for p, e in powers.items())


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
                "the number of possible sizes of a row",
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
        slots={"a": Integer(4, 30), "b": Integer(6, 36)},
        wordings=(
            Wording("the least common multiple of $[[a]]$ and $[[b]]$"),
            Wording(
                "the number of minutes until the next time that they leave together",
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
        slots={"n": Integer(6, 150)},
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
)
