"""`Endpoint`: a fleet of generation servers behind two calls, `generate` and `map`.

    request ──> ledger? ──> room at a server ──> send ──> judge ──> ledger ──> outcome
                  │                     ^                  │
                  └──> outcome          └── wait, retry <──┘

A request that the ledger knows is answered from it. Everything else is decided by type and status (see `_judge`).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from ..errors import EndpointError
from .concurrency import Fleet, Server
from .dialects import DIALECTS, BadReply, Dialect
from .ledger import CommitMode, Ledger, request_key
from .probe import Probed, probe
from .protocol import (
    Completion,
    EndpointRefused,
    EndpointUnavailable,
    Failure,
    Outcome,
    Request,
)
from .transport import Origin, Reply, TransportError

MAX_BACKOFF_S = 20.0
SUSPECTS_TO_OPEN = 10
"""So many different requests failing with no answer in between is the server's fault, whatever its health says."""


class Endpoint:
    """Servers that serve one model; an asynchronous context manager.

    Args:
        urls: One URL or several; a path such as `/v1` may be left on.
        model: The model's id; asked of the server where None.
        ledger: The file of the run's ledger, or the folder that holds it; None keeps nothing (only for trying out).
        max_in_flight: Requests that are out at once, over all URLs.
        dialect: One of `DIALECTS`; found by probing where None.
        token: Sent to `urls` as a bearer token.
        caches: Ledgers of other runs to read answers from.
        commit: What a power loss may cost; see `ledger.py`.
        timeout_s: The longest that one reply may take.
        max_attempts: How often a request is sent that fails while others do not.
        patience_s: How long no server may answer before the run stops.

    Raises:
        EndpointRefused: The server refuses the token, the model or the address.
        EndpointUnavailable: No server answered within `patience_s`.
    """

    def __init__(
        self,
        urls: str | Sequence[str],
        model: str | None = None,
        *,
        ledger: Path | str | None = None,
        max_in_flight: int = 256,
        dialect: str | None = None,
        token: str | None = None,
        caches: Sequence[Path | str] = (),
        commit: CommitMode = "durable",
        timeout_s: float = 600.0,
        max_attempts: int = 5,
        patience_s: float = 60.0,
        max_reply_bytes: int = 16 * 2**20,
    ) -> None:
        self.urls = (urls,) if isinstance(urls, str) else tuple(urls)
        if not self.urls:
            raise EndpointError("urls: no server was given; expected at least one URL such as http://127.0.0.1:8080")
        if dialect is not None and dialect not in DIALECTS:
            raise EndpointError(f"dialect: {dialect!r} is not a dialect; known dialects: {', '.join(DIALECTS)}")
        self.model = model or ""
        self.max_in_flight = max_in_flight
        self.timeout_s = timeout_s
        self.max_attempts = max_attempts
        self.patience_s = patience_s
        self._dialect_name = dialect
        self._ledger_path = None if ledger is None else Path(ledger)
        self._caches = [Path(cache) for cache in caches]
        self._commit: CommitMode = commit
        self._ledger: Ledger | None = None
        self._fleet = Fleet(
            [Server(Origin(url, token, max_reply_bytes), max_in_flight) for url in self.urls], max_in_flight
        )
        self._dialect: Dialect | None = None
        self._pending: dict[bytes, asyncio.Future[Outcome | None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._started = 0.0

    async def __aenter__(self) -> Self:
        self._started = time.monotonic()
        if self._ledger_path is not None:
            self._ledger = Ledger(self._ledger_path, self._caches, self._commit)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for server in self._fleet.servers:
            await server.origin.close()
        if self._ledger is not None:
            await self._ledger.close()

    async def generate(self, request: Request) -> Outcome:
        """Answer one request: from the ledger where it is known, else from a server.

        Raises:
            EndpointError: The run cannot go on; see `protocol.py`.
        """
        if self._dialect is None:
            await self._probe()
        key = request_key(request, self.model)
        while (twin := self._pending.get(key)) is not None:  # the same request is out already: wait for its answer
            outcome = await asyncio.shield(twin)
            if outcome is not None:
                return outcome
        if self._ledger is not None:
            stored = self._ledger.find(key)
            if stored is not None:
                return stored
        done: asyncio.Future[Outcome | None] = asyncio.get_running_loop().create_future()
        self._pending[key] = done
        try:
            outcome = await self._ask(request, key)
            done.set_result(outcome)
            return outcome
        finally:
            if not done.done():
                done.set_result(None)
            del self._pending[key]

    async def map(self, requests: Iterable[Request]) -> AsyncIterator[tuple[int, Outcome]]:
        """Answer requests as they come, with each one's position, in order of completion.

        `requests` may be endless: it is read no further ahead than a bounded window.

        Raises:
            EndpointError: The run cannot go on. Everything answered by then was yielded first and is in the ledger.
        """
        numbered = enumerate(requests)
        window = 2 * self.max_in_flight
        finished: deque[tuple[int, Outcome]] = deque()
        ready, drained = asyncio.Event(), asyncio.Event()
        workers: set[asyncio.Task[None]] = set()
        stopped: list[BaseException] = []

        async def work() -> None:
            try:
                for index, request in numbered:
                    if len(workers) < window:
                        spawn()
                    finished.append((index, await self.generate(request)))
                    ready.set()
                    if len(finished) > window:  # the consumer is slower than the servers
                        drained.clear()
                        await drained.wait()
                    if stopped:
                        return
            except asyncio.CancelledError:
                raise
            except BaseException as error:  # noqa: BLE001 - carried to the consumer, which raises it
                stopped.append(error)

        def spawn() -> None:
            task = asyncio.get_running_loop().create_task(work())
            workers.add(task)
            self._tasks.add(task)
            task.add_done_callback(leave)

        def leave(task: asyncio.Task[None]) -> None:
            workers.discard(task)
            self._tasks.discard(task)
            ready.set()

        spawn()
        try:
            while workers or finished:
                while finished:
                    yield finished.popleft()
                drained.set()
                if workers:
                    await ready.wait()
                    ready.clear()
            if stopped:
                raise stopped[0]
        finally:
            for task in tuple(workers):
                task.cancel()

    async def _probe(self) -> None:
        """Find the dialect and the model, once; everyone else waits for the first."""
        found: Probed = await probe(self._fleet.servers[0].origin, self._dialect_name, self.model, self.patience_s)
        self._dialect = found.dialect
        self.model = self.model or found.model

    async def _ask(self, request: Request, key: bytes) -> Outcome:
        """Send a request until it is answered, or has failed through its own fault."""
        dialect = self._dialect
        assert dialect is not None
        body = orjson.dumps(dialect.encode(request, self.model))
        sent = charged = waits = 0
        while True:
            server = await self._fleet.acquire()
            began = time.monotonic()
            sent += 1
            retry_after: float | None = None
            try:
                try:
                    reply = await server.origin.send("POST", dialect.path, body, self.timeout_s)
                except TransportError as error:
                    outcome: Outcome = Failure(error.kind, None, error.detail)
                else:
                    outcome = self._judge(reply, server, dialect)
                    retry_after = _retry_after(reply) if isinstance(outcome, Failure) else None
                now = time.monotonic()
                latency_s = now - began
                if isinstance(outcome, Completion):
                    server.knee.on_reply(now, server.in_flight, latency_s, outcome.completion_tokens)
                    server.latency_s += (latency_s - server.latency_s) * (0.05 if server.latency_s else 1.0)
                    server.last_success = now
                elif outcome.kind in ("overloaded", "waking"):
                    server.knee.on_overload(now, latency_s)
                if isinstance(outcome, Completion) or outcome.kind in ("refused", "too_large"):
                    if self._ledger is not None:
                        await self._ledger.record(key, outcome, latency_s, sent)
                    return outcome
            finally:
                self._fleet.release(server)
            if outcome.kind in ("overloaded", "waking", "unreachable"):
                waits += 1
                self._check_patience(outcome)
            else:
                charged += 1
                if charged >= self.max_attempts:
                    return outcome
            await asyncio.sleep(_backoff_s(charged + waits, retry_after))

    def _check_patience(self, failure: Failure) -> None:
        last = max((server.last_success for server in self._fleet.servers), default=0.0)
        silent_s = time.monotonic() - max(last, self._started)
        if silent_s > self.patience_s:
            error = EndpointUnavailable(
                f"{', '.join(self.urls)}: no server answered for {silent_s:.0f} s (last: {failure.kind}, "
                f"{failure.detail}); what was answered is saved: start the server and run again"
            )
            self._fleet.stop(error)
            raise error

    def _judge(self, reply: Reply, server: Server, dialect: Dialect) -> Outcome:
        """What a reply means, by its status."""
        status = reply.status
        if status == 200:
            try:
                return dialect.decode(orjson.loads(reply.body), reply)
            except (orjson.JSONDecodeError, BadReply) as error:
                return Failure("bad_reply", status, f"{error}: {reply.body[:200].decode('utf-8', 'replace')!r}")
        said = reply.body[:300].decode("utf-8", "replace")
        if status in (401, 403, 404, 405):
            refusal = EndpointRefused(
                f"{server.origin.url}{dialect.path}: status {status}: {said}; expected a server that knows this token, "
                f"address and model ({self.model or 'none named'})"
            )
            self._fleet.stop(refusal)
            raise refusal
        if status in (400, 413, 422):
            return Failure("refused", status, said)
        if status in (408, 425, 429):
            return Failure("overloaded", status, said)
        if status in (502, 503, 504):
            return Failure("waking", status, said)
        return Failure("server_error", status, said)


def _retry_after(reply: Reply) -> float | None:
    """Seconds of a Retry-After header, None where there is none that can be read."""
    given = reply.header("retry-after")
    return float(given) if given is not None and given.isdigit() else None


def _backoff_s(attempt: int, retry_after: float | None) -> float:
    """Seconds to wait before the next attempt: doubling, with jitter, and never less than the server asked for."""
    longest = min(MAX_BACKOFF_S, 0.25 * 2 ** min(attempt - 1, 10))
    wait_s = random.uniform(longest / 2, longest)
    return wait_s if retry_after is None else max(wait_s, min(retry_after, 300.0))
