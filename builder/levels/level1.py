"""Level 1: the questions that one document contains, and new ones inspired by it (method section 2.2, level 1)."""

from __future__ import annotations

from ..concepts import SCHOOL_LEVELS
from ..endpoints.protocol import Generate, Request
from ..prompts import fill, prompt_hash, quoted
from ..recipe import Recipe
from ..rows import Question, Reference, Rejected
from ..tagged import block
from .questions import RULES, SUITABLE, TEXT, drafts, question_row, request_seed, worded

LEVEL = "level1"

PROMPT = f"""\
# Task: write questions from a document

You teach [[DOMAIN]]. First extract the questions that the document already contains, completing them from the \
document so that each stands alone. Then write new ones that the document inspires, until there are as many as asked.

Number of questions: [[NUMBER]]

Each question keeps these rules:
{RULES}

# Document

<document>
[[DOCUMENT]]
</document>

# Form of the reply

<question>
<origin>original, if the document contains it, or new</origin>
<school_level>one of [[SCHOOL_LEVELS]]</school_level>
{TEXT}
</question>

Repeat <question> for each. {SUITABLE}
"""


async def questions(
    reference: Reference, generate: Generate, recipe: Recipe, turn: int = 0
) -> list[Question | Rejected]:
    """Ask for the questions of one document."""
    document, concepts = reference.document, reference.concepts
    passage = quoted(document.text)
    wording = worded(PROMPT, recipe.domain)
    prompt = fill(
        wording,
        DOMAIN=recipe.domain,
        NUMBER=str(recipe.level1.questions),
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
    return [
        question_row(
            draft,
            LEVEL,
            domain=recipe.domain,
            subject=concepts.subject if concepts else "unspecified",
            topics=concepts.topics if concepts else (),
            concepts=(),
            documents=(document,),
            question_model=completion.model,
            prompt_hash=prompt_hash(wording),
            seed=seed,
            origin="original" if (block(draft, "origin") or "").lower().startswith("original") else "new",
            document_shortened=completion.shortened,
        )
        for draft in found[: recipe.level1.questions]
    ]
