"""The card of a dataset: real counts, how it was made, and what it is and is not good for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import __version__

if TYPE_CHECKING:
    from ..builder.recipe import Recipe
    from ..builder.store import RunFolder

SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
EXTRA_CONFIGS = ("documents", "concepts", "rejected")


def write_dataset_card(run: RunFolder, recipe: Recipe, stages: list[str]) -> None:
    """Write `dataset/README.md` of a run from its manifests and its rows."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from ..builder.store import write_text

    environment = Environment(
        loader=PackageLoader("synthllm", "cards"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    facts = dataset_facts(run, recipe, stages)
    body = environment.get_template("dataset.md.j2").render(**facts)
    write_text(run.path / "dataset" / "README.md", f"---\n{_metadata(recipe, facts)}\n---\n{body}")


def dataset_facts(run: RunFolder, recipe: Recipe, stages: list[str]) -> dict[str, Any]:
    """Everything that the template shows, read from what the run wrote."""
    import polars as pl

    from ..builder.answers import PROMPT as ANSWER_PROMPT
    from ..builder.concepts import PROMPT as CONCEPTS_PROMPT
    from ..builder.domains import DOMAINS
    from ..builder.levels import LEVELS

    dataset = run.path / "dataset"
    questions = pl.concat([pl.read_parquet(dataset / level / "*.parquet") for level in recipe.levels])
    words = pl.col("question").str.count_matches(r"\S+"), pl.col("answer").str.count_matches(r"\S+")
    by_level = {
        level: frame.select(
            rows=pl.len(),
            question_words=words[0].median(),
            answer_words=words[1].median(),
            agreement=pl.col("agreement").mean(),
            votes=pl.col("votes").mean(),
            documents=pl.col("document_ids").explode().n_unique(),
        ).row(0, named=True)
        for level in recipe.levels
        if (frame := questions.filter(pl.col("level") == level)).height
    }
    samples = {
        level: questions.filter(pl.col("level") == level).sample(1, seed=recipe.seed).row(0, named=True)
        for level in by_level
    }
    return {
        "name": recipe.name,
        "version": __version__,
        "domain": DOMAINS[recipe.domain].title,
        "levels": by_level,
        "total": questions.height,
        "flow": {stage: run.stage(stage).manifest() for stage in stages if stage != "dataset"},
        "question_models": sorted(questions["question_model"].unique().to_list()),
        "answer_models": sorted(questions["answer_model"].unique().to_list()),
        "documents": run.stage("filter").manifest()["rows"],
        "sources": sorted(pl.read_parquet(dataset / "documents" / "*.parquet")["source"].unique().to_list()),
        "school_levels": dict(questions["school_level"].value_counts(sort=True).iter_rows()),
        "subjects": dict(questions["subject"].value_counts(sort=True).head(12).iter_rows()),
        "prompts": {"concepts": CONCEPTS_PROMPT}
        | {level: LEVELS[level].prompt for level in recipe.levels}
        | {"answers": ANSWER_PROMPT},
        "recipe": recipe,
        "recipe_yaml": recipe.canonical(),
        "samples": samples,
        "license": recipe.license,
        "symbolic": any(name.startswith("symbolic-teacher") for name in questions["answer_model"].unique()),
    }


def _metadata(recipe: Recipe, facts: dict[str, Any]) -> str:
    from huggingface_hub import DatasetCardData

    files = {config: f"{config}/*.parquet" for config in (*recipe.levels, *EXTRA_CONFIGS)}
    configs: list[dict[str, Any]] = [
        {
            "config_name": "all",
            "default": True,
            "data_files": [{"split": "train", "path": [files[level] for level in recipe.levels]}],
        },
        *({"config_name": name, "data_files": [{"split": "train", "path": path}]} for name, path in files.items()),
    ]
    size = next((label for limit, label in SIZES if facts["total"] < limit), "n>10M")
    return DatasetCardData(
        language=["en"],
        license=recipe.license,
        task_categories=["question-answering", "text-generation"],
        tags=["synthetic", "synthllm", recipe.domain],
        annotations_creators=["machine-generated"],
        language_creators=["machine-generated"],
        size_categories=[size],
        pretty_name=recipe.name,
        configs=configs,
    ).to_yaml()
