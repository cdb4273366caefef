"""Every family against its independent check, over hundreds of drawn instances."""

import re

import numpy as np
import pytest

from synthllm.builder.teacher.families import AREAS, FAMILIES, TOPICS
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


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())
def test_what_is_asked_is_a_noun_phrase(family: Family) -> None:
    """So that it reads well after "Find", "What is" and "Let k be"."""
    assert len(family.wordings) >= 3
    for wording in family.wordings:
        assert wording.asked.startswith("the "), wording.asked
        assert wording.asked[-1] not in ",.;:? ", wording.asked
        assert not wording.given or (wording.given[-1] == "." and wording.given[0].isupper()), wording.given


def test_no_concept_or_family_comes_twice() -> None:
    concepts = [concept for topic in TOPICS for concept in topic.concepts]
    assert len(concepts) == len(set(concepts))
    assert len(FAMILIES) == sum(len(area.FAMILIES) for area in AREAS)


def test_every_concept_of_the_taxonomy_is_exercised() -> None:
    exercised = {concept for family in FAMILIES.values() for concept in family.concepts}
    assert {concept for topic in TOPICS for concept in topic.concepts} == exercised


def test_most_pairs_of_families_chain() -> None:
    rng = np.random.default_rng(7)
    names = list(FAMILIES)
    pairs = [rng.choice(names, size=2, replace=False).tolist() for _ in range(150)]
    chains = [compose([FAMILIES[one], FAMILIES[other]], rng) for one, other in pairs]
    for problem in filter(None, chains):
        assert read(write(problem)) == problem, write(problem)
        assert agree(solve(problem).value, check(problem)), write(problem)
    assert chains.count(None) <= 0.07 * len(chains), [
        pair for pair, made in zip(pairs, chains, strict=True) if not made
    ]
