"""What the two augmentation baselines share: both start from a question that level 1 extracted."""

from __future__ import annotations

import dataclasses

from ..concepts import school_level
from ..endpoints.protocol import Generate, Request
from ..recipe import Recipe
from ..rows import Question, Rejected
from ..tagged import block
from .questions import drafts, question_id, request_seed, with_tests


async def augmented(
    source: Question,
    request: Request,
    generate: Generate,
    recipe: Recipe,
    level: str,
    prompt_hash: str,
    number: int,
    turn: int,
    keeps_answer: bool = False,
) -> list[Question | Rejected]:
    """Send the request and turn its drafts into rows that keep the source's provenance.

    Args:
        keeps_answer: whether the drafts ask for what the source does, so that its tests are theirs.
    """
    seed = request_seed(recipe.seed, level, source.id, turn)
    completion = await generate(dataclasses.replace(request, seed=seed))
    if completion.finish_reason == "length":
        return [Rejected(source.id, level, "truncated")]
    found = drafts(completion.text, source.id, level)
    if isinstance(found, Rejected):
        return [found]
    rows: list[Question | Rejected] = []
    for draft in found[:number]:
        text = block(draft, "text")
        if not text:
            rows.append(Rejected(source.id, level, "garbled", draft[:200]))
            continue
        stated = block(draft, "school_level")
        row = dataclasses.replace(
            source,
            id=question_id(level, [source.id], text),
            question=text,
            level=level,
            origin="new",
            school_level=school_level(stated) if stated else source.school_level,
            question_model=completion.model,
            prompt_hash=prompt_hash,
            seed=seed,
            document_shortened=False,
        )
        tests = "\n".join(source.tests) if keeps_answer else block(draft, "tests")
        rows.append(with_tests(row, tests, source.id))
    return rows
