"""World sizes, the global batch, and hardware: what runs is what was asked for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthllm.builder.errors import TrainingError
from synthllm.train.launch import accumulation, check_hardware, check_world, processes_in
from synthllm.train.recipe import TrainingRecipe
from train import tiny

ACCELERATE = [sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch"]
RECIPES = Path(__file__).parents[2] / "recipes"


@given(st.integers(1, 64), st.integers(1, 64), st.integers(1, 1024))
def test_global_batch_is_kept_on_any_number_of_processes_or_refused(processes: int, device: int, batch: int) -> None:
    recipe = TrainingRecipe(global_batch=batch, device_batch=device)
    try:
        rows, passes = accumulation(recipe, processes)
    except TrainingError as error:
        share = batch // processes
        assert batch % processes or share % min(device, share), error
    else:
        assert rows * passes * processes == batch
        assert rows <= device


def test_batch_that_cannot_be_kept_says_what_would_fit() -> None:
    with pytest.raises(TrainingError, match="512 rows cannot be shared by 3 processes"):
        accumulation(TrainingRecipe(global_batch=512), 3)
    with pytest.raises(TrainingError, match=r"take one of 1, 2, 3, 4, 6"):
        accumulation(TrainingRecipe(global_batch=12, device_batch=8), 1)


def test_launcher_arguments_are_read_up_to_the_module() -> None:
    assert processes_in([*ACCELERATE, "--cpu", "--num_processes", "2", "-m", "x", "--num_processes", "9"]) == 2
    assert processes_in([*ACCELERATE, "--num-processes=4", "-m", "x"]) == 4
    assert processes_in([*ACCELERATE, "-m", "x"]) is None
    assert processes_in([*ACCELERATE, "--config_file", str(RECIPES / "accelerate" / "fsdp2.yaml"), "-m", "x"]) == 8


def test_another_number_of_processes_than_asked_for_is_an_error() -> None:
    recipe = TrainingRecipe(processes=2)
    check_world(2, recipe, 2, True)
    check_world(2, recipe, None, True)
    with pytest.raises(TrainingError, match="accelerate launch asks for 2 processes and 1 runs"):
        check_world(1, TrainingRecipe(), 2, True)
    with pytest.raises(TrainingError, match=r"training\.processes asks for 2 processes and 1 runs"):
        check_world(1, recipe, None, True)


def test_recipe_for_gpus_on_a_machine_without_is_an_error() -> None:
    with pytest.raises(TrainingError, match="this machine has none"):
        check_hardware(TrainingRecipe(), 0)
    check_hardware(TrainingRecipe(), 1)
    with pytest.raises(TrainingError, match="bf16: false"):
        check_hardware(TrainingRecipe(use_cpu=True), 0)


def test_launch_that_silently_runs_one_process_is_caught(tmp_path: Path) -> None:
    """`accelerate launch --cpu --num_processes 2` starts one process; the launcher's own words give it away."""
    rows = tiny.write_rows(tmp_path / "rows.jsonl", tiny.questions(8))
    config = tmp_path / "recipe.yaml"
    config.write_text(tiny.recipe(rows).canonical(), encoding="utf-8")
    arguments = ["--config", str(config), "--out", str(tmp_path / "out"), "--quiet"]
    done = subprocess.run(
        [*ACCELERATE, "--cpu", "--num_processes", "2", "-m", "synthllm.train.sft", *arguments],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode != 0
    assert "asks for 2 processes and 1 runs" in done.stderr
    assert "ACCELERATE_USE_CPU=true accelerate launch --multi_gpu --num_processes 2" in done.stderr
    assert not (tmp_path / "out" / "summary.json").exists()
