"""Chained problems: they hand results on, are read back from their words, and agree with the independent checks."""

import re

import numpy as np
import pytest

from synthllm.builder.teacher.bridges import BRIDGES
from synthllm.builder.teacher.families import FAMILIES
from synthllm.builder.teacher.family import agree, tex
from synthllm.builder.teacher.problem import Problem, check, compose, reword, solve, work, write
from synthllm.builder.teacher.reading import find, read

CHAINS = 400


def _chains(count: int, seed: int) -> list[Problem]:
    rng = np.random.default_rng(seed)
    families = list(FAMILIES.values())
    chains: list[Problem] = []
    while len(chains) < count:
        size = 2 + len(chains) % 2
        problem = compose([families[i] for i in rng.choice(len(families), size, replace=False)], rng)
        if problem is not None:
            chains.append(problem)
    return chains


@pytest.fixture(scope="module")
def chains() -> list[Problem]:
    return _chains(CHAINS, 20260102)


def test_chains_are_read_back_as_the_same_problem(chains: list[Problem]) -> None:
    for problem in chains:
        assert read(write(problem)) == problem, write(problem)


def test_chains_agree_with_the_independent_checks(chains: list[Problem]) -> None:
    for problem in chains:
        assert agree(solve(problem).value, check(problem)), (write(problem), tex(solve(problem).value), check(problem))


def test_the_letter_of_each_part_occurs_in_the_next(chains: list[Problem]) -> None:
    for problem in chains:
        text = write(problem)
        for index, letter in enumerate(problem.letters):
            given, asked = (
                re.sub(rf"\[\[{problem.parts[index + 1].link}\]\]", f"<{letter}>", part)
                for part in (problem.parts[index + 1].wording.given, problem.parts[index + 1].wording.asked)
            )
            assert f"<{letter}>" in given + asked
            formulas = " ".join(re.findall(r"\$([^$]*)\$", text))
            assert len(re.findall(rf"(?<![A-Za-z\\]){letter}(?![a-hj-mo-wzA-Z])", formulas)) >= 2, text


def test_changing_the_first_part_changes_the_answer(chains: list[Problem]) -> None:
    """With another number arriving, the last part has another answer, for nearly every chain where one fits."""
    tried = changed = 0
    for problem in chains:
        right = solve(problem).value
        for slipped in range(2, 60):
            try:
                *_, last = work(problem, {len(problem.parts) - 2: slipped})
            except (ValueError, ArithmeticError, TypeError):
                continue
            if last.arriving is None and slipped != list(work(problem))[-2].solution.value:
                tried += 1
                changed += last.solution.value != right
                break
    assert tried > CHAINS / 2
    assert changed > 0.8 * tried, f"{changed} of {tried}"


def test_words_of_chains_are_clean(chains: list[Problem]) -> None:
    for problem in chains:
        for text in (write(problem), *solve(problem).steps):
            assert text.count("$") % 2 == 0, text
            assert not re.search(r"\[\[|\]\]|[+-] -|--|  |\bNone\b|Fraction\(|np\.|[{]\w+[}]\.|\.[,.]", text), text
            assert text[0].isupper() or text[0] == "$", text


def test_no_letter_has_two_meanings(chains: list[Problem]) -> None:
    for problem in chains:
        named = [letter for letter in (*problem.letters, *problem.inner) if letter]
        assert len(set(named)) == len(named), write(problem)


def test_every_bridge_is_used_and_read() -> None:
    rng = np.random.default_rng(7)
    families = list(FAMILIES.values())
    unused = set(BRIDGES)
    for _ in range(6_000):
        problem = compose([families[i] for i in rng.choice(len(families), 2, replace=False)], rng)
        bridges = {part.bridge for part in problem.parts if part.bridge is not None} & unused if problem else set()
        if problem and bridges:
            assert read(write(problem)) == problem
            unused -= bridges
        if not unused:
            break
    assert not unused, [bridge.lets[0] for bridge in unused]


def test_rewording_keeps_the_answer(chains: list[Problem]) -> None:
    rng = np.random.default_rng(5)
    for problem in chains[:100]:
        reworded = reword(problem, rng)
        assert reworded is not None and write(reworded) != write(problem)
        again = read(write(reworded))
        assert again is not None
        assert solve(again).value == solve(problem).value


def test_problems_are_found_in_a_longer_text(chains: list[Problem]) -> None:
    one, two = write(chains[0]), write(chains[1])
    text = f"Exercises\n\nWork carefully. {one} Then rest.\n\n2. {two} A last word."
    assert [words for words, _ in find(text)] == [one, two]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Find the meaning of life.",
        "Let $k$ be the number of positive divisors of $12$.",
        "Find the number of positive divisors of $k$.",
        "Find the number of positive divisors of $12$. And then some.",
        "Let $k$ be the number of positive divisors of $12$. Find the number of positive divisors of $60$.",
    ],
)
def test_what_is_not_a_whole_problem_is_not_understood(text: str) -> None:
    assert read(text) is None
