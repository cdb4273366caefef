"""Statistics: means, spread and tables of data."""

from __future__ import annotations

import statistics
from fractions import Fraction

import numpy as np
import sympy

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Integer, IntegerList

TOPICS = (
    Topic(
        "Descriptive Statistics",
        subject="Statistics",
        school_level="middle school",
        concepts={
            "arithmetic mean": ("sample mean", "population mean", "mean value", "arithmetic average"),
            "weighted average": ("weighted mean", "weighted averages", "weighted arithmetic mean"),
            "median": ("medians", "median value", "sample median"),
            "statistical mode": ("modal value", "most frequent value", "most common value"),
            "variance": ("population variance", "sample variance", "variances"),
            "standard deviation": ("standard deviations", "root mean square deviation"),
            "z-score": ("standard score", "zscore", "standardization", "standardized value"),
            "quartiles": ("quartile", "interquartile range", "first quartile", "third quartile", "iqr"),
            "histogram": ("histograms", "frequency table", "frequency distribution", "bin counts"),
        },
    ),
)


def plus_signs(values: list[int] | list[Fraction]) -> str:
    """`3 + (-2) + 5`: a sum in which negative terms stand in parentheses."""
    return " + ".join(tex(value) if value >= 0 else f"({tex(value)})" for value in values)


def listed_values(params: Params) -> list[int]:
    """The data in the order of the wording: [[a]], [[n]] and, where there is one, [[b]]."""
    return [*params["a"], params["n"], *params.get("b", ())]


def square_of(value: Fraction) -> str:
    """A square to be added up: `3^2`, `(-3)^2`."""
    if value.denominator > 1:
        return rf"\left({tex(value)}\right)^2"
    return f"{tex(value)}^2" if value >= 0 else f"({tex(value)})^2"


def mean_of(values: list[int]) -> Fraction:
    return Fraction(sum(values), len(values))


def _find_mean(params: Params) -> Solution:
    values = listed_values(params)
    return Solution(
        (
            f"The values add up to ${plus_signs(values)} = {sum(values)}$.",
            f"There are ${len(values)}$ of them.",
            rf"The arithmetic mean is ${sum(values)} / {len(values)} = {tex(mean_of(values))}$.",
        ),
        mean_of(values),
    )


def _find_missing(params: Params) -> Solution:
    known, n = list(params["a"]), params["n"]
    count = len(known) + 1
    value = count * n - sum(known)
    return Solution(
        (
            rf"For a mean of ${n}$ all ${count}$ values together have to be ${count} \cdot {n} = {count * n}$.",
            f"The known values add up to ${plus_signs(known)} = {sum(known)}$.",
            f"The missing value is ${count * n} - {sum(known)} = {value}$.",
        ),
        value,
    )


def _find_median(params: Params) -> Solution:
    ordered = sorted(listed_values(params))
    middle = len(ordered) // 2
    return Solution(
        (
            f"In increasing order the values are ${', '.join(map(str, ordered))}$.",
            f"There are ${len(ordered)}$ values, so the one in place ${middle + 1}$ has ${middle}$ on each side.",
            f"The median is ${ordered[middle]}$.",
        ),
        ordered[middle],
    )


def _find_mode(params: Params) -> Solution:
    values = [*params["a"], params["n"], params["n"]]
    counts = {value: values.count(value) for value in sorted(set(values))}
    top = max(counts, key=lambda value: counts[value])
    runner_up = max(count for value, count in counts.items() if value != top)
    return Solution(
        (
            f"In increasing order the values are ${', '.join(map(str, sorted(values)))}$.",
            f"The value ${top}$ occurs ${counts[top]}$ times, and no other value occurs more than "
            + ("once." if runner_up == 1 else f"${runner_up}$ times."),
            f"So the mode is ${top}$.",
        ),
        top,
    )


def _find_variance(params: Params) -> Solution:
    values = listed_values(params)
    mean = mean_of(values)
    gaps = [value - mean for value in values]
    total = sum((gap**2 for gap in gaps), Fraction(0))
    return Solution(
        (
            f"The mean is ${sum(values)} / {len(values)} = {tex(mean)}$.",
            f"The squared deviations add up to ${' + '.join(map(square_of, gaps))} = {tex(total)}$.",
            f"Dividing by ${len(values)}$ gives the variance ${tex(total / len(values))}$.",
        ),
        total / len(values),
    )


def _find_deviation(params: Params) -> Solution:
    values = listed_values(params)
    steps = _find_variance(params)
    value = sympy.sqrt(sympy.Rational(steps.value.numerator, steps.value.denominator))
    return Solution(
        (
            *steps.steps[:2],
            f"The population variance is ${tex(steps.value * len(values))} / {len(values)} = {tex(steps.value)}$.",
            f"The standard deviation is its square root, ${tex(value)}$.",
        ),
        value,
    )


def _find_score(params: Params) -> Solution:
    n, m, d = params["n"], params["m"], params["d"]
    value = Fraction(n - m, d)
    return Solution(
        (
            f"The deviation from the mean is ${n} - {m} = {n - m}$.",
            f"One standard deviation is ${d}$.",
            f"The z-score is ${n - m} / {d} = {tex(value)}$.",
        ),
        value,
    )


def _find_spread(params: Params) -> Solution:
    ordered = sorted(listed_values(params))
    first, third = Fraction(ordered[1] + ordered[2], 2), Fraction(ordered[5] + ordered[6], 2)
    return Solution(
        (
            f"In increasing order the values are ${', '.join(map(str, ordered))}$.",
            f"The lower half is ${', '.join(map(str, ordered[:4]))}$, with median $({ordered[1]} + {ordered[2]}) / 2 = "
            f"{tex(first)}$.",
            f"The upper half is ${', '.join(map(str, ordered[4:]))}$, with median $({ordered[5]} + {ordered[6]}) / 2 = "
            f"{tex(third)}$.",
            f"The interquartile range is ${tex(third)} - {tex(first)} = {tex(third - first)}$.",
        ),
        third - first,
    )


def _find_bin_count(params: Params) -> Solution:
    n, d = params["n"], params["d"]
    inside = sorted(value for value in params["a"] if n <= value < n + d)
    return Solution(
        (
            f"The class reaches from ${n}$, included, to ${n} + {d} = {n + d}$, excluded.",
            f"The values in it are ${', '.join(map(str, inside))}$."
            if len(inside) > 1
            else f"Only ${inside[0]}$ lies in it.",
            f"So its frequency is ${len(inside)}$.",
        ),
        len(inside),
    )


def _find_weighted(params: Params) -> Solution:
    a, b, m, n = (params[name] for name in "abmn")
    total = a * m + b * n
    value = Fraction(total, a + b)
    return Solution(
        (
            rf"The first group contributes ${a} \cdot {m} = {a * m}$ and the second one ${b} \cdot {n} = {b * n}$.",
            f"The weights add up to ${a} + {b} = {a + b}$.",
            f"The weighted average is $({a * m} + {b * n}) / {a + b} = {tex(value)}$.",
        ),
        value,
    )


def _distinct(params: Params) -> bool:
    values = listed_values(params)
    return len(set(values)) == len(values)


_BEFORE, _AFTER = IntegerList(3, 3, 2, 40), IntegerList(3, 3, 2, 40)

FAMILIES = (
    Family(
        name="mean_of_data",
        concepts=("arithmetic mean",),
        school_level="elementary",
        slots={"a": IntegerList(2, 2, 2, 40), "n": Integer(2, 60), "b": IntegerList(3, 3, 2, 40)},
        wordings=(
            Wording("the arithmetic mean of the numbers $[[a]], [[n]], [[b]]$"),
            Wording(
                "the mean number of visitors per day",
                given="On six days a small museum had $[[a]], [[n]], [[b]]$ visitors.",
            ),
            Wording(
                "the average length, in metres, of a throw",
                given="In six throws Lena reached distances of $[[a]], [[n]], [[b]]$ metres.",
            ),
        ),
        solve=_find_mean,
        check=lambda p: float(np.average(listed_values(p))),
        where=lambda p: len(set(listed_values(p))) > 3,
    ),
    Family(
        name="missing_value",
        concepts=("arithmetic mean",),
        school_level="middle school",
        slots={"a": IntegerList(4, 4, 2, 40), "n": Integer(5, 40)},
        wordings=(
            Wording(
                "the number that has to be added to the list $[[a]]$ so that the mean of the five numbers is $[[n]]$",
            ),
            Wording(
                "the number of points that Tom needs in the fifth test",
                given="In four tests Tom has scored $[[a]]$ points. He wants a mean of exactly $[[n]]$ points over "
                "five tests.",
            ),
            Wording(
                "the amount of rain, in millimetres, on the last day",
                given="From Monday to Thursday there were $[[a]]$ millimetres of rain. The mean for the five days "
                "from Monday to Friday was $[[n]]$ millimetres per day.",
            ),
        ),
        solve=_find_missing,
        check=lambda p: next(x for x in range(5 * p["n"] + 1) if statistics.mean([*p["a"], x]) == p["n"]),
        where=lambda p: 5 * p["n"] - sum(p["a"]) > 0,
    ),
    Family(
        name="median_of_data",
        concepts=("median",),
        school_level="middle school",
        slots={"a": _BEFORE, "n": Integer(2, 60), "b": _AFTER},
        wordings=(
            Wording("the median of the data $[[a]], [[n]], [[b]]$"),
            Wording(
                "the median age",
                given="The passengers of a small bus are $[[a]], [[n]], [[b]]$ years old.",
            ),
            Wording(
                "the median of the waiting times, in minutes",
                given="Seven patients waited for $[[a]], [[n]], [[b]]$ minutes.",
            ),
        ),
        solve=_find_median,
        check=lambda p: statistics.median(listed_values(p)),
        where=_distinct,
    ),
    Family(
        name="mode_of_data",
        concepts=("statistical mode",),
        school_level="elementary",
        slots={"a": IntegerList(8, 8, 2, 12), "n": Integer(2, 30)},
        wordings=(
            Wording("the mode of the data $[[a]], [[n]], [[n]]$"),
            Wording(
                "the most common shoe size",
                given="A shop sold shoes of the sizes $[[a]], [[n]], [[n]]$, in its own units, in one morning.",
            ),
            Wording(
                "the modal number of books read in a month",
                given="Ten pupils say how many books they read last month: $[[a]], [[n]], [[n]]$.",
            ),
        ),
        solve=_find_mode,
        check=lambda p: statistics.mode([*p["a"], p["n"], p["n"]]),
        where=lambda p: len(statistics.multimode([*p["a"], p["n"], p["n"]])) == 1,
    ),
    Family(
        name="population_variance",
        concepts=("variance", "arithmetic mean"),
        school_level="high school",
        slots={"a": IntegerList(2, 2, 2, 20), "n": Integer(2, 40), "b": IntegerList(2, 2, 2, 20)},
        wordings=(
            Wording("the population variance of the five numbers $[[a]], [[n]], [[b]]$"),
            Wording(
                "the variance, dividing by the number of values, of the temperatures",
                given="At noon on five days a thermometer showed $[[a]], [[n]], [[b]]$ degrees.",
            ),
            Wording(
                "the mean squared deviation of the weights from their mean",
                given="Five parcels weigh $[[a]], [[n]], [[b]]$ kilograms.",
            ),
        ),
        solve=_find_variance,
        check=lambda p: float(np.var(listed_values(p))),
        where=lambda p: sum(listed_values(p)) % 5 == 0 and len(set(listed_values(p))) > 3,
    ),
    Family(
        name="population_standard_deviation",
        concepts=("standard deviation", "variance"),
        school_level="high school",
        slots={"a": IntegerList(2, 2, 2, 20), "n": Integer(2, 40), "b": IntegerList(1, 1, 2, 20)},
        wordings=(
            Wording("the population standard deviation of the four numbers $[[a]], [[n]], [[b]]$"),
            Wording(
                "the standard deviation of the four results, taken as a whole population",
                given="In four rounds a golfer needed $[[a]], [[n]], [[b]]$ strokes more than the course record.",
            ),
            Wording(
                "the standard deviation, dividing by $4$, of the heights in centimetres",
                given="Four seedlings are $[[a]], [[n]], [[b]]$ centimetres high.",
            ),
        ),
        solve=_find_deviation,
        check=lambda p: float(np.std(listed_values(p))),
        where=lambda p: sum(listed_values(p)) % 4 == 0 and len(set(listed_values(p))) > 2,
    ),
    Family(
        name="standard_score",
        concepts=("z-score", "standard deviation"),
        school_level="high school",
        slots={"n": Integer(2, 99), "m": Integer(2, 90), "d": Integer(2, 15)},
        wordings=(
            Wording(
                "the z-score of the value $[[n]]$ in a population with mean $[[m]]$ and standard deviation $[[d]]$"
            ),
            Wording(
                "the standard score of the candidate",
                given="In an examination the mean was $[[m]]$ points and the standard deviation $[[d]]$ points. A "
                "candidate got $[[n]]$ points.",
            ),
            Wording(
                "the number of standard deviations, negative if below, by which the measurement lies above the mean",
                given="Measurements have mean $[[m]]$ and standard deviation $[[d]]$, and one of them is $[[n]]$.",
            ),
        ),
        solve=_find_score,
        check=lambda p: (p["n"] - p["m"]) / p["d"],
        where=lambda p: p["n"] != p["m"] and abs(p["n"] - p["m"]) <= 4 * p["d"],
    ),
    Family(
        name="interquartile_range",
        concepts=("quartiles", "median"),
        school_level="high school",
        slots={"a": _BEFORE, "n": Integer(2, 60), "b": IntegerList(4, 4, 2, 40)},
        wordings=(
            Wording(
                "the interquartile range of the data $[[a]], [[n]], [[b]]$, where the quartiles are the medians of "
                "the lower and of the upper half"
            ),
            Wording(
                "the width of the box in the box plot",
                given="A box plot is drawn for the values $[[a]], [[n]], [[b]]$. Its box reaches from the median of "
                "the four smallest values to the median of the four largest ones.",
            ),
            Wording(
                "the difference between the third and the first quartile of the prices",
                given="Eight shops ask for $[[a]], [[n]], [[b]]$ euros for the same toy. The quartiles are taken as "
                "the medians of the four lowest and of the four highest prices.",
            ),
        ),
        solve=_find_spread,
        check=lambda p: float(np.median(np.sort(listed_values(p))[4:]) - np.median(np.sort(listed_values(p))[:4])),
        where=_distinct,
    ),
    Family(
        name="histogram_class",
        concepts=("histogram",),
        school_level="middle school",
        slots={"a": IntegerList(12, 12, 2, 50), "n": Integer(2, 40), "d": Integer(5, 15)},
        wordings=(
            Wording(
                "the height of the bar that starts at $[[n]]$ in a histogram of counts with classes of width $[[d]]$",
                given="The data are $[[a]]$. Every class of the histogram includes its left end and excludes its "
                "right end.",
            ),
            Wording(
                "the number of swimmers whose time is at least $[[n]]$ seconds but less than $[[n]] + [[d]]$ seconds",
                given="The times of twelve swimmers, in seconds, are $[[a]]$.",
            ),
            Wording(
                "the frequency of the class that begins at $[[n]]$",
                given="A frequency table with classes of width $[[d]]$, each containing its lower but not its upper "
                "limit, is made for the values $[[a]]$.",
            ),
        ),
        solve=_find_bin_count,
        check=lambda p: int(np.histogram(p["a"], bins=[0, p["n"], p["n"] + p["d"] - 0.5, 10_000])[0][1]),
        where=lambda p: any(p["n"] <= value < p["n"] + p["d"] for value in p["a"]),
    ),
    Family(
        name="weighted_average",
        concepts=("weighted average", "arithmetic mean"),
        school_level="middle school",
        slots={"a": Integer(2, 30), "b": Integer(2, 30), "m": Integer(2, 60), "n": Integer(2, 60)},
        wordings=(
            Wording("the weighted average of $[[m]]$, with weight $[[a]]$, and $[[n]]$, with weight $[[b]]$"),
            Wording(
                "the mean number of points over both classes together",
                given="In a class of $[[a]]$ pupils the mean number of points was $[[m]]$, and in another class of "
                "$[[b]]$ pupils it was $[[n]]$.",
            ),
            Wording(
                "the price of the mixture per kilogram",
                given="A merchant mixes $[[a]]$ kilograms of tea at $[[m]]$ euros per kilogram with $[[b]]$ "
                "kilograms at $[[n]]$ euros per kilogram. The price of the mixture is the weighted average.",
            ),
        ),
        solve=_find_weighted,
        check=lambda p: float(np.average([p["m"], p["n"]], weights=[p["a"], p["b"]])),
        where=lambda p: p["m"] != p["n"],
    ),
)
