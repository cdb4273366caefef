"""MATH: 5,000 competition problems of seven subjects and five levels, the answer in the box of the solution.

Source: Hendrycks et al. 2021, arXiv 2103.03874; MIT.

    problem    What is the value of $2^3 + 1$?
    solution   Since $2^3 = 8$, the value is $\\boxed{9}$.
    level      Level 1
    type       Prealgebra
"""

from __future__ import annotations

from ..task import HubData, Row, Task, TaskQuestion, boxed_answer, group, text_of

CONFIGS = (
    "algebra",
    "counting_and_probability",
    "geometry",
    "intermediate_algebra",
    "number_theory",
    "prealgebra",
    "precalculus",
)


def read(row: Row, position: int) -> TaskQuestion:
    """A row as a question."""
    groups = group("subject", row, "type") or group("subject", row, "subject")
    level = str(row.get("level") or "").removeprefix("Level ")
    return TaskQuestion(
        str(row.get("unique_id") or row.get("idx", position)),
        text_of(row, "problem", "question"),
        boxed_answer(row, "solution"),
        (*groups, *([f"level: {level}"] if level else [])),
    )


MATH = Task(
    "MATH", "math", HubData("EleutherAI/hendrycks_math", "21a5633873b6a120296cce3e2df9d5550074f4a3", CONFIGS), read
)
