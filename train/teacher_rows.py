"""Problems drawn from the embedded teacher without a build: for ladders, and as more of what a dataset has."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..builder.errors import TrainingError
from ..builder.teacher.families import FAMILIES
from ..builder.teacher.family import Family, agree, tex
from ..builder.teacher.mistakes import right
from ..builder.teacher.problem import Problem, check, complete, compose, write
from ..builder.teacher.reading import read
from ..builder.teacher.replies.answers import laid_out
from ..builder.teacher.replies.chance import chance

if TYPE_CHECKING:
    from datasets import Dataset

Numbers = tuple[str, ...]
MOST_MISSES = 200  # draws in a row that give no new problem: the family has hardly any more


def teacher_rows(families: Sequence[str], rows: int, besides: Iterable[str] = ()) -> Dataset:
    """Different problems of the families in turn, each as a question with its worked solution, as in `sources.py`.

    No two have the same numbers, however they are worded: what is held out is never what was trained on. A family that
    has no more problems leaves its turns to the others. The same families give the same rows; more rows begin with
    fewer. The answer is checked by the family's second, independent computation.

    Args:
        besides: questions whose problems are not drawn, nor any step of theirs.

    Raises:
        TrainingError: A family is unknown, or the families have fewer different problems than asked for.
    """
    from datasets import Dataset

    from .sources import question_features

    seen = numbers_in(besides)
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


def numbers_in(questions: Iterable[str]) -> set[Numbers]:
    """What the questions ask, every step of a chain by itself; nothing of one that the teacher cannot read."""
    return {one for problem in map(read, questions) if problem is not None for one in numbers_of(problem)}


def numbers_of(problem: Problem) -> Iterator[Numbers]:
    """What each step of a problem is, in whatever words: its family, and what fills its slots, in any order.

    The result of the step before is one of these numbers, so that a step has those that it has as a problem of its own.
    """
    arriving: int | None = None
    for part in problem.parts:
        try:
            params = complete(part, arriving)
        except ValueError:  # the chain breaks here, as one that was found in a text may: from here on nothing is asked
            return
        yield (part.family.name, *sorted(part.family.slots[name].write(value) for name, value in params.items()))
        if part.bridge is not None:
            arriving = part.bridge.apply(part.family.solve(params).value)


def families_of(questions: Iterable[str]) -> list[str]:
    """The families of the questions that the teacher can read, each once, by name."""
    problems = [problem for problem in map(read, questions) if problem is not None]
    return sorted({part.family.name for problem in problems for part in problem.parts})


def _new_problem(family: Family, rng: np.random.Generator, seen: set[Numbers]) -> Problem | None:
    """A problem that was not seen before, and from now on is; None where many draws give none."""
    for _ in range(MOST_MISSES):
        problem = compose([family], rng)
        if problem is not None and seen.isdisjoint(numbers := set(numbers_of(problem))):
            seen |= numbers
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
