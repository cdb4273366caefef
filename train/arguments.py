"""A recipe as the arguments of TRL's `SFTConfig`; a name that it does not know is an error."""

from __future__ import annotations

import dataclasses
import difflib
import importlib.util
from pathlib import Path
from typing import Any

from ..builder.errors import RecipeError, TrainingError
from .recipe import PretrainRecipe, SftRecipe

OURS = {
    "output_dir": "--out",
    "seed": "seed",
    "data_seed": "seed",
    "learning_rate": "training.learning_rate",
    "lr_scheduler_type": "training.schedule",
    "warmup_steps": "training.warmup_steps",
    "weight_decay": "training.weight_decay",
    "per_device_train_batch_size": "training.device_batch",
    "gradient_accumulation_steps": "training.global_batch",
    "num_train_epochs": "training.epochs",
    "max_steps": "training.max_steps",
    "use_cpu": "training.use_cpu",
    "bf16": "training.bf16",
    "activation_checkpointing": "training.activation_checkpointing",
    "gradient_checkpointing": "training.activation_checkpointing",
    "save_steps": "training.save_steps",
    "save_total_limit": "training.keep_checkpoints",
    "logging_steps": "training.log_steps",
    "report_to": "training.trackers",
    "max_length": "data.max_length",
    "packing": "data.packing",
    "shuffle_dataset": "data.order",
    "train_sampling_strategy": "data.order",
}
"""Arguments that the recipe sets by another name."""
TRACKERS = {"tensorboard": ("tensorboard", "tensorboardX"), "clearml": ("clearml",), "azure_ml": ("azureml",)}


def sft_config(recipe: SftRecipe, out: Path, batch: int, passes: int) -> Any:
    """TRL's own arguments for a recipe.

    Args:
        batch: rows per process and pass.
        passes: passes per update.

    Raises:
        RecipeError: `training.arguments` has a name that SFTConfig does not know, or one that the recipe sets.
        TrainingError: A tracker is not installed.
    """
    from trl import SFTConfig

    training = recipe.training
    known = {one.name for one in dataclasses.fields(SFTConfig) if one.init}
    for name in training.arguments:
        if name in OURS:
            raise RecipeError(f"training.arguments.{name}: set it by {OURS[name]}")
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{close[0]}'?" if close else "see the arguments of TRL's SFTConfig"
            raise RecipeError(f"training.arguments.{name}: unknown argument; {hint}")
    check_trackers(training.trackers)
    values: dict[str, Any] = {
        "output_dir": str(out),
        "seed": recipe.seed,
        "learning_rate": training.learning_rate,
        "lr_scheduler_type": training.schedule,
        "warmup_steps": training.warmup_steps,
        "weight_decay": training.weight_decay,
        "per_device_train_batch_size": batch,
        "per_device_eval_batch_size": batch,
        "gradient_accumulation_steps": passes,
        "num_train_epochs": training.epochs,
        "max_steps": training.max_steps or -1,
        "use_cpu": training.use_cpu,
        "bf16": training.bf16,
        "activation_checkpointing": training.activation_checkpointing,
        "save_strategy": "steps",
        "save_steps": training.save_steps,
        "save_total_limit": training.keep_checkpoints,
        "logging_steps": training.log_steps,
        "logging_nan_inf_filter": False,  # a loss that is no number must be seen, not averaged away
        "report_to": list(training.trackers) or "none",
        "max_length": recipe.data.max_length,
        "packing": recipe.data.packing,
        "packing_strategy": "bfd_split" if isinstance(recipe, PretrainRecipe) else "bfd",
        "eval_packing": False,
        "shuffle_dataset": False,
        "train_sampling_strategy": "random" if recipe.data.order.by == "shuffled" else "sequential",
        "disable_tqdm": True,
        "run_name": recipe.name,
    }
    try:
        return SFTConfig(**(values | training.arguments))
    except (ValueError, TypeError) as error:
        raise RecipeError(f"training: {' '.join(str(error).split())}") from error


def check_trackers(trackers: tuple[str, ...]) -> None:
    """See that every tracker is installed.

    Raises:
        TrainingError: One is not; the error says how to install it.
    """
    for tracker in trackers:
        modules = TRACKERS.get(tracker, (tracker,))
        if not any(importlib.util.find_spec(module) for module in modules):
            raise TrainingError(
                f"training.trackers: {tracker} is not installed; pip install {modules[0]}, or leave it out: log.jsonl "
                "is always written"
            )
