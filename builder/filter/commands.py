"""The filter's commands: run the stage alone, scan raw parquet with a trained filter, look into one, push one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

FilterDir = Annotated[Path, typer.Argument(metavar="FILTER", help="The folder of a trained filter: RUN/filter/filter.")]


def filter_documents(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="A recipe, such as recipes/build/quickstart.yaml.")],
    out: Annotated[Path, typer.Option("--out", help="The run folder; running again continues there.")] = Path(
        "runs/filter"
    ),
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
) -> None:
    """Find a domain's documents: cold start, rounds of ratings, scores of the whole corpus, audit.

    Example: synthllm filter recipes/build/quickstart.yaml --out runs/filter
    """
    import asyncio

    from ..pipeline import build
    from ..progress import StageProgress
    from ..recipe import load_recipe
    from ..store import read_json

    asyncio.run(build(load_recipe(recipe), out, StageProgress(quiet), last="filter"))
    folder = out / "filter"
    if not (folder / "report.json").exists():
        typer.echo(f"{folder}: every document was kept, since the recipe has no filter")
        return
    for line in summary(read_json(folder / "report.json")):
        typer.echo(line)
    typer.echo(f"scores: {folder / 'scores.parquet'}; kept documents: {folder}/part-*.parquet")


def summary(report: dict[str, Any]) -> list[str]:
    """A filter run in a few lines."""
    lines = [
        f"{report['kept']:,} of {report['scanned']:,} documents score above {report['threshold']:g} for "
        f"{report['domain']}; {report['rated']:,} were rated"
    ]
    if report["rejected"]:
        lines.append("not given by the model: " + ", ".join(f"{n:,} {why}" for why, n in report["rejected"].items()))
    return lines + audit_lines(report["audit"]) + [f"warning: {warning}" for warning in report["warnings"]]


def audit_lines(audit: dict[str, Any] | None) -> list[str]:
    """What the audit found; nothing where there was none."""
    if not audit:
        return []
    lines = [f"audit on {audit['rated']:,} documents that it did not learn from, rated blind: {_quality(audit)}"]
    if "corpus" in audit:  # a run of an earlier version has none
        lines.append(
            f"with the {audit['known']:,} that it learnt from, over the whole corpus: {_quality(audit['corpus'])}"
        )
    return lines


def _quality(audit: dict[str, Any]) -> str:
    return f"precision {_interval(audit['precision'])}, recall {_interval(audit['recall'])}"


def _interval(share: dict[str, float] | None) -> str:
    return "unknown" if share is None else f"{share['estimate']:.2f} ({share['low']:.2f} to {share['high']:.2f})"


def scan_corpus(
    trained: FilterDir,
    sources: Annotated[list[str], typer.Argument(help="Parquet files, folders, globs or hf://datasets/... addresses.")],
    out: Annotated[Path, typer.Option("--out", help="Where scores and kept rows go; running again continues.")],
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Files at a time; one per processor.")] = None,
    text_column: Annotated[str, typer.Option("--text-column", help="The column that is scored.")] = "text",
    id_column: Annotated[str, typer.Option("--id-column", help="Rows are numbered where it is missing.")] = "id",
    embedder_url: Annotated[
        str | None, typer.Option("--embedder-url", help="Where the filter's vectors come from.")
    ] = None,
) -> None:
    """Score raw parquet files with a trained filter, at the speed of reading them.

    Example: synthllm scan runs/filter/filter/filter 'hf://datasets/HuggingFaceFW/fineweb-edu/sample/10BT/*.parquet'
    --out runs/scan
    """
    import asyncio

    from .saved import load_filter
    from .scan import ScanOptions, scan, shards_of

    loaded = load_filter(trained, _embedder(trained, embedder_url))
    options = ScanOptions(text_column=text_column, id_column=id_column)

    def note(text: str) -> None:
        typer.echo(text, err=True)

    totals = asyncio.run(scan(shards_of(sources), loaded, out, options, workers, note))
    typer.echo(f"{totals['kept']:,} of {totals['rows']:,} documents kept in {totals['seconds']:.0f} s; in {out}")
    for warning in totals["warnings"]:
        typer.echo(f"warning: {warning}")


def _embedder(folder: Path, url: str | None) -> Any:
    """The embedder that a saved filter names; None for one whose vectors are saved with it."""
    from ..errors import RecipeError
    from ..recipe import EmbedderRecipe
    from .embedders import embedder_of
    from .saved import describe_filter

    name = describe_filter(folder)["embedder"]
    if name is None or name.startswith("latent/"):
        return None
    kind, _, model = str(name).partition("/")
    if kind in ("tei", "openai") and not url:
        raise RecipeError(f"{folder}: its vectors come from a server ({name}); give its address with --embedder-url")
    return embedder_of(EmbedderRecipe.model_validate({"kind": kind, "url": url, "model": model or None}))


def show_filter(trained: FilterDir) -> None:
    """Show what a trained filter goes by: its strongest features, its held-out agreement, the scores it gave.

    Example: synthllm show-filter runs/filter/filter/filter
    """
    from .saved import describe_filter

    description = describe_filter(trained)
    facts = description["facts"]
    kind = "linear" if description["forest"] is None else f"forest of {description['forest']['trees']} trees"
    if description["forest"] and description["linear"]:
        kind += f" behind a linear pass (cut {description['cut']:.2f})"
    typer.echo(f"{facts.get('domain', '')}: {kind}; keeps scores above {description['threshold']:g}")
    typer.echo(f"trained on {facts['rated']:,} rated documents, {facts['rated_above']:,} of them above the threshold")
    for name in ("forest", "linear"):
        agreed = facts[name]
        if agreed["f1"] is not None:
            typer.echo(f"held-out agreement of the {name} with the ratings: F1 {agreed['f1']:.3f}")
    first = facts.get("first_pass")
    if first and first["recall_measured"] is not None:
        low, high = first["interval"]
        typer.echo(f"first pass: recall {first['recall_measured']:.3f} ({low:.3f} to {high:.3f}) on held-out ratings")
    for line in audit_lines(facts.get("audit")):
        typer.echo(line)
    for title, side in (("speak for a document", "for_it"), ("speak against it", "against_it")):
        words = ", ".join(feature["name"] for feature in facts["strongest"][side])
        typer.echo(f"{title}: {words}")
    bins = facts.get("histogram")
    if bins:
        most = max(max(bins), 1)
        for number, count in enumerate(bins):
            low = 1 + number * 9 / len(bins)
            typer.echo(f"{low:>5.1f} {'#' * round(40 * count / most):<40} {count:,}")


def push_filter(
    trained: FilterDir,
    repository: Annotated[str, typer.Argument(metavar="USER/NAME", help="A model repository of the Hub.")],
    ratings: Annotated[
        str | None, typer.Option("--ratings", help="Push the run's ratings too, to this dataset repository.")
    ] = None,
    private: Annotated[bool, typer.Option("--private", help="Make new repositories private.")] = False,
) -> None:
    """Push a trained filter to the Hub as a model repository with its card, in one commit.

    Example: synthllm push-filter runs/filter/filter/filter USER/mathematics-filter --ratings USER/mathematics-ratings
    """
    from .publish import push_model, push_ratings

    typer.echo(push_model(trained, repository, private))
    if ratings is not None:
        typer.echo(push_ratings(trained.parent / "ratings.jsonl", ratings, private))
