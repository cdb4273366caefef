"""GSM8K: 1,319 word problems of grade school, the answer after four hashes.

Source: Cobbe et al. 2021, arXiv 2110.14168; MIT.

    question   A bakery sells 12 rolls an hour. How many does it sell in 3 hours?
    answer     It sells 12*3 = <<12*3=36>>36 rolls.
               #### 36
"""

from __future__ import annotations

from ..task import HubData, Row, Task, TaskQuestion, UnreadableRow, text_of


def read(row: Row, position: int) -> TaskQuestion:
    """A row as a question."""
    _, hashes, answer = text_of(row, "answer").rpartition("####")
    if not hashes or not answer.strip():
        raise UnreadableRow("'answer' has no line '#### ANSWER'")
    return TaskQuestion(str(row.get("idx", position)), text_of(row, "question"), answer.strip())


GSM8K = Task("GSM8K", "gsm8k", HubData("openai/gsm8k", "cc7b047b6e5bb11b4f1af84efc572db110a51b3c", ("main",)), read)
