"""OlympiadBench: its 675 open questions of mathematics in English without a picture, with a list of one answer.

Source: He et al. 2024, arXiv 2402.14008.

    question            Find all real $x$ with $x^2 = 4$.
    final_answer        ["$-2$, $2$"]
    is_multiple_answer  true
    unit                null
    subfield            Algebra

Where `unit` is set the answer is the number alone, and a unit may be missing on one side. `error`, a tolerance, is set
in one row only and is not used, as in the Qwen2.5-Math evaluation.
"""

from __future__ import annotations

from ..task import HubData, Row, Task, TaskQuestion, UnreadableRow, group, text_of


def read(row: Row, position: int) -> TaskQuestion:
    """A row as a question."""
    answers = row.get("final_answer")
    if not isinstance(answers, list) or not answers or not isinstance(answers[0], str) or not answers[0].strip():
        raise UnreadableRow("'final_answer' should be a list that begins with the answer")
    if row.get("context"):
        raise UnreadableRow("'context' is set, which questions of this part do not have")
    return TaskQuestion(
        str(row.get("id", position)),
        text_of(row, "question"),
        answers[0].strip(),
        (*group("subject", row, "subfield"), *group("answer", row, "answer_type")),
    )


OLYMPIADBENCH = Task(
    "OlympiadBench",
    "olympiadbench",
    HubData("Hothan/OlympiadBench", "91184b52131e7fc9455fef848035173aea8cc01a", ("OE_TO_maths_en_COMP",), "train"),
    read,
)
