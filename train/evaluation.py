"""Held-out loss, and exact answers on held-out questions: decoded greedily, graded as the evaluation grades."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..builder.store import chunks, write_text
from ..eval.statistics import mean
from .recipe import HeldOutRecipe
from .template import Template

if TYPE_CHECKING:
    from .prepare import Prepared


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


def measured(recipe: HeldOutRecipe, trainer: Any, template: Template, prepared: Prepared, path: Path) -> dict[str, Any]:
    """Held-out loss and exact answers, of all rows held out and of those of each source; empty where there are none.

    The answers are written to `path`. `by_level` has for each level (a family, for problems drawn from the teacher) how
    many were answered exactly, and how many asked.
    """
    found: dict[str, Any] = {}
    sources: dict[str, dict[str, Any]] = {}
    if len(prepared.held_out):
        found["loss"] = trainer.held_out_loss(prepared.held_out)
        for source, numbers in positions(prepared.held_out["source"]).items():
            sources[source] = {"loss": trainer.held_out_loss(prepared.held_out.select(numbers))}
    asked = min(recipe.answers, len(prepared.held_out_rows))
    if asked:
        from accelerate.utils import gather_object

        rows = [prepared.held_out_rows[number] for number in range(asked)]
        process, processes = trainer.accelerator.process_index, trainer.accelerator.num_processes
        model = trainer.accelerator.unwrap_model(trainer.model)
        mine = answer_questions(model, template, rows[process::processes], recipe.max_new_tokens, recipe.batch)
        answered = gather_object(mine) if processes > 1 else mine
        rows = [row for process in range(processes) for row in rows[process::processes]]  # as they were gathered
        found |= counts(answered)
        for source, numbers in positions([row["source"] for row in rows]).items():
            sources.setdefault(source, {}).update(counts([answered[number] for number in numbers]))
        levels = positions([row["level"] or "no level" for row in rows])
        found["by_level"] = {
            level: [sum(answered[number].correct for number in numbers), len(numbers)]
            for level, numbers in levels.items()
        }
        if trainer.accelerator.is_main_process:
            write_text(path, "".join(json.dumps(asdict(one)) + "\n" for one in answered))
    return found | ({"by_source": sources} if sources else {})


def positions(names: Sequence[str]) -> dict[str, list[int]]:
    """Where each name stands, by name."""
    return {one: [number for number, name in enumerate(names) if name == one] for one in sorted(set(names))}


def counts(answered: list[Answered]) -> dict[str, Any]:
    """How many questions were answered exactly, and how many answers ended by themselves."""
    share, error = accuracy(answered)
    return {
        "answers": len(answered),
        "correct": sum(one.correct for one in answered),
        "accuracy": share,
        "accuracy_error": error,
        "stopped": sum(one.stopped for one in answered),
    }


def accuracy(answered: list[Answered]) -> tuple[float, float]:
    """The share of correct answers and its standard error; 0 for a single answer, whose error is not known."""
    estimate = mean([one.correct for one in answered])
    return estimate.value, estimate.standard_error or 0.0


def in_words(found: dict[str, Any]) -> str:
    """Measured values in a line."""
    parts = []
    if "loss" in found:
        parts.append(f"held-out loss {found['loss']:.4f}")
    if "answers" in found:
        parts.append(
            f"{found['correct']} of {found['answers']} held-out questions answered exactly "
            f"({100 * found['accuracy']:.1f} ± {100 * found['accuracy_error']:.1f} %), {found['stopped']} ended by "
            "themselves"
        )
    return ", ".join(parts) or "nothing held out"
