"""The command line: few verbs, the recipe or the run as the argument, progress on stderr, results on stdout."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from ..eval.commands import compare_command, diversity, evaluate_command, report, results_command, scaling
from ..train.commands import ladder_command, push_model_command, train_command
from .endpoints.commands import ledger, ping
from .errors import SynthLLMError
from .filter.commands import filter_documents, push_filter, scan_corpus, show_filter
from .graph_commands import graph
from .release_commands import diff, push
from .teacher.commands import teacher_command

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Turn web text into verified training data, train on it, and measure what more of it would buy.",
)
Out = Annotated[Path, typer.Option("--out", help="The run folder; running again continues there.")]
RunDir = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")]


@app.callback()
def main_options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options of every command."""
    context.obj = debug


def build(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="A recipe, such as recipes/build/quickstart.yaml.")],
    out: Out = Path("runs/build"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the stages and what they will ask for.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="STAGE", help="Stop after this stage, such as `curate`, before answers are paid for."
        ),
    ] = None,
    checkpoint: Annotated[
        str | None,
        typer.Option("--checkpoint", metavar="REPO@BRANCH", help="Push finished shards there as the build goes on."),
    ] = None,
    checkpoint_every_s: Annotated[
        float, typer.Option("--checkpoint-every", min=0.1, help="Seconds between checkpoints.")
    ] = 600.0,
    resume_from: Annotated[
        str | None,
        typer.Option("--resume-from", metavar="REPO@BRANCH", help="Go on from the checkpoints of another machine."),
    ] = None,
) -> None:
    """Build a dataset: from corpus to verified questions and their card.

    Example: synthllm build recipes/build/quickstart.yaml --out runs/quickstart
    """
    import asyncio

    from .recipe import load_recipe

    loaded = load_recipe(recipe)
    if dry_run:
        from .forecast import forecast

        typer.echo(forecast(loaded, out))
        return
    from .checkpoints import checkpoints, resume
    from .pipeline import build as build_run
    from .pipeline import stages
    from .progress import StageProgress
    from .receipt import receipt
    from .release_commands import note

    if resume_from is not None:
        note(f"{resume_from}: {resume(resume_from, loaded, out, note):,} files brought to {out}")
    try:
        with checkpoints(checkpoint, loaded, out, list(stages(loaded)), checkpoint_every_s, note):
            built = asyncio.run(build_run(loaded, out, StageProgress(quiet), until))
    except KeyboardInterrupt:
        typer.echo(f"stopped; what is finished is in {out}, run the same command again to go on", err=True)
        raise typer.Exit(130) from None
    if until is not None and not (out / "dataset" / "stage.json").exists():
        typer.echo(
            f"{out}: {'stopped after' if built else 'finished already up to'} {until}; to go on, leave out --until"
        )
        return
    if not built:
        typer.echo(f"{out}: finished already, nothing to do; the dataset is in {out / 'dataset'}")
        return
    typer.echo(receipt(out))


def sample(
    run: RunDir,
    level: Annotated[str | None, typer.Option("--level", help="Only this level.")] = None,
    rows: Annotated[int, typer.Option("--rows", min=1, help="Rows per level.")] = 3,
    seed: Annotated[int, typer.Option("--seed", help="Which rows.")] = 0,
) -> None:
    """Show rows of a run's dataset as a person reads them.

    Example: synthllm sample runs/quickstart --level level3 --rows 20
    """
    from .reading import sample_rows

    for text in sample_rows(run, level, rows, seed):
        typer.echo(text)


def explain(
    run: RunDir,
    question: Annotated[str, typer.Argument(metavar="ID", help="The id of a question, as `synthllm sample` shows it.")],
    full: Annotated[bool, typer.Option("--full", help="Show passages, prompts and replies whole.")] = False,
) -> None:
    """Show where a question came from: passages, concepts, walk, prompts, votes, verdict, cost.

    Example: synthllm explain runs/quickstart level3-0123456789abcdef
    """
    import asyncio

    from .explain import explain_question

    typer.echo(asyncio.run(explain_question(run, question, full)))


COMMANDS: dict[str, dict[str, Callable[..., None]]] = {
    "Build a dataset": {
        "build": build,
        "sample": sample,
        "explain": explain,
        "graph": graph,
        "report": report,
    },
    "Filter a corpus": {
        "filter": filter_documents,
        "scan": scan_corpus,
        "show-filter": show_filter,
        "push-filter": push_filter,
    },
    "Release": {"push": push, "diff": diff},
    "Train": {"train": train_command, "ladder": ladder_command, "push-model": push_model_command},
    "Measure": {
        "eval": evaluate_command,
        "compare": compare_command,
        "results": results_command,
        "diversity": diversity,
        "scaling": scaling,
    },
    "Servers": {"ping": ping, "ledger": ledger, "teacher": teacher_command},
}
"""Every command, in the groups and the order of `synthllm --help`."""

for group, commands in COMMANDS.items():
    for name, command in commands.items():
        app.command(name, rich_help_panel=group)(command)


def main() -> None:
    """Run the command line; an error that a user can cause is one line, and exit code 2."""
    debug = "--debug" in sys.argv
    try:
        app(standalone_mode=True)
    except SynthLLMError as error:
        if debug:
            raise
        typer.echo(f"synthllm: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
