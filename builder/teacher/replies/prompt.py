"""Taking a prompt apart: its marked blocks, its labelled lines, its lists."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCKS = ("document", "question", "problem", "solution")


@dataclass(frozen=True)
class Prompt:
    """A prompt: what it asks for, apart from the documents and the question that it is about.

    `instructions` leaves the blocks out, so that nothing inside of a document is taken for an instruction.
    """

    instructions: str
    documents: tuple[str, ...]
    question: str | None
    solution: str | None = None

    def line(self, label: str) -> str | None:
        """What follows `label:` on a line of its own."""
        match = re.search(rf"^[-* ]*{re.escape(label)}:[ \t]*(.+)$", self.instructions, re.MULTILINE)
        return match[1].strip() if match else None

    def number(self, label: str, default: int) -> int:
        """The whole number after `label:`."""
        match = re.match(r"\d+", self.line(label) or "")
        return int(match[0]) if match else default

    def section(self, heading: str) -> list[str]:
        """The lines under a heading, up to the next heading; empty ones left out."""
        match = re.search(
            rf"^#+ {re.escape(heading)}[ \t]*$(.*?)(?=^#|\Z)", self.instructions, re.MULTILINE | re.DOTALL
        )
        return [line.strip() for line in match[1].splitlines() if line.strip()] if match else []


def take_apart(text: str) -> Prompt:
    """The prompt in its parts. A block begins and ends with its tag on a line of its own, or failing that anywhere."""
    found: dict[str, list[str]] = {}
    for tag in _BLOCKS:
        own_lines = rf"^[ \t]*<{tag}>[ \t]*\n(.*?)\n?^[ \t]*</{tag}>[ \t]*$"
        for pattern in (own_lines, rf"<{tag}>(.*?)</{tag}>"):
            blocks = re.findall(pattern, text, re.MULTILINE | re.DOTALL)
            if blocks:
                text = re.sub(pattern, f"({tag})", text, flags=re.MULTILINE | re.DOTALL)
                found[tag] = [block.strip() for block in blocks]
                break
    # The form of the reply may be shown in the same tags; it has further tags inside.
    questions = [one for one in found.get("question", []) + found.get("problem", []) if not one.startswith("<")]
    solutions = found.get("solution", [])
    return Prompt(
        text,
        tuple(found.get("document", ())),
        questions[0] if questions else None,
        solutions[0] if solutions else None,
    )
