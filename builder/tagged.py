"""Replies in tagged text: `<question> ... </question>`. Unlike JSON, it leaves the backslashes of LaTeX alone."""

from __future__ import annotations

import re


def blocks(text: str, tag: str) -> list[str]:
    """What stands inside of each `<tag>...</tag>`, in order, without surrounding space."""
    return [inner.strip() for inner in re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)]


def block(text: str, tag: str) -> str | None:
    """What stands inside of the first `<tag>...</tag>`, or None."""
    found = blocks(text, tag)
    return found[0] if found else None
