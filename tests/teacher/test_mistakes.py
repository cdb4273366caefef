"""Mistakes: each kind occurs, is wrong, and looks like what it is."""

import re
from collections import Counter

import numpy as np
import pytest
from asking import answer_prompt, boxed

from synthllm.builder.teacher.families import FAMILIES
from synthllm.builder.teacher.family import agree, tex
from synthllm.builder.teacher.mistakes import cut, misread, right, slip, unfinished, wrong
from synthllm.builder.teacher.problem import Problem, compose, solve, write
from synthllm.builder.teacher.replies import reply


@pytest.fixture(scope="module")
def problems() -> list[Problem]:
    rng = np.random.default_rng(3)
    families = list(FAMILIES.values())
    found = [
        compose([families[i] for i in rng.choice(len(families), 1 + count % 3, replace=False)], rng)
        for count in range(300)
    ]
    return [problem for problem in found if problem is not None]


def test_a_mistake_never_ends_in_the_right_answer(problems: list[Problem]) -> None:
    rng = np.random.default_rng(1)
    kinds: Counter[str] = Counter()
    for problem in problems:
        attempt = wrong(problem, rng)
        kinds[attempt.mistake] += 1
        assert attempt.value is None or not agree(attempt.value, solve(problem).value), write(problem)
    assert set(kinds) == {"misread", "slip", "unfinished", "cut"}
    assert kinds["misread"] > 0.1 * len(problems) and kinds["slip"] > 0.1 * len(problems)


def test_a_misread_number_makes_a_consistent_solution_of_another_problem(problems: list[Problem]) -> None:
    rng = np.random.default_rng(2)
    made = 0
    for problem in problems:
        attempt = misread(problem, right(problem), rng)
        if attempt is not None and attempt.value is not None:
            made += 1
            assert attempt.worked[-1].solution.value == attempt.value
            parts = [worked.part for worked in attempt.worked]
            assert sum(a.params != b.params for a, b in zip(parts, problem.parts, strict=True)) <= 1
    assert made > len(problems) / 3


def test_a_slip_states_a_false_equality_and_carries_it_on(problems: list[Problem]) -> None:
    rng = np.random.default_rng(4)
    made = carried = 0
    for problem in problems:
        good = right(problem)
        attempt = slip(problem, good, rng)
        if attempt is None:
            continue
        made += 1
        changed = [
            index
            for index, (a, b) in enumerate(zip(attempt.worked, good.worked, strict=True))
            if a.solution.steps != b.solution.steps
        ]
        first = changed[0]
        wrong_steps, good_steps = attempt.worked[first].solution.steps, good.worked[first].solution.steps
        differing = [(a, b) for a, b in zip(wrong_steps, good_steps, strict=True) if a != b]
        false, true = differing[0]
        # The left side is the same and the number after the equals sign is not.
        at = next(i for i, (a, b) in enumerate(zip(false, true, strict=False)) if a != b)
        assert "=" in false[:at] or re.search(r"= -?$", false[: at + 1])
        if first < len(problem.parts) - 1:
            carried += 1
            assert attempt.worked[first].handover != good.worked[first].handover
    assert made > len(problems) / 4 and carried > 10


def test_an_unfinished_solution_answers_an_earlier_part(problems: list[Problem]) -> None:
    rng = np.random.default_rng(5)
    for problem in problems:
        attempt = unfinished(problem, right(problem), rng)
        if len(problem.parts) == 1:
            assert attempt is None
        else:
            assert attempt is not None and attempt.value == right(problem).worked[-2].arriving


def test_a_cut_reply_has_no_answer(problems: list[Problem]) -> None:
    assert cut(problems[0], right(problems[0]), np.random.default_rng(0)).value is None


def test_the_error_rate_is_the_share_of_wrong_answers(problems: list[Problem]) -> None:
    asked = missed = 0
    for problem in problems[:60]:
        answer = tex(solve(problem).value)
        for seed in range(10):
            asked += 1
            missed += boxed(reply(answer_prompt(write(problem)), seed, temperature=0.7, error_rate=0.3)) != answer
    assert 0.24 < missed / asked < 0.36


@pytest.mark.parametrize(("temperature", "error_rate"), [(0.0, 1.0), (0.7, 0.0)])
def test_without_sampling_or_error_rate_every_answer_is_right(
    problems: list[Problem], temperature: float, error_rate: float
) -> None:
    for problem in problems[:100]:
        said = reply(answer_prompt(write(problem)), 1, temperature, error_rate)
        assert boxed(said) == tex(solve(problem).value)
