"""Replies on programming: key concepts, tasks with their tests at every level, and programs."""

from __future__ import annotations

import itertools
import re
from collections import Counter

from .. import programs
from .augment import PERSONAS
from .chance import Chance
from .choosing import garbled
from .prompt import Prompt

CONCEPTS = {concept: topic for topic, concepts in programs.TOPICS.items() for concept in concepts}
FEWEST_CONCEPTS = 2  # of a document that is about programming
MOST_COMBINED = 3
TOO_FEW = "<not_suitable>The document names too few concepts of programming.</not_suitable>"
SCHOOL_LEVELS = {1: "high school", 2: "college", 3: "competition"}
LEADS = (
    "The function goes through the steps in the order in which they are asked for.",
    "Each step makes a new list of the one before, so the list that is given is not changed.",
    "One line of Python does each step.",
)
CLOSINGS = ("", "An empty list passes through every step.", "No step needs more than a list beside the one it reads.")


def mentioned(text: str) -> Counter[str]:
    """How often a text names each key concept."""
    counts: Counter[str] = Counter()
    for concepts in programs.TOPICS.values():
        for concept, names in concepts.items():
            found = len(re.findall(rf"\b(?:{'|'.join(map(re.escape, (concept, *names)))})\b", text.casefold()))
            if found:
                counts[concept] = found
    return counts


def extract_concepts(prompt: Prompt, chance: Chance) -> str:
    """The topics and key concepts that a document names, where it names at least two."""
    counts = mentioned("\n\n".join(prompt.documents))
    if len(counts) < FEWEST_CONCEPTS:
        return TOO_FEW
    lines = ["<school_level>college</school_level>", "<subject>Programming</subject>"]
    for topic, concepts in programs.TOPICS.items():
        named = [concept for concept in concepts if concept in counts]
        if named:
            lines += [
                "<topic>",
                f"<name>{topic}</name>",
                *(f"<concept>{concept}</concept>" for concept in named),
                "</topic>",
            ]
    return garbled("\n".join(lines), chance)


def tasks_from_document(prompt: Prompt, chance: Chance) -> str:
    """Level 1: tasks on what the document names most often, half of them with a second step."""
    wanted = prompt.number("Number of questions", 5)
    order = [concept for concept, _ in mentioned("\n\n".join(prompt.documents)).most_common()]
    if len(order) < FEWEST_CONCEPTS:
        return TOO_FEW
    made: list[str] = []
    for concept in order[:wanted]:
        second = chance.some([other for other in order if other != concept], int(chance.happens(0.5)))
        made.append(_asked(programs.compose([concept, *second], chance.rng), chance, ("origin", "new")))
    return garbled("\n".join(made), chance)


def tasks_on_combinations(prompt: Prompt, chance: Chance) -> str:
    """Level 2: for each numbered combination, a task with a step for each concept."""
    replies: list[str] = []
    for line in prompt.section("Combinations"):
        if match := re.match(r"(\d+)[.)]\s*(.+)", line):
            names = [name.strip() for name in match[2].split(";")]
            replies.append(_asked(programs.compose(names, chance.rng), chance, ("combination", match[1])))
    return garbled("\n".join(replies), chance) or "<not_suitable>No combinations are listed.</not_suitable>"


def tasks_on_two_documents(prompt: Prompt, chance: Chance) -> str:
    """Level 3: tasks with a step for each of two or three concepts of different topics."""
    wanted = prompt.number("Number of questions", 3)
    listed = [re.fullmatch(r"[-*]\s*(.+?)\s*\(topic:\s*(.+?)\)", line) for line in prompt.section("Key concepts")]
    topic = {match[1]: match[2] for match in listed if match is not None}
    names = [name for name in topic if name in CONCEPTS]
    choices = [
        chosen
        for size in (2, MOST_COMBINED)
        for chosen in itertools.combinations(names, size)
        if len({topic[name] for name in chosen}) == size
    ]
    made = [
        _asked(programs.compose(chosen, chance.rng), chance, ("concepts", "; ".join(chosen)))
        for chosen in chance.some(choices, wanted)
    ]
    return garbled("\n".join(made), chance) or "<not_suitable>The concepts do not combine into a task.</not_suitable>"


def rephrase(task: programs.Task, prompt: Prompt, chance: Chance) -> str:
    """The same task in other words."""
    steps = [(step, n) for step, n, _ in task.steps]
    texts = {
        programs.write(programs.in_words(steps, chance.rng)) for _ in range(prompt.number("Number of questions", 5))
    }
    made = [f"<question>\n<text>\n{text}\n</text>\n</question>" for text in sorted(texts - {programs.write(task)})]
    return garbled("\n".join(made), chance) or "<not_suitable>I know no other words for this task.</not_suitable>"


def tasks_for_personas(prompt: Prompt, chance: Chance) -> str:
    """New tasks of one step, each with the person who might ask it."""
    personas = chance.some(PERSONAS, prompt.number("Number of questions", 5))
    concepts = chance.some(list(CONCEPTS), len(personas))
    made = [
        _asked(programs.compose([concept], chance.rng), chance, ("persona", persona))
        for concept, persona in zip(concepts, personas, strict=False)
    ]
    return garbled("\n".join(made), chance)


def _asked(task: programs.Task | None, chance: Chance, *fields: tuple[str, str]) -> str:
    """The task with its tests; where mistakes are asked for, one of these now and then expects a wrong value."""
    lines = "".join(f"<{tag}>{value}</{tag}>\n" for tag, value in fields)
    if task is None:
        return f"<question>\n{lines}<not_suitable>I know no step for one of the concepts.</not_suitable>\n</question>"
    tests = programs.tests(task, chance.rng)
    if chance.error_rate and chance.happens(chance.error_rate):
        tests[-1] = f"{tests[-1].partition(' == ')[0]} == {programs.expected(task, [1, 2, 3, 3])}"
    level = f"<school_level>{SCHOOL_LEVELS[len(task.steps)]}</school_level>\n"
    written = "\n".join(tests)
    return (
        f"<question>\n{lines}{level}<text>\n{programs.write(task)}\n</text>\n<tests>\n{written}\n</tests>\n</question>"
    )


def answer(prompt: Prompt, chance: Chance) -> str:
    """A program with a few words about it; an honest reply without one where the task is not understood."""
    task = programs.read(prompt.question or "")
    if task is None:
        return "I do not understand this task well enough to write a program for it, so I give none."
    wrong = chance.error_rate and chance.happens(chance.error_rate)
    written = programs.program(task, int(chance.rng.integers(len(task.steps))) if wrong else None)
    paragraphs = [chance.one(LEADS), f"```python\n{written}```", chance.one(CLOSINGS)]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
