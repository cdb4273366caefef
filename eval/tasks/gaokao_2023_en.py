"""Gaokao 2023 En: 385 questions of Chinese university entrance exams and American contests of 2023, in English.

Source: Liao et al. 2024 (MARIO), arXiv 2401.08190.

    source    2023BJ/01Q.en
    question  Find the modulus of $3+4i$.
    answer    $5$

In two rows the answer stands at the end of the question ("...Answer: A") and the field is empty. It is read from there
and not shown to the model.
"""

from __future__ import annotations

import re

from ..task import HubData, Row, Task, TaskQuestion, text_of

_SHOWN = re.compile(r"\s*\banswers?:\s*(?P<answer>[^\n:]+)$", re.IGNORECASE)


def read(row: Row, position: int) -> TaskQuestion:
    """A row as a question."""
    question = text_of(row, "question")
    shown = _SHOWN.search(question) if row.get("answer") == "" else None
    return TaskQuestion(
        str(row.get("id") or row.get("source") or position),
        question[: shown.start()] if shown else question,
        shown["answer"].strip() if shown else text_of(row, "answer"),
        (f"source: {_exam(row)}",) if row.get("source") or row.get("sourcename") else (),
    )


def _exam(row: Row) -> str:
    """The family of exams that a row is from; single papers have too few questions to count by."""
    name = str(row.get("sourcename") or "")
    family = re.search(r"SAT|ACT|AMC|Mathcounts|HMMT|Purple", name)
    return family[0] if family else name or "Gaokao"


GAOKAO_2023_EN = Task(
    "Gaokao 2023 En", "gaokao2023en", HubData("MARIO-Math-Reasoning/Gaokao2023-Math-En", None, split="train"), read
)
