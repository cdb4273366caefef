"""How many processes run, whether they are those that were asked for, and the global batch on any number of them.

`accelerate launch --cpu --num_processes 2` starts one process and says nothing (accelerate 1.15); two on CPUs need
`ACCELERATE_USE_CPU=true accelerate launch --multi_gpu --num_processes 2`. So what the launcher was asked for is read
from its own command line, and compared with what runs.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import yaml

from ..builder.errors import TrainingError
from .recipe import TrainingRecipe

ANCESTORS = 8  # processes above this one among which the launcher is looked for


def asked_processes() -> int | None:
    """The number of processes that `accelerate launch` was asked for; None if nothing above this one is a launcher.

    Read from the command line (Linux only): `--num_processes`, or the file behind `--config_file`.
    """
    pid = os.getppid()
    for _ in range(ANCESTORS):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
            status = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return None
        if any("accelerate" in word for word in words[:4]) and "launch" in words:
            return processes_in(words)
        pid = int(status.rpartition(")")[2].split()[1])
        if pid <= 1:
            return None
    return None


def processes_in(words: list[str]) -> int | None:
    """The number of processes in the arguments of `accelerate launch`.

    Raises:
        TrainingError: The file behind `--config_file` cannot be read.
    """
    words = words[words.index("launch") + 1 :]
    options: dict[str, str] = {}
    for word, following in zip(words, [*words[1:], ""], strict=True):
        name, equals, value = word.partition("=")
        if name.startswith("--"):
            options.setdefault(name.replace("-", "_"), value if equals else following)
        if word in ("-m", "--module"):
            break  # what follows belongs to the training
    if "__num_processes" in options:
        return int(options["__num_processes"])
    if "__config_file" in options:
        path = Path(options["__config_file"])
        try:
            config = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise TrainingError(f"{path}: cannot read the configuration of accelerate: {error}") from error
        return int(config.get("num_processes", 1))
    return None


def check_world(running: int, recipe: TrainingRecipe, launcher: int | None, use_cpu: bool) -> None:
    """See that as many processes run as were asked for, by the launcher and by the recipe.

    Raises:
        TrainingError: Another number runs.
    """
    for asked, who in ((launcher, "accelerate launch"), (recipe.processes, "training.processes")):
        if asked is not None and asked != running:
            way = (
                f"ACCELERATE_USE_CPU=true accelerate launch --multi_gpu --num_processes {asked}"
                if use_cpu
                else f"accelerate launch --multi_gpu --num_processes {asked}"
            )
            raise TrainingError(
                f"{who} asks for {asked} processes and {running} {'runs' if running == 1 else 'run'}; start {asked} "
                f"with: {way} -m synthllm.train.sft --config RECIPE"
            )


def accumulation(recipe: TrainingRecipe, processes: int) -> tuple[int, int]:
    """Rows per process and pass, and passes per update, so that an update sees `global_batch` rows.

    The device batch is lowered where it is more than the process's share.

    Raises:
        TrainingError: No number of passes gives the global batch.
    """
    if recipe.global_batch % processes:
        raise TrainingError(
            f"training.global_batch: {recipe.global_batch} rows cannot be shared by {processes} processes; take a "
            f"multiple of {processes}, or another number of processes"
        )
    share = recipe.global_batch // processes
    batch = min(recipe.device_batch, share)
    if share % batch:
        fitting = [size for size in range(1, recipe.device_batch + 1) if share % size == 0]
        raise TrainingError(
            f"training.device_batch: {share} rows per process and update ({recipe.global_batch} over {processes}) are "
            f"no multiple of {batch}; take one of {', '.join(map(str, fitting))}"
        )
    return batch, share // batch


def check_hardware(recipe: TrainingRecipe, accelerators: int) -> None:
    """See that the machine has what the recipe is for.

    Raises:
        TrainingError: The recipe is for GPUs and there is none, or asks for mixed precision that a CPU recipe lacks.
    """
    if not recipe.use_cpu and accelerators == 0:
        raise TrainingError(
            "training.use_cpu: the recipe is for GPUs and this machine has none; run it on one that has, or take a CPU "
            "recipe such as recipes/sft/laptop.yaml"
        )
    if recipe.use_cpu and recipe.bf16:
        raise TrainingError("training.bf16: mixed precision gains nothing on CPUs and loses accuracy; set bf16: false")


def check_installed() -> None:
    """See that what training needs beyond the builder is installed.

    Raises:
        TrainingError: A package is missing.
    """
    missing = [
        name for name in ("torch", "transformers", "trl", "accelerate") if importlib.util.find_spec(name) is None
    ]
    if missing:
        raise TrainingError(
            f"training needs {', '.join(missing)}, not installed here; pip install torch==2.13.0, and then "
            "pip install 'synthllm[train]'"
        )


def is_main() -> bool:
    """Whether this process writes files and messages: the first of all nodes."""
    return int(os.environ.get("RANK", "0")) == 0
