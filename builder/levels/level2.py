"""Level 2: questions that recombine the key concepts of one document (method section 2.2, level 2)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ..concepts import SCHOOL_LEVELS
from ..endpoints.protocol import Generate, Request
from ..prompts import fill, prompt_hash, quoted
from ..randomness import row_rng
from ..recipe import Recipe
from ..rows import Concepts, Question, Reference, Rejected
from ..tagged import block
from .questions import RULES, TEXT, drafts, question_row, request_seed, worded

LEVEL = "level2"
SIZES = (2, 3)  # concepts in a question

PROMPT = f"""\
# Task: write questions that combine key concepts of a document

You teach [[DOMAIN]]. For each combination below write one question, grounded in the document, that cannot be \
answered without every concept of the combination: the result of one part enters the next.

Each question keeps these rules:
{RULES}

# Combinations

[[COMBINATIONS]]

# Document

<document>
[[DOCUMENT]]
</document>

# Form of the reply

<question>
<combination>the number of the combination</combination>
<school_level>one of [[SCHOOL_LEVELS]]</school_level>
{TEXT}
</question>

Repeat <question> for each combination. Where the concepts of one do not go together, put \
<not_suitable>the reason</not_suitable> in place of its <school_level> and <text>.
"""


async def questions(
    reference: Reference, generate: Generate, recipe: Recipe, turn: int = 0
) -> list[Question | Rejected]:
    """Ask for one question per drawn combination of one document's key concepts."""
    document, concepts = reference.document, reference.concepts
    if concepts is None:
        return []  # the concepts stage has counted this document as rejected
    rng = row_rng(recipe.seed, LEVEL, "combinations", document.id)
    most = recipe.level2.questions
    drawn = draw_combinations(concepts.concepts, most * (turn + 1), rng)  # those of the turns before come first
    chosen = drawn[most * turn :]
    if not chosen and turn:
        return [Rejected(document.id, LEVEL, "no_combination_left", f"{len(drawn)} were asked for before")]
    if not chosen:
        return [
            Rejected(document.id, LEVEL, "too_few_concepts", f"{len(concepts.concepts)} key concepts, 2 are needed")
        ]
    passage = quoted(document.text)
    wording = worded(PROMPT, recipe.domain)
    prompt = fill(
        wording,
        DOMAIN=recipe.domain,
        COMBINATIONS="\n".join(f"{number}. {'; '.join(names)}" for number, names in enumerate(chosen, start=1)),
        SCHOOL_LEVELS=", ".join(SCHOOL_LEVELS),
        DOCUMENT=passage,
    )
    seed = request_seed(recipe.seed, LEVEL, document.id, turn)
    completion = await generate(
        Request([{"role": "user", "content": prompt}], **recipe.sampling.model_dump(), seed=seed, document=passage)
    )
    if completion.finish_reason == "length":
        return [Rejected(document.id, LEVEL, "truncated")]
    found = drafts(completion.text, document.id, LEVEL)
    if isinstance(found, Rejected):
        return [found]
    by_number = {combination_number(draft): draft for draft in reversed(found)}  # the first of a repeated number
    rows: list[Question | Rejected] = []
    for number, names in enumerate(chosen, start=1):
        draft = by_number.get(number)
        if draft is None:
            rows.append(Rejected(document.id, LEVEL, "missing", "; ".join(names)))
        elif (refusal := block(draft, "not_suitable")) is not None:
            rows.append(Rejected(document.id, LEVEL, "not_suitable", f"{'; '.join(names)}: {refusal}"))
        else:
            rows.append(
                question_row(
                    draft,
                    LEVEL,
                    domain=recipe.domain,
                    subject=concepts.subject,
                    topics=topics_of(names, concepts),
                    concepts=names,
                    documents=(document,),
                    question_model=completion.model,
                    prompt_hash=prompt_hash(wording),
                    seed=seed,
                    document_shortened=completion.shortened,
                )
            )
    return rows


def draw_combinations(concepts: Sequence[str], number: int, rng: np.random.Generator) -> list[tuple[str, ...]]:
    """At most `number` different combinations of 2 to 3 distinct concepts."""
    if len(concepts) < min(SIZES):
        return []
    chosen: dict[frozenset[int], tuple[str, ...]] = {}
    for _ in range(20 * number):  # with few concepts there are fewer combinations than are asked for
        size = min(int(rng.integers(min(SIZES), max(SIZES) + 1)), len(concepts))
        picked = rng.choice(len(concepts), size=size, replace=False).tolist()
        chosen.setdefault(frozenset(picked), tuple(concepts[i] for i in picked))
        if len(chosen) == number:
            break
    return list(chosen.values())


def combination_number(draft: str) -> int | None:
    """The number of the combination that a draft says it is for: the first in `2`, `2.` or `2. limits; derivatives`."""
    found = re.search(r"\d+", block(draft, "combination") or "")
    return int(found[0]) if found else None


def topics_of(names: Sequence[str], concepts: Concepts) -> tuple[str, ...]:
    """The topics that the named concepts belong to, each once."""
    topic = dict(zip(concepts.concepts, concepts.concept_topics, strict=True))
    return tuple(dict.fromkeys(concepts.topics[topic[name]] for name in names))
