"""`Endpoint`: a fleet of generation servers behind two calls, `generate` and `map`.

    request ──> ledger? ──> fits? ──> budget ──> room at a server ──> send ──> judge ──> ledger ──> outcome
                  │            │                        ^                        │
                  └> outcome   └> failure               └───── wait, again ──────┘

The parts: `ledger.py` keeps answers, `context.py` makes prompts fit, `sending.py` follows a request until it is over,
`budget.py` holds limits and counts, `concurrency.py` and `knee.py` decide who is asked when, `health.py` takes servers
out and lets them back, `failures.py` says what a reply means, `dialects.py` how each server is spoken to,
`transport.py` moves the bytes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..errors import EndpointError
from .budget import Budget, Limits, Prices, Receipt, Tally
from .concurrency import Fleet, Server
from .context import Context, fit
from .dialects import DIALECTS, OWN_FIELDS
from .dialing import TransportError
from .health import Health
from .ledger import CommitMode, Ledger, request_key
from .mapping import map_unordered
from .origins import make_origin
from .probe import Probed, count_tokens, probe
from .protocol import EndpointRefused, EndpointUnavailable, Failure, Outcome, Request, in_full
from .sending import Course, Sender
from .transport import allow_connections


class Endpoint:
    """Servers that serve one model; an asynchronous context manager.

    Args:
        urls: One URL or several; `/v1` or the full path of a route may be left on. `providers:NAME` asks Inference
            Providers through the Hub's client (`providers:auto` leaves the choice of provider to the Hub).
        model: The model's id; asked of the server where None.
        revision: The revision of its weights, where the caller knows it; answers of another are not taken for its own.
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
        revision: str | None = None,
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
        self._revision = revision
        self._revisions: set[str] = set()
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
        servers = [Server(make_origin(url, token, max_reply_bytes), max_in_flight) for url in self.urls]
        self._fleet = Fleet(servers, max_in_flight, requests_per_minute, tokens_per_minute)
        self._ready: asyncio.Task[None] | None = None
        self._is_ready = False
        self._served = ""
        self._pending: dict[bytes, asyncio.Future[Outcome | None] | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._began = time.monotonic()
        allow_connections(self.max_in_flight)
        earlier, budget = Tally(), None
        if self._ledger_path is not None:
            self._ledger = Ledger(self._ledger_path, self._caches, self._commit)
            self.tally = self._ledger.tally
            earlier = self._ledger.earlier
        if self._limits:
            budget = Budget(self._limits, self.prices, earlier)
        self._health = Health(self._fleet, self._patience_s, self._waking_patience_s, self._find)
        self._sender = Sender(
            self._fleet,
            self._health,
            budget,
            self._ledger,
            self.tally,
            self.context,
            self._timeout_s,
            self._max_attempts,
        )
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

    @property
    def revision(self) -> str:
        """The revision of the model's weights as the servers tell it, all of them where they differ; empty if none."""
        return ", ".join(sorted(self._revisions))

    async def generate(self, request: Request) -> Outcome:
        """Answer one request: from the ledger where it is known, else from a server.

        Raises:
            EndpointError: The run cannot go on; see `protocol.py` for the kinds.
            StoreError: The ledger cannot be written.
        """
        return await self._generate(request)

    async def _generate(self, request: Request, rests: Callable[[], None] = lambda: None) -> Outcome:
        """Answer one request; `rests` is called where it has to wait for something else than room at a server."""
        if not self.model:  # the model is part of the key, so it has to be known first
            await self.ready()
        request = self._in_full(request)
        key = self._key(request)
        while key in self._pending:  # the same request is out already: wait for its answer
            twin = self._pending[key]
            if twin is None:
                twin = self._pending[key] = asyncio.get_running_loop().create_future()
            rests()
            outcome = await asyncio.shield(twin)
            if outcome is not None:
                return outcome
        if self._ledger is not None:
            stored = self._ledger.find(key)
            if stored is not None:
                self.tally.cached += 1
                return stored
        self._pending[key] = None
        outcome = None
        try:
            if not self._is_ready:
                await self.ready()
            outcome = await self._answer(request, key, rests)
            return outcome
        finally:
            waited_for = self._pending.pop(key)
            if waited_for is not None:
                waited_for.set_result(outcome)

    def map(self, requests: Iterable[Request]) -> AsyncGenerator[tuple[int, Outcome], None]:
        """Answer requests, giving each one's position with its outcome, in order of completion.

        `requests` may be endless: it is read ahead by `max_in_flight`, and by no more than twice that where some rest.

        Raises:
            EndpointError: The run cannot go on. Everything answered by then was given first and is in the ledger.
            StoreError: The ledger cannot be written.
        """
        return map_unordered(self._generate, requests, self.max_in_flight, self._tasks)

    def key(self, request: Request) -> bytes:
        """What the ledger knows a request by; the model has to be known by then."""
        return self._key(self._in_full(request))

    def _key(self, request: Request) -> bytes:
        return request_key(request, self.model, self._revision)

    def _in_full(self, request: Request) -> Request:
        return in_full(request, self._extra, self._thinking_tokens)

    @property
    def dialects(self) -> tuple[str, ...]:
        """The dialects of the servers that have said what they are."""
        return tuple(dict.fromkeys(one.dialect.name for one in self._fleet.servers if one.dialect is not None))

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
        self._revisions |= {found.revision} - {""}
        server.dialect = found.dialect
        context = self.context
        if found.max_total_tokens is not None:
            context.max_total = min(context.max_total or found.max_total_tokens, found.max_total_tokens)
        if found.max_input_tokens is not None:
            context.max_input = min(context.max_input or found.max_input_tokens, found.max_input_tokens)

    async def _answer(self, request: Request, key: bytes, rests: Callable[[], None]) -> Outcome:
        """Make a request fit and send it."""
        sender, fitting = self._sender, request
        if self.context.is_known:
            fitted = await fit(request, self.context, self._count)
            if isinstance(fitted, Failure):
                await sender.keep(key, fitted, 0.0, Course(request, self.model, 0, False, rests))
                return fitted
            fitting = fitted
        prompt_tokens = self.context.estimate(fitting) if sender.estimates else 0
        return await sender.send(Course(fitting, self.model, prompt_tokens, fitting is not request, rests), key)

    async def _count(self, request: Request) -> int | None:
        """Tokens of a prompt, as a server counts them; None where it cannot."""
        server = next((one for one in self._fleet.servers if one.up and one.dialect is not None), None)
        if server is None or server.dialect is None:
            return None
        return await count_tokens(server.origin, server.dialect, request, self.model)
