"""Worked solutions: what they state about numbers is true as it is written."""

import math
import operator
import re

import numpy as np
import pytest

from synthllm.builder.teacher.families import FAMILIES
from synthllm.builder.teacher.family import Family
from synthllm.builder.teacher.problem import compose, solve, write

INSTANCES = 60
RELATIONS = {
    "=": lambda left, right: math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9),
    "<": operator.lt,
    ">": operator.gt,
    r"\le": operator.le,
    r"\ge": operator.ge,
}


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())
def test_relations_between_numbers_hold_as_written(family: Family) -> None:
    rng = np.random.default_rng(20260101)
    for _ in range(INSTANCES):
        problem = compose([family], rng)
        assert problem is not None
        for step in solve(problem).steps:
            assert not _faulty_relations(step), (write(problem), step)


def _faulty_relations(text: str) -> list[str]:
    """The relations between two numbers in a text's formulas that do not hold, or say that a thing is itself."""
    faulty: list[str] = []
    for formula in re.findall(r"\$([^$]*)\$", text):
        parts = re.split(r"(=|<|>|\\leq?\b(?!ft)|\\geq?\b|\\equiv|\\approx|\\neq?\b|, |;|\\quad|\\to\b)", formula)
        for left, relation, right in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
            holds = RELATIONS.get(relation.replace("eq", "e"))
            one, other = (_number(left), _number(right)) if holds else (None, None)  # congruences have huge numbers
            false = holds is not None and one is not None and other is not None and not holds(one, other)
            if false or (relation == "=" and left.strip() == right.strip()):
                faulty.append(f"{left.strip()} {relation} {right.strip()}")
    return faulty


def _number(latex: str) -> float | None:
    """What a formula without letters comes to; None if it has any."""
    text = re.sub(r"\\(?:left|right|,)(?![a-z])", "", latex).replace(r"\cdot", "*").replace(r"\pi", " pi ")
    text = text.replace(r"\dfrac", r"\frac").replace(r"\div", "/").replace(r"\times", "*")
    while (match := re.search(r"\\frac\{([^{}]*)\}\{([^{}]*)\}|\\sqrt\{([^{}]*)\}|\^\{([^{}]*)\}", text)) is not None:
        over, under, radicand, exponent = match.groups()
        new = f"(({over})/({under}))" if over is not None else f" sqrt({radicand})"
        text = text[: match.start()] + (f"**({exponent})" if exponent is not None else new) + text[match.end() :]
    text = re.sub(r"(?<=[\d)i])\s*(?=[a-z(])|(?<=[)i])\s*(?=\d)", "*", text.strip())
    text = re.sub(r"\bsqrt\*\(", "sqrt(", text)
    if not re.fullmatch(r"(?:\d|[-+*/() .]|sqrt|pi)*\d(?:\d|[-+*/() .]|sqrt|pi)*", text) or text.count(
        "("
    ) != text.count(")"):
        return None
    if re.search(r"\b0\d|\d\s+\d|[-+*/]\s*$|^\s*[+*/)]|\.\s", text):  # binary numerals, lists, pieces of something
        return None
    if re.search(r"\*\*\(\d{3,}\)", text):  # a power too large for a float
        return None
    return float(eval(text, {"__builtins__": {}, "sqrt": math.sqrt, "pi": math.pi}))


def test_faulty_relations_are_noticed() -> None:
    assert _faulty_relations(r"So $2 \cdot \frac{9}{3} = 7$.") == [r"2 \cdot \frac{9}{3} = 7"]
    assert _faulty_relations(r"Since $3^{2} < 10 \le 9$.") == [r"10 \le 9"]
    assert _faulty_relations(r"It is $\frac{3}{4} = \frac{3}{4}$.") == [r"\frac{3}{4} = \frac{3}{4}"]
    assert not _faulty_relations(r"As $x = \frac{1}{2} \left(3 + 5\right) = 2^{2}$ and $7 \div 2 = 3.5$.")


def test_the_reader_of_numbers_understands_the_latex_of_solutions() -> None:
    assert _number(r"\frac{3}{4} \cdot 2\pi") == pytest.approx(1.5 * math.pi)
    assert _number(r"2 \sqrt{3} + (-4)^{2}") == pytest.approx(2 * math.sqrt(3) + 16)
    assert _number(r"\frac{\sqrt{3}}{2} \left(1 + \frac{1}{2}\right)^{2}") == pytest.approx(math.sqrt(3) / 2 * 2.25)
    assert _number("2x") is None
