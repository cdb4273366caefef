"""The closing table of a run: rows in and out, rejections by reason, requests, tokens, cost, seconds."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from .errors import StageError
from .recipe import EndpointRecipe, Recipe
from .store import RunFolder


def receipt(out: Path) -> str:
    """The table of a finished run, as text for this terminal."""
    from .pipeline import stages

    run = RunFolder(out)
    recipe = run.recipe()
    priced = any(map(_is_priced, (recipe.endpoint, recipe.answer_endpoint)))
    table = table_of("stage", "rows in", "rows out", "rejected", "requests", "tokens", *["cost"] * priced, "seconds")
    requests, tokens, cost, seconds = 0, 0, 0.0, 0.0
    for name in stages(recipe):
        facts = run.stage(name).manifest()
        used = facts.get("prompt_tokens", 0), facts.get("completion_tokens", 0)
        spent = cost_of(recipe, name, *used)
        row = [name, number(facts.get("rows_in")), number(facts["rows"]), _reasons(facts["rejected"])]
        row += [number(facts.get("requests")), number(sum(used) or None), *[f"{spent:,.4f}"] * priced]
        table.add_row(*row, f"{facts.get('seconds', 0):.1f}")  # a run that was killed just there has no seconds
        requests, tokens = requests + facts.get("requests", 0), tokens + sum(used)
        cost, seconds = cost + spent, seconds + facts.get("seconds", 0)
    table.add_section()
    table.add_row("all", "", "", "", number(requests), number(tokens), *[f"{cost:,.4f}"] * priced, f"{seconds:.1f}")
    lines = [as_text(table)]
    if priced:
        accepted = run.stage("dataset").manifest()["rows"]
        lines.append(f"each accepted row: {cost / accepted:,.6f}")
    return "\n".join([*lines, f"dataset: {out / 'dataset'}"])


def cost_per_row(out: Path) -> float:
    """What each accepted row of a finished run cost, at the prices of its recipe's servers.

    Raises:
        StageError: The run is not finished, or its recipe names no prices.
    """
    from .pipeline import stages

    run = RunFolder(out)
    recipe = run.recipe()
    if not run.stage("dataset").done():
        raise StageError(f"{out}: the run is not finished; run synthllm build again to continue it")
    if not any(map(_is_priced, (recipe.endpoint, recipe.answer_endpoint))):
        raise StageError(f"{out}: no prices in its recipe; set prompt_price and completion_price of its endpoint")
    manifests = {name: run.stage(name).manifest() for name in stages(recipe)}
    cost = sum(
        cost_of(recipe, name, facts.get("prompt_tokens", 0), facts.get("completion_tokens", 0))
        for name, facts in manifests.items()
    )
    return float(cost / manifests["dataset"]["rows"])


def cost_of(recipe: Recipe, stage: str, prompt_tokens: int, completion_tokens: int) -> float:
    """What the tokens of a stage cost, at the prices of the servers that it asks."""
    answering = recipe.answer_endpoint or recipe.endpoint
    endpoint = answering if stage == "answers" else recipe.endpoint
    if not isinstance(endpoint, EndpointRecipe):
        return 0.0
    return (prompt_tokens * endpoint.prompt_price + completion_tokens * endpoint.completion_price) / 1e6


def _is_priced(endpoint: Literal["embedded"] | EndpointRecipe | None) -> bool:
    return isinstance(endpoint, EndpointRecipe) and bool(endpoint.prompt_price or endpoint.completion_price)


def _reasons(rejected: dict[str, int]) -> str:
    return ", ".join(f"{reason} {count:,}" for reason, count in rejected.items())


def table_of(*columns: str) -> Table:
    """A table whose columns of numbers stand to the right."""
    table = Table(pad_edge=False)
    for name in columns:
        table.add_column(name, justify="left" if name in ("stage", "rejected", "") else "right")
    return table


def as_text(table: Table) -> str:
    """A table as text, as wide as the terminal, 120 columns where there is none."""
    console = Console(file=io.StringIO(), width=shutil.get_terminal_size((120, 24)).columns)
    console.print(table)
    written: Any = console.file
    return str(written.getvalue()).rstrip()


def number(value: int | None) -> str:
    """A number with its thousands apart, or nothing."""
    return "" if value is None else f"{value:,}"
