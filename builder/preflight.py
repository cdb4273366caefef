"""What a recipe names is looked at before anything is paid for: no build ends in its last hour for want of a file."""

from __future__ import annotations

from pathlib import Path

from .concept_names import read_aliases
from .curate.benchmarks import read_benchmarks
from .curate.stage import earlier_files
from .domains import DOMAINS
from .errors import RecipeError
from .filter.embedders import embedder_of
from .filter.ratings import read_ratings
from .filter.syllabus import read_syllabus
from .recipe import Recipe
from .sandbox import require_sandbox


def preflight(recipe: Recipe) -> None:
    """Read every file that a later stage of the build will need, load what embeds questions, and confine a program.

    Raises:
        RecipeError: The domain is unknown or forbids another key, or a file is missing or not what it should be.
        CorpusError: The file of ratings is not what it should be.
        SandboxUnavailable: Answers are programs, and this machine cannot confine one.
    """
    if recipe.domain not in DOMAINS:
        raise RecipeError(f"domain: '{recipe.domain}' is not a domain; known domains: {', '.join(DOMAINS)}")
    if DOMAINS[recipe.domain].answers == "code":
        if recipe.answers.debate_rounds:
            raise RecipeError(f"answers.debate_rounds: programs are tested, not debated; '{recipe.domain}' needs 0")
        require_sandbox()
    if recipe.filter is not None:
        if recipe.filter.syllabus not in ("domain", "model"):
            read_syllabus(Path(recipe.filter.syllabus))
        if recipe.filter.ratings is not None:
            read_ratings(Path(recipe.filter.ratings))
    read_aliases(recipe.graph.aliases)
    read_benchmarks(recipe.curate.benchmarks)
    earlier_files(recipe.curate.earlier)
    if recipe.curate.meaning_threshold is not None and recipe.curate.embedder is not None:
        embedder_of(recipe.curate.embedder)
