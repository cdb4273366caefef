"""The rows that one of our own releases or runs keeps out of training, as questions with the answer of their vote.

Source: a training's own rule (train/data.py): the rows whose ids have the lowest hashes. Named by the recipe of the
training, they are exactly those that it held out; named by a dataset, the first so many of it, which a training of that
dataset alone with the same seed and `held_out` never sees.

    messages      [{"role": "user", "content": "What is the sum of the first 10 squares?"}, ...]
    final_answer  385
    level         level1
    school_level  high school
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..recipe import HeldOutRecipe
from ..task import TaskQuestion


def held_out_questions(recipe: HeldOutRecipe) -> list[TaskQuestion]:
    """The questions, in the order of their places.

    Raises:
        TrainingError: The dataset cannot be read, or has too few rows.
        RecipeError: The training's recipe cannot be read.
        UnreadableRow: A row without an answer.
    """
    from datasets import disable_progress_bars

    from ...train.data import places
    from ...train.prepare import open_pool

    disable_progress_bars()
    data = _data(recipe)
    pool = open_pool(data)
    found: dict[str, tuple[int, TaskQuestion]] = {}
    several = len(data.sources) > 1
    for source, rows, numbers in zip(data.sources, pool.sources, pool.held_out, strict=True):
        kept = rows.select(numbers)
        for row, place in zip(kept, places(list(kept["id"]), data.seed).tolist(), strict=True):
            question = _question(row, source.label if several else None)
            found.setdefault(row["id"], (place, question))  # a row may stand in two sources
    return [question for _, question in sorted(found.values(), key=lambda pair: pair[0])]


def _data(recipe: HeldOutRecipe) -> Any:
    """What to read and hold out, as a training says it."""
    from ...train.recipe import DataRecipe, SourceRecipe, load_sft

    if recipe.training is not None:
        return load_sft(Path(recipe.training)).data
    source = SourceRecipe(path=recipe.path, config=recipe.config, revision=recipe.revision)
    return DataRecipe(sources=(source,), held_out=recipe.rows, seed=recipe.seed)


def _question(row: dict[str, Any], source: str | None) -> TaskQuestion:
    """The row as a question, grouped by its source where there are several, else by its level."""
    from ...train.prepare import question_of
    from ..extract import final_answer
    from ..task import UnreadableRow, group

    answer = row["final_answer"] or final_answer(row["answer"])
    if not answer:
        raise UnreadableRow(f"row {row['id']}: no final answer in 'final_answer' or the answer's text")
    groups = group("level", row, "level") if source is None else (f"source: {source}",)
    groups += group("school level", row, "school_level")
    return TaskQuestion(row["id"], question_of(row), answer, groups)
