"""Exact answers on held-out questions: greedy decoding from the chat template, graded as the evaluation grades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..builder.store import chunks
from ..eval.statistics import mean
from .template import Template


@dataclass(frozen=True)
class Answered:
    """One held-out question with what the model wrote."""

    id: str
    question: str
    reference: str
    text: str
    final_answer: str
    correct: bool
    stopped: bool


def answer_questions(
    model: Any, template: Template, rows: list[dict[str, Any]], max_new_tokens: int, batch: int
) -> list[Answered]:
    """Answer questions greedily and grade each final answer against the row's.

    `stopped` says whether the model ended its answer by itself within `max_new_tokens`.
    """
    from ..eval.extract import final_answer
    from ..eval.generation import continuations
    from ..eval.verdicts import verdict_on
    from .prepare import question_of

    prompts = [template.prompt_ids(row["prompt"]) for row in rows]
    # Questions of similar length together waste little on padding.
    order = sorted(range(len(rows)), key=lambda number: len(prompts[number]))
    found: dict[int, Answered] = {}
    was_training = model.training
    model.eval()
    for numbers in chunks(order, batch):
        written = continuations(
            model, template.tokenizer, [prompts[number] for number in numbers], max_new_tokens, template.stop_ids
        )
        for number, one in zip(numbers, written, strict=True):
            row = rows[number]
            reference = row["final_answer"] or final_answer(row["answer"])
            verdict = verdict_on(one.text, not one.stopped, reference)
            found[number] = Answered(
                row["id"], question_of(row), reference, one.text, verdict.answer, verdict.correct, one.stopped
            )
    model.train(was_training)
    return [found[number] for number in range(len(rows))]


def accuracy(answered: list[Answered]) -> tuple[float, float]:
    """The share of correct answers and its standard error; 0 for a single answer, whose error is not known."""
    estimate = mean([one.correct for one in answered])
    return estimate.value, estimate.standard_error or 0.0
