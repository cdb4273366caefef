"""Probability: random variables and their distributions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy
from scipy import integrate, stats

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Integer, IntegerList

TOPICS = (
    Topic(
        "Random Variables and Distributions",
        subject="Probability",
        school_level="college",
        concepts={
            "expected value": ("expected values", "expectation value", "mathematical expectation", "expected number"),
            "linearity of expectation": ("additivity of expectation",),
            "variance of a random variable": ("variance of the distribution", "variance of a distribution"),
            "binomial distribution": ("binomial random variable", "bernoulli trials", "binomially distributed"),
            "geometric distribution": ("geometric random variable", "waiting time for the first success"),
            "negative binomial distribution": ("negative binomial", "pascal distribution"),
            "poisson distribution": ("poisson random variable", "poisson process", "poisson distributed"),
            "hypergeometric distribution": ("hypergeometric",),
            "uniform distribution": (
                "discrete uniform distribution",
                "continuous uniform distribution",
                "uniformly distributed",
            ),
            "exponential distribution": ("exponentially distributed", "exponential random variable", "memorylessness"),
            "probability density function": ("probability density functions", "probability density"),
            "cumulative distribution function": ("cumulative distribution functions", "distribution function"),
            "probability mass function": ("probability mass functions", "discrete probability distribution"),
        },
    ),
)


def _mean_face(params: Params) -> Solution:
    values = (*params["a"], params["n"])
    total = sum(values)
    return Solution(
        (
            rf"Each of the ${len(values)}$ outcomes has probability $\frac{{1}}{{{len(values)}}}$.",
            f"The outcomes add up to ${' + '.join(map(str, values))} = {total}$.",
            rf"The expected value is $\frac{{{total}}}{{{len(values)}}}{lowest(total, len(values))}$.",
        ),
        Fraction(total, len(values)),
    )


def lowest(top: int, bottom: int) -> str:
    """` = value` where the fraction can be reduced, else nothing."""
    value = Fraction(top, bottom)
    return "" if value.denominator == bottom else f" = {tex(value)}"


def _expected_pairs(params: Params) -> Solution:
    n, m = params["n"], params["d"]
    pairs = math.comb(n, 2)
    return Solution(
        (
            rf"There are $\frac{{{n} \cdot {n - 1}}}{{2}} = {pairs}$ pairs.",
            rf"Each single pair agrees with probability $\frac{{1}}{{{m}}}$.",
            "By linearity of expectation the probabilities add up, although the pairs are not independent.",
            rf"The expected number is $\frac{{{pairs}}}{{{m}}}{lowest(pairs, m)}$.",
        ),
        Fraction(pairs, m),
    )


def _pairs_by_moments(params: Params) -> Fraction:
    """Sum over the choices of E[C(count, 2)], the count being binomial: E[count^2] - E[count], halved."""
    n, m = int(params["n"]), int(params["d"])
    p = Fraction(1, m)
    second_moment = n * p * (1 - p) + (n * p) ** 2
    return m * (second_moment - n * p) / 2


def _exactly_heads(params: Params) -> Solution:
    n, r = params["n"], params["r"]
    ways = math.comb(n, r)
    return Solution(
        (
            f"There are $2^{{{n}}} = {2**n}$ equally likely sequences.",
            rf"The places of the ${r}$ successes can be chosen in $\binom{{{n}}}{{{r}}} = {ways}$ ways.",
            rf"The probability is $\frac{{{ways}}}{{{2**n}}}{lowest(ways, 2**n)}$.",
        ),
        Fraction(ways, 2**n),
    )


def _heads_by_convolution(n: int) -> list[Fraction]:
    row = [Fraction(1)]
    for _ in range(n):
        row = [(left + right) / 2 for left, right in zip([*row, Fraction(0)], [Fraction(0), *row], strict=True)]
    return row


def _binomial_variance(params: Params) -> Solution:
    n, c = params["n"], params["c"]
    value = Fraction(n * (c - 1), c * c)
    return Solution(
        (
            rf"The number of successes is binomial with ${n}$ trials and success probability $\frac{{1}}{{{c}}}$.",
            rf"A single trial has variance $\frac{{1}}{{{c}}} \cdot \frac{{{c - 1}}}{{{c}}} = "
            rf"\frac{{{c - 1}}}{{{c * c}}}$.",
            "The trials are independent, so their variances add up.",
            rf"The variance is ${n} \cdot \frac{{{c - 1}}}{{{c * c}}} = {tex(value)}$.",
        ),
        value,
    )


def _first_success(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    n = a + b
    value = Fraction(b * b * a, n**3)
    return Solution(
        (
            rf"A single trial succeeds with probability $\frac{{{a}}}{{{n}}}{lowest(a, n)}$ and fails with probability "
            rf"$\frac{{{b}}}{{{n}}}{lowest(b, n)}$.",
            "The first two trials have to fail and the third one has to succeed, all independently.",
            rf"The probability is $\left({tex(Fraction(b, n))}\right)^2 \cdot {tex(Fraction(a, n))} = {tex(value)}$.",
        ),
        value,
    )


def _wait_for_several(params: Params) -> Solution:
    n, r = params["n"], params["r"]
    return Solution(
        (
            rf"The waiting time for one success is geometric with success probability $\frac{{1}}{{{n}}}$, "
            f"so its expected value is ${n}$.",
            f"The total is the sum of ${r}$ such waiting times.",
            rf"By linearity the expected number is ${r} \cdot {n} = {r * n}$.",
        ),
        r * n,
    )


def _poisson_ratio(params: Params) -> Solution:
    m, n = params["m"], params["n"]
    return Solution(
        (
            rf"For a Poisson variable with mean ${m}$, the probability of the value $i$ is $e^{{-{m}}} "
            rf"\frac{{{m}^i}}{{i!}}$.",
            rf"Dividing the one for $i = {n}$ by the one for $i = {n - 1}$, everything cancels but one factor ${m}$ "
            rf"and one factor ${n}$.",
            rf"The ratio is $\frac{{{m}}}{{{n}}}{lowest(m, n)}$.",
        ),
        Fraction(m, n),
    )


def _exactly_one_marked(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    n = a + b
    ways, total = a * math.comb(b, 2), math.comb(n, 3)
    return Solution(
        (
            rf"Three of the ${a} + {b} = {n}$ can be chosen in $\binom{{{n}}}{{3}} = {total}$ ways.",
            rf"One of the first kind and two of the other kind can be chosen in ${a} \cdot {math.comb(b, 2)} = {ways}$ "
            rf"ways.",
            rf"The hypergeometric probability is $\frac{{{ways}}}{{{total}}}{lowest(ways, total)}$.",
        ),
        Fraction(ways, total),
    )


def _expected_marked(params: Params) -> Solution:
    a, b, r = params["a"], params["b"], params["r"]
    n = a + b
    return Solution(
        (
            rf"Every single place of the sample is of the wanted kind with probability "
            rf"$\frac{{{a}}}{{{n}}}{lowest(a, n)}$.",
            f"There are ${r}$ places, and expectations add up even without independence.",
            rf"The expected number is ${r} \cdot {tex(Fraction(a, n))} = {tex(Fraction(r * a, n))}$.",
        ),
        Fraction(r * a, n),
    )


def _hypergeometric_mean(params: Params) -> Fraction:
    a, b, r = params["a"], params["b"], params["r"]
    ways = sum(i * math.comb(a, i) * math.comb(b, r - i) for i in range(min(a, r) + 1))
    return Fraction(ways, math.comb(a + b, r))


def _die_variance(params: Params) -> Solution:
    n = params["n"]
    square, mean = Fraction((n + 1) * (2 * n + 1), 6), Fraction(n + 1, 2)
    value = square - mean**2
    return Solution(
        (
            rf"The expected value is $\frac{{{n} + 1}}{{2}} = {tex(mean)}$.",
            rf"The expected value of the square is $\frac{{({n} + 1)(2 \cdot {n} + 1)}}{{6}} = {tex(square)}$.",
            f"The variance is ${tex(square)} - {_squared(mean)} = {tex(value)}$.",
        ),
        value,
    )


def _squared(value: Fraction) -> str:
    return f"{tex(value)}^2" if value.denominator == 1 else rf"\left({tex(value)}\right)^2"


def _uniform_interval(params: Params) -> Solution:
    a, d, x = params["a"], params["d"], params["x"]
    b = a + d
    return Solution(
        (
            f"The interval has length ${b} - {a} = {d}$.",
            f"The favourable part, from ${x}$ to ${b}$, has length ${b} - {x} = {b - x}$.",
            rf"The density is constant, so the probability is $\frac{{{b - x}}}{{{d}}}{lowest(b - x, d)}$.",
        ),
        Fraction(b - x, d),
    )


def _exponential_tail(params: Params) -> Solution:
    m, t = params["m"], params["t"]
    exponent = sympy.Rational(t, m)
    value = sympy.exp(-exponent)
    return Solution(
        (
            "The exponential distribution has no memory, so the time that has passed does not matter.",
            rf"With mean ${m}$, the probability of lasting longer than $x$ is $e^{{-x / {m}}}$.",
            f"For $x = {t}$ this is ${sympy.latex(value)}$.",
        ),
        value,
    )


def _linear_density(params: Params) -> Solution:
    n, x = params["n"], params["x"]
    value = 1 - Fraction(x * x, n * n)
    return Solution(
        (
            rf"The area under the density over $[0, {n}]$ has to be $1$, so $\frac{{c \cdot {n}^2}}{{2}} = 1$ for the "
            rf"factor $c$, and $c = {tex(Fraction(2, n * n))}$.",
            rf"Hence the distribution function is $\frac{{x^2}}{{{n * n}}}$ for $0 \le x \le {n}$.",
            rf"The probability is $1 - \frac{{{x * x}}}{{{n * n}}} = {tex(value)}$.",
        ),
        value,
    )


FAMILIES = (
    Family(
        name="expected_face",
        concepts=("expected value", "probability mass function"),
        school_level="high school",
        slots={"a": IntegerList(5, 5, 0, 30), "n": Integer(2, 60)},
        wordings=(
            Wording(
                "the expected value of a roll",
                given="The faces of a fair six-sided die carry the numbers $[[a]], [[n]]$.",
            ),
            Wording(
                "the expected prize, in euros, of one spin",
                given="A wheel has six equal sectors that pay $[[a]], [[n]]$ euros, respectively, and stops at random.",
            ),
            Wording("the mean of a random variable that takes the values $[[a]], [[n]]$ with equal probability each"),
        ),
        solve=_mean_face,
        check=lambda p: float(np.mean([*p["a"], p["n"]])),
        where=lambda p: len({*p["a"], p["n"]}) == 6,
    ),
    Family(
        name="expected_matching_pairs",
        concepts=("linearity of expectation", "expected value"),
        school_level="college",
        slots={"n": Integer(3, 30), "d": Integer(2, 30)},
        wordings=(
            Wording(
                "the expected number of pairs of people who choose the same number",
                given="In a group of $[[n]]$ people everybody independently picks a random number from $1$ to $[[d]]$.",
            ),
            Wording(
                "the expected number of collisions, that is, of pairs of keys in the same slot",
                given="A hash table with $[[d]]$ slots receives $[[n]]$ keys, each in a slot that is uniform and "
                "independent of the others.",
            ),
            Wording(
                "the expected number of pairs of dice with equal faces",
                given="Somebody rolls $[[n]]$ fair dice, all with faces numbered from $1$ to $[[d]]$.",
            ),
        ),
        solve=_expected_pairs,
        check=_pairs_by_moments,
    ),
    Family(
        name="exactly_so_many_heads",
        concepts=("binomial distribution", "probability mass function"),
        school_level="high school",
        slots={"n": Integer(3, 10), "r": Integer(2, 9)},
        wordings=(
            Wording("the probability of exactly $[[r]]$ heads in $[[n]]$ tosses of a fair coin"),
            Wording(
                "the probability that exactly $[[r]]$ of the answers are right",
                given="A student guesses, at random, the answers to $[[n]]$ questions that are each to be answered "
                "by yes or no.",
            ),
            Wording(
                "the value of the probability mass function of the number of successes at $[[r]]$",
                given=r"In $[[n]]$ independent trials the probability of success is $\frac{1}{2}$ each.",
            ),
        ),
        solve=_exactly_heads,
        check=lambda p: _heads_by_convolution(p["n"])[p["r"]],
        where=lambda p: p["r"] < p["n"],
    ),
    Family(
        name="binomial_variance",
        concepts=("variance of a random variable", "binomial distribution"),
        school_level="college",
        slots={"n": Integer(4, 100), "c": Integer(2, 10)},
        wordings=(
            Wording(
                r"the variance of a binomial distribution with $[[n]]$ trials and success probability $\frac{1}{[[c]]}$"
            ),
            Wording(
                "the variance of the number of correct answers",
                given="A multiple-choice test has $[[n]]$ questions with $[[c]]$ possible answers each, exactly one "
                "of which is correct. All the answers are guessed at random.",
            ),
            Wording(
                "the variance of the number of defective items in a sample of $[[n]]$ items",
                given=r"Each item from a machine is defective with probability $\frac{1}{[[c]]}$, independently of "
                r"the others.",
            ),
        ),
        solve=_binomial_variance,
        check=lambda p: float(stats.binom(p["n"], 1 / p["c"]).var()),
    ),
    Family(
        name="first_success_at_third_trial",
        concepts=("geometric distribution",),
        school_level="high school",
        slots={"a": Integer(2, 8), "b": Integer(2, 8)},
        wordings=(
            Wording(
                "the probability that the first red ball appears in the third draw",
                given="Balls are drawn with replacement from an urn that holds $[[a]]$ red and $[[b]]$ blue balls.",
            ),
            Wording(
                "the probability that the first prize is won in the third spin",
                given="A wheel of fortune has $[[a]]$ winning and $[[b]]$ losing sectors, all of the same size, and "
                "its spins are independent.",
            ),
            Wording(
                "the probability that a geometric random variable, counting trials up to and including the first "
                "success, "
                r"equals $3$, if a trial succeeds with odds $[[a]]$ to $[[b]]$"
            ),
        ),
        solve=_first_success,
        check=lambda p: float(stats.geom(p["a"] / (p["a"] + p["b"])).pmf(3)),
        where=lambda p: (p["a"] + p["b"]) // math.gcd(p["a"], p["b"]) <= 10,
    ),
    Family(
        name="wait_for_several_successes",
        concepts=("negative binomial distribution", "geometric distribution", "linearity of expectation"),
        school_level="college",
        slots={"n": Integer(2, 30), "r": Integer(2, 20)},
        wordings=(
            Wording(
                r"the expected number of independent trials with success probability $\frac{1}{[[n]]}$ that are "
                r"needed to collect $[[r]]$ successes"
            ),
            Wording(
                "the expected number of rolls until the top number has come up $[[r]]$ times",
                given="A fair die with $[[n]]$ faces is rolled again and again.",
            ),
            Wording(
                "the expected number of bags that must be bought to find $[[r]]$ golden tickets",
                given=r"Each bag of crisps contains a golden ticket with probability $\frac{1}{[[n]]}$, independently "
                r"of all other bags, and never more than one.",
            ),
        ),
        solve=_wait_for_several,
        check=lambda p: float(p["r"] + stats.nbinom(p["r"], 1 / p["n"]).mean()),
    ),
    Family(
        name="poisson_ratio",
        concepts=("poisson distribution", "probability mass function"),
        school_level="college",
        slots={"m": Integer(2, 40), "n": Integer(2, 20)},
        wordings=(
            Wording(
                "the ratio of the probability of exactly $[[n]]$ events to the probability of exactly one event "
                "fewer, for a Poisson distribution with mean $[[m]]$"
            ),
            Wording(
                "the probability of $[[n]]$ calls in an hour divided by the probability of one call fewer",
                given="The number of calls that arrive in an hour follows a Poisson distribution with mean $[[m]]$.",
            ),
            Wording(
                "the quotient of the probability of $[[n]]$ typing errors on a page and the probability of one error "
                "fewer",
                given="Typing errors on a page of a manuscript are Poisson distributed, with $[[m]]$ errors expected "
                "on a page.",
            ),
        ),
        solve=_poisson_ratio,
        check=lambda p: float(stats.poisson.pmf(p["n"], p["m"]) / stats.poisson.pmf(p["n"] - 1, p["m"])),
    ),
    Family(
        name="exactly_one_in_three",
        concepts=("hypergeometric distribution", "probability mass function"),
        school_level="college",
        slots={"a": Integer(2, 14), "b": Integer(3, 12)},
        wordings=(
            Wording(
                "the probability that exactly one of the three is defective",
                given="Three items are taken at random, without replacement, from a lot with $[[a]]$ defective and "
                "$[[b]]$ good items.",
            ),
            Wording(
                "the probability that a jury has exactly one woman",
                given="A jury of three is drawn by lot from $[[a]]$ women and $[[b]]$ men.",
            ),
            Wording(
                "the probability that exactly one of three fish caught at random carries a tag",
                given="In a small pond live $[[a]]$ fish with a tag and $[[b]]$ fish without one. Fish that are "
                "caught are not put back.",
            ),
        ),
        solve=_exactly_one_marked,
        check=lambda p: float(stats.hypergeom(p["a"] + p["b"], p["a"], 3).pmf(1)),
        where=lambda p: Fraction(p["a"] * math.comb(p["b"], 2), math.comb(p["a"] + p["b"], 3)).denominator < 1000,
    ),
    Family(
        name="expected_in_sample",
        concepts=("hypergeometric distribution", "linearity of expectation", "expected value"),
        school_level="college",
        slots={"a": Integer(2, 30), "b": Integer(2, 30), "r": Integer(2, 12)},
        wordings=(
            Wording(
                "the expected number of trumps in a hand of $[[r]]$ cards",
                given="A game is played with $[[a]]$ trumps and $[[b]]$ other cards. A hand is dealt from it at "
                "random.",
            ),
            Wording(
                "the expected number of black balls among $[[r]]$ balls drawn without replacement from an urn with "
                "$[[a]]$ black and $[[b]]$ white balls"
            ),
            Wording(
                "the expected number of spoilt eggs among them",
                given="A crate holds $[[a]]$ spoilt and $[[b]]$ fresh eggs. A cook takes $[[r]]$ eggs out of it at "
                "random.",
            ),
        ),
        solve=_expected_marked,
        check=_hypergeometric_mean,
        where=lambda p: p["r"] < p["a"] + p["b"],
    ),
    Family(
        name="uniform_die_variance",
        concepts=("uniform distribution", "variance of a random variable"),
        school_level="college",
        slots={"n": Integer(3, 40)},
        wordings=(
            Wording(r"the variance of a random variable that is uniform on $1, 2, \ldots, [[n]]$"),
            Wording("the variance of one roll of a fair die with faces numbered from $1$ to $[[n]]$"),
            Wording(
                "the variance of the number on the ball",
                given="A lottery drum contains $[[n]]$ balls, numbered from $1$ to $[[n]]$. One ball is drawn, each "
                "with the same probability.",
            ),
        ),
        solve=_die_variance,
        check=lambda p: float(np.var(np.arange(1, p["n"] + 1))),
    ),
    Family(
        name="uniform_waiting_time",
        concepts=("uniform distribution", "cumulative distribution function"),
        school_level="high school",
        slots={"a": Integer(2, 20), "d": Integer(3, 30), "x": Integer(2, 40)},
        wordings=(
            Wording(
                "the probability that a number chosen uniformly at random from the interval of length $[[d]]$ that "
                "begins at $[[a]]$ exceeds $[[x]]$"
            ),
            Wording(
                "the probability that the bus arrives later than $[[x]]$ minutes after noon",
                given="A bus arrives at a time that is uniformly distributed over the $[[d]]$ minutes that begin "
                "$[[a]]$ minutes after noon.",
            ),
            Wording(
                "the probability that a measurement is greater than $[[x]]$",
                given="The cumulative distribution function of a measurement is $0$ up to the point $[[a]]$ and then "
                "rises linearly, reaching $1$ after $[[d]]$ further units.",
            ),
        ),
        solve=_uniform_interval,
        check=lambda p: float(stats.uniform(p["a"], p["d"]).sf(p["x"])),
        where=lambda p: p["a"] < p["x"] < p["a"] + p["d"],
    ),
    Family(
        name="exponential_memory",
        concepts=("exponential distribution",),
        school_level="college",
        slots={"m": Integer(2, 30), "s": Integer(2, 20, link=False), "t": Integer(2, 30)},
        wordings=(
            Wording(
                "the probability that it works for more than $[[t]]$ further years",
                given="The lifetime of a device is exponentially distributed with mean $[[m]]$ years, and the device "
                "has already worked for $[[s]]$ years.",
            ),
            Wording(
                "the conditional probability that an exponential random variable with mean $[[m]]$ exceeds $[[s]] + "
                "[[t]]$, given that it exceeds $[[s]]$"
            ),
            Wording(
                "the probability that at least another $[[t]]$ minutes pass before the next customer comes",
                given="The time between two customers has an exponential distribution with a mean of $[[m]]$ "
                "minutes. The last customer came $[[s]]$ minutes ago, and nobody has come since.",
            ),
        ),
        solve=_exponential_tail,
        check=lambda p: float(stats.expon(scale=p["m"]).sf(p["s"] + p["t"]) / stats.expon(scale=p["m"]).sf(p["s"])),
        where=lambda p: p["t"] <= 4 * p["m"] and p["s"] <= 6 * p["m"],
    ),
    Family(
        name="linear_density",
        concepts=("probability density function", "cumulative distribution function"),
        school_level="college",
        slots={"n": Integer(3, 30), "x": Integer(2, 29)},
        wordings=(
            Wording(
                "the probability that the variable exceeds $[[x]]$",
                given="The probability density function of a random variable is proportional to $x$ on the interval "
                "from $0$ to $[[n]]$ and zero elsewhere.",
            ),
            Wording(
                "the probability that the repair takes more than $[[x]]$ hours",
                given="The duration of a repair, in hours, lies between $0$ and $[[n]]$, and its density at $x$ is "
                "proportional to $x$.",
            ),
            Wording(
                "the probability that the dart lands more than $[[x]]$ centimetres from the centre",
                given="A dart hits a round board of radius $[[n]]$ centimetres, and every point of the board is "
                "equally likely. So the density of its distance from the centre is proportional to the distance.",
            ),
        ),
        solve=_linear_density,
        check=lambda p: float(integrate.quad(lambda x: 2 * x / p["n"] ** 2, p["x"], p["n"])[0]),
        where=lambda p: p["x"] < p["n"],
    ),
)
