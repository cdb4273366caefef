"""Mistakes such as a model makes: each leaves a solution that reads well and ends in a wrong answer, or in none.

| kind | what goes wrong |
|---|---|
| misread | a number of the question is read wrongly; the rest is consistent with it |
| slip | the last equality of one part is false, and its wrong result is carried to the end |
| unfinished | the last part is forgotten: an earlier result is given as the answer |
| cut | the reply ends before it states an answer |
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .family import Params, Value, agree, as_integer, tex
from .problem import Part, Problem, Worked, work
from .slots import Integer, IntegerList

TRIES = 12


@dataclass(frozen=True)
class Attempt:
    """A solution as it was worked out, rightly or not. `value` is None where the reply stops before an answer."""

    worked: tuple[Worked, ...]
    value: Value | None
    mistake: str = ""


def right(problem: Problem) -> Attempt:
    """The solution without a mistake."""
    worked = tuple(work(problem))
    return Attempt(worked, worked[-1].solution.value)


def wrong(problem: Problem, rng: np.random.Generator) -> Attempt:
    """A solution with one mistake; its kind is drawn, and `cut` stands in where the others do not apply."""
    attempt = right(problem)
    for _ in range(TRIES):
        kind = KINDS[int(rng.choice(len(KINDS), p=WEIGHTS))]
        made = kind(problem, attempt, rng)
        if made is not None and (made.value is None or not agree(made.value, attempt.value)):
            return made
    return cut(problem, attempt, rng)


def misread(problem: Problem, attempt: Attempt, rng: np.random.Generator) -> Attempt | None:
    """One given number is taken for another, and everything after it follows from the wrong one."""
    index = int(rng.integers(len(problem.parts)))
    part = problem.parts[index]
    names = [name for name in part.params if isinstance(part.family.slots[name], Integer | IntegerList)]
    if not names:
        return None
    name = names[int(rng.integers(len(names)))]
    value = _misread_value(part, name, rng)
    params: Params = {**part.params, name: value}
    if not part.family.slots[name].holds(value) or (part.link is None and not part.family.where(params)):
        return None
    parts = (*problem.parts[:index], replace(part, params=params), *problem.parts[index + 1 :])
    return _worked_out(replace(problem, parts=parts), {}, "misread")


def _misread_value(part: Part, name: str, rng: np.random.Generator) -> int | tuple[int, ...]:
    slot, value = part.family.slots[name], part.params[name]
    if isinstance(slot, Integer):
        return int(np.clip(_confused(value, rng), slot.low, slot.high))
    changed = list(value)
    place = int(rng.integers(len(changed)))
    changed[place] = _confused(changed[place], rng)
    return tuple(changed)


def _confused(number: int, rng: np.random.Generator) -> int:
    """A number that one could take this one for: two digits exchanged, one digit off, ten off."""
    digits = str(abs(number))
    swapped = int(digits[:-2] + digits[-1] + digits[-2]) if len(digits) > 1 else abs(number) + 1
    options = [swapped, abs(number) + 1, abs(number) - 1, abs(number) + 10 if abs(number) > 10 else abs(number) + 2]
    sign = -1 if number < 0 else 1
    return sign * options[int(rng.integers(len(options)))]


def slip(problem: Problem, attempt: Attempt, rng: np.random.Generator) -> Attempt | None:
    """A part's last stated result is miscalculated, and the wrong number goes on."""
    index = int(rng.integers(len(problem.parts)))
    value = attempt.worked[index].solution.value
    whole = as_integer(value)
    if whole is None:
        return None
    false = _confused(whole, rng)
    last = index == len(problem.parts) - 1
    made = attempt if last else _worked_out(problem, {index: false}, "slip")
    if made is None or false == whole:
        return None
    worked = list(made.worked)
    steps = _with_false_result(worked[index].solution.steps, tex(value), str(false))
    if steps is None:
        return None
    worked[index] = replace(worked[index], solution=replace(worked[index].solution, steps=steps))
    return Attempt(tuple(worked), false if last else made.value, "slip")


def _with_false_result(steps: tuple[str, ...], result: str, false: str) -> tuple[str, ...] | None:
    """The steps with a false number after the last equals sign that states the result; None where none does."""
    places = [
        (index, match)
        for index, step in enumerate(steps)
        for match in re.finditer(rf"= ?{re.escape(result)}(?=[$,. ])", step)
    ]
    if not places:
        return None
    index, match = places[-1]
    changed = steps[index][: match.start()] + f"= {false}" + steps[index][match.end() :]
    # Later sentences that repeat the result repeat the false one.
    later = tuple(re.sub(rf"(?<![\w.]){re.escape(result)}(?![\w.{{])", lambda _: false, s) for s in steps[index + 1 :])
    return (*steps[:index], changed, *later)


def unfinished(problem: Problem, attempt: Attempt, rng: np.random.Generator) -> Attempt | None:
    """The last part is forgotten; of a single part, nothing can be."""
    if len(attempt.worked) == 1:
        return None
    return Attempt(attempt.worked[:-1], attempt.worked[-2].arriving, "unfinished")


def cut(problem: Problem, attempt: Attempt, rng: np.random.Generator) -> Attempt:
    """The reply breaks off before the answer."""
    return Attempt(attempt.worked, None, "cut")


def _worked_out(problem: Problem, slips: dict[int, int], kind: str) -> Attempt | None:
    try:
        worked = tuple(work(problem, slips))
    except (ValueError, ArithmeticError):  # the wrong number makes a later part impossible
        return None
    return Attempt(worked, worked[-1].solution.value, kind)


KINDS: tuple[Callable[[Problem, Attempt, np.random.Generator], Attempt | None], ...] = (misread, slip, unfinished, cut)
WEIGHTS = (0.35, 0.4, 0.15, 0.1)
