"""The processes in which replies are worked out, so that the server stays free to answer health checks."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from .tokens import count_tokens, first_tokens


@dataclass(frozen=True)
class Job:
    """One generation, validated. `stop` sequences end the reply and stay in it, as in Text Generation Inference."""

    text: str
    max_new_tokens: int | None
    sampled: bool
    seed: int | None
    stop: tuple[str, ...]
    error_rate: float
    max_input_tokens: int
    max_total_tokens: int


@dataclass(frozen=True)
class Done:
    """A reply with its counts. `refused` is set, and the rest empty, where the prompt is too long."""

    text: str = ""
    finish_reason: str = ""  # eos_token, length or stop_sequence
    prompt_tokens: int = 0
    generated_tokens: int = 0
    refused: str = ""


def start_pool(workers: int) -> ProcessPoolExecutor:
    """A pool whose processes end with this one, however it ends."""
    spawn = multiprocessing.get_context("spawn")  # forking a process that runs an event loop is not safe
    return ProcessPoolExecutor(workers, mp_context=spawn, initializer=_begin)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the server ends its workers
    threading.Thread(target=_end_with_parent, daemon=True).start()
    ready()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def ready() -> int:
    """Import everything that a reply needs, so that the first request does not wait for it; the process id."""
    from .replies import reply

    reply("# Task: extract key concepts\n<document>\nprime factors\n</document>")
    return os.getpid()


def generate(job: Job) -> Done:
    """Work out one reply."""
    from .replies import reply

    prompt_tokens = count_tokens(job.text)
    if prompt_tokens >= job.max_input_tokens:
        return Done(refused=f"`inputs` must have less than {job.max_input_tokens} tokens. Given: {prompt_tokens}")
    room = job.max_total_tokens - prompt_tokens
    if job.max_new_tokens is not None and job.max_new_tokens > room:
        given = f"{prompt_tokens} `inputs` tokens and {job.max_new_tokens} `max_new_tokens`"
        return Done(refused=f"`inputs` tokens + `max_new_tokens` must be <= {job.max_total_tokens}. Given: {given}")
    text = reply(job.text, job.seed, 1.0 if job.sampled else 0.0, job.error_rate)
    ends = [text.find(stop) + len(stop) for stop in job.stop if stop in text]
    stopped = bool(ends)
    text = text[: min(ends)] if ends else text
    text, tokens, cut = first_tokens(text, room if job.max_new_tokens is None else job.max_new_tokens)
    reason = "length" if cut else "stop_sequence" if stopped else "eos_token"
    return Done(text, reason, prompt_tokens, tokens)
