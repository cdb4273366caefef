"""Where a question came from: the stages that made it are run again with the run's ledger in the place of the servers.

Nothing is stored for this, and that it works shows that every prompt can be made again from the run folder.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import inputs
from .answers import answers
from .concepts import extract_concepts
from .endpoints.ledger import LedgerReader, request_key
from .endpoints.protocol import Completion, Failure, Request, RequestFailed
from .errors import StoreError
from .levels import LEVELS
from .recipe import Recipe
from .rows import Answer, Combination, Document, GroundedCombination, Question, Reference, Rejected, VerifiedQuestion
from .store import RunFolder

SHOWN_CHARS = 500


@dataclass
class Replay:
    """A `Generate` that answers from the ledger, and remembers what passed."""

    ledger: LedgerReader
    model: str
    exchanges: list[tuple[Request, Completion]] = field(default_factory=list)

    async def __call__(self, request: Request) -> Completion:
        outcome = self.ledger.find(request_key(request, self.model))
        if outcome is None:
            outcome = Failure("not_in_ledger", None, "the ledger of the run does not hold this request")
        if isinstance(outcome, Failure):
            raise RequestFailed(outcome)
        self.exchanges.append((request, outcome))
        return outcome

    def tokens(self) -> tuple[int, int]:
        """Prompt and completion tokens of what passed."""
        prompt = sum(completion.prompt_tokens for _, completion in self.exchanges)
        return prompt, sum(completion.completion_tokens for _, completion in self.exchanges)


async def explain_question(path: Path, question_id: str, full_prompts: bool) -> str:
    """The story of one question of a run, accepted or not, as text.

    Raises:
        StoreError: The run has no question of that id, or its ledger is gone.
    """
    run = RunFolder(path)
    recipe = run.recipe()
    question = find_question(run, recipe, question_id)
    source = await _source(run, question)
    lines = [f"{question.id}  ({question.level}, {question.school_level}, {question.subject}, {question.origin})", ""]
    lines += [question.question, ""]
    for document in _documents(source):
        about = f"{document.id}  {document.url}  relevance {document.relevance}"
        lines += [_section(f"passage: {about}", document.text, full_prompts)]
    lines.append(f"topics:    {', '.join(question.topics)}")
    lines.append(f"concepts:  {', '.join(question.concepts) or '(level 1 draws none)'}")
    if question.walk:
        lines.append(f"walk:      {' -> '.join(question.walk)}")
    lines.append(f"seed {question.seed}, prompt {question.prompt_hash}, model {question.question_model}")
    with LedgerReader(path / "ledger") as ledger:
        lines += await _exchanges(run, recipe, question, source, ledger, full_prompts)
    lines += _verdict(run, question)
    return "\n".join(lines)


def find_question(run: RunFolder, recipe: Recipe, question_id: str) -> Question:
    """A question of any level by its id.

    Raises:
        StoreError: There is none.
    """
    for level in recipe.levels:
        for question in run.stage(level).read(Question):
            if question.id == question_id:
                return question
    raise StoreError(f"{run.path}: no question '{question_id}'; synthllm sample {run.path} shows ids")
