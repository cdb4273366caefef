"""What an evaluation will ask for: questions, requests and tokens, before it asks."""

from __future__ import annotations

from .loading import load_tasks
from .prompts import messages_for
from .recipe import EvalRecipe

CHARS_PER_TOKEN = 3.3  # an estimate; LaTeX takes more tokens than prose, for which builder/forecast.py has 4
REPLY_TOKENS = 400  # a worked solution; the median of the paper's answers is 358 to 545, by level


def forecast(recipe: EvalRecipe) -> str:
    """A table of tasks with what each will ask for; tokens are estimates."""
    from ..builder.receipt import as_text, number, table_of

    table = table_of("", "questions", "requests", "prompt tokens", "reply tokens", "at most")
    totals = [0] * 5
    for task in load_tasks(recipe):
        chars = sum(len(message["content"]) for one in task.questions for message in messages_for(recipe, one.question))
        requests = len(task.questions) * recipe.samples
        replies = min(REPLY_TOKENS, recipe.max_tokens)
        numbers = [
            len(task.questions),
            requests,
            round(chars * recipe.samples / CHARS_PER_TOKEN),
            requests * replies,
            requests * recipe.max_tokens,
        ]
        table.add_row(task.title, *map(number, numbers))
        totals = [a + b for a, b in zip(totals, numbers, strict=True)]
    table.add_section()
    table.add_row("all", *map(number, totals))
    return as_text(table)
