"""Minerva Math: 272 problems of university courses in the sciences, the answer in the box of the solution.

Source: Lewkowycz et al. 2022, arXiv 2206.14858 (the set is also called OCWCourses).

    problem    A cart of mass $2 \\mathrm{~kg}$ moves at $3 \\mathrm{~m/s}$. Give its kinetic energy in joules.
    solution   $\\frac12 m v^2 = \\boxed{9} \\mathrm{~J}$.
    type       Dynamics and Control (2.003 Spring 2005)

The copy on the Hub has `question` and `answer` in place of `problem` and `solution`, and no course.
"""

from __future__ import annotations

from ..task import HubData, Row, Task, TaskQuestion, boxed_answer, group, text_of


def read(row: Row, position: int) -> TaskQuestion:
    """A row as a question."""
    return TaskQuestion(
        str(row.get("idx", position)),
        text_of(row, "problem", "question"),
        boxed_answer(row, "solution") if "solution" in row else text_of(row, "answer"),
        group("subject", row, "type"),
    )


MINERVA_MATH = Task("Minerva Math", "minerva_math", HubData("math-ai/minervamath", None), read)
