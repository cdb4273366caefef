"""CollegeMath: 2,818 exercises of nine open college textbooks, with their answers.

Source: Tang et al. 2024 (MathScale), arXiv 2403.02884; each book's own Creative Commons licence.

    data_topic       college_math.algebra
    question_number  exercise.1.2.3
    question         Simplify: $3(x+1)-x$
    answer           $2x+3$
"""

from __future__ import annotations

from ..task import HubData, Row, Task, TaskQuestion, text_of


def read(row: Row, position: int) -> TaskQuestion:
    """A row as a question."""
    numbered = row.get("data_source") and row.get("question_number")
    topic = str(row.get("data_topic") or "").removeprefix("college_math.").replace("_", " ")
    return TaskQuestion(
        f"{row['data_source']}/{row['question_number']}" if numbered else str(position),
        text_of(row, "question"),
        text_of(row, "answer"),
        (f"subject: {topic}",) if topic else (),
    )


COLLEGE_MATH = Task("CollegeMath", "college_math", HubData("di-zhang-fdu/College_Math_Test", None), read)
