"""Questions of levels 1, 2 and 3."""

from __future__ import annotations

import itertools
import re

from ..lexicon import lexicon
from ..problem import write
from ..reading import find
from .chance import Chance
from .choosing import chain_about, families_of, garbled, problem_about, school_level, tagged_question
from .concepts import evident_topics
from .prompt import Prompt

MOST_COMBINED = 3


def questions_from_document(prompt: Prompt, chance: Chance) -> str:
    """Level 1: what the document asks already, then new questions on what it is about."""
    document = "\n\n".join(prompt.documents)
    wanted = prompt.number("Number of questions", 5)
    topics = evident_topics(document)
    if not topics:
        return (
            "<not_suitable>Of what I can ask about, the document names nothing, or one thing in passing.</not_suitable>"
        )
    questions: list[str] = []
    used: set[str] = set()
    for text, problem in find(document)[:wanted]:
        questions.append(tagged_question(text, ("origin", "original"), ("school_level", school_level(problem))))
        used |= {part.family.name for part in problem.parts}
    counts = lexicon().count(document)
    evident = [concept for one in topics for concept in one.concepts]
    # A concept that is named often comes early, but not always in the same place.
    order = sorted(evident, key=lambda concept: -counts[concept] * chance.rng.random())
    for concept in itertools.chain(order, order):
        if len(questions) == wanted:
            break
        new = problem_about(concept, chance, avoid=used)
        if new is not None:
            questions.append(tagged_question(write(new), ("origin", "new"), ("school_level", school_level(new))))
            used.add(new.parts[0].family.name)
    if not questions:
        return "<not_suitable>Nothing exact can be asked about what the document teaches.</not_suitable>"
    return garbled("\n".join(questions), chance)


def questions_on_combinations(prompt: Prompt, chance: Chance) -> str:
    """Level 2: for each numbered combination of concepts, a question in which their results enter one another."""
    replies: list[str] = []
    for line in prompt.section("Combinations"):
        match = re.match(r"(\d+)[.)]\s*(.+)", line)
        if match is not None:
            replies.append(_on_combination(match[1], [name.strip() for name in match[2].split(";")], chance))
    return garbled("\n".join(replies), chance) or "<not_suitable>No combinations are listed.</not_suitable>"


def _on_combination(number: str, names: list[str], chance: Chance) -> str:
    concepts = [lexicon().concept(name) for name in names]
    unknown = [name for name, concept in zip(names, concepts, strict=True) if concept is None]
    if unknown:
        return _refused(number, f"I know no problems about {' or '.join(unknown)}.")
    problem = chain_about([concept for concept in concepts if concept is not None], chance)
    if problem is None:
        return _refused(number, f"No sensible question uses {' and '.join(names)} together.")
    return tagged_question(write(problem), ("combination", number), ("school_level", school_level(problem)))


def _refused(number: str, why: str) -> str:
    return f"<question>\n<combination>{number}</combination>\n<not_suitable>{why}</not_suitable>\n</question>"


def questions_on_two_documents(prompt: Prompt, chance: Chance) -> str:
    """Level 3: each question combines 2 to 3 of the listed concepts, all of different topics."""
    wanted = prompt.number("Number of questions", 3)
    by_topic: dict[str, list[str]] = {}
    for line in prompt.section("Key concepts"):
        match = re.fullmatch(r"[-*]\s*(.+?)\s*\(topic:\s*(.+?)\)", line)
        concept = lexicon().concept(match[1]) if match else None
        if match is not None and concept is not None and families_of(concept):
            by_topic.setdefault(match[2].casefold(), []).append(match[1])
    questions: list[str] = []
    for names in _selections(by_topic, chance):
        if len(questions) == wanted:
            break
        concepts = [concept for name in names if (concept := lexicon().concept(name)) is not None]
        problem = chain_about(concepts, chance)
        if problem is not None:
            fields = ("concepts", "; ".join(names)), ("school_level", school_level(problem))
            questions.append(tagged_question(write(problem), *fields))
    if not questions:
        return "<not_suitable>The listed concepts do not combine into a sensible question.</not_suitable>"
    return garbled("\n".join(questions), chance)


def _selections(by_topic: dict[str, list[str]], chance: Chance) -> list[tuple[str, ...]]:
    """Different selections of 2 to 3 concepts of different topics in random order, the larger ones mixed in evenly."""
    pairs = _of_different_topics(by_topic, 2)
    triples = _of_different_topics(by_topic, MOST_COMBINED)
    chance.rng.shuffle(pairs)
    chance.rng.shuffle(triples)
    mixed = [one for both in itertools.zip_longest(triples, pairs) for one in both if one is not None]
    return mixed if chance.happens(0.5) else mixed[1:] + mixed[:1]


def _of_different_topics(by_topic: dict[str, list[str]], size: int) -> list[tuple[str, ...]]:
    return [
        names
        for topics in itertools.combinations(by_topic, size)
        for names in itertools.product(*(by_topic[topic] for topic in topics))
        if len({lexicon().concept(name) for name in names}) == size
    ]
