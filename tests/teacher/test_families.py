"""Every family against its independent check, over hundreds of drawn instances."""

import itertools
import math
import re

import numpy as np
import pytest

from synthllm.builder.teacher.families import FAMILIES, TOPICS
from synthllm.builder.teacher.family import Family, agree, tex
from synthllm.builder.teacher.problem import Problem, check, compose, linkable, solve, write
from synthllm.builder.teacher.reading import read

DRAWS = 200


def _instances(family: Family, count: int) -> list[Problem]:
    rng = np.random.default_rng(20260101)
    problems = [compose([family], rng) for _ in range(count)]
    assert all(problems), f"{family.name}: some draws make no problem"
    return [problem for problem in problems if problem]


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())
def test_solution_agrees_with_independent_check(family: Family) -> None:
    for problem in _instances(family, DRAWS):
        solution = solve(problem)
        assert agree(solution.value, check(problem)), (write(problem), tex(solution.value), check(problem))


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())
def test_words_are_read_back_as_the_same_problem(family: Family) -> None:
    for problem in _instances(family, 60):
        assert read(write(problem)) == problem, write(problem)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())
def test_words_are_clean(family: Family) -> None:
    for problem in _instances(family, 60):
        for text in (write(problem), *solve(problem).steps):
            assert text.count("$") % 2 == 0, text
            assert not re.search(r"\[\[|\]\]|[+-] -|--|  |\bNone\b|Fraction\(|np\.|\b1[a-z]\b\$", text), text
            assert text[0].isupper() or text[0] == "$", text
            assert text.endswith((".", "?", "$")), text


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())
def test_letters_read_well_in_linked_slots(family: Family) -> None:
    """A slot that another part can enter takes a letter in every wording, inside of mathematics."""
    for name in linkable(family):
        for wording in family.wordings:
            for match in re.finditer(rf"\[\[{name}\]\]", f"{wording.given} {wording.asked}"):
                before = f"{wording.given} {wording.asked}"[: match.start()]
                assert before.count("$") % 2 == 1, f"{family.name}: [[{name}]] stands outside of $...$"
                assert not re.search(r"\d$", before), f"{family.name}: a digit touches [[{name}]]"


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())
def test_equalities_between_numbers_hold_as_written(family: Family) -> None:
    """In every `a = b` of a worked solution that has numbers on both sides, the two are the same number."""
    for problem in _instances(family, 60):
        for step in solve(problem).steps:
            for formula in re.findall(r"\$([^$]*)\$", step):
                sides = [side.strip() for side in formula.split("=")]
                assert all(left != right for left, right in itertools.pairwise(sides)), f"says nothing: {step}"
                values = [_number(side) for side in sides]
                for left, right in itertools.pairwise(values):
                    if left is not None and right is not None:
                        assert math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9), step


def _number(latex: str) -> float | None:
    """What a formula without letters comes to; None if it has any."""
    text = re.sub(r"\\(?:left|right|,)(?![a-z])", "", latex).replace(r"\cdot", "*").replace(r"\pi", " pi ")
    while (match := re.search(r"\\frac\{([^{}]*)\}\{([^{}]*)\}|\\sqrt\{([^{}]*)\}|\^\{([^{}]*)\}", text)) is not None:
        over, under, radicand, exponent = match.groups()
        new = f"(({over})/({under}))" if over is not None else f" sqrt({radicand})"
        text = text[: match.start()] + (f"**({exponent})" if exponent is not None else new) + text[match.end() :]
    text = re.sub(r"(?<=[\d)i])\s*(?=[a-z(])|(?<=[)i])\s*(?=\d)", "*", text.strip())
    text = re.sub(r"\bsqrt\*\(", "sqrt(", text)
    if not re.fullmatch(r"(?:\d|[-+*/() .]|sqrt|pi)+", text):
        return None
    return float(eval(text, {"__builtins__": {}, "sqrt": math.sqrt, "pi": math.pi}))


def test_number_reader_understands_the_latex_of_solutions() -> None:
    assert _number(r"\frac{3}{4} \cdot 2\pi") == pytest.approx(1.5 * math.pi)
    assert _number(r"2 \sqrt{3} + (-4)^{2}") == pytest.approx(2 * math.sqrt(3) + 16)
    assert _number(r"\frac{\sqrt{3}}{2} \left(1 + \frac{1}{2}\right)^{2}") == pytest.approx(math.sqrt(3) / 2 * 2.25)
    assert _number("2x") is None


def test_every_concept_of_a_family_is_in_the_taxonomy() -> None:
    known = {concept for topic in TOPICS for concept in topic.concepts}
    for family in FAMILIES.values():
        assert set(family.concepts) <= known, f"{family.name}: {set(family.concepts) - known}"


def test_no_name_means_two_concepts() -> None:
    """An alias leads to one concept, so that a text is understood in one way."""
    owner: dict[str, str] = {}
    for topic in TOPICS:
        for concept, aliases in topic.concepts.items():
            for name in (concept, *aliases):
                assert owner.setdefault(name.lower(), concept) == concept, f"{name}: {owner[name.lower()]} or {concept}"
