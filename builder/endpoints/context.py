"""Prompts that fit: a request that would exceed the model's context is shortened in its document, or fails unsent.

How many tokens a prompt has is asked of the server where it can say; elsewhere it is estimated from the tokens per byte
of the prompts before, with a margin.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from ..errors import EndpointError
from ..rows import Message
from .protocol import Failure, Request

Count = Callable[[Request], Awaitable[int | None]]
"""Tokens of a request's prompt, or None where the server cannot say."""

TEMPLATE_TOKENS = 32
"""Allowed for what a chat template adds to each message."""
_SENTENCE_END = re.compile(r"""[.!?…。！？]["'”’)\]]*(?=\s|$)|\n""")


@dataclass(slots=True)
class Context:
    """The room that a model has.

    Attributes:
        max_input: Most tokens of a prompt, None where not known.
        max_total: Most tokens of a prompt with its reply, None where not known.
        tokens_per_byte: The highest ratio of the prompts so far; 1 at the start, which no tokenizer of bytes exceeds.
    """

    max_input: int | None = None
    max_total: int | None = None
    tokens_per_byte: float = 1.0
    _seen: int = 0
    _highest: float = 0.0

    def room(self, request: Request) -> int | None:
        """Most tokens that the prompt of a request may have, None where not known."""
        rooms = [] if self.max_input is None else [self.max_input]
        if self.max_total is not None:
            rooms.append(self.max_total - request.max_tokens)
        return min(rooms) if rooms else None

    @property
    def is_known(self) -> bool:
        """Whether there is a limit at all."""
        return self.max_input is not None or self.max_total is not None

    def observe(self, request: Request, prompt_tokens: int) -> None:
        """Learn from a reply that says how many tokens its prompt had."""
        size = _bytes(request)
        if prompt_tokens <= 0 or size == 0:
            return
        self._seen += 1
        ratio = prompt_tokens / size
        if ratio > self._highest:
            self._highest = ratio
        if self._seen >= 20:
            self.tokens_per_byte = min(1.0, self._highest * 1.15)

    def estimate(self, request: Request) -> int:
        """Tokens of a request's prompt, rather too many than too few."""
        return int(_bytes(request) * self.tokens_per_byte) + TEMPLATE_TOKENS * (len(request.messages) + 1)


async def fit(request: Request, context: Context, count: Count) -> Request | Failure:
    """The request, shortened where it has to be, or the failure of one that cannot be.

    Raises:
        EndpointError: The request's document is not in its messages.
    """
    room = context.room(request)
    if room is None or context.estimate(request) <= room:
        return request
    tokens = await count(request)
    exact = tokens is not None
    if tokens is None:
        tokens = context.estimate(request)
    if tokens <= room:
        return request
    if not request.document:
        return Failure("too_long", None, f"a prompt of {tokens} tokens, {room} fit, and no part of it may be cut")
    at, start = _find_document(request)
    document = request.document
    while document:
        # What is too much, in characters, and a little more: the count is asked again for what is left.
        per_char = max(tokens / max(1, sum(len(message["content"]) for message in request.messages)), 1e-6)
        keep = len(document) - max(1, int((tokens - room) / per_char * 1.02) + 8)
        document = cut_at_sentence(document, keep)
        shorter = _with_document(request, at, start, document)
        counted = await count(shorter) if exact else None
        tokens = context.estimate(shorter) if counted is None else counted
        if document and tokens <= room:
            return shorter
        request = shorter
    return Failure("too_long", None, f"even without its document the prompt has {tokens} tokens, and {room} fit")


def cut_at_sentence(text: str, length: int) -> str:
    """The longest beginning of `text` of at most `length` characters that ends with a sentence, else with a word."""
    if length <= 0:
        return ""
    if length >= len(text):
        return text
    end = 0
    for match in _SENTENCE_END.finditer(text, 0, length + 1):
        if match.end() <= length:
            end = match.end()
    if not end:
        end = max(text.rfind(" ", 0, length), 0)
    return text[:end].rstrip()


def _bytes(request: Request) -> int:
    return sum(len(message["content"].encode()) for message in request.messages)


def _find_document(request: Request) -> tuple[int, int]:
    """Which message holds the document, and where it starts in it; the last such message."""
    assert request.document is not None
    for at in range(len(request.messages) - 1, -1, -1):
        start = request.messages[at]["content"].find(request.document)
        if start >= 0:
            return at, start
    raise EndpointError("Request.document: not found in the messages; expected a part of one of them, word for word")


def _with_document(request: Request, at: int, start: int, document: str) -> Request:
    assert request.document is not None
    content = request.messages[at]["content"]
    content = content[:start] + document + content[start + len(request.document) :]
    messages: list[Message] = list(request.messages)
    messages[at] = {"role": messages[at]["role"], "content": content}
    return replace(request, messages=messages, document=document)
