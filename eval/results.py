"""Results of evaluations: one JSON per model, a table beside the paper's numbers, and a model card's `model-index`.

The paper's numbers, percent, greedy, are in paper.csv. Source: Qin et al. 2025, arXiv 2503.19551, the tables of models
by samples and of single levels.
"""

from __future__ import annotations

import csv
import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..builder.errors import EvaluationError
from ..builder.store import read_json
from .recipe import EvalRecipe
from .statistics import Estimate, mean, mean_of_tasks, pass_at, powers_of_two
from .tasks import HELD_OUT, TASKS

if TYPE_CHECKING:
    from ..cards.model_card import Result
    from .records import Graded

RESULTS = "results.json"
PAPER = "Qin et al. 2025, arXiv 2503.19551"
SAMPLE = "†"
PACKAGES = ("datasets", "math-verify", "numpy", "sympy")
LOCAL_PACKAGES = ("tokenizers", "torch", "transformers")


def results_of(recipe: EvalRecipe, model: Mapping[str, str], graded: Sequence[Graded]) -> dict[str, Any]:
    """The results of an evaluation, for results.json: accuracies and errors are in [0, 1]."""
    tasks = {one.task.name: _task(one) for one in graded}
    means: dict[str, Any] = {}
    for measure in next(iter(tasks.values()))["measures"]:
        measured = [_estimate(one["measures"][measure]) for one in tasks.values()]
        means[measure] = _as_dict(mean_of_tasks(measured))
    packages = (*PACKAGES, *(LOCAL_PACKAGES if model["kind"] == "local" else ()))
    return {
        "model": dict(model),
        "recipe": recipe.model_dump(mode="json"),
        "fingerprint": recipe.fingerprint(),
        "versions": {
            "python": platform.python_version(),
            "synthllm": __version__,
            **{name: importlib.metadata.version(name) for name in packages},
        },
        "tasks": tasks,
        "mean": means,
    }


def _task(graded: Graded) -> dict[str, Any]:
    task, samples = graded.task, graded.samples
    shares = [correct / samples for correct in graded.correct]
    measures = {"accuracy": _as_dict(mean(shares))}
    if samples > 1:
        for k in powers_of_two(samples)[1:]:
            measures[f"pass@{k}"] = _as_dict(mean([pass_at(k, samples, correct) for correct in graded.correct]))
        measures[f"majority@{samples}"] = _as_dict(mean(graded.majority))
    groups: dict[str, list[float]] = {}
    for question, share in zip(task.questions, shares, strict=True):
        for group in question.groups:
            groups.setdefault(group, []).append(share)
    return {
        "title": task.title,
        "data": task.data,
        "questions": len(task.questions),
        "available": task.available,
        "digest": task.digest,
        "samples": samples,
        "measures": measures,
        "groups": {name: _as_dict(mean(values)) for name, values in sorted(groups.items())},
        "why": dict(sorted(graded.why.items())),
        "prompt_tokens": graded.prompt_tokens,
        "completion_tokens": graded.completion_tokens,
    }


def _as_dict(estimate: Estimate) -> dict[str, Any]:
    return {
        "value": estimate.value,
        "standard_error": estimate.standard_error,
        "questions": estimate.questions,
    }


def _estimate(written: Mapping[str, Any]) -> Estimate:
    return Estimate(written["value"], written["standard_error"], written["questions"])


def read_results(folder: Path) -> dict[str, Any]:
    """The results in the folder of an evaluation.

    Raises:
        EvaluationError: There are none.
        StoreError: The file is damaged.
    """
    path = folder / RESULTS
    if not path.is_file():
        raise EvaluationError(f"{folder}: no {RESULTS} there; run synthllm eval with --out {folder} to the end first")
    return read_json(path)


def paper_rows() -> dict[str, dict[str, float]]:
    """The paper's accuracies in percent, by model and task."""
    text = resources.files(__package__).joinpath("paper.csv").read_text(encoding="utf-8")
    return {
        row.pop("model"): {task: float(value) for task, value in row.items()}
        for row in csv.DictReader(text.splitlines())
    }


def table(results: Sequence[Mapping[str, Any]], paper: bool = True) -> str:
    """Models as rows and tasks as columns, percent with standard errors, above the paper's where its tasks are there.

    The mean is over the tasks of the table, and stands only where a model has all of them.
    """
    from ..builder.receipt import as_text, table_of

    names = [name for name in (*TASKS, HELD_OUT) if any(name in one["tasks"] for one in results)]
    titles = [TASKS[name].title if name in TASKS else name for name in names]
    shown = table_of("", *titles, "mean")
    for one in results:
        found = {name: _estimate(task["measures"]["accuracy"]) for name, task in one["tasks"].items()}
        cells = [found[name].in_percent() if name in found else "" for name in names]
        whole = mean_of_tasks(list(found.values())).in_percent() if set(found) == set(names) else ""
        shown.add_row(_label(one), *cells, whole)
    rows = paper_rows() if paper else {}
    named = [name for name in names if all(name in row for row in rows.values())] if rows else []
    if named:
        shown.add_section()
        for model, row in rows.items():
            cells = [f"{row[name]:.1f}" if name in row else "" for name in names]
            shown.add_row(model, *cells, f"{sum(row.values()) / len(row):.1f}" if set(names) == set(row) else "")
    notes = [f"{next(iter(rows))} and below: {PAPER}, greedy, all questions"] if named else []
    if any(SAMPLE in _label(one) for one in results):
        notes.append(f"{SAMPLE} on a sample of the questions")
    return "\n".join([as_text(shown), *notes])


def _label(results: Mapping[str, Any]) -> str:
    """A model with what sets its numbers apart from others'."""
    recipe, parts = results["recipe"], [results["model"]["name"]]
    if recipe["temperature"] > 0:
        parts.append(f"(mean of {recipe['samples']} at temperature {recipe['temperature']:g})")
    if any(task["questions"] < task["available"] for task in results["tasks"].values()):
        parts.append(SAMPLE)
    return " ".join(parts)


def details(results: Mapping[str, Any]) -> str:
    """Every measure of every task, what went wrong, and accuracy by group, as text."""
    from ..builder.receipt import as_text, table_of

    measures = list(results["mean"])
    shown = table_of("", "questions", *measures, "answers")
    shown.columns[-1].justify = "left"
    for task in results["tasks"].values():
        of = task["questions"], task["available"]
        count = f"{of[0]:,}" if of[0] == of[1] else f"{of[0]:,} of {of[1]:,}"
        cells = [_estimate(task["measures"][measure]).in_percent() for measure in measures]
        why = ", ".join(f"{reason} {number:,}" for reason, number in task["why"].items())
        shown.add_row(task["title"], count, *cells, why)
    if len(results["tasks"]) > 1:
        shown.add_section()
        shown.add_row("mean", "", *(_estimate(results["mean"][measure]).in_percent() for measure in measures), "")
    lines = [as_text(shown)]
    for task in results["tasks"].values():
        if task["groups"]:
            by = table_of("", "questions", task["title"])
            for name, found in task["groups"].items():
                by.add_row(name, f"{found['questions']:,}", _estimate(found).in_percent())
            lines.append(as_text(by))
    return "\n".join(lines)


def card_results(results: Mapping[str, Any]) -> list[Result]:
    """The accuracy of every task, as a model card takes it.

    Raises:
        EvaluationError: A task has one question, so that its error is not known.
    """
    from ..cards.model_card import Result

    recipe = results["recipe"]
    greedy = recipe["temperature"] == 0
    sampled = f"mean of {recipe['samples']} at temperature {recipe['temperature']:g}"
    setting = f"{'greedy' if greedy else sampled}, prompt {recipe['prompt']}"
    if recipe["prompt"] == "few-shot":
        setting += f" with {recipe['shots']} examples"
    found = []
    for name, task in results["tasks"].items():
        accuracy = _estimate(task["measures"]["accuracy"])
        if accuracy.standard_error is None:
            raise EvaluationError(f"{name}: one question has no standard error; evaluate more of it for a card")
        hub = TASKS[name].hub if name in TASKS else None
        data = task["data"]
        dataset = data.get("dataset") or (hub.dataset if hub else None) or data.get("training") or data.get("file")
        part = "" if task["questions"] == task["available"] else f", {task['questions']} of {task['available']}"
        found.append(
            Result(
                task["title"],
                str(dataset),
                accuracy.value,
                accuracy.standard_error,
                accuracy.questions,
                split=data.get("split") or (hub.split if hub else HELD_OUT),
                revision=data.get("revision"),
                setting=setting + part,
            )
        )
    return found


def write_card(path: Path, results: Mapping[str, Any]) -> None:
    """Write the results into a model card, README.md, keeping everything else of it; made where there is none.

    Raises:
        EvaluationError: As `card_results`.
        StoreError: The file cannot be written.
    """
    from ..builder.store import write_text
    from ..cards.model_card import with_results

    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    write_text(path, with_results(before, results["model"]["name"], card_results(results)))
