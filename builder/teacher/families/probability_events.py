"""Probability, first half: events, conditional probability, Bayes, dice, cards and urns."""

from __future__ import annotations

import math
from fractions import Fraction

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Integer, IntegerList

TOPICS = (
    Topic(
        "Probability of Events",
        subject="Probability",
        school_level="high school",
        concepts={
            "conditional probability": ("conditional probabilities",),
            "bayes' theorem": (
                "bayes theorem",
                "bayes rule",
                "bayes' rule",
                "bayes's theorem",
                "posterior probability",
            ),
            "law of total probability": ("total probability",),
            "independent events": ("statistical independence", "independence of events"),
            "complementary events": ("complementary event", "complement of an event"),
            "sampling without replacement": ("drawing without replacement", "sample without replacement"),
            "dice probability": ("fair dice", "fair die", "rolling dice", "dice rolls", "throw of a die"),
            "playing cards": ("deck of cards", "card decks"),
            "birthday problem": ("birthday paradox",),
            "sample space": ("sample spaces", "equally likely outcomes"),
        },
    ),
)


def _two_dice_sum(params: Params) -> Solution:
    n, s = params["n"], params["s"]
    low, high = max(1, s - n), min(n, s - 1)
    count = high - low + 1
    value = Fraction(count, n * n)
    return Solution(
        (
            f"There are ${n}^2 = {n * n}$ equally likely pairs.",
            f"For the sum ${s}$ the first number can be anything from ${low}$ to ${high}$, and it fixes the second one."
            if low < high
            else f"The only pair with the sum ${s}$ has ${low}$ in the first place.",
            f"That makes ${count}$ favourable pairs." if count > 1 else "So there is one favourable pair.",
            rf"The probability is $\frac{{{count}}}{{{n * n}}}{_reduced(count, n * n)}$.",
        ),
        value,
    )


def _reduced(top: int, bottom: int) -> str:
    """` = 2/3` where 4/6 can be reduced, else nothing."""
    value = Fraction(top, bottom)
    return "" if value.denominator == bottom else f" = {tex(value)}"


def _both_red(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    n = a + b
    top, bottom = a * (a - 1), n * (n - 1)
    return Solution(
        (
            f"Of the ${a} + {b} = {n}$ possibilities for the first draw, ${a}$ are favourable.",
            f"Then ${a - 1}$ of the remaining ${n - 1}$ are favourable.",
            rf"The probability is $\frac{{{a}}}{{{n}}} \cdot \frac{{{a - 1}}}{{{n - 1}}} = "
            rf"{tex(Fraction(top, bottom))}$.",
        ),
        Fraction(top, bottom),
    )


def _one_of_each(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    n = a + b
    pairs = math.comb(n, 2)
    return Solution(
        (
            rf"From ${a} + {b} = {n}$ things a pair can be chosen in $\frac{{{n} \cdot {n - 1}}}{{2}} = {pairs}$ ways, "
            "all equally likely.",
            rf"A mixed pair can be chosen in ${a} \cdot {b} = {a * b}$ ways.",
            rf"The probability is $\frac{{{a * b}}}{{{pairs}}}{_reduced(a * b, pairs)}$.",
        ),
        Fraction(a * b, pairs),
    )


def _table(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    return Solution(
        (
            "The condition leaves only one of the two groups, whose members are all equally likely.",
            f"That group has ${a} + {b} = {a + b}$ members, and ${a}$ of them have the property asked for.",
            rf"The conditional probability is $\frac{{{a}}}{{{a + b}}}{_reduced(a, a + b)}$.",
        ),
        Fraction(a, a + b),
    )


def _dice_given(params: Params) -> Solution:
    n, r = params["n"], params["r"]
    given = n * n - (n - 1) ** 2
    both = [(x, y) for x in range(1, n + 1) for y in range(1, n + 1) if r in (x, y) and x + y > n]
    top = len(both)
    partners = n - max(n - r + 1, 1) + 1
    return Solution(
        (
            f"There are ${n}^2 - {n - 1}^2 = {given}$ pairs with at least one ${r}$.",
            f"Besides the ${r}$, the other number has to be at least ${n - r + 1}$ for a sum above ${n}$, "
            f"which leaves {_some(partners, 'value')}.",
            f"Counting both orders, ${top}$ of the ${given}$ pairs qualify"
            + (f", as the pair $({r}, {r})$ occurs only once." if 2 * r > n else "."),
            rf"The conditional probability is $\frac{{{top}}}{{{given}}}{_reduced(top, given)}$.",
        ),
        Fraction(top, given),
    )


def _some(count: int, noun: str) -> str:
    return f"one {noun}" if count == 1 else f"${count}$ {noun}s"


def _first_box(params: Params) -> Solution:
    first, second = _rates(params)
    value = first / (first + second)
    return Solution(
        (
            f"A favourable item comes from the first source with probability ${tex(first)}$ and from the second one "
            f"with probability ${tex(second)}$.",
            r"Each source is used with probability $\frac{1}{2}$, so by Bayes' theorem this factor cancels.",
            rf"The probability is $\frac{{{_inline(first)}}}{{{_inline(first)} + {_inline(second)}}} = {tex(value)}$.",
        ),
        value,
    )


def _inline(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def _rates(params: Params) -> tuple[Fraction, Fraction]:
    a, b, c, d = (params[name] for name in "abcd")
    return Fraction(a, a + b), Fraction(c, c + d)


def _either_box(params: Params) -> Solution:
    first, second = _rates(params)
    value = (first + second) / 2
    return Solution(
        (
            f"From the first source the outcome has probability ${tex(first)}$, from the second one ${tex(second)}$.",
            r"Both sources are chosen with probability $\frac{1}{2}$.",
            rf"By the law of total probability we get $\frac{{1}}{{2}} \cdot {tex(first)} + \frac{{1}}{{2}} \cdot "
            rf"{tex(second)} = {tex(value)}$.",
        ),
        value,
    )


def _bayes_count(params: Params) -> Fraction:
    """The posterior by counting equally likely draws: each box scaled to a common number of items."""
    a, b, c, d = (params[name] for name in "abcd")
    common = math.lcm(a + b, c + d)
    first, second = a * (common // (a + b)), c * (common // (c + d))
    return Fraction(first, first + second)


def _total_count(params: Params) -> Fraction:
    a, b, c, d = (params[name] for name in "abcd")
    common = math.lcm(a + b, c + d)
    return Fraction(a * (common // (a + b)) + c * (common // (c + d)), 2 * common)


def _at_least_one_hit(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    miss = Fraction(a - 1, a) * Fraction(b - 1, b)
    return Solution(
        (
            rf"The probabilities that the events do not happen are $1 - \frac{{1}}{{{a}}} = \frac{{{a - 1}}}{{{a}}}$ "
            rf"and $1 - \frac{{1}}{{{b}}} = \frac{{{b - 1}}}{{{b}}}$.",
            rf"By independence both fail with probability "
            rf"$\frac{{{a - 1}}}{{{a}}} \cdot \frac{{{b - 1}}}{{{b}}} = {tex(miss)}$.",
            f"At least one happens with probability $1 - {tex(miss)} = {tex(1 - miss)}$.",
        ),
        1 - miss,
    )


def _same_suit(params: Params) -> Solution:
    n = params["n"]
    value = Fraction(n - 1, 4 * n - 1)
    return Solution(
        (
            rf"The deck has $4 \cdot {n} = {4 * n}$ cards.",
            f"Whatever the first card is, ${4 * n - 1}$ cards are left, and ${n} - 1 = {n - 1}$ of them have its suit.",
            rf"The probability is $\frac{{{n - 1}}}{{{4 * n - 1}}}{_reduced(n - 1, 4 * n - 1)}$.",
        ),
        value,
    )


def _all_different(params: Params) -> Solution:
    n = params["n"]
    value = Fraction((n - 1) * (n - 2), n * n)
    return Solution(
        (
            rf"The second differs from the first with probability $\frac{{{n - 1}}}{{{n}}}$.",
            rf"Given this, the third differs from both with probability $\frac{{{n - 2}}}{{{n}}}$.",
            rf"So all three differ with probability "
            rf"$\frac{{{n - 1}}}{{{n}}} \cdot \frac{{{n - 2}}}{{{n}}} = {tex(value)}$.",
            rf"The probability of a coincidence is $1 - {tex(value)} = {tex(1 - value)}$.",
        ),
        1 - value,
    )


def _largest_is(params: Params) -> Solution:
    n, r = params["n"], params["r"]
    value = Fraction(2 * r - 1, n * n)
    return Solution(
        (
            f"There are ${n}^2 = {n * n}$ equally likely outcomes.",
            f"Both numbers are at most ${r}$ in ${r}^2 = {r * r}$ of them, and both are below ${r}$ in ${r - 1}^2 = "
            f"{(r - 1) ** 2}$.",
            f"The larger number is exactly ${r}$ in ${r * r} - {(r - 1) ** 2} = {2 * r - 1}$ outcomes.",
            rf"The probability is $\frac{{{2 * r - 1}}}{{{n * n}}}{_reduced(2 * r - 1, n * n)}$.",
        ),
        value,
    )


def _above(params: Params) -> Solution:
    values, n = params["a"], params["n"]
    larger = [value for value in values if value > n]
    return Solution(
        (
            f"The sample space has ${len(values)}$ equally likely outcomes.",
            f"The outcomes that exceed ${n}$ are ${', '.join(map(str, sorted(larger)))}$."
            if len(larger) > 1
            else f"The only outcome that exceeds ${n}$ is ${larger[0]}$.",
            rf"The probability is $\frac{{{len(larger)}}}{{{len(values)}}}{_reduced(len(larger), len(values))}$.",
        ),
        Fraction(len(larger), len(values)),
    )


def _share(favourable: list[bool]) -> Fraction:
    return Fraction(sum(favourable), len(favourable))


def _pairs(n: int) -> list[tuple[int, int]]:
    return [(x, y) for x in range(1, n + 1) for y in range(1, n + 1)]


def _people(params: Params) -> list[tuple[bool, bool]]:
    """Everybody in a two-way table: (in the first group, has the property)."""
    kinds = ((True, True), (True, False), (False, True), (False, False))
    return [kind for kind, name in zip(kinds, "abcd", strict=True) for _ in range(params[name])]


def _dice_given_check(params: Params) -> Fraction:
    return _share([x + y > params["n"] for x, y in _pairs(params["n"]) if params["r"] in (x, y)])


_URNS = {"a": Integer(2, 20), "b": Integer(2, 12), "c": Integer(2, 12), "d": Integer(2, 12)}


def _small_urns(params: Params) -> bool:
    first, second = _rates(params)
    return first != second and all(
        value.denominator < 300 for value in (first, second, first / (first + second), (first + second) / 2)
    )


FAMILIES = (
    Family(
        name="two_dice_sum",
        concepts=("dice probability", "sample space"),
        school_level="middle school",
        slots={"n": Integer(4, 20), "s": Integer(3, 30)},
        wordings=(
            Wording(
                "the probability that the sum is $[[s]]$",
                given="Two fair dice, each with $[[n]]$ faces numbered from $1$ to $[[n]]$, are rolled.",
            ),
            Wording(
                "the probability that the two numbers add up to $[[s]]$",
                given="A wheel of fortune has $[[n]]$ equal sectors, numbered from $1$ to $[[n]]$, and is spun twice.",
            ),
            Wording(
                r"the probability that two independent random numbers, each uniform on $1, 2, \ldots, [[n]]$, have "
                r"the sum $[[s]]$"
            ),
        ),
        solve=_two_dice_sum,
        check=lambda p: _share([x + y == p["s"] for x, y in _pairs(p["n"])]),
        where=lambda p: p["s"] <= 2 * p["n"],
    ),
    Family(
        name="two_of_one_kind",
        concepts=("sampling without replacement", "conditional probability"),
        school_level="high school",
        slots={"a": Integer(2, 20), "b": Integer(2, 12)},
        wordings=(
            Wording(
                "the probability that both balls are red",
                given="From an urn with $[[a]]$ red and $[[b]]$ green balls two balls are drawn at random without "
                "replacement.",
            ),
            Wording(
                "the probability that both representatives are women",
                given="A club of $[[a]]$ women and $[[b]]$ men draws lots for two different representatives.",
            ),
            Wording(
                "the probability that neither of two batteries picked at random from the box is empty",
                given="In a box are $[[a]]$ full batteries and $[[b]]$ empty ones.",
            ),
        ),
        solve=_both_red,
        check=lambda p: Fraction(math.comb(p["a"], 2), math.comb(p["a"] + p["b"], 2)),
    ),
    Family(
        name="one_of_each_kind",
        concepts=("sampling without replacement", "sample space"),
        school_level="high school",
        slots={"a": Integer(2, 20), "b": Integer(2, 12)},
        wordings=(
            Wording(
                "the probability that the two marbles have different colours",
                given="Two marbles are taken together, at random, from a bag with $[[a]]$ blue and $[[b]]$ yellow "
                "marbles.",
            ),
            Wording(
                "the probability that one of the winners is a child and the other one an adult",
                given="Two different winners are drawn among the $[[a]]$ children and $[[b]]$ adults at a fair, each "
                "pair being equally likely.",
            ),
            Wording(
                "the probability that exactly one of the two seeds germinates",
                given="A packet holds $[[a]]$ seeds that will germinate and $[[b]]$ that will not. A gardener sows "
                "two seeds from the packet, chosen at random.",
            ),
        ),
        solve=_one_of_each,
        check=lambda p: 2 * Fraction(p["a"], p["a"] + p["b"]) * Fraction(p["b"], p["a"] + p["b"] - 1),
    ),
    Family(
        name="two_way_table",
        concepts=("conditional probability",),
        school_level="high school",
        slots={
            "a": Integer(2, 40),
            "b": Integer(2, 40),
            "c": Integer(2, 40, link=False),
            "d": Integer(2, 40, link=False),
        },
        wordings=(
            Wording(
                "the probability that a pupil chosen at random plays football, given that the pupil cycles to school",
                given="Of the pupils of a school who cycle to school, $[[a]]$ play football and $[[b]]$ do not. Of "
                "the others, $[[c]]$ play football and $[[d]]$ do not.",
            ),
            Wording(
                "the conditional probability that a person of the survey drinks coffee, if the person is known to "
                "work at night",
                given="In a survey, $[[a]]$ night workers drink coffee and $[[b]]$ night workers do not; $[[c]]$ day "
                "workers drink coffee and $[[d]]$ day workers do not.",
            ),
            Wording(
                "the probability that a random tree of the orchard bears fruit under the condition that it is an "
                "apple tree",
                given="An orchard has $[[a]]$ apple trees with fruit, $[[b]]$ apple trees without fruit, $[[c]]$ "
                "pear trees with fruit and $[[d]]$ pear trees without fruit.",
            ),
        ),
        solve=_table,
        check=lambda p: _share([fruit for apple, fruit in _people(p) if apple]),
    ),
    Family(
        name="sum_given_one_die",
        concepts=("conditional probability", "dice probability"),
        school_level="high school",
        slots={"n": Integer(4, 20), "r": Integer(2, 20)},
        wordings=(
            Wording(
                "the conditional probability that the sum exceeds $[[n]]$, given that at least one die shows $[[r]]$",
                given="Two fair dice with faces numbered from $1$ to $[[n]]$ are thrown.",
            ),
            Wording(
                "the probability that the total is greater than $[[n]]$ if it is known that the number $[[r]]$ has "
                "come up at least once",
                given="A spinner with the equally likely numbers $1$ to $[[n]]$ is spun twice.",
            ),
            Wording(
                "the probability that their numbers have a sum above $[[n]]$, under the condition that $[[r]]$ is "
                "among them",
                given="Ava and Ben independently choose a random number from $1$ to $[[n]]$ each.",
            ),
        ),
        solve=_dice_given,
        check=_dice_given_check,
        where=lambda p: p["r"] < p["n"],
    ),
    Family(
        name="bayes_two_boxes",
        concepts=("bayes' theorem", "conditional probability"),
        school_level="college",
        slots=_URNS,
        wordings=(
            Wording(
                "the probability that the ball came from the first box",
                given="The first box holds $[[a]]$ red and $[[b]]$ white balls, the second one $[[c]]$ red and "
                "$[[d]]$ white balls. A fair coin decides from which box one ball is drawn at random, and the "
                "ball is red.",
            ),
            Wording(
                "the probability that the apple is from the upper crate",
                given="An upper crate contains $[[a]]$ bruised and $[[b]]$ sound apples, a lower crate $[[c]]$ "
                "bruised and $[[d]]$ sound ones. Somebody picks a crate at random, both being equally likely, "
                "and takes a random apple out of it. The apple is bruised.",
            ),
            Wording(
                "the posterior probability of the first server",
                given="A request goes to one of two servers with equal probability. Of the files on the first "
                "server, $[[a]]$ are damaged and $[[b]]$ are intact; on the second one, $[[c]]$ are damaged and "
                "$[[d]]$ are intact. A random file of the server is returned, and it turns out to be damaged.",
            ),
        ),
        solve=_first_box,
        check=_bayes_count,
        where=_small_urns,
    ),
    Family(
        name="total_probability_two_boxes",
        concepts=("law of total probability", "conditional probability"),
        school_level="high school",
        slots=_URNS,
        wordings=(
            Wording(
                "the probability of drawing a black ball",
                given="One urn contains $[[a]]$ black and $[[b]]$ white balls, another one $[[c]]$ black and $[[d]]$ "
                "white balls. One of the urns is chosen by a fair coin, and one ball is drawn from it at random.",
            ),
            Wording(
                "the probability that the traveller is delayed",
                given="Of the trains on the coastal line, $[[a]]$ are late and $[[b]]$ are on time; of those on the "
                "mountain line, $[[c]]$ are late and $[[d]]$ are on time. A traveller picks one of the two lines "
                "with equal probability, and then one of its trains at random.",
            ),
            Wording(
                "the probability that the question is an easy one",
                given="In the first of two folders are $[[a]]$ easy and $[[b]]$ hard questions, in the second one "
                "$[[c]]$ easy and $[[d]]$ hard questions. A folder is picked at random, each with the same "
                "probability, and then a random question from that folder.",
            ),
        ),
        solve=_either_box,
        check=_total_count,
        where=_small_urns,
    ),
    Family(
        name="at_least_one_succeeds",
        concepts=("independent events", "complementary events"),
        school_level="high school",
        slots={"a": Integer(2, 30), "b": Integer(2, 30)},
        wordings=(
            Wording(
                "the probability that at least one of two independent events occurs, if their probabilities are "
                r"$\frac{1}{[[a]]}$ and $\frac{1}{[[b]]}$"
            ),
            Wording(
                "the probability that the target is hit",
                given=r"Two archers shoot once each at a target. The first one hits with probability "
                r"$\frac{1}{[[a]]}$ and the second one with probability $\frac{1}{[[b]]}$, independently of each "
                r"other.",
            ),
            Wording(
                "the probability that an alarm is raised",
                given="Two independent sensors watch a door. In a given night the first one raises a false alarm "
                "with "
                r"probability $\frac{1}{[[a]]}$, the second one with probability $\frac{1}{[[b]]}$, and nobody "
                r"uses the door.",
            ),
        ),
        solve=_at_least_one_hit,
        check=lambda p: Fraction(1, p["a"]) + Fraction(1, p["b"]) - Fraction(1, p["a"] * p["b"]),
    ),
    Family(
        name="two_cards_same_suit",
        concepts=("playing cards", "sampling without replacement"),
        school_level="high school",
        slots={"n": Integer(3, 30)},
        wordings=(
            Wording(
                "the probability that two cards drawn without replacement have the same suit",
                given="A deck of cards has four suits with $[[n]]$ cards each.",
            ),
            Wording(
                "the probability that the top card and the bottom card belong to one suit",
                given="A well-shuffled deck consists of cards in four suits, numbered from $1$ to $[[n]]$ in each "
                "suit.",
            ),
            Wording(
                "the probability that both players get a card of the same suit",
                given="From a pack with four suits and $[[n]]$ cards of every suit, two players are dealt one random "
                "card each.",
            ),
        ),
        solve=_same_suit,
        check=lambda p: Fraction(4 * math.comb(p["n"], 2), math.comb(4 * p["n"], 2)),
    ),
    Family(
        name="coincidence_of_three",
        concepts=("birthday problem", "complementary events"),
        school_level="high school",
        slots={"n": Integer(3, 30)},
        wordings=(
            Wording(
                "the probability that at least two of them choose the same number",
                given="Three people independently choose a random number from $1$ to $[[n]]$.",
            ),
            Wording(
                "the probability that some two of them share a birthday",
                given="On a planet the year has $[[n]]$ days. Three of its inhabitants meet, and their birthdays are "
                "independent and equally likely to be any day.",
            ),
            Wording(
                "the probability of a collision",
                given="A hash table has $[[n]]$ slots. Three keys are put into it, each into a slot chosen at random "
                "and independently of the others; a collision means that two keys get the same slot.",
            ),
        ),
        solve=_all_different,
        check=lambda p: Fraction(p["n"] + 3 * p["n"] * (p["n"] - 1), p["n"] ** 3),
    ),
    Family(
        name="larger_of_two_dice",
        concepts=("dice probability", "independent events"),
        school_level="competition",
        slots={"n": Integer(4, 30), "r": Integer(2, 30)},
        wordings=(
            Wording(
                "the probability that the maximum of the two numbers is $[[r]]$",
                given="A fair die with faces $1$ to $[[n]]$ is rolled twice.",
            ),
            Wording(
                "the probability that the maximum of two independent random integers, each uniform from $1$ to "
                "$[[n]]$, equals $[[r]]$"
            ),
            Wording(
                "the probability that the better of the two scores is exactly $[[r]]$",
                given="In a game each of two throws scores a random number of points from $1$ to $[[n]]$, all "
                "equally likely and independent of each other.",
            ),
        ),
        solve=_largest_is,
        check=lambda p: _share([max(pair) == p["r"] for pair in _pairs(p["n"])]),
        where=lambda p: p["r"] < p["n"],
    ),
    Family(
        name="ticket_above",
        concepts=("sample space",),
        school_level="elementary",
        slots={"a": IntegerList(8, 12, 1, 60, distinct=True), "n": Integer(2, 58)},
        wordings=(
            Wording(
                "the probability that the number exceeds $[[n]]$",
                given="One of the numbers $[[a]]$ is chosen at random.",
            ),
            Wording(
                "the probability that the ticket wins",
                given="The tickets in a hat carry the numbers $[[a]]$. One of them is drawn, and it wins if its "
                "number is greater than $[[n]]$.",
            ),
            Wording(
                "the probability that a randomly chosen player has scored more than $[[n]]$ points",
                given="The players of a team have scored $[[a]]$ points this season.",
            ),
        ),
        solve=_above,
        check=lambda p: _share([value > p["n"] for value in p["a"]]),
        where=lambda p: 0 < sum(value > p["n"] for value in p["a"]) < len(p["a"]),
    ),
)
