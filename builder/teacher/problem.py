"""Problems: one family's instance, or a chain in which the result of each part enters the next.

    GIVEN_1 Let $k$ be ASKED_1. GIVEN_2 Find ASKED_2.      (part 2 has $k$ in one of its slots)

`compose` draws a problem, `write` puts it into words, `solve` works it out and `check` computes the answer another way.
`reading.read` gets it back from the words alone: `read(write(problem)) == problem` is what lets the teacher answer a
question that it has never seen.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .bridges import BRIDGES, PLAIN, Bridge
from .family import Family, Params, Solution, Value, Wording, agree, tex
from .slots import Integer

LETTERS = "kmqrstwpKMNT"  # names for the result of a part
BOUND = frozenset("xyni")  # letters that two parts may both use, each for its own
LEADS = ("Find {asked}.", "Determine {asked}.", "Compute {asked}.", "Calculate {asked}.", "What is {asked}?")


@dataclass(frozen=True)
class Part:
    """One step of a problem. `link` names the slot that takes the result of the part before; None in the first part.

    `bridge` is how the result goes on; None in the last part.
    """

    family: Family
    wording: Wording
    params: Params
    link: str | None = None
    bridge: Bridge | None = None


@dataclass(frozen=True)
class Problem:
    """Parts in order, and the forms of words chosen.

    `letters[i]` names the number that part i hands on; `inner[i]` names its result before that, and is empty where the
    sentence `lets[i]` needs no such letter.
    """

    parts: tuple[Part, ...]
    letters: tuple[str, ...]
    inner: tuple[str, ...]
    lets: tuple[str, ...]
    lead: str


def compose(families: Sequence[Family], rng: np.random.Generator, attempts: int = 24) -> Problem | None:
    """A problem that chains the families, in whichever order fits; None if no draw makes the results fit."""
    orders = list(itertools.permutations(families))
    for attempt in range(attempts):
        order = orders[int(rng.integers(len(orders)))]
        wordings = [family.wordings[int(rng.integers(len(family.wordings)))] for family in order]
        used = letters_of(wordings)
        if used is None:
            continue
        parts = _link(order, wordings, rng, BRIDGES if attempt >= attempts * 2 // 3 else (PLAIN,))
        if parts is not None:
            return _in_words(parts, used, rng)
    return None


def reword(problem: Problem, rng: np.random.Generator, attempts: int = 24) -> Problem | None:
    """The same problem in other words: other wordings of the same parts; None if no choice of wordings fits."""
    for _ in range(attempts):
        wordings = [part.family.wordings[int(rng.integers(len(part.family.wordings)))] for part in problem.parts]
        used = letters_of(wordings)
        if used is not None:
            parts = tuple(replace(part, wording=one) for part, one in zip(problem.parts, wordings, strict=True))
            reworded = _in_words(parts, used, rng)
            if reworded is not None and write(reworded) != write(problem):
                return reworded
    return None


def _link(
    order: Sequence[Family], wordings: Sequence[Wording], rng: np.random.Generator, bridges: Sequence[Bridge]
) -> tuple[Part, ...] | None:
    parts: list[Part] = []
    arriving: int | None = None
    for family, wording, following in itertools.zip_longest(order, wordings, order[1:]):
        link: str | None = None
        fixed: Params = {}
        if arriving is not None:
            fitting = [name for name, slot in linkable(family).items() if slot.low <= arriving <= slot.high]
            link = fitting[int(rng.integers(len(fitting)))]
            fixed = {link: arriving}
        params = family.draw(rng, fixed)
        if params is None:
            return None
        bridge: Bridge | None = None
        if following is not None:
            value = family.solve(params).value
            chosen = _fitting_bridge(value, following, bridges, rng)
            if chosen is None:
                return None
            bridge, arriving = chosen
        if link is not None:
            params = {name: value for name, value in params.items() if name != link}
        parts.append(Part(family, wording, params, link, bridge))
    return tuple(parts)


def _fitting_bridge(
    value: Value, following: Family, bridges: Sequence[Bridge], rng: np.random.Generator
) -> tuple[Bridge, int] | None:
    """The plain bridge where the result fits as it is, else one at random of those that make it fit."""
    slots = linkable(following).values()
    fitting: list[tuple[Bridge, int]] = []
    for bridge in bridges:
        arriving = bridge.apply(value)
        if arriving is not None and any(slot.low <= arriving <= slot.high for slot in slots):
            if bridge is PLAIN:
                return bridge, arriving
            fitting.append((bridge, arriving))
    return fitting[int(rng.integers(len(fitting)))] if fitting else None


def linkable(family: Family) -> dict[str, Integer]:
    """The slots of a family that can take the result of another part."""
    return {name: slot for name, slot in family.slots.items() if isinstance(slot, Integer) and slot.link}


def _in_words(parts: tuple[Part, ...], used: frozenset[str], rng: np.random.Generator) -> Problem | None:
    """The parts with letters and forms of words drawn; None if the letters do not suffice or would clash."""
    lets = [part.bridge.lets[int(rng.integers(len(part.bridge.lets)))] for part in parts if part.bridge is not None]
    own = [mathematical_letters(let) for let in lets]  # such as the a and b of a fraction
    if any(letters & used for letters in own) or sum(map(len, own)) > len(frozenset[str]().union(*own)):
        return None
    free: list[str] = rng.permutation([letter for letter in LETTERS if letter not in used]).tolist()
    if len(free) < 2 * len(lets):
        return None
    letters = tuple(free[: len(lets)])
    inner = tuple(free[len(lets) + i] if "{inner}" in let else "" for i, let in enumerate(lets))
    return Problem(parts, letters, inner, tuple(lets), LEADS[int(rng.integers(len(LEADS)))])


def letters_of(wordings: Sequence[Wording]) -> frozenset[str] | None:
    """All letters that the wordings use; None if two of them give one letter two meanings."""
    used = [mathematical_letters(f"{wording.given} {wording.asked}") for wording in wordings]
    if any((one & other) - BOUND for one, other in itertools.combinations(used, 2)):
        return None
    return frozenset[str]().union(*used)


@functools.cache
def mathematical_letters(text: str) -> frozenset[str]:
    """The letters that stand for something in the mathematics of a template."""
    formulas = "".join(re.findall(r"\$([^$]*)\$", re.sub(r"\[\[\w+\]\]|\{letter\}|\{inner\}", "", text)))
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
            names = {"letter": problem.letters[index], "inner": problem.inner[index]}
            closing = problem.lets[index].format(asked=asked, **names)
        else:
            closing = problem.lead.format(asked=asked)
        sentences += [given, closing] if given else [closing]
    return " ".join(sentences)


def _fill(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\[\[(\w+)\]\]", lambda match: values[match[1]], text)


@dataclass(frozen=True)
class Worked:
    """One part worked out: its own solution, and the sentences that hand its result on (empty in the last part)."""

    part: Part
    solution: Solution
    arriving: int | None
    handover: tuple[str, ...]


def work(problem: Problem, slips: Mapping[int, int] | None = None) -> Iterator[Worked]:
    """The parts worked out in order.

    `slips` puts a wrong number in the place of a part's result before it goes on; that is how a mistake is carried to
    the end.

    Raises:
        ValueError: A result does not fit the next part; no problem from `compose` does that without slips.
    """
    arriving: int | None = None
    for index, part in enumerate(problem.parts):
        solution = part.family.solve(complete(part, arriving))
        arriving = None
        handover: tuple[str, ...] = ()
        if part.bridge is not None:
            value = (slips or {}).get(index, solution.value)
            arriving = part.bridge.apply(value)
            handover = _handover(problem, index, value, arriving)
        yield Worked(part, solution, arriving, handover)


def _handover(problem: Problem, index: int, value: Value, arriving: int | None) -> tuple[str, ...]:
    """The sentences that say what the letters of a part stand for."""
    bridge, letter, inner = problem.parts[index].bridge, problem.letters[index], problem.inner[index]
    hence = ("So", "Hence", "Thus")[(ord(letter) + index) % 3]
    if bridge is None or not bridge.step:
        return (f"{hence} ${letter} = {arriving}$.",)
    step = f"{bridge.step.format(value=tex(value), result=arriving)}, so ${letter} = {arriving}$."
    return (f"{hence} ${inner} = {tex(value)}$.", step) if inner else (step,)


def solve(problem: Problem) -> Solution:
    """Work the problem out part by part.

    Raises:
        ValueError: The result of a part does not fit the next one; no problem from `compose` does that.
    """
    worked = list(work(problem))
    steps = tuple(step for one in worked for step in (*one.solution.steps, *one.handover))
    return Solution(steps, worked[-1].solution.value)


def check(problem: Problem) -> Value:
    """The answer by the families' independent checks alone.

    Raises:
        ValueError: As `solve`.
    """
    arriving: int | None = None
    value: Value = 0
    for part in problem.parts:
        value = part.family.check(complete(part, arriving))
        if part.bridge is not None:
            arriving = part.bridge.apply(_exact(value, part.bridge) if isinstance(value, float) else value)
    return value


def _exact(value: float, bridge: Bridge) -> Value:
    exact = bridge.exact(value)
    if not agree(exact, value):
        raise ValueError(f"{value} is not of the kind that '{bridge.lets[0]}' takes")
    return exact


def complete(part: Part, arriving: int | None) -> Params:
    """The part's parameters with the result of the part before in its place.

    Raises:
        ValueError: The result does not fit.
    """
    if part.link is None:
        return part.params
    slot = part.family.slots[part.link]
    params = {**part.params, part.link: arriving}
    if not isinstance(slot, Integer) or arriving is None or not slot.low <= arriving <= slot.high:
        raise ValueError(f"{part.family.name}: {part.link} = {arriving} does not fit the problem")
    if not part.family.where(params):
        raise ValueError(f"{part.family.name}: {params} does not make a sensible problem")
    return params
