"""MATH-500: 500 problems of MATH's test set, with the answer in a field of its own.

Source: Lightman et al. 2023, arXiv 2305.20050; MIT.

    problem    What is the value of $2^3 + 1$?
    answer     9
    subject    Prealgebra
    level      1
    unique_id  test/prealgebra/1.json
"""

from __future__ import annotations

from ..task import HubData, Row, Task, TaskQuestion, group, text_of


def read(row: Row, position: int) -> TaskQuestion:
    """A row as a question."""
    return TaskQuestion(
        str(row.get("unique_id") or position),
        text_of(row, "problem"),
        text_of(row, "answer"),
        (*group("subject", row, "subject"), *group("level", row, "level")),
    )


MATH_500 = Task(
    "MATH-500", "math500", HubData("HuggingFaceH4/MATH-500", "6e4ed1a2a79af7d8630a6b768ec859cb5af4d3be"), read
)
