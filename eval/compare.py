"""Two models on the same questions: the paired difference of their accuracies, with an interval and an exact test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..builder.errors import EvaluationError
from .records import RECORDS, read_records
from .results import read_results
from .statistics import Array, Difference, paired, paired_mean_of_tasks
from .tasks import TASKS


@dataclass(frozen=True)
class Comparison:
    """How much better B is than A, by task and in the mean of tasks."""

    a: str
    b: str
    tasks: Mapping[str, Difference]
    mean: Difference

    def as_dict(self) -> dict[str, Any]:
        """For a JSON file."""
        tasks = {name: asdict(difference) for name, difference in self.tasks.items()}
        return {"a": self.a, "b": self.b, "tasks": tasks, "mean": asdict(self.mean)}


def compare(a: Path, b: Path, seed: int = 0) -> Comparison:
    """Compare two finished evaluations; `seed` is of the bootstrap.

    Raises:
        EvaluationError: One is not finished, or they did not ask the same questions.
        StoreError: A file is damaged.
    """
    left, right = read_results(a), read_results(b)
    if set(left["tasks"]) != set(right["tasks"]):
        alone = {str(a): set(left["tasks"]) - set(right["tasks"]), str(b): set(right["tasks"]) - set(left["tasks"])}
        told = "; ".join(f"only {name} has {', '.join(sorted(tasks))}" for name, tasks in alone.items() if tasks)
        raise EvaluationError(f"other tasks: {told}; evaluate both on the same tasks")
    differences: dict[str, Difference] = {}
    gains: list[Array] = []
    for task in left["tasks"]:
        scores_a, scores_b = _scores(a, task), _scores(b, task)
        _same_questions(task, a, b, scores_a, scores_b)
        first = np.array([scores_a[key] for key in scores_a])
        second = np.array([scores_b[key] for key in scores_a])
        differences[task] = paired(first, second, seed)
        gains.append(second - first)
    return Comparison(left["model"]["name"], right["model"]["name"], differences, paired_mean_of_tasks(gains, seed))


def _scores(folder: Path, task: str) -> dict[tuple[str, str], float]:
    """The share of correct samples, by id and digest of the question."""
    correct: dict[tuple[str, str], list[bool]] = {}
    for record in read_records(folder / RECORDS / f"{task}.parquet"):
        correct.setdefault((record.id, record.digest), []).append(record.correct)
    return {key: sum(values) / len(values) for key, values in correct.items()}


def _same_questions(
    task: str, a: Path, b: Path, left: Mapping[tuple[str, str], float], right: Mapping[tuple[str, str], float]
) -> None:
    if left.keys() == right.keys():
        return
    ids_a, ids_b = {name for name, _ in left}, {name for name, _ in right}
    only_a, only_b = sorted(ids_a - ids_b), sorted(ids_b - ids_a)
    told = []
    if only_a:
        told.append(f"{len(only_a):,} only in {a}, such as {only_a[0]}")
    if only_b:
        told.append(f"{len(only_b):,} only in {b}, such as {only_b[0]}")
    changed = sorted(name for name, digest in left if name in ids_b and (name, digest) not in right)
    if changed:
        told.append(f"{len(changed):,} of other words or another gold answer, such as {changed[0]}")
    raise EvaluationError(
        f"{task}: {len(left):,} and {len(right):,} questions that are not the same: {'; '.join(told)}; evaluate both "
        "on the same data and limit"
    )


def in_words(comparison: Comparison) -> str:
    """The comparison as a table in points, and what it comes to."""
    from ..builder.receipt import as_text, table_of

    table = table_of("", "questions", "B - A, points", "95 % interval", "only A", "only B", "McNemar p")
    rows = {TASKS[name].title if name in TASKS else name: one for name, one in comparison.tasks.items()}
    for title, one in rows.items():
        table.add_row(title, f"{one.questions:,}", *_cells(one))
    if len(rows) > 1:
        table.add_section()
        table.add_row("mean of tasks", f"{comparison.mean.questions:,}", *_cells(comparison.mean))
    whole = comparison.mean
    clear = (
        "B is better" if whole.low > 0 else "A is better" if whole.high < 0 else "the interval contains no difference"
    )
    return "\n".join([f"A: {comparison.a}", f"B: {comparison.b}", as_text(table), clear])


def _cells(one: Difference) -> list[str]:
    error = "" if one.standard_error is None else f" ± {100 * one.standard_error:.1f}"
    counts = ["" if count is None else f"{count:,}" for count in (one.only_a, one.only_b)]
    p = "" if one.p is None else f"{one.p:.2g}"
    return [f"{100 * one.value:+.1f}{error}", f"{100 * one.low:+.1f} to {100 * one.high:+.1f}", *counts, p]
