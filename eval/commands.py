"""The commands of measuring, for the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def scaling(
    points: Annotated[Path, typer.Argument(metavar="POINTS", help="CSV with model, tokens, error_rate.")],
    out: Annotated[Path, typer.Option("--out", help="Folder of laws.json and of the figures.")] = Path("scaling"),
    measure: Annotated[str, typer.Option("--measure", help="The column that is fitted: error_rate or loss.")] = (
        "error_rate"
    ),
    shared_beta: Annotated[bool, typer.Option("--shared-beta", help="One exponent for all models.")] = False,
    price_per_row: Annotated[
        float | None, typer.Option("--price-per-row", min=0, help="What one more row of data costs.")
    ] = None,
    tokens_per_row: Annotated[
        float | None,
        typer.Option("--tokens-per-row", min=1, help="Training tokens of a row; of the points if not given."),
    ] = None,
    run: Annotated[Path | None, typer.Option("--run", help="A finished build whose price per row is taken.")] = None,
    budget: Annotated[
        float | None, typer.Option("--budget", help="Choose the model size that it favours; needs parameters.")
    ] = None,
    budget_in: Annotated[str, typer.Option("--budget-in", help="What it counts: money, flops or tokens.")] = "money",
    price_per_gpu_hour: Annotated[
        float, typer.Option("--price-per-gpu-hour", min=0, help="For a budget in money.")
    ] = 0.0,
    flops_per_s: Annotated[
        float, typer.Option("--flops-per-s", min=1, help="What a GPU reaches in training; 40% of an H100's peak.")
    ] = 4e14,
    epochs: Annotated[float, typer.Option("--epochs", min=0.01, help="Passes over the data, as for the points.")] = 1.0,
    select_at: Annotated[
        float | None, typer.Option("--select-at", help="Rank the models by what they reach on so many tokens.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the bootstrap.")] = 0,
) -> None:
    """Fit the rectified scaling law to measured points: parameters, intervals, a plan and a figure.

    Example: synthllm scaling runs/ladder-cpu/points.csv --out scaling/
    """
    import numpy as np
    import orjson

    from ..builder.errors import PointsError
    from ..builder.store import write_text
    from .figures import draw_all
    from .scaling_budget import UNITS, Prices, budget_in_words, choose_size, ranges, read_sizes
    from .scaling_plan import MEASURES, in_words, read_points, report, study
    from .scaling_select import rank_models, selection_in_words

    if measure not in MEASURES:
        raise PointsError(f"--measure: '{measure}' is not a column that is fitted; give {' or '.join(MEASURES)}")
    if budget_in not in UNITS:
        raise PointsError(f"--budget-in: '{budget_in}' is no unit of a budget; give {', '.join(UNITS)}")
    if run is not None:
        from ..builder.receipt import cost_per_row

        if price_per_row is not None:
            raise PointsError("--price-per-row and --run: both say what a row costs; give one")
        price_per_row = cost_per_row(run)
    curves = read_points(points, MEASURES[measure])
    parameters, measured_per_row = read_sizes(points)
    tokens_per_row = tokens_per_row or measured_per_row
    if price_per_row is not None and tokens_per_row is None:
        raise PointsError("--price-per-row: a cost needs the tokens of a row; give --tokens-per-row")
    studies = study(curves, shared_beta, seed, MEASURES[measure])
    told = [report(one, price_per_row, tokens_per_row) for one in studies]
    said = [in_words(one) for one in told]
    chosen: dict[str, object] = {}
    if budget is not None:
        unit = UNITS[budget_in]
        laws = {one.model: one.law for one in studies}
        prices = Prices(price_per_row or 0.0, tokens_per_row or 1.0, price_per_gpu_hour, flops_per_s, epochs)
        choices = choose_size(laws, parameters, budget, unit, prices)
        within = ranges(laws, parameters, unit, prices, budget * np.geomspace(1e-4, 1e4, 801))
        chosen = {"budget": budget, "in": unit, "prices": prices, "choices": choices, "favoured": within}
        said.append(budget_in_words(choices, budget, unit, within))
    if select_at is not None:
        said.append(selection_in_words(rank_models(curves, select_at), select_at))
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / "laws.json", orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
    if chosen:
        write_text(out / "budget.json", orjson.dumps(chosen, option=orjson.OPT_INDENT_2).decode() + "\n")
    drawn = draw_all(studies, out)
    typer.echo("\n".join(said))
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


def diversity(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run whose levels are finished.")],
    embedder: Annotated[
        str | None,
        typer.Option("--embedder", help="`minilm` or `hashed`; the recipe's curate.embedder, or what is installed."),
    ] = None,
    documents: Annotated[int, typer.Option("--documents", min=1, help="Most documents of a level.")] = 2_000,
    questions: Annotated[int, typer.Option("--questions", min=2, help="Most questions of a document.")] = 50,
) -> None:
    """Measure how diverse the questions of a run are, its levels and baselines side by side, with a figure.

    Example: synthllm diversity runs/quickstart
    """
    from ..builder.store import RunFolder
    from .diversity_run import diversity_of_run, embedder_for, in_words

    def note(text: str) -> None:
        typer.echo(text, err=True)

    folder = RunFolder(run)
    found = diversity_of_run(folder, embedder_for(folder.recipe(), embedder), documents, questions, note)
    typer.echo(in_words(found))
    note(f"figure: {run / 'diversity' / 'diversity.svg'}")


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
