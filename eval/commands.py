"""The commands of measuring, for the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def scaling(
    points: Annotated[Path, typer.Argument(metavar="POINTS", help="CSV with model, tokens, error_rate.")],
    out: Annotated[Path, typer.Option("--out", help="Folder of laws.json, scaling.svg and scaling.png.")] = Path(
        "scaling"
    ),
    shared_beta: Annotated[bool, typer.Option("--shared-beta", help="One exponent for all models.")] = False,
    price_per_row: Annotated[
        float | None, typer.Option("--price-per-row", min=0, help="What one more row of data costs.")
    ] = None,
    tokens_per_row: Annotated[
        float | None, typer.Option("--tokens-per-row", min=1, help="Training tokens of a row; needed for costs.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the bootstrap.")] = 0,
) -> None:
    """Fit the rectified scaling law to measured points: parameters, intervals, a plan and a figure.

    Example: synthllm scaling runs/ladder-cpu/points.csv --out scaling/
    """
    import orjson

    from ..builder.errors import PointsError
    from ..builder.store import write_text
    from .figures import draw_scaling
    from .scaling_plan import in_words, read_points, report, study

    if (price_per_row is None) != (tokens_per_row is None):
        raise PointsError("--price-per-row and --tokens-per-row: a cost needs both, one was given")
    studies = study(read_points(points), shared_beta, seed)
    told = [report(one, price_per_row, tokens_per_row) for one in studies]
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / "laws.json", orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
    drawn = draw_scaling(studies, out)
    typer.echo("\n".join(in_words(one) for one in told))
    typer.echo("\n".join(f"figure: {path}" for path in drawn), err=True)


def report(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a build, a ladder or an evaluation.")],
    out: Annotated[Path | None, typer.Option("--out", help="The file; RUN/report.html where left out.")] = None,
    questions: Annotated[
        int, typer.Option("--questions", min=1, help="The most questions on the page; of more, a sample by --seed.")
    ] = 10_000,
    concepts: Annotated[
        int, typer.Option("--concepts", min=1, help="The most concepts on the map; of more, the commonest.")
    ] = 3_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of samples, and of the map.")] = 0,
) -> None:
    """Write one HTML page about a run, which needs nothing else: no network, no server.

    Example: synthllm report runs/quickstart
    """
    from .report import write_report

    def note(text: str) -> None:
        typer.echo(text, err=True)

    written = write_report(folder, out or folder / "report.html", questions, concepts, seed, note)
    typer.echo(f"{written}: {written.stat().st_size / 2**20:.1f} MiB; open it in a browser")


def evaluate_command(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="A recipe, such as recipes/eval/math.yaml.")],
    model: Annotated[
        str | None,
        typer.Option("--model", help="A folder, an id of the Hub, the URL of a server, or `embedded`."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The folder of the evaluation; running again continues.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of task files, NAME/test.jsonl, in place of the Hub.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="So many questions of each task.")] = None,
    revision: Annotated[str | None, typer.Option("--revision", help="Of a model of the Hub.")] = None,
    served: Annotated[str | None, typer.Option("--served", help="Which model, where a server has several.")] = None,
    token_env: Annotated[
        str | None, typer.Option("--token-env", help="Environment variable with the token of the server.")
    ] = None,
    card: Annotated[
        Path | None, typer.Option("--card", help="A model card, README.md, to write the results into.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be asked.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
) -> None:
    """Evaluate a model: accuracy per task with standard errors, beside the paper's.

    Example: synthllm eval recipes/eval/math.yaml --model USER/NAME --out runs/eval/NAME
    """
    import asyncio

    from ..builder.progress import StageProgress
    from .loading import files_in
    from .models import choose
    from .recipe import load_eval

    loaded = load_eval(recipe)
    changes: dict[str, object] = {} if limit is None else {"limit": limit}
    if data is not None:
        changes["files"] = loaded.files | files_in(data, loaded.tasks)
    loaded = loaded.model_copy(update=changes)
    if dry_run:
        from .forecast import forecast

        typer.echo(forecast(loaded))
        return
    from .results import details, table
    from .run import evaluate

    choice = choose(model, loaded, revision, served, token_env)
    folder = out or Path("runs") / "eval" / loaded.name
    try:
        results = asyncio.run(evaluate(loaded, choice, folder, StageProgress(quiet)))
    except KeyboardInterrupt:
        typer.echo(f"stopped; what was answered is in {folder}, run the same command again to go on", err=True)
        raise typer.Exit(130) from None
    typer.echo(details(results))
    typer.echo(table([results]))
    if card is not None:
        from .results import write_card

        write_card(card, results)
        typer.echo(f"card: {card}", err=True)
    typer.echo(f"results: {folder / 'results.json'}", err=True)


def compare_command(
    a: Annotated[Path, typer.Argument(metavar="A", help="The folder of an evaluation.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="Another, of the same questions.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the bootstrap.")] = 0,
    out: Annotated[Path | None, typer.Option("--out", help="A JSON file for the numbers.")] = None,
) -> None:
    """Compare two evaluated models on the same questions: paired differences with intervals and an exact test.

    Example: synthllm compare runs/eval/base runs/eval/trained
    """
    from ..builder.store import write_json
    from .compare import compare, in_words

    found = compare(a, b, seed)
    if out is not None:
        write_json(out, found.as_dict())
    typer.echo(in_words(found))


def results_command(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER", help="Folders of evaluations.")],
) -> None:
    """Show evaluated models in one table, above the paper's numbers.

    Example: synthllm results runs/eval/base runs/eval/trained
    """
    from .results import read_results, table

    typer.echo(table([read_results(folder) for folder in folders]))
