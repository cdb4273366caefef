"""What is asked of a generation server and what comes back, whichever dialect it speaks.

Errors of this layer are told apart by type and status, never by the text of a message:

EndpointError                 (builder/errors.py) the run cannot go on with this server
├── EndpointUnavailable       no URL answers, or none came back within the patience of the recipe
├── EndpointRefused           401, 403, 404: the token or the model is wrong; no request will ever succeed
└── BudgetExhausted           the next request would cross `max_requests`, `max_tokens` or `max_cost`

A failure that is one request's own fault is not an exception: it comes back as a `Failure`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import EndpointError
from ..rows import Message


class EndpointUnavailable(EndpointError):
    """No URL answers, or none came back in time."""


class EndpointRefused(EndpointError):
    """The server will refuse every request: wrong token, unknown model, wrong address."""


class BudgetExhausted(EndpointError):
    """The next request would cross a limit of the recipe."""


@dataclass(frozen=True, slots=True)
class Request:
    """One generation.

    `document` is the part of the last message that may be shortened, at a sentence, when the prompt does not fit the
    context; None where nothing may be cut. `sample` tells apart several samples of the same prompt.
    `json_schema` constrains the reply where the server can. `extra` is put into the body as it is: what a server takes
    beyond the fields that it shares with others.
    """

    messages: Sequence[Message]
    max_tokens: int = 1024
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    sample: int = 0
    json_schema: Mapping[str, Any] | None = None
    document: str | None = None
    extra: Mapping[str, Any] | None = None


def in_full(request: Request, extra: Mapping[str, Any] | None, thinking_tokens: int) -> Request:
    """A request with what an endpoint adds to every one; the request's own `extra` comes first."""
    if not extra and not thinking_tokens:
        return request
    added = {**(extra or {}), **(request.extra or {})}
    return replace(request, max_tokens=request.max_tokens + thinking_tokens, extra=added)


@dataclass(frozen=True, slots=True)
class Completion:
    """A finished reply. `finish_reason` is `stop` or `length` in every dialect."""

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    model: str = ""
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that cannot be answered, through its own fault: it costs one row.

    `kind` is a slug to count by, such as `refused` (400, 422) or `too_large`; `status` is the HTTP status or None.
    """

    kind: str
    status: int | None
    detail: str


Outcome = Completion | Failure


class RequestFailed(Exception):
    """Raised to a stage function in place of a `Failure`; the runner turns it into a rejected row."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.kind} ({failure.status}): {failure.detail}")
        self.failure = failure


Generate = Callable[[Request], Awaitable[Completion]]
"""What a stage function is given: it completes one request, or raises `RequestFailed`."""
