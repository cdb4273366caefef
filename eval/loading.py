"""The questions of an evaluation, from the Hub at a pinned revision, from files, or from what a training held out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..builder.curate.benchmarks import read_rows
from ..builder.errors import EvaluationError
from .recipe import EvalRecipe
from .task import HubData, Row, Task, TaskQuestion, UnreadableRow
from .tasks import HELD_OUT, TASKS

HINTS = {"true": " (True or False)", "false": " (True or False)", "yes": " (Yes or No)", "no": " (Yes or No)"}
"""Added to a question whose answer is such a word, as the Qwen2.5-Math evaluation does."""


@dataclass(frozen=True)
class LoadedTask:
    """The questions of a task, and where they came from.

    `data` names what was read: `file` and its `sha256`, or `dataset` and `revision`. `digest` names all questions with
    their gold answers: two tasks with one digest ask the same.
    """

    name: str
    title: str
    questions: tuple[TaskQuestion, ...]
    data: dict[str, str]
    available: int

    @property
    def digest(self) -> str:
        """Sixteen hex digits."""
        return hashlib.sha256("\n".join(one.digest for one in self.questions).encode()).hexdigest()[:16]


def load_tasks(recipe: EvalRecipe) -> list[LoadedTask]:
    """The questions of every task of a recipe.

    Raises:
        EvaluationError: A dataset or file cannot be read, or a row of it is no question of the task.
        RecipeError: A file cannot be read.
        TrainingError: What a training held out cannot be read.
    """
    return [_load(name, recipe) for name in recipe.tasks]


def _load(name: str, recipe: EvalRecipe) -> LoadedTask:
    if name == HELD_OUT:
        questions, data = _held_out(recipe)
        title = "held-out"
    else:
        task = TASKS[name]
        title = task.title
        if name in recipe.files:
            rows, data = _from_file(Path(recipe.files[name]))
        else:
            rows, data = _from_hub(name, task, recipe.revisions.get(name))
        questions = _read(task, rows, recipe.files.get(name) or data["dataset"])
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise EvaluationError(f"{name}: two rows have the id '{question.id}'; expected one question a row")
        seen.add(question.id)
    return LoadedTask(name, title, tuple(_drawn(questions, recipe.limit, recipe.seed)), data, len(questions))


def _read(task: Task, rows: Sequence[Row], where: str) -> list[TaskQuestion]:
    questions = []
    for position, row in enumerate(rows):
        try:
            question = task.read(row, position)
        except UnreadableRow as error:
            raise EvaluationError(f"{where}: row {position + 1} is no question of {task.title}: {error}") from error
        hint = HINTS.get(question.answer.lower(), "")
        questions.append(replace(question, question=question.question + hint))
    if not questions:
        raise EvaluationError(f"{where}: no rows; expected the questions of {task.title}")
    return questions


def _from_file(path: Path) -> tuple[list[dict[str, Any]], dict[str, str]]:
    rows = read_rows(path)
    with path.open("rb") as file:
        return rows, {"file": path.name, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _from_hub(name: str, task: Task, revision: str | None) -> tuple[list[dict[str, Any]], dict[str, str]]:
    from datasets import disable_progress_bars, load_dataset
    from datasets.exceptions import DatasetsError

    hub: HubData | None = task.hub
    assert hub is not None
    revision = revision or hub.revision
    if revision is None:
        raise EvaluationError(
            f"{name}: no revision of {hub.dataset} is pinned; name one under revisions, as '{name}: COMMIT', or give "
            f"the file under files or with --data"
        )
    disable_progress_bars()
    rows: list[dict[str, Any]] = []
    for config in hub.configs:
        try:
            rows += list(load_dataset(hub.dataset, config, split=hub.split, revision=revision))
        except (DatasetsError, OSError, ValueError) as error:
            part = f", config {config}" if config else ""
            raise EvaluationError(
                f"{name}: cannot load {hub.dataset}{part} at revision {revision}: "
                f"{' '.join(str(error).split())[:300]}; "
                "give the file under files or with --data where the Hub cannot be reached"
            ) from error
    return rows, {"dataset": hub.dataset, "split": hub.split, "revision": revision}


def _held_out(recipe: EvalRecipe) -> tuple[list[TaskQuestion], dict[str, str]]:
    from .tasks.held_out import held_out_questions

    assert recipe.held_out is not None
    where = recipe.held_out.training or recipe.held_out.path or ""
    try:
        questions = held_out_questions(recipe.held_out)
    except UnreadableRow as error:
        raise EvaluationError(f"{where}: {error}") from error
    if not questions:
        raise EvaluationError(f"{where}: nothing is held out; expected data.held_out above 0")
    named = {"training" if recipe.held_out.training else "dataset": where}
    return questions, named | ({"revision": recipe.held_out.revision} if recipe.held_out.revision else {})


def _drawn(questions: list[TaskQuestion], limit: int | None, seed: int) -> list[TaskQuestion]:
    """The questions whose ids have the lowest hashes, in their own order; more of them contain fewer."""
    if limit is None or limit >= len(questions):
        return questions
    from ..train.data import places

    by_place = places([question.id for question in questions], seed).argsort(kind="stable")
    return [questions[number] for number in sorted(by_place[:limit].tolist())]


def files_in(folder: Path, tasks: Sequence[str]) -> dict[str, str]:
    """The file of each task in a folder laid out as the data of the Qwen2.5-Math evaluation: NAME/test.jsonl.

    NAME.jsonl and NAME.parquet are found too.

    Raises:
        EvaluationError: The folder has none of a task.
    """
    found = {}
    for name in tasks:
        if name == HELD_OUT:
            continue
        stem = TASKS[name].file
        there = [folder / place for place in (f"{stem}/test.jsonl", f"{stem}.jsonl", f"{stem}.parquet")]
        path = next((one for one in there if one.is_file()), None)
        if path is None:
            raise EvaluationError(f"--data {folder}: no file of {name}; expected {stem}/test.jsonl or {stem}.jsonl")
        found[name] = str(path)
    return found
