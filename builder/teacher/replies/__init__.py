"""Replies to prompts, understood from their text alone.

A task is recognised by literal pieces of its instructions. Adding a task is one function and one line in `TASKS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..programs import read as read_task
from . import programs
from .answers import answer, judge, understands
from .augment import questions_for_personas, rephrase
from .chance import Chance, chance
from .concepts import extract_concepts
from .documents import write_document
from .prompt import Prompt, take_apart
from .questions import questions_from_document, questions_on_combinations, questions_on_two_documents
from .ratings import rate
from .syllabus import write_syllabus


def _rephrase(prompt: Prompt, chance: Chance) -> str:
    task = read_task(prompt.question or "")
    return rephrase(prompt, chance) if task is None else programs.rephrase(task, prompt, chance)


# Each pattern has to occur in the instructions; the first task whose patterns all do is the one asked for.
TASKS: tuple[tuple[tuple[str, ...], Callable[[Prompt, Chance], str]], ...] = (
    (("# Task: extract key concepts", "student of programming"), programs.extract_concepts),
    (("# Task: write questions from a document", "one Python function"), programs.tasks_from_document),
    (("# Task: write questions that combine", "one Python function"), programs.tasks_on_combinations),
    (("# Task: write questions that connect", "one Python function"), programs.tasks_on_two_documents),
    (("# Task: write questions for personas", "one Python function"), programs.tasks_for_personas),
    (("Solve the programming task below in Python",), programs.answer),
    (("# Task: extract key concepts",), extract_concepts),
    (("# Task: write questions from a document",), questions_from_document),
    (("# Task: write questions that combine key concepts of a document",), questions_on_combinations),
    (("# Task: write questions that connect two documents",), questions_on_two_documents),
    (("# Task: rephrase a question",), _rephrase),
    (("# Task: write questions for personas",), questions_for_personas),
    (("# Task: rate a solution",), judge),
    ((r"final answer within \boxed{}",), answer),
    (("<relevance>", "<clarity>", "<language>"), rate),
    (("Key concepts:", "Session:"), write_document),
    (("Domain:", "<syllabus>"), write_syllabus),
)
UNKNOWN = (
    "I am a small symbolic model of mathematics, and of programs on lists of numbers. I do not understand this "
    "request. I extract key concepts, write and solve problems, write documents of a syllabus and rate documents."
)


def reply(text: str, seed: int | None = None, temperature: float = 0.0, error_rate: float = 0.0) -> str:
    """The reply to a prompt: the same for the same arguments, in every process.

    Args:
        text: The whole prompt.
        seed: Chooses among replies where `temperature` is above zero.
        temperature: At zero the reply depends on the text alone.
        error_rate: The share, in [0, 1], of sampled answers with a mistake.
    """
    prompt = take_apart(text)
    draws = chance(text, seed, temperature, error_rate)
    for pieces, task in TASKS:
        if all(re.search(re.escape(piece), prompt.instructions, re.IGNORECASE) for piece in pieces):
            return task(prompt, draws)
    return answer(prompt, draws) if understands(prompt) else UNKNOWN
