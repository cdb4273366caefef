"""The command line that `accelerate launch -m` starts: a recipe and a folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import yaml

from ..builder.errors import SynthLLMError
from .launch import is_main

AnyRecipe = TypeVar("AnyRecipe")


def run_module(
    module: str,
    load: Callable[[Path], AnyRecipe],
    train: Callable[[AnyRecipe, Path, bool], dict[str, Any]],
    arguments: list[str] | None,
) -> None:
    """Read the recipe and train it; an error that a user can cause is one line on stderr, and exit code 2."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description="Train a recipe.")
    parser.add_argument("--config", type=Path, required=True, help="the recipe")
    parser.add_argument("--out", type=Path, help="the folder of the training; runs/NAME of the recipe by default")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    options = parser.parse_args(arguments)
    try:
        recipe = load(options.config)
        summary = train(recipe, options.out or default_out(options.config), options.quiet)
    except SynthLLMError as error:
        if options.debug:
            raise
        if is_main():
            sys.stderr.write(f"synthllm: {error}\n")
        sys.exit(2)
    if is_main():
        sys.stdout.write(finished(summary, options.out or default_out(options.config)))


def default_out(config: Path) -> Path:
    """Where a recipe trains to when nothing else is said: runs/FOLDER/NAME after recipes/FOLDER/NAME.yaml."""
    return Path("runs") / config.resolve().parent.name / config.stem


def is_pretraining(config: Path) -> bool:
    """Whether a recipe is one of continued pre-training: whether it names formats.

    A file that cannot be read is none; reading it as a recipe says what is wrong with it.
    """
    try:
        loaded = yaml.safe_load(config.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        return False
    return isinstance(loaded, dict) and "formats" in loaded


def finished(summary: dict[str, Any], out: Path) -> str:
    """The result of a training in words."""
    from .evaluation import in_words

    def parts(when: str) -> str:
        found = summary[when]
        sources, levels = found.get("by_source", {}), found.get("by_level", {})
        if len(sources) > 1:
            return "".join(f"        {source}: {in_words(one)}\n" for source, one in sources.items())
        return "".join(f"        {level}: {n} of {asked}\n" for level, (n, asked) in levels.items() if len(levels) > 1)

    return (
        f"{summary['name']}: {summary['parameters']:,} parameters, {summary['rows']:,} rows, "
        f"{summary['steps']:,} steps in {summary['train_s']:,.0f} s\n"
        f"before: {in_words(summary['before'])}\n{parts('before')}"
        f"after:  {in_words(summary['after'])}\n{parts('after')}model: {out / 'model'}\n"
    )
