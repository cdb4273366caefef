"""Baseline: other words for the questions that documents contain, in the manner of MetaMath (arXiv 2309.12284)."""

from __future__ import annotations

from ..endpoints.protocol import Generate, Request
from ..prompts import fill, prompt_hash
from ..recipe import Recipe
from ..rows import Question, Rejected
from .augmentation import augmented

LEVEL = "rephrase"

PROMPT = """\
# Task: rephrase a question

Write the question below in other words, [[NUMBER]] times, each time differently. Keep its meaning, its numbers and \
its answer, and leave nothing out.

Number of questions: [[NUMBER]]

Two examples:

"Angelo bought $4$ bags of apples with $6$ apples in each. How many apples did he buy?" can become "There are $6$ \
apples in a bag, and Angelo takes home $4$ bags. What is the number of apples that he takes home?"

"Find the derivative of $x^2$ at $x = 3$." can become "How steep is the curve $y = x^2$ at its point with $x = 3$? \
Give the slope of its tangent."

<question>
[[QUESTION]]
</question>

# Form of the reply

<question>
<text>
...
</text>
</question>

Repeat <question> for each.
"""


async def questions(question: Question, generate: Generate, recipe: Recipe, turn: int = 0) -> list[Question | Rejected]:
    """Ask for other wordings of one question."""
    prompt = fill(PROMPT, NUMBER=str(recipe.rephrase.questions), QUESTION=question.question)
    request = Request([{"role": "user", "content": prompt}], **recipe.sampling.model_dump())
    number, wording = recipe.rephrase.questions, prompt_hash(PROMPT)
    return await augmented(question, request, generate, recipe, LEVEL, wording, number, turn, keeps_answer=True)
