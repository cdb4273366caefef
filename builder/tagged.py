"""Replies in tagged text: `<question> ... </question>`. Unlike JSON, it leaves the backslashes of LaTeX alone."""

from __future__ import annotations

import re

THOUGHT_ENDS = "</think>"


def blocks(text: str, tag: str) -> list[str]:
    """What stands inside of each `<tag>...</tag>`, in order, without surrounding space.

    What a model thought before it spoke, up to `</think>`, is passed over: it holds drafts.
    """
    said = text.rpartition(THOUGHT_ENDS)[2]
    return [inner.strip() for inner in re.findall(rf"<{tag}>(.*?)</{tag}>", said, re.DOTALL)]


def block(text: str, tag: str) -> str | None:
    """What stands inside of the first `<tag>...</tag>`, or None."""
    found = blocks(text, tag)
    return found[0] if found else None
