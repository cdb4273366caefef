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


def push_model_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a finished training.")],
    repository: Annotated[str, typer.Argument(metavar="USER/NAME", help="The model's repository on the Hub.")],
    version: Annotated[str, typer.Option("--version", help="MAJOR.MINOR.PATCH, above what the branch holds.")],
    dataset: Annotated[
        list[str] | None,
        typer.Option(
            "--dataset",
            metavar="[SOURCE=]USER/NAME@VERSION",
            help="The release of data that were trained on from local files; it is compared with them.",
        ),
    ] = None,
    results: Annotated[
        list[Path] | None,
        typer.Option("--results", metavar="FOLDER", help="The folder of `synthllm eval` with results for the card."),
    ] = None,
    base_model: Annotated[
        str | None, typer.Option("--base-model", help="The Hub's name of a base model that was loaded from a folder.")
    ] = None,
    branch: Annotated[str, typer.Option("--branch", help="The branch to release on.")] = "main",
    create_pr: Annotated[bool, typer.Option("--create-pr", help="Propose the release as a pull request.")] = False,
    private: Annotated[
        bool, typer.Option("--private", help="Only you and your organisation see the repository.")
    ] = False,
    gated: Annotated[
        str | None, typer.Option("--gated", help="Ask readers to agree first: `auto` or `manual`.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the change, and write nothing.")] = False,
) -> None:
    """Release a trained model: one commit with weights, tokenizer, card and recipe, and a tag on it.

    An interrupted push continues when it is run again. The token is that of `hf auth login` or HF_TOKEN.

    Example: synthllm push-model runs/sft/laptop USER/NAME --version 1.0.0 --dataset USER/ROWS@1.0.0
    """
    from ..builder.hub import open_hub
    from ..builder.release_commands import carry_out, check_wanted, note
    from ..builder.release_head import Wanted
    from .push import model_plan, trained

    wanted = Wanted(repository, version, branch, create_pr, private, gated, kind="model")
    check_wanted(wanted)
    api = open_hub()
    model = trained(api, run, dataset or [], base_model, note, results or [])
    carry_out(api, wanted, model.digest(), lambda head: model_plan(api, wanted, model, head, note), dry_run=dry_run)
