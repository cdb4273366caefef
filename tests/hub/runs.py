"""Finished runs made of typed rows in a moment, for the tests of releases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from synthllm.builder.dataset import write_dataset
from synthllm.builder.pipeline import stages
from synthllm.builder.recipe import Recipe
from synthllm.builder.rows import Concepts, Document, Rejected, VerifiedQuestion
from synthllm.builder.store import RunFolder, shard_name

LEVELS = ("level1", "level2", "level3")
CONFIGS = (*LEVELS, "documents", "concepts", "rejected")
SERVED = {"requests": 9, "prompt_tokens": 90, "completion_tokens": 45, "model": "asker-7b", "prompt_hash": "0" * 16}


def question(level: str, number: int, answer: str = "", model: str = "asker-7b") -> VerifiedQuestion:
    """A row of the dataset; equal arguments give equal rows."""
    text = f"What is ${number} + {len(level)}$? (é, \\frac12)"
    solution = (
        answer or f"We add: ${number} + {len(level)} = {number + len(level)}$.\n\n\\boxed{{{number + len(level)}}}"
    )
    document = f"document-{number % 7}"
    return VerifiedQuestion(
        id=f"{level}-{number:016x}",
        question=text,
        answer=solution,
        final_answer=str(number + len(level)),
        messages=({"role": "user", "content": text}, {"role": "assistant", "content": solution}),
        level=level,
        domain="mathematics",
        school_level="college" if number % 3 else "high school",
        origin="new",
        subject="Algebra",
        topics=("addition",),
        concepts=("sum", "addend"),
        document_ids=(document,),
        document_urls=(f"https://example.org/{document}",),
        walk=("addition", "sum") if level == "level3" else (),
        question_model=model,
        answer_model=model,
        votes=3,
        agreement=1.0 if number % 4 else 2 / 3,
        verified=True,
        prompt_hash="0" * 16,
        seed=number,
        question_words=5 + number % 9,
        answer_words=8,
        vote_entropy=0.0,
        self_contained=True,
        language="en",
        checked_equalities=1,
    )


def make_run(
    folder: Path,
    rows: Mapping[str, range] | None = None,
    *,
    answers: Mapping[int, str] | None = None,
    model: str = "asker-7b",
    prompts: Mapping[str, str] | None = None,
    shards: int = 1,
    **recipe: Any,
) -> Path:
    """A finished run.

    Args:
        rows: the numbers of the questions of each level.
        answers: other answers of level 3, by number.
        prompts: other hashes of prompts, as another wording would give them.
        shards: files of level 3.
        recipe: fields of the recipe.
    """
    rows = rows or dict.fromkeys(LEVELS, range(12))
    settings = {"name": "rows", "corpus": {"source": "installed"}, "license": "cc-by-4.0"} | recipe
    made, run = Recipe.model_validate(settings), RunFolder(folder)
    with run.claim(made):
        documents = [Document(f"document-{n}", f"Text of document {n}.", source="numpy") for n in range(7)]
        taught = [Concepts(document.id, ("addition",), ("sum", "addend")) for document in documents]
        asked = [
            question(level, number, (answers or {}).get(number, "") if level == "level3" else "", model)
            for level in LEVELS
            for number in rows.get(level, ())
        ]
        refused = [Rejected("document-9", "concepts", "not_suitable", "nothing to learn")]
        run.stage("filter").write(shard_name(0), documents, Document, [])
        run.stage("concepts").write(shard_name(0), taught, Concepts, refused, **SERVED)
        run.stage("verify").write(shard_name(0), asked, VerifiedQuestion, [])
        order = list(stages(made))
        for name in order[:-1]:
            facts = SERVED if name in ("concepts", "answers", *LEVELS) else {}
            run.stage(name).finish(rows_in=9, seconds=0.1, **facts)
        run.stage("dataset").finish(rows=write_dataset(run, made, order))
    if prompts:
        path = folder / "dataset" / "provenance" / "made.json"
        about = json.loads(path.read_text())
        path.write_text(json.dumps(about | {"prompts": about["prompts"] | dict(prompts)}))
    if shards > 1:
        whole = folder / "dataset" / "level3" / "train-00000-of-00001.parquet"
        frame = pl.read_parquet(whole)
        whole.unlink()
        size = -(-frame.height // shards)
        for number in range(shards):
            path = whole.with_name(f"train-{number:05d}-of-{shards:05d}.parquet")
            frame.slice(number * size, size).write_parquet(path)
    return folder


def rows_of(run: Path, config: str) -> list[dict[str, Any]]:
    """The rows of a config in the run's own files, in the order of the files."""
    return pl.read_parquet(run / "dataset" / config / "*.parquet").to_dicts()
