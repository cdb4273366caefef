"""Small things for tests of evaluations: a model of two layers in a folder, task files, and a way to run the verb."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from synthllm.builder.progress import StageProgress
from synthllm.eval.models import choose
from synthllm.eval.recipe import EvalRecipe
from synthllm.eval.run import evaluate

GSM8K_ROWS = [
    {
        "question": f"Ann has {n} pens and buys {n + 1} more. How many has she?",
        "answer": f"It is a sum.\n#### {2 * n + 1}",
    }
    for n in range(12)
]


def write_rows(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def recipe(path: Path, **changes: Any) -> EvalRecipe:
    """GSM8K from a file; `changes` are other fields."""
    values: dict[str, Any] = {"name": "small", "tasks": ["gsm8k"], "files": {"gsm8k": str(path)}, "max_tokens": 16}
    return EvalRecipe.model_validate(values | changes)


def run(recipe: EvalRecipe, model: str, out: Path) -> dict[str, Any]:
    return asyncio.run(evaluate(recipe, choose(model, recipe, None, None, None), out, StageProgress(quiet=True)))


def synthllm(*arguments: Any, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "synthllm.builder.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
        **options,
    )


def model_folder(folder: Path, seed: int = 0, chat: bool = True, context: int = 512) -> Path:
    """A random model with its tokenizer, as a training saves them."""
    from synthllm.train.recipe import ScratchRecipe
    from synthllm.train.scratch import fitted_tokenizer, random_model
    from synthllm.train.template import PLAIN

    settings = ScratchRecipe(layers=2, width=32, heads=2, vocabulary=320, context=context)
    tokenizer = fitted_tokenizer([row["question"] for row in GSM8K_ROWS], settings)
    if chat:
        tokenizer.chat_template = PLAIN
    model = random_model(settings, tokenizer, seed, "sdpa")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
