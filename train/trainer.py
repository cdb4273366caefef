"""TRL's SFTTrainer, stopped by a loss that is no number, with a log on disk and checkpoints that are known to be whole.

OUT/checkpoint-20/complete      written last: a checkpoint without it was cut off and is not resumed from
OUT/log.jsonl                   one line per log: loss, learning rate, tokens per second, memory, time left
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import resource
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import TrainerCallback
from trl import SFTTrainer

from ..builder.errors import TrainingError
from .launch import is_main
from .models import parameter_counts
from .template import IGNORED

COMPLETE = "complete"
FULL_DISK = ("PytorchStreamWriter", "inline_container", "No space left", "Disk quota")
ADAM_BYTES = 8  # two numbers of four bytes per trained weight


class StoppingTrainer(SFTTrainer):  # type: ignore[misc]
    """SFTTrainer that stops before a loss that is no number reaches the weights."""

    def training_step(self, *args: Any, **kwargs: Any) -> Any:
        """One forward and backward pass.

        Raises:
            TrainingError: The loss is NaN or infinite.
        """
        loss = super().training_step(*args, **kwargs)
        if not torch.isfinite(loss):
            raise TrainingError(
                f"step {self.state.global_step + 1} (epoch {self.state.epoch or 0:.2f}): the loss is {loss.item()}; "
                f"{last_good(Path(self.args.output_dir))}; lower training.learning_rate, or look at "
                f"the rows of this step"
            )
        return loss

    def held_out_loss(self, rows: Any) -> float:
        """The mean loss per token over held-out rows, in nats.

        Not by `evaluate`: it marks the model as prepared, and the processes of a training that follows would then each
        train a model of their own, without sharing gradients.
        """
        was_training = self.model.training
        self.model.eval()
        sums = torch.zeros(2, dtype=torch.float64)
        for inputs in self.get_eval_dataloader(rows):
            trained_on = int((inputs["labels"][:, 1:] != IGNORED).sum())
            loss, _, _ = self.prediction_step(self.model, inputs, prediction_loss_only=True)
            sums += torch.tensor([float(loss) * trained_on, trained_on], dtype=torch.float64)
        self.model.train(was_training)
        total = self.accelerator.reduce(sums.to(torch.float32).to(self.accelerator.device), "sum")
        return float(total[0] / total[1])

    def _save_checkpoint(self, *args: Any, **kwargs: Any) -> None:
        with naming_full_disk(Path(self.args.output_dir), f"checkpoint-{self.state.global_step}"):
            super()._save_checkpoint(*args, **kwargs)


@contextlib.contextmanager
def naming_full_disk(folder: Path, what: str) -> Iterator[None]:
    """Turns the errors that a full disk gives into one line.

    Raises:
        TrainingError: There was no room to write.
    """
    try:
        yield
    except (OSError, RuntimeError, SafetensorError) as error:
        # Only OSError tells its number; torch's zip writer and safetensors put a full disk into words.
        numbered = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
        if not numbered and not any(words in str(error) for words in FULL_DISK):
            raise
        raise TrainingError(
            f"{folder}: no room to write {what}; {last_good(folder)}; free some space and run again"
        ) from error


def whole_checkpoints(folder: Path) -> list[Path]:
    """The checkpoints that were written to the end, oldest first."""
    found = [path.parent for path in folder.glob(f"checkpoint-*/{COMPLETE}")]
    return sorted(found, key=lambda path: int(path.name.rpartition("-")[2]))


def last_good(folder: Path) -> str:
    """The last whole checkpoint in words."""
    whole = whole_checkpoints(folder)
    return f"the last good checkpoint is {whole[-1]}" if whole else "there is no checkpoint yet"


def check_disk(folder: Path, model: Any, keep: int, kept_already: int, adapters: bool = False) -> None:
    """See that the disk has room for the checkpoints and the model.

    Args:
        keep: checkpoints that are kept.
        kept_already: those of them that are there.
        adapters: only what is trained is written.

    Raises:
        TrainingError: It has not.
    """
    everything, trained = parameter_counts(model)
    weights = (trained if adapters else everything) * next(model.parameters()).element_size()
    # One more than are kept: an old one is removed after a new one is written. And the model at the end.
    needed = max(0, keep + 1 - kept_already) * (weights + trained * ADAM_BYTES) + weights
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise TrainingError(
            f"{folder}: {keep} checkpoints and the model need {needed / 2**30:.1f} GiB, the disk has "
            f"{free / 2**30:.1f} GiB free; free some space, choose another folder with --out, or lower "
            "training.keep_checkpoints"
        )


class RunLog(TrainerCallback):  # type: ignore[misc]
    """Writes `log.jsonl` and one line of progress per log on stderr, and marks whole checkpoints."""

    def __init__(self, folder: Path, resumed_at: int, quiet: bool) -> None:
        self.path = folder / "log.jsonl"
        self.quiet = quiet
        self.resumed_at = resumed_at
        self.started = self.last_time = time.monotonic()
        self.first: tuple[float, float] | None = None  # tokens and time of the first log: what is before it is warm-up
        self.last_tokens = 0.0
        self.peak_share = 0.0  # of the devices' peak, per token and second; 0 where the peak is not known
        if is_main() and self.path.exists():
            # What was logged after the checkpoint that the run goes on from will be logged again.
            lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if line.endswith("\n") and json.loads(line)["step"] <= resumed_at]
            self.path.write_text("".join(kept), encoding="utf-8")

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Start the clocks."""
        self.started = self.last_time = time.monotonic()

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """Add tokens per second, memory and time left to what the trainer logs."""
        if not is_main() or not logs or "loss" not in logs:
            return
        now = time.monotonic()
        entry: dict[str, Any] = {"step": state.global_step, "steps": state.max_steps} | logs
        tokens = float(logs.get("num_tokens", 0.0))
        if self.first is None:
            self.first = tokens, now
        else:
            entry |= self.rates(self.last_tokens, self.last_time, tokens, now)
        self.last_tokens, self.last_time = tokens, now
        done = state.global_step - self.resumed_at
        entry["elapsed_s"] = round(now - self.started, 1)
        entry["eta_s"] = round((now - self.started) / max(done, 1) * (state.max_steps - state.global_step), 1)
        entry["memory_gib"] = round(peak_memory() / 2**30, 3)
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
        except OSError as error:
            folder = self.path.parent
            raise TrainingError(f"{self.path}: cannot write: {error.strerror}; {last_good(folder)}") from error
        if not self.quiet:
            rate = f"{entry['tokens_per_s']:,.0f} tokens/s  " if "tokens_per_s" in entry else ""
            sys.stderr.write(
                f"step {state.global_step}/{state.max_steps}  loss {float(entry['loss']):.4f}  "
                f"lr {float(entry.get('learning_rate', math.nan)):.2e}  {rate}"
                f"{entry['memory_gib']:.2f} GiB  {entry['eta_s']:,.0f} s left\n"
            )

    def rates(self, tokens_before: float, before: float, tokens: float, now: float) -> dict[str, float]:
        """Tokens per second between two logs, and model FLOP utilisation where the peak is known."""
        rate = (tokens - tokens_before) / max(now - before, 1e-9)
        return {"tokens_per_s": round(rate, 1)} | ({"mfu": round(rate * self.peak_share, 4)} if self.peak_share else {})

    def overall(self) -> dict[str, float]:
        """The same from the first log to the last; nothing where there is one log."""
        if self.first is None or self.last_time <= self.first[1]:
            return {}
        return self.rates(*self.first, self.last_tokens, self.last_time)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Mark the checkpoint as whole, when every process has written its part."""
        if torch.distributed.is_initialized():
            torch.distributed.barrier()
        if is_main():
            folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
            for path in folder.iterdir():
                if path.is_file():
                    descriptor = os.open(path, os.O_RDONLY)
                    try:
                        os.fsync(descriptor)
                    finally:
                        os.close(descriptor)
            (folder / COMPLETE).write_text(f"{state.global_step}\n", encoding="utf-8")


def peak_memory() -> int:
    """Bytes: the most that the GPU has held, or this process on a machine without."""
    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
