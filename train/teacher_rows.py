"""Problems drawn from the embedded teacher without a build: for ladders, and as more of what a dataset has."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..builder.errors import TrainingError
from ..builder.teacher.families import FAMILIES
from ..builder.teacher.family import Family, agree, tex
from ..builder.teacher.mistakes import right
from ..builder.teacher.problem import Problem, check, compose, write
from ..builder.teacher.reading import read
from ..builder.teacher.replies.answers import laid_out
from ..builder.teacher.replies.chance import chance

if TYPE_CHECKING:
    from datasets import Dataset

MOST_MISSES = 200  # draws in a row that give no new problem: the family has hardly any more


def teacher_rows(families: Sequence[str], rows: int, besides: Iterable[str] = ()) -> Dataset:
    """Different problems of the families in turn, each as a question with its worked solution, as in `sources.py`.

    No two have the same numbers, however they are worded: what is held out is never what was trained on. A family that
    has no more problems leaves its turns to the others. The same families give the same rows; more rows begin with
    fewer. The answer is checked by the family's second, independent computation.

    Args:
        besides: questions whose problems are not drawn.

    Raises:
        TrainingError: A family is unknown, or the families have fewer different problems than asked for.
    """
    from datasets import Dataset

    from .sources import question_features

    seen = {numbers_of(problem) for problem in map(read, besides) if problem is not None}
    rng = np.random.default_rng(list(hashlib.sha256("\0".join(families).encode()).digest()))
    turns = deque(known(families))
    drawn: list[dict[str, Any]] = []
    while len(drawn) < rows:
        if not turns:
            raise TrainingError(
                f"families: no more different problems after {len(drawn)} of {rows}; draw fewer, or name more families"
            )
        family = turns.popleft()
        problem = _new_problem(family, rng, seen)
        if problem is not None:
            drawn.append(_row(family, problem))
            turns.append(family)
    return Dataset.from_list(drawn, features=question_features())


def known(families: Sequence[str]) -> list[Family]:
    """The families of these names.

    Raises:
        TrainingError: There is no family of a name.
    """
    unknown = [name for name in families if name not in FAMILIES]
    if unknown:
        import difflib

        close = difflib.get_close_matches(unknown[0], FAMILIES, n=3)
        raise TrainingError(f"families: no family '{unknown[0]}'; near it: {', '.join(close) or 'none'}")
    return [FAMILIES[name] for name in families]


def numbers_of(problem: Problem) -> tuple[tuple[str, ...], ...]:
    """What a problem is, in whatever words: for each part its family, and what fills its slots, in any order."""
    return tuple(
        (part.family.name, *sorted(part.family.slots[name].write(value) for name, value in part.params.items()))
        for part in problem.parts
    )


def families_of(questions: Iterable[str]) -> list[str]:
    """The families of the questions that the teacher can read, each once, by name."""
    problems = [problem for problem in map(read, questions) if problem is not None]
    return sorted({part.family.name for problem in problems for part in problem.parts})


def _new_problem(family: Family, rng: np.random.Generator, seen: set[tuple[tuple[str, ...], ...]]) -> Problem | None:
    """A problem that was not seen before, and from now on is; None where many draws give none."""
    for _ in range(MOST_MISSES):
        problem = compose([family], rng)
        if problem is not None and numbers_of(problem) not in seen:
            seen.add(numbers_of(problem))
            return problem
    return None


def _row(family: Family, problem: Problem) -> dict[str, Any]:
    """The problem as a row, its answer laid out as the teacher's answers are."""
    question, attempt = write(problem), right(problem)
    if attempt.value is None or not agree(attempt.value, check(problem)):
        raise TrainingError(f"families: {family.name}: the solution of {question!r} fails its independent check")
    return {
        "id": hashlib.sha256(question.encode()).hexdigest()[:16],
        "prompt": [{"role": "user", "content": question}],
        "answer": laid_out(attempt, chance(question, None, 0.0, 0.0)),
        "final_answer": tex(attempt.value),
        "level": family.name,
        "school_level": family.school_level,
        "agreement": 1.0,
    }
