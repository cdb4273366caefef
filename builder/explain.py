"""Where a question came from: the stages that made it are run again with the run's ledger in the place of the servers.

Nothing is stored for this, and that it works shows that every prompt can be made again from the run folder.
"""

from __future__ import annotations

import sqlite3
import textwrap
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import inputs
from .answers import answers
from .concepts import extract_concepts
from .endpoints.ledger import ledger_file, open_read_only, request_key, stored_outcome
from .endpoints.protocol import Completion, Failure, Request, RequestFailed, in_full
from .errors import StoreError
from .levels import LEVELS
from .programs import in_a_line
from .recipe import EndpointRecipe, Recipe
from .rows import Answer, Document, GroundedCombination, Question, Reference, VerifiedQuestion
from .store import RunFolder

SHOWN_CHARS = 500


@dataclass
class Replay:
    """A `Generate` that answers from the ledger, and remembers what passed."""

    ledger: sqlite3.Connection
    recipe: Recipe
    stage: str = ""
    model: str = ""
    exchanges: list[tuple[str, Request, Completion]] = field(default_factory=list)

    def begin(self, run: RunFolder, stage: str) -> None:
        """From here on, requests are those of a stage."""
        self.stage, self.model = stage, str(run.stage(stage).manifest()["model"])

    async def __call__(self, request: Request) -> Completion:
        endpoint = self.recipe.endpoint
        if self.stage == "answers" and self.recipe.answer_endpoint is not None:
            endpoint = self.recipe.answer_endpoint
        revision = None
        if isinstance(endpoint, EndpointRecipe):
            request, revision = in_full(request, endpoint.extra, endpoint.thinking_tokens), endpoint.revision
        outcome = stored_outcome(self.ledger, request_key(request, self.model, revision))
        if outcome is None:
            outcome = Failure("not_in_ledger", None, f"the run's ledger does not hold this request of {self.stage}")
        if isinstance(outcome, Failure):
            raise RequestFailed(outcome)
        self.exchanges.append((self.stage, request, outcome))
        return outcome


async def explain_question(path: Path, question_id: str, full: bool) -> str:
    """The story of one question of a run, accepted or not, as text; passages and prompts whole where `full`.

    Raises:
        StoreError: The run has no question of that id, or its ledger is gone.
    """
    run = RunFolder(path)
    recipe = run.recipe()
    question = find_question(run, recipe, question_id)
    documents = inputs.documents_by_id(run, set(question.document_ids))
    lines = [f"{question.id}  ({question.level}, {question.school_level}, {question.subject}, {question.origin})"]
    lines += ["", question.question, ""]
    for name in question.document_ids:
        document = documents[name]
        lines.append(_section(f"passage {name}  {document.url}  relevance {document.relevance}", document.text, full))
    lines.append(f"topics:    {', '.join(question.topics)}")
    lines.append(f"concepts:  {', '.join(question.concepts) or 'none drawn'}")
    if question.walk:
        lines.append(f"walk:      {' -> '.join(question.walk)}")
    lines += [f"written by {question.question_model}, prompt {question.prompt_hash}, seed {question.seed}", ""]
    with closing(open_read_only(ledger_file(path))) as ledger:
        replay = Replay(ledger, recipe)
        await _replayed(run, recipe, question, documents, replay)
    for number, (stage, request, completion) in enumerate(replay.exchanges, start=1):
        cost = f"{completion.prompt_tokens} + {completion.completion_tokens} tokens"
        title = f"request {number}, {stage}: {completion.model}, temperature {request.temperature}, {cost}"
        lines.append(_section(title, request.messages[-1]["content"], full))
        lines.append(_section("reply", completion.text, full))
    lines += _verdict(run, question)
    spent = [(completion.prompt_tokens, completion.completion_tokens) for _, _, completion in replay.exchanges]
    lines.append(f"cost:      {len(spent)} requests, {sum(p for p, _ in spent)} + {sum(c for _, c in spent)} tokens")
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


async def _replayed(
    run: RunFolder, recipe: Recipe, question: Question, documents: dict[str, Document], replay: Replay
) -> None:
    """Run the stages that made the question again."""
    replay.begin(run, "concepts")
    for document in documents.values():
        await extract_concepts(document, replay, recipe)
    replay.begin(run, question.level)
    level = LEVELS[question.level]
    shards, rows, _ = inputs.level_inputs(run, question.level, level.reads, None, recipe.seed)
    for row in (row for shard in shards for row in rows(shard) if _may_have_made(row, question)):
        made = await level.questions(row, replay, recipe)
        if any(isinstance(result, Question) and result.id == question.id for result in made):
            break
    if not any(refused.id == question.id for refused in run.stage("curate").rejected()):
        replay.begin(run, "answers")
        await answers(question, replay, recipe.answers, recipe.sampling)


def _may_have_made(row: Any, question: Question) -> bool:
    """Whether a level's input has the question's documents, and its walk."""
    if isinstance(row, Reference):
        return (row.document.id,) == question.document_ids
    if isinstance(row, GroundedCombination):
        return row.combination.document_ids == question.document_ids and row.combination.walk == question.walk
    return bool(row.document_ids == question.document_ids)


def _verdict(run: RunFolder, question: Question) -> list[str]:
    """The votes, and what came of them."""
    sampled = (answer for answer in run.stage("answers").read(Answer) if answer.question_id == question.id)
    lines = [
        f"vote {answer.sample}:    {answer.verdict or answer.final_answer or '(no final answer)'}" for answer in sampled
    ]
    lines += [
        f"verdict:   accepted, final answer {in_a_line(row.final_answer, row.tests)}, agreement {row.agreement:.2f}"
        for row in run.stage("verify").read(VerifiedQuestion)
        if row.id == question.id
    ]
    lines += [
        f"verdict:   rejected by {stage}: {refused.reason} {refused.detail}".rstrip()
        for stage in ("curate", "answers", "verify")
        for refused in run.stage(stage).rejected()
        if refused.id == question.id
    ]
    return lines


def _section(title: str, text: str, full: bool) -> str:
    """A titled text, shortened unless `full`, set off by a margin."""
    shown = text if full or len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]} [... {len(text):,} characters; --full]"
    return f"{title}\n{textwrap.indent(shown, '    | ', lambda line: True)}\n"
