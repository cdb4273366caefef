"""What programs that pass their tests do beyond these: calls with further arguments, and which programs agree on them.

The arguments are made from those of the tests, and stay within what the tests show a task to be about: types, the range
of numbers, lengths, the order and the distinctness that all given lists have in common.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import math
import random
import zlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from .literals import parsed, source

CALLS = 48
RAISED = "!"  # begins what a call came to that returned no value; no spelling of a value begins so
_SHOWN_CHARS = 80
_LONGER = 2  # items more than the longest list has that is given: a program may take exponential time


@functools.lru_cache(maxsize=256)
def further_calls(calls: tuple[str, ...], most: int = CALLS) -> tuple[str, ...]:
    """Up to `most` calls like the ones given, with other arguments; the same ones every time."""
    given = [_arguments(call) for call in calls]
    function = calls[0].partition("(")[0]
    seen: dict[int | str, list[Any]] = defaultdict(list)
    for arguments in given:
        for place, value in arguments.items():
            seen[place].append(value)
    rng = random.Random(zlib.crc32("\n".join(calls).encode("utf-8", "replace")))
    known = {_spelt(arguments) for arguments in given}
    found: dict[str, None] = {}
    for _ in range(8 * most):
        if len(found) == most:
            break
        template = rng.choice(given)
        made = _spelt({place: _changed(value, seen[place], rng) for place, value in template.items()})
        if made not in known:
            found[f"{function}({made})"] = None
    return tuple(found)


def _arguments(call: str) -> dict[int | str, Any]:
    """The arguments of a call by their place or name."""
    tree = parsed(call, "eval").body
    by_place: dict[int | str, Any] = {place: ast.literal_eval(value) for place, value in enumerate(tree.args)}
    return by_place | {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in tree.keywords}


def _spelt(arguments: dict[int | str, Any]) -> str:
    return ", ".join(f"{place}={source(v)}" if isinstance(place, str) else source(v) for place, v in arguments.items())


def _changed(value: Any, seen: Sequence[Any], rng: random.Random) -> Any:
    """Another value of the same kind; `seen` are all that the tests have in its place."""
    alike = [other for other in seen if type(other) is type(value)]
    match value:
        case bool():
            return rng.random() < 0.5
        case int():
            low, high = min(alike), max(alike)
            near = (value - 1, value + 1, -value, 0, rng.randint(low, high), rng.choice(alike))
            return rng.choice([number for number in near if low <= number <= high])
        case float():
            between = round(rng.uniform(min(alike), max(alike)), 2)
            return rng.choice([*alike, between]) if math.isfinite(between) else value
        case str():
            return "".join(_items(value, alike, rng))
        case tuple() if len({len(other) for other in alike}) == 1:
            return tuple(_changed(item, [other[place] for other in alike], rng) for place, item in enumerate(value))
        case list() | tuple() | set():
            return type(value)(_items(value, alike, rng))
        case dict():
            values = [item for other in alike for item in other.values()]
            record = all(other.keys() == value.keys() for other in alike)
            kept = [key for key in value if record or rng.random() < 0.8]
            return {key: _changed(value[key], values, rng) for key in kept}
    return value


def _items(value: Any, alike: Sequence[Any], rng: random.Random) -> list[Any]:
    """Items for another value like this one: some dropped, moved, repeated or changed, or all drawn anew."""
    own, *given = [sorted(other, key=source) if isinstance(other, set) else list(other) for other in (value, *alike)]
    pool = own if own and isinstance(own[0], (list, tuple, set, dict)) else [item for other in given for item in other]
    if not pool:
        return []
    kinds = {type(item) for item in own or pool}
    pool = [item for item in pool if type(item) in kinds]
    if len(kinds) > 1:  # each place has its own meaning
        return [_changed(item, pool, rng) for item in own]
    sizes = [len(other) for other in given]
    shortest, longest = min(sizes), max(sizes)
    if shortest < longest:
        longest += _LONGER
    if rng.random() < 0.5:
        made = [rng.choice(pool) for _ in range(rng.randint(shortest, longest))]
    else:
        made = list(own)
        for _ in range(rng.randint(1, 3)):
            if len(made) > shortest and rng.random() < 0.3:
                del made[rng.randrange(len(made))]
            elif len(made) < longest:
                made.insert(rng.randint(0, len(made)), rng.choice(made or pool))
    if not isinstance(value, str):
        made = [_changed(item, pool, rng) if rng.random() < 0.3 else item for item in made]
    if all(len(other) == len(set(map(source, other))) for other in given):
        made = list({source(item): item for item in made}.values())
        made = made if len(made) >= shortest else list(own)
    return made if isinstance(value, str) else _in_their_order(made, given)


def _in_their_order(made: list[Any], given: Sequence[list[Any]]) -> list[Any]:
    """The items in ascending order where all given lists ascend that have two items or more, and there is one."""
    longer = [other for other in given if len(other) > 1]
    try:
        return sorted(made) if longer and all(other == sorted(other) for other in longer) else made
    except TypeError:  # of items that have no order
        return made


def shortened(text: str) -> str:
    """The text, or of a long one its beginning and a hash of all of it."""
    if len(text) <= _SHOWN_CHARS:
        return text
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return f"{text[:_SHOWN_CHARS]}... {len(text)} characters, {digest}"


def counting(outcomes: Sequence[Sequence[str]]) -> list[int]:
    """The places of the further calls that count: those on which some program returned a value.

    Args:
        outcomes: For each program what every call came to, in the same order.
    """
    return [
        place
        for place in range(min(map(len, outcomes), default=0))
        if not all(program[place].startswith(RAISED) for program in outcomes)
    ]


def agreeing(outcomes: Sequence[Sequence[str]]) -> list[list[int]]:
    """Which programs did the same on all further calls that count."""
    places = counting(outcomes)
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, program in enumerate(outcomes):
        groups[tuple(program[place] for place in places)].append(number)
    return list(groups.values())
