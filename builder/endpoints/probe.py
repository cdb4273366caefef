"""What a URL is: its dialect, its model, and how long a prompt it takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson

from .dialects import DIALECTS, Dialect
from .dialing import TransportError
from .origins import Origin
from .protocol import EndpointRefused, Request

PROBE_TIMEOUT_S = 30.0
SNAPSHOT = re.compile(r"/snapshots/([0-9a-f]{40})(?:/|$)")


@dataclass(frozen=True, slots=True)
class Probed:
    """What a server says about itself.

    `max_input_tokens` bounds the prompt and `max_total_tokens` the prompt with its reply; None where not said.
    `revision` is that of the model's weights, empty where not said: Text Generation Inference names it, and a server
    that was started with a snapshot of the Hub's cache tells its folder.
    """

    dialect: Dialect
    model: str
    max_input_tokens: int | None = None
    max_total_tokens: int | None = None
    version: str = ""
    revision: str = ""


async def probe(origin: Origin, named: str | None, model: str) -> Probed:
    """Ask a server what it is.

    Text Generation Inference says so at `/info`; it is asked through its Messages API where its model has a chat
    template, and else through `/generate`. All others list their models at `/v1/models`. A server that answers neither
    is taken for an OpenAI-compatible one.

    Args:
        named: The dialect, where the recipe names it.
        model: The model that will be asked for; empty where the server's own is wanted.

    Raises:
        EndpointRefused: It refuses the token.
        TransportError: It did not answer, or says that it is not ready (kind `waking`).
    """
    if named == "providers" or origin.url.startswith("providers:"):
        return Probed(DIALECTS["providers"], model)
    info = await _ask(origin, "GET", "/info") if named in (None, "tgi", "tgi-messages") else None
    if isinstance(info, dict) and "model_id" in info:
        dialect = named or ("tgi-messages" if await _has_chat_template(origin) else "tgi")
        return Probed(
            DIALECTS[dialect],
            str(info["model_id"]),
            _positive(info.get("max_input_tokens") or info.get("max_input_length")),
            _positive(info.get("max_total_tokens")),
            str(info.get("version", "")),
            str(info.get("model_sha") or "") or _snapshot(info["model_id"]),
        )
    listed = await _ask(origin, "GET", "/v1/models")
    # A list of models, or a single one, as Text Generation Inference's document has it.
    entries = listed.get("data", [listed]) if isinstance(listed, dict) else None
    models = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    entry: dict[str, Any] = next((one for one in models if one.get("id") == model), models[0] if models else {})
    owner = str(entry.get("owned_by", "")).lower()
    found = named or (owner if owner in ("vllm", "sglang") else "openai")
    longest = _positive(entry.get("max_model_len"))
    # A server of several models, such as `transformers serve`, is asked for the one that is wanted.
    served = model if model and len(models) != 1 else str(entry.get("id", ""))
    return Probed(DIALECTS[found], served, longest, longest, revision=_snapshot(entry.get("root") or served))


def _snapshot(folder: Any) -> str:
    """The revision in the path of a snapshot of the Hub's cache, `.../snapshots/REVISION`; empty for another path."""
    found = SNAPSHOT.search(str(folder))
    return found[1] if found else ""


async def count_tokens(origin: Origin, dialect: Dialect, request: Request, model: str) -> int | None:
    """Tokens of a request's prompt as the server counts them; None where it does not."""
    if dialect.count_path is None or dialect.encode_count is None or dialect.count is None:
        return None
    try:
        reply = await origin.send(
            "POST", dialect.count_path, orjson.dumps(dialect.encode_count(request, model)), PROBE_TIMEOUT_S
        )
        return dialect.count(orjson.loads(reply.body)) if reply.status == 200 else None
    except (TransportError, orjson.JSONDecodeError):
        return None  # the estimate, which errs on the safe side, stands in


async def _has_chat_template(origin: Origin) -> bool:
    body = orjson.dumps({"messages": [{"role": "user", "content": "Hello"}]})
    return isinstance(await _ask(origin, "POST", "/chat_tokenize", body), dict)


async def _ask(origin: Origin, method: str, path: str, body: bytes = b"") -> Any:
    """The JSON at a path, or None where the server has nothing there."""
    reply = await origin.send(method, path, body, PROBE_TIMEOUT_S)
    if reply.status in (401, 403):
        raise EndpointRefused(
            f"{origin.url}{path}: status {reply.status}: the server refuses this token; expected `token_env` to name "
            "the environment variable that holds the right one"
        )
    if reply.status in (429, 502, 503, 504):  # a proxy whose server is not there yet says any of them
        raise TransportError("waking", f"{origin.url}{path}: status {reply.status}")
    if reply.status != 200:
        return None
    try:
        return orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return None


def _positive(given: Any) -> int | None:
    return given if isinstance(given, int) and given > 0 else None
