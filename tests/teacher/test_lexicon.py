"""Finding concepts in text, on a small taxonomy of its own and on the real one."""

import time

import pytest

from synthllm.builder.teacher.families import FAMILIES, TOPICS
from synthllm.builder.teacher.family import Topic
from synthllm.builder.teacher.lexicon import Lexicon, lexicon
from synthllm.builder.teacher.replies.choosing import families_of
from synthllm.builder.teacher.replies.concepts import evident_topics

SMALL = Lexicon(
    (
        Topic(
            "Primes", "Number Theory", "high school", {"prime number": ("prime integer",), "prime number theorem": ()}
        ),
        Topic("Matrices", "Linear Algebra", "college", {"inverse matrix": ("matrix inverse",), "vertex": ()}),
        Topic("Chance", "Probability", "college", {"bayes' theorem": ("bayes rule",), "p-value": ()}),
    )
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PRIME NUMBERS and a prime number", {"prime number": 2}),
        ("the prime number theorem", {"prime number theorem": 1}),
        ("a prime_number or prime-number", {"prime number": 2}),
        ("inverse matrices; matrix inverses", {"inverse matrix": 2}),
        ("two vertices", {"vertex": 1}),
        ("Bayes' theorem, Bayes’ theorem, Bayes's theorem, the Bayes rule", {"bayes' theorem": 4}),
        ("its p-value, the P values", {"p-value": 2}),
        ("this is prime. Numbers follow", {}),
        ("prime (number)", {}),
        ("a subprime number", {}),
        ("inverse\nmatrix", {"inverse matrix": 1}),
        ("inverse\n\nmatrix", {}),
        (r"$\primes \vertices$", {}),
        ("", {}),
    ],
)
def test_names_are_found_whatever_their_form(text: str, found: dict[str, int]) -> None:
    assert SMALL.count(text) == found


def test_an_everyday_word_counts_only_in_the_company_of_its_topic() -> None:
    assert not lexicon().count("The percentage of people who recall the limit of the ratio, in percent.")
    assert lexicon().count("The recall and the confusion matrix of a classifier.")["recall"] == 1


def test_topics_rank_by_distinct_concepts_then_hits() -> None:
    counts = SMALL.count("vertex vertex vertex prime numbers prime number theorem p-value p-value")
    assert [(one.topic.name, one.hits) for one in SMALL.rank(counts)] == [("Primes", 2), ("Matrices", 3), ("Chance", 2)]


def test_one_mention_of_one_concept_is_not_a_topic() -> None:
    assert evident_topics("Once, the greatest common divisor is mentioned.") == []
    assert evident_topics("The greatest common divisor. A greatest common divisor.")


def test_every_name_of_the_taxonomy_leads_to_its_concept() -> None:
    wrong = [
        (name, concept, lexicon().concept(name))
        for topic in TOPICS
        for concept, aliases in topic.concepts.items()
        for name in (concept, *aliases)
        if lexicon().concept(name) != concept
    ]
    assert not wrong


def test_every_concept_has_a_family() -> None:
    missing = [concept for topic in TOPICS for concept in topic.concepts if not families_of(concept)]
    assert not missing


def test_every_family_can_be_reached_from_its_first_concept() -> None:
    for family in FAMILIES.values():
        assert family in families_of(family.concepts[0])


def test_text_is_read_fast() -> None:
    text = " ".join(f"The {concept} is compared with others of its kind." for concept in list(lexicon().topic_of)[:60])
    lexicon().count(text)  # fills the memory of singular words, as the first documents of a run do
    started = time.perf_counter()
    for _ in range(20):
        lexicon().count(text)
    per_text = (time.perf_counter() - started) / 20
    assert per_text < 0.010 * len(text) / 3_000, f"{per_text * 1e3:.1f} ms for {len(text)} characters"
