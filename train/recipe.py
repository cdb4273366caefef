"""Typed recipes of trainings: a model, its data, and how it is optimised.

Defaults are the paper's (Qin et al. 2025, arXiv 2503.19551, section 3.1: AdamW, learning rate 1e-5, linear schedule,
batch 512, 3 epochs). What is not here can be set under `training.arguments`, by its name in TRL's `SFTConfig`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from ..builder.recipe import Fraction, Section, load_typed


class ScratchRecipe(Section):
    """A small decoder with random weights, and a tokenizer fitted to the training text."""

    layers: PositiveInt = 4
    convolutions: bool = Field(
        False, description="every second layer, from the first, is a short convolution in place of attention (LFM2)"
    )
    width: PositiveInt = 192
    heads: PositiveInt = 6
    inner: PositiveInt | None = Field(None, description="width of the feed-forward layers; 8/3 of the width where null")
    vocabulary: int = Field(1024, ge=300, description="tokens at most, 256 bytes included")
    context: PositiveInt = Field(1024, description="positions")
    initial_std: PositiveFloat = Field(0.08, description="of the random weights; 0.02 learns to copy numbers late")
    rope_theta: PositiveFloat = Field(400.0, description="base of the rotary angles; near the length of a sequence")

    @model_validator(mode="after")
    def _heads_fit(self) -> ScratchRecipe:
        if self.width % (2 * self.heads):
            raise ValueError(f"width: {self.width} is no even multiple of heads: {self.heads}")
        return self


class LoraRecipe(Section):
    """Low-rank adapters in place of training every weight (Hu et al. 2021, arXiv 2106.09685)."""

    rank: PositiveInt = 64
    alpha: PositiveInt = 128
    dropout: float = Field(0.0, ge=0, lt=1)
    modules: tuple[str, ...] | Literal["all-linear"] = "all-linear"


class ModelRecipe(Section):
    """What is trained: a model of the Hub or of a folder, or a small one from scratch."""

    name: str | None = Field(None, description="an id of the Hub or a folder")
    revision: str | None = None
    scratch: ScratchRecipe | None = None
    dtype: Literal["float32", "bfloat16"] = Field("float32", description="of the weights that are updated")
    attention: Literal["sdpa", "eager", "flash_attention_2", "flash_attention_3"] = "sdpa"
    template: Literal["auto", "plain"] = Field(
        "auto", description="auto: the model's own chat template, ours where it has none; plain: ours"
    )
    lora: LoraRecipe | None = None

    @model_validator(mode="after")
    def _one_model(self) -> ModelRecipe:
        if (self.name is None) == (self.scratch is None):
            raise ValueError("name: a model needs either name or scratch, not both and not neither")
        return self


class SourceRecipe(Section):
    """One dataset: a run folder, a dataset folder, files or an id of the Hub; or problems drawn from the teacher.

    `families` are problem families of the embedded teacher: beside a path, only its questions of these are taken.
    `draw` takes new problems in place of a dataset's questions: of `families`, or of all that these questions are of. A
    problem of the dataset is not drawn again, nor is a step of one. Where any source has either, rows of all sources in
    which a problem held out comes up again are left out.
    """

    path: str | None = Field(
        None, description="run folder, dataset folder, parquet or JSONL files, or an id of the Hub"
    )
    families: tuple[str, ...] | None = Field(None, description="problem families of the embedded teacher")
    config: str = Field("all", description="level1, level2, level3, all, documents ...")
    revision: str | None = Field(None, description="version of a dataset on the Hub; needed there")
    split: str = "train"
    name: str | None = Field(None, description="in the report; the path where null")
    kind: Literal["synthetic", "real"] = "synthetic"
    question: str | None = Field(None, description="column of the question, for rows without `messages`")
    answer: str | None = Field(None, description="column of the answer, for rows without `messages`")
    text: str | None = Field(None, description="column of raw text; for continued pre-training only")
    held_out: PositiveInt | None = Field(None, description="rows of this source never trained on, at any size")
    draw: PositiveInt | None = Field(None, description="problems drawn from the embedded teacher")
    weight: PositiveFloat | None = Field(None, description="share of the mixture, relative to the other weights")
    tokens: PositiveInt | None = Field(None, description="tokens taken from this source")
    repeat: PositiveInt = Field(1, description="how many times a row may be used to reach its weight or tokens")

    @model_validator(mode="after")
    def _one_place(self) -> SourceRecipe:
        if self.path is None and (self.families is None or self.draw is None):
            raise ValueError("path: a source needs a path, or families and how many problems to draw from them")
        if self.text is not None and (self.families is not None or self.draw is not None):
            raise ValueError("text: raw text has no questions to choose or to draw after; leave out families and draw")
        if (self.question is None) != (self.answer is None):
            raise ValueError("question: question and answer go together")
        if self.weight is not None and self.tokens is not None:
            raise ValueError("weight: a source has a weight or tokens, not both")
        return self

    @property
    def label(self) -> str:
        """How the source is called in reports and errors."""
        return self.name or self.path or "families"


class OrderRecipe(Section):
    """The order in which rows are trained on, within each epoch."""

    by: Literal["shuffled", "grouped", "level", "school_level", "agreement", "length"] = Field(
        "shuffled", description="grouped: shuffled batches of rows of similar length, which saves padding"
    )
    stages: PositiveInt | None = Field(None, description="rows are cut into this many stages; one per value where null")
    blend: Fraction = Field(0.0, description="0: one stage after the other; 1: no order is left")


class DataRecipe(Section):
    """What is trained on and what is held out."""

    sources: tuple[SourceRecipe, ...] = Field(min_length=1)
    rows: PositiveInt | None = Field(None, description="a nested subset: more rows contain fewer; all where null")
    tokens: PositiveInt | None = Field(None, description="the same, counted in tokens")
    seed: NonNegativeInt = Field(0, description="of the subset; a ladder keeps it")
    held_out: NonNegativeInt = Field(0, description="rows of all sources together never trained on, at any size")
    order: OrderRecipe = OrderRecipe()
    max_length: PositiveInt = Field(2048, description="tokens of a sequence; a longer row is dropped and counted")
    max_dropped: Fraction = Field(0.05, description="share of rows that may be dropped before it is an error")
    packing: bool = Field(False, description="several rows in a sequence, which cannot see each other")
    benchmarks: tuple[str, ...] = Field((), description="files of benchmark questions, none of which may be trained on")

    @property
    def held_out_of(self) -> int | tuple[int, ...]:
        """Rows held out: of all sources together, or of each where a source says its own number."""
        each = tuple(source.held_out or 0 for source in self.sources)
        return each if any(each) else self.held_out

    @model_validator(mode="after")
    def _fits_together(self) -> DataRecipe:
        weighted = [source.weight is not None for source in self.sources]
        if any(weighted) and not all(weighted):
            raise ValueError("sources: give every source a weight, or none")
        if self.rows is not None and self.tokens is not None:
            raise ValueError("rows: give rows or tokens, not both")
        if any(source.tokens for source in self.sources) and (self.rows or self.tokens):
            raise ValueError("rows: the sources say how many tokens they give; leave out rows and tokens")
        if self.held_out and any(source.held_out for source in self.sources):
            raise ValueError("held_out: of all sources together, or of each by itself, not both")
        if self.packing and self.order.by != "shuffled":
            raise ValueError("packing: rows are packed by length, which undoes the order; set packing: false")
        return self


class TrainingRecipe(Section):
    """The optimisation."""

    learning_rate: PositiveFloat = 1e-5
    schedule: str = Field("linear", description="a scheduler of transformers")
    warmup_steps: float = Field(0.0, ge=0, description="below 1: a share of all steps")
    weight_decay: float = Field(0.0, ge=0)
    global_batch: PositiveInt = Field(512, description="rows per update, on any number of processes")
    device_batch: PositiveInt = Field(8, description="rows per process and forward pass")
    epochs: PositiveFloat = 3.0
    max_steps: PositiveInt | None = None
    use_cpu: bool = False
    bf16: bool = Field(True, description="mixed precision; false on CPUs")
    activation_checkpointing: bool = Field(False, description="less memory, about 20 % slower")
    save_steps: PositiveInt = 200
    keep_checkpoints: int = Field(2, ge=2, description="two, so that one is whole while the other is written")
    log_steps: PositiveInt = 10
    processes: PositiveInt | None = Field(None, description="how many must run; as many as there are where null")
    trackers: tuple[str, ...] = Field((), description="wandb, tensorboard, trackio ...; log.jsonl is always written")
    arguments: dict[str, Any] = Field(default_factory=dict, description="any further argument of TRL's SFTConfig")


class HeldOutRecipe(Section):
    """What is measured on the rows held out, before and after."""

    answers: NonNegativeInt = Field(
        0, description="questions answered, greedily, and graded; the first of those held out"
    )
    max_new_tokens: PositiveInt = 512
    batch: PositiveInt = 64


class SftRecipe(Section):
    """A fine-tuning on questions with their answers."""

    name: str = Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]*$")
    seed: NonNegativeInt = 0
    model: ModelRecipe
    data: DataRecipe
    training: TrainingRecipe = TrainingRecipe()
    evaluation: HeldOutRecipe = HeldOutRecipe()
    license: str = Field("other", description="licence of the trained model, an identifier of the Hub")

    def canonical(self) -> str:
        """The recipe as YAML with every default filled in."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)

    def fingerprint(self) -> str:
        """Sixteen hex digits that change when any field changes."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()[:16]


class PretrainRecipe(SftRecipe):
    """A continued pre-training on packed text."""

    formats: tuple[Literal["plain", "textbook", "question_after_document"], ...] = Field(
        ("plain",), min_length=1, description="how questions are written as text, in turn; raw text stays as it is"
    )

    @model_validator(mode="after")
    def _only_text(self) -> PretrainRecipe:
        if not self.data.packing:
            raise ValueError("data.packing: text of continued pre-training is packed; set packing: true")
        if self.evaluation.answers:
            raise ValueError("evaluation.answers: text has no questions to answer; leave it out")
        if any(source.draw or source.families for source in self.data.sources):
            raise ValueError("data.sources: problems drawn are questions, not text; build a dataset and name its path")
        return self


def load_sft(path: Path) -> SftRecipe:
    """Read a recipe of a fine-tuning.

    Raises:
        RecipeError: The file is missing or not YAML, a key is unknown, or a value is wrong.
    """
    return load_typed(path, SftRecipe, "recipes/sft/", "'name', 'model' and 'data'")


def load_pretrain(path: Path) -> PretrainRecipe:
    """Read a recipe of a continued pre-training.

    Raises:
        RecipeError: As `load_sft`.
    """
    return load_typed(path, PretrainRecipe, "recipes/pretrain/", "'name', 'model' and 'data'")
