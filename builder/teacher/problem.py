"""Problems: one family's instance, or a chain in which the result of each part enters the next.

    GIVEN_1 Let $k$ be ASKED_1. GIVEN_2 Find ASKED_2.      (part 2 has $k$ in one of its slots)

`compose` draws a problem, `write` puts it into words, `read` gets it back from the words alone, `solve` works it out
and `check` computes the answer another way. `read(write(problem)) == problem` is what lets the teacher answer a
question that it has never seen.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from .families import FAMILIES
from .family import Family, Params, Solution, Value, Wording, as_integer, tex
from .slots import Integer

LETTERS = "kmqrstwpKMNT"  # names for the result of a part
BOUND = frozenset("xyni")  # letters that two parts may both use, each for its own
LETS = ("Let ${letter}$ be {asked}.", "Let ${letter}$ denote {asked}.", "Suppose that ${letter}$ is {asked}.")
LEADS = ("Find {asked}.", "Determine {asked}.", "Compute {asked}.", "Calculate {asked}.", "What is {asked}?")


@dataclass(frozen=True)
class Bridge:
    """A way to make a whole number of a part's result, so that the result can enter the next part."""

    phrase: str
    apply: Callable[[Value], int | None]
    step: str


def _remainder(value: Value, modulus: int) -> int | None:
    whole = as_integer(value)
    return None if whole is None else whole % modulus


def _digit_sum(value: Value) -> int | None:
    whole = as_integer(value)
    return sum(map(int, str(whole))) if whole is not None and whole >= 10 else None


def _lowest_terms_sum(value: Value) -> int | None:
    if isinstance(value, Fraction) and value > 0 and value.denominator > 1:
        return value.numerator + value.denominator
    return None


def _floor(value: Value) -> int | None:
    return None if as_integer(value) is not None else math.floor(value)


BRIDGES: tuple[Bridge | None, ...] = (
    None,
    Bridge("the sum of the digits of {asked}", _digit_sum, "The sum of the digits of ${value}$ is ${result}$."),
    Bridge(
        "the remainder when {asked} is divided by $11$",
        functools.partial(_remainder, modulus=11),
        "Dividing ${value}$ by $11$ leaves the remainder ${result}$.",
    ),
    Bridge(
        "the sum of the numerator and the denominator, in lowest terms, of {asked}",
        _lowest_terms_sum,
        "In lowest terms the value is ${value}$, whose numerator and denominator add up to ${result}$.",
    ),
    Bridge(
        "the greatest integer not exceeding {asked}",
        _floor,
        "The greatest integer not exceeding ${value}$ is ${result}$.",
    ),
)


@dataclass(frozen=True)
class Part:
    """One step of a problem. `link` names the slot that takes the result of the part before; None in the first part."""

    family: Family
    wording: Wording
    params: Params
    link: str | None = None
    bridge: Bridge | None = None


@dataclass(frozen=True)
class Problem:
    """Parts in order, the letters that name the results of all but the last, and the forms of words chosen."""

    parts: tuple[Part, ...]
    letters: tuple[str, ...]
    lets: tuple[str, ...]
    lead: str


def compose(families: Sequence[Family], rng: np.random.Generator, attempts: int = 24) -> Problem | None:
    """A problem that chains the families, in whichever order fits; None if no draw makes the results fit."""
    orders = list(itertools.permutations(families))
    for attempt in range(attempts):
        order = orders[int(rng.integers(len(orders)))]
        wordings = tuple(family.wordings[int(rng.integers(len(family.wordings)))] for family in order)
        letters = _free_letters(wordings, rng)
        if letters is None:
            continue
        parts = _link(order, wordings, rng, bridges=attempt >= attempts // 3)
        if parts is not None:
            lets = tuple(LETS[int(i)] for i in rng.integers(len(LETS), size=len(letters)))
            return Problem(parts, letters, lets, LEADS[int(rng.integers(len(LEADS)))])
    return None


def _link(
    order: Sequence[Family], wordings: Sequence[Wording], rng: np.random.Generator, bridges: bool
) -> tuple[Part, ...] | None:
    parts: list[Part] = []
    arriving: int | None = None
    for family, wording, following in itertools.zip_longest(order, wordings, order[1:]):
        link: str | None = None
        fixed: Params = {}
        if arriving is not None:
            fitting = [name for name, slot in linkable(family).items() if slot.low <= arriving <= slot.high]
            if not fitting:
                return None
            link = fitting[int(rng.integers(len(fitting)))]
            fixed = {link: arriving}
        params = family.draw(rng, fixed)
        if params is None:
            return None
        bridge: Bridge | None = None
        if following is not None:
            value = family.solve(params).value
            choices = rng.permutation(len(BRIDGES)).tolist() if bridges else [0]
            fitting_bridges = [BRIDGES[i] for i in choices if _fits(_cross(BRIDGES[i], value), following)]
            if not fitting_bridges:
                return None
            bridge = fitting_bridges[0]
            arriving = _cross(bridge, value)
        if link is not None:
            params = {name: value for name, value in params.items() if name != link}
        parts.append(Part(family, wording, params, link, bridge))
    return tuple(parts)


def linkable(family: Family) -> dict[str, Integer]:
    """The slots of a family that can take the result of another part."""
    return {name: slot for name, slot in family.slots.items() if isinstance(slot, Integer) and slot.link}


def _fits(value: int | None, family: Family) -> bool:
    return value is not None and any(slot.low <= value <= slot.high for slot in linkable(family).values())


def _cross(bridge: Bridge | None, value: Value) -> int | None:
    return as_integer(value) if bridge is None else bridge.apply(value)


def _free_letters(wordings: Sequence[Wording], rng: np.random.Generator) -> tuple[str, ...] | None:
    """Letters for the results, used nowhere else; None if two wordings give one letter two meanings."""
    used = [_letters(wording) for wording in wordings]
    if any((one & other) - BOUND for one, other in itertools.combinations(used, 2)):
        return None
    free = [letter for letter in LETTERS if not any(letter in letters for letters in used)]
    needed = len(wordings) - 1
    return tuple(rng.permutation(free)[:needed].tolist()) if len(free) >= needed else None


@functools.cache
def _letters(wording: Wording) -> frozenset[str]:
    """The letters that stand for something in the mathematics of a wording."""
    text = re.sub(r"\[\[\w+\]\]", "", f"{wording.given} {wording.asked}")
    formulas = "".join(re.findall(r"\$([^$]*)\$", text))
    return frozenset(
        re.findall(r"[A-Za-z]", re.sub(r"\\(?:text|operatorname|begin|end)\{[^}]*\}|\\[A-Za-z]+", " ", formulas))
    )


def write(problem: Problem) -> str:
    """The problem in words."""
    sentences: list[str] = []
    for index, part in enumerate(problem.parts):
        values = {name: part.family.slots[name].write(value) for name, value in part.params.items()}
        if part.link is not None:
            values[part.link] = problem.letters[index - 1]
        given, asked = (_fill(text, values) for text in (part.wording.given, part.wording.asked))
        if index < len(problem.letters):
            asked = asked if part.bridge is None else part.bridge.phrase.format(asked=asked)
            closing = problem.lets[index].format(letter=problem.letters[index], asked=asked)
        else:
            closing = problem.lead.format(asked=asked)
        sentences += [given, closing] if given else [closing]
    return " ".join(sentences)


def _fill(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\[\[(\w+)\]\]", lambda match: values[match[1]], text)


def read(text: str) -> Problem | None:
    """The problem that the words put, or None where they are not understood."""
    text = " ".join(text.split())
    return next(_read_parts(text, 0, (), (), ()), None)


def _read_parts(
    text: str, start: int, parts: tuple[Part, ...], letters: tuple[str, ...], lets: tuple[str, ...]
) -> Iterator[Problem]:
    """Every way to read the rest of the text, from `start`, as further parts."""
    for family, wording, form, bridge, final, pattern in _forms():
        match = pattern.match(text, start)
        if match is None or (final and match.end() != len(text)):
            continue
        found = match.groupdict()
        letter = found.pop("_letter", None)
        params: Params = {}
        link: str | None = None
        for name, written in found.items():
            if letters and written == letters[-1] and isinstance(family.slots[name], Integer):
                link = name
            else:
                params[name] = _read_slot(family, name, written)
        if any(value is None for value in params.values()) or (link is None) != (not parts):
            continue
        part = Part(family, wording, params, link, bridge)
        if final:
            yield Problem((*parts, part), letters, lets, form)
        elif letter is not None:
            yield from _read_parts(text, match.end() + 1, (*parts, part), (*letters, letter), (*lets, form))


def _read_slot(family: Family, name: str, written: str) -> Any:
    slot = family.slots[name]
    return slot.read(written) if re.fullmatch(slot.pattern, written) else None


@functools.cache
def _forms() -> list[tuple[Family, Wording, str, Bridge | None, bool, re.Pattern[str]]]:
    """Every form of words that a part can take, compiled: family, wording, let or lead, bridge, whether it ends."""
    forms: list[tuple[Family, Wording, str, Bridge | None, bool, re.Pattern[str]]] = []
    for family in FAMILIES.values():
        for wording in family.wordings:
            seen: set[str] = set()
            given = _pattern(wording.given, family, seen) + " " if wording.given else ""
            asked = _pattern(wording.asked, family, seen)
            for lead in LEADS:
                closing = _around(lead, asked=asked)
                forms.append((family, wording, lead, None, True, re.compile(given + closing)))
            for let, bridge in itertools.product(LETS, BRIDGES):
                phrase = asked if bridge is None else _around(bridge.phrase, asked=asked)
                closing = _around(let, letter=f"(?P<_letter>[{LETTERS}])", asked=phrase)
                forms.append((family, wording, let, bridge, False, re.compile(given + closing)))
    return forms


def _around(template: str, **patterns: str) -> str:
    """A template as a pattern, with patterns in place of its `{names}`."""
    parts = re.split(r"\{(\w+)\}", template)
    return "".join(patterns[part] if index % 2 else re.escape(part) for index, part in enumerate(parts))


def _pattern(text: str, family: Family, seen: set[str]) -> str:
    """A wording's text as a pattern, with a named group for each slot and back-references for repeats."""
    parts = re.split(r"\[\[(\w+)\]\]", text)
    pattern = ""
    for index, part in enumerate(parts):
        if index % 2 == 0:
            pattern += re.escape(part)
        elif part in seen:
            pattern += f"(?P={part})"
        else:
            seen.add(part)
            slot = family.slots[part]
            letter = f"|[{LETTERS}]" if part in linkable(family) else ""
            pattern += f"(?P<{part}>{slot.pattern}{letter})"
    return pattern


def solve(problem: Problem) -> Solution:
    """Work the problem out part by part.

    Raises:
        ValueError: The result of a part does not fit the next one; no problem from `compose` does that.
    """
    steps: list[str] = []
    arriving: int | None = None
    value: Value = 0
    for index, part in enumerate(problem.parts):
        params = _complete(part, arriving)
        solution = part.family.solve(params)
        value = solution.value
        steps += solution.steps
        if index < len(problem.letters):
            arriving = _cross(part.bridge, value)
            if part.bridge is not None:
                steps.append(part.bridge.step.format(value=tex(value), result=arriving))
            steps.append(f"So ${problem.letters[index]} = {arriving}$.")
    return Solution(tuple(steps), value)


def check(problem: Problem) -> Value:
    """The answer by the families' independent checks alone."""
    arriving: int | None = None
    value: Value = 0
    for part in problem.parts:
        value = part.family.check(_complete(part, arriving))
        if isinstance(value, float) and part is not problem.parts[-1]:
            value = Fraction(value).limit_denominator(100_000) if _is_rational(value) else sympy.Float(value)
        arriving = _cross(part.bridge, value)
    return value


def _is_rational(value: float) -> bool:
    return abs(value - Fraction(value).limit_denominator(100_000)) < 1e-9


def _complete(part: Part, arriving: int | None) -> Params:
    """The part's parameters with the result of the part before in its place."""
    if part.link is None:
        return part.params
    slot = part.family.slots[part.link]
    params = {**part.params, part.link: arriving}
    if not isinstance(slot, Integer) or arriving is None or not slot.low <= arriving <= slot.high:
        raise ValueError(f"{part.family.name}: {part.link} = {arriving} does not fit the problem")
    if not part.family.where(params):
        raise ValueError(f"{part.family.name}: {params} does not make a sensible problem")
    return params
