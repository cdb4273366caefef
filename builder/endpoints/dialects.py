"""The dialects of generation servers: how each is asked, and what its replies say.

Adding a dialect is one entry in `DIALECTS`. Source of the field names: the OpenAPI document of TGI 3.3.6 (the parts
used here are in tests/endpoints/tgi_schema.py), and the servers' own documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .protocol import Completion, Failure, Outcome, Request
from .transport import Reply


class BadReply(Exception):
    """A reply with status 200 that is not what the dialect promises."""


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """One way to ask.

    Attributes:
        path: Where requests are posted.
        encode: Request and model id to the JSON body.
        decode: The decoded JSON reply, with its headers, to a completion, or to a failure where the
            reply was withheld; raises `BadReply`.
        count_path: Where a prompt's tokens are counted; None where the server cannot.
        encode_count, count: The body of that question, and the answer to a number of tokens.
    """

    name: str
    path: str
    encode: Callable[[Request, str], dict[str, Any]]
    decode: Callable[[Any, Reply], Outcome]
    count_path: str | None = None
    encode_count: Callable[[Request, str], dict[str, Any]] | None = None
    count: Callable[[Any], int | None] | None = None


FINISH_REASONS = {
    "stop": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "tool_calls": "stop",
    "function_call": "stop",
}


OWN_FIELDS = frozenset(
    ("model", "messages", "inputs", "max_tokens", "temperature", "top_p", "seed", "stop", "stream", "response_format")
)
"""What `extra` may not hold, since a request says it in a field of its own."""


def body_of(dialect: Dialect, request: Request, model: str) -> dict[str, Any]:
    """The JSON body of a request, with what it has in `extra`; an object there is added to one of the same name."""
    body = dialect.encode(request, model)
    for name, value in (request.extra or {}).items():
        ours = body.get(name)
        body[name] = {**value, **ours} if isinstance(value, Mapping) and isinstance(ours, dict) else value
    return body


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


def _tgi_seed(seed: int) -> int:
    """TGI's seeds are at least 1."""
    return seed % (2**63 - 1) + 1


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
        parameters["seed"] = _tgi_seed(request.seed)
    if request.stop:
        parameters["stop"] = list(request.stop)
    if request.json_schema is not None:
        parameters["grammar"] = {"type": "json", "value": dict(request.json_schema)}
    return {"inputs": prompt_text(request), "parameters": parameters}


def _decode_tgi(payload: Any, reply: Reply) -> Outcome:
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
    if request.seed is not None:
        body["seed"] = _tgi_seed(request.seed)
    if request.json_schema is not None:
        body["response_format"] = {"type": "json", "value": dict(request.json_schema)}
    return body


def _encode_completions(request: Request, model: str) -> dict[str, Any]:
    body = _encode_openai(request, model)
    del body["messages"]
    return body | {"prompt": prompt_text(request)}


def _decode_openai(payload: Any, reply: Reply) -> Outcome:
    try:
        choice = payload["choices"][0]
        content = choice["text"] if "text" in choice else choice["message"].get("content")
        usage = payload["usage"]
        prompt_tokens, completion_tokens = usage["prompt_tokens"], usage["completion_tokens"]
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise BadReply(f"not a chat completion: {type(error).__name__} {error}") from error
    if content is not None and not isinstance(content, str):
        raise BadReply(f"message content is {type(content).__name__}, not text")
    if choice.get("finish_reason") == "content_filter":
        return Failure("filtered", reply.status, "the server withheld the answer (finish_reason content_filter)")
    model = payload.get("model")
    return Completion(
        content or "",
        _finish_reason(choice.get("finish_reason")),
        _count(prompt_tokens, "prompt_tokens"),
        _count(completion_tokens, "completion_tokens"),
        model if isinstance(model, str) else "",
    )


def _length(payload: Any) -> int | None:
    """The length of a list of tokens."""
    return len(payload) if isinstance(payload, list) else None


def _count_field(payload: Any) -> int | None:
    count = payload.get("count") if isinstance(payload, dict) else None
    return count if isinstance(count, int) else None


# Structured output goes through `response_format` on vLLM and SGLang: every release of both takes it, while their own
# fields were renamed between releases (guided_json, then structured_outputs) and an unknown field is ignored in
# silence, which would leave the reply unconstrained. Both take `seed`, which SGLang calls `sampling_seed` inside.
DIALECTS = {
    "tgi": Dialect(
        "tgi",
        "/generate",
        _encode_tgi,
        _decode_tgi,
        "/tokenize",
        lambda request, model: {"inputs": prompt_text(request)},
        _length,
    ),
    "tgi-messages": Dialect(
        "tgi-messages",
        "/v1/chat/completions",
        _encode_tgi_messages,
        _decode_openai,
        "/chat_tokenize",
        lambda request, model: {"model": model, "messages": request.messages},
        lambda payload: _length(payload.get("tokenize_response")) if isinstance(payload, dict) else None,
    ),
    "openai": Dialect("openai", "/v1/chat/completions", _encode_openai, _decode_openai),
    "vllm": Dialect(
        "vllm",
        "/v1/chat/completions",
        _encode_openai,
        _decode_openai,
        "/tokenize",
        lambda request, model: {"model": model, "messages": request.messages, "add_generation_prompt": True},
        _count_field,
    ),
    "sglang": Dialect("sglang", "/v1/chat/completions", _encode_openai, _decode_openai),
    # Plain text in and out, for base models: vLLM, SGLang and Text Generation Inference all have it.
    "completions": Dialect("completions", "/v1/completions", _encode_completions, _decode_openai),
    "providers": Dialect("providers", "/v1/chat/completions", _encode_openai, _decode_openai),
}
