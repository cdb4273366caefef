"""What the worker processes of the server do, so that it stays free to answer health checks: replies."""

from __future__ import annotations

import os
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
