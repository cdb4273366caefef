"""The card of a trained model: the datasets with their versions, recipe, and results with their standard errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .. import __version__
from .card import PAPER, render
from .merge import metadata_text, with_section


@dataclass(frozen=True)
class Result:
    """What a model reached on one benchmark. `accuracy` and its standard error are in [0, 1]."""

    benchmark: str
    dataset: str
    accuracy: float
    standard_error: float
    questions: int
    split: str = "test"
    revision: str | None = None
    setting: str = "greedy"


@dataclass(frozen=True)
class TrainedOn:
    """One dataset of a training.

    `dataset` and `version` name its release on the Hub; both are None where it is not released. `token_share` is in
    [0, 1].
    """

    name: str
    rows: int
    token_share: float
    kind: str = "synthetic"
    dataset: str | None = None
    version: str | None = None
    config: str = "all"


@dataclass(frozen=True)
class Training:
    """What a model was made of.

    `base_model` is None for a model from scratch; `tokens` counts those that the model saw, over all epochs;
    `losses` are the held-out losses before and after, in nats per token; `packages` are name and version of what
    trained it.
    """

    name: str
    parameters: int
    base_model: str | None
    data: Sequence[TrainedOn]
    samples: int
    tokens: int
    recipe_yaml: str
    license: str
    adapters: bool = False
    losses: tuple[float, float] | None = None
    language: str = "en"
    packages: Mapping[str, str] | None = None


def model_card(training: Training, results: Sequence[Result] = (), place: str = "", version: str | None = None) -> str:
    """The card of a model, to be merged into one that is there by `merge_card`.

    Args:
        place: the repository that `from_pretrained` is given.
        version: the release of the model.
    """
    facts = asdict(training) | {"results": results, "package_version": __version__}
    facts |= {"packages": dict(training.packages or {}), "place": place or training.name, "version": version}
    return f"---\n{metadata_text(model_metadata(training, results))}\n---\n\n{render('model.md.j2', facts)}"


def model_metadata(training: Training, results: Sequence[Result]) -> dict[str, Any]:
    """The metadata of a model card, with `model-index` where there are results."""
    from huggingface_hub import ModelCardData

    evaluated = _eval_results(results)
    card: Any = ModelCardData(
        base_model=training.base_model,
        datasets=list(dict.fromkeys(one.dataset for one in training.data if one.dataset)) or None,
        eval_results=evaluated or None,
        language=[training.language],
        library_name="peft" if training.adapters else "transformers",
        license=training.license,
        model_name=training.name,
        pipeline_tag="text-generation",
        tags=["synthllm", f"arxiv:{PAPER}"],
    )
    found: dict[str, Any] = card.to_dict()
    return found


def with_results(card: str, name: str, results: Sequence[Result]) -> str:
    """A model's card with results in its `model-index` and in our section of it; everything else stays.

    Results that were there before stay too, but for those of the same benchmarks.

    Args:
        card: the card that is there; empty where there is none.
        name: of the model, where the card has no name for it yet.
    """
    from huggingface_hub import ModelCardData, RepoCard

    before: Any = ModelCardData()
    old: Any = RepoCard(card or "---\n{}\n---\n", ignore_metadata_errors=True)
    if "model-index" in old.data.to_dict():
        before = ModelCardData(**old.data.to_dict())
    new = {result.benchmark for result in results}
    kept = [one for one in before.eval_results or () if one.dataset_name not in new]
    data: Any = ModelCardData(eval_results=[*kept, *_eval_results(results)], model_name=before.model_name or name)
    shown = [*(_result(one) for one in kept if "standard_error" in (one.metric_args or {})), *results]
    body = with_section(old.text, render("results.md.j2", {"results": shown}))
    return f"---\n{metadata_text(old.data.to_dict() | data.to_dict())}\n---\n{body}"


def _result(read: Any) -> Result:
    """One of our results, as a card holds it."""
    return Result(
        read.dataset_name,
        read.dataset_type,
        read.metric_value / 100,
        read.metric_args["standard_error"] / 100,
        read.metric_args["questions"],
        read.dataset_split,
        read.dataset_revision,
        read.metric_name.removeprefix("accuracy, "),
    )


def _eval_results(results: Sequence[Result]) -> list[Any]:
    """The results as the Hub's client takes them."""
    from huggingface_hub import EvalResult

    return [
        EvalResult(
            task_type="text-generation",
            task_name="Text generation",
            dataset_type=result.dataset,
            dataset_name=result.benchmark,
            dataset_split=result.split,
            dataset_revision=result.revision,
            metric_type="accuracy",
            metric_name=f"accuracy, {result.setting}",
            metric_value=round(100 * result.accuracy, 2),
            metric_args={"standard_error": round(100 * result.standard_error, 2), "questions": result.questions},
        )
        for result in results
    ]
