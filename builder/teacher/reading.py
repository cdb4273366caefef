"""Reading a problem back from its words alone.

A part is `GIVEN HEAD ASKED TAIL`, where HEAD and TAIL belong to one of the lead or let sentences. There are hundreds of
wordings and dozens of sentences around them, so a wording is tried only where its first literal characters stand in the
text, and its pattern is compiled when that first happens.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .bridges import BRIDGES, Bridge
from .families import FAMILIES
from .family import Family, Params, Wording
from .problem import LEADS, LETTERS, Part, Problem, linkable
from .slots import Integer

LONGEST = 6  # parts; a problem of the pipeline has up to three
_LETTER = f"[{LETTERS}]"
_LETTER_IN_SENTENCE = re.compile(rf"\$({_LETTER})(?=\$| = | \\pi)")


@dataclass(frozen=True)
class _Closing:
    """A sentence around what a part asks: a lead (no bridge), or a let with its bridge."""

    template: str
    bridge: Bridge | None

    @property
    def halves(self) -> tuple[str, str]:
        """The words before and after `{asked}`, with the names of letters in braces."""
        before, after = self.template.split("{asked}")
        return before, after


@dataclass
class _Form:
    """One wording with its slots as a pattern, compiled at first use."""

    family: Family
    wording: Wording
    prefix: str = field(init=False)

    def __post_init__(self) -> None:
        self.prefix = (self.wording.given or self.wording.asked).split("[[")[0]

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        seen: set[str] = set()
        given = self._with_slots(self.wording.given, seen) + " " if self.wording.given else ""
        asked = self._with_slots(self.wording.asked, seen)
        return re.compile(f"{given}(?P<_head>{_heads_pattern()}){asked}(?P<_tail>{_tails_pattern()})")

    def _with_slots(self, text: str, seen: set[str]) -> str:
        """The text as a pattern, with a named group for each slot and back-references for repeats."""
        pattern = ""
        for index, part in enumerate(re.split(r"\[\[(\w+)\]\]", text)):
            if index % 2 == 0:
                pattern += re.escape(part)
            elif part in seen:
                pattern += f"(?P={part})"
            else:
                seen.add(part)
                letter = f"|{_LETTER}" if part in linkable(self.family) else ""
                pattern += f"(?P<{part}>{self.family.slots[part].pattern}{letter})"
        return pattern


def read(text: str) -> Problem | None:
    """The problem that the words put, or None where they are not understood."""
    text = " ".join(text.split())
    return next((problem for problem, end in _read_parts(text, 0, (), (), (), ()) if end == len(text)), None)


def find(text: str) -> list[tuple[str, Problem]]:
    """The problems that a longer text contains, with their words, in order and without overlaps."""
    text = " ".join(text.split())
    found: list[tuple[str, Problem]] = []
    done = 0
    for match in re.finditer(r"(?:^|(?<=[.?!:*)] ))(?=[A-Z$])", text):
        if match.start() < done:
            continue
        longest = max(_read_parts(text, match.start(), (), (), (), ()), key=lambda pair: pair[1], default=None)
        if longest is not None:
            problem, done = longest
            found.append((text[match.start() : done], problem))
    return found


def _read_parts(
    text: str,
    start: int,
    parts: tuple[Part, ...],
    letters: tuple[str, ...],
    inner: tuple[str, ...],
    lets: tuple[str, ...],
) -> Iterator[tuple[Problem, int]]:
    """Every way to read the text from `start` as further parts, with where the problem ends."""
    if len(parts) == LONGEST:
        return
    for form in _candidates(text, start):
        match = form.pattern.match(text, start)
        if match is None:
            continue
        slots = match.groupdict()
        closing, names = _closing(slots.pop("_head"), slots.pop("_tail"))
        read_slots = _read_slots(form.family, slots, letters[-1] if letters else None)
        if closing is None or read_slots is None:
            continue
        params, link = read_slots
        if (link is None) != (not parts):
            continue
        so_far = (*parts, Part(form.family, form.wording, params, link, closing.bridge))
        if closing.bridge is None:
            yield Problem(so_far, letters, inner, lets, closing.template), match.end()
            continue
        letter, own = names["letter"], names.get("inner", "")
        if letter not in letters:
            named = (*letters, letter), (*inner, own), (*lets, closing.template)
            yield from _read_parts(text, match.end() + 1, so_far, *named)


def _candidates(text: str, start: int) -> Iterator[_Form]:
    """The wordings whose first literal characters stand where they should."""
    with_given, without_given = _forms()
    for form in with_given:
        if text.startswith(form.prefix, start):
            yield form
    heads = [match.end() for head in _head_patterns() if (match := head.match(text, start))]
    for end in dict.fromkeys(heads):
        for form in without_given:
            if text.startswith(form.prefix, end):
                yield form


def _read_slots(family: Family, written: dict[str, str], letter: str | None) -> tuple[Params, str | None] | None:
    """The values of the slots, and the slot that holds the letter; None where they make no sensible problem."""
    params: dict[str, Any] = {}
    link: str | None = None
    for name, text in written.items():
        slot = family.slots[name]
        if text == letter and isinstance(slot, Integer):
            link = name
        elif re.fullmatch(slot.pattern, text) and slot.holds(value := slot.read(text)):
            params[name] = value
        else:
            return None
    if link is None and not family.where(params):
        return None
    return params, link


def _closing(head: str, tail: str) -> tuple[_Closing | None, dict[str, str]]:
    """The sentence that the words before and after what is asked belong to, and the letters in it by their names."""
    for pattern, closing in _closings_with(_LETTER_IN_SENTENCE.sub("$", head), _LETTER_IN_SENTENCE.sub("$", tail)):
        match = pattern.fullmatch(f"{head}\n{tail}")
        if match is not None:
            return closing, match.groupdict()
    return None, {}


@functools.cache
def _closings_with(head: str, tail: str) -> list[tuple[re.Pattern[str], _Closing]]:
    """The sentences that have these words but for their letters."""
    found: list[tuple[re.Pattern[str], _Closing]] = []
    for closing in _closings():
        before, after = closing.halves
        plain = tuple(re.sub(r"\{\w+\}", "", part) for part in (before, after))
        if plain == (head, tail):
            seen: set[str] = set()
            pattern = ""
            for index, part in enumerate(re.split(r"\{(\w+)\}", f"{before}\n{after}")):
                if index % 2 == 0:
                    pattern += re.escape(part)
                else:
                    pattern += f"(?P={part})" if part in seen else f"(?P<{part}>{_LETTER})"
                    seen.add(part)
            found.append((re.compile(pattern), closing))
    return found


@functools.cache
def _forms() -> tuple[list[_Form], list[_Form]]:
    """All wordings: those that give something first, and those that only ask."""
    forms = [_Form(family, wording) for family in FAMILIES.values() for wording in family.wordings]
    return [form for form in forms if form.wording.given], [form for form in forms if not form.wording.given]


@functools.cache
def _closings() -> list[_Closing]:
    """All lead and let sentences."""
    lets = [_Closing(let, bridge) for bridge in BRIDGES for let in bridge.lets]
    return [_Closing(lead, None) for lead in LEADS] + lets


@functools.cache
def _head_patterns() -> list[re.Pattern[str]]:
    return [re.compile(head) for head in _heads_pattern().split("|")]


@functools.cache
def _heads_pattern() -> str:
    return "|".join(dict.fromkeys(_literal(closing.halves[0]) for closing in _closings()))


@functools.cache
def _tails_pattern() -> str:
    tails = dict.fromkeys(_literal(closing.halves[1]) for closing in _closings())
    return "|".join(sorted(tails, key=len, reverse=True))


def _literal(template: str) -> str:
    """A piece of a sentence as a pattern, with any letter in the places of letters."""
    return _LETTER.join(re.escape(part) for part in re.split(r"\{\w+\}", template))
