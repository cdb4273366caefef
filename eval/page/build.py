"""The sections of a build's page, from what its run folder holds; a run that is under way has what is there so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...builder.domains import DOMAINS
from ...builder.errors import StoreError
from ...builder.levels import LEVELS
from ...builder.provenance import prompts_of
from ...builder.recipe import Recipe
from ...builder.store import RunFolder
from .concepts import concept_map, load_graph
from .contamination import contamination_facts
from .diversity import diversity_facts
from .document import amount, percent, thousands
from .documents import Numbered, document_table
from .quality import quality_facts
from .questions import Shown, shown_questions
from .reading import files_of
from .selection import filter_facts
from .stages import Stage, document_flow, paid, priced, question_flow, rejections, stages_of

READS = {"documents": "documents", "combinations": "combinations", "level1": "questions"}
Told = tuple[str, str, dict[str, Any]]
"""A section's name, title and facts."""


def build_sections(
    run: RunFolder, questions: int, concepts: int, seed: int, note: Callable[[str], None]
) -> tuple[dict[str, Any], list[Told]]:
    """What the head of the page says, and its sections.

    Raises:
        StoreError: A file of the run is damaged.
        RecipeError: The folder's recipe is no recipe of a build.
    """
    recipe = run.recipe()
    stages = stages_of(run, recipe)
    if all(stage.state == "missing" for stage in stages.values()):
        raise StoreError(f"{run.path}: a build of which no shard is finished yet; run synthllm build to go on with it")
    documents = Numbered()
    graph, problem = None, None
    try:
        graph = load_graph(run.stage("graph").path)
    except StoreError as error:  # one of an older version: everything else can be shown
        problem = str(error)
        note(f"no map of concepts: {problem}")
    on_map = None
    if graph is not None:
        note(f"drawing {min(concepts, len(graph.names)):,} of {len(graph.names):,} concepts")
        on_map = concept_map(graph, concepts, seed, documents)
    place = {name: node for node, name in enumerate(on_map["names"])} if on_map else {}

    def node_of(name: str) -> int:
        number = graph.number(name) if graph is not None else -1
        return -1 if graph is None or number < 0 else place.get(graph.names[number], -1)

    shown = shown_questions(run, recipe.levels, questions, seed, node_of, documents)
    note(f"{shown.count:,} of {shown.total:,} questions")
    quality = quality_facts(files_of([run.stage("verify")]), recipe.levels)
    blocks: dict[str, Any] = {"documents": document_table(run, documents)}
    if on_map is not None:
        blocks["concepts"] = on_map
    if shown.count:
        blocks["questions"] = shown.data
        blocks |= {f"answers-{number}": chunk for number, chunk in enumerate(shown.chunks)}
    code = recipe.domain in DOMAINS and DOMAINS[recipe.domain].answers == "code"
    sections: list[Told] = [
        (
            "flow",
            "Flow",
            {
                "documents": document_flow(stages, recipe),
                "questions": question_flow(run, stages, recipe),
                "levels": recipe.levels,
                "reads": {level: READS[LEVELS[level].reads] for level in recipe.levels},
                "stages": stages,
                "rejections": rejections(run, stages.values()),
            },
        ),
        ("cost", "Tokens and cost", _cost(run, recipe, stages)),
        ("filter", "Filter", {"filter": filter_facts(run.stage("filter").path), "asked": recipe.filter is not None}),
        ("concepts", "Concepts", {"map": on_map, "problem": problem}),
        ("questions", "Questions", {"shown": shown, "levels": recipe.levels, "seed": seed}),
        (
            "votes",
            "Votes and agreement",
            {"quality": quality, "recipe": recipe.answers, "code": code, "numbers": _numbers(quality)},
        ),
        ("lengths", "Lengths and subjects", {"quality": quality}),
        ("diversity", "Diversity", diversity_facts(run.path, recipe.levels)),
        ("decontamination", "Decontamination", _contamination(run, recipe, stages["curate"], seed)),
        ("made", "How it was made", _made(run, recipe, stages)),
    ]
    head = {
        "title": recipe.name,
        "kind": f"{DOMAINS[recipe.domain].title} build" if recipe.domain in DOMAINS else "build",
        "figures": _figures(recipe, stages, quality, shown),
        "missing": [stage.name for stage in stages.values() if stage.state != "done"],
        "blocks": blocks,
    }
    return head, sections


def _figures(
    recipe: Recipe, stages: dict[str, Stage], quality: dict[str, Any], shown: Shown
) -> list[tuple[str, str, str]]:
    """The numbers at the top of the page: each with what it counts and a remark."""
    rows = sum(level["rows"] for level in quality["levels"].values())
    figures: list[tuple[str, str, str]] = []
    corpus, kept = stages["corpus"], stages["filter"]
    if corpus.rows is not None:
        of = f"kept of {corpus.rows:,}" if kept.rows is not None else "read"
        figures.append((thousands(corpus.rows if kept.rows is None else kept.rows), "documents", of))
    if rows:
        levels = ", ".join(f"{level['rows']:,}" for level in quality["levels"].values())
        figures.append((thousands(rows), "verified questions", f"{levels} by level"))
        agreed = sum(level["agreement"] * level["rows"] for level in quality["levels"].values()) / rows
        votes = sum(level["mean_votes"] * level["rows"] for level in quality["levels"].values()) / rows
        figures.append((percent(agreed, 1), "mean agreement", f"of {votes:.1f} answers each"))
    elif shown.total:
        figures.append((thousands(shown.total), "questions", "not verified yet"))
    tokens = sum(stage.prompt_tokens + stage.completion_tokens for stage in stages.values())
    if tokens:
        requests = sum(stage.requests or 0 for stage in stages.values())
        figures.append((amount(tokens), "tokens", f"in {requests:,} requests"))
    if priced(recipe):
        cost = sum(stage.cost for stage in stages.values())
        figures.append((f"{cost:,.2f}", "cost", f"{cost / rows:,.6f} each question" if rows else "so far"))
    return figures


def _numbers(quality: dict[str, Any]) -> list[int]:
    """How many answers voted on a question, every number that occurs."""
    return sorted({number for level in quality["levels"].values() for number in level["votes"]})


def _cost(run: RunFolder, recipe: Recipe, stages: dict[str, Stage]) -> dict[str, Any]:
    asking = [stage for stage in stages.values() if stage.requests]
    accepted = stages["verify"].rows
    return {
        "stages": asking,
        "most": max((stage.prompt_tokens + stage.completion_tokens for stage in asking), default=1) or 1,
        "priced": priced(recipe),
        "accepted": accepted,
        "cost": sum(stage.cost for stage in asking),
        "tokens": sum(stage.prompt_tokens + stage.completion_tokens for stage in asking),
        "paid": paid(run),
    }


def _contamination(run: RunFolder, recipe: Recipe, curate: Stage, seed: int) -> dict[str, Any]:
    return {
        "state": curate.state,
        "asked": bool(recipe.curate.benchmarks),
        **contamination_facts(run, recipe, curate, seed),
    }


def _made(run: RunFolder, recipe: Recipe, stages: dict[str, Stage]) -> dict[str, Any]:
    models = {stage.name: stage.facts["model"] for stage in stages.values() if stage.facts.get("model")}
    return {
        "recipe": recipe.canonical(),
        "fingerprint": recipe.fingerprint(),
        "models": models,
        "prompts": prompts_of(recipe),
        "hashes": {stage.name: stage.facts["prompt_hash"] for stage in stages.values() if "prompt_hash" in stage.facts},
        "seconds": {stage.name: stage.seconds for stage in stages.values() if stage.seconds is not None},
        "symbolic": any(model.startswith("symbolic-teacher") for model in models.values()),
        "folder": str(run.path),
    }
