"""Trained models on a Hub on loopback: what is there afterwards, what readers load, and what a kill leaves."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from hub.client import Client
from hub.repository import Repository
from hub.runs import make_run
from hub.server import Hub
from release.test_push_faults import COMMIT, PUT, TAG, wait_until_quiet
from synthllm.train.recipe import SftRecipe
from synthllm.train.sft import train
from train import tiny

pytestmark = [
    # torch's data loader says on every machine without a GPU that pinned memory is not used there.
    pytest.mark.filterwarnings("ignore:.*pin_memory.*:UserWarning"),
    # peft 0.21 reads a name that transformers 5.23 has renamed.
    pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of questions."""
    return make_run(tmp_path_factory.mktemp("data") / "rows", dict.fromkeys(("level1", "level2", "level3"), range(12)))


def recipe_on(data: Path, **changes: Any) -> SftRecipe:
    return tiny.recipe(
        data,
        **{
            "data": {"held_out": 6, "sources": [{"path": str(data), "config": "level1"}]},
            "training": {"max_steps": 2},
            "evaluation": {"answers": 4, "max_new_tokens": 4},
        }
        | changes,
    )


@pytest.fixture(scope="module")
def models(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two trainings on it: `old`, and `new` of one more step."""
    folder = tmp_path_factory.mktemp("models")
    for name, steps in (("old", 2), ("new", 3)):
        train(recipe_on(data, training={"max_steps": steps}), folder / name, quiet=True)
    return {name: folder / name for name in ("old", "new")}


@pytest.fixture
def dataset(synthllm: Client, data: Path, repository: str) -> str:
    """The run, released as 1.0.0."""
    done = synthllm.cli("push", data, f"{repository}-data", "--version", "1.0.0")
    assert done.code == 0, done
    return f"{repository}-data@1.0.0"


def model_of(hub: Hub, name: str) -> Repository:
    return hub.repositories["model", name]


def metadata_of(there: Repository, revision: str = "main") -> dict[str, Any]:
    card: dict[str, Any] = yaml.safe_load(there.read("README.md", revision).decode().split("---\n")[1])
    return card


def test_model_is_one_commit_with_a_card_that_names_data_recipe_and_results(
    hub: Hub, synthllm: Client, models: dict[str, Path], dataset: str, repository: str
) -> None:
    done = synthllm.cli("push-model", models["old"], repository, "--version", "1.0.0", "--dataset", dataset)
    assert done.code == 0, done
    assert f'AutoModelForCausalLM.from_pretrained("{repository}", revision="1.0.0")' in done.out
    there = model_of(hub, repository)
    commits = there.history("main")
    assert [commit.title for commit in commits] == ["Release 1.0.0", "initial commit"]
    assert there.tags["1.0.0"].commit == commits[0].id
    tree = set(commits[0].tree)
    assert {"config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "README.md"} <= tree
    assert {f"provenance/1.0.0/{name}" for name in ("recipe.yaml", "data.json", "summary.json")} <= tree
    assert "training_args.bin" not in tree
    assert (models["old"] / "model" / "training_args.bin").exists(), "there was nothing to leave out"
    summary = json.loads((models["old"] / "summary.json").read_text())
    metadata, card = metadata_of(there), there.read("README.md").decode()
    name, _, version = dataset.partition("@")
    assert metadata["datasets"] == [name]
    assert f'load_dataset("{name}", "level1", revision="{version}")' in card
    assert "base_model" not in metadata
    (result,) = metadata["model-index"][0]["results"]
    assert result["dataset"] == {
        "name": "held-out questions of the training data", "type": name, "split": "held out", "revision": version
    }  # fmt: skip
    (metric,) = result["metrics"]
    assert metric["value"] == round(100 * summary["after"]["accuracy"], 2)
    assert metric["args"] == {
        "standard_error": round(100 * summary["after"]["accuracy_error"], 2), "questions": 4
    }  # fmt: skip
    assert f"{summary['after']['loss']:.4f}" in card
    assert "max_steps: 2" in card
    assert f"| trl | {summary['packages']['trl']} |" in card


def test_reader_loads_model_and_template_and_gets_the_same_answer(
    hub: Hub, synthllm: Client, reader: Client, models: dict[str, Path], dataset: str, repository: str
) -> None:
    synthllm.cli("push-model", models["old"], repository, "--version", "1.0.0", "--dataset", dataset)
    source = """
import torch, sys
from transformers import AutoModelForCausalLM, AutoTokenizer
def answer(place, **where):
    tokenizer = AutoTokenizer.from_pretrained(place, **where)
    model = AutoModelForCausalLM.from_pretrained(place, **where)
    question = [{{"role": "user", "content": "What is $2 + 3$?"}}]
    inputs = tokenizer.apply_chat_template(
        question, add_generation_prompt=True, return_dict=True, return_tensors="pt"
    )
    torch.manual_seed(0)
    return model.generate(**inputs, max_new_tokens=12, do_sample=False)[0].tolist()
result = [answer("{0}", revision="1.0.0"), answer("{1}"), "synthllm" in sys.modules]
"""
    there, here, ours = reader.run(source.format(repository, models["old"] / "model"))
    assert there == here
    assert len(there) > 12
    assert not ours


def test_next_version_says_what_changed_and_keeps_what_a_person_wrote(
    hub: Hub, synthllm: Client, models: dict[str, Path], dataset: str, repository: str
) -> None:
    first = ("push-model", models["old"], repository, "--dataset", dataset, "--version")
    synthllm.cli(*first, "1.0.0")
    there = model_of(hub, repository)
    import base64

    edited = there.read("README.md").decode() + "\nMy own words.\n"
    edit = [
        {"key": "header", "value": {"summary": "a hand at work"}},
        {"key": "file", "value": {"path": "README.md", "content": base64.b64encode(edited.encode()).decode()}},
    ]
    there.commit("main", edit, "alice", pull_request=False)
    assert "released already" in synthllm.cli(*first, "1.0.0").out
    assert "nothing has changed since 1.0.0" in synthllm.cli(*first, "1.0.1").out
    moved = synthllm.cli("push-model", models["new"], repository, "--dataset", dataset, "--version", "1.0.0")
    assert (moved.code, "a tag is never moved" in moved.err) == (2, True)
    done = synthllm.cli("push-model", models["new"], repository, "--dataset", dataset, "--version", "1.1.0")
    assert done.code == 0, done
    assert "models: model.safetensors changed" in done.out
    assert "recipe: training.max_steps: 2 -> 3" in done.out
    assert "models: tokenizer.json" not in done.out
    assert there.read("README.md").decode().endswith("My own words.\n")
    assert there.read("model.safetensors", "1.0.0") == (models["old"] / "model" / "model.safetensors").read_bytes()
    assert there.read("model.safetensors", "1.1.0") == (models["new"] / "model" / "model.safetensors").read_bytes()
    assert not [path for path in there.resolve("main").tree if path.startswith("provenance/1.0.0/")]


@pytest.mark.parametrize(
    ("request_line", "skip", "lost"),
    [("^POST /api/repos/create", 0, True), (PUT, 0, True), (COMMIT, 0, False), (COMMIT, 0, True), (TAG, 0, True)],
)
def test_killed_push_of_a_model_continues_and_sends_nothing_twice(
    hub: Hub,
    synthllm: Client,
    environment: dict[str, str],
    models: dict[str, Path],
    repository: str,
    request_line: str,
    skip: int,
    lost: bool,
) -> None:
    held = hub.fail(request_line, "hold", skip=skip)
    arguments = ["push-model", str(models["old"]), repository, "--version", "1.0.0"]
    command = [sys.executable, "-m", "synthllm.builder.cli", *arguments]
    push = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert held.reached.wait(60)
    if lost:
        held.how = "drop"
    push.send_signal(signal.SIGKILL)
    push.communicate()
    held.release()
    wait_until_quiet(hub)
    arrived = {seen.path for seen in hub.requests(PUT) if seen.status == 200}
    hub.log.clear()
    done = synthllm.cli(*arguments)
    assert done.code == 0, done
    there = model_of(hub, repository)
    assert [commit.title for commit in there.history("main")] == ["Release 1.0.0", "initial commit"]
    assert there.tags["1.0.0"].commit == there.resolve("main").id
    assert not arrived & {seen.path for seen in hub.requests(PUT)}


def test_data_that_is_not_released_is_said_in_the_card(
    hub: Hub, synthllm: Client, models: dict[str, Path], repository: str
) -> None:
    done = synthllm.cli("push-model", models["old"], repository, "--version", "1.0.0")
    assert done.code == 0, done
    assert "not named as a release" in done.err
    assert "| not released | level1 |" in model_of(hub, repository).read("README.md").decode()
    assert "datasets" not in metadata_of(model_of(hub, repository))


def test_release_of_other_data_than_was_trained_on_is_refused(
    hub: Hub, synthllm: Client, models: dict[str, Path], repository: str, tmp_path: Path
) -> None:
    other = make_run(tmp_path / "other", dict.fromkeys(("level1", "level2", "level3"), range(3, 15)))
    synthllm.cli("push", other, f"{repository}-data", "--version", "1.0.0")
    arguments = ("push-model", models["old"], repository, "--version", "1.0.0", "--dataset")
    for release, words in (
        (f"{repository}-data@1.0.0", f"was trained on and is not in {repository}-data 1.0.0"),
        (f"{repository}-data@2.0.0", "2.0.0 is not a version of it; released: 1.0.0"),
        (f"{repository}-data", "is not [SOURCE=]USER/NAME@VERSION"),
        (f"{repository}-data@1", "'1' is not a version"),
        (f"elsewhere={repository}-data@1.0.0", "names no source that was read from files"),
    ):
        done = synthllm.cli(*arguments, release)
        assert done.code == 2, done
        assert words in done.err
        assert len(done.err.splitlines()) == 1
    assert ("model", repository) not in hub.repositories


def test_what_cannot_be_released_is_one_line(
    hub: Hub, synthllm: Client, models: dict[str, Path], data: Path, repository: str, tmp_path: Path
) -> None:
    unfinished = tmp_path / "unfinished"
    unfinished.mkdir()
    (unfinished / "recipe.yaml").write_text(recipe_on(data).canonical(), encoding="utf-8")
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(models["old"]), str(copy)], check=True)
    (copy / "model" / "model.safetensors").unlink()
    leaking = tmp_path / "leaking"
    subprocess.run(["cp", "-r", str(models["old"]), str(leaking)], check=True)
    config = leaking / "model" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"note": "hf_" + "a" * 30}), encoding="utf-8")
    for run, words in (
        (tmp_path / "absent", "no training here"),
        (unfinished, "the training is not finished"),
        (copy, "weights in safetensors is missing"),
        (leaking, "a Hugging Face token stands there"),
    ):
        done = synthllm.cli("push-model", run, repository, "--version", "1.0.0")
        assert done.code == 2, done
        assert words in done.err
        assert len(done.err.splitlines()) == 1
    named = synthllm.cli("push-model", models["old"], repository, "--version", "1.0.0", "--base-model", "a/b")
    assert "trains a model from scratch" in named.err
    assert ("model", repository) not in hub.repositories


def test_weights_of_someone_else_in_the_repository_are_in_the_way(
    hub: Hub, synthllm: Client, models: dict[str, Path], dataset: str, repository: str
) -> None:
    synthllm.cli("push-model", models["old"], repository, "--version", "1.0.0", "--dataset", dataset)
    lines = [
        {"key": "header", "value": {"summary": "by hand"}},
        {"key": "file", "value": {"path": "pytorch_model.bin", "content": "aGVsbG8="}},
    ]
    model_of(hub, repository).commit("main", lines, "alice", pull_request=False)
    done = synthllm.cli("push-model", models["new"], repository, "--version", "1.1.0", "--dataset", dataset)
    assert done.code == 2
    assert "pytorch_model.bin is in the way" in done.err


def test_results_of_an_evaluation_of_these_weights_are_in_the_card_and_of_others_refused(
    hub: Hub, synthllm: Client, models: dict[str, Path], dataset: str, repository: str, tmp_path: Path
) -> None:
    rows = [{"question": f"What is {n} + 1?", "answer": f"#### {n + 1}"} for n in range(6)]
    files = {"gsm8k": str(tiny.write_rows(tmp_path / "gsm8k.jsonl", rows))}
    recipe = {"name": "small", "tasks": ["gsm8k"], "files": files, "max_tokens": 24, "temperature": 1.0}
    (tmp_path / "eval.yaml").write_text(yaml.safe_dump(recipe), encoding="utf-8")
    model = models["old"] / "model"
    ran = synthllm.cli("eval", tmp_path / "eval.yaml", "--model", model, "--out", tmp_path / "eval")
    assert ran.code == 0, ran
    found = json.loads((tmp_path / "eval" / "results.json").read_text())
    arguments = (repository, "--version", "1.0.0", "--dataset", dataset, "--results", tmp_path / "eval")
    refused = synthllm.cli("push-model", models["new"], *arguments)
    assert refused.code == 2
    assert "with other weights than" in refused.err
    done = synthllm.cli("push-model", models["old"], *arguments)
    assert done.code == 0, done
    shown = metadata_of(model_of(hub, repository))["model-index"][0]["results"]
    assert [one["dataset"]["name"] for one in shown] == ["GSM8K", "held-out questions of the training data"]
    accuracy = found["tasks"]["gsm8k"]["measures"]["accuracy"]
    assert shown[0]["metrics"][0]["value"] == round(100 * accuracy["value"], 2)
    assert shown[0]["metrics"][0]["args"]["standard_error"] == round(100 * accuracy["standard_error"], 2)


def test_dry_run_of_a_model_writes_nothing(
    hub: Hub, synthllm: Client, models: dict[str, Path], dataset: str, repository: str
) -> None:
    arguments = ("push-model", models["old"], repository, "--version", "1.0.0", "--dataset", dataset, "--dry-run")
    done = synthllm.cli(*arguments)
    assert done.code == 0, done
    assert "add     model.safetensors" in done.out
    assert "+model-index:" in done.out
    assert ("model", repository) not in hub.repositories


def test_adapters_name_their_base_on_the_hub(
    hub: Hub, synthllm: Client, models: dict[str, Path], data: Path, dataset: str, repository: str, tmp_path: Path
) -> None:
    pytest.importorskip("peft")
    recipe = recipe_on(
        data, model={"scratch": None, "name": str(models["old"] / "model"), "lora": {"rank": 2, "alpha": 4}}
    )
    train(recipe, tmp_path / "adapters", quiet=True)
    arguments = ("push-model", tmp_path / "adapters", repository, "--version", "1.0.0", "--dataset", dataset)
    refused = synthllm.cli(*arguments)
    assert refused.code == 2
    assert "name the base model with --base-model USER/NAME" in refused.err
    done = synthllm.cli(*arguments, "--base-model", "alice/base")
    assert done.code == 0, done
    there = model_of(hub, repository)
    assert json.loads(there.read("adapter_config.json"))["base_model_name_or_path"] == "alice/base"
    metadata = metadata_of(there)
    assert (metadata["base_model"], metadata["library_name"]) == ("alice/base", "peft")
    assert not {"model.safetensors", "training_args.bin"} & set(there.resolve("main").tree)
