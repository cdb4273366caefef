"""How the teacher counts tokens: a run of letters is one, up to three digits are one, any other mark is one."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"[^\W\d_]+|\d{1,3}|[^\w\s]|_")


def count_tokens(text: str) -> int:
    """The number of tokens of a text; white space belongs to the token after it."""
    return sum(1 for _ in _TOKEN.finditer(text))


def first_tokens(text: str, count: int) -> tuple[str, int, bool]:
    """The text cut after `count` tokens, how many tokens it has then, and whether anything was cut."""
    found = 0
    end = 0
    for match in _TOKEN.finditer(text):
        if found == count:
            return text[:end], found, True
        found += 1
        end = match.end()
    return text, found, False
