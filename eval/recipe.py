"""Typed recipes of evaluations: which questions, how they are put, how the model is sampled.

Defaults are those of the paper's evaluation (Qin et al. 2025, arXiv 2503.19551, section 3.1: greedy, with the
Qwen2.5-Math evaluation, whose chat prompt asks for steps and a boxed answer, and whose replies have 2,048 tokens).
"""

from __future__ import annotations

import difflib
import hashlib
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from ..builder.recipe import EndpointRecipe, Section, load_typed


class HeldOutRecipe(Section):
    """Rows that a training held out: named by its recipe, or by a dataset and how many rows of it are held out."""

    training: str | None = Field(None, description="the recipe of a training")
    path: str | None = Field(None, description="in its place: a run folder, a dataset folder, or an id of the Hub")
    config: str = Field("all", description="of the dataset: level1, level2, level3, all ...")
    revision: str | None = Field(None, description="version of a dataset on the Hub; needed there")
    rows: PositiveInt = Field(200, description="held_out of a training of the dataset")
    seed: NonNegativeInt = Field(0, description="data.seed of a training of the dataset")

    @model_validator(mode="after")
    def _one_place(self) -> HeldOutRecipe:
        if (self.training is None) == (self.path is None):
            raise ValueError("training: give either the recipe of a training or the path of a dataset")
        return self


class LocalRecipe(Section):
    """How a model runs on this machine; it does not change what it is asked."""

    batch: PositiveInt = Field(32, description="questions of similar length that are answered together")
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field("auto", description="auto: as it was saved")
    device: str | None = Field(None, description="such as cuda:1; the accelerator, or else the CPU, where null")


class EvalRecipe(Section):
    """An evaluation of one model."""

    name: str = Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]*$")
    tasks: tuple[str, ...] = Field(min_length=1)
    files: dict[str, str] = Field(default_factory=dict, description="task: JSONL or parquet file, in place of the Hub")
    revisions: dict[str, str] = Field(default_factory=dict, description="task: commit or tag of its dataset on the Hub")
    held_out: HeldOutRecipe | None = Field(None, description="for the task held-out")
    limit: PositiveInt | None = Field(None, description="of each task, so many questions, drawn by the seed")
    prompt: Literal["boxed", "boxed-system", "question", "few-shot"] = Field(
        "boxed",
        description="boxed: the question, then the instruction to reason and box the answer; boxed-system: the "
        "instruction as system message; question: nothing else; few-shot: plain text with worked examples, for base "
        "models",
    )
    shots: int = Field(4, ge=1, le=8, description="worked examples, for few-shot")
    samples: PositiveInt = Field(1, description="answers to each question")
    temperature: float = Field(0.0, ge=0, description="0 is greedy")
    top_p: float = Field(1.0, gt=0, le=1)
    max_tokens: PositiveInt = Field(2048, description="of a reply")
    seed: NonNegativeInt = 0
    local: LocalRecipe = LocalRecipe()
    endpoint: EndpointRecipe | None = Field(None, description="a server, where the command names no model")

    @model_validator(mode="after")
    def _fits_together(self) -> EvalRecipe:
        from .tasks import HELD_OUT, TASKS

        known = (*TASKS, HELD_OUT)
        for field, names in (("tasks", self.tasks), ("files", tuple(self.files)), ("revisions", tuple(self.revisions))):
            for name in names:
                if name not in known:
                    close = difflib.get_close_matches(name, known, n=1)
                    hint = f"did you mean '{close[0]}'?" if close else f"known tasks: {', '.join(known)}"
                    raise ValueError(f"{field}: '{name}' is not a task; {hint}")
        twice = next((name for name in self.tasks if self.tasks.count(name) > 1), None)
        if twice:
            raise ValueError(f"tasks: '{twice}' stands there twice")
        if HELD_OUT in self.tasks and self.held_out is None:
            raise ValueError("held_out: the task held-out needs it: the recipe of a training, or a dataset")
        if self.samples > 1 and self.temperature == 0:
            raise ValueError("samples: at temperature 0 all would be the same; set a temperature, or samples: 1")
        return self

    def canonical(self) -> str:
        """The recipe as YAML with every default filled in."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)

    def asking(self) -> dict[str, Any]:
        """How a question is put to the model, and how the model is sampled."""
        wanted = {"prompt", "shots", "temperature", "top_p", "max_tokens", "seed"}
        return self.model_dump(mode="json", include=wanted)

    def fingerprint(self) -> str:
        """Sixteen hex digits that change when any field changes that determines the results."""
        fields = self.model_dump(mode="json", exclude={"local", "endpoint", "name"})
        return hashlib.sha256(yaml.safe_dump(fields, sort_keys=True).encode()).hexdigest()[:16]


def load_eval(path: Path) -> EvalRecipe:
    """Read a recipe of an evaluation.

    Raises:
        RecipeError: The file is missing or not YAML, a key is unknown, or a value is wrong.
    """
    return load_typed(path, EvalRecipe, "recipes/eval/", "'name' and 'tasks'")
