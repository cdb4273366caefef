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
