"""A model of a folder or of the Hub on this machine, asked as a server is asked: requests in, outcomes out, a ledger.

A batch is written to the ledger before its answers are handed on, so that a run that is killed asks again for one batch
at most. The key of an answer names the weights by their contents: a model that is trained again is another model.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from pathlib import Path
from typing import Any

from ..builder.endpoints.ledger import Ledger, request_key
from ..builder.endpoints.protocol import Completion, Failure, Outcome, Request
from ..builder.errors import EvaluationError
from ..builder.hub import hub_errors, one_line
from ..builder.store import chunks
from .recipe import LocalRecipe

WINDOW = 16  # batches that are sorted by length together
WEIGHTS = ("*.safetensors", "*.bin", "*.json", "*.jinja", "*.model", "*.txt")


class LocalModel:
    """A model with its tokenizer; an asynchronous context manager.

    Args:
        name: A folder, or an id of the Hub.
        revision: Of the Hub; the default branch where None. The commit is what counts, and is told by `identity`.
        chat: Whether messages go through the chat template; else the last one's content is the prompt as it is.

    Raises:
        EvaluationError: It cannot be loaded, or has no chat template.
    """

    def __init__(self, name: str, revision: str | None, chat: bool, settings: LocalRecipe, ledger: Path) -> None:
        try:
            import torch
            import transformers
        except ImportError as error:
            raise EvaluationError(
                f"{name}: a model on this machine needs torch and transformers: pip install 'synthllm[train]', or give "
                "the URL of a server"
            ) from error
        transformers.utils.logging.disable_progress_bar()  # of loading; ours is of answers
        self._ledger_path = ledger
        self.settings, self.chat = settings, chat
        refused: tuple[type[Exception], ...] = (OSError, ImportError, *hub_errors())  # the latter with ValueError
        device = settings.device or str(torch.accelerator.current_accelerator() or "cpu")
        try:
            commit = None if Path(name).is_dir() else _commit(name, revision)
            self.tokenizer: Any = transformers.AutoTokenizer.from_pretrained(name, revision=commit)
            dtype = settings.dtype if settings.dtype == "auto" else getattr(torch, settings.dtype)
            self._model: Any = transformers.AutoModelForCausalLM.from_pretrained(name, revision=commit, dtype=dtype)
            self._model.to(device).eval()
        except refused as error:
            raise EvaluationError(f"--model {name}: cannot load it: {one_line(str(error))}") from error
        if chat and not self.tokenizer.chat_template:
            raise EvaluationError(
                f"--model {name}: its tokenizer has no chat template, which the prompts of the recipe need; set "
                "prompt: few-shot for a base model"
            )
        self.stop_ids = _stop_ids(self.tokenizer, self._model)
        if not self.stop_ids:
            raise EvaluationError(f"--model {name}: no end-of-sequence token; its answers would never end")
        self.context = getattr(self._model.config.get_text_config(), "max_position_embeddings", None) or 1 << 30
        self.identity = {
            "kind": "local",
            "name": name,
            "weights": commit or weights_digest(Path(name)),
            "dtype": str(self._model.dtype).removeprefix("torch."),
        }
        self.model = name
        self.device = device

    async def __aenter__(self) -> LocalModel:
        self._ledger = Ledger(self._ledger_path)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._ledger.close()

    def key(self, request: Request) -> bytes:
        """What the ledger knows a request by: wherever the model lies, its weights are what answers."""
        return request_key(request, f"{self.identity['weights']}@{self.identity['dtype']}")

    async def map(self, requests: Iterable[Request]) -> AsyncGenerator[tuple[int, Outcome], None]:
        """Answer requests, giving each one's position with its outcome; those of similar length go together."""
        for window in chunks(enumerate(requests), WINDOW * self.settings.batch):
            positions: dict[bytes, list[int]] = {}
            asked: dict[bytes, Request] = {}
            for position, request in window:
                key = self.key(request)
                stored = self._ledger.find(key)
                if stored is not None:
                    self._ledger.tally.cached += 1
                    yield position, stored
                else:  # the same request may stand there twice
                    positions.setdefault(key, []).append(position)
                    asked[key] = request
            prompts = {key: self._tokens(request) for key, request in asked.items()}
            for batch in _batches(asked, prompts, self.settings.batch, self.context):
                began = time.monotonic()
                rows, ids = [asked[key] for key in batch], [prompts[key] for key in batch]
                outcomes = await asyncio.to_thread(self._answer, rows, ids)
                spent = (time.monotonic() - began) / len(batch)
                await asyncio.gather(
                    *(self._keep(key, outcome, spent) for key, outcome in zip(batch, outcomes, strict=True))
                )
                for key, outcome in zip(batch, outcomes, strict=True):
                    for position in positions[key]:
                        yield position, outcome

    def _keep(self, key: bytes, outcome: Outcome, spent: float) -> asyncio.Future[None]:
        self._ledger.tally.sent += 1
        self._ledger.tally.count(outcome, spent, "")
        return self._ledger.record(key, outcome, spent, 1)

    def _tokens(self, request: Request) -> list[int]:
        if not self.chat:
            return list(self.tokenizer(request.messages[-1]["content"])["input_ids"])
        messages = [dict(message) for message in request.messages]
        try:
            ids = self.tokenizer.apply_chat_template(
                messages, tokenize=True, return_dict=False, add_generation_prompt=True
            )
        except Exception as error:  # a template's own error, of jinja2 or of the template's author
            from jinja2 import TemplateError

            if not isinstance(error, TemplateError | ValueError):
                raise
            raise EvaluationError(
                f"chat template: refuses the messages: {' '.join(str(error).split())}; where it knows no system "
                "message, set prompt: boxed"
            ) from error
        return list(ids)

    def _answer(self, requests: Sequence[Request], prompts: Sequence[list[int]]) -> list[Outcome]:
        """The outcomes of a batch; halved where it does not fit the memory."""
        import torch

        from .generation import Sampling, continuations

        first = requests[0]
        room = self.context - max(map(len, prompts))
        if room < 1:
            return [
                Failure("too_long", None, f"{len(ids)} tokens of a prompt, the model has {self.context} positions")
                for ids in prompts
            ]
        sampling = None
        if first.temperature > 0:
            sampling = Sampling(first.temperature, first.top_p, tuple(request.seed or 0 for request in requests))
        try:
            found = continuations(
                self._model,
                self.tokenizer,
                prompts,
                min(first.max_tokens, room),
                self.stop_ids,
                first.stop,
                sampling,
            )
        except torch.OutOfMemoryError as error:
            if len(requests) == 1:
                raise EvaluationError(
                    f"{self.model}: no memory for one prompt of {len(prompts[0])} tokens with {first.max_tokens} new "
                    "ones; lower max_tokens, or use a server"
                ) from error
            torch.cuda.empty_cache()
            half = len(requests) // 2
            return self._answer(requests[:half], prompts[:half]) + self._answer(requests[half:], prompts[half:])
        return [
            Completion(one.text, "stop" if one.stopped else "length", len(ids), one.tokens, self.model)
            for ids, one in zip(prompts, found, strict=True)
        ]


def _batches(
    asked: dict[bytes, Request], prompts: dict[bytes, list[int]], size: int, context: int
) -> Iterable[list[bytes]]:
    """Keys of prompts of similar length together; one that leaves too little room for its reply stands alone."""
    by_length = sorted(asked, key=lambda key: (len(prompts[key]), key))
    roomy = [key for key in by_length if len(prompts[key]) + asked[key].max_tokens <= context]
    yield from chunks(roomy, size)
    kept = set(roomy)
    yield from ([key] for key in by_length if key not in kept)


def _commit(name: str, revision: str | None) -> str:
    """The commit of a model of the Hub, or of what the cache has of it where the Hub is not asked."""
    from huggingface_hub import hf_hub_download

    # A file of the cache lies in models--USER--NAME/snapshots/COMMIT.
    return Path(hf_hub_download(name, "config.json", revision=revision)).parent.name


def _stop_ids(tokenizer: Any, model: Any) -> tuple[int, ...]:
    """The tokens that end an answer: those of the model's generation settings, and the tokenizer's own."""
    given = model.generation_config.eos_token_id
    listed = given if isinstance(given, list) else [given]
    return tuple(dict.fromkeys(one for one in (*listed, tokenizer.eos_token_id) if one is not None))


def weights_digest(folder: Path) -> str:
    """Sixteen hex digits of the contents of a model's files; its checkpoints are no part of it.

    Raises:
        EvaluationError: There are no weights.
    """
    files = sorted({path for pattern in WEIGHTS for path in folder.glob(pattern)})
    if not any(path.suffix in (".safetensors", ".bin") for path in files):
        raise EvaluationError(f"--model {folder}: no weights there; expected a folder with model.safetensors")
    whole = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            whole.update(f"{path.name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\0".encode())
    return whole.hexdigest()[:16]
