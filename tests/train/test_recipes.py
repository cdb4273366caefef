"""Every recipe that is shipped loads, resolves to the classes of TRL and accelerate, and keeps the paper's settings."""

import re
from pathlib import Path

import pytest
import yaml
from accelerate.commands.config.config_args import load_config_from_file
from accelerate.commands.launch import launch_command_parser
from transformers.trainer_utils import SchedulerType

from synthllm.train.arguments import sft_config
from synthllm.train.ladder import load_ladder
from synthllm.train.launch import accumulation
from synthllm.train.models import lora_config
from synthllm.train.recipe import SftRecipe, load_pretrain, load_sft

RECIPES = Path(__file__).parents[2] / "recipes"
SFT = sorted(path for path in (RECIPES / "sft").glob("*.yaml") if not path.stem.startswith("ladder"))
LADDERS = sorted((RECIPES / "sft").glob("ladder-*.yaml"))
PRETRAIN = sorted((RECIPES / "pretrain").glob("*.yaml"))
ACCELERATE = sorted((RECIPES / "accelerate").glob("*.yaml"))
PAPER = ("llama-3.2-1b", "llama-3.2-3b", "llama-3.1-8b", "qwen3-1.7b")


def recipes() -> list[tuple[str, SftRecipe]]:
    found: list[tuple[str, SftRecipe]] = [(path.name, load_sft(path)) for path in SFT]
    found += [(f"pretrain {path.name}", load_pretrain(path)) for path in PRETRAIN]
    for path in LADDERS:
        ladder = load_ladder(path)
        found += [
            (f"{path.name} {model}", ladder.point(model, rows)) for model in ladder.models for rows in ladder.rows
        ]
    return found


@pytest.mark.parametrize(("name", "recipe"), recipes(), ids=lambda value: value if isinstance(value, str) else "")
def test_recipe_resolves_to_the_arguments_of_trl(name: str, recipe: SftRecipe, tmp_path: Path) -> None:
    cpu = recipe.model_copy(
        # The device is of this machine; everything else is the recipe's.
        update={"training": recipe.training.model_copy(update={"use_cpu": True, "bf16": False})}
    )
    batch, passes = accumulation(recipe.training, 1)
    arguments = sft_config(cpu, tmp_path, batch, passes)
    assert arguments.per_device_train_batch_size * arguments.gradient_accumulation_steps == recipe.training.global_batch
    assert arguments.learning_rate == recipe.training.learning_rate
    assert arguments.max_length == recipe.data.max_length
    assert arguments.packing == recipe.data.packing
    assert lora_config(recipe.model) is None or recipe.model.lora is not None
    for processes in (1, 2) if recipe.training.use_cpu else (1, 2, 4, 8, 16):
        accumulation(recipe.training, processes)


@pytest.mark.parametrize("name", PAPER)
def test_settings_of_the_paper(name: str, tmp_path: Path) -> None:
    training = load_sft(RECIPES / "sft" / f"{name}.yaml").training
    assert (training.learning_rate, training.schedule, training.global_batch, training.epochs) == (
        1e-5,
        "linear",
        512,
        3,
    )
    recipe = load_sft(RECIPES / "sft" / f"{name}.yaml")
    cpu = recipe.model_copy(update={"training": training.model_copy(update={"use_cpu": True, "bf16": False})})
    arguments = sft_config(cpu, tmp_path, 8, 64)
    assert arguments.lr_scheduler_type == SchedulerType.LINEAR
    assert arguments.optim.value.startswith("adamw")


@pytest.mark.parametrize("path", ACCELERATE, ids=lambda path: path.stem)
def test_configuration_is_read_by_accelerate(path: Path) -> None:
    config = load_config_from_file(str(path))
    assert config.num_processes >= 1
    taken = {action.dest for action in launch_command_parser()._actions}
    assert set(config.fsdp_config) | set(config.deepspeed_config) <= taken
    if path.stem in ("fsdp2", "two-nodes"):
        assert config.fsdp_config["fsdp_version"] == 2
        assert config.distributed_type == "FSDP"
    if path.stem == "zero3":
        assert config.deepspeed_config["zero_stage"] == 3


def test_every_command_in_a_recipe_names_files_that_are_there() -> None:
    for path in [*SFT, *PRETRAIN, *LADDERS, RECIPES / "README.md"]:
        for name in re.findall(r"recipes/(?:sft|pretrain|accelerate|build)/[\w.-]+\.yaml", path.read_text()):
            assert (RECIPES.parent / name).exists(), f"{path.name} names {name}"


def test_every_recipe_is_in_the_readme() -> None:
    readme = (RECIPES / "README.md").read_text()
    for path in [*SFT, *PRETRAIN, *LADDERS, *ACCELERATE]:
        assert path.name in readme, path.name


def test_recipe_names_are_their_files() -> None:
    for path in [*SFT, *LADDERS]:
        assert yaml.safe_load(path.read_text())["name"] == path.stem
