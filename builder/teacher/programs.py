"""Programming tasks: one to three steps on a list of whole numbers, in words that the teacher can read back.

    Write a Python function `f(values: list[int]) -> list[int]` ... : first STEP; then STEP; then STEP. ...

Each step is written twice, as a line of Python for programs and as a function of its own for the values that tests
expect, so that a pass is the agreement of two independent computations.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Values = list[int]
TESTS = 8
OPENINGS = (
    "Write a Python function `{signature}` that takes a list of whole numbers and makes another list of it: first "
    "{steps}. It returns that list, which is empty where nothing is left.",
    "Implement `{signature}` in Python. Beginning with the numbers in `values`: first {steps}. The list that this "
    "gives is returned; it may be empty.",
)
_SIGNATURE = re.compile(r"`(\w+)\(values: list\[int\]\) -> list\[int\]`")
_STEPS = re.compile(r": first (.+?)\. (?:It returns|The list that)", re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One step. `{n}` in its words and lines is its number, drawn from `numbers`; a step without one has `(0,)`.

    Attributes:
        name: its part of a function's name.
        concept: the key concept that it exercises.
        said: ways of putting it, as what is done with the numbers.
        line: the right line of Python.
        wrong: a line with the mistake that people make.
        apply: the same as `line`, in other code.
    """

    name: str
    concept: str
    said: tuple[str, ...]
    line: str
    wrong: str
    apply: Callable[[Values, int], Values]
    numbers: tuple[int, ...] = (0,)


def _stable_by_remainder(values: Values, n: int) -> Values:
    return [value for remainder in range(n) for value in values if value - value // n * n == remainder]


def _running(values: Values, _: int) -> Values:
    return [sum(values[: end + 1]) for end in range(len(values))]


def _rotated(values: Values, n: int) -> Values:
    size = len(values)
    return [values[(place + min(n, size)) % size] for place in range(size)]


def _first_of_each(values: Values, _: int) -> Values:
    return [value for place, value in enumerate(values) if value not in values[:place]]


def _window_sums(values: Values, n: int) -> Values:
    before = [0, *_running(values, 0)]
    return [after - start for start, after in zip(before, before[n:], strict=False)]


def _run_lengths(values: Values, _: int) -> Values:
    lengths: Values = []
    for place, value in enumerate(values):
        if place and values[place - 1] == value:
            lengths[-1] += 1
        else:
            lengths.append(1)
    return lengths


STEPS = (
    Step(
        "multiples", "filtering",
        ("keep those that {n} divides, in their order", "drop every number that is not a multiple of {n}"),
        "[value for value in values if value % {n} == 0]",
        "[value for value in values if value % {n}]",
        lambda values, n: [value for value in values if value // n * n == value],
        (2, 3, 4, 5),
    ),
    Step(
        "squares", "mapping",
        ("replace each by its square minus {n}", "put in the place of each number its square, less {n}"),
        "[value**2 - {n} for value in values]",
        "[(value - {n}) ** 2 for value in values]",
        lambda values, n: [value * value - n for value in values],
        (1, 2, 3, 7),
    ),
    Step(
        "every", "slicing",
        (
            "keep every number whose place, counted from 0, is a multiple of {n}",
            "keep the first, and of the others each that stands {n} places after the last one kept",
        ),
        "values[::{n}]",
        "values[{n}::{n}]",
        lambda values, n: [value for place, value in enumerate(values) if place % n == 0],
        (2, 3),
    ),
    Step(
        "rotate", "rotation",
        (
            "move the first {n} to the end, or all where there are fewer",
            "let the first {n}, or as many as there are, go to the end in their order",
        ),
        "values[{n}:] + values[:{n}]",
        "values[-{n}:] + values[:-{n}]",
        _rotated,
        (1, 2, 3),
    ),
    Step(
        "reverse", "reversal",
        ("put them in reverse order", "turn their order around, so that the last comes first"),
        "values[::-1]",
        "sorted(values, reverse=True)",
        lambda values, _: [values[-place] for place in range(1, len(values) + 1)],
    ),
    Step(
        "by_remainder", "sort key",
        (
            "sort them by their remainder modulo {n}, those of one remainder in the order in which they stand",
            "order them by what is left when {n} divides them, and leave equal ones of these as they stand",
        ),
        "sorted(values, key=lambda value: value % {n})",
        "sorted(values, key=lambda value: (value % {n}, value))",
        _stable_by_remainder,
        (3, 4, 5),
    ),
    Step(
        "distinct", "duplicate removal",
        ("drop each that is equal to an earlier one", "keep only the first of those that are equal"),
        "list(dict.fromkeys(values))",
        "sorted(set(values))",
        _first_of_each,
    ),
    Step(
        "totals", "prefix sum",
        (
            "replace each by the sum of all up to and including it",
            "put in the place of each the running total so far, its own value included",
        ),
        "list(itertools.accumulate(values))",
        "list(itertools.accumulate(values, initial=0))[:-1]",
        _running,
    ),
    Step(
        "runs", "run-length encoding",
        (
            "replace them by the lengths of the runs of equal neighbours",
            "write down how long each run of equal neighbours is, in place of the numbers",
        ),
        "[len(list(run)) for _, run in itertools.groupby(values)]",
        "list(collections.Counter(values).values())",
        _run_lengths,
    ),
    Step(
        "differences", "adjacent difference",
        (
            "replace them by the differences of neighbours, each the later minus the earlier",
            "go over to the differences of neighbours, where the earlier is taken from the later",
        ),
        "[later - earlier for earlier, later in zip(values, values[1:])]",
        "[earlier - later for earlier, later in zip(values, values[1:])]",
        lambda values, _: [values[place] - values[place - 1] for place in range(1, len(values))],
    ),
    Step(
        "windows", "sliding window",
        (
            "replace them by the sums of each {n} neighbours, from left to right; fewer than {n} numbers have none",
            "go over to the sums of all windows of {n} neighbours, in order, which fewer than {n} numbers do not have",
        ),
        "[sum(values[start : start + {n}]) for start in range(len(values) - {n} + 1)]",
        "[sum(values[start : start + {n}]) for start in range(len(values))]",
        _window_sums,
        (2, 3),
    ),
    Step(
        "exclusive", "bitwise operator",
        ("replace each by its bitwise exclusive or with {n}", "flip in each the bits that {n} has"),
        "[value ^ {n} for value in values]",
        "[value | {n} for value in values]",
        lambda values, n: [(value | n) - (value & n) for value in values],
        (1, 5, 6),
    ),
)  # fmt: skip

TOPICS: dict[str, dict[str, tuple[str, ...]]] = {
    "Comprehensions": {
        "filtering": ("filter", "filters", "comprehension", "comprehensions"),
        "mapping": ("map", "maps", "lambda", "elementwise", "element-wise"),
    },
    "Sequences": {
        "slicing": ("slice", "slices", "sliced"),
        "rotation": ("rotate", "rotated", "roll", "deque"),
        "reversal": ("reverse", "reversed", "reverses"),
    },
    "Sorting and sets": {
        "sort key": ("sort", "sorted", "sorting", "stable"),
        "duplicate removal": ("duplicate", "duplicates", "unique", "distinct"),
    },
    "Running computations": {
        "prefix sum": ("accumulate", "cumulative", "running total", "cumsum"),
        "adjacent difference": ("pairwise", "successive", "adjacent", "diff"),
        "sliding window": ("window", "windows", "rolling"),
        "run-length encoding": ("groupby", "consecutive", "run length"),
    },
    "Bits": {"bitwise operator": ("bitwise", "xor", "exclusive or", "bit mask", "bits")},
}
"""What a document may teach: topics, their key concepts, and further words by which real text names these."""


@dataclass(frozen=True)
class Task:
    """Steps with their numbers, and the words chosen for each."""

    steps: tuple[tuple[Step, int, str], ...]
    opening: str

    @property
    def function(self) -> str:
        return "_".join(step.name + (str(n) if n else "") for step, n, _ in self.steps)


def compose(concepts: Sequence[str], rng: np.random.Generator) -> Task | None:
    """A task with a step for each concept, in random order; None where one has no step."""
    steps = [step for concept in concepts for step in STEPS if step.concept == concept]
    if not steps or len(steps) < len(concepts):
        return None
    chosen = [steps[place] for place in rng.permutation(len(steps)).tolist()]
    drawn = [(step, step.numbers[int(rng.integers(len(step.numbers)))]) for step in chosen]
    return in_words(drawn, rng)


def in_words(steps: Sequence[tuple[Step, int]], rng: np.random.Generator) -> Task:
    """The task of these steps, in words chosen at random."""
    said = tuple((step, n, step.said[int(rng.integers(len(step.said)))].format(n=n)) for step, n in steps)
    return Task(said, OPENINGS[int(rng.integers(len(OPENINGS)))])


def write(task: Task) -> str:
    """The task in words."""
    steps = "; then ".join(words for _, _, words in task.steps)
    return task.opening.format(signature=f"{task.function}(values: list[int]) -> list[int]", steps=steps)


def read(text: str) -> Task | None:
    """The task that a text puts; None for another text."""
    signature, steps = _SIGNATURE.search(text), _STEPS.search(text)
    if signature is None or steps is None:
        return None
    found = [_step(words) for words in steps[1].split("; then ")]
    opening = next((one for one in OPENINGS if text.startswith(one[:8])), OPENINGS[0])
    task = Task(tuple(step for step in found if step is not None), opening)
    return task if None not in found and task.function == signature[1] else None


def _step(words: str) -> tuple[Step, int, str] | None:
    for step, pattern in _patterns():
        if match := pattern.fullmatch(words):
            return step, int(match["n"]) if "n" in pattern.groupindex else 0, words
    return None


@functools.cache
def _patterns() -> list[tuple[Step, re.Pattern[str]]]:
    number = re.escape("{n}")
    said = [(step, re.escape(words)) for step in STEPS for words in step.said]
    return [
        (step, re.compile(words.replace(number, r"(?P<n>\d+)", 1).replace(number, r"(?P=n)"))) for step, words in said
    ]


def expected(task: Task, values: Values) -> Values:
    """What the function of the task returns, by the steps' own functions."""
    for step, n, _ in task.steps:
        values = step.apply(values, n)
    return values


def tests(task: Task, rng: np.random.Generator) -> list[str]:
    """Tests of the task: the empty list, a short one, and longer ones with repetitions."""
    given: list[Values] = [[], [int(rng.integers(1, 10))]]
    while len(given) < TESTS:
        given.append(np.repeat(rng.integers(-6, 13, 6), rng.integers(1, 3, 6)).tolist())
    return [f"assert {task.function}({values}) == {expected(task, values)}" for values in given]


def program(task: Task, mistaken: int | None = None) -> str:
    """The program of the task; the step of that number has its mistake."""
    lines = [
        (step.wrong if place == mistaken else step.line).format(n=n) for place, (step, n, _) in enumerate(task.steps)
    ]
    modules = sorted({module for line in lines for module in re.findall(r"\b(itertools|collections)\.", line)})
    body = "".join(f"    values = {line}\n" for line in lines)
    head = "".join(f"import {module}\n" for module in modules) + ("\n\n" if modules else "")
    return f"{head}def {task.function}(values: list[int]) -> list[int]:\n{body}    return values\n"
