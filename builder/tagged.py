"""Replies in tagged text: `<question> ... </question>`. Unlike JSON, it leaves the backslashes of LaTeX alone."""

from __future__ import annotations

import re

THOUGHT_ENDS = "</think>"


def without_thoughts(text: str) -> str:
    """What a model said after it had thought: all that follows the last `</think>`."""
    return text.rpartition(THOUGHT_ENDS)[2].lstrip() if THOUGHT_ENDS in text else text


def blocks(text: str, tag: str) -> list[str]:
    """What stands inside of each `<tag>...</tag>`, in order, without surrounding space.

    What a model thought before it spoke is passed over: it holds drafts.
    """
    return [inner.strip() for inner in re.findall(rf"<{tag}>(.*?)</{tag}>", without_thoughts(text), re.DOTALL)]


def block(text: str, tag: str) -> str | None:
    """What stands inside of the first `<tag>...</tag>`, or None."""
    found = blocks(text, tag)
    return found[0] if found else None
