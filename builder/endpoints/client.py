"""`Endpoint`: a fleet of generation servers behind two calls, `generate` and `map`.

    request ──> ledger? ──> fits? ──> budget ──> room at a server ──> send ──> judge ──> ledger ──> outcome
                  │            │                        ^                        │
                  └> outcome   └> failure               └───── wait, again ──────┘

The parts: `ledger.py` keeps answers, `context.py` makes prompts fit, `budget.py` holds limits and counts,
`concurrency.py` and `knee.py` decide who is asked when, `health.py` takes servers out and lets them back, `failures.py`
says what a reply means, `dialects.py` how each server is spoken to, `transport.py` moves the bytes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from ..errors import EndpointError
from .budget import Budget, Limits, Prices, Receipt, Tally
from .concurrency import Fleet, Server
from .context import Context, fit
from .dialects import DIALECTS, OWN_FIELDS, Dialect, body_of
from .dialing import TransportError
from .failures import FINAL, backoff_s, judge, retry_after_s
from .health import Health
from .ledger import CommitMode, Ledger, request_key
from .mapping import map_unordered
from .origins import make_origin
from .probe import Probed, count_tokens, probe
from .protocol import Completion, EndpointRefused, EndpointUnavailable, Failure, Outcome, Request
from .transport import allow_connections


class Endpoint:
    """Servers that serve one model; an asynchronous context manager.

    Args:
        urls: One URL or several; `/v1` or the full path of a route may be left on. `providers:NAME` asks Inference
            Providers through the Hub's client (`providers:auto` leaves the choice of provider to the Hub).
        model: The model's id; asked of the server where None.
        ledger: The file of the run's ledger, or the folder that holds it; None keeps nothing, which is for trying out.
        max_in_flight: Requests that are out at once, over all URLs; each URL finds its own number below that.
        dialect: One of `DIALECTS`; found by asking the server where None.
        token: Sent to `urls` as a bearer token; a mapping gives each host its own. Where None, a token of the Hub
            (`HF_TOKEN`) is used for hosts of Hugging Face only.
        caches: Ledgers of other runs, read only: what they hold is not paid for again.
        commit: What a power loss may cost; see `ledger.py`.
        requests_per_minute: Never more than so many; `tokens_per_minute` likewise, prompt and reply together.
        limits: What the run may spend in all, over all its sessions.
        prices: What tokens cost.
        context_tokens: Most tokens of a prompt with its reply; asked of the server where None.
        timeout_s: The longest that one reply may take.
        max_attempts: How often a request is sent that fails while others do not.
        patience_s: How long no server may answer before the run stops; `waking_patience_s` where one says that it is
            starting (503), as a scaled-to-zero endpoint does.
        max_reply_bytes: A longer reply fails its row.
        extra: Further fields of every request's body, such as `{"chat_template_kwargs": {"enable_thinking": False}}`.
        thinking_tokens: Added to every request's `max_tokens`, for a model that thinks before it answers.

    Raises:
        EndpointError: An argument that makes no sense.
        StoreError: On entering: the ledger cannot be used.
    """

    def __init__(
        self,
        urls: str | Sequence[str],
        model: str | None = None,
        *,
        ledger: Path | str | None = None,
        max_in_flight: int = 256,
        dialect: str | None = None,
        token: str | Mapping[str, str] | None = None,
        caches: Sequence[Path | str] = (),
        commit: CommitMode = "durable",
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        limits: Limits | None = None,
        prices: Prices | None = None,
        context_tokens: int | None = None,
        timeout_s: float = 600.0,
        max_attempts: int = 5,
        patience_s: float = 60.0,
        waking_patience_s: float = 900.0,
        max_reply_bytes: int = 16 * 2**20,
        extra: Mapping[str, Any] | None = None,
        thinking_tokens: int = 0,
    ) -> None:
        self.urls = (urls,) if isinstance(urls, str) else tuple(urls)
        if not self.urls:
            raise EndpointError("urls: none was given; expected at least one such as http://127.0.0.1:8080")
        if dialect is not None and dialect not in DIALECTS:
            raise EndpointError(f"dialect: {dialect!r} is not known; known dialects: {', '.join(DIALECTS)}")
        for name, value in (("max_in_flight", max_in_flight), ("max_attempts", max_attempts)):
            if value < 1:
                raise EndpointError(f"{name}: {value} is too small; expected at least 1")
        if not model and any(url.startswith("providers:") for url in self.urls):
            raise EndpointError("model: Inference Providers serve many; expected the id of one")
        taken = OWN_FIELDS & set(extra or {})
        if taken:
            raise EndpointError(f"extra: {min(taken)!r} is a field of requests themselves; set it there")
        self.model = model or ""
        self._extra = dict(extra) if extra else None
        self._thinking_tokens = thinking_tokens
        self.max_in_flight = max_in_flight
        self.prices = prices or Prices()
        self.context = Context(max_total=context_tokens)
        self.tally = Tally()
        self._named_dialect = dialect
        self._timeout_s = timeout_s
        self._max_attempts = max_attempts
        self._patience_s = patience_s
        self._waking_patience_s = waking_patience_s
        self._ledger_path = None if ledger is None else Path(ledger)
        self._caches = [Path(cache) for cache in caches]
        self._commit: CommitMode = commit
        self._limits = limits or Limits()
        self._ledger: Ledger | None = None
        self._budget: Budget | None = None
        servers = [Server(make_origin(url, token, max_reply_bytes), max_in_flight) for url in self.urls]
        self._fleet = Fleet(servers, max_in_flight, requests_per_minute, tokens_per_minute)
        self._ready: asyncio.Task[None] | None = None
        self._is_ready = False
        self._served = ""
        self._pending: dict[bytes, asyncio.Future[Outcome | None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._began = time.monotonic()
        allow_connections(self.max_in_flight)
        earlier = Tally()
        if self._ledger_path is not None:
            self._ledger = Ledger(self._ledger_path, self._caches, self._commit)
            self.tally = self._ledger.tally
            earlier = self._ledger.earlier
        if self._limits:
            self._budget = Budget(self._limits, self.prices, earlier)
        self._health = Health(self._fleet, self._patience_s, self._waking_patience_s, self._find)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        tasks = [*self._tasks, *([self._ready] if self._ready else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._health.close()
        self._fleet.close()
        for server in self._fleet.servers:
            await server.origin.close()
        if self._ledger is not None:
            await self._ledger.close()

    def receipt(self) -> Receipt:
        """What this session has come to so far."""
        tally = self.tally
        return Receipt(
            tally.answered,
            tally.prompt_tokens,
            tally.completion_tokens,
            time.monotonic() - self._began,
            self.prices.cost(tally.prompt_tokens, tally.completion_tokens),
            tally.cached,
            tally.failed,
            tally.resent,
        )

    async def generate(self, request: Request) -> Outcome:
        """Answer one request: from the ledger where it is known, else from a server.

        Raises:
            EndpointError: The run cannot go on; see `protocol.py` for the kinds.
            StoreError: The ledger cannot be written.
        """
        if not self.model:  # the model is part of the key, so it has to be known first
            await self.ready()
        request = self._in_full(request)
        key = request_key(request, self.model)
        while (twin := self._pending.get(key)) is not None:  # the same request is out already: wait for its answer
            outcome = await asyncio.shield(twin)
            if outcome is not None:
                return outcome
        if self._ledger is not None:
            stored = self._ledger.find(key)
            if stored is not None:
                self.tally.cached += 1
                return stored
        done: asyncio.Future[Outcome | None] = asyncio.get_running_loop().create_future()
        self._pending[key] = done
        outcome = None
        try:
            if not self._is_ready:
                await self.ready()
            outcome = await self._answer(request, key)
            return outcome
        finally:
            del self._pending[key]
            done.set_result(outcome)

    def map(self, requests: Iterable[Request]) -> AsyncGenerator[tuple[int, Outcome], None]:
        """Answer requests, giving each one's position with its outcome, in order of completion.

        `requests` may be endless: it is read no further ahead than twice `max_in_flight`.

        Raises:
            EndpointError: The run cannot go on. Everything answered by then was given first and is in the ledger.
            StoreError: The ledger cannot be written.
        """
        return map_unordered(self.generate, requests, 2 * self.max_in_flight, self._tasks)

    def key(self, request: Request) -> bytes:
        """What the ledger knows a request by; the model has to be known by then."""
        return request_key(self._in_full(request), self.model)

    def _in_full(self, request: Request) -> Request:
        """A request with what is added to every one."""
        if not self._extra and not self._thinking_tokens:
            return request
        return replace(
            request,
            max_tokens=request.max_tokens + self._thinking_tokens,
            extra={**(self._extra or {}), **(request.extra or {})},
        )

    @property
    def dialects(self) -> tuple[str, ...]:
        """The dialects of the servers that have said what they are."""
        return tuple(dict.fromkeys(one.dialect.name for one in self._fleet.servers if one.dialect is not None))

    @property
    def _estimates(self) -> bool:
        """Whether the number of tokens of a prompt is needed before it is sent."""
        return self.context.is_known or self._budget is not None or self._fleet.tokens_rate is not None

    async def ready(self) -> None:
        """Wait until a server has said what it is, so that `model` and `context` are known.

        Raises:
            EndpointRefused: A server refuses the token, or they serve different models.
            EndpointUnavailable: None answered within the patience.
        """
        if self._ready is None:
            self._ready = asyncio.get_running_loop().create_task(self._find_any())
        await asyncio.shield(self._ready)

    async def _find_any(self) -> None:
        """Ask every server what it is; go on with the first that says, and let the others in as they do."""
        began = time.monotonic()
        for server in self._fleet.servers:
            server.up = False
        pause_s = 0.1
        while True:
            found = await asyncio.gather(*(self._find(one) for one in self._fleet.servers), return_exceptions=True)
            for server, problem in zip(self._fleet.servers, found, strict=True):
                if problem is None:
                    server.up = True
                elif not isinstance(problem, TransportError):
                    raise problem
            if any(server.up for server in self._fleet.servers):
                for server, problem in zip(self._fleet.servers, found, strict=True):
                    if isinstance(problem, TransportError):
                        server.up = True  # so that it can be taken out, and watched
                        self._health.take_out(server, Failure(problem.kind, None, problem.detail))
                self._is_ready = True
                return
            problems = [one for one in found if isinstance(one, TransportError)]
            waking = any(one.kind == "waking" for one in problems)
            patience_s = max(self._patience_s, self._waking_patience_s) if waking else self._patience_s
            if time.monotonic() + pause_s > began + patience_s:
                raise EndpointUnavailable(
                    f"{', '.join(self.urls)}: no server answered ({problems[-1]}); expected a running generation "
                    "server: start it or correct the address, and run again"
                )
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, 5.0)

    async def _find(self, server: Server) -> None:
        """Ask one server what it is.

        Raises:
            EndpointRefused: It refuses the token, or serves another model than the servers before it.
            TransportError: It did not answer, or is not ready.
        """
        found: Probed = await probe(server.origin, self._named_dialect, self.model)
        if found.model and not self.model:
            self.model = found.model
        if found.model and self._served and found.model != self._served:
            raise EndpointRefused(
                f"{server.origin.url} serves {found.model}, and another of the urls serves {self._served}; expected "
                "one model at all urls"
            )
        self._served = found.model or self._served
        server.dialect = found.dialect
        context = self.context
        if found.max_total_tokens is not None:
            context.max_total = min(context.max_total or found.max_total_tokens, found.max_total_tokens)
        if found.max_input_tokens is not None:
            context.max_input = min(context.max_input or found.max_input_tokens, found.max_input_tokens)

    async def _answer(self, request: Request, key: bytes) -> Outcome:
        """Make a request fit and send it, within the budget; count and keep what came of it."""
        fitting = request
        if self.context.is_known:
            fitted = await fit(request, self.context, self._count)
            if isinstance(fitted, Failure):
                self.tally.count(fitted, 0.0, "")
                if self._ledger is not None:
                    await self._ledger.record(key, fitted, 0.0, 0)
                return fitted
            fitting = fitted
        prompt_tokens = self.context.estimate(fitting) if self._estimates else 0
        return await self._send(fitting, key, prompt_tokens, fitting is not request)

    async def _count(self, request: Request) -> int | None:
        """Tokens of a prompt, as a server counts them; None where it cannot."""
        server = next((one for one in self._fleet.servers if one.up and one.dialect is not None), None)
        if server is None or server.dialect is None:
            return None
        return await count_tokens(server.origin, server.dialect, request, self.model)

    async def _send(self, request: Request, key: bytes, prompt_tokens: int, shortened: bool) -> Outcome:
        """Send a request until it is answered, or has failed through its own fault."""
        bodies: dict[Dialect, bytes] = {}
        fleet, tally, most = self._fleet, self.tally, prompt_tokens + request.max_tokens
        sent = charged = waited = 0
        blamed = False
        put_off_since: float | None = None
        while True:
            if self._budget is not None:
                await self._budget.promise(prompt_tokens, request.max_tokens)
            outcome: Outcome | None = None
            asked_s: float | None = None
            began = 0.0
            try:
                server = await fleet.acquire(most)
                dialect = server.dialect
                try:
                    assert dialect is not None
                    body = bodies.get(dialect)
                    if body is None:
                        body = bodies[dialect] = orjson.dumps(body_of(dialect, request, self.model))
                    sent += 1
                    tally.sent += 1
                    began = time.monotonic()
                    try:
                        deadline_s = server.deadline_s(request.max_tokens, self._timeout_s)
                        reply = await server.origin.send("POST", dialect.path, body, deadline_s)
                        outcome = judge(reply, dialect, server.origin.url)
                        if isinstance(outcome, Failure):
                            asked_s = retry_after_s(reply)
                    except TransportError as error:
                        outcome = Failure(error.kind, None, error.detail)
                    except EndpointRefused as error:
                        raise fleet.stop(error) from error
                    now = time.monotonic()
                    if isinstance(outcome, Completion):
                        if shortened or not outcome.model:
                            outcome = replace(outcome, model=outcome.model or self.model, shortened=shortened)
                        if server.on_success(now, now - began, outcome.prompt_tokens, outcome.completion_tokens):
                            fleet.admit()
                        self._learn(request, outcome, most)
                    elif outcome.kind in ("overloaded", "waking"):
                        server.knee.on_overload()
                    if isinstance(outcome, Completion) or outcome.kind in FINAL:
                        tally.count(outcome, now - began, request.messages[-1]["content"])
                        if self._ledger is not None:  # in flight until it is on disk
                            await self._ledger.record(key, outcome, now - began, sent)
                        return outcome
                finally:
                    fleet.release(server)
            finally:
                if self._budget is not None:
                    self._budget.settle(prompt_tokens, request.max_tokens, began > 0, outcome)
            if self._health.blames(server, outcome, key, began, blamed):
                charged += 1
                blamed = blamed or server.last_success > began
            else:
                waited += 1
            put_off = outcome.kind in ("overloaded", "waking")
            if put_off and put_off_since is None:
                put_off_since = began
            spent = charged >= self._max_attempts and await self._is_own_fault(server, blamed, outcome)
            if spent or (put_off and put_off_since is not None and self._health.give_up(outcome, put_off_since)):
                tally.count(outcome, now - began, "")
                if self._ledger is not None:
                    await self._ledger.record(key, outcome, now - began, sent)
                return outcome
            tally.count_retry(outcome.kind)
            if outcome.kind != "unreachable":  # then the queue waits for the server to come back
                await asyncio.sleep(backoff_s(charged + waited, asked_s))

    def _learn(self, request: Request, outcome: Completion, most: int) -> None:
        """Learn how many tokens a byte of a prompt has; give back what the rate limit had set aside."""
        if self._estimates:
            self.context.observe(request, outcome.prompt_tokens)
        if self._fleet.tokens_rate is not None:
            self._fleet.tokens_rate.give_back(most - outcome.prompt_tokens - outcome.completion_tokens)

    async def _is_own_fault(self, server: Server, blamed: bool, failure: Failure) -> bool:
        """Whether a request that used up its attempts is to blame; the server is asked where nothing else shows it."""
        if blamed or await self._health.is_well(server):
            return True
        self._health.take_out(server, failure)
        return False
