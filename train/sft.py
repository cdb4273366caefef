"""Fine-tuning on questions with answers, by TRL on accelerate.

    accelerate launch -m synthllm.train.sft --config recipes/sft/llama-3.2-1b.yaml --out runs/sft/llama-3.2-1b
    synthllm train recipes/sft/laptop.yaml --out runs/sft/laptop        (the same, in one process)

OUT/recipe.yaml     the recipe with every default; a folder of another recipe is refused
OUT/data.json       what was trained on: shares of the mixture, lengths, what was dropped
OUT/log.jsonl       loss, learning rate, tokens per second, memory, time left
OUT/checkpoint-N/   to resume from; running again goes on from the last that is whole
OUT/before.json     held-out loss and exact answers before training
OUT/model/          the model with its tokenizer and chat template
OUT/summary.json    written last: the training is done when it exists
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import platform
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from .. import __version__
from ..builder.errors import RecipeError, StoreError, SynthLLMError, TrainingError
from ..builder.store import read_json, write_json, write_text
from .launch import accumulation, asked_processes, check_hardware, check_installed, check_world, is_main
from .recipe import SftRecipe, load_sft

if TYPE_CHECKING:
    from .prepare import Encode, Pool, Prepared
    from .template import Template


def train(recipe: SftRecipe, out: Path, quiet: bool = False) -> dict[str, Any]:
    """Train a recipe to the end, from its last whole checkpoint where there is one; its summary.

    Raises:
        SynthLLMError: The recipe, its data, its model or the machine do not allow it.
    """
    check_installed()
    claim(recipe, out)
    if (out / "summary.json").exists():
        return read_json(out / "summary.json")
    import torch
    from accelerate import PartialState

    accelerators = 0 if recipe.training.use_cpu else torch.accelerator.device_count()
    check_hardware(recipe.training, accelerators)
    state = PartialState(cpu=recipe.training.use_cpu)
    check_world(state.num_processes, recipe.training, asked_processes(), recipe.training.use_cpu)
    batch, passes = accumulation(recipe.training, state.num_processes)
    say = Say(quiet or not is_main())
    processes = state.num_processes
    say(
        f"{recipe.name}: {processes} process{'es' if processes > 1 else ''}, {recipe.training.global_batch} rows per "
        f"update = {processes} x {batch} x {passes} passes"
    )
    trainer, template, prepared = set_up(recipe, out, batch, passes, say, quiet)
    return run(recipe, out, trainer, template, prepared, say)


class Say:
    """Writes progress on stderr; nothing where it is quiet or another process speaks."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet

    def __call__(self, line: str) -> None:
        if not self.quiet:
            sys.stderr.write(line + "\n")


def set_up(
    recipe: SftRecipe, out: Path, batch: int, passes: int, say: Say, quiet: bool
) -> tuple[Any, Template, Prepared]:
    """Everything that is checked before the first step: arguments, data, tokenizer, template, model, disk.

    Raises:
        SynthLLMError: Something does not fit.
    """
    from accelerate import PartialState
    from datasets import disable_progress_bars

    from .arguments import sft_config
    from .models import check_length, load_model, lora_config
    from .prepare import open_pool, prepare
    from .template import checked_template

    disable_progress_bars()
    state = PartialState()
    arguments = sft_config(recipe, out, batch, passes)
    adapters = lora_config(recipe.model)
    with state.main_process_first():
        pool = open_pool(recipe.data, getattr(recipe, "formats", ()))
        tokenizer = _tokenizer(recipe, out, pool)
    model = load_model(recipe.model, tokenizer, recipe.seed)
    check_length(model, recipe.data.max_length)
    template = checked_template(tokenizer, model.generation_config.eos_token_id, recipe.model.template)
    model.generation_config.eos_token_id = list(template.stop_ids)
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    encode, splits = encoder(recipe, template)
    with state.main_process_first():
        prepared = prepare(recipe.data, pool, encode, recipe.seed, recipe.training.global_batch, splits)
    if is_main():
        write_json(out / "data.json", prepared.report | {"mixture": _with_files(recipe, prepared.report["mixture"])})
    for line in report_lines(prepared.report, template):
        say(line)
    if recipe.data.packing:
        from .packing import packing_isolates

        if not packing_isolates(model, str(arguments.device)):
            say(f"packing: off, because rows would see each other with attention '{recipe.model.attention}'")
            arguments.packing = False
    from .trainer import RunLog, StoppingTrainer, check_disk, whole_checkpoints

    whole = whole_checkpoints(out)
    resumed_at = int(whole[-1].name.rpartition("-")[2]) if whole else 0
    log = RunLog(out, resumed_at, quiet)
    trainer = StoppingTrainer(
        model=model,
        args=arguments,
        train_dataset=prepared.train,
        processing_class=tokenizer,
        peft_config=adapters,
        callbacks=[log],
    )
    if recipe.evaluation.answers and spread(trainer):
        raise RecipeError(
            "evaluation.answers: a model that is spread over processes cannot answer here; set 0 and run "
            "`synthllm eval` on the saved model"
        )
    check_disk(out, trainer.model, recipe.training.keep_checkpoints, len(whole), adapters is not None)
    from transformers import PrinterCallback

    trainer.remove_callback(PrinterCallback)  # RunLog prints
    trainer.run_log = log
    log.peak_share = peak_share(recipe, trainer, prepared.report["attended_length"])
    return trainer, template, prepared


def peak_share(recipe: SftRecipe, trainer: Any, length: float) -> float:
    """The share of all devices' peak that one token per second takes; 0 where the peak is not known."""
    import torch

    from .throughput import flops_per_token, peak_flops

    if not torch.cuda.is_available() or not recipe.training.bf16:
        return 0.0
    peak = peak_flops(torch.cuda.get_device_name())
    return flops_per_token(trainer.model, length) / (peak * trainer.accelerator.num_processes) if peak else 0.0


def encoder(recipe: SftRecipe, template: Template) -> tuple[Encode, bool]:
    """How a row becomes tokens, and whether rows that are too long are cut into several."""
    from .recipe import PretrainRecipe

    if isinstance(recipe, PretrainRecipe):
        from .pretrain import text_encoder

        return text_encoder(template), True
    return lambda row: template.encode(row["prompt"], row["answer"]), False


def run(recipe: SftRecipe, out: Path, trainer: Any, template: Template, prepared: Prepared, say: Say) -> dict[str, Any]:
    """Measure, train, measure again, save; the summary."""
    from .evaluation import in_words, measured
    from .models import parameter_counts
    from .trainer import naming_full_disk, peak_memory, whole_checkpoints

    started = time.monotonic()
    if (out / "before.json").exists():
        before = read_json(out / "before.json")
    else:
        # A model that is spread over processes is spread by the training itself; before it there is nothing to ask.
        before = (
            {} if spread(trainer) else measured(recipe.evaluation, trainer, template, prepared, out / "before.jsonl")
        )
        if is_main():
            write_json(out / "before.json", before)
    say(f"before: {in_words(before)}")
    whole = whole_checkpoints(out)
    if whole:
        say(f"going on from {whole[-1]}")
    training_started = time.monotonic()
    result = trainer.train(resume_from_checkpoint=str(whole[-1]) if whole else None)
    train_s = time.monotonic() - training_started
    after = measured(recipe.evaluation, trainer, template, prepared, out / "after.jsonl")
    say(f"after:  {in_words(after)}")
    with naming_full_disk(out, "the model"):
        trainer.save_model(str(out / "model"))
    everything, trained = parameter_counts(trainer.model)
    summary = {
        "name": recipe.name,
        "fingerprint": recipe.fingerprint(),
        "parameters": everything,
        "trained_parameters": trained,
        "rows": prepared.report["rows"],
        "tokens": prepared.report["tokens"],
        "trained_tokens": prepared.report["trained_tokens"],
        "steps": trainer.state.global_step,
        "epochs": round(float(trainer.state.epoch or 0), 3),
        "processes": trainer.accelerator.num_processes,
        "train_loss": result.training_loss,
        "before": before,
        "after": after,
        "train_s": round(train_s, 1),
        "whole_s": round(time.monotonic() - started, 1),
        "seen_tokens": int(trainer.state.num_input_tokens_seen) or int(trainer._total_train_tokens),
        **trainer.run_log.overall(),
        "peak_memory_gib": round(peak_memory() / 2**30, 3),
        "stops_at": [template.tokenizer.decode([one]) for one in template.stop_ids],
        "packages": packages(),
    }
    if is_main():
        trainer.model.generation_config.save_pretrained(out / "model")
        template.tokenizer.save_pretrained(out / "model")
        write_json(out / "summary.json", summary)
    return summary


def spread(trainer: Any) -> bool:
    """Whether the weights are spread over processes, by FSDP or DeepSpeed."""
    from accelerate.utils import DistributedType

    return trainer.accelerator.distributed_type in (DistributedType.FSDP, DistributedType.DEEPSPEED)


def report_lines(report: dict[str, Any], template: Template) -> list[str]:
    """What is trained on, for reading."""
    ends = template.tokenizer.decode([template.ends_with])
    quantiles = ", ".join(f"{int(float(q) * 100)}%: {value}" for q, value in report["length_quantiles"].items())
    lines = [
        f"data: {report['rows']:,} rows, {report['tokens']:,} tokens, {report['trained_tokens']:,} of them trained on; "
        f"{report['held_out_rows']:,} rows held out"
        + (f", {report['left_out']:,} left out that have a problem of these" if report["left_out"] else ""),
        f"lengths: {quantiles}; {report['longer_than_max_length']:,} longer than {report['max_length']}, "
        f"{report['dropped']:,} dropped",
        f"template: {'ours' if template.ours else 'of the model'}; an answer ends with {ends}, where generation stops",
    ]
    lines += [
        f"mixture: {one['source']} ({one['kind']}): {one['rows']:,} rows, {100 * one['token_share']:.2f} % of tokens"
        for one in report["mixture"]
    ]
    lines += [
        f"format {name}: {counts['rows']:,} texts, {counts['tokens']:,} tokens"
        for name, counts in report["formats"].items()
    ]
    if report["benchmarks"]:
        lines.append("benchmarks: no question of " + ", ".join(report["benchmarks"]))
    else:
        lines.append("benchmarks: none named in data.benchmarks, so the rows were compared with none")
    return lines


def _with_files(recipe: SftRecipe, mixture: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The mixture with the SHA-256 of every local file of each source, by which a release of it is known."""
    from ..builder.release_head import sha256_of
    from .sources import data_files

    return [
        part | {"files": {name: sha256_of(Path(name)) for name in data_files(source)}}
        for source, part in zip(recipe.data.sources, mixture, strict=True)
    ]


def packages() -> dict[str, str]:
    """The versions of Python, of this package and of what trains; a package that is not installed is left out."""
    found = {"python": platform.python_version(), "synthllm": __version__}
    for name in ("torch", "transformers", "trl", "accelerate", "peft", "tokenizers", "datasets"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def claim(recipe: SftRecipe, out: Path) -> None:
    """See that the folder belongs to the recipe.

    Raises:
        StoreError: It belongs to another one, or cannot be written.
    """
    path = out / "recipe.yaml"
    wanted = recipe.canonical()
    if not path.exists():
        if is_main():
            write_text(path, wanted)
        return
    before = yaml.safe_load(path.read_text(encoding="utf-8"))
    if before != yaml.safe_load(wanted):
        changed = [key for key, value in yaml.safe_load(wanted).items() if before.get(key) != value]
        raise StoreError(
            f"{out}: belongs to another recipe, which differs in {', '.join(changed)}; choose another folder with --out"
        )


def _tokenizer(recipe: SftRecipe, out: Path, pool: Pool) -> Any:
    """The tokenizer; one that is fitted is written down, so that every process and every resumption has the same."""
    from .models import load_tokenizer

    if recipe.model.scratch is None:
        return load_tokenizer(recipe.model, ())
    from transformers import PreTrainedTokenizerFast

    folder = out / "tokenizer"
    if is_main() and not (folder / "complete").exists():
        load_tokenizer(recipe.model, pool.texts()).save_pretrained(folder)
        write_text(folder / "complete", "")
    if not (folder / "complete").exists():
        raise TrainingError(f"{folder}: the first process has not written the tokenizer; is {out} a shared folder?")
    return PreTrainedTokenizerFast.from_pretrained(folder)


def main(arguments: list[str] | None = None) -> None:
    """Command line of `python -m synthllm.train.sft`; an error that a user can cause is one line, and exit code 2."""
    from .command_line import run_module

    run_module("synthllm.train.sft", load_sft, train, arguments)


if __name__ == "__main__":
    main()

__all__ = ["SynthLLMError", "main", "train"]
