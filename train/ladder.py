"""A ladder: one training per model and number of rows, each measured on the same held-out rows, and points for the law.

    synthllm ladder recipes/sft/ladder-cpu.yaml --out runs/ladder-cpu
    synthllm scaling runs/ladder-cpu/points.csv

OUT/MODEL/ROWS/     a training, as train/sft.py writes it; one that is finished is not run again
OUT/points.csv      model, parameters, samples, tokens, error_rate, loss: one line per training, written after each

Subsets are nested and the rows held out are the same at every size. Each training is a process of its own, started by
accelerate where a configuration is given.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from ..builder.errors import TrainingError
from ..builder.recipe import Section, load_typed
from ..builder.store import read_json, write_text
from .recipe import DataRecipe, HeldOutRecipe, ModelRecipe, SftRecipe, TrainingRecipe

COLUMNS = ("model", "parameters", "samples", "tokens", "error_rate", "loss")


class LadderRecipe(Section):
    """Trainings that differ in the model and in the number of rows alone."""

    name: str = Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]*$")
    seed: NonNegativeInt = 0
    models: dict[str, ModelRecipe] = Field(min_length=1)
    rows: tuple[PositiveInt, ...] = Field(
        (100_000, 200_000, 400_000, 800_000, 1_600_000, 3_200_000, 7_400_000), description="the paper's sizes"
    )
    data: DataRecipe
    training: TrainingRecipe = TrainingRecipe()
    evaluation: HeldOutRecipe = HeldOutRecipe()

    @model_validator(mode="after")
    def _measurable(self) -> LadderRecipe:
        if self.data.held_out_of == 0:
            raise ValueError("data.held_out: a ladder is measured on rows held out; set it, to 1000 for instance")
        if self.data.rows is not None or self.data.tokens is not None:
            raise ValueError("data.rows: the ladder sets it; name the sizes under rows")
        if len(set(self.rows)) < len(self.rows):
            raise ValueError("rows: a size stands there twice")
        return self

    def point(self, model: str, rows: int) -> SftRecipe:
        """The training of one model on one number of rows."""
        return SftRecipe(
            name=f"{self.name}-{model}-{rows}",
            seed=self.seed,
            model=self.models[model],
            data=self.data.model_copy(update={"rows": rows}),
            training=self.training,
            evaluation=self.evaluation,
        )


def load_ladder(path: Path) -> LadderRecipe:
    """Read a recipe of a ladder.

    Raises:
        RecipeError: The file is missing or not YAML, a key is unknown, or a value is wrong.
    """
    return load_typed(path, LadderRecipe, "recipes/sft/", "'name', 'models' and 'rows'")


def climb(
    recipe: LadderRecipe, out: Path, accelerate: Path | None = None, say: Callable[[str], None] = lambda line: None
) -> Path:
    """Train every point that is not finished, the small ones first; the file of points.

    Args:
        accelerate: a configuration of accelerate to start each training with.

    Raises:
        TrainingError: A training failed; what it wrote on stderr says why. Those before it are kept.
    """
    for rows in sorted(recipe.rows):
        for model in recipe.models:
            folder = out / model / str(rows)
            if (folder / "summary.json").exists():
                say(f"{model}, {rows:,} rows: finished already")
            else:
                say(f"{model}, {rows:,} rows ...")
                _train(recipe.point(model, rows), folder, accelerate)
            summary = read_json(folder / "summary.json")
            say(f"{model}, {rows:,} rows: {_measures(summary)}")
            write_text(out / "points.csv", points(recipe, out))
    return out / "points.csv"


def _train(recipe: SftRecipe, folder: Path, accelerate: Path | None) -> None:
    config = folder.parent / f"{folder.name}.yaml"
    write_text(config, recipe.canonical())
    launcher = [sys.executable]
    if accelerate is not None:
        launcher += ["-m", "accelerate.commands.accelerate_cli", "launch", "--config_file", str(accelerate)]
    command = [*launcher, "-m", "synthllm.train.sft", "--config", str(config), "--out", str(folder)]
    with (folder.parent / f"{folder.name}.err").open("w", encoding="utf-8") as errors:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=errors, check=False)
    if done.returncode:
        lines = Path(errors.name).read_text(encoding="utf-8").strip().splitlines()
        why = next((line for line in reversed(lines) if line.startswith("synthllm: ")), lines[-1] if lines else "")
        raise TrainingError(f"{recipe.name}: {why.removeprefix('synthllm: ')} (all of it: {errors.name})")


def points(recipe: LadderRecipe, out: Path) -> str:
    """The finished points as CSV, by model and size; a value that was not measured stays empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for model in recipe.models:
        for rows in sorted(recipe.rows):
            path = out / model / str(rows) / "summary.json"
            if path.exists():
                summary = read_json(path)
                after = summary["after"]
                error = 1 - after["accuracy"] if "accuracy" in after else ""
                writer.writerow(
                    [model, summary["parameters"], summary["rows"], summary["tokens"], error, after.get("loss", "")]
                )
    return text.getvalue()


def _measures(summary: dict[str, Any]) -> str:
    from .evaluation import in_words

    return f"{in_words(summary['after'])}; {summary['train_s']:,.0f} s"
