"""The question generators, by name. Adding one is a file and a line here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from ..inputs import Reads
from ..rows import Question, Rejected
from . import level1, level2, level3, persona, rephrase


class Level(NamedTuple):
    """What a level reads (`Reference`, `GroundedCombination` or level 1's `Question` rows), and its stage function.

    The function takes the row, `generate`, the recipe, and which of the recipe's requests for the row this is.
    """

    reads: Reads
    questions: Callable[..., Awaitable[list[Question | Rejected]]]
    prompt: str


LEVELS: dict[str, Level] = {
    level1.LEVEL: Level("documents", level1.questions, level1.PROMPT),
    level2.LEVEL: Level("documents", level2.questions, level2.PROMPT),
    level3.LEVEL: Level("combinations", level3.questions, level3.PROMPT),
    rephrase.LEVEL: Level("level1", rephrase.questions, rephrase.PROMPT),
    persona.LEVEL: Level("level1", persona.questions, persona.PROMPT),
}
