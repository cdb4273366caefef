"""The dialects of generation servers: how each is asked, and what its replies say.

Adding a dialect is one entry in `DIALECTS`. Source of the field names: TGI's OpenAPI document, version 3.3.6 (the parts
used here are held in tests/endpoints/tgi_schema.py), and the servers' own documentation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .protocol import Completion, Request
from .transport import Reply


class BadReply(Exception):
    """A reply with status 200 that is not what the dialect promises."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to ask.

    Attributes:
        path: Where requests are posted.
        encode: Request and model id to the JSON body.
        decode: The decoded JSON reply, with its headers, to a completion; raises `BadReply`.
    """

    name: str
    path: str
    encode: Callable[[Request, str], dict[str, Any]]
    decode: Callable[[Any, Reply], Completion]


FINISH_REASONS = {
    "stop": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "tool_calls": "stop",
    "function_call": "stop",
}


def _finish_reason(given: Any) -> str:
    reason = FINISH_REASONS.get(given)
    if reason is None:
        raise BadReply(f"finish_reason {given!r}; expected one of {', '.join(FINISH_REASONS)}")
    return reason


def _count(given: Any, name: str) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        raise BadReply(f"{name} is {given!r}, not a number of tokens")
    return given


def prompt_text(request: Request) -> str:
    """The prompt as one text, for a server without a chat template: the messages, apart by an empty line."""
    return "\n\n".join(message["content"] for message in request.messages)


def _encode_tgi(request: Request, model: str) -> dict[str, Any]:
    # TGI refuses temperature 0 and top_p 1 here: greedy search is `do_sample: false`, and all mass is no top_p.
    parameters: dict[str, Any] = {
        "max_new_tokens": request.max_tokens,
        "details": True,
        "return_full_text": False,
        "do_sample": request.temperature > 0,
    }
    if request.temperature > 0:
        parameters["temperature"] = request.temperature
        if request.top_p < 1:
            parameters["top_p"] = request.top_p
    if request.seed is not None:
        parameters["seed"] = request.seed
    if request.stop:
        parameters["stop"] = list(request.stop)
    if request.json_schema is not None:
        parameters["grammar"] = {"type": "json", "value": dict(request.json_schema)}
    return {"inputs": prompt_text(request), "parameters": parameters}


def _decode_tgi(payload: Any, reply: Reply) -> Completion:
    if isinstance(payload, list) and len(payload) == 1:  # the route `/` and some proxies wrap it
        payload = payload[0]
    if not isinstance(payload, dict) or not isinstance(payload.get("generated_text"), str):
        raise BadReply("no generated_text in the reply")
    details = payload.get("details")
    if not isinstance(details, dict):
        raise BadReply("no details in the reply, so no finish_reason")
    prompt_tokens = reply.header("x-prompt-tokens")
    if prompt_tokens is not None and prompt_tokens.isdigit():
        counted = int(prompt_tokens)
    else:
        counted = len(details.get("prefill") or ())
    return Completion(
        payload["generated_text"],
        _finish_reason(details.get("finish_reason")),
        counted,
        _count(details.get("generated_tokens"), "generated_tokens"),
    )


def _chat(request: Request, model: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": model,
        "messages": request.messages,
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "stream": False,
    }
    if request.top_p < 1:
        body["top_p"] = request.top_p
    if request.seed is not None:
        body["seed"] = request.seed
    if request.stop:
        body["stop"] = list(request.stop)
    return body


def _encode_openai(request: Request, model: str) -> dict[str, Any]:
    body = _chat(request, model)
    if request.json_schema is not None:
        schema = {"name": "reply", "schema": dict(request.json_schema), "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def _encode_tgi_messages(request: Request, model: str) -> dict[str, Any]:
    body = _chat(request, model)
    if request.json_schema is not None:
        body["response_format"] = {"type": "json", "value": dict(request.json_schema)}
    return body


def _decode_openai(payload: Any, reply: Reply) -> Completion:
    try:
        choice = payload["choices"][0]
        content = choice["message"].get("content")
        usage = payload["usage"]
        prompt_tokens, completion_tokens = usage["prompt_tokens"], usage["completion_tokens"]
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise BadReply(f"not a chat completion: {type(error).__name__} {error}") from error
    if content is not None and not isinstance(content, str):
        raise BadReply(f"message content is {type(content).__name__}, not text")
    model = payload.get("model")
    return Completion(
        content or "",
        _finish_reason(choice.get("finish_reason")),
        _count(prompt_tokens, "prompt_tokens"),
        _count(completion_tokens, "completion_tokens"),
        model if isinstance(model, str) else "",
    )


DIALECTS = {
    "tgi": Dialect("tgi", "/generate", _encode_tgi, _decode_tgi),
    "tgi-messages": Dialect("tgi-messages", "/v1/chat/completions", _encode_tgi_messages, _decode_openai),
    "openai": Dialect("openai", "/v1/chat/completions", _encode_openai, _decode_openai),
    "vllm": Dialect("vllm", "/v1/chat/completions", _encode_openai, _decode_openai),
    "sglang": Dialect("sglang", "/v1/chat/completions", _encode_openai, _decode_openai),
}
