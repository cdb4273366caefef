"""What a task is: where its questions are, and how a row becomes a question with its gold answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


class UnreadableRow(Exception):
    """A row that is no question of its task; the message says what was expected and what the row has."""


@dataclass(frozen=True, slots=True)
class TaskQuestion:
    """One question of a task.

    `groups` are what accuracy is counted by besides the whole, such as `subject: Algebra` or `level: 5`.
    """

    id: str
    question: str
    answer: str
    groups: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Sixteen hex digits that name question and gold answer."""
        return hashlib.sha256(f"{self.question}\0{self.answer}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class HubData:
    """A dataset of the Hub. `revision` is a commit, or None where none is pinned: the recipe has to name one then."""

    dataset: str
    revision: str | None
    configs: tuple[str | None, ...] = (None,)
    split: str = "test"


@dataclass(frozen=True)
class Task:
    """One benchmark: its data, and how a row is read.

    Attributes:
        title: As papers write it.
        file: Its name in the data folder of the Qwen2.5-Math evaluation: FILE/test.jsonl or FILE.jsonl.
        hub: Where it is on the Hub.
        read: A row and its position to a question; raises `UnreadableRow`.
    """

    title: str
    file: str
    hub: HubData | None
    read: Callable[[Row, int], TaskQuestion]


def text_of(row: Row, *fields: str) -> str:
    """The text of the first of these fields that the row has; a number counts as its text.

    Raises:
        UnreadableRow: It has none, or that one is empty or no text.
    """
    for field in fields:
        if (value := row.get(field)) is not None:
            if isinstance(value, int | float) and not isinstance(value, bool):
                return str(value)
            if not isinstance(value, str):
                raise UnreadableRow(f"'{field}' should be text, found {type(value).__name__}")
            if not value.strip():
                raise UnreadableRow(f"'{field}' is empty")
            return value.strip()
    raise UnreadableRow(f"no field {' or '.join(map(repr, fields))}; it has {', '.join(row) or 'no field'}")


def boxed_answer(row: Row, field: str) -> str:
    """The answer in the last box of a worked solution.

    Raises:
        UnreadableRow: There is no such field, or no box in it.
    """
    from .extract import boxed

    answer = boxed(text_of(row, field))
    if not answer:
        raise UnreadableRow(f"'{field}' has no \\boxed{{}} with the answer")
    return answer


def group(name: str, row: Row, field: str) -> tuple[str, ...]:
    """The group of a row by one of its fields, `name: value`; none where the row has no such field."""
    value = row.get(field)
    return () if value in (None, "") else (f"{name}: {value}",)
