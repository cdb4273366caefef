"""The one runner of model stages: a bounded window of rows under way, results in the order of the input."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from .endpoints.protocol import Completion, Failure, Generate, Outcome, Request, RequestFailed
from .leaks import without_secret
from .progress import StageProgress
from .rows import Rejected
from .store import StageFolder

Item = TypeVar("Item")
Result = TypeVar("Result")


class Generator(Protocol):
    """What the runner needs of an endpoint."""

    async def generate(self, request: Request) -> Outcome:
        """Complete one request."""
        ...


@dataclass
class Usage:
    """What a stage asked for: requests and their tokens, whether they were paid for now or remembered."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def generate(self, endpoint: Generator) -> Generate:
        """The endpoint's `generate` as stage functions want it, counting what passes."""

        async def counted(request: Request) -> Completion:
            outcome = await endpoint.generate(request)
            self.requests += 1
            if isinstance(outcome, Failure):
                raise RequestFailed(outcome)
            self.prompt_tokens += outcome.prompt_tokens
            self.completion_tokens += outcome.completion_tokens
            return outcome

        return counted


async def ordered_map(
    items: Iterable[Item], function: Callable[[Item], Awaitable[Result]], window: int
) -> AsyncIterator[tuple[Item, Result]]:
    """Results in the order of the items, with at most `window` under way; the first error cancels the rest."""
    waiting: deque[tuple[Item, asyncio.Task[Result]]] = deque()
    iterator = iter(items)
    try:
        while True:
            while len(waiting) < window:
                try:
                    item = next(iterator)
                except StopIteration:
                    break
                waiting.append((item, asyncio.ensure_future(function(item))))
            if not waiting:
                return
            item, task = waiting[0]
            result = await task
            waiting.popleft()
            yield item, result
    finally:
        for _, task in waiting:
            task.cancel()
        await asyncio.gather(*(task for _, task in waiting), return_exceptions=True)


async def run_model_stage(
    folder: StageFolder,
    shards: Iterable[str],
    rows: Callable[[str], Iterator[Any]],
    ask: Callable[[Any, Generate], Awaitable[Sequence[Any]]],
    name_of: Callable[[Any], str],
    row_type: type,
    endpoint: Generator,
    window: int,
    progress: StageProgress,
    facts: Callable[[], dict[str, str]],
) -> None:
    """Ask for every row of every shard that is not done, and write the shards as they complete.

    Args:
        shards: the names of the input shards; the output shards have the same names.
        rows: the rows of an input shard.
        ask: the stage function: one row to rows and rejections.
        name_of: the id of an input row, for the rejection of one whose request fails.
        facts: what each shard's manifest says beside its counts; asked when the shard is written.
    """
    pending = [name for name in shards if not folder.has(name)]
    usage = {name: Usage() for name in pending}
    generates = {name: usage[name].generate(endpoint) for name in pending}

    async def one(item: tuple[str, Any | None]) -> Sequence[Any]:
        shard, row = item
        if row is None:
            return ()
        try:
            return await ask(row, generates[shard])
        except RequestFailed as refused:
            failure = refused.failure
            told = without_secret(failure.detail)  # rejections are published
            return [Rejected(name_of(row), folder.path.name, failure.kind, f"{failure.status}: {told}")]

    def inputs() -> Iterator[tuple[str, Any | None]]:
        for name in pending:
            for row in rows(name):
                yield name, row
            yield name, None  # the end of the shard

    made: list[Any] = []
    async for (shard, row), results in ordered_map(inputs(), one, window):
        made.extend(results)
        if row is not None:
            progress.advance()
            continue
        kept = [result for result in made if not isinstance(result, Rejected)]
        refused = [result for result in made if isinstance(result, Rejected)]
        folder.write(shard, kept, row_type, refused, **vars(usage[shard]), **facts())
        made = []
