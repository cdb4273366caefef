"""Whether two final answers are equal: the one truth for votes, verification and evaluation.

`equivalent(prediction, reference)` reads both into forms (answers/forms.py), compares them (answers/same_form.py), by
value (answers/values.py), and asks computer algebra in a worker process with a hard time limit (answers/symbolic.py)
only for what it cannot read itself.
The rules are those that the benchmarks' own graders share, made precise:

- Integers and fractions are equal exactly. Where one side is a decimal, both are equal within 1e-4, relative (the
  tolerance of the Qwen2.5-Math evaluation), and an integer must still be the nearest one. A reference decimal of three
  significant digits or more also accepts a more precise prediction that rounds to it.
- A percent sign may be missing on one side; 8% also equals 0.08, and 2 million both 2 and 2000000. A unit, am or pm, or
  a modulus may be missing on one side; two known units must agree after conversion: $0.50 is 50 cents.
- x = 3, f(x) = 2x and y = 2x mean their right-hand side, unless the other answer names another variable. A prediction
  such as m + n = 7 or cos A = 1/2 states the value of a quantity; 2x = 10 states none. A condition such as x > 0 may
  stand beside the answer on one side.
- A list without brackets has no order; tuples and vectors have, and 2i + 3j is (2,3). Brackets of an interval matter:
  [2,3) is not (2,3), but [2,3[. Dots stand for equal steps between numbers: 1,2,...,5 is 1,2,3,4,5, and 1,2,3,...,n is
  1,2,...,n.
- An equation equals every multiple of itself, and |x| = 3 is x = -3, x = 3. An inequality, |x - 2| < 3 too, equals its
  interval; several are their intersection, with "or" their union.
- Variables are taken as positive unless |x|, floor or ceiling occur. Arbitrary constants and integer parameters of
  angles may have other names (constants.py).
- A choice such as (B) or "B. 5 cm" equals the letter, and several do in any order: "C, A" is AC. Where both sides say
  yes or no before a formula, both count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from .answers.forms import forms
from .answers.same_form import same_form
from .answers.scalars import LONG_WORD
from .answers.shapes import Words
from .answers.text import clean
from .answers.tokens import MAX_CHARS, TooLarge, Unreadable
from .extract import final_answer

__all__ = ["Vote", "equivalent", "final_answer", "vote"]

MAX_CHOICES_CHARS = 200
MAX_CACHED_CHARS = 1_000  # of both answers; the verdicts on longer pairs are not remembered

_CHOICE = re.compile(r"[A-K]")
_CHOSEN = re.compile(
    r"^(?:the\s+)?(?:correct\s+)?(?:answer|option|choice)?\s*(?:is|:)?\s*(?:[\[(]\s*([A-K])\s*[\])]|([A-K])\s*(?:\)|[.:](?=\s|$)|$))",
    re.IGNORECASE,
)


def equivalent(prediction: str, reference: str) -> bool:
    """Whether a predicted final answer equals the reference.

    Args:
        prediction: A final answer, such as `final_answer` reads from a solution.
        reference: The benchmark's answer, or another sample's in a vote.
    """
    if prediction == reference:
        return bool(prediction.strip()) and prediction.strip().lower() != "nan"
    if len(prediction) > MAX_CHARS or len(reference) > MAX_CHARS:
        return _squeezed(prediction) == _squeezed(reference)
    if len(prediction) + len(reference) > MAX_CACHED_CHARS:
        return _equivalent.__wrapped__(prediction, reference)
    return _equivalent(prediction, reference)


def _squeezed(text: str) -> str:
    """Without white space, but for that between two digits: 2 3 is not 23."""
    return re.sub(r"\s+(?!\d)|(?<!\d)\s+", "", text.strip())


@lru_cache(maxsize=65_536)
def _equivalent(prediction: str, reference: str) -> bool:
    if not prediction.strip() or not reference.strip():
        return False
    if _squeezed(prediction) == _squeezed(reference):
        return prediction.strip().lower() != "nan"
    if (choices := _choices(reference)) is not None and (predicted := _choices(prediction)) is not None:
        return predicted == choices
    if (chosen := _choice(reference)) is not None:
        return _choice(prediction, aside=True) == chosen
    verdicts = [
        {form.words for form in forms(text) if isinstance(form, Words) and form.in_part}
        for text in (prediction, reference)
    ]
    if all(verdicts) and verdicts[0] != verdicts[1]:
        return False  # yes and no, whatever formula follows
    undecided = False
    for right in forms(reference):
        for left in forms(prediction):
            try:
                if same_form(left, right):
                    return True
            except TooLarge:
                continue
            except (Unreadable, RecursionError):
                undecided = True
    unread = any(isinstance(form, Words) and form.unread for form in (*forms(prediction), *forms(reference)))
    plain = any(isinstance(form, Words) and not form.unread for form in (*forms(prediction), *forms(reference)))
    if plain and (stated := _stated(reference)) is not None:
        return _equivalent(prediction, stated)
    if (undecided or unread) and not plain and _is_one_formula(prediction) and _is_one_formula(reference):
        from .answers.symbolic import equal_by_algebra

        return equal_by_algebra(clean_latex(prediction), clean_latex(reference))
    return False


def _is_one_formula(text: str) -> bool:
    """Whether computer algebra would read all of it: of several formulas, or a sentence, it takes one that it finds."""
    cleaned = clean(text)
    return "\n" not in cleaned and cleaned.count("\\begin") < 2 and not LONG_WORD.search(re.sub("⟦[^⟧]*⟧", "", cleaned))


def _stated(reference: str) -> str | None:
    """The one quantity of a reference that is a sentence, "The area is 12.25 cm."; None where there are more."""
    if len(re.findall(r"[A-Za-z]{2,}", reference)) < 4 or re.match(r"\s*(?:yes|no)\b", reference, re.IGNORECASE):
        return None
    formulas = [formula for formula in re.findall(r"\$([^$]+)\$", reference) if re.search(r"\d", formula)]
    rest = re.sub(r"\$[^$]*\$", " ", reference)
    found = formulas + re.findall(r"(?<![\w.-])-?\d[\d,]*(?:\.\d+)?(?![\w-])", rest)
    return str(found[0]) if len(found) == 1 else None


def clean_latex(text: str) -> str:
    """The answer as LaTeX for computer algebra, without the marks of `clean`."""
    return clean(text).replace("⟦", "\\text{").replace("⟧", "}").replace("\\reals", "\\mathbb{R}")


def _choice(text: str, aside: bool = False) -> str | None:
    """The letter that a multiple-choice answer names; `aside`: the option's text may follow in parentheses."""
    plain = re.sub(r"\\(?:textbf|text|mathbf|mathrm|boxed|left|right)(?![a-z])\s*|[{}$*\\]|\\[ ,;]", "", text).strip()
    if not aside:
        plain = re.sub(r"^[A-K]\s*:", "", plain)  # J: 4 hr
        if re.fullmatch("[a-k]", plain):
            return None  # a variable, or the number e
    else:
        plain = re.sub(r"(?<=[A-K])\s+(?:\(.*\)|-\s.*|only)$", "", plain)
    if _CHOICE.fullmatch(plain):
        return plain
    if found := _CHOSEN.match(plain):
        return (found[1] or found[2]).upper()
    return None


def _choices(text: str) -> frozenset[str] | None:
    """The letters of a question with several right options: "A, C", "A and C", (A)(C), or AC in alphabetical order."""
    if len(text) > MAX_CHOICES_CHARS:
        return None
    plain = re.sub(r"\\(?:textbf|text|mathbf|mathrm|boxed|left|right)(?![a-z])\s*|[{}$*\\.]|\\[ ,;]", "", text).strip()
    letters = re.sub(r"[()\[\],;&、\s]|\band\b", "", plain)
    listed = re.fullmatch(
        r"[(\[]?[A-K][)\]]?(?:(?:\s*[,;&、]\s*|\s*,?\s+and\s+|\s*(?=[(\[]))[(\[]?[A-K][)\]]?)+", plain
    )
    joined = plain == letters == "".join(sorted(letters))
    if len(letters) < 2 or len(set(letters)) < len(letters) or not re.fullmatch("[A-K]+", letters):
        return None
    return frozenset(letters) if listed or joined else None


@dataclass(frozen=True, slots=True)
class Vote:
    """The outcome of a vote.

    `winner` is the most frequent spelling among the winning answers; `members` are the indices that it counts, in
    ascending order; `agreement` their share of all answers (weighted, if weights were given), those without a final
    answer included; `clusters` the indices of every cluster, the winning one first.
    """

    winner: str
    members: tuple[int, ...]
    agreement: float
    clusters: tuple[tuple[int, ...], ...]


def vote(answers: Sequence[str], weights: Sequence[float] | None = None) -> Vote:
    """Cluster answers by equality and elect the largest cluster.

    Equality is not transitive (8 equals 8%, 8% equals 0.08), so clusters are built around centres: the answer that the
    most weight agrees with takes all that equal it, then the next of the rest. Ties go to the spelling that occurs more
    often, then to the shorter, then the alphabetically first one. The outcome does not depend on the order of the
    answers.

    Args:
        answers: Final answers; an empty one counts in the total and is in no cluster.
        weights: A judge's weight for each answer, all 1 where it is None.
    Raises:
        ValueError: As many weights as answers are needed, none negative.
    """
    if weights is not None and (len(weights) != len(answers) or any(not weight >= 0 for weight in weights)):
        raise ValueError(f"{len(answers)} answers need {len(answers)} weights of at least 0, given {weights!r}")
    of = [1.0] * len(answers) if weights is None else [float(weight) for weight in weights]
    spelt: dict[str, list[int]] = {}
    for index, answer in enumerate(answers):
        if answer.strip() and answer.strip().lower() != "nan":
            spelt.setdefault(answer.strip(), []).append(index)
    weight = {answer: sum(of[index] for index in indices) for answer, indices in spelt.items()}
    near = {
        answer: {other for other in spelt if answer == other or equivalent(answer, other) or equivalent(other, answer)}
        for answer in spelt
    }
    left = set(spelt)
    clusters: list[tuple[str, tuple[int, ...], float]] = []
    while left:
        centre = min(
            left, key=lambda answer: (-_total(near[answer] & left, weight), -weight[answer], len(answer), answer)
        )
        members = near[centre] & left
        best = min(members, key=lambda answer: (-weight[answer], len(answer), answer))
        clusters.append((best, tuple(sorted(i for answer in members for i in spelt[answer])), _total(members, weight)))
        left -= members
    clusters.sort(key=lambda cluster: (-cluster[2], len(cluster[0]), cluster[0]))
    if not clusters:
        return Vote("", (), 0.0, ())
    winner, indices, score = clusters[0]
    total = sum(of)
    return Vote(winner, indices, score / total if total else 0.0, tuple(cluster[1] for cluster in clusters))


_T = TypeVar("_T")


def _total(keys: Iterable[_T], weight: dict[_T, float]) -> float:
    return sum(sorted(weight[key] for key in keys))
