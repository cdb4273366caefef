"""Exact answers on held-out questions: greedy decoding from the chat template, graded as the evaluation grades."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

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
    import torch

    from ..eval.extract import final_answer
    from ..eval.grade import equivalent
    from .prepare import question_of

    tokenizer = template.tokenizer
    prompts = [template.prompt_ids(row["prompt"]) for row in rows]
    # Questions of similar length together waste little on padding.
    order = sorted(range(len(rows)), key=lambda number: len(prompts[number]))
    found: dict[int, Answered] = {}
    was_training = model.training
    model.eval()
    for first in range(0, len(order), batch):
        numbers = order[first : first + batch]
        width = max(len(prompts[number]) for number in numbers)
        pads = [width - len(prompts[number]) for number in numbers]
        ids = [[tokenizer.pad_token_id] * pad + prompts[number] for pad, number in zip(pads, numbers, strict=True)]
        mask = [[0] * pad + [1] * (width - pad) for pad in pads]
        with torch.no_grad():
            out = model.generate(
                input_ids=torch.tensor(ids, device=model.device),
                attention_mask=torch.tensor(mask, device=model.device),
                max_new_tokens=max_new_tokens,
                do_sample=False,
                eos_token_id=list(template.stop_ids),
                pad_token_id=tokenizer.pad_token_id,
            )
        for number, line in zip(numbers, out[:, width:].tolist(), strict=True):
            stop = next((place for place, token in enumerate(line) if token in template.stop_ids), None)
            text = tokenizer.decode(line[:stop], skip_special_tokens=True)
            row = rows[number]
            reference = row["final_answer"] or final_answer(row["answer"])
            given = final_answer(text)
            correct = bool(given) and equivalent(given, reference)
            found[number] = Answered(row["id"], question_of(row), reference, text, given, correct, stop is not None)
    model.train(was_training)
    return [found[number] for number in range(len(rows))]


def accuracy(answered: list[Answered]) -> tuple[float, float]:
    """The share of correct answers and its standard error."""
    n = len(answered)
    share = sum(one.correct for one in answered) / n
    return share, math.sqrt(share * (1 - share) / n)
