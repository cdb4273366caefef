"""Batched generation with transformers: left padding, and sampling in which every row has a seed of its own.

What a row becomes does not depend on the rows beside it (up to rounding): noise is drawn from the row's own generator
and added to its logits, and the largest is taken (Gumbel 1954), which is sampling from the softmax. So a run that was
interrupted goes on with the samples that it would have drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import LogitsProcessor, LogitsProcessorList


@dataclass(frozen=True)
class Sampling:
    """How rows are sampled; `seeds` has one for each row."""

    temperature: float
    top_p: float
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Continuation:
    """What a model wrote. `stopped` says whether it ended by itself; `tokens` counts the one that ends it."""

    text: str
    tokens: int
    stopped: bool


def continuations(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[Sequence[int]],
    max_tokens: int,
    stop_ids: Sequence[int],
    stop: Sequence[str] = (),
    sampling: Sampling | None = None,
) -> list[Continuation]:
    """What the model writes after each of a batch of prompts.

    Args:
        prompts: token ids of each prompt.
        max_tokens: new tokens at most, for each.
        stop_ids: tokens that end an answer.
        stop: texts that end an answer; they are no part of it.
        sampling: greedy where None.
    """
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else stop_ids[0]
    width = max(map(len, prompts))
    ids = [[pad] * (width - len(prompt)) + list(prompt) for prompt in prompts]
    mask = [[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    processors = LogitsProcessorList()
    if sampling is not None:
        processors.append(OwnNoise(sampling, model.device))
    ends: dict[str, Any] = {"stop_strings": list(stop), "tokenizer": tokenizer} if stop else {}
    with torch.no_grad():  # a training goes on with this model, so nothing may be made in inference mode
        out = model.generate(
            input_ids=torch.tensor(ids, device=model.device),
            attention_mask=torch.tensor(mask, device=model.device),
            logits_processor=processors,
            max_new_tokens=max_tokens,
            # Nothing that a model's own generation settings could bring, such as a penalty on repetition.
            do_sample=False,
            num_beams=1,
            repetition_penalty=1.0,
            no_repeat_ngram_size=0,
            eos_token_id=list(stop_ids),
            pad_token_id=pad,
            **ends,
        )
    return [_read(tokenizer, line, pad, set(stop_ids), stop, max_tokens) for line in out[:, width:].tolist()]


def _read(
    tokenizer: Any, line: list[int], pad: int, stop_ids: set[int], stop: Sequence[str], max_tokens: int
) -> Continuation:
    """One row of new tokens as text; what follows the token or text that ends it is padding."""
    end = next((place for place, token in enumerate(line) if token in stop_ids), None)
    if end is None:
        while line and line[-1] == pad:
            line.pop()
    text = tokenizer.decode(line[:end], skip_special_tokens=True)
    tokens = len(line) if end is None else end + 1
    cut = min((place for one in stop if (place := text.find(one)) >= 0), default=None)
    return Continuation(text[:cut], tokens, end is not None or cut is not None or tokens < max_tokens)


class OwnNoise(LogitsProcessor):  # type: ignore[misc]
    """Turns greedy search into sampling: temperature, nucleus, then Gumbel noise from each row's own generator."""

    def __init__(self, sampling: Sampling, device: Any) -> None:
        self.temperature, self.top_p = sampling.temperature, sampling.top_p
        self.generators = [torch.Generator(device=device).manual_seed(seed) for seed in sampling.seeds]

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """(rows, vocabulary) logits with their noise."""
        logits = scores.float() / self.temperature
        if self.top_p < 1:
            ordered, order = logits.sort(dim=-1, descending=True)
            mass = ordered.softmax(dim=-1).cumsum(dim=-1)
            beyond = mass - ordered.softmax(dim=-1) >= self.top_p  # the first token is never beyond
            logits = logits.masked_fill(beyond.scatter(-1, order, beyond), -torch.inf)
        noise = torch.stack(
            [torch.empty(logits.shape[-1], device=logits.device).exponential_(generator=g) for g in self.generators]
        )
        return logits - noise.log()  # type: ignore[return-value]
