"""Many requests through one coroutine: a bounded window of workers, results as they come."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable

from .protocol import Outcome, Request


async def map_unordered(
    generate: Callable[[Request, Callable[[], None]], Awaitable[Outcome]],
    requests: Iterable[Request],
    window: int,
    tasks: set[asyncio.Task[None]],
) -> AsyncGenerator[tuple[int, Outcome], None]:
    """Each request's position with its outcome, in order of completion.

    Workers take one request after another, so no task is made for each. There are `window`, and one more for each
    request that rests, up to twice as many; nor are more results waiting than about that, however slow the consumer is.
    At the first error no further request is begun; what is under way is finished and given, and then the error is
    raised.

    Args:
        generate: Answers a request; calls what it is given besides where the request has to rest, as before it is sent
            again, so that another takes its place.
        window: As many as may be in flight. With more, every request would wait in the queue for another to end.
        tasks: Every worker is in it while it lives, so that its owner can stop what a consumer left behind.
    """
    numbered = enumerate(requests)
    finished: deque[tuple[int, Outcome]] = deque()
    changed, drained = asyncio.Event(), asyncio.Event()
    workers: set[asyncio.Task[None]] = set()
    stopped: list[Exception] = []

    async def work() -> None:
        replaced = False

        def replace() -> None:
            nonlocal replaced
            if not replaced and not stopped and len(workers) < 2 * window:
                replaced = True
                spawn()

        try:
            for index, request in numbered:
                if len(workers) < window:
                    spawn()
                finished.append((index, await generate(request, replace)))
                changed.set()
                while len(finished) > window and not stopped:
                    drained.clear()
                    await drained.wait()
                if stopped or replaced:
                    return
        except Exception as error:  # noqa: BLE001 - carried to the consumer, to whom it is raised
            stopped.append(error)

    def spawn() -> None:
        task = asyncio.get_running_loop().create_task(work())
        workers.add(task)
        tasks.add(task)
        task.add_done_callback(leave)

    def leave(task: asyncio.Task[None]) -> None:
        workers.discard(task)
        tasks.discard(task)
        changed.set()

    spawn()
    try:
        while workers or finished:
            while finished:
                yield finished.popleft()
            drained.set()
            if workers:
                await changed.wait()
                changed.clear()
        if stopped:
            raise stopped[0]
    finally:
        for task in tuple(workers):
            task.cancel()
