"""What a document teaches: school level, subject, topics and key concepts (method: levels 2 and 3)."""

from __future__ import annotations

import re

from .endpoints.protocol import Generate, Request
from .prompts import fill, prompt_hash, quoted
from .recipe import Recipe
from .rows import Concepts, Document, Rejected
from .tagged import block, blocks

STAGE = "concepts"
SCHOOL_LEVELS = ("elementary", "middle school", "high school", "college", "graduate", "competition")
MAX_TOKENS = 1_500

PROMPT = """\
# Task: extract key concepts

Read the document and say what a student of [[DOMAIN]] could learn from it.

1. Its school level: one of [[SCHOOL_LEVELS]].
2. Its subject area, such as Linear Algebra.
3. Its topics: [[MIN_TOPICS]] to [[MAX_TOPICS]]. A topic is what a section of a syllabus would be called.
4. For each topic, its key concepts: at most [[MAX_CONCEPTS]]. A key concept is one definition, theorem, method or \
quantity that can be taught and tested. Name only concepts that the document uses, in the standard terms of the \
field, in lower case, without symbols or abbreviations.

# Document

<document>
[[DOCUMENT]]
</document>

# Form of the reply

<school_level>...</school_level>
<subject>...</subject>
<topic>
<name>...</name>
<concept>...</concept>
<concept>...</concept>
</topic>

Repeat <topic> for each topic. If the document teaches nothing of [[DOMAIN]], reply only with \
<not_suitable>the reason</not_suitable>.
"""
PROMPT_HASH = prompt_hash(PROMPT)


async def extract_concepts(document: Document, generate: Generate, recipe: Recipe) -> list[Concepts | Rejected]:
    """Ask for what one document teaches."""
    settings = recipe.concepts
    passage = quoted(document.text)
    prompt = fill(
        PROMPT,
        DOMAIN=recipe.domain,
        SCHOOL_LEVELS=", ".join(SCHOOL_LEVELS),
        MIN_TOPICS=str(settings.min_topics),
        MAX_TOPICS=str(settings.max_topics),
        MAX_CONCEPTS=str(settings.max_concepts_per_topic),
        DOCUMENT=passage,
    )
    completion = await generate(Request([{"role": "user", "content": prompt}], max_tokens=MAX_TOKENS, document=passage))
    if completion.finish_reason == "length":
        return [Rejected(document.id, STAGE, "truncated")]
    return [parse(completion.text, document.id, recipe)]


def parse(text: str, document_id: str, recipe: Recipe) -> Concepts | Rejected:
    """Read the reply; topics and concepts beyond the recipe's limits are left out, repeats are merged."""
    refusal = block(text, "not_suitable")
    if refusal is not None:
        return Rejected(document_id, STAGE, "not_suitable", refusal)
    topics: list[str] = []
    concepts: dict[str, int] = {}  # key concept -> index of the topic that names it first
    for part in blocks(text, "topic")[: recipe.concepts.max_topics]:
        name, named = block(part, "name"), blocks(part, "concept")[: recipe.concepts.max_concepts_per_topic]
        if not name or not any(named) or name in topics:
            continue
        topics.append(name)
        for concept in named:
            if concept:
                concepts.setdefault(concept, len(topics) - 1)
    if len(topics) < recipe.concepts.min_topics:
        return Rejected(document_id, STAGE, "garbled", text[:200])
    return Concepts(
        document_id=document_id,
        topics=tuple(topics),
        concepts=tuple(concepts),
        concept_topics=tuple(concepts.values()),
        school_level=school_level(block(text, "school_level")),
        subject=block(text, "subject") or "unspecified",
    )


def school_level(text: str | None) -> str:
    """The one known school level that the text names, as in "High-school level", or `unspecified`."""
    words = " ".join(re.findall("[a-z]+", (text or "").lower()))
    named = [level for level in SCHOOL_LEVELS if re.search(rf"\b{level}\b", words)]
    return named[0] if len(named) == 1 else "unspecified"
