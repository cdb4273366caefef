"""Answer N requests and go on after a kill: the process that the kill test stops. Arguments: url, ledger, N."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from synthllm.builder.endpoints import Completion, Endpoint, Request

IN_FLIGHT = 25


async def main(url: str, ledger: Path, count: int) -> None:
    requests = (Request(messages=[{"role": "user", "content": str(number)}]) for number in range(count))
    async with Endpoint(url, "m", ledger=ledger, max_in_flight=IN_FLIGHT, dialect="openai") as endpoint:
        answered = 0
        async for _, outcome in endpoint.map(requests):
            assert isinstance(outcome, Completion)
            answered += 1
    assert answered == count


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
