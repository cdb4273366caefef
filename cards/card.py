"""The card of a dataset: real counts, how it was made, and what it is and is not good for.

The body is the template `dataset.md.j2`; each part of it stands between marks, so that a card that a person has edited
can be brought up to date (merge.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import __version__
from .merge import metadata_text
from .numbers import Files, config_sizes, counts_of, distinct, level_numbers, one_row

if TYPE_CHECKING:
    from ..builder.recipe import Recipe
    from ..builder.store import RunFolder
    from ..builder.versions import Changes

SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
EXTRA_CONFIGS = ("documents", "concepts", "rejected")
PAPER = "2503.19551"
FIGURES = {
    "lengths.png": "Words of the questions and of the answers, by level",
    "diversity.png": "Histogram of the similarity of two questions of one document, by level",
}
REASONS = {
    "not_suitable": "the model found nothing to teach or to ask about",
    "garbled": "the reply was not in the form that was asked for",
    "truncated": "the reply was cut off",
    "missing": "the reply left out a question that was asked for",
    "too_few_concepts": "a document with fewer than two key concepts, which level 2 cannot combine",
    "no_combination_left": "a document whose combinations of key concepts were all asked for before",
    "one_topic": "the key concepts to combine are all of one topic",
    "wrong_number_of_concepts": "a question that combines fewer than two or more than three key concepts",
    "concept_not_in_combination": "a question on key concepts that it was not given",
    "exact_duplicate": "the words of another question",
    "near_duplicate": "nearly the words of another question",
    "duplicate_by_meaning": "the meaning of another question, by embeddings",
    "no_answer": "no sampled answer had a final answer that could be read",
    "ill_posed": "the sampled answers disagree, or are programs of which none passes the tests",
    "false_arithmetic": "the solution states an equality that is false",
    "no_tests": "a programming task without the tests that were asked for",
    "unusable_tests": "a programming task whose tests are not of the form that was asked for, or say nothing",
}
"""What the common reasons of a refusal mean, for readers; another one speaks for itself."""


def write_dataset_card(run: RunFolder, recipe: Recipe, stages: Sequence[str]) -> None:
    """Write `dataset/README.md` of a run from its manifests and its rows."""
    from ..builder.provenance import DIVERSITY
    from ..builder.store import read_json, write_text

    dataset = run.path / "dataset"
    files = {name: sorted((dataset / name).glob("*.parquet")) for name in (*recipe.levels, *EXTRA_CONFIGS)}
    write_text(
        dataset / "README.md",
        dataset_card(run, recipe, stages, files, str(dataset), (), read_json(dataset / DIVERSITY)),
    )


def dataset_card(
    run: RunFolder,
    recipe: Recipe,
    stages: Sequence[str],
    files: Files,
    place: str,
    changelog: Sequence[Changes],
    diversity: Mapping[str, Any] | None,
    added_to: str | None = None,
) -> str:
    """The card of a dataset.

    Args:
        run: the run whose manifests tell how it was made.
        stages: its stages, in order.
        files: the parquet files of each config; more than the run's own where a release was added to.
        place: what `load_dataset` is given.
        changelog: what each version changed, newest first; empty before the first release.
        diversity: of the rows in the files, in the form of `diversity.json`; None where it was not measured.
        added_to: the version whose rows are kept, where the run's are added to it.
    """
    facts = dataset_facts(run, recipe, stages, files)
    facts |= {"place": place, "changelog": changelog, "added_to": added_to, "diversity": diversity}
    facts["version"] = changelog[0].version if changelog else None
    return f"---\n{_metadata(recipe, facts, files)}\n---\n\n{render('dataset.md.j2', facts)}"


def render(template: str, facts: Mapping[str, Any]) -> str:
    """A template of this folder, filled in; a fact that is missing is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("synthllm", "cards"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["thousands"] = "{:,}".format
    environment.filters["quoted"] = lambda text: str(text).replace("\n", "\n> ")
    return environment.get_template(template).render(**facts)


def dataset_facts(run: RunFolder, recipe: Recipe, stages: Sequence[str], files: Files) -> dict[str, Any]:
    """Everything that the template shows, read from what the run wrote."""
    import polars as pl

    from ..builder.behaviour import CALLS
    from ..builder.domains import DOMAINS
    from ..builder.provenance import licenses_of, prompts_of

    levels = [level for level in files if level not in EXTRA_CONFIGS]
    sizes = config_sizes(files)
    asked = [path for level in levels for path in files[level]]
    questions = pl.scan_parquet(asked)
    question_models, answer_models = distinct(asked, "question_model"), distinct(asked, "answer_model")
    sources = distinct(files["documents"], "source")
    flow = {stage: run.stage(stage).manifest() for stage in stages if stage != "dataset"}
    benchmarks = flow["curate"].get("benchmarks", {})
    figures = sorted(path.name for path in (run.path / "dataset" / "figures").glob("*.png"))
    return {
        "name": recipe.name,
        "package_version": __version__,
        "domain": DOMAINS[recipe.domain].title,
        "code": DOMAINS[recipe.domain].answers == "code",
        "further_calls": CALLS,
        "configs": sizes,
        "levels": {level: level_numbers(files[level]) for level in levels if sizes[level]["rows"]},
        "total": sum(sizes[level]["rows"] for level in levels),
        "tokens": sum(sizes[level]["tokens"] for level in levels),
        "flow": flow,
        "benchmarks": benchmarks,
        "question_models": question_models,
        "answer_models": answer_models,
        "revisions": _revisions(recipe, flow),
        "documents": sizes["documents"]["rows"],
        "sources": sources,
        "licenses": licenses_of(recipe, sources, sorted({*question_models, *answer_models})),
        "languages": [code for code in distinct(asked, "language") if code not in ("", "und")],
        "school_levels": counts_of(questions, "school_level", 12),
        "subjects": counts_of(questions, "subject", 12),
        "refused": counts_of(pl.scan_parquet(list(files["rejected"])), "reason", 40),
        "prompts": prompts_of(recipe),
        "recipe": recipe,
        "recipe_yaml": recipe.canonical(),
        "samples": {level: row for level in levels if (row := one_row(files[level], recipe.seed)) is not None},
        "votes": questions.select(pl.col("votes").mean()).collect().item(),
        "unanimous": questions.select((pl.col("agreement") == 1).mean()).collect().item(),
        "removed": sum(count for about in benchmarks.values() for count in about["found"].values()),
        "audit": _audit(flow["filter"]),
        "reasons_told": REASONS,
        "figures": figures,
        "figures_told": FIGURES,
        "license": recipe.license,
        "symbolic": any(name.startswith("symbolic-teacher") for name in answer_models),
    }


def _audit(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The filter's precision and recall by its blind audit, `corpus` over all documents; empty where there was none."""
    found = {name: manifest.get(f"audit_{name}") for name in ("precision", "recall")}
    corpus = manifest.get("audit_corpus") or {}
    return {**found, "corpus": corpus if all(corpus.values()) else {}} if all(found.values()) else {}


def _revisions(recipe: Recipe, flow: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The revision of the model that writes questions, and of the one that answers: what its servers told, and the
    recipe's word where that is another or they told nothing.
    """
    found = {}
    parts = {"questions": (recipe.endpoint, recipe.levels), "answers": (recipe.answer_endpoint, ("answers",))}
    for part, (server, stages) in parts.items():
        server = server or recipe.endpoint
        told = ", ".join(sorted({str(flow[stage].get("revision", "")) for stage in stages} - {""}))
        said = None if server == "embedded" else server.revision
        if said is not None and said != told:
            told = f"{told}; {said} by the recipe" if told else said
        found[part] = told or "not stated"
    return found


def _metadata(recipe: Recipe, facts: Mapping[str, Any], files: Files) -> str:
    levels = [name for name in files if name not in EXTRA_CONFIGS]
    patterns = {config: f"{config}/train-*.parquet" for config in files}
    every = {"config_name": "all", "default": True}
    configs: list[dict[str, Any]] = [
        every | {"data_files": [{"split": "train", "path": [patterns[level] for level in levels]}]},
        *({"config_name": name, "data_files": [{"split": "train", "path": path}]} for name, path in patterns.items()),
    ]
    metadata = {
        "annotations_creators": ["machine-generated"],
        "language_creators": ["machine-generated"],
        "language": facts["languages"] or ["en"],
        "license": recipe.license,
        "multilinguality": ["monolingual"] if len(facts["languages"]) < 2 else ["multilingual"],
        "size_categories": [next((label for limit, label in SIZES if facts["total"] < limit), "10M<n<100M")],
        "source_datasets": [recipe.corpus.path] if recipe.corpus.source == "hub" else ["original"],
        "task_categories": ["question-answering", "text-generation"],
        "pretty_name": recipe.name,
        "tags": ["synthetic", "synthllm", recipe.domain, f"arxiv:{PAPER}"],
        "licenses_of_sources_and_models": facts["licenses"],
        "configs": configs,
        "dataset_info": _dataset_info({"all": [path for level in levels for path in files[level]], **files}),
    }
    return metadata_text(metadata)


def _dataset_info(files: Files) -> list[dict[str, Any]]:
    """Features and sizes of every config, as `datasets` writes them."""
    import pyarrow.parquet as pq
    from datasets import DatasetInfo, Features, SplitDict, SplitInfo
    from datasets.info import DatasetInfosDict
    from huggingface_hub import DatasetCardData

    infos = {}
    for config, paths in files.items():
        metadata = [pq.read_metadata(path) for path in paths]
        groups = [file.row_group(number) for file in metadata for number in range(file.num_row_groups)]
        split = SplitInfo(
            "train", sum(group.total_byte_size for group in groups), sum(file.num_rows for file in metadata)
        )
        infos[config] = DatasetInfo(
            features=Features.from_arrow_schema(pq.read_schema(paths[0])),
            splits=SplitDict({"train": split}),
            download_size=sum(path.stat().st_size for path in paths),
            dataset_size=split.num_bytes,
            config_name=config,
        )
    card: Any = DatasetCardData()
    DatasetInfosDict(infos).to_dataset_card_data(card)
    found: list[dict[str, Any]] = card.to_dict()["dataset_info"]
    return found
