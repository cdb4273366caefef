"""How a dataset was made, written beside it: recipe, manifests of the stages, prompts, models and package versions.

dataset/provenance/recipe.yaml           the recipe with every default
dataset/provenance/stages/NAME.json      the manifest of each stage
dataset/provenance/prompts/NAME.md       the wording of each prompt
dataset/provenance/made.json             prompt hashes, models, package versions
dataset/provenance/diversity.json        how alike the questions are (eval/diversity_run.py); written with the figures
"""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
from collections.abc import Iterable
from pathlib import Path

from .. import __version__
from .answers import PROMPTS as ANSWER_PROMPTS
from .concepts import PROMPT as CONCEPTS_PROMPT
from .domains import DOMAINS
from .installed import package_license
from .levels import LEVELS
from .levels.questions import worded
from .prompts import prompt_hash
from .recipe import Recipe
from .store import RunFolder, write_json, write_text

DIVERSITY = "provenance/diversity.json"
SHAPE_THE_DATA = (
    "datasets",
    "math-verify",
    "numba",
    "numpy",
    "polars",
    "pyarrow",
    "scikit-learn",
    "scipy",
    "sympy",
)


def prompts_of(recipe: Recipe) -> dict[str, str]:
    """The wording of every prompt that a run of the recipe uses, by stage."""
    levels = {level: worded(LEVELS[level].prompt, recipe.domain) for level in recipe.levels}
    return {"concepts": CONCEPTS_PROMPT} | levels | {"answers": ANSWER_PROMPTS[DOMAINS[recipe.domain].answers]}


def write_provenance(run: RunFolder, recipe: Recipe, stages: Iterable[str], models: dict[str, str]) -> None:
    """Write `dataset/provenance/`.

    Args:
        stages: the stages that are done, whose manifests are copied.
        models: what wrote the questions and the answers, as the rows name them.
    """
    folder = run.path / "dataset" / "provenance"
    if folder.exists():
        shutil.rmtree(folder)
    prompts = prompts_of(recipe)
    write_text(folder / "recipe.yaml", recipe.canonical())
    for stage in stages:
        write_json(folder / "stages" / f"{stage}.json", run.stage(stage).manifest())
    for name, text in prompts.items():
        write_text(folder / "prompts" / f"{name}.md", text)
    hashes = {name: prompt_hash(text) for name, text in prompts.items()}
    write_json(folder / "made.json", {"prompts": hashes, "models": models, "packages": packages()})


def packages() -> dict[str, str]:
    """The versions of Python, of this package and of what shapes the data."""
    found: dict[str, str] = {"python": platform.python_version(), "synthllm": __version__}
    return found | {name: importlib.metadata.version(name) for name in SHAPE_THE_DATA}


def licenses_of(recipe: Recipe, sources: Iterable[str], models: Iterable[str]) -> dict[str, str]:
    """The licence of every source and model: the recipe's word, or an installed package's own."""
    known = {name: recipe.licenses.get(name) for name in (*sources, *models)}
    for name in known:
        if known[name] is None and name.startswith("symbolic-teacher"):
            known[name] = "Apache-2.0"
        elif known[name] is None and recipe.corpus.source == "installed" and name in recipe.corpus.packages:
            known[name] = package_license(name)
    return {name: text or "not stated" for name, text in known.items()}


def provenance_files(dataset: Path) -> list[Path]:
    """The files of a dataset's provenance, in order."""
    return sorted(path for path in (dataset / "provenance").rglob("*") if path.is_file())
