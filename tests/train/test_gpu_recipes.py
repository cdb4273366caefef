"""Real updates of every GPU recipe's configuration at reduced depth: on a GPU at full width, on a CPU at a small one.

On a GPU: `pytest -m gpu tests/train/test_gpu_recipes.py -s` prints tokens per second, model FLOP utilisation and memory
of each recipe, and records them as properties of the test (`--junit-xml`).
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM, LlamaConfig, PretrainedConfig, Qwen3Config

from synthllm.train.recipe import PretrainRecipe, ScratchRecipe, SftRecipe, load_pretrain, load_sft
from synthllm.train.scratch import fitted_tokenizer
from synthllm.train.sft import train
from synthllm.train.teacher_rows import teacher_rows
from synthllm.train.throughput import flops_per_token, peak_flops
from train import tiny

pytestmark = [
    # torch's data loader says on every machine without a GPU that pinned memory is not used there.
    pytest.mark.filterwarnings("ignore:.*pin_memory.*:UserWarning"),
    # peft 0.21 reads a name that transformers 5.23 has renamed.
    pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning"),
]
RECIPES = Path(__file__).parents[2] / "recipes"
LAYERS = 2
UPDATES = 4
LLAMA: dict[str, Any] = {
    "vocab_size": 128256, "num_key_value_heads": 8, "rms_norm_eps": 1e-5, "max_position_embeddings": 131072,
    "rope_parameters": {"rope_type": "default", "rope_theta": 500000.0},
}  # fmt: skip
SHAPES: dict[str, PretrainedConfig] = {
    "meta-llama/Llama-3.2-1B": LlamaConfig(
        **LLAMA, hidden_size=2048, intermediate_size=8192, num_attention_heads=32, tie_word_embeddings=True
    ),
    "meta-llama/Llama-3.2-3B": LlamaConfig(
        **LLAMA, hidden_size=3072, intermediate_size=8192, num_attention_heads=24, tie_word_embeddings=True
    ),
    "meta-llama/Llama-3.1-8B": LlamaConfig(
        **LLAMA, hidden_size=4096, intermediate_size=14336, num_attention_heads=32, tie_word_embeddings=False
    ),
    "Qwen/Qwen3-1.7B-Base": Qwen3Config(
        vocab_size=151936, hidden_size=2048, intermediate_size=6144, num_attention_heads=16, num_key_value_heads=8,
        head_dim=128, max_position_embeddings=32768, tie_word_embeddings=True,
    ),
}  # fmt: skip
"""The published configurations, since gated ones cannot be read from the Hub without an account."""
SMALL = {
    "vocab_size": 1024, "hidden_size": 64, "intermediate_size": 128, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 16,
}  # fmt: skip


def gpu_recipes() -> dict[str, SftRecipe]:
    """Every recipe that is for GPUs, by its file."""
    found: dict[str, SftRecipe] = {}
    for path in sorted(RECIPES.glob("sft/*.yaml")):
        if not path.stem.startswith("ladder"):
            found[path.stem] = load_sft(path)
    for path in sorted(RECIPES.glob("pretrain/*.yaml")):
        found[f"pretrain-{path.stem}"] = load_pretrain(path)
    return {name: recipe for name, recipe in found.items() if not recipe.training.use_cpu}


def update(recipe: SftRecipe, folder: Path, small: bool) -> dict[str, Any]:
    """The summary of a few updates of a recipe's settings on a random model of its shape, two layers deep.

    Rows are problems of the teacher, joined to lengths up to the recipe's. With `small` the width, the length and the
    batch are small, and the device is the CPU; all else is the recipe's.
    """
    max_length = 256 if small else recipe.data.max_length
    batch = min(recipe.training.device_batch, 2) if small else recipe.training.device_batch
    global_batch = 2 * batch if small else recipe.training.global_batch
    texts, rows = list(teacher_rows(["last_digit_of_power", "manhattan_distance", "dot_product"], 60)), []
    rng = np.random.default_rng(0)
    tokenizer = fitted_tokenizer((row["answer"] for row in texts), ScratchRecipe(vocabulary=1024, context=max_length))
    per_answer = len(tokenizer(texts[0]["answer"])["input_ids"])
    for number in range(UPDATES * global_batch):
        first = texts[number % len(texts)]
        more = rng.integers(0, max(1, max_length // (2 * per_answer)))
        answers = [texts[int(at)]["answer"] for at in rng.integers(0, len(texts), more)]
        answer = "\n\n".join([*answers, first["answer"]])
        question = first["prompt"][0]["content"]
        messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        rows.append({"id": f"row-{number}", "messages": messages, "question": question, "answer": answer})
    path = tiny.write_rows(folder / "rows.jsonl", rows)
    shape = SHAPES[recipe.model.name or ""].to_dict() | {"num_hidden_layers": LAYERS} | (SMALL if small else {})
    shape |= {"pad_token_id": tokenizer.pad_token_id, "bos_token_id": tokenizer.bos_token_id}
    shape |= {"eos_token_id": tokenizer.eos_token_id, "layer_types": None}
    torch.manual_seed(0)
    config = AutoConfig.for_model(**{name: value for name, value in shape.items() if value is not None})
    AutoModelForCausalLM.from_config(config).save_pretrained(folder / "base")
    tokenizer.save_pretrained(folder / "base")
    values = recipe.model_dump(mode="json")
    values["model"] |= {"name": str(folder / "base")} | ({"attention": "sdpa"} if small else {})
    values["data"] |= {"sources": [{"path": str(path)}], "max_length": max_length, "held_out": 0, "max_dropped": 0.3}
    values["training"] |= {"max_steps": UPDATES, "log_steps": 1, "global_batch": global_batch, "device_batch": batch}
    if small:
        values["training"] |= {"use_cpu": True, "bf16": False}
    if isinstance(recipe, PretrainRecipe):
        values["formats"] = ["plain"]
    return train(type(recipe).model_validate(values), folder / "out", quiet=True)


@pytest.mark.parametrize("name", gpu_recipes())
def test_settings_of_a_gpu_recipe_take_real_updates_on_a_small_model(name: str, tmp_path: Path) -> None:
    recipe = gpu_recipes()[name]
    summary = update(recipe, tmp_path, small=True)
    assert summary["steps"] == UPDATES
    assert math.isfinite(summary["train_loss"])
    assert summary["tokens_per_s"] > 0
    assert "mfu" not in summary, "the peak of a CPU is not known"
    assert (summary["trained_parameters"] < summary["parameters"]) == (recipe.model.lora is not None)
    logged = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in logged] == list(range(1, UPDATES + 1))


@pytest.mark.gpu
@pytest.mark.timeout(1200)
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("name", gpu_recipes())
def test_gpu_recipe_takes_real_updates_at_full_width(
    name: str, tmp_path: Path, record_property: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = gpu_recipes()[name]
    if recipe.model.attention.startswith("flash"):
        pytest.importorskip("flash_attn")
    summary = update(recipe, tmp_path, small=False)
    assert summary["steps"] == UPDATES
    assert math.isfinite(summary["train_loss"])
    assert summary["tokens_per_s"] > 0
    device = torch.cuda.get_device_name()
    if peak_flops(device) is not None:
        assert 0 < summary["mfu"] < 1
    found = {key: summary.get(key) for key in ("tokens_per_s", "mfu", "peak_memory_gib", "parameters")}
    for key, value in (found | {"device": device}).items():
        record_property(key, value)
    with capsys.disabled():
        sys.stdout.write(f"\n{name}, {LAYERS} layers, {device}: {json.dumps(found)}\n")


@pytest.mark.parametrize("name", ["meta-llama/Llama-3.2-1B", "meta-llama/Llama-3.1-8B", "Qwen/Qwen3-1.7B-Base"])
def test_operations_per_token_are_those_that_torch_counts(name: str) -> None:
    """torch counts every product of a forward and a backward pass; it does not halve causal attention."""
    from torch.utils.flop_counter import FlopCounterMode

    shape = SHAPES[name].to_dict() | SMALL | {"num_hidden_layers": 3, "layer_types": None}
    config = AutoConfig.for_model(**{key: value for key, value in shape.items() if value is not None})
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    length = 96
    ids = torch.arange(length)[None] + 3
    with FlopCounterMode(display=False) as counter:
        model(input_ids=ids, labels=ids).loss.backward()
    # Rotary angles are a product too, of no weight: less than a percent.
    assert counter.get_total_flops() == pytest.approx(flops_per_token(model, 2 * length) * length, rel=0.01)


def test_frozen_weights_take_no_gradient_of_their_own() -> None:
    from torch.utils.flop_counter import FlopCounterMode

    model = torch.nn.Sequential(*(torch.nn.Linear(32, 32, bias=False) for _ in range(3)))
    model.config = LlamaConfig(**SMALL, num_hidden_layers=1)  # type: ignore[assignment]
    model[1].weight.requires_grad_(False)
    with FlopCounterMode(display=False) as counter:
        model(torch.ones(5, 32, requires_grad=True)).sum().backward()
    assert counter.get_total_flops() == 5 * flops_per_token(model, 0)


def test_peak_of_a_device_is_found_by_its_name() -> None:
    assert peak_flops("NVIDIA H100 80GB HBM3") == 989e12
    assert peak_flops("NVIDIA H100 PCIe") == 756e12
    assert peak_flops("NVIDIA A100-SXM4-80GB") == 312e12
    assert peak_flops("NVIDIA L40S") == 362e12
    assert peak_flops("AMD EPYC") is None
