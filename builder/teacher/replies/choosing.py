"""From concepts to problems: families by concept, problems on one concept, chains over several."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Sequence

from ..families import FAMILIES
from ..family import Family
from ..problem import Problem, compose
from .chance import Chance

SCHOOL_LEVELS = ("elementary", "middle school", "high school", "college", "graduate", "competition")
SELECTIONS = 10  # choices of families tried for one combination
ATTEMPTS = 9  # draws tried for one choice of families


@functools.cache
def _families_of() -> dict[str, tuple[Family, ...]]:
    found: dict[str, list[Family]] = {}
    for family in FAMILIES.values():
        for concept in family.concepts:
            found.setdefault(concept, []).append(family)
    # Those that are about the concept come before those that only use it.
    return {
        concept: tuple(sorted(families, key=lambda family: family.concepts[0] != concept))
        for concept, families in found.items()
    }


def families_of(concept: str) -> tuple[Family, ...]:
    """The families that exercise a concept, those about it first; empty for a concept that none exercises."""
    return _families_of().get(concept, ())


def school_level(problem: Problem) -> str:
    """The highest of the parts' school levels."""
    return max((part.family.school_level for part in problem.parts), key=SCHOOL_LEVELS.index)


def problem_about(concept: str, chance: Chance, avoid: Collection[str] = ()) -> Problem | None:
    """A problem on a concept, from a family whose name is not among those to avoid; None if there is none."""
    families = [family for family in families_of(concept) if family.name not in avoid]
    if not families:
        return None
    # Twice the weight for the first, which is about the concept.
    return compose([chance.one([families[0], *families])], chance.rng)


def chain_about(concepts: Sequence[str], chance: Chance) -> Problem | None:
    """A problem in which one family per concept hands its result to the next; None if nothing fits together."""
    options = [families_of(concept) for concept in concepts]
    if not all(options):
        return None
    for _ in range(SELECTIONS):
        families = [chance.one(choice) for choice in options]
        if len({family.name for family in families}) == len(families):
            problem = compose(families, chance.rng, ATTEMPTS)
            if problem is not None:
                return problem
    return None


def concepts_of(problem: Problem) -> tuple[str, ...]:
    """The concepts of a problem's families, each once, in order."""
    return tuple(dict.fromkeys(concept for part in problem.parts for concept in part.family.concepts))


def tagged_question(text: str, *fields: tuple[str, str]) -> str:
    """A question with its fields, in the tags in which the prompts ask for it."""
    lines = "".join(f"<{tag}>{value}</{tag}>\n" for tag, value in fields)
    return f"<question>\n{lines}<text>\n{text}\n</text>\n</question>"


def garbled(reply: str, chance: Chance) -> str:
    """The reply, or rarely, where mistakes are asked for, one with a tag left out as a model now and then does."""
    if chance.error_rate and chance.happens(chance.error_rate / 4):
        tags: Iterable[str] = ("</text>", "</question>", "<text>", "</topic>", "</concept>")
        present = [tag for tag in tags if tag in reply]
        if present:
            return reply.replace(chance.one(present), "", 1)
    return reply
