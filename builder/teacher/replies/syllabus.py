"""A syllabus of a domain: lines of discipline, subject, class session and key concepts, from the taxonomy."""

from __future__ import annotations

from ..families import TOPICS
from ..family import Topic
from .chance import Chance
from .prompt import Prompt

CONCEPTS_PER_SESSION = (2, 5)
SESSIONS = ("Introduction to {name}", "{name}", "{name} in practice", "Working with {name}", "Problems on {name}")


def write_syllabus(prompt: Prompt, chance: Chance) -> str:
    """Sessions over all topics of mathematics in random order; of another domain the teacher knows none."""
    domain = prompt.line("Domain") or "mathematics"
    if "math" not in domain.casefold():
        return f"<not_suitable>I know mathematics only, and no syllabus of {domain}.</not_suitable>"
    lines: list[str] = []
    for topic in chance.some(TOPICS, len(TOPICS)):
        lines += _sessions(topic, chance)
    return "<syllabus>\n" + "\n".join(lines) + "\n</syllabus>"


def _sessions(topic: Topic, chance: Chance) -> list[str]:
    """One line per session: the topic's concepts, a few at a time."""
    concepts = chance.some(list(topic.concepts), len(topic.concepts))
    lines: list[str] = []
    while concepts:
        size = int(chance.rng.integers(CONCEPTS_PER_SESSION[0], CONCEPTS_PER_SESSION[1] + 1))
        if len(concepts) - size < CONCEPTS_PER_SESSION[0]:
            size = min(len(concepts), size + CONCEPTS_PER_SESSION[0])
        taken, concepts = concepts[:size], concepts[size:]
        session = chance.one(SESSIONS).format(name=topic.name)
        lines.append(f"Mathematics | {topic.subject} | {session} | {'; '.join(taken)}")
    return lines
