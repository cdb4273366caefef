"""An evaluation from recipe and model to results: every question asked once, graded, and kept with its verdict.

OUT/recipe.yaml             the recipe with every default
OUT/model.json              the model, and how it is asked; a folder of another model or other prompts is refused
OUT/ledger.sqlite           every answer: running again asks for what is missing alone
OUT/records/TASK.parquet    one row per answer: prompt, completion, what was read from it, gold answer, verdict, why
OUT/results.json            accuracies with their errors, and versions; written last
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..builder.endpoints.failures import FINAL
from ..builder.endpoints.ledger import LEDGER_NAME, ledger_file
from ..builder.endpoints.protocol import Failure, Request
from ..builder.errors import EvaluationError, StoreError
from ..builder.progress import StageProgress
from ..builder.store import differences, locked, read_json, write_json, write_text
from .loading import LoadedTask, load_tasks
from .models import Answering, ModelChoice, open_model
from .prompts import request_for
from .recipe import EvalRecipe
from .records import grade_task
from .results import RESULTS, results_of

SILENT = 64  # answers without a word after which a model is taken to be silent
OWN_FAULT = FINAL | {"too_long"}  # failures that a question meets every time it is asked


async def evaluate(recipe: EvalRecipe, choice: ModelChoice, out: Path, progress: StageProgress) -> dict[str, Any]:
    """Evaluate a model; the results, as they are in results.json.

    Raises:
        EvaluationError: Questions or model cannot be loaded, the model writes nothing, or requests failed that another
            run may answer.
        EndpointError: The server does not answer; running again goes on.
        StoreError: The folder belongs to another evaluation or cannot be written.
    """
    tasks = load_tasks(recipe)
    with locked(out), progress:
        async with open_model(choice, recipe, out / LEDGER_NAME) as (model, identity):
            claim(out, identity, recipe.asking())
            (out / RESULTS).unlink(missing_ok=True)
            write_text(out / "recipe.yaml", recipe.canonical())
            failures = await _ask(model, tasks, recipe, progress)
        caches = choice.endpoint.caches if choice.endpoint else ()
        ledgers = [out / LEDGER_NAME, *(ledger_file(Path(cache)) for cache in caches)]
        progress.start("grading", sum(len(task.questions) for task in tasks))
        graded = []
        for task in tasks:
            graded.append(grade_task(task, recipe, model.key, ledgers, failures, out))
            progress.advance(len(task.questions))
        progress.finish(f"{sum(map(len, (one.correct for one in graded))):,} questions")
        results = results_of(recipe, identity, graded)
        write_json(out / RESULTS, results)
    return results


def claim(out: Path, model: Mapping[str, Any], asking: Mapping[str, Any]) -> None:
    """See that a folder belongs to this model, asked in this way.

    Raises:
        StoreError: It belongs to another one.
    """
    path = out / "model.json"
    if not path.exists():
        write_json(path, {"model": dict(model), "asking": dict(asking)})
        return
    before = read_json(path)
    if model["kind"] == "local":  # the folder may have moved; its weights are what counts
        before["model"] = before.get("model", {}) | {"name": model["name"]}
    changes = differences(before, {"model": dict(model), "asking": dict(asking)})
    if changes:
        raise StoreError(
            f"{out}: belongs to another evaluation: {'; '.join(changes)}; choose another folder with --out"
        )


async def _ask(
    model: Answering, tasks: Sequence[LoadedTask], recipe: EvalRecipe, progress: StageProgress
) -> dict[tuple[str, str, int], Failure]:
    """Ask every question; what was answered is in the ledger, what failed through its own fault comes back.

    Raises:
        EvaluationError: The model writes nothing, or requests failed that another run may answer.
    """
    places = [
        (task.name, question, sample)
        for task in tasks
        for question in task.questions
        for sample in range(recipe.samples)
    ]

    def request(position: int) -> Request:
        task, question, sample = places[position]
        return request_for(recipe, task, question.id, question.question, sample)

    progress.start("answers", len(places))
    failures: dict[tuple[str, str, int], Failure] = {}
    answered = silent = truncated = 0
    stream = model.map(map(request, range(len(places))))
    async for position, outcome in stream:
        progress.advance()
        if isinstance(outcome, Failure):
            task, question, sample = places[position]
            failures[task, question.id, sample] = outcome
            continue
        answered += 1
        silent += not outcome.text.strip()
        truncated += outcome.finish_reason == "length"
        progress.note(f"{truncated:,} cut off, {len(failures):,} failed")
        if silent == answered == SILENT:
            await stream.aclose()
            break
    if answered and silent == answered:
        raise EvaluationError(
            f"{model.model}: wrote nothing in all of its first {answered} answers; is it a chat model that is asked "
            "without its template, or a base model that needs prompt: few-shot?"
        )
    passing = Counter(failure.kind for failure in failures.values() if failure.kind not in OWN_FAULT)
    if passing:
        told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(passing.items()))
        raise EvaluationError(
            f"{model.model}: {passing.total():,} of {len(places):,} requests failed ({told}); the other answers are "
            "kept, run the same command again to ask these once more"
        )
    if len(failures) == len(places):
        first = next(iter(failures.values()))
        raise EvaluationError(f"{model.model}: refused every request, the first with {first.kind}: {first.detail}")
    progress.finish(f"{answered:,} answers, {truncated:,} cut off, {len(failures):,} refused")
    return failures
