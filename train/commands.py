"""The commands of training, for the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Accelerate = Annotated[
    Path | None,
    typer.Option("--accelerate", help="A configuration of accelerate, such as recipes/accelerate/fsdp2.yaml."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")]


def train_command(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="A recipe, such as recipes/sft/laptop.yaml.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="The folder of the training; running again continues.")
    ] = None,
    accelerate: Accelerate = None,
    quiet: Quiet = False,
) -> None:
    """Train a recipe: fine-tuning, or continued pre-training where the recipe names formats.

    Example: synthllm train recipes/sft/laptop.yaml --out runs/sft/laptop
    """
    from .command_line import default_out, finished, is_pretraining

    folder = out or default_out(recipe)
    pretraining = is_pretraining(recipe)
    if accelerate is not None:
        import subprocess
        import sys

        module = "synthllm.train.pretrain" if pretraining else "synthllm.train.sft"
        launcher = [sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch", "--config_file"]
        arguments = ["--config", str(recipe), "--out", str(folder), *(["--quiet"] if quiet else [])]
        done = subprocess.run([*launcher, str(accelerate), "-m", module, *arguments], check=False)
        raise typer.Exit(done.returncode)
    if pretraining:
        from .pretrain import train
        from .recipe import load_pretrain

        summary = train(load_pretrain(recipe), folder, quiet)
    else:
        from .recipe import load_sft
        from .sft import train as fine_tune

        summary = fine_tune(load_sft(recipe), folder, quiet)
    typer.echo(finished(summary, folder), nl=False)


def ladder_command(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="A ladder, such as recipes/sft/ladder-cpu.yaml.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="The folder of the ladder; running again continues.")
    ] = None,
    accelerate: Accelerate = None,
    quiet: Quiet = False,
) -> None:
    """Train one model per size and per model, measure each, and write points.csv for `synthllm scaling`.

    Example: synthllm ladder recipes/sft/ladder-cpu.yaml --out runs/ladder-cpu
    """
    from .ladder import climb, load_ladder

    folder = out or Path("runs") / recipe.stem
    written = climb(
        load_ladder(recipe),
        folder,
        accelerate,
        (lambda line: None) if quiet else lambda line: typer.echo(line, err=True),
    )
    typer.echo(written.read_text(encoding="utf-8"), nl=False)
    typer.echo(f"points: {written}", err=True)
