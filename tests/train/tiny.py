"""Rows and recipes for trainings that take seconds."""

import json
from pathlib import Path
from typing import Any

from synthllm.train.recipe import SftRecipe


def questions(n: int, answer: str = "The sum is $\\boxed{{{sum}}}$.", first: int = 0) -> list[dict[str, Any]]:
    """Sums with their answers, in the columns of a dataset."""
    made = []
    for number in range(first, first + n):
        a, b = number % 10, number // 10 % 10
        made.append(
            {
                "id": f"row-{number:05d}",
                "messages": [
                    {"role": "user", "content": f"What is {a} + {b}, asked {number} times?"},
                    {"role": "assistant", "content": answer.format(sum=a + b)},
                ],
                "final_answer": str(a + b),
                "level": f"level{number % 3 + 1}",
                "school_level": ("elementary", "high school", "college")[number % 3],
                "agreement": 1.0 - (number % 4) / 10,
            }
        )
    return made


def write_rows(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def recipe(path: Path, **changes: Any) -> SftRecipe:
    """A model of two layers on a file of rows; `changes` replaces keys of its sections, as `training={...}`."""
    values: dict[str, Any] = {
        "name": "tiny",
        "model": {"scratch": {"layers": 2, "width": 32, "heads": 2, "vocabulary": 320, "context": 128}},
        "data": {"sources": [{"path": str(path)}], "max_length": 128},
        "training": {
            "learning_rate": 0.01,
            "global_batch": 8,
            "device_batch": 8,
            "epochs": 1,
            "use_cpu": True,
            "bf16": False,
            "save_steps": 2,
            "log_steps": 1,
        },
    }
    for section, change in changes.items():
        values[section] = values[section] | change if isinstance(values.get(section), dict) else change
    return SftRecipe.model_validate(values)
