"""Key concepts of a document: level, subject, and 1 to 5 topics with the concepts that the text names."""

from __future__ import annotations

from collections import Counter

from ..lexicon import RankedTopic, lexicon, subject_of
from .chance import Chance
from .choosing import SCHOOL_LEVELS, garbled
from .prompt import Prompt

MAX_TOPICS = 5
MAX_CONCEPTS = 20


def evident_topics(text: str) -> list[RankedTopic]:
    """The topics that a text gives enough evidence of, best first.

    That is two of a topic's concepts, or one named repeatedly; where no topic has that, two concepts of any topics.
    """
    ranked = lexicon().rank(lexicon().count(text))
    evident = [one for one in ranked if len(one.concepts) >= 2 or one.hits >= 2]
    return (evident or (ranked if len(ranked) >= 2 else []))[:MAX_TOPICS]


def extract_concepts(prompt: Prompt, chance: Chance) -> str:
    topics = evident_topics("\n\n".join(prompt.documents))
    if not topics:
        return "<not_suitable>Of the concepts that I know, the document names none, or one in passing.</not_suitable>"
    levels = Counter(dict.fromkeys(SCHOOL_LEVELS, 0))
    for one in topics:
        levels[one.topic.school_level] += len(one.concepts)
    lines = [
        f"<school_level>{levels.most_common(1)[0][0]}</school_level>",
        f"<subject>{subject_of(one.topic for one in topics)}</subject>",
    ]
    for one in topics:
        lines += ["<topic>", f"<name>{one.topic.name}</name>"]
        lines += [f"<concept>{concept}</concept>" for concept in one.concepts[:MAX_CONCEPTS]]
        lines.append("</topic>")
    return garbled("\n".join(lines), chance)
