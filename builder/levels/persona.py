"""Baseline: questions that other people would ask, in the manner of Persona Hub (arXiv 2406.20094)."""

from __future__ import annotations

from ..concepts import SCHOOL_LEVELS
from ..endpoints.protocol import Generate, Request
from ..prompts import fill, prompt_hash
from ..recipe import Recipe
from ..rows import Question, Rejected
from .augmentation import augmented
from .questions import RULES, TEXT, worded

LEVEL = "persona"

PROMPT = f"""\
# Task: write questions for personas

Think of [[NUMBER]] different people, each with a profession or interest, who would meet a problem like the question \
below. For each, write a new question of [[DOMAIN]] that this person would ask.

Number of questions: [[NUMBER]]

Each question keeps these rules:
{RULES}

<question>
[[QUESTION]]
</question>

# Form of the reply

<question>
<persona>who asks, in one sentence</persona>
<school_level>one of [[SCHOOL_LEVELS]]</school_level>
{TEXT}
</question>

Repeat <question> for each.
"""


async def questions(question: Question, generate: Generate, recipe: Recipe, turn: int = 0) -> list[Question | Rejected]:
    """Ask for the questions of several personas."""
    wording = worded(PROMPT, recipe.domain)
    prompt = fill(
        wording,
        NUMBER=str(recipe.persona.questions),
        DOMAIN=recipe.domain,
        QUESTION=question.question,
        SCHOOL_LEVELS=", ".join(SCHOOL_LEVELS),
    )
    request = Request([{"role": "user", "content": prompt}], **recipe.sampling.model_dump())
    return await augmented(
        question, request, generate, recipe, LEVEL, prompt_hash(wording), recipe.persona.questions, turn
    )
