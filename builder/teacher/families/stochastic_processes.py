"""Probability: Markov chains, random walks and waiting for a full collection."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Integer
from .probability_distributions import lowest

TOPICS = (
    Topic(
        "Stochastic Processes",
        subject="Probability",
        school_level="college",
        concepts={
            "markov chain": ("markov chains", "markov process", "markov processes"),
            "transition matrix": ("transition probabilities", "transition probability", "stochastic matrix"),
            "stationary distribution": (
                "stationary distributions",
                "steady-state distribution",
                "invariant distribution",
            ),
            "random walk": ("random walks",),
            "gambler's ruin": ("gamblers ruin", "hitting time", "hitting times", "absorption time"),
            "coupon collector problem": ("coupon collector", "coupon collector's problem"),
        },
    ),
)


def _two_state_stationary(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    value = Fraction(a, a + b)
    return Solution(
        (
            "Let $x$ be the long-run share of the first state and $1 - x$ that of the second one.",
            rf"In equilibrium as much leaves the first state as enters: $\frac{{x}}{{{a}}} = \frac{{1 - x}}{{{b}}}$.",
            f"This gives ${b}x = {a}(1 - x)$, hence $x = {tex(value)}$.",
        ),
        value,
    )


def _stationary_check(params: Params) -> Fraction:
    """The left eigenvector for the eigenvalue 1, exactly."""
    leave, back = sympy.Rational(1, params["a"]), sympy.Rational(1, params["b"])
    chain = sympy.Matrix([[1 - leave, leave], [back, 1 - back]])
    vector = (chain.T - sympy.eye(2)).nullspace()[0]
    share = vector[0] / (vector[0] + vector[1])
    return Fraction(int(share.p), int(share.q))


def _two_steps(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    stay, change = (10 - a) ** 2, a * b
    value = Fraction(stay + change, 100)
    return Solution(
        (
            "Either the chain stays in the first state twice, or it leaves and comes back.",
            rf"Staying twice has probability $\left(\frac{{{10 - a}}}{{10}}\right)^2 = \frac{{{stay}}}{{100}}$.",
            rf"Leaving and coming back has probability $\frac{{{a}}}{{10}} \cdot \frac{{{b}}}{{10}} = "
            rf"\frac{{{change}}}{{100}}$.",
            rf"Together this is $\frac{{{stay} + {change}}}{{100}} = {tex(value)}$.",
        ),
        value,
    )


def _two_steps_check(params: Params) -> float:
    a, b = params["a"] / 10, params["b"] / 10
    return float(np.linalg.matrix_power(np.array([[1 - a, a], [b, 1 - b]]), 2)[0, 0])


def _ruin_time(params: Params) -> Solution:
    x, d = params["x"], params["d"]
    n = x + d
    return Solution(
        (
            f"Let $E_i$ be the expected number of steps from the place $i$, so that $E_0 = E_{{{n}}} = 0$.",
            r"After one step, $E_i = 1 + \frac{1}{2} E_{i-1} + \frac{1}{2} E_{i+1}$, and this is solved by "
            rf"$E_i = i({n} - i)$.",
            rf"The start is at $i = {x}$, so the expected number is ${x} \cdot ({n} - {x}) = {x * d}$.",
        ),
        x * d,
    )


def _ruin_time_check(params: Params) -> float:
    """The linear equations for the expected times, solved."""
    n = params["x"] + params["d"]
    system = np.eye(n - 1) - 0.5 * (np.eye(n - 1, k=1) + np.eye(n - 1, k=-1))
    return round(float(np.linalg.solve(system, np.ones(n - 1))[params["x"] - 1]), 7)


def _ruin_chance(params: Params) -> Solution:
    x, d = params["x"], params["d"]
    n = x + d
    return Solution(
        (
            f"Count the distance from the unfavourable end: it is ${x}$ at first, and its expected value never "
            f"changes.",
            f"In the end the distance is ${n}$ with some probability $y$ and $0$ otherwise, so its expected value is "
            f"${n}y$.",
            rf"From ${n}y = {x}$ we get $y = {tex(Fraction(x, n))}$.",
        ),
        Fraction(x, n),
    )


def _ruin_chance_check(params: Params) -> float:
    n = params["x"] + params["d"]
    system = np.eye(n - 1) - 0.5 * (np.eye(n - 1, k=1) + np.eye(n - 1, k=-1))
    target = np.zeros(n - 1)
    target[-1] = 0.5
    return float(np.linalg.solve(system, target)[params["x"] - 1])


def _walk_position(params: Params) -> Solution:
    n, s = params["n"], params["s"]
    up = (n + s) // 2
    ways = math.comb(n, up)
    return Solution(
        (
            f"To end at ${s}$, the number of steps to the right must exceed the number of steps to the left by ${s}$.",
            rf"So there are $\frac{{{n} + {s}}}{{2}} = {up}$ steps to the right.",
            rf"Of the $2^{{{n}}} = {2**n}$ equally likely walks, $\binom{{{n}}}{{{up}}} = {ways}$ have this number.",
            rf"The probability is $\frac{{{ways}}}{{{2**n}}}{lowest(ways, 2**n)}$.",
        ),
        Fraction(ways, 2**n),
    )


def _walk_position_check(params: Params) -> Fraction:
    at = {0: 1}
    for _ in range(params["n"]):
        after: dict[int, int] = {}
        for place, ways in at.items():
            for neighbour in (place - 1, place + 1):
                after[neighbour] = after.get(neighbour, 0) + ways
        at = after
    return Fraction(at.get(params["s"], 0), 2 ** params["n"])


def _coupons(params: Params) -> Solution:
    n, r = params["n"], params["r"]
    waits = [Fraction(n, n - i) for i in range(r)]
    total = sum(waits, Fraction(0))
    return Solution(
        (
            rf"When $i$ kinds are there, the next one is new with probability $\frac{{{n} - i}}{{{n}}}$, "
            rf"so the expected wait for a new kind is $\frac{{{n}}}{{{n} - i}}$.",
            f"The waits for $i = 0$ to $i = {r - 1}$ are ${', '.join(map(tex, waits))}$.",
            f"By linearity the expected number is ${' + '.join(map(tex, waits))} = {tex(total)}$.",
        ),
        total,
    )


def _coupons_check(params: Params) -> float:
    """Solve the equations of the chain of how many kinds are there."""
    n, r = params["n"], params["r"]
    system = np.eye(r)
    for i in range(r):
        system[i, i] -= i / n
        if i + 1 < r:
            system[i, i + 1] -= (n - i) / n
    return float(np.linalg.solve(system, np.ones(r))[0])


FAMILIES = (
    Family(
        name="two_state_stationary",
        concepts=("stationary distribution", "markov chain"),
        school_level="college",
        slots={"a": Integer(2, 30), "b": Integer(2, 30)},
        wordings=(
            Wording(
                "the stationary probability of the first state",
                given=r"A Markov chain with two states leaves the first state with probability $\frac{1}{[[a]]}$ and "
                r"the second state with probability $\frac{1}{[[b]]}$ in each step.",
            ),
            Wording(
                "the long-run proportion of sunny days",
                given="On an island every day is sunny or rainy. A sunny day is followed by a rainy one with "
                "probability "
                r"$\frac{1}{[[a]]}$, and a rainy day by a sunny one with probability $\frac{1}{[[b]]}$, whatever "
                r"happened before.",
            ),
            Wording(
                "the fraction of the time, in the long run, in which the machine is working",
                given=r"A working machine breaks down within an hour with probability $\frac{1}{[[a]]}$. A broken one "
                r"is repaired within an hour with probability $\frac{1}{[[b]]}$. The hours form a Markov chain.",
            ),
        ),
        solve=_two_state_stationary,
        check=_stationary_check,
        where=lambda p: p["a"] != p["b"],
    ),
    Family(
        name="two_step_return",
        concepts=("transition matrix", "markov chain"),
        school_level="college",
        slots={"a": Integer(1, 9), "b": Integer(1, 9)},
        wordings=(
            Wording(
                "the probability that the chain is in the first state after two steps, having started there",
                given=r"A Markov chain has two states. It moves from the first to the second one with probability "
                r"$\frac{[[a]]}{10}$ and from the second to the first one with probability $\frac{[[b]]}{10}$.",
            ),
            Wording(
                "the upper left entry of the square of the transition matrix",
                given=r"A two-state chain has the transition matrix $\begin{pmatrix} 1 - \frac{[[a]]}{10} & "
                r"\frac{[[a]]}{10} \\ \frac{[[b]]}{10} & 1 - \frac{[[b]]}{10} \end{pmatrix}$.",
            ),
            Wording(
                "the probability that a customer of the first shop in one week is its customer again two weeks later",
                given=r"Every week, a customer of the first of two shops changes to the second one with probability "
                r"$\frac{[[a]]}{10}$, and a customer of the second shop changes to the first one with probability "
                r"$\frac{[[b]]}{10}$.",
            ),
        ),
        solve=_two_steps,
        check=_two_steps_check,
    ),
    Family(
        name="ruin_duration",
        concepts=("gambler's ruin", "random walk", "expected value"),
        school_level="college",
        slots={"x": Integer(2, 20), "d": Integer(2, 20)},
        wordings=(
            Wording(
                "the expected number of rounds until the game ends",
                given="A gambler with $[[x]]$ euros plays rounds in which one euro is won or lost with equal "
                "probability. The game ends when the gambler has lost everything or has won another $[[d]]$ "
                "euros.",
            ),
            Wording(
                "the expected number of steps until a symmetric random walk on the integers, started at $0$, first "
                "reaches $-[[x]]$ or $[[d]]$"
            ),
            Wording(
                "the expected number of seconds until the beetle leaves the twig",
                given="A beetle sits on a thin twig, $[[x]]$ centimetres from its left end and $[[d]]$ centimetres "
                "from its right end. In every second it moves one centimetre to the left or to the right, each "
                "with probability "
                r"$\frac{1}{2}$, and it leaves the twig when it reaches an end.",
            ),
        ),
        solve=_ruin_time,
        check=_ruin_time_check,
    ),
    Family(
        name="ruin_probability",
        concepts=("gambler's ruin", "random walk"),
        school_level="college",
        slots={"x": Integer(2, 25), "d": Integer(2, 25)},
        wordings=(
            Wording(
                "the probability that the player wins all the coins",
                given="A player has $[[x]]$ coins and the opponent has $[[d]]$. In every round of a fair game one "
                "coin changes hands, until somebody has no coins left.",
            ),
            Wording(
                "the probability that the hiker reaches the hut before the lake",
                given="In thick fog a hiker stands on a straight path, $[[x]]$ steps from a lake on the one side and "
                "$[[d]]$ steps from a hut on the other. Each step goes in one of the two directions with equal "
                "probability.",
            ),
            Wording(
                "the probability that a simple symmetric random walk on the integers reaches $[[d]]$ before $-[[x]]$ "
                "if it starts at $0$"
            ),
        ),
        solve=_ruin_chance,
        check=_ruin_chance_check,
    ),
    Family(
        name="walk_position",
        concepts=("random walk", "binomial distribution"),
        school_level="college",
        slots={"n": Integer(4, 10), "s": Integer(1, 8)},
        wordings=(
            Wording(
                "the probability that the walk is at $[[s]]$ after $[[n]]$ steps",
                given="A random walk on the integers starts at $0$ and goes one unit left or right with equal "
                "probability in every step.",
            ),
            Wording(
                "the probability that heads leads by exactly $[[s]]$ after $[[n]]$ tosses of a fair coin",
            ),
            Wording(
                "the probability that the score of the first player minus that of the second player is exactly $[[s]]$",
                given="Two equally strong players have played $[[n]]$ points, each of which was won by either of "
                "them with the same probability.",
            ),
        ),
        solve=_walk_position,
        check=_walk_position_check,
        where=lambda p: p["s"] < p["n"] and (p["n"] - p["s"]) % 2 == 0,
    ),
    Family(
        name="coupon_collector",
        concepts=("coupon collector problem", "geometric distribution", "linearity of expectation"),
        school_level="college",
        slots={"n": Integer(3, 12), "r": Integer(2, 4)},
        wordings=(
            Wording(
                "the expected number of packets that must be bought to have $[[r]]$ different figures",
                given="Every packet of cereal contains one of $[[n]]$ figures, each with the same probability.",
            ),
            Wording(
                "the expected number of rolls of a fair die with $[[n]]$ faces until $[[r]]$ different faces have "
                "been seen"
            ),
            Wording(
                "the expected number of birds that the ranger has to catch",
                given="In a forest live $[[n]]$ species of birds, all equally likely to be caught next. A ranger "
                "catches birds, sets them free again, and stops when $[[r]]$ different species have been caught.",
            ),
        ),
        solve=_coupons,
        check=_coupons_check,
        where=lambda p: (
            p["r"] <= p["n"]
            and sum((Fraction(p["n"], p["n"] - i) for i in range(p["r"])), Fraction(0)).denominator < 500
        ),
    ),
)
