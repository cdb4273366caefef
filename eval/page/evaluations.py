"""Evaluations as the page shows them: accuracy with its error by task and model, by group, and answers that were wrong.

Reads what `synthllm eval` leaves behind: FOLDER/results.json, or one in each folder below.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...builder.errors import StoreError
from ...builder.filter.sample import Smallest, draw
from ...builder.store import read_json
from .reading import Row, batches

RESULTS = "results.json"
WRONG = 12  # shown of each model
TEXT_CHARS = 1_500
COLUMNS = ("task", "id", "sample", "question", "completion", "answer", "gold", "correct", "why")


def evaluation_folders(folder: Path) -> list[Path]:
    """The folders of finished evaluations: this one, or those in it."""
    if (folder / RESULTS).exists():
        return [folder]
    return sorted(path.parent for path in folder.glob(f"*/{RESULTS}"))


def evaluation_facts(folders: list[Path], seed: int) -> dict[str, Any]:
    """Accuracies of every model on every task, the best of each task marked, and a seeded sample of wrong answers.

    Raises:
        StoreError: A file is damaged, or is not what `synthllm eval` writes.
    """
    models = [_model(folder, seed) for folder in folders]
    names = [model["name"] for model in models]
    for model in models:
        if names.count(model["name"]) > 1:
            model["name"] = f"{model['name']} ({model['folder']})"
    titles: dict[str, str] = {}
    for model in models:
        titles |= {name: task["title"] for name, task in model["tasks"].items()}
    best = {
        name: max(model["tasks"][name]["value"] for model in models if name in model["tasks"])
        for name in titles
        if sum(name in model["tasks"] for model in models) > 1
    }
    return {"models": models, "titles": titles, "best": best}


def _model(folder: Path, seed: int) -> dict[str, Any]:
    path = folder / RESULTS
    told = read_json(path)
    try:
        tasks = {name: _task(name, task) for name, task in told["tasks"].items()}
        return {
            "folder": folder.name,
            "name": told["model"]["name"],
            "tasks": tasks,
            "mean": told["mean"]["accuracy"],
            "versions": told["versions"],
            "samples": told["recipe"].get("samples", 1),
            "temperature": told["recipe"].get("temperature", 0),
            "wrong": _wrong(folder, seed),
        }
    except (KeyError, TypeError) as error:
        raise StoreError(f"{path}: expected results of `synthllm eval`, lacks {error}; evaluate again") from error


def _task(name: str, task: dict[str, Any]) -> dict[str, Any]:
    accuracy = task["measures"]["accuracy"]
    return {
        "title": task.get("title", name),
        "questions": task["questions"],
        "available": task.get("available", task["questions"]),
        "value": accuracy["value"],
        "error": accuracy["standard_error"],
        "measures": {title: value for title, value in task["measures"].items() if title != "accuracy"},
        "groups": task.get("groups", {}),
        "why": task.get("why", {}),
    }


def _wrong(folder: Path, seed: int) -> list[Row]:
    sample: Smallest[Row] = Smallest(WRONG)
    for batch in batches(sorted((folder / "records").glob("*.parquet")), COLUMNS):
        for row in batch.to_pylist():
            if not row["correct"]:
                name = f"{row['task']} {row['id']} {row['sample']}"
                row["completion"] = row["completion"][:TEXT_CHARS]
                sample.offer(draw(seed, "wrong", name), name, row)
    return sample.rows()
