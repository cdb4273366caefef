"""Reading a problem back from its words alone.

A part is `GIVEN HEAD ASKED TAIL`, where HEAD and TAIL are the two halves of a lead or let sentence. There are more than
a thousand wordings and dozens of sentences around them, so a wording is tried only where its first literal characters
stand in the text, and its patterns are compiled when that first happens.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .bridges import BRIDGES, Bridge
from .families import FAMILIES
from .family import Family, Params, Wording
from .problem import LEADS, LETTERS, Part, Problem, linkable
from .slots import Integer

LONGEST = 6  # parts; a problem of the pipeline has up to three
_LETTER = f"[{LETTERS}]"
_SENTENCE_STARTS = re.compile(r"(?:^|(?<=[.?!:*)] ))(?=[A-Z$])")


@dataclass(frozen=True)
class _Closing:
    """A sentence around what a part asks, a lead (no bridge) or a let with its bridge, and patterns for its halves."""

    template: str
    bridge: Bridge | None
    head: re.Pattern[str]
    tail: re.Pattern[str]


@dataclass(frozen=True)
class _Form:
    """One wording with its slots as patterns. `prefix` is the literal text that it begins with."""

    family: Family
    wording: Wording
    prefix: str

    @functools.cached_property
    def given(self) -> re.Pattern[str]:
        return self._pattern(self.wording.given + " ")

    @functools.cached_property
    def asked(self) -> re.Pattern[str]:
        return self._pattern(self.wording.asked)

    def _pattern(self, text: str) -> re.Pattern[str]:
        """The text with a named group for each slot and back-references for repeats."""
        linked = linkable(self.family)
        groups = {
            name: f"{slot.pattern}|{_LETTER}" if name in linked else slot.pattern
            for name, slot in self.family.slots.items()
        }
        return _with_groups(re.split(r"\[\[(\w+)\]\]", text), groups)


def read(text: str) -> Problem | None:
    """The problem that the words put, or None where they are not understood."""
    text = " ".join(text.split())
    return next((problem for problem, end in _read_parts(text, 0, _START) if end == len(text)), None)


def find(text: str) -> list[tuple[str, Problem]]:
    """The problems that a longer text contains, with their words, in order and without overlaps."""
    text = " ".join(text.split())
    found: list[tuple[str, Problem]] = []
    done = 0
    for match in _SENTENCE_STARTS.finditer(text):
        if match.start() >= done:
            longest = max(_read_parts(text, match.start(), _START), key=lambda pair: pair[1], default=None)
            if longest is not None:
                problem, done = longest
                found.append((text[match.start() : done], problem))
    return found


_START = Problem((), (), (), (), "")


def _read_parts(text: str, start: int, so_far: Problem) -> Iterator[tuple[Problem, int]]:
    """Every way to read the text from `start` as further parts of a problem, with where the problem ends."""
    if len(so_far.parts) == LONGEST:
        return
    arriving = so_far.letters[-1] if so_far.letters else None
    for form, closing, written, end in _read_one(text, start):
        letter, inner = written.pop("_letter", ""), written.pop("_inner", "")
        read_slots = _read_slots(form.family, written, arriving)
        if read_slots is None:
            continue
        params, link = read_slots
        if (link is None) != (arriving is None) or letter in so_far.letters:
            continue
        parts = (*so_far.parts, Part(form.family, form.wording, params, link, closing.bridge))
        if closing.bridge is None:
            yield Problem(parts, so_far.letters, so_far.inner, so_far.lets, closing.template), end
        else:
            names = (*so_far.letters, letter), (*so_far.inner, inner), (*so_far.lets, closing.template)
            yield from _read_parts(text, end + 1, Problem(parts, *names, ""))


def _read_one(text: str, start: int) -> Iterator[tuple[_Form, _Closing, dict[str, str], int]]:
    """Every way to read one part at `start`: its form, its closing, what stands in its slots, and where it ends."""
    with_given, without_given = _forms()
    for form in with_given:
        if text.startswith(form.prefix, start):
            given = form.given.match(text, start)
            if given is not None:
                for head, closing in _heads(text, given.end()):
                    yield from _read_asked(text, form, closing, head, given.groupdict())
    for head, closing in _heads(text, start):
        for form in without_given:
            if text.startswith(form.prefix, head.end()):
                yield from _read_asked(text, form, closing, head, {})


def _heads(text: str, start: int) -> list[tuple[re.Match[str], _Closing]]:
    return [(head, closing) for closing in _closings() if (head := closing.head.match(text, start))]


def _read_asked(
    text: str, form: _Form, closing: _Closing, head: re.Match[str], written: dict[str, str]
) -> Iterator[tuple[_Form, _Closing, dict[str, str], int]]:
    """The part whose words up to the head are known, if what is asked and the tail follow and agree with them."""
    asked = form.asked.match(text, head.end())
    tail = closing.tail.match(text, asked.end()) if asked is not None else None
    if asked is None or tail is None:
        return
    found = dict(written)
    for more in (head.groupdict(), asked.groupdict(), tail.groupdict()):
        if any(found.setdefault(name, value) != value for name, value in more.items()):
            return
    yield form, closing, found, tail.end()


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


@functools.cache
def _forms() -> tuple[list[_Form], list[_Form]]:
    """All wordings: those that give something first, and those that only ask."""
    forms = [
        _Form(family, wording, (wording.given or wording.asked).split("[[")[0])
        for family in FAMILIES.values()
        for wording in family.wordings
    ]
    return [form for form in forms if form.wording.given], [form for form in forms if not form.wording.given]


@functools.cache
def _closings() -> list[_Closing]:
    """All lead and let sentences."""
    names = {"letter": _LETTER, "inner": _LETTER}
    templates = [(lead, None) for lead in LEADS] + [(let, bridge) for bridge in BRIDGES for let in bridge.lets]
    closings: list[_Closing] = []
    for template, bridge in templates:
        head, tail = (
            _with_groups([f"_{part}" if i % 2 else part for i, part in enumerate(re.split(r"\{(\w+)\}", half))], names)
            for half in template.split("{asked}")
        )
        closings.append(_Closing(template, bridge, head, tail))
    return closings


def _with_groups(parts: list[str], groups: dict[str, str]) -> re.Pattern[str]:
    """Literal text and names in turn, as a pattern in which each name is a group."""
    pattern = ""
    seen: set[str] = set()
    for index, part in enumerate(parts):
        if index % 2 == 0:
            pattern += re.escape(part)
        elif part in seen:
            pattern += f"(?P={part})"
        else:
            seen.add(part)
            pattern += f"(?P<{part}>{groups[part.removeprefix('_')]})"
    return re.compile(pattern)
