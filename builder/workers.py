"""Work on every core, in processes that end with the one that started them, however it ends."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from .errors import StageError

Result = TypeVar("Result")


def start_pool(workers: int, ready: Callable[[], object] | None = None) -> ProcessPoolExecutor:
    """A pool of worker processes; each calls `ready` first, for what its work should not wait for."""
    spawn = multiprocessing.get_context("spawn")  # forking a process that runs an event loop is not safe
    return ProcessPoolExecutor(workers, spawn, _begin, (ready,))


def _begin(ready: Callable[[], object] | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends its workers
    # After `kill -9` of the parent nobody tells a worker that waits for its next task.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if ready is not None:
        ready()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


async def each_on_every_core(
    stage: str, work: Callable[..., Result], calls: Iterable[tuple[Any, ...]]
) -> AsyncIterator[Result]:
    """The result of `work(*call)` for every call, in the order of completion.

    Raises:
        StageError: A worker process was killed.
    """
    waiting = list(calls)
    pool = start_pool(max(1, min(len(waiting), os.cpu_count() or 1)))
    loop = asyncio.get_running_loop()
    try:
        for done in asyncio.as_completed([loop.run_in_executor(pool, work, *call) for call in waiting]):
            yield await done
    except BrokenProcessPool as error:
        raise StageError(
            f"{stage}: a worker process was killed, perhaps for want of memory; what is finished is kept, "
            "run the same command again to go on"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)
