"""What the tests of this folder share: short ways to ask."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from synthllm.builder.endpoints import Endpoint, Outcome, Request


def ask(text: str, **options: Any) -> Request:
    """A request of one message."""
    return Request(messages=[{"role": "user", "content": text}], **options)


async def collect(endpoint: Endpoint, requests: Iterable[Request]) -> dict[int, Outcome]:
    """All outcomes of `map` by position."""
    return {index: outcome async for index, outcome in endpoint.map(requests)}


def run_all(
    urls: str | list[str], ledger: Path | None, requests: Iterable[Request], **options: Any
) -> dict[int, Outcome]:
    """Answer requests with an endpoint of their own."""

    async def run() -> dict[int, Outcome]:
        async with Endpoint(urls, ledger=ledger, **{"model": "tiny/model", **options}) as endpoint:
            return await collect(endpoint, requests)

    return asyncio.run(run())
