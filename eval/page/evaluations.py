"""Evaluations as the page shows them: accuracy by model and task beside the paper's, models compared, wrong answers.

Reads what `synthllm eval` leaves behind: FOLDER/results.json, or one in each folder below.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...builder.errors import EvaluationError, StoreError
from ...builder.filter.sample import Smallest, draw
from ..compare import compare
from ..records import RECORDS, Record, read_records
from ..results import RESULTS, paper_rows, read_results
from ..tasks import HELD_OUT, TASKS
from ..verdicts import REASONS

WRONG = 12  # shown of each model
TEXT_CHARS = 1_500


def evaluation_folders(folder: Path) -> list[Path]:
    """The folders of finished evaluations: this one, or those in it."""
    if (folder / RESULTS).exists():
        return [folder]
    return sorted(path.parent for path in folder.glob(f"*/{RESULTS}"))


def evaluation_facts(folders: list[Path], seed: int) -> dict[str, Any]:
    """Accuracies of every model on every task, the best of each task, comparisons with the first, and wrong answers.

    Raises:
        StoreError: A file is damaged, or is not what `synthllm eval` writes.
    """
    models = [_model(folder, seed) for folder in folders]
    names = [model["name"] for model in models]
    for model in models:
        if names.count(model["name"]) > 1:
            model["name"] = f"{model['name']} ({model['folder']})"
    titles = {name: task["title"] for model in models for name, task in model["tasks"].items()}
    known = [name for name in (*TASKS, HELD_OUT) if name in titles]
    titles = {name: titles[name] for name in (*known, *(name for name in titles if name not in known))}
    paper = {model: row for model, row in paper_rows().items() if any(name in row for name in titles)}
    return {
        "models": models,
        "titles": titles,
        "best": {
            name: max(model["tasks"][name]["value"] for model in models if name in model["tasks"])
            for name in titles
            if sum(name in model["tasks"] for model in models) > 1
        },
        "paper": paper,
        "comparisons": [
            _comparison(folders[0], folder, models[0]["name"], model["name"], seed)
            for folder, model in zip(folders[1:], models[1:], strict=True)
        ],
        "reasons": REASONS,
        "text_chars": TEXT_CHARS,
    }


def _model(folder: Path, seed: int) -> dict[str, Any]:
    told = read_results(folder)
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
            "wrong": [asdict(record) for record in _wrong(folder, seed)],
        }
    except (KeyError, TypeError) as error:
        raise StoreError(
            f"{folder / RESULTS}: expected results of `synthllm eval`, lacks {error}; evaluate again"
        ) from error


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


def _wrong(folder: Path, seed: int) -> list[Record]:
    sample: Smallest[Record] = Smallest(WRONG)
    for path in sorted((folder / RECORDS).glob("*.parquet")):
        for record in read_records(path):
            if not record.correct:
                name = f"{record.task} {record.id} {record.sample}"
                sample.offer(draw(seed, "wrong", name), name, record)
    return sample.rows()


def _comparison(first: Path, other: Path, a: str, b: str, seed: int) -> dict[str, Any]:
    """The paired differences of two models, or the reason why they cannot be compared."""
    try:
        found = compare(first, other, seed)
    except EvaluationError as error:
        return {"a": a, "b": b, "problem": str(error)}
    rows = {TASKS[name].title if name in TASKS else name: one for name, one in found.tasks.items()}
    if len(rows) > 1:
        rows["mean of tasks"] = found.mean
    return {"a": a, "b": b, "problem": None, "rows": {title: asdict(one) for title, one in rows.items()}}
