"""What a URL is: its dialect, its model, and how long a prompt it takes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import orjson

from .dialects import DIALECTS, Dialect
from .protocol import EndpointRefused, EndpointUnavailable
from .transport import Origin, TransportError


@dataclass(frozen=True, slots=True)
class Probed:
    """What a server says about itself.

    `max_input_tokens` bounds the prompt and `max_total_tokens` the prompt with its reply; None where not said.
    """

    dialect: Dialect
    model: str
    max_input_tokens: int | None = None
    max_total_tokens: int | None = None
    version: str = ""


async def probe(origin: Origin, dialect: str | None, model: str, patience_s: float) -> Probed:
    """Ask a server what it is, waiting while it is not there yet.

    A server that answers none of the questions is taken for a plain OpenAI-compatible one.

    Raises:
        EndpointRefused: It refuses the token.
        EndpointUnavailable: It did not answer within `patience_s`.
    """
    deadline = time.monotonic() + patience_s
    wait_s = 0.1
    while True:
        try:
            return await _probe_once(origin, dialect, model)
        except (TransportError, _NotYet) as error:
            if time.monotonic() + wait_s > deadline:
                raise EndpointUnavailable(
                    f"{origin.url}: did not answer within {patience_s:g} s ({error}); expected a running generation "
                    "server; check the address, or start it"
                ) from error
        await asyncio.sleep(wait_s)
        wait_s = min(wait_s * 2, 5.0)


class _NotYet(Exception):
    """The server is there but not ready."""


async def _get(origin: Origin, path: str) -> Any:
    """The JSON at a path, or None where the server has nothing there."""
    reply = await origin.send("GET", path, timeout_s=30)
    if reply.status in (401, 403):
        raise EndpointRefused(
            f"{origin.url}{path}: status {reply.status}: the server refuses this token; name the environment variable "
            "that holds the right one"
        )
    if reply.status in (429, 502, 503, 504):
        raise _NotYet(f"status {reply.status}")
    if reply.status != 200:
        return None
    try:
        return orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return None


async def _probe_once(origin: Origin, named: str | None, model: str) -> Probed:
    info = await _get(origin, "/info") if named in (None, "tgi", "tgi-messages") else None
    if isinstance(info, dict) and "model_id" in info:
        return Probed(
            DIALECTS[named or "tgi"],
            str(info["model_id"]),
            _whole(info.get("max_input_tokens") or info.get("max_input_length")),
            _whole(info.get("max_total_tokens")),
            str(info.get("version", "")),
        )
    models = await _get(origin, "/v1/models")
    entries = models.get("data") if isinstance(models, dict) else None
    entry: dict[str, Any] = {}
    if isinstance(entries, list):
        listed = [one for one in entries if isinstance(one, dict)]
        entry = next((one for one in listed if one.get("id") == model), listed[0] if listed else {})
    owner = str(entry.get("owned_by", ""))
    found = named or (owner if owner in ("vllm", "sglang") else "openai")
    longest = _whole(entry.get("max_model_len"))
    return Probed(DIALECTS[found], str(entry.get("id", "")), longest, longest)


def _whole(given: Any) -> int | None:
    return given if isinstance(given, int) and given > 0 else None
