"""Statistics, second half: how good a classifier is, how far apart two things are, and clusters."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy
from scipy.spatial import distance

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Choice, Integer, IntegerList, Slot

TOPICS = (
    Topic(
        "Classification Metrics",
        subject="Statistics",
        school_level="college",
        concepts={
            "confusion matrix": ("confusion matrices", "contingency matrix"),
            "classification precision": ("precision score", "positive predictive value", "precision_score"),
            "recall": ("recall score", "true positive rate", "recall_score"),
            "f1 score": ("f1-score", "f-measure", "f1_score", "f-score"),
            "classification accuracy": ("accuracy score", "accuracy_score", "subset accuracy"),
            "specificity": ("true negative rate", "selectivity"),
            "gini impurity": ("gini index", "gini criterion"),
            "shannon entropy": ("information entropy", "shannon information"),
        },
    ),
    Topic(
        "Distances and Clustering",
        subject="Statistics",
        school_level="college",
        concepts={
            "hamming distance": ("hamming distances", "hamming loss"),
            "jaccard similarity": ("jaccard index", "jaccard coefficient", "jaccard distance", "jaccard score"),
            "k-means clustering": ("k-means", "kmeans", "k-means algorithm", "cluster centroids", "cluster centers"),
        },
    ),
)


def _over(top: int, bottom: int) -> str:
    r"""`\frac{4}{6} = \frac{2}{3}`, without the second form where it is the first."""
    value = Fraction(top, bottom)
    raw = rf"\frac{{{top}}}{{{bottom}}}"
    return raw if value.denominator == bottom else f"{raw} = {tex(value)}"


def _precision(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    return Solution(
        (
            f"The classifier says yes ${a} + {b} = {a + b}$ times, and ${a}$ of these answers are right.",
            "Precision is the share of right answers among the positive ones.",
            f"It is ${_over(a, a + b)}$.",
        ),
        Fraction(a, a + b),
    )


def _recall(params: Params) -> Solution:
    a, c = params["a"], params["c"]
    return Solution(
        (
            f"There are ${a} + {c} = {a + c}$ real positives, of which ${a}$ are found.",
            "Recall is the share of the real positives that are found.",
            f"It is ${_over(a, a + c)}$.",
        ),
        Fraction(a, a + c),
    )


def _f_score(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    return Solution(
        (
            f"The precision is ${_over(a, a + b)}$ and the recall is ${_over(a, a + c)}$.",
            r"Their harmonic mean simplifies to twice the true positives, divided by this number plus all the errors.",
            rf"The F1 score is $\frac{{2 \cdot {a}}}{{2 \cdot {a} + {b} + {c}}} = "
            rf"{tex(Fraction(2 * a, 2 * a + b + c))}$.",
        ),
        Fraction(2 * a, 2 * a + b + c),
    )


def _accuracy(params: Params) -> Solution:
    a, b, c, d = (params[name] for name in "abcd")
    total = a + b + c + d
    return Solution(
        (
            f"Altogether ${a} + {b} + {c} + {d} = {total}$ cases were judged.",
            f"The judgement is right in ${a} + {d} = {a + d}$ of them.",
            f"The accuracy is ${_over(a + d, total)}$.",
        ),
        Fraction(a + d, total),
    )


def _specificity(params: Params) -> Solution:
    b, d = params["b"], params["d"]
    return Solution(
        (
            f"There are ${b} + {d} = {b + d}$ real negatives.",
            f"Of these, ${d}$ are recognized as such.",
            f"The specificity is ${_over(d, b + d)}$.",
        ),
        Fraction(d, b + d),
    )


def _labels(params: Params) -> tuple[np.ndarray, np.ndarray]:
    """(truth, answer) for every case of a confusion matrix, as 0 and 1."""
    counts = [params.get(name, 0) for name in "abcd"]
    return np.repeat([1, 0, 1, 0], counts), np.repeat([1, 1, 0, 0], counts)


def _precision_check(params: Params) -> float:
    truth, answer = _labels(params)
    return float(truth[answer == 1].mean())


def _recall_check(params: Params) -> float:
    truth, answer = _labels(params)
    return float(answer[truth == 1].mean())


def _specificity_check(params: Params) -> float:
    truth, answer = _labels(params)
    return float(1 - answer[truth == 0].mean())


def _f_check(params: Params) -> float:
    precision, recall = _precision_check(params), _recall_check(params)
    return 2 / (1 / precision + 1 / recall)


def _accuracy_check(params: Params) -> float:
    truth, answer = _labels(params)
    return float((truth == answer).mean())


def _gini(params: Params) -> Solution:
    counts = [params[name] for name in "abc"]
    n = sum(counts)
    squares = sum(count**2 for count in counts)
    return Solution(
        (
            f"There are ${' + '.join(map(str, counts))} = {n}$ items.",
            f"Two draws with replacement give the same class with probability "
            rf"$\frac{{{' + '.join(f'{count}^2' for count in counts)}}}{{{n}^2}} = {tex(Fraction(squares, n * n))}$.",
            f"The Gini impurity is $1 - {tex(Fraction(squares, n * n))} = {tex(1 - Fraction(squares, n * n))}$.",
        ),
        1 - Fraction(squares, n * n),
    )


_BITS = {
    "1 : 1 : 2": (2, 2, 1),
    "1 : 1 : 2 : 4": (3, 3, 2, 1),
    "1 : 1 : 1 : 1": (2, 2, 2, 2),
    "2 : 1 : 1 : 4": (2, 3, 3, 1),
}


def _information(params: Params) -> Solution:
    n, bits = params["n"], _BITS[params["s"]]
    terms = " + ".join(rf"\frac{{1}}{{{2**b}}} \cdot {b}" for b in bits)
    each = sum((Fraction(b, 2**b) for b in bits), Fraction(0))
    return Solution(
        (
            "The probabilities are $" + ", ".join(rf"\frac{{1}}{{{2**b}}}" for b in bits) + "$.",
            rf"A symbol of probability $\frac{{1}}{{2^i}}$ carries $i$ bits, so the entropy is ${terms} = {tex(each)}$ "
            rf"bits.",
            rf"For ${n}$ independent symbols the entropies add up: ${n} \cdot {tex(each)} = {tex(n * each)}$.",
        ),
        n * each,
    )


def _information_check(params: Params) -> float:
    shares = np.array([int(part) for part in params["s"].split(" : ")], dtype=float)
    shares /= shares.sum()
    return float(-params["n"] * (shares * np.log2(shares)).sum())


def _points(params: Params) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return (*params["a"], params["n"]), params["b"]


def _gaps(params: Params) -> list[int]:
    return [abs(x - y) for x, y in zip(*_points(params), strict=True)]


def _euclidean(params: Params) -> Solution:
    gaps = _gaps(params)
    total = sum(gap**2 for gap in gaps)
    value = sympy.sqrt(total)
    return Solution(
        (
            f"The coordinates differ by ${', '.join(map(str, gaps))}$.",
            f"The squares of the differences add up to ${' + '.join(f'{gap}^2' for gap in gaps)} = {total}$.",
            rf"The distance is "
            rf"$\sqrt{{{total}}}{'' if tex(value) == rf'{chr(92)}sqrt{{{total}}}' else f' = {tex(value)}'}$.",
        ),
        value,
    )


def _manhattan(params: Params) -> Solution:
    gaps = _gaps(params)
    return Solution(
        (
            f"The coordinates differ by ${', '.join(map(str, gaps))}$.",
            "For the Manhattan distance these differences are added.",
            f"The distance is ${' + '.join(map(str, gaps))} = {sum(gaps)}$.",
        ),
        sum(gaps),
    )


def _chebyshev(params: Params) -> Solution:
    gaps = _gaps(params)
    return Solution(
        (
            f"The coordinates differ by ${', '.join(map(str, gaps))}$.",
            "The Chebyshev distance is the largest of these differences.",
            f"So it is ${max(gaps)}$.",
        ),
        max(gaps),
    )


def _hamming(params: Params) -> Solution:
    n, m = params["n"], params["m"]
    first, second = f"{n:08b}", f"{m:08b}"
    places = [str(i + 1) for i in range(8) if first[i] != second[i]]
    return Solution(
        (
            rf"With eight binary digits, ${n}$ is $\text{{{first}}}$ and ${m}$ is $\text{{{second}}}$.",
            f"Counted from the left, the two words differ in the places ${', '.join(places)}$."
            if len(places) > 1
            else f"Counted from the left, the two words differ in place ${places[0]}$ only.",
            f"The Hamming distance is ${len(places)}$.",
        ),
        len(places),
    )


def _jaccard(params: Params) -> Solution:
    a, b, c = params["a"], params["b"], params["c"]
    union = a + b - c
    return Solution(
        (
            f"Counting the common elements once, the two sets together have ${a} + {b} - {c} = {union}$ elements.",
            "The Jaccard similarity is the size of the intersection divided by the size of the union.",
            f"It is ${_over(c, union)}$.",
        ),
        Fraction(c, union),
    )


def _jaccard_check(params: Params) -> float:
    a, b, c = params["a"], params["b"], params["c"]
    first = np.arange(a + b - c) < a
    second = np.arange(a + b - c) >= a - c
    return 1 - float(distance.jaccard(first, second))


def _cosine(params: Params) -> Solution:
    left, right = _points(params)
    dot = sum(x * y for x, y in zip(left, right, strict=True))
    squares = [sum(x * x for x in point) for point in (left, right)]
    value = dot / sympy.sqrt(squares[0] * squares[1])
    return Solution(
        (
            rf"The dot product is ${' + '.join(rf'{x} {chr(92)}cdot {y}' for x, y in zip(left, right, strict=True))} = "
            rf"{dot}$.",
            f"The squared lengths are ${' + '.join(f'{x}^2' for x in left)} = {squares[0]}$ and "
            f"${' + '.join(f'{x}^2' for x in right)} = {squares[1]}$.",
            rf"The cosine similarity is $\frac{{{dot}}}{{\sqrt{{{squares[0]} \cdot {squares[1]}}}}} = {tex(value)}$.",
        ),
        value,
    )


def _short_root(params: Params) -> bool:
    """Whether the lengths multiply to something with a small root, so that the answer is short."""
    left, right = _points(params)
    rest = sum(x * x for x in left) * sum(x * x for x in right)
    for factor in range(math.isqrt(rest), 1, -1):
        if rest % factor**2 == 0:
            rest //= factor**2
            break
    return rest <= 200


def _move_centre(params: Params) -> Solution:
    values, low, high = [*params["a"], params["n"]], params["c"], params["c"] + params["d"]
    near = sorted(value for value in values if 2 * value < low + high)
    value = Fraction(sum(near), len(near))
    return Solution(
        (
            f"A point is nearer to ${low}$ than to ${high}$ if it lies below the middle, "
            f"$({low} + {high}) / 2 = {tex(Fraction(low + high, 2))}$.",
            f"This holds for ${', '.join(map(str, near))}$.",
            f"The new centre is their mean, $({' + '.join(map(str, near))}) / {len(near)} = {tex(value)}$."
            if len(near) > 1
            else f"The new centre is this single point, ${value}$.",
        ),
        value,
    )


def _move_centre_check(params: Params) -> float:
    values = np.array([*params["a"], params["n"]])
    centres = np.array([params["c"], params["c"] + params["d"]])
    nearest = np.abs(values[:, None] - centres).argmin(axis=1)
    return float(values[nearest == 0].mean())


def _two_sided(params: Params) -> bool:
    values, low, high = [*params["a"], params["n"]], params["c"], params["c"] + params["d"]
    sides = {2 * value < low + high for value in values}
    return len(sides) == 2 and len(set(values)) == 6 and all(2 * value != low + high for value in values)


def _counts(needed: str) -> dict[str, Slot]:
    """The four counts of a confusion matrix; the result of an earlier part may enter only those that are needed."""
    return {name: Integer(2, 45, link=name in needed) for name in "abcd"}


_SPAM = (
    "A spam filter marked $[[a]]$ spam messages and $[[b]]$ good messages as spam. It let $[[c]]$ spam messages and "
    "$[[d]]$ good messages through."
)
_TEST = (
    "A medical test was positive for $[[a]]$ ill and $[[b]]$ healthy people, and negative for $[[c]]$ ill and "
    "$[[d]]$ healthy people."
)
_MATRIX = (
    "A confusion matrix shows $[[a]]$ true positives, $[[b]]$ false positives, $[[c]]$ false negatives and $[[d]]$ "
    "true negatives."
)
_POINTS: dict[str, Slot] = {"a": IntegerList(2, 2, 1, 20), "n": Integer(2, 30), "b": IntegerList(3, 3, 1, 20)}

FAMILIES = (
    Family(
        name="classifier_precision",
        concepts=("classification precision", "confusion matrix"),
        school_level="college",
        slots=_counts("ab"),
        wordings=(
            Wording("the precision of the classifier", given=_MATRIX),
            Wording(
                "the precision of the filter, that is, the share of spam among the messages that it marked",
                given=_SPAM,
            ),
            Wording("the positive predictive value of the test", given=_TEST),
        ),
        solve=_precision,
        check=_precision_check,
    ),
    Family(
        name="classifier_recall",
        concepts=("recall", "confusion matrix"),
        school_level="college",
        slots=_counts("ac"),
        wordings=(
            Wording("the recall of the classifier", given=_MATRIX),
            Wording("the recall of the filter, that is, the share of the spam that it caught", given=_SPAM),
            Wording("the true positive rate of the test", given=_TEST),
        ),
        solve=_recall,
        check=_recall_check,
    ),
    Family(
        name="classifier_f1",
        concepts=("f1 score", "classification precision", "recall"),
        school_level="college",
        slots=_counts("abc"),
        wordings=(
            Wording("the F1 score of the classifier", given=_MATRIX),
            Wording("the harmonic mean of the filter's precision and recall", given=_SPAM),
            Wording("the F1 score of the test for the class of ill people", given=_TEST),
        ),
        solve=_f_score,
        check=_f_check,
    ),
    Family(
        name="classifier_accuracy",
        concepts=("classification accuracy", "confusion matrix"),
        school_level="high school",
        slots=_counts("abcd"),
        wordings=(
            Wording("the accuracy of the classifier", given=_MATRIX),
            Wording("the proportion of messages that the filter treated correctly", given=_SPAM),
            Wording("the accuracy of the test on these people", given=_TEST),
        ),
        solve=_accuracy,
        check=_accuracy_check,
    ),
    Family(
        name="classifier_specificity",
        concepts=("specificity", "confusion matrix"),
        school_level="college",
        slots=_counts("bd"),
        wordings=(
            Wording("the specificity of the classifier", given=_MATRIX),
            Wording("the true negative rate of the filter", given=_SPAM),
            Wording("the specificity of the test, that is, the share of healthy people who test negative", given=_TEST),
        ),
        solve=_specificity,
        check=_specificity_check,
    ),
    Family(
        name="gini_impurity",
        concepts=("gini impurity",),
        school_level="college",
        slots={"a": Integer(2, 20), "b": Integer(2, 10), "c": Integer(2, 10)},
        wordings=(
            Wording(
                "the Gini impurity of a node of a decision tree that holds $[[a]]$, $[[b]]$ and $[[c]]$ samples of "
                "three classes"
            ),
            Wording(
                "the Gini impurity of the basket",
                given="A basket contains $[[a]]$ apples, $[[b]]$ pears and $[[c]]$ plums. Each kind of fruit is a "
                "class.",
            ),
            Wording(
                "the probability that two letters drawn at random with replacement are different",
                given="A box holds $[[a]]$ tiles with the letter A, $[[b]]$ with the letter B and $[[c]]$ with the "
                "letter C.",
            ),
        ),
        solve=_gini,
        check=lambda p: 1 - float(sum((p[i] / (p["a"] + p["b"] + p["c"])) ** 2 for i in "abc")),
        where=lambda p: p["a"] + p["b"] + p["c"] <= 31,
    ),
    Family(
        name="entropy_of_source",
        concepts=("shannon entropy",),
        school_level="college",
        slots={"n": Integer(2, 40), "s": Choice(tuple(_BITS))},
        wordings=(
            Wording(
                "the Shannon entropy, in bits, of $[[n]]$ independent symbols from a source whose symbols have "
                "probabilities in the ratio $[[s]]$"
            ),
            Wording(
                "the information, in bits, that a whole message carries on average",
                given="A message consists of $[[n]]$ letters, chosen independently. The letters of the alphabet "
                "occur in the proportion $[[s]]$.",
            ),
            Wording(
                "the entropy, in bits, of the whole sequence of results",
                given="A biased spinner is spun $[[n]]$ times, and the chances of its sectors are in the ratio "
                "$[[s]]$.",
            ),
        ),
        solve=_information,
        check=_information_check,
    ),
    Family(
        name="euclidean_distance",
        concepts=("euclidean distance",),
        school_level="high school",
        slots=_POINTS,
        wordings=(
            Wording("the Euclidean distance between the points $([[a]], [[n]])$ and $([[b]])$"),
            Wording(
                "the straight-line distance, in metres, between the two drones",
                given="In metres, one drone is at the position $([[a]], [[n]])$ and another one at $([[b]])$.",
            ),
            Wording(
                "the length of the difference of the feature vectors",
                given="Two samples have the feature vectors $([[a]], [[n]])$ and $([[b]])$.",
            ),
        ),
        solve=_euclidean,
        check=lambda p: float(distance.euclidean(*_points(p))),
        where=lambda p: sum(_gaps(p)) > 2,
    ),
    Family(
        name="manhattan_distance_of_records",
        concepts=("manhattan distance",),
        school_level="middle school",
        slots=_POINTS,
        wordings=(
            Wording("the Manhattan distance between $([[a]], [[n]])$ and $([[b]])$"),
            Wording(
                "the length of the shortest path of the crane, which moves along one axis at a time",
                given="A crane has to move from the position $([[a]], [[n]])$ to the position $([[b]])$.",
            ),
            Wording(
                "the sum of the absolute differences between the two records $([[a]], [[n]])$ and $([[b]])$, field "
                "by field"
            ),
        ),
        solve=_manhattan,
        check=lambda p: int(distance.cityblock(*_points(p))),
        where=lambda p: sum(_gaps(p)) > 2,
    ),
    Family(
        name="chebyshev_distance_of_settings",
        concepts=("chebyshev distance",),
        school_level="college",
        slots=_POINTS,
        wordings=(
            Wording("the Chebyshev distance between the points $([[a]], [[n]])$ and $([[b]])$"),
            Wording(
                "the time, in seconds, until the last axis has arrived",
                given="A milling head moves from $([[a]], [[n]])$ to $([[b]])$. All its axes start together, and "
                "each one moves one unit per second.",
            ),
            Wording("the largest absolute difference between corresponding entries of $([[a]], [[n]])$ and $([[b]])$"),
        ),
        solve=_chebyshev,
        check=lambda p: int(distance.chebyshev(*_points(p))),
        where=lambda p: sum(_gaps(p)) > 2,
    ),
    Family(
        name="hamming_distance",
        concepts=("hamming distance",),
        school_level="college",
        slots={"n": Integer(2, 255), "m": Integer(2, 255)},
        wordings=(
            Wording("the Hamming distance between the eight-digit binary representations of $[[n]]$ and $[[m]]$"),
            Wording(
                "the number of bits that were flipped",
                given="The byte with the value $[[n]]$ was sent over a noisy line, and the byte with the value "
                "$[[m]]$ arrived.",
            ),
            Wording(
                "the least number of lamps that have to be switched",
                given="A display shows a number in binary with eight lamps, one for each digit. It shows $[[n]]$ and "
                "is to show $[[m]]$.",
            ),
        ),
        solve=_hamming,
        check=lambda p: (p["n"] ^ p["m"]).bit_count(),
        where=lambda p: p["n"] != p["m"],
    ),
    Family(
        name="jaccard_similarity",
        concepts=("jaccard similarity",),
        school_level="college",
        slots={"a": Integer(3, 40), "b": Integer(3, 40), "c": Integer(2, 30)},
        wordings=(
            Wording(
                "the Jaccard similarity of two sets of $[[a]]$ and $[[b]]$ elements that have $[[c]]$ elements "
                "in common"
            ),
            Wording(
                "the Jaccard index of their music collections",
                given="Nora has $[[a]]$ albums and Omar has $[[b]]$ albums. They share $[[c]]$ of these albums.",
            ),
            Wording(
                "the Jaccard similarity of the two texts, taken as sets of words",
                given="Two short texts use $[[a]]$ and $[[b]]$ different words, respectively, and $[[c]]$ words "
                "occur in both.",
            ),
        ),
        solve=_jaccard,
        check=_jaccard_check,
        where=lambda p: p["c"] < min(p["a"], p["b"]),
    ),
    Family(
        name="cosine_similarity",
        concepts=("cosine similarity",),
        school_level="college",
        slots={"a": IntegerList(2, 2, 1, 8), "n": Integer(2, 20), "b": IntegerList(3, 3, 1, 8)},
        wordings=(
            Wording("the cosine similarity of the vectors $([[a]], [[n]])$ and $([[b]])$"),
            Wording("the cosine of the angle between $([[a]], [[n]])$ and $([[b]])$"),
            Wording(
                "the cosine similarity of the two documents",
                given="Three terms occur $[[a]], [[n]]$ times in one document and $[[b]]$ times in another one.",
            ),
        ),
        solve=_cosine,
        check=lambda p: 1 - float(distance.cosine(*_points(p))),
        where=lambda p: _points(p)[0] != p["b"] and _short_root(p),
    ),
    Family(
        name="centre_after_one_step",
        concepts=("k-means clustering",),
        school_level="college",
        slots={"a": IntegerList(5, 5, 2, 40), "n": Integer(2, 40), "c": Integer(2, 15), "d": Integer(10, 25)},
        wordings=(
            Wording(
                "the lower one of the two centres after one step of the k-means algorithm",
                given="The points $[[a]], [[n]]$ on a line are clustered into two groups. The centres are $[[c]]$ and "
                "$[[c]] + [[d]]$ at first.",
            ),
            Wording(
                "the mean age of the readers assigned to the first group",
                given="Readers aged $[[a]], [[n]]$ are divided into two groups: each belongs to the first one if the "
                "age is closer to $[[c]]$ than to $[[c]] + [[d]]$, and otherwise to the second one.",
            ),
            Wording(
                "the new position of the first depot",
                given="Along a road, shops stand at the kilometres $[[a]], [[n]]$. Each is served by the nearer one "
                "of two depots, the first one at kilometre $[[c]]$ and the second one $[[d]]$ kilometres further "
                "on. Then each depot moves to the mean position of its shops.",
            ),
        ),
        solve=_move_centre,
        check=_move_centre_check,
        where=_two_sided,
    ),
)
