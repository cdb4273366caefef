"""Real trainings of a tiny model: what changes, what is equal, what stops."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from synthllm.builder.errors import RecipeError, StoreError, SynthLLMError, TrainingError
from synthllm.train.recipe import SftRecipe, load_sft
from synthllm.train.sft import Say, set_up, train
from synthllm.train.trainer import check_disk, whole_checkpoints
from train import tiny

pytestmark = [
    # torch's data loader says on every machine without a GPU that pinned memory is not used there.
    pytest.mark.filterwarnings("ignore:.*pin_memory.*:UserWarning"),
    # peft 0.21 reads a name that transformers 5.23 has renamed.
    pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning"),
]
THREADS = {**os.environ, "OMP_NUM_THREADS": "1"}


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    return tiny.write_rows(tmp_path / "rows.jsonl", tiny.questions(48))


def run(recipe: SftRecipe, out: Path, *launcher: str, **environment: str) -> subprocess.CompletedProcess[str]:
    config = out.parent / f"{out.name}.yaml"
    config.write_text(recipe.canonical(), encoding="utf-8")
    start = [*launcher, "-m", "synthllm.train.sft", "--config", str(config), "--out", str(out)]
    return subprocess.run(
        [sys.executable, *start], capture_output=True, text=True, timeout=250, check=False, env=THREADS | environment
    )


def logged(out: Path, key: str = "loss") -> list[float]:
    return [float(json.loads(line)[key]) for line in (out / "log.jsonl").read_text().splitlines()]


def weights(out: Path) -> dict[str, torch.Tensor]:
    return load_file(out / "model" / "model.safetensors")


def test_training_lowers_the_loss_changes_every_parameter_and_saves_a_usable_model(rows: Path, tmp_path: Path) -> None:
    recipe = tiny.recipe(
        rows, data={"held_out": 8}, training={"epochs": 8}, evaluation={"answers": 4, "max_new_tokens": 8}
    )
    trainer, *_ = set_up(recipe, tmp_path / "fresh", 8, 1, Say(True), True)
    before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    summary = train(recipe, tmp_path / "out", quiet=True)
    losses = logged(tmp_path / "out")
    assert losses[-1] < losses[0] - 1
    assert summary["after"]["loss"] < summary["before"]["loss"] - 1
    assert summary["after"]["answers"] == 4
    assert summary["steps"] == len(losses) == 40
    after = weights(tmp_path / "out")
    assert set(after) >= {name for name in before if "lm_head" not in name}
    unchanged = [name for name, value in after.items() if torch.equal(value, before[name])]
    assert unchanged == []
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out" / "model")
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "out" / "model")
    assert tokenizer.chat_template
    assert tokenizer.eos_token_id in model.generation_config.eos_token_id
    for name in ("tokens_per_s", "memory_gib", "eta_s", "num_tokens"):
        assert name in json.loads((tmp_path / "out" / "log.jsonl").read_text().splitlines()[-1])
    assert train(recipe, tmp_path / "out", quiet=True) == summary, "a finished training is not run again"


def test_held_out_loss_is_the_mean_over_tokens(rows: Path, tmp_path: Path) -> None:
    """Computed again from the logits of one row at a time, without padding and without TRL."""
    recipe = tiny.recipe(rows, data={"held_out": 11}, training={"device_batch": 4})
    trainer, _, prepared = set_up(recipe, tmp_path / "out", 4, 2, Say(True), True)
    total, tokens = 0.0, 0
    for row in prepared.held_out:
        with torch.no_grad():
            logits = trainer.model(input_ids=torch.tensor([row["input_ids"]])).logits[0, :-1]
        labels = torch.tensor(row["labels"][1:])
        total += float(torch.nn.functional.cross_entropy(logits, labels, ignore_index=-100, reduction="sum"))
        tokens += int((labels != -100).sum())
    assert trainer.held_out_loss(prepared.held_out) == pytest.approx(total / tokens, rel=1e-5)


def test_each_source_is_measured_by_itself(rows: Path, tmp_path: Path) -> None:
    other = tiny.write_rows(tmp_path / "other.jsonl", tiny.questions(30, first=500))
    sources = [{"path": str(rows), "name": "one", "held_out": 5}, {"path": str(other), "name": "two", "held_out": 9}]
    recipe = tiny.recipe(rows, data={"sources": sources}, evaluation={"answers": 14, "max_new_tokens": 8})
    after = train(recipe, tmp_path / "out", quiet=True)["after"]
    parts = after["by_source"]
    assert {name: part["answers"] for name, part in parts.items()} == {"one": 5, "two": 9}
    assert sum(part["correct"] for part in parts.values()) == after["correct"]
    losses = sorted(part["loss"] for part in parts.values())
    assert losses[0] < after["loss"] < losses[1], "the loss of all is a mean of theirs"


def test_only_answers_are_trained_on_and_rows_come_in_the_order_of_the_curriculum(rows: Path, tmp_path: Path) -> None:
    recipe = tiny.recipe(rows, data={"order": {"by": "level"}})
    trainer, template, _ = set_up(recipe, tmp_path / "out", 8, 1, Say(True), True)
    level_of = {
        row["messages"][1]["content"] + row["messages"][0]["content"]: row["level"] for row in tiny.questions(48)
    }
    seen = []
    for batch in trainer.get_train_dataloader():
        for ids, labels in zip(batch["input_ids"], batch["labels"], strict=True):
            answer = template.tokenizer.decode(labels[labels != -100])
            assert answer.endswith("<|eos|>")
            question = template.tokenizer.decode(ids).split("### Question\n")[1].split("\n\n### Answer")[0]
            seen.append(level_of[answer.removesuffix("<|eos|>") + question])
    assert seen == sorted(seen)
    assert len(seen) == 48


def test_rows_of_an_update_have_similar_lengths_on_any_number_of_processes(rows: Path, tmp_path: Path) -> None:
    recipe = tiny.recipe(rows, data={"order": {"by": "grouped"}})
    alone, shared = (
        set_up(recipe, tmp_path / str(batch), batch, 1, Say(True), True)[2].train["input_ids"] for batch in (8, 4)
    )
    assert list(shared) == list(alone)
    lengths = [len(one) for one in alone]
    assert len(set(lengths)) > 2
    assert all(lengths[i : i + 8] == sorted(lengths[i : i + 8]) for i in range(0, 48, 8))


@pytest.mark.timeout(600)
def test_killed_training_resumes_to_the_weights_of_an_uninterrupted_one(rows: Path, tmp_path: Path) -> None:
    recipe = tiny.recipe(rows, training={"epochs": 6, "save_steps": 5})
    whole = run(recipe, tmp_path / "whole")
    assert whole.returncode == 0, whole.stderr
    out = tmp_path / "killed"
    config = tmp_path / "killed.yaml"
    config.write_text(recipe.canonical(), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "synthllm.train.sft", "--config", str(config), "--out", str(out)],
        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=THREADS, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 200
    while not whole_checkpoints(out) and time.monotonic() < deadline:
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (out / "summary.json").exists(), "the kill came too late to prove anything"
    cut_off = out / "checkpoint-30"
    cut_off.mkdir(exist_ok=True)  # as a kill in the middle of writing leaves it: no marker
    again = run(recipe, out)
    assert again.returncode == 0, again.stderr
    assert "going on from" in again.stderr
    first, second = weights(tmp_path / "whole"), weights(out)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert logged(tmp_path / "whole") == logged(out)


@pytest.mark.timeout(600)
def test_two_processes_have_the_loss_curve_of_one_at_the_same_global_batch(rows: Path, tmp_path: Path) -> None:
    recipe = tiny.recipe(rows, data={"held_out": 8}, training={"device_batch": 4, "epochs": 2})
    one = run(recipe, tmp_path / "one")
    assert one.returncode == 0, one.stderr
    config = Path(__file__).parents[2] / "recipes" / "accelerate" / "two-cpu-processes.yaml"
    launch = ["-m", "accelerate.commands.accelerate_cli", "launch", "--config_file", str(config)]
    two = run(recipe, tmp_path / "two", *launch, ACCELERATE_USE_CPU="true")
    assert two.returncode == 0, two.stderr
    assert "2 processes, 8 rows per update = 2 x 4 x 1 passes" in two.stderr
    assert "1 process, 8 rows per update = 1 x 4 x 2 passes" in one.stderr
    assert logged(tmp_path / "two") == pytest.approx(logged(tmp_path / "one"), rel=1e-4)
    summaries = [json.loads((tmp_path / out / "summary.json").read_text()) for out in ("one", "two")]
    assert [summary["processes"] for summary in summaries] == [1, 2]
    for when in ("before", "after"):
        assert summaries[1][when]["loss"] == pytest.approx(summaries[0][when]["loss"], rel=1e-4)


def test_loss_that_is_no_number_stops_before_it_reaches_the_weights(rows: Path, tmp_path: Path) -> None:
    recipe = tiny.recipe(rows, training={"learning_rate": 1e30, "arguments": {"max_grad_norm": 0.0}, "save_steps": 1})
    with pytest.raises(TrainingError, match=r"step \d+ .*the loss is (nan|inf).*checkpoint-\d+.*learning_rate"):
        train(recipe, tmp_path / "out", quiet=True)
    good = whole_checkpoints(tmp_path / "out")[-1]
    assert (good / "model.safetensors").exists()
    assert not (tmp_path / "out" / "summary.json").exists()


def test_no_room_for_checkpoints_is_said_before_training(rows: Path, tmp_path: Path) -> None:
    class Vast(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.empty(2**50, device="meta"))

    with pytest.raises(TrainingError, match=r"2 checkpoints and the model need .* GiB, the disk has"):
        check_disk(tmp_path, Vast(), 2, 0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
@pytest.mark.parametrize("file", ["optimizer.pt", "trainer_state.json"])
def test_disk_that_fills_up_at_a_checkpoint_is_one_line_and_keeps_the_one_before(
    rows: Path, tmp_path: Path, file: str
) -> None:
    out = tmp_path / "out"
    full = out / "checkpoint-4"
    full.mkdir(parents=True)
    (full / file).symlink_to("/dev/full")
    with pytest.raises(TrainingError, match=r"no room to write checkpoint-4; the last good checkpoint is .*-2; free"):
        train(tiny.recipe(rows), out, quiet=True)
    assert [path.name for path in whole_checkpoints(out)] == ["checkpoint-2"]
    assert not (out / "summary.json").exists()


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"training": {"arguments": {"learning_rte": 1}}}, RecipeError, "learning_rte: unknown argument; did you mean"),
        ({"training": {"arguments": {"learning_rate": 1}}}, RecipeError, "set it by training.learning_rate"),
        ({"training": {"trackers": ["no_such_tracker"]}}, TrainingError, "no_such_tracker is not installed"),
        ({"training": {"use_cpu": False}}, TrainingError, "this machine has none"),
        ({"training": {"schedule": "linaer"}}, RecipeError, "linaer"),
        ({"training": {"processes": 3}}, TrainingError, "asks for 3 processes and 1 runs"),
        ({"data": {"max_length": 129}}, TrainingError, "129 is longer than the model, which has 128 positions"),
        ({"model": {"scratch": None, "name": "/no/such/model"}}, TrainingError, "cannot load the tokenizer"),
    ],
)
def test_what_cannot_be_trained_is_one_line(
    rows: Path, tmp_path: Path, changes: dict[str, Any], error: type[SynthLLMError], words: str
) -> None:
    if torch.cuda.is_available() and "use_cpu" in str(changes):
        pytest.skip("this machine has a GPU")
    with pytest.raises(error, match=words) as caught:
        train(tiny.recipe(rows, **changes), tmp_path / "out", quiet=True)
    assert "\n" not in str(caught.value)


def test_vocabulary_that_does_not_fit_the_model_is_an_error(rows: Path, tmp_path: Path) -> None:
    train(tiny.recipe(rows, training={"max_steps": 1}), tmp_path / "out", quiet=True)
    saved = tmp_path / "out" / "model"
    tokenizer = AutoTokenizer.from_pretrained(saved)
    tokenizer.add_tokens([f"<extra-{number}>" for number in range(10)])
    tokenizer.save_pretrained(saved)
    recipe = tiny.recipe(rows, model={"scratch": None, "name": str(saved)})
    with pytest.raises(TrainingError, match="the tokenizer belongs to another model"):
        train(recipe, tmp_path / "again", quiet=True)


def test_missing_packages_are_named(rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trl", None)  # as python treats a package that is not there
    with pytest.raises(TrainingError, match=r"training needs trl, not installed here; pip install"):
        train(tiny.recipe(rows), tmp_path / "out", quiet=True)


def test_folder_of_another_recipe_is_refused(rows: Path, tmp_path: Path) -> None:
    train(tiny.recipe(rows, training={"max_steps": 1}), tmp_path / "out", quiet=True)
    with pytest.raises(StoreError, match="belongs to another recipe, which differs in training"):
        train(tiny.recipe(rows, training={"max_steps": 2}), tmp_path / "out", quiet=True)


def test_unknown_keys_of_a_recipe_are_errors(rows: Path, tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    text = tiny.recipe(rows).canonical()
    path.write_text(text.replace("learning_rate:", "learning_rte:"), encoding="utf-8")
    with pytest.raises(RecipeError, match=r"training\.learning_rte: unknown key; did you mean 'learning_rate'"):
        load_sft(path)


def test_adapters_train_alone_and_leave_the_model_as_it_was(rows: Path, tmp_path: Path) -> None:
    pytest.importorskip("peft")
    train(tiny.recipe(rows, training={"max_steps": 1}), tmp_path / "base", quiet=True)
    base = str(tmp_path / "base" / "model")
    recipe = tiny.recipe(
        rows, model={"scratch": None, "name": base, "lora": {"rank": 4, "alpha": 8}}, training={"epochs": 4}
    )
    summary = train(recipe, tmp_path / "out", quiet=True)
    assert 0 < summary["trained_parameters"] < summary["parameters"] / 2
    adapters = load_file(tmp_path / "out" / "model" / "adapter_model.safetensors")
    assert all("lora_" in name for name in adapters)
    assert all(value.abs().sum() > 0 for value in adapters.values())
    losses = logged(tmp_path / "out")
    assert losses[-1] < losses[0]
