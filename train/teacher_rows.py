"""Problems of chosen families, drawn from the embedded teacher without a build: for ladders of small models."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..builder.errors import TrainingError

if TYPE_CHECKING:
    from datasets import Dataset

MOST_MISSES = 2_000  # draws in a row that repeat a question: the families have no more of them


def teacher_rows(families: Sequence[str], rows: int) -> Dataset:
    """Distinct questions of the families in turn, each with its worked solution, in the columns of `sources.py`.

    The same families give the same rows; more rows begin with fewer. The answer is checked by the family's second,
    independent computation.

    Raises:
        TrainingError: A family is unknown, or the families have fewer distinct questions than asked for.
    """
    from datasets import Dataset

    from ..builder.teacher.families import FAMILIES
    from ..builder.teacher.family import agree, tex
    from ..builder.teacher.problem import check, compose, solve, write
    from .sources import question_features

    unknown = [name for name in families if name not in FAMILIES]
    if unknown:
        import difflib

        close = difflib.get_close_matches(unknown[0], FAMILIES, n=3)
        raise TrainingError(f"families: no family '{unknown[0]}'; near it: {', '.join(close) or 'none'}")
    columns: dict[str, list[Any]] = {
        name: [] for name in ("id", "prompt", "answer", "final_answer", "level", "school_level", "agreement")
    }
    seen: set[str] = set()
    rng = np.random.default_rng(list(hashlib.sha256("\0".join(families).encode()).digest()))
    misses = 0
    while len(seen) < rows:
        family = FAMILIES[families[len(seen) % len(families)]]
        problem = compose([family], rng)
        question = write(problem) if problem is not None else ""
        if problem is None or question in seen:
            misses += 1
            if misses > MOST_MISSES:
                raise TrainingError(
                    f"families: {family.name} has no more distinct questions after {len(seen)} of {rows}; "
                    "draw fewer, or name more families"
                )
            continue
        misses = 0
        seen.add(question)
        solution = solve(problem)
        if not agree(solution.value, check(problem)):
            raise TrainingError(f"families: {family.name}: the solution of {question!r} fails its independent check")
        final = tex(solution.value)
        columns["id"].append(hashlib.sha256(question.encode()).hexdigest()[:16])
        columns["prompt"].append([{"role": "user", "content": question}])
        columns["answer"].append(" ".join([*solution.steps, f"The answer is $\\boxed{{{final}}}$."]))
        columns["final_answer"].append(final)
        columns["level"].append(family.name)
        columns["school_level"].append(family.school_level)
        columns["agreement"].append(1.0)
    return Dataset.from_dict(columns, features=question_features())
