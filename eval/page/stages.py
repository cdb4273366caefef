"""The stages of a build as the page shows them: rows in and out, what was refused and why, tokens, cost, seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ...builder.receipt import cost_of
from ...builder.recipe import EndpointRecipe, Recipe
from ...builder.store import RunFolder, StageFolder
from .flow_chart import Step, flow_chart
from .reading import batches, files_of, rows_by_level

EXAMPLES = 3  # of each reason
DETAIL_CHARS = 300


@dataclass(frozen=True)
class Stage:
    """One stage. `state` is done, part (some shards are there) or missing; numbers of a missing stage are None."""

    name: str
    state: str
    rows_in: int | None
    rows: int | None
    rejected: dict[str, int]
    requests: int | None
    prompt_tokens: int
    completion_tokens: int
    cost: float
    seconds: float | None
    facts: dict[str, Any]


def stages_of(run: RunFolder, recipe: Recipe) -> dict[str, Stage]:
    """Every stage of the recipe, in order, as far as it is there.

    Raises:
        StoreError: A manifest is damaged.
    """
    from ...builder.pipeline import stages

    return {name: _stage(run.stage(name), recipe) for name in stages(recipe)}


def _stage(folder: StageFolder, recipe: Recipe) -> Stage:
    name = folder.path.name
    if folder.done():
        state, facts = "done", folder.manifest()
    elif folder.shards():
        manifests = [folder.manifest(shard) for shard in folder.shards()]
        used = ("requests", "prompt_tokens", "completion_tokens")
        asked = {key: sum(m[key] for m in manifests) for key in used if all(key in m for m in manifests)}
        state, facts = "part", folder.totals() | asked
    else:
        return Stage(name, "missing", None, None, {}, None, 0, 0, 0.0, None, {})
    tokens = facts.get("prompt_tokens", 0), facts.get("completion_tokens", 0)
    cost = cost_of(recipe, name, *tokens)
    return Stage(
        name,
        state,
        facts.get("rows_in"),
        facts["rows"],
        facts["rejected"],
        facts.get("requests"),
        *tokens,
        cost,
        facts.get("seconds"),
        facts,
    )


def priced(recipe: Recipe) -> bool:
    """Whether the recipe says what tokens cost."""
    servers = (recipe.endpoint, recipe.answer_endpoint)
    return any(isinstance(one, EndpointRecipe) and bool(one.prompt_price or one.completion_price) for one in servers)


def document_flow(stages: dict[str, Stage], recipe: Recipe) -> Markup | None:
    """From the rows of the source to the documents with concepts; None before the corpus is read."""
    corpus, chosen, taught = stages["corpus"], stages["filter"], stages["concepts"]
    if corpus.rows is None:
        return None
    read = corpus.rows_in or corpus.rows + sum(corpus.rejected.values())
    threshold = f"not above {recipe.filter.threshold:g}" if recipe.filter else "not kept"
    steps = [Step("Rows read", read, (("documents", corpus.rows),), reasons(corpus.rejected))]
    if chosen.rows is None:
        return flow_chart("Documents", [*steps, Step("Documents", corpus.rows)])
    dropped = corpus.rows - chosen.rows if chosen.state == "done" else 0
    lost = (*reasons(chosen.rejected), (threshold, dropped - sum(chosen.rejected.values())))
    steps.append(_step("Documents", corpus.rows, (("documents", chosen.rows),), lost, chosen))
    if taught.rows is not None:
        kept = (("documents", taught.rows),)
        steps.append(_step("Reference documents", chosen.rows, kept, reasons(taught.rejected), taught))
        steps.append(Step("With concepts", taught.rows))
    else:
        steps.append(Step("Reference documents", chosen.rows))
    return flow_chart("Documents", steps)


def question_flow(run: RunFolder, stages: dict[str, Stage], recipe: Recipe) -> Markup | None:
    """From the questions that the levels wrote to the verified ones; None before there is one."""
    written = {level: stages[level].rows or 0 for level in recipe.levels}
    if not sum(written.values()):
        return None
    curate, answers, verify = stages["curate"], stages["answers"], stages["verify"]
    if curate.rows is None:
        return flow_chart("Questions", [Step("Questions written", sum(written.values()))])
    kept = rows_by_level(files_of([run.stage("curate")]))
    parts = tuple((level, kept[level]) for level in recipe.levels)
    steps = [_step("Questions written", sum(written.values()), parts, reasons(curate.rejected), curate)]
    if verify.rows is None:
        return flow_chart("Questions", [*steps, Step("Distinct questions", curate.rows)])
    accepted = rows_by_level(files_of([run.stage("verify")]))
    parts = tuple((level, accepted[level]) for level in recipe.levels)
    refused = Counter(answers.rejected) + Counter(verify.rejected)
    steps.append(_step("Distinct questions", curate.rows, parts, reasons(refused), verify))
    steps.append(Step("Verified questions", verify.rows))
    return flow_chart("Questions", steps)


def _step(
    label: str, rows: int, parts: tuple[tuple[str, int], ...], lost: tuple[tuple[str, int], ...], stage: Stage
) -> Step:
    """A step, with what a stage that is under way has not reached."""
    ahead = rows - sum(count for _, count in parts) - sum(count for _, count in lost)
    waiting = (("not reached yet", ahead),) if stage.state == "part" and ahead > 0 else ()
    return Step(label, rows, parts, (*((name, count) for name, count in lost if count > 0), *waiting))


def reasons(rejected: dict[str, int] | Counter[str]) -> tuple[tuple[str, int], ...]:
    """Reasons as words, the rarest first, so that the widest branch of a flow turns off last and lowest."""
    return tuple((name.replace("_", " "), count) for name, count in sorted(rejected.items(), key=lambda x: -x[1]))


def rejections(run: RunFolder, stages: Iterable[Stage]) -> list[dict[str, Any]]:
    """Each reason of each stage with its count and the first examples; nothing is read once the examples are there."""
    told = []
    for stage in stages:
        found: dict[str, list[dict[str, str]]] = {reason: [] for reason in stage.rejected}
        for row in _rejected_rows(run.stage(stage.name)):
            examples = found.setdefault(row["reason"], [])
            if len(examples) < EXAMPLES:
                examples.append({"id": row["id"], "detail": " ".join((row["detail"] or "").split())[:DETAIL_CHARS]})
            if all(len(found[reason]) >= min(EXAMPLES, count) for reason, count in stage.rejected.items()):
                break
        told += [
            {"stage": stage.name, "reason": reason.replace("_", " "), "count": count, "examples": found[reason]}
            for reason, count in sorted(stage.rejected.items(), key=lambda item: (-item[1], item[0]))
        ]
    return told


def _rejected_rows(folder: StageFolder) -> Iterable[dict[str, Any]]:
    for batch in batches(rejected_files(folder), ["id", "reason", "detail"]):
        yield from batch.to_pylist()


def rejected_files(folder: StageFolder) -> list[Path]:
    """The files of rejections of a stage's finished shards."""
    paths = [folder.path / f"{shard}.rejected.parquet" for shard in folder.shards()]
    return [path for path in paths if path.exists()]


def paid(run: RunFolder) -> dict[str, Any] | None:
    """What the ledger counted over all sessions; None where the run has none.

    Raises:
        StoreError: It is of another version, or cannot be read.
    """
    import sqlite3
    from contextlib import closing
    from dataclasses import asdict

    from ...builder.endpoints.ledger import ledger_file, open_read_only, total
    from ...builder.errors import StoreError

    file = ledger_file(run.path)
    if not file.is_file():
        return None
    try:
        with closing(open_read_only(file)) as connection:
            tally = total(connection)
    except sqlite3.Error as error:
        raise StoreError(f"{file}: not a ledger that can be read: {error}") from error
    return asdict(tally) | {"resent": max(tally.resent, 0), "failed": tally.failed}
